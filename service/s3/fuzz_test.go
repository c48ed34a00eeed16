package s3

import (
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/bailiwick-project/bailiwick"
)

// FuzzAddresses: the bucket and the key are the path, divided at its first literal
// slash and decoded once; nothing of it is cleaned away.
func FuzzAddresses(f *testing.F) {
	for _, path := range []string{"/data/a/../b", "/data//a", "/data/%2e%2e/x", "/da%2Fta/k", "/data/%25zz", "/", "//", "/data/%00", "/%ff/x"} {
		f.Add(path)
	}
	f.Fuzz(func(t *testing.T, path string) {
		u, err := url.ParseRequestURI("http://localhost" + path)
		if err != nil || !strings.HasPrefix(path, "/") || u.Host != "localhost" {
			return
		}
		r := httptest.NewRequest("GET", "/", nil)
		r.URL, r.Host = u, "localhost"
		at, e := locate(r, "")
		if e != nil {
			t.Fatalf("%q: %v", path, e)
		}
		rest := u.EscapedPath()[1:]
		first, second, found := strings.Cut(rest, "/")
		bucketName, err1 := url.PathUnescape(first)
		key, err2 := url.PathUnescape(second)
		if err1 != nil || err2 != nil || at.bucket != bucketName || at.key != key || !found && at.key != "" {
			t.Errorf("%q is %+v", path, at)
		}
		virtual, e := locate(r, "data")
		whole, err := url.PathUnescape(rest)
		if e != nil || err != nil || virtual.bucket != "data" || virtual.key != whole {
			t.Errorf("%q of a host is %+v, %v", path, virtual, e)
		}
	})
}

// FuzzSources: what is accepted as the source of a copy names a bucket and a key
// that say the same when they are spelled again.
func FuzzSources(f *testing.F) {
	for _, s := range []string{"b/k", "/b/k", "b%2Fk", "b/a%252Fb?versionId=x", "b/../c/k", "b/%ff", "?", "b/k?x"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, header string) {
		in, err := parseSource(header)
		if err != nil {
			return
		}
		again := url.PathEscape(*in.Bucket) + "/" + url.PathEscape(*in.Key)
		if in.VersionId != nil {
			again += "?versionId=" + *in.VersionId
		}
		same, err := parseSource(again)
		if err != nil || *same.Bucket != *in.Bucket || *same.Key != *in.Key || strings.Contains(*in.Bucket, "/") {
			t.Errorf("%q is %q %q, again %v", header, *in.Bucket, *in.Key, err)
		}
	})
}

// FuzzFormPolicies: whatever a policy says, a form that breaks a condition that is
// appended to it does not satisfy it.
func FuzzFormPolicies(f *testing.F) {
	for _, c := range []string{`{"bucket":"data"}`, `["starts-with","$key",""]`, `["content-length-range",1,2]`, `{"a":"b","key":"x"}`, `null`, `[]`, `"x"`} {
		f.Add(c)
	}
	f.Fuzz(func(t *testing.T, condition string) {
		raw := `{"expiration":"2100-01-01T00:00:00Z","conditions":[` + condition + `,["eq","$key","acme/x"]]}`
		conditions, err := parseFormPolicy(&bailiwick.Call{Time: noon}, []byte(raw))
		if err != nil || strings.Contains(condition, "onditions") { // a second list takes the place of ours
			return
		}
		for i := range conditions {
			if c := &conditions[i]; c.field == "key" && c.value == "acme/x" && c.operator == "eq" && !c.met("key", "globex/x") {
				return
			}
		}
		t.Errorf("%q lost the condition on the key: %v", condition, conditions)
	})
}

// FuzzRanges: a range lies within its object.
func FuzzRanges(f *testing.F) {
	f.Add("bytes=0-1", int64(10))
	f.Add("bytes=-5", int64(3))
	f.Add("bytes=5-", int64(0))
	f.Add("bytes=9223372036854775807-9223372036854775807", int64(9))
	f.Fuzz(func(t *testing.T, header string, size int64) {
		if size < 0 || size > maxObject {
			return
		}
		s, err := spanOf(&object{Size: size}, nil, &header, nil)
		if err == nil && (s.offset < 0 || s.length < 0 || s.offset+s.length > size || s.partial && s.length == 0) {
			t.Errorf("%q of %d: %+v", header, size, s)
		}
		if from, length, err := copyRange(&header, size); err == nil && (from < 0 || length < 1 || from+length > size) {
			t.Errorf("copy %q of %d: %d %d", header, size, from, length)
		}
	})
}
