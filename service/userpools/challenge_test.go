package userpools_test

import (
	"testing"
	"time"
)

// invited is a realm whose user carol has a temporary password.
func invited(t *testing.T, pool ...any) *realm {
	t.Helper()
	r := newRealmOf(t, append(pool, "Schema", []m{{"Name": "name", "Required": true, "Mutable": true}, {"Name": "org", "AttributeDataType": "String", "Mutable": true}}))
	r.invite("carol")
	return r
}

func (r *realm) invite(name string) {
	r.t.Helper()
	r.call("AdminCreateUser", "UserPoolId", r.id, "Username", name, "MessageAction", "SUPPRESS", "TemporaryPassword", password,
		"UserAttributes", attrs("email", name+"@acme.example", "email_verified", "true", "custom:org", "acme"))
}

func (r *realm) answerNew(session string, responses m) answer {
	r.t.Helper()
	return r.step("RespondToAuthChallenge", "ClientId", r.app, "ChallengeName", "NEW_PASSWORD_REQUIRED", "Session", session, "ChallengeResponses", responses)
}

func TestNewPassword(t *testing.T) {
	r := invited(t)
	first := r.answerSRP(r.responses(r.startSRP("carol", password)))
	if first.challenge != "NEW_PASSWORD_REQUIRED" || first.access != "" || len(first.session) < 20 || len(first.session) > 2048 {
		t.Fatal(first.Body)
	}
	if got := first.params["requiredAttributes"]; got != `["userAttributes.name"]` {
		t.Error(got)
	}
	if got := first.params["userAttributes"]; got != `{"custom:org":"acme","email":"carol@acme.example","email_verified":"true"}` {
		t.Error(got)
	}
	if got := first.params["USER_ID_FOR_SRP"]; got != "carol" {
		t.Error(got)
	}
	with := func(pairs ...string) m {
		in := m{"USERNAME": "carol", "NEW_PASSWORD": "Another1!", "userAttributes.name": "Carol"}
		for i := 0; i < len(pairs); i += 2 {
			in[pairs[i]] = pairs[i+1]
		}
		return in
	}
	s := first.session
	r.wants(r.answerNew(s, with("NEW_PASSWORD", "short")), "InvalidPasswordException", "Password did not conform with policy: Password not long enough")
	r.wants(r.answerNew(s, with("NEW_PASSWORD", "")), badParameter, "Missing required parameter NEW_PASSWORD")
	r.wants(r.answerNew(s, with("USERNAME", "")), badParameter, "Missing required parameter USERNAME")
	r.wants(r.answerNew(s, with("USERNAME", "alice")), notAuthorized, "Invalid session for the user.")
	r.wants(r.answerNew(s, with("userAttributes.name", "")), badParameter, "user.name: The attribute is required\n")
	r.wants(r.answerNew(s, m{"USERNAME": "carol", "NEW_PASSWORD": "Another1!"}), badParameter, "Invalid attributes given, name is missing")
	r.wants(r.answerNew(s, with("userAttributes.email_verified", "true")), notAuthorized, "A client attempted to write unauthorized attribute")
	r.wants(r.answerNew(flip(s), with()), notAuthorized, "Invalid session for the user.")
	r.reopen()
	done := r.answerNew(s, with())
	r.wants(done, "", "")
	if c := r.claims(done.id); c["name"] != "Carol" || c["email_verified"] != true {
		t.Error(c)
	}
	if got := r.attributes(r.id, "carol"); got["status"] != "CONFIRMED" || got["name"] != "Carol" {
		t.Error(got)
	}
	r.wants(r.answerNew(s, with()), notAuthorized, sessionEnded)
	r.reopen()
	r.wants(r.answerNew(s, with()), notAuthorized, sessionEnded)
	r.wants(r.try("carol", password), notAuthorized, wrongPassword)
	r.wants(r.try("carol", "Another1!"), "", "")
}

// TestNewPasswordSession: a Session ends with its time, its client, its user and
// the password that it was earned with.
func TestNewPasswordSession(t *testing.T) {
	for _, c := range []struct {
		name    string
		spoil   func(r *realm)
		message string
	}{
		{"nothing", func(*realm) {}, ""},
		{"almost too late", func(r *realm) { r.now = r.now.Add(3*time.Minute - time.Second) }, ""},
		{"too late", func(r *realm) { r.now = r.now.Add(3 * time.Minute) }, sessionEnded},
		{"another client", func(r *realm) { r.app, _ = r.door() }, "Invalid session for the user."},
		{"disabled", func(r *realm) { r.call("AdminDisableUser", "UserPoolId", r.id, "Username", "carol") }, "User is disabled."},
		{"signed out", func(r *realm) { r.call("AdminUserGlobalSignOut", "UserPoolId", r.id, "Username", "carol") }, sessionEnded},
		{"another temporary password", func(r *realm) {
			r.call("AdminSetUserPassword", "UserPoolId", r.id, "Username", "carol", "Password", password)
		}, sessionEnded},
		{"password set", func(r *realm) {
			r.call("AdminSetUserPassword", "UserPoolId", r.id, "Username", "carol", "Password", password, "Permanent", true)
		}, sessionEnded},
		{"made anew", func(r *realm) {
			r.call("AdminDeleteUser", "UserPoolId", r.id, "Username", "carol")
			r.invite("carol")
		}, "User does not exist."},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := invited(t)
			first := r.try("carol", password)
			c.spoil(r)
			code := notAuthorized
			switch c.message {
			case "":
				code = ""
			case "User does not exist.":
				code = "UserNotFoundException"
			}
			r.wants(r.answerNew(first.session, m{"USERNAME": "carol", "NEW_PASSWORD": password, "userAttributes.name": "Carol"}), code, c.message)
		})
	}
	r := invited(t)
	r.wants(r.step("RespondToAuthChallenge", "ClientId", r.app, "ChallengeName", "NEW_PASSWORD_REQUIRED", "ChallengeResponses", m{}), badParameter, "Missing required parameter Session")
}

// TestNewPasswordKeepsRequired: the step completes what is missing and changes
// nothing that an administrator has set and the pool requires.
func TestNewPasswordKeepsRequired(t *testing.T) {
	r := newRealmOf(t, []any{"Schema", []m{{"Name": "email", "Required": true, "Mutable": true}, {"Name": "org", "AttributeDataType": "String"}}})
	r.invite("carol")
	session := r.try("carol", password).session
	for _, email := range []string{"other@acme.example", "carol@acme.example"} {
		r.wants(r.answerNew(session, m{"USERNAME": "carol", "NEW_PASSWORD": "Another1!", "userAttributes.email": email}), notAuthorized, "Cannot modify an already provided email")
	}
	r.wants(r.answerNew(session, m{"USERNAME": "carol", "NEW_PASSWORD": "Another1!", "userAttributes.nickname": "C"}), "", "")
}
