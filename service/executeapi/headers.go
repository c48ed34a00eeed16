package executeapi

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/gateway"
)

// checkHeaders refuses a request that two readers could read in two ways: a
// header that is to be there once and is there twice, and two names that are one
// to servers that turn dashes into underscores (CGI).
func checkHeaders(h http.Header) error {
	for _, name := range []string{"Authorization", "Content-Type", "Content-Length", "Host", "X-Amz-Security-Token", "X-Amz-Date"} {
		if len(h[name]) > 1 {
			return fmt.Errorf("%s is there twice", name)
		}
	}
	for name := range h {
		if !strings.Contains(name, "_") {
			continue
		}
		for other := range h {
			if other != name && folded(other) == folded(name) {
				return fmt.Errorf("%.64q and %.64q are one to some servers", name, other)
			}
		}
	}
	return nil
}

func folded(name string) string { return strings.ToLower(strings.ReplaceAll(name, "_", "-")) }

// hopByHop are headers of one connection.
// Source: RFC 9110, section 7.6.1.
var hopByHop = []string{
	"Connection", "Keep-Alive", "Proxy-Connection", "Proxy-Authenticate", "Proxy-Authorization", "Te", "Trailer", "Transfer-Encoding", "Upgrade", "Expect",
}

// claimed are headers in which a client could say who or where it is, or that it
// asked for another path than the one that was authorized.
func claimed(name string) bool {
	if strings.HasPrefix(name, "x-forwarded-") {
		return true
	}
	switch name {
	case "forwarded", "x-real-ip", "x-client-ip", "true-client-ip", "x-cluster-client-ip", "x-original-url", "x-rewrite-url", "x-original-host", "x-host":
		return true
	}
	return false
}

// overrides are headers that change the method that was authorized.
func overrides(name string) bool {
	return name == "x-http-method-override" || name == "x-http-method" || name == "x-method-override"
}

// readable makes the headers and the query that an integration may see.
func (p *plan) readable(call *bailiwick.Call) {
	signed := p.match.Route.Authorization == gateway.IAM
	h := make(http.Header, len(p.request.Header)+5)
	for name, values := range p.request.Header {
		f := folded(name)
		if claimed(f) || f == "x-amz-security-token" || overrides(f) && p.match.Route.Authorization != gateway.None {
			continue
		}
		if f == "authorization" && (signed || len(values) == 1 && strings.HasPrefix(values[0], "AWS4-")) {
			continue // the caller's credential
		}
		h[name] = values
	}
	dropHops(h)
	h["X-Forwarded-For"] = []string{sourceIP(call)}
	h["X-Forwarded-Proto"] = []string{scheme(call)}
	h["X-Forwarded-Port"] = []string{port(call)}
	p.header = h
	kept := p.query[:0:0]
	for _, q := range p.query {
		if !signing(q.name) {
			kept = append(kept, q)
		}
	}
	p.query = kept
}

// dropHops removes what is for one connection only, the Connection header's own
// list included.
func dropHops(h http.Header) {
	for _, values := range h["Connection"] {
		for name := range strings.SplitSeq(values, ",") {
			h.Del(strings.TrimSpace(name))
		}
	}
	for _, name := range hopByHop {
		delete(h, name)
	}
}

func sourceIP(call *bailiwick.Call) string {
	if !call.Source.IsValid() {
		return ""
	}
	return call.Source.Unmap().String()
}

func scheme(call *bailiwick.Call) string {
	if call.Secure {
		return "https"
	}
	return "http"
}

func port(call *bailiwick.Call) string {
	if i := strings.LastIndexByte(call.Host, ':'); i >= 0 && !strings.HasSuffix(call.Host, "]") {
		return call.Host[i+1:]
	}
	if call.Secure {
		return "443"
	}
	return "80"
}
