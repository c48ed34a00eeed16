package service_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/authz"
	"github.com/bailiwick-project/bailiwick/policy"
	"github.com/bailiwick-project/bailiwick/service"
	"github.com/bailiwick-project/bailiwick/wire"
)

// bare is a protocol without bodies: the operation is the end of the target.
type bare struct{}

func (bare) Operation(r *http.Request, _ []byte) (string, error) {
	_, op, _ := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
	return op, nil
}
func (bare) Decode(*http.Request, []byte, any) error { return nil }
func (bare) Encode(op string, out any, id string) (wire.Response, error) {
	if op == "Unprintable" {
		return wire.Response{}, errors.New("cannot be printed")
	}
	return wire.Response{Status: http.StatusOK, Body: []byte(op)}, nil
}

func (bare) Fail(e *bailiwick.Error, id string) wire.Response {
	return wire.Response{Status: http.StatusBadRequest, Body: []byte(e.Code + ": " + e.Message)}
}

// keys authenticates whoever has an Authorization header.
type keys struct{}

func (keys) Authenticate(_ context.Context, r *http.Request, _ []byte, _ string) (bailiwick.Signer, error) {
	if r.Header.Get("Authorization") == "" {
		return bailiwick.Signer{}, bailiwick.Errorf(bailiwick.CodeMissingToken, "Request is missing Authentication Token")
	}
	who := bailiwick.Principal{Principal: policy.Principal{Type: policy.User, ARN: "arn:aws:iam::000000000000:user/u", Account: "000000000000"}}
	return bailiwick.Signer{Who: who, Auth: bailiwick.Authentication{Region: "eu-west-1"}}, nil
}

func (keys) Plausible(_ context.Context, r *http.Request, _ string) bool {
	return r.Header.Get("Authorization") != "implausible"
}

func (k keys) AuthenticateStream(ctx context.Context, r *http.Request, name string) (bailiwick.Signer, io.Reader, error) {
	signer, err := k.Authenticate(ctx, r, nil, name)
	return signer, r.Body, err
}

type attached struct{ set *policy.Set }

func (a attached) Attached(context.Context, bailiwick.Principal) (bailiwick.Attachments, error) {
	return bailiwick.Attachments{Identity: a.set}, nil
}

func (attached) ManagedPolicy(context.Context, string) (*policy.Policy, error) {
	return nil, errors.New("none")
}

type none struct{}

func router(t *testing.T, allow string, ran *[]string) *service.Router {
	t.Helper()
	doc, err := policy.Parse(policy.Identity, `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"`+allow+`","Resource":"*"}}`)
	if err != nil {
		t.Fatal(err)
	}
	run := func(_ context.Context, call *bailiwick.Call, _ *none) (*none, error) {
		*ran = append(*ran, call.Operation+" in "+call.Region)
		switch call.Operation {
		case "Panics":
			panic("at the disco")
		case "Breaks":
			return nil, errors.New("secret detail")
		}
		return nil, nil
	}
	ask := func(actions ...string) func(context.Context, *bailiwick.Call, *none) ([]authz.Check, error) {
		return func(context.Context, *bailiwick.Call, *none) ([]authz.Check, error) {
			var out []authz.Check
			for _, a := range actions {
				out = append(out, authz.Check{Action: a, Resource: "*"})
			}
			return out, nil
		}
	}
	svc := service.Service{
		Name: "x", Target: "X", Protocol: bare{}, CORS: true, MaxBody: 10,
		Actions: authz.Table{{Name: "x:Do"}, {Name: "x:More"}},
		Operations: []service.Operation{
			service.Op("Careless", ask(), run), service.Op("Do", ask("x:Do"), run), service.Op("DoMore", ask("x:Do", "x:More"), run),
			service.Op("Panics", ask("x:Do"), run), service.Op("Breaks", ask("x:Do"), run), service.Op("Unprintable", ask("x:Do"), run),
			service.Public("Open", run), service.Authenticated("Known", run), service.Self("Own", run),
		},
	}
	log := slog.New(slog.DiscardHandler)
	h := &service.Handler{Service: svc, Authn: keys{}, Log: log, Authz: &authz.Authorizer{
		Policies: attached{policy.NewSet(policy.Compile("p", doc))}, Table: svc.Actions,
	}}
	return &service.Router{
		Handlers: []*service.Handler{h}, Account: "000000000000", Region: "us-east-1", Log: log,
		Now: time.Now, NewID: func() string { return "id" }, Records: func(service.Record) {},
	}
}

func TestRequestPath(t *testing.T) {
	for _, tt := range []struct {
		name, op, allow string
		signed          bool
		body            string
		want            string // beginning of the answer
		runs            string
	}{
		{"allowed", "Do", "x:Do", true, "", "Do", "Do in eu-west-1"},
		{"not allowed", "Do", "x:Other", true, "", "bailiwick:AccessDenied: User: arn:aws:iam::000000000000:user/u is not authorized to perform: x:Do on resource: * because no identity-based policy allows the x:Do action", ""},
		{"not signed", "Do", "x:*", false, "", "bailiwick:MissingAuthenticationToken", ""},
		{"second check refused", "DoMore", "x:Do", true, "", "bailiwick:AccessDenied: User: arn:aws:iam::000000000000:user/u is not authorized to perform: x:More", ""},
		{"no check at all fails closed", "Careless", "*", true, "", "bailiwick:Internal", ""},
		{"public", "Open", "x:Other", false, "", "Open", "Open in us-east-1"},
		{"public ignores a signature", "Open", "x:Other", true, "", "Open", "Open in us-east-1"},
		{"self", "Own", "x:Other", false, "", "Own", "Own in us-east-1"},
		{"authenticated", "Known", "x:Other", true, "", "Known", "Known in eu-west-1"},
		{"authenticated without signature", "Known", "x:Other", false, "", "bailiwick:MissingAuthenticationToken", ""},
		{"unknown operation", "Fly", "*", true, "", "bailiwick:UnknownOperation", ""},
		{"too large", "Do", "*", true, "12345678901", "bailiwick:RequestTooLarge", ""},
		{"panic", "Panics", "*", true, "", "bailiwick:Internal", "Panics in eu-west-1"},
		{"broken", "Breaks", "*", true, "", "bailiwick:Internal: The request could not be processed", "Breaks in eu-west-1"},
		{"unprintable", "Unprintable", "*", true, "", "bailiwick:Internal", "Unprintable in eu-west-1"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var ran []string
			rt := router(t, tt.allow, &ran)
			r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(tt.body))
			r.Header.Set("X-Amz-Target", "X."+tt.op)
			if tt.signed {
				r.Header.Set("Authorization", "yes")
			}
			w := httptest.NewRecorder()
			rt.ServeHTTP(w, r)
			if got := w.Body.String(); !strings.HasPrefix(got, tt.want) || strings.Contains(got, "secret detail") {
				t.Errorf("answered %q, want %q...", got, tt.want)
			}
			if got := strings.Join(ran, ","); got != tt.runs {
				t.Errorf("ran %q, want %q", got, tt.runs)
			}
		})
	}
}

func TestRouting(t *testing.T) {
	var ran []string
	rt := router(t, "*", &ran)
	for name, tt := range map[string]struct {
		target, authorization, host string
		found                       bool
	}{
		"target":                        {target: "X.Do", found: true},
		"target of another":             {target: "Y.Do"},
		"target before scope":           {target: "Y.Do", authorization: "AWS4-HMAC-SHA256 Credential=A/20261103/us-east-1/x/aws4_request, SignedHeaders=host, Signature=0"},
		"scope":                         {authorization: "AWS4-HMAC-SHA256 Credential=A/20261103/us-east-1/x/aws4_request, SignedHeaders=host, Signature=0", found: true},
		"scope with slashes in the key": {authorization: "AWS4-HMAC-SHA256 Credential=A/B/C/20261103/us-east-1/x/aws4_request, SignedHeaders=host", found: true},
		"host":                          {host: "x.us-east-1.amazonaws.com", found: true},
		"nothing":                       {},
	} {
		r := httptest.NewRequest(http.MethodPost, "/", nil)
		if tt.target != "" {
			r.Header.Set("X-Amz-Target", tt.target)
		}
		if tt.host != "" {
			r.Host = tt.host
		}
		r.Header.Set("Authorization", tt.authorization)
		w := httptest.NewRecorder()
		rt.ServeHTTP(w, r)
		if found := !strings.Contains(w.Body.String(), "names no service"); found != tt.found {
			t.Errorf("%s: found %v, want %v (%s)", name, found, tt.found, w.Body)
		}
	}
}

func TestCORS(t *testing.T) {
	var ran []string
	rt := router(t, "*", &ran)
	r := httptest.NewRequest(http.MethodOptions, "/", nil)
	r.Header.Set("Origin", "https://app.example")
	r.Header.Set("Access-Control-Request-Method", "POST")
	r.Header.Set("Access-Control-Request-Headers", "content-type,x-amz-target")
	w := httptest.NewRecorder()
	rt.ServeHTTP(w, r)
	if w.Code != http.StatusOK || w.Header().Get("Access-Control-Allow-Origin") != "*" || w.Header().Get("Access-Control-Allow-Headers") != "content-type,x-amz-target" {
		t.Errorf("preflight answered %d %v", w.Code, w.Header())
	}
	if w.Header().Get("Access-Control-Allow-Credentials") != "" {
		t.Error("cookies are allowed, which no client needs")
	}
	if len(ran) > 0 {
		t.Errorf("a preflight ran %v", ran)
	}
}
