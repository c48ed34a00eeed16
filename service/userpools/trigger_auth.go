package userpools

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"github.com/bailiwick-project/bailiwick/store"
)

// askPreAuthentication runs PreAuthentication once for each sign-in that begins,
// before the secret is looked at. Where the client hides who exists it is asked
// about nobody, too. What InitiateAuth got as ClientMetadata is its validationData.
func (a *API) askPreAuthentication(ctx context.Context, s *signIn, c *claimant) error {
	attributes, username := map[string]string{}, c.typed
	if c.user != nil {
		attributes, username = s.pool.triggerAttributes(c.user), c.user.Username
	}
	_, err := a.run(ctx, s.call, &trigger{
		name: preAuthentication, source: "PreAuthentication_Authentication", pool: s.pool, username: username, client: s.client.ID,
		request: map[string]any{"userAttributes": attributes, "validationData": orNull(s.validation), "userNotFound": c.user == nil},
	})
	return err
}

func (a *API) askPostAuthentication(ctx context.Context, s *signIn, u *user) error {
	_, err := a.run(ctx, s.call, &trigger{
		name: postAuthentication, source: "PostAuthentication_Authentication", pool: s.pool, username: u.Username, client: s.client.ID,
		request: withMetadata(map[string]any{"userAttributes": s.pool.triggerAttributes(u), "newDeviceUsed": false}, s.metadata),
	})
	return err
}

// asksBeforeTokens tells that functions run between the last proof and the tokens.
func (p *pool) asksBeforeTokens() bool {
	return p.function(postAuthentication) != "" || p.function(preTokenGeneration) != ""
}

// conclude is the only way from a sign-in that is proven to its tokens. g is what
// begin made in the transaction that took the proof.
//
// Functions take seconds, in which the user may be disabled, deleted, or given
// another password: the session begins in a transaction after them, which looks
// again. The tokens say what was read before PreTokenGeneration, and what that
// function made of it: claims that it derived from an attribute must not stand
// beside another value of it.
func (a *API) conclude(ctx context.Context, s *signIn, g *grant) (*AuthenticationResultType, error) {
	if !s.pool.asksBeforeTokens() {
		return a.issue(ctx, g, s.call.Time)
	}
	decided := g.user
	if err := a.askPostAuthentication(ctx, s, decided); err != nil {
		return nil, err
	}
	err := a.Store.View(ctx, func(r store.Reader) error { return g.readAgain(r, s, decided) })
	if err != nil {
		return nil, err
	}
	if g.changes, err = a.askPreToken(ctx, s, g, g.source); err != nil {
		return nil, err
	}
	err = a.decide(ctx, func(tx store.Tx) error {
		u, err := g.stillThe(tx, s, decided)
		if err != nil {
			return err
		}
		g.session.Epoch = u.Epoch
		return g.record(tx, true, s.call.Time)
	})
	if err != nil {
		return nil, err
	}
	return a.issue(ctx, g, s.call.Time)
}

// readAgain reads what the tokens will say.
func (g *grant) readAgain(r store.Reader, s *signIn, decided *user) error {
	u, err := g.stillThe(r, s, decided)
	if err != nil {
		return err
	}
	groups, err := groupsOf(r, s.pool.ID, u.Sub)
	if err != nil {
		return err
	}
	g.user, g.groups = u, groups
	return nil
}

// stillThe reads the user that was decided about, if the decision would be the same
// now. A sign-out in between does not undo it: whoever signs in after a sign-out is
// in, and functions sign users out to end their older sessions.
func (g *grant) stillThe(r store.Reader, s *signIn, decided *user) (*user, error) {
	if _, err := clientOf(r, s.pool, s.client.ID); err != nil {
		return nil, err
	}
	pool, err := getPool(r, s.pool.ID)
	if err != nil {
		return nil, err
	}
	u, err := userBySub(r, decided.Pool, decided.Sub)
	if errors.Is(err, errNoUser) && s.client.hidesUsers() {
		err = errWrongPassword
	}
	if err == nil && !bytes.Equal(u.Verifier, decided.Verifier) {
		err = errWrongPassword
	}
	if err == nil {
		err = afterPassword(u, s.call.Time)
	}
	if err == nil && (u.Status != statusConfirmed || !g.second && pool.secondFactor(u) != "") {
		err = errSessionEnded
	}
	if err != nil {
		s.call.Note("the user changed while functions ran: %v", err)
		return nil, err
	}
	return u, nil
}

// refreshed makes a grant of a refresh token, with what PreTokenGeneration wants
// changed. The session is looked at again after the function: if it was revoked or
// swapped in the meantime nothing comes of it, and if the function fails the
// session is as it was.
func (a *API) refreshed(ctx context.Context, s *signIn, t *refreshToken, checkSecret func(*user) error) (*grant, error) {
	event, err := uuid(a.Rand)
	if err != nil {
		return nil, err
	}
	next, err := uuid(a.Rand)
	if err != nil {
		return nil, err
	}
	if s.pool.function(preTokenGeneration) == "" {
		return a.renewed(ctx, s, t, event, next, checkSecret)
	}
	var seen *grant
	err = a.Store.View(ctx, func(r store.Reader) error {
		seen, err = renew(r, s, t, event, checkSecret)
		return err
	})
	if err != nil {
		return nil, err
	}
	if seen.changes, err = a.askPreToken(ctx, s, seen, sourceRefresh); err != nil {
		return nil, err
	}
	g, err := a.renewed(ctx, s, t, event, next, checkSecret)
	if err != nil {
		return nil, fmt.Errorf("after PreTokenGeneration: %w", err)
	}
	g.user, g.groups, g.changes = seen.user, seen.groups, seen.changes
	return g, nil
}

// renewed makes the grant of a refresh token and records what must be known of it.
func (a *API) renewed(ctx context.Context, s *signIn, t *refreshToken, event, next string, checkSecret func(*user) error) (g *grant, err error) {
	if !s.client.rotates() && s.client.Revocable { // nothing needs to be written
		err = a.Store.View(ctx, func(r store.Reader) error {
			g, err = renew(r, s, t, event, checkSecret)
			return err
		})
		return g, err
	}
	err = a.decide(ctx, func(tx store.Tx) error {
		if g, err = renew(tx, s, t, event, checkSecret); err != nil {
			return err
		}
		if s.client.rotates() {
			g.refresh = next
			g.session.rotate(t, next, s.call.Time, s.client.grace())
		}
		return g.record(tx, s.client.rotates(), s.call.Time)
	})
	return g, err
}
