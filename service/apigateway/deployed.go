package apigateway

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/bailiwick-project/bailiwick/gateway"
	"github.com/bailiwick-project/bailiwick/policy"
	"github.com/bailiwick-project/bailiwick/store"
)

var _ gateway.APIs = (*API)(nil)

// maxServed bounds the deployments that are kept ready.
const maxServed = 1024

// served keeps deployments ready. A stage is read with each request, which is
// cheap, and its bytes tell whether it is still the same: the copy that it points
// to never changes.
type served struct {
	mu sync.RWMutex
	by map[[2]string]ready // by API and stage
}

type ready struct {
	record     []byte // of the stage
	deployment *gateway.Deployment
}

// Deployed implements gateway.APIs.
func (a *API) Deployed(ctx context.Context, apiID, name string) (*gateway.Deployment, error) {
	if !gateway.IsAPIID(apiID) {
		return nil, gateway.ErrNoAPI
	}
	if len(name) > maxName {
		return nil, a.missing(ctx, apiID)
	}
	record, err := store.Get(ctx, a.Store, stageKey(apiID, name))
	if errors.Is(err, store.ErrNotFound) {
		return nil, a.missing(ctx, apiID)
	}
	if err != nil {
		return nil, fmt.Errorf("reading stage %s of API %s: %w", name, apiID, err)
	}
	key := [2]string{apiID, name}
	a.served.mu.RLock()
	have := a.served.by[key]
	a.served.mu.RUnlock()
	if have.deployment != nil && bytes.Equal(have.record, record) {
		return have.deployment, nil
	}
	return a.load(ctx, key)
}

// missing says what is not there.
func (a *API) missing(ctx context.Context, apiID string) error {
	_, err := store.Get(ctx, a.Store, apiKey(apiID))
	switch {
	case errors.Is(err, store.ErrNotFound):
		return gateway.ErrNoAPI
	case err != nil:
		return fmt.Errorf("reading API %s: %w", apiID, err)
	}
	return gateway.ErrNoStage
}

// load makes a deployment ready, from one view of the stage and its copy. One at a
// time: what was read later is kept later, and the same state is made once.
func (a *API) load(ctx context.Context, key [2]string) (*gateway.Deployment, error) {
	a.served.mu.Lock()
	defer a.served.mu.Unlock()
	var record []byte
	var st *stage
	var copied *snapshot
	err := a.Store.View(ctx, func(r store.Reader) error {
		raw, err := r.Get(stageKey(key[0], key[1]))
		if errors.Is(err, store.ErrNotFound) {
			return gateway.ErrNoStage // gone since it was looked for
		} else if err != nil {
			return err
		}
		record = bytes.Clone(raw)
		if st, err = get[stage](r, stageKey(key[0], key[1]), gateway.ErrNoStage, "stage "+key[1]); err != nil {
			return err
		}
		copied, err = getSnapshot(r, key[0], st.Deployment)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("reading stage %s of API %s: %w", key[1], key[0], err)
	}
	if have := a.served.by[key]; have.deployment != nil && bytes.Equal(have.record, record) {
		return have.deployment, nil // another request was faster
	}
	d, err := serve(st, copied)
	if err != nil {
		return nil, fmt.Errorf("serving stage %s of API %s: %w", key[1], key[0], err)
	}
	if a.served.by == nil || len(a.served.by) >= maxServed {
		a.served.by = map[[2]string]ready{}
	}
	a.served.by[key] = ready{record, d}
	return d, nil
}

// serve turns a copy and the stage that serves it into what the data plane reads.
func serve(st *stage, s *snapshot) (*gateway.Deployment, error) {
	d := gateway.Deployment{
		Kind: gateway.REST, APIID: st.API, Stage: st.Name, Account: st.Account, Region: st.Region,
		ID: st.Deployment, Disabled: s.Disabled, StageVariables: st.Variables, BinaryTypes: s.BinaryTypes,
		CacheEpoch: strconv.FormatInt(st.Created.UnixNano(), 36) + "." + strconv.Itoa(st.Epoch),
	}
	if s.Policy != "" {
		d.Policy = policy.Read(policy.Resource, "resource policy of API "+st.API, s.Policy)
	}
	d.Gateway4XX, d.Gateway5XX = s.Definition.Failures[default4XX].headers(), s.Definition.Failures[default5XX].headers()
	for _, r := range s.Definition.Resources {
		for name, m := range r.Methods {
			route, err := s.route(st, r, name, m)
			if err != nil {
				return nil, err
			}
			if route.Integration != nil && !servable(d, route) {
				route.Integration = nil // answered as a server error, as AWS does
			}
			d.Routes = append(d.Routes, route)
		}
	}
	return gateway.New(d)
}

// servable tells whether a route can be served with its integration, which
// stage variables may have spoilt.
func servable(d gateway.Deployment, route gateway.Route) bool {
	i := *route.Integration
	route.Integration = &i
	d.Routes = []gateway.Route{route}
	_, err := gateway.New(d)
	return err == nil
}

func (s *snapshot) route(st *stage, r *resource, name string, m *method) (gateway.Route, error) {
	route := gateway.Route{
		Method: name, Path: r.Path, ID: r.ID, OperationName: m.OperationName,
		Authorization: gateway.Authorization(m.Authorization), Integration: m.Integration.serve(r.ID, st.Variables),
	}
	if route.Authorization == gateway.UserPools {
		z := s.Definition.Authorizers[m.Authorizer]
		if z == nil {
			return route, fmt.Errorf("%s %s: there is no authorizer %s", name, r.Path, m.Authorizer)
		}
		route.Authorizer, route.Scopes = z.serve(), m.Scopes
	}
	if v := s.Definition.Validators[m.Validator]; v != nil && v.Parameters {
		route.RequiredParameters = m.required()
	}
	if setting := st.caching(r.Path, name); setting != nil {
		route.Cache = &gateway.Cache{
			TTL: time.Duration(setting.TTL) * time.Second, KeyParameters: m.Integration.CacheKeys,
			RequireAllowance: setting.RequireLeave, UnallowedRefreshing: gateway.Refreshing(setting.WithoutLeave),
		}
	}
	return route, nil
}

func (z *authorizer) serve() *gateway.Authorizer {
	out := &gateway.Authorizer{ID: z.ID, Name: z.Name, Header: strings.TrimPrefix(z.Source, requestHeader)}
	for _, p := range z.Providers {
		if name, ok := provider(p); ok {
			out.Providers = append(out.Providers, name)
		}
	}
	return out
}

// serve is nil for an integration that cannot answer.
func (i *integration) serve(resource string, variables map[string]string) *gateway.Integration {
	uri, ok := fill(i.URI, variables)
	if !ok {
		return nil
	}
	out := &gateway.Integration{ID: resource, Timeout: time.Duration(i.Timeout) * time.Millisecond}
	switch i.Type {
	case typeMock:
		i.mock(out)
	case typeLambda:
		function, ok := gateway.FunctionARN(uri)
		if !ok || i.Method != http.MethodPost {
			return nil // functions are invoked by POST alone
		}
		out.Backend, out.Function, out.PayloadVersion = gateway.Lambda, function, "1.0"
	default:
		out.Backend, out.Method, out.URI = gateway.Proxy, i.Method, uri
		for to, from := range i.Parameters {
			m, err := gateway.ParseMapping(to, from)
			if err != nil {
				return nil
			}
			out.Parameters = append(out.Parameters, m)
		}
	}
	return out
}
