package identitypools

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/arn"
)

// provider is the name of identity pools as an identity provider.
const provider = "cognito-identity.amazonaws.com"

// The sessions of the enhanced flow are all named alike: what tells users apart
// is sub and tags, never the ARN of the session.
const (
	sessionName     = "CognitoIdentityCredentials"
	sessionDuration = time.Hour
)

// getCredentialsForIdentity is the enhanced flow: the pool chooses the role, and
// the role's trust policy decides as it would for a token.
func (a *API) getCredentialsForIdentity(ctx context.Context, call *bailiwick.Call, in *GetCredentialsForIdentityInput) (*GetCredentialsForIdentityResponse, error) {
	v, err := a.enter(ctx, call, *in.IdentityId, in.Logins)
	if err != nil {
		return nil, err
	}
	custom := ""
	if in.CustomRoleArn != nil {
		custom = *in.CustomRoleArn
	}
	role, err := v.role(call, custom)
	if err != nil {
		return nil, err
	}
	id, err := v.webIdentity(call)
	if err != nil {
		return nil, err
	}
	want := bailiwick.AssumeRole{RoleARN: role, SessionName: sessionName, Identity: id, Duration: sessionDuration}
	if v.guest() {
		want.Policy, want.PolicyARNs = guestPolicy, []string{guestManagedPolicy}
	}
	cred, err := a.assume(ctx, call, v.pool, want)
	if err != nil {
		return nil, err
	}
	secret := cred.Secret.Reveal()
	return &GetCredentialsForIdentityResponse{IdentityId: &v.identity.ID, Credentials: &Credentials{
		AccessKeyId: &cred.AccessKeyID, SecretKey: &secret, SessionToken: &cred.SessionToken, Expiration: &cred.Expires,
	}}, nil
}

// assume asks for the role. Whatever is wrong with it, the caller hears the same
// sentence; the administrator finds the decisions in the trail.
func (a *API) assume(ctx context.Context, call *bailiwick.Call, p *pool, want bailiwick.AssumeRole) (bailiwick.Credential, error) {
	parsed, err := arn.Parse(want.RoleARN)
	if err != nil || parsed.Account != p.Account {
		call.Note("%s is not a role of the pool's account %s.", want.RoleARN, p.Account)
		return bailiwick.Credential{}, errConfiguration
	}
	cred, err := a.RoleAssumer.AssumeRoleForWebIdentity(ctx, call, want)
	var refused *bailiwick.Error
	switch {
	case errors.As(err, &refused) && refused.Code != bailiwick.CodeInternal:
		call.Note("The role %s could not be assumed: %s", want.RoleARN, refused.Message)
		return bailiwick.Credential{}, errConfiguration
	case err != nil:
		return bailiwick.Credential{}, fmt.Errorf("assuming %s: %w", want.RoleARN, err)
	}
	return cred, nil
}

// webIdentity is what a token of the pool says of the visit.
func (v *visit) webIdentity(call *bailiwick.Call) (bailiwick.WebIdentity, error) {
	tags, err := v.principalTags(call)
	if err != nil {
		return bailiwick.WebIdentity{}, err
	}
	return bailiwick.WebIdentity{Provider: provider, Subject: v.identity.ID, Audience: v.pool.ID, AMR: v.amr(), Tags: tags}, nil
}

// amr tells how somebody signed in, with the provider and the qualified subject
// of every login of this request.
// Source: developer guide, "Role trust and permissions".
func (v *visit) amr() []string {
	if v.guest() {
		return []string{unauthenticated}
	}
	amr := []string{authenticated}
	for _, l := range v.logins {
		switch {
		case l.provider == provider: // its token tells what it was made of
			for _, m := range stringsOf(l.claims["amr"]) {
				if !slices.Contains(amr, m) {
					amr = append(amr, m)
				}
			}
		case l.developer:
			amr = append(amr, l.provider, l.provider+":"+v.pool.ID+":"+l.subject)
		default:
			amr = append(amr, l.provider, l.provider+":CognitoSignIn:"+l.subject)
		}
	}
	return amr
}
