package apigatewayv2

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/bailiwick-project/bailiwick/gateway"
	"github.com/bailiwick-project/bailiwick/store"
)

// servable tells whether what is configured could be served: a control plane never
// keeps what a deployment of it would refuse.
func (x *api) servable() error {
	s := &stage{Name: gateway.DefaultStage}
	if _, err := x.build("", s, x.copyOf("", time.Time{})); err != nil {
		return bad("%s.", strings.TrimPrefix(err.Error(), "gateway: "))
	}
	return nil
}

// Deployed implements gateway.APIs.
func (a *API) Deployed(ctx context.Context, apiID, stage string) (*gateway.Deployment, error) {
	key := stageOf{apiID, stage}
	known := a.cache.find(key)
	watch := a.cache.stamps(a.Store)
	if watch != nil && known.count != 0 && known.count == watch.Count() {
		return known.deployment, known.err
	}
	fresh := known
	err := a.Store.View(ctx, func(r store.Reader) error {
		fresh.count = 0
		if c, ok := r.(store.CountingReader); ok && watch != nil {
			fresh.count = c.CountAtBegin(watch)
		}
		stamp, err := store.GetJSON[string](r, stampKey(apiID))
		if errors.Is(err, store.ErrNotFound) {
			fresh.stamp, fresh.deployment, fresh.err = "", nil, gateway.ErrNoAPI
			return nil
		}
		if err != nil {
			return fmt.Errorf("reading the stamp of %s: %w", apiID, err)
		}
		if stamp == known.stamp && (known.deployment != nil || known.err != nil) {
			return nil
		}
		fresh.stamp = stamp
		fresh.deployment, fresh.err = a.load(r, key)
		if errors.Is(fresh.err, gateway.ErrNoStage) {
			return nil
		}
		return fresh.err
	})
	if err != nil {
		return nil, err
	}
	a.cache.keep(key, fresh)
	return fresh.deployment, fresh.err
}

// load reads what a stage serves.
func (a *API) load(r store.Reader, key stageOf) (*gateway.Deployment, error) {
	x, err := store.GetJSON[api](r, apiKey(key.api))
	if err != nil {
		return nil, fmt.Errorf("reading the API %s: %w", key.api, err)
	}
	s := x.Stages[key.stage]
	if s == nil || s.Deployment == "" {
		return nil, gateway.ErrNoStage
	}
	d, err := store.GetJSON[deployment](r, deploymentKey(x.ID, s.Deployment))
	if err != nil {
		return nil, fmt.Errorf("reading the deployment %s of %s: %w", s.Deployment, x.ID, err)
	}
	out, err := x.build(a.PublicURL, s, &d)
	if err != nil {
		return nil, fmt.Errorf("serving the deployment %s of %s: %w", s.Deployment, x.ID, err)
	}
	return out, nil
}

// build makes what is served of a deployment in a stage.
func (x *api) build(publicURL string, s *stage, d *deployment) (*gateway.Deployment, error) {
	out := gateway.Deployment{
		Kind: gateway.HTTP, APIID: x.ID, Stage: s.Name, Account: x.Account, Region: x.Region, ID: d.ID, Disabled: x.Disabled,
		StageVariables: s.Variables, CORS: d.CORS.served(),
	}
	for _, r := range sorted(d.Routes) {
		method, path, err := parseRouteKey(r.Key)
		if err != nil {
			return nil, err
		}
		served := gateway.Route{
			Method: method, Path: path, ID: r.ID, OperationName: or(r.Operation, ""), Authorization: gateway.Authorization(r.Authorization), Scopes: r.Scopes,
		}
		if z := d.Authorizers[r.AuthorizerID]; z != nil {
			if served.Authorizer, err = z.served(publicURL); err != nil {
				return nil, err
			}
		}
		if i := d.Integrations[r.Integration]; i != nil {
			served.Integration = i.served()
		}
		out.Routes = append(out.Routes, served)
	}
	return gateway.New(out)
}

func (z *authorizer) served(publicURL string) (*gateway.Authorizer, error) {
	header, query, err := parseSource(z.Source)
	out := &gateway.Authorizer{ID: z.ID, Name: z.Name, Header: header, Query: query, Issuer: z.Issuer, Audiences: z.Audience}
	if provider, ok := gateway.Provider(z.Issuer, publicURL); ok {
		out.Providers = []string{provider}
	}
	return out, err
}

func (i *integration) served() *gateway.Integration {
	out := &gateway.Integration{ID: i.ID, Timeout: time.Duration(i.Timeout) * time.Millisecond, PayloadVersion: i.Payload, Method: i.Method, URI: i.URI, Backend: gateway.Proxy}
	if i.Type == typeLambda {
		out.Backend = gateway.Lambda
		out.Function, _ = gateway.FunctionARN(i.URI) // else it is empty, which New refuses
	}
	return out
}

func (c *cors) served() *gateway.CORS {
	if c == nil {
		return nil
	}
	out := &gateway.CORS{
		AllowCredentials: c.AllowCredentials, AllowHeaders: c.AllowHeaders, AllowMethods: c.AllowMethods, AllowOrigins: c.AllowOrigins, ExposeHeaders: c.ExposeHeaders,
	}
	if c.MaxAge != nil {
		out.MaxAge = ref(int(*c.MaxAge))
	}
	return out
}
