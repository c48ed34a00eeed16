package authn_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/sigv4"
)

var alice = sigv4.Credentials{AccessKeyID: "AKIAEXAMPLE", SecretAccessKey: "long-term"}

// content has several chunks.
var content = strings.Repeat("what the signer meant. ", 2000)

func hashOf(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:])
}

// put signs a PUT with the declared payload hash, "" for none, and gives it a body.
func put(t *testing.T, service, declared, body string) *http.Request {
	t.Helper()
	r := httptest.NewRequest(http.MethodPut, "http://127.0.0.1:4566/bucket/key", strings.NewReader(body))
	if declared != "" {
		r.Header.Set("X-Amz-Content-Sha256", declared)
	}
	if err := sigv4.Sign(r, alice, "us-east-1", service, []byte(body), now); err != nil {
		t.Fatal(err)
	}
	return r
}

// chunked signs a PUT of content in chunks; do changes what is sent.
func chunked(t *testing.T, form string, do func(string) string) *http.Request {
	t.Helper()
	r := httptest.NewRequest(http.MethodPut, "http://127.0.0.1:4566/bucket/key", nil)
	up := sigv4.Upload{Form: form, Body: strings.NewReader(content), Length: int64(len(content)), ChunkSize: sigv4.MinChunk}
	if form != sigv4.StreamingSigned {
		up.Trailers, up.Trailer = []string{"x-amz-checksum-crc32"}, func(string) string { return "AAAAAA==" }
	}
	if err := sigv4.SignChunked(r, alice, "us-east-1", "s3", up, now); err != nil {
		t.Fatal(err)
	}
	wire, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	if do != nil {
		was := string(wire)
		if wire = []byte(do(was)); was == string(wire) {
			t.Fatal("test changes nothing")
		}
	}
	r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(wire)), int64(len(wire))
	return r
}

func TestStream(t *testing.T) {
	a := authenticator(t)
	for name, r := range map[string]*http.Request{
		"declared":          put(t, "s3", hashOf(content), content),
		"unsigned":          put(t, "s3", sigv4.UnsignedPayload, content),
		"signed chunks":     chunked(t, sigv4.StreamingSigned, nil),
		"signed trailers":   chunked(t, sigv4.StreamingSignedTrailer, nil),
		"unsigned trailers": chunked(t, sigv4.StreamingUnsignedTrailer, nil),
	} {
		signer, body, err := a.AuthenticateStream(t.Context(), r, "s3")
		if err != nil || signer.Who.ARN != "arn:aws:iam::000000000000:user/alice" || signer.Auth.Type != bailiwick.AuthHeader {
			t.Errorf("%s: %+v, %v", name, signer, err)
			continue
		}
		late, ok := body.(bailiwick.Trailers)
		if !ok {
			t.Fatalf("%s: %T is no Trailers", name, body)
		}
		if n, ok := late.DecodedLength(); n != int64(len(content)) || !ok {
			t.Errorf("%s: length %d, %v", name, n, ok)
		}
		if v, ok := late.Trailer("x-amz-checksum-crc32"); ok {
			t.Errorf("%s: trailer %q before the end", name, v)
		}
		got, err := io.ReadAll(body)
		if err != nil || string(got) != content {
			t.Errorf("%s: %d bytes, %v", name, len(got), err)
		}
		v, _ := late.Trailer("x-amz-checksum-crc32")
		if want := strings.Contains(name, "trailers"); (v == "AAAAAA==") != want {
			t.Errorf("%s: trailer %q", name, v)
		}
	}
}

func TestStreamRefuses(t *testing.T) {
	a := authenticator(t)
	with := func(r *http.Request, do func(*http.Request)) *http.Request { do(r); return r }
	body := func(s string) func(*http.Request) {
		return func(r *http.Request) { r.Body = io.NopCloser(strings.NewReader(s)) }
	}
	replace := func(old, by string) func(string) string {
		return func(s string) string { return strings.Replace(s, old, by, 1) }
	}
	for name, tt := range map[string]struct {
		r       *http.Request
		service string
		code    string
		early   bool // refused before the body
	}{
		"changed":                 {with(put(t, "s3", hashOf(content), content), body(strings.ToUpper(content))), "s3", "XAmzContentSHA256Mismatch", false},
		"shorter":                 {with(put(t, "s3", hashOf(content), content), body(content[1:])), "s3", "XAmzContentSHA256Mismatch", false},
		"longer":                  {with(put(t, "s3", hashOf(content), content), body(content+"x")), "s3", "XAmzContentSHA256Mismatch", false},
		"nothing of it":           {with(put(t, "s3", hashOf(content), content), body("")), "s3", "XAmzContentSHA256Mismatch", false},
		"changed, another":        {with(put(t, "lambda", hashOf(content), content), body("x")), "lambda", bailiwick.CodeBadSignature, false},
		"unsigned, another":       {put(t, "lambda", sigv4.UnsignedPayload, content), "lambda", bailiwick.CodeBadSignature, true},
		"chunks, another":         {put(t, "lambda", sigv4.StreamingSigned, content), "lambda", bailiwick.CodeBadSignature, true},
		"nothing declared":        {put(t, "lambda", "", content), "lambda", bailiwick.CodeBadSignature, true},
		"upper case":              {put(t, "s3", strings.ToUpper(hashOf(content)), content), "s3", "InvalidArgument", true},
		"junk":                    {put(t, "s3", "junk", content), "s3", "InvalidArgument", true},
		"public key chunks":       {put(t, "s3", "STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD", content), "s3", "InvalidArgument", true},
		"no length":               {put(t, "s3", sigv4.StreamingSigned, content), "s3", "MissingContentLength", true},
		"declaration replaced":    {with(put(t, "s3", hashOf(content), content), func(r *http.Request) { r.Header.Set("X-Amz-Content-Sha256", sigv4.UnsignedPayload) }), "s3", "SignatureDoesNotMatch", true},
		"declaration gone":        {with(put(t, "s3", hashOf(content), content), func(r *http.Request) { r.Header.Del("X-Amz-Content-Sha256") }), "s3", "InvalidRequest", true},
		"chunk changed":           {chunked(t, sigv4.StreamingSigned, replace("signer", "sinner")), "s3", "SignatureDoesNotMatch", false},
		"chunk changed, trailers": {chunked(t, sigv4.StreamingSignedTrailer, replace("signer", "sinner")), "s3", "SignatureDoesNotMatch", false},
		"chunks cut":              {chunked(t, sigv4.StreamingSigned, func(s string) string { return s[:len(s)-100] }), "s3", "IncompleteBody", false},
		"chunks and more":         {chunked(t, sigv4.StreamingSigned, func(s string) string { return s + "x" }), "s3", "IncompleteBody", false},
		"chunks twice":            {chunked(t, sigv4.StreamingSigned, func(s string) string { return s + s }), "s3", "IncompleteBody", false},
		"trailer changed":         {chunked(t, sigv4.StreamingSignedTrailer, replace("AAAAAA==", "AAAAAB==")), "s3", "SignatureDoesNotMatch", false},
		"trailer gone":            {chunked(t, sigv4.StreamingUnsignedTrailer, replace("x-amz-checksum-crc32:AAAAAA==\r\n", "")), "s3", "MalformedTrailerError", false},
		"trailer of another name": {chunked(t, sigv4.StreamingUnsignedTrailer, replace("crc32", "sha1")), "s3", "MalformedTrailerError", false},
		"form replaced":           {with(chunked(t, sigv4.StreamingSigned, nil), func(r *http.Request) { r.Header.Set("X-Amz-Content-Sha256", sigv4.StreamingUnsignedTrailer) }), "s3", "SignatureDoesNotMatch", true},
		"length replaced":         {with(chunked(t, sigv4.StreamingUnsignedTrailer, nil), func(r *http.Request) { r.Header.Set("X-Amz-Decoded-Content-Length", "1") }), "s3", "SignatureDoesNotMatch", true},
	} {
		signer, body, err := a.AuthenticateStream(t.Context(), tt.r, tt.service)
		if (err != nil) != tt.early {
			t.Errorf("%s: refused early: %v", name, err)
			continue
		}
		if err == nil {
			_, err = io.ReadAll(body)
			if _, again := body.Read(make([]byte, 10)); !errors.Is(again, err) {
				t.Errorf("%s: reading on: %v", name, again)
			}
		} else if signer.Who.ARN != "anonymous" || body != nil {
			t.Errorf("%s: refused, by %s with %T", name, signer.Who.ARN, body)
		}
		var e *bailiwick.Error
		if !errors.As(err, &e) || e.Code != tt.code {
			t.Errorf("%s: got %v, want %s", name, err, tt.code)
		}
	}
}

// TestStreamChunksInOrder: each chunk is signed over the one before it.
func TestStreamChunksInOrder(t *testing.T) {
	a := authenticator(t)
	r := chunked(t, sigv4.StreamingSigned, func(s string) string {
		const chunk = 4 + len(";chunk-signature=") + 64 + 2 + sigv4.MinChunk + 2
		return s[chunk:2*chunk] + s[:chunk] + s[2*chunk:]
	})
	_, body, err := a.AuthenticateStream(t.Context(), r, "s3")
	if err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(body)
	var e *bailiwick.Error
	if !errors.As(err, &e) || e.Code != "SignatureDoesNotMatch" || len(got) != 0 {
		t.Errorf("%d bytes, %v", len(got), err)
	}
}

func TestStreamPresigned(t *testing.T) {
	a := authenticator(t)
	presigned := func(set http.Header) *http.Request {
		r := httptest.NewRequest(http.MethodPut, "http://127.0.0.1:4566/bucket/key", strings.NewReader(content))
		maps.Copy(r.Header, set)
		if err := sigv4.Presign(r, alice, "us-east-1", "s3", time.Minute, now); err != nil {
			t.Fatal(err)
		}
		return r
	}
	signer, body, err := a.AuthenticateStream(t.Context(), presigned(nil), "s3")
	if err != nil || signer.Auth.Type != bailiwick.AuthQuery {
		t.Fatalf("%+v, %v", signer, err)
	}
	if got, err := io.ReadAll(body); string(got) != content || err != nil {
		t.Errorf("%d bytes, %v", len(got), err)
	}
	for _, form := range []string{sigv4.StreamingSigned, sigv4.StreamingSignedTrailer, sigv4.StreamingUnsignedTrailer} {
		r := presigned(http.Header{"X-Amz-Content-Sha256": {form}, "X-Amz-Decoded-Content-Length": {"1"}})
		_, body, err := a.AuthenticateStream(t.Context(), r, "s3")
		var e *bailiwick.Error
		if !errors.As(err, &e) || e.Code != "InvalidArgument" || body != nil {
			t.Errorf("%s: %v", form, err)
		}
	}
}

// TestStreamAnonymous: nobody's body is read as it is framed, and a signed frame
// needs a signer.
func TestStreamAnonymous(t *testing.T) {
	a := authenticator(t)
	const frame = "3\r\nabc\r\n0\r\nx-amz-checksum-crc32:NSRBwg==\r\n\r\n"
	framed := http.Header{
		"Content-Encoding": {"gzip, aws-chunked"}, "X-Amz-Decoded-Content-Length": {"3"}, "X-Amz-Trailer": {"x-amz-checksum-crc32"},
	}
	unsigned := maps.Clone(framed)
	unsigned["X-Amz-Content-Sha256"] = []string{sigv4.StreamingUnsignedTrailer}
	signed := maps.Clone(framed)
	signed["X-Amz-Content-Sha256"] = []string{sigv4.StreamingSigned}
	for name, tt := range map[string]struct {
		header     http.Header
		sent, want string
		code       string
	}{
		"plain":         {nil, "abc", "abc", ""},
		"framed":        {framed, frame, "abc", ""},
		"framed, said":  {unsigned, frame, "abc", ""},
		"framed badly":  {framed, frame[1:], "", "IncompleteBody"},
		"declared":      {http.Header{"X-Amz-Content-Sha256": {hashOf("abc")}}, "abc", "abc", ""},
		"changed":       {http.Header{"X-Amz-Content-Sha256": {hashOf("abc")}}, "abd", "", "XAmzContentSHA256Mismatch"},
		"signed frames": {signed, frame, "", "InvalidRequest"},
		"no length":     {http.Header{"Content-Encoding": {"aws-chunked"}}, frame, "", "MissingContentLength"},
	} {
		r := httptest.NewRequest(http.MethodPut, "http://127.0.0.1:4566/bucket/key", strings.NewReader(tt.sent))
		maps.Copy(r.Header, tt.header)
		signer, body, err := a.AuthenticateStream(t.Context(), r, "s3")
		var e *bailiwick.Error
		if signer.Who.ARN != "anonymous" || !errors.As(err, &e) {
			t.Fatalf("%s: %s, %v", name, signer.Who.ARN, err)
		}
		if body == nil {
			if e.Code != tt.code {
				t.Errorf("%s: %v, want %s", name, err, tt.code)
			}
			continue
		}
		if e.Code != bailiwick.CodeMissingToken {
			t.Errorf("%s: %v", name, err)
		}
		got, err := io.ReadAll(body)
		if tt.code != "" {
			if !errors.As(err, &e) || e.Code != tt.code {
				t.Errorf("%s: %v, want %s", name, err, tt.code)
			}
		} else if err != nil || string(got) != tt.want {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
	r := httptest.NewRequest(http.MethodPut, "http://127.0.0.1:4566/", strings.NewReader("x"))
	if _, body, err := a.AuthenticateStream(t.Context(), r, "lambda"); body != nil || err == nil {
		t.Errorf("another service: %v, %v", body, err)
	}
}

// broken is a connection that fails in the middle of the body.
type broken struct{ err error }

func (b broken) Read([]byte) (int, error) { return 0, b.err }

func TestStreamConnection(t *testing.T) {
	a := authenticator(t)
	other := errors.New("reset")
	for _, tt := range []struct {
		err     error
		service string
		code    string
	}{
		{io.ErrUnexpectedEOF, "s3", "IncompleteBody"},
		{io.ErrUnexpectedEOF, "lambda", bailiwick.CodeSerialization},
		{os.ErrDeadlineExceeded, "s3", "RequestTimeout"},
		{other, "s3", ""},
	} {
		r := put(t, tt.service, hashOf(content), content)
		r.Body = io.NopCloser(io.MultiReader(strings.NewReader(content[:10]), broken{tt.err}))
		_, body, err := a.AuthenticateStream(t.Context(), r, tt.service)
		if err != nil {
			t.Fatal(err)
		}
		_, err = io.ReadAll(body)
		var e *bailiwick.Error
		switch {
		case tt.code == "" && !errors.Is(err, tt.err), tt.code != "" && (!errors.As(err, &e) || e.Code != tt.code):
			t.Errorf("%v for %s: %v, want %s", tt.err, tt.service, err, tt.code)
		}
	}
}

// TestUnsignedWhole: S3 alone takes whole bodies that are declared unsigned.
func TestUnsignedWhole(t *testing.T) {
	a := authenticator(t)
	for _, tt := range []struct {
		service, declared, code string
	}{
		{"s3", sigv4.UnsignedPayload, ""},
		{"s3", hashOf(content), ""},
		{"s3", hashOf("x"), "XAmzContentSHA256Mismatch"},
		{"s3", sigv4.StreamingUnsignedTrailer, "InvalidArgument"},
		{"s3", sigv4.StreamingSigned, "InvalidArgument"},
		{"dynamodb", sigv4.UnsignedPayload, bailiwick.CodeBadSignature},
		{"dynamodb", "", ""},
	} {
		r := put(t, tt.service, tt.declared, content)
		_, err := a.Authenticate(context.Background(), r, []byte(content), tt.service)
		var e *bailiwick.Error
		switch {
		case tt.code == "" && err != nil, tt.code != "" && (!errors.As(err, &e) || e.Code != tt.code):
			t.Errorf("%s, %.20s: %v, want %s", tt.service, tt.declared, err, tt.code)
		}
	}
}
