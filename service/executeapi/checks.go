package executeapi

import (
	"context"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/authz"
	"github.com/bailiwick-project/bailiwick/gateway"
)

const resourceType = "execute-api-general"

// actions is what callers are asked for.
// Source: Service Authorization Reference, "Actions, resources, and condition
// keys for Amazon API Gateway".
var actions = authz.Table{
	{Name: gateway.Invoke, Resources: []string{resourceType}},
	{Name: gateway.InvalidateCache, Resources: []string{resourceType}},
}

// mayInvoke asks for the request's own method and path, not for the route: a
// policy on .../GET/tenants/acme/* is about what is called.
func (a *API) mayInvoke(_ context.Context, _ *bailiwick.Call, p *plan) ([]authz.Check, error) {
	return []authz.Check{p.check(gateway.Invoke)}, nil
}

func (p *plan) check(action string) authz.Check {
	d := p.deployment
	return authz.Check{
		Action: action, Resource: d.InvokeARN(p.match.Method, p.match.Path), Type: resourceType, Account: d.Account, Policy: d.Policy,
	}
}

// askResourcePolicy decides for a caller without a principal. Without a policy
// everyone may call; with one, it must allow: what it is silent about is denied,
// also to the bearer of a good token.
// Source: API Gateway Developer Guide, "How API Gateway resource policies affect
// authorization workflow", "API Gateway resource policy only" and "Amazon Cognito
// authentication and resource policy".
func (a *API) askResourcePolicy(ctx context.Context, call *bailiwick.Call, p *plan) error {
	if p.deployment.Policy == nil {
		return nil
	}
	return a.Authz.AuthorizeAs(ctx, call, bailiwick.Anonymous(), []authz.Check{p.check(gateway.Invoke)})
}
