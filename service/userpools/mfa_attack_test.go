package userpools_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"
)

// steps are sessions of every kind of step, each of its own user, in a pool that
// asks everybody.
func steps(t *testing.T) (r *realm, sessions map[string]string, secret string) {
	t.Helper()
	r, _ = guarded(t, "ON", "ExplicitAuthFlows", []string{"ALLOW_USER_AUTH", "ALLOW_USER_PASSWORD_AUTH"})
	for _, name := range []string{"new", "setup", "verify", "done"} {
		r.user(name)
	}
	r.call("AdminSetUserPassword", "UserPoolId", r.id, "Username", "new", "Password", password)
	one := r.call("AssociateSoftwareToken", "Session", r.try("verify", password).session)
	_, done := r.setUp(r.try("done", password).session)
	return r, map[string]string{
		"token":  r.asked("SOFTWARE_TOKEN_MFA").session,
		"new":    r.try("new", password).session,
		"setup":  r.try("setup", password).session,
		"verify": one["Session"].(string),
		"done":   done,
		"select": r.choose().session,
	}, one["SecretCode"].(string)
}

// TestSessionsOfOneStep: a Session is good for the step that it was given for, and
// for none that would lead around a factor.
func TestSessionsOfOneStep(t *testing.T) {
	r, sessions, secret := steps(t)
	names := map[string]string{"token": "alice", "select": "alice"}
	good := map[string]string{"new": "NEW_PASSWORD_REQUIRED", "token": "SOFTWARE_TOKEN_MFA", "done": "MFA_SETUP", "setup": "AssociateSoftwareToken", "verify": "VerifySoftwareToken", "select": "SELECT_CHALLENGE"}
	for kind, session := range sessions {
		name := kind
		if n, ok := names[kind]; ok {
			name = n
		}
		if session == "" {
			t.Fatal(kind)
		}
		for what, got := range map[string]answer{
			"AssociateSoftwareToken": r.step("AssociateSoftwareToken", "Session", session),
			"VerifySoftwareToken":    r.step("VerifySoftwareToken", "Session", session, "UserCode", "000000"),
			"SOFTWARE_TOKEN_MFA":     r.respond("SOFTWARE_TOKEN_MFA", session, "USERNAME", name, "SOFTWARE_TOKEN_MFA_CODE", "000000"),
			"MFA_SETUP":              r.respond("MFA_SETUP", session, "USERNAME", "nobody"),
			"NEW_PASSWORD_REQUIRED":  r.respond("NEW_PASSWORD_REQUIRED", session, "USERNAME", name, "NEW_PASSWORD", "short"),
			"SELECT_CHALLENGE":       r.respond("SELECT_CHALLENGE", session, "USERNAME", name, "ANSWER", "none"),
			"PASSWORD":               r.respond("PASSWORD", session, "USERNAME", name, "PASSWORD", password),
		} {
			if what == good[kind] {
				continue
			}
			r.wants(got, notAuthorized, badSession)
			if got.Out["SecretCode"] != nil || got.access != "" {
				t.Errorf("a Session of %s was good for %s: %s", kind, what, got.Body)
			}
		}
	}
	// None of that has used up what is good.
	r.wants(r.step("VerifySoftwareToken", "Session", sessions["verify"], "UserCode", r.shows(secret, 0)), "", "")
	r.wants(r.respond("MFA_SETUP", sessions["done"], "USERNAME", "done"), "", "")
}

// TestSessionOfOneDoor: a Session is nothing to another user, client or pool, nor
// when a bit of it is changed.
func TestSessionOfOneDoor(t *testing.T) {
	r, secret := guarded(t, "ON")
	r.user("bob")
	session := r.asked("SOFTWARE_TOKEN_MFA").session
	code := r.shows(secret, 0)
	r.wants(r.respond("SOFTWARE_TOKEN_MFA", session, "USERNAME", "bob", "SOFTWARE_TOKEN_MFA_CODE", code), notAuthorized, badSession)
	r.wants(r.respond("SOFTWARE_TOKEN_MFA", session, "USERNAME", "", "SOFTWARE_TOKEN_MFA_CODE", code), badParameter, "Missing required parameter USERNAME")
	r.wants(r.respond("SOFTWARE_TOKEN_MFA", session), badParameter, "Missing required parameter SOFTWARE_TOKEN_MFA_CODE")
	r.wants(r.respond("SOFTWARE_TOKEN_MFA", strings.Repeat("A", 200), "SOFTWARE_TOKEN_MFA_CODE", code), notAuthorized, badSession)
	r.wants(r.respond("SOFTWARE_TOKEN_MFA", flip(session), "SOFTWARE_TOKEN_MFA_CODE", code), notAuthorized, badSession)
	for _, in := range [][]any{{"AssociateSoftwareToken"}, {"VerifySoftwareToken", "UserCode", "000000"}} {
		r.fails(notAuthorized, badSession, in[0].(string), append(in[1:], "Session", strings.Repeat("A", 200))...)
	}

	app := r.app
	r.app, _ = r.door()
	r.wants(r.answerCode(session, code), notAuthorized, badSession)
	other := r.pool()
	r.fails("ResourceNotFoundException", "User pool client "+app+" does not exist.", "AdminRespondToAuthChallenge", "UserPoolId", other, "ClientId", app,
		"ChallengeName", "SOFTWARE_TOKEN_MFA", "Session", session, "ChallengeResponses", m{"USERNAME": "alice", "SOFTWARE_TOKEN_MFA_CODE": code})
	r.app = app
	r.tokens(r.answerCode(session, code))
	r.wants(r.answerCode(session, r.shows(secret, 1)), notAuthorized, sessionEnded)

	session = r.try("bob", password).session
	r.call("DeleteUserPoolClient", "UserPoolId", r.id, "ClientId", r.app)
	r.fails(notAuthorized, badSession, "AssociateSoftwareToken", "Session", session)
}

// TestCodeOnce: a code counts once, whichever Session it comes with, across
// restarts; and so does the one that a token was verified with.
func TestCodeOnce(t *testing.T) {
	r, secret := guarded(t, "OPTIONAL")
	code := r.shows(secret, 0)
	used := func() {
		t.Helper()
		r.wants(r.answerCode(r.asked("SOFTWARE_TOKEN_MFA").session, code), expired, codeUsed)
	}
	in := r.tokens(r.answerCode(r.asked("SOFTWARE_TOKEN_MFA").session, code))
	used()
	r.reopen()
	used()
	r.wants(r.answerCode(r.asked("SOFTWARE_TOKEN_MFA").session, r.shows(secret, -1)), expired, codeUsed) // older than one that was taken
	r.later()
	used()
	r.tokens(r.answerCode(r.asked("SOFTWARE_TOKEN_MFA").session, r.shows(secret, 1))) // the app's clock is ahead
	r.wants(r.answerCode(r.asked("SOFTWARE_TOKEN_MFA").session, r.shows(secret, 0)), expired, codeUsed)

	fresh := r.call("AssociateSoftwareToken", "AccessToken", in.access)["SecretCode"].(string)
	code = r.shows(fresh, 0)
	r.call("VerifySoftwareToken", "AccessToken", in.access, "UserCode", code)
	used()
	session := r.asked("SOFTWARE_TOKEN_MFA").session
	for range 3 { // the same Session hears three
		r.wants(r.answerCode(session, code), expired, codeUsed)
	}
	r.wants(r.answerCode(session, r.shows(fresh, 1)), notAuthorized, sessionEnded)
	r.tokens(r.answerCode(r.asked("SOFTWARE_TOKEN_MFA").session, r.shows(fresh, 1))) // and nobody is locked out by it
}

// TestCodeOnceInParallel: of many who bring one code at a time one gets in.
func TestCodeOnceInParallel(t *testing.T) {
	const many = 8
	r, secret := guarded(t, "ON")
	code := r.shows(secret, 0)
	one := r.asked("SOFTWARE_TOKEN_MFA").session
	sessions := make([]string, many)
	for i := range sessions {
		sessions[i] = r.asked("SOFTWARE_TOKEN_MFA").session
	}
	run := func(session func(int) string) map[string]int {
		var mu sync.Mutex
		heard := map[string]int{}
		var wg sync.WaitGroup
		for i := range many {
			in := doc("ClientId", r.app, "ChallengeName", "SOFTWARE_TOKEN_MFA", "Session", session(i), "ChallengeResponses", m{"USERNAME": "alice", "SOFTWARE_TOKEN_MFA_CODE": code})
			wg.Go(func() {
				message := r.post("RespondToAuthChallenge", in)
				mu.Lock()
				defer mu.Unlock()
				heard[message]++
			})
		}
		wg.Wait()
		return heard
	}
	if heard := run(func(int) string { return one }); heard[""] != 1 || heard[sessionEnded] != many-1 {
		t.Error("one Session:", heard)
	}
	r.later()
	code = r.shows(secret, 0)
	if heard := run(func(i int) string { return sessions[i] }); heard[""] != 1 || heard[codeUsed] != many-1 {
		t.Error("one code:", heard)
	}
}

// TestWrongCodes: a Session hears three, a user five before the door closes, and
// neither a new Session nor the right password opens it.
func TestWrongCodes(t *testing.T) {
	r, secret := guarded(t, "ON")
	wrong := r.wrongFor(secret)
	session := r.asked("SOFTWARE_TOKEN_MFA").session
	for _, code := range []string{wrong, "12345", "1234567"} {
		r.wants(r.answerCode(session, code), mismatch, codeWrong)
	}
	r.reopen()
	r.wants(r.answerCode(session, r.shows(secret, 0)), notAuthorized, sessionEnded)
	session = r.asked("SOFTWARE_TOKEN_MFA").session
	for range 2 {
		r.wants(r.answerCode(session, wrong), mismatch, codeWrong)
	}
	r.wants(r.answerCode(session, r.shows(secret, 0)), notAuthorized, locked) // five: not even the right one
	r.reopen()
	session = r.asked("SOFTWARE_TOKEN_MFA").session
	r.wants(r.answerCode(session, r.shows(secret, 0)), notAuthorized, locked)
	for _, pause := range []time.Duration{1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900} {
		r.now = r.now.Add(pause*time.Second - time.Millisecond)
		session = r.asked("SOFTWARE_TOKEN_MFA").session
		r.wants(r.answerCode(session, r.shows(secret, 0)), notAuthorized, locked)
		r.now = r.now.Add(time.Millisecond)
		r.wants(r.answerCode(session, r.wrongFor(secret)), mismatch, codeWrong)
	}
	r.now = r.now.Add(24 * time.Hour) // nothing is forgotten until a code is right
	session = r.asked("SOFTWARE_TOKEN_MFA").session
	r.wants(r.answerCode(session, r.wrongFor(secret)), mismatch, codeWrong)
	r.wants(r.answerCode(session, r.shows(secret, 0)), notAuthorized, locked)
	r.now = r.now.Add(15 * time.Minute)
	r.tokens(r.answerCode(r.asked("SOFTWARE_TOKEN_MFA").session, r.shows(secret, 0)))
	r.later()
	session = r.asked("SOFTWARE_TOKEN_MFA").session
	r.wants(r.answerCode(session, r.wrongFor(secret)), mismatch, codeWrong)
	r.tokens(r.answerCode(session, r.shows(secret, 0))) // one mistake is no reason to begin again
}

// TestWrongCodesInParallel: guesses that are made at the same time are counted one
// by one.
func TestWrongCodesInParallel(t *testing.T) {
	r, secret := guarded(t, "ON")
	var mu sync.Mutex
	heard := map[string]int{}
	var wg sync.WaitGroup
	for range 4 {
		session := r.asked("SOFTWARE_TOKEN_MFA").session
		in := doc("ClientId", r.app, "ChallengeName", "SOFTWARE_TOKEN_MFA", "Session", session, "ChallengeResponses", m{"USERNAME": "alice", "SOFTWARE_TOKEN_MFA_CODE": r.wrongFor(secret)})
		for range 4 {
			wg.Go(func() {
				message := r.post("RespondToAuthChallenge", in)
				mu.Lock()
				defer mu.Unlock()
				heard[message]++
			})
		}
	}
	wg.Wait()
	if heard[codeWrong] != 5 || heard[""] != 0 || heard[locked]+heard[sessionEnded] != 11 {
		t.Error(heard)
	}
}

// TestSessionEndsWithItsReasons: what was proven must still hold at the last step.
func TestSessionEndsWithItsReasons(t *testing.T) {
	for name, c := range map[string]struct {
		change        func(*realm)
		code, message string
	}{
		"nothing": {func(*realm) {}, "", ""},
		"late":    {func(r *realm) { r.now = r.now.Add(3 * time.Minute) }, notAuthorized, sessionEnded},
		"new password": {func(r *realm) {
			r.call("AdminSetUserPassword", "UserPoolId", r.id, "Username", "alice", "Password", "Another1!", "Permanent", true)
		}, notAuthorized, sessionEnded},
		"temporary": {func(r *realm) {
			r.call("AdminSetUserPassword", "UserPoolId", r.id, "Username", "alice", "Password", "Another1!")
		}, notAuthorized, sessionEnded},
		"signed out":      {func(r *realm) { r.call("AdminUserGlobalSignOut", "UserPoolId", r.id, "Username", "alice") }, notAuthorized, sessionEnded},
		"disabled":        {func(r *realm) { r.call("AdminDisableUser", "UserPoolId", r.id, "Username", "alice") }, notAuthorized, "User is disabled."},
		"reset":           {func(r *realm) { r.call("AdminResetUserPassword", "UserPoolId", r.id, "Username", "alice") }, "PasswordResetRequiredException", "Password reset required for the user"},
		"deleted":         {func(r *realm) { r.call("AdminDeleteUser", "UserPoolId", r.id, "Username", "alice") }, "UserNotFoundException", "User does not exist."},
		"deleted, reborn": {func(r *realm) { r.call("AdminDeleteUser", "UserPoolId", r.id, "Username", "alice"); r.user("alice") }, "UserNotFoundException", "User does not exist."},
	} {
		t.Run(name, func(t *testing.T) {
			r, secret := guarded(t, "ON")
			session := r.asked("SOFTWARE_TOKEN_MFA").session
			c.change(r)
			got := r.answerCode(session, r.shows(secret, 0))
			if r.wants(got, c.code, c.message); (got.access == "") != (c.code != "") {
				t.Error(got.Body)
			}
		})
		t.Run(name+", set up", func(t *testing.T) {
			r := newMfaRealm(t, "ON")
			_, done := r.setUp(r.asked("MFA_SETUP").session)
			c.change(r)
			got := r.respond("MFA_SETUP", done)
			if r.wants(got, c.code, c.message); (got.access == "") != (c.code != "") {
				t.Error(got.Body)
			}
		})
	}
}

// TestSetupRace: of two who set up a factor for one user, the first to verify has
// it; the other's Session ends, and what each was told is the other's nothing.
func TestSetupRace(t *testing.T) {
	r := newMfaRealm(t, "ON")
	first, second := r.asked("MFA_SETUP").session, r.asked("MFA_SETUP").session
	late := r.asked("MFA_SETUP").session
	one, two := r.call("AssociateSoftwareToken", "Session", first), r.call("AssociateSoftwareToken", "Session", second)
	r.fails(notAuthorized, sessionEnded, "AssociateSoftwareToken", "Session", first)
	secret := one["SecretCode"].(string)
	if secret == two["SecretCode"] || len(secret) != 52 {
		t.Fatal("secrets", one, two)
	}
	r.fails(enableMismatch, "Code mismatch", "VerifySoftwareToken", "Session", two["Session"], "UserCode", r.shows(secret, 0))
	r.call("VerifySoftwareToken", "Session", one["Session"], "UserCode", r.shows(secret, 0))
	r.fails(notAuthorized, sessionEnded, "VerifySoftwareToken", "Session", one["Session"], "UserCode", r.shows(secret, 1))
	r.fails(notAuthorized, sessionEnded, "VerifySoftwareToken", "Session", two["Session"], "UserCode", r.shows(two["SecretCode"].(string), 0))
	r.fails(notAuthorized, sessionEnded, "AssociateSoftwareToken", "Session", late)
	r.later()
	r.tokens(r.answerCode(r.asked("SOFTWARE_TOKEN_MFA").session, r.shows(secret, 0)))
}

func TestSetupInParallel(t *testing.T) {
	const many = 6
	r := newMfaRealm(t, "ON")
	ins := make([]string, many)
	for i := range ins {
		one := r.call("AssociateSoftwareToken", "Session", r.asked("MFA_SETUP").session)
		ins[i] = doc("Session", one["Session"], "UserCode", r.shows(one["SecretCode"].(string), 0))
	}
	heard := make([]string, many)
	var wg sync.WaitGroup
	for i, in := range ins {
		wg.Go(func() { heard[i] = r.post("VerifySoftwareToken", in) })
	}
	wg.Wait()
	if won := strings.Count(fmt.Sprintf("%q", heard), `""`); won != 1 {
		t.Errorf("%d tokens are in force: %q", won, heard)
	}
}

// TestDoneIsOfItsToken: a factor that was replaced since does not sign in.
func TestDoneIsOfItsToken(t *testing.T) {
	r := newMfaRealm(t, "OPTIONAL")
	access := r.in().access
	r.mfa("ON")
	_, done := r.setUp(r.asked("MFA_SETUP").session)
	r.enrol(access)
	r.wants(r.respond("MFA_SETUP", done), notAuthorized, badSession)
}
