package iam

import (
	"context"

	"github.com/bailiwick-project/bailiwick/store"
)

// maxAttached is how many managed policies one entity may have.
// Source: IAM User Guide, "IAM and AWS STS quotas".
const maxAttached = 10

func (s *API) attach(ctx context.Context, e *entity, policyARN string) error {
	if _, _, name := splitPolicyARN(policyARN); name == "" {
		return invalid("ARN %s is not valid.", policyARN)
	}
	return s.alter(ctx, e, func(tx store.Tx, e *entity) error {
		m, err := s.findPolicy(tx, e.Account, policyARN)
		if err != nil {
			return err
		}
		if m == nil {
			return notFound("Policy %s does not exist or is not attachable.", policyARN)
		}
		key := attachedKey(e.Account, e.ID, policyARN)
		if old, err := get[attached](tx, key); old != nil || err != nil {
			return err // attaching twice is attaching once
		}
		n, err := count(tx, "iam", "attached", e.Account, e.ID)
		if err != nil {
			return err
		}
		if n >= maxAttached {
			return overLimit("Cannot exceed quota for PoliciesPer%s: %d", e.titled(), maxAttached)
		}
		if err := tx.Put(useKey(e.Account, asPermissions, policyARN, e.ID), nil); err != nil {
			return err
		}
		return store.PutJSON(tx, key, attached{policyARN})
	})
}

func (s *API) detach(ctx context.Context, e *entity, policyARN string) error {
	return s.alter(ctx, e, func(tx store.Tx, e *entity) error {
		key := attachedKey(e.Account, e.ID, policyARN)
		old, err := get[attached](tx, key)
		if err != nil {
			return err
		}
		if old == nil || old.ARN != policyARN {
			return noPolicy(policyARN)
		}
		if err := tx.Delete(useKey(e.Account, asPermissions, policyARN, e.ID)); err != nil {
			return err
		}
		return tx.Delete(key)
	})
}

func (s *API) listAttached(ctx context.Context, e *entity, prefix, marker *string, maxItems *int32) (out []AttachedPolicy, more *bool, next *string, err error) {
	p, err := newPage(marker, maxItems)
	if err != nil {
		return nil, nil, nil, err
	}
	keep := func(a *attached) bool {
		_, path, _ := splitPolicyARN(a.ARN)
		return under(path, prefix)
	}
	err = s.Store.View(ctx, func(r store.Reader) error {
		list, m, n, err := scan(r, p, keep, "iam", "attached", e.Account, e.ID)
		out, more, next = each(list, awsAttached), m, n
		return err
	})
	return out, more, next, err
}

func awsAttached(a *attached) AttachedPolicy {
	_, _, name := splitPolicyARN(a.ARN)
	return AttachedPolicy{PolicyArn: &a.ARN, PolicyName: &name}
}
