package pebble

import (
	"testing"
	"time"

	"github.com/cockroachdb/pebble/v2/vfs"

	"github.com/bailiwick-project/bailiwick/store"
	"github.com/bailiwick-project/bailiwick/store/storetest"
)

func TestConformance(t *testing.T) {
	storetest.Run(t, storetest.Engine{
		Persists: true,
		Open: func(dir string, now func() time.Time) (store.Store, error) {
			return Open(t.Context(), Options{Dir: dir, Now: now})
		},
	})
}

// TestConformanceInMemory sweeps all the time, which nobody may notice.
func TestConformanceInMemory(t *testing.T) {
	disks := map[string]vfs.FS{}
	storetest.Run(t, storetest.Engine{
		Persists: true,
		Open: func(dir string, now func() time.Time) (store.Store, error) {
			if disks[dir] == nil {
				disks[dir] = vfs.NewMem()
			}
			return Open(t.Context(), Options{Dir: dir, Now: now, FS: disks[dir], SweepEvery: time.Millisecond})
		},
	})
}
