package userpools_test

import (
	"testing"
	"time"

	"github.com/bailiwick-project/bailiwick/outbox"
)

func TestAutoConfirm(t *testing.T) {
	s := newStage(t, allTriggers, "AutoVerifiedAttributes", []string{"email"})
	s.set("PreSignUp", responds(m{"autoConfirmUser": true}))
	out := s.call("SignUp", "ClientId", s.app, "Username", "bob", "Password", password, "UserAttributes", attrs("email", "bob@acme.example"), "ClientMetadata", m{"k": "v"})
	if out["UserConfirmed"] != true || out["CodeDeliveryDetails"] != nil || s.messages("bob@acme.example") != 0 {
		t.Errorf("%v", out)
	}
	if got := s.attributes(s.id, "bob"); got["status"] != "CONFIRMED" || got["email_verified"] != "false" {
		t.Errorf("%v", got)
	}
	if got := s.sources(); got[len(got)-len("PreSignUp_SignUp PostConfirmation_ConfirmSignUp"):] != "PreSignUp_SignUp PostConfirmation_ConfirmSignUp" {
		t.Errorf("ran %s", got)
	}
	if e := s.last(t, "PostConfirmation_ConfirmSignUp")["request"].(m); e["clientMetadata"].(m)["k"] != "v" || e["userAttributes"].(m)["cognito:user_status"] != "CONFIRMED" {
		t.Errorf("%v", e)
	}
	s.wants(s.try("bob", password), "", "")
	// A function that fails afterwards leaves the user confirmed.
	s.set("PostConfirmation", throws("later"))
	s.refused(s.JSON("SignUp", doc("ClientId", s.app, "Username", "carol", "Password", password, "UserAttributes", attrs("email", "carol@acme.example"))),
		"UserLambdaValidationException", "PostConfirmation failed with error later.")
	if got := s.attributes(s.id, "carol"); got["status"] != "CONFIRMED" {
		t.Errorf("%v", got)
	}
	// An administrator's user is confirmed by nobody.
	s.call("AdminCreateUser", "UserPoolId", s.id, "Username", "dan", "MessageAction", "SUPPRESS", "UserAttributes", attrs("email", "dan@acme.example"))
	if got := s.attributes(s.id, "dan"); got["status"] != "FORCE_CHANGE_PASSWORD" || got["email_verified"] != "" {
		t.Errorf("%v", got)
	}
	s.set("PreSignUp", throws("closed"))
	s.refused(s.JSON("AdminCreateUser", doc("UserPoolId", s.id, "Username", "eve")), "UserLambdaValidationException", "PreSignUp failed with error closed.")
	s.fails("UserNotFoundException", "User does not exist.", "AdminGetUser", "UserPoolId", s.id, "Username", "eve")
}

// TestAutoVerifyMovesAlias: an address that a function vouches for belongs to the
// new user, and the former owner's is no longer verified. Whoever vouches for what
// nobody proved gives away the names of others; AWS does as the function says.
func TestAutoVerifyMovesAlias(t *testing.T) {
	s := newStage(t, "PreSignUp", "AliasAttributes", []string{"email", "phone_number"}, "AutoVerifiedAttributes", []string{"email"})
	s.call("AdminUpdateUserAttributes", "UserPoolId", s.id, "Username", "alice", "UserAttributes", attrs("phone_number", "+15550001", "phone_number_verified", "true"))
	s.wants(s.try("alice@acme.example", password), "", "")

	// Without the function's word the alias stays, until a code proves otherwise.
	s.signUp(s.app, "bob", "email", "alice@acme.example")
	if got := s.attributes(s.id, "alice@acme.example"); got["username"] != "alice" {
		t.Errorf("%v", got)
	}
	s.set("PreSignUp", responds(m{"autoConfirmUser": true, "autoVerifyEmail": true}))
	s.signUp(s.app, "mallory", "email", "alice@acme.example")
	if got := s.attributes(s.id, "alice@acme.example"); got["username"] != "mallory" || got["email_verified"] != "true" {
		t.Errorf("%v", got)
	}
	got := s.attributes(s.id, "alice")
	if got["email"] != "alice@acme.example" || got["email_verified"] != "false" || got["phone_number_verified"] != "true" {
		t.Errorf("%v", got)
	}
	if got := s.attributes(s.id, "+15550001"); got["username"] != "alice" {
		t.Errorf("the telephone went along: %v", got)
	}
	c := s.claims(s.in().id)
	if c["email_verified"] != false {
		t.Errorf("%v", c)
	}
	s.set("PreSignUp", responds(m{"autoVerifyEmail": true}))
	in := doc("ClientId", s.app, "Username", "eve", "Password", password)
	s.refused(s.JSON("SignUp", in), "InvalidLambdaResponseException", "Invalid lambda function output : autoVerifyEmail is set and the user has no email.")
}

// TestAutoVerifyTakesNoUsername: in a pool whose users sign in with the address, the
// address is a username, which nobody gives away.
func TestAutoVerifyTakesNoUsername(t *testing.T) {
	s := newStage(t, "PreSignUp", "UsernameAttributes", []string{"email"})
	s.set("PreSignUp", responds(m{"autoConfirmUser": true, "autoVerifyEmail": true}))
	s.refused(s.JSON("SignUp", doc("ClientId", s.app, "Username", "alice@acme.example", "Password", password)), "UsernameExistsException", "An account with the given email already exists.")
	s.signUp(s.app, "bob@acme.example")
	e := s.last(t, "PreSignUp_SignUp")
	if got := s.attributes(s.id, "bob@acme.example"); got["sub"] != e["userName"] || got["username"] != e["userName"] || got["email_verified"] != "true" {
		t.Errorf("%v, the function was told %v", got, e["userName"])
	}
	if got := e["request"].(m)["userAttributes"].(m); len(got) != 1 || got["email"] != "bob@acme.example" {
		t.Errorf("%v", got)
	}
}

// TestFunctionsKnowTheSub: a name is no key. Functions are told the name as it is
// kept, whatever case was typed, and a user made anew under a name is another one.
func TestFunctionsKnowTheSub(t *testing.T) {
	s := newStage(t, "PreTokenGeneration", "UsernameConfiguration", m{"CaseSensitive": false})
	who := func(typed string) (name, sub any) {
		s.wants(s.try(typed, password), "", "")
		e := s.last(t, "TokenGeneration_Authentication")
		return e["userName"], e["request"].(m)["userAttributes"].(m)["sub"]
	}
	name, sub := who("ALICE")
	if name != "alice" || sub != s.attributes(s.id, "alice")["sub"] {
		t.Errorf("%v %v", name, sub)
	}
	s.call("AdminDeleteUser", "UserPoolId", s.id, "Username", "alice")
	s.user("Alice")
	if again, other := who("alice"); again != "Alice" || other == sub {
		t.Errorf("%v %v", again, other)
	}
}

func TestCustomMessage(t *testing.T) {
	s := newStage(t, "CustomMessage", "AutoVerifiedAttributes", []string{"email"})
	words := func(operation, to string, response m, in ...any) outbox.Message {
		t.Helper()
		s.now = s.now.Add(time.Minute)
		s.set("CustomMessage", responds(response))
		s.call(operation, in...)
		list, err := outbox.List(t.Context(), s.store, to)
		if err != nil || len(list) == 0 {
			t.Fatalf("%s sent nothing: %v", operation, err)
		}
		return list[len(list)-1]
	}
	expect := func(got outbox.Message, subject, body string) {
		t.Helper()
		if got.Subject != subject || got.Body != body {
			t.Errorf("got %q %q\nwant %q %q", got.Subject, got.Body, subject, body)
		}
	}
	const bob = "bob@acme.example"
	up := []any{"ClientId", s.app, "Username", "bob", "Password", password, "UserAttributes", attrs("email", bob)}
	got := words("SignUp", bob, m{"emailMessage": "Hello, <b>{####}</b> and {####}", "emailSubject": "Welcome", "smsMessage": "unused {####}"}, up...)
	expect(got, "Welcome", "Hello, <b>"+got.Code+"</b> and "+got.Code)
	again := []any{"ClientId", s.app, "Username", "bob"}
	got = words("ResendConfirmationCode", bob, m{"emailMessage": "no code in here", "emailSubject": "Subject"}, again...)
	expect(got, "Subject", "Your verification code is "+got.Code+".")
	got = words("ResendConfirmationCode", bob, m{}, again...)
	expect(got, "Your verification code", "Your verification code is "+got.Code+".")
	s.call("ConfirmSignUp", "ClientId", s.app, "Username", "bob", "ConfirmationCode", got.Code)

	invite := []any{
		"UserPoolId", s.id, "Username", "carol", "TemporaryPassword", password, "UserAttributes", attrs("email", "carol@acme.example", "phone_number", "+15550001"),
		"DesiredDeliveryMediums",
		[]string{"EMAIL", "SMS"},
	}
	got = words("AdminCreateUser", "carol@acme.example", m{"emailMessage": "{username}: {####}", "smsMessage": "only {####}"}, invite...)
	expect(got, "Your temporary password", "carol: "+password)
	if e := s.last(t, "CustomMessage_AdminCreateUser")["request"].(m); e["usernameParameter"] != "{username}" || e["codeParameter"] != "{####}" {
		t.Errorf("%v", e)
	}
	list, _ := outbox.List(t.Context(), s.store, "+15550001")
	if len(list) != 1 || list[0].Body != "Your username is carol and temporary password is "+password+"." {
		t.Errorf("%v", list)
	}

	for name, response := range map[string]m{
		"a list":            {"emailMessage": []any{}},
		"long text message": {"smsMessage": string(make([]byte, 141))},
		"second header":     {"emailSubject": "x\r\nBcc: all@acme.example"},
	} {
		s.now = s.now.Add(time.Hour)
		n := s.messages(bob)
		s.set("CustomMessage", responds(response))
		s.refused(s.JSON("ForgotPassword", doc("ClientId", s.app, "Username", "bob")), "InvalidLambdaResponseException", "Unrecognizable lambda output")
		if s.messages(bob) != n {
			t.Errorf("%s: a message went out", name)
		}
	}
}

// TestMessageAfterChange: a message that waits for its words is not sent to whom it
// no longer serves.
func TestMessageAfterChange(t *testing.T) {
	s := newStage(t, "CustomMessage", "AutoVerifiedAttributes", []string{"email"})
	s.within("CustomMessage", "AdminDeleteUser", "UserPoolId", s.id, "Username", "bob")
	s.signUp(s.app, "bob", "email", "bob@acme.example")
	s.within("CustomMessage", "AdminSetUserPassword", "UserPoolId", s.id, "Username", "carol", "Password", "Another1!", "Permanent", true)
	s.call("AdminCreateUser", "UserPoolId", s.id, "Username", "carol", "UserAttributes", attrs("email", "carol@acme.example"))
	s.within("CustomMessage", "AdminDisableUser", "UserPoolId", s.id, "Username", "alice")
	s.call("ForgotPassword", "ClientId", s.app, "Username", "alice")
	for _, to := range []string{"bob@acme.example", "carol@acme.example", "alice@acme.example"} {
		if n := s.messages(to); n != 0 {
			t.Errorf("%d messages to %s", n, to)
		}
	}
	// The limit of messages holds, and what is beyond it asks no function.
	s.call("AdminEnableUser", "UserPoolId", s.id, "Username", "alice")
	for range 4 {
		s.call("ForgotPassword", "ClientId", s.app, "Username", "alice")
	}
	s.forget()
	s.fails("LimitExceededException", "Attempt limit exceeded, please try after some time.", "ForgotPassword", "ClientId", s.app, "Username", "alice")
	if got := s.sources(); got != "" {
		t.Errorf("ran %s", got)
	}
}

// TestCodeOfFormerAddress: a code that was sent to an address proves nothing once
// the user has another one, even if no newer code could be sent.
func TestCodeOfFormerAddress(t *testing.T) {
	s := newStage(t, "CustomMessage", "AutoVerifiedAttributes", []string{"email"})
	access := s.in().access
	s.call("UpdateUserAttributes", "AccessToken", access, "UserAttributes", attrs("email", "one@acme.example"))
	code := s.code("one@acme.example")
	s.set("CustomMessage", throws("no"))
	s.refused(s.JSON("UpdateUserAttributes", doc("AccessToken", access, "UserAttributes", attrs("email", "two@acme.example"))),
		"UserLambdaValidationException", "CustomMessage failed with error no.")
	s.fails("ExpiredCodeException", "Invalid code provided, please request a code again.", "VerifyUserAttribute", "AccessToken", access, "AttributeName", "email", "Code", code)
	if got := s.attributes(s.id, "alice"); got["email"] != "two@acme.example" || got["email_verified"] != "false" {
		t.Errorf("%v", got)
	}
}
