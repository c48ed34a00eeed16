package s3

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/bailiwick-project/bailiwick"
)

// Operations that the API model does not have.
const (
	postObject    = "PostObject"    // a browser's form
	optionsObject = "OptionsObject" // a browser's preflight request
)

// An address is what a request is about: nothing, a bucket, or an object in it.
type address struct {
	bucket, key string
}

// locate finds the address in the host and the path. The path is split before it
// is decoded, once: an escaped slash is never the border of the bucket, and no
// segment is cleaned away.
func (a *API) locate(r *http.Request) (address, *bailiwick.Error) {
	return locate(r, a.BucketInHost(r))
}

// BucketInHost is the bucket that the host of r names, "" for none.
func (a *API) BucketInHost(r *http.Request) string {
	name, _ := hostBucket(hostname(r), a.Host)
	return name
}

func locate(r *http.Request, inHost string) (address, *bailiwick.Error) {
	rest := strings.TrimPrefix(pathStyle(r, inHost), "/")
	segment, rest, _ := strings.Cut(rest, "/")
	name, err := url.PathUnescape(segment)
	if err != nil {
		return address{}, invalidURI()
	}
	key, err := url.PathUnescape(rest)
	if err != nil {
		return address{}, invalidURI()
	}
	return address{bucket: name, key: key}, nil
}

// pathStyle is the path, as it was escaped, that r would have without a bucket in
// its host.
func pathStyle(r *http.Request, inHost string) string {
	path := r.URL.EscapedPath()
	if !strings.HasPrefix(path, "/") {
		path = "/" + path
	}
	if inHost != "" {
		return "/" + url.PathEscape(inHost) + path
	}
	return path
}

// isForm tells whether the body is a browser's form with a file.
func isForm(r *http.Request) bool {
	return strings.HasPrefix(strings.ToLower(r.Header.Get("Content-Type")), "multipart/form-data")
}
