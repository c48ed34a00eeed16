package iam

import (
	"context"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/store"
)

// defaultSession is the MaxSessionDuration of a role that names none, in seconds.
const defaultSession = 3600

// awsRole is a role as clients read it. Lists show less of it than GetRole does.
func awsRole(r store.Reader, e *entity, whole bool) (Role, error) {
	shown, err := e.Trust.shown(r)
	if err != nil {
		return Role{}, err
	}
	out := Role{
		Arn: ptr(e.arn()), AssumeRolePolicyDocument: encoded(shown), CreateDate: &e.Created, Description: e.Description,
		MaxSessionDuration: &e.MaxSession, Path: &e.Path, RoleId: &e.ID, RoleName: &e.Name,
	}
	if whole {
		out.Tags, out.PermissionsBoundary, out.RoleLastUsed = e.Tags, awsBoundary(e), &RoleLastUsed{}
	}
	return out, nil
}

func (s *API) createRole(ctx context.Context, call *bailiwick.Call, a *asked[CreateRoleRequest]) (*CreateRoleResponse, error) {
	in := a.in
	doc, err := parseTrust(call, *in.AssumeRolePolicyDocument)
	if err != nil {
		return nil, err
	}
	if err := checkTags(in.Tags); err != nil {
		return nil, err
	}
	id, err := s.newID(rolePrefix, idLength)
	if err != nil {
		return nil, err
	}
	e := &entity{
		Kind: roleKind, Account: call.Account, Path: pathOf(in.Path), Name: a.name, ID: id, Created: at(call),
		Boundary: text(in.PermissionsBoundary), Tags: in.Tags, Description: in.Description, MaxSession: sessionOf(in.MaxSessionDuration),
	}
	var out Role
	err = s.change(ctx, call.Account, func(tx store.Tx) (err error) {
		if e.Trust, err = bindTrust(tx, *in.AssumeRolePolicyDocument, doc); err != nil {
			return err
		}
		if err := s.create(tx, e); err != nil {
			return err
		}
		out, err = awsRole(tx, e, true)
		return err
	})
	if err != nil {
		return nil, err
	}
	out.RoleLastUsed = nil
	return &CreateRoleResponse{Role: &out}, nil
}

func sessionOf(seconds *int32) int32 {
	if seconds == nil {
		return defaultSession
	}
	return *seconds
}

func (s *API) getRole(ctx context.Context, _ *bailiwick.Call, a *asked[GetRoleRequest]) (*GetRoleResponse, error) {
	e, err := a.found()
	if err != nil {
		return nil, err
	}
	var out Role
	err = s.Store.View(ctx, func(r store.Reader) (err error) {
		out, err = awsRole(r, e, true)
		return err
	})
	return &GetRoleResponse{Role: &out}, err
}

func (s *API) listRoles(ctx context.Context, call *bailiwick.Call, in *ListRolesRequest) (*ListRolesResponse, error) {
	p, err := newPage(in.Marker, in.MaxItems)
	if err != nil {
		return nil, err
	}
	out := &ListRolesResponse{Roles: []Role{}}
	err = s.Store.View(ctx, func(r store.Reader) error {
		keep := func(e *entity) bool { return under(e.Path, in.PathPrefix) }
		list, more, next, err := scan(r, p, keep, "iam", "entity", call.Account, roleKind)
		if err != nil {
			return err
		}
		out.IsTruncated, out.Marker = more, next
		for i := range list {
			role, err := awsRole(r, &list[i], false)
			if err != nil {
				return err
			}
			out.Roles = append(out.Roles, role)
		}
		return nil
	})
	return out, err
}

// updateRole: a description that is not given stays, a duration that is not
// given becomes the default, as the API reference says.
func (s *API) updateRole(ctx context.Context, _ *bailiwick.Call, a *asked[UpdateRoleRequest]) (*UpdateRoleResponse, error) {
	e, err := a.found()
	if err != nil {
		return nil, err
	}
	err = s.alter(ctx, e, func(tx store.Tx, e *entity) error {
		if a.in.Description != nil {
			e.Description = a.in.Description
		}
		e.MaxSession = sessionOf(a.in.MaxSessionDuration)
		return putEntity(tx, e)
	})
	return &UpdateRoleResponse{}, err
}

func (s *API) updateRoleDescription(ctx context.Context, _ *bailiwick.Call, a *asked[UpdateRoleDescriptionRequest]) (*UpdateRoleDescriptionResponse, error) {
	e, err := a.found()
	if err != nil {
		return nil, err
	}
	var out Role
	err = s.alter(ctx, e, func(tx store.Tx, e *entity) (err error) {
		e.Description = a.in.Description
		if err := putEntity(tx, e); err != nil {
			return err
		}
		out, err = awsRole(tx, e, true)
		return err
	})
	return &UpdateRoleDescriptionResponse{Role: &out}, err
}

func (s *API) deleteRole(ctx context.Context, _ *bailiwick.Call, a *asked[DeleteRoleRequest]) (*none, error) {
	e, err := a.found()
	if err != nil {
		return nil, err
	}
	return nil, s.alter(ctx, e, s.remove)
}

func (s *API) updateAssumeRolePolicy(ctx context.Context, call *bailiwick.Call, a *asked[UpdateAssumeRolePolicyRequest]) (*none, error) {
	e, err := a.found()
	if err != nil {
		return nil, err
	}
	doc, err := parseTrust(call, *a.in.PolicyDocument)
	if err != nil {
		return nil, err
	}
	return nil, s.alter(ctx, e, func(tx store.Tx, e *entity) (err error) {
		if e.Trust, err = bindTrust(tx, *a.in.PolicyDocument, doc); err != nil {
			return err
		}
		return putEntity(tx, e)
	})
}
