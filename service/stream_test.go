package service_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/authz"
	"github.com/bailiwick-project/bailiwick/policy"
	"github.com/bailiwick-project/bailiwick/service"
)

// late is a body with a trailer.
type late struct{ io.ReadCloser }

func (late) DecodedLength() (int64, bool)       { return 3, true }
func (late) Trailer(name string) (string, bool) { return "of " + name, true }

// lateKeys gives every body a trailer, also nobody's.
type lateKeys struct{ keys }

func (k lateKeys) AuthenticateStream(ctx context.Context, r *http.Request, name string) (bailiwick.Signer, io.Reader, error) {
	signer, err := k.Authenticate(ctx, r, nil, name)
	return signer, late{r.Body}, err
}

// streaming hands the body on, as the protocols of streams do.
type streaming struct{ bare }

func (streaming) Decode(r *http.Request, _ []byte, in any) error {
	if in, ok := in.(*upload); ok {
		in.Body = r.Body
	}
	return nil
}

type upload struct{ Body io.Reader }

// TestStreamedBody: what the authenticator knows of a body reaches the slice, of
// signed and of anonymous bodies.
func TestStreamedBody(t *testing.T) {
	var ran []string
	rt := router(t, "x:*", &ran)
	everyone, err := policy.Parse(policy.Resource, `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":"*","Action":"x:Do","Resource":"*"}}`)
	if err != nil {
		t.Fatal(err)
	}
	got := ""
	h := rt.Handlers[0]
	h.Authn, h.Service.Protocol, h.Service.Anonymous = lateKeys{}, streaming{}, true
	h.Service.Operations = []service.Operation{service.Streamed(service.Op("Upload",
		func(context.Context, *bailiwick.Call, *upload) ([]authz.Check, error) {
			return []authz.Check{{Action: "x:Do", Resource: "*", Account: "000000000000", Policy: policy.Compile("r", everyone)}}, nil
		},
		func(_ context.Context, _ *bailiwick.Call, in *upload) (*none, error) {
			b, err := io.ReadAll(in.Body)
			got = string(b)
			if l, ok := in.Body.(bailiwick.Trailers); ok {
				v, _ := l.Trailer("it")
				got += " " + v
			}
			return &none{}, err
		}))}
	for _, authorization := range []string{"yes", ""} {
		got = ""
		r := httptest.NewRequest(http.MethodPut, "/", strings.NewReader("abc"))
		r.Header.Set("X-Amz-Target", "X.Upload")
		if authorization != "" {
			r.Header.Set("Authorization", authorization)
		}
		w := httptest.NewRecorder()
		rt.ServeHTTP(w, r)
		if got != "abc of it" {
			t.Errorf("signed %q: %q, answered %s", authorization, got, w.Body)
		}
	}
}
