package userpools

import (
	"io"
	"time"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/service"
	"github.com/bailiwick-project/bailiwick/srp"
	"github.com/bailiwick-project/bailiwick/store"
	"github.com/bailiwick-project/bailiwick/token"
)

// An API answers the operations of user pools.
type API struct {
	Store store.Store
	SRP   *srp.Group
	Roles bailiwick.Roles // for the tags of roles that are passed to groups

	// Functions runs the Lambda triggers of pools; nil: no pool can have any.
	Functions bailiwick.Functions

	Now  func() time.Time
	Rand io.Reader // of cryptographic quality, safe for concurrent use
	Key  []byte    // 32 secret bytes of the server, the same on every node: MACs of codes and page tokens

	// PublicURL is where clients reach this server, such as "http://localhost:4566":
	// the issuer of tokens is then below it. Empty: the issuer has AWS's own name.
	PublicURL string

	// NewKey makes the signing keys of new pools; nil is token.NewKey with Rand.
	NewKey func() (*token.Key, error)

	cache keyCache
}

const maxBody = 1 << 20

// Service is the slice: its operations are the table of contents of the package.
func (a *API) Service() service.Service {
	return service.Service{
		Name:       "cognito-idp",
		Protocol:   protocol(),
		Target:     target,
		CORS:       true,
		MaxBody:    maxBody,
		Operations: a.operations(),
		Actions:    actionTable(),
	}
}

func (a *API) operations() []service.Operation {
	return []service.Operation{
		service.Op("CreateUserPool", a.mayCreateUserPool, a.createUserPool),
		service.Op("DescribeUserPool", a.mayDescribeUserPool, a.describeUserPool),
		service.Op("UpdateUserPool", a.mayUpdateUserPool, a.updateUserPool),
		service.Op("DeleteUserPool", a.mayDeleteUserPool, a.deleteUserPool),
		service.Op("ListUserPools", a.mayListUserPools, a.listUserPools),
		service.Op("AddCustomAttributes", a.mayAddCustomAttributes, a.addCustomAttributes),
		service.Op("GetUserPoolMfaConfig", a.mayGetUserPoolMfaConfig, a.getUserPoolMfaConfig),
		service.Op("SetUserPoolMfaConfig", a.maySetUserPoolMfaConfig, a.setUserPoolMfaConfig),
		service.Op("DescribeUserPoolDomain", a.mayDescribeUserPoolDomain, a.describeUserPoolDomain),
		service.Op("ListResourceServers", a.mayListResourceServers, a.listResourceServers),
		service.Op("ListIdentityProviders", a.mayListIdentityProviders, a.listIdentityProviders),
		service.Op("GetUICustomization", a.mayGetUICustomization, a.getUICustomization),
		service.Op("GetLogDeliveryConfiguration", a.mayGetLogDeliveryConfiguration, a.getLogDeliveryConfiguration),
		service.Op("TagResource", a.mayTagResource, a.tagResource),
		service.Op("UntagResource", a.mayUntagResource, a.untagResource),
		service.Op("ListTagsForResource", a.mayListTagsForResource, a.listTagsForResource),

		service.Op("CreateUserPoolClient", a.mayCreateUserPoolClient, a.createUserPoolClient),
		service.Op("DescribeUserPoolClient", a.mayDescribeUserPoolClient, a.describeUserPoolClient),
		service.Op("UpdateUserPoolClient", a.mayUpdateUserPoolClient, a.updateUserPoolClient),
		service.Op("DeleteUserPoolClient", a.mayDeleteUserPoolClient, a.deleteUserPoolClient),
		service.Op("ListUserPoolClients", a.mayListUserPoolClients, a.listUserPoolClients),

		service.Op("CreateGroup", a.mayCreateGroup, a.createGroup),
		service.Op("GetGroup", a.mayGetGroup, a.getGroup),
		service.Op("UpdateGroup", a.mayUpdateGroup, a.updateGroup),
		service.Op("DeleteGroup", a.mayDeleteGroup, a.deleteGroup),
		service.Op("ListGroups", a.mayListGroups, a.listGroups),
		service.Op("ListUsersInGroup", a.mayListUsersInGroup, a.listUsersInGroup),
		service.Op("AdminAddUserToGroup", a.mayAdminAddUserToGroup, a.adminAddUserToGroup),
		service.Op("AdminRemoveUserFromGroup", a.mayAdminRemoveUserFromGroup, a.adminRemoveUserFromGroup),
		service.Op("AdminListGroupsForUser", a.mayAdminListGroupsForUser, a.adminListGroupsForUser),

		service.Op("AdminCreateUser", a.mayAdminCreateUser, a.adminCreateUser),
		service.Op("AdminGetUser", a.mayAdminGetUser, a.adminGetUser),
		service.Op("AdminUpdateUserAttributes", a.mayAdminUpdateUserAttributes, a.adminUpdateUserAttributes),
		service.Op("AdminDeleteUserAttributes", a.mayAdminDeleteUserAttributes, a.adminDeleteUserAttributes),
		service.Op("AdminDeleteUser", a.mayAdminDeleteUser, a.adminDeleteUser),
		service.Op("AdminEnableUser", a.mayAdminEnableUser, a.adminEnableUser),
		service.Op("AdminDisableUser", a.mayAdminDisableUser, a.adminDisableUser),
		service.Op("AdminConfirmSignUp", a.mayAdminConfirmSignUp, a.adminConfirmSignUp),
		service.Op("AdminSetUserPassword", a.mayAdminSetUserPassword, a.adminSetUserPassword),
		service.Op("AdminResetUserPassword", a.mayAdminResetUserPassword, a.adminResetUserPassword),
		service.Op("AdminUserGlobalSignOut", a.mayAdminUserGlobalSignOut, a.adminUserGlobalSignOut),
		service.Op("AdminSetUserMFAPreference", a.mayAdminSetUserMFAPreference, a.adminSetUserMFAPreference),
		service.Op("ListUsers", a.mayListUsers, a.listUsers),

		service.Op("AdminInitiateAuth", a.mayAdminInitiateAuth, a.adminInitiateAuth),
		service.Op("AdminRespondToAuthChallenge", a.mayAdminRespondToAuthChallenge, a.adminRespondToAuthChallenge),
		service.Public("InitiateAuth", a.initiateAuth),
		service.Public("RespondToAuthChallenge", a.respondToAuthChallenge),
		service.Public("GetTokensFromRefreshToken", a.getTokensFromRefreshToken),
		service.Public("RevokeToken", a.revokeToken),
		service.Self("GetUser", a.getUser),
		service.Self("UpdateUserAttributes", a.updateUserAttributes),
		service.Self("DeleteUserAttributes", a.deleteUserAttributes),
		service.Self("DeleteUser", a.deleteUser),
		service.Self("ChangePassword", a.changePassword),
		service.Self("GlobalSignOut", a.globalSignOut),
		service.Self("SetUserMFAPreference", a.setUserMFAPreference),
		service.Self("AssociateSoftwareToken", a.associateSoftwareToken), // or the Session of a challenge
		service.Self("VerifySoftwareToken", a.verifySoftwareToken),
		service.Self("VerifyUserAttribute", a.verifyUserAttribute),
		service.Self("GetUserAttributeVerificationCode", a.getUserAttributeVerificationCode),

		service.Public("SignUp", a.signUp),
		service.Public("ConfirmSignUp", a.confirmSignUp),
		service.Public("ResendConfirmationCode", a.resendConfirmationCode),
		service.Public("ForgotPassword", a.forgotPassword),
		service.Public("ConfirmForgotPassword", a.confirmForgotPassword),
	}
}
