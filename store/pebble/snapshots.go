package pebble

import (
	"sync"

	"github.com/cockroachdb/pebble/v2"
)

// snapshots lets views share one snapshot for as long as nobody writes.
type snapshots struct {
	mu   sync.Mutex
	last *snapshot // of the present state; nil when there is none
}

// A snapshot is a state of the database, and the count of batches that it has at
// least.
type snapshot struct {
	*pebble.Snapshot

	count uint64
	users int // guarded by snapshots.mu
}

// take returns a snapshot that has whatever could be read before the call. While a
// batch is on its way, which somebody may have read, it is the caller's alone.
func (s *snapshots) take(db *pebble.DB, c *records) *snapshot {
	s.mu.Lock()
	defer s.mu.Unlock()
	writing, count := c.writing.Load(), c.count.Load() // before the snapshot: see records
	if !writing && s.last != nil && s.last.count == count {
		s.last.users++
		return s.last
	}
	taken := &snapshot{db.NewSnapshot(), count, 1}
	if !writing {
		s.forget()
		s.last = taken
		taken.users++
	}
	return taken
}

func (s *snapshots) give(taken *snapshot) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.leave(taken)
}

// outdate forgets the last snapshot, so that it does not keep old data on disk.
func (s *snapshots) outdate() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.forget()
}

func (s *snapshots) forget() {
	if s.last != nil {
		s.leave(s.last)
		s.last = nil
	}
}

func (s *snapshots) leave(taken *snapshot) {
	if taken.users--; taken.users == 0 {
		_ = taken.Close() // never fails
	}
}
