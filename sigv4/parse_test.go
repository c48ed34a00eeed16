package sigv4

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func TestIncompleteMessages(t *testing.T) {
	for _, c := range []struct {
		name, auth, date, query, want string
		kind                          Kind
	}{
		{"nothing", "", "", "", "Request is missing Authentication Token", Missing},
		{"basic", "Basic dTpw", "", "", "Request is missing Authentication Token", Missing},
		{"other query", "", "", "X-Amz-Date=1&X-Amz-Expires=5&a-b=c", "Request is missing Authentication Token", Missing},
		{"malformed query", "", "", "x%zz=1&%=2", "Request is missing Authentication Token", Missing},
		{"version 2", "AWS AKID:c2ln", "", "", "The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.", BadAlgorithm},
		{
			"version 2 query", "", "", "AWSAccessKeyId=AKID&Signature=c2ln&Expires=1",
			"The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.", BadAlgorithm,
		},
		{"another hash", "AWS4-HMAC-SHA512 x", "", "", "Unsupported AWS 'algorithm': 'AWS4-HMAC-SHA512'.", BadAlgorithm},
		{
			"all parts", "AWS4-HMAC-SHA256", "", "",
			"Authorization header requires 'Credential' parameter. Authorization header requires 'Signature' parameter. " +
				"Authorization header requires 'SignedHeaders' parameter. Authorization header requires existence of either a " +
				"'X-Amz-Date' or a 'Date' header. Authorization=AWS4-HMAC-SHA256", Incomplete,
		},
		{
			"credential", "AWS4-HMAC-SHA256 Signature=b, SignedHeaders=c", "20130101T000000Z", "",
			"Authorization header requires 'Credential' parameter. Authorization=AWS4-HMAC-SHA256 Signature=b, SignedHeaders=c", Incomplete,
		},
		{
			"query parts", "", "", "X-Amz-Algorithm",
			"AWS query-string parameters must include 'X-Amz-Algorithm'. AWS query-string parameters must include 'X-Amz-Credential'. " +
				"AWS query-string parameters must include 'X-Amz-Signature'. AWS query-string parameters must include 'X-Amz-SignedHeaders'. " +
				"AWS query-string parameters must include 'X-Amz-Date'. Re-examine the query-string parameters.", Incomplete,
		},
		{
			"both", "AWS4-HMAC-SHA256 x", "", "X-Amz-Algorithm=AWS4-HMAC-SHA256",
			"Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' as HTTP header.", Both,
		},
		{
			"host", "AWS4-HMAC-SHA256 Credential=a/20130101/r/s/aws4_request, Signature=b, SignedHeaders=x-amz-date", "20130101T000000Z", "",
			"'Host' must be a 'SignedHeader' in the AWS Authorization.", UnsignedHost,
		},
		{
			"elements", "AWS4-HMAC-SHA256 Credential=a, Signature=b, SignedHeaders=host;x-amz-date", "20130101T000000Z", "",
			"Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got 'a'", BadCredential,
		},
		{
			"day", "AWS4-HMAC-SHA256 Credential=a/20130101/r/s/aws4_request, Signature=b, SignedHeaders=host;x-amz-date", "20130102T000000Z", "",
			"Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '20130101' != '20130102', from '20130102T000000Z'. ", BadDay,
		},
		{
			"terminator", "AWS4-HMAC-SHA256 Credential=a/20130101/r/s/x, Signature=b, SignedHeaders=host;x-amz-date", "20130101T000000Z", "",
			"Credential should be scoped with a valid terminator: 'aws4_request', not 'x'. ", BadTerminator,
		},
		{
			"date", "AWS4-HMAC-SHA256 Credential=a/20130101/r/s/aws4_request, Signature=b, SignedHeaders=host;x-amz-date", "yesterday", "",
			"Date must be in ISO-8601 'basic format'. Got 'yesterday'. See http://en.wikipedia.org/wiki/ISO_8601", BadDate,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := httptest.NewRequest("GET", "http://localhost/?"+c.query, nil)
			if c.auth != "" {
				r.Header.Set("Authorization", c.auth)
			}
			if c.date != "" {
				r.Header.Set("X-Amz-Date", c.date)
			}
			s, err := Parse(r)
			if s != nil || KindOf(err) != c.kind || err.Error() != c.want {
				t.Errorf("kind %d: %v\nwant %d: %s", KindOf(err), err, c.kind, c.want)
			}
			if errors.Is(err, ErrNone) != (c.kind == Missing) {
				t.Error("errors.Is(err, ErrNone)")
			}
		})
	}
}

// A request that a client dated with the Date header alone.
func TestDateHeader(t *testing.T) {
	now := time.Date(2013, 5, 24, 0, 0, 0, 0, time.UTC)
	r, err := http.NewRequest("GET", "http://localhost/", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Date", "Fri, 24 May 2013 00:00:00 GMT")
	c := Credentials{AccessKeyID: "AKID", SecretAccessKey: s3Secret}
	s := newSignature(c, "us-east-1", "iam", now, []string{"date", "host"})
	sig, err := s.compute(r, c, hashHex(nil))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", algorithm+" Credential=AKID/"+s.Scope()+",SignedHeaders=date;host,Signature="+sig)
	if err := check(r, s3Secret, "us-east-1", "iam", nil, now); err != nil {
		t.Error(err)
	}
	r.Header.Set("Date", "Fri, 24 May 2013 00:00:01 GMT")
	if err := check(r, s3Secret, "us-east-1", "iam", nil, now); KindOf(err) != Mismatch {
		t.Errorf("another date: %v", err)
	}
}

func presigned(t *testing.T, service string) (*http.Request, time.Time) {
	t.Helper()
	now := time.Date(2026, 11, 3, 9, 5, 7, 0, time.UTC)
	r, err := http.NewRequest("GET", "http://localhost/b/k?versionId=a%2Bb", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("X-Amz-Meta-A", "1")
	c := Credentials{AccessKeyID: "ASIA", SecretAccessKey: s3Secret, SessionToken: "tok/en+="}
	if err := Presign(r, c, "us-east-1", service, time.Hour, now); err != nil {
		t.Fatal(err)
	}
	return r, now
}

func TestPresignedTampering(t *testing.T) {
	replace := func(old, new string) func(*http.Request) {
		return func(r *http.Request) {
			was := r.URL.RawQuery
			if r.URL.RawQuery = strings.Replace(was, old, new, 1); was == r.URL.RawQuery {
				panic("test changes nothing: " + old)
			}
		}
	}
	r, now := presigned(t, "sts")
	if err := check(r, s3Secret, "us-east-1", "sts", nil, now); err != nil {
		t.Fatal(err)
	}
	if s, err := Parse(r); err != nil || s.SessionToken != "tok/en+=" || s.AccessKeyID != "ASIA" || s.PayloadHash != "" {
		t.Errorf("%+v, %v", s, err)
	}
	for _, c := range []struct {
		name string
		do   func(*http.Request)
		want Kind
	}{
		{"path", func(r *http.Request) { r.URL.Path = "/b/l" }, Mismatch},
		{"method", func(r *http.Request) { r.Method = "DELETE" }, Mismatch},
		{"host", func(r *http.Request) { r.Host = "other" }, Mismatch},
		{"parameter", replace("a%2Bb", "a%2Bc"), Mismatch},
		{"plus for escaped plus", replace("a%2Bb", "a+b"), Mismatch},
		{"parameter added", replace("versionId", "x=1&versionId"), Mismatch},
		{"parameter gone", replace("versionId=a%2Bb&", ""), Mismatch},
		{"expires", replace("Expires=3600", "Expires=3601"), Mismatch},
		{"expires gone", replace("X-Amz-Expires=3600&", ""), Mismatch},
		{"expires 0", replace("Expires=3600", "Expires=0"), BadExpires},
		{"expires negative", replace("Expires=3600", "Expires=-1"), BadExpires},
		{"expires week", replace("Expires=3600", "Expires=604801"), BadExpires},
		{"expires huge", replace("Expires=3600", "Expires=99999999999999999999"), BadExpires},
		{"expires word", replace("Expires=3600", "Expires=1h"), BadExpires},
		{"expires empty", replace("Expires=3600", "Expires="), BadExpires},
		{"date", replace("20261103T090507Z", "20261103T090508Z"), Mismatch},
		{"date doubled", func(r *http.Request) { r.URL.RawQuery += "&X-Amz-Date=20261103T090507Z" }, Malformed},
		{"signature doubled", func(r *http.Request) { r.URL.RawQuery += "&X-Amz-Signature=00" }, Malformed},
		{"escaped name doubled", func(r *http.Request) { r.URL.RawQuery += "&X%2DAmz%2DSignature=00" }, Malformed},
		{"signature", replace("X-Amz-Signature=", "X-Amz-Signature=0"), Mismatch},
		{"signature gone", replace("X-Amz-Signature", "Y-Amz-Signature"), Incomplete},
		{"algorithm", replace("HMAC-SHA256", "HMAC-SHA1"), BadAlgorithm},
		{"algorithm gone", replace("X-Amz-Algorithm=AWS4-HMAC-SHA256&", ""), Incomplete},
		{"scope", replace("us-east-1", "us-east-2"), BadScope},
		{"key id with newline", replace("Credential=ASIA", "Credential=AS%0AIA"), BadCredential},
		{"token", replace("tok%2Fen", "tok%2Fem"), Mismatch},
		{"token as header too", func(r *http.Request) { r.Header.Set("X-Amz-Security-Token", "x") }, Malformed},
		{"header changed", func(r *http.Request) { r.Header.Set("X-Amz-Meta-A", "2") }, Mismatch},
		{"header gone", func(r *http.Request) { r.Header.Del("X-Amz-Meta-A") }, Mismatch},
		{"header added", func(r *http.Request) { r.Header.Set("X-Amz-Acl", "public-read") }, UnsignedHeader},
		{"authorization", func(r *http.Request) { r.Header.Set("Authorization", "Bearer x") }, Both},
		{"escape", func(r *http.Request) { r.URL.RawQuery += "&x%zz=1" }, Malformed},
		{"long query", func(r *http.Request) { r.URL.RawQuery += "&x=" + strings.Repeat("y", maxQuery) }, TooLarge},
		{"many parameters", func(r *http.Request) { r.URL.RawQuery += strings.Repeat("&x", maxParameters) }, TooLarge},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, now := presigned(t, "sts")
			c.do(r)
			if err := check(r, s3Secret, "us-east-1", "sts", nil, now); KindOf(err) != c.want {
				t.Errorf("kind %d, want %d: %v", KindOf(err), c.want, err)
			}
		})
	}
	if err := check(r, s3Secret, "us-east-1", "sts", []byte("x"), now); KindOf(err) != Mismatch {
		t.Errorf("a body that was not signed: %v", err)
	}
	if err := check(r, s3Secret, "us-east-1", "sts", nil, now.Add(time.Hour+time.Second)); KindOf(err) != Expired {
		t.Errorf("an hour later: %v", err)
	}
}

func TestPresignRefuses(t *testing.T) {
	for _, d := range []time.Duration{0, -time.Second, time.Millisecond, 1500 * time.Millisecond, MaxExpires + time.Second} {
		r := httptest.NewRequest("GET", "http://localhost/", nil)
		if err := Presign(r, Credentials{AccessKeyID: "A"}, "r", "s", d, time.Unix(0, 0)); err == nil {
			t.Errorf("%v accepted", d)
		}
	}
}

// Over a real connection, with everything net/http does to a request.
func TestOverHTTP(t *testing.T) {
	now := time.Date(2026, 11, 3, 9, 5, 7, 0, time.UTC)
	var got error
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body := make([]byte, max(r.ContentLength, 0))
		_, _ = r.Body.Read(body)
		got = check(r, s3Secret, "us-east-1", "execute-api", body, now)
	}))
	defer server.Close()
	for _, path := range []string{"/", "/a%20b/c%2Fd", "/x?a=b+c&d=%2B", "/%C3%BC?q=%C3%BC&q=", "/a!b(c)*d'e?x=!*'()"} {
		r, err := http.NewRequest("POST", server.URL+path, strings.NewReader("body"))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("X-Amz-Target", "x")
		r.Header.Add("My-Header", "one")
		r.Header.Add("My-Header", "two")
		c := Credentials{AccessKeyID: "AKID", SecretAccessKey: s3Secret}
		if err := Sign(r, c, "us-east-1", "execute-api", []byte("body"), now); err != nil {
			t.Fatal(err)
		}
		got = errors.New("the server was not reached")
		answer, err := server.Client().Do(r)
		if err != nil {
			t.Fatal(err)
		}
		_ = answer.Body.Close()
		if got != nil {
			t.Errorf("%s: %v", path, got)
		}
	}
}

// Java's SDK signs Content-Length, which net/http keeps in a field of an
// outgoing and in both places of a received request.
func TestSignedContentLength(t *testing.T) {
	now := time.Date(2026, 11, 3, 9, 5, 7, 0, time.UTC)
	c := Credentials{AccessKeyID: "AKID", SecretAccessKey: s3Secret}
	var got error
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		got = check(r, s3Secret, "us-east-1", "iam", []byte("body"), now)
	}))
	defer server.Close()
	for _, length := range []int64{4, 5} { // 5: signed a length that is not sent
		r, err := http.NewRequest("POST", server.URL, strings.NewReader("body"))
		if err != nil {
			t.Fatal(err)
		}
		s := newSignature(c, "us-east-1", "iam", now, []string{"content-length", "host", "x-amz-date"})
		r.Header.Set("X-Amz-Date", now.Format(isoBasic))
		r.ContentLength = length
		sig, err := s.compute(r, c, hashHex([]byte("body")))
		if err != nil {
			t.Fatal(err)
		}
		r.ContentLength = 4
		r.Header.Set("Authorization", algorithm+" Credential=AKID/"+s.Scope()+", SignedHeaders="+s.signedHeaders+", Signature="+sig)
		got = errors.New("the server was not reached")
		answer, err := server.Client().Do(r)
		if err != nil {
			t.Fatal(err)
		}
		_ = answer.Body.Close()
		if (got == nil) != (length == 4) {
			t.Errorf("length %d: %v", length, got)
		}
	}
}

// FuzzParse: no panic, and what parses keeps the package's promises.
func FuzzParse(f *testing.F) {
	r := httptest.NewRequest("GET", "/", nil)
	if err := Sign(r, Credentials{AccessKeyID: "AKID", SecretAccessKey: "s"}, "r", "s3", nil, time.Unix(0, 0)); err != nil {
		f.Fatal(err)
	}
	f.Add(r.Header.Get("Authorization"), "", "19700101T000000Z", "a=b")
	f.Add("", "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=A%2F19700101%2Fr%2Fs%2Faws4_request&X-Amz-Date=19700101T000000Z"+
		"&X-Amz-Expires=1&X-Amz-SignedHeaders=host&X-Amz-Signature=0", "", "")
	f.Fuzz(func(t *testing.T, auth, query, date, header string) {
		r := &http.Request{Method: "GET", Host: "h", Header: http.Header{}, URL: httptest.NewRequest("GET", "/", nil).URL}
		r.URL.RawQuery = query
		if auth != "" {
			r.Header.Set("Authorization", auth)
		}
		if date != "" {
			r.Header.Set("X-Amz-Date", date)
		}
		r.Header.Set("X-Amz-Meta-A", header)
		s, err := Parse(r)
		if err != nil {
			if s != nil || KindOf(err) == 0 {
				t.Fatalf("%+v, %v", s, err)
			}
			return
		}
		if s.AccessKeyID == "" || !s.signs("host") || !s.signs("x-amz-meta-a") || len(s.SignedHeaders) > maxSignedHeaders ||
			s.Date != s.Time.Format("20060102") || s.Expires < 0 || s.Expires > MaxExpires {
			t.Fatalf("%+v", s)
		}
		if err := s.CheckTime(s.Time); err != nil {
			t.Fatal(err)
		}
		if s.CheckScope("") == nil {
			if err := s.Verify(r, SigningKey{}, nil); err == nil {
				t.Fatalf("verified: %+v", s)
			}
		}
	})
}
