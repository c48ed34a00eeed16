package executeapi

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/gateway"
	"github.com/bailiwick-project/bailiwick/policy"
)

func cachedRoute(key string, a gateway.Authorization, ttl time.Duration) gateway.Route {
	r := lambdaRoute(key, a)
	r.Cache = &gateway.Cache{TTL: ttl}
	return r
}

// counting answers every invocation with its number.
func (w *world) counting() {
	w.answer = func(bailiwick.Invocation) (bailiwick.InvocationResult, error) {
		return bailiwick.InvocationResult{Payload: []byte(`{"statusCode":200,"body":"` + strconv.Itoa(len(w.invoked)) + `"}`)}, nil
	}
}

// TestCacheOfTenants: the answer to one caller is never another's (pitfall 77).
func TestCacheOfTenants(t *testing.T) {
	token := cachedRoute("GET /token", gateway.UserPools, time.Minute)
	token.Authorizer = &gateway.Authorizer{Name: "pool", Header: "Authorization", Providers: []string{pool}}
	w := newWorld(t, gateway.Deployment{Kind: gateway.REST, Routes: []gateway.Route{
		cachedRoute("GET /open", gateway.None, time.Minute), cachedRoute("GET /signed", gateway.IAM, time.Minute), token,
	}})
	w.identity["Tenant"], w.identity["a"], w.identity["b"] = allowAll, allowAll, allowAll
	w.counting()
	other := tenant("acme")
	retagged := *other.Session
	retagged.Tags = map[string]string{"org": "acme", "role": "admin"}
	jwt := func(sub string) string {
		return w.poolToken(pool, `"token_use":"id","cognito:groups":["`+sub+`"]`)
	}
	for i, tt := range []struct {
		who    bailiwick.Principal
		target string
		header []string
	}{
		{tenant("acme"), "/signed", nil},
		{tenant("globex"), "/signed", nil},
		{retagged.Principal(), "/signed", nil},
		{user(account, "a"), "/signed", nil},
		{user(account, "b"), "/signed", nil},
		{tenant("acme"), "/signed?tenant=1", nil},
		{tenant("acme"), "/signed?tenant=2", nil},
		{tenant("acme"), "/signed", []string{"X-Tenant", "1"}},
		{bailiwick.Anonymous(), "/open", nil},
		{bailiwick.Anonymous(), "/open", []string{"Authorization", "Bearer 1"}},
		{bailiwick.Anonymous(), "/open", []string{"Authorization", "Bearer 2"}},
		{bailiwick.Anonymous(), "/open", []string{"Cookie", "s=1"}},
		{bailiwick.Anonymous(), "/open", []string{"Cookie", "s=2"}},
		{bailiwick.Anonymous(), "/open", []string{"X-Api-Key", "1"}},
		{bailiwick.Anonymous(), "/open", []string{"body", "x"}},
		{bailiwick.Anonymous(), "/open?a=1&b=2", nil},
		{bailiwick.Anonymous(), "/open?a=1%26b%3D2", nil},
		{bailiwick.Anonymous(), "/token", []string{"Authorization", jwt("a")}},
		{bailiwick.Anonymous(), "/token", []string{"Authorization", jwt("b")}},
	} {
		w.server.As(tt.who)
		want := strconv.Itoa(i + 1)
		for range 2 {
			if got := w.call("GET", "/prod"+tt.target, tt.header...); got.body != want {
				t.Errorf("case %d %s %q: answered %d %s, want %s", i, tt.target, tt.header, got.status, got.body, want)
			}
		}
		w.noted("Answered from the stage's cache.")
	}
}

// TestCacheBehindAuthorization: what is cached is not for whoever may not ask.
func TestCacheBehindAuthorization(t *testing.T) {
	w := newWorld(t, gateway.Deployment{Kind: gateway.REST, Routes: []gateway.Route{cachedRoute("GET /tenants/{org}/{x}", gateway.IAM, time.Minute)}})
	w.identity["Tenant"] = allowTenant
	w.counting()
	w.server.As(tenant("acme"))
	w.call("GET", "/prod/tenants/acme/1")
	w.identity["Tenant"] = `{"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"*","Resource":"*"}}`
	if got := w.call("GET", "/prod/tenants/acme/1"); got.status != 403 {
		t.Errorf("after the policy changed: %d %s", got.status, got.body)
	}
	w.server.As(tenant("globex"))
	w.identity["Tenant"] = allowTenant
	if got := w.call("GET", "/prod/tenants/acme/1"); got.status != 403 {
		t.Errorf("another tenant: %d %s", got.status, got.body)
	}
}

// TestCacheLife: how long, and what ends it.
func TestCacheLife(t *testing.T) {
	route := cachedRoute("GET /open", gateway.None, time.Minute)
	uncached := cachedRoute("GET /zero", gateway.None, 0)
	post := cachedRoute("POST /open", gateway.None, time.Minute)
	d := gateway.Deployment{Kind: gateway.REST, Routes: []gateway.Route{route, uncached, post}}
	w := newWorld(t, d)
	w.counting()
	w.server.As(bailiwick.Anonymous())
	for _, step := range []struct {
		name   string
		do     func()
		method string
		target string
		header []string
		want   string
	}{
		{"first", func() {}, "GET", "/open", nil, "1"},
		{"again", func() {}, "GET", "/open", []string{"User-Agent", "other", "X-Amzn-Trace-Id", "x"}, "1"},
		{"almost old", func() { w.now = w.now.Add(59 * time.Second) }, "GET", "/open", nil, "1"},
		{"old", func() { w.now = w.now.Add(time.Second) }, "GET", "/open", nil, "2"},
		{"refreshed", func() {}, "GET", "/open", []string{"Cache-Control", "max-age=0"}, "3"},
		{"the refreshed one", func() {}, "GET", "/open", nil, "3"},
		{"flushed", func() { e := d; e.CacheEpoch = "2"; w.deploy(e) }, "GET", "/open", nil, "4"},
		{"deployed", func() { e := d; e.ID = "dep2"; w.deploy(e) }, "GET", "/open", nil, "5"},
		{"another stage", func() { e := d; e.Stage = "dev"; w.deploy(e) }, "GET", "/../dev/open", nil, ""},
		{"zero", func() {}, "GET", "/zero", nil, "6"},
		{"zero again", func() {}, "GET", "/zero", nil, "7"},
		{"post", func() {}, "POST", "/open", nil, "8"},
		{"post again", func() {}, "POST", "/open", nil, "9"},
	} {
		step.do()
		got := w.call(step.method, "/prod"+step.target, step.header...)
		if step.want != "" && got.body != step.want || step.want == "" && got.status != 400 {
			t.Errorf("%s: %d %s, want %s", step.name, got.status, got.body, step.want)
		}
	}
}

// TestCacheRefusesAnswers: what is one client's, or too large, is not kept.
func TestCacheRefusesAnswers(t *testing.T) {
	route := proxyRoute("GET /a", gateway.None, "http://backend.example/")
	route.Cache = &gateway.Cache{TTL: time.Hour}
	for name, tt := range map[string]struct {
		backend func() *http.Response
		kept    bool
	}{
		"plain":             {func() *http.Response { return respond(200, "x") }, true},
		"streamed":          {func() *http.Response { return respond(200, strings.Repeat("x", 100<<10)) }, true},
		"largest":           {func() *http.Response { return respond(200, strings.Repeat("x", 1<<20)) }, true},
		"too large":         {func() *http.Response { return respond(200, strings.Repeat("x", 1<<20+1)) }, false},
		"cookie":            {func() *http.Response { return respond(200, "x", "Set-Cookie", "a=b") }, false},
		"private":           {func() *http.Response { return respond(200, "x", "Cache-Control", "max-age=3, private") }, false},
		"private to fields": {func() *http.Response { return respond(200, "x", "Cache-Control", `private="x-a"`) }, false},
		"no-store":          {func() *http.Response { return respond(200, "x", "Cache-Control", "No-Store") }, false},
		"error":             {func() *http.Response { return respond(500, "x") }, false},
		"not found":         {func() *http.Response { return respond(404, "x") }, false},
		"partial":           {func() *http.Response { return respond(206, "x") }, false},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, gateway.Deployment{Kind: gateway.REST, Routes: []gateway.Route{route}})
			w.server.As(bailiwick.Anonymous())
			w.backend = func(*http.Request) (*http.Response, error) { return tt.backend(), nil }
			first, second := w.call("GET", "/prod/a"), w.call("GET", "/prod/a")
			if first.body != second.body || first.status != second.status || (len(w.sent) == 1) != tt.kept {
				t.Errorf("asked %d times; %d and %d bytes", len(w.sent), len(first.body), len(second.body))
			}
		})
	}
}

// TestRefreshing: Cache-Control: max-age=0 needs execute-api:InvalidateCache.
func TestRefreshing(t *testing.T) {
	const invokeOnly = `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"execute-api:Invoke","Resource":"*"}}`
	for _, tt := range []struct {
		name, identity string
		strategy       gateway.Refreshing
		status         int
		body, warning  string
	}{
		{"may", allowAll, gateway.FailWith403, 200, "2", ""},
		{"may not: fails", invokeOnly, gateway.FailWith403, 403, "", ""},
		{"may not: fails by default", invokeOnly, "", 403, "", ""},
		{"may not: told", invokeOnly, gateway.WithResponseHeader, 200, "1", ignored},
		{"may not: not told", invokeOnly, gateway.WithoutHeader, 200, "1", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			route := cachedRoute("GET /a", gateway.IAM, time.Minute)
			route.Cache.RequireAllowance, route.Cache.UnallowedRefreshing = true, tt.strategy
			w := newWorld(t, gateway.Deployment{Kind: gateway.REST, Routes: []gateway.Route{route}})
			w.identity["u"] = tt.identity
			w.counting()
			w.server.As(user(account, "u"))
			w.call("GET", "/prod/a")
			got := w.call("GET", "/prod/a", "Cache-Control", "no-transform, max-age=0")
			if got.status != tt.status || tt.body != "" && got.body != tt.body || got.header.Get("Warning") != tt.warning {
				t.Errorf("%d %s %q", got.status, got.body, got.header.Get("Warning"))
			}
			if tt.status == 403 && !strings.Contains(got.body, "execute-api:InvalidateCache on resource: arn:aws:execute-api:us-east-1:********9012:abc123/prod/GET/a") {
				t.Errorf("said %s", got.body)
			}
		})
	}
	route := cachedRoute("GET /a", gateway.None, time.Minute)
	route.Cache.RequireAllowance = true
	w := newWorld(t, gateway.Deployment{Kind: gateway.REST, Routes: []gateway.Route{route}})
	w.server.As(bailiwick.Anonymous())
	if got := w.call("GET", "/prod/a", "Cache-Control", "max-age=0"); got.status != 403 {
		t.Errorf("anybody flushes: %d %s", got.status, got.body)
	}
	w.deploy(gateway.Deployment{Kind: gateway.REST, Routes: []gateway.Route{route}, Policy: compile(t, policy.Resource,
		`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":"*","Action":"execute-api:*","Resource":"*"}}`)})
	if got := w.call("GET", "/prod/a", "Cache-Control", "max-age=0"); got.status != 200 {
		t.Errorf("the resource policy allows it: %d %s", got.status, got.body)
	}
}

// TestCacheIsBounded: the least recently used answers go.
func TestCacheIsBounded(t *testing.T) {
	var c answers
	now := time.Unix(0, 0)
	body := make([]byte, maxEntry)
	key := func(i int) (k cacheKey) { copy(k[:], fmt.Sprint("key ", i)); return k }
	const n = 2 * maxCache / maxEntry
	for i := range n {
		out := &answer{}
		out.Status, out.Body = 200, body
		if why := c.keep(key(i), out, now, time.Hour); why != "" {
			t.Fatal(why)
		}
		if _, ok := c.find(key(0), now); !ok {
			t.Fatalf("what is in use went with answer %d", i)
		}
	}
	if c.size > maxCache || len(c.by) != c.order.Len() || len(c.by) < maxCache/maxEntry-1 {
		t.Errorf("%d bytes in %d answers", c.size, len(c.by))
	}
	if _, ok := c.find(key(1), now); ok {
		t.Error("the oldest is still there")
	}
	if _, ok := c.find(key(n-1), now.Add(time.Hour)); ok || c.size > maxCache {
		t.Error("an old answer is found")
	}
}
