package iam

import (
	"context"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/store"
)

// Tags and boundaries of roles and users.

// titled names a kind the way AWS's quotas do: PoliciesPerRole.
func (e *entity) titled() string { return titles[e.Kind] }

func (s *API) tag(ctx context.Context, e *entity, tags []Tag) error {
	return s.alter(ctx, e, func(tx store.Tx, e *entity) (err error) {
		if e.Tags, err = addTags(e.Tags, tags, e.titled()); err != nil {
			return err
		}
		return putEntity(tx, e)
	})
}

func (s *API) untag(ctx context.Context, e *entity, keys []string) error {
	return s.alter(ctx, e, func(tx store.Tx, e *entity) error {
		e.Tags = dropTags(e.Tags, keys)
		return putEntity(tx, e)
	})
}

// awsBoundary is a boundary as clients read it.
func awsBoundary(e *entity) *AttachedPermissionsBoundary {
	if e.Boundary == "" {
		return nil
	}
	return &AttachedPermissionsBoundary{PermissionsBoundaryArn: &e.Boundary, PermissionsBoundaryType: ptr("PermissionsBoundaryPolicy")}
}

// bound records that a policy is the boundary of e. The policy must exist.
func (s *API) bound(tx store.Tx, e *entity) error {
	m, err := s.findPolicy(tx, e.Account, e.Boundary)
	if err != nil {
		return err
	}
	if m == nil {
		return notFound("Scope ARN: %s does not exist or is not attachable.", e.Boundary)
	}
	return tx.Put(useKey(e.Account, asBoundary, e.Boundary, e.ID), nil)
}

func (s *API) unbound(tx store.Tx, e *entity) error {
	if e.Boundary == "" {
		return nil
	}
	return tx.Delete(useKey(e.Account, asBoundary, e.Boundary, e.ID))
}

func (s *API) setBoundary(ctx context.Context, e *entity, policyARN string) error {
	return s.alter(ctx, e, func(tx store.Tx, e *entity) error {
		if err := s.unbound(tx, e); err != nil {
			return err
		}
		e.Boundary = policyARN
		if err := s.bound(tx, e); err != nil {
			return err
		}
		return putEntity(tx, e)
	})
}

func (s *API) dropBoundary(ctx context.Context, e *entity) error {
	return s.alter(ctx, e, func(tx store.Tx, e *entity) error {
		if e.Boundary == "" {
			return notFound("The %s with name %s does not have a permissions boundary.", e.Kind, e.Name)
		}
		if err := s.unbound(tx, e); err != nil {
			return err
		}
		e.Boundary = ""
		return putEntity(tx, e)
	})
}

func (s *API) tagRole(ctx context.Context, _ *bailiwick.Call, a *asked[TagRoleRequest]) (*none, error) {
	e, err := a.found()
	if err != nil {
		return nil, err
	}
	return nil, s.tag(ctx, e, a.in.Tags)
}

func (s *API) untagRole(ctx context.Context, _ *bailiwick.Call, a *asked[UntagRoleRequest]) (*none, error) {
	e, err := a.found()
	if err != nil {
		return nil, err
	}
	return nil, s.untag(ctx, e, a.in.TagKeys)
}

func (s *API) listRoleTags(_ context.Context, _ *bailiwick.Call, a *asked[ListRoleTagsRequest]) (*ListRoleTagsResponse, error) {
	e, err := a.found()
	if err != nil {
		return nil, err
	}
	tags, more, next, err := pageTags(e.Tags, a.in.Marker, a.in.MaxItems)
	return &ListRoleTagsResponse{Tags: tags, IsTruncated: more, Marker: next}, err
}

func (s *API) putRolePermissionsBoundary(ctx context.Context, _ *bailiwick.Call, a *asked[PutRolePermissionsBoundaryRequest]) (*none, error) {
	e, err := a.found()
	if err != nil {
		return nil, err
	}
	return nil, s.setBoundary(ctx, e, *a.in.PermissionsBoundary)
}

func (s *API) deleteRolePermissionsBoundary(ctx context.Context, _ *bailiwick.Call, a *asked[DeleteRolePermissionsBoundaryRequest]) (*none, error) {
	e, err := a.found()
	if err != nil {
		return nil, err
	}
	return nil, s.dropBoundary(ctx, e)
}

func (s *API) tagUser(ctx context.Context, _ *bailiwick.Call, a *asked[TagUserRequest]) (*none, error) {
	e, err := a.found()
	if err != nil {
		return nil, err
	}
	return nil, s.tag(ctx, e, a.in.Tags)
}

func (s *API) untagUser(ctx context.Context, _ *bailiwick.Call, a *asked[UntagUserRequest]) (*none, error) {
	e, err := a.found()
	if err != nil {
		return nil, err
	}
	return nil, s.untag(ctx, e, a.in.TagKeys)
}

func (s *API) listUserTags(_ context.Context, _ *bailiwick.Call, a *asked[ListUserTagsRequest]) (*ListUserTagsResponse, error) {
	e, err := a.found()
	if err != nil {
		return nil, err
	}
	tags, more, next, err := pageTags(e.Tags, a.in.Marker, a.in.MaxItems)
	return &ListUserTagsResponse{Tags: tags, IsTruncated: more, Marker: next}, err
}

func (s *API) putUserPermissionsBoundary(ctx context.Context, _ *bailiwick.Call, a *asked[PutUserPermissionsBoundaryRequest]) (*none, error) {
	e, err := a.found()
	if err != nil {
		return nil, err
	}
	return nil, s.setBoundary(ctx, e, *a.in.PermissionsBoundary)
}

func (s *API) deleteUserPermissionsBoundary(ctx context.Context, _ *bailiwick.Call, a *asked[DeleteUserPermissionsBoundaryRequest]) (*none, error) {
	e, err := a.found()
	if err != nil {
		return nil, err
	}
	return nil, s.dropBoundary(ctx, e)
}
