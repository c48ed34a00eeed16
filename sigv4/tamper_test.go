package sigv4

import (
	"net/http"
	"strings"
	"testing"
	"time"
)

// tampering changes a signed request on its way to the server.
type tampering struct {
	name string
	do   func(r *http.Request, body *[]byte)
	want Kind
}

func set(name, value string) func(*http.Request, *[]byte) {
	return func(r *http.Request, _ *[]byte) { r.Header.Set(name, value) }
}

// auth replaces a part of the Authorization header.
func auth(old, replacement string) func(*http.Request, *[]byte) {
	return func(r *http.Request, _ *[]byte) {
		was := r.Header.Get("Authorization")
		now := strings.Replace(was, old, replacement, 1)
		if was == now {
			panic("test changes nothing: " + old)
		}
		r.Header.Set("Authorization", now)
	}
}

var tamperings = []tampering{
	{"method", func(r *http.Request, _ *[]byte) { r.Method = "PUT" }, Mismatch},
	{"path", func(r *http.Request, _ *[]byte) { r.URL.Path = "/other" }, Mismatch},
	{"path slash", func(r *http.Request, _ *[]byte) { r.URL.Path += "/" }, Mismatch},
	{"path dots", func(r *http.Request, _ *[]byte) { r.URL.Path = "/x/.." + r.URL.Path }, Mismatch},
	{"path doubled slash", func(r *http.Request, _ *[]byte) { r.URL.Path = "/" + r.URL.Path }, Mismatch},
	{"path escaped slash", func(r *http.Request, _ *[]byte) { r.URL.Path, r.URL.RawPath = "/a/b", "/a%2Fb" }, Mismatch},
	{"query added", func(r *http.Request, _ *[]byte) { r.URL.RawQuery += "&z=1" }, Mismatch},
	{"query removed", func(r *http.Request, _ *[]byte) { r.URL.RawQuery = "p=1" }, Mismatch},
	{"query value", func(r *http.Request, _ *[]byte) { r.URL.RawQuery = "p=1&q=a%20c" }, Mismatch},
	{"query doubled", func(r *http.Request, _ *[]byte) { r.URL.RawQuery += "&p=1" }, Mismatch},
	{"query cut", func(r *http.Request, _ *[]byte) { r.URL.RawQuery = "p=1&q=a%2" }, Malformed},
	{"body", func(_ *http.Request, b *[]byte) { *b = append(*b, ' ') }, Mismatch},
	{"body empty", func(_ *http.Request, b *[]byte) { *b = nil }, Mismatch},
	{"host", func(r *http.Request, _ *[]byte) { r.Host = "localhost:8081" }, Mismatch},
	{"content type", set("Content-Type", "application/json"), Mismatch},
	{"content type gone", func(r *http.Request, _ *[]byte) { r.Header.Del("Content-Type") }, Mismatch},
	{"content type doubled", func(r *http.Request, _ *[]byte) { r.Header.Add("Content-Type", "x") }, Mismatch},
	{"target", set("X-Amz-Target", "DynamoDB_20120810.DeleteTable"), Mismatch},
	{"target doubled", func(r *http.Request, _ *[]byte) { r.Header.Add("X-Amz-Target", "x") }, Malformed},
	{"date", set("X-Amz-Date", "20261103T090508Z"), Mismatch},
	{"date doubled", func(r *http.Request, _ *[]byte) { r.Header.Add("X-Amz-Date", "20261103T090507Z") }, Malformed},
	{"day", set("X-Amz-Date", "20261102T235959Z"), BadDay},
	{"no date", func(r *http.Request, _ *[]byte) { r.Header.Del("X-Amz-Date") }, NoDate},
	{"bad date", set("X-Amz-Date", "2026-11-03T09:05:07Z"), BadDate},
	{"date with fraction", set("X-Amz-Date", "20261103T090507.0Z"), BadDate},
	{"token", set("X-Amz-Security-Token", "other"), Mismatch},
	{"token gone", func(r *http.Request, _ *[]byte) { r.Header.Del("X-Amz-Security-Token") }, Mismatch},
	{"token doubled", func(r *http.Request, _ *[]byte) { r.Header.Add("X-Amz-Security-Token", "other") }, Malformed},
	{"token huge", set("X-Amz-Security-Token", strings.Repeat("x", maxToken+1)), TooLarge},
	{"unsigned x-amz", set("X-Amz-Meta-Owner", "me"), UnsignedHeader},
	{"unsigned x-amz, raw case", func(r *http.Request, _ *[]byte) { r.Header["x-AMZ-meta-owner"] = []string{"me"} }, UnsignedHeader},
	{"payload hash", set("X-Amz-Content-Sha256", UnsignedPayload), UnsignedHeader},
	{"authorization doubled", func(r *http.Request, _ *[]byte) { r.Header.Add("Authorization", r.Header.Get("Authorization")) }, Malformed},
	{"authorization gone", func(r *http.Request, _ *[]byte) { r.Header.Del("Authorization") }, Missing},
	{"authorization huge", auth(", Signature", ","+strings.Repeat(" ", maxAuthorization)+" Signature"), TooLarge},
	{"bearer", set("Authorization", "Bearer abc"), Missing},
	{"query too", func(r *http.Request, _ *[]byte) { r.URL.RawQuery += "&X-Amz-Algorithm=AWS4-HMAC-SHA256" }, Both},
	{"query signature too", func(r *http.Request, _ *[]byte) { r.URL.RawQuery += "&X-Amz-Signature=00" }, Both},
	{"escaped query auth too", func(r *http.Request, _ *[]byte) { r.URL.RawQuery += "&%58-Amz-Algorithm=x" }, Both},
	{"algorithm", auth("SHA256", "SHA512"), BadAlgorithm},
	{"algorithm v4a", auth("AWS4-HMAC", "AWS4-ECDSA-P256"), BadAlgorithm},
	{"algorithm v2", set("Authorization", "AWS AKIDEXAMPLE:c2ln"), BadAlgorithm},
	{"region", auth("us-east-1", "eu-west-1"), BadScope},
	{"service", auth("/dynamodb/", "/iam/"), BadScope},
	{"terminator", auth("aws4_request", "aws5_request"), BadTerminator},
	{"scope short", auth("/dynamodb/", "/"), BadCredential},
	{"scope long", auth("/dynamodb/", "/dynamodb/x/"), BadCredential},
	{"no key id", auth("ASIAEXAMPLE", ""), BadCredential},
	{"host unsigned", auth("host;", ""), UnsignedHost},
	{"target unsigned", auth(";x-amz-target", ""), UnsignedHeader},
	{"token unsigned", auth(";x-amz-security-token", ""), UnsignedHeader},
	{"content type unsigned", auth("content-type;", ""), Mismatch},
	{"signed twice", auth("host;", "host;host;"), Malformed},
	{"signed unsorted", auth("content-type;host", "host;content-type"), Malformed},
	{"signed upper case", auth("host", "Host"), Malformed},
	{"signed empty name", auth("host;", "host;;"), Malformed},
	{"signed absent", auth("host;", "host;if-match;"), Mismatch},
	{"signed too many", auth("host;", "host;"+strings.Repeat("i;", 200)), TooLarge},
	{"part doubled", auth(", Signature=", ", Signature=00, Signature="), Malformed},
	{"part unknown", auth(", Signature=", ", Extra=1, Signature="), Malformed},
	{"no signature", auth("Signature=", "Signatur="), Malformed},
	{"signature empty", func(r *http.Request, _ *[]byte) {
		a, _, _ := strings.Cut(r.Header.Get("Authorization"), "Signature=")
		r.Header.Set("Authorization", a+"Signature=")
	}, Incomplete},
	{"signature cut", func(r *http.Request, _ *[]byte) {
		a := r.Header.Get("Authorization")
		r.Header.Set("Authorization", a[:len(a)-1])
	}, Mismatch},
	{"signature upper case", func(r *http.Request, _ *[]byte) {
		a, sig, _ := strings.Cut(r.Header.Get("Authorization"), "Signature=")
		r.Header.Set("Authorization", a+"Signature="+strings.ToUpper(sig))
	}, Mismatch},
	{"signature zeros", func(r *http.Request, _ *[]byte) {
		a, _, _ := strings.Cut(r.Header.Get("Authorization"), "Signature=")
		r.Header.Set("Authorization", a+"Signature="+strings.Repeat("0", 64))
	}, Mismatch},
}

// Whatever is changed after signing, the request is refused.
func TestTampering(t *testing.T) {
	now := time.Date(2026, 11, 3, 9, 5, 7, 0, time.UTC)
	fresh := func() (*http.Request, []byte) {
		body := []byte(`{"TableName":"t"}`)
		r, err := http.NewRequest("POST", "http://localhost:8080/a/b?p=1&q=a%20b", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/x-amz-json-1.0")
		r.Header.Set("X-Amz-Target", "DynamoDB_20120810.GetItem")
		c := Credentials{AccessKeyID: "ASIAEXAMPLE", SecretAccessKey: s3Secret, SessionToken: "token"}
		if err := Sign(r, c, "us-east-1", "dynamodb", body, now); err != nil {
			t.Fatal(err)
		}
		return r, body
	}
	r, body := fresh()
	if err := check(r, s3Secret, "us-east-1", "dynamodb", body, now); err != nil {
		t.Fatalf("untouched request: %v", err)
	}
	if err := check(r, suiteSecret, "us-east-1", "dynamodb", body, now); KindOf(err) != Mismatch {
		t.Errorf("another secret: %v", err)
	}
	for _, c := range tamperings {
		t.Run(c.name, func(t *testing.T) {
			r, body := fresh()
			c.do(r, &body)
			if err := check(r, s3Secret, "us-east-1", "dynamodb", body, now); KindOf(err) != c.want {
				t.Errorf("kind %d, want %d: %v", KindOf(err), c.want, err)
			}
		})
	}
}

// What transports may change, and what means the same, is accepted.
func TestHarmless(t *testing.T) {
	now := time.Date(2026, 11, 3, 9, 5, 7, 0, time.UTC)
	for name, do := range map[string]func(r *http.Request){
		"user agent":         func(r *http.Request) { r.Header.Set("User-Agent", "other") },
		"x-amz-user-agent":   func(r *http.Request) { r.Header.Set("X-Amz-User-Agent", "aws-amplify") },
		"trace id":           func(r *http.Request) { r.Header.Set("X-Amzn-Trace-Id", "Root=1") },
		"query order":        func(r *http.Request) { r.URL.RawQuery = "q=a%20b&p=1&p=0" },
		"plus is a space":    func(r *http.Request) { r.URL.RawQuery = "p=1&q=a+b&p=0" },
		"needless escape":    func(r *http.Request) { r.URL.RawQuery = "%70=%31&q=a%20b&p=0" },
		"empty pair":         func(r *http.Request) { r.URL.RawQuery = "&p=1&&q=a%20b&p=0&" },
		"spaces in a header": func(r *http.Request) { r.Header.Set("My-Header", "  a   b ") },
		"no spaces in auth": func(r *http.Request) {
			r.Header.Set("Authorization", strings.ReplaceAll(r.Header.Get("Authorization"), ", ", ","))
		},
		"more spaces in auth": func(r *http.Request) {
			r.Header.Set("Authorization", strings.ReplaceAll(r.Header.Get("Authorization"), ", ", " ,  "))
		},
	} {
		r, err := http.NewRequest("GET", "http://localhost/?p=1&q=a%20b&p=0", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("My-Header", "a b")
		if err := Sign(r, Credentials{AccessKeyID: "AKID", SecretAccessKey: s3Secret}, "us-east-1", "iam", nil, now); err != nil {
			t.Fatal(err)
		}
		do(r)
		if err := check(r, s3Secret, "us-east-1", "iam", nil, now); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
