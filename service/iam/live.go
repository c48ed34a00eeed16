package iam

import (
	"context"
	"errors"
	"sync"

	"github.com/bailiwick-project/bailiwick/policy"
	"github.com/bailiwick-project/bailiwick/store"
)

// maxCached bounds each cache, in entries. What is cached has been asked for by
// someone with a valid credential, so that strangers cannot fill it.
const maxCached = 16384

// maxCompiled bounds the compiled policies, whose texts can be long.
const maxCompiled = 4096

// A cache holds what was read of an account, and the account's generation of
// that moment. It is valid while the generation is: two reads of one snapshot
// prove it, so that there is nothing to invalidate and no time to wait.
type cache[K comparable, V any] struct {
	mu      sync.RWMutex
	entries map[K]cached[V]
}

type cached[V any] struct {
	generation string
	value      V
}

// live returns the value of key as of now: one small Get when it is known. load
// reads from the same snapshot as the generation; if it says not to keep the
// value, the next call loads again.
func live[K comparable, V any](ctx context.Context, s store.Store, c *cache[K, V], account string, key K,
	load func(store.Reader) (value V, keep bool, err error),
) (V, error) {
	var out V
	err := s.View(ctx, func(r store.Reader) error {
		generation, err := r.Get(generationKey(account))
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
		c.mu.RLock()
		known, ok := c.entries[key]
		c.mu.RUnlock()
		if ok && known.generation == string(generation) {
			out = known.value
			return nil
		}
		value, keep, err := load(r)
		if err != nil {
			return err
		}
		out = value
		if keep {
			c.put(key, cached[V]{string(generation), value})
		}
		return nil
	})
	return out, err
}

func (c *cache[K, V]) put(key K, v cached[V]) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.entries == nil || len(c.entries) >= maxCached {
		c.entries = map[K]cached[V]{}
	}
	c.entries[key] = v
}

// A compiler remembers compiled policies by their content, so that an edit of
// one policy does not compile again all others of the account.
type compiler struct {
	mu   sync.Mutex
	done map[source]*policy.Policy
}

// A source is all that the outcome of a compilation depends on.
type source struct {
	kind       policy.Kind
	name, text string
}

// compile never fails: what cannot be read any more is Broken, and denies.
func (c *compiler) compile(kind policy.Kind, name, text string) *policy.Policy {
	from := source{kind, name, text}
	c.mu.Lock()
	defer c.mu.Unlock()
	if p, ok := c.done[from]; ok {
		return p
	}
	var p *policy.Policy
	if doc, err := policy.Parse(kind, text); err != nil {
		p = policy.Broken(name, err)
	} else {
		p = policy.Compile(name, doc)
	}
	if c.done == nil || len(c.done) >= maxCompiled {
		c.done = map[source]*policy.Policy{}
	}
	c.done[from] = p
	return p
}
