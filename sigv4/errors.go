package sigv4

import (
	"errors"
	"fmt"
)

// Kind says what was wrong with a request's authentication.
type Kind uint8

// The kinds. AWS's name for each depends on the service; authn chooses it.
const (
	// Missing: nothing of Signature Version 4 is in the request.
	Missing Kind = iota + 1
	// Incomplete: a part of the authentication is absent.
	Incomplete
	// Malformed: a part of the authentication is doubled or not well formed.
	Malformed
	// BadCredential: the credential is not keyid/date/region/service/term.
	BadCredential
	// Both: header and query authentication in one request.
	Both
	// BadAlgorithm: another algorithm than AWS4-HMAC-SHA256.
	BadAlgorithm
	// NoDate: neither X-Amz-Date nor Date is there.
	NoDate
	// BadDate: the date is not ISO 8601 basic format.
	BadDate
	// BadExpires: X-Amz-Expires is not a number from 1 to 604800.
	BadExpires
	// Expired: signed more than 15 minutes ago, or a presigned URL past its time.
	Expired
	// NotYet: signed more than 15 minutes in the future.
	NotYet
	// BadScope: the credential scope names another region or service than the
	// request is for.
	BadScope
	// BadDay: the date of the credential scope is not that of the request.
	BadDay
	// BadTerminator: the credential scope ends in another word than aws4_request.
	BadTerminator
	// UnsignedHost: the Host header is not among the signed headers.
	UnsignedHost
	// UnsignedHeader: an x-amz-* header is present and not signed.
	UnsignedHeader
	// Payload: the body is not the one that x-amz-content-sha256 declares.
	Payload
	// PayloadForm: x-amz-content-sha256 is of a form that is not accepted here.
	PayloadForm
	// NoPayloadHash: a request to S3 without x-amz-content-sha256.
	NoPayloadHash
	// NoLength: an aws-chunked body without a valid x-amz-decoded-content-length.
	NoLength
	// Framing: the body is not in the framing aws-chunked, or ends before its end.
	Framing
	// ChunkSize: a chunk that is not the last is too small.
	ChunkSize
	// Length: the body is not as long as x-amz-decoded-content-length.
	Length
	// Announcement: x-amz-trailer is no list of names, or there must be none.
	Announcement
	// Trailer: the trailers are malformed, or not those that were announced.
	Trailer
	// TooLarge: a bound of this package was passed.
	TooLarge
	// Mismatch: the signature is another than the one calculated here.
	Mismatch
)

// Error is every failure of this package.
type Error struct {
	Kind    Kind
	Message string // AWS's sentence, fit for the caller's eyes

	Got   string            // the offending value, for S3's own sentences; "" for most kinds
	Want  string            // what belongs there
	Facts map[string]string // further elements of S3's error document; nil for most kinds

	// CanonicalRequest and StringToSign are what the server calculated.
	// Set for Mismatch only, and not for requests with large headers; made of
	// what the caller sent, nothing secret.
	CanonicalRequest string
	StringToSign     string
}

func (e *Error) Error() string { return e.Message }

// Is makes errors.Is(err, ErrNone) true for every error of kind Missing.
func (e *Error) Is(target error) bool {
	t, ok := target.(*Error)
	return ok && t.Kind == Missing && e.Kind == Missing
}

// Detail is the message with the canonical request and string to sign
// appended, as DynamoDB and STS print them.
func (e *Error) Detail() string {
	if e.CanonicalRequest == "" {
		return e.Message
	}
	return e.Message + "\n\nThe Canonical String for this request should have been\n'" + e.CanonicalRequest +
		"'\n\nThe String-to-Sign should have been\n'" + e.StringToSign + "'\n"
}

// ErrNone is returned by Parse for a request without Signature Version 4.
var ErrNone error = &Error{Kind: Missing, Message: "Request is missing Authentication Token"}

// KindOf returns the kind of err, 0 when err is none of this package.
func KindOf(err error) Kind {
	var e *Error
	if errors.As(err, &e) {
		return e.Kind
	}
	return 0
}

func fail(k Kind, format string, args ...any) *Error {
	return &Error{Kind: k, Message: fmt.Sprintf(format, args...)}
}

// AWS's sentence for a signature that does not match.
const mismatch = "The request signature we calculated does not match the signature you provided. " +
	"Check your AWS Secret Access Key and signing method. Consult the service documentation for details."

// shorten keeps echoed input from filling logs and answers.
func shorten(s string) string {
	const most = 300
	if len(s) <= most {
		return s
	}
	return s[:most] + "..."
}
