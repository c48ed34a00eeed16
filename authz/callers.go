package authz

import (
	"net/netip"
	"sync"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/policy"
)

// maxCallers bounds the cache of the keys of callers, who choose some of them.
const maxCallers = 4096

// callers remembers the context keys of sessions: an SDK uses one session for
// many requests. Any edit of the principal, its tags included, comes with another
// policy set (bailiwick.Attachments), and so with another entry.
type callers struct {
	mu sync.RWMutex
	by map[callerKey]*policy.Context
}

// callerKey is everything that callerContext reads.
type callerKey struct {
	session                       *bailiwick.Session
	policies                      *policy.Set
	region, owner, agent, referer string
	source                        netip.Addr
	secure                        bool
}

func (p *callers) context(call *bailiwick.Call, who bailiwick.Principal, attached bailiwick.Attachments, owner string) *policy.Context {
	if who.Session == nil || attached.Identity == nil {
		return callerContext(call, who, attached.Tags, owner)
	}
	key := callerKey{who.Session, attached.Identity, call.Region, owner, call.UserAgent, call.Referer, call.Source, call.Secure}
	p.mu.RLock()
	x, ok := p.by[key]
	p.mu.RUnlock()
	if ok {
		return x
	}
	x = callerContext(call, who, attached.Tags, owner)
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.by == nil || len(p.by) >= maxCallers {
		p.by = make(map[callerKey]*policy.Context)
	}
	p.by[key] = x
	return x
}
