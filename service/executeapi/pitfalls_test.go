package executeapi

import (
	"strings"
	"testing"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/gateway"
)

// TestPitfalls are mistakes that a configuration can make with AWS too, and what
// becomes of each. Others stand beside what they are about: TestCacheOfTenants,
// TestJWTAuthorizer, TestUserPoolAuthorizer, TestProxyRequest.
func TestPitfalls(t *testing.T) {
	allow := func(resource string) string {
		return `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"execute-api:Invoke","Resource":"arn:aws:execute-api:us-east-1:123456789012:abc123/` + resource + `"}}`
	}
	tenants := []gateway.Route{lambdaRoute("ANY /tenants/{proxy+}", gateway.IAM)}
	wild := tenant("*")
	for _, tt := range []struct {
		name    string
		kind    gateway.Kind
		routes  []gateway.Route
		policy  string
		who     bailiwick.Principal
		method  string
		target  string
		allowed bool
	}{
		// 80: where a wildcard begins.
		{"a prefix without a slash opens longer names", gateway.REST, tenants, allow("prod/GET/tenants/${aws:PrincipalTag/org}*"), tenant("acme"), "GET", "/prod/tenants/acme2/1", true},
		{"a prefix with a slash does not", gateway.REST, tenants, allow("prod/GET/tenants/${aws:PrincipalTag/org}/*"), tenant("acme"), "GET", "/prod/tenants/acme2/1", false},
		{"a wildcard for the stage opens every stage", gateway.REST, tenants, allow("*/GET/tenants/acme/*"), tenant("acme"), "GET", "/prod/tenants/acme/1", true},
		{"another stage", gateway.REST, tenants, allow("dev/GET/tenants/acme/*"), tenant("acme"), "GET", "/prod/tenants/acme/1", false},
		{"another method", gateway.REST, tenants, allow("prod/GET/tenants/acme/*"), tenant("acme"), "DELETE", "/prod/tenants/acme/1", false},
		{"a tenant named *", gateway.REST, tenants, allow("prod/GET/tenants/${aws:PrincipalTag/org}/*"), wild, "GET", "/prod/tenants/acme/1", false},
		{"a path named *", gateway.REST, tenants, allow("prod/GET/tenants/acme/*"), tenant("acme"), "GET", "/prod/tenants/*/1", false},
		{"the case of the path", gateway.REST, tenants, allow("prod/GET/tenants/acme/*"), tenant("acme"), "GET", "/prod/tenants/ACME/1", false},
		{"a trailing slash", gateway.REST, tenants, allow("prod/GET/tenants/acme"), tenant("acme"), "GET", "/prod/tenants/acme/", false},
		// 81: catch-alls without authorization.
		{"REST: a resource is closed to other methods", gateway.REST, []gateway.Route{lambdaRoute("GET /admin", gateway.IAM), lambdaRoute("ANY /{proxy+}", gateway.None)}, "", bailiwick.Anonymous(), "POST", "/prod/admin", false},
		{"REST: and to ways around it", gateway.REST, []gateway.Route{lambdaRoute("GET /admin", gateway.IAM), lambdaRoute("ANY /{proxy+}", gateway.None)}, "", bailiwick.Anonymous(), "GET", "/prod/%61dmin", false},
		{"HTTP: the catch-all takes other methods, as at AWS", gateway.HTTP, []gateway.Route{lambdaRoute("GET /admin", gateway.IAM), lambdaRoute("ANY /{proxy+}", gateway.None)}, "", bailiwick.Anonymous(), "POST", "/prod/admin", true},
		{"HTTP: but not the route's own", gateway.HTTP, []gateway.Route{lambdaRoute("GET /admin", gateway.IAM), lambdaRoute("ANY /{proxy+}", gateway.None)}, "", bailiwick.Anonymous(), "GET", "/prod/admin", false},
		{"OPTIONS is a method as others", gateway.REST, []gateway.Route{lambdaRoute("ANY /admin", gateway.IAM)}, "", bailiwick.Anonymous(), "OPTIONS", "/prod/admin", false},
		{"HEAD is not GET", gateway.HTTP, []gateway.Route{lambdaRoute("GET /a", gateway.None)}, "", bailiwick.Anonymous(), "HEAD", "/prod/a", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t, gateway.Deployment{Kind: tt.kind, Routes: append([]gateway.Route{}, tt.routes...)})
			if tt.policy != "" {
				w.identity["Tenant"] = tt.policy
			}
			w.server.As(tt.who)
			got := w.call(tt.method, tt.target)
			if (got.status == 200) != tt.allowed || (len(w.invoked) == 1) != tt.allowed {
				t.Errorf("%d %s, want allowed %v", got.status, got.body, tt.allowed)
			}
		})
	}
}

// TestNoAuthorizerCache (76): every request is decided by its own token and its own
// path; what one was allowed is not remembered for another.
func TestNoAuthorizerCache(t *testing.T) {
	r := lambdaRoute("GET /{x}", gateway.JWT)
	r.Authorizer = &gateway.Authorizer{Name: "jwt", Header: "Authorization", Issuer: "https://" + pool, Audiences: []string{"web"}, Providers: []string{pool}}
	w := newWorld(t, gateway.Deployment{Kind: gateway.HTTP, Routes: []gateway.Route{r}})
	w.server.As(bailiwick.Anonymous())
	token := w.poolToken(pool, `"aud":"web"`)
	if got := w.call("GET", "/prod/a", "Authorization", token); got.status != 200 {
		t.Fatal(got.status)
	}
	w.now = w.now.Add(2 * 3600e9)
	if got := w.call("GET", "/prod/a", "Authorization", token); got.status != 401 {
		t.Errorf("after it expired: %d", got.status)
	}
}

// TestRecords: the administrator of the API's account may ask why, and is told
// nothing secret.
func TestRecords(t *testing.T) {
	r := lambdaRoute("GET /a", gateway.JWT)
	r.Authorizer = &gateway.Authorizer{Name: "jwt", Header: "Authorization", Issuer: "https://" + pool, Audiences: []string{"web"}, Providers: []string{pool}}
	w := newWorld(t, gateway.Deployment{Kind: gateway.HTTP, Routes: []gateway.Route{r}})
	w.server.As(bailiwick.Anonymous())
	w.call("GET", "/prod/a", "Authorization", "Bearer very-secret-token")
	rec := w.server.Records[len(w.server.Records)-1]
	if rec.Call.Asker() != account || rec.Failure == nil || strings.Contains(strings.Join(rec.Call.Trail.Notes, " "), "very-secret") {
		t.Errorf("kept %q for %s", rec.Call.Trail.Notes, rec.Call.Asker())
	}
}
