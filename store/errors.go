package store

import (
	"errors"
	"fmt"
)

var (
	// ErrNotFound says that a key is absent or expired.
	ErrNotFound = errors.New("store: record not found")
	// ErrClosed says that the store was closed.
	ErrClosed = errors.New("store: closed")
	// ErrTxDone says that a transaction was used after it ended.
	ErrTxDone = errors.New("store: transaction has ended")
	// ErrEmptyKey says that a key of no bytes was given.
	ErrEmptyKey = errors.New("store: empty key")
	// ErrPoisoned says that an earlier write could not be made durable. The
	// store then refuses every write until it is opened again, because memory
	// and disk may differ and no later success would mean anything.
	ErrPoisoned = errors.New("store: writes refused after a storage failure")
)

// LimitError says that a key, a value or a transaction is too large.
type LimitError struct {
	What string // "key", "value" or "transaction"
	Size int    // bytes, at least
	Max  int    // bytes
}

func (e *LimitError) Error() string {
	return fmt.Sprintf("store: %s of %d bytes exceeds the limit of %d", e.What, e.Size, e.Max)
}

// CheckKey answers ErrEmptyKey or a LimitError for a key that no engine takes.
// Reads check too, so that every engine answers the same.
func CheckKey(key []byte) error {
	if len(key) == 0 {
		return ErrEmptyKey
	}
	if len(key) > MaxKey {
		return &LimitError{What: "key", Size: len(key), Max: MaxKey}
	}
	return nil
}

// CheckWrite answers the first limit that a write breaks; written is the number
// of bytes that the transaction wrote before.
func CheckWrite(key, value []byte, written int) error {
	if err := CheckKey(key); err != nil {
		return err
	}
	if len(value) > MaxValue {
		return &LimitError{What: "value", Size: len(value), Max: MaxValue}
	}
	if size := written + len(key) + len(value); size > MaxTx {
		return &LimitError{What: "transaction", Size: size, Max: MaxTx}
	}
	return nil
}
