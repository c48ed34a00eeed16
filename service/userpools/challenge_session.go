package userpools

import (
	"encoding/base64"
	"time"
)

const useSession = "session"

// A challengeSession is what the Session of a challenge holds, sealed: who has
// proven what so far. It is good for one step.
type challengeSession struct {
	ID        string
	Pool      string
	Client    string
	Sub       string // "": nobody
	Fill      string // in the place of a Sub, as in a secretBlock
	Typed     string // the name as it was typed, unless a password is proven
	Challenge string
	Epoch     int64
	Salt      []byte // of the password that was proven: another one ends the session
	Token     string `json:",omitempty"` // id of the software token that was proven since
	Expires   time.Time
}

// A ticket is what lets a sealed message count once.
type ticket struct {
	id      string
	expires time.Time
}

func (s *challengeSession) ticket() *ticket { return &ticket{s.ID, s.Expires} }

// newSession seals the Session of a challenge. u is set once a password is proven.
func (a *API) newSession(s *signIn, challenge string, c *claimant, u *user) (string, error) {
	id, err := uuid(a.Rand)
	if err != nil {
		return "", err
	}
	next := challengeSession{
		ID: id, Pool: s.pool.ID, Client: s.client.ID, Challenge: challenge, Expires: s.call.Time.Add(s.client.sessionLife()),
	}
	if u != nil {
		next.Sub, next.Epoch, next.Salt = u.Sub, u.Epoch, u.Salt
	} else {
		next.Typed = c.typed
		next.Sub, next.Fill = c.sealedSub()
	}
	return a.sealSession(&next)
}

func (a *API) sealSession(s *challengeSession) (string, error) {
	sealed, err := a.sealed(useSession, s)
	return base64.RawURLEncoding.EncodeToString(sealed), err
}

func (a *API) unsealSession(text string) (*challengeSession, error) {
	raw, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil {
		return nil, errSeal
	}
	s := new(challengeSession)
	return s, a.unseal(useSession, raw, s)
}

// openSession reads the Session of a challenge.
func (a *API) openSession(s *signIn, challenge, text string) (*challengeSession, error) {
	if text == "" {
		return nil, invalid("Missing required parameter Session")
	}
	got, err := a.unsealSession(text)
	if err != nil || got.Pool != s.pool.ID || got.Client != s.client.ID || got.Challenge != challenge {
		s.call.Note("the Session is not one that this client was given for %s", challenge)
		return nil, errBadSession
	}
	if !s.call.Time.Before(got.Expires) {
		s.call.Note("the Session ended at %s", got.Expires.UTC().Format(time.RFC3339))
		return nil, errSessionEnded
	}
	return got, nil
}
