package service

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/wire"
)

func TestBodies(t *testing.T) {
	post := func(size int, chunked, signed bool) *http.Request {
		r := httptest.NewRequest(http.MethodPost, "/", io.LimitReader(zeros{}, int64(size)))
		r.ContentLength = int64(size)
		if chunked {
			r.ContentLength = -1
		}
		if signed {
			r.Header.Set("Authorization", "AWS4-HMAC-SHA256 ...")
		}
		return r
	}
	const limit = 16 << 20
	for name, tt := range map[string]struct {
		r    *http.Request
		held int64 // bytes in flight already, in both budgets
		code string
		as   standing
	}{
		"small":                          {r: post(100, false, false), held: 0, code: ""},
		"large, signed":                  {r: post(limit, false, true), held: 0, code: "", as: signed},
		"large, signed, chunked":         {r: post(limit, true, true), held: 0, code: "", as: signed},
		"too large":                      {r: post(limit+1, false, true), held: 0, code: bailiwick.CodeTooLarge, as: signed},
		"too large, chunked":             {r: post(limit+1, true, true), held: 0, code: bailiwick.CodeTooLarge, as: signed},
		"large without signature":        {r: post(maxUnsigned+1, false, false), held: 0, code: bailiwick.CodeTooLarge},
		"large, chunked, unsigned":       {r: post(maxUnsigned+1, true, false), held: 0, code: bailiwick.CodeTooLarge},
		"large, nothing left":            {r: post(limit, false, true), held: maxSigned, code: bailiwick.CodeBusy, as: signed},
		"chunked, nothing left":          {r: post(limit, true, true), held: maxSigned, code: bailiwick.CodeBusy, as: signed},
		"small, chunked":                 {r: post(10, true, true), held: maxSigned, code: "", as: signed},
		"small, nothing left":            {r: post(100, false, true), held: maxSigned, code: "", as: signed},
		"large, cannot be true":          {r: post(limit, false, true), code: bailiwick.CodeTooLarge, as: unsigned},
		"large, chunked, cannot be true": {r: post(limit, true, true), code: bailiwick.CodeTooLarge, as: unsigned},
		"middling, cannot be true":       {r: post(maxUnsigned, false, true), as: unsigned},
		"presigned counts as signed": {r: func() *http.Request {
			r := post(limit, false, false)
			r.URL.RawQuery = "X-Amz-Signature=0"
			return r
		}(), as: signed},
		"large, with a token":                  {r: post(limit, false, true), as: tokened},
		"too large, with a token":              {r: post(limit+1, false, true), as: tokened, code: bailiwick.CodeTooLarge},
		"with a token, nothing left":           {r: post(limit, false, true), as: tokened, held: maxSigned, code: bailiwick.CodeBusy},
		"with a token, nothing of theirs left": {r: post(limit, true, true), as: tokened, held: maxStrangers, code: bailiwick.CodeBusy},
		"unsigned, nothing of theirs left":     {r: post(maxUnsigned, false, false), held: maxStrangers, code: bailiwick.CodeBusy},
		"signed, strangers took all of theirs": {r: post(limit, true, true), as: signed, held: maxStrangers},
	} {
		var b bodies
		b.signed.Store(tt.held)
		b.strangers.Store(tt.held)
		body, done, err := b.read(httptest.NewRecorder(), tt.r, limit, func() standing { return tt.as })
		switch {
		case err != nil && err.Code != tt.code || err == nil && tt.code != "":
			t.Errorf("%s: got %v, want %q", name, err, tt.code)
		case err == nil:
			if len(body) == 0 {
				t.Errorf("%s: no body", name)
			}
			done()
		}
		if a, b := b.signed.Load(), b.strangers.Load(); a != tt.held || b != tt.held {
			t.Errorf("%s: %d and %d bytes are counted after the end, want %d", name, a, b, tt.held)
		}
	}
}

// TestBodyCountsWhatCame: a length that is declared and never sent takes nothing from
// others.
func TestBodyCountsWhatCame(t *testing.T) {
	var b bodies
	ended := make(chan *bailiwick.Error, 8)
	var senders []*io.PipeWriter
	for range 8 {
		from, to := io.Pipe()
		senders = append(senders, to)
		r := httptest.NewRequest(http.MethodPost, "/", from)
		r.ContentLength = 70 << 20
		r.Header.Set("Authorization", "x")
		go func() {
			_, _, err := b.read(httptest.NewRecorder(), r, 70<<20, yes)
			from.Close()
			ended <- err
		}()
		if _, err := to.Write(make([]byte, 2*smallBody)); err != nil {
			t.Errorf("nothing is read: %v", err)
		}
	}
	r := httptest.NewRequest(http.MethodPost, "/", io.LimitReader(zeros{}, 16<<20))
	r.ContentLength = 16 << 20
	r.Header.Set("Authorization", "x")
	if _, done, err := b.read(httptest.NewRecorder(), r, 16<<20, yes); err != nil {
		t.Errorf("an honest sender hears %v", err)
	} else {
		done()
	}
	for _, to := range senders {
		to.CloseWithError(io.ErrUnexpectedEOF)
		if err := <-ended; err == nil || err.Code != bailiwick.CodeSerialization {
			t.Errorf("an idle sender hears %v", err)
		}
	}
	if n := b.signed.Load(); n != 0 {
		t.Errorf("%d bytes stay counted", n)
	}
}

// TestBodyBroken: a connection that ends in the middle of a body gives its memory
// back.
func TestBodyBroken(t *testing.T) {
	var b bodies
	r := httptest.NewRequest(http.MethodPost, "/", io.MultiReader(strings.NewReader("x"), broken{}))
	r.ContentLength = 1 << 20
	if _, _, err := b.read(httptest.NewRecorder(), r, 2<<20, yes); err == nil || err.Code != bailiwick.CodeSerialization {
		t.Errorf("a broken body: %v", err)
	}
	if b.signed.Load() != 0 {
		t.Error("a broken body stays counted")
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

func yes() standing { return signed }

// TestLargeBodyWithToken: a route that asks for a token takes as large a body as
// one that asks for a signature; a service without tokens does not.
func TestLargeBodyWithToken(t *testing.T) {
	for _, tt := range []struct {
		tokens        bool
		authorization string
		want          int
	}{
		{true, "Bearer x.y.z", http.StatusOK},
		{false, "Bearer x.y.z", http.StatusRequestEntityTooLarge},
		{true, "AWS4-HMAC-SHA256 ...", http.StatusRequestEntityTooLarge},
		{true, "", http.StatusRequestEntityTooLarge},
	} {
		r := httptest.NewRequest(http.MethodPost, "/", io.LimitReader(zeros{}, 2<<20))
		r.ContentLength = 2 << 20
		if tt.authorization != "" {
			r.Header.Set("Authorization", tt.authorization)
		}
		h := &Handler{
			Service: Service{Name: "x", MaxBody: 10 << 20, Tokens: tt.tokens, Protocol: told{}, Operations: []Operation{
				Public("Open", func(context.Context, *bailiwick.Call, *struct{}) (*struct{}, error) { return nil, nil }),
			}}, Authn: implausible{}, Log: slog.New(slog.DiscardHandler),
		}
		rt := &Router{Handlers: []*Handler{h}, Now: time.Now, NewID: func() string { return "id" }, Records: func(Record) {}, Log: h.Log}
		h.Service.Leftover = func(*http.Request) bool { return true }
		w := httptest.NewRecorder()
		rt.ServeHTTP(w, r)
		if w.Code != tt.want {
			t.Errorf("tokens %v, %q: %d, want %d", tt.tokens, tt.authorization, w.Code, tt.want)
		}
	}
}

// implausible believes no signature.
type implausible struct{ Authenticator }

func (implausible) Plausible(context.Context, *http.Request, string) bool { return false }

// told answers 413 to what is too large.
type told struct{}

func (told) Operation(*http.Request, []byte) (string, error) { return "Open", nil }
func (told) Decode(*http.Request, []byte, any) error         { return nil }
func (told) Encode(string, any, string) (wire.Response, error) {
	return wire.Response{Status: http.StatusOK}, nil
}

func (told) Fail(e *bailiwick.Error, _ string) wire.Response {
	if e.Code == bailiwick.CodeTooLarge {
		return wire.Response{Status: http.StatusRequestEntityTooLarge}
	}
	return wire.Response{Status: http.StatusTeapot}
}
