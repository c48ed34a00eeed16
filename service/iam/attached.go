package iam

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/policy"
	"github.com/bailiwick-project/bailiwick/store"
)

// A principalKey is a principal as policies know it. All its parts must fit for
// anything to be attached: the id, because a recreated name is another one; the
// ARN, because it is what policies and messages name.
type principalKey struct {
	account string
	kind    kind
	id      string
	arn     string
}

// Attached implements bailiwick.Policies. Credentials of a user or role that is
// gone are invalid as a whole, as at AWS. To answer that nothing is attached would
// be wrong: what other roles' trust policies and resource policies grant to the
// very role needs no policy of its own, and its boundary would be gone too.
func (s *API) Attached(ctx context.Context, who bailiwick.Principal) (bailiwick.Attachments, error) {
	key := principalKey{account: who.Account, id: who.ID, arn: who.ARN}
	switch who.Type {
	case policy.User:
		key.kind = userKind
	case policy.AssumedRole:
		key.kind, key.arn = roleKind, who.RoleARN
		key.id, _, _ = strings.Cut(who.ID, ":")
	case policy.Account, policy.FederatedUser, policy.Service, policy.WebIdentity, policy.Anonymous:
		// Root needs no policies, and nothing can be attached to the others.
		return bailiwick.Attachments{Identity: policy.NewSet()}, nil
	default:
		return bailiwick.Attachments{Identity: policy.NewSet()}, nil
	}
	out, err := live(ctx, s, &s.principals, key.account, key, func(r store.Reader) (bailiwick.Attachments, bool, error) {
		a, err := s.attachments(ctx, r, key)
		return a, true, err
	})
	if err != nil {
		return bailiwick.Attachments{}, fmt.Errorf("reading what is attached to %s: %w", key.arn, err)
	}
	return out, nil
}

// attachments reads all that is attached to a principal.
func (s *API) attachments(ctx context.Context, r store.Reader, key principalKey) (bailiwick.Attachments, error) {
	nothing := bailiwick.Attachments{Identity: policy.NewSet()}
	e, err := byID(r, key.id)
	if err != nil {
		return nothing, err
	}
	if e == nil || e.Kind != key.kind || e.Account != key.account || e.arn() != key.arn {
		return nothing, gone(key)
	}
	policies, err := s.identityOf(ctx, r, e)
	if err != nil {
		return nothing, err
	}
	out := bailiwick.Attachments{Identity: policy.NewSet(policies...), Tags: tagMap(e.Tags)}
	if e.Boundary != "" {
		out.Boundary = policy.NewSet(s.managedPolicy(ctx, r, e.Account, e.Boundary, policy.Boundary))
	}
	return out, nil
}

func gone(key principalKey) error {
	e := bailiwick.Errorf(bailiwick.CodeUnknownKey, "The security token included in the request is invalid.")
	e.Cause = fmt.Errorf("the %s %s with the id %q does not exist any more", key.kind, key.arn, key.id)
	return e
}

// identityOf reads the policies of an entity, and those of its groups.
func (s *API) identityOf(ctx context.Context, r store.Reader, e *entity) ([]*policy.Policy, error) {
	policies, err := s.identity(ctx, r, e)
	if err != nil || e.Kind != userKind {
		return policies, err
	}
	more, err := s.ofGroups(ctx, r, e)
	return append(policies, more...), err
}

// ofGroups reads the policies of the groups that a user is in.
func (s *API) ofGroups(ctx context.Context, r store.Reader, e *entity) ([]*policy.Policy, error) {
	ids, err := lasts(r, "iam", "groupof", e.Account, e.ID)
	if err != nil {
		return nil, err
	}
	var out []*policy.Policy
	for _, id := range ids {
		g, err := byID(r, id)
		if err != nil {
			return nil, err
		}
		if g == nil { // a group cannot go while it has members: its policies may have denied
			out = append(out, s.checked(ctx, policy.Broken("group "+id, errors.New("the group does not exist"))))
			continue
		}
		more, err := s.identity(ctx, r, g)
		if err != nil {
			return nil, err
		}
		out = append(out, more...)
	}
	return out, nil
}

// identity reads the inline and attached policies of one entity. One that cannot
// be read is not left out: it may be the one that denies.
func (s *API) identity(ctx context.Context, r store.Reader, e *entity) ([]*policy.Policy, error) {
	var out []*policy.Policy
	from, to := store.Prefix("iam", "inline", e.Account, e.ID)
	for item, err := range store.ScanJSON[inline](r, from, to, false) {
		if err != nil && !unreadableRecord(err) {
			return nil, err
		}
		name := "inline policy " + item.Value.Name + " of " + e.arn()
		if err != nil {
			out = append(out, s.checked(ctx, policy.Broken(name, err)))
			break // the scan ends here; the principal is denied everything anyway
		}
		out = append(out, s.checked(ctx, s.compiled.compile(policy.Identity, name, item.Value.Text)))
	}
	from, to = store.Prefix("iam", "attached", e.Account, e.ID)
	for item, err := range store.ScanJSON[attached](r, from, to, false) {
		if err != nil && !unreadableRecord(err) {
			return nil, err
		}
		if err != nil {
			out = append(out, s.checked(ctx, policy.Broken("managed policy of "+e.arn(), err)))
			break
		}
		out = append(out, s.managedPolicy(ctx, r, e.Account, item.Value.ARN, policy.Managed))
	}
	return out, nil
}

// managedPolicy reads a managed policy that something refers to. If it is gone
// or cannot be read, it denies.
func (s *API) managedPolicy(ctx context.Context, r store.Reader, account, policyARN string, as policy.Kind) *policy.Policy {
	m, err := s.findPolicy(r, account, policyARN)
	if m == nil && err == nil {
		err = errors.New("the managed policy does not exist")
	}
	if err != nil {
		return s.checked(ctx, policy.Broken(policyARN, err))
	}
	v, err := s.findVersion(r, m, *versionID(m.Default))
	if v == nil && err == nil {
		err = errors.New("the default version of the managed policy does not exist")
	}
	if err != nil {
		return s.checked(ctx, policy.Broken(policyARN, err))
	}
	return s.checked(ctx, s.compiled.compile(as, policyARN, v.Text))
}

// ManagedPolicy implements bailiwick.Policies. The same policy is the same
// pointer as long as its document is the same.
func (s *API) ManagedPolicy(ctx context.Context, policyARN string) (*policy.Policy, error) {
	account, _, name := splitPolicyARN(policyARN)
	if name == "" {
		return nil, noPolicy(policyARN)
	}
	if account == awsAccount {
		if p := s.awsPolicies()[policyARN]; p != nil {
			return p.compiled, nil
		}
		return nil, noPolicy(policyARN)
	}
	return live(ctx, s, &s.policies, account, policyARN, func(r store.Reader) (*policy.Policy, bool, error) {
		m, err := s.findPolicy(r, account, policyARN)
		if err != nil {
			return nil, false, fmt.Errorf("reading managed policy %s: %w", policyARN, err)
		}
		if m == nil {
			return nil, false, noPolicy(policyARN)
		}
		return s.managedPolicy(ctx, r, account, policyARN, policy.Managed), true, nil
	})
}

// checked says loudly that a policy denies because nobody can read it.
func (s *API) checked(ctx context.Context, p *policy.Policy) *policy.Policy {
	if p.Err() != nil {
		s.Log.ErrorContext(ctx, "a policy cannot be read and denies everything", slog.String("policy", p.Name()), slog.Any("error", p.Err()))
	}
	return p
}

// unreadableRecord tells damage to one record, which makes one policy deny, from
// a failure of the store, which makes the request fail.
func unreadableRecord(err error) bool {
	var damaged *store.DamagedError
	var newer *store.NewerError
	return errors.As(err, &damaged) || errors.As(err, &newer)
}
