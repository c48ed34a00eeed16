package executeapi

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/gateway"
	"github.com/bailiwick-project/bailiwick/wire"
)

const (
	via        = "bailiwick"
	maxHops    = 8        // through this server, before a request is a loop
	maxAnswer  = 10 << 20 // bytes of a backend's answer. Source: quotas
	smallReply = 64 << 10 // bytes that are read before the answer begins
)

// forward sends the request to an HTTP backend. It is made anew: method, URL and
// headers are the integration's and what of the client's is not a credential, a
// claim about the connection, or for one hop only. Redirects are the client's.
func (a *API) forward(ctx context.Context, call *bailiwick.Call, p *plan) (*answer, error) {
	out, err := p.backendRequest(call)
	switch {
	case errors.Is(err, gateway.ErrTarget):
		call.Note("A value of the request cannot be part of the request to the backend.")
		return nil, errBadRequest()
	case err != nil:
		return nil, err
	case hops(p.request) >= maxHops:
		call.Note("The integration of %s leads back to this server.", p.match.Route.Key())
		return nil, told(codeLoop, http.StatusLoopDetected, "Loop Detected")
	}
	ctx, cancel := context.WithTimeout(ctx, p.match.Route.Integration.Timeout)
	resp, err := a.Backends.RoundTrip(out.WithContext(ctx)) //nolint:bodyclose // backendAnswer closes it, or the stream does
	if err != nil {
		defer cancel()
		call.Note("The backend %s could not be asked: %v.", out.URL.Host, err)
		return nil, p.protocol.errBackend(errors.Is(ctx.Err(), context.DeadlineExceeded))
	}
	answered, err := p.backendAnswer(resp, cancel)
	if err != nil {
		call.Note("The answer of the backend %s cannot be passed on: %v.", out.URL.Host, err)
		return nil, p.protocol.errBackend(errors.Is(ctx.Err(), context.DeadlineExceeded))
	}
	return answered, nil
}

func (p *protocol) errBackend(late bool) error {
	switch {
	case p.kind == gateway.HTTP:
		return told(codeUnavailable, http.StatusServiceUnavailable, "Service Unavailable")
	case late:
		return p.errTimeout()
	}
	return told(codeServerError, http.StatusGatewayTimeout, "Network error communicating with endpoint")
}

func hops(r *http.Request) int {
	n := 0
	for _, v := range r.Header["Via"] {
		n += strings.Count(v, via)
	}
	return n
}

func (p *plan) backendRequest(call *bailiwick.Call) (*http.Request, error) {
	i := p.match.Route.Integration
	t := i.Target()
	path, err := t.Expand(func(name string) ([]string, error) { return p.targetValue(call, name) })
	if err != nil {
		return nil, err
	}
	u := &url.URL{Scheme: t.Scheme, Host: t.Host}
	if u.Path, err = url.PathUnescape(path); err != nil {
		return nil, gateway.ErrTarget
	}
	u.RawPath = path
	query := unfixed(p.query, t.Query)
	r := &http.Request{
		Method: i.Method, URL: u, Host: t.Host, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Header: p.backendHeader(call),
	}
	if r.Method == gateway.AnyMethod {
		r.Method = p.match.Method
	}
	if query, err = p.applyMappings(call, r.Header, query); err != nil {
		return nil, err
	}
	u.RawQuery = t.Query
	if own := encodeQuery(query); own != "" {
		u.RawQuery = strings.TrimPrefix(t.Query+"&"+own, "&")
	}
	if len(p.body) > 0 {
		r.ContentLength = int64(len(p.body))
		r.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(p.body)), nil }
		r.Body, _ = r.GetBody()
	}
	return r, nil
}

// unfixed drops what the client says of parameters that the target's URI fixes: a
// backend that reads the last of two would read the client's.
func unfixed(query []parameter, target string) []parameter {
	fixed, err := parseQuery(target) // gateway.ParseTarget has read it
	if err != nil || len(fixed) == 0 {
		return query
	}
	return slices.DeleteFunc(slices.Clone(query), func(q parameter) bool {
		return slices.ContainsFunc(fixed, func(f parameter) bool { return f.name == q.name })
	})
}

// backendHeader says what the connection was, in this server's own words.
func (p *plan) backendHeader(call *bailiwick.Call) http.Header {
	h := p.header.Clone()
	delete(h, "Content-Length") // of the body that is sent
	if _, ok := h["User-Agent"]; !ok {
		h["User-Agent"] = nil // net/http would add its own
	}
	h["X-Forwarded-Host"] = []string{p.request.Host}
	if p.deployment.Kind == gateway.HTTP {
		h["Forwarded"] = []string{`for="` + forwardedFor(call) + `";host="` + strings.ReplaceAll(p.request.Host, `"`, "") + `";proto=` + scheme(call)}
	}
	h["Via"] = append(h["Via"][:len(h["Via"]):len(h["Via"])], "1.1 "+via)
	return h
}

// forwardedFor is a node in the syntax of RFC 7239, section 6.
func forwardedFor(call *bailiwick.Call) string {
	ip := sourceIP(call)
	switch {
	case ip == "":
		return "unknown"
	case strings.Contains(ip, ":"):
		return "[" + ip + "]"
	}
	return ip
}

// targetValue is the segments that replace a variable of the target.
func (p *plan) targetValue(call *bailiwick.Call, name string) ([]string, error) {
	source := gateway.Source{Place: gateway.InPath, Name: name} // an HTTP API's own variable
	for _, m := range p.match.Route.Integration.Parameters {
		if m.Place == gateway.InPath && m.Name == name {
			source = m.Source
		}
	}
	if source.Place == gateway.InPath {
		segments, _ := p.match.Segments(source.Name)
		return segments, nil
	}
	v, ok := p.value(call, source)
	if !ok {
		return nil, gateway.ErrTarget
	}
	return []string{v}, nil
}

// applyMappings sets headers and query parameters that the integration maps. What
// the client sent under such a name never reaches the backend, also where there
// is no value: a backend believes these.
func (p *plan) applyMappings(call *bailiwick.Call, h http.Header, query []parameter) ([]parameter, error) {
	for _, m := range p.match.Route.Integration.Parameters {
		v, ok := p.value(call, m.Source)
		switch m.Place {
		case gateway.InHeader:
			for name := range h {
				if folded(name) == folded(m.Name) {
					delete(h, name)
				}
			}
			if strings.ContainsAny(v, "\r\n\x00") {
				return nil, gateway.ErrTarget
			}
			if ok {
				h.Set(m.Name, v)
			}
		case gateway.InQuery:
			kept := query[:0:0]
			for _, q := range query {
				if q.name != m.Name {
					kept = append(kept, q)
				}
			}
			if ok {
				kept = append(kept, parameter{m.Name, v})
			}
			query = kept
		case gateway.InPath, gateway.Static, gateway.Context, gateway.StageVar:
		}
	}
	return query, nil
}

// value finds what a mapping asks for.
func (p *plan) value(call *bailiwick.Call, s gateway.Source) (string, bool) {
	if s.Place == gateway.Context {
		return p.contextValue(call, s.Name)
	}
	return p.clientValue(s)
}

// backendAnswer passes an answer on. Where its length is known it is not held
// here; else it is read first. cancel ends the request to the backend.
func (p *plan) backendAnswer(resp *http.Response, cancel context.CancelFunc) (*answer, error) {
	out := wire.Response{Status: resp.StatusCode, Header: p.answerHeader(resp.Header)}
	bodiless := p.match.Method == http.MethodHead || resp.StatusCode == http.StatusNoContent || resp.StatusCode == http.StatusNotModified
	switch {
	case resp.StatusCode < 200 || resp.StatusCode > 599:
		return nil, errors.Join(errors.New("its status is none"), closing(resp.Body, cancel))
	case resp.ContentLength > maxAnswer:
		return nil, errors.Join(errors.New("it is too large"), closing(resp.Body, cancel))
	case bodiless:
		if length := resp.Header["Content-Length"]; p.match.Method == http.MethodHead && len(length) == 1 {
			out.Header["Content-Length"] = length
		}
		return &answer{out}, closing(resp.Body, cancel)
	case resp.ContentLength > smallReply:
		out.Stream, out.Length = &stream{resp.Body, cancel}, resp.ContentLength
		return &answer{out}, nil
	}
	body, err := readBody(resp)
	if err = errors.Join(err, closing(resp.Body, cancel)); err != nil {
		return nil, err
	}
	if len(body) > maxAnswer {
		return nil, errors.New("it is too large")
	}
	out.Body = body
	return &answer{out}, nil
}

func readBody(resp *http.Response) ([]byte, error) {
	if n := resp.ContentLength; n >= 0 {
		body := make([]byte, n)
		_, err := io.ReadFull(resp.Body, body)
		return body, err
	}
	return io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
}

func closing(body io.Closer, cancel context.CancelFunc) error {
	cancel()
	return body.Close()
}

// A stream is a backend's body and what ends the request when it is read.
type stream struct {
	io.ReadCloser
	cancel context.CancelFunc
}

func (s *stream) Close() error { return closing(s.ReadCloser, s.cancel) }

// remapped are headers that a REST API renames, so that they are not taken for its
// own. Source: API Gateway Developer Guide, "Important notes", REST APIs.
var remapped = map[string]bool{
	"Date": true, "Server": true, "Www-Authenticate": true, "Authorization": true, "X-Amzn-Requestid": true, "X-Amzn-Errortype": true,
}

func (p *plan) answerHeader(from http.Header) http.Header {
	h := from.Clone()
	dropHops(h)
	delete(h, "Content-Length") // of the body that is sent
	if p.deployment.Kind == gateway.REST {
		for name := range remapped {
			if v, ok := h[name]; ok {
				h["X-Amzn-Remapped-"+name] = v
				delete(h, name)
			}
		}
	}
	return h
}
