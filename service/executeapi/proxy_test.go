package executeapi

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/gateway"
)

// names are the headers that a backend got, but for those that are always there.
func names(h http.Header) string {
	var out []string
	for _, name := range slices.Sorted(maps.Keys(h)) {
		if h[name] != nil {
			out = append(out, name)
		}
	}
	return strings.Join(out, " ")
}

const own = "Via X-Forwarded-For X-Forwarded-Host X-Forwarded-Port X-Forwarded-Proto"

// TestProxyRequest: what reaches the backend is made anew.
func TestProxyRequest(t *testing.T) {
	mapping := func(to, from string) gateway.Mapping {
		m, err := gateway.ParseMapping(to, from)
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	r := proxyRoute("ANY /tenants/{org}/{proxy+}", gateway.IAM, "https://backend.example:8443/v1/{org}/{rest}?fixed=1")
	r.Integration.Parameters = []gateway.Mapping{
		mapping("integration.request.path.org", "method.request.path.org"), mapping("integration.request.path.rest", "method.request.path.proxy"),
		mapping("integration.request.header.X-Tenant", "context.identity.cognitoIdentityId"),
		mapping("integration.request.header.X-Absent", "context.authorizer.claims.sub"),
		mapping("integration.request.querystring.who", "context.identity.userArn"),
	}
	w := newWorld(t, gateway.Deployment{Kind: gateway.REST, Routes: []gateway.Route{r}})
	w.identity["Tenant"] = strings.ReplaceAll(allowTenant, "/GET/", "/*/")
	w.server.As(tenant("acme"))
	got := w.call("POST", "/prod/tenants/acme/a%20b/c%3Fd/?x=1&x=a%26b&who=root&X-Amz-Security-Token=secret&X-Amz-Signature=s",
		"body", "hello", "Content-Type", "text/plain", "X-Forwarded-For", "10.0.0.1", "X_Forwarded_Host", "evil", "Forwarded", "for=evil", "X-Real-Ip", "1.2.3.4",
		"X-Original-Url", "/admin", "X-Rewrite-Url", "/admin", "X-Http-Method-Override", "DELETE", "X-Amz-Security-Token", "token",
		"Connection", "close, X-Hop", "X-Hop", "1", "Te", "trailers", "Proxy-Authorization", "Basic x", "Keep-Alive", "1", "Upgrade", "websocket",
		"X_tenant", "globex", "X-Absent", "forged", "X-Custom", "kept", "Cookie", "a=b")
	if got.status != 200 || got.body != "ok" || len(w.sent) != 1 {
		t.Fatalf("%d %s, %d requests", got.status, got.body, len(w.sent))
	}
	out := w.sent[0]
	const wantURL = "https://backend.example:8443/v1/acme/a%20b/c%3Fd/?fixed=1&x=1&x=a%26b&who=arn%3Aaws%3Asts%3A%3A123456789012%3Aassumed-role%2FTenant%2FCognitoIdentityCredentials"
	if out.URL.String() != wantURL || out.Method != "POST" || out.Host != "backend.example:8443" || w.bodies[0] != "hello" || out.ContentLength != 5 {
		t.Errorf("asked %s %s of %s with %q", out.Method, out.URL, out.Host, w.bodies[0])
	}
	if got := names(out.Header); got != "Content-Type Cookie Via X-Custom X-Forwarded-For X-Forwarded-Host X-Forwarded-Port X-Forwarded-Proto X-Tenant" {
		t.Errorf("the backend got %s", got)
	}
	for name, want := range map[string]string{
		"X-Tenant": "us-east-1:acme", "X-Forwarded-For": "192.0.2.1", "X-Forwarded-Proto": "http", "X-Forwarded-Host": host, "X-Forwarded-Port": "80", "Via": "1.1 bailiwick",
	} {
		if got := strings.Join(out.Header[name], "|"); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	if w.sent = nil; w.call("GET", "/prod/tenants/globex/1").status != 403 || len(w.sent) > 0 {
		t.Error("another tenant's path reached the backend")
	}
}

// TestProxyHTTP: an HTTP API replaces its own variables, and keeps a token for the
// backend, which is not a credential of AWS.
func TestProxyHTTP(t *testing.T) {
	r := proxyRoute("ANY /{proxy+}", gateway.None, "http://backend.example/{proxy}")
	fixed := proxyRoute("$default", gateway.None, "http://backend.example/fixed")
	w := newWorld(t, gateway.Deployment{Kind: gateway.HTTP, Stage: "$default", Routes: []gateway.Route{r, fixed}})
	w.server.As(bailiwick.Anonymous())
	for _, tt := range []struct{ target, want string }{
		{"/a/b", "http://backend.example/a/b"},
		{"/", "http://backend.example/fixed"},
		{"/a?b", "http://backend.example/a?b="},
		{"/a;x?b;c=1", "http://backend.example/a%3Bx?b%3Bc=1"},
		{"/%E2%82%AC", "http://backend.example/%E2%82%AC"},
		{"/http:%2f", ""},
		{"/@evil", "http://backend.example/@evil"},
	} {
		w.sent = nil
		got := w.call("GET", tt.target, "Authorization", "Bearer token")
		if tt.want == "" {
			if got.status != 400 || len(w.sent) > 0 {
				t.Errorf("%s: %d", tt.target, got.status)
			}
			continue
		}
		if len(w.sent) != 1 || w.sent[0].URL.String() != tt.want || w.sent[0].Header.Get("Authorization") != "Bearer token" || w.sent[0].Header.Get("Forwarded") != `for="192.0.2.1";host="`+host+`";proto=http` {
			t.Errorf("%s: asked %v", tt.target, w.sent)
		}
	}
	w.sent = nil
	if w.call("GET", "/a", "Authorization", "AWS4-HMAC-SHA256 Credential=x", "X-Amz-Security-Token", "t"); names(w.sent[0].Header) != "Forwarded "+own {
		t.Errorf("a signature reached the backend: %s", names(w.sent[0].Header))
	}
}

// TestProxyAnswer: what comes back.
func TestProxyAnswer(t *testing.T) {
	large := strings.Repeat("x", 100<<10)
	chunked := func(body io.Reader) *http.Response {
		return &http.Response{StatusCode: 200, Header: http.Header{}, ContentLength: -1, Body: io.NopCloser(body)}
	}
	for _, tt := range []struct {
		name    string
		kind    gateway.Kind
		backend func() (*http.Response, error)
		status  int
		body    string
		header  string // NAME=VALUE that is there, !NAME that is not
	}{
		{"hop by hop", gateway.HTTP, func() (*http.Response, error) {
			return respond(200, "ok", "Connection", "X-Hop", "X-Hop", "1", "Keep-Alive", "1"), nil
		}, 200, "ok", "!X-Hop !Keep-Alive !Connection"},
		{"status and headers", gateway.HTTP, func() (*http.Response, error) {
			return respond(418, "tea", "X-A", "1", "Set-Cookie", "a=b", "Www-Authenticate", "Basic"), nil
		}, 418, "tea", "X-A=1 Set-Cookie=a=b Www-Authenticate=Basic"},
		{"remapped", gateway.REST, func() (*http.Response, error) {
			return respond(401, "no", "Www-Authenticate", "Basic", "Server", "nginx", "X-Amzn-Errortype", "AccessDeniedException"), nil
		}, 401, "no", "X-Amzn-Remapped-Www-Authenticate=Basic X-Amzn-Remapped-Server=nginx !Www-Authenticate !X-Amzn-Errortype"},
		{"redirects are the client's", gateway.HTTP, func() (*http.Response, error) { return respond(302, "", "Location", "http://169.254.169.254/"), nil }, 302, "", "Location=http://169.254.169.254/"},
		{"streamed", gateway.HTTP, func() (*http.Response, error) { return respond(200, large), nil }, 200, large, "Content-Length=102400"},
		{"chunked", gateway.HTTP, func() (*http.Response, error) { return chunked(strings.NewReader(large)), nil }, 200, large, "Content-Length=102400"},
		{"no content", gateway.HTTP, func() (*http.Response, error) { return respond(204, ""), nil }, 204, "", "!Content-Length"},
		{"too large", gateway.HTTP, func() (*http.Response, error) { return chunked(io.LimitReader(zeros{}, maxAnswer+1)), nil }, 503, `{"message":"Service Unavailable"}`, ""},
		{"too large by its word", gateway.REST, func() (*http.Response, error) {
			return &http.Response{StatusCode: 200, Header: http.Header{}, ContentLength: maxAnswer + 1, Body: http.NoBody}, nil
		}, 504, `{"message":"Network error communicating with endpoint"}`, ""},
		{"cut short", gateway.HTTP, func() (*http.Response, error) {
			return &http.Response{StatusCode: 200, Header: http.Header{}, ContentLength: 10, Body: io.NopCloser(strings.NewReader("short"))}, nil
		}, 503, `{"message":"Service Unavailable"}`, ""},
		{"switching protocols", gateway.HTTP, func() (*http.Response, error) { return respond(101, ""), nil }, 503, `{"message":"Service Unavailable"}`, ""},
		{"unreachable", gateway.HTTP, func() (*http.Response, error) { return nil, errors.New("refused") }, 503, `{"message":"Service Unavailable"}`, ""},
		{"unreachable", gateway.REST, func() (*http.Response, error) { return nil, errors.New("refused") }, 504, `{"message":"Network error communicating with endpoint"}`, ""},
	} {
		t.Run(string(tt.kind)+" "+tt.name, func(t *testing.T) {
			w := newWorld(t, gateway.Deployment{Kind: tt.kind, Routes: []gateway.Route{proxyRoute("GET /a", gateway.None, "http://backend.example/")}})
			w.backend = func(*http.Request) (*http.Response, error) { return tt.backend() }
			w.server.As(bailiwick.Anonymous())
			got := w.call("GET", "/prod/a")
			if got.status != tt.status || got.body != tt.body {
				t.Errorf("%d, %d bytes %.80q", got.status, len(got.body), got.body)
			}
			for _, want := range strings.Fields(tt.header) {
				name, value, _ := strings.Cut(want, "=")
				if absent, no := strings.CutPrefix(name, "!"); no {
					if v := got.header.Values(absent); len(v) > 0 {
						t.Errorf("%s: %q", absent, v)
					}
				} else if got.header.Get(name) != value {
					t.Errorf("%s: %q, want %q", name, got.header.Get(name), value)
				}
			}
		})
	}
}

type zeros struct{}

func (zeros) Read(b []byte) (int, error) { return len(b), nil }

// TestLoop: an integration that leads back here ends.
func TestLoop(t *testing.T) {
	w := newWorld(t, gateway.Deployment{Kind: gateway.HTTP, Routes: []gateway.Route{proxyRoute("GET /a", gateway.None, "http://"+host+"/prod/a")}})
	w.server.As(bailiwick.Anonymous())
	w.backend = func(r *http.Request) (*http.Response, error) {
		got := w.call("GET", "/prod/a", "Via", strings.Join(r.Header["Via"], ", "))
		return respond(got.status, got.body), nil
	}
	if got := w.call("GET", "/prod/a"); got.status != http.StatusLoopDetected || len(w.sent) != maxHops {
		t.Errorf("%d after %d requests", got.status, len(w.sent))
	}
}

// TestTransport: real connections, none of them to link-local addresses.
func TestTransport(t *testing.T) {
	backend := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = fmt.Fprintf(w, "%s %s", r.Method, r.URL)
	}))
	defer backend.Close()
	transport := NewTransport()
	defer transport.CloseIdleConnections()
	w := newWorld(t, gateway.Deployment{Kind: gateway.HTTP, Routes: []gateway.Route{proxyRoute("GET /{x}", gateway.None, backend.URL+"/got/{x}")}})
	w.api.Backends = transport
	w.server.As(bailiwick.Anonymous())
	if got := w.call("GET", "/prod/1?a=b"); got.body != "GET /got/1?a=b" {
		t.Errorf("%d %s", got.status, got.body)
	}
	for _, address := range []string{"169.254.169.254:80", "[fe80::1]:80", "[::ffff:169.254.169.254]:80", "0.0.0.0:80", "nonsense"} {
		if refuseMetadata("tcp", address, nil) == nil {
			t.Errorf("%s is reached", address)
		}
	}
	if err := refuseMetadata("tcp", "127.0.0.1:80", nil); err != nil {
		t.Error(err)
	}
}
