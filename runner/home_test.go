package runner

import (
	"os"
	"sync"
	"sync/atomic"
	"testing"
)

// TestHomesOfManyServers: servers that start and stop at the same time sweep, and
// are not in each other's way.
func TestHomesOfManyServers(t *testing.T) {
	parent := t.TempDir()
	var stop atomic.Bool
	var sweepers sync.WaitGroup
	for range 2 {
		sweepers.Go(func() {
			for !stop.Load() {
				sweep(parent)
			}
		})
	}
	for range 300 {
		h, err := newHome(parent, 1)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := os.Stat(h.dir); err != nil {
			t.Errorf("a home was swept under its server: %v", err)
		}
		if err := h.remove(); err != nil {
			t.Errorf("a home could not be removed: %v", err)
		}
	}
	stop.Store(true)
	sweepers.Wait()
	if left, err := os.ReadDir(parent); err != nil || len(left) != 0 {
		t.Errorf("%d folders are left, %v", len(left), err)
	}
}
