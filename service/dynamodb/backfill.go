package dynamodb

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/bailiwick-project/bailiwick/service/dynamodb/attr"
	"github.com/bailiwick-project/bailiwick/store"
)

// fillSize bounds what one transaction of a backfill reads, in bytes of items.
const fillSize = 4 << 20

// Resume finishes what a server that was stopped had begun: deleted tables are
// swept up and indexes are filled. A server calls it when it starts; requests may
// come meanwhile, and several nodes may do it at once.
func (a *API) Resume(ctx context.Context) error {
	if err := a.Sweep(ctx); err != nil {
		return err
	}
	var begun []*table
	err := a.Store.View(ctx, func(r store.Reader) error {
		from, to := store.Prefix("dynamodb", "table")
		for record, err := range store.ScanJSON[*table](r, from, to, false) {
			if err != nil {
				return err
			}
			if t := record.Value.derive(); slices.ContainsFunc(t.Indexes, func(x *index) bool { return x.Filling }) {
				begun = append(begun, t)
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("looking for indexes that are not filled: %w", err)
	}
	for _, t := range begun {
		if err := a.fill(ctx, t); err != nil {
			return err
		}
	}
	return nil
}

// fill gives every item that was there before an index its entry, in as many
// transactions as it takes; writes meanwhile keep entries of their own. A fill
// that was interrupted leaves the index CREATING, which is not read, until Resume.
func (a *API) fill(ctx context.Context, t *table) error {
	for _, x := range t.Indexes {
		if !x.Filling {
			continue
		}
		for from := append(t.prefix[:len(t.prefix):len(t.prefix)], 0x00); from != nil; {
			var next []byte
			err := a.change(ctx, func(tx store.Tx) (err error) {
				next, err = a.fillSome(tx, t, x.ID, from)
				return err
			})
			if err != nil {
				return fmt.Errorf("filling index %s: %w", x.Name, err)
			}
			from = next
		}
	}
	return nil
}

// fillSome makes entries from there on, and says where to go on; nil when the
// index is complete, or gone.
func (a *API) fillSome(tx store.Tx, planned *table, id string, from []byte) (next []byte, err error) {
	t, err := a.still(tx, planned)
	if errors.Is(err, errNoTable) {
		return nil, nil
	} else if err != nil {
		return nil, err
	}
	x := t.indexByID(id)
	if x == nil {
		return nil, nil
	}
	size := 0
	for entry, err := range tx.Scan(from, behind(t.prefix), false) {
		if err != nil {
			return nil, err
		}
		if size += len(entry.Value); size > fillSize && size > len(entry.Value) {
			return append([]byte(nil), entry.Key...), nil
		}
		item, err := attr.DecodeItem(entry.Value)
		if err != nil {
			return nil, err
		}
		if key, made, err := x.entry(t, item); err != nil {
			return nil, err
		} else if key == nil {
			continue // sparse, or of a type that the index cannot hold
		} else if err := tx.Put(key, made.Append(nil)); err != nil {
			return nil, err
		}
	}
	full := t.changed()
	full.indexByID(id).Filling = false
	return nil, putTable(tx, full)
}

func (t *table) indexByID(id string) *index {
	for _, x := range t.Indexes {
		if x.ID == id {
			return x
		}
	}
	return nil
}
