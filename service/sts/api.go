package sts

import (
	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/authz"
	"github.com/bailiwick-project/bailiwick/service"
	"github.com/bailiwick-project/bailiwick/session"
	"github.com/bailiwick-project/bailiwick/wire/awsquery"
)

// An API answers the operations of STS. It is also the RoleAssumer of identity
// pools and the ServiceRoles of Lambda.
type API struct {
	Sessions      *session.Ring           // mints the credentials
	Authz         *authz.Authorizer       // asks trust policies in the name of web identities
	Roles         bailiwick.Roles         //
	Policies      bailiwick.Policies      // managed session policies
	Keys          bailiwick.Credentials   // for GetAccessKeyInfo
	WebIdentities bailiwick.WebIdentities // verifies the tokens of AssumeRoleWithWebIdentity

	// RootMayAssumeRoles lets the root user of an account call AssumeRole, which
	// AWS refuses whatever the trust policy says.
	RootMayAssumeRoles bool
}

var (
	_ bailiwick.RoleAssumer  = (*API)(nil)
	_ bailiwick.ServiceRoles = (*API)(nil)
)

// version is the API version, and the end of the XML namespace.
const version = "2011-06-15"

// maxBody bounds a request, in bytes: a token of 20,000 characters, every
// character of it percent-encoded, and a session policy.
const maxBody = 256 << 10

// Service is the slice: its operations are the table of contents of the package.
func (a *API) Service() service.Service {
	return service.Service{
		Name:     "sts",
		Protocol: &awsquery.Protocol{Namespace: "https://sts.amazonaws.com/doc/" + version + "/", Version: version},
		Version:  version,
		CORS:     true,
		MaxBody:  maxBody,
		Operations: []service.Operation{
			service.Planned("AssumeRole", a.planAssumeRole, a.mayAssumeRole, a.assumeRole),
			service.Public("AssumeRoleWithWebIdentity", a.assumeRoleWithWebIdentity),
			service.Authenticated("GetCallerIdentity", a.getCallerIdentity),
			service.Authenticated("GetSessionToken", a.getSessionToken),
			service.Op("GetAccessKeyInfo", a.mayGetAccessKeyInfo, a.getAccessKeyInfo),
			service.Op("DecodeAuthorizationMessage", a.mayDecodeAuthorizationMessage, a.decodeAuthorizationMessage),
		},
		Actions: actions,
	}
}
