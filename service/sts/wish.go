package sts

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/arn"
)

// A wish is the session that somebody asks for, whichever way it came.
type wish struct {
	arn            string
	account        string          // of the role, by its ARN
	role           *bailiwick.Role // nil: it does not exist
	name           string          // RoleSessionName
	externalID     string
	sourceIdentity string
	tags           map[string]string // requested and inherited
	transitive     []string          // keys among tags that the next session of a chain inherits
	policy         string
	policyARNs     []string
	packed         *int32 // percentage of the space for policies and tags, nil for neither
	duration       time.Duration
}

// target takes the ARN of a role. One that can be no role's is a ValidationError.
func (w *wish) target(roleARN string) error {
	a, err := arn.Parse(roleARN)
	if err != nil || a.Service != "iam" || a.Region != "" || len(a.Account) != 12 || !strings.HasPrefix(a.Resource, "role/") {
		return validation("%s is invalid", roleARN)
	}
	w.arn, w.account = roleARN, a.Account
	return nil
}

// find looks the role up. A role that does not exist is no error yet, so that it
// is refused as others are. The ARN must be the role's own to the letter: it is
// what policies are asked about.
func (w *wish) find(ctx context.Context, roles bailiwick.Roles) error {
	role, err := roles.Role(ctx, w.arn)
	switch {
	case errors.Is(err, bailiwick.ErrNoRole):
		return nil
	case err != nil:
		return fmt.Errorf("finding the role %s: %w", w.arn, err)
	}
	if role.ARN == w.arn {
		w.role = &role
	}
	return nil
}

// noteMissing tells the administrator that the role does not exist, if it would be
// his own: the caller's account must not learn which roles another account has.
func (w *wish) noteMissing(call *bailiwick.Call) {
	if w.role == nil && w.account == call.Account {
		call.Note("The role %s does not exist.", w.arn)
	}
}

// grant mints the session once everything was allowed.
func (a *API) grant(ctx context.Context, call *bailiwick.Call, w *wish, s bailiwick.Session) (bailiwick.Credential, error) {
	if err := w.withinRole(); err != nil {
		return bailiwick.Credential{}, err
	}
	if err := a.findPolicies(ctx, w); err != nil {
		return bailiwick.Credential{}, err
	}
	return a.mint(call, w, s)
}

// mint makes the credentials of a wish.
func (a *API) mint(call *bailiwick.Call, w *wish, s bailiwick.Session) (bailiwick.Credential, error) {
	now := call.Time.UTC().Truncate(time.Second)
	s.Account, s.RoleARN, s.RoleID, s.Name = w.role.Account, w.role.ARN, w.role.ID, w.name
	s.Tags, s.TransitiveKeys, s.SourceIdentity = w.tags, w.transitive, w.sourceIdentity
	s.Policy, s.PolicyARNs = w.policy, w.policyARNs
	s.Issued, s.Expires = now, now.Add(w.duration)
	cred, err := a.Sessions.Mint(s)
	if err != nil {
		return bailiwick.Credential{}, fmt.Errorf("minting credentials of %s: %w", w.arn, err)
	}
	if len(cred.SessionToken) > maxToken {
		return bailiwick.Credential{}, tooPacked(100*len(cred.SessionToken)/maxToken + 1)
	}
	return cred, nil
}

// output is the credentials as the API shows them.
func output(c bailiwick.Credential) (*Credentials, *AssumedRoleUser) {
	secret, who := c.Secret.Reveal(), c.Principal
	return &Credentials{AccessKeyId: &c.AccessKeyID, SecretAccessKey: &secret, SessionToken: &c.SessionToken, Expiration: &c.Expires},
		&AssumedRoleUser{Arn: &who.ARN, AssumedRoleId: &who.ID}
}

func text(p *string) string {
	if p == nil {
		return ""
	}
	return *p
}
