package userpools_test

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestAdminCreateUser(t *testing.T) {
	e := newEnv(t, nil)
	pool := e.pool("Schema", []m{{"Name": "org", "AttributeDataType": "String", "Mutable": false}, {"Name": "d", "AttributeDataType": "String", "DeveloperOnlyAttribute": true}})
	in := []any{"UserPoolId", pool, "Username", "alice", "UserAttributes", attrs("email", "alice@test.com", "custom:org", "acme", "dev:custom:d", "x")}
	out := e.call("AdminCreateUser", in...)["User"].(m)
	if out["UserStatus"] != "FORCE_CHANGE_PASSWORD" || out["Enabled"] != true || out["Username"] != "alice" {
		t.Errorf("answer %v", out)
	}
	if got := e.attributes(pool, "alice"); got["custom:org"] != "acme" || got["email_verified"] != "" || got["dev:custom:d"] != "x" {
		t.Errorf("user %v", got)
	}
	if n := len(e.code("alice@test.com")); n < 8 {
		t.Errorf("temporary password of %d characters", n)
	}
	e.fails("UsernameExistsException", "User account already exists", "AdminCreateUser", in...)
	e.fails("InvalidParameterException", "Invalid user attributes: user.custom:a: Attribute does not exist in the schema.\nuser.custom:b: Attribute does not exist in the schema.\n",
		"AdminCreateUser", "UserPoolId", pool, "Username", "x", "UserAttributes", attrs("custom:a", "1", "custom:b", "2"))
	e.fails("InvalidPasswordException", "Password did not conform with policy: Password not long enough", "AdminCreateUser", "UserPoolId", pool, "Username", "x", "TemporaryPassword", "short")

	first := e.code("alice@test.com")
	e.now = e.now.Add(time.Hour)
	e.call("AdminCreateUser", "UserPoolId", pool, "Username", "alice", "MessageAction", "RESEND")
	if e.messages("alice@test.com") != 2 || e.code("alice@test.com") == first {
		t.Error("the invitation was not sent anew with a new password")
	}
	e.fails("UserNotFoundException", "User does not exist.", "AdminCreateUser", "UserPoolId", pool, "Username", "nobody", "MessageAction", "RESEND")
	e.call("AdminSetUserPassword", "UserPoolId", pool, "Username", "alice", "Password", password, "Permanent", true)
	e.fails("UnsupportedUserStateException", "Resend not possible. User status is not FORCE_CHANGE_PASSWORD", "AdminCreateUser", "UserPoolId", pool, "Username", "alice", "MessageAction", "RESEND")
	e.call("AdminCreateUser", "UserPoolId", pool, "Username", "quiet", "MessageAction", "SUPPRESS", "UserAttributes", attrs("email", "quiet@test.com"))
	if e.messages("quiet@test.com") != 0 {
		t.Error("a suppressed invitation was sent")
	}
}

func TestUserStates(t *testing.T) {
	e := newEnv(t, nil)
	pool := e.pool()
	client := e.client(pool)
	e.signUp(client, "alice")
	user := []any{"UserPoolId", pool, "Username", "alice"}
	status := func(want string) {
		t.Helper()
		if got := e.attributes(pool, "alice")["status"]; got != want {
			t.Errorf("status is %s, want %s", got, want)
		}
	}
	status("UNCONFIRMED")
	e.fails("NotAuthorizedException", "User password cannot be reset in the current state.", "AdminResetUserPassword", user...)
	e.call("AdminConfirmSignUp", user...)
	status("CONFIRMED")
	e.fails("NotAuthorizedException", "User cannot be confirmed. Current status is CONFIRMED", "AdminConfirmSignUp", user...)
	e.fails("InvalidParameterException", "Cannot reset password for the user as there is no registered/verified email or phone_number", "AdminResetUserPassword", user...)
	e.call("AdminUpdateUserAttributes", append(user, "UserAttributes", attrs("email", "alice@test.com", "email_verified", "true"))...)
	e.call("AdminResetUserPassword", user...)
	status("RESET_REQUIRED")
	e.call("ConfirmForgotPassword", "ClientId", client, "Username", "alice", "Password", password, "ConfirmationCode", e.code("alice@test.com"))
	status("CONFIRMED")
	e.call("AdminSetUserPassword", append(user, "Password", "Temporary1!")...)
	status("FORCE_CHANGE_PASSWORD")
	e.fails("NotAuthorizedException", "User password cannot be reset in the current state.", "ForgotPassword", "ClientId", client, "Username", "alice")
	e.call("AdminSetUserPassword", append(user, "Password", password, "Permanent", true)...)
	status("CONFIRMED")
	e.call("AdminDisableUser", user...)
	e.fails("NotAuthorizedException", "User is disabled.", "ForgotPassword", "ClientId", client, "Username", "alice")
	if got := e.attributes(pool, "alice")["enabled"]; got != "false" {
		t.Errorf("enabled %s", got)
	}
	e.call("AdminEnableUser", user...)
	e.call("AdminUserGlobalSignOut", user...)
	e.call("AdminDeleteUser", user...)
	for _, op := range []string{"AdminGetUser", "AdminDeleteUser", "AdminEnableUser", "AdminUserGlobalSignOut", "AdminConfirmSignUp", "AdminResetUserPassword"} {
		e.fails("UserNotFoundException", "User does not exist.", op, user...)
	}
	e.signUp(client, "alice") // the name is free again
	status("UNCONFIRMED")
}

func TestAdminUpdateUserAttributes(t *testing.T) {
	e := newEnv(t, nil)
	pool := e.pool("Schema", []m{{"Name": "name", "Required": true}, {"Name": "org", "AttributeDataType": "String", "Mutable": false}, {"Name": "tier", "AttributeDataType": "String"}})
	e.call("AdminCreateUser", "UserPoolId", pool, "Username", "alice", "MessageAction", "SUPPRESS",
		"UserAttributes", attrs("name", "Alice", "email", "a@b.c", "email_verified", "true"))
	update := func(pairs ...string) []any {
		return []any{"UserPoolId", pool, "Username", "alice", "UserAttributes", attrs(pairs...)}
	}
	const bad, op = "InvalidParameterException", "AdminUpdateUserAttributes"
	e.fails(bad, "user.custom:org: Attribute cannot be updated.\n", op, update("custom:org", "x")...)
	e.fails(bad, "user.sub: Attribute cannot be updated.\n", op, update("sub", "x")...)
	e.fails(bad, "user.name: The attribute is required\n", op, update("name", "")...)
	e.fails(bad, "Invalid user attributes: user.custom:x: Attribute does not exist in the schema.\n", op, update("custom:x", "1")...)
	e.fails(bad, "user.name: The attribute is required\n", "AdminDeleteUserAttributes", "UserPoolId", pool, "Username", "alice", "UserAttributeNames", []string{"name"})
	e.call(op, update("custom:tier", "gold", "email", "a@b.c")...)
	if got := e.attributes(pool, "alice"); got["custom:tier"] != "gold" || got["email_verified"] != "true" {
		t.Errorf("the same address again: %v", got)
	}
	e.call(op, update("email", "new@b.c")...)
	if got := e.attributes(pool, "alice"); got["email"] != "new@b.c" || got["email_verified"] != "false" {
		t.Errorf("a new address: %v", got)
	}
	e.call("AdminDeleteUserAttributes", "UserPoolId", pool, "Username", "alice", "UserAttributeNames", []string{"custom:tier", "email"})
	got := e.attributes(pool, "alice")
	for _, name := range []string{"custom:tier", "email", "email_verified"} {
		if v, ok := got[name]; ok {
			t.Errorf("%s is still %q", name, v)
		}
	}
}

func TestVerificationBeforeUpdate(t *testing.T) {
	e := newEnv(t, nil)
	pool := e.pool("AutoVerifiedAttributes", []string{"email"}, "UserAttributeUpdateSettings", m{"AttributesRequireVerificationBeforeUpdate": []string{"email"}})
	e.call("AdminCreateUser", "UserPoolId", pool, "Username", "alice", "MessageAction", "SUPPRESS", "UserAttributes", attrs("email", "a@b.c", "email_verified", "true"))
	e.call("AdminUpdateUserAttributes", "UserPoolId", pool, "Username", "alice", "UserAttributes", attrs("email", "victim@b.c"))
	if got := e.attributes(pool, "alice"); got["email"] != "a@b.c" || got["email_verified"] != "true" {
		t.Errorf("an unproven address is in force: %v", got)
	}
	if e.messages("victim@b.c") != 1 {
		t.Error("no code went to the new address")
	}
}

func TestListUsers(t *testing.T) {
	e := newEnv(t, nil)
	pool := e.pool("Schema", []m{{"Name": "org", "AttributeDataType": "String"}})
	for i, name := range []string{"alice", "bob", "albert"} {
		e.call("AdminCreateUser", "UserPoolId", pool, "Username", name, "MessageAction", "SUPPRESS",
			"UserAttributes", attrs("email", name+"@test.com", "given_name", fmt.Sprintf(`x"%d`, i), "custom:org", "acme"))
	}
	e.call("AdminDisableUser", "UserPoolId", pool, "Username", "bob")
	sub := e.attributes(pool, "bob")["sub"]
	for filter, want := range map[string]int{
		"": 3, `username = "alice"`: 1, `username ^= "al"`: 2, `username="ALICE"`: 0, `email ^= "b"`: 1, `"email"="bob@test.com"`: 1,
		`status = "Enabled"`: 2, `status = "Disabled"`: 1, `cognito:user_status = "force_change_password"`: 3, `sub = "` + sub + `"`: 1,
		`given_name = "x\"1"`: 1, `name = "x"`: 0, `phone_number ^= ""`: 0,
	} {
		got := e.call("ListUsers", "UserPoolId", pool, "Filter", filter)["Users"].([]any)
		if len(got) != want {
			t.Errorf("filter %s found %d, want %d", filter, len(got), want)
		}
	}
	for _, bad := range []string{"x", `username`, `username "a"`, `username = a`, `username = "a" or email = "b"`, `username = "a"b"`, `= "a"`, `username ^ "a"`} {
		e.fails("InvalidParameterException", "Error while parsing filter", "ListUsers", "UserPoolId", pool, "Filter", bad)
	}
	e.fails("InvalidParameterException", "Invalid search attribute: custom:org", "ListUsers", "UserPoolId", pool, "Filter", `custom:org = "acme"`)
	e.fails("InvalidParameterException", "One or more requested attributes do not exist.", "ListUsers", "UserPoolId", pool, "AttributesToGet", []string{"custom:x"})
	got := e.call("ListUsers", "UserPoolId", pool, "AttributesToGet", []string{"email"}, "Filter", `username = "bob"`)["Users"].([]any)[0].(m)
	if fmt.Sprint(got["Attributes"]) != "[map[Name:email Value:bob@test.com]]" {
		t.Errorf("attributes %v", got["Attributes"])
	}
}

func TestGroups(t *testing.T) {
	e := newEnv(t, nil)
	pool := e.pool()
	group := func(name string, more ...any) []any {
		return append([]any{"UserPoolId", pool, "GroupName", name}, more...)
	}
	const role = "arn:aws:iam::000000000000:role/r"
	e.call("CreateGroup", group("g", "Precedence", 0, "RoleArn", role, "Description", "d")...)
	e.fails("GroupExistsException", "A group with the name already exists.", "CreateGroup", group("g")...)
	e.call("UpdateGroup", group("g", "Precedence", 5)...)
	got := e.call("GetGroup", group("g")...)["Group"].(m)
	if fmt.Sprintf("%v %v %v", got["Precedence"], got["RoleArn"], got["Description"]) != "5 "+role+" d" {
		t.Errorf("group %v", got)
	}
	e.call("AdminCreateUser", "UserPoolId", pool, "Username", "alice", "MessageAction", "SUPPRESS")
	join := group("g", "Username", "alice")
	e.call("AdminAddUserToGroup", join...)
	e.call("AdminAddUserToGroup", join...)
	if n := len(e.call("ListUsersInGroup", group("g")...)["Users"].([]any)); n != 1 {
		t.Errorf("%d members", n)
	}
	e.fails("UserNotFoundException", "User does not exist.", "AdminAddUserToGroup", group("g", "Username", "nobody")...)
	e.fails("ResourceNotFoundException", "Group not found.", "AdminAddUserToGroup", group("none", "Username", "alice")...)

	// A new user of the same name is nobody's heir, and a new group has no members.
	e.call("AdminDeleteUser", "UserPoolId", pool, "Username", "alice")
	e.call("AdminCreateUser", "UserPoolId", pool, "Username", "alice", "MessageAction", "SUPPRESS")
	if got := e.call("AdminListGroupsForUser", "UserPoolId", pool, "Username", "alice")["Groups"].([]any); len(got) != 0 {
		t.Errorf("the new alice is in %v", got)
	}
	e.call("AdminAddUserToGroup", join...)
	e.call("DeleteGroup", group("g")...)
	e.call("CreateGroup", group("g")...)
	if got := e.call("ListUsersInGroup", group("g")...)["Users"].([]any); len(got) != 0 {
		t.Errorf("the new group has %v", got)
	}
	e.call("AdminAddUserToGroup", join...)
	e.call("AdminRemoveUserFromGroup", join...)
	if got := e.call("AdminListGroupsForUser", "UserPoolId", pool, "Username", "alice")["Groups"].([]any); len(got) != 0 {
		t.Errorf("alice is still in %v", got)
	}
	e.fails("ResourceNotFoundException", "Group not found.", "GetGroup", group("none")...)
	e.fails("InvalidParameterException", "Role ARN arn:aws:iam::000000000000:user/u is not valid.", "CreateGroup", group("x", "RoleArn", "arn:aws:iam::000000000000:user/u")...)
	r := e.JSON("CreateGroup", doc(group("has space")...))
	if r.Code != "InvalidParameterException" || !strings.Contains(r.Message, "failed to satisfy constraint") {
		t.Errorf("a name with a space: %v", r)
	}
}

// Scripts in Python say True.
func TestVerifiedInCapitals(t *testing.T) {
	e := newEnv(t, nil)
	pool := e.pool()
	e.call("AdminCreateUser", "UserPoolId", pool, "Username", "bob", "UserAttributes", attrs("email", "bob@test.com", "email_verified", "True"))
	if got := e.attributes(pool, "bob")["email_verified"]; got != "true" {
		t.Errorf("made with %q", got)
	}
	e.call("AdminUpdateUserAttributes", "UserPoolId", pool, "Username", "bob", "UserAttributes", attrs("email_verified", "False"))
	if got := e.attributes(pool, "bob")["email_verified"]; got != "false" {
		t.Errorf("changed to %q", got)
	}
	e.fails("InvalidParameterException", "user.email_verified: Value must be true or false.\n",
		"AdminUpdateUserAttributes", "UserPoolId", pool, "Username", "bob", "UserAttributes", attrs("email_verified", "yes"))
}
