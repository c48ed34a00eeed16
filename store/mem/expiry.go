package mem

import (
	"encoding/binary"
	"slices"
)

// sweepLimit bounds the expired records that one Update clears away: more than
// it can add, so that memory does not grow, and few enough to go unnoticed.
const sweepLimit = 64

// dueKey orders records by the instant (Unix nanoseconds, positive) of expiry.
func dueKey(expires int64, key []byte) []byte {
	due := binary.BigEndian.AppendUint64(make([]byte, 0, 8+len(key)), uint64(expires))
	return append(due, key...)
}

// sweep removes some of the records that expired at or before now.
func (s state) sweep(now int64) state {
	if now <= 0 {
		return s
	}
	var due []*tree
	for n := range s.expiry.scan(nil, dueKey(now+1, nil), false) {
		if due = append(due, n); len(due) == sweepLimit {
			break
		}
	}
	for _, n := range due {
		s.data = s.data.remove(n.key[8:])
		s.expiry = s.expiry.remove(n.key)
	}
	return s
}

func (t *tree) expired(now int64) bool { return t.expires != 0 && t.expires <= now }

func clone(b []byte) []byte {
	if b == nil {
		return []byte{}
	}
	return slices.Clone(b)
}
