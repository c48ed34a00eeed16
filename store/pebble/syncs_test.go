package pebble

import (
	"errors"
	"fmt"
	"sync"
	"syscall"
	"testing"

	"github.com/cockroachdb/pebble/v2/vfs"

	"github.com/bailiwick-project/bailiwick/store"
)

// TestNobodyWaitsForADiskThatFailed: once the storage is known to have failed, no
// update waits for an fsync that may never return, whoever began it.
func TestNobodyWaitsForADiskThatFailed(t *testing.T) {
	gate := newSyncGate(vfs.NewMem())
	e := mustOpen(t, Options{Dir: "data", FS: gate, SweepEvery: -1})
	put(t, e, "before", "ok")
	gate.hold()
	var wg sync.WaitGroup
	answers := make(chan error, 3)
	update := func(i int) {
		wg.Go(func() {
			answers <- e.Update(t.Context(), func(tx store.Tx) error { return tx.Put(fmt.Append(nil, "k", i), nil) })
		})
	}
	update(0)
	gate.awaitHeld() // its fsync hangs
	update(1)
	update(2) // one of these waits to do the next
	for get(t, e, "k1") == "-" || get(t, e, "k2") == "-" {
	}
	e.health.fail(syscall.EIO)
	for range cap(answers) {
		if err := <-answers; !errors.Is(err, store.ErrPoisoned) {
			t.Errorf("answered %v", err)
		}
	}
	wg.Wait()
	gate.release()
}
