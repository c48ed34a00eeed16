package session

import (
	"sync"

	"github.com/bailiwick-project/bailiwick"
)

// maxOpened bounds the cache of opened tokens. Only tokens that this server
// sealed get in, so that strangers cannot empty it.
const maxOpened = 4096

// cache remembers opened tokens: an SDK sends the same one with every request.
type cache struct {
	mu sync.RWMutex
	by map[string]bailiwick.Credential
}

func (c *cache) get(token string) (bailiwick.Credential, bool) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	cred, ok := c.by[token]
	return cred, ok
}

func (c *cache) put(token string, cred bailiwick.Credential) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.by == nil || len(c.by) >= maxOpened {
		c.by = make(map[string]bailiwick.Credential)
	}
	c.by[token] = cred
}
