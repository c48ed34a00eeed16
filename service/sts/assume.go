package sts

import (
	"context"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/policy"
)

// planAssumeRole reads what is asked and refuses what nobody could get. It tells
// nothing of the role.
func (a *API) planAssumeRole(ctx context.Context, call *bailiwick.Call, in *AssumeRoleRequest) (*wish, error) {
	w := &wish{name: *in.RoleSessionName, externalID: text(in.ExternalId), duration: asked(in.DurationSeconds)}
	if err := w.target(*in.RoleArn); err != nil {
		return nil, err
	}
	switch {
	case call.Who.Type == policy.Account && !a.RootMayAssumeRoles:
		return nil, bailiwick.Errorf(bailiwick.CodeAccessDenied, "Roles may not be assumed by root accounts.")
	case in.SerialNumber != nil || in.TokenCode != nil:
		call.Note("The request names an MFA device; there are none here.")
		return nil, bailiwick.Errorf(bailiwick.CodeAccessDenied, "MultiFactorAuthentication failed with invalid MFA one time pass code.")
	case len(in.ProvidedContexts) > 0:
		return nil, validation("ProvidedContexts is not supported.")
	case call.Who.Type == policy.AssumedRole && w.duration > chainDuration:
		return nil, validation("The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.")
	}
	if err := w.tag(in.Tags, in.TransitiveTagKeys, call.Who.Session); err != nil {
		return nil, err
	}
	if err := w.source(call, text(in.SourceIdentity)); err != nil {
		return nil, err
	}
	if err := w.restrict(in.Policy, in.PolicyArns); err != nil {
		return nil, err
	}
	return w, w.find(ctx, a.Roles)
}

// source sets the source identity, which stays the same through a whole chain.
// Source: IAM User Guide, "Monitor and control actions taken with assumed roles".
func (w *wish) source(call *bailiwick.Call, want string) error {
	w.sourceIdentity = want
	s := call.Who.Session
	if s == nil || s.SourceIdentity == "" {
		return nil
	}
	if want != "" && want != s.SourceIdentity {
		call.Note("The calling session has a source identity, and the request asks for another.")
		return bailiwick.Errorf(bailiwick.CodeAccessDenied, "User: %s is not authorized to perform: sts:SetSourceIdentity on resource: %s", call.Who.ARN, w.arn)
	}
	w.sourceIdentity = s.SourceIdentity
	return nil
}

// assumeRole runs after every check was allowed. The identity keys of the
// caller's session (aud, sub, amr) end here: the trust policy saw them, the new
// session does not have them.
func (a *API) assumeRole(ctx context.Context, call *bailiwick.Call, w *wish) (*AssumeRoleResponse, error) {
	if w.role == nil { // no trust policy allowed it, so this is not reached
		return nil, bailiwick.Errorf(bailiwick.CodeAccessDenied, "User: %s is not authorized to perform: sts:AssumeRole on resource: %s", call.Who.ARN, w.arn)
	}
	cred, err := a.grant(ctx, call, w, bailiwick.Session{})
	if err != nil {
		return nil, err
	}
	out := &AssumeRoleResponse{PackedPolicySize: w.packed}
	out.Credentials, out.AssumedRoleUser = output(cred)
	if w.sourceIdentity != "" {
		out.SourceIdentity = &w.sourceIdentity
	}
	return out, nil
}
