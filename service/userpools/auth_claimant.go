package userpools

import (
	"context"
	"errors"
	"strings"

	"github.com/bailiwick-project/bailiwick/store"
)

// A claimant is whoever wants to sign in: a user, or the stand-in for a name that
// is nobody's. The same work is done for both, so that time tells nothing.
type claimant struct {
	typed    string // the name as it was typed
	user     *user  // nil: nobody
	id       string // the name that the password is hashed with
	salt     []byte
	verifier []byte
}

// claimant finds who a typed name is. Where the client shows who exists, a name
// of nobody is an error.
func (a *API) claimant(ctx context.Context, s *signIn, typed string) (*claimant, error) {
	c, err := a.claim(ctx, s, typed, func(r store.Reader) (*user, error) { return findUser(r, s.pool, typed) })
	if err == nil && s.opens {
		err = a.askPreAuthentication(ctx, s, c)
	}
	return c, err
}

// claimantBySub is claimant for a step that follows one: whoever it was then.
func (a *API) claimantBySub(ctx context.Context, s *signIn, typed, sub string) (*claimant, error) {
	return a.claim(ctx, s, typed, func(r store.Reader) (*user, error) {
		if sub == "" {
			return nil, errNoUser
		}
		return userBySub(r, s.pool.ID, sub)
	})
}

func (a *API) claim(ctx context.Context, s *signIn, typed string, find func(store.Reader) (*user, error)) (*claimant, error) {
	c := &claimant{typed: typed}
	err := a.Store.View(ctx, func(r store.Reader) error {
		var err error
		c.user, err = find(r)
		return err
	})
	if err != nil && !errors.Is(err, errNoUser) {
		return nil, err
	}
	fake := a.SRP.FakeUser(a.Key, s.pool.ID, s.pool.canonical(typed))
	c.id, c.salt, c.verifier = fake.UserID, fake.Salt, fake.Verifier
	if err := s.checkSecretHash(c); err != nil {
		return nil, err
	}
	if err != nil {
		s.call.Note("no user of pool %s has the name that was given", s.pool.ID)
		if !s.client.hidesUsers() {
			return nil, errNoUser
		}
	}
	if c.user != nil {
		c.id = c.user.Username
		if len(c.user.Verifier) > 0 {
			c.salt, c.verifier = c.user.Salt, c.user.Verifier
		}
	}
	return c, nil
}

// checkSecretHash takes a SECRET_HASH over the name that is sent with it, or over
// the internal name, which clients learn on the way.
func (s *signIn) checkSecretHash(c *claimant) error {
	names := []string{s.params["USERNAME"]}
	if c.typed != "" {
		names = append(names, c.typed)
	}
	if c.user != nil {
		names = append(names, c.user.Username, c.user.Sub)
	} else {
		names = append(names, c.id) // the name that nobody is answered with, as a user is
	}
	return s.client.checkSecretHash(s.params["SECRET_HASH"], names...)
}

// sealedSub is the claimant's sub, or as many characters of something else.
func (c *claimant) sealedSub() (sub, fill string) {
	if c.user == nil {
		return "", strings.Repeat("-", uuidLength)
	}
	return c.user.Sub, ""
}

// nobodyKey is the name under which attempts on c are counted if it is nobody.
func (a *API) nobodyKey(s *signIn, c *claimant) string { return a.nobody(s.pool, c.typed) }
