package apigatewayv2

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/bailiwick-project/bailiwick/gateway"
	"github.com/bailiwick-project/bailiwick/service/servicetest"
	"github.com/bailiwick-project/bailiwick/store/mem"
)

func match(t *testing.T, d *gateway.Deployment, method, path string) *gateway.Route {
	t.Helper()
	p, err := gateway.ParsePath(path)
	if err != nil {
		t.Fatal(err)
	}
	m, ok := d.Match(method, p)
	if !ok {
		return nil
	}
	return m.Route
}

func deployed(t *testing.T, a *API, path, stage string) *gateway.Deployment {
	t.Helper()
	d, err := a.Deployed(t.Context(), strings.TrimPrefix(path, "/v2/apis/"), stage)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// TestLifeOfAnAPI builds an API as the tools do, deploys it, and asks what is served.
func TestLifeOfAnAPI(t *testing.T) {
	w := newWorld(t)
	out := w.ok("POST", "/v2/apis", `{"name":"pets","protocolType":"HTTP","tags":{"org":"acme"},"corsConfiguration":{"allowOrigins":["https://a.example"],"maxAge":60}}`)
	id := text1(out, "apiId")
	if text1(out, "apiEndpoint") != "https://"+id+".execute-api.us-east-1.amazonaws.com" || out["routeSelectionExpression"] != "$request.method $request.path" ||
		out["createdDate"] != "2026-11-03T12:00:00Z" || !gateway.IsAPIID(id) {
		t.Errorf("created %v", out)
	}
	p := "/v2/apis/" + id
	i := text1(w.ok("POST", p+"/integrations", `{"integrationType":"AWS_PROXY","integrationUri":"`+function+`","payloadFormatVersion":"2.0"}`), "integrationId")
	z := text1(w.ok("POST", p+"/authorizers", `{"name":"pool","authorizerType":"JWT","identitySource":["$request.header.Authorization"],
		"jwtConfiguration":{"issuer":"https://cognito-idp.us-east-1.amazonaws.com/us-east-1_Abc123456","audience":["client"]}}`), "authorizerId")
	r := text1(w.ok("POST", p+"/routes", `{"routeKey":"GET /pets/{id}","authorizationType":"JWT","authorizerId":"`+z+`","authorizationScopes":["pets/read"],"target":"integrations/`+i+`"}`), "routeId")
	if _, err := w.api.Deployed(t.Context(), id, "prod"); !errors.Is(err, gateway.ErrNoStage) {
		t.Errorf("before there is a stage: %v", err)
	}
	w.ok("POST", p+"/stages", `{"stageName":"prod","stageVariables":{"v":"1"}}`)
	if _, err := w.api.Deployed(t.Context(), id, "prod"); !errors.Is(err, gateway.ErrNoStage) {
		t.Errorf("before it is deployed: %v", err)
	}
	first := text1(w.ok("POST", p+"/deployments", `{"stageName":"prod"}`), "deploymentId")
	d := deployed(t, w.api, p, "prod")
	route := match(t, d, "GET", "/pets/1")
	if route == nil || route.Authorization != gateway.JWT || route.Authorizer.Providers[0] != "cognito-idp.us-east-1.amazonaws.com/us-east-1_Abc123456" ||
		route.Scopes[0] != "pets/read" || route.Integration.Function != function || d.ID != first || d.StageVariables["v"] != "1" || *d.CORS.MaxAge != 60 {
		t.Errorf("served: %+v of %+v", route, d)
	}
	if again := deployed(t, w.api, p, "prod"); again != d {
		t.Error("the same state is another pointer")
	}

	// What is changed is served when it is deployed, and not before.
	w.ok("PATCH", p+"/routes/"+r, `{"authorizationType":"NONE"}`)
	if route := match(t, deployed(t, w.api, p, "prod"), "GET", "/pets/1"); route.Authorization != gateway.JWT {
		t.Error("an edit is served that was not deployed")
	}
	w.ok("POST", p+"/deployments", `{"stageName":"prod"}`)
	if route := match(t, deployed(t, w.api, p, "prod"), "GET", "/pets/1"); route.Authorization != gateway.None || route.Authorizer != nil {
		t.Errorf("served: %+v", route)
	}
	w.ok("PATCH", p+"/stages/prod", `{"deploymentId":"`+first+`"}`) // a rollback
	if route := match(t, deployed(t, w.api, p, "prod"), "GET", "/pets/1"); route.Authorization != gateway.JWT {
		t.Error("the rollback is not served")
	}
	w.ok("PATCH", p, `{"disableExecuteApiEndpoint":true}`)
	if !deployed(t, w.api, p, "prod").Disabled {
		t.Error("it is not disabled")
	}

	// Another process finds the same.
	other := &API{Store: w.store}
	if route := match(t, deployed(t, other, p, "prod"), "GET", "/pets/1"); route == nil || route.Authorization != gateway.JWT {
		t.Error("after a restart something else is served")
	}
	w.refused("DELETE", p+"/integrations/"+i, "", "ConflictException", "referenced by Route")
	w.refused("DELETE", p+"/deployments/"+first, "", "BadRequestException", "Active stages")
	w.ok("DELETE", p+"/stages/prod", "")
	w.ok("DELETE", p+"/deployments/"+first, "")
	w.ok("DELETE", p, "")
	if _, err := w.api.Deployed(t.Context(), id, "prod"); !errors.Is(err, gateway.ErrNoAPI) {
		t.Errorf("after it is deleted: %v", err)
	}
	if _, err := other.Deployed(t.Context(), id, "prod"); !errors.Is(err, gateway.ErrNoAPI) {
		t.Errorf("after it is deleted elsewhere: %v", err)
	}
	w.refused("GET", p, "", "NotFoundException", "Invalid API identifier specified 000000000000:"+id)
}

func TestQuickCreate(t *testing.T) {
	w := newWorld(t)
	p := w.create(`{"name":"q","protocolType":"HTTP","target":"` + function + `"}`)
	d := deployed(t, w.api, p, "$default")
	r := match(t, d, "PUT", "/any/thing")
	if r == nil || r.Path != gateway.DefaultRoute || r.Authorization != gateway.None || r.Integration.PayloadVersion != "2.0" {
		t.Errorf("served: %+v", r)
	}
	stages := w.ok("GET", p+"/stages", "")
	text, err := json.Marshal(stages)
	if err != nil || !strings.Contains(string(text), `"autoDeploy":true`) || !strings.Contains(string(text), `"stageName":"$default"`) {
		t.Errorf("stages %s, %v", text, err)
	}
	p = w.create(`{"name":"q","protocolType":"HTTP","target":"https://example.com/x","routeKey":"GET /x"}`)
	if r := match(t, deployed(t, w.api, p, "$default"), "GET", "/x"); r == nil || r.Integration.URI != "https://example.com/x" {
		t.Errorf("served: %+v", r)
	}
}

// TestAutoDeploy: every change is served at once, and what was served before is
// forgotten.
func TestAutoDeploy(t *testing.T) {
	w := newWorld(t)
	p := w.create(`{"name":"a","protocolType":"HTTP"}`)
	w.ok("POST", p+"/stages", `{"stageName":"$default","autoDeploy":true}`)
	i := text1(w.ok("POST", p+"/integrations", `{"integrationType":"HTTP_PROXY","integrationMethod":"ANY","integrationUri":"http://localhost:1/{proxy}"}`), "integrationId")
	for n := range 5 {
		w.ok("POST", p+"/routes", fmt.Sprintf(`{"routeKey":"GET /%d/{proxy+}","target":"integrations/%s"}`, n, i))
		if match(t, deployed(t, w.api, p, "$default"), "GET", fmt.Sprintf("/%d/x", n)) == nil {
			t.Errorf("route %d is not served", n)
		}
	}
	items, _ := w.ok("GET", p+"/deployments", "")["items"].([]any)
	if len(items) != 1 {
		t.Errorf("%d deployments are kept", len(items))
	}
	w.refused("POST", p+"/deployments", `{"stageName":"$default"}`, "BadRequestException", "auto deploy")
	// A stage of another deployment keeps it.
	w.ok("POST", p+"/deployments", "{}")
	items, _ = w.ok("GET", p+"/deployments", "")["items"].([]any)
	if len(items) != 2 {
		t.Errorf("%d deployments are kept", len(items))
	}
}

// TestRefused: what is not offered, and what cannot be served, is refused when it
// is made.
func TestRefused(t *testing.T) {
	w := newWorld(t)
	p := w.create(`{"name":"a","protocolType":"HTTP"}`)
	i := text1(w.ok("POST", p+"/integrations", `{"integrationType":"HTTP_PROXY","integrationMethod":"ANY","integrationUri":"https://example.com/{id}"}`), "integrationId")
	w.ok("POST", p+"/routes", `{"routeKey":"GET /pets/{id}","target":"integrations/`+i+`"}`)
	jwt := `"authorizerType":"JWT","identitySource":["$request.header.Authorization"]`
	for _, tt := range []struct{ path, body, code, text string }{
		{"/v2/apis", `{"name":"a","protocolType":"WEBSOCKET"}`, "BadRequestException", "WEBSOCKET"},
		{"/v2/apis", `{"name":"a"}`, "BadRequestException", ""},
		{"/v2/apis", `{"name":"a","protocolType":"HTTP","target":"` + function + `","credentialsArn":"arn:aws:iam::000000000000:role/r"}`, "BadRequestException", "credentialsArn"},
		{"/v2/apis", `{"name":"a","protocolType":"HTTP","target":"http://169.254.169.254/"}`, "BadRequestException", "is no backend"},
		{"/v2/apis", `{"name":"a","protocolType":"HTTP","corsConfiguration":{"allowOrigins":["*"],"allowCredentials":true}}`, "BadRequestException", "allow-credentials"},
		{"/v2/apis", `{"name":"a","protocolType":"HTTP","corsConfiguration":{"allowOrigins":["https://*.example"]}}`, "BadRequestException", "Invalid CORS origin"},
		{"/v2/apis", `{"name":"a","protocolType":"HTTP","tags":{"aws:x":"y"}}`, "BadRequestException", "Invalid tag"},
		{p + "/routes", `{"routeKey":"GET /x","authorizationType":"CUSTOM"}`, "BadRequestException", "Lambda authorizers"},
		{p + "/routes", `{"routeKey":"GET /x","authorizationType":"JWT"}`, "BadRequestException", "AuthorizerId is required"},
		{p + "/routes", `{"routeKey":"GET /x","authorizationType":"JWT","authorizerId":"none"}`, "NotFoundException", "Unable to find Authorizer by ID none."},
		{p + "/routes", `{"routeKey":"GET /x","authorizationType":"AWS_IAM","authorizationScopes":["a"]}`, "BadRequestException", "Only JWT"},
		{p + "/routes", `{"routeKey":"GET /x","apiKeyRequired":true}`, "BadRequestException", "API keys"},
		{p + "/routes", `{"routeKey":"GET /pets/{id}"}`, "ConflictException", "already exists"},
		{p + "/routes", `{"routeKey":"GET /pets/{other}"}`, "BadRequestException", "another route takes the same requests"},
		{p + "/routes", `{"routeKey":"FETCH /x"}`, "BadRequestException", "route key"},
		{p + "/routes", `{"routeKey":"GET x"}`, "BadRequestException", "route key"},
		{p + "/routes", `{"routeKey":"GET /{x+}/y"}`, "BadRequestException", "route key"},
		{p + "/routes", `{"routeKey":"GET /a/../b"}`, "BadRequestException", "route key"},
		{p + "/routes", `{"routeKey":"GET /x","target":"integrations/none"}`, "BadRequestException", "Invalid target"},
		{p + "/routes", `{"routeKey":"GET /x","target":"integrations/` + i + `"}`, "BadRequestException", "{id}"},
		{p + "/integrations", `{"integrationType":"AWS_PROXY","integrationUri":"` + function + `"}`, "BadRequestException", "PayloadFormatVersion"},
		{p + "/integrations", `{"integrationType":"AWS_PROXY","integrationUri":"https://x","payloadFormatVersion":"2.0"}`, "BadRequestException", "Invalid function ARN"},
		{p + "/integrations", `{"integrationType":"AWS_PROXY","integrationSubtype":"SQS-SendMessage","payloadFormatVersion":"1.0"}`, "BadRequestException", "integrationSubtype"},
		{p + "/integrations", `{"integrationType":"MOCK"}`, "BadRequestException", "AWS_PROXY and HTTP_PROXY"},
		{p + "/integrations", `{"integrationType":"HTTP_PROXY","integrationMethod":"GET","integrationUri":"https://{x}/"}`, "BadRequestException", "no host"},
		{p + "/integrations", `{"integrationType":"HTTP_PROXY","integrationUri":"https://x/"}`, "BadRequestException", "HttpMethod"},
		{p + "/integrations", `{"integrationType":"HTTP_PROXY","integrationMethod":"GET","integrationUri":"https://x/","connectionType":"VPC_LINK","connectionId":"v"}`, "BadRequestException", "VPC links"},
		{p + "/integrations", `{"integrationType":"HTTP_PROXY","integrationMethod":"GET","integrationUri":"https://x/","requestParameters":{"overwrite:path":"/a"}}`, "BadRequestException", "Parameter mappings"},
		{p + "/integrations", `{"integrationType":"HTTP_PROXY","integrationMethod":"GET","integrationUri":"https://x/","credentialsArn":"arn:aws:iam::000000000000:role/r"}`, "BadRequestException", "credentialsArn"},
		{p + "/authorizers", `{"name":"z","authorizerType":"REQUEST","identitySource":["$request.header.A"],"authorizerUri":"x"}`, "BadRequestException", "Lambda authorizers"},
		{p + "/authorizers", `{"name":"z",` + jwt + `,"jwtConfiguration":{"issuer":"http://evil.example","audience":["a"]}}`, "BadRequestException", "Invalid issuer"},
		{p + "/authorizers", `{"name":"z",` + jwt + `,"jwtConfiguration":{"issuer":"https://169.254.169.254","audience":["a"]}}`, "BadRequestException", "Invalid issuer"},
		{p + "/authorizers", `{"name":"z",` + jwt + `,"jwtConfiguration":{"issuer":"https://idp.example","audience":[]}}`, "BadRequestException", "audiences"},
		{p + "/authorizers", `{"name":"z","authorizerType":"JWT","identitySource":["$request.body"],"jwtConfiguration":{"issuer":"https://idp.example","audience":["a"]}}`, "BadRequestException", "Identity source"},
		{p + "/stages", `{"stageName":"a/b"}`, "BadRequestException", "Stage name"},
		{p + "/stages", `{"stageName":"prod","deploymentId":"none"}`, "NotFoundException", "Deployment"},
		{p + "/stages", `{"stageName":"prod","deploymentId":"none","autoDeploy":true}`, "BadRequestException", "auto deploy"},
		{p + "/deployments", `{"stageName":"none"}`, "NotFoundException", "Stage"},
	} {
		w.refused("POST", tt.path, tt.body, tt.code, tt.text)
	}
	w.ok("POST", p+"/authorizers", `{"name":"own",`+jwt+`,"jwtConfiguration":{"issuer":"http://localhost:8000/us-east-1_Abc123456","audience":["a"]}}`)
	w.ok("POST", p+"/authorizers", `{"name":"foreign",`+jwt+`,"jwtConfiguration":{"issuer":"https://idp.example/","audience":["a"]}}`)
}

// TestForeignAccount: an API of another account, or region, is as if there were
// none.
func TestForeignAccount(t *testing.T) {
	w := newWorld(t)
	p := w.create(`{"name":"a","protocolType":"HTTP"}`)
	id := strings.TrimPrefix(p, "/v2/apis/")
	w.identity["u"] = `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"apigateway:*","Resource":"*"}}`
	w.As(user("999999999999", "u"))
	for _, tt := range [][2]string{{"GET", p}, {"PATCH", p}, {"DELETE", p}, {"GET", p + "/routes"}, {"POST", p + "/deployments"}, {"GET", p + "/stages"}} {
		w.refused(tt[0], tt[1], "{}", "NotFoundException", "Invalid API identifier specified 999999999999:"+id)
	}
	if items, _ := w.ok("GET", "/v2/apis", "")["items"].([]any); len(items) != 0 {
		t.Errorf("sees %v", items)
	}
	w.refused("GET", "/v2/tags/arn%3Aaws%3Aapigateway%3Aus-east-1%3A%3A%2Fapis%2F"+id, "", "NotFoundException", "")
	w.As(servicetest.Root())
	if items, _ := w.ok("GET", "/v2/apis", "")["items"].([]any); len(items) != 1 {
		t.Errorf("the owner sees %v", items)
	}
}

func TestTags(t *testing.T) {
	w := newWorld(t)
	p := w.create(`{"name":"a","protocolType":"HTTP","tags":{"a":"1"}}`)
	w.ok("POST", p+"/stages", `{"stageName":"prod"}`)
	tags := "/v2/tags/arn%3Aaws%3Aapigateway%3Aus-east-1%3A%3A%2Fapis%2F" + strings.TrimPrefix(p, "/v2/apis/")
	w.ok("POST", tags, `{"tags":{"b":"2"}}`)
	w.ok("POST", tags+"%2Fstages%2Fprod", `{"tags":{"c":"3"}}`)
	w.ok("DELETE", tags+"?tagKeys=a", "")
	if got := fmt.Sprint(w.ok("GET", tags, "")["tags"], w.ok("GET", tags+"%2Fstages%2Fprod", "")["tags"]); got != "map[b:2] map[c:3]" {
		t.Errorf("tags are %s", got)
	}
	w.refused("POST", tags, `{"tags":{"aws:b":"2"}}`, "BadRequestException", "Invalid tag")
	w.refused("GET", "/v2/tags/arn%3Aaws%3As3%3A%3A%3Ab", "", "BadRequestException", "Invalid resource identifier")
}

func TestPages(t *testing.T) {
	w := newWorld(t)
	p := w.create(`{"name":"a","protocolType":"HTTP"}`)
	for n := range 5 {
		w.ok("POST", p+"/routes", fmt.Sprintf(`{"routeKey":"GET /%d"}`, n))
	}
	seen, query := map[string]bool{}, "?maxResults=2"
	for range 3 {
		out := w.ok("GET", p+"/routes"+query, "")
		items, _ := out["items"].([]any)
		for _, i := range items {
			m, _ := i.(map[string]any)
			seen[text1(m, "routeKey")] = true
		}
		query = "?maxResults=2&nextToken=" + text1(out, "nextToken")
	}
	if len(seen) != 5 || query != "?maxResults=2&nextToken=" {
		t.Errorf("saw %v, then %s", seen, query)
	}
	w.refused("GET", p+"/routes?maxResults=0", "", "BadRequestException", "maxResults")
	w.refused("GET", p+"/routes?nextToken=x", "", "BadRequestException", "nextToken")
}

// TestDeployedSeesChanges: over a store that counts changes no answer is stale.
func TestDeployedSeesChanges(t *testing.T) {
	w := newWorld(t)
	w.api.Store = &mem.Engine{Now: w.api.Now}
	p := w.create(`{"name":"a","protocolType":"HTTP","target":"` + function + `"}`)
	before := deployed(t, w.api, p, "$default")
	w.ok("PATCH", p, `{"disableExecuteApiEndpoint":true}`)
	if after := deployed(t, w.api, p, "$default"); before.Disabled || !after.Disabled {
		t.Error("the change is not seen")
	}
	w.ok("DELETE", p, "")
	if _, err := w.api.Deployed(t.Context(), strings.TrimPrefix(p, "/v2/apis/"), "$default"); !errors.Is(err, gateway.ErrNoAPI) {
		t.Errorf("a deleted API: %v", err)
	}
}
