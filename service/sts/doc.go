// Package sts is the AWS Security Token Service, API version 2011-06-15: it
// swaps what a caller is for temporary credentials of a role.
//
// Dear newcomer: nothing is stored here. Whether a role may be assumed is
// decided by its trust policy, which is handed to package authz as the policy of
// the resource; what comes out is a bailiwick.Session, sealed by session.Ring
// into the credentials themselves. Three doors lead in:
//
//	AssumeRole                  assume.go       a signed caller, with tags and policies of its choice
//	AssumeRoleWithWebIdentity   webidentity.go  anyone with a token; identity pools use the inside of it
//	GetSessionToken             owntoken.go     a user or root, who stays who he is
//
// What a session must never gain on the way: tags that its predecessor was not
// allowed to change (tags.go), more than its session policies allow (packing.go),
// more time than the role or the chain has (duration.go).
//
// Differences from AWS: AssumeRoleWithSAML, GetFederationToken,
// AssumeRoot, GetDelegatedAccessToken and GetWebIdentityToken are not here; web
// identities are those that the WebIdentities seam verifies (tokens of identity
// pools); there are no MFA devices, so SerialNumber and TokenCode are refused;
// how much space policies and tags are allotted is our own measure, because AWS
// does not disclose its.
//
// Sources: AWS STS API Reference; IAM User Guide, "Pass session tags in AWS STS",
// "Roles terms and concepts", "Monitor and control actions taken with assumed roles".
package sts

//go:generate go run -C ../../tools ./shapegen -model ../models/sts.json -dir ../service/sts
