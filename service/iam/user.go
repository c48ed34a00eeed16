package iam

import (
	"context"
	"time"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/policy"
	"github.com/bailiwick-project/bailiwick/store"
)

// awsUser is a user as clients read it. Lists show less of it than GetUser does.
func awsUser(e *entity, whole bool) User {
	out := User{Arn: ptr(e.arn()), CreateDate: &e.Created, Path: &e.Path, UserId: &e.ID, UserName: &e.Name}
	if whole {
		out.Tags, out.PermissionsBoundary = e.Tags, awsBoundary(e)
	}
	return out
}

func (s *API) createUser(ctx context.Context, call *bailiwick.Call, a *asked[CreateUserRequest]) (*CreateUserResponse, error) {
	if err := checkTags(a.in.Tags); err != nil {
		return nil, err
	}
	id, err := s.newID(userPrefix, idLength)
	if err != nil {
		return nil, err
	}
	e := &entity{
		Kind: userKind, Account: call.Account, Path: pathOf(a.in.Path), Name: a.name, ID: id, Created: at(call),
		Boundary: text(a.in.PermissionsBoundary), Tags: a.in.Tags,
	}
	if err := s.change(ctx, call.Account, func(tx store.Tx) error { return s.create(tx, e) }); err != nil {
		return nil, err
	}
	return &CreateUserResponse{User: ptr(awsUser(e, true))}, nil
}

// getUser without a name tells the caller about himself; root is no user and
// has neither name nor path.
func (s *API) getUser(ctx context.Context, call *bailiwick.Call, a *asked[GetUserRequest]) (*GetUserResponse, error) {
	if a.name == "" && call.Who.Type == policy.Account {
		created, err := s.rootCreated(ctx, call.Account)
		return &GetUserResponse{User: &User{Arn: &call.Who.ARN, UserId: &call.Account, CreateDate: &created}}, err
	}
	e, err := a.found()
	if err != nil {
		return nil, err
	}
	return &GetUserResponse{User: ptr(awsUser(e, true))}, nil
}

// rootCreated is when the account's root key was first set.
func (s *API) rootCreated(ctx context.Context, account string) (time.Time, error) {
	created := time.Unix(0, 0).UTC()
	err := s.Store.View(ctx, func(r store.Reader) error {
		root, err := get[rootRecord](r, rootKey(account))
		if root != nil {
			created = root.Created
		}
		return err
	})
	return created, err
}

func (s *API) listUsers(ctx context.Context, call *bailiwick.Call, in *ListUsersRequest) (*ListUsersResponse, error) {
	p, err := newPage(in.Marker, in.MaxItems)
	if err != nil {
		return nil, err
	}
	out := &ListUsersResponse{}
	err = s.Store.View(ctx, func(r store.Reader) error {
		keep := func(e *entity) bool { return under(e.Path, in.PathPrefix) }
		list, more, next, err := scan(r, p, keep, "iam", "entity", call.Account, userKind)
		out.Users, out.IsTruncated, out.Marker = each(list, func(e *entity) User { return awsUser(e, false) }), more, next
		return err
	})
	return out, err
}

func (s *API) updateUser(ctx context.Context, _ *bailiwick.Call, a *asked[UpdateUserRequest]) (*none, error) {
	e, err := a.found()
	if err != nil {
		return nil, err
	}
	return nil, s.alter(ctx, e, func(tx store.Tx, e *entity) error { return rename(tx, e, a.in.NewUserName, a.in.NewPath) })
}

func (s *API) deleteUser(ctx context.Context, _ *bailiwick.Call, a *asked[DeleteUserRequest]) (*none, error) {
	e, err := a.found()
	if err != nil {
		return nil, err
	}
	return nil, s.alter(ctx, e, s.remove)
}

func (s *API) listGroupsForUser(ctx context.Context, _ *bailiwick.Call, a *asked[ListGroupsForUserRequest]) (*ListGroupsForUserResponse, error) {
	e, err := a.found()
	if err != nil {
		return nil, err
	}
	p, err := newPage(a.in.Marker, a.in.MaxItems)
	if err != nil {
		return nil, err
	}
	out := &ListGroupsForUserResponse{}
	err = s.Store.View(ctx, func(r store.Reader) error {
		groups, err := linked(r, "iam", "groupof", e.Account, e.ID)
		if err != nil {
			return err
		}
		list, more, next := cut(p, groups)
		out.Groups, out.IsTruncated, out.Marker = each(list, func(g **entity) Group { return awsGroup(*g) }), more, next
		return nil
	})
	return out, err
}

// linked returns the entities whose ids end the keys below the parts, by name.
func linked(r store.Reader, parts ...any) ([]slot[*entity], error) {
	ids, err := lasts(r, parts...)
	if err != nil {
		return nil, err
	}
	var out []slot[*entity]
	for _, id := range ids {
		e, err := byID(r, id)
		if err != nil {
			return nil, err
		}
		if e != nil {
			out = append(out, slot[*entity]{fold(e.Name), e})
		}
	}
	return out, nil
}
