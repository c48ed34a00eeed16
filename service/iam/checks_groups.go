package iam

import (
	"context"

	"github.com/bailiwick-project/bailiwick"
)

// What each operation on groups asks leave for.

func (s *API) mayCreateGroup(_ context.Context, call *bailiwick.Call, in *CreateGroupRequest) (*asked[CreateGroupRequest], error) {
	return askNew(call, in, groupKind, in.GroupName, "iam:CreateGroup", "", details{path: in.Path}), nil
}

// mayUpdateGroup: to rename is to touch two groups, the old and the new.
// Source: IAM User Guide, "Renaming an IAM user group".
func (s *API) mayUpdateGroup(ctx context.Context, call *bailiwick.Call, in *UpdateGroupRequest) (*asked[UpdateGroupRequest], error) {
	a, err := ask(ctx, s, call, in, groupKind, in.GroupName, "iam:UpdateGroup", details{})
	if err != nil {
		return nil, err
	}
	a.checks = append(a.checks, renamed(a.checks[0], call.Account, a.kind, a.name, a.entity, in.NewGroupName, in.NewPath)...)
	return a, nil
}

func (s *API) mayGetGroup(ctx context.Context, call *bailiwick.Call, in *GetGroupRequest) (*asked[GetGroupRequest], error) {
	return ask(ctx, s, call, in, groupKind, in.GroupName, "iam:GetGroup", details{})
}

func (s *API) mayDeleteGroup(ctx context.Context, call *bailiwick.Call, in *DeleteGroupRequest) (*asked[DeleteGroupRequest], error) {
	return ask(ctx, s, call, in, groupKind, in.GroupName, "iam:DeleteGroup", details{})
}

func (s *API) mayAddUserToGroup(ctx context.Context, call *bailiwick.Call, in *AddUserToGroupRequest) (*asked[AddUserToGroupRequest], error) {
	return ask(ctx, s, call, in, groupKind, in.GroupName, "iam:AddUserToGroup", details{})
}

func (s *API) mayRemoveUserFromGroup(ctx context.Context, call *bailiwick.Call, in *RemoveUserFromGroupRequest) (*asked[RemoveUserFromGroupRequest], error) {
	return ask(ctx, s, call, in, groupKind, in.GroupName, "iam:RemoveUserFromGroup", details{})
}

func (s *API) mayPutGroupPolicy(ctx context.Context, call *bailiwick.Call, in *PutGroupPolicyRequest) (*asked[PutGroupPolicyRequest], error) {
	return ask(ctx, s, call, in, groupKind, in.GroupName, "iam:PutGroupPolicy", details{})
}

func (s *API) mayGetGroupPolicy(ctx context.Context, call *bailiwick.Call, in *GetGroupPolicyRequest) (*asked[GetGroupPolicyRequest], error) {
	return ask(ctx, s, call, in, groupKind, in.GroupName, "iam:GetGroupPolicy", details{})
}

func (s *API) mayListGroupPolicies(ctx context.Context, call *bailiwick.Call, in *ListGroupPoliciesRequest) (*asked[ListGroupPoliciesRequest], error) {
	return ask(ctx, s, call, in, groupKind, in.GroupName, "iam:ListGroupPolicies", details{})
}

func (s *API) mayDeleteGroupPolicy(ctx context.Context, call *bailiwick.Call, in *DeleteGroupPolicyRequest) (*asked[DeleteGroupPolicyRequest], error) {
	return ask(ctx, s, call, in, groupKind, in.GroupName, "iam:DeleteGroupPolicy", details{})
}

func (s *API) mayAttachGroupPolicy(ctx context.Context, call *bailiwick.Call, in *AttachGroupPolicyRequest) (*asked[AttachGroupPolicyRequest], error) {
	return ask(ctx, s, call, in, groupKind, in.GroupName, "iam:AttachGroupPolicy", details{policy: in.PolicyArn})
}

func (s *API) mayDetachGroupPolicy(ctx context.Context, call *bailiwick.Call, in *DetachGroupPolicyRequest) (*asked[DetachGroupPolicyRequest], error) {
	return ask(ctx, s, call, in, groupKind, in.GroupName, "iam:DetachGroupPolicy", details{policy: in.PolicyArn})
}

func (s *API) mayListAttachedGroupPolicies(ctx context.Context, call *bailiwick.Call, in *ListAttachedGroupPoliciesRequest) (*asked[ListAttachedGroupPoliciesRequest], error) {
	return ask(ctx, s, call, in, groupKind, in.GroupName, "iam:ListAttachedGroupPolicies", details{})
}
