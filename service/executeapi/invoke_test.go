package executeapi

import (
	"net/http"
	"strings"
	"testing"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/gateway"
	"github.com/bailiwick-project/bailiwick/policy"
)

func TestRoutingAndErrors(t *testing.T) {
	routes := []gateway.Route{
		lambdaRoute("GET /open", gateway.None), lambdaRoute("GET /tenants/{org}/{proxy+}", gateway.IAM), lambdaRoute("GET /empty", gateway.None),
	}
	routes[2].Integration = nil
	for _, tt := range []struct {
		name   string
		kind   gateway.Kind
		who    bailiwick.Principal
		method string
		target string
		host   string
		status int
		body   string
		typ    string // x-amzn-ErrorType
	}{
		{"open", gateway.REST, bailiwick.Anonymous(), "GET", "/prod/open", "", 200, "ok", ""},
		{"open", gateway.HTTP, bailiwick.Anonymous(), "GET", "/prod/open", "", 200, "ok", ""},
		{"a signature does not matter to an open route", gateway.REST, user(account, "nobody"), "GET", "/prod/open", "", 200, "ok", ""},
		{"unknown path", gateway.REST, bailiwick.Anonymous(), "GET", "/prod/none", "", 403, `{"message":"Missing Authentication Token"}`, "MissingAuthenticationTokenException"},
		{"unknown path", gateway.HTTP, bailiwick.Anonymous(), "GET", "/prod/none", "", 404, `{"message":"Not Found"}`, ""},
		{"unknown method", gateway.REST, bailiwick.Anonymous(), "POST", "/prod/open", "", 403, `{"message":"Missing Authentication Token"}`, "MissingAuthenticationTokenException"},
		{"unknown method", gateway.HTTP, bailiwick.Anonymous(), "POST", "/prod/open", "", 404, `{"message":"Not Found"}`, ""},
		{"unknown stage", gateway.REST, bailiwick.Anonymous(), "GET", "/dev/open", "", 403, `{"message":"Forbidden"}`, "ForbiddenException"},
		{"no stage", gateway.REST, bailiwick.Anonymous(), "GET", "/", "", 403, `{"message":"Forbidden"}`, "ForbiddenException"},
		{"unknown stage", gateway.HTTP, bailiwick.Anonymous(), "GET", "/dev/open", "", 404, `{"message":"Not Found"}`, ""},
		{"another region", gateway.REST, bailiwick.Anonymous(), "GET", "/prod/open", apiID + ".execute-api.eu-west-1.amazonaws.com", 403, `{"message":"Forbidden"}`, "ForbiddenException"},
		{"localhost", gateway.HTTP, bailiwick.Anonymous(), "GET", "/prod/open", apiID + ".execute-api.localhost:8000", 200, "ok", ""},
		{"path", gateway.REST, bailiwick.Anonymous(), "GET", "/_aws/execute-api/abc123/prod/open", "localhost:8000", 200, "ok", ""},
		{"unknown API", gateway.REST, bailiwick.Anonymous(), "GET", "/prod/open", "zzz.execute-api.localhost", 403, `{"message":"Forbidden"}`, "ForbiddenException"},
		{"unsigned", gateway.REST, bailiwick.Anonymous(), "GET", "/prod/tenants/acme/1", "", 403, `{"message":"Missing Authentication Token"}`, "MissingAuthenticationTokenException"},
		{"unsigned", gateway.HTTP, bailiwick.Anonymous(), "GET", "/prod/tenants/acme/1", "", 403, `{"message":"Forbidden"}`, ""},
		{"own tenant", gateway.REST, tenant("acme"), "GET", "/prod/tenants/acme/1", "", 200, "ok", ""},
		{"own tenant", gateway.HTTP, tenant("acme"), "GET", "/prod/tenants/acme/1/2", "", 200, "ok", ""},
		{
			"other tenant", gateway.REST, tenant("globex"), "GET", "/prod/tenants/acme/1", "", 403,
			`{"Message":"User: arn:aws:sts::123456789012:assumed-role/Tenant/CognitoIdentityCredentials is not authorized to perform: execute-api:Invoke on resource: ` +
				`arn:aws:execute-api:us-east-1:********9012:abc123/prod/GET/tenants/acme/1 because no identity-based policy allows the execute-api:Invoke action"}`, "AccessDeniedException",
		},
		{"other tenant", gateway.HTTP, tenant("globex"), "GET", "/prod/tenants/acme/1", "", 403, `{"message":"Forbidden"}`, ""},
		{"another account", gateway.HTTP, user("999999999999", "all"), "GET", "/prod/tenants/acme/1", "", 403, `{"message":"Forbidden"}`, ""},
		{"no integration", gateway.REST, bailiwick.Anonymous(), "GET", "/prod/empty", "", 500, `{"message":"Internal server error"}`, "InternalServerErrorException"},
		{"no integration", gateway.HTTP, bailiwick.Anonymous(), "GET", "/prod/empty", "", 500, `{"message":"Internal Server Error"}`, ""},
		{"dot segments", gateway.REST, tenant("globex"), "GET", "/prod/tenants/globex/../acme/1", "", 400, `{"message":"Bad Request"}`, "BadRequestException"},
		{"escaped dots", gateway.REST, tenant("globex"), "GET", "/prod/tenants/globex/%2e%2e/acme/1", "", 400, `{"message":"Bad Request"}`, "BadRequestException"},
		{"escaped slash", gateway.HTTP, tenant("globex"), "GET", "/prod/tenants/globex%2f..%2facme/1", "", 400, `{"message":"Bad Request"}`, ""},
		{"empty segment", gateway.HTTP, tenant("globex"), "GET", "/prod/tenants//acme/1", "", 400, `{"message":"Bad Request"}`, ""},
		{"dots before the stage", gateway.REST, tenant("globex"), "GET", "/x/../prod/open", "", 400, `{"message":"Bad Request"}`, "BadRequestException"},
		{"escaped name of the tenant", gateway.REST, tenant("globex"), "GET", "/prod/tenants/%61cme/1", "", 403, `{"Message":"User: `, "AccessDeniedException"},
		{"broken query", gateway.REST, bailiwick.Anonymous(), "GET", "/prod/open?a=%zz", "", 400, `{"message":"Bad Request"}`, "BadRequestException"},
	} {
		t.Run(string(tt.kind)+" "+tt.name, func(t *testing.T) {
			w := newWorld(t, gateway.Deployment{Kind: tt.kind, Routes: append([]gateway.Route{}, routes...)})
			w.identity["Tenant"], w.identity["all"] = allowTenant, allowAll
			w.server.As(tt.who)
			h := tt.host
			if h == "" {
				h = host
			}
			got := w.call(tt.method, tt.target, "Host", h)
			if got.status != tt.status || !strings.HasPrefix(got.body, tt.body) || got.header.Get("X-Amzn-Errortype") != tt.typ {
				t.Errorf("%d %s %q, want %d %s %q", got.status, got.body, got.header.Get("X-Amzn-Errortype"), tt.status, tt.body, tt.typ)
			}
			if (tt.status == 200) != (len(w.invoked) == 1) {
				t.Errorf("%d invocations", len(w.invoked))
			}
			id := "X-Amzn-Requestid"
			if tt.kind == gateway.HTTP {
				id = "Apigw-Requestid"
			}
			if got.header.Get(id) == "" {
				t.Errorf("no %s", id)
			}
		})
	}
}

// TestDefaultStage: the root of an HTTP API's host is its $default stage, unless
// the first segment names another.
func TestDefaultStage(t *testing.T) {
	w := newWorld(t, gateway.Deployment{Kind: gateway.HTTP, Stage: "$default", Routes: []gateway.Route{lambdaRoute("GET /prod/x", gateway.None), lambdaRoute("GET /", gateway.None)}})
	w.server.As(bailiwick.Anonymous())
	for _, step := range []struct {
		target, host string
		status       int
		source       string
	}{
		{"/", host, 200, "/$default/GET/"},
		{"/prod/x", host, 200, "/$default/GET/prod/x"},
		{"/_aws/execute-api/abc123/$default/prod/x", "localhost", 200, "/$default/GET/prod/x"},
		{"/_aws/execute-api/abc123/%24default/", "localhost", 200, "/$default/GET/"},
		{"/_aws/execute-api/abc123/", "localhost", 404, ""},
		{"/_aws/execute-api/abc123/prod/x", "localhost", 404, ""},
		{"/$default/", host, 404, ""},
	} {
		w.invoked = nil
		if got := w.call("GET", step.target, "Host", step.host); got.status != step.status {
			t.Errorf("%s%s: %d %s", step.host, step.target, got.status, got.body)
		}
		if step.source != "" && (len(w.invoked) != 1 || !strings.HasSuffix(w.invoked[0].SourceARN, ":abc123"+step.source)) {
			t.Errorf("%s: invoked %v", step.target, w.invoked)
		}
	}
	w.deploy(gateway.Deployment{Kind: gateway.HTTP, Routes: []gateway.Route{lambdaRoute("GET /x", gateway.None)}})
	w.invoked = nil
	if got := w.call("GET", "/prod/x"); got.status != 200 || !strings.HasSuffix(w.invoked[0].SourceARN, "/prod/GET/x") {
		t.Errorf("the stage prod is not served: %d %v", got.status, w.invoked)
	}
}

// TestResourcePolicy is tables A and B of the API Gateway Developer Guide, "How
// API Gateway resource policies affect authorization workflow".
func TestResourcePolicy(t *testing.T) {
	statement := func(effect, principal, action string) string {
		return `{"Version":"2012-10-17","Statement":{"Effect":"` + effect + `","Principal":` + principal + `,"Action":"` + action + `","Resource":"*"}}`
	}
	const everyone, same, foreign = `"*"`, `{"AWS":"arn:aws:iam::123456789012:user/u"}`, `{"AWS":"arn:aws:iam::999999999999:root"}`
	allow := func(principal string) string { return statement("Allow", principal, "execute-api:Invoke") }
	deny := func(principal string) string { return statement("Deny", principal, "execute-api:Invoke") }
	silent := statement("Allow", everyone, "execute-api:ManageConnections")
	signed, open, token := lambdaRoute("GET /s", gateway.IAM), lambdaRoute("GET /o", gateway.None), lambdaRoute("GET /t", gateway.UserPools)
	token.Authorizer = &gateway.Authorizer{Name: "pool", Header: "Authorization", Providers: []string{pool}}
	for _, tt := range []struct {
		name, path, account, identity, resource string
		allowed                                 bool
	}{
		{"allow + none", "/s", account, allowAll, "", true},
		{"allow + silent", "/s", account, allowAll, silent, true},
		{"allow + allow", "/s", account, allowAll, allow(same), true},
		{"allow + deny", "/s", account, allowAll, deny(everyone), false},
		{"silent + allow", "/s", account, "", allow(same), true},
		{"silent + silent", "/s", account, "", silent, false},
		{"silent + none", "/s", account, "", "", false},
		{"deny + allow", "/s", account, strings.ReplaceAll(allowAll, "Allow", "Deny"), allow(same), false},
		{"other account: allow + none", "/s", "999999999999", allowAll, "", false},
		{"other account: allow + silent", "/s", "999999999999", allowAll, silent, false},
		{"other account: silent + allow", "/s", "999999999999", "", allow(foreign), false},
		{"other account: allow + allow", "/s", "999999999999", allowAll, allow(foreign), true},
		{"other account: allow + deny", "/s", "999999999999", allowAll, deny(foreign), false},
		{"open + none", "/o", "", "", "", true},
		{"open + allow", "/o", "", "", allow(everyone), true},
		{"open + silent", "/o", "", "", silent, false},
		{"open + allow to one", "/o", "", "", allow(same), false},
		{"open + deny", "/o", "", "", deny(everyone), false},
		{"token + none", "/t", "", "", "", true},
		{"token + allow", "/t", "", "", allow(everyone), true},
		{"token + silent", "/t", "", "", silent, false},
		{"token + deny", "/t", "", "", deny(everyone), false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d := gateway.Deployment{Kind: gateway.REST, Routes: []gateway.Route{signed, open, token}}
			if tt.resource != "" {
				d.Policy = compile(t, policy.Resource, tt.resource)
			}
			w := newWorld(t, d)
			w.server.As(bailiwick.Anonymous())
			header := []string{"Authorization", pool + ` {"token_use":"id"}`}
			if tt.account != "" {
				w.server.As(user(tt.account, "u"))
				header = nil
			}
			if tt.identity != "" {
				w.identity["u"] = tt.identity
			}
			got := w.call("GET", "/prod"+tt.path, header...)
			if (got.status == 200) != tt.allowed || (len(w.invoked) == 1) != tt.allowed || got.status != 200 && got.status != 403 {
				t.Errorf("%d %s, want allowed %v", got.status, got.body, tt.allowed)
			}
			if !tt.allowed && tt.account == "" && !strings.HasPrefix(got.body, `{"Message":"User: anonymous is not authorized to perform: execute-api:Invoke on resource: arn:aws:execute-api:us-east-1:********9012:abc123/prod/GET`) {
				t.Errorf("said %s", got.body)
			}
		})
	}
}

// TestChangedRoute: a route whose authorization changes between naming the row and
// running it is not served by the old row.
func TestChangedRoute(t *testing.T) {
	w := newWorld(t, gateway.Deployment{Kind: gateway.HTTP, Routes: []gateway.Route{lambdaRoute("GET /a", gateway.None)}})
	closed, err := gateway.New(gateway.Deployment{
		Kind: gateway.HTTP, APIID: apiID, Account: account, Region: "us-east-1", Stage: "prod", Routes: []gateway.Route{lambdaRoute("GET /a", gateway.IAM)},
	})
	if err != nil {
		t.Fatal(err)
	}
	p := &protocol{api: w.api, kind: gateway.HTTP}
	r, err := http.NewRequestWithContext(t.Context(), "GET", "http://"+host+"/prod/a", nil)
	if err != nil {
		t.Fatal(err)
	}
	row, err := p.Operation(r, nil)
	if err != nil || row != rowOpen {
		t.Fatal(row, err)
	}
	w.stages["prod"] = closed
	out, err := p.invokeOpen(t.Context(), &bailiwick.Call{Operation: row}, &input{request: r})
	if err == nil || out != nil || len(w.invoked) > 0 {
		t.Errorf("answered %v, %v", out, err)
	}
}

// TestRegion: a signature for another region is none for this API.
func TestRegion(t *testing.T) {
	w := newWorld(t, gateway.Deployment{Kind: gateway.REST, Routes: []gateway.Route{lambdaRoute("GET /a", gateway.IAM)}})
	moved := *w.stages["prod"]
	moved.Region = "eu-west-1"
	w.stages["prod"] = &moved
	w.server.As(user(account, "u"))
	w.identity["u"] = allowAll
	if got := w.call("GET", "/prod/a", "Host", apiID+".execute-api.localhost"); got.status != 403 || !strings.Contains(got.body, "Credential should be scoped to a valid region, not 'us-east-1'") {
		t.Errorf("%d %s", got.status, got.body)
	}
}

// TestAmbiguousHeaders: what two servers could read in two ways is refused.
func TestAmbiguousHeaders(t *testing.T) {
	w := newWorld(t, gateway.Deployment{Kind: gateway.HTTP, Routes: []gateway.Route{lambdaRoute("GET /a", gateway.None)}})
	w.server.As(bailiwick.Anonymous())
	for _, h := range [][]string{
		{"Authorization", "a", "Authorization", "b"}, {"X-Tenant", "a", "X_tenant", "b"}, {"Content-Type", "a", "Content-Type", "b"},
	} {
		if got := w.call("GET", "/prod/a", h...); got.status != 400 || len(w.invoked) > 0 {
			t.Errorf("%q: %d %s", h, got.status, got.body)
		}
	}
}
