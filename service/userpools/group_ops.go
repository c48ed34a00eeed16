package userpools

import (
	"context"
	"errors"
	"fmt"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/store"
)

// Limits. Source: Cognito Developer Guide, "Quotas".
const (
	maxGroups       = 10_000
	maxGroupsOfUser = 100
)

// inPool runs a read or a change in a pool of the caller.
func (a *API) inPool(ctx context.Context, call *bailiwick.Call, id *string, fn func(store.Tx, *pool) error) error {
	return a.decide(ctx, func(tx store.Tx) error {
		p, err := ownPool(tx, call, value(id))
		if err != nil {
			return err
		}
		return fn(tx, p)
	})
}

// readPool is inPool for what only reads.
func (a *API) readPool(ctx context.Context, call *bailiwick.Call, id *string, fn func(store.Reader, *pool) error) error {
	return a.Store.View(ctx, func(r store.Reader) error {
		p, err := ownPool(r, call, value(id))
		if err != nil {
			return err
		}
		return fn(r, p)
	})
}

func (a *API) createGroup(ctx context.Context, call *bailiwick.Call, in *CreateGroupRequest) (*CreateGroupResponse, error) {
	g := group{Name: value(in.GroupName), Description: in.Description, Precedence: in.Precedence, Role: in.RoleArn, Created: call.Time, Modified: call.Time}
	err := a.inPool(ctx, call, in.UserPoolId, func(tx store.Tx, p *pool) error {
		_, err := getGroup(tx, p.ID, g.Name)
		if err == nil {
			return bailiwick.Errorf("GroupExistsException", "A group with the name already exists.")
		}
		if !errors.Is(err, errNoGroup) {
			return err
		}
		n, err := countBelow(tx, maxGroups, root, "group", p.ID)
		if err != nil {
			return err
		}
		if n >= maxGroups {
			return bailiwick.Errorf(codeLimitExceeded, "A user pool cannot have more than %d groups.", maxGroups)
		}
		return putGroup(tx, p.ID, &g)
	})
	if err != nil {
		return nil, err
	}
	return &CreateGroupResponse{Group: g.describe(value(in.UserPoolId))}, nil
}

func countBelow(r store.Reader, limit int, parts ...any) (int, error) {
	n := 0
	from, to := store.Prefix(parts...)
	for _, err := range r.Scan(from, to, false) {
		if err != nil {
			return 0, fmt.Errorf("counting %v: %w", parts, err)
		}
		if n++; n >= limit {
			break
		}
	}
	return n, nil
}

func putGroup(tx store.Tx, poolID string, g *group) error {
	if err := store.PutJSON(tx, keyGroup(poolID, g.Name), g); err != nil {
		return fmt.Errorf("writing group %s: %w", g.Name, err)
	}
	return nil
}

func (a *API) getGroup(ctx context.Context, call *bailiwick.Call, in *GetGroupRequest) (*GetGroupResponse, error) {
	out := &GetGroupResponse{}
	err := a.readPool(ctx, call, in.UserPoolId, func(r store.Reader, p *pool) error {
		g, err := getGroup(r, p.ID, value(in.GroupName))
		if err == nil {
			out.Group = g.describe(p.ID)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// updateGroup changes what is given; the rest stays. Source: UpdateGroup.
func (a *API) updateGroup(ctx context.Context, call *bailiwick.Call, in *UpdateGroupRequest) (*UpdateGroupResponse, error) {
	out := &UpdateGroupResponse{}
	err := a.inPool(ctx, call, in.UserPoolId, func(tx store.Tx, p *pool) error {
		g, err := getGroup(tx, p.ID, value(in.GroupName))
		if err != nil {
			return err
		}
		g.Description, g.Role = pick(in.Description, g.Description), pick(in.RoleArn, g.Role)
		if in.Precedence != nil {
			g.Precedence = in.Precedence
		}
		g.Modified = call.Time
		out.Group = g.describe(p.ID)
		return putGroup(tx, p.ID, g)
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// deleteGroup deletes a group; its members stay users.
func (a *API) deleteGroup(ctx context.Context, call *bailiwick.Call, in *DeleteGroupRequest) (*struct{}, error) {
	return nil, a.inPool(ctx, call, in.UserPoolId, func(tx store.Tx, p *pool) error {
		name := value(in.GroupName)
		if _, err := getGroup(tx, p.ID, name); err != nil {
			return err
		}
		from, to := store.Prefix(root, "member", p.ID, name)
		for e, err := range tx.Scan(from, to, false) {
			if err != nil {
				return fmt.Errorf("listing the members of group %s: %w", name, err)
			}
			if err := leaveGroup(tx, p.ID, name, lastPart(e.Key)); err != nil {
				return err
			}
		}
		return tx.Delete(keyGroup(p.ID, name))
	})
}

func (a *API) listGroups(ctx context.Context, call *bailiwick.Call, in *ListGroupsRequest) (*ListGroupsResponse, error) {
	out := &ListGroupsResponse{}
	pg := pageOf("ListGroups "+value(in.UserPoolId), in.Limit, in.NextToken)
	err := a.readPool(ctx, call, in.UserPoolId, func(r store.Reader, p *pool) error {
		var err error
		out.Groups, out.NextToken, err = listPage(a, r, pg, []any{root, "group", p.ID}, func(_ []byte, g group) (GroupType, bool, error) {
			return *g.describe(p.ID), true, nil
		})
		return err
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

func (a *API) listUsersInGroup(ctx context.Context, call *bailiwick.Call, in *ListUsersInGroupRequest) (*ListUsersInGroupResponse, error) {
	out := &ListUsersInGroupResponse{}
	name := value(in.GroupName)
	pg := pageOf("ListUsersInGroup "+value(in.UserPoolId)+" "+name, in.Limit, in.NextToken)
	err := a.readPool(ctx, call, in.UserPoolId, func(r store.Reader, p *pool) error {
		if _, err := getGroup(r, p.ID, name); err != nil {
			return err
		}
		var err error
		out.Users, out.NextToken, err = listPage(a, r, pg, []any{root, "member", p.ID, name}, func(key []byte, _ struct{}) (UserType, bool, error) {
			u, err := userBySub(r, p.ID, lastPart(key))
			if err != nil {
				return UserType{}, false, err
			}
			return *u.describe(), true, nil
		})
		return err
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// adminAddUserToGroup may be repeated.
func (a *API) adminAddUserToGroup(ctx context.Context, call *bailiwick.Call, in *AdminAddUserToGroupRequest) (*struct{}, error) {
	return nil, a.inPool(ctx, call, in.UserPoolId, func(tx store.Tx, p *pool) error {
		u, g, err := userAndGroup(tx, p, in.Username, in.GroupName)
		if err != nil {
			return err
		}
		names, err := groupNames(tx, p.ID, u.Sub)
		if err != nil {
			return err
		}
		if !has(names, g.Name) && len(names) >= maxGroupsOfUser {
			return bailiwick.Errorf(codeLimitExceeded, "A user cannot be in more than %d groups.", maxGroupsOfUser)
		}
		if err := tx.Put(keyMember(p.ID, g.Name, u.Sub), nameRecord); err != nil {
			return fmt.Errorf("joining group %s: %w", g.Name, err)
		}
		return tx.Put(keyMembership(p.ID, u.Sub, g.Name), nameRecord)
	})
}

func (a *API) adminRemoveUserFromGroup(ctx context.Context, call *bailiwick.Call, in *AdminRemoveUserFromGroupRequest) (*struct{}, error) {
	return nil, a.inPool(ctx, call, in.UserPoolId, func(tx store.Tx, p *pool) error {
		u, g, err := userAndGroup(tx, p, in.Username, in.GroupName)
		if err != nil {
			return err
		}
		return leaveGroup(tx, p.ID, g.Name, u.Sub)
	})
}

func userAndGroup(r store.Reader, p *pool, username, name *string) (*user, *group, error) {
	u, err := findUser(r, p, value(username))
	if err != nil {
		return nil, nil, err
	}
	g, err := getGroup(r, p.ID, value(name))
	return u, g, err
}

func (a *API) adminListGroupsForUser(ctx context.Context, call *bailiwick.Call, in *AdminListGroupsForUserRequest) (*AdminListGroupsForUserResponse, error) {
	out := &AdminListGroupsForUserResponse{}
	err := a.readPool(ctx, call, in.UserPoolId, func(r store.Reader, p *pool) error {
		u, err := findUser(r, p, value(in.Username))
		if err != nil {
			return err
		}
		pg := pageOf("AdminListGroupsForUser "+p.ID+" "+u.Sub, in.Limit, in.NextToken)
		out.Groups, out.NextToken, err = listPage(a, r, pg, []any{root, "membership", p.ID, u.Sub}, func(key []byte, _ struct{}) (GroupType, bool, error) {
			g, err := getGroup(r, p.ID, lastPart(key))
			if err != nil {
				return GroupType{}, false, err
			}
			return *g.describe(p.ID), true, nil
		})
		return err
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

func (g *group) describe(poolID string) *GroupType {
	return &GroupType{
		GroupName: &g.Name, UserPoolId: &poolID, Description: g.Description, Precedence: g.Precedence, RoleArn: g.Role,
		CreationDate: &g.Created, LastModifiedDate: &g.Modified,
	}
}
