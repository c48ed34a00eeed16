package pebble

import (
	"encoding/binary"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/cockroachdb/pebble/v2"
	"github.com/cockroachdb/pebble/v2/vfs"

	"github.com/bailiwick-project/bailiwick/store"
)

func memory(t *testing.T, o Options) *Engine {
	t.Helper()
	o.Dir, o.FS = "data", vfs.NewMem()
	return mustOpen(t, o)
}

func batchOf(t *testing.T, e *Engine, keys ...string) *pebble.Batch {
	t.Helper()
	b := e.db.NewBatch()
	t.Cleanup(func() { _ = b.Close() })
	for _, key := range keys {
		if err := b.Set(dataKey([]byte(key)), []byte("\x00new"), nil); err != nil {
			t.Fatal(err)
		}
	}
	return b
}

// TestRecordsAreNotLeftBehind: whatever way a write crosses a read, the record of
// before the write is not kept.
func TestRecordsAreNotLeftBehind(t *testing.T) {
	e := memory(t, Options{SweepEvery: -1})
	key, old := []byte("k"), []byte("\x00old")
	for _, tt := range []struct {
		name string
		do   func(c *records)
		kept bool
	}{
		{"no write", func(c *records) { _, m := c.get(key); c.put(m, key, old) }, true},
		{"a write of another key in another shard", func(c *records) {
			_, m := c.get(key)
			other := "o"
			for i := 0; c.index([]byte(other)) == c.index(key); i++ {
				other = fmt.Sprint("o", i)
			}
			c.open(c.shut(batchOf(t, e, other)))
			c.put(m, key, old)
		}, true},
		{"the read before, put during", func(c *records) { _, m := c.get(key); c.shut(batchOf(t, e, "k")); c.put(m, key, old) }, false},
		{"the read before, put after", func(c *records) { _, m := c.get(key); c.open(c.shut(batchOf(t, e, "k"))); c.put(m, key, old) }, false},
		{"the read during, put after", func(c *records) {
			shut := c.shut(batchOf(t, e, "k"))
			_, m := c.get(key)
			c.open(shut)
			c.put(m, key, old)
		}, false},
		{"put before the write", func(c *records) { _, m := c.get(key); c.put(m, key, old); c.shut(batchOf(t, e, "a", "k")) }, false},
		{"a write that failed", func(c *records) { c.shut(batchOf(t, e, "k")); _, m := c.get(key); c.put(m, key, old) }, false},
		{"a batch that cannot be read", func(c *records) {
			_, m := c.get(key)
			c.put(m, key, old)
			c.shutAll()
		}, false},
	} {
		c := newRecords(1 << 20)
		tt.do(c)
		if raw, _ := c.get(key); (raw != nil) != tt.kept {
			t.Errorf("%s: the old record is kept: %v, want %v", tt.name, raw != nil, tt.kept)
		}
	}
}

func TestRecordsAreBounded(t *testing.T) {
	const limit = 1 << 20
	c := newRecords(limit)
	for i := range 20_000 {
		key := []byte(fmt.Sprint("key", i))
		_, m := c.get(key)
		c.put(m, key, make([]byte, i%3000))
	}
	held, count := 0, 0
	for i := range c.shards {
		s := &c.shards[i]
		bytes := 0
		for k, v := range s.raw {
			bytes += len(k) + len(v) + recordOverhead
			count++
		}
		if bytes != s.bytes {
			t.Errorf("shard %d counts %d bytes and holds %d", i, s.bytes, bytes)
		}
		held += bytes
	}
	if held > limit || held < limit/2 || count < 100 {
		t.Errorf("%d bytes in %d records are held, limit %d", held, count, limit)
	}
	if _, m := c.get([]byte("big")); m.shard != nil {
		c.put(m, []byte("big"), make([]byte, limit/recordShards))
	}
	if raw, _ := c.get([]byte("big")); raw != nil {
		t.Error("a record as large as a shard is kept")
	}
}

// TestReadsNeverGoBack: a counter grows, and whoever reads it alone, in a view or
// in an update sees it grow; nobody who heard of a write reads what was before.
func TestReadsNeverGoBack(t *testing.T) {
	e := memory(t, Options{SweepEvery: -1})
	key := []byte("counter")
	number := func(v []byte) uint64 { return binary.BigEndian.Uint64(v) }
	put(t, e, "counter", string(make([]byte, 8)))
	var told atomic.Uint64 // the last acknowledged
	var stop atomic.Bool
	var readers sync.WaitGroup
	for range 3 {
		readers.Go(func() {
			last, seen := uint64(0), 0
			for ; !stop.Load(); seen++ {
				floor := max(told.Load(), last)
				alone, err := e.Get(t.Context(), key)
				if err != nil || number(alone) < floor {
					t.Errorf("read %d after %d: %v", number(alone), floor, err)
					return
				}
				err = e.View(t.Context(), func(r store.Reader) error {
					v, err := r.Get(key)
					if err == nil && number(v) < number(alone) {
						t.Errorf("a view reads %d after %d", number(v), number(alone))
					}
					last = number(v)
					return err
				})
				if err != nil {
					t.Error(err)
					return
				}
			}
			if seen == 0 {
				t.Error("nothing was read")
			}
		})
	}
	var writers sync.WaitGroup
	for range 2 {
		writers.Go(func() {
			for range 2000 {
				var wrote uint64
				err := e.Update(t.Context(), func(tx store.Tx) error {
					v, err := tx.Get(key)
					if err != nil {
						return err
					}
					wrote = number(v) + 1
					if err := tx.Put(key, binary.BigEndian.AppendUint64(nil, wrote)); err != nil {
						return err
					}
					if v, err = tx.Get(key); err == nil && number(v) != wrote {
						t.Errorf("an update reads %d, which wrote %d", number(v), wrote)
					}
					return err
				})
				if err != nil {
					t.Error(err)
				}
				for known := told.Load(); known < wrote && !told.CompareAndSwap(known, wrote); known = told.Load() {
				}
			}
		})
	}
	writers.Wait()
	stop.Store(true)
	readers.Wait()
	if v, err := e.Get(t.Context(), key); err != nil || number(v) != 4000 {
		t.Errorf("4000 updates counted to %v, %v", v, err)
	}
}

// TestReturnedValuesAreTheCallers: whoever writes into what it read changes
// nothing for the next.
func TestReturnedValuesAreTheCallers(t *testing.T) {
	e := memory(t, Options{SweepEvery: -1})
	put(t, e, "k", "value")
	for range 3 { // from Pebble, then from memory
		v, err := e.Get(t.Context(), []byte("k"))
		if err != nil || string(v) != "value" {
			t.Fatalf("%q, %v", v, err)
		}
		copy(v, strings.Repeat("x", len(v)))
	}
}
