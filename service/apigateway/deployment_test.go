package apigateway_test

import (
	"testing"
	"time"

	"github.com/bailiwick-project/bailiwick/gateway"
)

// What is served is what was deployed: later edits, whatever they are, show with
// the next deployment.
func TestDeploymentsDoNotChange(t *testing.T) {
	w := newWorld(t, nil)
	a := w.newAPI(nil)
	w.refused(a.at("POST", "deployments"), object{"stageName": "prod"}, "BadRequestException", "The REST API doesn't contain any methods")
	pets := a.resource(a.root, "pets")
	a.ok(a.at("PUT", "resources", pets, "methods", "GET"), object{"authorizationType": "AWS_IAM"})
	w.refused(a.at("POST", "deployments"), object{"stageName": "prod"}, "BadRequestException", "No integration defined for method")
	w.refused(a.at("GET", "stages", "prod"), nil, "NotFoundException", "Invalid stage identifier specified")
	a.ok(a.at("PUT", "resources", pets, "methods", "GET", "integration"), object{"type": "AWS_PROXY", "httpMethod": "POST", "uri": lambdaURI(function)})
	z := a.ok(a.at("POST", "authorizers"), object{"name": "n", "type": "COGNITO_USER_POOLS", "providerARNs": list{pool}})["id"].(string)
	a.lambda(pets, "PUT", "COGNITO_USER_POOLS", object{"authorizerId": z, "authorizationScopes": list{"s"}})
	first := a.deploy("prod")

	before := a.served("prod")
	edits := []func(){
		func() { a.patch("/resources/"+pets+"/methods/GET", set("/authorizationType", "NONE")) },
		func() { a.patch("/resources/"+pets, set("/pathPart", "dogs")) },
		func() { a.patch("/authorizers/"+z, set("/identitySource", "method.request.header.X")) },
		func() { a.patch("", set("/disableExecuteApiEndpoint", "true"), set("/policy", openPolicy)) },
		func() { w.ok(a.at("DELETE", "resources", pets), nil) },
		func() { a.lambda(a.root, "GET", "NONE", nil) },
	}
	for i, edit := range edits {
		edit()
		if a.served("prod") != before {
			t.Errorf("edit %d is served without a deployment", i)
		}
	}
	get, put := a.match("prod", "GET", "/pets"), a.match("prod", "PUT", "/pets")
	if get.Authorization != gateway.IAM || get.Integration.Function != function || before.Disabled || before.Policy != nil {
		t.Errorf("serves %+v", get)
	}
	if z := put.Authorizer; put.Authorization != gateway.UserPools || z.Header != "Authorization" || z.Providers[0] != "cognito-idp.us-east-1.amazonaws.com/us-east-1_AAAAAAAAA" || put.Scopes[0] != "s" {
		t.Errorf("serves %+v, %+v", put, z)
	}
	w.restart(nil)
	if a.api = w.api; a.match("prod", "GET", "/pets").Authorization != gateway.IAM || a.match("prod", "GET", "/") != nil {
		t.Error("another deployment is served after a restart")
	}

	second := a.deploy("prod")
	if d := a.served("prod"); d.ID != second || !d.Disabled || d.Policy == nil || a.match("prod", "GET", "/pets") != nil || a.match("prod", "GET", "/") == nil {
		t.Errorf("the new deployment serves %+v", d)
	}
	a.patch("/stages/prod", set("/deploymentId", first))
	if d := a.served("prod"); d.ID != first || d.Disabled || a.match("prod", "GET", "/pets").Authorization != gateway.IAM {
		t.Errorf("the first deployment serves %+v", d)
	}
}

func TestDeployments(t *testing.T) {
	w := newWorld(t, nil)
	a := w.newAPI(nil)
	a.lambda(a.resource(a.root, "pets"), "GET", "AWS_IAM", nil)
	r := w.call(a.at("POST", "deployments"), object{"description": "d"})
	id := r.out["id"].(string)
	want := object{"id": id, "description": "d", "createdDate": float64(start.Unix())}
	if r.status != 201 {
		t.Errorf("made %d", r.status)
	}
	equal(t, "made", r.out, want)
	equal(t, "patched", a.patch("/deployments/"+id, set("/description", "e"))["description"], "e")
	want["description"] = "e"
	equal(t, "listed", w.ok(a.at("GET", "deployments"), nil), object{"item": list{want}})
	equal(t, "stages", w.ok(a.at("GET", "stages"), nil), object{"item": list{}})
	want["apiSummary"] = object{"/pets": object{"GET": object{"authorizationType": "AWS_IAM", "apiKeyRequired": false}}}
	equal(t, "summary", w.ok(a.at("GET", "deployments", id)+"?embed=apisummary", nil), want)

	w.ok(a.at("POST", "stages"), object{"stageName": "dev", "deploymentId": id})
	w.refused(a.at("DELETE", "deployments", id), nil, "BadRequestException", "Active stages pointing to this deployment must be moved or deleted")
	w.ok(a.at("DELETE", "stages", "dev"), nil)
	if _, err := w.api.Deployed(t.Context(), a.id, "dev"); err == nil {
		t.Error("a deleted stage is served")
	}
	if r := w.call(a.at("DELETE", "deployments", id), nil); r.status != 202 {
		t.Errorf("deleted %d", r.status)
	}
	w.refused(a.at("GET", "deployments", id), nil, "NotFoundException", "Invalid Deployment identifier specified")
	w.refused(a.at("POST", "deployments"), object{"canarySettings": object{"percentTraffic": 5}}, "BadRequestException", "Canary deployments are not offered.")
}

func TestStages(t *testing.T) {
	w := newWorld(t, nil)
	a := w.newAPI(nil)
	a.lambda(a.root, "GET", "NONE", nil)
	id := a.ok(a.at("POST", "deployments"), object{})["id"].(string)
	r := w.call(a.at("POST", "stages"), object{"stageName": "prod", "deploymentId": id, "variables": object{"a": "1"}, "tags": object{"k": "v"}, "description": "d"})
	now := float64(start.Unix())
	want := object{
		"stageName": "prod", "deploymentId": id, "variables": object{"a": "1"}, "tags": object{"k": "v"}, "description": "d", "createdDate": now, "lastUpdatedDate": now,
		"cacheClusterEnabled": false, "cacheClusterStatus": "NOT_AVAILABLE", "tracingEnabled": false, "methodSettings": object{},
	}
	if r.status != 201 {
		t.Errorf("made %d", r.status)
	}
	equal(t, "made", r.out, want)
	equal(t, "got", w.ok(a.at("GET", "stages", "prod"), nil), want)
	equal(t, "listed", w.ok(a.at("GET", "stages"), nil), object{"item": list{want}})
	equal(t, "of a deployment", w.ok(a.at("GET", "stages")+"?deploymentId=zzzzzzzzzz", nil), object{"item": list{}})

	w.now = w.now.Add(time.Hour)
	got := a.patch("/stages/prod", set("/variables/b", "2"), remove("/variables/a"), set("/description", "e"), set("/cacheClusterEnabled", "true"), set("/tracingEnabled", "true"),
		set("/accessLogSettings/destinationArn", "arn:x"), set("/*/*/logging/loglevel", "INFO"), set("/*/*/throttling/rateLimit", "0.5"), set("/~1pets~1{id}/GET/metrics/enabled", "true"))
	want["variables"], want["description"], want["lastUpdatedDate"], want["tracingEnabled"] = object{"b": "2"}, "e", now+3600, true
	want["cacheClusterEnabled"], want["cacheClusterSize"], want["cacheClusterStatus"] = true, "0.5", "AVAILABLE"
	want["accessLogSettings"] = object{"destinationArn": "arn:x"}
	setting := func(more object) object {
		out := object{
			"metricsEnabled": false, "dataTraceEnabled": false, "throttlingBurstLimit": 5000.0, "throttlingRateLimit": 10000.0, "cachingEnabled": false, "cacheTtlInSeconds": 300.0,
			"cacheDataEncrypted": false, "requireAuthorizationForCacheControl": true, "unauthorizedCacheControlHeaderStrategy": "SUCCEED_WITH_RESPONSE_HEADER",
		}
		for k, v := range more {
			out[k] = v
		}
		return out
	}
	want["methodSettings"] = object{"*/*": setting(object{"loggingLevel": "INFO", "throttlingRateLimit": 0.5}), "pets/{id}/GET": setting(object{"metricsEnabled": true})}
	equal(t, "patched", got, want)
	got = a.patch("/stages/prod", remove("/pets/{id}/GET"), remove("/accessLogSettings"), set("/cacheClusterEnabled", "false"))
	if len(got["methodSettings"].(object)) != 1 || got["accessLogSettings"] != nil {
		t.Errorf("patched %v", got)
	}

	w.refused(a.at("POST", "stages"), object{"stageName": "prod", "deploymentId": id}, "ConflictException", "Stage already exists")
	w.refused(a.at("POST", "stages"), object{"stageName": "dev", "deploymentId": "zzzzzzzzzz"}, "BadRequestException", "Deployment id does not exist")
	w.refused(a.at("POST", "stages"), object{"stageName": "a b", "deploymentId": id}, "BadRequestException", "Stage name only allows a-zA-Z0-9_")
	w.refused(a.at("POST", "stages"), object{"stageName": "dev", "deploymentId": id, "variables": object{"x": "{proxy}"}}, "BadRequestException", "Invalid stage variable value specified. Values must match [A-Za-z0-9-._~:/?#&=,]+: {proxy}")
	for _, op := range []object{
		set("/deploymentId", "zzzzzzzzzz"), set("/cacheClusterSize", "7"), set("/canarySettings/percentTraffic", "5"), set("/clientCertificateId", "x"),
		set("/variables/a-b", "1"), set("/*/*/caching/ttlInSeconds", "3601"), set("/*/*/caching/unauthorizedCacheControlHeaderStrategy", "SHRUG"), set("/*/GET/caching/enabled", "true"),
		set("/pets/FETCH/caching/enabled", "true"), set("/*/*/caching/on", "true"), set("/x", "y"), set("/caching/enabled", "true"), remove("/pets/GET"), add("/*/*/caching/enabled", "true"),
		set("/*/*/throttling/rateLimit", "NaN"),
	} {
		if r := w.call(a.at("PATCH", "stages", "prod"), object{"patchOperations": list{op}}); r.code != "BadRequestException" {
			t.Errorf("%v: %d %s", op, r.status, r.message)
		}
	}
	if r := w.call(a.at("DELETE", "stages", "prod"), nil); r.status != 202 {
		t.Errorf("deleted %d", r.status)
	}
	for _, verb := range []string{"GET", "DELETE", "PATCH"} {
		w.refused(a.at(verb, "stages", "prod"), nil, "NotFoundException", "Invalid stage identifier specified")
	}
}

// The settings of a method come before those of all, which cache GET alone, and
// without a cache there is none.
func TestCacheSettings(t *testing.T) {
	w := newWorld(t, nil)
	a := w.newAPI(nil)
	pets := a.resource(a.root, "pets", "{id}")
	for _, m := range []string{"GET", "POST"} {
		a.ok(a.at("PUT", "resources", pets, "methods", m), object{"authorizationType": "AWS_IAM"})
		a.ok(a.at("PUT", "resources", pets, "methods", m, "integration"), object{
			"type": "AWS_PROXY", "httpMethod": "POST", "uri": lambdaURI(function), "cacheKeyParameters": list{"method.request.path.id", "method.request.header.Authorization"},
		})
	}
	a.deploy("prod")
	cache := func(method string) *gateway.Cache { return a.match("prod", method, "/pets/1").Cache }
	a.patch("/stages/prod", set("/*/*/caching/enabled", "true"))
	if cache("GET") != nil {
		t.Error("cached without a cache")
	}
	a.patch("/stages/prod", set("/cacheClusterEnabled", "true"), set("/*/*/caching/ttlInSeconds", "60"))
	equal(t, "GET", *cache("GET"), gateway.Cache{
		TTL: time.Minute, KeyParameters: []string{"method.request.path.id", "method.request.header.Authorization"},
		RequireAllowance: true, UnallowedRefreshing: gateway.WithResponseHeader,
	})
	if cache("POST") != nil {
		t.Error("POST is cached without being named")
	}
	a.patch("/stages/prod", set("/~1pets~1{id}/POST/caching/enabled", "true"), set("/~1pets~1{id}/POST/caching/unauthorizedCacheControlHeaderStrategy", "FAIL_WITH_403"),
		set("/pets/{id}/GET/caching/enabled", "false"))
	if cache("GET") != nil || cache("POST") == nil || cache("POST").UnallowedRefreshing != gateway.FailWith403 || cache("POST").TTL != 300*time.Second {
		t.Errorf("GET %v, POST %v", cache("GET"), cache("POST"))
	}
	a.lambda(a.root, "ANY", "NONE", nil)
	a.deploy("prod")
	a.patch("/stages/prod", set("/~1/ANY/caching/enabled", "true"))
	if a.match("prod", "GET", "/").Cache != nil {
		t.Error("ANY is cached, and what it changes would not happen")
	}
	before := a.served("prod")
	if r := w.call(a.at("DELETE", "stages", "prod", "cache", "data"), nil); r.status != 202 {
		t.Errorf("flushed %d", r.status)
	}
	after := a.served("prod")
	if after.CacheEpoch == before.CacheEpoch {
		t.Error("a flushed cache has the same epoch")
	}
	// A stage made anew must not find what the old one kept.
	id := after.ID
	w.ok(a.at("DELETE", "stages", "prod"), nil)
	w.now = w.now.Add(time.Second)
	w.ok(a.at("POST", "stages"), object{"stageName": "prod", "deploymentId": id})
	if e := a.served("prod").CacheEpoch; e == before.CacheEpoch || e == after.CacheEpoch {
		t.Error("a new stage has the epoch of an old one")
	}
}
