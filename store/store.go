package store

import (
	"context"
	"iter"
	"time"
)

// Limits that every engine enforces with a [LimitError]. They are part of the
// interface so that data always moves between engines.
const (
	MaxKey   = 8 << 10  // bytes in one key
	MaxValue = 16 << 20 // bytes in one value
	MaxTx    = 64 << 20 // bytes of keys and values written by one Update
)

// Entry is one key and its value. Both are valid until the transaction ends
// and must not be modified.
type Entry struct {
	Key, Value []byte
}

// Reader reads from one consistent snapshot. It is used by one goroutine at a
// time and answers [ErrTxDone] after its transaction ended.
//
// The clock is read once for each run of a transaction: a record does not
// expire between two reads of one snapshot.
type Reader interface {
	// Get answers the value of key, or ErrNotFound when it is absent or
	// expired. The value may be kept, and must not be modified.
	Get(key []byte) (value []byte, err error)

	// Scan yields the entries with from <= key < to in ascending order of the
	// key's bytes, or descending if reverse. A nil from is the first key, a nil
	// to is beyond the last. An error is yielded once, with a zero Entry, and
	// ends the scan. A scan sees the writes of its own transaction that were
	// made before its loop began; writes inside the loop do not disturb it.
	Scan(from, to []byte, reverse bool) iter.Seq2[Entry, error]
}

// Tx is a Reader that also writes, and reads its own writes. Keys and values
// are copied: the caller may reuse its slices.
type Tx interface {
	Reader

	// Put sets the value of key and removes any expiry that it had.
	Put(key, value []byte) error

	// PutUntil is Put for a record that is gone from the instant expires on.
	// An instant that has passed (the zero Time too) leaves the key absent.
	PutUntil(key, value []byte, expires time.Time) error

	// Delete removes key; an absent key is no error.
	Delete(key []byte) error
}

// Store is an ordered, transactional map. It is safe for concurrent use.
//
// Transactions must not be nested: a View or Update inside the function of an
// Update may wait for itself forever.
type Store interface {
	// View runs fn once on a consistent snapshot and answers fn's error.
	View(ctx context.Context, fn func(Reader) error) error

	// Update runs fn in a serializable transaction. fn may run again: it must
	// have no side effects. When Update answers nil the writes are durable; when
	// fn answers an error or panics, everything is rolled back. A context that
	// ends before the commit began rolls back and answers the context's error;
	// afterwards the commit is waited for.
	Update(ctx context.Context, fn func(Tx) error) error

	// Close waits for running transactions and releases everything. Later calls
	// of View and Update answer ErrClosed; closing twice is no error.
	Close() error
}

// After answers the smallest key greater than key: the from of a scan that
// continues behind the last entry of a page.
func After(key []byte) []byte {
	next := make([]byte, len(key)+1)
	copy(next, key)
	return next
}
