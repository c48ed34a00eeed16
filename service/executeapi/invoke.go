package executeapi

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/gateway"
	"github.com/bailiwick-project/bailiwick/wire"
)

func (a *API) invokeSigned(ctx context.Context, call *bailiwick.Call, p *plan) (*answer, error) {
	p.caller = caller{principal: &call.Who, accessKey: call.Auth.AccessKeyID}
	return a.invoke(ctx, call, p)
}

// invokeWithToken verifies the token first: nothing of the route is done for
// whoever has none.
func (p *protocol) invokeWithToken(ctx context.Context, call *bailiwick.Call, in *input) (*answer, error) {
	made, err := p.plan(ctx, call, in)
	if err != nil {
		return nil, err
	}
	if err := p.api.admit(ctx, call, made); err != nil {
		return nil, err
	}
	if err := p.api.askResourcePolicy(ctx, call, made); err != nil {
		return nil, err
	}
	return p.api.invoke(ctx, call, made)
}

func (p *protocol) invokeOpen(ctx context.Context, call *bailiwick.Call, in *input) (*answer, error) {
	made, err := p.plan(ctx, call, in)
	if err != nil {
		return nil, err
	}
	if err := p.api.askResourcePolicy(ctx, call, made); err != nil {
		return nil, err
	}
	return p.api.invoke(ctx, call, made)
}

// invoke is what follows when the caller may: parameters, cache, integration.
func (a *API) invoke(ctx context.Context, call *bailiwick.Call, p *plan) (*answer, error) {
	if err := p.requireParameters(); err != nil {
		return nil, err
	}
	i := p.match.Route.Integration
	if i == nil {
		call.Note("The route %s has no integration.", p.match.Route.Key())
		return nil, p.protocol.errServer(http.StatusInternalServerError)
	}
	if p.match.Route.Cache != nil && p.match.Route.Cache.TTL > 0 && p.match.Method == http.MethodGet {
		return a.cached(ctx, call, p)
	}
	return a.integrate(ctx, call, p)
}

// integrate asks the backend.
func (a *API) integrate(ctx context.Context, call *bailiwick.Call, p *plan) (*answer, error) {
	switch i := p.match.Route.Integration; i.Backend {
	case gateway.Lambda:
		return a.runFunction(ctx, call, p)
	case gateway.Proxy:
		return a.forward(ctx, call, p)
	case gateway.Mock:
		h := http.Header{}
		for name, value := range i.MockHeader {
			h.Set(name, value)
		}
		return &answer{wire.Response{Status: i.MockStatus, Header: h, Body: []byte(i.MockBody)}}, nil
	}
	return nil, fmt.Errorf("integration %q", p.match.Route.Integration.Backend)
}

// requireParameters refuses a request without what the method requires.
// Source: API Gateway Developer Guide, "Request validation for REST APIs".
func (p *plan) requireParameters() error {
	var lacks []string
	for _, text := range p.match.Route.RequiredParameters {
		source, err := gateway.ParseSource(text)
		if err != nil {
			return err
		}
		if v, ok := p.clientValue(source); !ok || v == "" {
			lacks = append(lacks, source.Name)
		}
	}
	if len(lacks) > 0 {
		return told(codeBadRequest, http.StatusBadRequest, "Missing required request parameters: ["+strings.Join(lacks, ", ")+"]")
	}
	return nil
}

// clientValue finds what the client sent at a place: of several query parameters
// or headers the last, as events have it.
func (p *plan) clientValue(s gateway.Source) (string, bool) {
	switch s.Place {
	case gateway.InPath:
		return p.match.Parameter(s.Name)
	case gateway.InQuery:
		for i := len(p.query) - 1; i >= 0; i-- {
			if p.query[i].name == s.Name {
				return p.query[i].value, true
			}
		}
	case gateway.InHeader:
		if strings.EqualFold(s.Name, "Host") {
			return p.host, true
		}
		if v := p.header.Values(s.Name); len(v) > 0 {
			return v[len(v)-1], true
		}
	case gateway.Static:
		return s.Name, true
	case gateway.StageVar:
		v, ok := p.deployment.StageVariables[s.Name]
		return v, ok
	case gateway.Context:
	}
	return "", false
}
