package iam

import (
	"context"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/authz"
	"github.com/bailiwick-project/bailiwick/store"
)

// What each operation on instance profiles asks leave for.

// instances is the service that hands the role of an instance profile out.
const instances = "ec2.amazonaws.com"

func (s *API) mayCreateInstanceProfile(_ context.Context, call *bailiwick.Call, in *CreateInstanceProfileRequest) (*asked[CreateInstanceProfileRequest], error) {
	return askNew(call, in, profileKind, in.InstanceProfileName, "iam:CreateInstanceProfile", "iam:TagInstanceProfile",
		details{path: in.Path, tags: in.Tags}), nil
}

func (s *API) mayGetInstanceProfile(ctx context.Context, call *bailiwick.Call, in *GetInstanceProfileRequest) (*asked[GetInstanceProfileRequest], error) {
	return ask(ctx, s, call, in, profileKind, in.InstanceProfileName, "iam:GetInstanceProfile", details{})
}

func (s *API) mayListInstanceProfilesForRole(ctx context.Context, call *bailiwick.Call, in *ListInstanceProfilesForRoleRequest) (*asked[ListInstanceProfilesForRoleRequest], error) {
	return ask(ctx, s, call, in, roleKind, in.RoleName, "iam:ListInstanceProfilesForRole", details{})
}

func (s *API) mayDeleteInstanceProfile(ctx context.Context, call *bailiwick.Call, in *DeleteInstanceProfileRequest) (*asked[DeleteInstanceProfileRequest], error) {
	return ask(ctx, s, call, in, profileKind, in.InstanceProfileName, "iam:DeleteInstanceProfile", details{})
}

// mayAddRoleToInstanceProfile: who puts a role into a profile hands it to whoever
// may start an instance, and needs leave to pass it.
// Source: IAM API Reference, AddRoleToInstanceProfile.
func (s *API) mayAddRoleToInstanceProfile(ctx context.Context, call *bailiwick.Call, in *AddRoleToInstanceProfileRequest) (*asked[AddRoleToInstanceProfileRequest], error) {
	a, err := ask(ctx, s, call, in, profileKind, in.InstanceProfileName, "iam:AddRoleToInstanceProfile", details{})
	if err != nil {
		return nil, err
	}
	err = s.Store.View(ctx, func(r store.Reader) (err error) {
		a.passed, err = getEntity(r, call.Account, roleKind, *in.RoleName)
		return err
	})
	if err != nil {
		return nil, err
	}
	arn := (&entity{Account: call.Account, Kind: roleKind, Path: "/", Name: *in.RoleName}).arn()
	if a.passed != nil {
		arn = a.passed.arn()
	}
	const action = "iam:PassRole"
	x := entityKeys(action, a.passed, details{})
	x.Set(passedToKey, instances)
	a.checks = append(a.checks, authz.Check{Action: action, Resource: arn, Type: string(roleKind), Keys: x})
	return a, nil
}

func (s *API) mayRemoveRoleFromInstanceProfile(ctx context.Context, call *bailiwick.Call, in *RemoveRoleFromInstanceProfileRequest) (*asked[RemoveRoleFromInstanceProfileRequest], error) {
	return ask(ctx, s, call, in, profileKind, in.InstanceProfileName, "iam:RemoveRoleFromInstanceProfile", details{})
}

func (s *API) mayTagInstanceProfile(ctx context.Context, call *bailiwick.Call, in *TagInstanceProfileRequest) (*asked[TagInstanceProfileRequest], error) {
	return ask(ctx, s, call, in, profileKind, in.InstanceProfileName, "iam:TagInstanceProfile", details{tags: in.Tags})
}

func (s *API) mayUntagInstanceProfile(ctx context.Context, call *bailiwick.Call, in *UntagInstanceProfileRequest) (*asked[UntagInstanceProfileRequest], error) {
	return ask(ctx, s, call, in, profileKind, in.InstanceProfileName, "iam:UntagInstanceProfile", details{untags: in.TagKeys})
}

func (s *API) mayListInstanceProfileTags(ctx context.Context, call *bailiwick.Call, in *ListInstanceProfileTagsRequest) (*asked[ListInstanceProfileTagsRequest], error) {
	return ask(ctx, s, call, in, profileKind, in.InstanceProfileName, "iam:ListInstanceProfileTags", details{})
}
