package identitypools

import (
	"io"
	"time"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/service"
	"github.com/bailiwick-project/bailiwick/store"
	"github.com/bailiwick-project/bailiwick/wire/awsjson"
)

// An API answers the operations of identity pools. It also verifies the tokens
// that it issues (bailiwick.WebIdentities) and publishes their keys (JWKS).
type API struct {
	Store       store.Store
	IDTokens    bailiwick.IDTokens    // verifies logins of user pools
	RoleAssumer bailiwick.RoleAssumer // swaps an identity for credentials of a role
	Roles       bailiwick.Roles       // for the tags of roles that are passed to pools
	Now         func() time.Time      // of VerifyWebIdentity, which has no call
	Rand        io.Reader             // of cryptographic quality

	signer signer
}

var _ bailiwick.WebIdentities = (*API)(nil)

// maxBody bounds a request, in bytes: ten logins of 50,000 characters.
const maxBody = 1 << 20

// Service is the slice: its operations are the table of contents of the package.
func (a *API) Service() service.Service {
	const target = "AWSCognitoIdentityService"
	return service.Service{
		Name: "cognito-identity",
		Protocol: &awsjson.Protocol{Version: "1.1", TargetPrefix: target, Style: awsjson.Style{
			Capital: []string{bailiwick.CodeAccessDenied}, TypeHeader: true,
		}},
		Target:  target,
		CORS:    true,
		MaxBody: maxBody,
		Operations: []service.Operation{
			service.Public("GetId", a.getID),
			service.Public("GetCredentialsForIdentity", a.getCredentialsForIdentity),
			service.Public("GetOpenIdToken", a.getOpenIDToken),
			service.Public("UnlinkIdentity", a.unlinkIdentity),

			service.Op("CreateIdentityPool", a.mayCreateIdentityPool, a.createIdentityPool),
			service.Op("DescribeIdentityPool", a.mayDescribeIdentityPool, a.describeIdentityPool),
			service.Op("UpdateIdentityPool", a.mayUpdateIdentityPool, a.updateIdentityPool),
			service.Op("DeleteIdentityPool", a.mayDeleteIdentityPool, a.deleteIdentityPool),
			service.Op("ListIdentityPools", a.mayListIdentityPools, a.listIdentityPools),

			service.Op("SetIdentityPoolRoles", a.maySetIdentityPoolRoles, a.setIdentityPoolRoles),
			service.Op("GetIdentityPoolRoles", a.mayGetIdentityPoolRoles, a.getIdentityPoolRoles),
			service.Op("SetPrincipalTagAttributeMap", a.maySetPrincipalTagAttributeMap, a.setPrincipalTagAttributeMap),
			service.Op("GetPrincipalTagAttributeMap", a.mayGetPrincipalTagAttributeMap, a.getPrincipalTagAttributeMap),

			service.Op("ListIdentities", a.mayListIdentities, a.listIdentities),
			service.Op("DescribeIdentity", a.mayDescribeIdentity, a.describeIdentity),
			service.Op("DeleteIdentities", a.mayDeleteIdentities, a.deleteIdentities),

			service.Op("GetOpenIdTokenForDeveloperIdentity", a.mayGetOpenIDTokenForDeveloperIdentity, a.getOpenIDTokenForDeveloperIdentity),
			service.Op("LookupDeveloperIdentity", a.mayLookupDeveloperIdentity, a.lookupDeveloperIdentity),
			service.Op("MergeDeveloperIdentities", a.mayMergeDeveloperIdentities, a.mergeDeveloperIdentities),
			service.Op("UnlinkDeveloperIdentity", a.mayUnlinkDeveloperIdentity, a.unlinkDeveloperIdentity),

			service.Op("TagResource", a.mayTagResource, a.tagResource),
			service.Op("UntagResource", a.mayUntagResource, a.untagResource),
			service.Op("ListTagsForResource", a.mayListTagsForResource, a.listTagsForResource),
		},
		Actions: actions,
	}
}
