package session_test

import (
	"crypto/rand"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/session"
)

func ring(t *testing.T, ids ...byte) *session.Ring {
	t.Helper()
	var keys []session.Key
	for _, id := range ids {
		k, err := session.NewKey(id, rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		keys = append(keys, k)
	}
	r, err := session.NewRing(rand.Reader, keys...)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func sample() bailiwick.Session {
	at := time.Date(2026, 11, 3, 9, 5, 7, 0, time.UTC)
	return bailiwick.Session{
		Account: "000000000000", RoleARN: "arn:aws:iam::000000000000:role/path/Reader", RoleID: "AROAEXAMPLE", Name: "CognitoIdentityCredentials",
		Tags: map[string]string{"org": "acme"}, WebIdentity: map[string][]string{"cognito-identity.amazonaws.com:sub": {"us-east-1:1"}},
		Issued: at, Expires: at.Add(time.Hour),
	}
}

func TestMintAndOpen(t *testing.T) {
	r := ring(t, 1)
	c, err := r.Mint(sample())
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(c.AccessKeyID, "ASIA") || len(c.AccessKeyID) != 20 || len(c.Secret.Reveal()) != 40 {
		t.Errorf("credentials of an unexpected form: %s, secret of %d", c.AccessKeyID, len(c.Secret.Reveal()))
	}
	for range 2 { // the second time from the cache
		got, err := r.Open(c.AccessKeyID, c.SessionToken)
		if err != nil {
			t.Fatal(err)
		}
		if want := sample(); !reflect.DeepEqual(*got.Principal.Session, want) {
			t.Errorf("opened %+v, want %+v", *got.Principal.Session, want)
		}
		if got.Secret != c.Secret {
			t.Error("the secret differs from the one that was minted")
		}
		if got.Principal.ARN != "arn:aws:sts::000000000000:assumed-role/Reader/CognitoIdentityCredentials" {
			t.Errorf("ARN %s", got.Principal.ARN)
		}
	}
}

func TestOpenRefuses(t *testing.T) {
	r := ring(t, 1)
	a, err := r.Mint(sample())
	if err != nil {
		t.Fatal(err)
	}
	b, err := r.Mint(sample())
	if err != nil {
		t.Fatal(err)
	}
	flip := func(s string, i int) string {
		c := byte('A')
		if s[i] == c {
			c = 'B'
		}
		return s[:i] + string(c) + s[i+1:]
	}
	for name, tt := range map[string]struct{ access, token string }{
		"token of another access key": {a.AccessKeyID, b.SessionToken},
		"long-term access key":        {"AKIA" + a.AccessKeyID[4:], a.SessionToken},
		"first byte":                  {a.AccessKeyID, flip(a.SessionToken, 0)},
		"middle byte":                 {a.AccessKeyID, flip(a.SessionToken, len(a.SessionToken)/2)},
		"nonce":                       {a.AccessKeyID, flip(a.SessionToken, 6)},
		"cut":                         {a.AccessKeyID, a.SessionToken[:40]},
		"empty":                       {a.AccessKeyID, ""},
		"too long":                    {a.AccessKeyID, strings.Repeat("A", 20000)},
		"not base64":                  {a.AccessKeyID, "%%%"},
	} {
		if _, err := r.Open(tt.access, tt.token); !errors.Is(err, session.ErrInvalid) {
			t.Errorf("%s: got %v, want ErrInvalid", name, err)
		}
	}
	if _, err := ring(t, 1).Open(a.AccessKeyID, a.SessionToken); !errors.Is(err, session.ErrInvalid) {
		t.Errorf("another ring: got %v, want ErrInvalid", err)
	}
}

func TestRotation(t *testing.T) {
	k1, _ := session.NewKey(1, rand.Reader)
	k2, _ := session.NewKey(2, rand.Reader)
	old, err := session.NewRing(rand.Reader, k1)
	if err != nil {
		t.Fatal(err)
	}
	c, err := old.Mint(sample())
	if err != nil {
		t.Fatal(err)
	}
	both, err := session.NewRing(rand.Reader, k1, k2)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := both.Open(c.AccessKeyID, c.SessionToken); err != nil {
		t.Errorf("a token of the older key: %v", err)
	}
	if _, err := session.NewRing(rand.Reader); err == nil {
		t.Error("a ring without keys was made")
	}
}
