package userpools_test

import (
	"fmt"
	"testing"
	"time"
)

// TestSoftwareTokenEveryFlow: every way to prove a password leads to the question
// for the code, and the code to tokens.
func TestSoftwareTokenEveryFlow(t *testing.T) {
	for _, mode := range []string{"OPTIONAL", "ON"} {
		for _, secret := range []bool{false, true} {
			t.Run(fmt.Sprint(mode, secret), func(t *testing.T) {
				r, token := guarded(t, mode, "GenerateSecret", secret, "ExplicitAuthFlows",
					[]string{"ALLOW_USER_AUTH", "ALLOW_USER_SRP_AUTH", "ALLOW_USER_PASSWORD_AUTH", "ALLOW_ADMIN_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"})
				for name, first := range map[string]func() answer{
					"SRP":      func() answer { return r.answerSRP(r.responses(r.startSRP("alice", password))) },
					"password": func() answer { return r.try("alice", password) },
					"choice":   func() answer { return r.choose("PREFERRED_CHALLENGE", "PASSWORD", "PASSWORD", password) },
					"select": func() answer {
						return r.respond("SELECT_CHALLENGE", r.choose().session, "ANSWER", "PASSWORD", "PASSWORD", password)
					},
					"admin": func() answer {
						return r.step("AdminInitiateAuth", "UserPoolId", r.id, "ClientId", r.app, "AuthFlow", "ADMIN_USER_PASSWORD_AUTH",
							"AuthParameters", r.hashed(m{"USERNAME": "alice", "PASSWORD": password}, "alice"))
					},
				} {
					a := first()
					r.asks(a, "SOFTWARE_TOKEN_MFA")
					if a.params["USER_ID_FOR_SRP"] != "alice" {
						t.Error(name, a.params)
					}
					if name == "admin" {
						a = r.step("AdminRespondToAuthChallenge", "UserPoolId", r.id, "ClientId", r.app, "ChallengeName", "SOFTWARE_TOKEN_MFA", "Session", a.session,
							"ChallengeResponses", r.hashed(m{"USERNAME": "alice", "SOFTWARE_TOKEN_MFA_CODE": r.shows(token, 0)}, "alice"))
					} else {
						a = r.answerCode(a.session, r.shows(token, 0))
					}
					r.tokens(a)
					if !secret {
						if again := r.refreshWith(a.refresh); again.access == "" || again.challenge != "" {
							t.Error("a refresh is never asked for a code", again.Body)
						}
					}
					r.later()
				}
			})
		}
	}
}

// TestSetupFlow: a pool that asks everybody lets whoever has no factor make one.
func TestSetupFlow(t *testing.T) {
	r := newMfaRealm(t, "ON")
	a := r.asked("MFA_SETUP")
	if a.params["MFAS_CAN_SETUP"] != `["SOFTWARE_TOKEN_MFA"]` || a.params["USER_ID_FOR_SRP"] != "alice" {
		t.Error(a.params)
	}
	secret, done := r.setUp(a.session)
	in := r.tokens(r.respond("MFA_SETUP", done))
	if got := r.call("GetUser", "AccessToken", in.access); fmt.Sprint(got["UserMFASettingList"]) != "[SOFTWARE_TOKEN_MFA]" || got["MFAOptions"] != nil {
		t.Error(got)
	}
	r.wants(r.respond("MFA_SETUP", done), notAuthorized, sessionEnded)

	r.later()
	next := r.asked("SOFTWARE_TOKEN_MFA")
	if _, named := next.params["FRIENDLY_DEVICE_NAME"]; named {
		t.Error(next.params)
	}
	r.tokens(r.answerCode(next.session, r.shows(secret, 0)))

	// Or a new sign-in instead of the answer.
	r.user("bob")
	session := r.try("bob", password).session
	one := r.call("AssociateSoftwareToken", "Session", session)
	r.call("VerifySoftwareToken", "Session", one["Session"], "UserCode", r.shows(one["SecretCode"].(string), 0), "FriendlyDeviceName", "Bob's phone")
	r.later()
	b := r.try("bob", password)
	r.asks(b, "SOFTWARE_TOKEN_MFA")
	if b.params["FRIENDLY_DEVICE_NAME"] != "Bob's phone" {
		t.Error(b.params)
	}
	r.tokens(r.respond("SOFTWARE_TOKEN_MFA", b.session, "USERNAME", "bob", "SOFTWARE_TOKEN_MFA_CODE", r.shows(one["SecretCode"].(string), 0)))
}

// TestSetupAfterNewPassword: the temporary password, then the new one, then the
// factor.
func TestSetupAfterNewPassword(t *testing.T) {
	r := invited(t)
	r.mfa("ON")
	answerNew := func() answer {
		t.Helper()
		a := r.try("carol", password)
		r.asks(a, "NEW_PASSWORD_REQUIRED")
		return r.answerNew(a.session, m{"USERNAME": "carol", "NEW_PASSWORD": "Another1!", "userAttributes.name": "Carol"})
	}
	next := answerNew()
	r.asks(next, "MFA_SETUP")
	r.wants(r.respond("MFA_SETUP", next.session, "USERNAME", "carol"), notAuthorized, badSession)
	r.call("AdminDeleteUser", "UserPoolId", r.id, "Username", "carol")
	r.invite("carol")
	if got := r.JSON("AssociateSoftwareToken", doc("Session", next.session)); got.Message != badSession {
		t.Error("another user has the name now", got.Body)
	}
	next = answerNew()
	_, done := r.setUp(next.session)
	r.tokens(r.respond("MFA_SETUP", done, "USERNAME", "carol"))
	r.call("AdminSetUserPassword", "UserPoolId", r.id, "Username", "carol", "Password", password)
	a := r.try("carol", password)
	r.asks(r.answerNew(a.session, m{"USERNAME": "carol", "NEW_PASSWORD": "Another1!"}), "SOFTWARE_TOKEN_MFA")
}

// TestOptional: a token that is verified is asked for once it is switched on.
func TestOptional(t *testing.T) {
	r := newMfaRealm(t, "OPTIONAL")
	access := r.in().access
	secret := r.enrol(access)
	r.in()
	shown := func(want string) {
		t.Helper()
		for operation, in := range map[string][]any{"AdminGetUser": {"UserPoolId", r.id, "Username", "alice"}, "GetUser": {"AccessToken", access}} {
			got := r.call(operation, in...)
			if s := fmt.Sprintf("%v %v", got["UserMFASettingList"], got["PreferredMfaSetting"]); s != want {
				t.Errorf("%s: %s, want %s", operation, s, want)
			}
		}
	}
	const none = "<nil> <nil>"
	shown(none)
	for _, c := range []struct {
		settings m
		shown    string
	}{
		{m{"Enabled": true}, "[SOFTWARE_TOKEN_MFA] <nil>"},
		{m{"Enabled": true, "PreferredMfa": true}, "[SOFTWARE_TOKEN_MFA] SOFTWARE_TOKEN_MFA"},
		{m{"Enabled": true, "PreferredMfa": false}, "[SOFTWARE_TOKEN_MFA] <nil>"},
		{m{}, none}, // SDKs leave false out
		{m{"Enabled": false}, none},
		{m{"Enabled": true}, "[SOFTWARE_TOKEN_MFA] <nil>"}, // whatever it was before
		{m{"Enabled": false, "PreferredMfa": false}, none},
	} {
		for _, admin := range []bool{false, true} {
			if admin {
				r.call("AdminSetUserMFAPreference", "UserPoolId", r.id, "Username", "alice", "SoftwareTokenMfaSettings", c.settings)
			} else {
				r.call("SetUserMFAPreference", "AccessToken", access, "SoftwareTokenMfaSettings", c.settings)
			}
			if shown(c.shown); c.shown == none {
				r.in()
				continue
			}
			a := r.asked("SOFTWARE_TOKEN_MFA")
			r.tokens(r.answerCode(a.session, r.shows(secret, 0)))
			r.later()
		}
	}
	r.prefer(access, true, false) // to switch off does not forget
	r.asked("SOFTWARE_TOKEN_MFA")
	r.mfa("OFF")
	r.in()
	r.mfa("OPTIONAL")
	r.asked("SOFTWARE_TOKEN_MFA")
}

// TestOnCannotBeSwitchedOff: a pool that asks everybody asks whoever switches the
// factor off too, and does not let them make a new one.
func TestOnCannotBeSwitchedOff(t *testing.T) {
	r, secret := guarded(t, "ON")
	a := r.asked("SOFTWARE_TOKEN_MFA")
	in := r.tokens(r.answerCode(a.session, r.shows(secret, 0)))
	r.prefer(in.access, false, false)
	r.call("AdminSetUserMFAPreference", "UserPoolId", r.id, "Username", "alice", "SoftwareTokenMfaSettings", m{"Enabled": false, "PreferredMfa": false})
	r.asked("SOFTWARE_TOKEN_MFA")
}

// TestPasswordsDoNotTouchFactors: neither way to a new password leads around the
// second factor, and a user of the same name does not inherit it.
func TestPasswordsDoNotTouchFactors(t *testing.T) {
	r, _ := guarded(t, "OPTIONAL")
	r.call("ForgotPassword", "ClientId", r.app, "Username", "alice")
	r.call("ConfirmForgotPassword", "ClientId", r.app, "Username", "alice", "ConfirmationCode", r.code("alice@acme.example"), "Password", password)
	r.asked("SOFTWARE_TOKEN_MFA")
	r.call("AdminSetUserPassword", "UserPoolId", r.id, "Username", "alice", "Password", password, "Permanent", true)
	r.asked("SOFTWARE_TOKEN_MFA")
	r.now = r.now.Add(time.Hour)
	r.call("AdminResetUserPassword", "UserPoolId", r.id, "Username", "alice")
	r.call("ConfirmForgotPassword", "ClientId", r.app, "Username", "alice", "ConfirmationCode", r.code("alice@acme.example"), "Password", password)
	r.asked("SOFTWARE_TOKEN_MFA")
	r.call("AdminDeleteUser", "UserPoolId", r.id, "Username", "alice")
	r.user("alice")
	r.in()
}
