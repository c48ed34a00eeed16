package sigv2_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/bailiwick-project/bailiwick/sigv2"
)

// presigned is a URL that is true as it stands.
func presigned(t *testing.T, method, target string, header http.Header) *http.Request {
	t.Helper()
	u, err := url.ParseRequestURI(target)
	if err != nil {
		t.Fatal(err)
	}
	r := &http.Request{Method: method, URL: u, Host: "localhost", Header: http.Header{}}
	for name, values := range header {
		r.Header[name] = values
	}
	if err := sigv2.Presign(r, sigv2.Credentials{AccessKeyID: keyID, SecretAccessKey: secret}, "", noon); err != nil {
		t.Fatal(err)
	}
	if err := check(r, "", noon); err != nil {
		t.Fatal(err)
	}
	return r
}

func TestRefusals(t *testing.T) {
	for _, tt := range []struct {
		name   string
		add    string // to the query
		header http.Header
		kind   sigv2.Kind
		say    string
	}{
		{"Authorization", "", http.Header{"Authorization": {"AWS " + keyID + ":x"}}, sigv2.Both, "Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, Signature query string parameter or the Authorization header should be specified"},
		{"Bearer", "", http.Header{"Authorization": {"Bearer x"}}, sigv2.Both, ""},
		{"version 4", "X-Amz-Signature=00", nil, sigv2.Both, ""},
		{"version 4, lower case", "x-amz-credential=a", nil, sigv2.Both, ""},
		{"two keys", "AWSAccessKeyId=AKIAOTHER", nil, sigv2.Malformed, "The query-string parameter 'AWSAccessKeyId' is there more than once."},
		{"two keys, escaped", "%41WSAccessKeyId=AKIAOTHER", nil, sigv2.Malformed, ""},
		{"two keys, other case", "awsaccesskeyid=AKIAOTHER", nil, sigv2.Malformed, ""},
		{"expires in lower case", "expires=99999999999", nil, sigv2.Malformed, ""},
		{"token in another case", "X-Amz-Security-Token=x", nil, sigv2.Malformed, "The query-string parameter 'X-Amz-Security-Token' is not in the case that its name has."},
		{"prefix", "prefix=globex%2F", nil, sigv2.Unsigned, "Signature Version 2 does not sign the query-string parameter 'prefix'. Please use AWS4-HMAC-SHA256."},
		{"list-type", "list-type=2", nil, sigv2.Unsigned, ""},
		{"max-keys", "max-keys=1", nil, sigv2.Unsigned, ""},
		{"marker", "marker=1", nil, sigv2.Unsigned, ""},
		{"start-after", "start-after=1", nil, sigv2.Unsigned, ""},
		{"continuation-token", "continuation-token=1", nil, sigv2.Unsigned, ""},
		{"encoding-type", "encoding-type=url", nil, sigv2.Unsigned, ""},
		{"encryption", "encryption", nil, sigv2.Unsigned, ""},
		{"publicAccessBlock", "publicAccessBlock", nil, sigv2.Unsigned, ""},
		{"policyStatus", "policyStatus", nil, sigv2.Unsigned, ""},
		{"attributes", "attributes", nil, sigv2.Unsigned, ""},
		{"retention", "retention", nil, sigv2.Unsigned, ""},
		{"subresource in another case", "ACL", nil, sigv2.Unsigned, ""},
		{"unknown", "foo=bar", nil, sigv2.Unsigned, ""},
		{"unknown without a name", "=bar", nil, sigv2.Unsigned, ""},
		{"bad escape", "acl=%zz", nil, sigv2.Malformed, ""},
		{"semicolon", "acl;x=y", nil, sigv2.Malformed, ""},
		{"a line in a value", "x-amz-meta-a=1%0Ax-amz-acl:public-read", nil, sigv2.Malformed, ""},
		{"a colon in a name", "x-amz-meta-a%3Ab=1", nil, sigv2.Malformed, ""},
		{"a header twice", "", http.Header{"X-Amz-Meta-A": {"1", "2"}}, sigv2.Malformed, ""},
		{"header and parameter", "x-amz-meta-a=1", http.Header{"X-Amz-Meta-A": {"1"}}, sigv2.Malformed, ""},
		{"type twice", "", http.Header{"Content-Type": {"a", "b"}}, sigv2.Malformed, ""},
		{"MD5 twice", "", http.Header{"Content-Md5": {"a", "b"}}, sigv2.Malformed, ""},
		{"chunks", "", http.Header{"X-Amz-Content-Sha256": {"STREAMING-AWS4-HMAC-SHA256-PAYLOAD"}}, sigv2.PayloadForm, ""},
		{"chunks, as parameter", "x-amz-content-sha256=STREAMING-UNSIGNED-PAYLOAD-TRAILER", nil, sigv2.PayloadForm, ""},
		{"no digest", "", http.Header{"X-Amz-Content-Sha256": {strings.Repeat("A", 64)}}, sigv2.PayloadForm, ""},
		{"an unsigned header", "", http.Header{"X-Amz-Acl": {"public-read"}}, sigv2.Mismatch, ""},
		{"another type", "", http.Header{"Content-Type": {"text/html"}}, sigv2.Mismatch, ""},
		{"long", "acl=" + strings.Repeat("x", 64<<10), nil, sigv2.TooLarge, ""},
		{"many", strings.Repeat("&", 1000), nil, sigv2.TooLarge, ""},
	} {
		r := presigned(t, "GET", "/data/k", nil)
		if tt.add != "" {
			r.URL.RawQuery += "&" + tt.add
		}
		for name, values := range tt.header {
			r.Header[name] = values
		}
		err := check(r, "", noon)
		if kindOf(err) != tt.kind || tt.say != "" && err.Error() != tt.say {
			t.Errorf("%s: %v (%d), want kind %d", tt.name, err, kindOf(err), tt.kind)
		}
	}
}

func TestIncomplete(t *testing.T) {
	const good = "AWSAccessKeyId=" + keyID + "&Signature=x&Expires=1793707200"
	for raw, want := range map[string]sigv2.Kind{
		"":                          sigv2.Missing,
		"acl":                       sigv2.Missing,
		"Expires=1&signature=x":     sigv2.Missing, // words that others use
		"Signature=x":               sigv2.Incomplete,
		"AWSAccessKeyId=" + keyID:   sigv2.Incomplete,
		"Signature=x&Expires=1":     sigv2.Incomplete,
		"awsaccesskeyid=" + keyID:   sigv2.Malformed,
		"%41WSAccessKeyId=" + keyID: sigv2.Incomplete,
		good:                        sigv2.Mismatch,
		strings.Replace(good, "1793707200", "", 1):                     sigv2.Incomplete,
		strings.Replace(good, "1793707200", "x", 1):                    sigv2.BadExpires,
		strings.Replace(good, "1793707200", "-1", 1):                   sigv2.BadExpires,
		strings.Replace(good, "1793707200", "%2B1793707200", 1):        sigv2.BadExpires,
		strings.Replace(good, "1793707200", "1793707200%0A", 1):        sigv2.BadExpires,
		strings.Replace(good, "1793707200", "1e12", 1):                 sigv2.BadExpires,
		strings.Replace(good, "1793707200", "999999999999", 1):         sigv2.BadExpires,
		strings.Replace(good, "1793707200", "99999999999999999999", 1): sigv2.BadExpires,
		strings.Replace(good, "1793707200", "0", 1):                    sigv2.Expired,
		strings.Replace(good, keyID, "", 1):                            sigv2.Incomplete,
		strings.Replace(good, keyID, "a%0Ab", 1):                       sigv2.Malformed,
		strings.Replace(good, keyID, strings.Repeat("A", 129), 1):      sigv2.Malformed,
		good + "&x-amz-security-token=" + strings.Repeat("x", 17<<10):  sigv2.TooLarge,
	} {
		r := httptest.NewRequest("GET", "/data/k", nil)
		r.URL.RawQuery = raw
		if err := check(r, "", noon); kindOf(err) != want {
			t.Errorf("%.100s: %v, want kind %d", raw, err, want)
		}
		if _, err := sigv2.Parse(r, ""); errors.Is(err, sigv2.ErrNone) == sigv2.Claims(r) {
			t.Errorf("%.100s: Claims says %v", raw, sigv2.Claims(r))
		}
	}
}

// TestOneTextOneMeaning: what is signed for one request is not good for another
// that says the same in other parts.
func TestOneTextOneMeaning(t *testing.T) {
	good := presigned(t, "GET", "/data/k?response-content-disposition=a%26uploadId%3Du", nil)
	split := &http.Request{Method: "GET", URL: &url.URL{Path: "/data/k"}, Header: http.Header{}}
	split.URL.RawQuery = strings.Replace(good.URL.RawQuery, "a%26uploadId%3Du", "a&uploadId=u", 1)
	if err := check(split, "", noon); kindOf(err) != sigv2.Malformed {
		t.Errorf("the value of an override became a parameter: %v", err)
	}
	good = presigned(t, "GET", "/data/k?versionId=a%2Bb", nil)
	good.URL.RawQuery = strings.Replace(good.URL.RawQuery, "%2B", "+", 1)
	if err := check(good, "", noon); kindOf(err) != sigv2.Mismatch {
		t.Errorf("a plus became a space: %v", err)
	}
	inHost := presigned(t, "GET", "/bucket/key", nil)
	if err := check(inHost, "other", noon); kindOf(err) != sigv2.Mismatch {
		t.Errorf("a path-style URL is good for a bucket in the host: %v", err)
	}
	escaped := presigned(t, "GET", "/a%2Fb/key", nil)
	if err := check(escaped, "", noon); err != nil {
		t.Error(err)
	}
	escaped.URL = &url.URL{Path: "/b/key", RawQuery: escaped.URL.RawQuery}
	if err := check(escaped, "a", noon); kindOf(err) != sigv2.Mismatch {
		t.Errorf("an escaped slash became a border: %v", err)
	}
}

// TestOrder: a step that was left out fails closed.
func TestOrder(t *testing.T) {
	r := presigned(t, "GET", "/data/k", nil)
	sig, err := sigv2.Parse(r, "")
	if err != nil {
		t.Fatal(err)
	}
	if err := sig.Verify(secret); err == nil {
		t.Error("verified without a look at the time")
	}
	if err := sig.CheckTime(noon.Add(time.Hour)); err == nil || sig.Verify(secret) == nil {
		t.Error("verified after its time")
	}
	if err := sig.CheckTime(noon); err != nil || sig.Verify("") == nil || sig.Verify(secret) != nil {
		t.Error("not verified in its time, or without a secret")
	}
	if err := new(sigv2.Signature).Verify(secret); err == nil {
		t.Error("nothing was verified")
	}
}

func TestPost(t *testing.T) {
	const (
		policy = "eyJleHBpcmF0aW9uIjogIjIwMjYtMTEtMjBUMjM6NDM6MjVaIiwgImNvbmRpdGlvbnMiOiBbeyJhY2wiOiAicHJpdmF0ZSJ9LCB7ImJ1Y2tldCI6ICJkYXRhIn0sIFsic3RhcnRzLXdpdGgiLCAiJGtleSIsICJhY21lLyJdXX0="
		made   = "+z5IL+YkArj2URj9NfXI1Bbs6R8=" // by botocore 1.43.11
	)
	form := func(pairs ...string) map[string]string {
		f := map[string]string{"awsaccesskeyid": keyID, "policy": policy, "signature": made, "key": "acme/x"}
		for i := 0; i < len(pairs); i += 2 {
			if f[pairs[i]] = pairs[i+1]; pairs[i+1] == "-" {
				delete(f, pairs[i])
			}
		}
		return f
	}
	for _, tt := range []struct {
		name   string
		fields map[string]string
		kind   sigv2.Kind
	}{
		{"good", form(), 0},
		{"no form of ours", form("awsaccesskeyid", "-", "signature", "-"), sigv2.Missing},
		{"no policy", form("policy", "-"), sigv2.Incomplete},
		{"empty policy", form("policy", ""), sigv2.Incomplete},
		{"no signature", form("signature", "-"), sigv2.Incomplete},
		{"no key", form("awsaccesskeyid", "-"), sigv2.Incomplete},
		{"version 4 too", form("x-amz-signature", "00"), sigv2.Both},
		{"version 4's date", form("x-amz-date", ""), sigv2.Both},
		{"another policy", form("policy", "e30="), sigv2.Mismatch},
		{"another signature", form("signature", "AAAA"), sigv2.Mismatch},
		{"a line break", form("policy", policy+"\n"), sigv2.Malformed},
		{"no base64", form("policy", "GET"), sigv2.Malformed},
		{"a long token", form("x-amz-security-token", strings.Repeat("x", 17<<10)), sigv2.TooLarge},
	} {
		sig, err := sigv2.ParsePost(tt.fields)
		if err == nil {
			err = sig.Verify(secret)
		}
		if kindOf(err) != tt.kind || tt.kind == 0 && err != nil {
			t.Errorf("%s: %v, want kind %d", tt.name, err, tt.kind)
		}
	}
	c := sigv2.Credentials{AccessKeyID: keyID, SecretAccessKey: secret, SessionToken: "t"}
	signed, err := sigv2.SignPost(c, policy)
	if err != nil || signed["signature"] != made || signed["x-amz-security-token"] != "t" {
		t.Errorf("signed %v, %v", signed, err)
	}
	if _, err := sigv2.SignPost(c, "{}"); err == nil {
		t.Error("signed what is no base64")
	}
}

func FuzzParse(f *testing.F) {
	for _, v := range vectors {
		f.Add(v.method, v.bucket, v.target)
	}
	f.Fuzz(func(t *testing.T, method, bucket, target string) {
		u, err := url.ParseRequestURI(target)
		if err != nil {
			return
		}
		r := &http.Request{Method: method, URL: u, Header: http.Header{}}
		sig, err := sigv2.Parse(r, bucket)
		if err != nil {
			return
		}
		if sig.CheckTime(noon.AddDate(-1, 0, 0)) == nil && sig.Verify("another secret") == nil {
			t.Errorf("%s %s is true under a secret that never signed it", method, target)
		}
	})
}
