package pebble

import (
	"encoding/binary"
	"errors"

	"github.com/bailiwick-project/bailiwick/store"
)

// The first byte of every Pebble key says what it is. Stored on disk.
const (
	spaceData = 'd' // d KEY -> record
	spaceDue  = 'x' // x INSTANT KEY -> nothing; INSTANT is 8 bytes of Unix nanoseconds, big endian
)

// The first byte of every record says how long it lives. Stored on disk.
const (
	lasting  = 0 // 0 VALUE
	expiring = 1 // 1 INSTANT VALUE; gone from INSTANT on
)

const instantBytes = 8

func dataKey(key []byte) []byte {
	return append(append(make([]byte, 0, 1+len(key)), spaceData), key...)
}

func dueKey(expires int64, key []byte) []byte {
	due := append(make([]byte, 0, 1+instantBytes+len(key)), spaceDue)
	due = binary.BigEndian.AppendUint64(due, uint64(expires))
	return append(due, key...)
}

// dueFrom is the record's key in a key of spaceDue; ok is false for one that
// nobody wrote.
func dueFrom(due []byte) (key []byte, ok bool) {
	if len(due) <= 1+instantBytes || due[0] != spaceDue {
		return nil, false
	}
	return due[1+instantBytes:], true
}

// header is what stands before the value; expires 0 is never.
func header(expires int64) []byte {
	if expires == 0 {
		return []byte{lasting}
	}
	return binary.BigEndian.AppendUint64([]byte{expiring}, uint64(expires))
}

// parse splits a record. The value is a part of raw.
func parse(key, raw []byte) (value []byte, expires int64, err error) {
	switch {
	case len(raw) >= 1 && raw[0] == lasting:
		return raw[1:], 0, nil
	case len(raw) >= 1+instantBytes && raw[0] == expiring:
		return raw[1+instantBytes:], int64(binary.BigEndian.Uint64(raw[1:])), nil
	}
	return nil, 0, &store.DamagedError{Key: append([]byte(nil), key...), Err: errors.New("unknown record header")}
}

func expired(expires, now int64) bool { return expires != 0 && expires <= now }
