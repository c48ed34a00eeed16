package apigateway_test

import (
	"context"
	"encoding/json"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/policy"
	"github.com/bailiwick-project/bailiwick/service/apigateway"
)

// TestTableIsTheReference holds the authorization table against AWS's.
func TestTableIsTheReference(t *testing.T) {
	type resource struct {
		Name          string
		ConditionKeys []string
	}
	var reference struct {
		Actions map[string]struct {
			Name          string
			ConditionKeys []string
			ResourceTypes []resource
		}
		ResourceTypes map[string]resource
	}
	raw, err := os.ReadFile("../../models/authorization/apigateway.json")
	if err == nil {
		err = json.Unmarshal(raw, &reference)
	}
	if err != nil {
		t.Fatal(err)
	}
	unnamed := map[string][]string{"apigateway:PUT": {"Integration", "Method"}} // the reference forgets them
	checked := 0
	for _, row := range new(apigateway.API).Service().Actions {
		a, ok := reference.Actions[strings.ToLower(strings.TrimPrefix(row.Name, "apigateway:"))]
		if !ok || "apigateway:"+a.Name != row.Name {
			t.Errorf("the reference has no action %s", row.Name)
			continue
		}
		checked++
		want := slices.Clone(a.ConditionKeys)
		types := slices.Clone(unnamed[row.Name])
		for _, r := range a.ResourceTypes {
			types = append(types, r.Name)
			want = append(want, reference.ResourceTypes[strings.ToLower(r.Name)].ConditionKeys...)
		}
		slices.Sort(want)
		if got := slices.Sorted(maps.Keys(row.Keys)); !slices.Equal(got, slices.Compact(want)) {
			t.Errorf("%s has the keys\n%v, the reference says\n%v", row.Name, got, slices.Compact(want))
		}
		for _, typ := range row.Resources {
			if !slices.Contains(types, typ) {
				t.Errorf("%s has the resource %s, the reference has not", row.Name, typ)
			}
		}
	}
	if checked != 6 {
		t.Errorf("%d actions were compared", checked)
	}
}

// A guard decides by one policy that the test writes.
type guard struct{ set *policy.Set }

func (g *guard) Attached(context.Context, bailiwick.Principal) (bailiwick.Attachments, error) {
	return bailiwick.Attachments{Identity: g.set}, nil
}

func (g *guard) ManagedPolicy(_ context.Context, arn string) (*policy.Policy, error) {
	return nil, bailiwick.Errorf("NoSuchEntity", "Policy %s does not exist.", arn)
}

// allow gives alice these statements, and nothing else.
func (g *guard) allow(t *testing.T, statements string) {
	t.Helper()
	g.set = policy.NewSet()
	if statements == "" {
		return
	}
	doc, err := policy.Parse(policy.Identity, `{"Version":"2012-10-17","Statement":[`+statements+`]}`)
	if err != nil {
		t.Fatal(err)
	}
	g.set = policy.NewSet(policy.Compile("p", doc))
}

func alice() bailiwick.Principal {
	return bailiwick.Principal{Name: "alice", Principal: policy.Principal{
		Type: policy.User, ARN: "arn:aws:iam::" + account + ":user/alice", ID: "AIDAALICE", Account: account,
	}}
}

// every is one request of each operation, on an API with the parts that it names.
// %a is the API, %r a resource, %d a deployment, %z an authorizer, %v a validator.
var every = []struct {
	request  string
	in       any
	resource string // of the check, after arn:aws:apigateway:us-east-1::
}{
	{"POST /restapis", object{"name": "x", "tags": object{"k": "v"}}, "/restapis"},
	{"POST /restapis?mode=import", object{"openapi": "3"}, "/restapis"},
	{"GET /restapis", nil, "/restapis"},
	{"GET /restapis/%a", nil, ""},
	{"PATCH /restapis/%a", object{"patchOperations": list{set("/name", "y"), set("/endpointConfiguration/types/0", "REGIONAL"), set("/disableExecuteApiEndpoint", "true")}}, ""},
	{"PUT /restapis/%a", object{"openapi": "3"}, ""},
	{"GET /restapis/%a/resources", nil, ""},
	{"POST /restapis/%a/resources/%r", object{"pathPart": "x"}, ""},
	{"GET /restapis/%a/resources/%r", nil, ""},
	{"PATCH /restapis/%a/resources/%r", object{"patchOperations": list{set("/pathPart", "z")}}, ""},
	{"PUT /restapis/%a/resources/%r/methods/PUT", object{"authorizationType": "NONE"}, ""},
	{"GET /restapis/%a/resources/%r/methods/GET", nil, ""},
	{"PATCH /restapis/%a/resources/%r/methods/GET", object{"patchOperations": list{set("/authorizationType", "NONE"), set("/apiKeyRequired", "false")}}, ""},
	{"PUT /restapis/%a/resources/%r/methods/GET/responses/201", object{}, ""},
	{"GET /restapis/%a/resources/%r/methods/GET/responses/200", nil, ""},
	{"PATCH /restapis/%a/resources/%r/methods/GET/responses/200", object{}, ""},
	{"PUT /restapis/%a/resources/%r/methods/PUT/integration", object{"type": "MOCK"}, ""},
	{"GET /restapis/%a/resources/%r/methods/GET/integration", nil, ""},
	{"PATCH /restapis/%a/resources/%r/methods/GET/integration", object{}, ""},
	{"PUT /restapis/%a/resources/%r/methods/GET/integration/responses/201", object{}, ""},
	{"GET /restapis/%a/resources/%r/methods/GET/integration/responses/200", nil, ""},
	{"PATCH /restapis/%a/resources/%r/methods/GET/integration/responses/200", object{}, ""},
	{"POST /restapis/%a/authorizers", object{"name": "n2", "type": "COGNITO_USER_POOLS", "providerARNs": list{pool}}, ""},
	{"GET /restapis/%a/authorizers", nil, ""},
	{"GET /restapis/%a/authorizers/%z", nil, ""},
	{"PATCH /restapis/%a/authorizers/%z", object{"patchOperations": list{set("/name", "n3")}}, ""},
	{"POST /restapis/%a/requestvalidators", object{"name": "v"}, ""},
	{"GET /restapis/%a/requestvalidators", nil, ""},
	{"GET /restapis/%a/requestvalidators/%v", nil, ""},
	{"PATCH /restapis/%a/requestvalidators/%v", object{}, ""},
	{"DELETE /restapis/%a/requestvalidators/%v", nil, ""},
	{"PUT /restapis/%a/gatewayresponses/DEFAULT_4XX", object{}, ""},
	{"GET /restapis/%a/gatewayresponses", nil, ""},
	{"GET /restapis/%a/gatewayresponses/DEFAULT_4XX", nil, ""},
	{"PATCH /restapis/%a/gatewayresponses/DEFAULT_4XX", object{}, ""},
	{"DELETE /restapis/%a/gatewayresponses/DEFAULT_4XX", nil, ""},
	{"POST /restapis/%a/deployments", object{"stageName": "other"}, ""},
	{"GET /restapis/%a/deployments", nil, ""},
	{"GET /restapis/%a/deployments/%d", nil, ""},
	{"PATCH /restapis/%a/deployments/%d", object{"patchOperations": list{set("/description", "d")}}, ""},
	{"POST /restapis/%a/stages", object{"stageName": "new", "deploymentId": "%d", "tags": object{"k": "v"}}, ""},
	{"GET /restapis/%a/stages", nil, ""},
	{"GET /restapis/%a/stages/prod", nil, ""},
	{"PATCH /restapis/%a/stages/prod", object{"patchOperations": list{set("/accessLogSettings/format", "f"), set("/accessLogSettings/destinationArn", "d")}}, ""},
	{"DELETE /restapis/%a/stages/prod/cache/data", nil, ""},
	{"DELETE /restapis/%a/stages/prod/cache/authorizers", nil, ""},
	{"PUT /tags/arn%3Aaws%3Aapigateway%3Aus-east-1%3A%3A%2Frestapis%2F%a", object{"tags": object{"k": "v"}}, ""},
	{"GET /tags/arn%3Aaws%3Aapigateway%3Aus-east-1%3A%3A%2Frestapis%2F%a", nil, ""},
	{"DELETE /tags/arn%3Aaws%3Aapigateway%3Aus-east-1%3A%3A%2Frestapis%2F%a?tagKeys=k", nil, "/tags/arn%3Aaws%3Aapigateway%3Aus-east-1%3A%3A%2Frestapis%2F%a"},
	{"GET /account", nil, ""},
	{"DELETE /restapis/%a/resources/%r/methods/GET/integration/responses/200", nil, ""},
	{"DELETE /restapis/%a/resources/%r/methods/GET/responses/200", nil, ""},
	{"DELETE /restapis/%a/resources/%r/methods/GET/integration", nil, ""},
	{"DELETE /restapis/%a/resources/%r/methods/GET", nil, ""},
	{"DELETE /restapis/%a/resources/%r", nil, ""},
	{"DELETE /restapis/%a/authorizers/%z", nil, ""},
	{"DELETE /restapis/%a/stages/prod", nil, ""},
	{"DELETE /restapis/%a/stages/new", nil, ""},
	{"DELETE /restapis/%a/deployments/%d", nil, ""},
	{"DELETE /restapis/%a", nil, ""},
}

const pool = "arn:aws:cognito-idp:us-east-1:" + account + ":userpool/us-east-1_AAAAAAAAA"

// Every operation asks for its verb on its own path, of the API that the request
// names: nobody may do it without leave, whether the API is there or not, and who
// has leave for exactly this may.
func TestEveryOperationAsks(t *testing.T) {
	g := &guard{}
	w := newWorld(t, g)
	a := w.newAPI(nil)
	r := a.resource(a.root, "pets")
	a.ok(a.at("PUT", "resources", r, "methods", "GET"), object{"authorizationType": "AWS_IAM"})
	a.ok(a.at("PUT", "resources", r, "methods", "GET", "integration"), object{"type": "MOCK"})
	a.ok(a.at("PUT", "resources", r, "methods", "GET", "responses", "200"), object{})
	a.ok(a.at("PUT", "resources", r, "methods", "GET", "integration", "responses", "200"), object{})
	z := a.ok(a.at("POST", "authorizers"), object{"name": "n", "type": "COGNITO_USER_POOLS", "providerARNs": list{pool}})["id"].(string)
	d := a.deploy("prod")
	v := a.ok(a.at("POST", "requestvalidators"), object{})["id"].(string)
	fill := strings.NewReplacer("%a", a.id, "%v", v, "%r", r, "%z", z, "%d", d)
	nowhere := strings.NewReplacer("%a", "zzzzzzzzzz", "%v", "zzzzzzzzzz", "%r", "zzzzzzzzzz", "%z", "zzzzzzzzzz", "%d", "zzzzzzzzzz")

	w.As(alice())
	asked := map[string]bool{}
	for _, c := range every {
		verb, path, _ := strings.Cut(c.request, " ")
		in := c.in
		if o, ok := in.(object); ok && o["deploymentId"] != nil {
			in = object{"stageName": o["stageName"], "deploymentId": d, "tags": o["tags"]}
		}
		resource := c.resource
		if resource == "" {
			resource = path
		}
		g.allow(t, "")
		for _, names := range []*strings.Replacer{nowhere, fill} {
			arn := "arn:aws:apigateway:us-east-1::" + names.Replace(resource)
			want := "User: arn:aws:iam::" + account + ":user/alice is not authorized to perform: apigateway:" + verb + " on resource: " + arn +
				" because no identity-based policy allows the apigateway:" + verb + " action"
			if got := w.call(verb+" "+names.Replace(path), in); got.status != 403 || got.code != "AccessDeniedException" || got.message != want {
				t.Errorf("%s by nobody: %d %s\ngot  %s\nwant %s", c.request, got.status, got.code, got.message, want)
			}
		}
		g.allow(t, `{"Effect":"Allow","Action":"apigateway:`+verb+`","Resource":"arn:aws:apigateway:us-east-1::`+fill.Replace(resource)+`"}`)
		if got := w.call(verb+" "+fill.Replace(path), in); got.status >= 300 && got.message != "The import of API definitions is not offered. Create resources, methods and integrations one by one." {
			t.Errorf("%s with leave: %d %s %s", c.request, got.status, got.code, got.message)
		}
		asked[w.Records[len(w.Records)-1].Call.Operation] = true
	}
	for _, op := range w.api.Service().Operations {
		if !asked[op.Name] {
			t.Errorf("%s was not called", op.Name)
		}
	}
}

const anything = `{"Effect":"Allow","Action":"apigateway:*","Resource":"*"}`

// Whoever may only make methods that ask for a signature can make no other, by no
// way.
func TestAuthorizationKeys(t *testing.T) {
	g := &guard{}
	w := newWorld(t, g)
	a := w.newAPI(object{"tags": object{"team": "blue"}})
	b := w.newAPI(object{"tags": object{"team": "red"}})
	r := a.resource(a.root, "pets")
	a.lambda(r, "GET", "AWS_IAM", nil)
	a.deploy("prod")
	a.ok(a.at("PATCH", "stages", "prod"), object{"patchOperations": list{set("/accessLogSettings/destinationArn", "arn:aws:logs:x")}})
	w.ok("PUT /tags/arn%3Aaws%3Aapigateway%3Aus-east-1%3A%3A%2Frestapis%2F"+a.id+"%2Fstages%2Fprod", object{"tags": object{"team": "green"}})
	w.As(alice())

	patch := func(ops ...object) object { return object{"patchOperations": ops} }
	deny := func(operator, key, value string) string {
		return anything + `,{"Effect":"Deny","Action":"apigateway:*","Resource":"*","Condition":{"` + operator + `":{"` + key + `":"` + value + `"}}}`
	}
	for _, c := range []struct {
		name, policy, request string
		in                    any
		allowed               bool
	}{
		{"other stage", deny("StringEquals", "apigateway:Request/StageName", "prod"), a.at("POST", "deployments"), object{"stageName": "dev"}, true},
		{"open method", deny("ForAnyValue:StringEquals", "apigateway:Request/RouteAuthorizationType", "NONE"), a.at("PUT", "resources", r, "methods", "POST"), object{"authorizationType": "NONE"}, false},
		{"signed method", deny("ForAnyValue:StringEquals", "apigateway:Request/RouteAuthorizationType", "NONE"), a.at("PUT", "resources", r, "methods", "POST"), object{"authorizationType": "AWS_IAM"}, true},
		{"opened method", deny("ForAnyValue:StringEquals", "apigateway:Request/RouteAuthorizationType", "NONE"), a.at("PATCH", "resources", r, "methods", "GET"), patch(set("/authorizationType", "NONE")), false},
		{"renamed method", deny("ForAnyValue:StringEquals", "apigateway:Request/RouteAuthorizationType", "NONE"), a.at("PATCH", "resources", r, "methods", "GET"), patch(set("/operationName", "x")), true},
		{"signed method changed", deny("ForAnyValue:StringEquals", "apigateway:Resource/RouteAuthorizationType", "AWS_IAM"), a.at("PATCH", "resources", r, "methods", "GET"), patch(set("/operationName", "x")), false},
		{"method without key", deny("ForAnyValue:Bool", "apigateway:Request/ApiKeyRequired", "false"), a.at("PUT", "resources", r, "methods", "HEAD"), object{"authorizationType": "AWS_IAM"}, false},
		{"edge API", deny("ForAnyValue:StringEquals", "apigateway:Request/EndpointType", "EDGE"), "POST /restapis", object{"name": "x"}, false},
		{"regional API", deny("ForAnyValue:StringEquals", "apigateway:Request/EndpointType", "EDGE"), "POST /restapis", object{"name": "x", "endpointConfiguration": object{"types": list{"REGIONAL"}}}, true},
		{"to edge", deny("ForAnyValue:StringEquals", "apigateway:Request/EndpointType", "EDGE"), "PATCH /restapis/" + a.id, patch(set("/endpointConfiguration/types/EDGE", "EDGE")), false},
		{"name", deny("StringLike", "apigateway:Request/ApiName", "secret*"), "POST /restapis", object{"name": "secrets"}, false},
		{"new name", deny("StringLike", "apigateway:Request/ApiName", "secret*"), "PATCH /restapis/" + a.id, patch(set("/name", "secrets")), false},
		{"old name", deny("StringEquals", "apigateway:Resource/ApiName", "pets"), "PATCH /restapis/" + a.id, patch(set("/description", "x")), false},
		{"old name deleted", deny("StringEquals", "apigateway:Resource/ApiName", "pets"), "DELETE /restapis/" + a.id, nil, false},
		{"open endpoint", deny("Bool", "apigateway:Request/DisableExecuteApiEndpoint", "false"), "POST /restapis", object{"name": "x"}, false},
		{"stage", deny("StringEquals", "apigateway:Request/StageName", "prod"), a.at("POST", "deployments"), object{"stageName": "prod"}, false},
		{"log", deny("StringLike", "apigateway:Request/AccessLoggingDestination", "arn:*"), a.at("PATCH", "stages", "prod"), patch(set("/accessLogSettings/destinationArn", "arn:x")), false},
		{"logged stage", deny("StringLike", "apigateway:Resource/AccessLoggingDestination", "arn:*"), a.at("DELETE", "stages", "prod"), nil, false},
		{"authorizer", deny("ForAnyValue:StringEquals", "apigateway:Request/AuthorizerType", "COGNITO_USER_POOLS"), a.at("POST", "authorizers"), object{"name": "n", "type": "COGNITO_USER_POOLS", "providerARNs": list{pool}}, false},

		{"policy at the start", deny("Null", "aws:username", "true"), "POST /restapis", object{"name": "x", "policy": openPolicy}, true},
		{"policy without leave", `{"Effect":"Allow","Action":["apigateway:POST","apigateway:PATCH"],"Resource":"*"}`, "POST /restapis", object{"name": "x", "policy": openPolicy}, false},
		{"policy later without leave", `{"Effect":"Allow","Action":["apigateway:POST","apigateway:PATCH"],"Resource":"*"}`, "PATCH /restapis/" + a.id, patch(set("/description", "x"), set("/policy", openPolicy)), false},
		{"policy removed without leave", `{"Effect":"Allow","Action":["apigateway:POST","apigateway:PATCH"],"Resource":"*"}`, "PATCH /restapis/" + a.id, patch(remove("/policy")), false},
		{"policy later", `{"Effect":"Allow","Action":["apigateway:UpdateRestApiPolicy","apigateway:PATCH"],"Resource":"arn:aws:apigateway:us-east-1::/restapis/` + a.id + `"}`, "PATCH /restapis/" + a.id, patch(set("/policy", openPolicy)), true},

		{"own team", team, a.at("GET", "resources", r, "methods", "GET"), nil, true},
		{"other team", team, "GET /restapis/" + b.id, nil, false},
		{"other team's resources", team, "GET /restapis/" + b.id + "/resources", nil, false},
		{"stage of another team", team, a.at("GET", "stages", "prod"), nil, false},
		{"without a team", team, "GET /restapis", nil, false},
		{"taking a team", team, "PUT /tags/arn%3Aaws%3Aapigateway%3Aus-east-1%3A%3A%2Frestapis%2F" + b.id, object{"tags": object{"team": "blue"}}, false},
		{"no other tags", tagKeys, "POST /restapis", object{"name": "x", "tags": object{"team": "blue"}}, true},
		{"other tags", tagKeys, "POST /restapis", object{"name": "x", "tags": object{"team": "blue", "x": "y"}}, false},
		{"other region", `{"Effect":"Allow","Action":"apigateway:*","Resource":"arn:aws:apigateway:eu-west-1::/*"}`, "GET /restapis", nil, false},
	} {
		g.allow(t, c.policy)
		got := w.call(c.request, c.in)
		if allowed := got.status < 300; allowed != c.allowed || !allowed && got.code != "AccessDeniedException" {
			t.Errorf("%s: %d %s %s", c.name, got.status, got.code, got.message)
		}
	}
}

const (
	openPolicy = `{"Statement":[{"Effect":"Allow","Principal":"*","Action":"execute-api:Invoke","Resource":"execute-api:/*"}]}`
	team       = `{"Effect":"Allow","Action":"apigateway:*","Resource":"*","Condition":{"StringEquals":{"aws:ResourceTag/team":"blue"}}}`
	tagKeys    = `{"Effect":"Allow","Action":"apigateway:*","Resource":"*","Condition":{"ForAllValues:StringEquals":{"aws:TagKeys":["team"]}}}`
)

// APIs of another account or region are not found, whatever the caller may do.
func TestOtherAccounts(t *testing.T) {
	w := newWorld(t, nil)
	a := w.newAPI(nil)
	a.lambda(a.root, "GET", "NONE", nil)
	a.deploy("prod")
	stranger := bailiwick.Principal{Principal: policy.Principal{Type: policy.Account, ARN: "arn:aws:iam::111111111111:root", ID: "111111111111", Account: "111111111111"}}
	w.As(stranger)
	for _, request := range []string{
		"GET /restapis/" + a.id, "DELETE /restapis/" + a.id, a.at("GET", "stages", "prod"), a.at("GET", "resources"), a.at("POST", "deployments"),
		a.at("DELETE", "stages", "prod"), "GET /tags/arn%3Aaws%3Aapigateway%3Aus-east-1%3A%3A%2Frestapis%2F" + a.id,
	} {
		w.refused(request, nil, "NotFoundException", "Invalid API identifier specified 111111111111:"+a.id)
	}
	if n := len(w.ok("GET /restapis", nil)["item"].(list)); n != 0 {
		t.Errorf("%d APIs of others", n)
	}
}
