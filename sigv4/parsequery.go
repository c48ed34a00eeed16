package sigv4

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// queryAuth holds the decoded authentication parameters of a query string.
type queryAuth struct {
	algorithm, credential, date, expires, signed, signature, token, sha256 *string

	legacy bool // AWSAccessKeyId, of Signature Version 2
}

// findQueryAuth looks for authentication parameters. found is true when one
// that only authentication uses is there.
func findQueryAuth(raw string) (q queryAuth, found bool, err error) {
	q.legacy = strings.Contains(raw, "AWSAccessKeyId=")
	if !strings.Contains(raw, "-") && !strings.Contains(raw, "%") {
		return q, false, nil
	}
	for rest := raw; len(rest) > 0; {
		var pair string
		pair, rest, _ = strings.Cut(rest, "&")
		name, value, _ := strings.Cut(pair, "=")
		if name, err = decode(name); err != nil {
			continue // not ours; if anything is signed, canonicalization refuses it
		}
		into := q.field(name)
		if into == nil {
			if cased(name) {
				return q, false, fail(Malformed, "The query-string parameter '%s' is not in the case that its name has.", name)
			}
			continue
		}
		if *into != nil {
			return q, false, fail(Malformed, "The query-string parameter '%s' is there more than once.", name)
		}
		if value, err = decode(value); err != nil {
			return q, false, err
		}
		*into = &value
	}
	found = q.algorithm != nil || q.credential != nil || q.signed != nil || q.signature != nil || q.token != nil
	return q, found, nil
}

// cased tells of names that only readers in any case take for authentication: two
// readers must not see two signers in one request.
func cased(name string) bool {
	for _, n := range [...]string{
		"X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Date", "X-Amz-Expires", "X-Amz-SignedHeaders", "X-Amz-Signature",
		"X-Amz-Security-Token", "X-Amz-Content-Sha256",
	} {
		if strings.EqualFold(name, n) && name != n {
			return true
		}
	}
	return false
}

func badAlgorithm(name string) error {
	return &Error{Kind: BadAlgorithm, Message: "Unsupported AWS 'algorithm': '" + shorten(name) + "'.", Got: shorten(name)}
}

// errLegacy: S3's sentence for Signature Version 2.
func errLegacy() error {
	return fail(BadAlgorithm, "The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.")
}

func (q *queryAuth) field(name string) **string {
	switch name {
	case "X-Amz-Algorithm":
		return &q.algorithm
	case "X-Amz-Credential":
		return &q.credential
	case "X-Amz-Date":
		return &q.date
	case "X-Amz-Expires":
		return &q.expires
	case "X-Amz-SignedHeaders":
		return &q.signed
	case "X-Amz-Signature":
		return &q.signature
	case "X-Amz-Security-Token":
		return &q.token
	case "X-Amz-Content-Sha256":
		return &q.sha256
	}
	return nil
}

func parseQuery(r *http.Request, q *queryAuth) (*Signature, error) {
	if err := q.complete(); err != nil {
		return nil, err
	}
	if *q.algorithm != algorithm {
		return nil, badAlgorithm(*q.algorithm)
	}
	s := &Signature{Presigned: true, Signature: *q.signature, signedHeaders: *q.signed}
	var err error
	if s.Expires, err = parseExpires(q.expires); err != nil {
		return nil, err
	}
	if s.SessionToken, err = oneOf(r.Header, "X-Amz-Security-Token", q.token); err != nil {
		return nil, err
	}
	if s.PayloadHash, err = oneOf(r.Header, "X-Amz-Content-Sha256", q.sha256); err != nil {
		return nil, err
	}
	return s.finish(r, *q.credential, *q.date)
}

func (q *queryAuth) complete() error {
	var say strings.Builder
	for _, p := range [...]struct {
		name  string
		value *string
	}{
		{"X-Amz-Algorithm", q.algorithm},
		{"X-Amz-Credential", q.credential},
		{"X-Amz-Signature", q.signature},
		{"X-Amz-SignedHeaders", q.signed},
		{"X-Amz-Date", q.date},
	} {
		if p.value == nil || *p.value == "" {
			say.WriteString("AWS query-string parameters must include '" + p.name + "'. ")
		}
	}
	if say.Len() == 0 {
		return nil
	}
	say.WriteString("Re-examine the query-string parameters.")
	return &Error{Kind: Incomplete, Message: say.String()}
}

func parseExpires(v *string) (time.Duration, error) {
	if v == nil {
		return 0, nil
	}
	n, err := strconv.ParseUint(*v, 10, 32)
	switch {
	case err != nil && strings.HasPrefix(*v, "-"):
		return 0, fail(BadExpires, "X-Amz-Expires must be non-negative")
	case err != nil:
		return 0, fail(BadExpires, "X-Amz-Expires should be a number")
	case n == 0:
		return 0, fail(BadExpires, "X-Amz-Expires must be at least 1 second")
	case time.Duration(n)*time.Second > MaxExpires:
		return 0, fail(BadExpires,
			"X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less than 604800 seconds")
	}
	return time.Duration(n) * time.Second, nil
}

// oneOf takes a value that may stand in the query or in a (signed) header.
// In both places it would have two meanings.
func oneOf(h http.Header, name string, query *string) (string, error) {
	v, err := single(h, name)
	switch {
	case err != nil || query == nil:
		return v, err
	case v != "":
		return "", fail(Malformed, "Found '%s' both as a query-string param and as HTTP header.", name)
	}
	return *query, nil
}
