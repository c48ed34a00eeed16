package pebble

import (
	"hash/maphash"
	"sync"

	"github.com/cockroachdb/pebble/v2"
)

// records keeps raw records that were read one by one, so that the next read of
// the same key does not walk Pebble's levels. What it answers is what Pebble
// would answer:
//
//   - There is one writer at a time. Before its batch can be read, it takes the
//     records of the batch out and shuts their shards; after, it opens them.
//     So nobody finds the old record once somebody may have seen the new one.
//   - A reader puts in what it read only if its shard was open and untouched from
//     before the read until then. So nobody leaves an old record behind.
//
// A writer that fails never opens its shards again: nobody knows what Pebble holds.
type records struct {
	seed   maphash.Seed
	limit  int // bytes a shard
	shards [recordShards]recordShard
}

type recordShard struct {
	mu    sync.Mutex
	raw   map[string][]byte // by key; never changed, only replaced
	bytes int
	epoch uint64 // grows with each write
	shut  bool
}

const (
	recordShards   = 64
	recordOverhead = 96 // bytes of a record beside its key and value, roughly
	recordShare    = 16 // of a shard, at most, for one record
)

func newRecords(limit int) *records {
	return &records{seed: maphash.MakeSeed(), limit: limit / recordShards}
}

func (c *records) index(key []byte) int {
	return int(maphash.Bytes(c.seed, key) % recordShards)
}

// A missing is where a record that was not found may be put, once it was read.
type missing struct {
	shard *recordShard
	epoch uint64
}

// get returns the record of key; if there is none, m takes what the caller reads.
func (c *records) get(key []byte) (raw []byte, m missing) {
	s := &c.shards[c.index(key)]
	s.mu.Lock()
	defer s.mu.Unlock()
	if raw, ok := s.raw[string(key)]; ok {
		return raw, missing{}
	}
	if s.shut {
		return nil, missing{}
	}
	return nil, missing{s, s.epoch}
}

// put keeps a copy of raw, which was read after get said m. To make room it drops
// whatever the map answers first: no order to keep means no write for a read.
func (c *records) put(m missing, key, raw []byte) {
	size := len(key) + len(raw) + recordOverhead
	if m.shard == nil || size > c.limit/recordShare {
		return
	}
	s := m.shard
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.shut || s.epoch != m.epoch {
		return
	}
	if s.raw == nil {
		s.raw = map[string][]byte{}
	}
	if _, ok := s.raw[string(key)]; ok {
		return
	}
	for k, v := range s.raw {
		if s.bytes+size <= c.limit {
			break
		}
		delete(s.raw, k)
		s.bytes -= len(k) + len(v) + recordOverhead
	}
	s.raw[string(key)] = append(make([]byte, 0, len(raw)), raw...)
	s.bytes += size
}

// shut takes the records that batch writes out, and shuts their shards until open.
func (c *records) shut(batch *pebble.Batch) (touched shardSet) {
	for r := batch.Reader(); len(r) > 0; {
		_, key, _, ok, err := r.Next()
		if !ok || err != nil {
			return c.shutAll() // not a batch that this package makes
		}
		if len(key) > 0 && key[0] == spaceData {
			touched.add(c.shutOne(key[1:]))
		}
	}
	return touched
}

func (c *records) shutOne(key []byte) int {
	i := c.index(key)
	s := &c.shards[i]
	s.mu.Lock()
	defer s.mu.Unlock()
	if old, ok := s.raw[string(key)]; ok {
		delete(s.raw, string(key))
		s.bytes -= len(key) + len(old) + recordOverhead
	}
	s.shut = true
	s.epoch++
	return i
}

func (c *records) shutAll() (all shardSet) {
	for i := range c.shards {
		s := &c.shards[i]
		s.mu.Lock()
		s.raw, s.bytes, s.shut = nil, 0, true
		s.epoch++
		s.mu.Unlock()
		all.add(i)
	}
	return all
}

func (c *records) open(touched shardSet) {
	for i := range c.shards {
		if touched.has(i) {
			s := &c.shards[i]
			s.mu.Lock()
			s.shut = false
			s.mu.Unlock()
		}
	}
}

// A shardSet has a bit for each shard.
type shardSet uint64

func (s *shardSet) add(i int) { *s |= 1 << i }

func (s shardSet) has(i int) bool { return s&(1<<i) != 0 }
