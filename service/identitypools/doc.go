// Package identitypools is Amazon Cognito identity pools (federated identities),
// API version 2014-06-30: it turns a login into an identity, and an identity into
// AWS credentials.
//
// Dear newcomer: follow one user.
//
//	login.go        a token of Logins is verified and bound to a provider AND client of the pool
//	identity.go     the login finds its identity, for ever the same one; guests get a new one
//	admission.go    who may speak for an identity that a request names
//	selection.go    which role the pool gives: claims, rules, default
//	principaltag.go claims become principal tags
//	credentials.go  the role's trust policy decides (RoleAssumer, implemented by sts)
//	developer.go    users that the backend of an application vouches for
//	opentoken.go    the basic flow: the same as a signed token, for AssumeRoleWithWebIdentity
//
// What must hold: a login never reaches an identity that is not its own, an
// identity with logins is never handed out without one, and nothing that a token
// says becomes a tag that it could not be at AWS. The rest is administration:
// pool.go, roles.go, tagmap.go, tags.go, directory.go.
//
// Differences from AWS: tokens of user pools and tokens of this service itself are
// the only logins that are verified; other providers can be configured and their
// logins are refused. Identities are merged by MergeDeveloperIdentities alone:
// elsewhere, where AWS would make two into one, the request is refused. A token of
// this service buys credentials, but no new token.
//
// Sources: Amazon Cognito Federated Identities API Reference; Cognito developer
// guide, "Identity pools authentication flow", "Using role-based access control",
// "Using attributes for access control".
package identitypools

//go:generate go run -C ../../tools ./shapegen -model ../models/cognito-identity.json -dir ../service/identitypools
