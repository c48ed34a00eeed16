package sdk_test

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentity"
	citypes "github.com/aws/aws-sdk-go-v2/service/cognitoidentity/types"
)

func providerName(userPool string) string {
	return "cognito-idp." + region + ".amazonaws.com/" + userPool
}

// identityPool makes a pool that admits users of (pool, client) pairs, and guests.
func (w *world) identityPool(poolsAndClients ...string) string {
	w.t.Helper()
	in := &cognitoidentity.CreateIdentityPoolInput{IdentityPoolName: aws.String("people"), AllowUnauthenticatedIdentities: true}
	for i := 0; i < len(poolsAndClients); i += 2 {
		in.CognitoIdentityProviders = append(in.CognitoIdentityProviders, citypes.CognitoIdentityProvider{
			ProviderName: aws.String(providerName(poolsAndClients[i])), ClientId: &poolsAndClients[i+1],
		})
	}
	out, err := w.identities.CreateIdentityPool(w.ctx, in)
	w.must("CreateIdentityPool", err)
	return aws.ToString(out.IdentityPoolId)
}

// tag maps claims of a user pool to principal tags.
func (w *world) tag(identityPool, userPool string, tagsToClaims map[string]string) {
	w.t.Helper()
	_, err := w.identities.SetPrincipalTagAttributeMap(w.ctx, &cognitoidentity.SetPrincipalTagAttributeMapInput{
		IdentityPoolId: &identityPool, IdentityProviderName: aws.String(providerName(userPool)), PrincipalTags: tagsToClaims,
	})
	w.must("SetPrincipalTagAttributeMap", err)
}

// roles sets the roles of an identity pool; "" leaves one out.
func (w *world) roles(identityPool, authenticated, guest string, mappings map[string]citypes.RoleMapping) {
	w.t.Helper()
	roles := map[string]string{}
	if authenticated != "" {
		roles["authenticated"] = roleARN(authenticated)
	}
	if guest != "" {
		roles["unauthenticated"] = roleARN(guest)
	}
	_, err := w.identities.SetIdentityPoolRoles(w.ctx, &cognitoidentity.SetIdentityPoolRolesInput{IdentityPoolId: &identityPool, Roles: roles, RoleMappings: mappings})
	w.must("SetIdentityPoolRoles", err)
}

// logins is the login of an ID token; "" is a guest.
func logins(userPool, idToken string) map[string]string {
	if idToken == "" {
		return nil
	}
	return map[string]string{providerName(userPool): idToken}
}

func (w *world) id(identityPool string, l map[string]string) string {
	w.t.Helper()
	out, err := w.identities.GetId(w.ctx, &cognitoidentity.GetIdInput{IdentityPoolId: &identityPool, Logins: l})
	w.must("GetId", err)
	return aws.ToString(out.IdentityId)
}

// exchange swaps a login for credentials.
func (w *world) exchange(identityPool string, l map[string]string) (*citypes.Credentials, error) {
	out, err := w.identities.GetId(w.ctx, &cognitoidentity.GetIdInput{IdentityPoolId: &identityPool, Logins: l})
	if err != nil {
		return nil, err
	}
	creds, err := w.identities.GetCredentialsForIdentity(w.ctx, &cognitoidentity.GetCredentialsForIdentityInput{IdentityId: out.IdentityId, Logins: l})
	if err != nil {
		return nil, err
	}
	return creds.Credentials, nil
}

func (w *world) credentials(identityPool string, l map[string]string) *citypes.Credentials {
	w.t.Helper()
	c, err := w.exchange(identityPool, l)
	w.must("GetCredentialsForIdentity", err)
	return c
}
