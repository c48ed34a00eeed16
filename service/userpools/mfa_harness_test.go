package userpools_test

import (
	"strings"
	"testing"
	"time"

	"github.com/bailiwick-project/bailiwick/totp"
)

// Sentences of AWS about second factors.
const (
	codeWrong      = "Invalid code received for user"
	codeUsed       = "Your software token has already been used once."
	badSession     = "Invalid session for the user."
	mismatch       = "CodeMismatchException"
	expired        = "ExpiredCodeException"
	tokenNotFound  = "SoftwareTokenMFANotFoundException"
	enableMismatch = "EnableSoftwareTokenMFAException"
)

// newMfaRealm is a realm whose pool has software tokens, ON or OPTIONAL.
func newMfaRealm(t *testing.T, mode string, pairs ...any) *realm {
	t.Helper()
	r := newRealm(t, pairs...)
	r.mfa(mode)
	return r
}

// mfa sets the mode of the pool.
func (r *realm) mfa(mode string) {
	r.t.Helper()
	in := []any{"UserPoolId", r.id, "MfaConfiguration", mode}
	if mode != "OFF" {
		in = append(in, "SoftwareTokenMfaConfiguration", m{"Enabled": true})
	}
	r.call("SetUserPoolMfaConfig", in...)
}

// shows is what an app with the secret shows, some steps from now.
func (r *realm) shows(secret string, steps int) string {
	r.t.Helper()
	code, err := totp.Code(secret, r.now.Add(time.Duration(steps)*totp.Period))
	if err != nil {
		r.t.Fatal(err)
	}
	return code
}

// later is the next step, so that no code was used yet.
func (r *realm) later() { r.now = r.now.Add(totp.Period) }

// wrongFor is a code that the secret shows at no time near.
func (r *realm) wrongFor(secret string) string {
	r.t.Helper()
	near := r.shows(secret, -1) + r.shows(secret, 0) + r.shows(secret, 1)
	for _, digit := range []string{"0", "1", "2", "3", "4"} {
		if code := strings.Repeat(digit, 6); !strings.Contains(near, code) {
			return code
		}
	}
	r.t.Fatal("every code is right")
	return ""
}

// enrol gives a signed-in user a software token and answers its secret.
func (r *realm) enrol(access string, pairs ...any) string {
	r.t.Helper()
	secret := r.call("AssociateSoftwareToken", "AccessToken", access)["SecretCode"].(string)
	r.call("VerifySoftwareToken", append([]any{"AccessToken", access, "UserCode", r.shows(secret, 0)}, pairs...)...)
	r.later()
	return secret
}

// prefer switches alice's token on or off.
func (r *realm) prefer(access string, enabled, preferred bool) {
	r.t.Helper()
	r.call("SetUserMFAPreference", "AccessToken", access, "SoftwareTokenMfaSettings", m{"Enabled": enabled, "PreferredMfa": preferred})
}

// guarded is a realm where alice is asked for the code of the secret.
func guarded(t *testing.T, mode string, pairs ...any) (*realm, string) {
	t.Helper()
	r := newMfaRealm(t, "OPTIONAL", pairs...)
	access := r.in().access
	secret := r.enrol(access)
	r.prefer(access, true, true)
	r.mfa(mode)
	return r, secret
}

// asked is a sign-in of alice that has come to the second factor.
func (r *realm) asked(challenge string) answer {
	r.t.Helper()
	a := r.try("alice", password)
	r.asks(a, challenge)
	return a
}

// asks holds an answer against a challenge: there are no tokens in it.
func (r *realm) asks(a answer, challenge string) {
	r.t.Helper()
	if a.challenge != challenge || a.session == "" || a.Out["AuthenticationResult"] != nil || strings.Contains(a.Body, "Token\"") {
		r.t.Fatalf("want the challenge %s, got %d %s", challenge, a.Status, a.Body)
	}
}

// answerCode answers SOFTWARE_TOKEN_MFA.
func (r *realm) answerCode(session, code string) answer {
	r.t.Helper()
	return r.respond("SOFTWARE_TOKEN_MFA", session, "SOFTWARE_TOKEN_MFA_CODE", code)
}

// tokens holds an answer to be a whole sign-in.
func (r *realm) tokens(a answer) answer {
	r.t.Helper()
	if a.id == "" || a.access == "" || a.refresh == "" || a.challenge != "" {
		r.t.Fatalf("want tokens, got %d %s", a.Status, a.Body)
	}
	r.claims(a.access)
	return a
}

// setUp walks MFA_SETUP to its last Session.
func (r *realm) setUp(session string) (secret, done string) {
	r.t.Helper()
	one := r.call("AssociateSoftwareToken", "Session", session)
	secret = one["SecretCode"].(string)
	two := r.call("VerifySoftwareToken", "Session", one["Session"], "UserCode", r.shows(secret, 0))
	if two["Status"] != "SUCCESS" {
		r.t.Fatal(two)
	}
	return secret, two["Session"].(string)
}
