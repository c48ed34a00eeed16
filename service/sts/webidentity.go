package sts

import (
	"context"
	"errors"
	"fmt"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/policy"
)

// assumeRoleWithWebIdentity is public: the token is the credential. The role's
// trust policy is asked inside, in the name of the identity in the token.
func (a *API) assumeRoleWithWebIdentity(ctx context.Context, call *bailiwick.Call, in *AssumeRoleWithWebIdentityRequest) (*AssumeRoleWithWebIdentityResponse, error) {
	w := &wish{name: *in.RoleSessionName, duration: asked(in.DurationSeconds)}
	if in.ProviderId != nil {
		return nil, validation("ProviderId is for OAuth 2.0 access tokens, which are not supported.")
	}
	if err := w.target(*in.RoleArn); err != nil {
		return nil, err
	}
	id, err := a.WebIdentities.VerifyWebIdentity(ctx, *in.WebIdentityToken)
	if err != nil {
		noteRefusal(call, "The web identity token was refused", err)
		return nil, err
	}
	if err := w.identify(id); err != nil {
		return nil, err
	}
	if err := w.restrict(in.Policy, in.PolicyArns); err != nil {
		return nil, err
	}
	cred, err := a.assumeFor(ctx, call, w, id)
	if err != nil {
		return nil, err
	}
	out := &AssumeRoleWithWebIdentityResponse{
		SubjectFromWebIdentityToken: &id.Subject, Audience: &id.Audience, Provider: &id.Provider, PackedPolicySize: w.packed,
	}
	out.Credentials, out.AssumedRoleUser = output(cred)
	return out, nil
}

// AssumeRoleForWebIdentity implements bailiwick.RoleAssumer. Beside the refusal
// of the trust policy it returns the Errors of the API: ValidationError,
// InvalidIdentityToken for tags, MalformedPolicyDocument, PackedPolicyTooLarge.
func (a *API) AssumeRoleForWebIdentity(ctx context.Context, call *bailiwick.Call, want bailiwick.AssumeRole) (bailiwick.Credential, error) {
	w := &wish{name: want.SessionName, duration: want.Duration}
	if err := w.target(want.RoleARN); err != nil {
		return bailiwick.Credential{}, err
	}
	if err := w.identify(want.Identity); err != nil {
		return bailiwick.Credential{}, err
	}
	var inline *string
	if want.Policy != "" {
		inline = &want.Policy
	}
	var managed []PolicyDescriptorType
	for i := range want.PolicyARNs {
		managed = append(managed, PolicyDescriptorType{Arn: &want.PolicyARNs[i]})
	}
	if err := w.restrict(inline, managed); err != nil {
		return bailiwick.Credential{}, err
	}
	return a.assumeFor(ctx, call, w, want.Identity)
}

// identify takes the tags of the token.
func (w *wish) identify(id bailiwick.WebIdentity) error {
	wrong := wrongTags(id.Tags)
	for _, k := range id.TransitiveKeys {
		if _, ok := id.Tags[k]; !ok {
			wrong = "The specified transitive tag key must be included in the requested tags."
		}
	}
	if wrong != "" {
		return bailiwick.Errorf("InvalidIdentityToken", "%s", wrong)
	}
	w.tags, w.transitive = id.Tags, id.TransitiveKeys
	return nil
}

// assumeFor asks the trust policy and mints. Each refusal reads the same; the
// decisions are in the trail.
func (a *API) assumeFor(ctx context.Context, call *bailiwick.Call, w *wish, id bailiwick.WebIdentity) (bailiwick.Credential, error) {
	if err := w.find(ctx, a.Roles); err != nil { // only now: strangers without a token look nothing up
		return bailiwick.Credential{}, err
	}
	if w.role != nil {
		call.Concerns(w.role.Account)
	}
	if w.role == nil {
		w.noteMissing(call)
		return bailiwick.Credential{}, notAuthorizedWeb()
	}
	keys := w.keys()
	keys.Set(id.Provider+":aud", id.Audience)
	keys.Set(id.Provider+":sub", id.Subject)
	keys.SetAll(id.Provider+":amr", id.AMR)
	who := bailiwick.Principal{Principal: policy.Principal{Type: policy.WebIdentity, ID: id.Provider + ":" + id.Subject, Federated: id.Provider}}
	err := a.Authz.AuthorizeAs(ctx, call, who, w.checks("sts:AssumeRoleWithWebIdentity", keys))
	var denied *bailiwick.Error
	switch {
	case errors.As(err, &denied) && denied.Code == bailiwick.CodeAccessDenied:
		call.Note("The trust policy of %s does not let the identity %s of %s assume it: %s", w.arn, id.Subject, id.Audience, lastAction(call))
		return bailiwick.Credential{}, notAuthorizedWeb()
	case err != nil:
		return bailiwick.Credential{}, fmt.Errorf("asking the trust policy of %s: %w", w.arn, err)
	}
	return a.grant(ctx, call, w, bailiwick.Session{
		Provider: id.Provider,
		WebIdentity: map[string][]string{
			id.Provider + ":aud": {id.Audience}, id.Provider + ":sub": {id.Subject}, id.Provider + ":amr": id.AMR,
		},
	})
}

// lastAction names the action that was refused: sts:TagSession, when the trust
// policy forgets it, is the usual surprise.
func lastAction(call *bailiwick.Call) string {
	if n := len(call.Trail.Judgements); n > 0 {
		j := call.Trail.Judgements[n-1]
		return j.Request.Action + j.Decision.Because(j.Request.Action)
	}
	return "no decision was recorded"
}

func noteRefusal(call *bailiwick.Call, what string, err error) {
	var e *bailiwick.Error
	if errors.As(err, &e) {
		call.Note("%s: %s", what, e.Message)
	}
}
