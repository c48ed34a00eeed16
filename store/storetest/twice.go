package storetest

import (
	"context"
	"errors"

	"github.com/bailiwick-project/bailiwick/store"
)

// Twice wraps s so that every function given to Update runs twice: first in a
// transaction that is rolled back, whatever it answers, then in the real one.
// View and Close are those of s.
func Twice(s store.Store) store.Store { return &twice{Store: s} }

type twice struct{ store.Store }

var errRehearsal = errors.New("storetest: rehearsal, rolled back")

func (t *twice) Update(ctx context.Context, fn func(store.Tx) error) error {
	_ = t.Store.Update(ctx, func(tx store.Tx) error {
		_ = fn(tx) // the second run says it again
		return errRehearsal
	})
	return t.Store.Update(ctx, fn)
}
