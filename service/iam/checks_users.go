package iam

import (
	"context"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/authz"
	"github.com/bailiwick-project/bailiwick/policy"
)

// What each operation on users asks leave for.

func (s *API) mayCreateUser(_ context.Context, call *bailiwick.Call, in *CreateUserRequest) (*asked[CreateUserRequest], error) {
	return askNew(call, in, userKind, in.UserName, "iam:CreateUser", "iam:TagUser",
		details{path: in.Path, tags: in.Tags, boundary: in.PermissionsBoundary}), nil
}

// mayGetUser: without a name it is about the caller.
func (s *API) mayGetUser(ctx context.Context, call *bailiwick.Call, in *GetUserRequest) (*asked[GetUserRequest], error) {
	return askOwn(ctx, s, call, in, in.UserName, "iam:GetUser")
}

// askOwn asks for an action on the named user, or on the caller, who may be root.
func askOwn[In any](ctx context.Context, s *API, call *bailiwick.Call, in *In, name *string, action string) (*asked[In], error) {
	if name == nil && call.Who.Type == policy.Account {
		return &asked[In]{in: in, kind: userKind, checks: []authz.Check{
			{Action: action, Resource: call.Who.ARN, Type: string(userKind)},
		}}, nil
	}
	return askKeys(ctx, s, call, in, name, action)
}

// mayUpdateUser: to rename is to touch two users, the old and the new.
// Source: IAM User Guide, "Renaming an IAM user".
func (s *API) mayUpdateUser(ctx context.Context, call *bailiwick.Call, in *UpdateUserRequest) (*asked[UpdateUserRequest], error) {
	a, err := ask(ctx, s, call, in, userKind, in.UserName, "iam:UpdateUser", details{})
	if err != nil {
		return nil, err
	}
	a.checks = append(a.checks, renamed(a.checks[0], call.Account, a.kind, a.name, a.entity, in.NewUserName, in.NewPath)...)
	return a, nil
}

// renamed asks for the same action on what the entity will be.
func renamed(c authz.Check, account string, k kind, name string, e *entity, newName, newPath *string) []authz.Check {
	to := entity{Account: account, Kind: k, Path: "/", Name: name}
	if e != nil {
		to.Path = e.Path
	}
	if newPath != nil {
		to.Path = *newPath
	}
	if newName != nil {
		to.Name = *newName
	}
	if to.arn() == c.Resource {
		return nil
	}
	c.Resource, c.Keys = to.arn(), entityKeys(c.Action, e, details{})
	return []authz.Check{c}
}

// userOr is the user that an input names, or the caller.
func userOr(call *bailiwick.Call, name *string) (*string, error) {
	switch {
	case name != nil:
		return name, nil
	case call.Who.Type == policy.User:
		return &call.Who.Name, nil
	}
	return nil, bailiwick.Errorf(bailiwick.CodeValidation, "Must specify userName when calling with non-User credentials")
}

func (s *API) mayDeleteUser(ctx context.Context, call *bailiwick.Call, in *DeleteUserRequest) (*asked[DeleteUserRequest], error) {
	return ask(ctx, s, call, in, userKind, in.UserName, "iam:DeleteUser", details{})
}

func (s *API) mayTagUser(ctx context.Context, call *bailiwick.Call, in *TagUserRequest) (*asked[TagUserRequest], error) {
	return ask(ctx, s, call, in, userKind, in.UserName, "iam:TagUser", details{tags: in.Tags})
}

func (s *API) mayUntagUser(ctx context.Context, call *bailiwick.Call, in *UntagUserRequest) (*asked[UntagUserRequest], error) {
	return ask(ctx, s, call, in, userKind, in.UserName, "iam:UntagUser", details{untags: in.TagKeys})
}

func (s *API) mayListUserTags(ctx context.Context, call *bailiwick.Call, in *ListUserTagsRequest) (*asked[ListUserTagsRequest], error) {
	return ask(ctx, s, call, in, userKind, in.UserName, "iam:ListUserTags", details{})
}

func (s *API) mayPutUserPermissionsBoundary(ctx context.Context, call *bailiwick.Call, in *PutUserPermissionsBoundaryRequest) (*asked[PutUserPermissionsBoundaryRequest], error) {
	return ask(ctx, s, call, in, userKind, in.UserName, "iam:PutUserPermissionsBoundary", details{boundary: in.PermissionsBoundary})
}

func (s *API) mayDeleteUserPermissionsBoundary(ctx context.Context, call *bailiwick.Call, in *DeleteUserPermissionsBoundaryRequest) (*asked[DeleteUserPermissionsBoundaryRequest], error) {
	return ask(ctx, s, call, in, userKind, in.UserName, "iam:DeleteUserPermissionsBoundary", details{})
}

func (s *API) mayPutUserPolicy(ctx context.Context, call *bailiwick.Call, in *PutUserPolicyRequest) (*asked[PutUserPolicyRequest], error) {
	return ask(ctx, s, call, in, userKind, in.UserName, "iam:PutUserPolicy", details{})
}

func (s *API) mayGetUserPolicy(ctx context.Context, call *bailiwick.Call, in *GetUserPolicyRequest) (*asked[GetUserPolicyRequest], error) {
	return ask(ctx, s, call, in, userKind, in.UserName, "iam:GetUserPolicy", details{})
}

func (s *API) mayListUserPolicies(ctx context.Context, call *bailiwick.Call, in *ListUserPoliciesRequest) (*asked[ListUserPoliciesRequest], error) {
	return ask(ctx, s, call, in, userKind, in.UserName, "iam:ListUserPolicies", details{})
}

func (s *API) mayDeleteUserPolicy(ctx context.Context, call *bailiwick.Call, in *DeleteUserPolicyRequest) (*asked[DeleteUserPolicyRequest], error) {
	return ask(ctx, s, call, in, userKind, in.UserName, "iam:DeleteUserPolicy", details{})
}

func (s *API) mayAttachUserPolicy(ctx context.Context, call *bailiwick.Call, in *AttachUserPolicyRequest) (*asked[AttachUserPolicyRequest], error) {
	return ask(ctx, s, call, in, userKind, in.UserName, "iam:AttachUserPolicy", details{policy: in.PolicyArn})
}

func (s *API) mayDetachUserPolicy(ctx context.Context, call *bailiwick.Call, in *DetachUserPolicyRequest) (*asked[DetachUserPolicyRequest], error) {
	return ask(ctx, s, call, in, userKind, in.UserName, "iam:DetachUserPolicy", details{policy: in.PolicyArn})
}

func (s *API) mayListAttachedUserPolicies(ctx context.Context, call *bailiwick.Call, in *ListAttachedUserPoliciesRequest) (*asked[ListAttachedUserPoliciesRequest], error) {
	return ask(ctx, s, call, in, userKind, in.UserName, "iam:ListAttachedUserPolicies", details{})
}

func (s *API) mayListGroupsForUser(ctx context.Context, call *bailiwick.Call, in *ListGroupsForUserRequest) (*asked[ListGroupsForUserRequest], error) {
	return ask(ctx, s, call, in, userKind, in.UserName, "iam:ListGroupsForUser", details{})
}
