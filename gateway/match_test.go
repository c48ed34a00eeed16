package gateway_test

import (
	"testing"

	"github.com/bailiwick-project/bailiwick/gateway"
)

// deployment has one route for each "METHOD /path" or "$default".
func deployment(t *testing.T, kind gateway.Kind, routes ...string) *gateway.Deployment {
	t.Helper()
	d := gateway.Deployment{Kind: kind, APIID: "abc123", Stage: "prod", Account: "123456789012", Region: "us-east-1"}
	for _, key := range routes {
		d.Routes = append(d.Routes, route(key))
	}
	out, err := gateway.New(d)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func route(key string) gateway.Route {
	r := gateway.Route{Method: gateway.AnyMethod, Path: key, Authorization: gateway.None}
	for i := range key {
		if key[i] == ' ' {
			r.Method, r.Path = key[:i], key[i+1:]
			break
		}
	}
	return r
}

func TestMatch(t *testing.T) {
	// The first four are AWS's own example.
	docs := []string{"GET /pets/dog/1", "GET /pets/dog/{id}", "GET /pets/{proxy+}", "ANY /{proxy+}"}
	for _, tt := range []struct {
		name   string
		kind   gateway.Kind
		routes []string
		method string
		path   string
		want   string // route, "" for none
		param  string // name=value of the first variable
	}{
		{"all literal", gateway.HTTP, docs, "GET", "/pets/dog/1", "GET /pets/dog/1", ""},
		{"variable", gateway.HTTP, docs, "GET", "/pets/dog/2", "GET /pets/dog/{id}", "id=2"},
		{"greedy", gateway.HTTP, docs, "GET", "/pets/cat/1", "GET /pets/{proxy+}", "proxy=cat/1"},
		{"any", gateway.HTTP, docs, "POST", "/test/5", "ANY /{proxy+}", "proxy=test/5"},
		{"literal of another method goes on", gateway.HTTP, docs, "POST", "/pets/dog/1", "ANY /{proxy+}", "proxy=pets/dog/1"},
		{"default", gateway.HTTP, []string{"GET /a", "$default"}, "GET", "/b", "$default", ""},
		{"default for another method", gateway.HTTP, []string{"GET /a", "$default"}, "POST", "/a", "$default", ""},
		{"method before any", gateway.HTTP, []string{"ANY /a", "GET /a"}, "GET", "/a", "GET /a", ""},
		{"full before greedy", gateway.HTTP, []string{"GET /a/{proxy+}", "GET /{x}/b/c"}, "GET", "/a/b/c", "GET /{x}/b/c", "x=a"},
		{"longest greedy", gateway.HTTP, []string{"GET /{proxy+}", "GET /a/{proxy+}", "GET /a/b/{proxy+}"}, "GET", "/a/b/c/d", "GET /a/b/{proxy+}", "proxy=c/d"},
		{"greedy takes one at least", gateway.HTTP, []string{"GET /a/{proxy+}"}, "GET", "/a", "", ""},
		{"greedy takes no empty one", gateway.HTTP, []string{"GET /a/{proxy+}"}, "GET", "/a/", "", ""},
		{"greedy keeps a trailing slash", gateway.HTTP, []string{"GET /a/{proxy+}"}, "GET", "/a/b/", "GET /a/{proxy+}", "proxy=b/"},
		{"variable takes no empty one", gateway.HTTP, []string{"GET /a/{x}"}, "GET", "/a/", "", ""},
		{"trailing slash is another path", gateway.HTTP, []string{"GET /a"}, "GET", "/a/", "", ""},
		{"case counts", gateway.HTTP, []string{"GET /a"}, "GET", "/A", "", ""},
		{"method's case counts", gateway.HTTP, []string{"GET /a"}, "get", "/a", "", ""},
		{"any is no method", gateway.HTTP, []string{"ANY /a", "$default"}, "ANY", "/a", "", ""},
		{"unknown method", gateway.HTTP, []string{"ANY /a", "$default"}, "TRACE", "/a", "", ""},
		{"decoded", gateway.HTTP, []string{"GET /a/{x}"}, "GET", "/%61/b%20c", "GET /a/{x}", "x=b c"},
		{"root", gateway.REST, []string{"GET /"}, "GET", "/", "GET /", ""},
		{"REST: a resource closes its methods", gateway.REST, []string{"GET /a", "ANY /{proxy+}"}, "POST", "/a", "", ""},
		{"REST: the rest is open", gateway.REST, []string{"GET /a", "ANY /{proxy+}"}, "POST", "/b", "ANY /{proxy+}", "proxy=b"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p, err := gateway.ParsePath(tt.path)
			if err != nil {
				t.Fatal(err)
			}
			m, ok := deployment(t, tt.kind, tt.routes...).Match(tt.method, p)
			got, param := "", ""
			if ok {
				got = m.Route.Key()
			}
			if len(m.Parameters) > 0 {
				param = m.Parameters[0].Name + "=" + m.Parameters[0].Value
			}
			if got != tt.want || param != tt.param {
				t.Errorf("got %q with %q, want %q with %q", got, param, tt.want, tt.param)
			}
		})
	}
}

func TestParsePath(t *testing.T) {
	for in, want := range map[string]string{
		"/": "/", "/a": "/a", "/a/": "/a/", "/a%20b": "/a b", "/%C3%A9": "/é", "/100%25": "/100%", "/a;v=1": "/a;v=1", "/...": "/...",
		"/a+b": "/a+b", "/tenants/acme*": "/tenants/acme*",
	} {
		p, err := gateway.ParsePath(in)
		if err != nil || p.String() != want {
			t.Errorf("%q: %q, %v; want %q", in, p, err, want)
			continue
		}
		again, err := gateway.ParsePath(p.Escaped())
		if err != nil || again.String() != want {
			t.Errorf("%q: forwarded as %q, which is %q, %v", in, p.Escaped(), again, err)
		}
	}
	for _, in := range []string{
		"", "a", "*", "//", "//a", "/a//b", "/a//", "/.", "/..", "/a/../b", "/a/./b", "/%2e%2e/b", "/%2E./b", "/..;/b", "/%2e%2e;x=1/b", "/.;a",
		"/a%2fb", "/a%2Fb", "/a%5cb", `/a\b`, "/a%252fb", "/a%25%32%66b", "/%252e%252e/b", "/a%00", "/a%0d%0ab", "/a%7f", "/a%", "/a%2", "/a%zz", "/%ff", "/%c0%af",
	} {
		if p, err := gateway.ParsePath(in); err == nil {
			t.Errorf("%q is taken as %q", in, p)
		}
	}
}
