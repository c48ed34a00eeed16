package sigv4

import (
	"strings"
	"time"
)

const (
	algorithm  = "AWS4-HMAC-SHA256"
	terminator = "aws4_request"
	isoBasic   = "20060102T150405Z"

	// Skew is how far a signer's clock may be from the server's.
	Skew = 15 * time.Minute
	// MaxExpires is the longest life of a presigned URL: a week.
	MaxExpires = 7 * 24 * time.Hour
)

// UnsignedPayload is the payload hash of a body that is not signed.
const UnsignedPayload = "UNSIGNED-PAYLOAD"

// Bounds on what a sender may make the server parse before it has proved
// anything.
const (
	maxAuthorization = 16 << 10 // bytes of an Authorization header
	maxQuery         = 64 << 10 // bytes of a raw query
	maxParameters    = 1000     // query parameters
	maxSignedHeaders = 128      // names in SignedHeaders
	maxCanonical     = 256 << 10
	maxToken         = 16 << 10 // bytes of a session token
)

// Signature is what a request claims about its signer. See the package
// comment for the order of the checks.
type Signature struct {
	AccessKeyID string
	Date        string // YYYYMMDD of the credential scope
	Region      string
	Service     string

	Time          time.Time // of X-Amz-Date or Date, UTC
	SignedHeaders []string  // lower case, ascending
	SessionToken  string    // X-Amz-Security-Token, "" for long-term keys

	// Presigned is true when the query string carries the signature.
	Presigned bool
	// Expires is the life of a presigned URL; 0 when it names none, which
	// then is as long-lived as a header signature.
	Expires time.Duration

	// PayloadHash is x-amz-content-sha256 as declared (header or query), or
	// UNSIGNED-PAYLOAD for a presigned S3 URL that declares none, or "".
	PayloadHash string

	// Signature is the claimed signature, 64 lower-case hex digits when well
	// formed. The seed of the first chunk of a STREAMING-* body.
	Signature string

	signedHeaders string // as sent
	timeOK        bool
	scopeOK       bool
	verified      bool
	policy        string // of a form: base64
}

// Scope is the credential scope: date/region/service/aws4_request.
func (s *Signature) Scope() string {
	return s.Date + "/" + s.Region + "/" + s.Service + "/" + terminator
}

// CheckTime refuses signatures outside their time: 15 minutes on either side
// of now for the header, from 15 minutes before its date until X-Amz-Expires
// after it for a presigned URL.
func (s *Signature) CheckTime(now time.Time) error {
	s.timeOK = false
	now = now.UTC().Truncate(time.Second)
	at := func(t time.Time) string { return t.Format(isoBasic) }
	if s.Time.Sub(now) > Skew {
		return fail(NotYet, "Signature not yet current: %s is still later than %s (%s + 15 min.)",
			at(s.Time), at(now.Add(Skew)), at(now))
	}
	life := Skew
	if s.Expires > 0 {
		life = s.Expires
	}
	if now.Sub(s.Time) > life {
		return fail(Expired, "Signature expired: %s is now earlier than %s (%s - %s)",
			at(s.Time), at(now.Add(-life)), at(now), minutes(life))
	}
	s.timeOK = true
	return nil
}

func minutes(d time.Duration) string {
	if d%time.Minute == 0 {
		return itoa(int(d/time.Minute)) + " min."
	}
	return itoa(int(d/time.Second)) + " sec."
}

// CheckScope refuses a credential scope for another region than region ("" is
// any) or a service that is none of services (none given is any).
func (s *Signature) CheckScope(region string, services ...string) error {
	s.scopeOK = false
	var say strings.Builder
	if s.Region == "" || region != "" && s.Region != region {
		say.WriteString("Credential should be scoped to a valid region, not '" + shorten(s.Region) + "'. ")
	}
	ok := len(services) == 0 && s.Service != ""
	for _, name := range services {
		ok = ok || s.Service == name
	}
	if !ok {
		want := "service"
		if len(services) > 0 {
			want = services[0]
		}
		say.WriteString("Credential should be scoped to correct service: '" + want + "'. ")
	}
	if say.Len() > 0 {
		return &Error{Kind: BadScope, Message: say.String()}
	}
	s.scopeOK = true
	return nil
}
