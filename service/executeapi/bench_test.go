package executeapi

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"testing"
	"time"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/authn"
	"github.com/bailiwick-project/bailiwick/authz"
	"github.com/bailiwick-project/bailiwick/gateway"
	"github.com/bailiwick-project/bailiwick/policy"
	"github.com/bailiwick-project/bailiwick/service"
	"github.com/bailiwick-project/bailiwick/sigv4"
)

// BenchmarkProxy compares an authorized request to a backend with the same
// through httputil.ReverseProxy, over real connections.
func BenchmarkProxy(b *testing.B) {
	backend := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"items":[1,2,3]}`)
	}))
	b.Cleanup(backend.Close)
	target, err := url.Parse(backend.URL)
	if err != nil {
		b.Fatal(err)
	}
	transport := NewTransport()
	b.Cleanup(transport.CloseIdleConnections)
	reverse := &httputil.ReverseProxy{Transport: transport, Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(target); r.SetXForwarded() }}
	b.Run("ReverseProxy", func(b *testing.B) { measure(b, reverse) })
	b.Run("InvokeSigned", func(b *testing.B) { measure(b, benchRouter(b, transport, backend.URL)) })
}

func benchRouter(b *testing.B, transport http.RoundTripper, backend string) http.Handler {
	b.Helper()
	w := benchWorld(b, backend)
	a := &API{HTTP: w, Now: func() time.Time { return start }, Backends: transport}
	log := slog.New(slog.DiscardHandler)
	verify := &authn.Authenticator{Credentials: oneKey{}, Keys: sigv4.NewKeyCache(8), Now: a.Now}
	rt := &service.Router{Account: account, Region: "us-east-1", Now: a.Now, NewID: func() string { return "id" }, Records: func(service.Record) {}, Log: log}
	for _, svc := range a.Services() {
		rt.Handlers = append(rt.Handlers, &service.Handler{Service: svc, Authn: verify, Authz: &authz.Authorizer{Policies: w, Table: actions}, Log: log})
	}
	return rt
}

// fixed is one stage and one policy.
type fixed struct {
	deployment *gateway.Deployment
	set        *policy.Set
}

func benchWorld(b *testing.B, backend string) *fixed {
	b.Helper()
	d, err := gateway.New(gateway.Deployment{
		Kind: gateway.HTTP, APIID: apiID, Account: account, Region: "us-east-1", Stage: "prod",
		Routes: []gateway.Route{proxyRoute("GET /tenants/{org}/{proxy+}", gateway.IAM, backend+"/{org}/{proxy}")},
	})
	if err != nil {
		b.Fatal(err)
	}
	doc, err := policy.Parse(policy.Identity, allowAll)
	if err != nil {
		b.Fatal(err)
	}
	return &fixed{d, policy.NewSet(policy.Compile("p", doc))}
}

func (f *fixed) Deployed(_ context.Context, id, stage string) (*gateway.Deployment, error) {
	if id != apiID {
		return nil, gateway.ErrNoAPI
	}
	if stage != "prod" {
		return nil, gateway.ErrNoStage
	}
	return f.deployment, nil
}

func (f *fixed) Attached(context.Context, bailiwick.Principal) (bailiwick.Attachments, error) {
	return bailiwick.Attachments{Identity: f.set}, nil
}

func (f *fixed) ManagedPolicy(_ context.Context, arn string) (*policy.Policy, error) {
	return nil, bailiwick.Errorf("NoSuchEntity", "Policy %s does not exist.", arn)
}

// measure sends signed requests to a handler behind a real server.
func measure(b *testing.B, h http.Handler) {
	b.Helper()
	front := httptest.NewServer(h)
	defer front.Close()
	client := front.Client()
	r, err := http.NewRequestWithContext(b.Context(), http.MethodGet, front.URL+"/prod/tenants/acme/items/1?page=2", nil)
	if err != nil {
		b.Fatal(err)
	}
	r.Host = host
	r.Header.Set("Accept", "application/json")
	if err := sigv4.Sign(r, sigv4.Credentials{AccessKeyID: accessKey, SecretAccessKey: secretKey}, "us-east-1", "execute-api", nil, start); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		resp, err := client.Do(r)
		if err != nil {
			b.Fatal(err)
		}
		if resp.StatusCode != http.StatusOK {
			b.Fatal(resp.Status)
		}
		_, err = io.Copy(io.Discard, resp.Body)
		if err != nil {
			b.Fatal(err)
		}
		_ = resp.Body.Close()
	}
}
