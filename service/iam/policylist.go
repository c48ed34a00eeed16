package iam

import (
	"context"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/store"
)

func (s *API) listPolicies(ctx context.Context, call *bailiwick.Call, in *ListPoliciesRequest) (*ListPoliciesResponse, error) {
	p, err := newPage(in.Marker, in.MaxItems)
	if err != nil {
		return nil, err
	}
	out := &ListPoliciesResponse{}
	err = s.Store.View(ctx, func(r store.Reader) error {
		var slots []slot[Policy]
		found, err := s.scoped(r, call.Account, text(in.Scope))
		if err != nil {
			return err
		}
		for _, m := range found {
			shown, err := s.awsManaged(r, call.Account, m, false)
			if err != nil {
				return err
			}
			if under(m.Path, in.PathPrefix) && used(&shown, in) {
				slots = append(slots, slot[Policy]{policySort(m.arn()), shown})
			}
		}
		out.Policies, out.IsTruncated, out.Marker = cut(p, slots)
		return nil
	})
	return out, err
}

// scoped returns the policies of the account ("Local"), of AWS ("AWS") or both.
func (s *API) scoped(r store.Reader, account, scope string) ([]*managed, error) {
	var out []*managed
	if scope != "Local" {
		for _, p := range s.awsPolicies() {
			out = append(out, &p.managed)
		}
	}
	if scope == "AWS" {
		return out, nil
	}
	local, err := all[managed](r, "iam", "policy", account)
	for i := range local {
		out = append(out, &local[i])
	}
	return out, err
}

// used tells whether a policy passes the filters on its use.
func used(p *Policy, in *ListPoliciesRequest) bool {
	permissions, boundary := *p.AttachmentCount > 0, *p.PermissionsBoundaryUsageCount > 0
	switch usage(text(in.PolicyUsageFilter)) {
	case asPermissions:
		return permissions
	case asBoundary:
		return boundary
	}
	return in.OnlyAttached == nil || !*in.OnlyAttached || permissions
}

// listEntitiesForPolicy lists users, roles and groups together, page by page.
func (s *API) listEntitiesForPolicy(ctx context.Context, call *bailiwick.Call, a *asked[ListEntitiesForPolicyRequest]) (*ListEntitiesForPolicyResponse, error) {
	m, err := a.policyFound()
	if err != nil {
		return nil, err
	}
	p, err := newPage(a.in.Marker, a.in.MaxItems)
	if err != nil {
		return nil, err
	}
	out := &ListEntitiesForPolicyResponse{PolicyGroups: []PolicyGroup{}, PolicyRoles: []PolicyRole{}, PolicyUsers: []PolicyUser{}}
	err = s.Store.View(ctx, func(r store.Reader) error {
		slots, err := users(r, call.Account, m.arn(), a.in)
		if err != nil {
			return err
		}
		var list []*entity
		list, out.IsTruncated, out.Marker = cut(p, slots)
		for _, e := range list {
			switch e.Kind {
			case groupKind:
				out.PolicyGroups = append(out.PolicyGroups, PolicyGroup{GroupId: &e.ID, GroupName: &e.Name})
			case roleKind:
				out.PolicyRoles = append(out.PolicyRoles, PolicyRole{RoleId: &e.ID, RoleName: &e.Name})
			case userKind:
				out.PolicyUsers = append(out.PolicyUsers, PolicyUser{UserId: &e.ID, UserName: &e.Name})
			}
		}
		return nil
	})
	return out, err
}

// users returns who uses a policy in the way that is asked for.
func users(r store.Reader, account, policyARN string, in *ListEntitiesForPolicyRequest) ([]slot[*entity], error) {
	var out []slot[*entity]
	seen := map[string]bool{}
	for _, u := range []usage{asPermissions, asBoundary} {
		if in.PolicyUsageFilter != nil && usage(*in.PolicyUsageFilter) != u {
			continue
		}
		found, err := linked(r, "iam", "use", account, policyARN, u)
		if err != nil {
			return nil, err
		}
		for _, f := range found {
			e := f.item
			if seen[e.ID] || !under(e.Path, in.PathPrefix) || in.EntityFilter != nil && *in.EntityFilter != titles[e.Kind] {
				continue
			}
			seen[e.ID] = true
			out = append(out, slot[*entity]{string(e.Kind) + "/" + f.sort, e})
		}
	}
	return out, nil
}
