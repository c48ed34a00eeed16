package dynamodb

import "sync"

// maxCached bounds the descriptions in memory.
const maxCached = 4096

// A cache keeps decoded descriptions. It may be stale: whoever reads from it
// compares the stamp with the one in the store, inside its transaction, so that
// a change made by another node counts at once.
type cache struct {
	mu     sync.RWMutex
	tables map[ref]*table
}

func (c *cache) find(r ref) *table {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.tables[r]
}

func (c *cache) keep(r ref, t *table) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.tables == nil || len(c.tables) >= maxCached {
		c.tables = map[ref]*table{}
	}
	c.tables[r] = t
}
