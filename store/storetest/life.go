package storetest

import (
	"bytes"
	"context"
	"errors"
	"iter"
	"runtime"
	"testing"
	"time"

	"github.com/bailiwick-project/bailiwick/store"
)

func exitGoroutine() { runtime.Goexit() }

func testLarge(t *testing.T, f *fixture) {
	key := bytes.Repeat([]byte{0xfe}, store.MaxKey)
	value := bytes.Repeat([]byte("0123456789abcdef"), store.MaxValue/16)
	f.update(func(tx store.Tx) error {
		if err := tx.Put(key, value); err != nil {
			return err
		}
		if got, err := tx.Get(key); err != nil || !bytes.Equal(got, value) {
			t.Errorf("inside: %d bytes, %v", len(got), err)
		}
		return tx.Put([]byte("small"), []byte("1"))
	})
	f.view(func(r store.Reader) error {
		if got, err := r.Get(key); err != nil || !bytes.Equal(got, value) {
			t.Errorf("afterwards: %d bytes, %v", len(got), err)
		}
		n := 0
		for e, err := range r.Scan(nil, nil, false) {
			if n++; err != nil || (n == 1 && (!bytes.Equal(e.Key, []byte("small")))) {
				t.Errorf("scan: entry %d: %v", n, err)
			}
		}
		if n != 2 {
			t.Errorf("scan has %d entries, want 2", n)
		}
		return nil
	})
}

func testLimits(t *testing.T, f *fixture) {
	long, huge := make([]byte, store.MaxKey+1), make([]byte, store.MaxValue+1)
	limit := func(what string, err error) {
		t.Helper()
		var le *store.LimitError
		if !errors.As(err, &le) || le.What != what || le.Size <= le.Max {
			t.Errorf("got %v, want a LimitError of the %s", err, what)
		}
	}
	empty := func(err error) {
		t.Helper()
		if !errors.Is(err, store.ErrEmptyKey) {
			t.Errorf("got %v, want ErrEmptyKey", err)
		}
	}
	f.update(func(tx store.Tx) error {
		_, err := tx.Get(long)
		limit("key", err)
		limit("key", tx.Put(long, nil))
		limit("key", tx.Delete(long))
		limit("value", tx.Put([]byte("k"), huge))
		limit("value", tx.PutUntil([]byte("k"), huge, time.Time{}))
		limit("value", tx.PutUntil([]byte("k"), huge, f.clock.now().Add(time.Hour)))
		_, err = tx.Get(nil)
		empty(err)
		empty(tx.Put(nil, []byte("v")))
		empty(tx.PutUntil([]byte{}, []byte("v"), f.clock.now()))
		empty(tx.Delete(nil))
		return nil
	})
	f.want("")
	full := make([]byte, store.MaxValue)
	err := f.Update(t.Context(), func(tx store.Tx) error {
		for {
			if err := tx.Put([]byte("same"), full); err != nil {
				return err
			}
		}
	})
	limit("transaction", err)
	f.want("")
}

func testContext(t *testing.T, f *fixture) {
	f.put("a=1", "b=1")
	gone, cancel := context.WithCancel(context.Background())
	cancel()
	never := func() { t.Error("the function ran under a context that had ended") }
	if err := f.Update(gone, func(store.Tx) error { never(); return nil }); !errors.Is(err, context.Canceled) {
		t.Errorf("update: %v, want context.Canceled", err)
	}
	if err := f.View(gone, func(store.Reader) error { never(); return nil }); !errors.Is(err, context.Canceled) {
		t.Errorf("view: %v, want context.Canceled", err)
	}
	// In the middle of a function: reads and writes say so, nothing is kept.
	ctx, cancel := context.WithCancel(context.Background())
	err := f.Update(ctx, func(tx store.Tx) error {
		if err := tx.Put([]byte("a"), []byte("2")); err != nil {
			return err
		}
		cancel()
		_, getErr := tx.Get([]byte("a"))
		for _, err := range []error{getErr, tx.Put([]byte("b"), nil), tx.Delete([]byte("b"))} {
			if !errors.Is(err, context.Canceled) {
				t.Errorf("after cancel: %v, want context.Canceled", err)
			}
		}
		return nil // even a function that does not care
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("update cancelled in the middle: %v, want context.Canceled", err)
	}
	f.want("a=1 b=1")
	// In the middle of a long scan.
	ctx, cancel = context.WithCancel(context.Background())
	err = f.View(ctx, func(r store.Reader) error {
		for _, err := range r.Scan(nil, nil, false) {
			if err != nil {
				return err
			}
			cancel()
		}
		return nil
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("scan cancelled in the middle: %v, want context.Canceled", err)
	}
	f.waitingWriter(t)
	f.want("a=1 b=1 slow=")
}

// waitingWriter holds a writer back behind a slow one until its context ends.
func (f *fixture) waitingWriter(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	started, release := make(chan struct{}), make(chan struct{})
	slow, waiting := make(chan error, 1), make(chan error, 1)
	go func() {
		first := true
		slow <- f.Update(context.Background(), func(tx store.Tx) error {
			if first {
				close(started)
				<-release
			}
			first = false
			return tx.Put([]byte("slow"), nil)
		})
	}()
	<-started
	go func() {
		waiting <- f.Update(ctx, func(tx store.Tx) error { return tx.Put([]byte("waiting"), nil) })
	}()
	cancel()
	close(release)
	if err := <-slow; err != nil {
		t.Errorf("slow writer: %v", err)
	}
	if err := <-waiting; !errors.Is(err, context.Canceled) {
		t.Errorf("waiting writer: %v, want context.Canceled", err)
	}
}

func testDone(t *testing.T, f *fixture) {
	f.put("a=1", "b=2", "c=3")
	var kept store.Tx
	var next func() (store.Entry, error, bool)
	var stop func()
	f.update(func(tx store.Tx) error {
		kept = tx
		next, stop = iter.Pull2(tx.Scan(nil, nil, false))
		_, err, _ := next()
		return err
	})
	defer stop()
	_, getErr := kept.Get([]byte("a"))
	_, scanErr, more := next()
	if !more {
		t.Error("a scan that outlived its transaction ended as if it were complete")
	}
	for _, e := range []error{
		getErr, scanErr, kept.Put([]byte("a"), nil), kept.Delete([]byte("a")),
		kept.PutUntil([]byte("a"), nil, f.clock.now().Add(time.Hour)),
	} {
		if !errors.Is(e, store.ErrTxDone) {
			t.Errorf("after the end: %v, want ErrTxDone", e)
		}
	}
	for _, err := range kept.Scan(nil, nil, false) {
		if !errors.Is(err, store.ErrTxDone) {
			t.Errorf("scan after the end: %v, want ErrTxDone", err)
		}
	}
	f.want("a=1 b=2 c=3")
}

func testClosed(t *testing.T, f *fixture) {
	f.put("a=1")
	f.close()
	if err := f.Update(t.Context(), func(store.Tx) error { return nil }); !errors.Is(err, store.ErrClosed) {
		t.Errorf("update: %v, want ErrClosed", err)
	}
	if err := f.View(t.Context(), func(store.Reader) error { return nil }); !errors.Is(err, store.ErrClosed) {
		t.Errorf("view: %v, want ErrClosed", err)
	}
	// The fixture closes once more, which must be no error.
}

func testCloseWaits(t *testing.T, f *fixture) {
	f.put("a=1")
	started, release := make(chan struct{}), make(chan struct{})
	viewed, closed := make(chan error, 1), make(chan struct{})
	go func() {
		viewed <- f.View(context.Background(), func(r store.Reader) error {
			close(started)
			<-release
			_, err := r.Get([]byte("a"))
			return err
		})
	}()
	<-started
	go func() {
		f.close()
		close(closed)
	}()
	select {
	case <-closed:
		t.Error("close did not wait for the running view")
	case <-time.After(20 * time.Millisecond):
	}
	close(release)
	if err := <-viewed; err != nil {
		t.Errorf("the view that was running: %v", err)
	}
	<-closed
}

func testRestart(t *testing.T, f *fixture) {
	if !f.engine.Persists {
		f.put("a=1")
		f.close()
		f.open()
		f.want("") // and says so: nothing half remembered
		return
	}
	expires := f.clock.now().Add(time.Hour)
	for range 3 {
		f.update(increment("starts"))
		f.update(func(tx store.Tx) error { return tx.PutUntil([]byte("until"), []byte("x"), expires) })
		f.close()
		f.open()
	}
	f.want("starts=3 until=x")
	f.close()
	f.clock.advance(time.Hour)
	f.open()
	f.want("starts=3")
}
