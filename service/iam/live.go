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
// prove it, so that there is nothing to invalidate and no time to wait. Where the
// store counts its changes, no generation has changed while the count is the same.
type cache[K comparable, V any] struct {
	mu      sync.RWMutex
	entries map[K]cached[V]
}

type cached[V any] struct {
	generation string
	count      uint64 // of the store's changes of generations; 0 is unknown
	value      V
}

// generations watches the generations of all accounts; nil if the store cannot.
func (s *API) generations() *store.Watch {
	s.watching.Do(func() {
		from, to := store.Prefix("iam", "generation")
		s.watch = store.Watching(s.Store, from, to)
	})
	return s.watch
}

// live returns the value of key as of now: one small Get, or a look at a
// counter, when it is known. load reads from the same snapshot as the generation;
// if it says not to keep the value, the next call loads again.
func live[K comparable, V any](ctx context.Context, s *API, c *cache[K, V], account string, key K,
	load func(store.Reader) (value V, keep bool, err error),
) (V, error) {
	var out V
	w := s.generations()
	if known, ok := c.get(key); ok && w != nil && known.count == w.Count() {
		return known.value, nil
	}
	err := s.Store.View(ctx, func(r store.Reader) error {
		var count uint64
		if counting, ok := r.(store.CountingReader); ok && w != nil {
			count = counting.CountAtBegin(w)
		}
		generation, err := r.Get(generationKey(account))
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
		if known, ok := c.get(key); ok && known.generation == string(generation) {
			out = known.value
			c.put(key, cached[V]{known.generation, count, known.value})
			return nil
		}
		value, keep, err := load(r)
		if err != nil {
			return err
		}
		out = value
		if keep {
			c.put(key, cached[V]{string(generation), count, value})
		}
		return nil
	})
	return out, err
}

func (c *cache[K, V]) get(key K) (cached[V], bool) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	v, ok := c.entries[key]
	return v, ok
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
	p := policy.Read(kind, name, text)
	if c.done == nil || len(c.done) >= maxCompiled {
		c.done = map[source]*policy.Policy{}
	}
	c.done[from] = p
	return p
}
