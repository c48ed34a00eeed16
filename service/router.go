package service

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/wire"
)

// A Router takes a request to the service that it is for: one port speaks for all.
type Router struct {
	Handlers []*Handler
	Account  string // of public operations
	Region   string // of public operations, and where a credential scope names none
	Now      func() time.Time
	NewID    func() string // request ids
	Records  func(Record)  // keeps what was decided
	Log      *slog.Logger

	bodies bodies
}

// A Record is what became of a call.
type Record struct {
	Call    *bailiwick.Call
	Failure *bailiwick.Error // nil: it succeeded
}

// ServeHTTP answers one request.
func (rt *Router) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	welcome(w, r)
	h := rt.find(r)
	if (h == nil || !h.Service.OwnCORS) && preflight(w, r, h) {
		return
	}
	call := rt.call(r)
	if h == nil {
		rt.Handlers[0].noService(call).Send(w)
		return
	}
	call.Service = h.Service.Name
	if h.Service.CORS && r.Header.Get("Origin") != "" {
		exposeToBrowser(w.Header())
	}
	var body []byte
	op := h.ahead(r)
	streams := op != nil && op.streamed
	if streams {
		allowTime(w, r.ContentLength)
		// The body that is read is another, which verifies. Package net/http goes by
		// its own when it answers: with another in its place it would wait for bytes
		// that a refused client never sends.
		r = r.WithContext(r.Context())
	} else {
		var done func()
		var err *bailiwick.Error
		ask := func() standing { return h.standing(r) }
		if body, done, err = rt.bodies.read(w, r, h.Service.MaxBody, ask); err != nil {
			resp, failure := h.fail(call, err)
			rt.finish(r.Context(), Record{call, failure})
			resp.Send(w)
			return
		}
		defer done()
	}
	begun := time.Now() //nolint:forbidigo // connections know the real clock only
	if h.Service.Patience > 0 {
		h.beginBy(w, r, begun, streams)
	}
	resp, failure := h.answer(r.Context(), call, r, body, op)
	rt.finish(r.Context(), Record{call, failure})
	if h.sendsLong(resp, begun) {
		allowTime(w, max(resp.Length, int64(len(resp.Body))))
	}
	resp.Send(w)
}

const (
	slowest = 16 << 10       // bytes a second: the slowest client that a long body waits for
	longest = 24 * time.Hour // for any body: a sender is believed every length
	quick   = 64 << 10       // bytes of an answer that the server's limits for all requests have time for
	small   = 8 << 10        // bytes of an answer that the system takes at once, however slow the client is
	soon    = time.Second    // an answer that begins so soon leaves its time for the way
)

// timeFor is how long a body of that many bytes may take.
func timeFor(length int64) time.Duration {
	seconds := min(max(length, 0)/slowest, int64(longest/time.Second))
	return time.Minute + time.Duration(seconds)*time.Second
}

// allowTime gives a long body more time than the server's limits for all
// requests, in proportion: those keep slow clients from holding connections.
func allowTime(w http.ResponseWriter, length int64) {
	until := time.Now().Add(timeFor(length)) //nolint:forbidigo // connections know the real clock only
	c := http.NewResponseController(w)
	// A connection without deadlines, as in tests, needs none.
	_ = c.SetReadDeadline(until)
	_ = c.SetWriteDeadline(until.Add(time.Minute))
}

// standing is what a request looks like by its head alone.
func (h *Handler) standing(r *http.Request) standing {
	switch {
	case h.Service.Tokens && bringsToken(r):
		return tokened
	case h.Authn.Plausible(r.Context(), r, h.Service.Name):
		return signed
	}
	return unsigned
}

// sendsLong tells whether an answer needs a limit of its own for its way: it is long,
// or its service's patience has been used, or would be there for a slow client to use.
func (h *Handler) sendsLong(resp wire.Response, begun time.Time) bool {
	length := max(resp.Length, int64(len(resp.Body)))
	if h.Service.Patience == 0 {
		return resp.Stream != nil && length > quick
	}
	return length > small || time.Since(begun) > soon
}

// beginBy lets an answer take its service's Patience to begin, after the time that
// a streamed body has to come.
func (h *Handler) beginBy(w http.ResponseWriter, r *http.Request, begun time.Time, streams bool) {
	wait := h.Service.Patience
	if streams {
		wait += timeFor(r.ContentLength)
	}
	// A connection without deadlines, as in tests, needs none.
	_ = http.NewResponseController(w).SetWriteDeadline(begun.Add(wait))
}

// Claimed tells whether a service takes r by its host, whatever its path.
func (rt *Router) Claimed(r *http.Request) bool { return rt.claimant(r) != nil }

func (rt *Router) claimant(r *http.Request) *Handler {
	return rt.where(func(s *Service) bool { return s.Claims != nil && s.Claims(r) })
}

// find names the service: by a host that belongs to one, by X-Amz-Target, then by
// the credential scope, then by the first label of the host, then by the version
// of a Query request; what is left goes to the service that takes it.
func (rt *Router) find(r *http.Request) *Handler {
	if h := rt.claimant(r); h != nil {
		return h
	}
	if target := r.Header.Get("X-Amz-Target"); target != "" {
		prefix, _, _ := strings.Cut(target, ".")
		return rt.where(func(s *Service) bool { return s.Target != "" && s.Target == prefix })
	}
	if name := scopeService(r); name != "" {
		return rt.named(name, r.URL.Path)
	}
	if label, _, ok := strings.Cut(r.Host, "."); ok {
		if h := rt.named(label, r.URL.Path); h != nil {
			return h
		}
	}
	if h := rt.where(func(s *Service) bool { return s.Version != "" && queryVersion(r) == s.Version }); h != nil {
		return h
	}
	return rt.where(func(s *Service) bool { return s.Leftover != nil && s.Leftover(r) })
}

// named finds the service of that name, by the longest prefix of the path where
// several share it.
func (rt *Router) named(name, path string) *Handler {
	var best *Handler
	for _, h := range rt.Handlers {
		s := &h.Service
		if s.Name == name && strings.HasPrefix(path, s.Path) && (best == nil || len(s.Path) > len(best.Service.Path)) {
			best = h
		}
	}
	return best
}

func (rt *Router) where(is func(*Service) bool) *Handler {
	for _, h := range rt.Handlers {
		if is(&h.Service) {
			return h
		}
	}
	return nil
}

// scopeService is the service in the credential scope of a signed request. It
// only routes: authentication verifies that the scope is for the service.
func scopeService(r *http.Request) string {
	scope := r.URL.Query().Get("X-Amz-Credential")
	if _, after, ok := strings.Cut(r.Header.Get("Authorization"), "Credential="); ok {
		scope, _, _ = strings.Cut(after, ",")
	}
	parts := strings.Split(scope, "/")
	if len(parts) < 5 {
		return ""
	}
	return parts[len(parts)-2]
}

// queryVersion finds the Version of an unsigned Query request, the last resort
// for AssumeRoleWithWebIdentity. The body is read by peeking and put back.
func queryVersion(r *http.Request) string {
	if v := r.URL.Query().Get("Version"); v != "" {
		return v
	}
	if r.Method != http.MethodPost || !strings.HasPrefix(r.Header.Get("Content-Type"), "application/x-www-form-urlencoded") {
		return ""
	}
	head, err := io.ReadAll(io.LimitReader(r.Body, peeked))
	if err != nil {
		return ""
	}
	r.Body = struct {
		io.Reader
		io.Closer
	}{io.MultiReader(bytes.NewReader(head), r.Body), r.Body}
	for pair := range strings.SplitSeq(string(head), "&") {
		if k, v, _ := strings.Cut(pair, "="); k == "Version" {
			v, _ = url.QueryUnescape(v)
			return v
		}
	}
	return ""
}

// peeked bounds the look for Version, in bytes: a web identity token may come first.
const peeked = 64 << 10

func (rt *Router) call(r *http.Request) *bailiwick.Call {
	c := &bailiwick.Call{
		RequestID: rt.NewID(), Who: bailiwick.Anonymous(), Account: rt.Account, Region: rt.Region, Time: rt.Now(),
		UserAgent: r.UserAgent(), Referer: r.Referer(), Secure: r.TLS != nil, Host: r.Host,
	}
	// Forwarded-for headers are the client's word and are not believed.
	if ap, err := netip.ParseAddrPort(r.RemoteAddr); err == nil {
		c.Source = ap.Addr()
	}
	return c
}

func (rt *Router) finish(ctx context.Context, rec Record) {
	rt.Records(rec)
	if !rt.Log.Enabled(ctx, slog.LevelInfo) {
		return
	}
	c, level, code := rec.Call, slog.LevelDebug, "ok"
	if rec.Failure != nil {
		level, code = slog.LevelInfo, strings.TrimPrefix(rec.Failure.Code, "bailiwick:")
	}
	rt.Log.LogAttrs(ctx, level, "request", slog.String("request", c.RequestID), slog.String("service", c.Service),
		slog.String("operation", c.Operation), slog.String("who", c.Who.ARN), slog.String("outcome", code))
}

// noService answers a request that is for no service here.
func (h *Handler) noService(call *bailiwick.Call) wire.Response {
	return h.Service.Protocol.Fail(bailiwick.Errorf(bailiwick.CodeUnknownOperation,
		"The request names no service of this server, by X-Amz-Target, credential scope, host name or API version."), call.RequestID)
}
