package runner

import (
	"context"
	"encoding/json"
	"fmt"
	"sync/atomic"
	"time"
)

// An environment is one process that serves one version of a function, a call at
// a time.
type environment struct {
	r    *Runner
	f    *Function
	slot int

	retired   bool      // under the pool's lock: its function changed during a call
	idleSince time.Time // under the pool's lock
	started   bool      // set once, by start

	folder  string // HOME and TMPDIR
	stream  string // log stream
	expires time.Time
	api     *runtimeAPI
	out     *output
	begun   time.Time // of the start
	inited  bool      // the first event was asked for

	proc   atomic.Pointer[process]
	reason atomic.Int32 // why it was killed
	peak   atomic.Int64 // bytes
}

// Reasons to end an environment before its time.
const (
	reasonNone int32 = iota
	reasonTime
	reasonMemory
	reasonStopped
)

// margin is how long credentials must last beyond a call's own time.
const margin = 5 * time.Minute

// stale tells whether f has changed since the environment was made, or whether
// its credentials end too soon.
func (e *environment) stale(f *Function) bool {
	return e.f.Revision != f.Revision || e.dead() ||
		!e.expires.IsZero() && e.expires.Before(e.r.Now().Add(e.f.Timeout+margin))
}

// start makes the listener, the folder and the process.
func (e *environment) start(ctx context.Context) (err error) {
	defer func() {
		if err != nil {
			e.stop()
		}
	}()
	var creds Credentials
	if e.f.Credentials != nil {
		if creds, err = e.f.Credentials(ctx); err != nil {
			return fmt.Errorf("credentials of the role: %w", err)
		}
	}
	e.expires, e.begun = creds.Expires, e.r.Now()
	e.stream = streamName(e.begun, e.f.Version)
	if e.folder, err = e.r.home.environment(e.slot); err != nil {
		return err
	}
	command, err := e.command(ctx)
	if err != nil {
		return err
	}
	user := e.r.home.user(e.slot)
	if e.api, err = listen(ctx, user); err != nil {
		return err
	}
	if e.out, err = newOutput(e.f.Log, e.stream, e.r.Now); err != nil {
		return err
	}
	if user != nil { // else /dev/stdout and /dev/stderr cannot be opened by name
		if err = e.out.write.Chown(user.uid, user.gid); err != nil {
			return fmt.Errorf("giving the output to its user: %w", err)
		}
	}
	p, err := launch(spec{
		command: command, dir: e.f.Code, env: e.variables(creds), output: e.out.write, user: user,
		memory: int64(e.f.Memory) << 20, file: int64(or(e.f.Disk, 512)) << 20, writable: e.folder, tmp: e.r.home.mounts, hidden: e.hidden(),
		marker: streamVariable + "=" + e.stream,
	})
	e.out.started()
	if err != nil {
		return err
	}
	e.proc.Store(p)
	e.started = true
	return nil
}

// hidden are the folders that this environment must not read: all environments'
// but its own.
func (e *environment) hidden() hidden {
	return hidden{folders: append([]string{e.r.home.dir}, e.r.Hidden...), except: []string{e.f.Code, e.folder, e.r.home.runtime}}
}

// dead tells whether the process has ended.
func (e *environment) dead() bool {
	p := e.proc.Load()
	if p == nil {
		return false
	}
	select {
	case <-p.exited:
		return true
	default:
		return false
	}
}

// kill ends all processes of the environment. The first reason counts.
func (e *environment) kill(reason int32) {
	e.reason.CompareAndSwap(reasonNone, reason)
	if p := e.proc.Load(); p != nil {
		p.kill()
	}
}

// stop is kill and the end of all that belongs to the environment.
func (e *environment) stop() {
	if p := e.proc.Load(); p != nil {
		p.kill()
		<-p.exited
	}
	if e.api != nil {
		e.api.close()
	}
	if e.out != nil {
		e.out.close()
	}
	if e.folder != "" {
		e.r.home.clear(e.slot)
	}
}

func (e *environment) weighed(bytes int64) {
	for {
		old := e.peak.Load()
		if bytes <= old || e.peak.CompareAndSwap(old, bytes) {
			return
		}
	}
}

// invoke takes one event through the process. It never returns without a Result.
func (e *environment) invoke(in Invocation) Result {
	e.out.begin()
	cold := !e.inited
	var initTook time.Duration
	if cold {
		res, ok := e.awaitInit(in)
		if !ok {
			return res
		}
		initTook = e.r.Now().Sub(e.begun)
	}
	begun := e.r.Now()
	e.out.line("START RequestId: %s Version: %s", in.RequestID, e.f.Version)
	w := &work{in: in, deadline: begun.Add(e.f.Timeout), done: make(chan answer, 1)}
	a := e.await(w)
	e.out.drain()
	took := e.r.Now().Sub(begun)
	return e.report(in, a, took, initTook)
}

// awaitInit waits until the bootstrap asks for its first event. A start that takes
// longer than AWS lets it counts as the call's own time.
func (e *environment) awaitInit(in Invocation) (Result, bool) {
	late := time.NewTimer(initTime + e.f.Timeout)
	defer late.Stop()
	var a answer
	select {
	case <-e.api.ready:
		e.inited = true
		return Result{}, true
	case body := <-e.api.initError:
		a = answer{body: body, failed: true, last: true}
		e.kill(reasonStopped)
	case <-e.proc.Load().exited:
		select {
		case body := <-e.api.initError:
			a = answer{body: body, failed: true, last: true}
		default:
			a = e.exit(in)
		}
	case <-late.C:
		e.kill(reasonTime)
		a = e.timeout(in)
	}
	e.out.line("START RequestId: %s Version: %s", in.RequestID, e.f.Version)
	e.out.drain()
	return e.report(in, a, e.r.Now().Sub(e.begun), 0), false
}

// await hands the event over and waits for the answer, the end of the process or
// the end of its time.
func (e *environment) await(w *work) answer {
	late := time.NewTimer(e.f.Timeout)
	defer late.Stop()
	exited := e.proc.Load().exited
	select {
	case e.api.work <- w:
	case <-exited:
		return e.exit(w.in)
	case <-late.C:
		e.kill(reasonTime)
		return e.timeout(w.in)
	}
	select {
	case a := <-w.done:
		return a
	case <-late.C:
		e.kill(reasonTime)
		return e.timeout(w.in)
	case <-exited:
		select {
		case a := <-w.done: // it answered and ended at once
			return a
		default:
			return e.exit(w.in)
		}
	}
}

// exit is the answer for a process that ended without one.
func (e *environment) exit(in Invocation) answer {
	typ, text := "Runtime.ExitError", e.proc.Load().ending()
	switch e.reason.Load() {
	case reasonMemory:
		typ, text = "Runtime.OutOfMemory", "Runtime exited with error: signal: killed"
	case reasonStopped:
		text = "Runtime exited with error: the server stops"
	}
	return answer{body: errorBody(typ, fmt.Sprintf("RequestId: %s Error: %s", in.RequestID, text)), failed: true, last: true, say: text + "\n" + typ}
}

func (e *environment) timeout(in Invocation) answer {
	text := fmt.Sprintf("Task timed out after %.2f seconds", e.f.Timeout.Seconds())
	return answer{
		body:   errorBody("Sandbox.Timedout", fmt.Sprintf("RequestId: %s Error: %s", in.RequestID, text)),
		failed: true, last: true, timedOut: true, say: text,
	}
}

func errorBody(typ, message string) []byte {
	body, err := json.Marshal(struct {
		Type    string `json:"errorType"`
		Message string `json:"errorMessage"`
	}{typ, message})
	if err != nil {
		return []byte(`{}`) // two strings always encode
	}
	return body
}

// report writes the lines that end a call and makes its Result.
func (e *environment) report(in Invocation, a answer, took, initTook time.Duration) Result {
	e.out.line("END RequestId: %s", in.RequestID)
	ms := float64(took) / float64(time.Millisecond)
	if a.timedOut {
		ms = float64(e.f.Timeout) / float64(time.Millisecond)
	}
	e.weighed(e.proc.Load().peak())
	line := fmt.Sprintf("REPORT RequestId: %s\tDuration: %.2f ms\tBilled Duration: %d ms\tMemory Size: %d MB\tMax Memory Used: %d MB\t",
		in.RequestID, ms, int64(ms)+1, e.f.Memory, min(e.peak.Load()>>20, int64(e.f.Memory)))
	if initTook > 0 {
		line += fmt.Sprintf("Init Duration: %.2f ms\t", float64(initTook)/float64(time.Millisecond))
	}
	switch {
	case a.timedOut:
		line += "Status: timeout"
	case a.last && a.failed:
		line += "Status: error"
	}
	e.out.line("%s", line)
	switch {
	case a.timedOut:
		e.out.line("%s %s %s", e.r.Now().UTC().Format("2006-01-02T15:04:05.000Z"), in.RequestID, a.say)
	case a.say != "":
		e.out.line("RequestId: %s Error: %s", in.RequestID, a.say)
	}
	return Result{Payload: a.body, Failed: a.failed, Tail: e.out.tail()}
}

// settle waits after an answer until the bootstrap asks for the next event: what it
// does until then belongs to the call. It tells whether there can be a next one,
// and whether that is certain.
func (e *environment) settle(within time.Duration) (usable, settled bool) {
	if e.dead() || e.reason.Load() != reasonNone {
		return false, true
	}
	late := time.NewTimer(within)
	defer late.Stop()
	select {
	case <-e.api.asking():
		return true, true
	case <-e.proc.Load().exited:
		return false, true
	case <-late.C:
		return false, false
	}
}

// streamName is the name of a log stream, as Lambda writes it.
func streamName(at time.Time, version string) string {
	return at.UTC().Format("2006/01/02") + "/[" + version + "]" + newID()
}
