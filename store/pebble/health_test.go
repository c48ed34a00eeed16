package pebble

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/cockroachdb/pebble/v2"
	"github.com/cockroachdb/pebble/v2/vfs"
	"github.com/cockroachdb/pebble/v2/vfs/errorfs"

	"github.com/bailiwick-project/bailiwick/store"
)

// failing is a disk on which one operation on a log fails: once, the next
// succeed, as fsync does on Linux after it lost pages.
type failing struct {
	kind  errorfs.OpKind
	armed atomic.Bool
	hit   atomic.Int32
}

func (f *failing) String() string { return "one failure" }

func (f *failing) MaybeError(op errorfs.Op) error {
	if op.Kind == f.kind && strings.HasSuffix(op.Path, ".log") && f.armed.CompareAndSwap(true, false) {
		f.hit.Add(1)
		return syscall.EIO
	}
	return nil
}

func TestPoisonedAfterFailure(t *testing.T) {
	for _, kind := range []errorfs.OpKind{errorfs.OpFileSync, errorfs.OpFileSyncData, errorfs.OpFileWrite} {
		disk, fail := vfs.NewCrashableMem(), &failing{kind: kind}
		e := mustOpen(t, Options{Dir: "data", FS: errorfs.Wrap(disk, fail), SweepEvery: time.Millisecond})
		put(t, e, "before", "ok")
		fail.armed.Store(true)

		var promised sync.Map
		var refused atomic.Int32
		var wg sync.WaitGroup
		for w := range 16 {
			wg.Go(func() {
				for i := range 10 {
					key := fmt.Sprintf("w%d-%d", w, i)
					err := e.Update(t.Context(), func(tx store.Tx) error { return tx.Put([]byte(key), nil) })
					if err == nil {
						promised.Store(key, true)
					} else if refused.Add(1); !errors.Is(err, store.ErrPoisoned) || !errors.Is(err, syscall.EIO) {
						t.Errorf("update: %v, want ErrPoisoned and the cause", err)
					}
				}
			})
		}
		wg.Wait()
		if fail.hit.Load() == 0 {
			if kind == errorfs.OpFileSync || kind == errorfs.OpFileSyncData {
				continue // Pebble syncs its log by one of the two
			}
			t.Fatal("nothing failed")
		}
		if refused.Load() == 0 || !errors.Is(e.Err(), store.ErrPoisoned) {
			t.Errorf("operation %d: %d updates refused, state %v", kind, refused.Load(), e.Err())
		}
		if got := get(t, e, "before"); got != "ok" {
			t.Errorf("a read after the failure: %q", got)
		}
		began := time.Now()
		_ = e.Close() // whatever it says
		if took := time.Since(began); took > closePatience+time.Second {
			t.Errorf("close took %v", took)
		}
		survivor := mustOpen(t, Options{Dir: "data", FS: disk.CrashClone(vfs.CrashCloneCfg{})})
		promised.Range(func(key, _ any) bool {
			if get(t, survivor, key.(string)) == "-" {
				t.Errorf("operation %d: %s was promised and is lost", kind, key)
			}
			return true
		})
	}
}

func TestSyncFailureIsSeen(t *testing.T) {
	hits := 0
	for _, kind := range []errorfs.OpKind{errorfs.OpFileSync, errorfs.OpFileSyncData} {
		fail := &failing{kind: kind}
		e := mustOpen(t, Options{Dir: "data", FS: errorfs.Wrap(vfs.NewMem(), fail)})
		fail.armed.Store(true)
		err := e.Update(t.Context(), func(tx store.Tx) error { return tx.Put([]byte("k"), nil) })
		if fail.hit.Load() == 0 {
			continue
		}
		hits++
		if !errors.Is(err, store.ErrPoisoned) {
			t.Errorf("a failed sync was acknowledged: %v", err)
		}
		if _, ok := <-e.health.bad; ok {
			t.Error("the failure was not remembered")
		}
	}
	if hits == 0 {
		t.Error("no sync of a log failed")
	}
}

// TestWriterBehindStuckDisk: when the disk fails under a writer that never
// returns, the others are told.
func TestWriterBehindStuckDisk(t *testing.T) {
	e := mustOpen(t, Options{Dir: "data", FS: vfs.NewMem()})
	stuck, release := make(chan struct{}), make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		_ = e.Update(t.Context(), func(store.Tx) error { close(stuck); <-release; return nil })
	})
	<-stuck
	wg.Go(func() {
		err := e.Update(t.Context(), func(tx store.Tx) error { return tx.Put([]byte("k"), nil) })
		if !errors.Is(err, store.ErrPoisoned) {
			t.Errorf("the waiting update: %v, want ErrPoisoned", err)
		}
		close(release)
	})
	time.Sleep(5 * time.Millisecond)
	e.health.fail(syscall.EIO)
	wg.Wait()
}

// TestNothingIsRemovedAfterFailure: Pebble may believe in a table that is not
// on the disk, and remove the log that it was made of.
func TestNothingIsRemovedAfterFailure(t *testing.T) {
	h := newHealth(Options{}.withDefaults().Logger)
	fs := watchedFS{vfs.NewMem(), "log", h}
	for _, name := range []string{"before", "after"} {
		f, err := fs.Create(name, vfs.WriteCategoryUnspecified)
		if err != nil || f.Close() != nil {
			t.Fatal(err)
		}
	}
	if err := fs.Remove("before"); err != nil {
		t.Fatal(err)
	}
	h.fail(syscall.EIO)
	if err := fs.Remove("after"); err != nil {
		t.Error(err)
	}
	if names, err := fs.List(""); err != nil || len(names) != 1 || names[0] != "after" {
		t.Errorf("the disk has %q, %v", names, err)
	}
}

// TestCorruptionFoundWhileOpening is damage to the operator, however it is
// found; a disk that fails is not.
func TestCorruptionFoundWhileOpening(t *testing.T) {
	tests := []struct {
		cause   error
		damaged bool
	}{
		{fmt.Errorf("reading 000007.sst: %w", pebble.ErrCorruption), true},
		{fmt.Errorf("writing 000008.sst: %w", syscall.EIO), false},
	}
	for _, tt := range tests {
		e := &Engine{health: newHealth(Options{}.withDefaults().Logger), folder: &folder{dir: "data"}}
		e.health.fail(tt.cause)
		if err := e.refused(e.health.check()); errors.Is(err, ErrDamaged) != tt.damaged || !errors.Is(err, tt.cause) {
			t.Errorf("%v is refused as %q", tt.cause, err)
		}
	}
}
