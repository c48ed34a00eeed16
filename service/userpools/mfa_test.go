package userpools_test

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/bailiwick-project/bailiwick/store"
)

// TestMfaMode: CreateUserPool and UpdateUserPool know text messages only, and an
// update that does not speak of it changes nothing.
func TestMfaMode(t *testing.T) {
	e := newEnv(t, nil)
	const needsSms = "SMS configuration and Auto verification for phone_number are required when MFA is required/optional"
	sms := []any{"SmsConfiguration", m{"SnsCallerArn": "arn:aws:iam::000000000000:role/sms"}, "AutoVerifiedAttributes", []string{"phone_number"}}
	pool := e.pool()
	for _, mode := range []string{"ON", "OPTIONAL"} {
		unsupported := "MfaConfiguration " + mode + " with text messages is not supported: the second factor of this server are software tokens, which SetUserPoolMfaConfig sets."
		for operation, in := range map[string][]any{"CreateUserPool": {"PoolName", "p"}, "UpdateUserPool": {"UserPoolId", pool}} {
			in = append(in, "MfaConfiguration", mode)
			e.fails(badParameter, needsSms, operation, in...)
			e.fails(badParameter, needsSms, operation, append(in, sms[:2]...)...)
			e.fails(badParameter, needsSms, operation, append(in, sms[2:]...)...)
			e.fails(badParameter, unsupported, operation, append(in, sms...)...)
		}
	}
	is := func(mode string, tokens bool) {
		t.Helper()
		got := e.call("GetUserPoolMfaConfig", "UserPoolId", pool)
		if want := fmt.Sprintf("map[MfaConfiguration:%s SoftwareTokenMfaConfiguration:map[Enabled:%t]]", mode, tokens); fmt.Sprint(got) != want {
			t.Errorf("%v, want %s", got, want)
		}
		if got := e.call("DescribeUserPool", "UserPoolId", pool)["UserPool"].(m)["MfaConfiguration"]; got != mode {
			t.Errorf("described as %v, want %s", got, mode)
		}
	}
	set := func(mode string, in ...any) {
		t.Helper()
		in = append(in, "UserPoolId", pool, "MfaConfiguration", mode)
		if mode != "OFF" {
			in = append(in, "SoftwareTokenMfaConfiguration", m{"Enabled": true})
		}
		if got := e.call("SetUserPoolMfaConfig", in...); got["MfaConfiguration"] != mode {
			t.Error(got)
		}
	}
	update := func(in ...any) { t.Helper(); e.call("UpdateUserPool", append(in, "UserPoolId", pool)...) }
	set("ON")
	is("ON", true)
	update()
	is("ON", true)
	update("MfaConfiguration", "ON")
	is("ON", true)
	update("MfaConfiguration", "OPTIONAL")
	is("OPTIONAL", true)
	e.fails(badParameter, "Cannot turn MFA functionality ON, once the user pool has been created.", "UpdateUserPool", "UserPoolId", pool, "MfaConfiguration", "ON")
	update("MfaConfiguration", "OFF")
	is("OFF", true)
	update("MfaConfiguration", "OPTIONAL")
	is("OPTIONAL", true)
	e.fails(badParameter, "1 validation error detected: Value 'SOME' at 'mfaConfiguration' failed to satisfy constraint: Member must satisfy enum value set: [OFF, ON, OPTIONAL]",
		"SetUserPoolMfaConfig", "UserPoolId", pool, "MfaConfiguration", "SOME")
	is("OPTIONAL", true)
	set("OFF")
	is("OFF", false)
	e.fails(badParameter, needsSms, "UpdateUserPool", "UserPoolId", pool, "MfaConfiguration", "OPTIONAL")
	set("OPTIONAL")
	e.call("SetUserPoolMfaConfig", "UserPoolId", pool) // what is not named is off
	is("OFF", false)
	if got := e.call("DescribeUserPool", "UserPoolId", e.pool("MfaConfiguration", "OFF"))["UserPool"].(m)["MfaConfiguration"]; got != "OFF" {
		t.Error(got)
	}
}

// TestAssociate: a new secret changes nothing until its first code was right.
func TestAssociate(t *testing.T) {
	r := newMfaRealm(t, "OPTIONAL")
	access := r.in().access
	const either, both = "Missing required parameter AccessToken or Session", "Only one of the parameters AccessToken and Session can be given"
	session := strings.Repeat("A", 40)
	r.fails(badParameter, either, "AssociateSoftwareToken")
	r.fails(badParameter, either, "VerifySoftwareToken", "UserCode", "000000")
	r.fails(badParameter, both, "AssociateSoftwareToken", "AccessToken", access, "Session", session)
	r.fails(badParameter, both, "VerifySoftwareToken", "UserCode", "000000", "AccessToken", access, "Session", session)
	r.fails(tokenNotFound, "Software token MFA has not been enabled by the user.", "VerifySoftwareToken", "AccessToken", access, "UserCode", "000000")
	r.fails(notAuthorized, "Invalid Access Token", "AssociateSoftwareToken", "AccessToken", "x")
	r.fails(notAuthorized, "Invalid Access Token", "VerifySoftwareToken", "AccessToken", r.in().id, "UserCode", "000000")
	r.fails(badParameter, "User has not verified software token mfa", "SetUserMFAPreference", "AccessToken", access, "SoftwareTokenMfaSettings", m{"Enabled": true})

	one := r.call("AssociateSoftwareToken", "AccessToken", access)
	secret := one["SecretCode"].(string)
	if one["Session"] != nil || len(secret) != 52 {
		t.Error(one)
	}
	r.fails(badParameter, "User has not verified software token mfa", "AdminSetUserMFAPreference", "UserPoolId", r.id, "Username", "alice", "SoftwareTokenMfaSettings", m{"Enabled": true})
	for code, message := range map[string]string{
		"12345":   "Member must have length greater than or equal to 6",
		"1234567": "Member must have length less than or equal to 6",
		"12345a":  "Member must satisfy regular expression pattern: [0-9]+",
	} {
		if got := r.JSON("VerifySoftwareToken", doc("AccessToken", access, "UserCode", code)); got.Code != badParameter || !strings.Contains(got.Message, message) {
			t.Error(got.Body)
		}
	}
	r.fails(badParameter, "FriendlyDeviceName is longer than 256 bytes", "VerifySoftwareToken", "AccessToken", access, "UserCode", "000000", "FriendlyDeviceName", strings.Repeat("x", 257))
	r.fails(enableMismatch, "Code mismatch", "VerifySoftwareToken", "AccessToken", access, "UserCode", r.wrongFor(secret))
	r.in()
	if got := r.call("VerifySoftwareToken", "AccessToken", access, "UserCode", r.shows(secret, 0), "FriendlyDeviceName", "phone"); fmt.Sprint(got) != "map[Status:SUCCESS]" {
		t.Error(got)
	}
	r.fails(tokenNotFound, "Software token MFA has not been enabled by the user.", "VerifySoftwareToken", "AccessToken", access, "UserCode", r.shows(secret, 1))
	r.prefer(access, true, true)
	r.later()

	two := r.call("AssociateSoftwareToken", "AccessToken", access)["SecretCode"].(string)
	three := r.call("AssociateSoftwareToken", "AccessToken", access)["SecretCode"].(string)
	r.fails(enableMismatch, "Code mismatch", "VerifySoftwareToken", "AccessToken", access, "UserCode", r.shows(two, 0)) // the latest counts
	a := r.asked("SOFTWARE_TOKEN_MFA")
	if a.params["FRIENDLY_DEVICE_NAME"] != "phone" {
		t.Error(a.params)
	}
	r.tokens(r.answerCode(a.session, r.shows(secret, 0)))
	r.reopen()
	r.call("VerifySoftwareToken", "AccessToken", access, "UserCode", r.shows(three, 0))
	r.later()
	r.wants(r.answerCode(r.asked("SOFTWARE_TOKEN_MFA").session, r.shows(secret, 0)), mismatch, codeWrong)
	r.tokens(r.answerCode(r.asked("SOFTWARE_TOKEN_MFA").session, r.shows(three, 0)))
}

// TestPendingEnds: a secret that waits does not wait for ever, nor for somebody
// who was signed out.
func TestPendingEnds(t *testing.T) {
	const gone = "Software token MFA has not been enabled by the user."
	for name, end := range map[string]func(*realm){
		"time":     func(r *realm) { r.now = r.now.Add(time.Hour) },
		"sign-out": func(r *realm) { r.call("AdminUserGlobalSignOut", "UserPoolId", r.id, "Username", "alice") },
	} {
		r := newMfaRealm(t, "OPTIONAL")
		secret := r.call("AssociateSoftwareToken", "AccessToken", r.in().access)["SecretCode"].(string)
		end(r)
		t.Log(name)
		r.fails(tokenNotFound, gone, "VerifySoftwareToken", "AccessToken", r.in().access, "UserCode", r.shows(secret, 0))
	}
	r := newMfaRealm(t, "OPTIONAL")
	access := r.in().access
	secret := r.call("AssociateSoftwareToken", "AccessToken", access)["SecretCode"].(string)
	r.mfa("OFF")
	const off = "Software token MFA has not been enabled by the userPool"
	r.fails(tokenNotFound, off, "AssociateSoftwareToken", "AccessToken", access)
	r.fails(tokenNotFound, off, "VerifySoftwareToken", "AccessToken", access, "UserCode", r.shows(secret, 0))
	r.mfa("ON")
	session := r.asked("MFA_SETUP").session
	r.mfa("OFF")
	r.fails(tokenNotFound, off, "AssociateSoftwareToken", "Session", session)
}

// TestVerifyInSession: the Session of a set-up hears three wrong codes.
func TestVerifyInSession(t *testing.T) {
	r := newMfaRealm(t, "ON")
	one := r.call("AssociateSoftwareToken", "Session", r.asked("MFA_SETUP").session)
	secret := one["SecretCode"].(string)
	for range 3 {
		r.fails(enableMismatch, "Code mismatch", "VerifySoftwareToken", "Session", one["Session"], "UserCode", r.wrongFor(secret))
	}
	r.fails(notAuthorized, sessionEnded, "VerifySoftwareToken", "Session", one["Session"], "UserCode", r.shows(secret, 0))
	one = r.call("AssociateSoftwareToken", "Session", r.asked("MFA_SETUP").session)
	r.now = r.now.Add(3 * time.Minute)
	r.fails(notAuthorized, sessionEnded, "VerifySoftwareToken", "Session", one["Session"], "UserCode", r.shows(one["SecretCode"].(string), 0))
	r.asked("MFA_SETUP")
}

// TestPreferenceErrors: factors that are not here cannot be switched on, and are
// off when a client says so.
func TestPreferenceErrors(t *testing.T) {
	r := newMfaRealm(t, "OPTIONAL")
	access := r.in().access
	off := m{"Enabled": false, "PreferredMfa": false}
	on, preferred := m{"Enabled": true}, m{"Enabled": true, "PreferredMfa": true}
	const sms, email = "SMSMfaSettings is not supported: the second factor of this server are software tokens.", "EmailMfaSettings is not supported: the second factor of this server are software tokens."
	const notEnabled = "A MFA setting that is not enabled cannot be preferred"
	for _, c := range []struct {
		message string
		in      []any
	}{
		{"", nil},
		{"", []any{"SMSMfaSettings", off, "EmailMfaSettings", off, "SoftwareTokenMfaSettings", off, "WebAuthnMfaSettings", m{"Enabled": false}}},
		{sms, []any{"SMSMfaSettings", on}},
		{sms, []any{"SMSMfaSettings", m{"PreferredMfa": true}, "SoftwareTokenMfaSettings", off}},
		{email, []any{"EmailMfaSettings", on}},
		{"WebAuthnMfaSettings is not supported: this server has no passkeys.", []any{"WebAuthnMfaSettings", on}},
		{"Only one MFA setting can be preferred", []any{"SMSMfaSettings", preferred, "SoftwareTokenMfaSettings", preferred}},
		{notEnabled, []any{"SoftwareTokenMfaSettings", m{"Enabled": false, "PreferredMfa": true}}},
		{"User has not verified software token mfa", []any{"SoftwareTokenMfaSettings", preferred}},
		{notEnabled, []any{"SoftwareTokenMfaSettings", m{"PreferredMfa": true}}},
	} {
		code := badParameter
		if c.message == "" {
			code = ""
		}
		r.fails(code, c.message, "SetUserMFAPreference", append(c.in, "AccessToken", access)...)
		r.fails(code, c.message, "AdminSetUserMFAPreference", append(c.in, "UserPoolId", r.id, "Username", "alice")...)
	}
	r.fails("UserNotFoundException", "User does not exist.", "AdminSetUserMFAPreference", "UserPoolId", r.id, "Username", "nobody")
	r.fails("ResourceNotFoundException", "User pool us-east-1_other1234 does not exist.", "AdminSetUserMFAPreference", "UserPoolId", "us-east-1_other1234", "Username", "alice")
	r.enrol(access)
	r.fails(badParameter, notEnabled, "SetUserMFAPreference", "AccessToken", access, "SoftwareTokenMfaSettings", m{"PreferredMfa": true})
	r.in()
}

// TestSecretsStayInside: a secret is told once, by the operation that makes it.
func TestSecretsStayInside(t *testing.T) {
	r := newMfaRealm(t, "OPTIONAL")
	access := r.in().access
	waiting := r.call("AssociateSoftwareToken", "AccessToken", access)["SecretCode"].(string)
	secret := waiting
	search := func(where string, text string) {
		if strings.Contains(text, secret) || strings.Contains(text, waiting) {
			t.Error(where, "holds a secret")
		}
	}
	scan := func() {
		records := 0
		err := r.store.View(t.Context(), func(tx store.Reader) error {
			for entry, err := range tx.Scan(nil, nil, false) {
				if err != nil {
					return err
				}
				records++
				search(fmt.Sprintf("%q", entry.Key), string(bytes.Join([][]byte{entry.Key, entry.Value}, nil)))
			}
			return nil
		})
		if err != nil || records < 5 {
			t.Error(records, err)
		}
	}
	scan()
	r.call("VerifySoftwareToken", "AccessToken", access, "UserCode", r.shows(secret, 0))
	waiting = r.call("AssociateSoftwareToken", "AccessToken", access)["SecretCode"].(string)
	scan()
	r.prefer(access, true, true)
	for operation, in := range map[string][]any{
		"AdminGetUser": {"UserPoolId", r.id, "Username", "alice"}, "ListUsers": {"UserPoolId", r.id}, "GetUser": {"AccessToken", access},
		"DescribeUserPool": {"UserPoolId", r.id}, "GetUserPoolMfaConfig": {"UserPoolId", r.id},
		"InitiateAuth": {"ClientId", r.app, "AuthFlow", "USER_PASSWORD_AUTH", "AuthParameters", m{"USERNAME": "alice", "PASSWORD": password}},
	} {
		search(operation, fmt.Sprint(r.call(operation, in...)))
	}
}

// TestNoFactorWithoutRecord: what cannot be remembered is not acknowledged.
func TestNoFactorWithoutRecord(t *testing.T) {
	r, secret := guarded(t, "ON")
	r.user("bob")
	session := r.asked("SOFTWARE_TOKEN_MFA").session
	one := r.call("AssociateSoftwareToken", "Session", r.try("bob", password).session)
	setup := r.try("bob", password).session
	whole := r.store
	r.store = broken{whole}
	r.reopen()
	for _, got := range []answer{
		r.answerCode(session, r.shows(secret, 0)), r.answerCode(session, r.wrongFor(secret)),
		r.step("AssociateSoftwareToken", "Session", setup),
		r.step("VerifySoftwareToken", "Session", one["Session"], "UserCode", r.shows(one["SecretCode"].(string), 0)),
	} {
		if got.Status != 500 || got.Code != "InternalErrorException" || got.access != "" || got.Out["SecretCode"] != nil {
			t.Error(got.Status, got.Body)
		}
	}
	r.store = whole
	r.reopen()
	r.tokens(r.answerCode(session, r.shows(secret, 0)))
	r.wants(r.step("VerifySoftwareToken", "Session", one["Session"], "UserCode", r.shows(one["SecretCode"].(string), 0)), "", "")
}

// TestMfaOfNobody: who does not exist, or not any more, has no second step.
func TestMfaOfNobody(t *testing.T) {
	r := newMfaRealm(t, "ON", "PreventUserExistenceErrors", "ENABLED")
	r.wants(r.try("nobody", password), notAuthorized, wrongPassword)
	r.wants(r.try("alice", "Wrong1234!"), notAuthorized, wrongPassword) // the factor is asked of those only who know the password
	session := r.asked("MFA_SETUP").session
	r.call("AdminDeleteUser", "UserPoolId", r.id, "Username", "alice")
	r.fails(notAuthorized, badSession, "AssociateSoftwareToken", "Session", session)
}

// TestMfaLeavesNothing: what users and pools leave behind is nothing.
func TestMfaLeavesNothing(t *testing.T) {
	r, secret := guarded(t, "ON")
	of := func(kind string) (n int) {
		from, to := store.Prefix("userpools", kind)
		err := r.store.View(t.Context(), func(tx store.Reader) error {
			for _, err := range tx.Scan(from, to, false) {
				if n++; err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	r.user("bob")
	r.call("AssociateSoftwareToken", "Session", r.try("bob", password).session)
	if of("pending") != 1 {
		t.Error("nothing waits")
	}
	r.call("AdminDeleteUser", "UserPoolId", r.id, "Username", "bob")
	if of("pending") != 0 {
		t.Error("a deleted user left a secret")
	}
	r.wants(r.answerCode(r.asked("SOFTWARE_TOKEN_MFA").session, r.wrongFor(secret)), mismatch, codeWrong)
	r.user("carol")
	r.call("AssociateSoftwareToken", "Session", r.try("carol", password).session)
	if of("wrong") != 1 || of("pending") != 1 {
		t.Error("nothing is counted")
	}
	r.call("DeleteUserPool", "UserPoolId", r.id)
	if of("wrong") != 0 || of("pending") != 0 {
		t.Error("a deleted pool left records")
	}
}

// A meddled store lets something happen between what a request reads first and
// its first change.
type meddled struct {
	store.Store
	once *sync.Once
	with func()
}

func (m meddled) Update(ctx context.Context, change func(store.Tx) error) error {
	m.once.Do(m.with)
	return m.Store.Update(ctx, change)
}

// TestModeOfTheMoment: a sign-in that is under way when the pool begins to ask is
// asked.
func TestModeOfTheMoment(t *testing.T) {
	r, secret := guarded(t, "OFF")
	whole := r.store
	calm := *r.env
	other := &realm{env: &calm, id: r.id}
	other.reopen()
	for range 2 {
		r.store = meddled{whole, new(sync.Once), func() { other.mfa("ON") }}
		r.reopen()
		a := r.try("alice", password)
		r.asks(a, "SOFTWARE_TOKEN_MFA")
		r.tokens(r.answerCode(a.session, r.shows(secret, 0)))
		r.later()
		other.mfa("OFF")
	}
}
