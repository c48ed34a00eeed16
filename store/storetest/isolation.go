package storetest

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"testing"

	"github.com/bailiwick-project/bailiwick/store"
)

func testSnapshot(t *testing.T, f *fixture) {
	f.put("a=1", "b=1")
	f.view(func(r store.Reader) error {
		if got := get(t, r, "a"); got != "1" {
			t.Errorf("a is %s", got)
		}
		f.put("a=2", "b=2", "c=2") // commits while the view is open
		if got, want := list(r, "", "", false), "a=1 b=1"; got != want {
			t.Errorf("the open view sees %q, want %q", got, want)
		}
		if got := get(t, r, "b") + get(t, r, "c"); got != "1-" {
			t.Errorf("the open view gets %q, want %q", got, "1-")
		}
		return nil
	})
	f.want("a=2 b=2 c=2")
	// A scan begun before a commit does not see it either.
	f.view(func(r store.Reader) error {
		n := 0
		for e, err := range r.Scan(nil, nil, false) {
			if err != nil {
				return err
			}
			if n++; n == 1 {
				f.put("b=3", "x=3")
			}
			if string(e.Value) != "2" {
				t.Errorf("%s is %s in the middle of a scan", e.Key, e.Value)
			}
		}
		if n != 3 {
			t.Errorf("the scan saw %d entries, want 3", n)
		}
		return nil
	})
}

func testRollback(t *testing.T, f *fixture) {
	f.put("a=1", "b=1")
	boom := errors.New("boom")
	err := f.Update(t.Context(), func(tx store.Tx) error {
		return errors.Join(tx.Put([]byte("a"), []byte("2")), tx.Delete([]byte("b")), tx.Put([]byte("c"), nil), boom)
	})
	if !errors.Is(err, boom) {
		t.Errorf("update answers %v, want the error of its function", err)
	}
	if err := f.View(t.Context(), func(store.Reader) error { return boom }); !errors.Is(err, boom) {
		t.Errorf("view answers %v, want the error of its function", err)
	}
	f.want("a=1 b=1")
}

func testPanic(t *testing.T, f *fixture) {
	f.put("a=1")
	caught := func(run func()) (v any) {
		defer func() { v = recover() }()
		run()
		return nil
	}
	if v := caught(func() {
		_ = f.Update(context.Background(), func(tx store.Tx) error {
			_ = tx.Put([]byte("a"), []byte("2"))
			panic("in update")
		})
	}); v != "in update" {
		t.Errorf("the panic arrives as %v", v)
	}
	if v := caught(func() {
		_ = f.View(context.Background(), func(r store.Reader) error {
			for _, err := range r.Scan(nil, nil, false) {
				if err != nil {
					return err
				}
				panic("in scan")
			}
			return nil
		})
	}); v != "in scan" {
		t.Errorf("the panic arrives as %v", v)
	}
	f.want("a=1")
	f.put("a=3") // the writer's turn was given back
	f.want("a=3")
}

// testGoexit is what t.Fatal inside a function does.
func testGoexit(_ *testing.T, f *fixture) {
	f.put("a=1")
	var wg sync.WaitGroup
	wg.Go(func() {
		ready := make(chan struct{})
		go func() {
			defer close(ready)
			_ = f.Update(context.Background(), func(tx store.Tx) error {
				_ = tx.Put([]byte("a"), []byte("2"))
				exitGoroutine()
				return nil
			})
		}()
		<-ready
	})
	wg.Wait()
	f.want("a=1")
	f.put("a=3")
	f.want("a=3")
}

func testIncrements(t *testing.T, f *fixture) {
	const workers, rounds = 16, 25
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			for range rounds {
				if err := f.Update(context.Background(), increment("counter")); err != nil {
					t.Errorf("increment: %v", err)
				}
			}
		})
	}
	wg.Wait()
	f.want(fmt.Sprintf("counter=%d", workers*rounds))
}

func increment(key string) func(store.Tx) error {
	return func(tx store.Tx) error {
		n := 0
		v, err := tx.Get([]byte(key))
		if err == nil {
			n, err = strconv.Atoi(string(v))
		} else if errors.Is(err, store.ErrNotFound) {
			err = nil
		}
		if err != nil {
			return err
		}
		return tx.Put([]byte(key), []byte(strconv.Itoa(n+1)))
	}
}

// testWriteSkew is the classic: two doctors on call, each may leave only while
// the other stays. Plain snapshot isolation lets both leave.
func testWriteSkew(t *testing.T, f *fixture) {
	for round := range 30 {
		f.put("doctor1=on", "doctor2=on")
		var wg sync.WaitGroup
		for _, me := range []string{"doctor1", "doctor2"} {
			wg.Go(func() {
				err := f.Update(context.Background(), func(tx store.Tx) error {
					on := 0
					for e, err := range tx.Scan([]byte("doctor"), []byte("doctor9"), false) {
						if err != nil {
							return err
						}
						if string(e.Value) == "on" {
							on++
						}
					}
					if on < 2 {
						return nil
					}
					return tx.Put([]byte(me), []byte("off"))
				})
				if err != nil {
					t.Errorf("update: %v", err)
				}
			})
		}
		wg.Wait()
		f.view(func(r store.Reader) error {
			if get(t, r, "doctor1") == get(t, r, "doctor2") {
				t.Fatalf("round %d: %s: the two updates were not serializable", round, list(r, "", "", false))
			}
			return nil
		})
	}
}

// testAtomic moves an amount between keys while views add up: no view may see
// one half of a transaction.
func testAtomic(t *testing.T, f *fixture) {
	f.put("x=50", "y=50")
	stop := make(chan struct{})
	var readers, writers sync.WaitGroup
	for range 2 {
		readers.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				err := f.View(context.Background(), func(r store.Reader) error {
					if sum := number(r, "x") + number(r, "y"); sum != 100 {
						t.Errorf("a view sees a sum of %d, want 100", sum)
					}
					return nil
				})
				if err != nil {
					t.Errorf("view: %v", err)
				}
			}
		})
	}
	for range 4 {
		writers.Go(func() {
			for i := range 40 {
				err := f.Update(context.Background(), func(tx store.Tx) error {
					x, y := number(tx, "x"), number(tx, "y")
					return errors.Join(
						tx.Put([]byte("x"), []byte(strconv.Itoa(x-i))),
						tx.Put([]byte("y"), []byte(strconv.Itoa(y+i))))
				})
				if err != nil {
					t.Errorf("update: %v", err)
				}
			}
		})
	}
	writers.Wait()
	close(stop)
	readers.Wait()
}

func number(r store.Reader, key string) int {
	v, _ := r.Get([]byte(key))
	n, _ := strconv.Atoi(string(v))
	return n
}
