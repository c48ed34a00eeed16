package sigv2

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// The parameters of authentication.
const (
	keyIDName     = "AWSAccessKeyId"
	signatureName = "Signature"
	expiresName   = "Expires"

	tokenName   = "x-amz-security-token" //nolint:gosec // the name of a header
	payloadName = "x-amz-content-sha256"
)

// A pair is a query parameter, decoded.
type pair struct {
	name, value string
	assigned    bool // has an equals sign
}

// A parser sorts the parameters of a query by what they are.
type parser struct {
	auth      map[string]string // AWSAccessKeyId, Signature, Expires
	amz       map[string]string // x-amz-*, of query and headers
	resources []pair            // signed parameters
	seen      map[string]bool   // by name in lower case
}

// Parse finds the signature of a URL and checks its form. bucket is the one that
// the host of r names, "" for none. It returns ErrNone where the query claims
// nothing of Version 2, and an *Error for everything malformed. Parse proves
// nothing: see the package comment.
func Parse(r *http.Request, bucket string) (*Signature, error) {
	if r.URL.RawQuery == "" || !claimed(r.URL.RawQuery) {
		return nil, ErrNone
	}
	if len(r.URL.RawQuery) > maxQuery {
		return nil, fail(TooLarge, "The query string is longer than %d bytes.", maxQuery)
	}
	if len(r.Header["Authorization"]) > 0 {
		return nil, both()
	}
	p := &parser{auth: map[string]string{}, amz: map[string]string{}, seen: map[string]bool{}}
	if err := p.query(r.URL.RawQuery); err != nil {
		return nil, err
	}
	if err := p.headers(r.Header); err != nil {
		return nil, err
	}
	return p.signature(r, bucket)
}

// Claims tells whether the query of r claims a signature of Version 2.
func Claims(r *http.Request) bool { return r.URL.RawQuery != "" && claimed(r.URL.RawQuery) }

// claimed: an access key in any case, or a signature. Expires alone is a word that
// others use.
func claimed(raw string) bool {
	for part := range strings.SplitSeq(raw, "&") {
		name, _, _ := strings.Cut(part, "=")
		if name, err := url.QueryUnescape(name); err == nil && (strings.EqualFold(name, keyIDName) || name == signatureName) {
			return true
		}
	}
	return false
}

func both() *Error {
	return fail(Both, "Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, "+
		"Signature query string parameter or the Authorization header should be specified")
}

func (p *parser) query(raw string) error {
	if strings.Count(raw, "&") >= maxParameters {
		return fail(TooLarge, "The query string has more than %d parameters.", maxParameters)
	}
	for part := range strings.SplitSeq(raw, "&") {
		if part == "" {
			continue
		}
		var one pair
		var err error
		one.name, one.value, one.assigned = strings.Cut(part, "=")
		if one.name, err = url.QueryUnescape(one.name); err == nil {
			one.value, err = url.QueryUnescape(one.value)
		}
		if err != nil || strings.Contains(part, ";") {
			return fail(Malformed, "Malformed percent-encoding or a semicolon in the query string.")
		}
		lower := strings.ToLower(one.name)
		if p.seen[lower] {
			return about(Malformed, one.name, "The query-string parameter '%s' is there more than once.", shorten(one.name))
		}
		p.seen[lower] = true
		if err := p.parameter(one, lower); err != nil {
			return err
		}
	}
	return nil
}

// parameter finds what a parameter is.
func (p *parser) parameter(one pair, lower string) error {
	switch {
	case one.name == keyIDName, one.name == signatureName, one.name == expiresName:
		p.auth[one.name] = one.value
	case strings.EqualFold(one.name, keyIDName), strings.EqualFold(one.name, signatureName), strings.EqualFold(one.name, expiresName):
		return cased(one.name)
	case slices.Contains(ofVersion4, lower):
		return both()
	case strings.HasPrefix(lower, "x-amz-"):
		if one.name != lower {
			return cased(one.name)
		}
		return p.header(one.name, one.value)
	case slices.Contains(resources, one.name):
		p.resources = append(p.resources, one)
	case slices.Contains(harmless, lower):
	default:
		return about(Unsigned, one.name, "Signature Version 2 does not sign the query-string parameter '%s'. Please use AWS4-HMAC-SHA256.",
			shorten(one.name))
	}
	return nil
}

func cased(name string) *Error {
	return about(Malformed, name, "The query-string parameter '%s' is not in the case that its name has.", shorten(name))
}

// header takes a header x-amz-*, by its name in lower case. Its line in the string
// to sign must have one reading.
func (p *parser) header(name, value string) error {
	if _, twice := p.amz[name]; twice {
		return about(Malformed, name, "The header %s is there more than once, or as header and parameter.", shorten(name))
	}
	for i := range len(name) {
		if c := name[i]; (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' && c != '_' && c != '.' {
			return about(Malformed, name, "'%s' is no name of a header.", shorten(name))
		}
	}
	for i := range len(value) {
		if c := value[i]; c < ' ' && c != '\t' || c == 0x7f {
			return about(Malformed, name, "The value of %s has a control character.", shorten(name))
		}
	}
	p.amz[name] = value
	return nil
}

// headers takes the headers x-amz-* of the request itself.
func (p *parser) headers(h http.Header) error {
	for name, values := range h {
		lower := strings.ToLower(name)
		if !strings.HasPrefix(lower, "x-amz-") {
			continue
		}
		if len(values) != 1 {
			return about(Malformed, lower, "Request has more than one %s header.", shorten(lower))
		}
		if err := p.header(lower, values[0]); err != nil {
			return err
		}
	}
	return nil
}

func (p *parser) signature(r *http.Request, bucket string) (*Signature, error) {
	s := &Signature{
		AccessKeyID: p.auth[keyIDName], Signature: p.auth[signatureName], SessionToken: p.amz[tokenName], PayloadHash: p.amz[payloadName],
	}
	expires := p.auth[expiresName]
	if s.AccessKeyID == "" || s.Signature == "" || expires == "" {
		return nil, fail(Incomplete, "Query-string authentication requires the Signature, Expires and AWSAccessKeyId parameters")
	}
	if err := s.claimant(); err != nil {
		return nil, err
	}
	var ok bool
	if s.Expires, ok = seconds(expires); !ok {
		return nil, about(BadExpires, expires, "Invalid date (should be seconds since epoch): %s", shorten(expires))
	}
	if s.PayloadHash != "" && s.PayloadHash != UnsignedPayload && !digest(s.PayloadHash) {
		return nil, about(PayloadForm, s.PayloadHash, "%s must be %s or a valid sha256 value.", payloadName, UnsignedPayload)
	}
	if err := p.overrides(); err != nil {
		return nil, err
	}
	var err error
	s.texts, err = p.stringsToSign(r, bucket, expires)
	return s, err
}

// overrides refuses what the value of an override could have been: see the package
// comment.
func (p *parser) overrides() error {
	overridden := slices.ContainsFunc(p.resources, func(one pair) bool { return strings.HasPrefix(one.name, "response-") })
	for _, one := range p.resources {
		if overridden && !strings.HasPrefix(one.name, "response-") && one.name != "versionId" && one.name != "partNumber" {
			return about(Malformed, one.name, "The query-string parameter '%s' does not go with response-* parameters.", one.name)
		}
	}
	return nil
}

// digest is true for a SHA-256 in lower-case hex.
func digest(s string) bool {
	return len(s) == 64 && strings.Trim(s, "0123456789abcdef") == ""
}
