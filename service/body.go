package service

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/bailiwick-project/bailiwick"
)

// maxInFlight bounds the bodies that are held at one time, in bytes. A body is
// read before its sender is known, because the signature covers it: without a
// bound, strangers who send large bodies slowly would fill the memory.
const maxInFlight = 256 << 20

// smallBody is what a body may have without being counted, in bytes. The number
// of connections bounds these.
const smallBody = 64 << 10

// maxUnsigned bounds a body that comes without any signature, or with one that
// cannot be true, in bytes: public operations are small, and a stranger must not
// fill the budget.
const maxUnsigned = 1 << 20

// bodies reads request bodies into pooled buffers within a common budget.
type bodies struct {
	inFlight atomic.Int64
	pool     sync.Pool
}

// read returns the body and how to give its memory back. plausible is asked only
// about large bodies.
func (b *bodies) read(
	w http.ResponseWriter, r *http.Request, limit int64, plausible func() bool,
) (body []byte, done func(), err *bailiwick.Error) {
	large := r.ContentLength > maxUnsigned || r.ContentLength < 0
	if !looksSigned(r) || large && limit > maxUnsigned && !plausible() {
		limit = min(limit, maxUnsigned)
	}
	if r.ContentLength > limit {
		return nil, nil, tooLarge(limit)
	}
	in := &counted{from: http.MaxBytesReader(w, r.Body, limit), inFlight: &b.inFlight}
	buf, ok := b.pool.Get().(*bytes.Buffer)
	if !ok {
		buf = new(bytes.Buffer)
	}
	done = func() {
		b.inFlight.Add(-in.held)
		if buf.Cap() <= smallBody { // one large request must not keep its memory for ever
			buf.Reset()
			b.pool.Put(buf)
		}
	}
	if _, e := buf.ReadFrom(in); e != nil {
		done()
		var over *http.MaxBytesError
		var busy *bailiwick.Error
		switch {
		case errors.As(e, &over):
			return nil, nil, tooLarge(limit)
		case errors.As(e, &busy):
			return nil, nil, busy
		}
		return nil, nil, &bailiwick.Error{Code: bailiwick.CodeSerialization, Message: "The body could not be read.", Cause: e}
	}
	return buf.Bytes(), done, nil
}

// counted counts a body that grows large against the common budget, as it comes:
// were its declared length counted, a few idle connections of strangers would take
// the whole budget.
type counted struct {
	from     io.Reader
	inFlight *atomic.Int64
	got      int64 // bytes
	held     int64 // of them, counted
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.from.Read(p)
	c.got += int64(n)
	if c.got <= smallBody {
		return n, err
	}
	more := c.got - c.held
	if c.inFlight.Add(more) > maxInFlight {
		c.inFlight.Add(-more)
		return n, &bailiwick.Error{Code: bailiwick.CodeBusy, Message: "Too many large requests are under way. Try again."}
	}
	c.held = c.got
	return n, err
}

// looksSigned tells whether r claims a signature. Whether it is true is authn's
// part; here it only decides how much is read.
func looksSigned(r *http.Request) bool {
	q := r.URL.Query()
	return r.Header.Get("Authorization") != "" || q.Has("X-Amz-Signature") || q.Has("Signature")
}

// bringsToken tells whether r claims a token, which is verified with the route that
// asks for it.
func bringsToken(r *http.Request) bool {
	auth := r.Header.Get("Authorization")
	return auth != "" && !strings.HasPrefix(auth, "AWS4-")
}

func tooLarge(limit int64) *bailiwick.Error {
	return bailiwick.Errorf(bailiwick.CodeTooLarge, "Request size exceeded %d bytes.", limit)
}
