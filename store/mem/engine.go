package mem

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"github.com/bailiwick-project/bailiwick/store"
)

// Engine is a store.Store in memory. Set Now before the first use.
type Engine struct {
	Now func() time.Time // the clock that records expire by; nil is time.Now

	writer  sync.Mutex            // held for the whole of an Update
	current atomic.Pointer[state] // the last committed state; nil is empty

	life    sync.Mutex     // guards closed, and running against Close
	closed  bool           // no transaction starts any more
	running sync.WaitGroup // transactions
	watches store.Watches
}

var _ store.Watcher = (*Engine)(nil)

// state is everything, at one instant. It never changes.
type state struct {
	data   *tree // by key
	expiry *tree // by instant and key (dueKey)
}

// View implements store.Store.
func (e *Engine) View(ctx context.Context, fn func(store.Reader) error) error {
	if err := e.enter(ctx); err != nil {
		return err
	}
	defer e.running.Done()
	counts := e.watches.Now()
	t := &tx{ctx: ctx, now: e.now(), state: e.load(), counts: counts, watches: &e.watches}
	defer t.end()
	return fn(t)
}

// Update implements store.Store. A function that fails, panics or leaves its
// goroutine never reaches the line that publishes its tree.
func (e *Engine) Update(ctx context.Context, fn func(store.Tx) error) error {
	if err := e.enter(ctx); err != nil {
		return err
	}
	defer e.running.Done()
	e.writer.Lock()
	defer e.writer.Unlock()
	if err := ctx.Err(); err != nil {
		return err
	}
	t := &tx{ctx: ctx, now: e.now(), state: e.load(), counts: e.watches.Now(), watches: &e.watches}
	defer t.end()
	if err := fn(t); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	next := t.state
	if t.written > 0 {
		next = next.sweep(t.now)
	}
	e.current.Store(&next)
	e.watches.Grow(t.touched, t.counts)
	return nil
}

// Watch implements store.Watcher.
func (e *Engine) Watch(from, to []byte) *store.Watch { return e.watches.Add(from, to) }

// Close implements store.Store.
func (e *Engine) Close() error {
	e.life.Lock()
	e.closed = true
	e.life.Unlock()
	e.running.Wait()
	e.current.Store(nil)
	return nil
}

func (e *Engine) enter(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	e.life.Lock()
	defer e.life.Unlock()
	if e.closed {
		return store.ErrClosed
	}
	e.running.Add(1)
	return nil
}

func (e *Engine) load() state {
	if s := e.current.Load(); s != nil {
		return *s
	}
	return state{}
}

func (e *Engine) now() int64 {
	if e.Now == nil {
		return time.Now().UnixNano() //nolint:forbidigo // the documented default of Now
	}
	return e.Now().UnixNano()
}
