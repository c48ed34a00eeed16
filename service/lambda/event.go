package lambda

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/store"
)

// Limits of events. Source: AWS Lambda Developer Guide, "How Lambda handles errors
// and retries with asynchronous invocation"; the number is ours.
const (
	attempts  = 3
	maxAge    = 6 * time.Hour
	maxQueued = 10_000
	maxBytes  = 128 << 20 // of all payloads that wait
	atOnce    = 8         // events that run at the same time
)

// A queued event is an asynchronous call. It is stored before it is acknowledged
// and removed when it needs no further attempt; what a server was doing when it
// stopped is done again by the next one, as Lambda promises: at least once.
type queued struct {
	ID            string    `json:"id"`
	Account       string    `json:"account"`
	Region        string    `json:"region"`
	Name          string    `json:"name"`
	Qualifier     string    `json:"qualifier,omitempty"`
	Function      string    `json:"function"` // its ID: events of a deleted function do not reach the next
	Payload       []byte    `json:"payload"`
	ClientContext string    `json:"clientContext,omitempty"`
	Attempt       int       `json:"attempt"` // of the next run, from 1
	Came          time.Time `json:"came"`
	Due           time.Time `json:"due"`
}

// events runs what is queued, beside requests.
type events struct {
	mu      sync.Mutex
	ctx     context.Context //nolint:containedctx // of the workers, which outlive requests
	cancel  context.CancelFunc
	places  chan struct{}
	waiting map[string]int // bytes by id
	bytes   int            // of all that wait
	running sync.WaitGroup
	closed  bool
}

// begin counts a worker in, unless it is there already or the end has come.
func (e *events) begin(id string, bytes int) (context.Context, bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.ctx == nil {
		e.ctx, e.cancel = context.WithCancel(context.Background())
		e.places, e.waiting = make(chan struct{}, atOnce), map[string]int{}
	}
	if _, there := e.waiting[id]; there || e.closed {
		return nil, false
	}
	e.waiting[id] = bytes
	e.bytes += bytes
	e.running.Add(1)
	return e.ctx, true
}

func (e *events) end(id string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.bytes -= e.waiting[id]
	delete(e.waiting, id)
	e.running.Done()
}

// full tells whether one of so many bytes is too much.
func (e *events) full(bytes int) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return len(e.waiting) >= maxQueued || e.bytes+bytes > maxBytes
}

func (e *events) close() {
	e.mu.Lock()
	e.closed = true
	if e.cancel != nil {
		e.cancel()
	}
	e.mu.Unlock()
	e.running.Wait()
}

// queue stores an event and lets it run.
func (a *API) queue(ctx context.Context, at ref, f *function, e event) error {
	if a.events.full(len(e.payload)) {
		return throttled("ConcurrentInvocationLimitExceeded")
	}
	now := a.Now()
	q := queued{
		ID: e.requestID, Account: at.account, Region: at.region, Name: at.name, Qualifier: at.qualifier, Function: f.ID, Payload: e.payload,
		ClientContext: e.clientContext, Attempt: 1, Came: now, Due: now,
	}
	if err := a.save(ctx, q); err != nil {
		return fmt.Errorf("storing an event: %w", err)
	}
	a.start(q) //nolint:contextcheck // it outlives the request
	return nil
}

func (a *API) save(ctx context.Context, q queued) error {
	return a.Store.Update(ctx, func(tx store.Tx) error { return store.PutJSON(tx, eventKey(q.ID), q) })
}

// Resume finishes what a stopped server left: processes of functions, code that no
// function has, and events that were queued.
func (a *API) Resume(ctx context.Context) error {
	a.Runner.Sweep()
	if err := a.sweepAll(ctx); err != nil {
		return err
	}
	var left []queued
	err := a.view(ctx, func(r store.Reader) error {
		from, to := store.Prefix(space, "event")
		for item, err := range store.ScanJSON[queued](r, from, to, false) {
			if err != nil {
				return err
			}
			left = append(left, item.Value)
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("reading queued events: %w", err)
	}
	for _, q := range left {
		a.start(q) //nolint:contextcheck // it outlives this call
	}
	return nil
}

// start waits for an event's time in a goroutine of its own and attempts it.
func (a *API) start(q queued) {
	ctx, ok := a.events.begin(q.ID, len(q.Payload))
	if !ok {
		return
	}
	go func() {
		defer a.events.end(q.ID)
		for again := true; again; {
			wait := time.NewTimer(q.Due.Sub(a.Now()))
			select {
			case <-wait.C:
			case <-ctx.Done():
				wait.Stop()
				return
			}
			select {
			case a.events.places <- struct{}{}:
			case <-ctx.Done():
				return
			}
			q, again = a.attempt(ctx, q)
			<-a.events.places
		}
	}()
}

// attempt runs an event once and says whether, and when, it runs again.
func (a *API) attempt(ctx context.Context, q queued) (queued, bool) {
	failed, err := a.runQueued(ctx, q)
	if ctx.Err() != nil {
		return q, false // it stays stored
	}
	now := a.Now()
	switch {
	case err == nil && !failed, isNotFound(err):
		return q, a.forget(ctx, q)
	case isThrottled(err): // it did not run: that is no attempt
		q.Due = now.Add(a.retryAfter(1))
	default:
		q.Due = now.Add(a.retryAfter(q.Attempt))
		q.Attempt++
	}
	if q.Attempt > attempts || q.Due.Sub(q.Came) > maxAge {
		a.log(q.ref()).Say(now, "RequestId: "+q.ID+" The event is dropped after its last attempt.")
		return q, a.forget(ctx, q)
	}
	if err := a.save(ctx, q); err != nil {
		a.warn(ctx, "storing an event", err)
	}
	return q, true
}

func (q *queued) ref() ref {
	return ref{account: q.Account, region: q.Region, name: q.Name, qualifier: q.Qualifier}
}

// runQueued runs an event as the function is now.
func (a *API) runQueued(ctx context.Context, q queued) (failed bool, err error) {
	at := q.ref()
	i, err := a.snapshot(ctx, at)
	if err != nil {
		return false, err
	}
	if i.v == nil || i.f.ID != q.Function {
		return false, notFound(at)
	}
	call := &bailiwick.Call{RequestID: q.ID, Service: "lambda", Operation: "Invoke", Account: at.account, Region: at.region, Time: a.Now(), Secure: true}
	res, err := a.run(ctx, call, i.f, i.v, at, event{requestID: q.ID, payload: q.Payload, clientContext: q.ClientContext})
	if err != nil && !isThrottled(err) && ctx.Err() == nil {
		a.warn(ctx, "running an event of "+at.arn(), err)
	}
	return res.Failed, err
}

func isThrottled(err error) bool {
	var e *bailiwick.Error
	return errors.As(err, &e) && e.Code == codeThrottled
}

// forget removes an event that needs no further attempt. It answers false: not
// again.
func (a *API) forget(ctx context.Context, q queued) bool {
	if err := a.Store.Update(ctx, func(tx store.Tx) error { return tx.Delete(eventKey(q.ID)) }); err != nil {
		a.warn(ctx, "removing an event", err)
	}
	return false
}

func (a *API) retryAfter(attempt int) time.Duration {
	if a.RetryAfter != nil {
		return a.RetryAfter(attempt)
	}
	return time.Duration(attempt) * time.Minute
}
