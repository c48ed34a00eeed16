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
		{"all parts", "AWS4-HMAC-SHA256", "", "",
			"Authorization header requires 'Credential' parameter. Authorization header requires 'Signature' parameter. " +
				"Authorization header requires 'SignedHeaders' parameter. Authorization header requires existence of either a " +
				"'X-Amz-Date' or a 'Date' header. Authorization=AWS4-HMAC-SHA256", Incomplete},
		{"credential", "AWS4-HMAC-SHA256 Signature=b, SignedHeaders=c", "20130101T000000Z", "",
			"Authorization header requires 'Credential' parameter. Authorization=AWS4-HMAC-SHA256 Signature=b, SignedHeaders=c", Incomplete},
		{"query parts", "", "", "X-Amz-Algorithm",
			"AWS query-string parameters must include 'X-Amz-Algorithm'. AWS query-string parameters must include 'X-Amz-Credential'. " +
				"AWS query-string parameters must include 'X-Amz-Signature'. AWS query-string parameters must include 'X-Amz-SignedHeaders'. " +
				"AWS query-string parameters must include 'X-Amz-Date'. Re-examine the query-string parameters.", Incomplete},
		{"both", "AWS4-HMAC-SHA256 x", "", "X-Amz-Algorithm=AWS4-HMAC-SHA256",
			"Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' as HTTP header.", Both},
		{"host", "AWS4-HMAC-SHA256 Credential=a/20130101/r/s/aws4_request, Signature=b, SignedHeaders=x-amz-date", "20130101T000000Z", "",
			"'Host' must be a 'SignedHeader' in the AWS Authorization.", UnsignedHost},
		{"elements", "AWS4-HMAC-SHA256 Credential=a, Signature=b, SignedHeaders=host;x-amz-date", "20130101T000000Z", "",
			"Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got 'a'", Incomplete},
		{"day", "AWS4-HMAC-SHA256 Credential=a/20130101/r/s/aws4_request, Signature=b, SignedHeaders=host;x-amz-date", "20130102T000000Z", "",
			"Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '20130101' != '20130102', from '20130102T000000Z'. ", BadScope},
		{"terminator", "AWS4-HMAC-SHA256 Credential=a/20130101/r/s/x, Signature=b, SignedHeaders=host;x-amz-date", "20130101T000000Z", "",
			"Credential should be scoped with a valid terminator: 'aws4_request', not 'x'. ", BadScope},
		{"date", "AWS4-HMAC-SHA256 Credential=a/20130101/r/s/aws4_request, Signature=b, SignedHeaders=host;x-amz-date", "yesterday", "",
			"Date must be in ISO-8601 'basic format'. Got 'yesterday'. See http://en.wikipedia.org/wiki/ISO_8601", BadDate},
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
		{"date doubled", func(r *http.Request) { r.URL.RawQuery += "&X-Amz-Date=20261103T090507Z" }, Incomplete},
		{"signature doubled", func(r *http.Request) { r.URL.RawQuery += "&X-Amz-Signature=00" }, Incomplete},
		{"escaped name doubled", func(r *http.Request) { r.URL.RawQuery += "&X%2DAmz%2DSignature=00" }, Incomplete},
		{"signature", replace("X-Amz-Signature=", "X-Amz-Signature=0"), Mismatch},
		{"signature gone", replace("X-Amz-Signature", "Y-Amz-Signature"), Incomplete},
		{"algorithm", replace("HMAC-SHA256", "HMAC-SHA1"), BadAlgorithm},
		{"algorithm gone", replace("X-Amz-Algorithm=AWS4-HMAC-SHA256&", ""), Incomplete},
		{"scope", replace("us-east-1", "us-east-2"), BadScope},
		{"key id with newline", replace("Credential=ASIA", "Credential=AS%0AIA"), Incomplete},
		{"token", replace("tok%2Fen", "tok%2Fem"), Mismatch},
		{"token as header too", func(r *http.Request) { r.Header.Set("X-Amz-Security-Token", "x") }, Incomplete},
		{"header changed", func(r *http.Request) { r.Header.Set("X-Amz-Meta-A", "2") }, Mismatch},
		{"header gone", func(r *http.Request) { r.Header.Del("X-Amz-Meta-A") }, Mismatch},
		{"header added", func(r *http.Request) { r.Header.Set("X-Amz-Acl", "public-read") }, UnsignedHeader},
		{"authorization", func(r *http.Request) { r.Header.Set("Authorization", "Bearer x") }, Both},
		{"escape", func(r *http.Request) { r.URL.RawQuery += "&x%zz=1" }, Incomplete},
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

func TestCanonicalPath(t *testing.T) {
	for _, c := range []struct{ escaped, s3, other string }{
		{"", "/", "/"},
		{"/", "/", "/"},
		{"/a b", "/a%20b", "/a%20b"},
		{"/a%20b", "/a%20b", "/a%2520b"},
		{"/a%2Fb/c", "/a%2Fb/c", "/a%252Fb/c"},
		{"/a%2fb", "/a%2Fb", "/a%252fb"},
		{"/%41~-_.!$'()*,;:@&=+", "/A~-_.%21%24%27%28%29%2A%2C%3B%3A%40%26%3D%2B", "/%2541~-_.%21%24%27%28%29%2A%2C%3B%3A%40%26%3D%2B"},
		{"//x//", "//x//", "//x//"},
		{"/x/../y/./", "/x/../y/./", "/x/../y/./"},
		{"/\xc3\xbc", "/%C3%BC", "/%C3%BC"},
	} {
		for s3, want := range map[bool]string{true: c.s3, false: c.other} {
			got, err := appendPath(nil, c.escaped, s3)
			if err != nil || string(got) != want {
				t.Errorf("%q, s3 %v: %q, %v; want %q", c.escaped, s3, got, err, want)
			}
		}
	}
	if _, err := appendPath(nil, "/a%2", true); KindOf(err) != Incomplete {
		t.Errorf("cut escape: %v", err)
	}
}

func TestCanonicalQuery(t *testing.T) {
	for _, c := range []struct{ raw, want string }{
		{"", ""},
		{"b=2&a=1", "a=1&b=2"},
		{"a=2&a=1&a", "a=&a=1&a=2"},
		{"a-b=1&a=2&a1=3", "a=2&a-b=1&a1=3"}, // not by joined pairs
		{"A=1&a=1&%C3%BC=1&_=1", "%C3%BC=1&A=1&_=1&a=1"},
		{"a=x y", "a=x%20y"},
		{"a=x+y&b=x%2By", "a=x%20y&b=x%2By"},
		{"a=1=2", "a=1%3D2"},
		{"=v", "=v"},
		{"a;b=1", "a%3Bb=1"},
		{"%7e=%7E/", "~=~%2F"},
		{"X-Amz-Signature=1&a=1", "a=1"},
	} {
		got, err := appendQuery(nil, c.raw, true)
		if err != nil || string(got) != c.want {
			t.Errorf("%q: %q, %v; want %q", c.raw, got, err, c.want)
		}
	}
	if got, err := appendQuery(nil, "X-Amz-Signature=1", false); err != nil || string(got) != "X-Amz-Signature=1" {
		t.Errorf("header authentication: %q, %v", got, err)
	}
}

func TestKeyCache(t *testing.T) {
	c := NewKeyCache(32)
	for i := range 1000 {
		s := &Signature{AccessKeyID: "AKID" + itoa(i%300), Date: "20261103", Region: "us-east-1", Service: "sts"}
		secret := "secret" + itoa(i%300)
		if got := c.Key(s, secret); got != DeriveKey(secret, s.Date, s.Region, s.Service) {
			t.Fatalf("wrong key for %s", s.AccessKeyID)
		}
	}
	total := 0
	for i := range c.shards {
		total += len(c.shards[i].keys)
	}
	if total == 0 || total > 32 {
		t.Errorf("%d keys in a cache of 32", total)
	}
	s := &Signature{AccessKeyID: "AKID", Date: "20261103", Region: "us-east-1", Service: "sts"}
	old, fresh := c.Key(s, "old"), c.Key(s, "new")
	if old == fresh || fresh != DeriveKey("new", s.Date, s.Region, s.Service) {
		t.Error("the cache answers a changed secret with the old key")
	}
	done := make(chan struct{})
	for range 4 {
		go func() {
			defer func() { done <- struct{}{} }()
			for i := range 500 {
				c.Key(&Signature{AccessKeyID: "K" + itoa(i%50), Date: "20261103", Region: "r", Service: "s"}, "x")
			}
		}()
	}
	for range 4 {
		<-done
	}
}

// The package's HMAC against the standard library's.
func TestSigningKeySign(t *testing.T) {
	k := DeriveKey("a", "b", "c", "d")
	for _, n := range []int{0, 1, 55, 64, 200, 447, 448, 449, 5000} {
		msg := strings.Repeat("m", n)
		if got := k.sign([]byte(msg)); string(got[:]) != string(mac(k[:], msg)) {
			t.Errorf("%d bytes: wrong HMAC", n)
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
