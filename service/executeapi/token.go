package executeapi

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/gateway"
	"github.com/bailiwick-project/bailiwick/token"
)

// A refusal is why a token does not open a route: a 401, or a 403 where only a
// scope lacks. It is said to clients of HTTP APIs in WWW-Authenticate, and to the
// administrator.
type refusal struct {
	reason string // RFC 6750 error_description
	scope  bool   // insufficient_scope
	lapsed bool   // the token has expired
}

func (r *refusal) Error() string { return r.reason }

func refuse(format string, args ...any) error { return &refusal{reason: fmt.Sprintf(format, args...)} }

// admit verifies the token of the request by the route's authorizer.
func (a *API) admit(ctx context.Context, call *bailiwick.Call, p *plan) error {
	claims, err := a.claimsOf(ctx, p)
	var no *refusal
	switch {
	case errors.As(err, &no):
		call.Note("The authorizer %s refused the request: %s.", p.match.Route.Authorizer.Name, no.reason)
		return p.protocol.challenge(no)
	case err != nil:
		return fmt.Errorf("verifying a token for %s: %w", p.match.Route.Key(), err)
	}
	p.caller.claims = claims
	if len(p.match.Route.Scopes) > 0 {
		p.caller.scopes = scopesOf(claims)
	}
	return nil
}

func (a *API) claimsOf(ctx context.Context, p *plan) (bailiwick.Claims, error) {
	jwt, err := p.token()
	if err != nil {
		return nil, err
	}
	if p.match.Route.Authorization == gateway.UserPools {
		return a.poolClaims(ctx, p.match.Route, jwt)
	}
	return a.jwtClaims(ctx, p.match.Route, jwt)
}

// token reads the identity source. The prefix Bearer may be there or not. Of two
// tokens a backend could read the one that was not verified.
func (p *plan) token() (string, error) {
	auth := p.match.Route.Authorizer
	text, ok := "", false
	if auth.Query != "" {
		var twice bool
		if text, ok, twice = only(p.query, auth.Query); twice {
			return "", refuse("the parameter %s is there twice", auth.Query)
		}
	} else if values := p.request.Header.Values(auth.Header); len(values) > 0 {
		if len(values) > 1 {
			return "", refuse("the header %s is there twice", auth.Header)
		}
		text, ok = values[0], true
	}
	if len(text) > 7 && strings.EqualFold(text[:7], "Bearer ") {
		text = strings.TrimSpace(text[7:])
	}
	if !ok || text == "" {
		return "", refuse("the request has no token")
	}
	return text, nil
}

// poolClaims verifies a token for a REST API: without scopes an ID token, with
// scopes an access token that has one of them. The client it was issued to does
// not count, as with AWS: an authorizer lets in every client of its pools.
// Source: API Gateway Developer Guide, "Integrate a REST API with a user pool".
func (a *API) poolClaims(ctx context.Context, r *gateway.Route, jwt string) (bailiwick.Claims, error) {
	var claims bailiwick.Claims
	err := refuse("no user pool of the authorizer issued the token")
	for _, provider := range r.Authorizer.Providers {
		if claims, err = a.poolToken(ctx, provider, jwt); err == nil {
			break
		}
		var no *refusal
		if !errors.As(err, &no) || no.lapsed {
			return nil, err // a pool that signed it has spoken
		}
	}
	if err != nil {
		return nil, err
	}
	use, _ := claims["token_use"].(string)
	switch {
	case len(r.Scopes) == 0 && use != "id":
		return nil, refuse("the method asks for no scopes and so for an ID token, not for a token of use %.32q", use)
	case len(r.Scopes) > 0 && use != "access":
		return nil, refuse("the method asks for scopes and so for an access token, not for a token of use %.32q", use)
	case len(r.Scopes) > 0 && !overlap(scopesOf(claims), r.Scopes):
		return nil, refuse("the token has none of the scopes %q", r.Scopes)
	}
	return claims, nil
}

func (a *API) poolToken(ctx context.Context, provider, jwt string) (bailiwick.Claims, error) {
	claims, err := a.Tokens.VerifyPoolToken(ctx, provider, jwt)
	var no *bailiwick.TokenError
	if errors.As(err, &no) {
		return nil, &refusal{reason: "the token was refused by " + provider + ": " + string(no.Reason), lapsed: no.Reason == bailiwick.TokenExpired}
	}
	return claims, err
}

// jwtClaims verifies a token for an HTTP API.
// Source: API Gateway Developer Guide, "Control access to HTTP APIs with JWT
// authorizers".
func (a *API) jwtClaims(ctx context.Context, r *gateway.Route, jwt string) (bailiwick.Claims, error) {
	var claims bailiwick.Claims
	var err error
	if own := r.Authorizer.Providers; len(own) > 0 {
		claims, err = a.poolToken(ctx, own[0], jwt)
	} else {
		claims, err = a.foreignToken(ctx, r.Authorizer.Issuer, jwt)
	}
	if err != nil {
		return nil, err
	}
	if err := a.checkTimes(claims); err != nil {
		return nil, err
	}
	audience, named := claims["aud"]
	if !named {
		audience = claims["client_id"] // access tokens of user pools
	}
	if !overlap(texts(audience), r.Authorizer.Audiences) {
		return nil, refuse("the token is for none of the authorizer's audiences")
	}
	if len(r.Scopes) > 0 && !overlap(scopesOf(claims), r.Scopes) {
		return nil, &refusal{reason: fmt.Sprintf("the token has none of the scopes %q", r.Scopes), scope: true}
	}
	return claims, nil
}

// checkTimes asks what a user pool asks of its own tokens of every issuer's.
func (a *API) checkTimes(claims bailiwick.Claims) error {
	now := a.Now()
	if err := token.Expired(token.Claims(claims), now); err != nil {
		return &refusal{reason: "the token has expired, or does not say when", lapsed: true}
	}
	for _, name := range []string{"nbf", "iat"} {
		if _, there := claims[name]; !there && name == "nbf" {
			continue
		}
		at, ok := token.Claims(claims).Time(name)
		if !ok || at.After(now.Add(skew)) {
			return refuse("the token's claim %s is absent or in the future", name)
		}
	}
	return nil
}

// scopesOf reads the claim scope, or scp: words in a string, or a list.
func scopesOf(claims bailiwick.Claims) []string {
	v, ok := claims["scope"]
	if !ok {
		v = claims["scp"]
	}
	if s, ok := v.(string); ok {
		return strings.Fields(s)
	}
	return texts(v)
}

// texts are a claim that is a string or a list of strings. Anything else in a list
// makes it none.
func texts(v any) []string {
	switch v := v.(type) {
	case string:
		return []string{v}
	case []any:
		out := make([]string, 0, len(v))
		for _, x := range v {
			s, ok := x.(string)
			if !ok {
				return nil
			}
			out = append(out, s)
		}
		return out
	}
	return nil
}

func overlap(have, want []string) bool {
	return slices.ContainsFunc(have, func(s string) bool { return s != "" && slices.Contains(want, s) })
}

// challenge is the refusal as the client hears it.
// Source: RFC 6750, section 3.
func (p *protocol) challenge(no *refusal) error {
	if p.kind == gateway.REST {
		e := told(codeUnauthorized, http.StatusUnauthorized, "Unauthorized")
		if no.lapsed {
			e.Message = "The incoming token has expired"
		}
		return e
	}
	e := told(codeUnauthorized, http.StatusUnauthorized, "Unauthorized")
	kind, description := "invalid_token", "the token is not valid"
	switch {
	case no.scope:
		e = told(codeForbidden, http.StatusForbidden, "Forbidden")
		kind, description = "insufficient_scope", "the token does not have the scopes that are required"
	case no.lapsed:
		description = "the token has expired"
	}
	e.Fields = map[string]any{challengeField: `Bearer scope="" error="` + kind + `" error_description="` + description + `"`}
	return e
}
