package executeapi

import (
	"net/http"
	"strings"
	"testing"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/gateway"
)

func TestCORS(t *testing.T) {
	age := 60
	some := &gateway.CORS{
		AllowOrigins: []string{"https://a.example", "http://*"}, AllowMethods: []string{"GET", "POST"}, AllowHeaders: []string{"x-a"}, ExposeHeaders: []string{"x-b"}, AllowCredentials: true, MaxAge: &age,
	}
	all := &gateway.CORS{AllowOrigins: []string{"*"}}
	for _, tt := range []struct {
		name           string
		cors           *gateway.CORS
		method, origin string
		asked          string
		status         int
		allowed        string
	}{
		{"preflight", some, "OPTIONS", "https://a.example", "GET", 204, "https://a.example"},
		{"preflight of a scheme", some, "OPTIONS", "http://b.example", "GET", 204, "http://b.example"},
		{"preflight of another", some, "OPTIONS", "https://b.example", "GET", 204, ""},
		{"preflight of a longer name", some, "OPTIONS", "https://a.example.evil", "GET", 204, ""},
		{"preflight of null", some, "OPTIONS", "null", "GET", 204, ""},
		{"preflight of anyone", all, "OPTIONS", "https://b.example", "GET", 204, "*"},
		{"no preflight", some, "OPTIONS", "https://a.example", "", 404, "https://a.example"},
		{"without a configuration", nil, "OPTIONS", "https://a.example", "GET", 404, ""},
		{"call", some, "GET", "https://a.example", "", 200, "https://a.example"},
		{"call of another", some, "GET", "https://b.example", "", 200, ""},
		{"call of none", some, "GET", "", "", 200, ""},
		{"a backend's own headers without a configuration", nil, "GET", "https://b.example", "", 200, "backend"},
		{"refused", some, "POST", "https://a.example", "", 403, "https://a.example"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t, gateway.Deployment{Kind: gateway.HTTP, CORS: tt.cors, Routes: []gateway.Route{
				proxyRoute("GET /a", gateway.None, "http://backend.example/"), lambdaRoute("POST /a", gateway.IAM),
			}})
			w.server.As(bailiwick.Anonymous())
			w.backend = func(*http.Request) (*http.Response, error) {
				return respond(200, "ok", "Access-Control-Allow-Origin", "backend"), nil
			}
			var header []string
			if tt.origin != "" {
				header = append(header, "Origin", tt.origin)
			}
			if tt.asked != "" {
				header = append(header, "Access-Control-Request-Method", tt.asked)
			}
			got := w.call(tt.method, "/prod/a", header...)
			if got.status != tt.status || strings.Join(got.header.Values("Access-Control-Allow-Origin"), "|") != tt.allowed {
				t.Errorf("%d %v, want %d %q", got.status, got.header, tt.status, tt.allowed)
			}
			preflight := tt.status == 204 && tt.allowed != "" && tt.cors == some
			if (got.header.Get("Access-Control-Allow-Methods") == "GET,POST") != preflight || (got.header.Get("Access-Control-Max-Age") == "60") != preflight {
				t.Errorf("headers %v", got.header)
			}
			if credentials := tt.cors == some && tt.allowed != ""; (got.header.Get("Access-Control-Allow-Credentials") == "true") != credentials {
				t.Errorf("headers %v", got.header)
			}
			if tt.cors != nil && got.header.Get("Vary") != "Origin" {
				t.Error("caches are not told that it varies")
			}
		})
	}
}
