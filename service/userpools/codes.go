package userpools

import (
	"crypto/hmac"
	"errors"
	"fmt"
	"time"

	"github.com/bailiwick-project/bailiwick/store"
)

// A codePurpose is what a code is good for. A code for one purpose is nothing
// for another.
type codePurpose string

// The purposes of codes that are sent to people.
const (
	codeSignUp         codePurpose = "sign-up"
	codeForgotPassword codePurpose = "forgot-password"
	codeVerifyEmail    codePurpose = "verify-email"
	codeVerifyPhone    codePurpose = "verify-phone_number"
)

// verifyPurpose is the purpose of the code that proves an attribute.
func verifyPurpose(attribute string) codePurpose { return codePurpose("verify-" + attribute) }

// life is how long a code is good for. Source: Cognito Developer Guide, "Quotas".
func (c codePurpose) life() time.Duration {
	if c == codeForgotPassword {
		return time.Hour
	}
	return 24 * time.Hour
}

// guesses is how many wrong codes an hour are heard before nothing is.
// Source: Cognito Developer Guide, "Quotas" (ConfirmForgotPassword: 5 to 20).
func (c codePurpose) guesses() int {
	if c == codeForgotPassword {
		return 5
	}
	return 15
}

// sendings is how many codes an hour are sent.
const sendings = 5

// A code is the record of one code: the latest of its purpose, no other counts.
type code struct {
	Hash      []byte // MAC under the server's key: six digits are too few to hide behind a hash alone
	Attribute string // "email", "phone_number": where it was sent
	Value     string // the address it was sent to and thus proves, no other
	Expires   time.Time
}

// A drawn code waits to be issued. It is drawn outside of the transaction.
type drawn struct {
	text string // six digits
	id   string // of the message
}

func (a *API) drawCode() (drawn, error) {
	text, err := random(a.Rand, 6, digits)
	if err != nil {
		return drawn{}, err
	}
	id, err := uuid(a.Rand)
	return drawn{text, id}, err
}

func (a *API) codeHash(poolID, sub string, purpose codePurpose, text string) []byte {
	return a.mac("code", store.Key(poolID, sub, string(purpose), text))
}

// issueCode puts a code in force for u and sends it to one of its addresses:
// attribute says which, to is its value (which may still be pending). Where a
// function words the message both wait until it has.
func (a *API) issueCode(tx store.Tx, p *pool, u *user, purpose codePurpose, attribute, to string, m *mail, now time.Time) (*CodeDeliveryDetailsType, error) {
	if p.function(customMessage) != "" {
		m.waiting = append(m.waiting, letter{user: u, purpose: purpose, attribute: attribute, to: to})
		return delivery(attribute, to), nil
	}
	return delivery(attribute, to), a.putCode(tx, p, u, purpose, attribute, to, m.codes[attribute], nil, now)
}

// putCode is issueCode with the words of a function; nil: those of the pool.
func (a *API) putCode(tx store.Tx, p *pool, u *user, purpose codePurpose, attribute, to string, d drawn, words *wording, now time.Time) error {
	rec := code{Hash: a.codeHash(p.ID, u.Sub, purpose, d.text), Attribute: attribute, Value: to, Expires: now.Add(purpose.life())}
	if err := store.PutJSONUntil(tx, keyCode(p.ID, u.Sub, purpose), rec, rec.Expires); err != nil {
		return fmt.Errorf("writing a code: %w", err)
	}
	return send(tx, d.id, p.codeMessage(words, attribute, to, d.text, now))
}

// redeemCode checks a code and uses it up. A refusal is returned apart from
// failures of the store: the transaction that counts a wrong guess must commit.
//
//	refusal, err := a.redeemCode(...)
//	if err != nil { return err }        // rolls back
//	if refusal != nil { told = refusal; return nil } // commits the count
func (a *API) redeemCode(tx store.Tx, poolID, sub string, purpose codePurpose, text string, now time.Time) (rec *code, refusal, err error) {
	if refusal, err := a.spent(tx, poolID, sub, string(purpose), purpose.guesses(), now); refusal != nil || err != nil {
		return nil, refusal, err
	}
	got, err := store.GetJSON[code](tx, keyCode(poolID, sub, purpose))
	if errors.Is(err, store.ErrNotFound) || err == nil && !now.Before(got.Expires) {
		return nil, errCodeExpired, a.count(tx, poolID, sub, string(purpose), now)
	}
	if err != nil {
		return nil, nil, fmt.Errorf("reading a code: %w", err)
	}
	if !hmac.Equal(got.Hash, a.codeHash(poolID, sub, purpose, text)) {
		return nil, errCodeMismatch, a.count(tx, poolID, sub, string(purpose), now)
	}
	if err := tx.Delete(keyCode(poolID, sub, purpose)); err != nil {
		return nil, nil, fmt.Errorf("using a code up: %w", err)
	}
	return &got, nil, nil
}

// attempts counts something within an hour that began with the first of them.
type attempts struct {
	Count int
	Until time.Time
}

const attemptWindow = time.Hour

func keyAttempts(poolID, who, kind string) []byte {
	return store.Key(root, "attempts", poolID, who, kind)
}

// spent refuses once the attempts of the hour are used up. who is a sub, or
// stands for somebody who does not exist.
func (a *API) spent(r store.Reader, poolID, who, kind string, limit int, now time.Time) (refusal, err error) {
	got, err := store.GetJSON[attempts](r, keyAttempts(poolID, who, kind))
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading attempts: %w", err)
	}
	if got.Count >= limit && now.Before(got.Until) {
		return errAttempts, nil
	}
	return nil, nil
}

// count adds an attempt.
func (a *API) count(tx store.Tx, poolID, who, kind string, now time.Time) error {
	key := keyAttempts(poolID, who, kind)
	got, err := store.GetJSON[attempts](tx, key)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return fmt.Errorf("reading attempts: %w", err)
	}
	if err != nil || !now.Before(got.Until) {
		got = attempts{Until: now.Add(attemptWindow)}
	}
	got.Count++
	if err := store.PutJSONUntil(tx, key, got, got.Until); err != nil {
		return fmt.Errorf("counting an attempt: %w", err)
	}
	return nil
}

// countSending counts a message of a purpose and refuses the one too many.
func (a *API) countSending(tx store.Tx, poolID, who string, purpose codePurpose, now time.Time) (refusal, err error) {
	kind := sendingOf(purpose)
	if refusal, err := a.spent(tx, poolID, who, kind, sendings, now); refusal != nil || err != nil {
		return refusal, err
	}
	return nil, a.count(tx, poolID, who, kind, now)
}

// sendingOf is the kind under which messages of a purpose are counted.
func sendingOf(purpose codePurpose) string { return "send " + string(purpose) }

// nobody stands for a name that belongs to nobody, so that attempts on it are
// counted as those on a user are: a limit that only users have tells who is one.
func (a *API) nobody(p *pool, name string) string {
	return fmt.Sprintf("nobody %x", a.mac("nobody", store.Key(p.ID, p.canonical(name)))[:16])
}
