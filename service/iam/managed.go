package iam

import (
	"context"
	"strings"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/arn"
	"github.com/bailiwick-project/bailiwick/policy"
	"github.com/bailiwick-project/bailiwick/store"
)

// splitPolicyARN returns the account, path and name of a managed policy. The
// name is "" if the text is no ARN of one.
func splitPolicyARN(s string) (account, path, name string) {
	a, err := arn.Parse(s)
	if err != nil || a.Partition != "aws" || a.Service != "iam" || a.Region != "" {
		return "", "", ""
	}
	rest, ok := strings.CutPrefix(a.Resource, "policy/")
	if !ok {
		return "", "", ""
	}
	i := strings.LastIndexByte(rest, '/')
	return a.Account, "/" + rest[:i+1], rest[i+1:]
}

// findPolicy finds a managed policy of the account or of AWS; nil: none. That of
// another account is none: policies are attached in their own account only.
func (s *API) findPolicy(r store.Reader, account, policyARN string) (*managed, error) {
	owner, _, name := splitPolicyARN(policyARN)
	if owner == awsAccount {
		if p := s.awsPolicies()[policyARN]; p != nil {
			return &p.managed, nil
		}
		return nil, nil
	}
	if owner != account || name == "" {
		return nil, nil
	}
	m, err := get[managed](r, policyKey(account, name))
	if err != nil || m == nil || m.arn() != policyARN {
		return nil, err
	}
	return m, nil
}

// awsManaged is a managed policy as clients read it.
func (s *API) awsManaged(r store.Reader, account string, m *managed, whole bool) (Policy, error) {
	attachments, err := count(r, "iam", "use", account, m.arn(), asPermissions)
	if err != nil {
		return Policy{}, err
	}
	boundaries, err := count(r, "iam", "use", account, m.arn(), asBoundary)
	out := Policy{
		Arn: ptr(m.arn()), AttachmentCount: &attachments, CreateDate: &m.Created, DefaultVersionId: versionID(m.Default),
		IsAttachable: ptr(true), Path: &m.Path, PermissionsBoundaryUsageCount: &boundaries, PolicyId: &m.ID, PolicyName: &m.Name,
		UpdateDate: &m.Updated,
	}
	if whole {
		out.Tags = m.Tags
		if m.Description != "" {
			out.Description = &m.Description
		}
	}
	return out, err
}

// alterPolicy changes a policy, if it is still the one that leave was asked for.
func (s *API) alterPolicy(ctx context.Context, seen *managed, fn func(store.Tx, *managed) error) error {
	if seen.Account == awsAccount {
		return noPolicy(seen.arn()) // askPolicy does not let it come this far
	}
	return s.change(ctx, seen.Account, func(tx store.Tx) error {
		now, err := s.findPolicy(tx, seen.Account, seen.arn())
		switch {
		case err != nil:
			return err
		case now == nil:
			return noPolicy(seen.arn())
		case now.ID != seen.ID || !sameTags(now.Tags, seen.Tags):
			return errConcurrent()
		}
		return fn(tx, now)
	})
}

func putPolicy(tx store.Tx, m *managed) error {
	return store.PutJSON(tx, policyKey(m.Account, m.Name), m)
}

// parseManaged checks the document of a managed policy that a client sends.
func parseManaged(call *bailiwick.Call, document string) error {
	if _, err := policy.Parse(policy.Managed, document); err != nil {
		return unreadable(call, err, "Cannot exceed quota for PolicySize: 6144")
	}
	return nil
}

func (s *API) createPolicy(ctx context.Context, call *bailiwick.Call, a *asked[CreatePolicyRequest]) (*CreatePolicyResponse, error) {
	if err := parseManaged(call, *a.in.PolicyDocument); err != nil {
		return nil, err
	}
	if err := checkTags(a.in.Tags); err != nil {
		return nil, err
	}
	id, err := s.newID(policyPrefix, idLength)
	if err != nil {
		return nil, err
	}
	m := &managed{
		Account: call.Account, Path: pathOf(a.in.Path), Name: *a.in.PolicyName, ID: id, Description: text(a.in.Description),
		Created: at(call), Updated: at(call), Default: 1, Last: 1, Tags: a.in.Tags,
	}
	var out Policy
	err = s.change(ctx, call.Account, func(tx store.Tx) error {
		taken, err := has(tx, policyKey(m.Account, m.Name))
		if err != nil {
			return err
		}
		if taken {
			return exists("A policy called %s already exists. Duplicate names are not allowed.", m.Name)
		}
		if err := putPolicy(tx, m); err != nil {
			return err
		}
		v := policyVersion{1, m.Created, *a.in.PolicyDocument}
		if err := store.PutJSON(tx, versionKey(m.Account, m.ID, 1), v); err != nil {
			return err
		}
		out, err = s.awsManaged(tx, m.Account, m, true)
		return err
	})
	return &CreatePolicyResponse{Policy: &out}, err
}

func (s *API) getPolicy(ctx context.Context, call *bailiwick.Call, a *asked[GetPolicyRequest]) (*GetPolicyResponse, error) {
	m, err := a.policyFound()
	if err != nil {
		return nil, err
	}
	var out Policy
	err = s.Store.View(ctx, func(r store.Reader) (err error) {
		out, err = s.awsManaged(r, call.Account, m, true)
		return err
	})
	return &GetPolicyResponse{Policy: &out}, err
}

// deletePolicy: a policy in use stays, boundaries included, because a boundary
// without its policy would deny everything.
func (s *API) deletePolicy(ctx context.Context, _ *bailiwick.Call, a *asked[DeletePolicyRequest]) (*none, error) {
	m, err := a.policyFound()
	if err != nil {
		return nil, err
	}
	return nil, s.alterPolicy(ctx, m, func(tx store.Tx, m *managed) error {
		used, err := count(tx, "iam", "use", m.Account, m.arn())
		if err != nil {
			return err
		}
		if used > 0 {
			return conflict("Cannot delete a policy attached to entities.")
		}
		versions, err := all[policyVersion](tx, "iam", "version", m.Account, m.ID)
		if err != nil {
			return err
		}
		if len(versions) > 1 {
			return conflict("This policy has more than one version. Before you delete a policy, you must delete the policy's versions. The default version is deleted with the policy.")
		}
		for _, v := range versions {
			if err := tx.Delete(versionKey(m.Account, m.ID, v.Number)); err != nil {
				return err
			}
		}
		return tx.Delete(policyKey(m.Account, m.Name))
	})
}

func (s *API) tagPolicy(ctx context.Context, _ *bailiwick.Call, a *asked[TagPolicyRequest]) (*none, error) {
	m, err := a.policyFound()
	if err != nil {
		return nil, err
	}
	return nil, s.alterPolicy(ctx, m, func(tx store.Tx, m *managed) (err error) {
		if m.Tags, err = addTags(m.Tags, a.in.Tags, "Policy"); err != nil {
			return err
		}
		return putPolicy(tx, m)
	})
}

func (s *API) untagPolicy(ctx context.Context, _ *bailiwick.Call, a *asked[UntagPolicyRequest]) (*none, error) {
	m, err := a.policyFound()
	if err != nil {
		return nil, err
	}
	return nil, s.alterPolicy(ctx, m, func(tx store.Tx, m *managed) error {
		m.Tags = dropTags(m.Tags, a.in.TagKeys)
		return putPolicy(tx, m)
	})
}

func (s *API) listPolicyTags(_ context.Context, _ *bailiwick.Call, a *asked[ListPolicyTagsRequest]) (*ListPolicyTagsResponse, error) {
	m, err := a.policyFound()
	if err != nil {
		return nil, err
	}
	tags, more, next, err := pageTags(m.Tags, a.in.Marker, a.in.MaxItems)
	return &ListPolicyTagsResponse{Tags: tags, IsTruncated: more, Marker: next}, err
}
