package runner

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// A work is one event on its way through a runtime API.
type work struct {
	in       Invocation
	deadline time.Time
	done     chan answer // one place
}

// An answer is what came of a work.
type answer struct {
	body     []byte
	failed   bool
	last     bool   // the environment cannot go on
	timedOut bool   //
	say      string // for the log
}

// A runtimeAPI is the HTTP server that the process of one environment asks for
// events. AWS_LAMBDA_RUNTIME_API has room for a host and a port only, so each
// environment has a port: other processes of the machine can reach it, and are
// told apart by their user where environments have one of their own.
type runtimeAPI struct {
	listener net.Listener
	server   *http.Server
	address  string
	work     chan *work

	mu      sync.Mutex
	waiting bool          // an event is being asked for
	current *work         // handed out and not answered
	asked   chan struct{} // closed while waiting, replaced when an event is handed out

	readyOnce sync.Once
	ready     chan struct{} // the first event was asked for
	initError chan []byte   // one place
	closing   chan struct{}
}

const apiPath = "/2018-06-01/runtime/"

// maxError bounds what a function says of its own failure, in bytes.
const maxError = 256 << 10

func listen(ctx context.Context, u *user) (*runtimeAPI, error) {
	l, err := new(net.ListenConfig).Listen(ctx, "tcp4", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	a := &runtimeAPI{
		listener: onlyOf(l, u), address: l.Addr().String(), work: make(chan *work), asked: make(chan struct{}),
		ready: make(chan struct{}), initError: make(chan []byte, 1), closing: make(chan struct{}),
	}
	a.server = &http.Server{Handler: a, ReadHeaderTimeout: time.Minute, MaxHeaderBytes: 64 << 10}
	go func() { _ = a.server.Serve(a.listener) }() // ends with close
	return a, nil
}

func (a *runtimeAPI) close() {
	close(a.closing)
	_ = a.server.Close()
}

// asking is closed while the bootstrap waits for an event.
func (a *runtimeAPI) asking() <-chan struct{} {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.asked
}

// ServeHTTP answers the bootstrap. A page in a browser of this machine must not:
// it comes with an Origin, or under another Host (DNS rebinding).
func (a *runtimeAPI) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	path, ok := strings.CutPrefix(r.URL.Path, apiPath)
	switch {
	case r.Host != a.address || r.Header.Get("Origin") != "":
		refuse(w, http.StatusForbidden, "InvalidRequest", "This is the runtime API of a function.")
	case !ok:
		refuse(w, http.StatusNotFound, "InvalidPath", "There is no such path.")
	case r.Method == http.MethodGet && path == "invocation/next":
		a.next(w, r)
	case r.Method == http.MethodPost && path == "init/error":
		a.failInit(w, r)
	case r.Method == http.MethodPost:
		id, what, _ := strings.Cut(strings.TrimPrefix(path, "invocation/"), "/")
		switch what {
		case "response":
			a.respond(w, r, id)
		case "error":
			a.fail(w, r, id)
		default:
			refuse(w, http.StatusNotFound, "InvalidPath", "There is no such path.")
		}
	default:
		refuse(w, http.StatusMethodNotAllowed, "InvalidMethod", "There is no such method.")
	}
}

// next hands out one event, when there is one.
func (a *runtimeAPI) next(w http.ResponseWriter, r *http.Request) {
	a.mu.Lock()
	if a.waiting || a.current != nil {
		a.mu.Unlock()
		refuse(w, http.StatusForbidden, "InvalidStateTransition", "An event is being asked for, or has no answer yet.")
		return
	}
	a.waiting = true
	close(a.asked)
	a.mu.Unlock()
	a.readyOnce.Do(func() { close(a.ready) })

	var got *work
	select {
	case got = <-a.work:
	case <-r.Context().Done():
	case <-a.closing:
	}
	a.mu.Lock()
	a.waiting, a.current, a.asked = false, got, make(chan struct{})
	a.mu.Unlock()
	if got == nil {
		refuse(w, http.StatusInternalServerError, "Stopped", "The environment ends.")
		return
	}
	h, in := w.Header(), got.in
	h.Set("Content-Type", "application/json")
	h.Set("Lambda-Runtime-Aws-Request-Id", in.RequestID)
	h.Set("Lambda-Runtime-Deadline-Ms", strconv.FormatInt(got.deadline.UnixMilli(), 10))
	h.Set("Lambda-Runtime-Invoked-Function-Arn", in.ARN)
	if in.TraceID != "" {
		h.Set("Lambda-Runtime-Trace-Id", in.TraceID)
	}
	if in.ClientContext != "" {
		h.Set("Lambda-Runtime-Client-Context", in.ClientContext)
	}
	h.Set("Content-Length", strconv.Itoa(len(in.Payload)))
	_, _ = w.Write(in.Payload) // a bootstrap that went away has ended, or times out
}

// take ends the current work, if id is its id.
func (a *runtimeAPI) take(id string) *work {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.current == nil || a.current.in.RequestID != id {
		return nil
	}
	w := a.current
	a.current = nil
	return w
}

// mine tells whether id is of the current work, before its body is read.
func (a *runtimeAPI) mine(id string) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.current != nil && a.current.in.RequestID == id
}

// respond takes an answer. A streamed one is read to its end: callers here wait
// for whole answers.
func (a *runtimeAPI) respond(w http.ResponseWriter, r *http.Request, id string) {
	if !a.mine(id) {
		refuse(w, http.StatusBadRequest, "InvalidRequestID", "Invalid request ID")
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, MaxPayload))
	var over *http.MaxBytesError
	switch {
	case errors.As(err, &over):
		a.finish(id, answer{
			body: errorBody("Function.ResponseSizeTooLarge",
				"Response payload size exceeded maximum allowed payload size ("+strconv.Itoa(MaxPayload)+" bytes)."),
			failed: true,
		})
		refuse(w, http.StatusRequestEntityTooLarge, "RequestEntityTooLarge", "Exceeded maximum allowed payload size ("+strconv.Itoa(MaxPayload)+" bytes).")
		return
	case err != nil:
		refuse(w, http.StatusBadRequest, "InvalidRequest", "The body could not be read.")
		return
	}
	got := answer{body: body}
	if typ := r.Trailer.Get("Lambda-Runtime-Function-Error-Type"); typ != "" { // a stream that failed on its way
		got = answer{body: errorBody(typ, "The response stream failed."), failed: true}
	}
	if !a.finish(id, got) {
		refuse(w, http.StatusBadRequest, "InvalidRequestID", "Invalid request ID")
		return
	}
	accepted(w)
}

// fail takes the function's own report of its failure.
func (a *runtimeAPI) fail(w http.ResponseWriter, r *http.Request, id string) {
	if !a.mine(id) {
		refuse(w, http.StatusBadRequest, "InvalidRequestID", "Invalid request ID")
		return
	}
	body, err := failure(w, r)
	if err != nil || !a.finish(id, answer{body: body, failed: true}) {
		refuse(w, http.StatusBadRequest, "InvalidRequestID", "Invalid request ID")
		return
	}
	accepted(w)
}

// failInit takes the bootstrap's report that the function cannot be loaded.
func (a *runtimeAPI) failInit(w http.ResponseWriter, r *http.Request) {
	select {
	case <-a.ready:
		refuse(w, http.StatusForbidden, "InvalidStateTransition", "Transition from Ready to InitError failed")
		return
	default:
	}
	body, err := failure(w, r)
	if err != nil {
		refuse(w, http.StatusBadRequest, "InvalidRequest", "The body could not be read.")
		return
	}
	accepted(w)
	select {
	case a.initError <- body:
	default: // it said so already
	}
}

// failure reads an error report. What is no JSON object is told in one.
func failure(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxError))
	if err != nil {
		return nil, err
	}
	var object map[string]json.RawMessage
	if json.Unmarshal(body, &object) == nil {
		return body, nil
	}
	typ := r.Header.Get("Lambda-Runtime-Function-Error-Type")
	return errorBody(or(typ, "Runtime.Unknown"), string(body)), nil
}

func (a *runtimeAPI) finish(id string, got answer) bool {
	w := a.take(id)
	if w == nil {
		return false
	}
	w.done <- got
	return true
}

func accepted(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusAccepted)
	_, _ = io.WriteString(w, "{\"status\":\"OK\"}\n") // a bootstrap that went away needs no answer
}

func refuse(w http.ResponseWriter, status int, typ, message string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(errorBody(typ, message)) // as above
}
