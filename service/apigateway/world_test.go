package apigateway_test

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/gateway"
	"github.com/bailiwick-project/bailiwick/service/apigateway"
	"github.com/bailiwick-project/bailiwick/service/servicetest"
	"github.com/bailiwick-project/bailiwick/store"
	"github.com/bailiwick-project/bailiwick/store/mem"
	"github.com/bailiwick-project/bailiwick/store/storetest"
)

const account = servicetest.Account

var start = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

type object = map[string]any

type list = []any

// A world is the control plane of one server.
type world struct {
	*servicetest.Server
	t     *testing.T
	api   *apigateway.API
	store store.Store
	now   time.Time
}

func newWorld(t *testing.T, policies bailiwick.Policies) *world {
	t.Helper()
	w := &world{t: t, now: start.Add(123 * time.Millisecond)}
	w.store = storetest.Twice(&mem.Engine{Now: w.clock})
	w.restart(policies)
	return w
}

// restart makes another server on the same store.
func (w *world) restart(policies bailiwick.Policies) {
	w.t.Helper()
	w.api = &apigateway.API{Store: w.store, Rand: rand.Reader}
	w.Server = servicetest.New(w.t, w.api.Service(), policies, w.clock)
}

func (w *world) clock() time.Time { return w.now }

// A reply is what the API answered.
type reply struct {
	status        int
	code, message string
	out           object
	body          string
}

// call sends "PUT /restapis/..." with in as its body, nil for none.
func (w *world) call(request string, in any) reply {
	w.t.Helper()
	method, path, _ := strings.Cut(request, " ")
	var body io.Reader
	if in != nil {
		text, err := json.Marshal(in)
		if err != nil {
			w.t.Fatal(err)
		}
		body = strings.NewReader(string(text))
	}
	r := httptest.NewRequestWithContext(w.t.Context(), method, path, body)
	r.Header.Set("Content-Type", "application/json")
	resp := w.Send(r)
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	got := reply{status: resp.StatusCode, body: string(text), out: object{}}
	if len(text) > 0 {
		if err := json.Unmarshal(text, &got.out); err != nil {
			w.t.Fatalf("%s answered %d with %q: %v", request, resp.StatusCode, text, err)
		}
	}
	if resp.StatusCode >= 300 {
		got.code = resp.Header.Get("X-Amzn-Errortype")
		for _, name := range []string{"message", "Message"} {
			if m, ok := got.out[name].(string); ok {
				got.message = m
			}
		}
	}
	return got
}

// ok is call for what must succeed.
func (w *world) ok(request string, in any) object {
	w.t.Helper()
	r := w.call(request, in)
	if r.status >= 300 {
		w.t.Fatalf("%s %v answered %d %s %q", request, in, r.status, r.code, r.message)
	}
	return r.out
}

// refused calls what must fail with exactly this.
func (w *world) refused(request string, in any, code, message string) {
	w.t.Helper()
	r := w.call(request, in)
	if r.code != code || r.message != message {
		w.t.Errorf("%s %v:\ngot  %d %s %q\nwant %s %q", request, in, r.status, r.code, r.message, code, message)
	}
}

// An api is one API of a world, driven by its parts.
type api struct {
	*world
	id, root string
}

func (w *world) newAPI(more object) api {
	w.t.Helper()
	in := object{"name": "pets"}
	for k, v := range more {
		in[k] = v
	}
	out := w.ok("POST /restapis", in)
	return api{w, out["id"].(string), out["rootResourceId"].(string)}
}

// at is a path below the API: at("PUT", "resources", id).
func (a api) at(verb string, parts ...string) string {
	return verb + " /restapis/" + a.id + "/" + strings.Join(parts, "/")
}

// resource makes a path, part by part, and answers its id.
func (a api) resource(parent string, parts ...string) string {
	a.t.Helper()
	for _, p := range parts {
		parent = a.ok(a.at("POST", "resources", parent), object{"pathPart": p})["id"].(string)
	}
	return parent
}

const function = "arn:aws:lambda:us-east-1:" + account + ":function:pets"

func lambdaURI(function string) string {
	return "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/" + function + "/invocations"
}

// lambda puts a method with a function behind it.
func (a api) lambda(resource, method, authorization string, more object) {
	a.t.Helper()
	in := object{"authorizationType": authorization}
	for k, v := range more {
		in[k] = v
	}
	a.ok(a.at("PUT", "resources", resource, "methods", method), in)
	a.ok(a.at("PUT", "resources", resource, "methods", method, "integration"), object{"type": "AWS_PROXY", "httpMethod": "POST", "uri": lambdaURI(function)})
}

func (a api) deploy(stage string) string {
	a.t.Helper()
	return a.ok(a.at("POST", "deployments"), object{"stageName": stage})["id"].(string)
}

func (a api) patch(path string, ops ...object) object {
	a.t.Helper()
	return a.ok("PATCH /restapis/"+a.id+path, object{"patchOperations": ops})
}

func (a api) served(stage string) *gateway.Deployment {
	a.t.Helper()
	d, err := a.world.api.Deployed(a.t.Context(), a.id, stage)
	if err != nil {
		a.t.Fatal(err)
	}
	return d
}

// match finds the route of a request, nil for none.
func (a api) match(stage, method, path string) *gateway.Route {
	a.t.Helper()
	p, err := gateway.ParsePath(path)
	if err != nil {
		a.t.Fatal(err)
	}
	m, ok := a.served(stage).Match(method, p)
	if !ok {
		return nil
	}
	return m.Route
}

func set(path, value string) object {
	return object{"op": "replace", "path": path, "value": value}
}
func add(path, value string) object { return object{"op": "add", "path": path, "value": value} }
func remove(path string) object     { return object{"op": "remove", "path": path} }

func equal(t *testing.T, what string, got, want any) {
	t.Helper()
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%s:\ngot  %v\nwant %v", what, fmt.Sprint(got), fmt.Sprint(want))
	}
}
