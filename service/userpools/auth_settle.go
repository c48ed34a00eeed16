package userpools

import (
	"bytes"
	"context"
	"errors"
	"time"

	"github.com/bailiwick-project/bailiwick/store"
)

// A proof is what a claimant brought: a right or a wrong password. It was looked
// at outside of the transaction, which holds it against the state of its moment.
type proof struct {
	right bool
	once  *ticket // of the challenge that it answers; nil: it answers none
}

// A verdict is what a transaction made of a proof.
type verdict struct {
	refusal error  // told to the client; the transaction commits, since it counts
	why     string // for the administrator
	grant   *grant // tokens, unless a new password is asked first
	change  *user  // must choose a new password
}

func turnAway(err error, why string) (*verdict, error) { return &verdict{refusal: err, why: why}, nil }

// settle decides about a proof and answers with the next step.
func (a *API) settle(ctx context.Context, s *signIn, c *claimant, p proof) (*step, error) {
	origin, err := uuid(a.Rand)
	if err != nil {
		return nil, err
	}
	event, err := uuid(a.Rand)
	if err != nil {
		return nil, err
	}
	var v *verdict
	err = a.decide(ctx, func(tx store.Tx) error {
		var err error
		v, err = a.judge(tx, s, c, p)
		if err != nil || v.grant == nil {
			return err
		}
		return a.begin(tx, s, v.grant, origin, event)
	})
	if err != nil {
		return nil, err
	}
	switch {
	case v.refusal != nil:
		s.call.Note("sign-in refused: %s", v.why)
		return nil, v.refusal
	case v.change != nil:
		return a.askNewPassword(s, v.change)
	}
	return a.finish(ctx, s, v.grant)
}

// finish answers a grant that begin began: with the question for the second
// factor, or with tokens.
func (a *API) finish(ctx context.Context, s *signIn, g *grant) (*step, error) {
	if g.asks != "" {
		return a.askSecondFactor(s, g)
	}
	result, err := a.conclude(ctx, s, g)
	return &step{result: result}, err
}

// judge is the heart of a sign-in. Its order matters: what an account is in for
// is told to those only who know the password, unless the client shows it to all.
func (a *API) judge(tx store.Tx, s *signIn, c *claimant, p proof) (*verdict, error) {
	now := s.call.Time
	if p.once != nil {
		before, err := spend(tx, s.pool.ID, p.once.id, p.once.expires)
		if err != nil {
			return nil, err
		}
		if before {
			return turnAway(errSessionEnded, "the SECRET_BLOCK or Session was answered before")
		}
	}
	u, err := current(tx, c)
	if err != nil {
		return nil, err
	}
	if u != nil && !s.client.hidesUsers() {
		if err := beforePassword(u); err != nil {
			return turnAway(err, "the user is "+string(u.Status)+" or disabled")
		}
	}
	nobody := a.nobodyKey(s, c)
	l, err := lockOf(tx, s.pool.ID, u, nobody)
	if err != nil {
		return nil, err
	}
	if l.closed(now) {
		return turnAway(errLocked, "too many wrong passwords; none is looked at before "+l.Until.UTC().Format(time.RFC3339))
	}
	if !p.right || u == nil || !bytes.Equal(u.Verifier, c.verifier) {
		v, _ := turnAway(errWrongPassword, "the password is wrong, or there is no such user")
		return v, putLock(tx, s.pool.ID, u, nobody, l.after(now))
	}
	if err := afterPassword(u, now); err != nil {
		return turnAway(err, "the password is right, but the user may not sign in")
	}
	if l.Failures > 0 {
		if err := putLock(tx, s.pool.ID, u, nobody, lock{}); err != nil {
			return nil, err
		}
	}
	if u.Status == statusForceChange {
		return &verdict{change: u}, nil
	}
	return &verdict{grant: &grant{user: u}}, nil
}

// current is the claimant's record of this moment; nil for nobody.
func current(r store.Reader, c *claimant) (*user, error) {
	if c.user == nil {
		return nil, nil
	}
	u, err := userBySub(r, c.user.Pool, c.user.Sub)
	if errors.Is(err, errNoUser) {
		return nil, nil
	}
	return u, err
}

// beforePassword is what clients that show who exists tell before they look at a
// password. Whoever must reset the password cannot be asked for the old one.
func beforePassword(u *user) error {
	switch {
	case !u.Enabled:
		return errDisabled
	case u.Status == statusResetRequired:
		return errResetRequired
	}
	return nil
}

// afterPassword is what is told to whoever knows the password.
func afterPassword(u *user, now time.Time) error {
	switch {
	case !u.Enabled:
		return errDisabled
	case u.Status == statusUnconfirmed:
		return errNotConfirmed
	case u.Status == statusResetRequired:
		return errResetRequired
	case u.Status == statusForceChange && !now.Before(u.Temporary):
		return errTemporaryEnded
	case u.Status != statusConfirmed && u.Status != statusForceChange:
		return errWrongPassword // not an account that signs in with a password
	}
	return nil
}

// begin starts a session for the user of g, in the transaction that proved who it
// is. Where a second factor is asked for and not proven, it starts none: every way
// to tokens leads through here.
func (a *API) begin(tx store.Tx, s *signIn, g *grant, origin, event string) error {
	if !g.second {
		p, err := getPool(tx, s.pool.ID) // as it is now, not as the request began
		if err != nil {
			return err
		}
		if g.asks = p.secondFactor(g.user); g.asks != "" {
			return nil
		}
	}
	groups, err := groupsOf(tx, s.pool.ID, g.user.Sub)
	if err != nil {
		return err
	}
	now := s.call.Time
	g.pool, g.client, g.groups = s.pool, s.client, groups
	g.origin, g.event, g.refresh = origin, event, origin
	g.session = &session{Client: s.client.ID, AuthTime: now.Unix(), Epoch: g.user.Epoch, Expires: now.Add(s.client.refreshLife())}
	if g.source == "" {
		g.source = sourceSignIn
	}
	if s.pool.asksBeforeTokens() { // conclude records it after the functions
		return nil
	}
	return g.record(tx, true, now)
}
