package userpools_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"testing"
	"time"
)

func TestSignUpAndConfirm(t *testing.T) {
	e := newEnv(t, nil)
	pool := e.pool("AutoVerifiedAttributes", []string{"email"})
	client := e.client(pool)
	out := e.signUp(client, "alice", "email", "alice@test.com")
	d := out["CodeDeliveryDetails"].(m)
	if d["Destination"] != "a***@t***" || d["DeliveryMedium"] != "EMAIL" || d["AttributeName"] != "email" || out["UserConfirmed"] != false {
		t.Errorf("sign-up answered %v", out)
	}
	got := e.attributes(pool, "alice")
	if got["status"] != "UNCONFIRMED" || got["email_verified"] != "false" || got["sub"] != out["UserSub"] {
		t.Errorf("after sign-up: %v", got)
	}
	e.fails("UsernameExistsException", "User already exists", "SignUp", "ClientId", client, "Username", "alice", "Password", password)

	code := e.code("alice@test.com")
	confirm := func(code string) []any {
		return []any{"ClientId", client, "Username", "alice", "ConfirmationCode", code}
	}
	e.fails("CodeMismatchException", "Invalid verification code provided, please try again.", "ConfirmSignUp", confirm(wrong(code))...)
	e.call("ConfirmSignUp", confirm(code)...)
	if got := e.attributes(pool, "alice"); got["status"] != "CONFIRMED" || got["email_verified"] != "true" {
		t.Errorf("after confirmation: %v", got)
	}
	e.fails("NotAuthorizedException", "User cannot be confirmed. Current status is CONFIRMED", "ConfirmSignUp", confirm(code)...)
	e.fails("InvalidParameterException", "User is already confirmed.", "ResendConfirmationCode", "ClientId", client, "Username", "alice")
	e.fails("UserNotFoundException", "Username/client id combination not found.", "ConfirmSignUp", "ClientId", client, "Username", "nobody", "ConfirmationCode", code)
	e.fails("ResourceNotFoundException", "User pool client nosuchclient does not exist.", "SignUp", "ClientId", "nosuchclient", "Username", "x", "Password", password)
}

func TestSignUpRefusals(t *testing.T) {
	e := newEnv(t, nil)
	pool := e.pool("Schema", []m{
		{"Name": "email", "Required": true},
		{"Name": "org", "AttributeDataType": "String", "Mutable": false, "StringAttributeConstraints": m{"MinLength": "2", "MaxLength": "4"}},
		{"Name": "age", "AttributeDataType": "Number", "NumberAttributeConstraints": m{"MinValue": "1", "MaxValue": "150"}},
		{"Name": "secret", "AttributeDataType": "String", "DeveloperOnlyAttribute": true},
	})
	open := e.client(pool)
	locked := e.client(pool, "WriteAttributes", []string{"email"})
	const schema = "Attributes did not conform to the schema: "
	for _, tt := range []struct {
		client, password string
		attributes       []m
		code, message    string
	}{
		{open, "Sh0rt!", attrs("email", "a@b.c"), "InvalidPasswordException", "Password did not conform with policy: Password not long enough"},
		{open, "passw0rd!", attrs("email", "a@b.c"), "InvalidPasswordException", "Password did not conform with policy: Password must have uppercase characters"},
		{open, "PASSW0RD!", attrs("email", "a@b.c"), "InvalidPasswordException", "Password did not conform with policy: Password must have lowercase characters"},
		{open, "Password!", attrs("email", "a@b.c"), "InvalidPasswordException", "Password did not conform with policy: Password must have numeric characters"},
		{open, "Passw0rdd", attrs("email", "a@b.c"), "InvalidPasswordException", "Password did not conform with policy: Password must have symbol characters"},
		{open, password, nil, "InvalidParameterException", schema + "email: The attribute is required\n"},
		{open, password, attrs("email", "a@b.c", "custom:x", "1"), "InvalidParameterException", schema + "custom:x: Attribute does not exist in the schema.\n"},
		{open, password, attrs("email", "a"), "InvalidParameterException", "Invalid email address format."},
		{open, password, attrs("email", "a@b.c", "phone_number", "123"), "InvalidParameterException", "Invalid phone number format."},
		{open, password, attrs("email", "a@b.c", "custom:org", "12345"), "InvalidParameterException", schema + "custom:org: String must be at most 4 characters.\n"},
		{open, password, attrs("email", "a@b.c", "custom:age", "151"), "InvalidParameterException", schema + "custom:age: Number is out of range.\n"},
		{open, password, attrs("email", "a@b.c", "custom:age", "1e9"), "InvalidParameterException", schema + "custom:age: Value must be a number.\n"},
		{open, password, attrs("email", "a@b.c", "email", "x@y.z"), "InvalidParameterException", "Duplicate attribute email."},
		{open, password, attrs("email", "a@b.c", "email_verified", "true"), "NotAuthorizedException", "A client attempted to write unauthorized attribute"},
		{open, password, attrs("email", "a@b.c", "sub", "x"), "NotAuthorizedException", "A client attempted to write unauthorized attribute"},
		{open, password, attrs("email", "a@b.c", "dev:custom:secret", "x"), "NotAuthorizedException", "A client attempted to write unauthorized attribute"},
		{locked, password, attrs("email", "a@b.c", "custom:org", "acme"), "NotAuthorizedException", "A client attempted to write unauthorized attribute"},
		{locked, password, attrs("email", "a@b.c", "name", "x"), "NotAuthorizedException", "A client attempted to write unauthorized attribute"},
	} {
		e.fails(tt.code, tt.message, "SignUp", "ClientId", tt.client, "Username", "u", "Password", tt.password, "UserAttributes", tt.attributes)
	}
	// AWS lets a client without a list write everything, even the tenant that is
	// immutable afterwards.
	e.signUp(open, "u", "email", "a@b.c", "custom:org", "acme", "custom:age", "42")
	e.fails("InvalidParameterException", "user.custom:org: Attribute cannot be updated.\n", "AdminUpdateUserAttributes", "UserPoolId", pool, "Username", "u", "UserAttributes", attrs("custom:org", "evil"))
	admins := e.pool("AdminCreateUserConfig", m{"AllowAdminCreateUserOnly": true})
	e.fails("NotAuthorizedException", "SignUp is not permitted for this user pool", "SignUp", "ClientId", e.client(admins), "Username", "u", "Password", password)
}

func TestSecretHashOfPublicOperations(t *testing.T) {
	e := newEnv(t, nil)
	pool := e.pool()
	made := e.call("CreateUserPoolClient", "UserPoolId", pool, "ClientName", "c", "GenerateSecret", true)["UserPoolClient"].(m)
	id, secret := made["ClientId"].(string), made["ClientSecret"].(string)
	if len(secret) < 51 || len(secret) > 52 || len(id) != 26 {
		t.Errorf("id %q, secret of %d characters", id, len(secret))
	}
	hash := func(user string) string {
		h := hmac.New(sha256.New, []byte(secret))
		h.Write([]byte(user + id))
		return base64.StdEncoding.EncodeToString(h.Sum(nil))
	}
	for op, more := range map[string][]any{
		"SignUp":                 {"Password", password},
		"ConfirmSignUp":          {"ConfirmationCode", "123456"},
		"ResendConfirmationCode": nil,
		"ForgotPassword":         nil,
		"ConfirmForgotPassword":  {"ConfirmationCode", "123456", "Password", password},
	} {
		in := append([]any{"ClientId", id, "Username", "alice"}, more...)
		e.fails("NotAuthorizedException", "Client "+id+" is configured with secret but SECRET_HASH was not received", op, in...)
		e.fails("NotAuthorizedException", "SecretHash does not match for the client: "+id, op, append(in, "SecretHash", hash("bob"))...)
	}
	e.call("SignUp", "ClientId", id, "Username", "alice", "Password", password, "SecretHash", hash("alice"))
	public := e.client(pool)
	e.fails("NotAuthorizedException", "Client "+public+" is not configured with secret but SECRET_HASH was received", "SignUp", "ClientId", public, "Username", "bob", "Password", password, "SecretHash", hash("bob"))
}

func TestCodesExpireAndAreOfOnePurpose(t *testing.T) {
	e := newEnv(t, nil)
	pool := e.pool("AutoVerifiedAttributes", []string{"email"})
	client := e.client(pool)
	e.signUp(client, "alice", "email", "alice@test.com")
	first := e.code("alice@test.com")
	e.now = e.now.Add(time.Minute)
	e.call("ResendConfirmationCode", "ClientId", client, "Username", "alice")
	second := e.code("alice@test.com")
	if first != second { // one time in a million
		e.fails("CodeMismatchException", "Invalid verification code provided, please try again.", "ConfirmSignUp", "ClientId", client, "Username", "alice", "ConfirmationCode", first)
	}
	e.fails("ExpiredCodeException", "Invalid code provided, please request a code again.", "ConfirmForgotPassword", "ClientId", client, "Username", "alice", "ConfirmationCode", second, "Password", password)
	e.now = e.now.Add(25 * time.Hour)
	e.fails("ExpiredCodeException", "Invalid code provided, please request a code again.", "ConfirmSignUp", "ClientId", client, "Username", "alice", "ConfirmationCode", second)
}

func TestGuessesAreLimited(t *testing.T) {
	e := newEnv(t, nil)
	pool := e.pool("AutoVerifiedAttributes", []string{"email"})
	client := e.client(pool)
	e.signUp(client, "alice", "email", "alice@test.com")
	code := e.code("alice@test.com")
	in := []any{"ClientId", client, "Username", "alice", "ConfirmationCode"}
	for range 15 {
		e.fails("CodeMismatchException", "Invalid verification code provided, please try again.", "ConfirmSignUp", append(in, wrong(code))...)
	}
	const limit = "Attempt limit exceeded, please try after some time."
	e.fails("LimitExceededException", limit, "ConfirmSignUp", append(in, code)...)
	e.now = e.now.Add(time.Minute)
	e.call("ResendConfirmationCode", "ClientId", client, "Username", "alice") // a new code brings no new guesses
	e.fails("LimitExceededException", limit, "ConfirmSignUp", append(in, e.code("alice@test.com"))...)
	for range 4 {
		e.call("ResendConfirmationCode", "ClientId", client, "Username", "alice")
	}
	e.fails("LimitExceededException", limit, "ResendConfirmationCode", "ClientId", client, "Username", "alice")
	e.now = e.now.Add(time.Hour)
	e.call("ResendConfirmationCode", "ClientId", client, "Username", "alice")
	e.call("ConfirmSignUp", append(in, e.code("alice@test.com"))...)
}
