package sigv4

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

func itoa(i int) string { return strconv.Itoa(i) }

// Parse finds the signature of a request, in its Authorization header or its
// query string, and checks its form. It returns ErrNone when there is neither
// (a Bearer token counts as neither), and an *Error for everything malformed.
// Parse proves nothing: see the package comment.
func Parse(r *http.Request) (*Signature, error) {
	if len(r.URL.RawQuery) > maxQuery {
		return nil, fail(TooLarge, "The query string is longer than %d bytes.", maxQuery)
	}
	auth := r.Header["Authorization"]
	if len(auth) > 1 {
		return nil, fail(Malformed, "Request has more than one Authorization header.")
	}
	q, found, err := findQueryAuth(r.URL.RawQuery)
	if err != nil {
		return nil, err
	}
	if found {
		if len(auth) == 1 {
			return nil, fail(Both, "Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' as HTTP header.")
		}
		return parseQuery(r, &q)
	}
	if len(auth) == 0 {
		if q.legacy {
			return nil, errLegacy() // not anonymous: the sender believes to be someone
		}
		return nil, ErrNone
	}
	return parseHeader(r, auth[0])
}

// finish checks what header and query authentication have in common.
func (s *Signature) finish(r *http.Request, credential, date string) (*Signature, error) {
	var ok bool
	if s.Time, ok = parseDate(date); !ok {
		return nil, fail(BadDate,
			"Date must be in ISO-8601 'basic format'. Got '%s'. See http://en.wikipedia.org/wiki/ISO_8601", shorten(date))
	}
	if len(s.SessionToken) > maxToken {
		return nil, fail(TooLarge, "X-Amz-Security-Token is longer than %d bytes.", maxToken)
	}
	if err := s.parseSignedHeaders(); err != nil {
		return nil, err
	}
	if err := s.checkSigned(r.Header); err != nil {
		return nil, err
	}
	if err := s.parseCredential(credential, date); err != nil {
		return nil, err
	}
	if s.Service != "s3" {
		return s, nil
	}
	switch {
	case s.Presigned && s.Expires == 0:
		return nil, fail(Incomplete, "AWS query-string parameters must include 'X-Amz-Expires'. Re-examine the query-string parameters.")
	case s.Presigned && s.PayloadHash == "":
		s.PayloadHash = UnsignedPayload
	case s.PayloadHash == "":
		return nil, fail(NoPayloadHash, "Missing required header for this request: x-amz-content-sha256")
	}
	return s, nil
}

// parseDate reads ISO 8601 basic format, or the RFC 1123 form of a Date
// header. time.Parse alone would let fractions of seconds through.
func parseDate(s string) (time.Time, bool) {
	switch len(s) {
	case len(isoBasic):
		return parseBasic(s)
	case len(http.TimeFormat):
		t, err := time.Parse(http.TimeFormat, s)
		return t, err == nil
	}
	return time.Time{}, false
}

// parseBasic reads isoBasic, as time.Parse does and in a tenth of the time: every
// request has one.
func parseBasic(s string) (time.Time, bool) {
	year, month, day := digits(s[0:4]), digits(s[4:6]), digits(s[6:8])
	hour, minute, second := digits(s[9:11]), digits(s[11:13]), digits(s[13:15])
	if s[8] != 'T' || s[15] != 'Z' || min(year, month, day, hour, minute, second) < 0 || hour > 23 || minute > 59 || second > 59 {
		return time.Time{}, false
	}
	t := time.Date(year, time.Month(month), day, hour, minute, second, 0, time.UTC)
	return t, int(t.Month()) == month && t.Day() == day // no 31st of June, which Date takes for the 1st of July
}

// appendBasic is AppendFormat with isoBasic, for times of four-digit years.
func appendBasic(b []byte, t time.Time) []byte {
	t = t.UTC()
	year, month, day := t.Date()
	hour, minute, second := t.Clock()
	b = appendTwo(appendTwo(appendTwo(appendTwo(b, year/100), year%100), int(month)), day)
	b = appendTwo(appendTwo(appendTwo(append(b, 'T'), hour), minute), second)
	return append(b, 'Z')
}

func appendTwo(b []byte, n int) []byte { return append(b, byte('0'+n/10%10), byte('0'+n%10)) }

// digits is the number that s shows, -1 if it has anything but digits.
func digits(s string) (n int) {
	for _, c := range []byte(s) {
		if c < '0' || c > '9' {
			return -1
		}
		n = 10*n + int(c-'0')
	}
	return n
}

func (s *Signature) parseCredential(credential, date string) error {
	if strings.Count(credential, "/") != 4 {
		return fail(BadCredential,
			"Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got '%s'",
			shorten(credential))
	}
	var end, rest string
	s.AccessKeyID, rest, _ = strings.Cut(credential, "/")
	s.Date, rest, _ = strings.Cut(rest, "/")
	s.Region, rest, _ = strings.Cut(rest, "/")
	s.Service, end, _ = strings.Cut(rest, "/")
	if !plain(credential) || s.AccessKeyID == "" || len(s.AccessKeyID) > 128 {
		return fail(BadCredential, "Credential has no well-formed access key id, got %q", shorten(credential))
	}
	if end != terminator {
		return &Error{
			Kind: BadTerminator, Got: shorten(end),
			Message: "Credential should be scoped with a valid terminator: 'aws4_request', not '" + shorten(end) + "'. ",
		}
	}
	var day [16]byte
	if string(appendBasic(day[:0], s.Time)[:8]) != s.Date {
		e := fail(BadDay,
			"Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '%s' != '%s', from '%s'. ",
			shorten(s.Date), s.Time.Format("20060102"), shorten(date))
		e.Got, e.Want = shorten(s.Date), s.Time.Format("20060102")
		return e
	}
	return nil
}

// plain accepts visible ASCII. Credentials from a query string may hold any
// byte, and these end up in map keys, logs and lines of the string to sign.
func plain(s string) bool {
	for i := range len(s) {
		if s[i] <= ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}
