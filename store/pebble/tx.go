package pebble

import (
	"fmt"
	"time"

	"github.com/cockroachdb/pebble/v2"

	"github.com/bailiwick-project/bailiwick/store"
)

// tx is the transaction of one update. While it lives nobody else writes, so
// the database itself is its snapshot.
type tx struct {
	reader
	db      *pebble.DB
	batch   *pebble.Batch // nil until the first write
	written int           // bytes, as store.CheckWrite counts them
	watches *store.Watches
	touched store.Touched
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
	if err := t.begin(key, value); err != nil {
		return err
	}
	head := header(expires)
	op := t.batch.SetDeferred(1+len(key), len(head)+len(value))
	op.Key[0] = spaceData
	copy(op.Key[1:], key)
	copy(op.Value, head)
	copy(op.Value[len(head):], value)
	if err := op.Finish(); err != nil {
		return fmt.Errorf("writing key %q: %w", key, err)
	}
	if expires == 0 {
		return nil
	}
	if err := t.batch.Set(dueKey(expires, key), nil, nil); err != nil {
		return fmt.Errorf("writing key %q: %w", key, err)
	}
	return nil
}

func (t *tx) Delete(key []byte) error {
	if err := t.begin(key, nil); err != nil {
		return err
	}
	if err := t.batch.Delete(dataKey(key), nil); err != nil {
		return fmt.Errorf("deleting key %q: %w", key, err)
	}
	return nil
}

// begin checks a write, counts it, and makes the batch that it goes to.
func (t *tx) begin(key, value []byte) error {
	if err := t.usable(); err != nil {
		return err
	}
	if err := store.CheckWrite(key, value, t.written); err != nil {
		return err
	}
	t.written += len(key) + len(value)
	t.watches.Touch(&t.touched, key)
	if t.batch == nil {
		t.batch = t.db.NewIndexedBatch()
		t.src, t.records = t.batch, nil
	}
	return nil
}

// end forgets everything that was not committed.
func (t *tx) end() {
	t.reader.end()
	if t.batch != nil {
		_ = t.batch.Close() // gives memory back; has nothing else to fail at
		t.batch = nil
	}
}
