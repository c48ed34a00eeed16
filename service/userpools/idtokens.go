package userpools

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/store"
	"github.com/bailiwick-project/bailiwick/token"
)

var _ bailiwick.IDTokens = (*API)(nil)

// clockSkew is how far ahead the clock of the node that issued a token may be.
const clockSkew = 5 * time.Minute

func tokenError(reason bailiwick.TokenReason) error { return &bailiwick.TokenError{Reason: reason} }

// VerifyIDToken implements bailiwick.IDTokens.
func (a *API) VerifyIDToken(ctx context.Context, provider, raw string) (bailiwick.Claims, error) {
	p, err := a.poolOfProvider(ctx, provider)
	if err != nil {
		return nil, err
	}
	if p == nil {
		return nil, tokenError(bailiwick.TokenNoProvider)
	}
	iss, err := token.PeekIssuer(raw)
	if err != nil {
		return nil, tokenError(bailiwick.TokenMalformed)
	}
	if iss != a.issuer(p) {
		return nil, tokenError(bailiwick.TokenIssuer)
	}
	keys, err := a.keysOf(ctx, p)
	if err != nil {
		return nil, err
	}
	claims, err := token.Verify(raw, keys.idSet())
	if errors.Is(err, token.ErrUnknownKey) {
		// The pool's own access tokens are told apart from forgeries, and refused.
		if _, err := token.Verify(raw, keys.accessSet()); err == nil {
			return nil, tokenError(bailiwick.TokenUse)
		}
	}
	if errors.Is(err, token.ErrMalformed) {
		return nil, tokenError(bailiwick.TokenMalformed)
	}
	if err != nil {
		return nil, tokenError(bailiwick.TokenSignature)
	}
	if err := checkID(claims, a.Now()); err != nil {
		return nil, err
	}
	return bailiwick.Claims(claims), nil
}

// checkID is checkToken of an ID token.
func checkID(c token.Claims, now time.Time) error { return checkToken(c, "id", "aud", now) }

// checkToken checks what a signature does not prove: the token's use, its time, and
// that it names a client, in the claim for that, and a user.
func checkToken(c token.Claims, want, client string, now time.Time) error {
	if use, _ := c.String("token_use"); use != want {
		return tokenError(bailiwick.TokenUse)
	}
	if err := token.Expired(c, now); err != nil {
		at, _ := c.Time("exp")
		return &bailiwick.TokenError{Reason: bailiwick.TokenExpired, Expires: at}
	}
	if at, ok := c.Time("iat"); !ok || at.After(now.Add(clockSkew)) {
		return tokenError(bailiwick.TokenNotYet)
	}
	if aud, _ := c.String(client); aud == "" {
		return tokenError(bailiwick.TokenNoAudience)
	}
	if sub, _ := c.String("sub"); sub == "" {
		return tokenError(bailiwick.TokenWrongSubject)
	}
	return nil
}

// poolOfProvider finds the pool of a provider's name; nil if there is none.
func (a *API) poolOfProvider(ctx context.Context, provider string) (*pool, error) {
	p, err := a.poolByID(ctx, provider[strings.LastIndexByte(provider, '/')+1:])
	if err != nil || p == nil || p.provider() != provider {
		return nil, err
	}
	return p, nil
}

// Active implements bailiwick.IDTokens: the user is there and enabled, and the
// session of the token was neither revoked nor signed out.
func (a *API) Active(ctx context.Context, provider string, claims bailiwick.Claims) (bool, error) {
	p, err := a.poolOfProvider(ctx, provider)
	if err != nil || p == nil {
		return false, err
	}
	c := token.Claims(claims)
	sub, _ := c.String("sub")
	aud, _ := c.String("aud")
	if sub == "" || aud == "" {
		return false, nil
	}
	active := false
	err = a.Store.View(ctx, func(r store.Reader) error {
		u, err := userBySub(r, p.ID, sub)
		if errors.Is(err, errNoUser) {
			return nil
		}
		if err != nil {
			return err
		}
		s, err := getSession(r, u, sessionOf(c))
		active = err == nil && u.Enabled && s != nil && s.Client == aud
		return err
	})
	return active && err == nil, err
}
