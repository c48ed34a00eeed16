package pebble

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/cockroachdb/pebble/v2/vfs"

	"github.com/bailiwick-project/bailiwick/store"
)

// acks notes the last update that each writer was promised.
type acks struct {
	mu   sync.Mutex
	last []int
}

func (a *acks) set(writer, round int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.last[writer] = round
}

func (a *acks) snapshot() []int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return append([]int(nil), a.last...)
}

// TestCrash cuts the power under writers at a random moment, with a random part
// of the unsynced blocks on the disk. Every acknowledged update must be there,
// each whole, and none after a missing one; and what an update read that wrote
// nothing.
func TestCrash(t *testing.T) {
	const writers = 8
	for seed := range uint64(25) {
		rng := rand.New(rand.NewPCG(seed, 0))
		disk := vfs.NewCrashableMem()
		e := mustOpen(t, Options{Dir: "data", FS: disk, SweepEvery: time.Millisecond})
		promised, heard := &acks{last: make([]int, writers)}, &acks{last: make([]int, writers)}
		ctx, stop := context.WithCancel(t.Context())
		var wg sync.WaitGroup
		for w := range writers {
			wg.Go(func() { writeUntil(ctx, t, e, w, promised) })
			wg.Go(func() { readUntil(ctx, t, e, w, heard) })
		}
		time.Sleep(time.Duration(rng.IntN(20_000)) * time.Microsecond)
		before, told := promised.snapshot(), heard.snapshot()
		after := disk.CrashClone(vfs.CrashCloneCfg{UnsyncedDataPercent: rng.IntN(101), RNG: rng})
		stop()
		wg.Wait()
		_ = e.Close()

		survivor, err := Open(t.Context(), Options{Dir: "data", FS: after})
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		for w := range writers {
			checkWriter(t, seed, survivor, w, max(before[w], told[w]))
		}
		put(t, survivor, "after", "all") // it is a whole store again
		_ = survivor.Close()
	}
}

// writeUntil writes rounds 1, 2, ...: each a number in two places and a record
// of its own; every tenth is larger than half a memtable.
func writeUntil(ctx context.Context, t *testing.T, e *Engine, w int, promised *acks) {
	for round := 1; ctx.Err() == nil; round++ {
		err := e.Update(ctx, func(tx store.Tx) error {
			n := []byte(fmt.Sprint(round))
			filler := make([]byte, 100)
			if round%10 == 0 {
				filler = make([]byte, memtableBytes/2)
			}
			return errors.Join(
				tx.Put(store.Key("a", w), n),
				tx.Put(store.Key("each", w, round), n),
				tx.PutUntil(store.Key("soon", w), n, time.Now().Add(time.Millisecond)),
				tx.Put(store.Key("filler", w), filler),
				tx.Put(store.Key("z", w), n))
		})
		if err == nil {
			promised.set(w, round)
		} else if !errors.Is(err, context.Canceled) {
			t.Errorf("writer %d: %v", w, err)
		}
	}
}

// readUntil hears of the rounds of a writer, by updates that write nothing.
func readUntil(ctx context.Context, t *testing.T, e *Engine, w int, heard *acks) {
	for ctx.Err() == nil {
		round := 0
		err := e.Update(ctx, func(tx store.Tx) error {
			v, err := tx.Get(store.Key("a", w))
			if err == nil {
				round, err = strconv.Atoi(string(v))
			}
			return err
		})
		if err == nil {
			heard.set(w, round)
		} else if !errors.Is(err, context.Canceled) && !errors.Is(err, store.ErrNotFound) {
			t.Errorf("reader %d: %v", w, err)
		}
	}
}

func checkWriter(t *testing.T, seed uint64, s store.Store, w, promised int) {
	t.Helper()
	err := s.View(t.Context(), func(r store.Reader) error {
		from, to := store.Prefix("each", w)
		rounds := 0
		for _, err := range r.Scan(from, to, false) {
			if err != nil {
				return err
			}
			rounds++
		}
		if rounds < promised {
			t.Errorf("seed %d: writer %d has %d updates, was promised %d", seed, w, rounds, promised)
		}
		if rounds == 0 {
			return nil
		}
		for _, key := range [][]byte{store.Key("a", w), store.Key("z", w), store.Key("each", w, rounds)} {
			if v, err := r.Get(key); err != nil || string(v) != fmt.Sprint(rounds) {
				t.Errorf("seed %d: writer %d has %d updates but %q is %q, %v", seed, w, rounds, key, v, err)
			}
		}
		return nil
	})
	if err != nil {
		t.Errorf("seed %d: %v", seed, err)
	}
}

// TestCrashAfterReadOnlyUpdate: an update that only read what another had not
// yet got onto the disk must wait for it, because its answer is a promise too.
func TestCrashAfterReadOnlyUpdate(t *testing.T) {
	disk := vfs.NewCrashableMem()
	gate := newSyncGate(disk)
	e := mustOpen(t, Options{Dir: "data", FS: gate, SweepEvery: -1})
	put(t, e, "other", "x")
	gate.hold()
	var wg sync.WaitGroup
	wg.Go(func() { put(t, e, "user", "alice") })
	gate.awaitHeld()
	answered := make(chan bool, 1)
	wg.Go(func() {
		_ = e.Update(context.Background(), func(tx store.Tx) error {
			_, err := tx.Get([]byte("user"))
			return err
		})
		answered <- true
	})
	select {
	case <-answered:
		t.Error("a read-only update answered what was not on the disk")
	case <-time.After(30 * time.Millisecond):
	}
	gate.release()
	wg.Wait()
	after := disk.CrashClone(vfs.CrashCloneCfg{})
	survivor := mustOpen(t, Options{Dir: "data", FS: after})
	if got := get(t, survivor, "user"); got != "alice" {
		t.Errorf("user is %q after the crash", got)
	}
}

// syncGate is a disk whose syncs of logs can be held up.
type syncGate struct {
	vfs.FS
	mu   sync.Mutex
	gate chan struct{} // nil is open
	held chan struct{}
}

func newSyncGate(fs vfs.FS) *syncGate { return &syncGate{FS: fs, held: make(chan struct{}, 100)} }

func (g *syncGate) hold() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.gate = make(chan struct{})
}

func (g *syncGate) release() {
	g.mu.Lock()
	defer g.mu.Unlock()
	close(g.gate)
	g.gate = nil
}

func (g *syncGate) awaitHeld() { <-g.held }

func (g *syncGate) pass() {
	g.mu.Lock()
	gate := g.gate
	g.mu.Unlock()
	if gate != nil {
		g.held <- struct{}{}
		<-gate
	}
}

func (g *syncGate) Create(name string, c vfs.DiskWriteCategory) (vfs.File, error) {
	f, err := g.FS.Create(name, c)
	if err != nil {
		return nil, err
	}
	return gatedFile{f, g}, nil
}

type gatedFile struct {
	vfs.File
	gate *syncGate
}

func (f gatedFile) Sync() error     { f.gate.pass(); return f.File.Sync() }
func (f gatedFile) SyncData() error { f.gate.pass(); return f.File.SyncData() }
