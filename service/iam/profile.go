package iam

import (
	"context"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/store"
)

// maxRoles is how many roles an instance profile may carry. AWS's lists of roles
// have one item at most.
// Source: IAM User Guide, "IAM and AWS STS quotas".
const maxRoles = 1

// awsProfile is an instance profile as clients read it. Lists show less of it
// than GetInstanceProfile does.
func awsProfile(r store.Reader, e *entity, whole bool) (InstanceProfile, error) {
	out := InstanceProfile{
		Arn: ptr(e.arn()), CreateDate: &e.Created, InstanceProfileId: &e.ID, InstanceProfileName: &e.Name, Path: &e.Path, Roles: []Role{},
	}
	if whole {
		out.Tags = e.Tags
	}
	roles, err := linked(r, "iam", "profilerole", e.Account, e.ID)
	if err != nil {
		return out, err
	}
	for _, l := range roles {
		role, err := awsRole(r, l.item, false)
		if err != nil {
			return out, err
		}
		out.Roles = append(out.Roles, role)
	}
	return out, nil
}

// awsProfiles is a list of instance profiles as clients read it.
func awsProfiles(r store.Reader, list []*entity) ([]InstanceProfile, error) {
	out := []InstanceProfile{}
	for _, e := range list {
		shown, err := awsProfile(r, e, false)
		if err != nil {
			return nil, err
		}
		out = append(out, shown)
	}
	return out, nil
}

func (s *API) createInstanceProfile(ctx context.Context, call *bailiwick.Call, a *asked[CreateInstanceProfileRequest]) (*CreateInstanceProfileResponse, error) {
	if err := checkTags(a.in.Tags); err != nil {
		return nil, err
	}
	id, err := s.newID(profilePrefix, idLength)
	if err != nil {
		return nil, err
	}
	e := &entity{
		Kind: profileKind, Account: call.Account, Path: pathOf(a.in.Path), Name: a.name, ID: id, Created: at(call), Tags: a.in.Tags,
	}
	var out InstanceProfile
	err = s.change(ctx, call.Account, func(tx store.Tx) (err error) {
		if err := s.create(tx, e); err != nil {
			return err
		}
		out, err = awsProfile(tx, e, true)
		return err
	})
	return &CreateInstanceProfileResponse{InstanceProfile: &out}, err
}

func (s *API) getInstanceProfile(ctx context.Context, _ *bailiwick.Call, a *asked[GetInstanceProfileRequest]) (*GetInstanceProfileResponse, error) {
	e, err := a.found()
	if err != nil {
		return nil, err
	}
	var out InstanceProfile
	err = s.Store.View(ctx, func(r store.Reader) (err error) {
		out, err = awsProfile(r, e, true)
		return err
	})
	return &GetInstanceProfileResponse{InstanceProfile: &out}, err
}

func (s *API) listInstanceProfiles(ctx context.Context, call *bailiwick.Call, in *ListInstanceProfilesRequest) (*ListInstanceProfilesResponse, error) {
	p, err := newPage(in.Marker, in.MaxItems)
	if err != nil {
		return nil, err
	}
	out := &ListInstanceProfilesResponse{}
	err = s.Store.View(ctx, func(r store.Reader) error {
		keep := func(e *entity) bool { return under(e.Path, in.PathPrefix) }
		list, more, next, err := scan(r, p, keep, "iam", "entity", call.Account, profileKind)
		if err != nil {
			return err
		}
		out.IsTruncated, out.Marker = more, next
		out.InstanceProfiles, err = awsProfiles(r, each(list, func(e *entity) *entity { return e }))
		return err
	})
	return out, err
}

func (s *API) listInstanceProfilesForRole(ctx context.Context, _ *bailiwick.Call, a *asked[ListInstanceProfilesForRoleRequest]) (*ListInstanceProfilesForRoleResponse, error) {
	e, err := a.found()
	if err != nil {
		return nil, err
	}
	p, err := newPage(a.in.Marker, a.in.MaxItems)
	if err != nil {
		return nil, err
	}
	out := &ListInstanceProfilesForRoleResponse{}
	err = s.Store.View(ctx, func(r store.Reader) error {
		slots, err := linked(r, "iam", "roleprofile", e.Account, e.ID)
		if err != nil {
			return err
		}
		list, more, next := cut(p, slots)
		out.IsTruncated, out.Marker = more, next
		out.InstanceProfiles, err = awsProfiles(r, list)
		return err
	})
	return out, err
}

func (s *API) deleteInstanceProfile(ctx context.Context, _ *bailiwick.Call, a *asked[DeleteInstanceProfileRequest]) (*none, error) {
	e, err := a.found()
	if err != nil {
		return nil, err
	}
	return nil, s.alter(ctx, e, s.remove)
}

// addRoleToInstanceProfile puts in the role that leave to pass was given for.
func (s *API) addRoleToInstanceProfile(ctx context.Context, _ *bailiwick.Call, a *asked[AddRoleToInstanceProfileRequest]) (*none, error) {
	e, err := a.found()
	if err != nil {
		return nil, err
	}
	if a.passed == nil {
		return nil, noEntity(roleKind, *a.in.RoleName)
	}
	return nil, s.alter(ctx, e, func(tx store.Tx, e *entity) error {
		role, err := again(tx, a.passed)
		if err != nil {
			return err
		}
		n, err := count(tx, "iam", "profilerole", e.Account, e.ID)
		if err != nil {
			return err
		}
		if n >= maxRoles {
			return overLimit("Cannot exceed quota for InstanceSessionsPerInstanceProfile: %d", maxRoles)
		}
		if err := tx.Put(profileRoleKey(e.Account, e.ID, role.ID), nil); err != nil {
			return err
		}
		return tx.Put(roleProfileKey(e.Account, role.ID, e.ID), nil)
	})
}

func (s *API) removeRoleFromInstanceProfile(ctx context.Context, _ *bailiwick.Call, a *asked[RemoveRoleFromInstanceProfileRequest]) (*none, error) {
	e, err := a.found()
	if err != nil {
		return nil, err
	}
	return nil, s.alter(ctx, e, func(tx store.Tx, e *entity) error {
		role, err := getEntity(tx, e.Account, roleKind, *a.in.RoleName)
		if err != nil {
			return err
		}
		if role == nil {
			return noEntity(roleKind, *a.in.RoleName)
		}
		key := profileRoleKey(e.Account, e.ID, role.ID)
		in, err := has(tx, key)
		if err != nil {
			return err
		}
		if !in {
			return notFound("The role with name %s is not in the instance profile with name %s.", role.Name, e.Name)
		}
		if err := tx.Delete(roleProfileKey(e.Account, role.ID, e.ID)); err != nil {
			return err
		}
		return tx.Delete(key)
	})
}

func (s *API) tagInstanceProfile(ctx context.Context, _ *bailiwick.Call, a *asked[TagInstanceProfileRequest]) (*none, error) {
	e, err := a.found()
	if err != nil {
		return nil, err
	}
	return nil, s.tag(ctx, e, a.in.Tags)
}

func (s *API) untagInstanceProfile(ctx context.Context, _ *bailiwick.Call, a *asked[UntagInstanceProfileRequest]) (*none, error) {
	e, err := a.found()
	if err != nil {
		return nil, err
	}
	return nil, s.untag(ctx, e, a.in.TagKeys)
}

func (s *API) listInstanceProfileTags(_ context.Context, _ *bailiwick.Call, a *asked[ListInstanceProfileTagsRequest]) (*ListInstanceProfileTagsResponse, error) {
	e, err := a.found()
	if err != nil {
		return nil, err
	}
	tags, more, next, err := pageTags(e.Tags, a.in.Marker, a.in.MaxItems)
	return &ListInstanceProfileTagsResponse{Tags: tags, IsTruncated: more, Marker: next}, err
}
