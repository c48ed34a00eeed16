package store

import (
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"time"
)

// recordVersion is the first byte of every JSON record that this binary writes
// and the highest that it reads. Zero is never written, so that a block of
// zeros, the usual trace of a torn disk, does not pass for a record.
const recordVersion = 1

// NewerError says that a record was written by a newer version of Bailiwick.
// It is not read: a field that this binary does not know may restrict access.
type NewerError struct {
	Key     []byte
	Version byte // of the record
	Max     byte // the highest that this binary reads
}

func (e *NewerError) Error() string {
	return fmt.Sprintf("store: record %s has version %d, written by a newer version of bailiwick (this one reads up to %d)",
		keyText(e.Key), e.Version, e.Max)
}

// DamagedError says that the bytes of a record make no sense.
type DamagedError struct {
	Key []byte
	Err error // what is wrong with it
}

func (e *DamagedError) Error() string {
	return fmt.Sprintf("store: record %s is damaged: %v", keyText(e.Key), e.Err)
}

func (e *DamagedError) Unwrap() error { return e.Err }

// Item is a decoded record and its key. Key is valid until the transaction ends.
type Item[T any] struct {
	Key   []byte
	Value T
}

// PutJSON stores v as a versioned JSON record.
func PutJSON(tx Tx, key []byte, v any) error {
	record, err := encodeRecord(key, v)
	if err != nil {
		return err
	}
	return tx.Put(key, record)
}

// PutJSONUntil is PutJSON for a record that is gone from the instant expires on.
func PutJSONUntil(tx Tx, key []byte, v any, expires time.Time) error {
	record, err := encodeRecord(key, v)
	if err != nil {
		return err
	}
	return tx.PutUntil(key, record, expires)
}

// GetJSON reads what PutJSON stored: ErrNotFound, a NewerError or a DamagedError
// come with the zero T.
func GetJSON[T any](r Reader, key []byte) (T, error) {
	raw, err := r.Get(key)
	if err != nil {
		var zero T
		return zero, err
	}
	return decodeRecord[T](key, raw)
}

// ScanJSON is Scan over records of one type. The first error ends it: a list
// that silently lacks a damaged record could lack the one that denies.
func ScanJSON[T any](r Reader, from, to []byte, reverse bool) iter.Seq2[Item[T], error] {
	return func(yield func(Item[T], error) bool) {
		for entry, err := range r.Scan(from, to, reverse) {
			if err != nil {
				yield(Item[T]{}, err)
				return
			}
			v, err := decodeRecord[T](entry.Key, entry.Value)
			if err != nil {
				yield(Item[T]{Key: entry.Key}, err)
				return
			}
			if !yield(Item[T]{Key: entry.Key, Value: v}, nil) {
				return
			}
		}
	}
}

func encodeRecord(key []byte, v any) ([]byte, error) {
	body, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("store: encoding record %s: %w", keyText(key), err)
	}
	return append([]byte{recordVersion}, body...), nil
}

func decodeRecord[T any](key, raw []byte) (T, error) {
	var v, zero T
	if err := decodeInto(key, raw, &v); err != nil {
		return zero, err
	}
	return v, nil
}

// decodeInto is apart so that the program has it once, and not for every type.
func decodeInto(key, raw []byte, v any) error {
	if len(raw) == 0 {
		return &DamagedError{Key: key, Err: errors.New("it is empty")}
	}
	if raw[0] > recordVersion {
		return &NewerError{Key: key, Version: raw[0], Max: recordVersion}
	}
	if raw[0] == 0 {
		return &DamagedError{Key: key, Err: errors.New("its version byte is zero")}
	}
	if err := json.Unmarshal(raw[1:], v); err != nil {
		return &DamagedError{Key: key, Err: err}
	}
	return nil
}

// keyText prints a key for an operator: its parts if it is a tuple.
func keyText(key []byte) string {
	parts, err := Split(key)
	if err != nil {
		return fmt.Sprintf("%q", key)
	}
	return fmt.Sprintf("%q", parts)
}
