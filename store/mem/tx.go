package mem

import (
	"context"
	"iter"
	"time"

	"github.com/bailiwick-project/bailiwick/store"
)

// tx is one transaction: its own view of the state, thrown away or published.
type tx struct {
	ctx     context.Context
	now     int64 // Unix nanoseconds, one instant for the whole transaction
	state   state
	written int // bytes
	done    bool
	counts  store.Counts // taken before state
	watches *store.Watches
	touched store.Touched
}

// CountAtBegin implements store.CountingReader.
func (t *tx) CountAtBegin(w *store.Watch) uint64 { return t.counts.Of(w) }

func (t *tx) end() { t.done = true }

func (t *tx) usable() error {
	if t.done {
		return store.ErrTxDone
	}
	return t.ctx.Err()
}

func (t *tx) Get(key []byte) ([]byte, error) {
	if err := t.usable(); err != nil {
		return nil, err
	}
	if err := store.CheckKey(key); err != nil {
		return nil, err
	}
	n := t.state.data.get(key)
	if n == nil || n.expired(t.now) {
		return nil, store.ErrNotFound
	}
	return n.value, nil
}

func (t *tx) Scan(from, to []byte, reverse bool) iter.Seq2[store.Entry, error] {
	return func(yield func(store.Entry, error) bool) {
		if err := t.usable(); err != nil {
			yield(store.Entry{}, err)
			return
		}
		for n := range t.state.data.scan(from, to, reverse) {
			if err := t.usable(); err != nil {
				yield(store.Entry{}, err)
				return
			}
			if n.expired(t.now) {
				continue
			}
			if !yield(store.Entry{Key: n.key, Value: n.value}, nil) {
				return
			}
		}
	}
}

func (t *tx) Put(key, value []byte) error { return t.put(key, value, 0) }

func (t *tx) PutUntil(key, value []byte, expires time.Time) error {
	at := store.ExpiryNanos(expires)
	if at > t.now {
		return t.put(key, value, at)
	}
	if err := store.CheckWrite(key, value, t.written); err != nil {
		return err
	}
	return t.Delete(key)
}

func (t *tx) put(key, value []byte, expires int64) error {
	if err := t.usable(); err != nil {
		return err
	}
	if err := store.CheckWrite(key, value, t.written); err != nil {
		return err
	}
	t.written += len(key) + len(value)
	t.watches.Touch(&t.touched, key)
	t.forgetDue(key)
	t.state.data = t.state.data.put(clone(key), clone(value), expires)
	if expires != 0 {
		t.state.expiry = t.state.expiry.put(dueKey(expires, key), nil, 0)
	}
	return nil
}

func (t *tx) Delete(key []byte) error {
	if err := t.usable(); err != nil {
		return err
	}
	if err := store.CheckWrite(key, nil, t.written); err != nil {
		return err
	}
	t.written += len(key)
	t.watches.Touch(&t.touched, key)
	t.forgetDue(key)
	t.state.data = t.state.data.remove(key)
	return nil
}

// forgetDue takes key out of the order of expiry: a session renewed every
// minute must not leave a trace for each renewal.
func (t *tx) forgetDue(key []byte) {
	if n := t.state.data.get(key); n != nil && n.expires != 0 {
		t.state.expiry = t.state.expiry.remove(dueKey(n.expires, key))
	}
}
