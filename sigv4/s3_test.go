package sigv4

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// TestS3Rules: what S3 asks for and other services do not.
func TestS3Rules(t *testing.T) {
	now := time.Date(2026, 11, 3, 9, 5, 7, 0, time.UTC)
	c := Credentials{AccessKeyID: "AKID", SecretAccessKey: s3Secret}
	hash := func(r *http.Request) { r.Header.Set("X-Amz-Content-Sha256", hashHex(nil)) }
	for name, tt := range map[string]struct {
		service string
		do      func(*http.Request)
		after   func(*http.Request)
		want    Kind
	}{
		"as it should be":          {"s3", hash, nil, 0},
		"no payload hash":          {"s3", hash, func(r *http.Request) { r.Header.Del("X-Amz-Content-Sha256") }, NoPayloadHash},
		"no payload hash, others":  {"sts", nil, nil, 0},
		"meta data twice":          {"s3", func(r *http.Request) { r.Header["X-Amz-Meta-A"] = []string{"1", "2"} }, nil, 0},
		"acl twice":                {"s3", func(r *http.Request) { r.Header["X-Amz-Acl"] = []string{"private", "public-read"} }, nil, Malformed},
		"copy source twice":        {"s3", func(r *http.Request) { r.Header["X-Amz-Copy-Source"] = []string{"a/b", "c/d"} }, nil, Malformed},
		"acl not signed":           {"s3", nil, func(r *http.Request) { r.Header.Set("X-Amz-Acl", "public-read") }, UnsignedHeader},
		"key of dots":              {"s3", func(r *http.Request) { r.URL.Path = "/b/a/../c//d" }, nil, 0},
		"key of dots, removed":     {"s3", func(r *http.Request) { r.URL.Path = "/b/a/../c//d" }, func(r *http.Request) { r.URL.Path = "/b/c/d" }, Mismatch},
		"escaped slash, opened":    {"s3", func(r *http.Request) { r.URL.Path, r.URL.RawPath = "/b/a/c", "/b/a%2Fc" }, func(r *http.Request) { r.URL.RawPath = "" }, Mismatch},
		"lower case query":         {"s3", func(r *http.Request) { r.URL.RawQuery = "x-amz-signature=00" }, nil, Malformed},
		"lower case, escaped":      {"s3", func(r *http.Request) { r.URL.RawQuery = "x%2Damz-credential=00" }, nil, Malformed},
		"lower case token":         {"s3", func(r *http.Request) { r.URL.RawQuery = "x-amz-security-token=00" }, nil, Malformed},
		"token in the query alone": {"s3", func(r *http.Request) { r.URL.RawQuery = "X-Amz-Security-Token=00" }, func(r *http.Request) { r.Header.Del("Authorization") }, Incomplete},
		"subresource":              {"s3", func(r *http.Request) { r.URL.RawQuery = "acl" }, nil, 0},
		"another subresource":      {"s3", func(r *http.Request) { r.URL.RawQuery = "acl" }, func(r *http.Request) { r.URL.RawQuery = "policy" }, Mismatch},
	} {
		r := httptest.NewRequest(http.MethodGet, "http://localhost/b/k", nil)
		if tt.do != nil {
			tt.do(r)
		}
		if err := Sign(r, c, "us-east-1", tt.service, nil, now); err != nil {
			t.Fatal(err)
		}
		if tt.after != nil {
			tt.after(r)
		}
		if err := check(r, s3Secret, "us-east-1", tt.service, nil, now); KindOf(err) != tt.want || (err == nil) != (tt.want == 0) {
			t.Errorf("%s: kind %d, want %d: %v", name, KindOf(err), tt.want, err)
		}
	}
}

func TestS3PresignedNeedsExpires(t *testing.T) {
	for service, want := range map[string]Kind{"s3": Incomplete, "sts": Mismatch} {
		r, now := presigned(t, service)
		r.URL.RawQuery = strings.Replace(r.URL.RawQuery, "X-Amz-Expires=3600&", "", 1)
		if err := check(r, s3Secret, "us-east-1", service, nil, now); KindOf(err) != want {
			t.Errorf("%s: %v", service, err)
		}
	}
}
