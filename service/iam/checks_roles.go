package iam

import (
	"context"

	"github.com/bailiwick-project/bailiwick"
)

// What each operation on roles asks leave for.

func (s *API) mayCreateRole(_ context.Context, call *bailiwick.Call, in *CreateRoleRequest) (*asked[CreateRoleRequest], error) {
	return askNew(call, in, roleKind, in.RoleName, "iam:CreateRole", "iam:TagRole",
		details{path: in.Path, tags: in.Tags, boundary: in.PermissionsBoundary}), nil
}

func (s *API) mayGetRole(ctx context.Context, call *bailiwick.Call, in *GetRoleRequest) (*asked[GetRoleRequest], error) {
	return ask(ctx, s, call, in, roleKind, in.RoleName, "iam:GetRole", details{})
}

func (s *API) mayUpdateRole(ctx context.Context, call *bailiwick.Call, in *UpdateRoleRequest) (*asked[UpdateRoleRequest], error) {
	return ask(ctx, s, call, in, roleKind, in.RoleName, "iam:UpdateRole", details{})
}

func (s *API) mayUpdateRoleDescription(ctx context.Context, call *bailiwick.Call, in *UpdateRoleDescriptionRequest) (*asked[UpdateRoleDescriptionRequest], error) {
	return ask(ctx, s, call, in, roleKind, in.RoleName, "iam:UpdateRoleDescription", details{})
}

func (s *API) mayDeleteRole(ctx context.Context, call *bailiwick.Call, in *DeleteRoleRequest) (*asked[DeleteRoleRequest], error) {
	return ask(ctx, s, call, in, roleKind, in.RoleName, "iam:DeleteRole", details{})
}

func (s *API) mayUpdateAssumeRolePolicy(ctx context.Context, call *bailiwick.Call, in *UpdateAssumeRolePolicyRequest) (*asked[UpdateAssumeRolePolicyRequest], error) {
	return ask(ctx, s, call, in, roleKind, in.RoleName, "iam:UpdateAssumeRolePolicy", details{})
}

func (s *API) mayTagRole(ctx context.Context, call *bailiwick.Call, in *TagRoleRequest) (*asked[TagRoleRequest], error) {
	return ask(ctx, s, call, in, roleKind, in.RoleName, "iam:TagRole", details{tags: in.Tags})
}

func (s *API) mayUntagRole(ctx context.Context, call *bailiwick.Call, in *UntagRoleRequest) (*asked[UntagRoleRequest], error) {
	return ask(ctx, s, call, in, roleKind, in.RoleName, "iam:UntagRole", details{untags: in.TagKeys})
}

func (s *API) mayListRoleTags(ctx context.Context, call *bailiwick.Call, in *ListRoleTagsRequest) (*asked[ListRoleTagsRequest], error) {
	return ask(ctx, s, call, in, roleKind, in.RoleName, "iam:ListRoleTags", details{})
}

func (s *API) mayPutRolePermissionsBoundary(ctx context.Context, call *bailiwick.Call, in *PutRolePermissionsBoundaryRequest) (*asked[PutRolePermissionsBoundaryRequest], error) {
	return ask(ctx, s, call, in, roleKind, in.RoleName, "iam:PutRolePermissionsBoundary", details{boundary: in.PermissionsBoundary})
}

func (s *API) mayDeleteRolePermissionsBoundary(ctx context.Context, call *bailiwick.Call, in *DeleteRolePermissionsBoundaryRequest) (*asked[DeleteRolePermissionsBoundaryRequest], error) {
	return ask(ctx, s, call, in, roleKind, in.RoleName, "iam:DeleteRolePermissionsBoundary", details{})
}

func (s *API) mayPutRolePolicy(ctx context.Context, call *bailiwick.Call, in *PutRolePolicyRequest) (*asked[PutRolePolicyRequest], error) {
	return ask(ctx, s, call, in, roleKind, in.RoleName, "iam:PutRolePolicy", details{})
}

func (s *API) mayGetRolePolicy(ctx context.Context, call *bailiwick.Call, in *GetRolePolicyRequest) (*asked[GetRolePolicyRequest], error) {
	return ask(ctx, s, call, in, roleKind, in.RoleName, "iam:GetRolePolicy", details{})
}

func (s *API) mayListRolePolicies(ctx context.Context, call *bailiwick.Call, in *ListRolePoliciesRequest) (*asked[ListRolePoliciesRequest], error) {
	return ask(ctx, s, call, in, roleKind, in.RoleName, "iam:ListRolePolicies", details{})
}

func (s *API) mayDeleteRolePolicy(ctx context.Context, call *bailiwick.Call, in *DeleteRolePolicyRequest) (*asked[DeleteRolePolicyRequest], error) {
	return ask(ctx, s, call, in, roleKind, in.RoleName, "iam:DeleteRolePolicy", details{})
}

func (s *API) mayAttachRolePolicy(ctx context.Context, call *bailiwick.Call, in *AttachRolePolicyRequest) (*asked[AttachRolePolicyRequest], error) {
	return ask(ctx, s, call, in, roleKind, in.RoleName, "iam:AttachRolePolicy", details{policy: in.PolicyArn})
}

func (s *API) mayDetachRolePolicy(ctx context.Context, call *bailiwick.Call, in *DetachRolePolicyRequest) (*asked[DetachRolePolicyRequest], error) {
	return ask(ctx, s, call, in, roleKind, in.RoleName, "iam:DetachRolePolicy", details{policy: in.PolicyArn})
}

func (s *API) mayListAttachedRolePolicies(ctx context.Context, call *bailiwick.Call, in *ListAttachedRolePoliciesRequest) (*asked[ListAttachedRolePoliciesRequest], error) {
	return ask(ctx, s, call, in, roleKind, in.RoleName, "iam:ListAttachedRolePolicies", details{})
}
