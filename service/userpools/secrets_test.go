package userpools_test

import (
	"bytes"
	"testing"

	"github.com/bailiwick-project/bailiwick/outbox"
	"github.com/bailiwick-project/bailiwick/store"
)

// Whoever reads the storage learns no password and no code that is in force. The
// outbox is the exception: what it holds is what people are told.
func TestStorageKeepsNoPasswords(t *testing.T) {
	e := newEnv(t, nil)
	pool := e.pool("AutoVerifiedAttributes", []string{"email"})
	client := e.client(pool)
	e.signUp(client, "alice", "email", "alice@test.com")
	e.call("AdminCreateUser", "UserPoolId", pool, "Username", "bob", "UserAttributes", attrs("email", "bob@test.com"))
	code, temporary := e.code("alice@test.com"), e.code("bob@test.com")
	records, holds := 0, false
	err := e.store.View(t.Context(), func(r store.Reader) error {
		for entry, err := range r.Scan(nil, nil, false) {
			if err != nil {
				return err
			}
			if parts, err := store.Split(entry.Key); err != nil || parts[0] == "outbox" {
				continue
			}
			records++
			holds = holds || bytes.Contains(entry.Value, []byte("alice@test.com"))
			for _, secret := range []string{password, temporary, `"` + code + `"`} {
				if bytes.Contains(entry.Value, []byte(secret)) || bytes.Contains(entry.Key, []byte(secret)) {
					t.Errorf("%q holds %s", entry.Key, secret)
				}
			}
		}
		return nil
	})
	if err != nil || records < 10 || !holds {
		t.Errorf("looked at %d records, found what is there: %v, %v", records, holds, err)
	}
}

func TestMessages(t *testing.T) {
	e := newEnv(t, nil)
	pool := e.pool("AutoVerifiedAttributes", []string{"email", "phone_number"}, "EmailVerificationSubject", "Welcome", "EmailVerificationMessage", "Code {####}.",
		"SmsVerificationMessage", "SMS {####}", "AdminCreateUserConfig", m{"InviteMessageTemplate": m{"EmailMessage": "{username} has {####}", "EmailSubject": "Hi"}})
	client := e.client(pool)
	e.signUp(client, "mail", "email", "mail@test.com")
	e.signUp(client, "both", "email", "both@test.com", "phone_number", "+15550001234") // one message, to the telephone
	e.call("AdminCreateUser", "UserPoolId", pool, "Username", "{####}", "TemporaryPassword", password, "UserAttributes", attrs("email", "bob@test.com"), "DesiredDeliveryMediums", []string{"EMAIL"})
	for _, tt := range []struct{ to, channel, subject, body string }{
		{"mail@test.com", "EMAIL", "Welcome", "Code " + e.code("mail@test.com") + "."},
		{"+15550001234", "SMS", "", "SMS " + e.code("+15550001234")},
		{"bob@test.com", "EMAIL", "Hi", "{####} has " + password}, // a name is not a place for the password
	} {
		list, err := outbox.List(t.Context(), e.store, tt.to)
		if err != nil || len(list) != 1 || list[0].Channel != tt.channel || list[0].Subject != tt.subject || list[0].Body != tt.body {
			t.Errorf("to %s: %+v, %v", tt.to, list, err)
		}
	}
	if e.messages("both@test.com") != 0 {
		t.Error("two codes were sent")
	}
}

func TestTemporaryDays(t *testing.T) {
	e := newEnv(t, nil)
	for _, tt := range []struct {
		policy, invite any
		want           float64
	}{
		{nil, nil, 7},
		{m{"PasswordPolicy": m{"MinimumLength": 6}}, nil, 7},
		{nil, m{"UnusedAccountValidityDays": 3}, 3},
		{m{"PasswordPolicy": m{"TemporaryPasswordValidityDays": 2}}, m{"UnusedAccountValidityDays": 3}, 2},
		{m{"PasswordPolicy": m{"TemporaryPasswordValidityDays": 0}}, nil, 7},
	} {
		got := e.call("CreateUserPool", "PoolName", "p", "Policies", tt.policy, "AdminCreateUserConfig", tt.invite)["UserPool"].(m)
		days := got["Policies"].(m)["PasswordPolicy"].(m)["TemporaryPasswordValidityDays"]
		if days != tt.want || got["AdminCreateUserConfig"].(m)["UnusedAccountValidityDays"] != tt.want {
			t.Errorf("%v, %v: %v days", tt.policy, tt.invite, days)
		}
	}
}
