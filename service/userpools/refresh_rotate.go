package userpools

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/bailiwick-project/bailiwick/store"
)

// maxGenerations bounds the refresh tokens of a session that are good at a time:
// each retry within the grace period brings one more.
const maxGenerations = 16

// grace is how long a refresh token that was swapped may be swapped again, by a
// client that never received the answer.
func (c *client) grace() time.Duration {
	if c.Rotation == nil {
		return 0
	}
	return time.Duration(value(c.Rotation.RetryGracePeriodSeconds)) * time.Second
}

// live tells whether a refresh token of the session has not been swapped for
// another one, or only just.
func (s *session) live(t *refreshToken, now time.Time) bool {
	if len(s.Live) == 0 {
		return t.Generation == t.Origin
	}
	i := slices.IndexFunc(s.Live, func(g generation) bool { return g.ID == t.Generation })
	return i >= 0 && s.Live[i].good(now)
}

func (g generation) good(now time.Time) bool { return g.Until.IsZero() || now.Before(g.Until) }

// rotate swaps a refresh token that is live for next. The list is made anew: the
// transaction may run again.
func (s *session) rotate(t *refreshToken, next string, now time.Time, grace time.Duration) {
	had := s.Live
	if len(had) == 0 {
		had = []generation{{ID: t.Origin}}
	}
	var list []generation
	for _, g := range had {
		if g.ID == t.Generation && g.Until.IsZero() {
			g.Until = now.Add(grace)
		}
		if g.good(now) {
			list = append(list, g)
		}
	}
	if len(list) >= maxGenerations {
		list = list[len(list)-maxGenerations+1:]
	}
	s.Live = append(list, generation{ID: next})
}

// endFamily answers whoever brings a refresh token that was swapped already, and
// ends the session with all tokens that came of it. Two parties hold a token of
// which one was stolen; nobody can tell which, and whoever of them swapped first
// would else stay in for as long as the session lives. AWS documents the error
// and not what becomes of the newer tokens: this is the side that refuses.
// Source: RFC 9700 section 4.14.2.
func (a *API) endFamily(ctx context.Context, s *signIn, t *refreshToken) error {
	err := a.decide(ctx, func(tx store.Tx) error {
		return tx.Delete(keySession(s.pool.ID, t.Sub, t.Origin))
	})
	if err != nil {
		return fmt.Errorf("revoking the session of a refresh token that was used twice: %w", err)
	}
	s.call.Note("the refresh token had been swapped for a newer one: all tokens of its sign-in are revoked")
	return errRefreshReused
}
