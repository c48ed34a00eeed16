package pebble

import (
	"runtime"
	"sync"
)

// syncs lets many writers share one fsync. Whoever comes during one waits for the
// next, with all others who come until it begins. Fsyncs have a goroutine of their
// own, while there is somebody to do one for: nobody who waits must stay with a
// disk that never answers.
//
// Pebble could be asked to sync each commit and would share fsyncs too, but wakes
// its log for each commit and each waiter for each fsync.
type syncs struct {
	mu      sync.Mutex
	next    chan struct{} // of those who wait for the next fsync; nil if nobody does
	working bool
	workers sync.WaitGroup // one at most
}

// join returns a channel that is closed when a sync that began after the call has
// ended, well or not.
func (s *syncs) join(do func()) <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.next == nil {
		s.next = make(chan struct{})
	}
	if !s.working {
		s.working = true
		s.workers.Go(func() { s.work(do) })
	}
	return s.next
}

func (s *syncs) work(do func()) {
	for {
		// Those whom the last fsync woke are about to commit again. An fsync that does
		// not wait for them would take a few with it, and hold a core up for each.
		runtime.Gosched()
		group := s.begin()
		if group == nil {
			return
		}
		do()
		close(group)
	}
}

// begin takes the group that waits: whoever comes now may be too late for this fsync.
func (s *syncs) begin() chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	group := s.next
	s.next = nil
	s.working = group != nil
	return group
}
