package runner

import (
	"context"
	"crypto/tls"
	"fmt"
	"sync"
	"time"
)

// A Runner runs functions. Its fields are set before the first call and not
// changed after; Close it.
type Runner struct {
	Hidden   []string          // folders that functions must not read, such as the server's data
	Endpoint func() string     // AWS_ENDPOINT_URL inside; nil or "" for none
	Programs map[string]string // "node" and "python3" by path; missing ones are looked for
	Max      int               // environments at one time; 0 for 64
	Each     int               // environments of one function that reserves none; 0 for 16
	Wait     time.Duration     // for a free environment, where none is reserved; 0 for 15 s
	Idle     time.Duration     // before an unused environment ends; 0 for 5 min
	Now      func() time.Time  //
	TLS      *tls.Config       // of calls to endpoints; nil for the machine's own trust

	opened   sync.Once
	openErr  error
	home     *home
	programs interpreters
	pool     pool
	running  sync.WaitGroup // calls and environments
}

const (
	defaultMax  = 64
	defaultEach = 16
	defaultWait = 15 * time.Second
	defaultIdle = 5 * time.Minute

	// soon is how long an answer waits for its environment to be ready for the next
	// call, so that a caller's next call finds it.
	soon = 100 * time.Millisecond

	initTime = 10 * time.Second // before a slow start counts as the call's own time
)

// open makes the folder of the environments, at the first use.
func (r *Runner) open() error {
	r.opened.Do(func() {
		r.Max, r.Each = or(r.Max, defaultMax), or(r.Each, defaultEach)
		r.Wait, r.Idle = or(r.Wait, defaultWait), or(r.Idle, defaultIdle)
		r.home, r.openErr = newHome(parentOfHomes(), r.Max)
		if r.openErr != nil {
			r.openErr = fmt.Errorf("making the folder of the functions: %w", r.openErr)
			return
		}
		r.programs.configured = r.Programs
		r.pool.start(r)
	})
	return r.openErr
}

// Sweep ends and removes what servers of this machine left that were killed. The
// first call of a function does so, too; but a function's processes must not go on
// until somebody calls another.
func (r *Runner) Sweep() { sweep(parentOfHomes()) }

// Invoke runs f once. What the function did wrong is in the Result. The error is
// ErrThrottled, ErrClosed, a *StartError, or ctx.Err(): then nobody waits for the
// answer any more, but the function runs on, as it does at AWS.
func (r *Runner) Invoke(ctx context.Context, f *Function, in Invocation) (Result, error) {
	if err := r.open(); err != nil {
		return Result{}, &StartError{err}
	}
	e, err := r.pool.acquire(ctx, f)
	if err != nil {
		return Result{}, err
	}
	done := make(chan Result, 1)
	go func() { // not the caller's goroutine: the call goes on without the caller
		defer r.running.Done()
		res := e.invoke(in)
		usable, settled := e.settle(soon)
		if !settled { // it does more than answer: the caller need not wait for that
			done <- res
			usable, _ = e.settle(f.Timeout)
		}
		r.pool.release(e, usable)
		if settled {
			done <- res
		}
	}()
	select {
	case res := <-done:
		return res, nil
	case <-ctx.Done():
		return Result{}, ctx.Err()
	}
}

// Forget ends the environments of a family: its function is gone or changed. Calls
// under way end as they would have.
func (r *Runner) Forget(family string) { r.pool.forget(family) }

// Close ends all environments and the calls inside them, and waits for that.
func (r *Runner) Close() error {
	r.opened.Do(func() { r.openErr = ErrClosed })
	if r.home == nil {
		return nil
	}
	r.pool.close()
	r.running.Wait()
	return r.home.remove()
}

func or[T comparable](v, other T) T {
	var zero T
	if v == zero {
		return other
	}
	return v
}
