package pebble

import (
	"runtime"
	"sync"
)

// syncs lets many writers share one fsync. Whoever comes while none waits leads:
// it waits for the fsync that is under way, and then does one for all who have
// joined until then. No goroutine stands by, and a lone writer meets no other.
//
// Pebble could be asked to sync each commit and would share fsyncs too, but wakes
// its log for each commit and each waiter for each fsync.
type syncs struct {
	disk sync.Mutex // held during an fsync
	mu   sync.Mutex // guards next
	next chan struct{}
}

// join returns a channel that is closed when a sync that began after the call has
// ended, well or not.
func (s *syncs) join(do func()) <-chan struct{} {
	s.mu.Lock()
	group := s.next
	leads := group == nil
	if leads {
		group = make(chan struct{})
		s.next = group
	}
	s.mu.Unlock()
	if leads {
		s.lead(group, do)
	}
	return group
}

func (s *syncs) lead(group chan struct{}, do func()) {
	defer close(group)
	s.disk.Lock()
	defer s.disk.Unlock()
	// Those whom the last fsync woke are about to commit again. An fsync that does
	// not wait for them would take a few with it, and hold a core up for each.
	runtime.Gosched()
	s.mu.Lock()
	s.next = nil // whoever comes now may be too late for this one
	s.mu.Unlock()
	do()
}
