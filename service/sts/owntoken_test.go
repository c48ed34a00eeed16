package sts_test

import (
	"encoding/xml"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/policy"
	"github.com/bailiwick-project/bailiwick/service/servicetest"
)

// ownToken calls GetSessionToken and opens its credentials.
func (w *world) ownToken(in url.Values) bailiwick.Credential {
	w.t.Helper()
	r := w.Form("GetSessionToken", in)
	var out struct {
		Answer answer `xml:"GetSessionTokenResult"`
	}
	if err := xml.Unmarshal([]byte(r.Body), &out); err != nil || r.Status != http.StatusOK {
		w.t.Fatalf("GetSessionToken answered %d %s (%v)", r.Status, r.Body, err)
	}
	cred, err := w.ring.Open(out.Answer.ID, out.Answer.Token)
	if err != nil {
		w.t.Fatal(err)
	}
	if out.Answer.Expires != cred.Expires.Format(time.RFC3339) || out.Answer.Secret != cred.Secret.Reveal() {
		w.t.Errorf("answered %+v for %+v", out.Answer, cred)
	}
	return cred
}

func TestGetSessionToken(t *testing.T) {
	for name, tt := range map[string]struct {
		who  bailiwick.Principal
		in   url.Values
		life time.Duration
	}{
		"user":        {user("alice"), nil, 12 * time.Hour},
		"user, short": {user("alice"), form("DurationSeconds", "900"), 15 * time.Minute},
		"user, long":  {user("alice"), form("DurationSeconds", "129600"), 36 * time.Hour},
		"root":        {servicetest.Root(), nil, time.Hour},
		"root, long":  {servicetest.Root(), form("DurationSeconds", "7200"), time.Hour},
		"root, short": {servicetest.Root(), form("DurationSeconds", "1800"), 30 * time.Minute},
	} {
		w := newWorld(t)
		w.allow(tt.who.ARN, `{"Effect":"Deny","Action":"sts:*","Resource":"*"}`) // cannot take it away
		w.As(tt.who)
		cred := w.ownToken(tt.in)
		if !cred.Expires.Equal(now.Add(tt.life)) || cred.Principal.Principal != tt.who.Principal || cred.Principal.Name != tt.who.Name {
			t.Errorf("%s: %+v until %s", name, cred.Principal, cred.Expires)
		}
		w.As(cred.Principal)
		if r := w.Form("GetCallerIdentity", nil); !strings.Contains(r.Body, "<Arn>"+tt.who.ARN+"</Arn>") || !strings.Contains(r.Body, "<UserId>"+tt.who.ID+"</UserId>") {
			t.Errorf("%s: GetCallerIdentity answers %d %s", name, r.Status, r.Body)
		}
	}
}

func TestGetSessionTokenRefuses(t *testing.T) {
	w := newWorld(t)
	s := &bailiwick.Session{Account: account, RoleARN: roleARN("R"), RoleID: "AROA1", Name: "me"}
	const bySession = "Cannot call GetSessionToken with session credentials"
	w.As(s.Principal())
	w.refused("role", "GetSessionToken", nil, "AccessDenied", bySession)
	w.As(user("alice"))
	w.refused("MFA", "GetSessionToken", form("SerialNumber", "arn:aws:iam::000000000000:mfa/alice", "TokenCode", "123456"), "AccessDenied",
		"MultiFactorAuthentication failed with invalid MFA one time pass code.")
	for seconds, constraint := range map[string]string{
		"899":    "Member must have value greater than or equal to 900",
		"129601": "Member must have value less than or equal to 129600",
	} {
		w.refused(seconds, "GetSessionToken", form("DurationSeconds", seconds), "ValidationError",
			"1 validation error detected: Value '"+seconds+"' at 'durationSeconds' failed to satisfy constraint: "+constraint)
	}
	w.gone = map[string]bool{"AIDABOBAAAAAAAA": true}
	w.As(user("bob"))
	w.refused("gone", "GetSessionToken", nil, "InvalidClientTokenId", "The security token included in the request is invalid.")

	w.As(user("alice"))
	own := w.ownToken(nil)
	w.allow(own.Principal.ARN, `{"Effect":"Allow","Action":"*","Resource":"*"}`)
	w.As(own.Principal)
	w.refused("renewal", "GetSessionToken", nil, "AccessDenied", bySession)
	w.refused("key info", "GetAccessKeyInfo", form("AccessKeyId", "AKIAIOSFODNN7EXAMPLE"), "AccessDenied", "Cannot call GetAccessKeyInfo with session credentials")
	w.refused("decoding", "DecodeAuthorizationMessage", form("EncodedMessage", "x"), "AccessDenied", "Cannot call DecodeAuthorizationMessage with session credentials")
}

// TestAssumeRoleWithOwnSession: the user stays who he is, for trust policies too,
// and his session is no role that chains.
func TestAssumeRoleWithOwnSession(t *testing.T) {
	w := newWorld(t)
	alice := user("alice")
	w.role("R", trusts(alice.ARN, `"sts:AssumeRole"`))
	w.role("Fresh", `{"Effect":"Allow","Principal":{"AWS":"`+alice.ARN+`"},"Action":"sts:AssumeRole","Condition":{"DateGreaterThan":{"aws:TokenIssueTime":"2026-03-01T11:59:59Z"},"Bool":{"aws:MultiFactorAuthPresent":"false"},"StringEquals":{"aws:username":"alice"}}}`)
	w.As(alice)
	w.refused("long-term key", "AssumeRole", form("RoleArn", roleARN("Fresh"), "RoleSessionName", "me"), "AccessDenied",
		"User: arn:aws:iam::000000000000:user/alice is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::000000000000:role/Fresh because no role trust policy allows the sts:AssumeRole action")
	own := w.ownToken(nil)
	w.As(own.Principal)
	w.assume("AssumeRole", form("RoleArn", roleARN("Fresh"), "RoleSessionName", "me"))
	_, cred := w.assume("AssumeRole", form("RoleArn", roleARN("R"), "RoleSessionName", "me", "DurationSeconds", "7200"))
	if cred.Principal.Type != policy.AssumedRole || !cred.Expires.Equal(now.Add(2*time.Hour)) {
		t.Errorf("assumed %+v until %s", cred.Principal, cred.Expires)
	}
	w.As(user("bob"))
	other := w.ownToken(nil)
	w.As(other.Principal)
	w.refused("another user", "AssumeRole", form("RoleArn", roleARN("R"), "RoleSessionName", "me"), "AccessDenied",
		"User: arn:aws:iam::000000000000:user/bob is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::000000000000:role/R because no role trust policy allows the sts:AssumeRole action")
}
