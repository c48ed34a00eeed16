package dynamodb

import (
	"context"
	"errors"
	"fmt"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/service/dynamodb/attr"
	"github.com/bailiwick-project/bailiwick/store"
)

// Key layout. Items and entries are kept under ids, not names: a table that is
// made anew under an old name cannot see what the old one left.
//
//	dynamodb table ACCOUNT REGION NAME     description (JSON)
//	dynamodb stamp ACCOUNT REGION NAME     its id and version, small, read by every request
//	dynamodb item TABLEID + key            item (attr.Item.Append)
//	dynamodb entry INDEXID + key + key     projected item
//	dynamodb token ACCOUNT REGION TOKEN    hash of a transaction that was done, for ten minutes
//	dynamodb garbage ID                    what a deleted table or index has left behind
func tableKey(r ref) []byte { return store.Key("dynamodb", "table", r.account, r.region, r.name) }

func stampKey(r ref) []byte        { return store.Key("dynamodb", "stamp", r.account, r.region, r.name) }
func itemPrefix(id string) []byte  { return store.Key("dynamodb", "item", id) }
func entryPrefix(id string) []byte { return store.Key("dynamodb", "entry", id) }
func garbageKey(id string) []byte  { return store.Key("dynamodb", "garbage", id) }

// load is the table of that name, nil when there is none. Nothing may be loaded
// in a transaction after it was changed there: the cache would remember what may
// yet be rolled back.
func (a *API) load(r store.Reader, of ref) (*table, error) {
	cached := a.tables.find(of)
	var count uint64
	if counting, ok := r.(store.CountingReader); ok {
		if w := a.tables.stamps(a.Store); w != nil {
			count = counting.CountAtBegin(w)
		}
	}
	if count != 0 && cached.count == count {
		return cached.table, nil
	}
	stamp, err := r.Get(stampKey(of))
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading the stamp of table %s: %w", of.name, err)
	}
	if t := cached.table; t != nil && t.stamp == string(stamp) {
		if count != 0 { // else it would forget a count that others know
			a.tables.keep(of, known{t, count})
		}
		return t, nil
	}
	t, err := store.GetJSON[*table](r, tableKey(of))
	if err != nil {
		return nil, fmt.Errorf("reading the description of table %s: %w", of.name, err)
	}
	if t.derive(); t.stamp != string(stamp) || t.ref != of {
		return nil, fmt.Errorf("the description of table %s is not the one of its stamp", of.name)
	}
	a.tables.keep(of, known{t, count})
	return t, nil
}

// look is load for whoever needs the table alone: often without a transaction.
func (a *API) look(ctx context.Context, of ref) (t *table, err error) {
	if w := a.tables.stamps(a.Store); w != nil {
		if cached := a.tables.find(of); cached.count == w.Count() {
			return cached.table, nil
		}
	}
	err = a.Store.View(ctx, func(r store.Reader) error {
		t, err = a.load(r, of)
		return err
	})
	return t, err
}

// still is the planned table as it is in this transaction. Its tags, throughput
// and indexes may have changed since it was planned; its keys cannot have.
func (a *API) still(r store.Reader, planned *table) (*table, error) {
	now, err := a.load(r, planned.ref)
	if err != nil {
		return nil, err
	}
	if now == nil || now.ID != planned.ID {
		return nil, errNoTable
	}
	return now, nil
}

// putTable stores a description and its stamp.
func putTable(tx store.Tx, t *table) error {
	t.derive()
	if err := store.PutJSON(tx, tableKey(t.ref), t); err != nil {
		return fmt.Errorf("storing the description of table %s: %w", t.Name, err)
	}
	return tx.Put(stampKey(t.ref), []byte(t.stamp))
}

// getItem reads an item; nil when there is none.
func getItem(r store.Reader, key []byte) (attr.Item, error) {
	raw, err := r.Get(key)
	return decodeItem(key, raw, err)
}

// decodeItem takes what a Get has answered.
func decodeItem(key, raw []byte, err error) (attr.Item, error) {
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading an item: %w", err)
	}
	item, err := attr.DecodeItem(raw)
	if err != nil {
		return nil, fmt.Errorf("reading item %q: %w", key, err)
	}
	return item, nil
}

// change runs fn in one transaction. Its refusals wait for what they rest on.
func (a *API) change(ctx context.Context, fn func(store.Tx) error) error {
	return store.Decide[*bailiwick.Error](ctx, a.Store, fn)
}
