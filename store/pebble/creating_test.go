package pebble

import (
	"strings"
	"testing"

	"github.com/cockroachdb/pebble/v2/vfs"
	"github.com/cockroachdb/pebble/v2/vfs/errorfs"
)

// TestCrashWhileCreating cuts the power before every operation of the first
// Open: the folder must open afterwards, because it never refused nor promised
// anything.
func TestCrashWhileCreating(t *testing.T) {
	for step, cuts := 0, 0; ; step++ {
		disk, seen := vfs.NewCrashableMem(), 0
		var after *vfs.MemFS
		cut := errorfs.InjectorFunc(func(op errorfs.Op) error {
			if seen == step {
				after = disk.CrashClone(vfs.CrashCloneCfg{})
			}
			seen++
			return nil
		})
		e, err := Open(t.Context(), Options{Dir: "data", FS: errorfs.Wrap(disk, cut)})
		if err != nil {
			t.Fatal(err)
		}
		_ = e.Close()
		if after == nil {
			if cuts < 30 {
				t.Fatalf("only %d cuts were made", cuts)
			}
			return
		}
		cuts++
		e, err = Open(t.Context(), Options{Dir: "data", FS: after})
		if err != nil {
			t.Fatalf("after a power cut at step %d: %v", step, err)
		}
		put(t, e, "key", "value")
		_ = e.Close()
	}
}

// TestFailureWhileCreating makes every operation of the first Open fail once.
func TestFailureWhileCreating(t *testing.T) {
	failures := 0
	for step := int32(0); ; step++ {
		inject := errorfs.OnIndex(step)
		fs := vfs.NewMem()
		e, err := Open(t.Context(), Options{Dir: "data", FS: errorfs.Wrap(fs, inject)})
		if err != nil {
			failures++
			if !strings.Contains(err.Error(), "data") {
				t.Errorf("step %d: %v does not name the folder", step, err)
			}
		} else {
			_ = e.Close()
		}
		if inject.Load() >= 0 { // the step was never reached
			break
		}
		e, err = Open(t.Context(), Options{Dir: "data", FS: fs})
		if err != nil {
			t.Fatalf("after a failure at step %d: %v", step, err)
		}
		_ = e.Close()
	}
	if failures < 10 {
		t.Errorf("only %d failures were seen", failures)
	}
}
