package dynamodb

import (
	"errors"

	"github.com/bailiwick-project/bailiwick/service/dynamodb/attr"
	"github.com/bailiwick-project/bailiwick/service/dynamodb/expr"
	"github.com/bailiwick-project/bailiwick/store"
)

// A verb is what is done to an item.
type verb uint8

const (
	put verb = iota
	update
	remove
	check // only the condition is looked at
)

// A write is one change of one item, parsed.
type write struct {
	verb      verb
	at        []byte    // key of the item in the store
	key       attr.Item // of update, remove and check
	item      attr.Item // of put
	condition *expr.Condition
	update    *expr.Update
	returns   string // ReturnValues
	tell      bool   // ReturnValuesOnConditionCheckFailure is ALL_OLD
	work      *int   // of a transaction: what its conditions have searched
}

// A written is what a write did: the item before and after, nil for none. old is
// only known when it had to be read.
type written struct {
	old, new attr.Item
	read     bool
}

// reads tells whether the write depends on what was there.
func (w *write) reads(t *table) bool {
	return w.verb == update || w.verb == check || w.condition != nil || w.returns != "NONE" || len(t.Indexes) > 0
}

// prepare reads what w depends on and computes what it does, without writing. t is
// the table as it is in this transaction.
func (w *write) prepare(r store.Reader, t *table) (written, error) {
	var done written
	if w.reads(t) {
		var err error
		if done.old, err = getItem(r, w.at); err != nil {
			return done, err
		}
		done.read = true
	}
	if err := w.search(done.old); err != nil {
		return done, err
	}
	if !w.condition.Holds(done.old) {
		return done, conditionFailed(done.old, w.tell)
	}
	switch w.verb {
	case put:
		done.new = w.item
		return done, t.checkIndexKeys(w.item) // an index may be new since the plan
	case check:
		done.new = done.old
	case update:
		return done.updated(w, t)
	}
	return done, nil
}

// search pays for the condition of one item before it is evaluated.
func (w *write) search(old attr.Item) error {
	if w.work == nil {
		return nil // a single condition is bounded by the size of its text
	}
	if *w.work += w.condition.Searches() * old.Size(); *w.work > maxSearched {
		return invalid("The conditions of the transaction search too much: more than %d MB in all its items", maxSearched>>20)
	}
	return nil
}

// updated computes the new item of an update.
func (done written) updated(w *write, t *table) (written, error) {
	base := done.old
	if base == nil {
		if w.update.OnlyRemoves() {
			return done, nil // there is nothing to remove, and no item comes of it
		}
		base = w.key
	}
	item, err := w.update.Apply(base)
	if err == nil {
		err = item.CheckSize()
	}
	if errors.Is(err, attr.ErrItemSize) {
		return done, invalid("Item size to update has exceeded the maximum allowed size")
	}
	if err != nil {
		return done, refuse(err)
	}
	done.new = item
	return done, t.checkUpdatedKeys(item)
}

// commit writes what prepare computed: the item, and its entries in the indexes.
func (w *write) commit(tx store.Tx, t *table, done written, b *bill) error {
	switch {
	case w.verb == check:
		return nil
	case done.new == nil:
		if err := tx.Delete(w.at); err != nil {
			return err
		}
	default:
		if err := tx.Put(w.at, done.new.Append(nil)); err != nil {
			return err
		}
	}
	for _, x := range t.Indexes {
		if err := x.follow(tx, t, done, b); err != nil {
			return err
		}
	}
	return nil
}

// charge bills the item itself; the indexes are billed as they are written.
func (done written) charge(b *bill) {
	b.charge(nil, writeUnits(max(done.old.Size(), done.new.Size())))
}

// attributes is the answer to ReturnValues; nil when there is nothing to tell.
func (w *write) attributes(done written) attr.Item {
	switch w.returns {
	case "ALL_OLD":
		return done.old
	case "ALL_NEW":
		return done.new
	case "UPDATED_OLD":
		return w.update.Updated(done.old)
	case "UPDATED_NEW":
		return w.update.Updated(done.new)
	}
	return nil
}
