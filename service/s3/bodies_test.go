package s3

import (
	"errors"
	"io"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/bailiwick-project/bailiwick/checksum"
)

func TestChecksums(t *testing.T) {
	w := newWorld(t)
	w.ok("PUT", "/data", "")
	const body = "123456789"
	for _, a := range checksum.Algorithms() {
		good, wrong := checksum.Encode(sumOf(a, body)), checksum.Encode(sumOf(a, "x"))
		w.want(w.do("PUT", "/data/k", body, a.Header(), wrong), 400, "BadDigest")
		w.want(w.do("PUT", "/data/k", body, a.Header(), "x"), 400, "InvalidRequest")
		w.want(w.do("GET", "/data/k", ""), 404, "NoSuchKey")
		r := w.ok("PUT", "/data/k", body, a.Header(), good, "X-Amz-Sdk-Checksum-Algorithm", string(a))
		if r.header.Get(a.Header()) != good || r.header.Get("X-Amz-Checksum-Type") != "FULL_OBJECT" {
			t.Errorf("%s: %v", a, r.header)
		}
		r = w.ok("GET", "/data/k", "", "X-Amz-Checksum-Mode", "ENABLED")
		if r.header.Get(a.Header()) != good {
			t.Errorf("%s: %v", a, r.header)
		}
		for _, headers := range [][]string{{}, {"X-Amz-Checksum-Mode", "ENABLED", "Range", "bytes=0-1"}} {
			if r := w.ok("GET", "/data/k", "", headers...); r.header.Get(a.Header()) != "" {
				t.Errorf("%s is told where nobody asked: %v", a, r.header)
			}
		}
		if r := w.ok("GET", "/data?list-type=2", ""); element(r.body, "ChecksumAlgorithm") != string(a) {
			t.Errorf("%s: %s", a, r.body)
		}
		w.want(w.do("DELETE", "/data/k", ""), 204, "")
	}
	w.want(w.do("PUT", "/data/k", body, "Content-Md5", "x"), 400, "InvalidDigest")
	w.want(w.do("PUT", "/data/k", body, "Content-Md5", md5Of("x")), 400, "BadDigest")
	w.want(w.do("PUT", "/data/k", body, "Content-Md5", md5Of(body)), 200, "")
	two := []string{checksum.CRC32.Header(), checksum.Encode(sumOf(checksum.CRC32, body)), checksum.SHA1.Header(), checksum.Encode(sumOf(checksum.SHA1, body))}
	w.want(w.do("PUT", "/data/k", body, two...), 400, "InvalidRequest")
	w.want(w.do("PUT", "/data/k", body, two[0], two[1], "X-Amz-Sdk-Checksum-Algorithm", "SHA1"), 400, "InvalidRequest")
	w.want(w.do("PUT", "/data/k", body, "X-Amz-Sdk-Checksum-Algorithm", "CRC32"), 400, "InvalidRequest")
	w.want(w.do("PUT", "/data/k", body, "X-Amz-Checksum-Md5", "x"), 400, "InvalidRequest")
}

// trailed is a body with a trailer, as authn hands it on.
type trailed struct {
	io.Reader
	length  int64
	trailer map[string]string
}

func (b *trailed) DecodedLength() (int64, bool) { return b.length, b.length >= 0 }
func (b *trailed) Close() error                 { return nil }
func (b *trailed) Trailer(name string) (string, bool) {
	v, ok := b.trailer[name]
	return v, ok
}

func TestTrailers(t *testing.T) {
	w := newWorld(t)
	w.ok("PUT", "/data", "")
	good := checksum.Encode(sumOf(checksum.CRC32, "body"))
	for name, tt := range map[string]struct {
		length  int64
		header  string
		trailer map[string]string
		code    string
	}{
		"as announced":      {4, "x-amz-checksum-crc32", map[string]string{"x-amz-checksum-crc32": good}, ""},
		"another value":     {4, "x-amz-checksum-crc32", map[string]string{"x-amz-checksum-crc32": checksum.Encode(sumOf(checksum.CRC32, "x"))}, "BadDigest"},
		"left out":          {4, "x-amz-checksum-crc32", nil, "InvalidRequest"},
		"another algorithm": {4, "x-amz-checksum-sha256", map[string]string{"x-amz-checksum-crc32": good}, "InvalidRequest"},
		"no checksum":       {4, "x-amz-acl", map[string]string{"x-amz-acl": "public-read"}, "InvalidRequest"},
		"two":               {4, "x-amz-checksum-crc32, x-amz-checksum-sha1", map[string]string{"x-amz-checksum-crc32": good}, "InvalidRequest"},
		"unknown":           {4, "x-amz-checksum-rot13", map[string]string{"x-amz-checksum-rot13": good}, "InvalidRequest"},
		"too short":         {5, "x-amz-checksum-crc32", map[string]string{"x-amz-checksum-crc32": good}, "IncompleteBody"},
		"too long":          {3, "x-amz-checksum-crc32", map[string]string{"x-amz-checksum-crc32": good}, "IncompleteBody"},
		"no length":         {-1, "x-amz-checksum-crc32", map[string]string{"x-amz-checksum-crc32": good}, "MissingContentLength"},
		"and in the head":   {4, "x-amz-checksum-crc32", map[string]string{"x-amz-checksum-crc32": good, "head": "X-Amz-Checksum-Crc32: " + good}, "InvalidRequest"},
		"said to be":        {4, "x-amz-checksum-crc32", map[string]string{"x-amz-checksum-crc32": good, "head": "X-Amz-Sdk-Checksum-Algorithm: CRC32"}, ""},
		"said to be other":  {4, "x-amz-checksum-crc32", map[string]string{"x-amz-checksum-crc32": good, "head": "X-Amz-Sdk-Checksum-Algorithm: SHA1"}, "InvalidRequest"},
	} {
		r := httptest.NewRequest("PUT", "/data/k", nil)
		r.Host, r.ContentLength = "localhost", -1
		r.Header.Set("X-Amz-Trailer", tt.header)
		if name, value, ok := strings.Cut(tt.trailer["head"], ": "); ok {
			r.Header.Set(name, value)
		}
		r.Body = &trailed{Reader: strings.NewReader("body"), length: tt.length, trailer: tt.trailer}
		if got := w.send(r); got.code != tt.code {
			t.Errorf("%s: %d %s", name, got.status, got.body)
		}
		if tt.code == "" {
			w.want(w.do("DELETE", "/data/k", ""), 204, "")
		}
		w.want(w.do("GET", "/data/k", ""), 404, "NoSuchKey")
	}
}

// TestBrokenBodies: what does not come to its end leaves nothing behind.
func TestBrokenBodies(t *testing.T) {
	w := newWorld(t)
	w.ok("PUT", "/data", "")
	w.ok("PUT", "/data/k", "before")
	for _, size := range []int{10, 100 << 10} {
		for name, tt := range map[string]struct {
			err  error
			code string
		}{
			"cut off":        {io.ErrUnexpectedEOF, "IncompleteBody"},
			"bad signature":  {fail(403, "SignatureDoesNotMatch", "no"), "SignatureDoesNotMatch"},
			"something else": {errors.New("broken pipe"), "InternalError"},
		} {
			r := httptest.NewRequest("PUT", "/data/k", nil)
			r.Host, r.ContentLength = "localhost", int64(size)
			r.Body = io.NopCloser(io.MultiReader(strings.NewReader(strings.Repeat("x", size)), &failing{tt.err}))
			if got := w.send(r); got.code != tt.code {
				t.Errorf("%s: %d %s", name, got.status, got.body)
			}
		}
	}
	if got := w.ok("GET", "/data/k", "").body; got != "before" {
		t.Errorf("the object is %q", got)
	}
	if n := len(blobsOf(t, w)); n != 0 || len(w.api.flight.ids) != 0 {
		t.Errorf("%d blobs are left, in flight %v", n, w.api.flight.ids)
	}
}

type failing struct{ err error }

func (f *failing) Read([]byte) (int, error) { return 0, f.err }

// huge is a body that says it is large, and would be.
type huge struct{ read int64 }

func (h *huge) Read(p []byte) (int, error) {
	h.read += int64(len(p))
	return len(p), nil
}

func TestTooLarge(t *testing.T) {
	w := newWorld(t)
	w.ok("PUT", "/data", "")
	body := new(huge)
	r := httptest.NewRequest("PUT", "/data/k", nil)
	r.Host, r.ContentLength, r.Body = "localhost", maxPut+1, io.NopCloser(body)
	w.want(w.send(r), 400, "EntityTooLarge")
	if body.read > 0 {
		t.Errorf("%d bytes of it were read", body.read)
	}
}

func TestRefusedWishes(t *testing.T) {
	w := newWorld(t)
	w.ok("PUT", "/data", "")
	for name, tt := range map[string]struct {
		header, value string
		status        int
		code          string
	}{
		"public":           {"X-Amz-Acl", "public-read", 400, "AccessControlListNotSupported"},
		"a grant":          {"X-Amz-Grant-Read", "id=x", 400, "AccessControlListNotSupported"},
		"private":          {"X-Amz-Acl", "private", 200, ""},
		"for the owner":    {"X-Amz-Acl", "bucket-owner-full-control", 200, ""},
		"KMS":              {"X-Amz-Server-Side-Encryption", "aws:kms", 501, "NotImplemented"},
		"a key of KMS":     {"X-Amz-Server-Side-Encryption-Aws-Kms-Key-Id", "k", 501, "NotImplemented"},
		"customer key":     {"X-Amz-Server-Side-Encryption-Customer-Algorithm", "AES256", 501, "NotImplemented"},
		"AES256":           {"X-Amz-Server-Side-Encryption", "AES256", 200, ""},
		"Glacier":          {"X-Amz-Storage-Class", "GLACIER", 400, "InvalidStorageClass"},
		"no class":         {"X-Amz-Storage-Class", "x", 400, "InvalidStorageClass"},
		"standard":         {"X-Amz-Storage-Class", "STANDARD", 200, ""},
		"a lock":           {"X-Amz-Object-Lock-Legal-Hold", "ON", 400, "InvalidRequest"},
		"large metadata":   {"X-Amz-Meta-A", strings.Repeat("x", maxMetadata), 400, "MetadataTooLarge"},
		"much metadata":    {"X-Amz-Meta-A", strings.Repeat("x", maxMetadata-1), 200, ""},
		"another redirect": {"X-Amz-Website-Redirect-Location", "javascript:x", 400, "InvalidRedirectLocation"},
		"append":           {"X-Amz-Write-Offset-Bytes", "3", 501, "NotImplemented"},
		"a condition":      {"If-None-Match", `"x"`, 501, "NotImplemented"},
		"tags":             {"X-Amz-Tagging", "aws:x=y", 400, "InvalidTag"},
		"broken tags":      {"X-Amz-Tagging", "a=%zz", 400, "InvalidArgument"},
		"many tags":        {"X-Amz-Tagging", "a=&b=&c=&d=&e=&f=&g=&h=&i=&j=&k=", 400, "BadRequest"},
	} {
		if r := w.do("PUT", "/data/k", "x", tt.header, tt.value); r.status != tt.status || r.code != tt.code {
			t.Errorf("%s: %d %s", name, r.status, r.body)
		}
	}
}

func TestMetadata(t *testing.T) {
	w := newWorld(t)
	w.ok("PUT", "/data", "")
	w.ok("PUT", "/data/k", "x", "Content-Type", "a/b", "Cache-Control", "no-store", "Content-Disposition", "inline", "Content-Encoding", "aws-chunked,gzip",
		"Content-Language", "de", "Expires", "Thu, 01 Dec 1994 16:00:00 GMT", "X-Amz-Meta-Plain", "p", "X-Amz-Meta-Words", "=?UTF-8?B?w6Q=?=", "X-Amz-Meta-Raw", "ä")
	r := w.ok("GET", "/data/k", "")
	for name, want := range map[string]string{
		"Content-Type": "a/b", "Cache-Control": "no-store", "Content-Disposition": "inline", "Content-Encoding": "gzip", "Content-Language": "de",
		"Expires": "Thu, 01 Dec 1994 16:00:00 GMT", "X-Amz-Server-Side-Encryption": "AES256", "Accept-Ranges": "bytes",
		"Last-Modified": "Tue, 03 Nov 2026 12:00:00 GMT",
	} {
		if r.header.Get(name) != want {
			t.Errorf("%s: %q", name, r.header.Get(name))
		}
	}
	for name, want := range map[string]string{"x-amz-meta-plain": "p", "x-amz-meta-words": "=?UTF-8?b?w6Q=?=", "x-amz-meta-raw": "=?UTF-8?b?w6Q=?="} {
		if got := r.header[name]; len(got) != 1 || got[0] != want {
			t.Errorf("%s: %q", name, got)
		}
	}
	r = w.ok("GET", "/data/k?response-content-type=c/d&response-cache-control=x&response-expires=Thu%2C+01+Dec+1994+17%3A00%3A00+GMT", "")
	if r.header.Get("Content-Type") != "c/d" || r.header.Get("Cache-Control") != "x" || r.header.Get("Expires") != "Thu, 01 Dec 1994 17:00:00 GMT" {
		t.Errorf("other headers: %v", r.header)
	}
	w.want(w.do("GET", "/data/k?response-content-type=a%0d%0ab", ""), 400, "InvalidArgument")
	w.ok("PUT", "/data/copy", "", "X-Amz-Copy-Source", "data/k")
	if r := w.ok("HEAD", "/data/copy", ""); r.header.Get("Content-Type") != "a/b" || meta(r, "raw") == "" {
		t.Errorf("a copy: %v", r.header)
	}
	w.ok("PUT", "/data/copy", "", "X-Amz-Copy-Source", "data/k", "X-Amz-Metadata-Directive", "REPLACE", "X-Amz-Meta-New", "n")
	if r := w.ok("HEAD", "/data/copy", ""); r.header.Get("Content-Type") != "binary/octet-stream" || meta(r, "raw") != "" || meta(r, "new") == "" {
		t.Errorf("a copy with new metadata: %v", r.header)
	}
	w.want(w.do("PUT", "/data/k", "", "X-Amz-Copy-Source", "data/k"), 400, "InvalidRequest")
	w.want(w.do("PUT", "/data/k", "", "X-Amz-Copy-Source", "data/k", "X-Amz-Metadata-Directive", "REPLACE"), 200, "")
	w.want(w.do("PUT", "/data/k", "", "X-Amz-Copy-Source", "data/k", "X-Amz-Metadata-Directive", "x"), 400, "InvalidArgument")
	if got := w.ok("GET", "/data/k", "").body; got != "x" {
		t.Errorf("copied to itself: %q", got)
	}
}

func TestConditions(t *testing.T) {
	w := newWorld(t)
	w.ok("PUT", "/data", "")
	etag := w.ok("PUT", "/data/k", "0123456789").header.Get("ETag")
	const before, after = "Tue, 03 Nov 2026 11:59:59 GMT", "Tue, 03 Nov 2026 12:00:01 GMT"
	for _, tt := range []struct {
		headers []string
		status  int
	}{
		{[]string{"If-Match", etag}, 200},
		{[]string{"If-Match", "*"}, 200},
		{[]string{"If-Match", `"x", ` + etag}, 200},
		{[]string{"If-Match", `"x"`}, 412},
		{[]string{"If-None-Match", etag}, 304},
		{[]string{"If-None-Match", strings.Trim(etag, `"`)}, 304},
		{[]string{"If-None-Match", `"x"`}, 200},
		{[]string{"If-Modified-Since", before}, 200},
		{[]string{"If-Modified-Since", after}, 304},
		{[]string{"If-Modified-Since", "Tue, 03 Nov 2026 12:00:00 GMT"}, 304},
		{[]string{"If-Unmodified-Since", before}, 412},
		{[]string{"If-Unmodified-Since", after}, 200},
		{[]string{"If-Match", etag, "If-Unmodified-Since", before}, 200},
		{[]string{"If-None-Match", `"x"`, "If-Modified-Since", after}, 200},
		{[]string{"Range", "bytes=2-3"}, 206},
		{[]string{"Range", "bytes=8-100"}, 206},
		{[]string{"Range", "bytes=10-"}, 416},
		{[]string{"Range", "bytes=-0"}, 416},
		{[]string{"Range", "bytes=3-2"}, 200},
		{[]string{"Range", "bytes=0-1,3-4"}, 200},
		{[]string{"Range", "lines=1"}, 200},
	} {
		for _, method := range []string{"GET", "HEAD"} {
			r := w.do(method, "/data/k", "", tt.headers...)
			if r.status != tt.status || r.status == 304 && (r.body != "" || r.header.Get("ETag") != etag) {
				t.Errorf("%s %v: %d %v", method, tt.headers, r.status, r.header)
			}
		}
	}
	r := w.ok("GET", "/data/k", "", "Range", "bytes=-3")
	if r.body != "789" || r.header.Get("Content-Range") != "bytes 7-9/10" {
		t.Errorf("the last three: %q %v", r.body, r.header)
	}
	if r := w.ok("GET", "/data/k", "", "Range", "bytes=-3", "If-Range", `"x"`); r.body != "0123456789" || r.status != 200 {
		t.Errorf("a range of another object: %d %q", r.status, r.body)
	}
	w.want(w.do("PUT", "/data/k", "new", "If-None-Match", "*"), 412, "PreconditionFailed")
	w.want(w.do("PUT", "/data/k", "new", "If-Match", `"x"`), 412, "PreconditionFailed")
	w.want(w.do("PUT", "/data/none", "new", "If-Match", `"x"`), 404, "NoSuchKey")
	w.want(w.do("PUT", "/data/k", "new", "If-Match", etag), 200, "")
	w.want(w.do("PUT", "/data/k2", "new", "If-None-Match", "*"), 200, "")
	w.want(w.do("DELETE", "/data/k", "", "If-Match", etag), 412, "PreconditionFailed")
	w.want(w.do("GET", "/data/k", ""), 200, "")
	w.want(w.do("PUT", "/data/c", "", "X-Amz-Copy-Source", "data/k", "X-Amz-Copy-Source-If-None-Match", "*"), 412, "PreconditionFailed")
	// What policies see of the conditions.
	w.as("alice", `{"Effect":"Allow","Action":"s3:PutObject","Resource":"*","Condition":{"StringEquals":{"s3:if-none-match":"*"}}}`)
	w.want(w.do("PUT", "/data/k3", "x"), 403, "AccessDenied")
	w.want(w.do("PUT", "/data/k3", "x", "If-None-Match", "*"), 200, "")
}
