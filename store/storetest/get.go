package storetest

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/bailiwick-project/bailiwick/store"
)

// testGet: store.Get answers what a View would, by whatever way the engine has.
func testGet(t *testing.T, f *fixture) {
	get := func(key string) string {
		v, err := store.Get(t.Context(), f.Store, []byte(key))
		if errors.Is(err, store.ErrNotFound) {
			return "-"
		}
		if err != nil {
			return err.Error()
		}
		defer clear(v) // the value is the caller's
		return string(v)
	}
	f.put("a=1")
	f.update(func(tx store.Tx) error { return tx.PutUntil([]byte("e"), []byte("2"), f.clock.now().Add(time.Minute)) })
	for range 2 {
		if got := get("a") + get("b") + get("e"); got != "1-2" {
			t.Errorf("got %q, want %q", got, "1-2")
		}
	}
	f.clock.advance(time.Minute)
	if got := get("e"); got != "-" {
		t.Errorf("an expired record is %q", got)
	}
	f.update(func(tx store.Tx) error { return tx.Delete([]byte("a")) })
	if got := get("a"); got != "-" {
		t.Errorf("a deleted record is %q", got)
	}
	if got := get(""); got != store.ErrEmptyKey.Error() {
		t.Errorf("an empty key is %q", got)
	}
	ended, end := context.WithCancel(t.Context())
	end()
	if _, err := store.Get(ended, f.Store, []byte("a")); !errors.Is(err, context.Canceled) {
		t.Errorf("after the context ended: %v", err)
	}
	if err := f.Store.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := store.Get(t.Context(), f.Store, []byte("a")); !errors.Is(err, store.ErrClosed) {
		t.Errorf("after Close: %v", err)
	}
}
