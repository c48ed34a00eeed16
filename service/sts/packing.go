package sts

import (
	"context"
	"errors"
	"fmt"
	"unicode/utf8"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/arn"
	"github.com/bailiwick-project/bailiwick/policy"
)

// The space of a session. AWS documents the plain limit and the number of ARNs,
// and keeps the packed limit to itself; ours keeps session tokens within what
// HTTP headers carry.
const (
	maxPlain    = 2048     // characters of the session policy and the policy ARNs
	maxPacked   = 4096     // bytes of all that and of the tags
	maxPolicies = 10       // managed session policies
	maxToken    = 16 << 10 // characters; session.Ring opens no longer ones
)

// restrict takes the session policies into the wish and weighs them together
// with its tags.
func (w *wish) restrict(inline *string, managed []PolicyDescriptorType) error {
	w.policy = text(inline)
	for i, d := range managed {
		if d.Arn == nil {
			return validation("1 validation error detected: Value null at 'policyArns.%d.member.arn' failed to satisfy constraint: Member must not be null", i+1)
		}
		w.policyARNs = append(w.policyARNs, *d.Arn)
	}
	if len(w.policyARNs) > maxPolicies {
		return validation("1 validation error detected: Value '[...]' at 'policyArns' failed to satisfy constraint: Member must have length less than or equal to %d", maxPolicies)
	}
	if err := w.weigh(); err != nil {
		return err
	}
	if inline == nil {
		return nil
	}
	_, err := policy.Parse(policy.Session, w.policy)
	var syntax *policy.SyntaxError
	if errors.As(err, &syntax) {
		return bailiwick.Errorf("MalformedPolicyDocument", "%s", syntax.Message)
	}
	return err
}

// weigh measures policies and tags as a percentage of their space.
func (w *wish) weigh() error {
	plain, packed := utf8.RuneCountInString(w.policy), len(w.policy)
	for _, a := range w.policyARNs {
		plain += utf8.RuneCountInString(a)
		packed += len(a)
	}
	for k, v := range w.tags {
		packed += len(k) + len(v)
	}
	if packed == 0 {
		return nil
	}
	percent := max(percentage(plain, maxPlain), percentage(packed, maxPacked))
	if percent > 100 {
		return tooPacked(percent)
	}
	p := int32(percent)
	w.packed = &p
	return nil
}

func percentage(n, of int) int { return (100*n + of - 1) / of }

func tooPacked(percent int) *bailiwick.Error {
	return bailiwick.Errorf("PackedPolicyTooLarge", "Packed policy consumes %d%% of allotted space, please use smaller policy.", percent)
}

// findPolicies insists that every managed session policy exists in the role's
// account or is AWS's own: a restriction that cannot be read must not be lost.
func (a *API) findPolicies(ctx context.Context, w *wish) error {
	for _, name := range w.policyARNs {
		p, err := arn.Parse(name)
		if err != nil || p.Service != "iam" || (p.Account != w.account && p.Account != "aws") {
			return validation("ARN %s is not valid.", name)
		}
		_, err = a.Policies.ManagedPolicy(ctx, name)
		var missing *bailiwick.Error
		switch {
		case errors.As(err, &missing):
			return validation("Policy %s does not exist or is not attachable.", name)
		case err != nil:
			return fmt.Errorf("reading the managed session policy %s: %w", name, err)
		}
	}
	return nil
}
