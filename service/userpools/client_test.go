package userpools_test

import (
	"fmt"
	"testing"
)

func TestClientDefaults(t *testing.T) {
	e := newEnv(t, nil)
	pool := e.pool()
	got := e.call("CreateUserPoolClient", "UserPoolId", pool, "ClientName", "c")["UserPoolClient"].(m)
	id := got["ClientId"].(string)
	delete(got, "ClientId")
	delete(got, "UserPoolId")
	const want = "map[AllowedOAuthFlowsUserPoolClient:false AuthSessionValidity:3 ClientName:c CreationDate:1.795176e+09 " +
		"EnablePropagateAdditionalUserContextData:false EnableTokenRevocation:true ExplicitAuthFlows:[ALLOW_REFRESH_TOKEN_AUTH ALLOW_USER_SRP_AUTH ALLOW_CUSTOM_AUTH] " +
		"LastModifiedDate:1.795176e+09 RefreshTokenValidity:30 TokenValidityUnits:map[]]"
	if fmt.Sprint(got) != want {
		t.Errorf("got  %v\nwant %s", got, want)
	}
	e.call("DeleteUserPoolClient", "UserPoolId", pool, "ClientId", id)
	e.fails("ResourceNotFoundException", "User pool client "+id+" does not exist.", "DescribeUserPoolClient", "UserPoolId", pool, "ClientId", id)
}

func TestClientRefusals(t *testing.T) {
	e := newEnv(t, nil)
	pool := e.pool("Schema", []m{{"Name": "email", "Required": true}, {"Name": "org", "AttributeDataType": "String"}, {"Name": "d", "AttributeDataType": "String", "DeveloperOnlyAttribute": true}})
	const bad, flow, range_ = "InvalidParameterException", "InvalidOAuthFlowException", "Invalid range for token validity."
	const read, write = "Invalid read attributes specified while creating a client", "Invalid write attributes specified while creating a client"
	for _, tt := range []struct {
		code, message string
		in            []any
	}{
		{bad, read, []any{"ReadAttributes", []string{"custom:nosuch"}}},
		{bad, read, []any{"ReadAttributes", []string{"dev:custom:d"}}},
		{bad, write, []any{"WriteAttributes", []string{"email", "custom:nosuch"}}},
		{bad, write, []any{"WriteAttributes", []string{"email", "email_verified"}}},
		{bad, write, []any{"WriteAttributes", []string{"custom:org"}}},
		{bad, range_, []any{"AccessTokenValidity", 25}},
		{bad, range_, []any{"AccessTokenValidity", 4, "TokenValidityUnits", m{"AccessToken": "minutes"}}},
		{bad, range_, []any{"RefreshTokenValidity", 59, "TokenValidityUnits", m{"RefreshToken": "minutes"}}},
		{bad, range_, []any{"RefreshTokenValidity", 3651}},
		{bad, range_, []any{"AccessTokenValidity", 24, "RefreshTokenValidity", 1}},
		{bad, range_, []any{"RefreshTokenValidity", 315360000}},
		{bad, "Invalid combination of ExplicitAuthFlows: values with and without the prefix ALLOW_ cannot be used together.", []any{"ExplicitAuthFlows", []string{"ALLOW_USER_SRP_AUTH", "USER_PASSWORD_AUTH"}}},
		{bad, "ALLOW_REFRESH_TOKEN_AUTH cannot be used when refresh token rotation is enabled.", []any{"RefreshTokenRotation", m{"Feature": "ENABLED"}}},
		{bad, "The provider Google does not exist for User Pool " + pool + ".", []any{"SupportedIdentityProviders", []string{"COGNITO", "Google"}}},
		{flow, "AllowedOAuthFlows and AllowedOAuthScopes are required if user pool client is allowed to use OAuth flows.", []any{"AllowedOAuthFlowsUserPoolClient", true}},
		{"ScopeDoesNotExistException", "Invalid scope requested: api/read", []any{"AllowedOAuthScopes", []string{"openid", "api/read"}}},
		{bad, "http://evil.example/cb is not a valid redirect URI: it must be an absolute URI without fragment, https unless it is http://localhost or an application's own scheme.", []any{"CallbackURLs", []string{"http://evil.example/cb"}}},
		{bad, "javascript:alert(1) is not a valid redirect URI: it must be an absolute URI without fragment, https unless it is http://localhost or an application's own scheme.", []any{"CallbackURLs", []string{"javascript:alert(1)"}}},
	} {
		e.fails(tt.code, tt.message, "CreateUserPoolClient", append([]any{"UserPoolId", pool, "ClientName", "c"}, tt.in...)...)
	}
	id := e.client(pool, "CallbackURLs", []string{"https://a.example/cb", "http://localhost:3000/cb", "myapp://cb"})
	e.fails(bad, "Invalid write attributes specified while updating a client", "UpdateUserPoolClient", "UserPoolId", pool, "ClientId", id, "WriteAttributes", []string{"custom:org"})
}

// The update that forgets WriteAttributes opens the tenant again: AWS's default,
// which suites of attacks look for.
func TestUpdateOfClientReopensEverything(t *testing.T) {
	e := newEnv(t, nil)
	pool := e.pool("Schema", []m{{"Name": "org", "AttributeDataType": "String"}})
	id := e.client(pool, "WriteAttributes", []string{"email"}, "AccessTokenValidity", 2, "PreventUserExistenceErrors", "ENABLED")
	sign := []any{"ClientId", id, "Username", "mallory", "Password", password, "UserAttributes", attrs("custom:org", "victim")}
	e.fails("NotAuthorizedException", "A client attempted to write unauthorized attribute", "SignUp", sign...)
	got := e.call("UpdateUserPoolClient", "UserPoolId", pool, "ClientId", id)["UserPoolClient"].(m)
	if got["WriteAttributes"] != nil || got["AccessTokenValidity"] != nil || got["PreventUserExistenceErrors"] != nil || got["ClientName"] != "c" {
		t.Errorf("after the update: %v", got)
	}
	e.call("SignUp", sign...)
	e.call("UpdateUserPoolClient", "UserPoolId", pool, "ClientId", id, "WriteAttributes", []string{})
	sign[3] = "mallory2"
	e.call("SignUp", sign...) // an empty list is none
}
