package s3

import (
	"context"
	"maps"
	"slices"
	"sync"

	"github.com/bailiwick-project/bailiwick/store"
)

// maxCached bounds the buckets in memory.
const maxCached = 4096

// A cache keeps buckets with their compiled policies. Where the store counts its
// changes, nothing has changed while the count is the same; elsewhere every
// request reads its bucket.
type cache struct {
	mu      sync.RWMutex
	buckets map[string]*bucket

	watching sync.Once
	watch    *store.Watch
}

// changes watches all buckets; nil if the store cannot.
func (c *cache) changes(s store.Store) *store.Watch {
	c.watching.Do(func() {
		from, to := store.Prefix(space, "bucket")
		c.watch = store.Watching(s, from, to)
	})
	return c.watch
}

// at is the bucket as it was read at a count; nil if it was not, or not then.
func (c *cache) at(name string, count uint64) *bucket {
	c.mu.RLock()
	defer c.mu.RUnlock()
	if b := c.buckets[name]; b != nil && count != 0 && b.count == count {
		return b
	}
	return nil
}

func (c *cache) keep(b *bucket) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.buckets == nil || len(c.buckets) >= maxCached {
		c.buckets = map[string]*bucket{}
	}
	c.buckets[b.Name] = b
}

// load is the bucket of that name, nil when there is none. Nothing may be loaded
// in a transaction after it was changed there.
func (a *API) load(r store.Reader, name string) (*bucket, error) {
	var count uint64
	if counting, ok := r.(store.CountingReader); ok {
		if w := a.cache.changes(a.Store); w != nil {
			count = counting.CountAtBegin(w)
		}
	}
	if b := a.cache.at(name, count); b != nil {
		return b, nil
	}
	b, err := find[bucket](r, bucketKey(name), "bucket "+name)
	if b == nil || err != nil {
		return nil, err
	}
	b.derive()
	b.count = count
	if count != 0 {
		a.cache.keep(b)
	}
	return b, nil
}

// look is load for whoever needs the bucket alone, often without a transaction.
func (a *API) look(ctx context.Context, name string) (b *bucket, err error) {
	if w := a.cache.changes(a.Store); w != nil {
		if b := a.cache.at(name, w.Count()); b != nil {
			return b, nil
		}
	}
	err = a.Store.View(ctx, func(r store.Reader) error {
		b, err = a.load(r, name)
		return err
	})
	return b, err
}

// still is the bucket of a plan as it is in this transaction: its settings may
// have changed since, but a bucket of the same name made anew is another one.
func (a *API) still(r store.Reader, planned *bucket) (*bucket, error) {
	now, err := a.load(r, planned.Name)
	if err != nil {
		return nil, err
	}
	if now == nil || now.ID != planned.ID {
		return nil, noBucket(planned.Name)
	}
	return now, nil
}

// change stores what set makes of a bucket. set gets a copy, perhaps more than
// once.
func (a *API) change(ctx context.Context, planned *bucket, set func(*bucket) error) error {
	return a.decide(ctx, func(tx store.Tx) error {
		now, err := a.still(tx, planned)
		if err != nil {
			return err
		}
		next := *now
		next.CORS, next.Tags = slices.Clone(now.CORS), maps.Clone(now.Tags)
		if err := set(&next); err != nil {
			return err
		}
		return store.PutJSON(tx, bucketKey(next.Name), &next)
	})
}
