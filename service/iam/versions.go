package iam

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/store"
)

// maxVersions of one managed policy.
// Source: IAM User Guide, "Versioning IAM policies".
const maxVersions = 5

func versionID(n int64) *string { return ptr("v" + strconv.FormatInt(n, 10)) }

// findVersion finds a version by its id; nil: none.
func (s *API) findVersion(r store.Reader, m *managed, id string) (*policyVersion, error) {
	n, err := strconv.ParseInt(strings.TrimPrefix(id, "v"), 10, 64)
	if err != nil || *versionID(n) != id {
		return nil, nil
	}
	if m.Account == awsAccount {
		if p := s.awsPolicies()[m.arn()]; p != nil && n == m.Default {
			return &policyVersion{n, m.Updated, p.text}, nil
		}
		return nil, nil
	}
	return get[policyVersion](r, versionKey(m.Account, m.ID, n))
}

func awsVersion(m *managed, v *policyVersion) PolicyVersion {
	return PolicyVersion{CreateDate: &v.Created, IsDefaultVersion: ptr(v.Number == m.Default), VersionId: versionID(v.Number)}
}

func (s *API) createPolicyVersion(ctx context.Context, call *bailiwick.Call, a *asked[CreatePolicyVersionRequest]) (*CreatePolicyVersionResponse, error) {
	m, err := a.policyFound()
	if err != nil {
		return nil, err
	}
	if err := parseManaged(call, *a.in.PolicyDocument); err != nil {
		return nil, err
	}
	var out PolicyVersion
	err = s.alterPolicy(ctx, m, func(tx store.Tx, m *managed) error {
		n, err := count(tx, "iam", "version", m.Account, m.ID)
		if err != nil {
			return err
		}
		if n >= maxVersions {
			return overLimit("A managed policy can have up to %d versions. Before you create a new version, you must delete an existing version.", maxVersions)
		}
		m.Last++
		m.Updated = at(call)
		if a.in.SetAsDefault != nil && *a.in.SetAsDefault {
			m.Default = m.Last
		}
		v := policyVersion{m.Last, at(call), *a.in.PolicyDocument}
		if err := store.PutJSON(tx, versionKey(m.Account, m.ID, v.Number), v); err != nil {
			return err
		}
		out = awsVersion(m, &v)
		return putPolicy(tx, m)
	})
	return &CreatePolicyVersionResponse{PolicyVersion: &out}, err
}

func (s *API) getPolicyVersion(ctx context.Context, _ *bailiwick.Call, a *asked[GetPolicyVersionRequest]) (*GetPolicyVersionResponse, error) {
	m, err := a.policyFound()
	if err != nil {
		return nil, err
	}
	var out PolicyVersion
	err = s.Store.View(ctx, func(r store.Reader) error {
		v, err := s.findVersion(r, m, *a.in.VersionId)
		if err != nil {
			return err
		}
		if v == nil {
			return noVersion(m.arn(), *a.in.VersionId)
		}
		out = awsVersion(m, v)
		out.Document = encoded(v.Text)
		return nil
	})
	return &GetPolicyVersionResponse{PolicyVersion: &out}, err
}

// listPolicyVersions lists the newest first.
func (s *API) listPolicyVersions(ctx context.Context, _ *bailiwick.Call, a *asked[ListPolicyVersionsRequest]) (*ListPolicyVersionsResponse, error) {
	m, err := a.policyFound()
	if err != nil {
		return nil, err
	}
	p, err := newPage(a.in.Marker, a.in.MaxItems)
	if err != nil {
		return nil, err
	}
	out := &ListPolicyVersionsResponse{}
	err = s.Store.View(ctx, func(r store.Reader) error {
		versions := []policyVersion{{Number: m.Default, Created: m.Updated}}
		if m.Account != awsAccount {
			if versions, err = all[policyVersion](r, "iam", "version", m.Account, m.ID); err != nil {
				return err
			}
		}
		var slots []slot[PolicyVersion]
		for i := range versions {
			slots = append(slots, slot[PolicyVersion]{fmt.Sprintf("%020d", 1<<62-versions[i].Number), awsVersion(m, &versions[i])})
		}
		out.Versions, out.IsTruncated, out.Marker = cut(p, slots)
		return nil
	})
	return out, err
}

func (s *API) setDefaultPolicyVersion(ctx context.Context, call *bailiwick.Call, a *asked[SetDefaultPolicyVersionRequest]) (*none, error) {
	m, err := a.policyFound()
	if err != nil {
		return nil, err
	}
	return nil, s.alterPolicy(ctx, m, func(tx store.Tx, m *managed) error {
		v, err := s.findVersion(tx, m, *a.in.VersionId)
		if err != nil {
			return err
		}
		if v == nil {
			return noVersion(m.arn(), *a.in.VersionId)
		}
		m.Default, m.Updated = v.Number, at(call)
		return putPolicy(tx, m)
	})
}

func (s *API) deletePolicyVersion(ctx context.Context, _ *bailiwick.Call, a *asked[DeletePolicyVersionRequest]) (*none, error) {
	m, err := a.policyFound()
	if err != nil {
		return nil, err
	}
	return nil, s.alterPolicy(ctx, m, func(tx store.Tx, m *managed) error {
		v, err := s.findVersion(tx, m, *a.in.VersionId)
		if err != nil {
			return err
		}
		if v == nil {
			return noVersion(m.arn(), *a.in.VersionId)
		}
		if v.Number == m.Default {
			return conflict("Cannot delete the default version of a policy.")
		}
		return tx.Delete(versionKey(m.Account, m.ID, v.Number))
	})
}
