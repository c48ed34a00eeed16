package apigatewayv2

import (
	"context"
	"net/url"
	"strings"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/gateway"
	"github.com/bailiwick-project/bailiwick/store"
)

// An authorizerWish is what CreateAuthorizer and UpdateAuthorizer have in common.
type authorizerWish struct {
	kind, name, uri, credentials, payload *string
	source                                []string
	jwt                                   *JWTConfiguration
	ttl                                   *int32
	simple                                *bool
	validation                            *string
}

func (w *authorizerWish) offered() error {
	switch {
	case w.kind != nil && *w.kind != authJWT:
		return notOffered("Lambda authorizers (authorizerType REQUEST)")
	case or(w.uri, "") != "" || or(w.credentials, "") != "" || or(w.payload, "") != "" || truth(w.simple) || or(w.ttl, 0) != 0 || or(w.validation, "") != "":
		return bad("Only REQUEST authorizers have a URI, credentials, a payload format version, simple responses and a cache.")
	}
	return nil
}

func (w *authorizerWish) apply(a *API, x *api, z *authorizer) error {
	set(&z.Name, w.name)
	if w.source != nil {
		z.Source = w.source
	}
	if w.jwt != nil {
		set(&z.Issuer, w.jwt.Issuer)
		if w.jwt.Audience != nil {
			z.Audience = w.jwt.Audience
		}
	}
	if z.Name == "" || len(z.Name) > 128 {
		return bad("The name of an authorizer has 1 to 128 characters.")
	}
	for _, other := range x.Authorizers {
		if other.ID != z.ID && other.Name == z.Name {
			return conflict("Authorizer with name %s already exists for this API", z.Name)
		}
	}
	if _, _, err := parseSource(z.Source); err != nil {
		return err
	}
	if len(z.Audience) == 0 || len(z.Audience) > 50 {
		return bad("JWT authorizers need 1 to 50 audiences.")
	}
	for _, v := range z.Audience {
		if v == "" {
			return bad("An audience is empty.")
		}
	}
	return a.checkIssuer(z.Issuer)
}

// checkIssuer takes this server's own user pools, and issuers whose keys can be
// fetched safely.
func (a *API) checkIssuer(issuer string) error {
	if _, own := gateway.Provider(issuer, a.PublicURL); own {
		return nil
	}
	u, err := url.Parse(issuer)
	if err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return bad("Invalid issuer: %.256s. Issuer must have a valid discovery endpoint ended with '/.well-known/openid-configuration'", issuer)
	}
	if err := gateway.CheckHost(u.Hostname()); err != nil {
		return bad("Invalid issuer: %.256s", issuer)
	}
	return nil
}

// parseSource reads the one identity source of a JWT authorizer.
func parseSource(source []string) (header, query string, err error) {
	if len(source) == 1 {
		if name, ok := strings.CutPrefix(source[0], "$request.header."); ok && gateway.SettableHeader(name) {
			return name, "", nil
		}
		if name, ok := strings.CutPrefix(source[0], "$request.querystring."); ok && name != "" && !strings.HasPrefix(name, "X-Amz-") {
			return "", name, nil
		}
	}
	return "", "", bad("Identity source for JWT authorizers must be one of $request.header.NAME and $request.querystring.NAME")
}

func (a *API) createAuthorizer(ctx context.Context, call *bailiwick.Call, in *CreateAuthorizerRequest) (*CreateAuthorizerResponse, error) {
	w := authorizerWish{
		kind: in.AuthorizerType, name: in.Name, uri: in.AuthorizerUri, credentials: in.AuthorizerCredentialsArn, payload: in.AuthorizerPayloadFormatVersion,
		source: in.IdentitySource, jwt: in.JwtConfiguration, ttl: in.AuthorizerResultTtlInSeconds, simple: in.EnableSimpleResponses, validation: in.IdentityValidationExpression,
	}
	if err := w.offered(); err != nil {
		return nil, err
	}
	id, err := a.newID(6)
	if err != nil {
		return nil, err
	}
	var out CreateAuthorizerResponse
	err = a.change(ctx, call, in.ApiId, true, func(_ store.Tx, x *api) error {
		if len(x.Authorizers) >= maxAuthorizers {
			return bad("Maximum number of Authorizers for this API has been reached. Please contact AWS if you need additional Authorizers.")
		}
		z := &authorizer{ID: id}
		if err := w.apply(a, x, z); err != nil {
			return err
		}
		put(&x.Authorizers, id, z)
		out = CreateAuthorizerResponse(z.shape())
		return nil
	})
	return &out, err
}

func (a *API) getAuthorizer(ctx context.Context, call *bailiwick.Call, in *GetAuthorizerRequest) (*GetAuthorizerResponse, error) {
	var out GetAuthorizerResponse
	err := a.read(ctx, call, in.ApiId, func(_ store.Reader, x *api) error {
		z := x.Authorizers[*in.AuthorizerId]
		if z == nil {
			return errNo("Authorizer", *in.AuthorizerId)
		}
		out = GetAuthorizerResponse(z.shape())
		return nil
	})
	return &out, err
}

func (a *API) getAuthorizers(ctx context.Context, call *bailiwick.Call, in *GetAuthorizersRequest) (*GetAuthorizersResponse, error) {
	out := &GetAuthorizersResponse{Items: []Authorizer{}}
	err := a.read(ctx, call, in.ApiId, func(_ store.Reader, x *api) error {
		some, next, err := page(sorted(x.Authorizers), in.MaxResults, in.NextToken, func(z *authorizer) string { return z.ID })
		out.NextToken = next
		for _, z := range some {
			out.Items = append(out.Items, z.shape())
		}
		return err
	})
	return out, err
}

func (a *API) updateAuthorizer(ctx context.Context, call *bailiwick.Call, in *UpdateAuthorizerRequest) (*UpdateAuthorizerResponse, error) {
	w := authorizerWish{
		kind: in.AuthorizerType, name: in.Name, uri: in.AuthorizerUri, credentials: in.AuthorizerCredentialsArn, payload: in.AuthorizerPayloadFormatVersion,
		source: in.IdentitySource, jwt: in.JwtConfiguration, ttl: in.AuthorizerResultTtlInSeconds, simple: in.EnableSimpleResponses, validation: in.IdentityValidationExpression,
	}
	if err := w.offered(); err != nil {
		return nil, err
	}
	var out UpdateAuthorizerResponse
	err := a.change(ctx, call, in.ApiId, true, func(_ store.Tx, x *api) error {
		z := x.Authorizers[*in.AuthorizerId]
		if z == nil {
			return errNo("Authorizer", *in.AuthorizerId)
		}
		if err := w.apply(a, x, z); err != nil {
			return err
		}
		out = UpdateAuthorizerResponse(z.shape())
		return nil
	})
	return &out, err
}

func (a *API) deleteAuthorizer(ctx context.Context, call *bailiwick.Call, in *DeleteAuthorizerRequest) (*struct{}, error) {
	return nil, a.change(ctx, call, in.ApiId, true, func(_ store.Tx, x *api) error {
		if x.Authorizers[*in.AuthorizerId] == nil {
			return errNo("Authorizer", *in.AuthorizerId)
		}
		for _, r := range sorted(x.Routes) {
			if r.AuthorizerID == *in.AuthorizerId {
				return conflict("Cannot delete authorizer '%s', is referenced in route: %s", *in.AuthorizerId, r.Key)
			}
		}
		delete(x.Authorizers, *in.AuthorizerId)
		return nil
	})
}

func (z *authorizer) shape() Authorizer {
	return Authorizer{
		AuthorizerId: &z.ID, Name: &z.Name, AuthorizerType: ref(authJWT), IdentitySource: z.Source,
		JwtConfiguration: &JWTConfiguration{Issuer: &z.Issuer, Audience: z.Audience},
	}
}
