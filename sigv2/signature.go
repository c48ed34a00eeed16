package sigv2

import (
	"crypto/hmac"
	"crypto/sha1" //nolint:gosec // what Version 2 is made of; as a MAC it is not broken
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"strconv"
	"time"
)

// UnsignedPayload is x-amz-content-sha256 of a body that is not signed.
const UnsignedPayload = "UNSIGNED-PAYLOAD"

// Bounds on what a sender may make the server parse before it has proved anything.
const (
	maxQuery      = 64 << 10 // bytes of a raw query
	maxParameters = 1000     // of a query
	maxText       = 256 << 10
	maxKeyID      = 128
	maxToken      = 16 << 10
	maxShown      = 8 << 10 // bytes of a string to sign that an Error carries
)

// lastSecond is the last second of the year 9999, since 1970.
const lastSecond = 253402300799

// A Signature is what a request or a form claims about its signer. See the package
// comment for the order of the checks.
type Signature struct {
	AccessKeyID  string
	SessionToken string    // x-amz-security-token, "" for long-term keys
	Expires      time.Time // of a URL, UTC; zero for a form
	Signature    string    // as claimed: base64 of 20 bytes when well formed

	// PayloadHash is x-amz-content-sha256 as declared: a SHA-256 in lower-case hex
	// that the caller checks, UNSIGNED-PAYLOAD, or "" for none.
	PayloadHash string

	texts  []string // the strings to sign, of which any may be the one signed
	timeOK bool
}

// errOrder is a mistake of the calling code, and fails closed.
var errOrder = errors.New("sigv2: Verify called before CheckTime succeeded")

// CheckTime refuses a URL that has expired.
func (s *Signature) CheckTime(now time.Time) error {
	s.timeOK = now.UTC().Truncate(time.Second).Compare(s.Expires) <= 0
	if !s.timeOK {
		return fail(Expired, "Request has expired")
	}
	return nil
}

// Verify checks the signature under the secret access key of s.AccessKeyID.
func (s *Signature) Verify(secret string) error {
	if !s.timeOK || len(s.texts) == 0 || secret == "" {
		return errOrder
	}
	equal := 0
	for _, text := range s.texts {
		equal |= subtle.ConstantTimeCompare([]byte(sign(secret, text)), []byte(s.Signature))
	}
	if equal == 1 {
		return nil
	}
	e := fail(Mismatch, "The request signature we calculated does not match the signature you provided. Check your key and signing method.")
	if len(s.texts[0]) <= maxShown {
		e.StringToSign = s.texts[0]
	}
	return e
}

func sign(secret, text string) string {
	mac := hmac.New(sha1.New, []byte(secret))
	mac.Write([]byte(text))
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// claimant checks who claims to have signed. plain keeps the id from breaking
// lines of logs.
func (s *Signature) claimant() error {
	if s.AccessKeyID == "" || len(s.AccessKeyID) > maxKeyID || !plain(s.AccessKeyID) {
		return fail(Malformed, "AWSAccessKeyId is not a well-formed access key id.")
	}
	if len(s.SessionToken) > maxToken {
		return fail(TooLarge, "x-amz-security-token is longer than %d bytes.", maxToken)
	}
	return nil
}

// plain accepts visible ASCII.
func plain(s string) bool {
	for i := range len(s) {
		if s[i] <= ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

// seconds reads Expires. Only digits are accepted: the text is signed, and must
// have one reading.
func seconds(s string) (time.Time, bool) {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return time.Time{}, false
		}
	}
	n, err := strconv.ParseInt(s, 10, 64)
	return time.Unix(n, 0).UTC(), err == nil && n <= lastSecond
}
