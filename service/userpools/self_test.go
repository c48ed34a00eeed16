package userpools_test

import (
	"strings"
	"testing"
	"time"
)

// selfCalls is every operation that an access token authorizes.
var selfCalls = map[string][]any{
	"GetUser":                          nil,
	"UpdateUserAttributes":             {"UserAttributes", attrs("name", "Eve")},
	"DeleteUserAttributes":             {"UserAttributeNames", []string{"name"}},
	"ChangePassword":                   {"PreviousPassword", password, "ProposedPassword", "Another1!"},
	"GetUserAttributeVerificationCode": {"AttributeName", "email"},
	"VerifyUserAttribute":              {"AttributeName", "email", "Code", "123456"},
	"GlobalSignOut":                    nil,
	"DeleteUser":                       nil,
}

// TestSelfRefused: each of them refuses each token that is not a living access
// token of the pool, and changes nothing.
func TestSelfRefused(t *testing.T) {
	r := newRealm(t)
	a := r.in()
	revoked := r.in()
	r.call("RevokeToken", "ClientId", r.app, "Token", revoked.refresh)
	short, _ := r.door("AccessTokenValidity", 5, "TokenValidityUnits", m{"AccessToken": "minutes"})
	app := r.app
	r.app = short
	expired := r.in()
	r.app = app
	r.now = r.now.Add(5 * time.Minute)
	head, rest, _ := strings.Cut(a.access, ".")
	body, _, _ := strings.Cut(rest, ".")
	for name, c := range map[string]struct{ raw, message string }{
		"garbage":       {"garbage", "Invalid Access Token"},
		"ID token":      {a.id, "Invalid Access Token"},
		"refresh token": {a.refresh, "Invalid Access Token"},
		"no signature":  {head + "." + body + ".", "Invalid Access Token"},
		"expired":       {expired.access, "Access Token has expired"},
		"revoked":       {revoked.access, "Access Token has been revoked"},
	} {
		for op, in := range selfCalls {
			t.Run(name+" "+op, func(t *testing.T) {
				r.fails(notAuthorized, c.message, op, append([]any{"AccessToken", c.raw}, in...)...)
			})
		}
	}
	r.call("GetUser", "AccessToken", a.access)
	// States of the account that a token does not survive.
	r.call("AdminResetUserPassword", "UserPoolId", r.id, "Username", "alice")
	for op, in := range selfCalls {
		r.fails("PasswordResetRequiredException", "Password reset required for the user", op, append([]any{"AccessToken", a.access}, in...)...)
	}
	r.call("DeleteUserPool", "UserPoolId", r.id)
	for op, in := range selfCalls {
		r.fails(notAuthorized, "Invalid Access Token", op, append([]any{"AccessToken", a.access}, in...)...)
	}
}

// TestGetUser shows what the client may read.
func TestGetUser(t *testing.T) {
	r := newRealm(t, "ReadAttributes", []string{"email"})
	out := r.call("GetUser", "AccessToken", r.in().access)
	names := ""
	for _, a := range out["UserAttributes"].([]any) {
		names += a.(m)["Name"].(string) + " "
	}
	if out["Username"] != "alice" || names != "email sub " {
		t.Error(out)
	}
	access := r.in().access
	r.call("DeleteUserPoolClient", "UserPoolId", r.id, "ClientId", r.app)
	r.fails("ResourceNotFoundException", "User pool client "+r.app+" does not exist.", "GetUser", "AccessToken", access)
}

func TestChangePassword(t *testing.T) {
	r := newRealm(t)
	access := r.in().access
	change := func(previous, proposed string) answer {
		in := []any{"AccessToken", access, "ProposedPassword", proposed}
		if previous != "" {
			in = append(in, "PreviousPassword", previous)
		}
		return r.step("ChangePassword", in...)
	}
	r.wants(change(password, "short1"), "InvalidPasswordException", "Password did not conform with policy: Password not long enough")
	r.wants(change("", "Another1!"), notAuthorized, wrongPassword)
	r.wants(change(password, "Another1!"), "", "")
	r.wants(r.try("alice", password), notAuthorized, wrongPassword)
	r.wants(r.answerSRP(r.responses(r.startSRP("alice", "Another1!"))), "", "")
	r.call("GetUser", "AccessToken", access)
	for range 4 {
		r.wants(change(password, "Another1!"), notAuthorized, wrongPassword)
	}
	r.wants(change("Another1!", password), "LimitExceededException", "Attempt limit exceeded, please try after some time.")
	r.now = r.now.Add(time.Hour - time.Second)
	access = r.try("alice", "Another1!").access
	r.now = r.now.Add(time.Second)
	r.wants(change("Another1!", password), "", "")
}

// TestUpdateEmail: a new address is not verified before its code comes back, and
// the code of a former address proves nothing.
func TestUpdateEmail(t *testing.T) {
	r := newRealmOf(t, []any{"AutoVerifiedAttributes", []string{"email"}})
	access := r.in().access
	update := func(to string) {
		t.Helper()
		out := r.call("UpdateUserAttributes", "AccessToken", access, "UserAttributes", attrs("email", to))
		list := out["CodeDeliveryDetailsList"].([]any)
		if d := list[0].(m); len(list) != 1 || d["AttributeName"] != "email" || d["DeliveryMedium"] != "EMAIL" {
			t.Error(out)
		}
	}
	update("one@globex.example")
	if got := r.attributes(r.id, "alice"); got["email"] != "one@globex.example" || got["email_verified"] != "false" {
		t.Error(got)
	}
	if c := r.claims(r.in().id); c["email"] != "one@globex.example" || c["email_verified"] != false {
		t.Error(c)
	}
	first := r.code("one@globex.example")
	update("two@globex.example")
	second := r.code("two@globex.example")
	verify := func(code string) answer {
		return r.step("VerifyUserAttribute", "AccessToken", access, "AttributeName", "email", "Code", code)
	}
	if first != second {
		r.wants(verify(first), "CodeMismatchException", "Invalid verification code provided, please try again.")
	}
	r.wants(verify(second), "", "")
	if got := r.attributes(r.id, "alice"); got["email"] != "two@globex.example" || got["email_verified"] != "true" {
		t.Error(got)
	}
	r.wants(verify(second), "ExpiredCodeException", "Invalid code provided, please request a code again.")
	r.now = r.now.Add(time.Second)
	out := r.call("GetUserAttributeVerificationCode", "AccessToken", access, "AttributeName", "email")
	if d := out["CodeDeliveryDetails"].(m); d["Destination"] != "t***@g***" {
		t.Error(out)
	}
	r.wants(verify(wrong(r.code("two@globex.example"))), "CodeMismatchException", "Invalid verification code provided, please try again.")
	r.wants(verify(r.code("two@globex.example")), "", "")
	for range 4 {
		r.call("GetUserAttributeVerificationCode", "AccessToken", access, "AttributeName", "email")
	}
	r.fails("LimitExceededException", "Attempt limit exceeded, please try after some time.", "GetUserAttributeVerificationCode", "AccessToken", access, "AttributeName", "email")
	r.fails(badParameter, "Invalid attribute name name: only email and phone_number can be verified.", "GetUserAttributeVerificationCode", "AccessToken", access, "AttributeName", "name")
	r.fails(badParameter, "User does not have a value for attribute phone_number.", "GetUserAttributeVerificationCode", "AccessToken", access, "AttributeName", "phone_number")
}

// TestVerifyBeforeUpdate: the old address stays until the new one is proven.
func TestVerifyBeforeUpdate(t *testing.T) {
	r := newRealmOf(t, []any{"AutoVerifiedAttributes", []string{"email"}, "UserAttributeUpdateSettings", m{"AttributesRequireVerificationBeforeUpdate": []string{"email"}}})
	access := r.in().access
	r.call("UpdateUserAttributes", "AccessToken", access, "UserAttributes", attrs("email", "new@globex.example"))
	is := func(email string) {
		t.Helper()
		if got := r.attributes(r.id, "alice"); got["email"] != email || got["email_verified"] != "true" {
			t.Error(got)
		}
	}
	is("alice@acme.example")
	r.now = r.now.Add(time.Second)
	r.call("GetUserAttributeVerificationCode", "AccessToken", access, "AttributeName", "email")
	if n := r.messages("new@globex.example"); n != 2 {
		t.Error(n)
	}
	is("alice@acme.example")
	r.call("VerifyUserAttribute", "AccessToken", access, "AttributeName", "email", "Code", r.code("new@globex.example"))
	is("new@globex.example")
}

// TestVerifyAlias: an alias that somebody else has proven is not taken by a code.
func TestVerifyAlias(t *testing.T) {
	r := newRealmOf(t, []any{"AliasAttributes", []string{"email"}, "AutoVerifiedAttributes", []string{"email"}})
	r.user("bob")
	access := r.try("bob", password).access
	r.call("UpdateUserAttributes", "AccessToken", access, "UserAttributes", attrs("email", "alice@acme.example"))
	code := r.code("alice@acme.example")
	r.fails("AliasExistsException", "An account with the email already exists.", "VerifyUserAttribute", "AccessToken", access, "AttributeName", "email", "Code", code)
	if c := r.claims(r.try("alice@acme.example", password).id); c["cognito:username"] != "alice" {
		t.Error(c)
	}
}

// TestTenantAttribute is what applications get wrong, decided as AWS does: who may
// write the attribute that names a tenant (the client's lists say, and say nothing
// unless they are set), and when a token shows the change.
func TestTenantAttribute(t *testing.T) {
	schema := func(mutable bool) []any {
		return []any{"Schema", []m{{"Name": "org", "AttributeDataType": "String", "Mutable": mutable}}}
	}
	const unauthorized = "A client attempted to write unauthorized attribute"
	write := []any{"UserAttributes", attrs("custom:org", "victim")}
	org := func(r *realm, a answer) any { return r.claims(a.id)["custom:org"] }

	for name, pairs := range map[string][]any{"unset": nil, "empty": {"WriteAttributes", []string{}}} {
		t.Run("writable by default, "+name, func(t *testing.T) {
			r := newRealmOf(t, schema(true), pairs...)
			a := r.in()
			r.call("UpdateUserAttributes", append(write, "AccessToken", a.access)...)
			if got := org(r, r.refreshWith(a.refresh)); got != "victim" {
				t.Error(got)
			}
		})
	}
	t.Run("locked", func(t *testing.T) {
		r := newRealmOf(t, schema(true), "WriteAttributes", []string{"email"})
		r.call("AdminUpdateUserAttributes", "UserPoolId", r.id, "Username", "alice", "UserAttributes", attrs("custom:org", "acme"))
		a := r.in()
		r.fails(notAuthorized, unauthorized, "UpdateUserAttributes", append(write, "AccessToken", a.access)...)
		r.fails(notAuthorized, unauthorized, "DeleteUserAttributes", "AccessToken", a.access, "UserAttributeNames", []string{"custom:org"})
		r.fails(notAuthorized, unauthorized, "SignUp", append(write, "ClientId", r.app, "Username", "eve", "Password", password)...)
		if got := org(r, r.refreshWith(a.refresh)); got != "acme" {
			t.Error(got)
		}
		// a second client of the pool undoes it
		locked := r.app
		r.app, _ = r.door()
		r.call("UpdateUserAttributes", append(write, "AccessToken", r.in().access)...)
		r.app = locked
		if got := org(r, r.refreshWith(a.refresh)); got != "victim" {
			t.Error(got)
		}
	})
	t.Run("opened by an update that does not name the list", func(t *testing.T) {
		r := newRealmOf(t, schema(true), "WriteAttributes", []string{"email"})
		a := r.in()
		r.call("UpdateUserPoolClient", "UserPoolId", r.id, "ClientId", r.app, "ExplicitAuthFlows", strings.Fields(allFlows))
		r.call("UpdateUserAttributes", append(write, "AccessToken", a.access)...)
	})
	t.Run("immutable is chosen once", func(t *testing.T) {
		r := newRealmOf(t, schema(false))
		r.call("SignUp", append(write, "ClientId", r.app, "Username", "eve", "Password", password)...)
		r.call("AdminConfirmSignUp", "UserPoolId", r.id, "Username", "eve")
		a := r.try("eve", password)
		if got := org(r, a); got != "victim" {
			t.Error(got)
		}
		r.fails(badParameter, "user.custom:org: Attribute cannot be updated.\n", "UpdateUserAttributes", append(write, "AccessToken", a.access)...)
	})
	t.Run("system attributes", func(t *testing.T) {
		r := newRealm(t)
		access := r.in().access
		for _, name := range []string{"sub", "email_verified", "phone_number_verified", "identities"} {
			r.fails(notAuthorized, unauthorized, "UpdateUserAttributes", "AccessToken", access, "UserAttributes", attrs(name, "true"))
			r.fails(notAuthorized, unauthorized, "DeleteUserAttributes", "AccessToken", access, "UserAttributeNames", []string{name})
		}
	})
	t.Run("an old token tells the old tenant", func(t *testing.T) {
		r := newRealmOf(t, schema(true))
		r.call("AdminUpdateUserAttributes", "UserPoolId", r.id, "Username", "alice", "UserAttributes", attrs("custom:org", "acme"))
		a := r.in()
		r.call("AdminUpdateUserAttributes", "UserPoolId", r.id, "Username", "alice", "UserAttributes", attrs("custom:org", "globex"))
		c, err := r.api.VerifyIDToken(t.Context(), "cognito-idp.us-east-1.amazonaws.com/"+r.id, a.id)
		if err != nil || c["custom:org"] != "acme" {
			t.Error(c, err)
		}
	})
}
