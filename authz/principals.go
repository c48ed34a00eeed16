package authz

import (
	"sync"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/policy"
)

// maxPrincipals bounds the cache of the keys of sessions.
const maxPrincipals = 4096

// principalContexts remembers the context keys of sessions: an SDK uses one
// session for many requests. An edit of the principal makes another policy set,
// and with it another entry; tags are part of the same record.
type principalContexts struct {
	mu sync.RWMutex
	by map[principalKey]*policy.Context
}

type principalKey struct {
	session  *bailiwick.Session
	policies *policy.Set
}

func (p *principalContexts) context(who bailiwick.Principal, attached bailiwick.Attachments) *policy.Context {
	if who.Session == nil || attached.Identity == nil {
		return principalContext(who, attached.Tags)
	}
	key := principalKey{who.Session, attached.Identity}
	p.mu.RLock()
	x, ok := p.by[key]
	p.mu.RUnlock()
	if ok {
		return x
	}
	x = principalContext(who, attached.Tags)
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.by == nil || len(p.by) >= maxPrincipals {
		p.by = make(map[principalKey]*policy.Context)
	}
	p.by[key] = x
	return x
}
