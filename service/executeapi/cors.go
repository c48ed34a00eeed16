package executeapi

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/gateway"
	"github.com/bailiwick-project/bailiwick/wire"
)

// isPreflight tells whether a browser asks whether it may call an HTTP API that
// answers for itself. Without a configuration the routes answer.
// Source: API Gateway Developer Guide, "Configure CORS for HTTP APIs".
func isPreflight(r *http.Request, d *gateway.Deployment) bool {
	return d.CORS != nil && r.Method == http.MethodOptions && r.Header.Get("Origin") != "" && r.Header.Get("Access-Control-Request-Method") != ""
}

// preflight answers 204, with the configuration if the origin is one of it: see
// decorate.
func (p *protocol) preflight(ctx context.Context, call *bailiwick.Call, in *input) (*answer, error) {
	at, err := p.resolve(ctx, in.request)
	if err != nil {
		return nil, err
	}
	if !isPreflight(in.request, at.deployment) {
		return nil, p.errNoRoute()
	}
	call.Concerns(at.deployment.Account)
	c, h := at.deployment.CORS, http.Header{}
	if _, ok := allowedOrigin(c, in.request.Header.Get("Origin")); ok {
		for name, values := range map[string][]string{"Access-Control-Allow-Methods": c.AllowMethods, "Access-Control-Allow-Headers": c.AllowHeaders} {
			if len(values) > 0 {
				h.Set(name, strings.Join(values, ","))
			}
		}
		if c.MaxAge != nil {
			h.Set("Access-Control-Max-Age", strconv.Itoa(*c.MaxAge))
		}
	}
	return &answer{wire.Response{Status: http.StatusNoContent, Header: h}}, nil
}

// allowedOrigin is what Access-Control-Allow-Origin answers an origin.
func allowedOrigin(c *gateway.CORS, origin string) (string, bool) {
	for _, o := range c.AllowOrigins {
		if o == "*" && !c.AllowCredentials {
			return "*", true
		}
		scheme, all := strings.CutSuffix(o, "*")
		if o == origin || all && (scheme == "http://" || scheme == "https://") && strings.HasPrefix(origin, scheme) {
			return origin, true
		}
	}
	return "", false
}

// decorate adds the CORS headers of an HTTP API to every answer and removes a
// backend's: the API's configuration is the only one. Failures of a REST API get
// the headers of its gateway responses.
func (p *protocol) decorate(ctx context.Context, _ *bailiwick.Call, r *http.Request, resp *wire.Response) {
	at, err := p.resolve(ctx, r)
	if err != nil {
		return
	}
	d := at.deployment
	if d.Kind == gateway.REST {
		gatewayHeaders(d, resp)
		return
	}
	c := d.CORS
	if c == nil {
		return
	}
	if !isPreflight(r, d) {
		for name := range resp.Header {
			if strings.HasPrefix(name, "Access-Control-") {
				delete(resp.Header, name)
			}
		}
	}
	resp.Header.Add("Vary", "Origin")
	allowed, ok := allowedOrigin(c, r.Header.Get("Origin"))
	if r.Header.Get("Origin") == "" || !ok {
		return
	}
	resp.Header.Set("Access-Control-Allow-Origin", allowed)
	if c.AllowCredentials {
		resp.Header.Set("Access-Control-Allow-Credentials", "true")
	}
	if len(c.ExposeHeaders) > 0 {
		resp.Header.Set("Access-Control-Expose-Headers", strings.Join(c.ExposeHeaders, ","))
	}
}

// gatewayHeaders are only for the gateway's own failures, which have an error
// type; backends' are renamed.
func gatewayHeaders(d *gateway.Deployment, resp *wire.Response) {
	if resp.Header["X-Amzn-Errortype"] == nil {
		return
	}
	from := d.Gateway4XX
	if resp.Status >= http.StatusInternalServerError {
		from = d.Gateway5XX
	}
	for name, value := range from {
		resp.Header.Set(name, value)
	}
}
