package apigateway_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/bailiwick-project/bailiwick/gateway"
)

func TestRestAPILife(t *testing.T) {
	w := newWorld(t, nil)
	r := w.call("POST /restapis", object{"name": "pets", "description": "d", "tags": object{"team": "blue"}})
	id, root := r.out["id"].(string), r.out["rootResourceId"].(string)
	if r.status != 201 || !regexp.MustCompile(`^[a-z0-9]{10}$`).MatchString(id) {
		t.Errorf("created %d %s", r.status, r.body)
	}
	want := object{
		"id": id, "name": "pets", "description": "d", "createdDate": float64(start.Unix()), "rootResourceId": root,
		"apiKeySource": "HEADER", "apiStatus": "AVAILABLE", "disableExecuteApiEndpoint": false,
		"endpointConfiguration": object{"types": list{"EDGE"}, "ipAddressType": "ipv4"}, "tags": object{"team": "blue"},
	}
	equal(t, "created", r.out, want)
	equal(t, "got", w.ok("GET /restapis/"+id, nil), want)
	equal(t, "listed", w.ok("GET /restapis", nil), object{"item": list{want}})

	got := w.ok("PATCH /restapis/"+id, object{"patchOperations": list{
		set("/name", "dogs"), set("/description", ""), set("/disableExecuteApiEndpoint", "true"), add("/binaryMediaTypes/image~1png", ""),
		set("/endpointConfiguration/types/EDGE", "REGIONAL"), set("/minimumCompressionSize", "1024"), set("/apiKeySource", "AUTHORIZER"),
	}})
	want["name"], want["disableExecuteApiEndpoint"], want["binaryMediaTypes"] = "dogs", true, list{"image/png"}
	want["endpointConfiguration"].(object)["types"] = list{"REGIONAL"}
	want["minimumCompressionSize"], want["apiKeySource"] = float64(1024), "AUTHORIZER"
	delete(want, "description")
	equal(t, "updated", got, want)
	w.restart(nil)
	equal(t, "after a restart", w.ok("GET /restapis/"+id, nil), want)

	if r := w.call("DELETE /restapis/"+id, nil); r.status != 202 || r.body != "" {
		t.Errorf("deleted %d %q", r.status, r.body)
	}
	gone := "Invalid API identifier specified " + account + ":" + id
	for _, request := range []string{"GET /restapis/" + id, "DELETE /restapis/" + id, "PATCH /restapis/" + id, "GET /restapis/" + id + "/resources", "GET /restapis/" + id + "/stages"} {
		w.refused(request, nil, "NotFoundException", gone)
	}
	if r := w.call("GET /restapis/"+id, nil); r.status != 404 {
		t.Errorf("status %d", r.status)
	}
}

func TestRestAPIInput(t *testing.T) {
	w := newWorld(t, nil)
	a := w.newAPI(nil)
	const bad = "BadRequestException"
	for _, c := range []struct {
		in      object
		message string
	}{
		{object{}, "1 validation error detected: Value null at 'name' failed to satisfy constraint: Member must not be null"},
		{object{"name": " "}, "REST API name cannot be blank"},
		{object{"name": "x", "cloneFrom": a.id}, "Cloning an API is not offered."},
		{object{"name": "x", "endpointConfiguration": object{"types": list{"PRIVATE"}}}, "Private APIs are not offered."},
		{object{"name": "x", "endpointConfiguration": object{"vpcEndpointIds": list{"vpce-1"}}}, "VPC endpoints are not offered."},
		{object{"name": "x", "minimumCompressionSize": -1}, "Invalid minimum compression size, must be between 0 and 10485760"},
		{object{"name": "x", "policy": "{"}, "Invalid policy document. Please check the policy syntax and ensure that Principals are valid."},
		{object{"name": "x", "securityPolicy": "TLS_1_2"}, "Security policies of endpoints are not offered."},
		{object{"name": "x", "tags": object{"aws:x": "y"}}, "The tag key aws:x begins with aws:, which is reserved."},
		{object{"name": "x", "tags": object{"a": "y", "A": "z"}}, "The tag keys A and a differ only in case."},
	} {
		w.refused("POST /restapis", c.in, bad, c.message)
	}
	patches := func(ops ...object) object { return object{"patchOperations": ops} }
	for _, c := range []struct {
		op      object
		message string
	}{
		{add("/name", "x"), "Invalid patch path  '/name' specified for op 'add'. Must be one of: [/name, /description, /policy, /version, /apiKeySource, /disableExecuteApiEndpoint, /minimumCompressionSize, /binaryMediaTypes/{type}, /endpointConfiguration/types/{type}, /endpointConfiguration/ipAddressType]"},
		{object{"op": "move", "path": "/name"}, "Invalid patch operation 'move' specified. Must be one of: [add, remove, replace]"},
		{set("name", "x"), "Invalid patch path 'name'"},
		{set("/name", ""), "REST API name cannot be blank"},
		{set("/disableExecuteApiEndpoint", "maybe"), "Invalid patch value specified for /disableExecuteApiEndpoint: maybe"},
		{set("/endpointConfiguration/types/EDGE", "PRIVATE"), "Private APIs are not offered."},
	} {
		w.refused("PATCH /restapis/"+a.id, patches(set("/description", "half"), c.op), bad, c.message)
	}
	if got := w.ok("GET /restapis/"+a.id, nil)["description"]; got != nil {
		t.Errorf("half of a request was applied: %v", got)
	}
	w.refused("POST /restapis?mode=import", object{"openapi": "3.0.1", "name": "x"}, bad, "The import of API definitions is not offered. Create resources, methods and integrations one by one.")
	w.refused("PUT /restapis/"+a.id, object{"openapi": "3.0.1"}, bad, "The import of API definitions is not offered. Create resources, methods and integrations one by one.")
	if n := len(w.ok("GET /restapis", nil)["item"].(list)); n != 1 {
		t.Errorf("%d APIs", n)
	}
}

func TestListing(t *testing.T) {
	w := newWorld(t, nil)
	seen := map[string]bool{}
	for i := range 5 {
		seen[w.newAPI(object{"name": fmt.Sprint(i)}).id] = true
	}
	pages, position := 0, ""
	for {
		pages++
		path := "GET /restapis?limit=2"
		if position != "" {
			path += "&position=" + position
		}
		out := w.ok(path, nil)
		for _, item := range out["item"].(list) {
			id := item.(object)["id"].(string)
			if !seen[id] {
				t.Errorf("%s is shown twice, or was never made", id)
			}
			delete(seen, id)
		}
		var more bool
		if position, more = out["position"].(string); !more {
			break
		}
	}
	if pages != 3 || len(seen) > 0 {
		t.Errorf("%d pages, without %v", pages, seen)
	}
	w.refused("GET /restapis?position=%25", nil, "BadRequestException", "Invalid position parameter specified")
}

// Policies may name resources short. What is stored and served names them whole.
func TestResourcePolicy(t *testing.T) {
	w := newWorld(t, nil)
	const text = `{"Version": "2012-10-17", "Statement": [{"Effect":"Allow","Principal":"*","Action":"execute-api:Invoke",
		"Resource":["execute-api:/prod/GET/pets/*", "execute-api:/*"], "Condition":{"StringEquals":{"aws:x/execute-api:/":"execute-api:/prod"}}},
		{"Effect":"Deny","Principal":{"AWS":"*"},"Action":"execute-api:Invoke","NotResource":"execute-api:\/prod\/*"}]}`
	a := w.newAPI(object{"policy": text})
	shown := w.ok("GET /restapis/"+a.id, nil)["policy"].(string)
	var once string
	if err := json.Unmarshal([]byte(`"`+shown+`"`), &once); err != nil {
		t.Fatalf("%s: %v", shown, err) // clients read it so
	}
	prefix := "arn:aws:execute-api:us-east-1:" + account + ":" + a.id
	equal(t, "policy", once, `{"Version": "2012-10-17", "Statement": [{"Effect":"Allow","Principal":"*","Action":"execute-api:Invoke",
		"Resource":["`+prefix+`/prod/GET/pets/*", "`+prefix+`/*"], "Condition":{"StringEquals":{"aws:x/execute-api:/":"execute-api:/prod"}}},
		{"Effect":"Deny","Principal":{"AWS":"*"},"Action":"execute-api:Invoke","NotResource":"`+prefix+`/prod/*"}]}`)

	a.lambda(a.root, "GET", "AWS_IAM", nil)
	a.deploy("prod")
	if p := a.served("prod").Policy; p == nil || p.Err() != nil || len(p.Document().Statements) != 2 {
		t.Errorf("serves %v", p)
	}
	a.patch("", set("/policy", ""))
	if got := w.ok("GET /restapis/"+a.id, nil)["policy"]; got != nil {
		t.Errorf("policy %v", got)
	}
	if a.served("prod").Policy == nil {
		t.Error("a policy ended without a deployment")
	}
	a.deploy("prod")
	if a.served("prod").Policy != nil {
		t.Error("a policy that was removed is served")
	}
	for name, broken := range map[string]string{
		"twice":        `{"Statement":[{"Effect":"Allow","Effect":"Deny","Principal":"*","Action":"execute-api:Invoke","Resource":"execute-api:/*"}]}`,
		"no principal": `{"Statement":[{"Effect":"Allow","Action":"execute-api:Invoke","Resource":"execute-api:/*"}]}`,
		"no ARN":       `{"Statement":[{"Effect":"Allow","Principal":"*","Action":"execute-api:Invoke","Resource":"execute-api:prod"}]}`,
		"behind":       `{"Statement":[{"Effect":"Allow","Principal":"*","Action":"execute-api:Invoke","Resource":"execute-api:/*"}]}}`,
	} {
		r := w.call("PATCH /restapis/"+a.id, object{"patchOperations": list{set("/policy", broken)}})
		if r.code != "BadRequestException" || r.message != "Invalid policy document. Please check the policy syntax and ensure that Principals are valid." {
			t.Errorf("%s: %d %s", name, r.status, r.message)
		}
	}
}

func TestTags(t *testing.T) {
	w := newWorld(t, nil)
	a := w.newAPI(object{"tags": object{"a": "1"}})
	a.lambda(a.root, "GET", "NONE", nil)
	a.deploy("prod")
	for _, path := range []string{"%2Frestapis%2F" + a.id, "%2Frestapis%2F" + a.id + "%2Fstages%2Fprod"} {
		arn := "/tags/arn%3Aaws%3Aapigateway%3Aus-east-1%3A%3A" + path
		if r := w.call("PUT "+arn, object{"tags": object{"b": "2", "c": "3"}}); r.status != 204 {
			t.Errorf("tagged %d %s", r.status, r.body)
		}
		if r := w.call("DELETE "+arn+"?tagKeys=a&tagKeys=c", nil); r.status != 204 {
			t.Errorf("untagged %d %s", r.status, r.body)
		}
		equal(t, "tags", w.ok("GET "+arn, nil), object{"tags": object{"b": "2"}})
	}
	equal(t, "tags", w.ok("GET /restapis/"+a.id, nil)["tags"], object{"b": "2"})
	equal(t, "tags", w.ok(a.at("GET", "stages", "prod"), nil)["tags"], object{"b": "2"})
	w.refused("GET /tags/arn%3Aaws%3Aapigateway%3Aus-east-1%3A%3A%2Frestapis%2Fzzzzzzzzzz", nil, "NotFoundException", "Invalid API identifier specified "+account+":zzzzzzzzzz")
	w.refused("GET /tags/arn%3Aaws-cn%3Aapigateway%3Aus-east-1%3A%3A%2Frestapis%2F"+a.id, nil, "BadRequestException", "Invalid ARN specified: arn:aws-cn:apigateway:us-east-1::/restapis/"+a.id)
	w.refused("GET /tags/arn%3Aaws%3Aapigateway%3Aeu-west-1%3A%3A%2Frestapis%2F"+a.id, nil, "BadRequestException", "Invalid ARN specified: arn:aws:apigateway:eu-west-1::/restapis/"+a.id)
}

func TestAccount(t *testing.T) {
	w := newWorld(t, nil)
	equal(t, "account", w.ok("GET /account", nil), object{
		"throttleSettings": object{"burstLimit": 5000.0, "rateLimit": 10000.0}, "features": list{"UsagePlans"}, "apiKeyVersion": "4",
	})
}

// Names of any length are not found, rather than too long for a key.
func TestLongNames(t *testing.T) {
	w := newWorld(t, nil)
	a := w.newAPI(nil)
	long := strings.Repeat("a", 3000)
	for _, request := range []string{"GET /restapis/" + long, a.at("GET", "stages", long), a.at("GET", "deployments", long), a.at("GET", "resources", long), a.at("GET", "authorizers", long)} {
		if r := w.call(request, nil); r.status != 404 {
			t.Errorf("%.30s: %d %s", request, r.status, r.code)
		}
	}
	long += long + long
	if _, err := w.api.Deployed(t.Context(), a.id, long); !errors.Is(err, gateway.ErrNoStage) {
		t.Errorf("a long stage: %.100v", err)
	}
	if _, err := w.api.Deployed(t.Context(), long, "prod"); !errors.Is(err, gateway.ErrNoAPI) {
		t.Errorf("a long API: %.100v", err)
	}
}

func TestDeletedAPIIsNotServed(t *testing.T) {
	w := newWorld(t, nil)
	a := w.newAPI(nil)
	a.lambda(a.root, "GET", "NONE", nil)
	a.deploy("prod")
	a.served("prod")
	for _, c := range []struct {
		stage string
		want  error
	}{{"dev", gateway.ErrNoStage}} {
		if _, err := w.api.Deployed(t.Context(), a.id, c.stage); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", c.stage, err)
		}
	}
	w.ok("DELETE /restapis/"+a.id, nil)
	if _, err := w.api.Deployed(t.Context(), a.id, "prod"); !errors.Is(err, gateway.ErrNoAPI) {
		t.Errorf("a deleted API: %v", err)
	}
}
