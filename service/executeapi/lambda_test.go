package executeapi

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/gateway"
)

// TestFunctionAnswers: what a function answers, and what the client then sees.
func TestFunctionAnswers(t *testing.T) {
	const http1, http2, rest = "HTTP 1.0", "HTTP 2.0", "REST 1.0"
	const broken = "\x00"
	for _, tt := range []struct {
		format, payload string
		status          int
		body            string // broken: a malformed answer
		header          string // NAME=VALUE|VALUE, separated by "; "
	}{
		{http2, `{"statusCode":201,"headers":{"X-A":"1","x-n":2,"x-b":true},"cookies":["a=1","b=2"],"body":"hi"}`, 201, "hi", "X-A=1; X-N=2; X-B=true; Set-Cookie=a=1|b=2; Content-Type=text/plain;charset=utf-8"},
		{http2, `{"statusCode":"200","body":"aGk=","isBase64Encoded":true,"headers":{"content-type":"image/png"}}`, 200, "hi", "Content-Type=image/png"},
		{http2, `{"a":1}`, 200, `{"a":1}`, "Content-Type=application/json"},
		{http2, `"hello"`, 200, `hello`, "Content-Type=application/json"},
		{http2, `[1,2]`, 200, `[1,2]`, ""},
		{http2, `null`, 200, `null`, ""},
		{http2, `{"statusCode":200,"body":{"a":1}}`, 0, broken, ""},
		{http2, `{"statusCode":200,"body":"*","isBase64Encoded":true}`, 0, broken, ""},
		{http2, `{"statusCode":99}`, 0, broken, ""},
		{http2, `{"statusCode":101}`, 0, broken, ""},
		{http2, `{"statusCode":600}`, 0, broken, ""},
		{http2, `{"statusCode":200,"headers":{"x-a":"1\r\nx-b: 2"}}`, 0, broken, ""},
		{http2, `{"statusCode":200,"headers":{"x a":"1"}}`, 0, broken, ""},
		{http2, `{"statusCode":200,"cookies":["a=1\nb"]}`, 0, broken, ""},
		{http2, `{"statusCode":204}`, 204, "", ""},
		{http2, `{"statusCode":200,"body":"abc","headers":{"Content-Length":"1","Transfer-Encoding":"chunked","Connection":"close"}}`, 200, "abc", "Content-Length=3; Transfer-Encoding=; Connection="},
		{http1, `{"statusCode":200,"multiValueHeaders":{"Set-Cookie":["a=1","b=2"]},"headers":{"set-cookie":"c=3"},"body":"x"}`, 200, "x", "Set-Cookie=a=1|b=2"},
		{http1, `{"a":1}`, 0, broken, ""},
		{http1, `"hello"`, 0, broken, ""},
		{http1, `{"statusCode":200,"body":"aGk=","isBase64Encoded":true}`, 200, "hi", ""},
		{rest, `{"statusCode":200,"body":"{}"}`, 200, "{}", "Content-Type=application/json"},
		{rest, `{"statusCode":404,"headers":{"Content-Type":"text/html"},"body":null}`, 404, "", "Content-Type=text/html"},
		{rest, `{"body":"x"}`, 0, broken, ""},
		{rest, `{"statusCode":"x"}`, 0, broken, ""},
		{rest, `null`, 0, broken, ""},
		{rest, `not json`, 0, broken, ""},
		{rest, `{"statusCode":200,"body":"aGk=","isBase64Encoded":true}`, 200, "aGk=", ""},
	} {
		t.Run(tt.format+" "+tt.payload, func(t *testing.T) {
			kind, version, _ := strings.Cut(tt.format, " ")
			r := lambdaRoute("GET /a", gateway.None)
			r.Integration.PayloadVersion = version
			w := newWorld(t, gateway.Deployment{Kind: gateway.Kind(kind), Routes: []gateway.Route{r}})
			w.server.As(bailiwick.Anonymous())
			w.answer = func(bailiwick.Invocation) (bailiwick.InvocationResult, error) {
				return bailiwick.InvocationResult{Payload: []byte(tt.payload)}, nil
			}
			got := w.call("GET", "/prod/a")
			status, body := tt.status, tt.body
			if body == broken {
				status, body = 500, `{"message":"Internal Server Error"}`
				if w.kind == gateway.REST {
					status, body = 502, `{"message":"Internal server error"}`
				}
				w.noted("answered what no integration may")
			}
			if got.status != status || got.body != body {
				t.Errorf("%d %q, want %d %q", got.status, got.body, status, body)
			}
			for want := range strings.SplitSeq(tt.header, "; ") {
				if name, values, ok := strings.Cut(want, "="); ok && strings.Join(got.header.Values(name), "|") != values {
					t.Errorf("%s: %q, want %q", name, got.header.Values(name), values)
				}
			}
		})
	}
}

// TestBinaryAnswer: a REST API decodes for clients that accept a binary type.
func TestBinaryAnswer(t *testing.T) {
	w := newWorld(t, gateway.Deployment{Kind: gateway.REST, BinaryTypes: []string{"image/png"}, Routes: []gateway.Route{lambdaRoute("GET /a", gateway.None)}})
	w.server.As(bailiwick.Anonymous())
	w.answer = func(bailiwick.Invocation) (bailiwick.InvocationResult, error) {
		return bailiwick.InvocationResult{Payload: []byte(`{"statusCode":200,"body":"aGk=","isBase64Encoded":true}`)}, nil
	}
	if got := w.call("GET", "/prod/a", "Accept", "image/png, */*"); got.body != "hi" {
		t.Errorf("answered %q", got.body)
	}
	if got := w.call("GET", "/prod/a", "Accept", "text/html"); got.body != "aGk=" {
		t.Errorf("answered %q", got.body)
	}
}

// TestFunctionFailures: what keeps a function from answering is not told.
func TestFunctionFailures(t *testing.T) {
	for _, tt := range []struct {
		name       string
		out        bailiwick.InvocationResult
		err        error
		rest, http int
	}{
		{"the function failed", bailiwick.InvocationResult{FunctionError: "Unhandled", Payload: []byte(`{"errorMessage":"secret"}`)}, nil, 502, 500},
		{"its policy does not let us", bailiwick.InvocationResult{}, bailiwick.Errorf("AccessDeniedException", "secret"), 500, 500},
		{"it is not there", bailiwick.InvocationResult{}, bailiwick.Errorf("ResourceNotFoundException", "secret"), 500, 500},
		{"the store broke", bailiwick.InvocationResult{}, errors.New("secret"), 500, 500},
	} {
		for _, kind := range []gateway.Kind{gateway.REST, gateway.HTTP} {
			w := newWorld(t, gateway.Deployment{Kind: kind, Routes: []gateway.Route{lambdaRoute("GET /a", gateway.None)}})
			w.server.As(bailiwick.Anonymous())
			w.answer = func(bailiwick.Invocation) (bailiwick.InvocationResult, error) { return tt.out, tt.err }
			status, body := tt.rest, `{"message":"Internal server error"}`
			if kind == gateway.HTTP {
				status, body = tt.http, `{"message":"Internal Server Error"}`
			}
			if got := w.call("GET", "/prod/a"); got.status != status || got.body != body {
				t.Errorf("%s %s: %d %s", kind, tt.name, got.status, got.body)
			}
		}
	}
}

// slow is a backend and a function that answer only when the request ends.
type slow struct{}

func (slow) InvokeForService(ctx context.Context, _ *bailiwick.Call, _ bailiwick.Invocation) (bailiwick.InvocationResult, error) {
	<-ctx.Done()
	return bailiwick.InvocationResult{}, ctx.Err()
}

func (slow) RoundTrip(r *http.Request) (*http.Response, error) {
	<-r.Context().Done()
	return nil, r.Context().Err()
}

// TestTimeouts: AWS's answers when an integration takes too long.
func TestTimeouts(t *testing.T) {
	for _, kind := range []gateway.Kind{gateway.REST, gateway.HTTP} {
		function, proxy := lambdaRoute("GET /f", gateway.None), proxyRoute("GET /p", gateway.None, "http://backend.example/")
		function.Integration.Timeout, proxy.Integration.Timeout = time.Millisecond, time.Millisecond
		w := newWorld(t, gateway.Deployment{Kind: kind, Routes: []gateway.Route{function, proxy}})
		w.api.Functions, w.api.Backends = slow{}, slow{}
		w.server.As(bailiwick.Anonymous())
		status, body := 504, `{"message":"Endpoint request timed out"}`
		if kind == gateway.HTTP {
			status, body = 503, `{"message":"Service Unavailable"}`
		}
		for _, path := range []string{"/prod/f", "/prod/p"} {
			if got := w.call("GET", path); got.status != status || got.body != body {
				t.Errorf("%s %s: %d %s", kind, path, got.status, got.body)
			}
		}
	}
}

// TestMock: a fixed answer.
func TestMock(t *testing.T) {
	r := lambdaRoute("OPTIONS /a", gateway.None)
	r.Integration = &gateway.Integration{Backend: gateway.Mock, MockStatus: 200, MockHeader: map[string]string{"Access-Control-Allow-Origin": "*"}, MockBody: "{}"}
	d := gateway.Deployment{
		Kind: gateway.REST, Routes: []gateway.Route{r}, Gateway4XX: map[string]string{"Access-Control-Allow-Origin": "'x'"}, Gateway5XX: map[string]string{"X-Five": "1"},
	}
	w := newWorld(t, d)
	w.server.As(bailiwick.Anonymous())
	got := w.call("OPTIONS", "/prod/a", "Origin", "https://a.example", "Access-Control-Request-Method", "GET")
	if got.status != 200 || got.body != "{}" || got.header.Get("Access-Control-Allow-Origin") != "*" {
		t.Errorf("%d %s %v", got.status, got.body, got.header)
	}
	if got := w.call("GET", "/prod/none"); got.status != 403 || got.header.Get("Access-Control-Allow-Origin") != "'x'" || got.header.Get("X-Five") != "" {
		t.Errorf("a failure: %d %v", got.status, got.header)
	}
}

// TestRequiredParameters of REST APIs.
func TestRequiredParameters(t *testing.T) {
	r := lambdaRoute("GET /a", gateway.None)
	r.RequiredParameters = []string{"method.request.querystring.q", "method.request.header.X-H"}
	w := newWorld(t, gateway.Deployment{Kind: gateway.REST, Routes: []gateway.Route{r}})
	w.server.As(bailiwick.Anonymous())
	if got := w.call("GET", "/prod/a?q="); got.status != 400 || got.body != `{"message":"Missing required request parameters: [q, X-H]"}` {
		t.Errorf("%d %s", got.status, got.body)
	}
	if got := w.call("GET", "/prod/a?q=1", "X-H", "1"); got.status != 200 {
		t.Errorf("%d %s", got.status, got.body)
	}
}
