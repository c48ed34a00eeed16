package bailiwick

import (
	"fmt"
	"net/netip"
	"time"

	"github.com/bailiwick-project/bailiwick/policy"
)

// A Call is one request on its way: who asks, where, and when. Slices read it
// and change nothing but its Trail. It belongs to one goroutine.
type Call struct {
	RequestID string
	Service   string // prefix of the IAM actions, such as "dynamodb"
	Operation string
	Who       Principal
	Account   string // account of the caller; of the server for public operations
	Region    string // region of the credential scope; of the server, or of the bucket, where there is none
	Time      time.Time
	Source    netip.Addr
	UserAgent string
	Referer   string
	Host      string // that the client used, with its port; its own word, for answers only
	Secure    bool   // came over TLS
	Auth      Authentication
	Trail     Trail // why it went as it did, for the administrator
}

// An Authentication is how a request proved who sent it: the zero value is not
// at all.
type Authentication struct {
	Type        AuthType
	Version     string    // of the signature: SignatureV4 or SignatureV2
	Signed      time.Time // by the request's own date; zero with SignatureV2, which has none
	Region      string    // of the credential scope; "" with SignatureV2: no claim
	PayloadHash string    // x-amz-content-sha256 as the client declared it, "" for none
	AccessKeyID string
}

// A Signer is who signed a request, and how.
type Signer struct {
	Who  Principal
	Auth Authentication
}

// An AuthType is where a signature was found, in the words of s3:authType.
// Source: Amazon S3 API Reference, "Amazon S3 signature version 4 policy keys".
type AuthType string

// The places of a signature.
const (
	AuthHeader AuthType = "REST-HEADER"
	AuthQuery  AuthType = "REST-QUERY-STRING"
	AuthPost   AuthType = "POST" // a form's policy document
)

// The versions of a signature, in the words of s3:signatureversion.
const (
	SignatureV4 = "AWS4-HMAC-SHA256"
	SignatureV2 = "AWS" // presigned URLs and forms of S3
)

// A Trail is what is remembered of a call for whoever asks why: each decision
// as it was taken, and what the services say beside it. The layers and requests
// are immutable, so that the full explanation can be made when it is asked for.
type Trail struct {
	Judgements []Judgement
	Notes      []string
	Owner      string // account whose resources the call is about, as far as Concerns was told; "" if not
}

// Concerns says whose resources a call is about. Of a public call the administrators
// of that account, and no others, may ask why it went as it did; those of a caller
// of another account are not told what stands behind the resources.
func (c *Call) Concerns(account string) { c.Trail.Owner = account }

// Asker is the account whose administrators may ask why: the caller's own, and
// for public calls that of the resources.
func (c *Call) Asker() string {
	if c.Who.Type == policy.Anonymous && c.Trail.Owner != "" {
		return c.Trail.Owner
	}
	return c.Account
}

// Abroad tells whether the call is about resources of another account than that
// whose administrators may ask why.
func (c *Call) Abroad() bool { return c.Trail.Owner != "" && c.Trail.Owner != c.Asker() }

// A Judgement is one decision of the policy engine with all that it saw.
type Judgement struct {
	Layers   *policy.Layers
	Request  *policy.Request
	Decision policy.Decision
}

// Limits of a Trail: a batch asks about many tables, an attacker about more.
const (
	maxJudgements = 128
	maxNotes      = 32
	maxNote       = 2048
)

// Judged remembers a decision. A refusal is what somebody will ask about: it takes
// the place of the last one, if there is no more.
func (c *Call) Judged(j Judgement) {
	switch {
	case len(c.Trail.Judgements) < maxJudgements:
		c.Trail.Judgements = append(c.Trail.Judgements, j)
	case !j.Decision.Allowed():
		c.Trail.Judgements[maxJudgements-1] = j
	}
}

// Note remembers a sentence for the administrator, such as why a token was
// refused. It never reaches the caller. Notes carry no secrets.
func (c *Call) Note(format string, args ...any) {
	if len(c.Trail.Notes) >= maxNotes {
		return
	}
	note := fmt.Sprintf(format, args...)
	if len(note) > maxNote {
		note = note[:maxNote] + "..."
	}
	c.Trail.Notes = append(c.Trail.Notes, note)
}
