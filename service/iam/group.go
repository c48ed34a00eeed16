package iam

import (
	"context"
	"errors"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/store"
)

// maxGroups is how many groups one user may be in.
// Source: IAM User Guide, "IAM and AWS STS quotas".
const maxGroups = 10

func awsGroup(e *entity) Group {
	return Group{Arn: ptr(e.arn()), CreateDate: &e.Created, GroupId: &e.ID, GroupName: &e.Name, Path: &e.Path}
}

func (s *API) createGroup(ctx context.Context, call *bailiwick.Call, a *asked[CreateGroupRequest]) (*CreateGroupResponse, error) {
	id, err := s.newID(groupPrefix, idLength)
	if err != nil {
		return nil, err
	}
	e := &entity{Kind: groupKind, Account: call.Account, Path: pathOf(a.in.Path), Name: a.name, ID: id, Created: at(call)}
	if err := s.change(ctx, call.Account, func(tx store.Tx) error { return s.create(tx, e) }); err != nil {
		return nil, err
	}
	return &CreateGroupResponse{Group: ptr(awsGroup(e))}, nil
}

func (s *API) getGroup(ctx context.Context, _ *bailiwick.Call, a *asked[GetGroupRequest]) (*GetGroupResponse, error) {
	e, err := a.found()
	if err != nil {
		return nil, err
	}
	p, err := newPage(a.in.Marker, a.in.MaxItems)
	if err != nil {
		return nil, err
	}
	out := &GetGroupResponse{Group: ptr(awsGroup(e))}
	err = s.Store.View(ctx, func(r store.Reader) error {
		users, err := linked(r, "iam", "member", e.Account, e.ID)
		if err != nil {
			return err
		}
		list, more, next := cut(p, users)
		out.Users, out.IsTruncated, out.Marker = each(list, func(u **entity) User { return awsUser(*u, false) }), more, next
		return nil
	})
	return out, err
}

func (s *API) listGroups(ctx context.Context, call *bailiwick.Call, in *ListGroupsRequest) (*ListGroupsResponse, error) {
	p, err := newPage(in.Marker, in.MaxItems)
	if err != nil {
		return nil, err
	}
	out := &ListGroupsResponse{}
	err = s.Store.View(ctx, func(r store.Reader) error {
		keep := func(e *entity) bool { return under(e.Path, in.PathPrefix) }
		list, more, next, err := scan(r, p, keep, "iam", "entity", call.Account, groupKind)
		out.Groups, out.IsTruncated, out.Marker = each(list, awsGroup), more, next
		return err
	})
	return out, err
}

func (s *API) updateGroup(ctx context.Context, _ *bailiwick.Call, a *asked[UpdateGroupRequest]) (*none, error) {
	e, err := a.found()
	if err != nil {
		return nil, err
	}
	return nil, s.alter(ctx, e, func(tx store.Tx, e *entity) error { return rename(tx, e, a.in.NewGroupName, a.in.NewPath) })
}

func (s *API) deleteGroup(ctx context.Context, _ *bailiwick.Call, a *asked[DeleteGroupRequest]) (*none, error) {
	e, err := a.found()
	if err != nil {
		return nil, err
	}
	return nil, s.alter(ctx, e, s.remove)
}

// addUserToGroup: to be in a group twice is to be in it.
func (s *API) addUserToGroup(ctx context.Context, _ *bailiwick.Call, a *asked[AddUserToGroupRequest]) (*none, error) {
	g, err := a.found()
	if err != nil {
		return nil, err
	}
	return nil, s.alter(ctx, g, func(tx store.Tx, g *entity) error {
		u, err := member(tx, g, *a.in.UserName)
		if err != nil {
			return err
		}
		key := groupOfKey(u.Account, u.ID, g.ID)
		if in, err := has(tx, key); in || err != nil {
			return err
		}
		n, err := count(tx, "iam", "groupof", u.Account, u.ID)
		if err != nil {
			return err
		}
		if n >= maxGroups {
			return overLimit("Cannot exceed quota for GroupsPerUser: %d", maxGroups)
		}
		if err := tx.Put(memberKey(g.Account, g.ID, u.ID), nil); err != nil {
			return err
		}
		return tx.Put(key, nil)
	})
}

func (s *API) removeUserFromGroup(ctx context.Context, _ *bailiwick.Call, a *asked[RemoveUserFromGroupRequest]) (*none, error) {
	g, err := a.found()
	if err != nil {
		return nil, err
	}
	return nil, s.alter(ctx, g, func(tx store.Tx, g *entity) error {
		u, err := member(tx, g, *a.in.UserName)
		if err != nil {
			return err
		}
		key := groupOfKey(u.Account, u.ID, g.ID)
		in, err := has(tx, key)
		if err != nil {
			return err
		}
		if !in {
			return notFound("The user with name %s is not in the group with name %s.", u.Name, g.Name)
		}
		if err := tx.Delete(memberKey(g.Account, g.ID, u.ID)); err != nil {
			return err
		}
		return tx.Delete(key)
	})
}

// member is a user that is to join or to leave g.
func member(r store.Reader, g *entity, name string) (*entity, error) {
	u, err := getEntity(r, g.Account, userKind, name)
	if u == nil && err == nil {
		err = noEntity(userKind, name)
	}
	return u, err
}

func has(r store.Reader, key []byte) (bool, error) {
	_, err := r.Get(key)
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}
