package policy

import (
	"strings"

	"github.com/bailiwick-project/bailiwick/arn"
)

// A PrincipalType says what kind of caller asks.
type PrincipalType string

// The types of principals; all but WebIdentity are values of aws:PrincipalType.
const (
	Anonymous     PrincipalType = "Anonymous"     // not authenticated
	Account       PrincipalType = "Account"       // the root user of an account
	User          PrincipalType = "User"          // an IAM user
	AssumedRole   PrincipalType = "AssumedRole"   // a session of a role
	FederatedUser PrincipalType = "FederatedUser" // a session of GetFederationToken
	Service       PrincipalType = "Service"       // an AWS service
	WebIdentity   PrincipalType = "WebIdentity"   // the bearer of a provider's token, who has no role yet
)

// A Principal is who asks.
type Principal struct {
	Type      PrincipalType
	ARN       string // of the user, session, federated user, or account root
	RoleARN   string // of the role, with its path, for AssumedRole
	ID        string // as in aws:userid: AIDA..., AROA...:session
	Account   string // twelve digits
	Federated string // the provider, for WebIdentity: "cognito-identity.amazonaws.com" or its ARN
	Service   string // for Service: "lambda.amazonaws.com"
}

// A grant is how a resource policy names a principal. It decides which other policies still limit what is granted.
type grant uint8

const (
	byAccount  grant = iota // the whole account: its own policies decide further
	byEveryone              // "*"
	byRole                  // the role: boundary and session policies still limit
	directly                // this very user, session, service or token
	noGrant
)

type principalKind uint8

const (
	everyone principalKind = iota
	account
	user // also roles, sessions, federated users: compared with the ARN
	role
	uniqueID
	service
	federated
	canonical
)

// A principalTest is one compiled PrincipalEntry.
type principalTest struct {
	kind    principalKind
	value   string // ARN, unique id, provider, service
	account string
}

// newPrincipalTest compiles an entry, if such a principal can exist.
//
// Source: IAM User Guide, "AWS JSON policy elements: Principal".
func newPrincipalTest(p PrincipalEntry) (t principalTest, ok bool) {
	t.value = p.Value
	switch p.Type {
	case "*":
		return t, p.Value == "*"
	case "AWS":
		return newAWSPrincipal(p.Value)
	case "Service":
		t.kind = service
		return t, strings.Contains(p.Value, ".") && !strings.ContainsAny(p.Value, "*?$: ")
	case "Federated":
		t.kind = federated
		return t, p.Value != "" && !strings.ContainsAny(p.Value, "*?$ ")
	case "CanonicalUser": // accepted as S3 does; no principal here has such an id, so it matches nobody
		t.kind = canonical
		return t, p.Value != "" && !strings.ContainsFunc(p.Value, notAlphanumeric)
	}
	return t, false
}

func newAWSPrincipal(v string) (t principalTest, ok bool) {
	t.value = v
	switch {
	case v == "*":
		return t, true
	case isAccount(v):
		t.kind, t.account = account, v
		return t, true
	case len(v) >= 16 && (strings.HasPrefix(v, "AIDA") || strings.HasPrefix(v, "AROA")):
		t.kind = uniqueID
		return t, !strings.ContainsFunc(v, notAlphanumeric)
	}
	a, err := arn.Parse(v)
	if err != nil || a.Region != "" || strings.ContainsAny(v, "*?$") || !isAccount(a.Account) && a.Account != "cloudfront" {
		return t, false
	}
	kind, name, _ := strings.Cut(a.Resource, "/")
	switch {
	case a.Service == "iam" && a.Resource == "root":
		t.kind, t.account, t.value = account, a.Account, "arn:"+a.Partition+":"
		return t, isAccount(a.Account)
	case a.Service == "iam" && kind == "role":
		t.kind = role
	case a.Service == "iam" && kind == "user", a.Service == "sts" && kind == "federated-user":
		t.kind = user
	case a.Service == "sts" && kind == "assumed-role":
		t.kind = user
		return t, strings.Count(name, "/") == 1 && !strings.HasSuffix(name, "/") && name[0] != '/'
	default:
		return t, false
	}
	return t, name != "" && !strings.HasSuffix(name, "/")
}

func isAccount(s string) bool { return len(s) == 12 && digits(s) }

// match says how the entry names p, or noGrant. Everything is compared exactly.
func (t *principalTest) match(p *Principal) grant {
	aws := p.Type == User || p.Type == AssumedRole || p.Type == FederatedUser || p.Type == Account
	switch t.kind {
	case everyone:
		return byEveryone
	case account:
		if !aws || t.account != p.Account || strings.HasPrefix(t.value, "arn:") && !strings.HasPrefix(p.ARN, t.value) {
			return noGrant
		}
		if p.Type == Account {
			return directly
		}
		return byAccount
	case user:
		if aws && p.Type != Account && t.value == p.ARN {
			return directly
		}
	case role:
		if p.Type == AssumedRole && t.value == p.RoleARN {
			return byRole
		}
	case uniqueID:
		return t.matchID(p)
	case service:
		if p.Type == Service && t.value == p.Service {
			return directly
		}
	case federated:
		if p.Type == WebIdentity && t.value == p.Federated {
			return directly
		}
	}
	return noGrant
}

// matchID: a user deleted and made again under the same name has another id, and is not who the policy meant.
func (t *principalTest) matchID(p *Principal) grant {
	switch {
	case p.Type == User && t.value == p.ID:
		return directly
	case p.Type == AssumedRole && len(p.ID) > len(t.value) && p.ID[len(t.value)] == ':' && strings.HasPrefix(p.ID, t.value):
		return byRole
	}
	return noGrant
}

// spared reports whether a Deny with NotPrincipal leaves p alone. It must name all that p is: a session with its role and its
// account, a user with its account; naming the role alone does not spare its sessions.
func spared(tests []principalTest, p *Principal) bool {
	var has [noGrant]bool
	for i := range tests {
		if g := tests[i].match(p); g != noGrant {
			has[g] = true
		}
	}
	switch {
	case has[byEveryone]:
		return true
	case p.Type == AssumedRole:
		return has[directly] && has[byRole] && has[byAccount]
	case p.Type == User, p.Type == FederatedUser:
		return has[directly] && has[byAccount]
	}
	return has[directly]
}
