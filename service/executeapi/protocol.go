package executeapi

import (
	"fmt"
	"net/http"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/gateway"
	"github.com/bailiwick-project/bailiwick/wire"
)

// A protocol is how APIs of one kind are called: any method, any path.
type protocol struct {
	api  *API
	kind gateway.Kind
}

// An input is a request as it came; its body is whole and, of signed rows,
// verified.
type input struct {
	request *http.Request
	body    []byte
}

// An answer is what an integration, or the cache, or the gateway itself answers.
type answer struct{ wire.Response }

// Operation names the row that the route of r asks for.
func (p *protocol) Operation(r *http.Request, _ []byte) (string, error) {
	at, err := p.resolve(r.Context(), r)
	if err != nil {
		return "", err
	}
	if isPreflight(r, at.deployment) {
		return rowPreflight, nil
	}
	m, ok := at.deployment.Match(r.Method, at.path)
	if !ok {
		return "", p.errNoRoute()
	}
	row, ok := rowOf(m.Route)
	if !ok {
		return "", fmt.Errorf("route %s of %s has authorization %q", m.Route.Key(), at.api, m.Route.Authorization)
	}
	return row, nil
}

// Decode keeps the request: what it means depends on the route.
func (p *protocol) Decode(r *http.Request, body []byte, in any) error {
	i, ok := in.(*input)
	if !ok {
		return fmt.Errorf("decoding into %T", in)
	}
	i.request, i.body = r, body
	return nil
}

// Encode hands the answer over.
func (p *protocol) Encode(_ string, out any, requestID string) (wire.Response, error) {
	a, ok := out.(*answer)
	if !ok {
		return wire.Response{}, fmt.Errorf("encoding %T", out)
	}
	if a.Header == nil {
		a.Header = http.Header{}
	}
	p.identify(a.Header, requestID)
	return a.Response, nil
}

// identify adds the request id under the name that the kind of API has for it.
func (p *protocol) identify(h http.Header, requestID string) {
	if p.kind == gateway.HTTP {
		h.Set("Apigw-Requestid", requestID)
		return
	}
	h.Set("X-Amzn-Requestid", requestID)
	h.Set("X-Amz-Apigw-Id", requestID)
}

var _ wire.Protocol = (*protocol)(nil)

// Fail prints a failure of the gateway's own.
func (p *protocol) Fail(e *bailiwick.Error, requestID string) wire.Response {
	f := p.failure(e)
	h := http.Header{"Content-Type": {"application/json"}}
	p.identify(h, requestID)
	if p.kind == gateway.REST {
		h.Set("X-Amzn-Errortype", f.kind)
	}
	if challenge, ok := e.Fields[challengeField].(string); ok {
		h.Set("Www-Authenticate", challenge)
	}
	return wire.Response{Status: f.status, Header: h, Body: f.body()}
}
