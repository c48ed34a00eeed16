package gateway_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/bailiwick-project/bailiwick/gateway"
)

func TestParseTarget(t *testing.T) {
	for uri, want := range map[string][]string{
		"https://example.com":                      nil,
		"http://localhost:8080/a/{x}/b?c=d":        {"x"},
		"https://example.com/{proxy+}":             {"proxy"},
		"https://[2001:db8::1]:8080/pet-{id}.json": {"id"},
		"http://10.0.0.1/a%20b/{x}{y}":             {"x", "y"},
	} {
		got, err := gateway.ParseTarget(uri)
		if err != nil || !slices.Equal(got.Variables(), want) {
			t.Errorf("%s: %v, %v; want variables %v", uri, got, err, want)
		}
	}
	for _, uri := range []string{
		"", "example.com", "ftp://example.com/", "file:///etc/passwd", "https://", "https:///a", "https://{host}/", "https://user@example.com/",
		"https://user:pw@example.com/", `https://example.com\@evil/`, "https://example.com/../a", "https://example.com/a//b", "https://example.com/%2e%2e/a",
		"https://example.com/a%2fb", "https://example.com/{", "https://example.com/{}", "https://example.com/a}", "https://example.com/{a/b}", "https://example.com/..{a}",
		"https://example.com/?q={x}", "https://example.com/#x", "https://example.com/?a=%zz", "http://169.254.169.254/latest", "http://[fe80::1]/", "http://[::ffff:169.254.169.254]/",
		"http://[fd00:ec2::254]/", "http://[fd20:ce::254]/", "http://100.100.100.200/", "http://192.0.0.192/", "http://[64:ff9b::a9fe:a9fe]/", "http://0.0.0.0/", "http://[ff02::1]/", "http://example.com:x/", "http://${stageVariables.host}/",
	} {
		if _, err := gateway.ParseTarget(uri); err == nil {
			t.Errorf("%s is taken", uri)
		}
	}
}

func TestExpand(t *testing.T) {
	for _, tt := range []struct {
		uri    string
		values string // segments joined by "|"
		want   string // "" for ErrTarget
	}{
		{"https://h/v1/{x}", "a", "/v1/a"},
		{"https://h/v1/{x}", "a b?c#d;e", "/v1/a%20b%3Fc%23d%3Be"},
		{"https://h/v1/{x}", "a|b|", "/v1/a/b/"},
		{"https://h/v1/{x}/end", "a|b", "/v1/a/b/end"},
		{"https://h/v1/{x}/end", "a|", ""},
		{"https://h/pet-{x}.json", "1", "/pet-1.json"},
		{"https://h/pet-{x}.json", "1|2", ""},
		{"https://h/{x}.{x}", "a", "/a.a"},
		{"https://h/v1/{x}", "", ""},
		{"https://h/v1/{x}", "..", ""},
		{"https://h/v1/{x}", "a|..|..|admin", ""},
		{"https://h/v1/{x}", ".", ""},
		{"https://h/v1/{x}", "..;x", ""},
		{"https://h/v1/{x}", "a/b", ""},
		{"https://h/v1/{x}", `a\b`, ""},
		{"https://h/v1/{x}", "%2e%2e", ""},
		{"https://h/v1/{x}", "a\r\nb", ""},
		{"https://h/{x}2e", "a%", ""},
		{"https://h/v1/{x}", "|a", ""},
	} {
		target, err := gateway.ParseTarget(tt.uri)
		if err != nil {
			t.Fatal(err)
		}
		got, err := target.Expand(func(string) ([]string, error) { return strings.Split(tt.values, "|"), nil })
		if got != tt.want || (err == nil) != (tt.want != "") || err != nil && !errors.Is(err, gateway.ErrTarget) {
			t.Errorf("%s with %q: %q, %v; want %q", tt.uri, tt.values, got, err, tt.want)
		}
	}
}

func TestParseMapping(t *testing.T) {
	for _, tt := range []struct{ to, from, place, name, sourcePlace, source string }{
		{"integration.request.path.proxy", "method.request.path.proxy", "path", "proxy", "path", "proxy"},
		{"integration.request.header.X-Tenant", "context.authorizer.claims.custom:org", "header", "X-Tenant", "context", "authorizer.claims.custom:org"},
		{"integration.request.querystring.v", "'1'", "querystring", "v", "static", "1"},
		{"integration.request.header.X-V", "stageVariables.v", "header", "X-V", "stageVariables", "v"},
	} {
		m, err := gateway.ParseMapping(tt.to, tt.from)
		got := []string{string(m.Place), m.Name, string(m.Source.Place), m.Source.Name}
		if want := []string{tt.place, tt.name, tt.sourcePlace, tt.source}; err != nil || !slices.Equal(got, want) {
			t.Errorf("%s <- %s: %v, %v", tt.to, tt.from, got, err)
		}
	}
	for _, tt := range [][2]string{
		{"method.request.path.x", "'1'"},
		{"integration.request.header.Host", "'evil'"},
		{"integration.request.header.Content-Length", "'0'"},
		{"integration.request.header.Transfer-Encoding", "'chunked'"},
		{"integration.request.header.X Y", "'1'"},
		{"integration.request.header.", "'1'"},
		{"integration.request.body.x", "'1'"},
		{"integration.request.path.a/b", "'1'"},
		{"integration.request.header.X", "method.request.body"},
		{"integration.request.header.X", "method.request.body.name"},
		{"integration.request.header.X", "integration.response.header.X"},
		{"integration.request.header.X", ""},
	} {
		if m, err := gateway.ParseMapping(tt[0], tt[1]); err == nil {
			t.Errorf("%v is taken as %v", tt, m)
		}
	}
}
