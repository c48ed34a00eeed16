package pebble

import (
	"context"
	"sync/atomic"
)

// A turn is a lock whose waiters can give up. It is not handed over: whoever runs
// and finds it free takes it. Handing it to the first waiter would leave it idle
// until that goroutine is scheduled again, which with many writers on few cores is
// longer than an update takes.
type turn struct {
	held atomic.Bool
	free chan struct{} // holds a token after each release, for one waiter to try again
}

func newTurn() *turn { return &turn{free: make(chan struct{}, 1)} }

// take waits for the turn, until ctx ends or quit is closed.
func (t *turn) take(ctx context.Context, quit <-chan struct{}) bool {
	for !t.held.CompareAndSwap(false, true) {
		select {
		case <-t.free:
		case <-ctx.Done():
			return false
		case <-quit:
			return false
		}
	}
	return true
}

func (t *turn) give() {
	t.held.Store(false)
	select {
	case t.free <- struct{}{}:
	default: // one is there already: whoever takes it will see that the turn is free
	}
}
