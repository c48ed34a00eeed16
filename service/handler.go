package service

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"runtime/debug"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/authz"
	"github.com/bailiwick-project/bailiwick/wire"
)

// An Authenticator finds out who sent a request, from its bytes as received.
type Authenticator interface {
	// Authenticate returns the signer of r, whose whole body is body and whose scope
	// must be for the service. Failures are Errors with a code of authentication.
	Authenticate(ctx context.Context, r *http.Request, body []byte, service string) (bailiwick.Signer, error)
	// AuthenticateStream is Authenticate before the body came. What the returned
	// reader gives must not count before its io.EOF, which comes only if the body is
	// what was signed. It implements bailiwick.Trailers. A request without any
	// signature fails with CodeMissingToken, and its reader is of nobody's bytes.
	AuthenticateStream(ctx context.Context, r *http.Request, service string) (bailiwick.Signer, io.Reader, error)
	// Plausible tells whether Authenticate could succeed, before a large body is read.
	Plausible(ctx context.Context, r *http.Request, service string) bool
}

// A Handler serves one Service. Its serve is the whole request path.
type Handler struct {
	Service Service
	Authn   Authenticator
	Authz   *authz.Authorizer
	Log     *slog.Logger
}

// serve takes one request through the steps, in order, with no other path.
func (h *Handler) serve(ctx context.Context, call *bailiwick.Call, r *http.Request, body []byte, op *Operation) (any, error) {
	if op == nil {
		var err error
		if op, err = h.operation(r, body); err != nil { // 1. name the operation, unless that was done ahead
			return nil, err
		}
	}
	call.Operation = op.Name
	if op.Access == AccessChecked || op.Access == AccessAuthenticated { // 2. authenticate the bytes as received
		if err := h.authenticate(ctx, call, r, body, op); err != nil {
			return nil, err
		}
	}
	in := op.decode()
	if err := h.Service.Protocol.Decode(r, body, in); err != nil { // 3. decode
		return nil, err
	}
	if err := wire.Check(in); err != nil {
		return nil, err
	}
	plan, err := op.plan(ctx, call, in) // 4. parse once, for the checks and the run
	if err != nil {
		return nil, err
	}
	if op.Access == AccessChecked { // 5. ask leave for everything that is touched
		checks, err := op.checks(ctx, call, plan)
		if err != nil {
			return nil, err
		}
		if len(checks) == 0 {
			return nil, fmt.Errorf("%s:%s asked no leave", h.Service.Name, op.Name) // fail closed
		}
		if err := h.Authz.Authorize(ctx, call, checks); err != nil {
			return nil, err
		}
	}
	return op.run(ctx, call, plan) // 6. run; encoding is the caller's part
}

// authenticate finds out who calls. A service that anonymous callers may reach
// takes a request without any signature as theirs; a broken one never.
func (h *Handler) authenticate(ctx context.Context, call *bailiwick.Call, r *http.Request, body []byte, op *Operation) error {
	var signer bailiwick.Signer
	var err error
	if op.streamed {
		var verified io.Reader
		signer, verified, err = h.Authn.AuthenticateStream(ctx, r, h.Service.Name)
		if verified != nil {
			r.Body = closer(verified)
		}
	} else {
		signer, err = h.Authn.Authenticate(ctx, r, body, h.Service.Name)
	}
	var e *bailiwick.Error
	switch {
	case h.Service.Anonymous && op.Access == AccessChecked && errors.As(err, &e) && e.Code == bailiwick.CodeMissingToken:
		call.Account = "" // of nobody: no resource is the caller's own
		return nil
	case err != nil:
		return err
	}
	call.Who, call.Account, call.Auth = signer.Who, signer.Who.Account, signer.Auth
	if signer.Auth.Region != "" {
		call.Region = signer.Auth.Region
	}
	return nil
}

// closer keeps what a body implements beside reading: see bailiwick.Trailers.
func closer(r io.Reader) io.ReadCloser {
	if rc, ok := r.(io.ReadCloser); ok {
		return rc
	}
	return io.NopCloser(r)
}

func (h *Handler) operation(r *http.Request, body []byte) (*Operation, error) {
	name, err := h.Service.Protocol.Operation(r, body)
	if err != nil {
		return nil, err
	}
	if op := h.Service.operation(name); op != nil {
		return op, nil
	}
	if p, ok := h.Service.Protocol.(unknowner); ok {
		return nil, p.Unknown(name)
	}
	return nil, bailiwick.Errorf(bailiwick.CodeUnknownOperation, "The operation %.64q is not supported.", name)
}

// An unknowner is a protocol with a sentence of its own for unknown operations.
type unknowner interface {
	Unknown(operation string) *bailiwick.Error
}

// answer is respond and what the service adds to every answer. op is nil where the
// operation was not named ahead.
func (h *Handler) answer(ctx context.Context, call *bailiwick.Call, r *http.Request, body []byte, op *Operation) (wire.Response, *bailiwick.Error) {
	resp, failure := h.respond(ctx, call, r, body, op)
	if h.Service.Decorate != nil {
		if resp.Header == nil {
			resp.Header = http.Header{}
		}
		h.Service.Decorate(ctx, call, r, &resp)
	}
	return resp, failure
}

// ahead names the operation of r before its body came, nil where that is not
// possible or of no use: only services with operations that read the body
// themselves need it, and their protocols name the operation without the body.
func (h *Handler) ahead(r *http.Request) *Operation {
	if !h.Service.streamed() {
		return nil
	}
	name, err := h.Service.Protocol.Operation(r, nil)
	if err != nil {
		return nil // again, and told, when it is served
	}
	return h.Service.operation(name)
}

// respond runs the request and prints what came of it. A panic is an internal
// error: one broken request must not take the others down.
func (h *Handler) respond(ctx context.Context, call *bailiwick.Call, r *http.Request, body []byte, op *Operation) (resp wire.Response, failure *bailiwick.Error) {
	defer func() {
		if p := recover(); p != nil {
			h.Log.ErrorContext(ctx, "panic", slog.String("request", call.RequestID), slog.String("service", h.Service.Name),
				slog.String("operation", call.Operation), slog.Any("panic", p), slog.String("stack", string(debug.Stack())))
			resp, failure = h.fail(call, &bailiwick.Error{Code: bailiwick.CodeInternal})
		}
	}()
	out, err := h.serve(ctx, call, r, body, op)
	if err != nil {
		return h.fail(call, h.told(ctx, call, err))
	}
	resp, err = h.Service.Protocol.Encode(call.Operation, out, call.RequestID)
	if err != nil {
		return h.fail(call, h.told(ctx, call, fmt.Errorf("encoding: %w", err)))
	}
	return resp, nil
}

// told is what the client hears of err: an Error as it is, all else without details.
func (h *Handler) told(ctx context.Context, call *bailiwick.Call, err error) *bailiwick.Error {
	var e *bailiwick.Error
	if errors.As(err, &e) && e.Code != bailiwick.CodeInternal {
		return e
	}
	if ctx.Err() == nil { // else the client is gone, which is nothing to repair
		h.Log.ErrorContext(ctx, "internal error", slog.String("request", call.RequestID), slog.String("service", h.Service.Name),
			slog.String("operation", call.Operation), slog.Any("error", err))
	}
	return &bailiwick.Error{Code: bailiwick.CodeInternal, Message: "The request could not be processed because of an internal error. Its request id leads to the server's log."}
}

func (h *Handler) fail(call *bailiwick.Call, e *bailiwick.Error) (wire.Response, *bailiwick.Error) {
	return h.Service.Protocol.Fail(e, call.RequestID), e
}
