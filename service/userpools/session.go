package userpools

import (
	"errors"
	"fmt"
	"time"

	"github.com/bailiwick-project/bailiwick/store"
)

// A session is the record of one sign-in, kept under its origin_jti for as long as
// a token of it can live. Tokens count only while it is there and has the epoch of
// the user: revocation deletes it, global sign-out and disabling raise the epoch.
//
// Clients without token revocation put no origin_jti into tokens. Their tokens
// are recorded under the event_id, so that a sign-out reaches them too.
type session struct {
	Client   string
	AuthTime int64 // seconds
	Epoch    int64
	Expires  time.Time    // of the refresh token
	Origin   string       `json:",omitempty"` // of an event: the session that it belongs to and ends with
	Live     []generation `json:",omitempty"` // refresh tokens that are good; empty: rotation has not begun
}

// A generation is one refresh token of a session. Until is zero for one that has
// not been swapped for a newer one.
type generation struct {
	ID    string
	Until time.Time
}

func keySession(pool, sub, id string) []byte { return store.Key(root, "session", pool, sub, id) }

// getSession reads a session that still counts for u; nil if none does.
func getSession(r store.Reader, u *user, id string) (*session, error) {
	s, err := store.GetJSON[session](r, keySession(u.Pool, u.Sub, id))
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading a session of user %s: %w", u.Sub, err)
	}
	if s.Epoch != u.Epoch {
		return nil, nil
	}
	if s.Origin != "" {
		if origin, err := getSession(r, u, s.Origin); origin == nil || err != nil {
			return nil, err
		}
	}
	return &s, nil
}

// putSession writes a session. Tokens made at the last moment of the refresh
// token outlive it by their own life, and so does the record.
func putSession(tx store.Tx, u *user, id string, s *session, end time.Time) error {
	if err := store.PutJSONUntil(tx, keySession(u.Pool, u.Sub, id), s, end.Add(maxToken)); err != nil {
		return fmt.Errorf("writing a session of user %s: %w", u.Sub, err)
	}
	return nil
}

// A grant is the leave to issue tokens: what they will say, as one transaction
// saw it. Signing happens after it.
type grant struct {
	pool    *pool
	client  *client
	user    *user
	groups  []group
	session *session
	origin  string // origin_jti
	event   string // event_id
	refresh string // generation of the refresh token to hand out; "": none

	second bool   // the second factor is proven
	asks   string // challenge of the second factor, which comes before the tokens

	source  string        // of PreTokenGeneration: what led to the tokens
	changes *tokenChanges // what that function wants of them; nil: nothing
}

// record writes what must be known of the tokens of a grant: its session when it
// is new or has changed, and the event where tokens do not name the session.
func (g *grant) record(tx store.Tx, changed bool, now time.Time) error {
	if changed {
		if err := putSession(tx, g.user, g.origin, g.session, g.session.Expires); err != nil {
			return err
		}
	}
	if g.client.Revocable {
		return nil
	}
	event := session{Client: g.session.Client, AuthTime: g.session.AuthTime, Epoch: g.session.Epoch, Expires: g.session.Expires, Origin: g.origin}
	return putSession(tx, g.user, g.event, &event, now)
}
