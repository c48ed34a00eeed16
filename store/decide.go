package store

import (
	"context"
	"errors"
	"time"
)

// Decide is Update for a function that may refuse: with an error that is, or wraps,
// an R. A refusal is an answer, such as "there is such a user already", and may
// rest on another's write that is not yet durable: were it told at once, a power
// cut could make it a lie. So it waits, as a success does, until what fn has read
// is durable, and is then returned as it is. What fn wrote before it refused is
// rolled back. Every other error is Update's.
func Decide[R error](ctx context.Context, s Store, fn func(Tx) error) error {
	var refusal error
	var wrote bool
	err := s.Update(ctx, func(tx Tx) error {
		w := &watched{Tx: tx}
		err := fn(w)
		var r R
		if refusal, wrote = nil, w.wrote; !errors.As(err, &r) {
			return err
		}
		refusal = err
		if wrote {
			return err // to roll it back
		}
		return nil
	})
	switch {
	case refusal == nil:
		return err
	case !wrote:
		if err != nil {
			return err
		}
	case errors.Is(err, refusal): // an engine may have failed in its place
		if err := s.Update(ctx, func(Tx) error { return nil }); err != nil {
			return err
		}
	default:
		return err
	}
	return refusal
}

// watched remembers whether anything was written.
type watched struct {
	Tx
	wrote bool
}

// CountAtBegin implements CountingReader, as far as the transaction does.
func (w *watched) CountAtBegin(of *Watch) uint64 {
	if c, ok := w.Tx.(CountingReader); ok {
		return c.CountAtBegin(of)
	}
	return 0
}

func (w *watched) Put(key, value []byte) error {
	w.wrote = true
	return w.Tx.Put(key, value)
}

func (w *watched) PutUntil(key, value []byte, expires time.Time) error {
	w.wrote = true
	return w.Tx.PutUntil(key, value, expires)
}

func (w *watched) Delete(key []byte) error {
	w.wrote = true
	return w.Tx.Delete(key)
}
