package pebble

import (
	"errors"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/cockroachdb/pebble/v2/vfs"
	"github.com/cockroachdb/pebble/v2/vfs/errorfs"

	"github.com/bailiwick-project/bailiwick/store"
)

// stuck is a disk whose syncs do not return before the test lets them fail.
type stuck struct {
	armed atomic.Bool
	fail  chan struct{}
}

func (s *stuck) String() string { return "syncs that are stuck, then fail" }

func (s *stuck) MaybeError(op errorfs.Op) error {
	switch op.Kind {
	case errorfs.OpFileSync, errorfs.OpFileSyncData, errorfs.OpFileSyncTo:
		if s.armed.Load() {
			<-s.fail
			return syscall.ENOSPC
		}
	default:
	}
	return nil
}

type refusal struct{}

func (refusal) Error() string { return "there is such a record" }

// TestDecideWaits: a refusal that rests on a write which never became durable is
// not told.
func TestDecideWaits(t *testing.T) {
	for _, wrote := range []bool{false, true} {
		disk := &stuck{fail: make(chan struct{})}
		e := mustOpen(t, Options{Dir: "data", FS: errorfs.Wrap(vfs.NewMem(), disk), SweepEvery: -1})
		put(t, e, "before", "ok")
		disk.armed.Store(true)
		answers := make(chan error, 2)
		go func() {
			answers <- e.Update(t.Context(), func(tx store.Tx) error { return tx.Put([]byte("user"), []byte("ann")) })
		}()
		for get(t, e, "user") == "-" { // until it is in memory, on its way to the disk
			if len(answers) > 0 {
				t.Fatal("the write did not wait: ", <-answers)
			}
		}
		decided := make(chan struct{})
		go func() {
			var once atomic.Bool
			answers <- store.Decide[refusal](t.Context(), e, func(tx store.Tx) error {
				if once.CompareAndSwap(false, true) {
					defer close(decided)
				}
				if _, err := tx.Get([]byte("user")); err != nil {
					return err
				}
				if wrote {
					if err := tx.Put([]byte("other"), nil); err != nil {
						return err
					}
				}
				return refusal{}
			})
		}()
		<-decided
		close(disk.fail)
		for range 2 {
			if err := <-answers; !errors.Is(err, store.ErrPoisoned) {
				t.Errorf("wrote %v: answered %v", wrote, err)
			}
		}
	}
}
