package userpools_test

import (
	"fmt"
	"testing"
	"time"
)

func TestForgotPassword(t *testing.T) {
	e := newEnv(t, nil)
	pool := e.pool()
	client := e.client(pool)
	e.call("AdminCreateUser", "UserPoolId", pool, "Username", "alice", "MessageAction", "SUPPRESS",
		"UserAttributes", attrs("email", "alice@test.com", "email_verified", "true", "phone_number", "+15550001234", "phone_number_verified", "false"))
	e.call("AdminSetUserPassword", "UserPoolId", pool, "Username", "alice", "Password", password, "Permanent", true)
	out := e.call("ForgotPassword", "ClientId", client, "Username", "alice")["CodeDeliveryDetails"].(m)
	if out["Destination"] != "a***@t***" {
		t.Errorf("the code went to %v", out)
	}
	set := func(code, password string) []any {
		return []any{"ClientId", client, "Username", "alice", "ConfirmationCode", code, "Password", password}
	}
	code := e.code("alice@test.com")
	e.fails("CodeMismatchException", "Invalid verification code provided, please try again.", "ConfirmForgotPassword", set(wrong(code), password)...)
	e.fails("InvalidPasswordException", "Password did not conform with policy: Password not long enough", "ConfirmForgotPassword", set(code, "short")...)
	e.call("ConfirmForgotPassword", set(code, "Newpassw0rd!")...)
	e.fails("ExpiredCodeException", "Invalid code provided, please request a code again.", "ConfirmForgotPassword", set(code, password)...)

	// A code to an address that is no longer the user's is worth nothing.
	e.now = e.now.Add(time.Hour)
	e.call("ForgotPassword", "ClientId", client, "Username", "alice")
	code = e.code("alice@test.com")
	e.call("AdminUpdateUserAttributes", "UserPoolId", pool, "Username", "alice", "UserAttributes", attrs("email", "other@test.com", "email_verified", "true"))
	e.fails("ExpiredCodeException", "Invalid code provided, please request a code again.", "ConfirmForgotPassword", set(code, password)...)

	e.call("ForgotPassword", "ClientId", client, "Username", "alice")
	code = e.code("other@test.com")
	e.now = e.now.Add(61 * time.Minute)
	e.fails("ExpiredCodeException", "Invalid code provided, please request a code again.", "ConfirmForgotPassword", set(code, password)...)
	for range 5 {
		e.call("ForgotPassword", "ClientId", client, "Username", "alice")
	}
	e.fails("LimitExceededException", "Attempt limit exceeded, please try after some time.", "ForgotPassword", "ClientId", client, "Username", "alice")
	e.fails("UserNotFoundException", "User does not exist.", "ForgotPassword", "ClientId", client, "Username", "nobody")

	admin := e.pool("AccountRecoverySetting", m{"RecoveryMechanisms": []m{{"Name": "admin_only", "Priority": 1}}})
	c := e.client(admin)
	e.signUp(c, "bob")
	e.fails("NotAuthorizedException", "Contact administrator to reset password.", "ForgotPassword", "ClientId", c, "Username", "bob")
}

func TestRecoveryOrder(t *testing.T) {
	e := newEnv(t, nil)
	for _, tt := range []struct {
		setting any
		want    string
	}{
		{nil, "+*******1234"},
		{m{"RecoveryMechanisms": []m{{"Name": "verified_phone_number", "Priority": 2}, {"Name": "verified_email", "Priority": 1}}}, "a***@t***"},
	} {
		pool := e.pool("AccountRecoverySetting", tt.setting)
		e.call("AdminCreateUser", "UserPoolId", pool, "Username", "alice", "MessageAction", "SUPPRESS",
			"UserAttributes", attrs("email", "alice@test.com", "email_verified", "true", "phone_number", "+15550001234", "phone_number_verified", "true"))
		e.call("AdminSetUserPassword", "UserPoolId", pool, "Username", "alice", "Password", password, "Permanent", true)
		out := e.call("ForgotPassword", "ClientId", e.client(pool), "Username", "alice")["CodeDeliveryDetails"].(m)
		if out["Destination"] != tt.want {
			t.Errorf("%v sends to %v", tt.setting, out)
		}
	}
}

// Where a client hides who exists, nothing tells: neither answers nor limits.
func TestHiddenUsers(t *testing.T) {
	e := newEnv(t, nil)
	pool := e.pool("UsernameAttributes", []string{"email"}, "AutoVerifiedAttributes", []string{"email"})
	client := e.client(pool, "PreventUserExistenceErrors", "ENABLED")
	e.signUp(client, "real@test.com")
	e.call("ConfirmSignUp", "ClientId", client, "Username", "real@test.com", "ConfirmationCode", e.code("real@test.com"))
	e.signUp(client, "disabled@test.com")
	e.call("AdminDisableUser", "UserPoolId", pool, "Username", "disabled@test.com")
	answers := func(name string) string {
		s := ""
		for range 6 {
			r := e.JSON("ForgotPassword", doc("ClientId", client, "Username", name))
			s += fmt.Sprint(r.Code, r.Message, r.Out["CodeDeliveryDetails"], "\n")
		}
		for range 6 {
			r := e.JSON("ConfirmForgotPassword", doc("ClientId", client, "Username", name, "ConfirmationCode", "12345x", "Password", password))
			s += fmt.Sprint(r.Code, r.Message, "\n")
		}
		return s
	}
	real, other := answers("real@test.com"), answers("r____@t____")
	if real != other {
		t.Errorf("a user is told from nobody:\n%s\n%s", real, other)
	}
	if got := answers("rdisabled@test.com"); got != real {
		t.Errorf("nobody:\n%s", got)
	}
	d := e.call("ResendConfirmationCode", "ClientId", client, "Username", "disabled@test.com")
	if n := e.call("ResendConfirmationCode", "ClientId", client, "Username", "dnobody@test.com"); fmt.Sprint(n) != fmt.Sprint(d) {
		t.Errorf("a disabled user is told from nobody: %v, %v", d, n)
	}
	e.fails("ExpiredCodeException", "Invalid code provided, please request a code again.", "ConfirmSignUp", "ClientId", client, "Username", "nobody@test.com", "ConfirmationCode", "123456")
	if e.messages("disabled@test.com") != 1 || e.messages("dnobody@test.com") != 0 {
		t.Error("messages went out that must not")
	}
}

// Where users are hidden, a user who never asked for a code is like nobody; whoever
// did ask is told that the code is gone.
func TestHiddenWithoutCode(t *testing.T) {
	const mismatch, gone = "Invalid verification code provided, please try again.", "Invalid code provided, please request a code again."
	r := newRealm(t, "PreventUserExistenceErrors", "ENABLED")
	r.call("AdminCreateUser", "UserPoolId", r.id, "Username", "unproven", "MessageAction", "SUPPRESS", "UserAttributes", attrs("email", "u@acme.example"))
	confirm := func(name, code string) []any {
		return []any{"ClientId", r.app, "Username", name, "ConfirmationCode", code, "Password", password}
	}
	for _, name := range []string{"nobody", "alice", "unproven"} {
		r.fails("CodeMismatchException", mismatch, "ConfirmForgotPassword", confirm(name, "12345x")...)
	}
	for _, name := range []string{"nobody", "alice", "unproven"} {
		r.call("ForgotPassword", "ClientId", r.app, "Username", name)
		r.fails("CodeMismatchException", mismatch, "ConfirmForgotPassword", confirm(name, "12345x")...)
	}
	code := r.code("alice@acme.example")
	r.call("ConfirmForgotPassword", confirm("alice", code)...)
	r.fails("ExpiredCodeException", gone, "ConfirmForgotPassword", confirm("alice", code)...)
	shown, _ := r.door("PreventUserExistenceErrors", "LEGACY")
	r.now = r.now.Add(2 * time.Hour)
	r.fails("ExpiredCodeException", gone, "ConfirmForgotPassword", "ClientId", shown, "Username", "alice", "ConfirmationCode", code, "Password", password)
}

// TestHiddenLengths: what is sealed for nobody is as long as what is for a user.
func TestHiddenLengths(t *testing.T) {
	r := newRealm(t, "ExplicitAuthFlows", []string{"ALLOW_USER_AUTH"}, "PreventUserExistenceErrors", "ENABLED")
	public := r.startSRP("alice", password).client.A()
	sizes := func(name string) [3]int {
		begin := func(pairs ...string) answer {
			in := m{"USERNAME": name}
			for i := 0; i < len(pairs); i += 2 {
				in[pairs[i]] = pairs[i+1]
			}
			return r.step("InitiateAuth", "ClientId", r.app, "AuthFlow", "USER_AUTH", "AuthParameters", in)
		}
		choice, srp := begin(), begin("PREFERRED_CHALLENGE", "PASSWORD_SRP", "SRP_A", public)
		r.wants(choice, "", "")
		r.wants(srp, "", "")
		block, _ := srp.params["SECRET_BLOCK"].(string)
		return [3]int{len(choice.session), len(srp.session), len(block)}
	}
	if user, nobody := sizes("alice"), sizes("bobby"); user != nobody || user[0] == 0 || user[2] == 0 {
		t.Errorf("a user is told from nobody: %v, %v", user, nobody)
	}
}
