package iam

import (
	"context"

	"github.com/bailiwick-project/bailiwick"
)

// The inline and attached policies of users: inline.go and attach.go do the work.

func (s *API) putUserPolicy(ctx context.Context, call *bailiwick.Call, a *asked[PutUserPolicyRequest]) (*none, error) {
	e, err := a.found()
	if err != nil {
		return nil, err
	}
	return nil, s.putInline(ctx, call, e, *a.in.PolicyName, *a.in.PolicyDocument)
}

func (s *API) getUserPolicy(ctx context.Context, _ *bailiwick.Call, a *asked[GetUserPolicyRequest]) (*GetUserPolicyResponse, error) {
	e, err := a.found()
	if err != nil {
		return nil, err
	}
	document, err := s.getInline(ctx, e, *a.in.PolicyName)
	return &GetUserPolicyResponse{UserName: &e.Name, PolicyName: a.in.PolicyName, PolicyDocument: document}, err
}

func (s *API) listUserPolicies(ctx context.Context, _ *bailiwick.Call, a *asked[ListUserPoliciesRequest]) (*ListUserPoliciesResponse, error) {
	e, err := a.found()
	if err != nil {
		return nil, err
	}
	names, more, next, err := s.listInline(ctx, e, a.in.Marker, a.in.MaxItems)
	return &ListUserPoliciesResponse{PolicyNames: names, IsTruncated: more, Marker: next}, err
}

func (s *API) deleteUserPolicy(ctx context.Context, _ *bailiwick.Call, a *asked[DeleteUserPolicyRequest]) (*none, error) {
	e, err := a.found()
	if err != nil {
		return nil, err
	}
	return nil, s.deleteInline(ctx, e, *a.in.PolicyName)
}

func (s *API) attachUserPolicy(ctx context.Context, _ *bailiwick.Call, a *asked[AttachUserPolicyRequest]) (*none, error) {
	e, err := a.found()
	if err != nil {
		return nil, err
	}
	return nil, s.attach(ctx, e, *a.in.PolicyArn)
}

func (s *API) detachUserPolicy(ctx context.Context, _ *bailiwick.Call, a *asked[DetachUserPolicyRequest]) (*none, error) {
	e, err := a.found()
	if err != nil {
		return nil, err
	}
	return nil, s.detach(ctx, e, *a.in.PolicyArn)
}

func (s *API) listAttachedUserPolicies(ctx context.Context, _ *bailiwick.Call, a *asked[ListAttachedUserPoliciesRequest]) (*ListAttachedUserPoliciesResponse, error) {
	e, err := a.found()
	if err != nil {
		return nil, err
	}
	list, more, next, err := s.listAttached(ctx, e, a.in.PathPrefix, a.in.Marker, a.in.MaxItems)
	return &ListAttachedUserPoliciesResponse{AttachedPolicies: list, IsTruncated: more, Marker: next}, err
}
