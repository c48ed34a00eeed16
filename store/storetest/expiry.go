package storetest

import (
	"errors"
	"testing"
	"time"

	"github.com/bailiwick-project/bailiwick/store"
)

func putUntil(key string, at time.Time) func(store.Tx) error {
	return func(tx store.Tx) error { return tx.PutUntil([]byte(key), []byte("v"), at) }
}

func testExpiry(t *testing.T, f *fixture) {
	start := f.clock.now()
	f.put("forever=v")
	f.update(putUntil("minute", start.Add(time.Minute)))
	f.update(putUntil("hour", start.Add(time.Hour)))
	f.update(putUntil("now", start)) // has passed
	f.want("forever=v hour=v minute=v")
	f.clock.advance(time.Minute - time.Nanosecond)
	f.want("forever=v hour=v minute=v")
	f.clock.advance(time.Nanosecond)
	f.want("forever=v hour=v")
	f.view(func(r store.Reader) error {
		if got := get(t, r, "minute"); got != "-" {
			t.Errorf("an expired record is %q", got)
		}
		if got, want := list(r, "", "", true), "hour=v forever=v"; got != want {
			t.Errorf("reverse scan: %q, want %q", got, want)
		}
		return nil
	})
	f.clock.advance(time.Hour)
	f.update(func(tx store.Tx) error { // inside a writing transaction too
		if err := tx.Put([]byte("z"), []byte("v")); err != nil {
			return err
		}
		if got, want := list(tx, "", "", false), "forever=v z=v"; got != want {
			t.Errorf("scan inside: %q, want %q", got, want)
		}
		return nil
	})
	f.want("forever=v z=v")
}

// testExpiryFrozen: one transaction has one instant.
func testExpiryFrozen(t *testing.T, f *fixture) {
	f.update(putUntil("k", f.clock.now().Add(time.Minute)))
	f.view(func(r store.Reader) error {
		if got := get(t, r, "k"); got != "v" {
			t.Errorf("k is %q", got)
		}
		f.clock.advance(time.Hour)
		if got := get(t, r, "k"); got != "v" {
			t.Errorf("k expired in the middle of a snapshot")
		}
		return nil
	})
	f.want("")
}

func testExpiryReplaced(t *testing.T, f *fixture) {
	soon, late := f.clock.now().Add(time.Minute), f.clock.now().Add(time.Hour)
	for _, k := range []string{"dropped", "extended", "gone", "kept"} {
		f.update(putUntil(k, soon))
	}
	f.put("dropped=v") // Put removes the expiry
	f.put("shortened=v")
	f.update(putUntil("extended", late))
	f.update(putUntil("shortened", soon))
	f.update(func(tx store.Tx) error { return tx.Delete([]byte("gone")) })
	f.want("dropped=v extended=v kept=v shortened=v")
	f.clock.advance(2 * time.Minute)
	f.want("dropped=v extended=v")
	f.put("kept=again") // a key may come back after its expiry
	f.want("dropped=v extended=v kept=again")
	f.clock.advance(2 * time.Hour)
	f.put("tick=") // an engine that sweeps on writes does so now
	f.want("dropped=v kept=again tick=")
}

func testExpiryExtremes(t *testing.T, f *fixture) {
	f.put("zero=v", "past=v")
	f.update(func(tx store.Tx) error {
		return errors.Join(
			tx.PutUntil([]byte("zero"), []byte("v"), time.Time{}),
			tx.PutUntil([]byte("past"), []byte("v"), time.Unix(-1, 0)),
			tx.PutUntil([]byte("y2262"), []byte("v"), time.Unix(0, 1<<63-1)),
			tx.PutUntil([]byte("y9999"), []byte("v"), time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)))
	})
	f.want("y2262=v y9999=v")
}
