package storetest

import (
	"errors"
	"sync"
	"testing"

	"github.com/bailiwick-project/bailiwick/store"
)

// testWatch: a count grows with the updates of its range, and with no others.
// Engines that are no Watcher (Twice wraps one) have nothing to hold.
func testWatch(t *testing.T, f *fixture) {
	w := store.Watching(f.Store, []byte("b"), []byte("d"))
	if w == nil {
		if _, ok := f.Store.(store.Watcher); ok {
			t.Error("a Watcher made no watch")
		}
		return
	}
	other := store.Watching(f.Store, []byte("x"), []byte("y"))
	grows := func(what string, want bool, do func()) {
		t.Helper()
		before, beside := w.Count(), other.Count()
		do()
		if got := w.Count() != before; got != want {
			t.Errorf("%s: count grew %v, want %v", what, got, want)
		}
		if other.Count() != beside {
			t.Errorf("%s: the count of another range grew", what)
		}
	}
	grows("before the range", false, func() { f.put("a=1") })
	grows("first key", true, func() { f.put("b=1") })
	grows("inside", true, func() { f.put("c=1") })
	grows("end", false, func() { f.put("d=1") })
	grows("among others", true, func() { f.put("a=2", "c=2", "z=2") })
	grows("delete", true, func() { f.update(func(tx store.Tx) error { return tx.Delete([]byte("c")) }) })
	grows("rolled back", false, func() {
		_ = f.Update(t.Context(), func(tx store.Tx) error { return errors.Join(tx.Put([]byte("b"), nil), errors.New("no")) })
	})
	grows("made while an update runs", true, func() {
		f.update(func(tx store.Tx) error {
			err := tx.Put([]byte("m"), nil)
			w = store.Watching(f.Store, []byte("m"), []byte("n"))
			return err
		})
	})
	f.view(func(r store.Reader) error {
		began := r.(store.CountingReader).CountAtBegin(w)
		f.put("m=2")
		if w.Count() == began {
			t.Error("an update after the view began did not count")
		}
		if got := r.(store.CountingReader).CountAtBegin(w); got != began {
			t.Errorf("the count at the begin of a view moved from %d to %d", began, got)
		}
		return nil
	})
}

// testWatchConcurrent is how caches use a watch: what was read at a count must
// be what a reader finds while the count is the same. An update that has been
// acknowledged must never be missed.
func testWatchConcurrent(t *testing.T, f *fixture) {
	w := store.Watching(f.Store, []byte("k"), []byte("l"))
	if w == nil {
		return
	}
	f.put("k=0")
	var cache struct {
		sync.Mutex
		count uint64
		value string
	}
	read := func() string {
		cache.Lock()
		defer cache.Unlock()
		if cache.count == w.Count() {
			return cache.value
		}
		f.view(func(r store.Reader) error {
			cache.value, cache.count = get(t, r, "k"), r.(store.CountingReader).CountAtBegin(w)
			return nil
		})
		return cache.value
	}
	var readers sync.WaitGroup
	stop := make(chan struct{})
	for range 4 {
		readers.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
					read()
				}
			}
		})
	}
	for i := range 300 {
		want := string(rune('A' + i%26))
		f.put("k=" + want)
		if got := read(); got != want {
			t.Errorf("after the update was acknowledged the cache has %q, want %q", got, want)
			break
		}
	}
	close(stop)
	readers.Wait()
}
