package authn_test

import (
	"context"
	"crypto/rand"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/authn"
	"github.com/bailiwick-project/bailiwick/policy"
	"github.com/bailiwick-project/bailiwick/session"
	"github.com/bailiwick-project/bailiwick/sigv4"
)

var now = time.Date(2026, 11, 3, 9, 5, 7, 0, time.UTC)

// users knows one long-term key.
type users struct{}

func (users) Credential(_ context.Context, id string) (bailiwick.Credential, error) {
	if id != "AKIAEXAMPLE" {
		return bailiwick.Credential{}, bailiwick.Errorf(bailiwick.CodeUnknownKey, "The security token included in the request is invalid.")
	}
	return bailiwick.Credential{AccessKeyID: id, Secret: "long-term", Principal: bailiwick.Principal{
		Principal: policy.Principal{Type: policy.User, ARN: "arn:aws:iam::000000000000:user/alice", Account: "000000000000"},
	}}, nil
}

func authenticator(t *testing.T) *authn.Authenticator {
	t.Helper()
	k, err := session.NewKey(1, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	ring, err := session.NewRing(rand.Reader, k)
	if err != nil {
		t.Fatal(err)
	}
	return &authn.Authenticator{Credentials: users{}, Sessions: ring, Keys: sigv4.NewKeyCache(64), Now: func() time.Time { return now }}
}

func mint(t *testing.T, a *authn.Authenticator, life time.Duration) sigv4.Credentials {
	t.Helper()
	c, err := a.Sessions.Mint(bailiwick.Session{
		Account: "000000000000", RoleARN: "arn:aws:iam::000000000000:role/R", RoleID: "AROA", Name: "s", Issued: now, Expires: now.Add(life),
	})
	if err != nil {
		t.Fatal(err)
	}
	return sigv4.Credentials{AccessKeyID: c.AccessKeyID, SecretAccessKey: c.Secret.Reveal(), SessionToken: c.SessionToken}
}

const body = `{"TableName":"t"}`

func signed(t *testing.T, c sigv4.Credentials, region, service string, at time.Time) *http.Request {
	t.Helper()
	r := httptest.NewRequest(http.MethodPost, "http://127.0.0.1:4566/", strings.NewReader(body))
	r.Header.Set("X-Amz-Target", "DynamoDB_20120810.DescribeTable")
	if err := sigv4.Sign(r, c, region, service, []byte(body), at); err != nil {
		t.Fatal(err)
	}
	return r
}

func TestAuthenticate(t *testing.T) {
	a := authenticator(t)
	alice := sigv4.Credentials{AccessKeyID: "AKIAEXAMPLE", SecretAccessKey: "long-term"}
	who, region, err := authenticate(a, signed(t, alice, "eu-west-1", "dynamodb", now), []byte(body), "dynamodb")
	if err != nil || who.ARN != "arn:aws:iam::000000000000:user/alice" || region != "eu-west-1" {
		t.Errorf("long-term key: %s in %s, %v", who.ARN, region, err)
	}
	who, _, err = authenticate(a, signed(t, mint(t, a, time.Hour), "us-east-1", "dynamodb", now), []byte(body), "dynamodb")
	if err != nil || who.ARN != "arn:aws:sts::000000000000:assumed-role/R/s" || who.Session == nil {
		t.Errorf("session: %s, %v", who.ARN, err)
	}
}

// TestOwnSessionsAreNotForIAM: credentials of GetSessionToken speak for their
// user everywhere but in IAM.
func TestOwnSessionsAreNotForIAM(t *testing.T) {
	a := authenticator(t)
	alice := bailiwick.Self{Type: policy.User, ARN: "arn:aws:iam::000000000000:user/alice", ID: "AIDA", Name: "alice"}
	c, err := a.Sessions.Mint(bailiwick.Session{Account: "000000000000", Issued: now, Expires: now.Add(time.Hour), Self: &alice})
	if err != nil {
		t.Fatal(err)
	}
	own := sigv4.Credentials{AccessKeyID: c.AccessKeyID, SecretAccessKey: c.Secret.Reveal(), SessionToken: c.SessionToken}
	who, _, err := authenticate(a, signed(t, own, "us-east-1", "dynamodb", now), []byte(body), "dynamodb")
	want := policy.Principal{Type: policy.User, ARN: alice.ARN, ID: alice.ID, Account: "000000000000"}
	if err != nil || who.Principal != want || who.Name != "alice" || who.Session == nil {
		t.Errorf("dynamodb: %+v, %v", who, err)
	}
	_, _, err = authenticate(a, signed(t, own, "us-east-1", "iam", now), []byte(body), "iam")
	var told *bailiwick.Error
	if !errors.As(err, &told) || told.Code != bailiwick.CodeUnknownKey || told.Message != "The security token included in the request is invalid." {
		t.Errorf("iam: %v", err)
	}
	_, _, err = authenticate(a, signed(t, mint(t, a, time.Hour), "us-east-1", "iam", now), []byte(body), "iam")
	if err != nil {
		t.Errorf("iam by a role: %v", err)
	}
}

func TestAuthenticateRefuses(t *testing.T) {
	a := authenticator(t)
	alice := sigv4.Credentials{AccessKeyID: "AKIAEXAMPLE", SecretAccessKey: "long-term"}
	live, other := mint(t, a, time.Hour), mint(t, a, time.Hour)
	for name, tt := range map[string]struct {
		r    *http.Request
		body string
		code string
	}{
		"nothing":           {httptest.NewRequest(http.MethodPost, "/", nil), "", bailiwick.CodeMissingToken},
		"another body":      {signed(t, alice, "us-east-1", "dynamodb", now), `{"TableName":"u"}`, bailiwick.CodeBadSignature},
		"wrong secret":      {signed(t, sigv4.Credentials{AccessKeyID: "AKIAEXAMPLE", SecretAccessKey: "x"}, "us-east-1", "dynamodb", now), body, bailiwick.CodeBadSignature},
		"unknown key":       {signed(t, sigv4.Credentials{AccessKeyID: "AKIAOTHER", SecretAccessKey: "x"}, "us-east-1", "dynamodb", now), body, bailiwick.CodeUnknownKey},
		"another service":   {signed(t, alice, "us-east-1", "sts", now), body, bailiwick.CodeBadSignature},
		"odd region":        {signed(t, alice, "US_EAST", "dynamodb", now), body, bailiwick.CodeBadSignature},
		"old":               {signed(t, alice, "us-east-1", "dynamodb", now.Add(-16*time.Minute)), body, bailiwick.CodeBadSignature},
		"future":            {signed(t, alice, "us-east-1", "dynamodb", now.Add(16*time.Minute)), body, bailiwick.CodeBadSignature},
		"session expired":   {signed(t, mint(t, a, -time.Second), "us-east-1", "dynamodb", now), body, bailiwick.CodeExpiredToken},
		"expires now":       {signed(t, mint(t, a, 0), "us-east-1", "dynamodb", now), body, bailiwick.CodeExpiredToken},
		"token left out":    {signed(t, sigv4.Credentials{AccessKeyID: live.AccessKeyID, SecretAccessKey: live.SecretAccessKey}, "us-east-1", "dynamodb", now), body, bailiwick.CodeUnknownKey},
		"token of another":  {signed(t, sigv4.Credentials{AccessKeyID: live.AccessKeyID, SecretAccessKey: live.SecretAccessKey, SessionToken: other.SessionToken}, "us-east-1", "dynamodb", now), body, bailiwick.CodeUnknownKey},
		"token beside AKIA": {signed(t, sigv4.Credentials{AccessKeyID: "AKIAEXAMPLE", SecretAccessKey: "long-term", SessionToken: live.SessionToken}, "us-east-1", "dynamodb", now), body, bailiwick.CodeUnknownKey},
	} {
		who, _, err := authenticate(a, tt.r, []byte(tt.body), "dynamodb")
		var e *bailiwick.Error
		if !errors.As(err, &e) || e.Code != tt.code {
			t.Errorf("%s: got %v, want %s", name, err, tt.code)
		}
		if who.ARN != "anonymous" {
			t.Errorf("%s: a refused request is by %s", name, who.ARN)
		}
	}
}

func authenticate(a *authn.Authenticator, r *http.Request, body []byte, service string) (bailiwick.Principal, string, error) {
	signer, err := a.Authenticate(context.Background(), r, body, service)
	return signer.Who, signer.Auth.Region, err
}
