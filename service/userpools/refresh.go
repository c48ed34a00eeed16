package userpools

import (
	"context"
	"crypto/subtle"
	"errors"
	"time"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/store"
)

// Sentences of AWS about refresh tokens.
var (
	errBadRefresh     = notAuthorized("Invalid Refresh Token")
	errRefreshExpired = notAuthorized("Refresh Token has expired")
	errRefreshRevoked = notAuthorized("Refresh Token has been revoked")
	errRefreshReused  = bailiwick.Errorf("RefreshTokenReuseException", "Refresh token has been invalidated by rotation")
)

// signInWithRefreshToken is REFRESH_TOKEN_AUTH.
func (a *API) signInWithRefreshToken(ctx context.Context, s *signIn) (*step, error) {
	text, err := s.param("REFRESH_TOKEN")
	if err != nil {
		return nil, err
	}
	result, err := a.refresh(ctx, s, text, func(u *user) error {
		return s.client.checkSecretHash(s.params["SECRET_HASH"], u.Username, u.Sub)
	})
	return &step{result: result}, err
}

// getTokensFromRefreshToken refreshes, with rotation where the client has it.
func (a *API) getTokensFromRefreshToken(ctx context.Context, call *bailiwick.Call, in *GetTokensFromRefreshTokenRequest) (*GetTokensFromRefreshTokenResponse, error) {
	s, err := a.publicSignIn(ctx, call, in.ClientId, nil)
	if err != nil {
		return nil, err
	}
	s.metadata = in.ClientMetadata
	if !s.client.holdsSecret(in.ClientSecret) {
		return nil, notAuthorized("Unable to verify secret for client: %s", s.client.ID)
	}
	if !s.client.rotates() {
		if err := s.open("REFRESH_TOKEN_AUTH"); err != nil {
			return nil, err
		}
	}
	result, err := a.refresh(ctx, s, value(in.RefreshToken), func(*user) error { return nil })
	if err != nil {
		return nil, err
	}
	return &GetTokensFromRefreshTokenResponse{AuthenticationResult: result}, nil
}

// holdsSecret compares a client's secret in constant time. A public client has
// none, and none may be sent to it.
func (c *client) holdsSecret(given *string) bool {
	return subtle.ConstantTimeCompare([]byte(c.Secret), []byte(value(given))) == 1
}

// refresh makes new tokens. What they say is read anew; when and how the user
// signed in stays as it was.
func (a *API) refresh(ctx context.Context, s *signIn, text string, checkSecret func(*user) error) (*AuthenticationResultType, error) {
	keys, err := a.keysOf(ctx, s.pool)
	if err != nil {
		return nil, err
	}
	t, err := openRefresh(keys, text)
	if err != nil || t.Client != s.client.ID {
		s.call.Note("the refresh token is not one that client %s was given", s.client.ID)
		return nil, errBadRefresh
	}
	if s.call.Time.Unix() >= t.Expires {
		s.call.Note("the refresh token ended at %s", time.Unix(t.Expires, 0).UTC().Format(time.RFC3339))
		return nil, errRefreshExpired
	}
	g, err := a.refreshed(ctx, s, t, checkSecret)
	if errors.Is(err, errRefreshReused) {
		return nil, a.endFamily(ctx, s, t)
	}
	if err != nil {
		return nil, err
	}
	return a.issue(ctx, g, s.call.Time)
}

// renew reads what the new tokens will say, if the session still counts.
func renew(r store.Reader, s *signIn, t *refreshToken, event string, checkSecret func(*user) error) (*grant, error) {
	u, err := userBySub(r, s.pool.ID, t.Sub)
	if errors.Is(err, errNoUser) && s.client.hidesUsers() {
		return nil, errRefreshRevoked
	}
	if err != nil {
		return nil, err
	}
	if err := checkSecret(u); err != nil {
		return nil, err
	}
	if !u.Enabled {
		return nil, errDisabled
	}
	rec, err := getSession(r, u, t.Origin)
	if err != nil {
		return nil, err
	}
	if rec == nil || rec.Client != s.client.ID {
		return nil, errRefreshRevoked
	}
	if !rec.live(t, s.call.Time) {
		return nil, errRefreshReused
	}
	groups, err := groupsOf(r, s.pool.ID, u.Sub)
	if err != nil {
		return nil, err
	}
	return &grant{pool: s.pool, client: s.client, user: u, groups: groups, session: rec, origin: t.Origin, event: event}, nil
}
