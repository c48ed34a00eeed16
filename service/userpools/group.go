package userpools

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/bailiwick-project/bailiwick/store"
)

// A group is the record of a group in a pool.
type group struct {
	Name        string
	Description *string
	Precedence  *int32  // nil is behind every number
	Role        *string // ARN
	Created     time.Time
	Modified    time.Time
}

func getGroup(r store.Reader, poolID, name string) (*group, error) {
	g, err := store.GetJSON[group](r, keyGroup(poolID, name))
	if errors.Is(err, store.ErrNotFound) {
		return nil, errNoGroup
	}
	if err != nil {
		return nil, fmt.Errorf("reading group %s of pool %s: %w", name, poolID, err)
	}
	return &g, nil
}

// groupNames lists the groups of a user by name.
func groupNames(r store.Reader, poolID, sub string) ([]string, error) {
	var names []string
	from, to := store.Prefix(root, "membership", poolID, sub)
	for e, err := range r.Scan(from, to, false) {
		if err != nil {
			return nil, fmt.Errorf("listing the groups of user %s: %w", sub, err)
		}
		names = append(names, lastPart(e.Key))
	}
	return names, nil
}

// groupsOf lists the groups of a user, best precedence first, then by name.
func groupsOf(r store.Reader, poolID, sub string) ([]group, error) {
	names, err := groupNames(r, poolID, sub)
	if err != nil {
		return nil, err
	}
	groups := make([]group, 0, len(names))
	for _, name := range names {
		g, err := getGroup(r, poolID, name)
		if err != nil {
			return nil, err
		}
		groups = append(groups, *g)
	}
	slices.SortFunc(groups, func(a, b group) int {
		return cmp.Or(cmp.Compare(a.rank(), b.rank()), strings.Compare(a.Name, b.Name))
	})
	return groups, nil
}

// rank orders groups: the lowest is the best, a group without one the worst.
func (g *group) rank() int64 {
	if g.Precedence == nil {
		return math.MaxInt64
	}
	return int64(*g.Precedence)
}

// rolesOf is the claims cognito:roles and cognito:preferred_role of whoever is in
// the groups; "" for no preferred role. Groups without a role do not count. Of
// those with the best precedence all must agree, else there is none: to choose
// one of two roles for somebody could choose the wrong one.
// Source: Cognito Developer Guide, "Assigning precedence values to groups".
func rolesOf(groups []group) (roles []string, preferred string) {
	best := int64(math.MaxInt64)
	for i := range groups {
		if g := &groups[i]; g.Role != nil {
			best = min(best, g.rank())
			if !has(roles, *g.Role) {
				roles = append(roles, *g.Role)
			}
		}
	}
	if len(roles) == 1 {
		return roles, roles[0]
	}
	for i := range groups {
		g := &groups[i]
		if g.Role == nil || g.rank() != best || *g.Role == preferred {
			continue
		}
		if preferred != "" {
			return roles, ""
		}
		preferred = *g.Role
	}
	return roles, preferred
}

// leaveGroup takes a user out of a group, both ways.
func leaveGroup(tx store.Tx, poolID, group, sub string) error {
	if err := tx.Delete(keyMember(poolID, group, sub)); err != nil {
		return fmt.Errorf("leaving group %s: %w", group, err)
	}
	if err := tx.Delete(keyMembership(poolID, sub, group)); err != nil {
		return fmt.Errorf("leaving group %s: %w", group, err)
	}
	return nil
}
