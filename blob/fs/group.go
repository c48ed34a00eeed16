package fs

import "sync"

// A group shares fsyncs of one folder. Whoever needs one that begins after its
// file was created waits for the next to end; one of those who wait runs it for
// all.
type group struct {
	sync func() error

	mu      sync.Mutex
	ended   sync.Cond // over mu, set by the first who waits
	running bool
	began   uint64 // fsyncs
	done    uint64 // number of the last that ended well
	err     error
}

// begun is how many fsyncs have begun. A file that was there before the call is on
// disk when a later one has ended.
func (g *group) begun() uint64 {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.began
}

// broken tells that an fsync failed. The kernel reports a failure once and may
// have dropped what it could not write: no later success proves anything.
func (g *group) broken() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.err != nil
}

// wait returns when an fsync later than number after has ended.
func (g *group) wait(after uint64) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.ended.L == nil {
		g.ended.L = &g.mu
	}
	for g.done <= after && g.err == nil {
		if g.running {
			g.ended.Wait()
			continue
		}
		g.running = true
		g.began++
		number := g.began
		g.mu.Unlock()
		err := g.sync()
		g.mu.Lock()
		g.running = false
		if err == nil {
			g.done = number
		}
		g.err = err
		g.ended.Broadcast()
	}
	if g.done > after {
		return nil
	}
	return g.err
}
