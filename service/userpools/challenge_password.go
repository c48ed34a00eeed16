package userpools

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/bailiwick-project/bailiwick/store"
)

const (
	challengeNew     = "NEW_PASSWORD_REQUIRED"
	attributesPrefix = "userAttributes."
)

// askNewPassword answers whoever signed in with a temporary password.
func (a *API) askNewPassword(s *signIn, u *user) (*step, error) {
	session, err := a.newSession(s, challengeNew, nil, u)
	if err != nil {
		return nil, err
	}
	missing := []string{}
	for _, name := range s.pool.required() {
		if u.Attributes[name] == "" {
			missing = append(missing, attributesPrefix+name)
		}
	}
	known := map[string]string{}
	for name, v := range u.Attributes {
		if s.client.reads(name) {
			known[name] = v
		}
	}
	required, err := json.Marshal(missing)
	if err != nil {
		return nil, fmt.Errorf("writing requiredAttributes: %w", err)
	}
	attributes, err := json.Marshal(known)
	if err != nil {
		return nil, fmt.Errorf("writing userAttributes: %w", err)
	}
	return &step{
		challenge: challengeNew, session: session,
		params: map[string]string{"USER_ID_FOR_SRP": u.Username, "requiredAttributes": string(required), "userAttributes": string(attributes)},
	}, nil
}

// A newPassword is the answer to NEW_PASSWORD_REQUIRED.
type newPassword struct {
	session    *challengeSession
	attributes map[string]string
	verifier   *verifier
	mail       *mail
	origin     string
	event      string
}

// answerNewPassword sets the password and whatever attributes come with it, and
// signs the user in. A password or attribute that is refused leaves the Session
// as it was: nothing has happened yet.
func (a *API) answerNewPassword(ctx context.Context, s *signIn, text string) (*step, error) {
	session, err := a.openSession(s, challengeNew, text)
	if err != nil {
		return nil, err
	}
	typed, err := s.username()
	if err != nil {
		return nil, err
	}
	password, err := s.param("NEW_PASSWORD")
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
	if err := s.pool.checkPassword(password); err != nil {
		return nil, err
	}
	n := &newPassword{session: session, attributes: s.attributes()}
	if err := a.prepare(s, n, c.user.Username, password); err != nil {
		return nil, err
	}
	var g *grant
	var told error
	err = a.decide(ctx, func(tx store.Tx) error {
		var err error
		g, told, err = a.setNewPassword(tx, s, n)
		return err
	})
	if err == nil {
		err = told
	}
	if err == nil {
		err = a.deliver(ctx, s.call, s.pool, n.mail)
	}
	if err != nil {
		return nil, err
	}
	return a.finish(ctx, s, g)
}

// attributes are those that come with the new password.
func (s *signIn) attributes() map[string]string {
	given := map[string]string{}
	for name, v := range s.params {
		if short, ok := strings.CutPrefix(name, attributesPrefix); ok {
			given[short] = v
		}
	}
	return given
}

// prepare computes and draws what the transaction needs.
func (a *API) prepare(s *signIn, n *newPassword, username, password string) error {
	var err error
	if n.verifier, err = a.verifier(s.pool, username, password); err != nil {
		return err
	}
	if n.mail, err = a.newMail(messageUpdate, s.client.ID, s.metadata); err != nil {
		return err
	}
	if n.origin, err = uuid(a.Rand); err != nil {
		return err
	}
	n.event, err = uuid(a.Rand)
	return err
}

// mayComplete refuses to change a required attribute that has a value: this step is
// for those that are missing. Source: API Reference, RespondToAuthChallenge.
func (p *pool) mayComplete(u *user, given map[string]string) error {
	for _, name := range p.required() {
		if _, named := given[name]; named && u.Attributes[name] != "" {
			return notAuthorized("Cannot modify an already provided %s", name)
		}
	}
	return nil
}

func (a *API) setNewPassword(tx store.Tx, s *signIn, n *newPassword) (g *grant, told, err error) {
	u, err := userBySub(tx, s.pool.ID, n.session.Sub)
	if err != nil {
		return nil, nil, err
	}
	before, err := spend(tx, s.pool.ID, n.session.ID, n.session.Expires)
	if err != nil {
		return nil, nil, err
	}
	switch {
	case !u.Enabled:
		return nil, errDisabled, nil
	case before || u.Status != statusForceChange || u.Epoch != n.session.Epoch || !bytes.Equal(u.Salt, n.session.Salt):
		return nil, errSessionEnded, nil
	}
	next := u.clone()
	n.verifier.give(next)
	next.Status, next.Temporary, next.Modified = statusConfirmed, time.Time{}, s.call.Time
	if err := saveUser(tx, s.pool, u, next); err != nil {
		return nil, nil, err
	}
	if len(n.attributes) > 0 {
		if err := s.pool.mayComplete(next, n.attributes); err != nil {
			return nil, nil, err
		}
		if _, err := a.writeAttributes(tx, s.pool, next, writer{s.client}, n.attributes, n.mail, s.call.Time); err != nil {
			return nil, nil, err
		}
		if next, err = userBySub(tx, s.pool.ID, next.Sub); err != nil {
			return nil, nil, err
		}
	}
	for _, name := range s.pool.required() {
		if next.Attributes[name] == "" {
			return nil, nil, invalid("Invalid attributes given, %s is missing", name)
		}
	}
	g = &grant{user: next, source: sourceNewPassword}
	return g, nil, a.begin(tx, s, g, n.origin, n.event)
}
