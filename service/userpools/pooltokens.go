package userpools

import (
	"context"
	"errors"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/token"
)

var _ bailiwick.PoolTokens = (*API)(nil)

// VerifyPoolToken implements bailiwick.PoolTokens. The key that signed a token and
// its token_use must tell the same: the pool signs either kind with a key of its
// own. An ID token has an aud, an access token a client_id; the other's name may be
// there by a function's wish, and binds nothing.
func (a *API) VerifyPoolToken(ctx context.Context, provider, raw string) (bailiwick.Claims, error) {
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
	use, audience := "id", "aud"
	claims, err := token.Verify(raw, keys.idSet())
	if errors.Is(err, token.ErrUnknownKey) {
		use, audience = "access", "client_id"
		claims, err = token.Verify(raw, keys.accessSet())
	}
	if errors.Is(err, token.ErrMalformed) {
		return nil, tokenError(bailiwick.TokenMalformed)
	}
	if err != nil {
		return nil, tokenError(bailiwick.TokenSignature)
	}
	if err := checkToken(claims, use, audience, a.Now()); err != nil {
		return nil, err
	}
	return bailiwick.Claims(claims), nil
}
