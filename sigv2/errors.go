package sigv2

import "fmt"

// Kind says what was wrong with a request's authentication.
type Kind uint8

// The kinds. S3's code for each is chosen by authn.
const (
	// Missing: nothing of Signature Version 2 is in the request.
	Missing Kind = iota + 1
	// Incomplete: a part of the authentication is absent.
	Incomplete
	// Malformed: something is doubled, in another case or not well formed.
	Malformed
	// Both: the request is signed in another way, too.
	Both
	// BadExpires: Expires is no number of seconds.
	BadExpires
	// Expired: the URL is past its time.
	Expired
	// Unsigned: a parameter that decides something and is not signed.
	Unsigned
	// PayloadForm: x-amz-content-sha256 is of a form that is not accepted here.
	PayloadForm
	// TooLarge: a bound of this package was passed.
	TooLarge
	// Mismatch: the signature is another than the one calculated here.
	Mismatch
)

// Error is every failure of this package.
type Error struct {
	Kind    Kind
	Message string // fit for the caller's eyes
	Got     string // the offending name or value; "" for most kinds

	// StringToSign is what the server calculated. Set for Mismatch only, unless it
	// is very long; made of what the caller sent, nothing secret.
	StringToSign string
}

func (e *Error) Error() string { return e.Message }

// Is makes errors.Is(err, ErrNone) true for every error of kind Missing.
func (e *Error) Is(target error) bool {
	t, ok := target.(*Error)
	return ok && t.Kind == Missing && e.Kind == Missing
}

// ErrNone is returned by Parse and ParsePost for what has no Signature Version 2.
var ErrNone error = &Error{Kind: Missing, Message: "Request is missing Authentication Token"}

func fail(k Kind, format string, args ...any) *Error {
	return &Error{Kind: k, Message: fmt.Sprintf(format, args...)}
}

func about(k Kind, got, format string, args ...any) *Error {
	e := fail(k, format, args...)
	e.Got = shorten(got)
	return e
}

// shorten keeps echoed input from filling logs and answers.
func shorten(s string) string {
	const most = 300
	if len(s) <= most {
		return s
	}
	return s[:most] + "..."
}
