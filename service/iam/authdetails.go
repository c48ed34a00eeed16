package iam

import (
	"context"
	"slices"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/store"
)

// A detail is one item of GetAccountAuthorizationDetails, not yet read whole.
type detail struct {
	entity *entity
	policy *managed
}

// getAccountAuthorizationDetails shows who may do what in an account: users,
// groups, roles and policies with all documents, as one list page by page. Only
// the items of the page are read whole.
// Source: IAM API Reference, GetAccountAuthorizationDetails.
func (s *API) getAccountAuthorizationDetails(ctx context.Context, call *bailiwick.Call, in *GetAccountAuthorizationDetailsRequest) (*GetAccountAuthorizationDetailsResponse, error) {
	p, err := newPage(in.Marker, in.MaxItems)
	if err != nil {
		return nil, err
	}
	out := &GetAccountAuthorizationDetailsResponse{
		UserDetailList: []UserDetail{}, GroupDetailList: []GroupDetail{}, RoleDetailList: []RoleDetail{}, Policies: []ManagedPolicyDetail{},
	}
	err = s.Store.View(ctx, func(r store.Reader) error {
		slots, err := s.details(r, call.Account, in.Filter)
		if err != nil {
			return err
		}
		list, more, next := cut(p, slots)
		out.IsTruncated, out.Marker = more, next
		for _, d := range list {
			if err := s.addDetail(r, call.Account, out, d); err != nil {
				return err
			}
		}
		return nil
	})
	return out, err
}

// details is the list that the filter leaves: kind after kind, by name.
func (s *API) details(r store.Reader, account string, filter []string) ([]slot[detail], error) {
	wanted := func(what string) bool { return len(filter) == 0 || slices.Contains(filter, what) }
	var out []slot[detail]
	for _, k := range []struct {
		what string
		kind kind
	}{{"User", userKind}, {"Group", groupKind}, {"Role", roleKind}} {
		if !wanted(k.what) {
			continue
		}
		found, err := all[entity](r, "iam", "entity", account, k.kind)
		if err != nil {
			return nil, err
		}
		for i := range found {
			out = append(out, slot[detail]{k.what + "\x00" + fold(found[i].Name), detail{entity: &found[i]}})
		}
	}
	policies, err := s.detailedPolicies(r, account, wanted("LocalManagedPolicy"), wanted("AWSManagedPolicy"))
	if err != nil {
		return nil, err
	}
	for _, m := range policies {
		out = append(out, slot[detail]{"policy\x00" + policySort(m.arn()), detail{policy: m}}) // sorts after the kinds
	}
	return out, nil
}

// detailedPolicies returns the account's policies, and those of AWS's that the
// account uses.
func (s *API) detailedPolicies(r store.Reader, account string, local, aws bool) ([]*managed, error) {
	var out []*managed
	if local {
		found, err := s.scoped(r, account, "Local")
		if err != nil {
			return nil, err
		}
		out = append(out, found...)
	}
	if !aws {
		return out, nil
	}
	for _, p := range s.awsPolicies() {
		n, err := count(r, "iam", "use", account, p.arn())
		if err != nil {
			return nil, err
		}
		if n > 0 {
			out = append(out, &p.managed)
		}
	}
	return out, nil
}

func (s *API) addDetail(r store.Reader, account string, out *GetAccountAuthorizationDetailsResponse, d detail) error {
	if d.policy != nil {
		p, err := s.policyDetail(r, account, d.policy)
		out.Policies = append(out.Policies, p)
		return err
	}
	e := d.entity
	inlines, err := all[inline](r, "iam", "inline", e.Account, e.ID)
	if err != nil {
		return err
	}
	documents := each(inlines, func(i *inline) PolicyDetail {
		return PolicyDetail{PolicyName: &i.Name, PolicyDocument: encoded(i.Text)}
	})
	managed, err := all[attached](r, "iam", "attached", e.Account, e.ID)
	if err != nil {
		return err
	}
	arns := each(managed, awsAttached)
	switch e.Kind {
	case groupKind:
		out.GroupDetailList = append(out.GroupDetailList, GroupDetail{
			Arn: ptr(e.arn()), CreateDate: &e.Created, GroupId: &e.ID, GroupName: &e.Name, Path: &e.Path,
			GroupPolicyList: documents, AttachedManagedPolicies: arns,
		})
	case userKind:
		groups, err := linked(r, "iam", "groupof", e.Account, e.ID)
		if err != nil {
			return err
		}
		out.UserDetailList = append(out.UserDetailList, UserDetail{
			Arn: ptr(e.arn()), CreateDate: &e.Created, UserId: &e.ID, UserName: &e.Name, Path: &e.Path, Tags: e.Tags,
			PermissionsBoundary: awsBoundary(e), UserPolicyList: documents, AttachedManagedPolicies: arns,
			GroupList: each(groups, func(g *slot[*entity]) string { return g.item.Name }),
		})
	case roleKind:
		role, err := roleDetail(r, e)
		role.RolePolicyList, role.AttachedManagedPolicies = documents, arns
		out.RoleDetailList = append(out.RoleDetailList, role)
		return err
	case profileKind: // shown with their roles
	}
	return nil
}

func roleDetail(r store.Reader, e *entity) (RoleDetail, error) {
	role, err := awsRole(r, e, true)
	if err != nil {
		return RoleDetail{}, err
	}
	slots, err := linked(r, "iam", "roleprofile", e.Account, e.ID)
	if err != nil {
		return RoleDetail{}, err
	}
	profiles, err := awsProfiles(r, each(slots, func(s *slot[*entity]) *entity { return s.item }))
	return RoleDetail{
		Arn: role.Arn, AssumeRolePolicyDocument: role.AssumeRolePolicyDocument, CreateDate: role.CreateDate, InstanceProfileList: profiles,
		Path: role.Path, PermissionsBoundary: role.PermissionsBoundary, RoleId: role.RoleId, RoleLastUsed: role.RoleLastUsed,
		RoleName: role.RoleName, Tags: role.Tags,
	}, err
}

// policyDetail shows a policy with the documents of all its versions, the newest
// first.
func (s *API) policyDetail(r store.Reader, account string, m *managed) (ManagedPolicyDetail, error) {
	p, err := s.awsManaged(r, account, m, true)
	if err != nil {
		return ManagedPolicyDetail{}, err
	}
	out := ManagedPolicyDetail{
		Arn: p.Arn, AttachmentCount: p.AttachmentCount, CreateDate: p.CreateDate, DefaultVersionId: p.DefaultVersionId,
		Description: p.Description, IsAttachable: p.IsAttachable, Path: p.Path, PermissionsBoundaryUsageCount: p.PermissionsBoundaryUsageCount,
		PolicyId: p.PolicyId, PolicyName: p.PolicyName, UpdateDate: p.UpdateDate, PolicyVersionList: []PolicyVersion{},
	}
	var versions []policyVersion
	if m.Account == awsAccount {
		v, err := s.findVersion(r, m, *versionID(m.Default))
		if err != nil || v == nil {
			return out, err
		}
		versions = append(versions, *v)
	} else if versions, err = all[policyVersion](r, "iam", "version", m.Account, m.ID); err != nil {
		return out, err
	}
	slices.Reverse(versions)
	for i := range versions {
		shown := awsVersion(m, &versions[i])
		shown.Document = encoded(versions[i].Text)
		out.PolicyVersionList = append(out.PolicyVersionList, shown)
	}
	return out, nil
}
