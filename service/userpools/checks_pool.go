package userpools

import (
	"context"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/authz"
)

func (a *API) mayCreateUserPoolClient(ctx context.Context, call *bailiwick.Call, in *CreateUserPoolClientRequest) ([]authz.Check, error) {
	return a.onPool(ctx, call, "CreateUserPoolClient", value(in.UserPoolId))
}

func (a *API) mayDescribeUserPoolClient(ctx context.Context, call *bailiwick.Call, in *DescribeUserPoolClientRequest) ([]authz.Check, error) {
	return a.onPool(ctx, call, "DescribeUserPoolClient", value(in.UserPoolId))
}

func (a *API) mayUpdateUserPoolClient(ctx context.Context, call *bailiwick.Call, in *UpdateUserPoolClientRequest) ([]authz.Check, error) {
	return a.onPool(ctx, call, "UpdateUserPoolClient", value(in.UserPoolId))
}

func (a *API) mayDeleteUserPoolClient(ctx context.Context, call *bailiwick.Call, in *DeleteUserPoolClientRequest) ([]authz.Check, error) {
	return a.onPool(ctx, call, "DeleteUserPoolClient", value(in.UserPoolId))
}

func (a *API) mayListUserPoolClients(ctx context.Context, call *bailiwick.Call, in *ListUserPoolClientsRequest) ([]authz.Check, error) {
	return a.onPool(ctx, call, "ListUserPoolClients", value(in.UserPoolId))
}

func (a *API) mayGetGroup(ctx context.Context, call *bailiwick.Call, in *GetGroupRequest) ([]authz.Check, error) {
	return a.onPool(ctx, call, "GetGroup", value(in.UserPoolId))
}

func (a *API) mayDeleteGroup(ctx context.Context, call *bailiwick.Call, in *DeleteGroupRequest) ([]authz.Check, error) {
	return a.onPool(ctx, call, "DeleteGroup", value(in.UserPoolId))
}

func (a *API) mayListGroups(ctx context.Context, call *bailiwick.Call, in *ListGroupsRequest) ([]authz.Check, error) {
	return a.onPool(ctx, call, "ListGroups", value(in.UserPoolId))
}

func (a *API) mayListUsersInGroup(ctx context.Context, call *bailiwick.Call, in *ListUsersInGroupRequest) ([]authz.Check, error) {
	return a.onPool(ctx, call, "ListUsersInGroup", value(in.UserPoolId))
}

func (a *API) mayAdminAddUserToGroup(ctx context.Context, call *bailiwick.Call, in *AdminAddUserToGroupRequest) ([]authz.Check, error) {
	return a.onPool(ctx, call, "AdminAddUserToGroup", value(in.UserPoolId))
}

func (a *API) mayAdminRemoveUserFromGroup(ctx context.Context, call *bailiwick.Call, in *AdminRemoveUserFromGroupRequest) ([]authz.Check, error) {
	return a.onPool(ctx, call, "AdminRemoveUserFromGroup", value(in.UserPoolId))
}

func (a *API) mayAdminListGroupsForUser(ctx context.Context, call *bailiwick.Call, in *AdminListGroupsForUserRequest) ([]authz.Check, error) {
	return a.onPool(ctx, call, "AdminListGroupsForUser", value(in.UserPoolId))
}

func (a *API) mayAdminCreateUser(ctx context.Context, call *bailiwick.Call, in *AdminCreateUserRequest) ([]authz.Check, error) {
	return a.onPool(ctx, call, "AdminCreateUser", value(in.UserPoolId))
}

func (a *API) mayAdminGetUser(ctx context.Context, call *bailiwick.Call, in *AdminGetUserRequest) ([]authz.Check, error) {
	return a.onPool(ctx, call, "AdminGetUser", value(in.UserPoolId))
}

func (a *API) mayAdminUpdateUserAttributes(ctx context.Context, call *bailiwick.Call, in *AdminUpdateUserAttributesRequest) ([]authz.Check, error) {
	return a.onPool(ctx, call, "AdminUpdateUserAttributes", value(in.UserPoolId))
}

func (a *API) mayAdminDeleteUserAttributes(ctx context.Context, call *bailiwick.Call, in *AdminDeleteUserAttributesRequest) ([]authz.Check, error) {
	return a.onPool(ctx, call, "AdminDeleteUserAttributes", value(in.UserPoolId))
}

func (a *API) mayAdminDeleteUser(ctx context.Context, call *bailiwick.Call, in *AdminDeleteUserRequest) ([]authz.Check, error) {
	return a.onPool(ctx, call, "AdminDeleteUser", value(in.UserPoolId))
}

func (a *API) mayAdminEnableUser(ctx context.Context, call *bailiwick.Call, in *AdminEnableUserRequest) ([]authz.Check, error) {
	return a.onPool(ctx, call, "AdminEnableUser", value(in.UserPoolId))
}

func (a *API) mayAdminDisableUser(ctx context.Context, call *bailiwick.Call, in *AdminDisableUserRequest) ([]authz.Check, error) {
	return a.onPool(ctx, call, "AdminDisableUser", value(in.UserPoolId))
}

func (a *API) mayAdminConfirmSignUp(ctx context.Context, call *bailiwick.Call, in *AdminConfirmSignUpRequest) ([]authz.Check, error) {
	return a.onPool(ctx, call, "AdminConfirmSignUp", value(in.UserPoolId))
}

func (a *API) mayAdminSetUserPassword(ctx context.Context, call *bailiwick.Call, in *AdminSetUserPasswordRequest) ([]authz.Check, error) {
	return a.onPool(ctx, call, "AdminSetUserPassword", value(in.UserPoolId))
}

func (a *API) mayAdminResetUserPassword(ctx context.Context, call *bailiwick.Call, in *AdminResetUserPasswordRequest) ([]authz.Check, error) {
	return a.onPool(ctx, call, "AdminResetUserPassword", value(in.UserPoolId))
}

func (a *API) mayAdminUserGlobalSignOut(ctx context.Context, call *bailiwick.Call, in *AdminUserGlobalSignOutRequest) ([]authz.Check, error) {
	return a.onPool(ctx, call, "AdminUserGlobalSignOut", value(in.UserPoolId))
}

func (a *API) mayAdminSetUserMFAPreference(ctx context.Context, call *bailiwick.Call, in *AdminSetUserMFAPreferenceRequest) ([]authz.Check, error) {
	return a.onPool(ctx, call, "AdminSetUserMFAPreference", value(in.UserPoolId))
}

func (a *API) mayListUsers(ctx context.Context, call *bailiwick.Call, in *ListUsersRequest) ([]authz.Check, error) {
	return a.onPool(ctx, call, "ListUsers", value(in.UserPoolId))
}

func (a *API) mayCreateGroup(ctx context.Context, call *bailiwick.Call, in *CreateGroupRequest) ([]authz.Check, error) {
	return a.withGroupRole(ctx, call, "CreateGroup", value(in.UserPoolId), in.RoleArn)
}

func (a *API) mayUpdateGroup(ctx context.Context, call *bailiwick.Call, in *UpdateGroupRequest) ([]authz.Check, error) {
	return a.withGroupRole(ctx, call, "UpdateGroup", value(in.UserPoolId), in.RoleArn)
}

// withGroupRole asks for the role too: whoever could give any role to a group
// could join the group and become that role.
func (a *API) withGroupRole(ctx context.Context, call *bailiwick.Call, action, id string, role *string) ([]authz.Check, error) {
	checks, err := a.onPool(ctx, call, action, id)
	if err != nil || role == nil {
		return checks, err
	}
	pass, err := a.passRole(ctx, call, *role, checks[0].Resource)
	return append(checks, pass), err
}
