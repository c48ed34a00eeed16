package sigv4

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"
)

func TestTime(t *testing.T) {
	at := time.Date(2013, 1, 1, 0, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		name    string
		now     time.Duration
		expires time.Duration
		want    Kind
		message string
	}{
		{"same", 0, 0, 0, ""},
		{"15 minutes old", Skew, 0, 0, ""},
		{"older", Skew + time.Second, 0, Expired, ""},
		{"15 minutes ahead", -Skew, 0, 0, ""},
		{"further ahead", -Skew - time.Second, 0, NotYet, ""},
		{
			"AWS's words", 24*time.Hour + Skew, 0, Expired,
			"Signature expired: 20130101T000000Z is now earlier than 20130102T000000Z (20130102T001500Z - 15 min.)",
		},
		{
			"AWS's words, ahead", -24*time.Hour - Skew, 0, NotYet,
			"Signature not yet current: 20130101T000000Z is still later than 20121231T000000Z (20121230T234500Z + 15 min.)",
		},
		{"presigned, alive", time.Minute, time.Minute, 0, ""},
		{"presigned, dead", time.Minute + time.Second, time.Minute, Expired, ""},
		{
			"presigned, in seconds", 100 * time.Second, 90 * time.Second, Expired,
			"Signature expired: 20130101T000000Z is now earlier than 20130101T000010Z (20130101T000140Z - 90 sec.)",
		},
		{"presigned, week", MaxExpires, MaxExpires, 0, ""},
		{"presigned, ahead", -Skew - time.Second, MaxExpires, NotYet, ""},
	} {
		s := &Signature{Time: at, Expires: c.expires}
		err := s.CheckTime(at.Add(c.now))
		if KindOf(err) != c.want || c.message != "" && err.Error() != c.message {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

func TestScope(t *testing.T) {
	s := func() *Signature { return &Signature{Region: "us-east-1", Service: "sts"} }
	for _, c := range []struct {
		region   string
		services []string
		ok       bool
	}{
		{"us-east-1", []string{"sts"}, true},
		{"", nil, true},
		{"", []string{"iam", "sts"}, true},
		{"eu-west-1", []string{"sts"}, false},
		{"us-east-1", []string{"iam"}, false},
		{"us-east-1", []string{""}, false},
	} {
		if err := s().CheckScope(c.region, c.services...); (err == nil) != c.ok || !c.ok && KindOf(err) != BadScope {
			t.Errorf("%v: %v", c, err)
		}
	}
	const want = "Credential should be scoped to a valid region, not 'us-east-1'. Credential should be scoped to correct service: 'iam'. "
	if err := s().CheckScope("eu-west-1", "iam"); err.Error() != want {
		t.Errorf("message %q", err)
	}
	if err := (&Signature{}).CheckScope(""); KindOf(err) != BadScope {
		t.Errorf("an empty scope: %v", err)
	}
}

// Leaving out a check must not let a request in.
func TestVerifyNeedsChecks(t *testing.T) {
	r, body, now := dynamoRequest(t, "")
	s, err := Parse(r)
	if err != nil {
		t.Fatal(err)
	}
	key := DeriveKey(s3Secret, s.Date, s.Region, s.Service)
	if err := s.Verify(r, key, body); !errors.Is(err, errOrder) {
		t.Errorf("no checks: %v", err)
	}
	if err := s.CheckTime(now); err != nil {
		t.Fatal(err)
	}
	if err := s.Verify(r, key, body); !errors.Is(err, errOrder) {
		t.Errorf("time only: %v", err)
	}
	if err := s.CheckScope("us-east-1", "dynamodb"); err != nil {
		t.Fatal(err)
	}
	if err := s.Verify(r, key, body); err != nil {
		t.Errorf("both: %v", err)
	}
	// A check that fails later takes the permission back.
	_ = s.CheckTime(now.Add(time.Hour))
	if err := s.Verify(r, key, body); err == nil {
		t.Error("verified after a failed time check")
	}
	_ = s.CheckTime(now)
	_ = s.CheckScope("us-east-1", "iam")
	if err := s.Verify(r, key, body); err == nil {
		t.Error("verified after a failed scope check")
	}
}

func TestPayload(t *testing.T) {
	now := time.Date(2026, 11, 3, 9, 5, 7, 0, time.UTC)
	const streaming = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"
	body := []byte("hello")
	for _, c := range []struct {
		name, declared string
		also           []string
		verify, decl   Kind
	}{
		{"hash", hashHex(body), nil, 0, 0},
		{"hash of something else", hashHex(nil), nil, Payload, 0}, // the body is the caller's to check
		{"unsigned", UnsignedPayload, nil, PayloadForm, PayloadForm},
		{"unsigned, allowed", UnsignedPayload, []string{UnsignedPayload}, PayloadForm, 0},
		{"streaming", streaming, []string{UnsignedPayload}, PayloadForm, PayloadForm},
		{"streaming, allowed", streaming, []string{UnsignedPayload, streaming}, PayloadForm, 0},
		{"upper case", strings.ToUpper(hashHex(body)), nil, PayloadForm, PayloadForm},
		{"junk", "x", []string{""}, PayloadForm, PayloadForm},
	} {
		r, err := http.NewRequest("PUT", "http://localhost/b/k", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("X-Amz-Content-Sha256", c.declared)
		if err := Sign(r, Credentials{AccessKeyID: "AKID", SecretAccessKey: s3Secret}, "us-east-1", "s3", body, now); err != nil {
			t.Fatal(err)
		}
		s := mustParse(t, r, now)
		key := DeriveKey(s3Secret, s.Date, s.Region, s.Service)
		if err := s.Verify(r, key, body); KindOf(err) != c.verify {
			t.Errorf("%s: Verify: %v", c.name, err)
		}
		if err := s.VerifyDeclared(r, key, c.also...); KindOf(err) != c.decl {
			t.Errorf("%s: VerifyDeclared: %v", c.name, err)
		}
	}
	r, _, _ := dynamoRequest(t, "")
	s := mustParse(t, r, now)
	key := DeriveKey(s3Secret, s.Date, s.Region, s.Service)
	if err := s.VerifyDeclared(r, key, "", UnsignedPayload); KindOf(err) != PayloadForm {
		t.Errorf("nothing declared: %v", err)
	}
}

func TestDetail(t *testing.T) {
	r, body, now := dynamoRequest(t, "")
	err := check(r, "wrong", "us-east-1", "dynamodb", body, now)
	var e *Error
	if !errors.As(err, &e) || !strings.HasPrefix(e.CanonicalRequest, "POST\n/\n\naccept-encoding:identity\n") ||
		!strings.HasPrefix(e.StringToSign, "AWS4-HMAC-SHA256\n20261103T090507Z\n20261103/us-east-1/dynamodb/aws4_request\n") {
		t.Fatalf("%#v", e)
	}
	if !strings.HasPrefix(e.Detail(), mismatch+"\n\nThe Canonical String for this request should have been\n'POST\n") {
		t.Error(e.Detail())
	}
	if !errors.Is(fmt.Errorf("wrapped: %w", ErrNone), ErrNone) || errors.Is(err, ErrNone) {
		t.Error("errors.Is(_, ErrNone)")
	}
}

// Who cannot sign chooses the headers, and errors are kept.
func TestDetailOfLargeHeaders(t *testing.T) {
	r, body, now := dynamoRequest(t, "")
	r.Header.Set("X-Amz-Large", strings.Repeat("x", 20<<10))
	if err := Sign(r, Credentials{AccessKeyID: "AKIDEXAMPLE", SecretAccessKey: "another"}, "us-east-1", "dynamodb", body, now); err != nil {
		t.Fatal(err)
	}
	err := check(r, "wrong", "us-east-1", "dynamodb", body, now)
	var e *Error
	if !errors.As(err, &e) || e.Kind != Mismatch || e.CanonicalRequest != "" || e.StringToSign != "" || e.Detail() != mismatch {
		t.Errorf("%v carries %d bytes", err, len(e.CanonicalRequest))
	}
}

func TestSecretsDoNotPrint(t *testing.T) {
	c := Credentials{AccessKeyID: "AKID", SecretAccessKey: "hush", SessionToken: "quiet"}
	k := DeriveKey("hush", "20261103", "r", "s")
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%x", "%d"} {
		if got := fmt.Sprintf(verb, c); got != "{AKID ***}" {
			t.Errorf("%s prints %s", verb, got)
		}
		if got := fmt.Sprintf(verb, k); got != "***" {
			t.Errorf("%s prints %s", verb, got)
		}
	}
}
