package dynamodb

import (
	"bytes"
	"context"
	"testing"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/store"
	"github.com/bailiwick-project/bailiwick/store/mem"
)

// stampReads counts how often a transaction reads a stamp.
type stampReads struct {
	store.Tx
	n *int
}

func (s stampReads) Get(key []byte) ([]byte, error) {
	if bytes.HasPrefix(key, store.Key("dynamodb", "stamp")) {
		*s.n++
	}
	return s.Tx.Get(key)
}

func (s stampReads) CountAtBegin(w *store.Watch) uint64 {
	return s.Tx.(store.CountingReader).CountAtBegin(w)
}

// counted is a store whose updates count how often they read a stamp.
type counted struct {
	store.Store
	n *int
}

func (c counted) Update(ctx context.Context, fn func(store.Tx) error) error {
	return c.Store.Update(ctx, func(tx store.Tx) error { return fn(stampReads{tx, c.n}) })
}

// TestWritesKnowTheirTable: where the store counts its changes, a write reads the
// description of its table no more than a read does.
func TestWritesKnowTheirTable(t *testing.T) {
	s := new(mem.Engine)
	a := &API{Store: s}
	a.tables.stamps(s)
	of := ref{"000000000000", "us-east-1", "books"}
	if err := s.Update(t.Context(), func(tx store.Tx) error {
		return putTable(tx, &table{ID: "1", Name: of.name, Account: of.account, Region: of.region})
	}); err != nil {
		t.Fatal(err)
	}
	reads := 0
	for range 3 {
		err := store.Decide[*bailiwick.Error](t.Context(), counted{s, &reads}, func(tx store.Tx) error {
			_, err := a.still(tx, &table{ID: "1", derived: derived{ref: of}})
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if reads != 1 {
		t.Errorf("three writes read the stamp %d times, want once", reads)
	}
}
