package store_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/bailiwick-project/bailiwick/store"
	"github.com/bailiwick-project/bailiwick/store/mem"
	"github.com/bailiwick-project/bailiwick/store/storetest"
)

// taken is a refusal.
type taken struct{ name string }

func (t *taken) Error() string { return t.name + " is taken" }

// answering notes what each Update of a store answered.
type answering struct {
	store.Store
	answers []error
	broken  error // of updates that write nothing and do not fail
}

func (a *answering) Update(ctx context.Context, fn func(store.Tx) error) error {
	err := a.Store.Update(ctx, fn)
	if err == nil && a.broken != nil {
		err = a.broken
	}
	a.answers = append(a.answers, err)
	return err
}

func TestDecide(t *testing.T) {
	refusal := fmt.Errorf("creating a user: %w", &taken{"ann"})
	failure := errors.New("no such record")
	poisoned := errors.New("the disk is full")
	put := func(tx store.Tx) error { return tx.Put([]byte("k"), []byte("v")) }
	for _, tt := range []struct {
		name   string
		write  bool
		err    error // of the function
		broken error // of the disk
		want   error
		waits  bool // the last Update succeeded, and so everything before is durable
		stays  bool
	}{
		{"done", true, nil, nil, nil, true, true},
		{"done, nothing written", false, nil, nil, nil, true, false},
		{"refused", false, refusal, nil, refusal, true, false},
		{"refused after a write", true, refusal, nil, refusal, true, false},
		{"failed", false, failure, nil, failure, false, false},
		{"failed after a write", true, failure, nil, failure, false, false},
		{"refused on a broken disk", false, refusal, poisoned, poisoned, false, false},
		{"refused after a write on a broken disk", true, refusal, poisoned, poisoned, false, false},
	} {
		s := &answering{Store: storetest.Twice(new(mem.Engine)), broken: tt.broken}
		err := store.Decide[*taken](t.Context(), s, func(tx store.Tx) error {
			if tt.write {
				if err := put(tx); err != nil {
					return err
				}
			}
			return tt.err
		})
		if !errors.Is(err, tt.want) || tt.want == nil && err != nil {
			t.Errorf("%s: %v, want %v", tt.name, err, tt.want)
		}
		if waited := s.answers[len(s.answers)-1] == nil; waited != tt.waits {
			t.Errorf("%s: the updates answered %v", tt.name, s.answers)
		}
		if _, err := store.Get(t.Context(), s, []byte("k")); (err == nil) != tt.stays {
			t.Errorf("%s: what was written: %v", tt.name, err)
		}
	}
}

// TestDecideRunsAgain: only the last run counts.
func TestDecideRunsAgain(t *testing.T) {
	runs := 0
	err := store.Decide[*taken](t.Context(), storetest.Twice(new(mem.Engine)), func(tx store.Tx) error {
		if runs++; runs == 1 {
			return errors.Join(tx.Put([]byte("k"), nil), &taken{"ann"})
		}
		return nil
	})
	if err != nil || runs != 2 {
		t.Errorf("after %d runs: %v", runs, err)
	}
}

// TestDecideCounts: a cache that counts changes is as good in a Decide.
func TestDecideCounts(t *testing.T) {
	s := new(mem.Engine)
	w := s.Watch(store.Prefix("k"))
	for range 2 {
		before := w.Count()
		err := store.Decide[*taken](t.Context(), s, func(tx store.Tx) error {
			if got := tx.(store.CountingReader).CountAtBegin(w); got != before {
				t.Errorf("counts %d, want %d", got, before)
			}
			return tx.Put(store.Key("k", "a"), []byte("v"))
		})
		if err != nil || w.Count() == before {
			t.Errorf("counted %d: %v", w.Count(), err)
		}
	}
}
