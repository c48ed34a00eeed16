package authn_test

import (
	"encoding/base64"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/authn"
	"github.com/bailiwick-project/bailiwick/sigv2"
	"github.com/bailiwick-project/bailiwick/sigv4"
)

// knowing is an Authenticator that takes the bucket from hosts BUCKET.s3.localhost.
func knowing(t *testing.T) *authn.Authenticator {
	t.Helper()
	a := authenticator(t)
	a.Bucket = func(r *http.Request) string {
		name, ok := strings.CutSuffix(r.Host, ".s3.localhost")
		if !ok {
			return ""
		}
		return name
	}
	return a
}

func v2(c sigv4.Credentials) sigv2.Credentials {
	return sigv2.Credentials{AccessKeyID: c.AccessKeyID, SecretAccessKey: c.SecretAccessKey, SessionToken: c.SessionToken}
}

// old presigns with Version 2.
func old(t *testing.T, c sigv4.Credentials, method, target, body string, life time.Duration, headers ...string) *http.Request {
	t.Helper()
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	if err := sigv2.Presign(r, v2(c), "", now.Add(life)); err != nil {
		t.Fatal(err)
	}
	return r
}

const object = "http://127.0.0.1:4566/bucket/key"

func TestVersion2(t *testing.T) {
	a := knowing(t)
	session := mint(t, a, time.Hour)
	for name, c := range map[string]sigv4.Credentials{"long-term": alice, "session": session} {
		want := bailiwick.Authentication{Type: bailiwick.AuthQuery, Version: "AWS", AccessKeyID: c.AccessKeyID}
		signer, err := a.Authenticate(t.Context(), old(t, c, "GET", object, "", time.Hour), nil, "s3")
		if err != nil || signer.Auth != want || (signer.Who.Session != nil) != (name == "session") {
			t.Errorf("%s: %+v, %v", name, signer, err)
		}
		signer, body, err := a.AuthenticateStream(t.Context(), old(t, c, "PUT", object, "bytes", time.Hour), "s3")
		if err != nil || signer.Auth != want {
			t.Fatalf("%s, streamed: %+v, %v", name, signer, err)
		}
		if got, err := io.ReadAll(body); err != nil || string(got) != "bytes" {
			t.Errorf("%s: the body is %q, %v", name, got, err)
		}
		want.Type = bailiwick.AuthPost
		form, err := sigv2.SignPost(v2(c), "e30=")
		if err != nil {
			t.Fatal(err)
		}
		lower := map[string]string{"key": "k"}
		for name, value := range form {
			lower[strings.ToLower(name)] = value
		}
		if signer, err := a.AuthenticatePost(t.Context(), lower, "s3"); err != nil || signer.Auth != want {
			t.Errorf("%s, form: %+v, %v", name, signer, err)
		}
	}
	r := old(t, alice, "GET", object, "", time.Hour)
	r.Host, r.URL.Path = "bucket.s3.localhost", "/key"
	if _, err := a.Authenticate(t.Context(), r, nil, "s3"); err != nil {
		t.Errorf("the bucket in the host: %v", err)
	}
}

// TestVersion2Body: a body is unsigned, unless the URL or a signed header says
// what it is.
func TestVersion2Body(t *testing.T) {
	a := knowing(t)
	for name, tt := range map[string]struct{ declared, body, want string }{
		"none":      {"", "anything", ""},
		"unsigned":  {sigv4.UnsignedPayload, "anything", ""},
		"the same":  {hashOf("bytes"), "bytes", ""},
		"different": {hashOf("bytes"), "other", "400 XAmzContentSHA256Mismatch: The provided 'x-amz-content-sha256' header does not match what was computed."},
	} {
		sign := func() *http.Request {
			if tt.declared == "" {
				return old(t, alice, "PUT", object, tt.body, time.Hour)
			}
			return old(t, alice, "PUT", object, tt.body, time.Hour, "X-Amz-Content-Sha256", tt.declared)
		}
		signer, err := a.Authenticate(t.Context(), sign(), []byte(tt.body), "s3")
		told := func(err error) string {
			if err == nil {
				return ""
			}
			first, _, _ := strings.Cut(refused(t, err), " <")
			return first
		}
		if got := told(err); got != tt.want || err == nil && signer.Auth.PayloadHash != tt.declared {
			t.Errorf("%s, held: %q %+v, want %q", name, got, signer.Auth, tt.want)
		}
		_, body, err := a.AuthenticateStream(t.Context(), sign(), "s3")
		if err != nil {
			t.Fatal(err)
		}
		if _, err = io.ReadAll(body); told(err) != tt.want {
			t.Errorf("%s, streamed: %q, want %q", name, told(err), tt.want)
		}
	}
}

// TestVersion2Sentences: what S3 says of every refusal.
func TestVersion2Sentences(t *testing.T) {
	a := knowing(t)
	live := mint(t, a, time.Hour)
	with := func(edit func(*http.Request)) *http.Request {
		r := old(t, alice, "GET", object, "", time.Hour)
		edit(r)
		return r
	}
	query := func(from, to string) *http.Request {
		return with(func(r *http.Request) { r.URL.RawQuery = strings.Replace(r.URL.RawQuery, from, to, 1) })
	}
	add := func(what string) *http.Request { return with(func(r *http.Request) { r.URL.RawQuery += "&" + what }) }
	const (
		mismatch = "403 SignatureDoesNotMatch: The request signature we calculated does not match the signature you provided. Check your key and signing method."
		both     = "400 InvalidArgument: Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, Signature query string parameter or the Authorization header should be specified"
		three    = "403 AccessDenied: Query-string authentication requires the Signature, Expires and AWSAccessKeyId parameters"
		nobody   = "403 InvalidAccessKeyId: The AWS Access Key Id you provided does not exist in our records."
	)
	for name, tt := range map[string]struct {
		r    *http.Request
		want string
	}{
		"expired":        {old(t, alice, "GET", object, "", -time.Second), "403 AccessDenied: Request has expired <Expires>2026-11-03T09:05:06Z <ServerTime>2026-11-03T09:05:07Z"},
		"another method": {with(func(r *http.Request) { r.Method = "DELETE" }), mismatch},
		"another path":   {with(func(r *http.Request) { r.URL.Path = "/bucket/other" }), mismatch},
		"another host":   {with(func(r *http.Request) { r.Host = "x.s3.localhost" }), mismatch},
		"signature":      {query("Signature=", "Signature=A"), mismatch},
		"no signature":   {query("Signature=", "x-id="), three},
		"no expiry":      {query("Expires=", "x-id="), three},
		"no key":         {query("AWSAccessKeyId=", "x-id="), three},
		"bad expiry":     {query("Expires=", "Expires=x"), "403 AccessDenied: Invalid date (should be seconds since epoch): x1793700307"},
		"unsigned":       {add("prefix=a"), "403 AccessDenied: Signature Version 2 does not sign the query-string parameter 'prefix'. Please use AWS4-HMAC-SHA256."},
		"Authorization":  {with(func(r *http.Request) { r.Header.Set("Authorization", "Bearer x") }), both},
		"version 4":      {add("X-Amz-Algorithm=AWS4-HMAC-SHA256"), both},
		"both headers": {with(func(r *http.Request) {
			signed := get(t, alice, "us-east-1", "s3", now)
			maps.Copy(r.Header, signed.Header)
		}), both},
		"chunks":       {old(t, alice, "PUT", object, "", time.Hour, "Content-Encoding", "aws-chunked"), "400 InvalidRequest: The content encoding aws-chunked needs a signature in the Authorization header."},
		"streaming":    {with(func(r *http.Request) { r.Header.Set("X-Amz-Content-Sha256", "STREAMING-UNSIGNED-PAYLOAD-TRAILER") }), "400 InvalidArgument: x-amz-content-sha256 must be UNSIGNED-PAYLOAD or a valid sha256 value."},
		"unknown key":  {old(t, sigv4.Credentials{AccessKeyID: "AKIABOB", SecretAccessKey: "x"}, "GET", object, "", time.Hour), nobody},
		"no token":     {old(t, sigv4.Credentials{AccessKeyID: live.AccessKeyID, SecretAccessKey: live.SecretAccessKey}, "GET", object, "", time.Hour), nobody},
		"wrong token":  {old(t, sigv4.Credentials{AccessKeyID: live.AccessKeyID, SecretAccessKey: live.SecretAccessKey, SessionToken: "x"}, "GET", object, "", time.Hour), "400 InvalidToken: The provided token is malformed or otherwise invalid."},
		"needless":     {old(t, sigv4.Credentials{AccessKeyID: alice.AccessKeyID, SecretAccessKey: alice.SecretAccessKey, SessionToken: "x"}, "GET", object, "", time.Hour), "400 InvalidToken: The provided token is malformed or otherwise invalid."},
		"session over": {old(t, mint(t, a, 0), "GET", object, "", time.Hour), "400 ExpiredToken: The provided token has expired."},
	} {
		for _, streamed := range []bool{false, true} {
			var signer bailiwick.Signer
			var body io.Reader
			var err error
			if streamed {
				signer, body, err = a.AuthenticateStream(t.Context(), tt.r, "s3")
			} else {
				signer, err = a.Authenticate(t.Context(), tt.r, nil, "s3")
			}
			got := refused(t, err)
			for _, fact := range []string{" <AWSAccessKeyId>", " <ArgumentName>"} {
				got, _, _ = strings.Cut(got, fact)
			}
			if got != tt.want || signer.Who.ARN != "anonymous" || body != nil {
				t.Errorf("%s: by %s\n got %s\nwant %s", name, signer.Who.ARN, got, tt.want)
			}
		}
	}
	_, err := a.Authenticate(t.Context(), with(func(r *http.Request) { r.URL.Path = "/bucket/other" }), nil, "s3")
	if got := refused(t, err); !strings.HasSuffix(got, " <StringToSign>GET\n\n\n1793700307\n/bucket/other <StringToSignBytes>47 45 54 0a 0a 0a 31...") {
		t.Errorf("the facts are %q", got)
	}
}

// TestVersion2Elsewhere: no other service takes it, nor S3 in the header, nor a
// server that does not know which bucket a host names.
func TestVersion2Elsewhere(t *testing.T) {
	const sentence = "The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256."
	a := knowing(t)
	for _, service := range []string{"sts", "dynamodb", "execute-api"} {
		if _, err := a.Authenticate(t.Context(), old(t, alice, "GET", object, "", time.Hour), nil, service); err == nil || !strings.Contains(refused(t, err), sentence) {
			t.Errorf("%s: %v", service, err)
		}
	}
	r := httptest.NewRequest("GET", object, nil)
	r.Header.Set("Authorization", "AWS AKIAEXAMPLE:"+base64.StdEncoding.EncodeToString(make([]byte, 20)))
	if _, err := a.Authenticate(t.Context(), r, nil, "s3"); refused(t, err) != "400 InvalidRequest: "+sentence {
		t.Errorf("the header: %v", err)
	}
	a.Bucket = nil
	if _, err := a.Authenticate(t.Context(), old(t, alice, "GET", object, "", time.Hour), nil, "s3"); refused(t, err) != "400 InvalidRequest: "+sentence {
		t.Errorf("without Bucket: %v", err)
	}
}

// TestVersion2Plausible: a large body is read for whoever has signed the URL.
func TestVersion2Plausible(t *testing.T) {
	a := knowing(t)
	if !a.Plausible(t.Context(), old(t, alice, "POST", object+"?uploadId=u", "", time.Hour), "s3") {
		t.Error("a true signature is not plausible")
	}
	if a.Plausible(t.Context(), old(t, alice, "POST", object+"?uploadId=u", "", -time.Hour), "s3") {
		t.Error("an expired URL is plausible")
	}
}
