package pebble

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/cockroachdb/pebble/v2/vfs"
	"github.com/cockroachdb/pebble/v2/vfs/errorfs"

	"github.com/bailiwick-project/bailiwick/store"
)

// failFrom fails the write operations from the step on, counted after arming:
// just that one, or all that follow, like a disk that is full.
type failFrom struct {
	step    int64
	forever bool
	armed   atomic.Bool
	seen    atomic.Int64
}

func (f *failFrom) String() string { return fmt.Sprintf("step %d, forever %v", f.step, f.forever) }

func (f *failFrom) MaybeError(op errorfs.Op) error {
	if !f.armed.Load() || op.Kind.ReadOrWrite() != errorfs.OpIsWrite {
		return nil
	}
	n := f.seen.Add(1) - 1
	if n == f.step || f.forever && n > f.step {
		return fmt.Errorf("operation %d on %s: %w", op.Kind, op.Path, syscall.ENOSPC)
	}
	return nil
}

// TestFailureAnywhere lets the disk fail at every kind of moment of a busy
// engine: log writes, rotations, flushes, manifests. The process lives, what was
// promised is there after a power cut at the end, and the folder opens.
func TestFailureAnywhere(t *testing.T) {
	poisoned := 0
	for step := int64(0); step < 160; step += 1 + step/16 {
		for _, forever := range []bool{false, true} {
			disk, fail := vfs.NewCrashableMem(), &failFrom{step: step, forever: forever}
			e := mustOpen(t, Options{Dir: "data", FS: errorfs.Wrap(disk, fail), SweepEvery: -1})
			put(t, e, "before", "ok")
			fail.armed.Store(true)
			promised := busy(t, e)
			if e.Err() != nil {
				poisoned++
			}
			if got := get(t, e, "before"); got != "ok" {
				t.Errorf("%v: a read after the failure: %q", fail, got)
			}
			_ = e.Close()
			survivor, err := Open(t.Context(), Options{Dir: "data", FS: disk.CrashClone(vfs.CrashCloneCfg{})})
			if err != nil {
				t.Fatalf("%v: %v", fail, err)
			}
			for _, key := range promised {
				if get(t, survivor, key) == "-" {
					t.Errorf("%v: %s was promised and is lost", fail, key)
				}
			}
			_ = survivor.Close()
		}
	}
	if poisoned < 20 {
		t.Errorf("only %d runs met the failure", poisoned)
	}
}

// busy writes from some goroutines, through several memtables and logs, and
// answers the keys that were promised.
func busy(t *testing.T, e *Engine) (promised []string) {
	var mu sync.Mutex
	var wg sync.WaitGroup
	value := strings.Repeat("x", 60_000)
	for w := range 4 {
		wg.Go(func() {
			for i := range 12 {
				key := fmt.Sprintf("%d-%d", w, i)
				err := e.Update(t.Context(), func(tx store.Tx) error { return tx.Put([]byte(key), []byte(value)) })
				if err == nil {
					mu.Lock()
					promised = append(promised, key)
					mu.Unlock()
				} else if !errors.Is(err, store.ErrPoisoned) || !errors.Is(err, syscall.ENOSPC) {
					t.Errorf("update: %v, want ErrPoisoned and the cause", err)
				}
			}
		})
	}
	wg.Wait()
	return promised
}
