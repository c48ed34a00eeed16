package userpools

import (
	"context"
	"fmt"
	"strings"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/store"
)

// revokeToken ends the session of a refresh token: the token, and all access and
// ID tokens that came of it. A token that is unknown has nothing to end, which is
// no error (RFC 7009 section 2.2).
func (a *API) revokeToken(ctx context.Context, call *bailiwick.Call, in *RevokeTokenRequest) (*RevokeTokenResponse, error) {
	s, err := a.publicSignIn(ctx, call, in.ClientId, nil)
	if err != nil {
		return nil, err
	}
	switch {
	case !s.client.holdsSecret(in.ClientSecret):
		return nil, bailiwick.Errorf("UnauthorizedException", "Unable to verify secret for client: %s", s.client.ID)
	case !s.client.Revocable:
		return nil, bailiwick.Errorf("UnsupportedOperationException", "Token revocation is not enabled for client: %s", s.client.ID)
	case strings.Count(value(in.Token), ".") == 2:
		return nil, bailiwick.Errorf("UnsupportedTokenTypeException", "Unsupported token type: only refresh tokens can be revoked")
	}
	keys, err := a.keysOf(ctx, s.pool)
	if err != nil {
		return nil, err
	}
	t, err := openRefresh(keys, value(in.Token))
	if err != nil {
		call.Note("the token is no refresh token of pool %s; there was nothing to revoke", s.pool.ID)
		return &RevokeTokenResponse{}, nil
	}
	if t.Client != s.client.ID {
		return nil, bailiwick.Errorf("UnauthorizedException", "The token was not issued to client: %s", s.client.ID)
	}
	err = a.decide(ctx, func(tx store.Tx) error {
		if err := tx.Delete(keySession(s.pool.ID, t.Sub, t.Origin)); err != nil {
			return fmt.Errorf("revoking a session: %w", err)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return &RevokeTokenResponse{}, nil
}
