package s3

import (
	"net"
	"net/http"
	"net/netip"
	"regexp"
	"slices"
	"strings"
)

// others are the first labels of hosts of the other services behind the port. A
// bucket of such a name is reached by path.
var others = []string{
	"dynamodb", "cognito-idp", "cognito-identity", "sts", "iam", "lambda", "execute-api", "apigateway", "streams", "logs", "s3",
}

// The hosts of S3: s3.amazonaws.com, s3.REGION.amazonaws.com, s3-REGION.amazonaws.com,
// s3.dualstack.REGION.amazonaws.com, s3.localhost; a bucket may come before.
// Source: Amazon S3 User Guide, "Virtual hosting of general purpose buckets".
var ownHost = regexp.MustCompile(
	`^(?:(.+)\.)?s3(?:[.-](?:dualstack\.)?[a-z]{2}(?:-[a-z]+)+-[0-9]|-external-1)?\.(?:amazonaws\.com|localhost)$`)

const localSuffix = ".localhost"

// hostname is the host without its port and in lower case.
func hostname(r *http.Request) string {
	host := r.Host
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	return strings.ToLower(strings.TrimSuffix(host, "."))
}

// hostBucket is the bucket that a host names. of says whether the host belongs to
// S3 alone; a plain X.localhost may mean other things too. server is the host of
// the server itself: it names no bucket, or whoever made a bucket of its name would
// answer in its place, with keys for its tokens among the objects.
func hostBucket(host, server string) (name string, of bool) {
	if m := ownHost.FindStringSubmatch(host); m != nil {
		return m[1], true
	}
	if host == server {
		return "", false
	}
	if below, ok := strings.CutSuffix(host, "."+server); ok && strings.HasSuffix(server, localSuffix) {
		host = below + localSuffix
	}
	name, ok := strings.CutSuffix(host, localSuffix)
	if !ok || name == "" {
		return "", false
	}
	if _, err := netip.ParseAddr(name); err == nil {
		return "", false
	}
	for label := range strings.SplitSeq(name, ".") {
		if slices.Contains(others, label) {
			return "", false
		}
	}
	return name, false
}

// claims takes requests whose host names a bucket, or S3. A plain BUCKET.localhost
// is taken when it is signed for S3, or without any sign of another service when
// there is such a bucket.
func (a *API) claims(r *http.Request) bool {
	name, of := hostBucket(hostname(r), a.Host)
	switch {
	case of:
		return true
	case name == "":
		return false
	}
	if service, signed := scopeService(r); signed {
		return service == "s3"
	}
	if speaksOther(r) {
		return false
	}
	b, err := a.look(r.Context(), name)
	return err == nil && b != nil
}

// leftover takes path-style requests without a credential scope, unsigned or of
// Signature Version 2, that no other service understands.
func (a *API) leftover(r *http.Request) bool {
	if speaksOther(r) {
		return false
	}
	if version2(r) {
		return true
	}
	if _, signed := scopeService(r); signed {
		return false
	}
	if r.URL.Path == "/" || r.URL.Path == "" {
		return false
	}
	switch r.Method {
	case http.MethodGet, http.MethodHead, http.MethodPut, http.MethodDelete, http.MethodOptions:
		return true
	case http.MethodPost:
		return isForm(r)
	}
	return false
}

// version2 tells whether r claims a signature of Version 2, which S3 alone has.
// Those in the header are told there that it has them no more.
func version2(r *http.Request) bool {
	q := r.URL.Query()
	return q.Has("AWSAccessKeyId") && q.Has("Signature") || strings.HasPrefix(r.Header.Get("Authorization"), "AWS ")
}

// speaksOther tells whether r is in the form of the JSON or Query services.
func speaksOther(r *http.Request) bool {
	return r.Header.Get("X-Amz-Target") != "" || r.URL.Query().Has("Action") ||
		strings.HasPrefix(r.Header.Get("Content-Type"), "application/x-www-form-urlencoded") && r.Method == http.MethodPost
}

// scopeService is the service of the credential scope. It only routes:
// authentication verifies it.
func scopeService(r *http.Request) (service string, signed bool) {
	scope := r.URL.Query().Get("X-Amz-Credential")
	if _, after, ok := strings.Cut(r.Header.Get("Authorization"), "Credential="); ok {
		scope, _, _ = strings.Cut(after, ",")
	}
	if scope == "" {
		return "", r.Header.Get("Authorization") != ""
	}
	parts := strings.Split(scope, "/")
	if len(parts) < 5 {
		return "", true
	}
	return parts[len(parts)-2], true
}
