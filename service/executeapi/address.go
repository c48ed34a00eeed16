package executeapi

import (
	"net/http"
	"strings"

	"github.com/bailiwick-project/bailiwick/gateway"
)

// pathPrefix is where APIs are served on any host, for clients that cannot
// resolve names below localhost: /_aws/execute-api/ID/STAGE/PATH.
const pathPrefix = "/_aws/execute-api/"

// An address is the API of a request, before anything is known of it.
type address struct {
	api    string
	path   string // that follows, as received
	region string // of an amazonaws.com host, else ""
	host   string // without port
	staged bool   // the stage is always the first segment
}

// addressOf reads the host or the path of r. ok is false for a request to no API.
func addressOf(r *http.Request) (address, bool) {
	host := hostOf(r.Host)
	id, rest, _ := strings.Cut(host, ".")
	if base, ok := strings.CutPrefix(rest, "execute-api."); ok && gateway.IsAPIID(id) && isBase(base) {
		a := address{api: id, path: r.URL.EscapedPath(), host: host}
		if region, ok := strings.CutSuffix(base, ".amazonaws.com"); ok {
			a.region = region
		}
		if a.path == "" {
			a.path = "/"
		}
		return a, true
	}
	rest, ok := strings.CutPrefix(r.URL.EscapedPath(), pathPrefix)
	if !ok {
		return address{}, false
	}
	id, path, _ := strings.Cut(rest, "/")
	return address{api: id, path: "/" + path, host: host, staged: true}, gateway.IsAPIID(id)
}

// isBase keeps buckets whose names look like APIs (x.execute-api.s3.localhost)
// away.
func isBase(base string) bool {
	for label := range strings.SplitSeq(base, ".") {
		if label == "" || label == "s3" || strings.HasPrefix(label, "s3-") {
			return false
		}
	}
	return true
}

// hostOf is a Host header without its port, in lower case.
func hostOf(host string) string {
	if i := strings.LastIndexByte(host, ':'); i >= 0 && !strings.HasSuffix(host, "]") {
		host = host[:i]
	}
	return strings.ToLower(strings.TrimSuffix(host, "."))
}
