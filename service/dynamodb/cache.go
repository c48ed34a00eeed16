package dynamodb

import (
	"sync"

	"github.com/bailiwick-project/bailiwick/store"
)

// maxCached bounds the descriptions in memory.
const maxCached = 4096

// A cache keeps decoded descriptions. It may be stale: whoever reads from it
// compares the stamp with the one in the store, inside its transaction, so that
// a change made by another node counts at once. Where the store counts its
// changes, no stamp has changed while the count is the same.
type cache struct {
	mu     sync.RWMutex
	tables map[ref]known

	watching sync.Once
	watch    *store.Watch
}

// known is a description and the count of changes it was read at; 0 is unknown.
type known struct {
	table *table
	count uint64
}

// stamps watches the stamps of all tables; nil if the store cannot.
func (c *cache) stamps(s store.Store) *store.Watch {
	c.watching.Do(func() {
		from, to := store.Prefix("dynamodb", "stamp")
		c.watch = store.Watching(s, from, to)
	})
	return c.watch
}

func (c *cache) find(r ref) known {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.tables[r]
}

func (c *cache) keep(r ref, k known) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.tables == nil || len(c.tables) >= maxCached {
		c.tables = map[ref]known{}
	}
	c.tables[r] = k
}
