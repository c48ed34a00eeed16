package s3

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"sync"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/blob"
	"github.com/bailiwick-project/bailiwick/checksum"
)

const (
	maxPut   = 5 << 30  // bytes of one request
	inline   = 32 << 10 // bytes of an object that is kept in the store
	copySize = 128 << 10
)

// A promise is what the sender of a body says of it.
type promise struct {
	length     int64              // bytes, -1 where nothing is said
	md5        *string            // Content-MD5
	sums       []sum              // x-amz-checksum-* of the headers
	announced  checksum.Algorithm // whose value comes in a header or behind the body; "" for none
	compute    checksum.Algorithm // to be kept where the sender says nothing; "" for none
	limit      int64              // bytes
	least      int64              // bytes, of a form's content-length-range
	trailers   bailiwick.Trailers // nil: no trailers
	needLength bool
	wantBlob   bool // also of a small one
}

// A content is a body that was received whole and verified. It is nobody's until
// a transaction names it.
type content struct {
	small []byte // of at most inline bytes, else nil
	blob  string // its id; "" for a small one
	size  int64
	md5   []byte
	sum   *sum
	hash  *checksum.Hasher
}

func (c *content) etag() string { return hex.EncodeToString(c.md5) }

// flight is the blobs that are written and that no record names yet: a sweep
// leaves them alone.
type flight struct {
	mu  sync.Mutex
	ids map[string]int
}

func (f *flight) add(id string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.ids == nil {
		f.ids = map[string]int{}
	}
	f.ids[id]++
}

func (f *flight) drop(id string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.ids[id]--; f.ids[id] <= 0 {
		delete(f.ids, id)
	}
}

func (f *flight) has(id string) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.ids[id] > 0
}

// take receives a body with fixed memory and verifies it: its signature and hash
// through the reader, which fails at its end, then its length and checksums. Only
// then is it kept. done must be called when the record is written or given up.
func (a *API) take(ctx context.Context, body io.Reader, p promise) (c *content, done func(error), err error) {
	if p.length < 0 && p.needLength {
		return nil, nil, fail(http.StatusLengthRequired, "MissingContentLength", "You must provide the Content-Length HTTP header.")
	}
	if p.length > p.limit {
		return nil, nil, entityTooLarge(p.length, p.limit)
	}
	algorithms := []checksum.Algorithm{checksum.MD5}
	for _, s := range p.sums {
		algorithms = append(algorithms, s.Algorithm)
	}
	for _, a := range []checksum.Algorithm{p.announced, p.compute} {
		if a != "" {
			algorithms = append(algorithms, a)
		}
	}
	c = &content{hash: checksum.NewHasher(algorithms...)}
	w := &filing{ctx: ctx, blobs: a.Blobs, flight: &a.flight, keepSmall: !p.wantBlob}
	if err := c.receive(w, body, p); err != nil {
		w.abort()
		return nil, nil, err
	}
	if err := w.commit(); err != nil {
		w.abort()
		return nil, nil, err
	}
	c.small, c.blob = w.small(), w.id
	return c, func(outcome error) {
		if c.blob == "" {
			return
		}
		// After any other failure nobody knows whether the record is on disk, and a
		// record without its blob would be half an object: the sweep knows later.
		var refused *bailiwick.Error
		if errors.As(outcome, &refused) {
			a.remove(ctx, c.blob)
		}
		a.flight.drop(c.blob)
	}, nil
}

// receive copies the body and compares it with what was promised.
func (c *content) receive(w io.Writer, body io.Reader, p promise) error {
	if body == nil {
		body = http.NoBody
	}
	limited := &io.LimitedReader{R: body, N: p.limit + 1}
	n, err := copyBody(io.MultiWriter(c.hash, w), limited)
	c.size = n
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF):
		return incompleteBody()
	case errors.Is(err, os.ErrDeadlineExceeded):
		return fail(http.StatusBadRequest, "RequestTimeout",
			"Your socket connection to the server was not read from or written to within the timeout period. Idle connections will be closed.")
	case err != nil:
		return err
	case n > p.limit:
		return entityTooLarge(n, p.limit)
	case p.length >= 0 && n != p.length:
		return incompleteBody()
	case n < p.least:
		return fail(http.StatusBadRequest, "EntityTooSmall", "Your proposed upload is smaller than the minimum allowed size")
	}
	c.md5 = c.hash.Sum(checksum.MD5)
	return c.verify(p)
}

func incompleteBody() *bailiwick.Error {
	return fail(http.StatusBadRequest, "IncompleteBody", "You did not provide the number of bytes specified by the Content-Length HTTP header")
}

// verify compares the checksums that the sender gave with those of the bytes.
func (c *content) verify(p promise) error {
	if p.md5 != nil {
		want, err := base64.StdEncoding.Strict().DecodeString(*p.md5)
		if err != nil || len(want) != checksum.MD5.Size() {
			return invalidDigest(*p.md5)
		}
		if !checksum.Equal(want, c.md5) {
			e := fail(http.StatusBadRequest, "BadDigest", "The Content-MD5 you specified did not match what we received.")
			return with(with(e, "ExpectedDigest", *p.md5), "CalculatedDigest", base64.StdEncoding.EncodeToString(c.md5))
		}
	}
	for _, s := range p.sums {
		if err := c.matches(s); err != nil {
			return err
		}
		c.sum = &s
	}
	return c.trailing(p)
}

// of is the checksum of another algorithm than the one that was verified.
func (c *content) of(a checksum.Algorithm) *sum {
	if v := c.hash.Sum(a); v != nil && (c.sum == nil || c.sum.Algorithm != a) {
		return &sum{a, checksum.FullObject, checksum.Encode(v)}
	}
	return nil
}

// trailing verifies the checksum behind the body, or computes one where the
// sender gave none.
func (c *content) trailing(p promise) error {
	switch {
	case len(p.sums) > 0:
		return nil
	case p.announced != "":
		value, ok := "", false
		if p.trailers != nil {
			value, ok = p.trailers.Trailer(p.announced.Header())
		}
		if !ok {
			return invalidRequest("x-amz-sdk-checksum-algorithm specified, but no corresponding x-amz-checksum-* or x-amz-trailer headers were found.")
		}
		c.sum = &sum{p.announced, checksum.FullObject, value}
		return c.matches(*c.sum)
	case p.compute != "":
		c.sum = &sum{p.compute, checksum.FullObject, checksum.Encode(c.hash.Sum(p.compute))}
	}
	return nil
}

func (c *content) matches(s sum) error {
	want, err := s.Algorithm.Decode(s.Value)
	if err != nil {
		return invalidRequest("Value for " + s.Algorithm.Header() + " header is invalid.")
	}
	if !checksum.Equal(want, c.hash.Sum(s.Algorithm)) {
		return badSum(s.Algorithm)
	}
	return nil
}

func badSum(a checksum.Algorithm) *bailiwick.Error {
	return fail(http.StatusBadRequest, "BadDigest", "The "+string(a)+" you specified did not match the calculated checksum.")
}

func invalidDigest(value string) *bailiwick.Error {
	return with(fail(http.StatusBadRequest, "InvalidDigest", "The Content-MD5 you specified was invalid."), "Content-MD5", value)
}

// buffers are those of copyBody. They do not come from the request's own memory:
// a thousand uploads must cost a thousand small buffers.
var buffers = sync.Pool{New: func() any { return new([copySize]byte) }}

func copyBody(w io.Writer, r io.Reader) (int64, error) {
	buf, ok := buffers.Get().(*[copySize]byte)
	if !ok {
		buf = new([copySize]byte)
	}
	defer buffers.Put(buf)
	// Neither side may take over with a buffer of its own.
	return io.CopyBuffer(struct{ io.Writer }{w}, struct{ io.Reader }{r}, buf[:])
}

// filing holds a small body in memory and begins a blob when it is too large.
type filing struct {
	ctx       context.Context //nolint:containedctx // of the one request that it serves
	blobs     blob.Store
	flight    *flight
	keepSmall bool

	head bytes.Buffer
	to   blob.Writer
	id   string
}

// Write implements io.Writer.
func (f *filing) Write(p []byte) (int, error) {
	if f.to == nil && f.keepSmall && f.head.Len()+len(p) <= inline {
		return f.head.Write(p)
	}
	if err := f.spill(); err != nil {
		return 0, err
	}
	return f.to.Write(p)
}

// spill begins the blob with what came so far.
func (f *filing) spill() error {
	if f.to != nil {
		return nil
	}
	to, err := f.blobs.Create(f.ctx)
	if err != nil {
		return fmt.Errorf("beginning a blob: %w", err)
	}
	f.to, f.id = to, to.ID()
	f.flight.add(f.id)
	if _, err := to.Write(f.head.Bytes()); err != nil {
		return fmt.Errorf("writing a blob: %w", err)
	}
	f.head = bytes.Buffer{}
	return nil
}

func (f *filing) commit() error {
	if !f.keepSmall {
		if err := f.spill(); err != nil {
			return err
		}
	}
	if f.to == nil {
		return nil
	}
	if err := f.to.Commit(); err != nil {
		return fmt.Errorf("keeping a blob: %w", err)
	}
	return nil
}

func (f *filing) small() []byte {
	if f.to != nil {
		return nil
	}
	return f.head.Bytes()
}

func (f *filing) abort() {
	if f.to != nil {
		f.to.Abort()
		f.flight.drop(f.id)
	}
}
