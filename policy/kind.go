package policy

import "strconv"

// A Kind is where a document is attached. It decides the grammar, the size limit and the sentences of errors.
type Kind int

// The kinds of documents.
const (
	Identity        Kind = iota // inline policy of a user, group or role
	Managed                     // managed policy, AWS's or the customer's
	Trust                       // trust policy of a role (AssumeRolePolicyDocument)
	Resource                    // policy of a bucket, table, function
	Session                     // passed to AssumeRole* or set by Cognito for guests
	Boundary                    // a managed policy read as a permissions boundary
	Simulated                   // given to the policy simulator, which takes longer ones than can be attached
	ResourceControl             // resource control policy of an organization
)

// maxText is the longest text that is looked at, in bytes, whitespace included; the limits of AWS do not count whitespace.
const maxText = 128 << 10

var kindNames = [...]string{"identity", "managed", "trust", "resource", "session", "boundary", "simulated", "resource control"}

// String returns the kind in lower case: "identity", "managed", "trust" and so on.
func (k Kind) String() string {
	if k < 0 || int(k) >= len(kindNames) {
		return "Kind(" + strconv.Itoa(int(k)) + ")"
	}
	return kindNames[k]
}

// Limit is the largest Size of a document of this kind, in characters. Identity gives the limit of a role; the totals over
// all inline policies of a user (2,048), group (5,120) or role (10,240) are the caller's to sum up.
//
// Source: IAM User Guide, "IAM and AWS STS quotas"; AWS Organizations User Guide, "Quotas"; 20 KB for resource policies is the
// limit of S3 and DynamoDB.
func (k Kind) Limit() int {
	switch k {
	case Managed, Boundary:
		return 6144
	case Trust, Session:
		return 2048
	case Resource:
		return 20 << 10
	case ResourceControl:
		return 5120
	case Simulated:
		return maxText
	default:
		return 10240
	}
}

// named reports whether documents of this kind name principals. A resource control policy has to say that it means everyone, and
// so names nobody.
func (k Kind) named() bool { return k == Trust || k == Resource }

// Size counts the characters of a policy document without whitespace, as AWS does against its limits.
func Size(text string) int {
	n := 0
	for _, r := range text {
		if r != ' ' && r != '\t' && r != '\n' && r != '\r' {
			n++
		}
	}
	return n
}
