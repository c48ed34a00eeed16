package userpools_test

import (
	"testing"
	"time"
)

func TestEmailAsUsername(t *testing.T) {
	e := newEnv(t, nil)
	pool := e.pool("UsernameAttributes", []string{"email"}, "AutoVerifiedAttributes", []string{"email"}, "UsernameConfiguration", m{"CaseSensitive": false})
	client := e.client(pool, "WriteAttributes", []string{"name"})
	out := e.signUp(client, "Alice@Test.com")
	got := e.attributes(pool, "alice@test.com")
	if got["username"] != out["UserSub"] || got["sub"] != out["UserSub"] || got["email"] != "Alice@Test.com" {
		t.Errorf("user %v", got)
	}
	e.fails("UsernameExistsException", "An account with the given email already exists.", "SignUp", "ClientId", client, "Username", "ALICE@test.com", "Password", password)
	e.fails("UsernameExistsException", "An account with the given email already exists.", "AdminCreateUser", "UserPoolId", pool, "Username", "alice@test.com")
	e.fails("InvalidParameterException", "Username should be an email.", "SignUp", "ClientId", client, "Username", "alice", "Password", password)
	e.fails("NotAuthorizedException", "A client attempted to write unauthorized attribute", "SignUp", "ClientId", client, "Username", "b@test.com", "Password", password, "UserAttributes", attrs("nickname", "x"))
	e.call("ConfirmSignUp", "ClientId", client, "Username", "alice@TEST.com", "ConfirmationCode", e.code("Alice@Test.com"))
	e.call("AdminCreateUser", "UserPoolId", pool, "Username", "bob@test.com", "MessageAction", "SUPPRESS")
	e.fails("AliasExistsException", "An account with the email already exists.", "AdminUpdateUserAttributes", "UserPoolId", pool, "Username", "bob@test.com", "UserAttributes", attrs("email", "alice@test.com"))
	e.call("AdminUpdateUserAttributes", "UserPoolId", pool, "Username", "bob@test.com", "UserAttributes", attrs("email", "robert@test.com"))
	e.fails("UserNotFoundException", "User does not exist.", "AdminGetUser", "UserPoolId", pool, "Username", "bob@test.com")
	e.attributes(pool, "robert@test.com")

	both := e.pool("UsernameAttributes", []string{"email", "phone_number"})
	c := e.client(both)
	e.fails("InvalidParameterException", "Username should be either an email or a phone number.", "SignUp", "ClientId", c, "Username", "alice", "Password", password)
	e.signUp(c, "+15550001234")
	if got := e.attributes(both, "+15550001234"); got["phone_number"] != "+15550001234" {
		t.Errorf("user %v", got)
	}
}

// An alias is whoever's proves it, at the moment of the proof.
func TestAliases(t *testing.T) {
	e := newEnv(t, nil)
	pool := e.pool("AliasAttributes", []string{"email", "preferred_username"}, "AutoVerifiedAttributes", []string{"email"})
	client := e.client(pool)
	confirm := func(name, code string, force bool) []any {
		return []any{"ClientId", client, "Username", name, "ConfirmationCode", code, "ForceAliasCreation", force}
	}
	e.signUp(client, "alice", "email", "shared@test.com")
	e.fails("UserNotFoundException", "User does not exist.", "AdminGetUser", "UserPoolId", pool, "Username", "shared@test.com")
	e.call("ConfirmSignUp", confirm("alice", e.code("shared@test.com"), false)...)
	if got := e.attributes(pool, "shared@test.com"); got["username"] != "alice" {
		t.Errorf("the alias leads to %v", got)
	}
	e.now = e.now.Add(time.Minute)
	e.signUp(client, "bob", "email", "shared@test.com") // nothing is proven yet
	code := e.code("shared@test.com")
	for range 2 { // the refusal does not use the code up
		e.fails("AliasExistsException", "An account with the email already exists.", "ConfirmSignUp", confirm("bob", code, false)...)
	}
	e.call("ConfirmSignUp", confirm("bob", code, true)...)
	if got := e.attributes(pool, "shared@test.com"); got["username"] != "bob" {
		t.Errorf("the alias leads to %v", got)
	}
	if got := e.attributes(pool, "alice"); got["email_verified"] != "false" {
		t.Errorf("the former holder: %v", got)
	}
	e.fails("InvalidParameterException", "Username cannot be of email format, since user pool is configured for email alias.", "SignUp", "ClientId", client, "Username", "x@y.z", "Password", password)
	e.fails("AliasExistsException", "An account with the email already exists.", "AdminCreateUser", "UserPoolId", pool, "Username", "carol", "UserAttributes", attrs("email", "shared@test.com", "email_verified", "true"))
	e.call("AdminCreateUser", "UserPoolId", pool, "Username", "carol", "ForceAliasCreation", true, "UserAttributes", attrs("email", "shared@test.com", "email_verified", "true"))
	if got := e.attributes(pool, "bob"); got["email_verified"] != "false" {
		t.Errorf("the former holder: %v", got)
	}
}

// Nobody takes a name that leads to somebody else, by whatever kind of name.
func TestNamesNeverShadow(t *testing.T) {
	e := newEnv(t, nil)
	pool := e.pool("AliasAttributes", []string{"preferred_username"})
	client := e.client(pool)
	e.signUp(client, "alice")
	e.fails("InvalidParameterException", "Preferred username cannot be provided for unconfirmed account, since user pool is configured for preferred username alias.",
		"SignUp", "ClientId", client, "Username", "mallory", "Password", password, "UserAttributes", attrs("preferred_username", "mal"))
	e.signUp(client, "mallory")
	e.call("AdminUpdateUserAttributes", "UserPoolId", pool, "Username", "mallory", "UserAttributes", attrs("preferred_username", "alice")) // asleep until confirmed
	sub := e.attributes(pool, "alice")["sub"]
	const taken = "An account with the preferred_username already exists."
	e.fails("AliasExistsException", taken, "AdminConfirmSignUp", "UserPoolId", pool, "Username", "mallory")
	e.call("AdminDeleteUserAttributes", "UserPoolId", pool, "Username", "mallory", "UserAttributeNames", []string{"preferred_username"})
	e.call("AdminConfirmSignUp", "UserPoolId", pool, "Username", "mallory")
	for _, name := range []string{"alice", sub} {
		e.fails("AliasExistsException", taken, "AdminUpdateUserAttributes", "UserPoolId", pool, "Username", "mallory", "UserAttributes", attrs("preferred_username", name))
	}
	e.fails("UsernameExistsException", "User already exists", "SignUp", "ClientId", client, "Username", sub, "Password", password)
	if got := e.attributes(pool, "alice"); got["sub"] != sub {
		t.Errorf("alice became %v", got)
	}
	e.call("AdminUpdateUserAttributes", "UserPoolId", pool, "Username", "mallory", "UserAttributes", attrs("preferred_username", "mal"))
	e.fails("UsernameExistsException", "User already exists", "SignUp", "ClientId", client, "Username", "mal", "Password", password)
	if got := e.attributes(pool, "mal"); got["username"] != "mallory" {
		t.Errorf("the alias leads to %v", got)
	}
	e.call("AdminUpdateUserAttributes", "UserPoolId", pool, "Username", "mallory", "UserAttributes", attrs("preferred_username", "mallory"))
	e.call("AdminDeleteUserAttributes", "UserPoolId", pool, "Username", "mallory", "UserAttributeNames", []string{"preferred_username"})
	e.attributes(pool, "mallory") // the username stays when the alias of the same text goes
}

func TestCaseOfUsernames(t *testing.T) {
	e := newEnv(t, nil)
	for sensitive, code := range map[bool]string{true: "", false: "UsernameExistsException"} {
		pool := e.pool("UsernameConfiguration", m{"CaseSensitive": sensitive})
		client := e.client(pool)
		e.signUp(client, "Alice")
		if r := e.JSON("SignUp", doc("ClientId", client, "Username", "alice", "Password", password)); r.Code != code {
			t.Errorf("case sensitive %v: %v", sensitive, r)
		}
		if got := e.attributes(pool, "Alice"); got["username"] != "Alice" {
			t.Errorf("user %v", got)
		}
	}
}

// An address as preferred_username would lead to whoever took it first, and keep its
// owner from ever having it as an alias.
func TestPreferredIsNoAddress(t *testing.T) {
	r := newRealmOf(t, []any{"AliasAttributes", []string{"email", "phone_number", "preferred_username"}})
	a := r.in()
	const head, tail = "Preferred username cannot be of ", " alias."
	for name, told := range map[string]string{
		"future@corp.example": head + "email format, since user pool is configured for email" + tail,
		"+15550001234":        head + "phone number format, since user pool is configured for phone number" + tail,
	} {
		given := attrs("preferred_username", name)
		r.fails(badParameter, told, "UpdateUserAttributes", "AccessToken", a.access, "UserAttributes", given)
		r.fails(badParameter, told, "AdminUpdateUserAttributes", "UserPoolId", r.id, "Username", "alice", "UserAttributes", given)
		r.fails(badParameter, told, "AdminCreateUser", "UserPoolId", r.id, "Username", "bob", "UserAttributes", given)
		r.fails("UserNotFoundException", "User does not exist.", "AdminGetUser", "UserPoolId", r.id, "Username", name)
	}
	r.call("UpdateUserAttributes", "AccessToken", a.access, "UserAttributes", attrs("preferred_username", "al"))
	plain := newRealmOf(t, []any{"AliasAttributes", []string{"preferred_username"}})
	plain.call("UpdateUserAttributes", "AccessToken", plain.in().access, "UserAttributes", attrs("preferred_username", "al@acme.example"))
}
