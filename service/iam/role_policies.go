package iam

import (
	"context"

	"github.com/bailiwick-project/bailiwick"
)

// The inline and attached policies of roles: inline.go and attach.go do the work.

func (s *API) putRolePolicy(ctx context.Context, call *bailiwick.Call, a *asked[PutRolePolicyRequest]) (*none, error) {
	e, err := a.found()
	if err != nil {
		return nil, err
	}
	return nil, s.putInline(ctx, call, e, *a.in.PolicyName, *a.in.PolicyDocument)
}

func (s *API) getRolePolicy(ctx context.Context, _ *bailiwick.Call, a *asked[GetRolePolicyRequest]) (*GetRolePolicyResponse, error) {
	e, err := a.found()
	if err != nil {
		return nil, err
	}
	document, err := s.getInline(ctx, e, *a.in.PolicyName)
	return &GetRolePolicyResponse{RoleName: &e.Name, PolicyName: a.in.PolicyName, PolicyDocument: document}, err
}

func (s *API) listRolePolicies(ctx context.Context, _ *bailiwick.Call, a *asked[ListRolePoliciesRequest]) (*ListRolePoliciesResponse, error) {
	e, err := a.found()
	if err != nil {
		return nil, err
	}
	names, more, next, err := s.listInline(ctx, e, a.in.Marker, a.in.MaxItems)
	return &ListRolePoliciesResponse{PolicyNames: names, IsTruncated: more, Marker: next}, err
}

func (s *API) deleteRolePolicy(ctx context.Context, _ *bailiwick.Call, a *asked[DeleteRolePolicyRequest]) (*none, error) {
	e, err := a.found()
	if err != nil {
		return nil, err
	}
	return nil, s.deleteInline(ctx, e, *a.in.PolicyName)
}

func (s *API) attachRolePolicy(ctx context.Context, _ *bailiwick.Call, a *asked[AttachRolePolicyRequest]) (*none, error) {
	e, err := a.found()
	if err != nil {
		return nil, err
	}
	return nil, s.attach(ctx, e, *a.in.PolicyArn)
}

func (s *API) detachRolePolicy(ctx context.Context, _ *bailiwick.Call, a *asked[DetachRolePolicyRequest]) (*none, error) {
	e, err := a.found()
	if err != nil {
		return nil, err
	}
	return nil, s.detach(ctx, e, *a.in.PolicyArn)
}

func (s *API) listAttachedRolePolicies(ctx context.Context, _ *bailiwick.Call, a *asked[ListAttachedRolePoliciesRequest]) (*ListAttachedRolePoliciesResponse, error) {
	e, err := a.found()
	if err != nil {
		return nil, err
	}
	list, more, next, err := s.listAttached(ctx, e, a.in.PathPrefix, a.in.Marker, a.in.MaxItems)
	return &ListAttachedRolePoliciesResponse{AttachedPolicies: list, IsTruncated: more, Marker: next}, err
}
