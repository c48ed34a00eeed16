package userpools_test

import (
	"encoding/base64"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/bailiwick-project/bailiwick/srp"
)

const sessionEnded = "Invalid session for the user, session is expired."

// TestSRPReplay: a SECRET_BLOCK is good for one answer, right or wrong, whoever
// serves it.
func TestSRPReplay(t *testing.T) {
	r := newRealm(t)
	run := r.startSRP("alice", password)
	in := r.responses(run)
	r.wants(r.answerSRP(in), "", "")
	r.wants(r.answerSRP(in), notAuthorized, sessionEnded)
	r.reopen()
	r.wants(r.answerSRP(in), notAuthorized, sessionEnded)

	run = r.startSRP("alice", password)
	good := r.responses(run)
	bad := maps.Clone(good)
	bad["PASSWORD_CLAIM_SIGNATURE"] = base64.StdEncoding.EncodeToString(make([]byte, 32))
	r.wants(r.answerSRP(bad), notAuthorized, wrongPassword)
	r.wants(r.answerSRP(good), notAuthorized, sessionEnded)

	run = r.startSRP("alice", password)
	r.reopen() // begun at one node, answered at another
	r.wants(r.answerSRP(r.responses(run)), "", "")
}

func TestSRPRefused(t *testing.T) {
	r := newRealm(t)
	r.user("bob")
	other, _ := r.door()
	for _, c := range []struct {
		name    string
		spoil   func(in m)
		message string
	}{
		{"wrong signature", func(in m) { in["PASSWORD_CLAIM_SIGNATURE"] = strings.Repeat("A", 43) + "=" }, wrongPassword},
		{"no base64", func(in m) { in["PASSWORD_CLAIM_SIGNATURE"] = "%%%" }, wrongPassword},
		{"changed block", func(in m) { in["PASSWORD_CLAIM_SECRET_BLOCK"] = flip(in["PASSWORD_CLAIM_SECRET_BLOCK"].(string)) }, wrongPassword},
		{"short block", func(in m) { in["PASSWORD_CLAIM_SECRET_BLOCK"] = "QUJD" }, wrongPassword},
		{"block of another user", func(in m) {
			in["PASSWORD_CLAIM_SECRET_BLOCK"] = r.startSRP("bob", password).first.params["SECRET_BLOCK"]
		}, wrongPassword},
		{"other username", func(in m) { in["USERNAME"] = "bob" }, wrongPassword},
		{"other timestamp", func(in m) { in["TIMESTAMP"] = srp.FormatTimestamp(r.now.Add(time.Second)) }, wrongPassword},
		{"old timestamp", func(in m) { in["TIMESTAMP"] = srp.FormatTimestamp(r.now.Add(-6 * time.Minute)) }, wrongPassword},
		{"malformed timestamp", func(in m) { in["TIMESTAMP"] = "2026-11-20T12:00:00Z" }, wrongPassword},
		{"too late", func(m) { r.now = r.now.Add(3 * time.Minute) }, sessionEnded},
		{"another client", func(m) { r.app = other }, wrongPassword},
	} {
		t.Run(c.name, func(t *testing.T) {
			app := r.app
			r.now = r.now.Add(time.Hour)
			in := r.responses(r.startSRP("alice", password))
			c.spoil(in)
			r.wants(r.answerSRP(in), notAuthorized, c.message)
			r.app = app
		})
	}
	for _, name := range []string{"USERNAME", "PASSWORD_CLAIM_SECRET_BLOCK", "PASSWORD_CLAIM_SIGNATURE", "TIMESTAMP"} {
		in := r.responses(r.startSRP("alice", password))
		delete(in, name)
		r.wants(r.answerSRP(in), badParameter, "Missing required parameter "+name)
	}
	for _, a := range []string{"0", "00", "xyz", "-1", strings.Repeat("f", 2000), primeHex()} {
		got := r.step("InitiateAuth", "ClientId", r.app, "AuthFlow", "USER_SRP_AUTH", "AuthParameters", m{"USERNAME": "alice", "SRP_A": a})
		r.wants(got, badParameter, "Invalid SRP_A: it must be a hexadecimal number that is not zero modulo N.")
	}
}

// primeHex is N of RFC 3526 group 15, which is zero modulo N.
func primeHex() string {
	return "FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74020BBEA63B139B22514A08798E3404DD" +
		"EF9519B3CD3A431B302B0A6DF25F14374FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7ED" +
		"EE386BFB5A899FA5AE9F24117C4B1FE649286651ECE45B3DC2007CB8A163BF0598DA48361C55D39A69163FA8FD24CF5F" +
		"83655D23DCA3AD961C62F356208552BB9ED529077096966D670C354E4ABC9804F1746C08CA18217C32905E462E36CE3B" +
		"E39E772C180E86039B2783A2EC07A28FB5C55DF06F4C52C9DE2BCBF6955817183995497CEA956AE515D2261898FA0510" +
		"15728E5A8AAAC42DAD33170D04507A33A85521ABDF1CBA64ECFB850458DBEF0A8AEA71575D060C7DB3970F85A6E1E4C7" +
		"ABF5AE8CDB0933D71E8C94E04A25619DCEE3D2261AD2EE6BF12FFA06D98A0864D87602733EC86A64521F2B18177B200C" +
		"BBE117577A615D6C770988C0BAD946E208E24FA074E5AB3143DB5BFCE0FD108E4B82D120A93AD2CAFFFFFFFFFFFFFFFF"
}

// flip changes one character of a base64 text.
func flip(s string) string {
	b := []byte(s)
	if b[60] == 'A' {
		b[60] = 'B'
	} else {
		b[60] = 'A'
	}
	return string(b)
}

// TestSRPPasswordChanged: who began with the old password does not get in with it
// after it was changed.
func TestSRPPasswordChanged(t *testing.T) {
	r := newRealm(t)
	in := r.responses(r.startSRP("alice", password))
	r.call("AdminSetUserPassword", "UserPoolId", r.id, "Username", "alice", "Password", "Another1!", "Permanent", true)
	r.wants(r.answerSRP(in), notAuthorized, wrongPassword)
}

// TestSRPUnknown: where users are hidden the stand-in for a name looks like a user
// who never changes.
func TestSRPUnknown(t *testing.T) {
	r := newRealm(t, "PreventUserExistenceErrors", "ENABLED")
	one, two := r.startSRP("mallory", password), r.startSRP("mallory", password)
	if one.first.challenge != "PASSWORD_VERIFIER" {
		t.Fatal(one.first.Body)
	}
	for _, name := range []string{"SALT", "USERNAME", "USER_ID_FOR_SRP"} {
		if one.first.params[name] != two.first.params[name] {
			t.Errorf("%s differs", name)
		}
	}
	if len(one.first.params["USERNAME"].(string)) != 36 || one.first.params["SRP_B"] == two.first.params["SRP_B"] {
		t.Error(one.first.Body, two.first.Body)
	}
	if r.startSRP("mallory2", password).first.params["SALT"] == one.first.params["SALT"] {
		t.Error("two names share a salt")
	}
	in := r.responses(one)
	r.wants(r.answerSRP(in), notAuthorized, wrongPassword)
	r.wants(r.answerSRP(in), notAuthorized, sessionEnded)
	r.user("mallory") // a user who comes later does not finish what nobody began
	r.wants(r.answerSRP(r.responses(two)), notAuthorized, wrongPassword)
}
