package s3

import (
	"encoding/base64"
	"errors"
	"io"
	"mime/multipart"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/bailiwick-project/bailiwick"
)

// post sends a form. fields are pairs.
func (w *world) post(bucket, file string, fields ...string) reply {
	w.t.Helper()
	var b strings.Builder
	m := multipart.NewWriter(&b)
	for i := 0; i+1 < len(fields); i += 2 {
		if err := m.WriteField(fields[i], fields[i+1]); err != nil {
			w.t.Fatal(err)
		}
	}
	part, err := m.CreateFormFile("file", "f.txt")
	if err == nil {
		_, err = io.WriteString(part, file)
	}
	if err = errors.Join(err, m.Close()); err != nil {
		w.t.Fatal(err)
	}
	r := httptest.NewRequestWithContext(w.t.Context(), "POST", "/"+bucket, strings.NewReader(b.String()))
	r.Host = "localhost:4566"
	r.Header.Set("Content-Type", m.FormDataContentType())
	return w.send(r)
}

// TestFormNamesItsBucket: a policy without the bucket would be good for every
// bucket of its signer.
func TestFormNamesItsBucket(t *testing.T) {
	w := newWorld(t)
	w.ok("PUT", "/data", "")
	w.ok("PUT", "/other", "")
	w.as("alice", allowAll)
	w.anonymous()
	policy := func(conditions string) string {
		return base64.StdEncoding.EncodeToString([]byte(`{"expiration":"2026-11-03T13:00:00Z","conditions":[{"key":"a"}` + conditions + `]}`))
	}
	for conditions, want := range map[string]string{
		`,{"bucket":"data"}`:                  "",
		`,["starts-with","$bucket","da"]`:     "",
		`,["eq","$Bucket","data"]`:            "",
		`,{"bucket":"other"}`:                 "AccessDenied",
		`,["starts-with","$bucket","data-1"]`: "AccessDenied",
		``:                                    "AccessDenied",
	} {
		got := w.post("data", "hello", "key", "a", "x-ignore-as", "alice", "policy", policy(conditions))
		if got.code != want {
			t.Errorf("%q: %d %s", conditions, got.status, got.body)
		}
	}
}

// TestFormKeyIsExpanded: conditions are about the key as it will be.
// Source: Amazon S3 API Reference, "POST Policy", condition matching.
func TestFormKeyIsExpanded(t *testing.T) {
	w := newWorld(t)
	w.ok("PUT", "/data", "")
	w.as("alice", allowAll)
	w.anonymous()
	for condition, want := range map[string]string{
		`["eq","$key","user/f.txt"]`:                "",
		`["starts-with","$key","user/"]`:            "",
		`["eq","$key","user/${filename}"]`:          "AccessDenied",
		`["starts-with","$key","user/${filename}"]`: "AccessDenied",
	} {
		policy := `{"expiration":"2026-11-03T13:00:00Z","conditions":[{"bucket":"data"},` + condition + `]}`
		got := w.post("data", "hello", "key", "user/${filename}", "x-ignore-as", "alice", "policy", base64.StdEncoding.EncodeToString([]byte(policy)))
		if got.code != want {
			t.Errorf("%s: %d %s", condition, got.status, got.body)
		}
	}
	if got := w.do("GET", "/data/user/$%7Bfilename%7D", ""); got.status == 200 {
		t.Error("the variable was not replaced")
	}
}

// TestFormIsReadToItsEnd: the hash of a signed body fails at its end, so that what
// stands behind the file must not be left unread.
func TestFormIsReadToItsEnd(t *testing.T) {
	broken := &bailiwick.Error{Code: "XAmzContentSHA256Mismatch"}
	for _, n := range []int{0, 1, maxFields - 1, maxFields, maxFields + 1, 3 * maxFields} {
		rest := io.MultiReader(strings.NewReader(strings.Repeat("-", n)), iotest.ErrReader(broken))
		got, err := io.ReadAll(&whole{file: strings.NewReader("hello"), rest: rest})
		if err == nil {
			t.Errorf("%d bytes behind the file: %q is taken", n, got)
		}
	}
	got, err := io.ReadAll(&whole{file: strings.NewReader("hello"), rest: strings.NewReader(strings.Repeat("-", maxFields))})
	if string(got) != "hello" || err != nil {
		t.Errorf("%q, %v", got, err)
	}
}

// endless counts what is read of it.
type endless struct {
	begin io.Reader
	read  int
}

func (e *endless) Read(p []byte) (int, error) {
	n, err := e.begin.Read(p)
	if err != nil {
		for n = range p {
			p[n] = 'x'
		}
		n++
	}
	e.read += n
	return n, nil
}

// TestFormHeadIsBounded: who posts a form is not known before its fields are read,
// and the headers of a part are held in memory.
func TestFormHeadIsBounded(t *testing.T) {
	for name, begin := range map[string]string{
		"header":   "--b\r\nContent-Disposition: form-data; name=\"key\"\r\nX-Long: ",
		"preamble": "\r\n",
		"value":    "--b\r\nContent-Disposition: form-data; name=\"key\"\r\n\r\n",
	} {
		w := newWorld(t)
		w.ok("PUT", "/data", "")
		w.anonymous()
		body := &endless{begin: strings.NewReader(begin)}
		r := httptest.NewRequestWithContext(t.Context(), "POST", "/data", io.LimitReader(body, 64<<20))
		r.Host = "localhost:4566"
		r.Header.Set("Content-Type", "multipart/form-data; boundary=b")
		if got := w.send(r); got.status != 400 {
			t.Errorf("%s: %d %s", name, got.status, got.body)
		}
		if body.read > 1<<20 {
			t.Errorf("%s: %d bytes were read", name, body.read)
		}
	}
}
