package sigv2_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/bailiwick-project/bailiwick/sigv2"
)

const (
	keyID  = "AKIAIOSFODNN7EXAMPLE"
	secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
	query  = "AWSAccessKeyId=" + keyID + "&Signature="
)

var noon = time.Unix(1793707200, 0).UTC() // Expires of the vectors

// A vector is a URL that botocore 1.43.11 made with signature_version "s3" for the
// key above, and what its user sends along.
type vector struct {
	name, method, bucket, target string
	header                       http.Header
}

var vectors = []vector{
	{"get", "GET", "", "/data/acme/hello.txt?" + query + "Wcl37ntCJWaW8VxSc%2FBPUvGOeDY%3D&Expires=1793707200", nil},
	{"bucket in the host", "GET", "data", "/acme/hello.txt?" + query + "Wcl37ntCJWaW8VxSc%2FBPUvGOeDY%3D&Expires=1793707200", nil},
	{"key with escapes", "GET", "", "/data/acme/a%20b%2Bc%252F/%C3%A9%26x%3D1//../y~?" + query + "ySbPFp9Auloq%2FmiCyaHSaxgne%2F4%3D&Expires=1793707200", nil},
	{"overrides", "GET", "", "/data/k?response-content-disposition=attachment%3B%20filename%3D%22Tom%20%26%20Jerry%2B1.pdf%22&response-content-type=text%2Fplain" +
		"&versionId=null&" + query + "XpFYmLtyKFnLxgJwxtIvMUIyPF8%3D&Expires=1793707200", nil},
	{"put", "PUT", "", "/data/k?" + query + "g76HbjGrzbATr1150UZl3%2BMNiFk%3D&Expires=1793707200", nil},
	{
		"put with headers", "PUT", "", "/data/k?" + query + "Bmem07qv6mKCtrVaQjUjilztiYQ%3D&content-type=text%2Fplain&content-md5=1B2M2Y8AsgTpgAmY7PhCfg%3D%3D" +
			"&x-amz-acl=private&x-amz-meta-who=ann%20lee&x-amz-meta-b=1&x-amz-storage-class=STANDARD&x-amz-tagging=a%3Db%26c%3Dd&Expires=1793707200",
		http.Header{"Content-Type": {"text/plain"}, "Content-Md5": {"1B2M2Y8AsgTpgAmY7PhCfg=="}},
	},
	{"headers that are sent as such", "PUT", "", "/data/k?" + query + "Bmem07qv6mKCtrVaQjUjilztiYQ%3D&Expires=1793707200", http.Header{
		"Content-Type": {"text/plain"}, "Content-Md5": {"1B2M2Y8AsgTpgAmY7PhCfg=="}, "X-Amz-Acl": {"private"}, "X-Amz-Meta-Who": {"ann lee"},
		"X-Amz-Meta-B": {" 1 "}, "X-Amz-Storage-Class": {"STANDARD"}, "X-Amz-Tagging": {"a=b&c=d"},
	}},
	{"part", "PUT", "", "/data/k?uploadId=u%2B1%2F%3D&partNumber=2&" + query + "A6ItKj%2Bslm4lZTL0SSFAvBDVjDo%3D&Expires=1793707200", nil},
	{"subresource", "GET", "", "/data/k?tagging&" + query + "%2BOuaJNL5Lf%2FPLkfD%2FiyYqd5OKJM%3D&Expires=1793707200", nil},
	{"bucket", "HEAD", "", "/data?" + query + "DXp5%2FVc%2B8pb5BDMSB2Mne7bxrR4%3D&Expires=1793707200", nil},
	{"bucket with a slash", "HEAD", "", "/data/?" + query + "DXp5%2FVc%2B8pb5BDMSB2Mne7bxrR4%3D&Expires=1793707200", nil},
	{"bucket in the host alone", "HEAD", "data", "/?" + query + "DXp5%2FVc%2B8pb5BDMSB2Mne7bxrR4%3D&Expires=1793707200", nil},
	{"buckets", "GET", "", "/?" + query + "lqqJmSlWsBuSKXyMVw2lnhgFizw%3D&Expires=1793707200", nil},
	{"delete", "DELETE", "", "/data/k?" + query + "UD%2BY9XoM8iWujReI37YP6msfGpk%3D&Expires=1793707200", nil},
	{"copy", "PUT", "", "/data/k?" + query + "5KsnkN7ZgnZ489mcK1kdthUN2IM%3D&x-amz-copy-source=data%2Fj&Expires=1793707200", nil},
	{
		"unsigned headers", "GET", "", "/data/acme/hello.txt?" + query + "Wcl37ntCJWaW8VxSc%2FBPUvGOeDY%3D&Expires=1793707200&x-id=GetObject",
		http.Header{"Range": {"bytes=0-1"}, "If-Match": {`"x"`}},
	},
	{"session", "GET", "", "/data/acme/hello.txt?AWSAccessKeyId=ASIAIOSFODNN7EXAMPLE&Signature=28QSmUm2%2FZTWQgJMCi9fzU7VGCA%3D" +
		"&x-amz-security-token=tok%2Ben%2F%3D%3D&Expires=1793707200", nil},
}

func (v vector) request(t *testing.T) *http.Request {
	t.Helper()
	u, err := url.ParseRequestURI(v.target)
	if err != nil {
		t.Fatal(err)
	}
	return &http.Request{Method: v.method, URL: u, Host: "localhost:4566", Header: v.header.Clone()}
}

// check takes the three steps.
func check(r *http.Request, bucket string, now time.Time) error {
	sig, err := sigv2.Parse(r, bucket)
	if err == nil {
		err = sig.CheckTime(now)
	}
	if err == nil {
		err = sig.Verify(secret)
	}
	return err
}

func kindOf(err error) sigv2.Kind {
	if e, ok := err.(*sigv2.Error); ok { //nolint:errorlint // never wrapped
		return e.Kind
	}
	return 0
}

func TestVectors(t *testing.T) {
	for _, v := range vectors {
		if err := check(v.request(t), v.bucket, noon); err != nil {
			t.Errorf("%s: %v", v.name, err)
		}
		if err := check(v.request(t), v.bucket, noon.Add(time.Second)); kindOf(err) != sigv2.Expired {
			t.Errorf("%s: a second too late: %v", v.name, err)
		}
	}
}

// TestTampered changes one part of a signed request: none may pass.
func TestTampered(t *testing.T) {
	for _, v := range vectors {
		for _, other := range []string{"GET", "HEAD", "PUT", "DELETE", "POST"} {
			changed := v
			if changed.method = other; other != v.method {
				v.refused(t, "method "+other, changed.request(t), v.bucket, sigv2.Mismatch)
			}
		}
		v.refused(t, "another bucket in the host", v.request(t), "other", sigv2.Mismatch)
		longer := v.request(t)
		longer.URL.Path, longer.URL.RawPath = longer.URL.Path+"x", ""
		v.refused(t, "another key", longer, v.bucket, sigv2.Mismatch)
		for name := range v.request(t).URL.Query() {
			if strings.HasPrefix(name, "content-") || name == "x-id" {
				continue // not signed, and not read
			}
			r := v.request(t)
			q := r.URL.Query()
			value := q.Get(name)
			if q.Set(name, "1"+value); name != "AWSAccessKeyId" { // whose secret is another
				r.URL.RawQuery = q.Encode()
				v.refused(t, "a changed "+name, r, v.bucket, sigv2.Mismatch, sigv2.BadExpires)
			}
			q.Del(name)
			r.URL.RawQuery = q.Encode()
			v.refused(t, "no "+name, r, v.bucket, sigv2.Mismatch, sigv2.Incomplete)
			r = v.request(t)
			r.URL.RawQuery += "&" + name + "=" + url.QueryEscape(value)
			v.refused(t, name+" twice", r, v.bucket, sigv2.Malformed)
		}
		for name := range v.header {
			if name == "Range" || name == "If-Match" {
				continue // not signed
			}
			r := v.request(t)
			r.Header.Set(name, "1"+r.Header.Get(name))
			v.refused(t, "a changed "+name, r, v.bucket, sigv2.Mismatch)
			r.Header.Del(name)
			v.refused(t, "no "+name, r, v.bucket, sigv2.Mismatch)
		}
		for _, add := range []string{"acl", "versionId=x", "x-amz-acl=public-read", "uploadId=x"} {
			name, _, _ := strings.Cut(add, "=")
			if r := v.request(t); !r.URL.Query().Has(name) && r.Header.Get(name) == "" {
				r.URL.RawQuery += "&" + add
				v.refused(t, "with "+add, r, v.bucket, sigv2.Mismatch, sigv2.Malformed)
			}
		}
	}
}

func (v vector) refused(t *testing.T, what string, r *http.Request, bucket string, kinds ...sigv2.Kind) {
	t.Helper()
	err := check(r, bucket, noon)
	got := kindOf(err)
	for _, k := range kinds {
		if got == k {
			return
		}
	}
	t.Errorf("%s, %s: %v (%d), want %v", v.name, what, err, got, kinds)
}
