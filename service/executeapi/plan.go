package executeapi

import (
	"context"
	"net/http"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/gateway"
)

// A plan is a request with its route: what is authorized, cached and forwarded.
type plan struct {
	*place
	protocol *protocol
	request  *http.Request
	body     []byte
	match    gateway.Match
	query    []parameter
	header   http.Header // that the integration may see
	caller   caller
}

// A caller is what is known of who asks, for the integration and for the cache.
type caller struct {
	principal *bailiwick.Principal // of signed requests
	accessKey string
	claims    bailiwick.Claims // of a verified token
	scopes    []string         // of the token, where the route asks for some
}

// plan resolves the request and refuses it where its route is no longer for the
// row that was named: a deployment may have come in between.
func (p *protocol) plan(ctx context.Context, call *bailiwick.Call, in *input) (*plan, error) {
	at, err := p.resolve(ctx, in.request)
	if err != nil {
		return nil, err
	}
	d := at.deployment
	call.Concerns(d.Account)
	m, ok := d.Match(in.request.Method, at.path)
	if !ok {
		return nil, p.errNoRoute()
	}
	if row, ok := rowOf(m.Route); !ok || row != call.Operation {
		call.Note("The route %s changed while the request was under way.", m.Route.Key())
		return nil, told(codeUnavailable, http.StatusServiceUnavailable, "Service Unavailable")
	}
	if call.Operation == rowSigned && call.Auth.Region != d.Region {
		call.Note("The request is signed for %s, the API is in %s.", call.Auth.Region, d.Region)
		return nil, bailiwick.Errorf(bailiwick.CodeBadSignature, "Credential should be scoped to a valid region, not '%s'. ", call.Auth.Region)
	}
	q, err := parseQuery(in.request.URL.RawQuery)
	if err != nil {
		call.Note("The query string cannot be read: %v.", err)
		return nil, errBadRequest()
	}
	if err := checkHeaders(in.request.Header); err != nil {
		call.Note("The headers are ambiguous: %v.", err)
		return nil, errBadRequest()
	}
	out := &plan{place: at, protocol: p, request: in.request, body: in.body, match: m, query: q}
	out.readable(call)
	return out, nil
}
