package userpools

import (
	"context"

	"github.com/bailiwick-project/bailiwick/store"
)

// Challenges of choice-based sign-in (USER_AUTH). The first factor is a password,
// sent or proven by SRP; others are refused when a pool is made.
const (
	challengeSelect   = "SELECT_CHALLENGE"
	challengePassword = "PASSWORD"
	challengeSRP      = "PASSWORD_SRP"
	challengeVerifier = "PASSWORD_VERIFIER"
)

// startChoice is USER_AUTH: the preferred challenge, at once where its parameters
// came along, else a question which one it shall be.
// Source: Cognito Developer Guide, "Authentication flows", choice-based sign-in.
func (a *API) startChoice(ctx context.Context, s *signIn) (*step, error) {
	typed, err := s.username()
	if err != nil {
		return nil, err
	}
	preferred := s.params["PREFERRED_CHALLENGE"]
	switch {
	case preferred == challengePassword && s.params["PASSWORD"] != "":
		return a.signInWithPassword(ctx, s)
	case preferred == challengeSRP && s.params["SRP_A"] != "":
		return a.chooseSRP(ctx, s)
	}
	c, err := a.claimant(ctx, s, typed)
	if err != nil {
		return nil, err
	}
	next := &step{challenge: challengeSelect, available: []string{challengeSRP, challengePassword}}
	if preferred == challengePassword || preferred == challengeSRP {
		next = &step{challenge: preferred}
	}
	next.params = map[string]string{"USERNAME": c.id}
	next.session, err = a.newSession(s, next.challenge, c, nil)
	return next, err
}

// chooseSRP is startSRP with a Session, which clients of this flow expect.
func (a *API) chooseSRP(ctx context.Context, s *signIn) (*step, error) {
	s.choice = true
	return a.startSRP(ctx, s)
}

// answerChoice takes the answer to SELECT_CHALLENGE, PASSWORD and PASSWORD_SRP.
func (a *API) answerChoice(ctx context.Context, s *signIn, challenge, text string) (*step, error) {
	session, err := a.openSession(s, challenge, text)
	if err != nil {
		return nil, err
	}
	typed, err := s.username()
	if err != nil {
		return nil, err
	}
	c, err := a.claimantBySub(ctx, s, session.Typed, session.Sub)
	if err != nil {
		return nil, err
	}
	if !s.names(c, typed) {
		s.call.Note("USERNAME is not the user of the Session")
		return nil, errBadSession
	}
	chosen := challenge
	if challenge == challengeSelect {
		if chosen, err = s.param("ANSWER"); err != nil {
			return nil, err
		}
	}
	switch chosen {
	case challengePassword:
		password, err := s.param("PASSWORD")
		if err != nil {
			return nil, err
		}
		return a.settle(ctx, s, c, proof{right: a.checkPassword(s, c, password), once: session.ticket()})
	case challengeSRP:
		if _, err := s.param("SRP_A"); err != nil {
			return nil, err
		}
		if err := a.useUp(ctx, s, session.ticket()); err != nil {
			return nil, err
		}
		if session.Sub == "" { // nobody stays the same nobody
			s.params["USERNAME"] = session.Typed
		}
		return a.chooseSRP(ctx, s)
	}
	return nil, invalid("The challenge %.64s is not available.", chosen)
}

// useUp ends a Session whose step proves nothing yet.
func (a *API) useUp(ctx context.Context, s *signIn, t *ticket) error {
	var before bool
	err := a.decide(ctx, func(tx store.Tx) error {
		var err error
		before, err = spend(tx, s.pool.ID, t.id, t.expires)
		return err
	})
	if err == nil && before {
		s.call.Note("the Session was answered before")
		return errSessionEnded
	}
	return err
}
