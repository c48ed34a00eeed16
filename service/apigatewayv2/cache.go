package apigatewayv2

import (
	"sync"

	"github.com/bailiwick-project/bailiwick/gateway"
	"github.com/bailiwick-project/bailiwick/store"
)

// maxCached bounds what is remembered, of stages that there are not too: whoever
// calls chooses the names.
const maxCached = 4096

// A cache keeps what stages serve. An entry counts only while the stamp of its API
// is the same, or, where the store counts its changes, while no stamp has changed.
type cache struct {
	mu     sync.RWMutex
	stages map[stageOf]known

	watching sync.Once
	watch    *store.Watch
}

// A stageOf is a stage of an API.
type stageOf struct{ api, stage string }

// known is what a stage serves, or that there is none, and the count of changes it
// was read at; 0 is unknown.
type known struct {
	deployment *gateway.Deployment
	err        error // ErrNoAPI or ErrNoStage
	stamp      string
	count      uint64
}

// stamps watches the stamps of all APIs; nil if the store cannot.
func (c *cache) stamps(s store.Store) *store.Watch {
	c.watching.Do(func() {
		from, to := store.Prefix("apigatewayv2", "stamp")
		c.watch = store.Watching(s, from, to)
	})
	return c.watch
}

func (c *cache) find(key stageOf) known {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.stages[key]
}

func (c *cache) keep(key stageOf, k known) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.stages == nil || len(c.stages) >= maxCached {
		c.stages = map[stageOf]known{}
	}
	c.stages[key] = k
}
