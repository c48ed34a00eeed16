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

// A body is read before its sender is known, because the signature covers it, or
// the route that asks for a token is not yet found: without a bound, strangers who
// send large bodies slowly would fill the memory. Those whose signature may be true
// have a budget of their own, or strangers could keep them out.
const (
	maxSigned    = 256 << 20 // bytes of bodies that are held at one time, and may be of callers
	maxStrangers = 64 << 20  // bytes of all others
)

// smallBody is what a body may have without being counted, in bytes. The number
// of connections bounds these.
const smallBody = 64 << 10

// atOnce is how long a body may be declared to be to have its memory before it
// comes, in bytes.
const atOnce = 8 << 10

// maxUnsigned bounds a body that comes without any signature, or with one that
// cannot be true, in bytes: public operations are small.
const maxUnsigned = 1 << 20

// A standing is what a request looks like before its body came.
type standing int

const (
	unsigned standing = iota // no signature, or one that cannot be true
	tokened                  // a token, which may be anything
	signed                   // a signature that may be true
)

// bodies reads request bodies into pooled buffers within two budgets.
type bodies struct {
	signed, strangers atomic.Int64 // bytes that are held
	pool              sync.Pool
}

// read returns the body and how to give its memory back. It asks for the standing
// only of requests with a body that counts.
func (b *bodies) read(
	w http.ResponseWriter, r *http.Request, limit int64, ask func() standing,
) (body []byte, done func(), err *bailiwick.Error) {
	as := unsigned
	if looksSigned(r) && (r.ContentLength > smallBody || r.ContentLength < 0) {
		as = ask()
	}
	if as == unsigned {
		limit = min(limit, maxUnsigned)
	}
	if r.ContentLength > limit {
		return nil, nil, tooLarge(limit)
	}
	in := &counted{from: http.MaxBytesReader(w, r.Body, limit), inFlight: &b.strangers, most: maxStrangers}
	if as == signed {
		in.inFlight, in.most = &b.signed, maxSigned
	}
	buf, ok := b.pool.Get().(*bytes.Buffer)
	if !ok {
		buf = new(bytes.Buffer)
	}
	done = func() {
		in.inFlight.Add(-in.held)
		if buf.Cap() <= smallBody { // one large request must not keep its memory for ever
			buf.Reset()
			b.pool.Put(buf)
		}
	}
	if e := fill(buf, in, r); e != nil {
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

// fill reads the body. One that is declared to be small is read at once into as much
// memory, straight from the connection, which gives no more than was declared.
func fill(buf *bytes.Buffer, in *counted, r *http.Request) error {
	n := int(min(r.ContentLength, atOnce+1))
	if n < 0 || n > atOnce {
		_, err := buf.ReadFrom(in)
		return err
	}
	buf.Grow(n)
	body := buf.AvailableBuffer()[:n]
	if _, err := io.ReadFull(r.Body, body); err != nil {
		return err
	}
	_, err := buf.Write(body)
	return err
}

// counted counts a body that grows large against its budget, as it comes: were its
// declared length counted, a few idle connections would take the whole budget.
type counted struct {
	from     io.Reader
	inFlight *atomic.Int64
	most     int64 // bytes in flight
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
	if c.inFlight.Add(more) > c.most {
		c.inFlight.Add(-more)
		return n, &bailiwick.Error{Code: bailiwick.CodeBusy, Message: "Too many large requests are under way. Try again."}
	}
	c.held = c.got
	return n, err
}

// looksSigned tells whether r claims a signature. Whether it is true is authn's
// part; here it only decides how much is read.
func looksSigned(r *http.Request) bool {
	if r.Header.Get("Authorization") != "" {
		return true
	}
	q := r.URL.Query()
	return q.Has("X-Amz-Signature") || q.Has("Signature")
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
