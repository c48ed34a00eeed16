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
		{"no write", func(c *records) { _, m := c.get(key, newest); c.put(m, key, old) }, true},
		{"a write of another key in another shard", func(c *records) {
			_, m := c.get(key, newest)
			other := "o"
			for i := 0; c.index([]byte(other)) == c.index(key); i++ {
				other = fmt.Sprint("o", i)
			}
			c.open(c.shut(batchOf(t, e, other)))
			c.put(m, key, old)
		}, true},
		{"the read before, put during", func(c *records) { _, m := c.get(key, newest); c.shut(batchOf(t, e, "k")); c.put(m, key, old) }, false},
		{"the read before, put after", func(c *records) { _, m := c.get(key, newest); c.open(c.shut(batchOf(t, e, "k"))); c.put(m, key, old) }, false},
		{"the read during, put after", func(c *records) {
			shut := c.shut(batchOf(t, e, "k"))
			_, m := c.get(key, newest)
			c.open(shut)
			c.put(m, key, old)
		}, false},
		{"put before the write", func(c *records) { _, m := c.get(key, newest); c.put(m, key, old); c.shut(batchOf(t, e, "a", "k")) }, false},
		{"a write that failed", func(c *records) { c.shut(batchOf(t, e, "k")); _, m := c.get(key, newest); c.put(m, key, old) }, false},
		{"a batch that cannot be read", func(c *records) {
			_, m := c.get(key, newest)
			c.put(m, key, old)
			c.shutAll()
		}, false},
	} {
		c := newRecords(1 << 20)
		tt.do(c)
		if raw, _ := c.get(key, newest); (raw != nil) != tt.kept {
			t.Errorf("%s: the old record is kept: %v, want %v", tt.name, raw != nil, tt.kept)
		}
	}
}

// TestRecordsOfSnapshots: a snapshot finds what it has itself, and leaves nothing
// that is older than now.
func TestRecordsOfSnapshots(t *testing.T) {
	e := memory(t, Options{SweepEvery: -1})
	c, key := newRecords(1<<20), []byte("k")
	write := func(key string) { c.open(c.shut(batchOf(t, e, key))) }
	finds := func(count uint64) bool { raw, _ := c.get(key, count); return raw != nil }
	write("k")
	before := c.count.Load()
	_, m := c.get(key, before)
	c.put(m, key, []byte("\x00first"))
	if !finds(before) || !finds(before+1) || !finds(newest) {
		t.Error("the record of the snapshot's state is not found")
	}
	if finds(before - 1) {
		t.Error("an earlier snapshot finds a later record")
	}
	write("k")
	if _, m := c.get(key, before); m.shard != nil {
		t.Error("a snapshot of before the last write may leave a record")
	}
	_, m = c.get(key, before+1)
	c.put(m, key, []byte("\x00second"))
	if finds(before) {
		t.Error("a snapshot of before the write finds the record of after")
	}
	if !finds(before + 1) {
		t.Error("a snapshot of after the write does not find its record")
	}
}

func TestRecordsAreBounded(t *testing.T) {
	const limit = 1 << 20
	c := newRecords(limit)
	for i := range 20_000 {
		key := []byte(fmt.Sprint("key", i))
		_, m := c.get(key, newest)
		c.put(m, key, make([]byte, i%3000))
	}
	held, count := 0, 0
	for i := range c.shards {
		s := &c.shards[i]
		bytes := 0
		for k, v := range s.known {
			bytes += len(k) + len(v.raw) + recordOverhead
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
	if _, m := c.get([]byte("big"), newest); m.shard != nil {
		c.put(m, []byte("big"), make([]byte, limit/recordShards))
	}
	if raw, _ := c.get([]byte("big"), newest); raw != nil {
		t.Error("a record as large as a shard is kept")
	}
}

// TestReadsNeverGoBack: a counter grows, and whoever reads it alone, in a view or
// in an update sees it grow; nobody who heard of a write reads what was before.
func TestReadsNeverGoBack(t *testing.T) {
	e := memory(t, Options{SweepEvery: -1})
	key, mirror := []byte("counter"), []byte("mirror") // are always written together
	number := func(v []byte) uint64 { return binary.BigEndian.Uint64(v) }
	put(t, e, "counter", string(make([]byte, 8)))
	put(t, e, "mirror", string(make([]byte, 8)))
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
					if err != nil {
						return err
					}
					m, err := r.Get(mirror)
					if err == nil && number(m) != number(v) {
						t.Errorf("a view reads %d and %d, which were written together", number(v), number(m))
					}
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
			for range 500 {
				var wrote uint64
				err := e.Update(t.Context(), func(tx store.Tx) error {
					v, err := tx.Get(key)
					if err != nil {
						return err
					}
					wrote = number(v) + 1
					for _, k := range [][]byte{key, mirror} {
						if err := tx.Put(k, binary.BigEndian.AppendUint64(nil, wrote)); err != nil {
							return err
						}
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
	if v, err := e.Get(t.Context(), key); err != nil || number(v) != 1000 {
		t.Errorf("1000 updates counted to %v, %v", v, err)
	}
}

// TestViewsShareASnapshot until somebody writes, and no longer.
func TestViewsShareASnapshot(t *testing.T) {
	e := memory(t, Options{SweepEvery: -1})
	put(t, e, "k", "1")
	first := e.snapshots.take(e.db, e.records)
	if second := e.snapshots.take(e.db, e.records); second != first {
		t.Error("two views of the same state have two snapshots")
	} else {
		e.snapshots.give(second)
	}
	put(t, e, "k", "2")
	third := e.snapshots.take(e.db, e.records)
	if third == first {
		t.Error("a view has the snapshot of before a write")
	}
	for snapshot, want := range map[*snapshot]string{first: "\x001", third: "\x002"} {
		raw, closer, err := snapshot.Get(dataKey([]byte("k")))
		if err != nil || string(raw) != want {
			t.Fatalf("%q, %v; want %q", raw, err, want)
		}
		_ = closer.Close()
	}
	e.records.writing.Store(true) // a batch is on its way
	alone := e.snapshots.take(e.db, e.records)
	if alone == third {
		t.Error("a view has an old snapshot while a batch is on its way")
	}
	e.records.writing.Store(false)
	for _, s := range []*snapshot{first, third, alone} {
		e.snapshots.give(s)
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
