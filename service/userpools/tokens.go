package userpools

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/bailiwick-project/bailiwick/token"
)

// issue signs the tokens of a grant: two signatures, the cost of a sign-in. They
// are made one after the other: a busy server has something to do meanwhile.
func (a *API) issue(ctx context.Context, g *grant, now time.Time) (*AuthenticationResultType, error) {
	keys, err := a.keysOf(ctx, g.pool)
	if err != nil {
		return nil, err
	}
	idJTI, err := uuid(a.Rand)
	if err != nil {
		return nil, err
	}
	accessJTI, err := uuid(a.Rand)
	if err != nil {
		return nil, err
	}
	iss := a.issuer(g.pool)
	id, err := sign(keys.id, g.idClaims(iss, idJTI, now))
	if err != nil {
		return nil, fmt.Errorf("signing an ID token: %w", err)
	}
	access, err := sign(keys.access, g.accessClaims(iss, accessJTI, now))
	if err != nil {
		return nil, fmt.Errorf("signing an access token: %w", err)
	}
	out := &AuthenticationResultType{
		IdToken: &id, AccessToken: &access, TokenType: ptr("Bearer"), ExpiresIn: ptr(int32(g.client.accessLife() / time.Second)),
	}
	if g.refresh == "" {
		return out, nil
	}
	sealed, err := sealRefresh(keys, refreshToken{
		Client: g.client.ID, Sub: g.user.Sub, Origin: g.origin, Generation: g.refresh, Expires: g.session.Expires.Unix(),
	})
	out.RefreshToken = &sealed
	return out, err
}

func sign(key *token.Key, claims map[string]any) (string, error) {
	s, err := key.Sign(claims)
	if errors.Is(err, token.ErrTooLarge) {
		return "", invalid("The attributes and groups of the user do not fit into a token.")
	}
	return s, err
}

// A refreshToken is what is inside a refresh token, which only the pool can read.
type refreshToken struct {
	Client     string `json:"c"`
	Sub        string `json:"s"`
	Origin     string `json:"o"` // origin_jti of the session
	Generation string `json:"g"`
	Expires    int64  `json:"e"` // seconds
}

func sealRefresh(keys *poolKeys, t refreshToken) (string, error) {
	payload, err := json.Marshal(t)
	if err != nil {
		return "", fmt.Errorf("writing a refresh token: %w", err)
	}
	return token.Seal(keys.access, payload)
}

// openRefresh reads a refresh token of the pool; any other text is an error of
// package token.
func openRefresh(keys *poolKeys, text string) (*refreshToken, error) {
	payload, err := token.Open(keys.access, text)
	if err != nil {
		return nil, err
	}
	t := new(refreshToken)
	if err := json.Unmarshal(payload, t); err != nil {
		return nil, fmt.Errorf("%w: %w", token.ErrMalformed, err)
	}
	return t, nil
}
