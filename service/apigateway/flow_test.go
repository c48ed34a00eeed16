package apigateway_test

import (
	"context"
	"sync"
	"testing"

	"github.com/bailiwick-project/bailiwick/gateway"
	"github.com/bailiwick-project/bailiwick/service/apigateway"
	"github.com/bailiwick-project/bailiwick/store"
)

// The calls that Terraform makes for an API of a tenant's documents: a path with
// variables, guarded by IAM, with a preflight, a cache and a resource policy; then
// a change, a new deployment, and all of it taken down. What is deployed is asked
// as the data plane asks it.
func TestTerraform(t *testing.T) {
	w := newWorld(t, nil)
	a := w.newAPI(object{"endpointConfiguration": object{"types": list{"REGIONAL"}}, "tags": object{"env": "test"}})
	tenants := a.resource(a.root, "tenants", "{org}")
	docs := a.resource(tenants, "{proxy+}")
	method := func(name string, more ...string) []string {
		return append([]string{"resources", docs, "methods", name}, more...)
	}
	a.ok(a.at("PUT", method("ANY")...), object{"authorizationType": "AWS_IAM", "apiKeyRequired": false, "requestParameters": object{"method.request.path.org": true, "method.request.path.proxy": true}})
	a.ok(a.at("PUT", method("ANY", "integration")...), object{
		"type": "AWS_PROXY", "httpMethod": "POST", "uri": lambdaURI(function), "connectionType": "INTERNET", "timeoutInMillis": 29000,
		"cacheKeyParameters": list{"method.request.path.org"}, "requestParameters": object{"integration.request.path.org": "method.request.path.org"},
	})
	a.ok(a.at("PUT", method("OPTIONS")...), object{"authorizationType": "NONE"})
	a.ok(a.at("PUT", method("OPTIONS", "integration")...), object{"type": "MOCK", "requestTemplates": object{"application/json": "{ \"statusCode\": 200 }\n"}})
	a.ok(a.at("PUT", method("OPTIONS", "responses", "200")...), object{"responseParameters": object{"method.response.header.Access-Control-Allow-Origin": true}})
	a.ok(a.at("PUT", method("OPTIONS", "integration", "responses", "200")...), object{"responseParameters": object{"method.response.header.Access-Control-Allow-Origin": "'https://app.example'"}})
	a.lambda(a.root, "GET", "NONE", nil)
	a.patch("", set("/policy", openPolicy))
	deployed := a.ok(a.at("POST", "deployments"), object{"variables": object{}})["id"].(string)
	a.ok(a.at("POST", "stages"), object{"stageName": "live", "deploymentId": deployed, "cacheClusterEnabled": true, "cacheClusterSize": "0.5"})
	a.patch("/stages/live", set("/*/*/caching/enabled", "true"), set("/*/*/caching/ttlInSeconds", "30"), set("/*/*/throttling/burstLimit", "10"))

	for _, c := range []struct {
		method, path  string
		authorization gateway.Authorization // "" for no route
		backend       gateway.Backend
		org           string
	}{
		{"GET", "/", gateway.None, gateway.Lambda, ""},
		{"POST", "/", "", "", ""},
		{"GET", "/tenants/acme/docs/1", gateway.IAM, gateway.Lambda, "acme"},
		{"DELETE", "/tenants/globex/x", gateway.IAM, gateway.Lambda, "globex"},
		{"OPTIONS", "/tenants/acme/docs/1", gateway.None, gateway.Mock, "acme"},
		{"GET", "/tenants/acme", "", "", ""},
		{"GET", "/tenants", "", "", ""},
		{"GET", "/Tenants/acme/docs", "", "", ""},
	} {
		p, err := gateway.ParsePath(c.path)
		if err != nil {
			t.Fatal(err)
		}
		d := a.served("live")
		m, ok := d.Match(c.method, p)
		if ok != (c.authorization != "") {
			t.Errorf("%s %s: found %v", c.method, c.path, ok)
			continue
		}
		if !ok {
			continue
		}
		org, _ := m.Parameter("org")
		if m.Route.Authorization != c.authorization || m.Route.Integration.Backend != c.backend || org != c.org {
			t.Errorf("%s %s: %+v for %q", c.method, c.path, m.Route, org)
		}
		want := "arn:aws:execute-api:us-east-1:" + account + ":" + a.id + "/live/" + c.method + c.path
		if got := d.InvokeARN(c.method, p); got != want {
			t.Errorf("asks about %s, want %s", got, want)
		}
	}

	// A change comes with a new deployment, and the old one goes.
	a.patch("/resources/"+docs+"/methods/ANY", set("/operationName", "docs"))
	next := a.ok(a.at("POST", "deployments"), object{})["id"].(string)
	a.patch("/stages/live", set("/deploymentId", next))
	w.ok(a.at("DELETE", "deployments", deployed), nil)
	if a.match("live", "PUT", "/tenants/acme/x").OperationName != "docs" {
		t.Error("the stage serves the old deployment")
	}
	w.refused(a.at("POST", "deployments"), object{"stageName": "live", "canarySettings": object{"percentTraffic": 1}}, "BadRequestException", "Canary deployments are not offered.")

	for _, request := range []string{
		a.at("DELETE", "stages", "live"), a.at("DELETE", "deployments", next), a.at("DELETE", method("OPTIONS", "integration", "responses", "200")...),
		a.at("DELETE", method("OPTIONS", "responses", "200")...), a.at("DELETE", method("OPTIONS", "integration")...), a.at("DELETE", method("OPTIONS")...),
		a.at("DELETE", method("ANY", "integration")...), a.at("DELETE", method("ANY")...), a.at("DELETE", "resources", docs), a.at("DELETE", "resources", tenants), "DELETE /restapis/" + a.id,
	} {
		w.ok(request, nil)
	}
	from, to := store.Prefix("apigateway")
	err := w.store.View(t.Context(), func(r store.Reader) error {
		for e, err := range r.Scan(from, to, false) {
			if err != nil {
				return err
			}
			t.Errorf("%q is left behind", e.Key)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// between runs something after the request was decided and before it runs.
type between struct {
	store.Store
	then func()
}

func (b *between) Update(ctx context.Context, fn func(store.Tx) error) error {
	if then := b.then; then != nil {
		b.then = nil
		then()
	}
	return b.Store.Update(ctx, fn)
}

// Who was let in by a tag does not act on an API that has lost it meanwhile.
func TestDecisionsHold(t *testing.T) {
	g := &guard{}
	w := newWorld(t, g)
	a := w.newAPI(object{"tags": object{"team": "blue"}})
	b := &between{Store: w.store}
	late := &world{t: t, now: start, store: b}
	late.restart(g)
	late.As(alice())
	g.allow(t, team)
	const tags = "/tags/arn%3Aaws%3Aapigateway%3Aus-east-1%3A%3A%2Frestapis%2F"
	b.then = func() { w.ok("PUT "+tags+a.id, object{"tags": object{"team": "red"}}) }
	request, in := "PATCH /restapis/"+a.id, object{"patchOperations": list{set("/name", "mine")}}
	late.refused(request, in, "ServiceUnavailableException", "The API was changed while the request was decided. Try again.")
	if r := late.call(request, in); r.code != "AccessDeniedException" {
		t.Errorf("tried again: %d %s", r.status, r.message)
	}
	if name := w.ok("GET /restapis/"+a.id, nil)["name"]; name != "pets" {
		t.Errorf("the API is called %v", name)
	}
}

// The same state is the same Deployment, whoever asks.
func TestServedByMany(t *testing.T) {
	w := newWorld(t, nil)
	a := w.newAPI(nil)
	a.lambda(a.root, "GET", "NONE", nil)
	a.deploy("prod")
	for range 5 {
		w.ok(a.at("DELETE", "stages", "prod", "cache", "data"), nil)
		var mu sync.Mutex
		seen := map[*gateway.Deployment]bool{}
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				d, err := w.api.Deployed(t.Context(), a.id, "prod")
				if err != nil {
					t.Error(err)
				}
				mu.Lock()
				defer mu.Unlock()
				seen[d] = true
			})
		}
		wg.Wait()
		if len(seen) != 1 {
			t.Errorf("%d deployments of one state", len(seen))
		}
	}
}

var _ gateway.APIs = (*apigateway.API)(nil)
