package pebble

import (
	"bytes"
	"hash/maphash"
	"math"
	"sync"
	"sync/atomic"

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
//   - Batches are counted when their shards are opened, and a record knows the count
//     at which it was read. A record that is there has not changed since; so it is
//     also that of every snapshot that was taken at this count or later.
//
// A writer that fails never opens its shards again: nobody knows what Pebble holds.
type records struct {
	seed    maphash.Seed
	limit   int           // bytes a shard
	count   atomic.Uint64 // of batches that can be read
	writing atomic.Bool   // a batch is on its way, or failed on it
	shards  [recordShards]recordShard
}

type recordShard struct {
	mu    sync.Mutex
	known map[string]record // by key
	bytes int
	epoch uint64 // grows with each write
	shut  bool
}

// A record is as Pebble has it, never changed, and the count of batches at which
// it was not yet read.
type record struct {
	raw  []byte
	asOf uint64
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
	asOf  uint64
}

// newest is the count of those who read the database as it is now.
const newest = math.MaxUint64

// get returns the record of key as of a snapshot at count, or newest; if there is
// none, m takes what the caller reads, unless that is older than now.
func (c *records) get(key []byte, count uint64) (raw []byte, m missing) {
	s := &c.shards[c.index(key)]
	s.mu.Lock()
	defer s.mu.Unlock()
	now := c.count.Load()
	if r, ok := s.known[string(key)]; ok {
		if r.asOf <= count {
			return r.raw, missing{}
		}
		return nil, missing{}
	}
	if s.shut || count < now {
		return nil, missing{}
	}
	return nil, missing{s, s.epoch, now}
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
	if s.known == nil {
		s.known = map[string]record{}
	}
	if _, ok := s.known[string(key)]; ok {
		return
	}
	for k, v := range s.known {
		if s.bytes+size <= c.limit {
			break
		}
		delete(s.known, k)
		s.bytes -= len(k) + len(v.raw) + recordOverhead
	}
	s.known[string(key)] = record{bytes.Clone(raw), m.asOf}
	s.bytes += size
}

// shut takes the records that batch writes out, and shuts their shards until open.
func (c *records) shut(batch *pebble.Batch) (touched shardSet) {
	c.writing.Store(true)
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
	if old, ok := s.known[string(key)]; ok {
		delete(s.known, string(key))
		s.bytes -= len(key) + len(old.raw) + recordOverhead
	}
	s.shut = true
	s.epoch++
	return i
}

func (c *records) shutAll() (all shardSet) {
	for i := range c.shards {
		s := &c.shards[i]
		s.mu.Lock()
		s.known, s.bytes, s.shut = nil, 0, true
		s.epoch++
		s.mu.Unlock()
		all.add(i)
	}
	return all
}

// open counts the batch, which can be read now, and opens its shards.
func (c *records) open(touched shardSet) {
	c.count.Add(1)
	c.writing.Store(false)
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
