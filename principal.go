package bailiwick

import (
	"strings"
	"time"

	"github.com/bailiwick-project/bailiwick/policy"
)

// A Principal is who is asking. The embedded policy.Principal is what policies
// see; the rest is what the system remembers of the credential.
type Principal struct {
	policy.Principal
	Name    string   // name of the IAM user or of the role, without its path
	Session *Session // temporary credentials; nil for root, users and anonymous
}

// Anonymous is the caller that presented no credential.
func Anonymous() Principal {
	return Principal{Principal: policy.Principal{Type: policy.Anonymous, ARN: "anonymous", Account: "anonymous"}}
}

// A Session is what temporary credentials carry. It travels inside the session
// token, so that any node can open it without storage.
type Session struct {
	Account        string              `json:"account"`
	RoleARN        string              `json:"role"`   // arn:aws:iam::ACCOUNT:role/path/NAME
	RoleID         string              `json:"roleId"` // AROA...: a role made anew under the same name is another role
	Name           string              `json:"name"`   // RoleSessionName
	Tags           map[string]string   `json:"tags,omitempty"`
	TransitiveKeys []string            `json:"transitive,omitempty"`
	Policy         string              `json:"policy,omitempty"`     // inline session policy
	PolicyARNs     []string            `json:"policyArns,omitempty"` // managed session policies
	Provider       string              `json:"provider,omitempty"`   // aws:FederatedProvider
	WebIdentity    map[string][]string `json:"web,omitempty"`        // aud, sub, amr of the provider
	SourceIdentity string              `json:"sourceIdentity,omitempty"`
	Issued         time.Time           `json:"iat"`
	Expires        time.Time           `json:"exp"`
	Self           *Self               `json:"self,omitempty"` // of GetSessionToken; nil: the session of a role
}

// A Self is the user, or root, who took a session of its own: it remains who it
// is, and the session has no role.
type Self struct {
	Type policy.PrincipalType `json:"type"` // User or Account
	ARN  string               `json:"arn"`
	ID   string               `json:"id"`             // AIDA...: a user made anew under the same name is another user
	Name string               `json:"name,omitempty"` // of the user, without its path
}

// RoleName is the last part of the role's path.
func (s *Session) RoleName() string { return s.RoleARN[strings.LastIndexByte(s.RoleARN, '/')+1:] }

// ARN is the session as messages name it; the path of the role is dropped.
func (s *Session) ARN() string {
	if s.Self != nil {
		return s.Self.ARN
	}
	return "arn:aws:sts::" + s.Account + ":assumed-role/" + s.RoleName() + "/" + s.Name
}

// Principal is the caller that presents the credentials of this session.
func (s *Session) Principal() Principal {
	if u := s.Self; u != nil {
		return Principal{Principal: policy.Principal{Type: u.Type, ARN: u.ARN, ID: u.ID, Account: s.Account}, Name: u.Name, Session: s}
	}
	return Principal{
		Principal: policy.Principal{
			Type: policy.AssumedRole, ARN: s.ARN(), RoleARN: s.RoleARN, ID: s.RoleID + ":" + s.Name, Account: s.Account,
		},
		Name:    s.RoleName(),
		Session: s,
	}
}

// A Secret is printed as *** wherever it is formatted or logged.
type Secret string

func (Secret) String() string { return "***" }

// GoString keeps the secret out of %#v.
func (Secret) GoString() string { return "***" }

// MarshalText keeps the secret out of JSON and structured logs.
func (Secret) MarshalText() ([]byte, error) { return []byte("***"), nil }

// Reveal returns the text of the secret.
func (s Secret) Reveal() string { return string(s) }

// A Credential is an access key and the principal it speaks for.
type Credential struct {
	AccessKeyID  string
	Secret       Secret
	SessionToken string    // temporary credentials only
	Expires      time.Time // temporary credentials only
	Principal    Principal
}
