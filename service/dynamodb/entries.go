package dynamodb

import (
	"bytes"

	"github.com/bailiwick-project/bailiwick/service/dynamodb/attr"
	"github.com/bailiwick-project/bailiwick/store"
)

// follow brings the index up to date with one write, in its transaction: an
// entry can never outlive its item, nor show what the item no longer is.
func (x *index) follow(tx store.Tx, t *table, done written, b *bill) error {
	oldKey, oldEntry, err := x.entry(t, done.old)
	if err != nil {
		return err
	}
	newKey, newEntry, err := x.entry(t, done.new)
	if err != nil {
		return err
	}
	moved := !bytes.Equal(oldKey, newKey)
	if oldKey != nil && moved {
		if err := tx.Delete(oldKey); err != nil {
			return err
		}
		b.charge(x, writeUnits(oldEntry.Size()))
	}
	// While the index is filled the old entry may not be there yet.
	if newKey == nil || !moved && !x.Filling && oldEntry.Equal(newEntry) {
		return nil
	}
	b.charge(x, writeUnits(newEntry.Size()))
	return tx.Put(newKey, newEntry.Append(nil))
}

// entry is the entry of an item and its key; nil when it has none.
func (x *index) entry(t *table, item attr.Item) (key []byte, entry attr.Item, err error) {
	if item == nil || !x.covers(item) {
		return nil, nil, nil
	}
	key, err = x.entryKey(t, item)
	return key, x.project(item), err
}
