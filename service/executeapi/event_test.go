package executeapi

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/gateway"
)

var update = flag.Bool("update", false, "rewrite testdata")

// TestEvents compares whole events with testdata, which was checked against the
// developer guide by eye.
func TestEvents(t *testing.T) {
	jwt := func(kind gateway.Kind) gateway.Route {
		r := lambdaRoute("GET /users/{id}", gateway.JWT)
		r.Authorizer = &gateway.Authorizer{Name: "jwt", Header: "Authorization", Issuer: "https://" + pool, Audiences: []string{"web"}, Providers: []string{pool}}
		if kind == gateway.REST {
			r.Authorization = gateway.UserPools
			return r
		}
		r.Scopes = []string{"pets/read"}
		return r
	}
	claims := `"token_use":"id","aud":"web","cognito:groups":["a","b"],"email_verified":true,"scope":"pets/read openid","auth_time":1793707200`
	second := func(r gateway.Route) gateway.Route { r.Integration.PayloadVersion = "2.0"; return r }
	for _, tt := range []struct {
		file   string
		kind   gateway.Kind
		stage  string
		route  gateway.Route
		who    bailiwick.Principal
		method string
		target string
		header []string
	}{
		{
			"http2-iam", gateway.HTTP, "prod", second(lambdaRoute("POST /tenants/{org}/{proxy+}", gateway.IAM)), tenant("acme"), "POST", "/prod/tenants/acme/a%20b/c?x=1&x=2&y=a%26b",
			[]string{"body", `{"a":1}`, "Content-Type", "application/json; charset=utf-8", "Cookie", "a=b; c=d", "X-Multi", "1", "X-Multi", "2", "User-Agent", "agent", "X-Forwarded-For", "6.6.6.6"},
		},
		{"http2-jwt", gateway.HTTP, "$default", second(jwt(gateway.HTTP)), bailiwick.Anonymous(), "GET", "/users/7", []string{"Authorization", ""}},
		{
			"http2-binary", gateway.HTTP, "$default", second(lambdaRoute("$default", gateway.None)), bailiwick.Anonymous(), "PUT", "/",
			[]string{"body", "a=b", "Content-Type", "application/x-www-form-urlencoded"},
		},
		{"http1-user", gateway.HTTP, "prod", lambdaRoute("ANY /x", gateway.IAM), user(account, "u"), "PATCH", "/prod/x?a=1&a=2", []string{"X-Multi", "1", "X-Multi", "2"}},
		{
			"rest-iam", gateway.REST, "prod", lambdaRoute("ANY /tenants/{org}/{proxy+}", gateway.IAM), tenant("acme"), "POST", "/prod/tenants/acme/a%20b/c?x=1&x=2",
			[]string{"body", "text", "Content-Type", "text/plain", "X-Multi", "1", "X-Multi", "2", "User-Agent", "agent"},
		},
		{"rest-pool", gateway.REST, "prod", jwt(gateway.REST), bailiwick.Anonymous(), "GET", "/prod/users/7", []string{"Authorization", ""}},
		{"rest-open", gateway.REST, "prod", lambdaRoute("GET /", gateway.None), bailiwick.Anonymous(), "GET", "/prod/", nil},
		{"rest-binary", gateway.REST, "prod", lambdaRoute("POST /", gateway.None), bailiwick.Anonymous(), "POST", "/prod", []string{"body", "\x89PNG", "Content-Type", "image/png"}},
	} {
		t.Run(tt.file, func(t *testing.T) {
			w := newWorld(t, gateway.Deployment{
				Kind: tt.kind, Stage: tt.stage, Routes: []gateway.Route{tt.route}, StageVariables: map[string]string{"v": "1"}, BinaryTypes: []string{"image/*"},
			})
			w.identity["Tenant"], w.identity["u"] = allowAll, allowAll
			w.server.As(tt.who)
			for i := range tt.header {
				if tt.header[i] == "Authorization" {
					tt.header[i+1] = w.poolToken(pool, claims)
				}
			}
			if got := w.call(tt.method, tt.target, tt.header...); got.status != 200 || len(w.invoked) != 1 {
				t.Fatalf("%d %s", got.status, got.body)
			}
			in := w.invoked[0]
			if in.Service != "apigateway.amazonaws.com" || in.SourceAccount != account || in.Async || in.Function != tt.route.Integration.Function {
				t.Errorf("invoked %+v", in)
			}
			compare(t, filepath.Join("testdata", tt.file+".json"), in.Payload)
		})
	}
}

// compare holds JSON against a file.
func compare(t *testing.T, file string, got []byte) {
	t.Helper()
	var b bytes.Buffer
	if err := json.Indent(&b, got, "", "  "); err != nil {
		t.Fatal(err)
	}
	b.WriteByte('\n')
	if *update {
		if err := os.WriteFile(file, b.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(want, b.Bytes()) {
		t.Errorf("%s differs; got\n%s", file, b.Bytes())
	}
}
