package runner

import (
	"context"
	"sync"
	"time"
)

// A pool holds the environments. All decisions about them are made under its lock;
// processes are started and ended outside of it.
type pool struct {
	r       *Runner
	mu      sync.Mutex
	closed  bool
	slots   []bool                // taken; the index gives an environment its user and folder
	idle    []*environment        // oldest first
	busy    map[*environment]bool // in a call, or being started
	count   map[string]int        // environments by family
	changed chan struct{}         // closed and replaced when something became free
	stop    chan struct{}         // ends the watch
}

func (p *pool) start(r *Runner) {
	p.r, p.slots = r, make([]bool, r.Max)
	p.busy, p.count = map[*environment]bool{}, map[string]int{}
	p.changed, p.stop = make(chan struct{}), make(chan struct{})
	r.running.Add(1)
	go func() {
		defer r.running.Done()
		p.watch()
	}()
}

// acquire finds or makes an environment for f and counts the call as running.
// Where a number is reserved it does not wait: AWS throttles at once.
func (p *pool) acquire(ctx context.Context, f *Function) (*environment, error) {
	var give <-chan time.Time
	if f.Reserved == nil {
		t := time.NewTimer(p.r.Wait)
		defer t.Stop()
		give = t.C
	}
	for {
		e, ended, wait, err := p.try(f)
		for _, old := range ended {
			p.end(old)
		}
		switch {
		case err != nil:
			return nil, err
		case e != nil && e.started:
			return e, nil
		case e != nil:
			return p.boot(ctx, e)
		case len(ended) > 0:
			continue // their room is free now
		case f.Reserved != nil:
			return nil, ErrThrottled
		}
		select {
		case <-wait:
		case <-give:
			return nil, ErrThrottled
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// try takes an idle environment, or a slot for a new one; or names idle ones that
// must end first; or tells what to wait for.
func (p *pool) try(f *Function) (e *environment, ended []*environment, wait <-chan struct{}, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return nil, nil, nil, ErrClosed
	}
	limit := p.r.Each
	if f.Reserved != nil {
		limit = *f.Reserved
	}
	if limit <= 0 {
		return nil, nil, nil, ErrThrottled
	}
	ended = p.takeIdle(func(o *environment) bool { return o.f.ARN == f.ARN && o.stale(f) })
	for i := len(p.idle) - 1; i >= 0; i-- { // the warmest: others may then grow old
		if o := p.idle[i]; o.f.ARN == f.ARN {
			p.idle = append(p.idle[:i:i], p.idle[i+1:]...)
			p.busy[o] = true
			p.r.running.Add(1)
			return o, ended, nil, nil
		}
	}
	if p.count[f.Family] >= limit {
		if ended == nil { // another version's idle environment makes room
			ended = p.takeOne(func(o *environment) bool { return o.f.Family == f.Family })
		}
		return nil, ended, p.changed, nil
	}
	for slot, taken := range p.slots {
		if !taken {
			e = &environment{r: p.r, f: f, slot: slot}
			p.slots[slot], p.busy[e] = true, true
			p.count[f.Family]++
			p.r.running.Add(1)
			return e, ended, nil, nil
		}
	}
	if ended == nil {
		ended = p.takeOne(func(*environment) bool { return true })
	}
	return nil, ended, p.changed, nil
}

// boot starts the process of a new environment.
func (p *pool) boot(ctx context.Context, e *environment) (*environment, error) {
	if err := e.start(context.WithoutCancel(ctx)); err != nil {
		p.free(e)
		p.r.running.Done()
		return nil, &StartError{err}
	}
	p.mu.Lock()
	closed := p.closed
	p.mu.Unlock()
	if closed { // it was not there when all others were ended
		e.kill(reasonStopped)
	}
	return e, nil
}

// release gives an environment back after a call; one that cannot go on ends.
func (p *pool) release(e *environment, usable bool) {
	p.mu.Lock()
	if usable && !p.closed && !e.retired {
		delete(p.busy, e)
		e.idleSince = p.r.Now()
		p.idle = append(p.idle, e)
		p.wake()
		p.mu.Unlock()
		return
	}
	p.mu.Unlock()
	p.end(e)
}

// end stops an environment that nobody uses and frees its place.
func (p *pool) end(e *environment) {
	e.stop()
	p.free(e)
}

func (p *pool) free(e *environment) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.busy, e)
	p.slots[e.slot] = false
	if p.count[e.f.Family]--; p.count[e.f.Family] == 0 {
		delete(p.count, e.f.Family)
	}
	p.wake()
}

func (p *pool) wake() {
	close(p.changed)
	p.changed = make(chan struct{})
}

// takeIdle removes idle environments, whose end is the caller's part. They count
// as busy until then.
func (p *pool) takeIdle(which func(*environment) bool) (taken []*environment) {
	kept := p.idle[:0:0]
	for _, e := range p.idle {
		if which(e) {
			taken = append(taken, e)
			p.busy[e] = true
		} else {
			kept = append(kept, e)
		}
	}
	p.idle = kept
	return taken
}

func (p *pool) takeOne(which func(*environment) bool) []*environment {
	found := false
	return p.takeIdle(func(e *environment) bool {
		ok := !found && which(e)
		found = found || ok
		return ok
	})
}

func (p *pool) forget(family string) {
	if p.r == nil {
		return // nothing ran yet
	}
	p.mu.Lock()
	ended := p.takeIdle(func(e *environment) bool { return e.f.Family == family })
	for e := range p.busy {
		if e.f.Family == family {
			e.retired = true
		}
	}
	p.mu.Unlock()
	for _, e := range ended {
		p.end(e)
	}
}

func (p *pool) close() {
	p.mu.Lock()
	if p.closed {
		p.mu.Unlock()
		return
	}
	p.closed = true
	close(p.stop)
	ended := p.takeIdle(func(*environment) bool { return true })
	var calls []*environment
	for e := range p.busy {
		calls = append(calls, e)
	}
	p.wake()
	p.mu.Unlock()
	for _, e := range calls {
		e.kill(reasonStopped)
	}
	for _, e := range ended {
		p.end(e)
	}
}

// How often environments are looked at.
const (
	memoryEvery = 100 * time.Millisecond // while calls run
	restEvery   = 10                     // of these, while none does
	idleEvery   = 5 * time.Second
)

// watch ends what uses too much memory or nobody uses.
func (p *pool) watch() {
	memory, old := time.NewTicker(memoryEvery), time.NewTicker(min(idleEvery, p.r.Idle))
	defer memory.Stop()
	defer old.Stop()
	for n := 0; ; {
		select {
		case <-p.stop:
			return
		case <-memory.C:
			n++
			p.weigh(n%restEvery == 0)
		case <-old.C:
			p.mu.Lock()
			before := p.r.Now().Add(-p.r.Idle)
			ended := p.takeIdle(func(e *environment) bool { return !e.idleSince.After(before) || e.dead() })
			p.mu.Unlock()
			for _, e := range ended {
				p.end(e)
			}
		}
	}
}

// weigh compares what the environments use with what they may; resting says that
// those are looked at too that have no call.
func (p *pool) weigh(resting bool) {
	p.mu.Lock()
	if len(p.busy) == 0 && !resting {
		p.mu.Unlock()
		return
	}
	all := append([]*environment{}, p.idle...)
	for e := range p.busy {
		all = append(all, e)
	}
	p.mu.Unlock()
	var alive []*environment
	for _, e := range all {
		if e.proc.Load() != nil && !e.dead() {
			alive = append(alive, e)
		}
	}
	if len(alive) == 0 {
		return
	}
	table := processes()
	for _, e := range alive {
		used := table.memory(e.proc.Load())
		e.weighed(used)
		if used > int64(e.f.Memory)<<20 {
			e.kill(reasonMemory)
		}
	}
}
