package bailiwick

import (
	"context"
	"time"

	"github.com/bailiwick-project/bailiwick/policy"
)

// Credentials finds the secret behind a long-term access key. Implemented by iam.
// An unknown or inactive key is an Error with CodeUnknownKey.
type Credentials interface {
	Credential(ctx context.Context, accessKeyID string) (Credential, error)
}

// Attachments is everything attached to a principal: what identity policies
// allow it, what its boundary limits it to, and its tags. Any change of it
// comes with another Identity set: readers may cache by that pointer.
type Attachments struct {
	Identity *policy.Set
	Boundary *policy.Set // nil: no boundary
	Tags     map[string]string
}

// Policies looks up what is attached to a principal, live: an edit applies to
// running sessions at once. The credentials of a principal that no longer exists
// are refused: an Error with CodeUnknownKey.
// Implemented by iam.
type Policies interface {
	Attached(ctx context.Context, who Principal) (Attachments, error)
	// ManagedPolicy finds a managed policy, AWS's own included, by its ARN.
	ManagedPolicy(ctx context.Context, arn string) (*policy.Policy, error)
}

// A Role is what others may know of an IAM role.
type Role struct {
	ARN, ID, Name, Account string
	Trust                  *policy.Policy
	MaxSession             time.Duration
	Tags                   map[string]string
}

// Roles finds roles by ARN. ErrNoRole tells that there is none. Implemented by iam.
type Roles interface {
	Role(ctx context.Context, arn string) (Role, error)
}

// A WebIdentity is what a verified token of an identity provider says.
type WebIdentity struct {
	Provider       string // "cognito-identity.amazonaws.com"
	Subject        string
	Audience       string
	AMR            []string
	Tags           map[string]string // principal tags of the token
	TransitiveKeys []string
}

// WebIdentities verifies tokens that AssumeRoleWithWebIdentity is called with.
// Implemented by identitypools for the tokens it issues itself. Errors are
// Errors with the codes of STS (InvalidIdentityToken, ExpiredTokenException).
type WebIdentities interface {
	VerifyWebIdentity(ctx context.Context, token string) (WebIdentity, error)
}

// An AssumeRole is the wish of an identity pool: temporary credentials of a role
// for a web identity, decided by the role's trust policy.
type AssumeRole struct {
	RoleARN     string
	SessionName string
	Identity    WebIdentity
	Policy      string   // session policy
	PolicyARNs  []string // managed session policies
	Duration    time.Duration
}

// RoleAssumer swaps a web identity for credentials. Implemented by sts. A
// refusal is an Error with CodeAccessDenied; the decision record has the reason.
type RoleAssumer interface {
	AssumeRoleForWebIdentity(ctx context.Context, call *Call, want AssumeRole) (Credential, error)
}

// An AssumeServiceRole is the wish of a service: credentials of a role that its
// user gave it, such as a function's execution role, decided by the trust policy.
type AssumeServiceRole struct {
	RoleARN     string
	SessionName string
	Service     string // service principal: "lambda.amazonaws.com"
	SourceARN   string // aws:SourceArn of the request, "" for none
	Duration    time.Duration
}

// ServiceRoles swaps a service's name for credentials of a role. Implemented by
// sts. A refusal is an Error with CodeAccessDenied.
type ServiceRoles interface {
	AssumeRoleForService(ctx context.Context, call *Call, want AssumeServiceRole) (Credential, error)
}

// An Invocation is the wish of a service to run a function of its user's: a
// trigger of a user pool, an integration of an API.
type Invocation struct {
	Function      string // ARN, with a version or alias or without
	Payload       []byte // JSON
	Service       string // service principal: "cognito-idp.amazonaws.com"
	SourceARN     string // aws:SourceArn, such as the user pool's
	SourceAccount string // aws:SourceAccount
	Async         bool   // answer before it ran: type Event
}

// An InvocationResult is what a function answered.
type InvocationResult struct {
	Payload       []byte // JSON; of a failed function {"errorMessage", "errorType", ...}
	FunctionError string // "Unhandled" or "Handled" when the function failed, else ""
}

// Functions runs functions for services, if the function's resource policy lets
// the service. Implemented by lambda. What keeps it from running is an Error with
// Lambda's code (AccessDeniedException, ResourceNotFoundException,
// TooManyRequestsException, ...); the end of ctx is ctx.Err().
type Functions interface {
	InvokeForService(ctx context.Context, call *Call, in Invocation) (InvocationResult, error)
}

// PoolTokens verifies tokens of user pools, ID and access tokens, for API
// authorizers. Implemented by userpools. provider is as in IDTokens. The claims
// say which one it is (token_use). Signed-out tokens stay valid until they expire,
// as with AWS's authorizers. Errors are TokenErrors.
type PoolTokens interface {
	VerifyPoolToken(ctx context.Context, provider, token string) (Claims, error)
}

// IDTokens verifies ID tokens of user pools. Implemented by userpools.
// provider is the name in Logins: cognito-idp.REGION.amazonaws.com/POOL.
// The token's signature, issuer, expiry and use are checked; binding the
// audience to a client is the caller's part. Errors are TokenErrors.
type IDTokens interface {
	VerifyIDToken(ctx context.Context, provider, token string) (Claims, error)
	// Active tells whether the user of the claims is still enabled and not signed out.
	Active(ctx context.Context, provider string, claims Claims) (bool, error)
}

// Claims are the members of a verified token, numbers as json.Number.
type Claims map[string]any

// A TokenError tells why a token was refused.
type TokenError struct {
	Reason  TokenReason
	Expires time.Time // of an expired token
}

func (e *TokenError) Error() string { return "token refused: " + string(e.Reason) }

// A TokenReason is one way in which a token can be wrong.
type TokenReason string

// The reasons for which a token is refused.
const (
	TokenMalformed    TokenReason = "not a JWT"
	TokenSignature    TokenReason = "signature invalid"
	TokenExpired      TokenReason = "expired"
	TokenNotYet       TokenReason = "issued in the future"
	TokenIssuer       TokenReason = "issuer is not the provider" //nolint:gosec // a reason in words, no credential
	TokenUse          TokenReason = "not an ID token"            //nolint:gosec // a reason in words, no credential
	TokenNoProvider   TokenReason = "no such provider"
	TokenNoAudience   TokenReason = "audience is missing"
	TokenWrongSubject TokenReason = "subject is missing"
)

// ErrNoRole says that no role has the ARN.
var ErrNoRole = &Error{Code: "NoSuchEntity", Status: 404, Message: "The role cannot be found."}
