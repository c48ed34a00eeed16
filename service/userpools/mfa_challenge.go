package userpools

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/bailiwick-project/bailiwick/store"
)

// Challenges of the second factor.
const (
	challengeToken = "SOFTWARE_TOKEN_MFA"
	challengeSetup = "MFA_SETUP"
)

// The steps of MFA_SETUP: each has a Session that is good for it alone. The first
// one, challengeSetup, is for AssociateSoftwareToken.
const (
	setupVerify = "MFA_SETUP verify" // for VerifySoftwareToken
	setupDone   = "MFA_SETUP done"   // for the answer to the challenge
)

// maxWrong is how many wrong codes one Session hears.
const maxWrong = 3

// askSecondFactor answers whoever has proven the first one.
func (a *API) askSecondFactor(s *signIn, g *grant) (*step, error) {
	session, err := a.newSession(s, g.asks, nil, g.user)
	if err != nil {
		return nil, err
	}
	next := &step{challenge: g.asks, session: session, params: map[string]string{"USER_ID_FOR_SRP": g.user.Username}}
	if g.asks == challengeSetup {
		next.params["MFAS_CAN_SETUP"] = `["` + challengeToken + `"]`
	} else if name := g.user.Software.Name; name != "" {
		next.params["FRIENDLY_DEVICE_NAME"] = name
	}
	return next, nil
}

// answerSoftwareToken takes the answer to SOFTWARE_TOKEN_MFA.
func (a *API) answerSoftwareToken(ctx context.Context, s *signIn, text string) (*step, error) {
	session, err := a.openSession(s, challengeToken, text)
	if err != nil {
		return nil, err
	}
	code, err := s.param(challengeToken + "_CODE")
	if err != nil {
		return nil, err
	}
	return a.answerFactor(ctx, s, session, func(tx store.Tx, u *user) (told, err error) {
		return a.takeCode(tx, s, session, u, code)
	})
}

// answerSetup takes the answer to MFA_SETUP, after the software token is verified.
func (a *API) answerSetup(ctx context.Context, s *signIn, text string) (*step, error) {
	session, err := a.openSession(s, setupDone, text)
	if err != nil {
		return nil, err
	}
	return a.answerFactor(ctx, s, session, func(tx store.Tx, u *user) (told, err error) {
		if u.Software == nil || u.Software.ID != session.Token {
			return errBadSession, nil
		}
		_, err = spend(tx, s.pool.ID, session.ID, session.Expires)
		return nil, err
	})
}

// answerFactor signs a user in whose Session proves the first factor, if check
// says so of the second. What check tells is told; it commits nevertheless, since
// it counts.
func (a *API) answerFactor(ctx context.Context, s *signIn, session *challengeSession, check func(store.Tx, *user) (told, err error)) (*step, error) {
	typed, err := s.username()
	if err != nil {
		return nil, err
	}
	c, err := a.claimantBySub(ctx, s, session.Typed, session.Sub)
	if err != nil {
		return nil, err
	}
	if c.user == nil || !s.names(c, typed) {
		s.call.Note("USERNAME is not the user of the Session")
		return nil, errBadSession
	}
	origin, err := uuid(a.Rand)
	if err != nil {
		return nil, err
	}
	event, err := uuid(a.Rand)
	if err != nil {
		return nil, err
	}
	var g *grant
	var told error
	err = a.decide(ctx, func(tx store.Tx) error {
		u, err := proven(tx, s, session)
		if err != nil {
			return err
		}
		if told, err = check(tx, u); told != nil || err != nil {
			return err
		}
		if u, err = userBySub(tx, u.Pool, u.Sub); err != nil { // check may have written it
			return err
		}
		g = &grant{user: u, second: true}
		return a.begin(tx, s, g, origin, event)
	})
	if err == nil {
		err = told
	}
	if err != nil {
		return nil, err
	}
	return a.finish(ctx, s, g)
}

// proven is the user who has proven the password of a Session, if that still
// counts: the Session is not used up, and neither the password nor the state of
// the user has changed since.
func proven(r store.Reader, s *signIn, session *challengeSession) (*user, error) {
	before, err := isSpent(r, s.pool.ID, session.ID)
	if err != nil {
		return nil, err
	}
	if before {
		s.call.Note("the Session was answered before, or heard too many wrong codes")
		return nil, errSessionEnded
	}
	u, err := userBySub(r, s.pool.ID, session.Sub)
	if errors.Is(err, errNoUser) {
		return nil, errBadSession
	}
	if err != nil {
		return nil, err
	}
	if err := afterPassword(u, s.call.Time); err != nil {
		return nil, err
	}
	if u.Status == statusForceChange || u.Epoch != session.Epoch || !bytes.Equal(u.Salt, session.Salt) {
		s.call.Note("the user was signed out, or has another password, since the Session began")
		return nil, errSessionEnded
	}
	return u, nil
}

// takeCode checks a code against the user's token. A right one uses up the
// Session and its step, both in the transaction that signs in: of many who bring
// the same code one gets in.
func (a *API) takeCode(tx store.Tx, s *signIn, session *challengeSession, u *user, code string) (told, err error) {
	now := s.call.Time
	if u.Software == nil {
		return errNoToken, nil
	}
	next := *u.Software
	if next.Wrong.closed(now) {
		s.call.Note("too many wrong codes; none is looked at before %s", next.Wrong.Until.UTC().Format(time.RFC3339))
		return errLocked, nil
	}
	step, right, err := a.checkCode(next.Secret, code, now)
	if err != nil {
		return nil, err
	}
	if right && step <= next.Step {
		return errCodeUsed, countWrong(tx, s, session)
	}
	if !right {
		told = errCodeWrong
		next.Wrong = next.Wrong.more(now)
		err = countWrong(tx, s, session)
	} else {
		next.Step, next.Wrong = step, lock{}
		_, err = spend(tx, s.pool.ID, session.ID, session.Expires)
	}
	if err != nil {
		return nil, err
	}
	changed := u.clone()
	changed.Software = &next
	return told, putUser(tx, changed)
}

func keyWrong(pool, id string) []byte { return store.Key(root, "wrong", pool, id) }

// countWrong counts a wrong code of a Session and ends it with the last one that
// it hears.
func countWrong(tx store.Tx, s *signIn, session *challengeSession) error {
	key := keyWrong(s.pool.ID, session.ID)
	n, err := store.GetJSON[int](tx, key)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return fmt.Errorf("reading the wrong codes of a session: %w", err)
	}
	if n++; n >= maxWrong {
		_, err := spend(tx, s.pool.ID, session.ID, session.Expires)
		return err
	}
	if err := store.PutJSONUntil(tx, key, n, session.Expires.Add(spentMargin)); err != nil {
		return fmt.Errorf("counting a wrong code: %w", err)
	}
	return nil
}
