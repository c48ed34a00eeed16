package dynamodb

import (
	"context"
	"fmt"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/store"
)

func (a *API) planDeleteTable(ctx context.Context, call *bailiwick.Call, in *DeleteTableInput) (*target, error) {
	t, err := a.target(ctx, call, *in.TableName)
	return &t, err
}

// deleteTable takes the table away in one transaction. Its items are unreachable
// from then on, since no description leads to them, and are swept up after it.
func (a *API) deleteTable(ctx context.Context, _ *bailiwick.Call, p *target) (*DeleteTableOutput, error) {
	if err := p.exists(); err != nil {
		return nil, err
	}
	var gone *table
	err := a.change(ctx, func(tx store.Tx) error {
		t, err := a.same(tx, p)
		if err != nil {
			return err
		}
		if t.Protected {
			return invalid("Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first.")
		}
		gone = t
		if err := discard(tx, t.ID, t.prefix); err != nil {
			return err
		}
		for _, x := range t.Indexes {
			if err := discard(tx, x.ID, x.prefix); err != nil {
				return err
			}
		}
		if err := tx.Delete(stampKey(t.ref)); err != nil {
			return err
		}
		return tx.Delete(tableKey(t.ref))
	})
	if err != nil {
		return nil, err
	}
	if err := a.Sweep(context.WithoutCancel(ctx)); err != nil {
		return nil, err
	}
	return &DeleteTableOutput{TableDescription: gone.description(statusDeleting, count{})}, nil
}

// garbage is a range of keys that nothing leads to any more.
type garbage struct{ Prefix []byte }

func discard(tx store.Tx, id string, prefix []byte) error {
	return store.PutJSON(tx, garbageKey(id), garbage{prefix})
}

// sweepSize is how many keys one transaction of a sweep deletes.
const sweepSize = 2000

// Sweep deletes what deleted tables and indexes have left. DeleteTable calls it;
// [API.Resume] calls it for what was left. It may run on several nodes at once.
func (a *API) Sweep(ctx context.Context) error {
	for more := true; more; {
		err := a.Store.Update(ctx, func(tx store.Tx) (err error) {
			more, err = sweep(tx)
			return err
		})
		if err != nil {
			return fmt.Errorf("sweeping up deleted tables: %w", err)
		}
	}
	return nil
}

// sweep deletes some keys of the first piece of garbage; more is false when
// there is none.
func sweep(tx store.Tx) (more bool, err error) {
	from, to := store.Prefix("dynamodb", "garbage")
	for piece, err := range store.ScanJSON[garbage](tx, from, to, false) {
		if err != nil {
			return false, err
		}
		n, err := deleteBelow(tx, piece.Value.Prefix)
		if err == nil && n < sweepSize {
			err = tx.Delete(piece.Key)
		}
		return true, err
	}
	return false, nil
}

func deleteBelow(tx store.Tx, prefix []byte) (n int, err error) {
	for entry, err := range tx.Scan(append(prefix[:len(prefix):len(prefix)], 0x00), behind(prefix), false) {
		if err != nil || n == sweepSize {
			return n, err
		}
		if err := tx.Delete(entry.Key); err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}
