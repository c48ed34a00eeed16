package sigv2

import (
	"cmp"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// resources are the parameters that are part of the signed resource: those of AWS's
// documentation, and those of later years that its SDKs sign.
var resources = []string{
	"accelerate", "acl", "analytics", "cors", "delete", "inventory", "lifecycle", "location", "logging", "metrics", "notification",
	"object-lock", "partNumber", "policy", "replication", "requestPayment", "restore", "select", "select-type", "tagging", "torrent",
	"uploadId", "uploads", "versionId", "versioning", "versions", "website",
	"response-cache-control", "response-content-disposition", "response-content-encoding", "response-content-language",
	"response-content-type", "response-expires",
}

// harmless are parameters that no operation reads, in lower case: the name that
// SDKs give to an operation, and two headers that clients repeat in the URL. Of
// those the header is signed, and the header counts.
var harmless = []string{"x-id", "content-type", "content-md5"}

// ofVersion4 are the parameters that only Signature Version 4 has, in lower case.
var ofVersion4 = []string{
	"x-amz-algorithm", "x-amz-credential", "x-amz-date", "x-amz-expires", "x-amz-signedheaders", "x-amz-signature",
}

// stringsToSign are what the signer of p may have signed: one text, or two where
// the path names a bucket alone, with a slash at its end or without. Both mean the
// same, and clients sign the one while they send the other.
func (p *parser) stringsToSign(r *http.Request, bucket, expires string) ([]string, error) {
	method := cmp.Or(r.Method, http.MethodGet)
	md5, err := single(r.Header, "Content-Md5")
	if err != nil {
		return nil, err
	}
	contentType, err := single(r.Header, "Content-Type")
	if err != nil {
		return nil, err
	}
	var head strings.Builder
	for _, line := range [...]string{method, md5, contentType, expires} {
		if strings.ContainsAny(line, "\r\n") {
			return nil, fail(Malformed, "A header has a line break.")
		}
		head.WriteString(line + "\n")
	}
	for _, name := range slices.Sorted(maps.Keys(p.amz)) {
		head.WriteString(name + ":" + strings.TrimSpace(p.amz[name]) + "\n")
	}
	path := r.URL.EscapedPath()
	if !strings.HasPrefix(path, "/") {
		path = "/" + path
	}
	if bucket != "" {
		path = "/" + url.PathEscape(bucket) + path
	}
	text := head.String() + path + p.parameters()
	if len(text) > maxText {
		return nil, fail(TooLarge, "The headers and parameters are longer than %d bytes.", maxText)
	}
	texts := []string{text}
	if name := strings.Trim(path, "/"); name != "" && !strings.Contains(name, "/") {
		switch path {
		case "/" + name:
			texts = append(texts, head.String()+path+"/"+p.parameters())
		case "/" + name + "/":
			texts = append(texts, head.String()+"/"+name+p.parameters())
		}
	}
	return texts, nil
}

// parameters are the signed ones as the resource ends with them.
func (p *parser) parameters() string {
	var b strings.Builder
	slices.SortFunc(p.resources, func(x, y pair) int { return strings.Compare(x.name, y.name) })
	for i, one := range p.resources {
		if i == 0 {
			b.WriteByte('?')
		} else {
			b.WriteByte('&')
		}
		b.WriteString(one.name)
		if one.assigned {
			b.WriteString("=" + one.value)
		}
	}
	return b.String()
}

// single returns the one value of a header, "" when absent.
func single(h http.Header, name string) (string, error) {
	switch v := h[name]; len(v) {
	case 0:
		return "", nil
	case 1:
		return strings.TrimSpace(v[0]), nil
	}
	return "", about(Malformed, name, "Request has more than one %s header.", name)
}
