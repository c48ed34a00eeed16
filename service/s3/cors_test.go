package s3

import (
	"strings"
	"testing"
)

const rules = `<CORSConfiguration>
<CORSRule><AllowedOrigin>https://*.acme.example</AllowedOrigin><AllowedMethod>PUT</AllowedMethod><AllowedMethod>GET</AllowedMethod><AllowedHeader>x-amz-*</AllowedHeader><AllowedHeader>Content-Type</AllowedHeader><ExposeHeader>ETag</ExposeHeader><MaxAgeSeconds>60</MaxAgeSeconds></CORSRule>
<CORSRule><AllowedOrigin>*</AllowedOrigin><AllowedMethod>HEAD</AllowedMethod></CORSRule>
</CORSConfiguration>`

func TestPreflights(t *testing.T) {
	w := newWorld(t)
	w.ok("PUT", "/data", "")
	ask := func(path, origin, method, headers string) reply {
		w.anonymous()
		h := []string{}
		for _, p := range [][2]string{{"Origin", origin}, {"Access-Control-Request-Method", method}, {"Access-Control-Request-Headers", headers}} {
			if p[1] != "" {
				h = append(h, p[0], p[1])
			}
		}
		return w.do("OPTIONS", path, "", h...)
	}
	w.want(ask("/data/k", "https://a.acme.example", "PUT", ""), 403, "AccessForbidden")
	w.root()
	w.ok("PUT", "/data?cors", rules)
	if r := w.ok("GET", "/data?cors", ""); strings.Count(r.body, "<CORSRule>") != 2 {
		t.Errorf("rules: %s", r.body)
	}
	for _, tt := range []struct{ origin, method, headers, allowed string }{
		{"https://a.acme.example", "PUT", "", "https://a.acme.example"},
		{"https://a.acme.example", "PUT", "X-Amz-Date, content-type", "https://a.acme.example"},
		{"https://a.acme.example", "PUT", "authorization", ""},
		{"https://a.acme.example", "DELETE", "", ""},
		{"https://a.acme.example.evil.example", "PUT", "", ""},
		{"http://a.acme.example", "PUT", "", ""},
		{"https://acme.example", "PUT", "", ""},
		{"https://evil.example", "HEAD", "", "*"},
	} {
		r := ask("/data/a/../k?uploads", tt.origin, tt.method, tt.headers)
		if got := r.header.Get("Access-Control-Allow-Origin"); got != tt.allowed || (r.status == 200) != (tt.allowed != "") {
			t.Errorf("%+v: %d %v", tt, r.status, r.header)
		}
		if got := r.header.Get("Access-Control-Allow-Credentials"); (got == "true") != (tt.allowed != "" && tt.allowed != "*") {
			t.Errorf("%+v: credentials %q", tt, got)
		}
	}
	r := ask("/data/k", "https://a.acme.example", "PUT", "X-Amz-Date")
	for name, want := range map[string]string{
		"Access-Control-Allow-Methods": "PUT, GET", "Access-Control-Allow-Headers": "x-amz-date", "Access-Control-Expose-Headers": "ETag",
		"Access-Control-Max-Age": "60", "Vary": "Origin, Access-Control-Request-Headers, Access-Control-Request-Method",
	} {
		if r.header.Get(name) != want {
			t.Errorf("%s: %q", name, r.header.Get(name))
		}
	}
	w.want(ask("/data/k", "", "PUT", ""), 400, "BadRequest")
	w.want(ask("/data/k", "https://a.acme.example", "", ""), 400, "BadRequest")
	w.want(ask("/none/k", "https://a.acme.example", "PUT", ""), 403, "AccessForbidden")

	// The headers come with answers and refusals alike, where a rule allows.
	w.root()
	w.ok("PUT", "/data/k", "x")
	for method, want := range map[string]string{"GET": "https://a.acme.example", "HEAD": "*", "DELETE": ""} {
		for _, anonymous := range []bool{true, false} {
			w.root()
			w.ok("PUT", "/data/k", "x")
			if anonymous {
				w.anonymous()
			}
			r := w.do(method, "/data/k", "", "Origin", "https://a.acme.example")
			if got := r.header.Get("Access-Control-Allow-Origin"); got != want {
				t.Errorf("%s, anonymous %v: %d %v", method, anonymous, r.status, r.header)
			}
		}
	}
	w.root()
	w.ok("PUT", "/data/k", "x")
	if r := w.ok("GET", "/data/k", ""); r.header.Get("Access-Control-Allow-Origin") != "" {
		t.Errorf("without an origin: %v", r.header)
	}
	w.want(w.do("DELETE", "/data?cors", ""), 204, "")
	w.want(ask("/data/k", "https://a.acme.example", "PUT", ""), 403, "AccessForbidden")
}

func TestCORSRulesRefused(t *testing.T) {
	w := newWorld(t)
	w.ok("PUT", "/data", "")
	rule := func(origin, method, header, expose string) string {
		return "<CORSConfiguration><CORSRule><AllowedOrigin>" + origin + "</AllowedOrigin><AllowedMethod>" + method + "</AllowedMethod><AllowedHeader>" + header +
			"</AllowedHeader><ExposeHeader>" + expose + "</ExposeHeader></CORSRule></CORSConfiguration>"
	}
	for body, code := range map[string]string{
		rule("*", "GET", "*", "ETag"):      "",
		rule("*.*", "GET", "*", "ETag"):    "InvalidRequest",
		rule("*", "PATCH", "*", "ETag"):    "InvalidRequest",
		rule("*", "OPTIONS", "*", "ETag"):  "InvalidRequest",
		rule("*", "GET", "*-*", "ETag"):    "InvalidRequest",
		rule("*", "GET", "*", "*"):         "InvalidRequest",
		rule("", "GET", "*", "ETag"):       "MalformedXML",
		rule("*", "GET", "*", "E&#xA;Tag"): "MalformedXML",
		"<CORSConfiguration/>":             "MalformedXML",
		"<CORSConfiguration>" + strings.Repeat("<CORSRule><AllowedOrigin>*</AllowedOrigin><AllowedMethod>GET</AllowedMethod></CORSRule>", maxRules+1) + "</CORSConfiguration>": "MalformedXML",
	} {
		if r := w.do("PUT", "/data?cors", body); r.code != code {
			t.Errorf("%.200s: %d %s", body, r.status, r.body)
		}
	}
}
