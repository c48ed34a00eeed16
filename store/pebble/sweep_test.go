package pebble

import (
	"fmt"
	"testing"
	"time"

	"github.com/cockroachdb/pebble/v2"
	"github.com/cockroachdb/pebble/v2/vfs"

	"github.com/bailiwick-project/bailiwick/store"
)

// count is the number of Pebble keys in a space.
func count(t *testing.T, e *Engine, space byte) int {
	t.Helper()
	it, err := e.db.NewIter(&pebble.IterOptions{LowerBound: []byte{space}, UpperBound: []byte{space + 1}})
	if err != nil {
		t.Fatal(err)
	}
	defer it.Close()
	n := 0
	for ok := it.First(); ok; ok = it.Next() {
		n++
	}
	return n
}

func TestSweep(t *testing.T) {
	at := time.Unix(1_900_000_000, 0)
	e := mustOpen(t, Options{Dir: "data", FS: vfs.NewMem(), Now: func() time.Time { return at }, SweepEvery: -1})
	minute, hour := at.Add(time.Minute), at.Add(time.Hour)
	err := e.Update(t.Context(), func(tx store.Tx) error {
		for i := range 1000 { // several batches
			if err := tx.PutUntil(store.Key("short", i), []byte("v"), minute); err != nil {
				return err
			}
		}
		for key, until := range map[string]time.Time{"long": hour, "renewed": minute, "kept": minute} {
			if err := tx.PutUntil([]byte(key), []byte("v"), until); err != nil {
				return err
			}
		}
		if err := tx.PutUntil([]byte("renewed"), []byte("v"), hour); err != nil {
			return err
		}
		return tx.Put([]byte("kept"), []byte("v"))
	})
	if err != nil {
		t.Fatal(err)
	}
	expect := func(data, due int) {
		t.Helper()
		if err := e.sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
		if d, x := count(t, e, spaceData), count(t, e, spaceDue); d != data || x != due {
			t.Errorf("after the sweep there are %d records and %d dues, want %d and %d", d, x, data, due)
		}
	}
	expect(1003, 1004) // nothing has expired
	at = minute
	expect(3, 2) // long, renewed, kept
	at = hour
	expect(1, 0)
	if got := get(t, e, "kept"); got != "v" {
		t.Errorf("kept is %q", got)
	}
}

func TestSweepLoopWorksAndEnds(t *testing.T) {
	e := mustOpen(t, Options{Dir: "data", FS: vfs.NewMem(), SweepEvery: time.Millisecond})
	for i := range 20 {
		err := e.Update(t.Context(), func(tx store.Tx) error {
			return tx.PutUntil([]byte(fmt.Sprint(i)), nil, time.Now().Add(2*time.Millisecond))
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for deadline := time.Now().Add(5 * time.Second); count(t, e, spaceData) > 0; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("the background sweep did not clear the expired records")
		}
	}
	if err := e.Close(); err != nil { // Pebble would complain of what still runs
		t.Error(err)
	}
}
