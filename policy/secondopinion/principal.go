package secondopinion

import "strings"

// The types of callers; a request has one of them.
const (
	Anonymous     = "Anonymous"
	Account       = "Account" // the root user
	User          = "User"
	AssumedRole   = "AssumedRole"
	FederatedUser = "FederatedUser"
	Service       = "Service"
	WebIdentity   = "WebIdentity" // has a token of a provider, and no role yet
)

// A Caller is who asks.
type Caller struct {
	Type     string
	ARN      string // of the user, session, federated user or account root
	Role     string // ARN of the role, for AssumedRole
	ID       string // AIDA..., or AROA...:session
	Account  string
	Provider string // for WebIdentity
	Service  string // for Service
}

// A principal is one entry of Principal: what stands before the colon, "AWS"
// also for the bare "*", and one value.
type principal struct{ kind, value string }

// A grant says how directly a resource's policy names a caller; the more
// direct, the fewer of the caller's own policies limit what it allows.
type grant int

const (
	unnamed  grant = iota
	account        // by the account, which is left to the identity policies
	role           // by the role of a session, which boundary and session policies still limit
	directly       // by the caller's own ARN, or with everyone
)

// names tells how an entry means a caller.
//
// Source: IAM User Guide, "AWS JSON policy elements: Principal".
func (p principal) names(c Caller) grant {
	switch {
	case p.kind == "Service" && c.Type == Service && p.value == c.Service,
		p.kind == "Federated" && c.Type == WebIdentity && p.value == c.Provider:
		return directly
	case p.kind != "AWS":
		return unnamed
	case p.value == "*":
		return directly
	case c.Type == Anonymous || c.Type == Service || c.Type == WebIdentity:
		return unnamed
	case p.value == c.Account || p.value == c.partition()+":iam::"+c.Account+":root":
		if c.Type == Account {
			return directly
		}
		return account
	case c.Type == AssumedRole && p.isRole(c):
		return role
	case p.value == c.ARN, c.Type == User && p.value == c.ID:
		return directly
	}
	return unnamed
}

// partition is the beginning of the caller's ARN: "arn:aws".
func (c Caller) partition() string {
	return strings.Join(strings.SplitN(c.ARN, ":", 3)[:min(2, strings.Count(c.ARN, ":"))], ":")
}

// isRole tells whether the entry is the role of a session: by its ARN, or by
// the unique id that keeps a role made again from being the old one.
func (p principal) isRole(c Caller) bool {
	id, _, _ := strings.Cut(c.ID, ":")
	return p.value == c.Role || p.value == id
}

// listed tells whether NotPrincipal lists a caller. A session is listed only
// together with its role and its account, a user together with its account:
// the account is a principal too, and denied if it is not listed.
//
// Source: IAM User Guide, "AWS JSON policy elements: NotPrincipal".
func listed(entries []principal, c Caller) bool {
	var named [directly + 1]bool
	for _, p := range entries {
		if p.kind == "AWS" && p.value == "*" {
			return true
		}
		named[p.names(c)] = true
	}
	switch c.Type {
	case AssumedRole:
		return named[directly] && named[role] && named[account]
	case User, FederatedUser:
		return named[directly] && named[account]
	}
	return named[directly]
}
