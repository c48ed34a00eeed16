package apigateway

import (
	"maps"
	"slices"
	"strings"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/arn"
	"github.com/bailiwick-project/bailiwick/gateway"
	"github.com/bailiwick-project/bailiwick/store"
)

// Limits of authorizers.
const (
	maxAuthorizers = 10
	maxProviders   = 1000
)

const (
	typeUserPools = "COGNITO_USER_POOLS"
	requestHeader = "method.request.header."
)

func (a *API) createAuthorizer(tx store.Tx, call *bailiwick.Call, q *asked[CreateAuthorizerRequest]) (*Authorizer, error) {
	in := q.in
	d, err := ownDefinition(tx, call, *in.RestApiId)
	if err != nil {
		return nil, err
	}
	switch {
	case *in.Type != typeUserPools:
		return nil, bad("Lambda authorizers are not offered: the type of an authorizer is COGNITO_USER_POOLS.")
	case deref(in.AuthorizerUri) != "" || deref(in.AuthorizerCredentials) != "":
		return nil, bad("An authorizer of type COGNITO_USER_POOLS has no URI and no credentials.")
	case deref(in.IdentityValidationExpression) != "":
		return nil, noExpression()
	}
	z := &authorizer{
		ID: q.ids[0], Name: *in.Name, AuthType: "cognito_user_pools", Source: requestHeader + "Authorization",
		TTL: in.AuthorizerResultTtlInSeconds, Providers: in.ProviderARNs,
	}
	if in.AuthType != nil {
		z.AuthType = *in.AuthType
	}
	if s := deref(in.IdentitySource); s != "" {
		z.Source = s
	}
	if err := d.rightAuthorizer(z); err != nil {
		return nil, err
	}
	if len(d.Authorizers) >= maxAuthorizers {
		return nil, limit("Maximum number of authorizers for this API has been reached. Please contact AWS if you need additional authorizers.")
	}
	entry(&d.Authorizers, z.ID, patch{op: opAdd}, z)
	if err := putDefinition(tx, *in.RestApiId, d); err != nil {
		return nil, err
	}
	return z.shown(), nil
}

// noExpression: an expression that were ignored would let tokens in that it is
// meant to keep out.
func noExpression() error {
	return bad("Identity validation expressions are not offered.")
}

func (d *definition) rightAuthorizer(z *authorizer) error {
	if strings.TrimSpace(z.Name) == "" || len(z.Name) > maxText || len(z.AuthType) > maxText {
		return bad("Invalid authorizer name specified")
	}
	for _, other := range d.Authorizers {
		if other.Name == z.Name && other.ID != z.ID {
			return conflict("Authorizer name must be unique. Authorizer %s already exists in this RestApi.", z.Name)
		}
	}
	if header, ok := strings.CutPrefix(z.Source, requestHeader); !ok || !gateway.SettableHeader(header) {
		return bad("Invalid identity source specified: %s. It is a header, such as method.request.header.Authorization.", clip(z.Source))
	}
	if z.TTL != nil && (*z.TTL < 0 || *z.TTL > 3600) {
		return bad("Invalid authorizer result TTL specified, must be between 0 and 3600")
	}
	if len(z.Providers) == 0 || len(z.Providers) > maxProviders {
		return bad("An authorizer of type COGNITO_USER_POOLS has 1 to %d provider ARNs.", maxProviders)
	}
	for _, p := range z.Providers {
		if _, ok := provider(p); !ok {
			return bad("Invalid Cognito user pool ARN specified: %s", clip(p))
		}
	}
	return nil
}

// provider is the issuer that a user pool's ARN means, as
// cognito-idp.REGION.amazonaws.com/POOL.
func provider(text string) (string, bool) {
	p, err := arn.Parse(text)
	if err != nil || p.Partition != "aws" || p.Service != "cognito-idp" || len(p.Account) != 12 {
		return "", false
	}
	pool, ok := strings.CutPrefix(p.Resource, "userpool/")
	if region, _, found := strings.Cut(pool, "_"); !ok || !found || region != p.Region {
		return "", false
	}
	return gateway.Provider("https://cognito-idp."+p.Region+".amazonaws.com/"+pool, "")
}

func (a *API) getAuthorizer(r store.Reader, call *bailiwick.Call, q *asked[GetAuthorizerRequest]) (*Authorizer, error) {
	d, err := ownDefinition(r, call, *q.in.RestApiId)
	if err != nil {
		return nil, err
	}
	z := d.Authorizers[*q.in.AuthorizerId]
	if z == nil {
		return nil, errNoAuthorizer
	}
	return z.shown(), nil
}

func (a *API) getAuthorizers(r store.Reader, call *bailiwick.Call, q *asked[GetAuthorizersRequest]) (*Authorizers, error) {
	d, err := ownDefinition(r, call, *q.in.RestApiId)
	if err != nil {
		return nil, err
	}
	out := &Authorizers{Items: []Authorizer{}}
	ids, position, err := pageOf(slices.Collect(maps.Keys(d.Authorizers)), q.in.Position, q.in.Limit)
	if err != nil {
		return nil, err
	}
	out.Position = position
	for _, id := range ids {
		out.Items = append(out.Items, *d.Authorizers[id].shown())
	}
	return out, nil
}

func (a *API) updateAuthorizer(tx store.Tx, call *bailiwick.Call, q *asked[UpdateAuthorizerRequest]) (*Authorizer, error) {
	d, err := ownDefinition(tx, call, *q.in.RestApiId)
	if err != nil {
		return nil, err
	}
	z := d.Authorizers[*q.in.AuthorizerId]
	if z == nil {
		return nil, errNoAuthorizer
	}
	if err := patched(q.in.PatchOperations, z.patch); err != nil {
		return nil, err
	}
	if err := d.rightAuthorizer(z); err != nil {
		return nil, err
	}
	if err := putDefinition(tx, *q.in.RestApiId, d); err != nil {
		return nil, err
	}
	return z.shown(), nil
}

func (z *authorizer) patch(p patch) error {
	switch {
	case p.is("/name"):
		z.Name = p.value
	case p.is("/authType"):
		z.AuthType = p.value
	case p.is("/identitySource"):
		z.Source = p.value
	case p.is("/type"):
		if p.value != typeUserPools {
			return bad("Lambda authorizers are not offered: the type of an authorizer is COGNITO_USER_POOLS.")
		}
	case p.is("/authorizerResultTtlInSeconds"):
		n, err := p.int(0, 3600)
		z.TTL = &n
		return err
	case p.path == "/providerARNs" && p.op != opReplace:
		element(&z.Providers, p.value, p)
	case p.path == "/identityValidationExpression" && p.value != "":
		return noExpression()
	default:
		return p.refused("/name", "/authType", "/identitySource", "/providerARNs", "/authorizerResultTtlInSeconds")
	}
	return nil
}

func (a *API) deleteAuthorizer(tx store.Tx, call *bailiwick.Call, q *asked[DeleteAuthorizerRequest]) (*noOutput, error) {
	d, err := ownDefinition(tx, call, *q.in.RestApiId)
	if err != nil {
		return nil, err
	}
	z := d.Authorizers[*q.in.AuthorizerId]
	if z == nil {
		return nil, errNoAuthorizer
	}
	for _, r := range d.Resources {
		for name, m := range r.Methods {
			if m.Authorizer == z.ID {
				return nil, conflict("Cannot delete authorizer '%s', is referenced in method: %s %s", z.Name, name, r.Path)
			}
		}
	}
	delete(d.Authorizers, z.ID)
	return nil, putDefinition(tx, *q.in.RestApiId, d)
}

func (z *authorizer) shown() *Authorizer {
	typ := typeUserPools
	return &Authorizer{
		Id: &z.ID, Name: &z.Name, Type: &typ, AuthType: some(z.AuthType), IdentitySource: &z.Source,
		AuthorizerResultTtlInSeconds: z.TTL, ProviderARNs: z.Providers,
	}
}
