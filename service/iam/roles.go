package iam

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/arn"
	"github.com/bailiwick-project/bailiwick/policy"
	"github.com/bailiwick-project/bailiwick/store"
)

// Role finds a role by its ARN, path and case included, as of now. It implements
// bailiwick.Roles.
func (s *API) Role(ctx context.Context, roleARN string) (bailiwick.Role, error) {
	a, err := arn.Parse(roleARN)
	if err != nil || a.Service != "iam" || !strings.HasPrefix(a.Resource, string(roleKind)+"/") {
		return bailiwick.Role{}, bailiwick.ErrNoRole
	}
	name := a.Resource[strings.LastIndexByte(a.Resource, '/')+1:]
	out, err := live(ctx, s, &s.roles, a.Account, roleARN, func(r store.Reader) (bailiwick.Role, bool, error) {
		e, err := getEntity(r, a.Account, roleKind, name)
		if err != nil {
			return bailiwick.Role{}, false, err
		}
		if e == nil || e.arn() != roleARN {
			return bailiwick.Role{}, false, bailiwick.ErrNoRole
		}
		p, keep := s.trustPolicy(ctx, r, e)
		return bailiwick.Role{
			ARN: roleARN, ID: e.ID, Name: e.Name, Account: e.Account, Trust: p,
			MaxSession: time.Duration(e.MaxSession) * time.Second, Tags: tagMap(e.Tags),
		}, keep, nil
	})
	if err != nil && !errors.Is(err, bailiwick.ErrNoRole) {
		return bailiwick.Role{}, fmt.Errorf("reading role %s: %w", roleARN, err)
	}
	return out, err
}

// trustPolicy compiles whom a role trusts. It may be kept unless it depends on
// roles of other accounts, whose changes this account's generation does not tell.
func (s *API) trustPolicy(ctx context.Context, r store.Reader, e *entity) (p *policy.Policy, keep bool) {
	name := "trust policy of " + e.arn()
	doc, changing, err := e.Trust.document(r)
	if err != nil {
		return s.checked(ctx, policy.Broken(name, err)), false
	}
	return s.checked(ctx, policy.Compile(name, doc)), !changing
}
