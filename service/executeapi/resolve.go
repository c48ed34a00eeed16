package executeapi

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/bailiwick-project/bailiwick/gateway"
)

// A place is where a request leads: a deployment, and the path within it.
type place struct {
	address
	deployment *gateway.Deployment
	path       gateway.Path // without the stage
}

func (a *API) source(kind gateway.Kind) gateway.APIs {
	if kind == gateway.HTTP {
		return a.HTTP
	}
	return a.REST
}

// claims takes every request to an API. Those to an HTTP API are told by its id;
// all others, also to APIs that there are not, are taken for REST.
func (p *protocol) claims(r *http.Request) bool {
	at, ok := addressOf(r)
	return ok && p.api.isHTTP(r.Context(), at.api) == (p.kind == gateway.HTTP)
}

func (a *API) isHTTP(ctx context.Context, id string) bool {
	if a.HTTP == nil {
		return false
	}
	_, err := a.HTTP.Deployed(ctx, id, gateway.DefaultStage)
	return err == nil || errors.Is(err, gateway.ErrNoStage)
}

// resolve finds the deployment and the path of r. Errors are for the client.
func (p *protocol) resolve(ctx context.Context, r *http.Request) (*place, error) {
	at, ok := addressOf(r)
	if !ok {
		return nil, errForbidden() // by its credential scope or the first label of its host
	}
	path, err := gateway.ParsePath(at.path)
	if err != nil {
		return nil, errBadRequest()
	}
	d, path, err := p.deployed(ctx, at, path)
	switch {
	case errors.Is(err, gateway.ErrNoAPI):
		return nil, errForbidden()
	case errors.Is(err, gateway.ErrNoStage):
		return nil, p.errNoStage()
	case err != nil:
		return nil, fmt.Errorf("finding the deployment of %s: %w", at.api, err)
	case d.Kind != p.kind || d.APIID != at.api:
		return nil, fmt.Errorf("the deployment of %s is one of %s %s", at.api, d.Kind, d.APIID)
	case at.region != "" && at.region != d.Region:
		return nil, errForbidden() // the API is not in that region
	case d.Disabled:
		return nil, p.errNoStage()
	}
	return &place{address: at, deployment: d, path: path}, nil
}

// deployed takes the first segment for the stage. At the host of an HTTP API the
// $default stage takes what names no other.
// Source: API Gateway Developer Guide, "Stages for HTTP APIs".
func (p *protocol) deployed(ctx context.Context, at address, path gateway.Path) (*gateway.Deployment, gateway.Path, error) {
	apis := p.api.source(p.kind)
	if apis == nil {
		return nil, path, gateway.ErrNoAPI
	}
	rooted := p.kind == gateway.HTTP && !at.staged
	first, rest, ok := path.Cut()
	if ok && (!rooted || first != gateway.DefaultStage) {
		d, err := apis.Deployed(ctx, at.api, first)
		if err == nil || !rooted || !errors.Is(err, gateway.ErrNoStage) {
			return d, rest, err
		}
	}
	if !rooted {
		return nil, path, gateway.ErrNoStage
	}
	d, err := apis.Deployed(ctx, at.api, gateway.DefaultStage)
	return d, path, err
}
