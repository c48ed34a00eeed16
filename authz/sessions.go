package authz

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/policy"
)

// maxSessionSets bounds the cache of compiled session policies. Callers choose
// their session policies, so that the cache must not grow with them.
const maxSessionSets = 1024

// sessionPolicies compiles the policies that travel inside session tokens.
type sessionPolicies struct {
	mu   sync.Mutex
	sets map[string]*policy.Set
}

// set is the compiled session policies of s, nil if it has none. Managed
// policies are looked up anew each time, and are part of the key by identity:
// an edited policy is another policy.
func (p *sessionPolicies) set(ctx context.Context, policies bailiwick.Policies, s *bailiwick.Session) (*policy.Set, error) {
	if s.Policy == "" && len(s.PolicyARNs) == 0 {
		return nil, nil
	}
	var key strings.Builder
	var all []*policy.Policy
	for _, arn := range s.PolicyARNs {
		m, err := policies.ManagedPolicy(ctx, arn)
		var gone *bailiwick.Error
		if errors.As(err, &gone) {
			m = policy.Broken(arn, err) // deleted since the session began: it allows nothing any more
		} else if err != nil {
			return nil, fmt.Errorf("reading the managed session policy %s: %w", arn, err)
		}
		fmt.Fprintf(&key, "%p ", m)
		all = append(all, m)
	}
	key.WriteString(s.Policy)
	p.mu.Lock()
	defer p.mu.Unlock()
	if set, ok := p.sets[key.String()]; ok {
		return set, nil
	}
	if s.Policy != "" {
		all = append(all, policy.Read(policy.Session, "session policy", s.Policy))
	}
	if p.sets == nil || len(p.sets) >= maxSessionSets {
		p.sets = map[string]*policy.Set{}
	}
	set := policy.NewSet(all...)
	p.sets[key.String()] = set
	return set, nil
}
