package userpools

import (
	"errors"
	"fmt"
	"time"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/store"
	"github.com/bailiwick-project/bailiwick/totp"
)

// A softwareToken is a user's authenticator app: a second factor that is verified.
type softwareToken struct {
	ID     string // of this secret
	Secret []byte // sealed
	Name   string `json:",omitempty"` // FriendlyDeviceName

	// Step is that of the last code that was taken. Only greater ones count: who
	// looks over a shoulder has a code that is used up (RFC 6238 section 5.2).
	Step int64

	Enabled   bool `json:",omitempty"` // asked for where the pool leaves it to the user
	Preferred bool `json:",omitempty"`

	// Wrong counts wrong codes since the last right one, apart from passwords: the
	// right password, which whoever guesses codes must have, would reset those.
	Wrong lock
}

// A pendingToken is a secret that was handed out and waits for its first code. It
// does nothing yet: a token that is in force stays so.
type pendingToken struct {
	ID     string
	Secret []byte // sealed
	Epoch  int64  // of the user
}

// pendingLife is how long a secret that a signed-in user asked for waits.
const pendingLife = time.Hour

// pendingSelf is where the secret of a signed-in user waits. One that a Session
// asked for waits under the Session's id: whoever knows a password alone cannot
// touch what the user has begun.
const pendingSelf = "self"

func keyPending(pool, sub, id string) []byte { return store.Key(root, "pending", pool, sub, id) }

// Sentences about software tokens.
var (
	errCodeWrong     = bailiwick.Errorf("CodeMismatchException", "Invalid code received for user")
	errCodeUsed      = bailiwick.Errorf("ExpiredCodeException", "Your software token has already been used once.")
	errEnable        = bailiwick.Errorf("EnableSoftwareTokenMFAException", "Code mismatch")
	errNoToken       = bailiwick.Errorf(codeNoToken, "Software Token MFA does not exist for the user.")
	errTokensOff     = bailiwick.Errorf(codeNoToken, "Software token MFA has not been enabled by the userPool")
	errNotAssociated = bailiwick.Errorf(codeNoToken, "Software token MFA has not been enabled by the user.")
	errNotVerified   = invalid("User has not verified software token mfa")
)

const codeNoToken = "SoftwareTokenMFANotFoundException"

// A drawnToken is a new secret, drawn outside of the transaction that keeps it.
type drawnToken struct {
	text string // as the user is told, once
	pendingToken
}

const useSoftwareToken = "software token"

func (a *API) drawToken() (*drawnToken, error) {
	text, err := totp.NewSecret(a.Rand)
	if err != nil {
		return nil, err
	}
	d := &drawnToken{text: text}
	if d.ID, err = uuid(a.Rand); err != nil {
		return nil, err
	}
	d.Secret, err = a.sealed(useSoftwareToken, text)
	return d, err
}

// await keeps a secret until its first code comes, in the place of an older one.
func await(tx store.Tx, u *user, id string, d *drawnToken, until time.Time) error {
	next := d.pendingToken
	next.Epoch = u.Epoch
	if err := store.PutJSONUntil(tx, keyPending(u.Pool, u.Sub, id), next, until); err != nil {
		return fmt.Errorf("keeping a new software token: %w", err)
	}
	return nil
}

// awaited reads a secret that waits; errNotAssociated if none does, or if the user
// was signed out everywhere since.
func awaited(r store.Reader, u *user, id string) (*pendingToken, error) {
	got, err := store.GetJSON[pendingToken](r, keyPending(u.Pool, u.Sub, id))
	if errors.Is(err, store.ErrNotFound) || err == nil && got.Epoch != u.Epoch {
		return nil, errNotAssociated
	}
	if err != nil {
		return nil, fmt.Errorf("reading a new software token: %w", err)
	}
	return &got, nil
}

// checkCode tells whether a code is right for a sealed secret, and for which step.
func (a *API) checkCode(sealed []byte, code string, now time.Time) (step int64, ok bool, err error) {
	var secret string
	if err := a.unseal(useSoftwareToken, sealed, &secret); err != nil {
		return 0, false, fmt.Errorf("opening a software token: %w", err)
	}
	return totp.Check(secret, code, now)
}

// adopt puts a secret in force whose first code was right, and writes the user.
// Where the pool asks everybody, that switches it on; elsewhere the user does.
func adopt(tx store.Tx, p *pool, u *user, id string, pending *pendingToken, step int64, name string, now time.Time) error {
	t := &softwareToken{ID: pending.ID, Secret: pending.Secret, Name: name, Step: step, Enabled: p.Settings.Mfa == mfaOn}
	if had := u.Software; had != nil {
		t.Enabled, t.Preferred = t.Enabled || had.Enabled, had.Preferred
	}
	next := u.clone()
	next.Software, next.Modified = t, now
	if err := tx.Delete(keyPending(u.Pool, u.Sub, id)); err != nil {
		return fmt.Errorf("taking a new software token: %w", err)
	}
	return putUser(tx, next)
}

// factors are UserMFASettingList and PreferredMfaSetting: what the user has
// switched on.
func (u *user) factors() (list []string, preferred *string) {
	t := u.Software
	if t == nil || !t.Enabled {
		return nil, nil
	}
	if t.Preferred {
		preferred = ptr(challengeToken)
	}
	return []string{challengeToken}, preferred
}

// secondFactor is the challenge that comes after the first factor, "" for none.
func (p *pool) secondFactor(u *user) string {
	switch mode := p.Settings.mode(); {
	case mode == mfaOff:
		return ""
	case u.Software != nil && (mode == mfaOn || u.Software.Enabled):
		return challengeToken
	case mode == mfaOn:
		return challengeSetup
	}
	return ""
}
