package userpools

import (
	"context"
	"errors"
	"strings"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/store"
	"github.com/bailiwick-project/bailiwick/token"
)

// Sentences of AWS about access tokens.
var (
	errBadAccess     = notAuthorized("Invalid Access Token")
	errAccessExpired = notAuthorized("Access Token has expired")
	errAccessRevoked = notAuthorized("Access Token has been revoked")
	errAccessScope   = notAuthorized("Access Token does not have required scopes")
)

// A bearer is what a verified access token says. Whether it still counts is asked
// in the transaction that acts on it.
type bearer struct {
	poolID  string
	client  string
	sub     string
	session string // id of the session's record
}

// bearer verifies an access token: signature, issuer, use, time and scope.
func (a *API) bearer(ctx context.Context, call *bailiwick.Call, raw *string) (*bearer, error) {
	claims, err := a.accessClaims(ctx, call, value(raw))
	if err != nil {
		var told *bailiwick.Error
		if errors.As(err, &told) || !refused(err) {
			return nil, err
		}
		call.Note("the access token was refused: %v", err)
		return nil, errBadAccess
	}
	if err := token.Expired(claims, call.Time); err != nil {
		call.Note("the access token was refused: %v", err)
		return nil, errAccessExpired
	}
	scope, _ := claims.String("scope")
	if !has(strings.Fields(scope), scopeAdmin) {
		call.Note("the access token has the scopes %.256q, which do not include %s", scope, scopeAdmin)
		return nil, errAccessScope
	}
	b := &bearer{poolID: poolOfIssuer(claims), session: sessionOf(claims)}
	b.client, _ = claims.String("client_id")
	b.sub, _ = claims.String("sub")
	return b, nil
}

var errNotAccess = errors.New("not an access token of its issuer")

// refused tells errors that say the token is wrong from failures to look at it.
func refused(err error) bool {
	for _, reason := range []error{token.ErrMalformed, token.ErrAlgorithm, token.ErrUnknownKey, token.ErrSignature, errNotAccess} {
		if errors.Is(err, reason) {
			return true
		}
	}
	return false
}

// accessClaims returns the claims of an access token that a pool here signed. The
// issuer only chooses the keys; it must be the pool's very own name.
func (a *API) accessClaims(ctx context.Context, call *bailiwick.Call, raw string) (token.Claims, error) {
	iss, err := token.PeekIssuer(raw)
	if err != nil {
		return nil, err
	}
	p, err := a.poolByID(ctx, iss[strings.LastIndexByte(iss, '/')+1:])
	if err != nil {
		return nil, err
	}
	if p == nil || a.issuer(p) != iss {
		return nil, errNotAccess
	}
	call.Concerns(p.Account)
	keys, err := a.keysOf(ctx, p)
	if err != nil {
		return nil, err
	}
	claims, err := token.Verify(raw, keys.accessSet())
	if err != nil {
		return nil, err
	}
	if use, _ := claims.String("token_use"); use != "access" {
		return nil, errNotAccess
	}
	return claims, nil
}

// poolByID reads a pool; nil if there is none.
func (a *API) poolByID(ctx context.Context, id string) (*pool, error) {
	if id == "" || len(id) > maxPoolID {
		return nil, nil
	}
	var p *pool
	err := a.Store.View(ctx, func(r store.Reader) error {
		var err error
		p, err = getPool(r, id)
		return err
	})
	var told *bailiwick.Error
	if errors.As(err, &told) {
		return nil, nil
	}
	return p, err
}

// maxPoolID is the length of the longest id. Source: UserPoolIdType.
const maxPoolID = 55

// poolOfIssuer is the id at the end of a verified issuer.
func poolOfIssuer(c token.Claims) string {
	iss, _ := c.String("iss")
	return iss[strings.LastIndexByte(iss, '/')+1:]
}

// sessionOf is the id of a token's session record: origin_jti, or the event where
// the client's tokens have none.
func sessionOf(c token.Claims) string {
	if id, ok := c.String("origin_jti"); ok {
		return id
	}
	id, _ := c.String("event_id")
	return id
}
