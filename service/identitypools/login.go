package identitypools

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/bailiwick-project/bailiwick"
)

// A login is one entry of Logins after verification. It counts for nothing
// before bind has tied it to a pool.
type login struct {
	provider  string
	subject   string
	client    string // audience of the token
	claims    bailiwick.Claims
	err       error // why the token was refused; told only for providers of the pool
	developer bool  // the subject is a developer's word for a user; there is no token
	check     bool  // the pool asks whether the user is still active
}

// verify verifies every token, in the order of their providers. It runs before
// the pool is read, so that no transaction is open while signatures are checked.
func (a *API) verify(ctx context.Context, tokens map[string]string) ([]login, error) {
	var out []login
	for _, name := range slices.Sorted(maps.Keys(tokens)) {
		l := login{provider: name}
		var err error
		switch {
		case name == provider:
			l.claims, err = a.ours(ctx, tokens[name])
		case strings.HasPrefix(name, "cognito-idp."):
			l.claims, err = a.IDTokens.VerifyIDToken(ctx, name, tokens[name])
		default:
			err = errUnsupportedToken
		}
		var refused *bailiwick.TokenError
		switch {
		case errors.As(err, &refused):
			l.err = refused
		case err != nil && !errors.Is(err, errUnsupportedToken):
			return nil, fmt.Errorf("verifying a token of %s: %w", name, err)
		default:
			l.err = err
		}
		out = append(out, l)
	}
	return out, nil
}

// bind ties each login to a provider and client of the pool. Issuer and audience
// are one pair: the name of a client means nothing without the user pool that it
// belongs to, because whoever owns another user pool may own a client of the
// same name. The first refusal is told.
func (p *pool) bind(call *bailiwick.Call, logins []login) error {
	for i := range logins {
		if err := p.bindOne(call, &logins[i]); err != nil {
			return err
		}
	}
	return nil
}

func (p *pool) bindOne(call *bailiwick.Call, l *login) error {
	if l.provider == provider {
		return p.bindOurs(call, l)
	}
	if !slices.ContainsFunc(p.Clients, func(c client) bool { return c.Provider == l.provider }) {
		call.Note("The provider %.128q is not a user pool of the identity pool %s.", l.provider, p.ID)
		return errUnsupportedToken
	}
	if l.err != nil {
		call.Note("The token of %s was refused: %v.", l.provider, l.err)
		return tokenError(call, l.err)
	}
	if use, ok := l.claims["token_use"]; ok && use != "id" {
		call.Note("The token of %s is not an ID token.", l.provider)
		return badLogin("Missing a required claim: aud")
	}
	l.client, _ = l.claims["aud"].(string)
	l.subject, _ = l.claims["sub"].(string)
	switch {
	case l.client == "":
		return badLogin("Missing a required claim: aud")
	case l.subject == "":
		return badLogin("Missing a required claim: sub")
	}
	for _, c := range p.Clients {
		if c.Provider == l.provider && c.ClientID == l.client {
			l.check = c.ServerSideCheck != nil && *c.ServerSideCheck
			return nil
		}
	}
	call.Note("The token's audience %.128q is not a client of %s in the identity pool %s.", l.client, l.provider, p.ID)
	return errUnsupportedToken
}

// bindOurs ties a token of this service to the pool. It must be one that the
// developer asked for, which names his provider. A guest's token is no login, and
// neither is what GetOpenIdToken made of one: it would get around the role mapping
// and the ServerSideTokenCheck of the login that it was made of.
// Source: developer guide, "Developer authenticated identities".
func (p *pool) bindOurs(call *bailiwick.Call, l *login) error {
	if l.err != nil {
		call.Note("The token of %s was refused: %v.", l.provider, l.err)
		return tokenError(call, l.err)
	}
	l.client, _ = l.claims["aud"].(string)
	l.subject, _ = l.claims["sub"].(string)
	if l.client != p.ID || l.subject == "" {
		call.Note("The token of %s is for the identity pool %.64q.", l.provider, l.client)
		return errUnsupportedToken
	}
	amr := stringsOf(l.claims["amr"])
	if !slices.Contains(amr, authenticated) || p.Developer == "" || !slices.Contains(amr, p.Developer) {
		call.Note("The token of %s is a guest's, or not one that the developer asked for.", l.provider)
		return errUnsupportedToken
	}
	return nil
}

// tokenError is AWS's sentence for a refused token.
func tokenError(call *bailiwick.Call, err error) error {
	var t *bailiwick.TokenError
	if !errors.As(err, &t) {
		return errUnsupportedToken
	}
	switch t.Reason {
	case bailiwick.TokenNoProvider:
		return errUnsupportedToken
	case bailiwick.TokenMalformed:
		return badLogin("Not a valid OpenId Connect identity token.")
	case bailiwick.TokenSignature:
		return badLogin("Token signature invalid.")
	case bailiwick.TokenExpired:
		return badLogin("Token expired: %d >= %d", call.Time.Unix(), t.Expires.Unix())
	case bailiwick.TokenNotYet:
		return badLogin("Token used before issued")
	case bailiwick.TokenIssuer:
		return badLogin("Issuer doesn't match providerName")
	case bailiwick.TokenUse, bailiwick.TokenNoAudience:
		return badLogin("Missing a required claim: aud")
	case bailiwick.TokenWrongSubject:
		return badLogin("Missing a required claim: sub")
	}
	return badLogin("Not a valid OpenId Connect identity token.")
}

// active asks for the logins of clients with ServerSideTokenCheck whether their
// users are still enabled and signed in. Without it a token is good until it
// expires, as at AWS.
func (a *API) active(ctx context.Context, call *bailiwick.Call, logins []login) error {
	for _, l := range logins {
		if !l.check {
			continue
		}
		ok, err := a.IDTokens.Active(ctx, l.provider, l.claims)
		if err != nil {
			return fmt.Errorf("asking %s for its user: %w", l.provider, err)
		}
		if !ok {
			call.Note("ServerSideTokenCheck: the user %s of %s is disabled, deleted or signed out.", l.subject, l.provider)
			return errInactive
		}
	}
	return nil
}
