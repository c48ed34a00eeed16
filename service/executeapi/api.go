package executeapi

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/authz"
	"github.com/bailiwick-project/bailiwick/gateway"
	"github.com/bailiwick-project/bailiwick/service"
)

// An Authorizer answers checks in the name of a principal: the part of
// authz.Authorizer that is needed where no signature came.
type Authorizer interface {
	AuthorizeAs(ctx context.Context, call *bailiwick.Call, who bailiwick.Principal, checks []authz.Check) error
}

// An API serves the deployments of both control planes.
type API struct {
	REST, HTTP gateway.APIs         // nil: there are none
	Functions  bailiwick.Functions  // runs Lambda integrations
	Tokens     bailiwick.PoolTokens // verifies tokens of user pools that are served here
	Authz      Authorizer           // asks resource policies
	Now        func() time.Time     // of foreign keys and cached answers
	Log        *slog.Logger

	// PublicURL is the base of this server's own issuers, "" for none.
	PublicURL string
	// Backends carries requests of HTTP proxy integrations and fetches foreign keys:
	// NewTransport, or a test's.
	Backends http.RoundTripper

	cache answers
	keys  foreignKeys
}

// maxBody bounds a request, in bytes.
// Source: API Gateway Developer Guide, quotas (payload size 10 MB).
const maxBody = 10 << 20

// Services are the slice, once for HTTP APIs and once for REST APIs: they share
// the name and fail in different words. Both are to be served.
func (a *API) Services() []service.Service {
	return []service.Service{a.service(gateway.HTTP), a.service(gateway.REST)}
}

func (a *API) service(kind gateway.Kind) service.Service {
	p := &protocol{api: a, kind: kind}
	return service.Service{
		Name:     "execute-api",
		Protocol: p,
		MaxBody:  maxBody,
		Claims:   p.claims,
		OwnCORS:  true,
		Tokens:   true,
		Decorate: p.decorate,
		Operations: []service.Operation{
			service.Planned(rowSigned, p.plan, a.mayInvoke, a.invokeSigned),
			service.Self(rowToken, p.invokeWithToken),
			service.Public(rowOpen, p.invokeOpen),
			service.Public(rowPreflight, p.preflight),
		},
		Actions: actions,
	}
}

// The rows.
const (
	rowSigned    = "InvokeSigned"
	rowToken     = "InvokeWithToken"
	rowOpen      = "InvokeOpen"
	rowPreflight = "Preflight"
)

// rowOf is the row that a route's authorization asks for. There is none for what
// is not known: such a route cannot be called.
func rowOf(r *gateway.Route) (string, bool) {
	switch r.Authorization {
	case gateway.IAM:
		return rowSigned, true
	case gateway.JWT, gateway.UserPools:
		return rowToken, r.Authorizer != nil
	case gateway.None:
		return rowOpen, true
	}
	return "", false
}
