package sigv4

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// parseSignedHeaders splits and checks the list of signed headers: lower
// case, strictly ascending. Strictness costs conforming clients nothing and
// leaves one canonical request for one signature.
func (s *Signature) parseSignedHeaders() error {
	n := strings.Count(s.signedHeaders, ";") + 1
	if n > maxSignedHeaders {
		return fail(TooLarge, "More than %d headers are signed.", maxSignedHeaders)
	}
	s.SignedHeaders = make([]string, 0, n)
	last := ""
	for name := range strings.SplitSeq(s.signedHeaders, ";") {
		if !headerName(name) || name <= last {
			return fail(Malformed, "'SignedHeaders' must list header names in lower case, sorted, each once; got '%s'.",
				shorten(s.signedHeaders))
		}
		s.SignedHeaders = append(s.SignedHeaders, name)
		last = name
	}
	return nil
}

// headerName accepts the lower-case tokens of RFC 9110 section 5.6.2, up to
// the length that canonicalName has room for.
func headerName(s string) bool {
	if s == "" || len(s) > maxHeaderName {
		return false
	}
	for i := range len(s) {
		c := s[i]
		if 'a' <= c && c <= 'z' || '0' <= c && c <= '9' || strings.IndexByte("-_.!#$%&'*+^`|~", c) >= 0 {
			continue
		}
		return false
	}
	return true
}

func (s *Signature) signs(name string) bool {
	_, ok := slices.BinarySearch(s.SignedHeaders, name)
	return ok
}

// checkSigned refuses requests in which something that decides could have
// been changed on the way.
func (s *Signature) checkSigned(h http.Header) error {
	if !s.signs("host") {
		return fail(UnsignedHost, "'Host' must be a 'SignedHeader' in the AWS Authorization.")
	}
	var loose []string
	for name, values := range h {
		if len(name) < 6 || !strings.EqualFold(name[:6], "x-amz-") || strings.EqualFold(name, "x-amz-user-agent") {
			continue
		}
		if len(values) > 1 && !mayRepeat(name) {
			return fail(Malformed, "Request has more than one %s header.", shorten(name))
		}
		if !s.signsFold(name) {
			loose = append(loose, strings.ToLower(name))
		}
	}
	if loose != nil {
		slices.Sort(loose)
		list := shorten(strings.Join(loose, ", "))
		return &Error{
			Kind: UnsignedHeader, Message: "There were headers present in the request which were not signed: " + list,
			Facts: map[string]string{"HeadersNotSigned": list},
		}
	}
	return nil
}

// mayRepeat tells of the x-amz-* headers that decide nothing and whose readers
// take all values. Of the others canonicalization signs all values, joined, and
// readers take the first.
func mayRepeat(name string) bool {
	name = strings.ToLower(name)
	return strings.HasPrefix(name, "x-amz-meta-") || name == "x-amz-object-attributes" || name == "x-amz-trailer"
}

// signsFold is signs for a name in any case, without allocating.
func (s *Signature) signsFold(name string) bool {
	for _, have := range s.SignedHeaders {
		if len(have) == len(name) && strings.EqualFold(have, name) {
			return true
		}
	}
	return false
}

const maxHeaderName = 256

// lookup returns the values of a signed header. Three headers are not where
// the others are: net/http moves them into fields of the request.
func lookup(r *http.Request, name string) ([]string, bool) {
	if name == "host" {
		return nil, true // see appendHeaders
	}
	var stack [maxHeaderName]byte
	v, ok := r.Header[string(canonicalName(stack[:0], name))]
	if !ok {
		switch {
		case name == "content-length" && r.ContentLength >= 0:
			return []string{strconv.FormatInt(r.ContentLength, 10)}, true
		case name == "transfer-encoding" && len(r.TransferEncoding) > 0:
			return r.TransferEncoding, true
		}
	}
	return v, ok
}

// canonicalName is textproto.CanonicalMIMEHeaderKey for lower-case names,
// into a buffer of the caller: that function allocates for names that it does
// not know, which are most of AWS's.
func canonicalName(b []byte, name string) []byte {
	up := true
	for i := range len(name) {
		c := name[i]
		if up && 'a' <= c && c <= 'z' {
			c -= 'a' - 'A'
		}
		up = c == '-'
		b = append(b, c)
	}
	return b
}

// hostOf is the Host header, of a received or of an outgoing request.
func hostOf(r *http.Request) string {
	if r.Host != "" {
		return r.Host
	}
	return r.URL.Host
}

// appendHeaders appends the canonical headers, a line each. A header that is
// signed but absent is refused: absent and empty differ to those who read it.
func appendHeaders(b []byte, r *http.Request, names []string) ([]byte, error) {
	for _, name := range names {
		b = append(b, name...)
		b = append(b, ':')
		values, ok := lookup(r, name)
		switch {
		case name == "host":
			b = appendTrimmed(b, hostOf(r))
		case !ok:
			return b, &Error{Kind: Mismatch, Message: mismatch + " (The signed header '" + name + "' is not in the request.)"}
		}
		for i, v := range values {
			if i > 0 {
				b = append(b, ',')
			}
			b = appendTrimmed(b, v)
		}
		b = append(b, '\n')
		if len(b) > maxCanonical {
			return b, fail(TooLarge, "The signed headers are longer than %d bytes.", maxCanonical)
		}
	}
	return b, nil
}

// appendTrimmed drops outer white space and makes runs of spaces one space.
func appendTrimmed(b []byte, v string) []byte {
	v = strings.Trim(v, " \t")
	if !strings.Contains(v, "  ") {
		return append(b, v...)
	}
	for i := range len(v) {
		if v[i] == ' ' && v[i-1] == ' ' {
			continue
		}
		b = append(b, v[i])
	}
	return b
}
