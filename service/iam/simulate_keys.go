package iam

import (
	"context"
	"strings"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/policy"
)

// getContextKeysForCustomPolicy lists the context keys that policies need.
// Source: IAM API Reference, GetContextKeysForCustomPolicy.
func (s *API) getContextKeysForCustomPolicy(_ context.Context, call *bailiwick.Call, in *GetContextKeysForCustomPolicyRequest) (*GetContextKeysForPolicyResponse, error) {
	return contextKeys(call, nil, in.PolicyInputList)
}

// getContextKeysForPrincipalPolicy lists those of the policies of a user with its
// groups, of a group or of a role, and of the input.
// Source: IAM API Reference, GetContextKeysForPrincipalPolicy.
func (s *API) getContextKeysForPrincipalPolicy(ctx context.Context, call *bailiwick.Call, a *asked[GetContextKeysForPrincipalPolicyRequest]) (*GetContextKeysForPolicyResponse, error) {
	_, identity, _, err := s.source(ctx, a.found)
	if err != nil {
		return nil, err
	}
	return contextKeys(call, identity, a.in.PolicyInputList)
}

func contextKeys(call *bailiwick.Call, policies []*policy.Policy, texts []string) (*GetContextKeysForPolicyResponse, error) {
	given, err := simulated(call, "PolicyInputList.", texts)
	if err != nil {
		return nil, err
	}
	out := &GetContextKeysForPolicyResponse{ContextKeyNames: []string{}}
	seen := map[string]bool{}
	for _, p := range append(policies[:len(policies):len(policies)], given...) {
		d := p.Document()
		if d == nil { // it cannot be read, and denies whatever is asked
			continue
		}
		for _, key := range d.ContextKeys() {
			if folded := strings.ToLower(key); !seen[folded] {
				out.ContextKeyNames, seen[folded] = append(out.ContextKeyNames, key), true
			}
		}
	}
	return out, nil
}
