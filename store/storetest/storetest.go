package storetest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/bailiwick-project/bailiwick/store"
)

// Engine is what the suite needs to know about an engine.
type Engine struct {
	// Open opens the store that lives in dir, a folder made by the suite, with
	// now as its clock. The suite closes it.
	Open func(dir string, now func() time.Time) (store.Store, error)
	// Persists says that a store opened again in the same dir has its data.
	Persists bool
}

// Run runs the whole suite. Each part gets a store of its own.
func Run(t *testing.T, e Engine) {
	parts := []struct {
		name string
		test func(*testing.T, *fixture)
	}{
		{"get put delete", testBasics},
		{"ordering", testOrdering},
		{"scan bounds", testBounds},
		{"scan while writing", testScanWhileWriting},
		{"scan stops early", testScanBreak},
		{"own writes", testOwnWrites},
		{"get without a view", testGet},
		{"watch", testWatch},
		{"watch against concurrent writers", testWatchConcurrent},
		{"random against a model", testModel},
		{"caller reuses its slices", testCopies},
		{"view is a snapshot", testSnapshot},
		{"rollback on error", testRollback},
		{"rollback on panic", testPanic},
		{"rollback on exit of the goroutine", testGoexit},
		{"concurrent increments", testIncrements},
		{"write skew", testWriteSkew},
		{"all or nothing", testAtomic},
		{"expiry", testExpiry},
		{"expiry inside one transaction", testExpiryFrozen},
		{"expiry replaced", testExpiryReplaced},
		{"expiry at the ends of time", testExpiryExtremes},
		{"large values", testLarge},
		{"limits", testLimits},
		{"context", testContext},
		{"transaction ended", testDone},
		{"closed", testClosed},
		{"close waits", testCloseWaits},
		{"restart", testRestart},
		{"records", testRecords},
		{"twice", testTwice},
	}
	for _, p := range parts {
		t.Run(strings.ReplaceAll(p.name, " ", "_"), func(t *testing.T) {
			f := &fixture{t: t, engine: e, dir: t.TempDir(), clock: newClock()}
			f.open()
			defer f.close()
			p.test(t, f)
		})
	}
}

// fixture is one store under test, with short ways to use it.
type fixture struct {
	t      *testing.T
	engine Engine
	dir    string
	clock  *clock
	store.Store
}

func (f *fixture) open() {
	f.t.Helper()
	s, err := f.engine.Open(f.dir, f.clock.now)
	if err != nil {
		f.t.Fatalf("open: %v", err)
	}
	f.Store = s
}

func (f *fixture) close() {
	if err := f.Store.Close(); err != nil {
		f.t.Errorf("close: %v", err)
	}
}

func (f *fixture) update(fn func(store.Tx) error) {
	f.t.Helper()
	if err := f.Update(context.Background(), fn); err != nil {
		f.t.Fatalf("update: %v", err)
	}
}

func (f *fixture) view(fn func(store.Reader) error) {
	f.t.Helper()
	if err := f.View(context.Background(), fn); err != nil {
		f.t.Fatalf("view: %v", err)
	}
}

// put writes "key=value" pairs in one transaction.
func (f *fixture) put(pairs ...string) {
	f.t.Helper()
	f.update(func(tx store.Tx) error {
		for _, p := range pairs {
			k, v, _ := strings.Cut(p, "=")
			if err := tx.Put([]byte(k), []byte(v)); err != nil {
				return err
			}
		}
		return nil
	})
}

// want holds the whole content of the store against "k=v k=v ...".
func (f *fixture) want(want string) {
	f.t.Helper()
	f.view(func(r store.Reader) error {
		if got := list(r, "", "", false); got != want {
			f.t.Errorf("store has %q, want %q", got, want)
		}
		return nil
	})
}

// list prints a range as "k=v k=v ..."; empty bounds are open.
func list(r store.Reader, from, to string, reverse bool) string {
	var out []string
	for e, err := range r.Scan(bound(from), bound(to), reverse) {
		if err != nil {
			return "error: " + err.Error()
		}
		out = append(out, fmt.Sprintf("%s=%s", e.Key, e.Value))
	}
	return strings.Join(out, " ")
}

func bound(s string) []byte {
	if s == "" {
		return nil
	}
	return []byte(s)
}

// get answers the value of key, or "-" when there is none.
func get(t *testing.T, r store.Reader, key string) string {
	t.Helper()
	v, err := r.Get([]byte(key))
	if errors.Is(err, store.ErrNotFound) {
		return "-"
	}
	if err != nil {
		t.Fatalf("get %q: %v", key, err)
	}
	return string(v)
}

// clock is a clock that moves only when told.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func newClock() *clock { return &clock{at: time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)} }

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}
