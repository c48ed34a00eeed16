package iam

import (
	"context"

	"github.com/bailiwick-project/bailiwick"
)

// The inline and attached policies of groups: inline.go and attach.go do the work.

func (s *API) putGroupPolicy(ctx context.Context, call *bailiwick.Call, a *asked[PutGroupPolicyRequest]) (*none, error) {
	e, err := a.found()
	if err != nil {
		return nil, err
	}
	return nil, s.putInline(ctx, call, e, *a.in.PolicyName, *a.in.PolicyDocument)
}

func (s *API) getGroupPolicy(ctx context.Context, _ *bailiwick.Call, a *asked[GetGroupPolicyRequest]) (*GetGroupPolicyResponse, error) {
	e, err := a.found()
	if err != nil {
		return nil, err
	}
	document, err := s.getInline(ctx, e, *a.in.PolicyName)
	return &GetGroupPolicyResponse{GroupName: &e.Name, PolicyName: a.in.PolicyName, PolicyDocument: document}, err
}

func (s *API) listGroupPolicies(ctx context.Context, _ *bailiwick.Call, a *asked[ListGroupPoliciesRequest]) (*ListGroupPoliciesResponse, error) {
	e, err := a.found()
	if err != nil {
		return nil, err
	}
	names, more, next, err := s.listInline(ctx, e, a.in.Marker, a.in.MaxItems)
	return &ListGroupPoliciesResponse{PolicyNames: names, IsTruncated: more, Marker: next}, err
}

func (s *API) deleteGroupPolicy(ctx context.Context, _ *bailiwick.Call, a *asked[DeleteGroupPolicyRequest]) (*none, error) {
	e, err := a.found()
	if err != nil {
		return nil, err
	}
	return nil, s.deleteInline(ctx, e, *a.in.PolicyName)
}

func (s *API) attachGroupPolicy(ctx context.Context, _ *bailiwick.Call, a *asked[AttachGroupPolicyRequest]) (*none, error) {
	e, err := a.found()
	if err != nil {
		return nil, err
	}
	return nil, s.attach(ctx, e, *a.in.PolicyArn)
}

func (s *API) detachGroupPolicy(ctx context.Context, _ *bailiwick.Call, a *asked[DetachGroupPolicyRequest]) (*none, error) {
	e, err := a.found()
	if err != nil {
		return nil, err
	}
	return nil, s.detach(ctx, e, *a.in.PolicyArn)
}

func (s *API) listAttachedGroupPolicies(ctx context.Context, _ *bailiwick.Call, a *asked[ListAttachedGroupPoliciesRequest]) (*ListAttachedGroupPoliciesResponse, error) {
	e, err := a.found()
	if err != nil {
		return nil, err
	}
	list, more, next, err := s.listAttached(ctx, e, a.in.PathPrefix, a.in.Marker, a.in.MaxItems)
	return &ListAttachedGroupPoliciesResponse{AttachedPolicies: list, IsTruncated: more, Marker: next}, err
}
