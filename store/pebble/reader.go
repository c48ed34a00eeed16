package pebble

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"iter"

	"github.com/cockroachdb/pebble/v2"

	"github.com/bailiwick-project/bailiwick/store"
)

// reader reads from one state of the database: a snapshot, or in an update
// the database itself with the update's batch over it.
type reader struct {
	ctx     context.Context
	now     int64 // Unix nanoseconds, one instant for the whole transaction
	src     pebble.Reader
	records *records                      // beside src; nil where src has what they do not
	count   uint64                        // of batches in src, or newest
	open    map[*pebble.Iterator]struct{} // scans that are under way
	done    bool

	counts store.Counts // taken before src
}

// CountAtBegin implements store.CountingReader.
func (r *reader) CountAtBegin(w *store.Watch) uint64 { return r.counts.Of(w) }

// end closes the scans that the function left open, by a panic or iter.Pull.
func (r *reader) end() {
	r.done = true
	for it := range r.open {
		_ = it.Close() // its error was, or would have been, yielded by the scan
	}
	r.open = nil
}

func (r *reader) usable() error {
	if r.done {
		return store.ErrTxDone
	}
	return r.ctx.Err()
}

func (r *reader) Get(key []byte) ([]byte, error) {
	if err := r.usable(); err != nil {
		return nil, err
	}
	if err := store.CheckKey(key); err != nil {
		return nil, err
	}
	if r.records == nil {
		return r.read(key, missing{})
	}
	raw, m := r.records.get(key, r.count)
	if raw == nil {
		return r.read(key, m)
	}
	return r.value(key, raw)
}

// read asks Pebble, and lets the next reader find the record at m.
func (r *reader) read(key []byte, m missing) ([]byte, error) {
	raw, closer, err := r.src.Get(dataKey(key))
	if errors.Is(err, pebble.ErrNotFound) {
		return nil, store.ErrNotFound
	}
	if err != nil {
		return nil, fmt.Errorf("reading key %q: %w", key, err)
	}
	defer closer.Close()
	if m.shard != nil {
		r.records.put(m, key, raw)
	}
	return r.value(key, raw)
}

// value copies the living value out of raw: a transaction that reads much does
// not hold Pebble's blocks in memory until its end, and the value is the caller's.
func (r *reader) value(key, raw []byte) ([]byte, error) {
	value, expires, err := parse(key, raw)
	if err != nil {
		return nil, err
	}
	if expired(expires, r.now) {
		return nil, store.ErrNotFound
	}
	return append(make([]byte, 0, len(value)), value...), nil
}

func (r *reader) Scan(from, to []byte, reverse bool) iter.Seq2[store.Entry, error] {
	return func(yield func(store.Entry, error) bool) {
		if to != nil && bytes.Compare(from, to) >= 0 {
			if err := r.usable(); err != nil {
				yield(store.Entry{}, err)
			}
			return
		}
		it, err := r.iterator(from, to)
		if err != nil {
			yield(store.Entry{}, err)
			return
		}
		defer r.close(it)
		if err := r.walk(it, reverse, yield); err != nil {
			yield(store.Entry{}, err)
		}
	}
}

// walk yields the living records of it; nil when there are no more or the loop
// was left.
func (r *reader) walk(it *pebble.Iterator, reverse bool, yield func(store.Entry, error) bool) error {
	first, next := it.First, it.Next
	if reverse {
		first, next = it.Last, it.Prev
	}
	for ok := first(); ok; ok = next() {
		entry, living, err := r.entry(it)
		if err != nil {
			return err
		}
		if living && !yield(entry, nil) {
			return nil
		}
		if err := r.usable(); err != nil { // it may be closed by now
			return err
		}
	}
	if err := it.Error(); err != nil {
		return fmt.Errorf("scanning: %w", err)
	}
	return nil
}

func (r *reader) entry(it *pebble.Iterator) (e store.Entry, living bool, err error) {
	raw, err := it.ValueAndErr()
	if err != nil {
		return store.Entry{}, false, fmt.Errorf("scanning: %w", err)
	}
	key := it.Key()[1:]
	value, expires, err := parse(key, raw)
	if err != nil || expired(expires, r.now) {
		return store.Entry{}, false, err
	}
	both := make([]byte, len(key)+len(value))
	copy(both, key)
	copy(both[len(key):], value)
	return store.Entry{Key: both[:len(key):len(key)], Value: both[len(key):]}, true, nil
}

func (r *reader) iterator(from, to []byte) (*pebble.Iterator, error) {
	if err := r.usable(); err != nil {
		return nil, err
	}
	upper := []byte{spaceData + 1}
	if to != nil {
		upper = dataKey(to)
	}
	it, err := r.src.NewIter(&pebble.IterOptions{LowerBound: dataKey(from), UpperBound: upper})
	if err != nil {
		return nil, fmt.Errorf("scanning: %w", err)
	}
	if r.open == nil {
		r.open = map[*pebble.Iterator]struct{}{}
	}
	r.open[it] = struct{}{}
	return it, nil
}

func (r *reader) close(it *pebble.Iterator) {
	if _, ok := r.open[it]; ok {
		delete(r.open, it)
		_ = it.Close() // repeats the error that walk has yielded
	}
}
