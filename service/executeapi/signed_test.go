package executeapi

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
	"github.com/bailiwick-project/bailiwick/authn"
	"github.com/bailiwick-project/bailiwick/authz"
	"github.com/bailiwick-project/bailiwick/gateway"
	"github.com/bailiwick-project/bailiwick/service"
	"github.com/bailiwick-project/bailiwick/sigv4"
)

const accessKey, secretKey = "AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"

// oneKey is the credentials of one user.
type oneKey struct{}

func (oneKey) Credential(_ context.Context, id string) (bailiwick.Credential, error) {
	if id != accessKey {
		return bailiwick.Credential{}, bailiwick.Errorf(bailiwick.CodeUnknownKey, "The security token included in the request is invalid.")
	}
	return bailiwick.Credential{AccessKeyID: id, Secret: secretKey, Principal: user(account, "u")}, nil
}

// TestSigned: real signatures, of hosts and of paths, through the router.
func TestSigned(t *testing.T) {
	w := newWorld(t, gateway.Deployment{Kind: gateway.REST, Routes: []gateway.Route{lambdaRoute("ANY /tenants/{org}/{x}", gateway.IAM)}})
	w.identity["u"] = allowAll
	log := slog.New(slog.DiscardHandler)
	rt := &service.Router{
		Account: account, Region: "us-east-1", Now: w.api.Now, NewID: func() string { return "id" }, Records: func(service.Record) {}, Log: log,
	}
	verify := &authn.Authenticator{Credentials: oneKey{}, Keys: sigv4.NewKeyCache(8), Now: w.api.Now}
	for _, svc := range w.api.Services() {
		rt.Handlers = append(rt.Handlers, &service.Handler{Service: svc, Authn: verify, Authz: &authz.Authorizer{Policies: w, Table: actions}, Log: log})
	}
	creds := sigv4.Credentials{AccessKeyID: accessKey, SecretAccessKey: secretKey}
	for _, tt := range []struct {
		name, url, body string
		tamper          func(*http.Request)
		status          int
		said            string
	}{
		{"host", "http://" + host + "/prod/tenants/acme/a%20b?x=1&y=%2F", "", nil, 200, "ok"},
		{"body", "http://" + apiID + ".execute-api.localhost:8000/prod/tenants/acme/1", "hello", nil, 200, "ok"},
		{"path", "http://localhost:8000/_aws/execute-api/abc123/prod/tenants/acme/1", "", nil, 200, "ok"},
		{"another path", "http://" + host + "/prod/tenants/acme/1", "", func(r *http.Request) { r.URL.Path = "/prod/tenants/globex/1" }, 403, "does not match"},
		{"another body", "http://" + host + "/prod/tenants/acme/1", "hello", func(r *http.Request) { r.Body = io.NopCloser(strings.NewReader("hallo")) }, 403, ""},
		{"another host", "http://" + host + "/prod/tenants/acme/1", "", func(r *http.Request) { r.Host = apiID + ".execute-api.localhost" }, 403, "does not match"},
		{"late", "http://" + host + "/prod/tenants/acme/1", "", func(*http.Request) { w.now = w.now.Add(16 * time.Minute) }, 403, "Signature expired"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := httptest.NewRequestWithContext(t.Context(), "POST", tt.url, strings.NewReader(tt.body))
			if err := sigv4.Sign(r, creds, "us-east-1", "execute-api", []byte(tt.body), w.now); err != nil {
				t.Fatal(err)
			}
			if tt.tamper != nil {
				tt.tamper(r)
			}
			got := httptest.NewRecorder()
			rt.ServeHTTP(got, r)
			if got.Code != tt.status || !strings.Contains(got.Body.String(), tt.said) {
				t.Errorf("%d %s", got.Code, got.Body)
			}
		})
	}
	// A URL that was signed says nothing of it to the function.
	w.now, w.invoked = start, nil
	r := httptest.NewRequestWithContext(t.Context(), "GET", "http://"+host+"/prod/tenants/acme/1?x=1", nil)
	if err := sigv4.Presign(r, creds, "us-east-1", "execute-api", time.Minute, w.now); err != nil {
		t.Fatal(err)
	}
	got := httptest.NewRecorder()
	rt.ServeHTTP(got, r)
	if got.Code != 200 || len(w.invoked) != 1 || strings.Contains(string(w.invoked[0].Payload), "X-Amz-") || !strings.Contains(string(w.invoked[0].Payload), `"accessKey":"`+accessKey) {
		t.Errorf("presigned: %d %s, invoked with %v", got.Code, got.Body, w.invoked)
	}
}
