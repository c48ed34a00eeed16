package sigv4

import (
	"bufio"
	"errors"
	"io"
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// Values of x-amz-content-sha256 for bodies in the framing aws-chunked.
const (
	// StreamingSigned: every chunk is signed.
	StreamingSigned = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"
	// StreamingSignedTrailer: every chunk is signed, and the trailers are.
	StreamingSignedTrailer = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER"
	// StreamingUnsignedTrailer: neither chunks nor trailers are signed.
	StreamingUnsignedTrailer = "STREAMING-UNSIGNED-PAYLOAD-TRAILER"
)

const (
	// MaxChunk is the largest signed chunk in bytes. It is held in memory until its
	// signature is verified; clients send 64 KiB to 1 MiB. Unsigned chunks pass
	// through and have no limit.
	MaxChunk = 16 << 20
	// MinChunk is the smallest chunk in bytes, except for the last.
	// Source: S3 API Reference, "Transferring Payload in Multiple Chunks".
	MinChunk = 8 << 10

	maxLine     = 4 << 10 // bytes of a line of the framing
	firstBuffer = 64 << 10
)

// Streaming tells whether a payload hash announces the framing aws-chunked.
func Streaming(payloadHash string) bool {
	return payloadHash == StreamingSigned || payloadHash == StreamingSignedTrailer || payloadHash == StreamingUnsignedTrailer
}

// Chunks reads a body in the framing aws-chunked. Of signed chunks it gives no
// byte before the chunk's signature was verified. It ends with io.EOF only when
// the final chunk was there, the bytes are as many as declared, the trailers are
// exactly those announced, their signature holds, and nothing follows.
//
// Sources: S3 API Reference, "Transferring Payload in Multiple Chunks" and
// "Signature calculations for trailing headers".
type Chunks struct {
	body io.ReadCloser
	in   *bufio.Reader
	form string
	sign *chunkSigner // nil: unsigned

	declared, got int64
	announced     []string
	trailers      map[string]string

	number   int   // of the chunk, from 1
	size     int64 // of the chunk
	left     int64 // unsigned bytes of the chunk that are still to be read
	buffer   []byte
	verified []byte // signed bytes still to be given; part of buffer
	done     bool   // all of it was there
	err      error
}

// Chunks reads the body of r, whose signature must have been verified under key
// and whose payload hash must be Streaming.
func (s *Signature) Chunks(r *http.Request, key SigningKey) (*Chunks, error) {
	if !s.verified {
		return nil, errOrder
	}
	if s.Presigned || !Streaming(s.PayloadHash) {
		return nil, errors.New("sigv4: Chunks of a payload that is not streamed")
	}
	c, err := newChunks(r, s.PayloadHash)
	if err != nil {
		return nil, err
	}
	if s.PayloadHash != StreamingUnsignedTrailer {
		c.sign = newChunkSigner(s, key)
	}
	return c, nil
}

// UnsignedChunks reads the body of an anonymous request in the framing
// aws-chunked.
func UnsignedChunks(r *http.Request) (*Chunks, error) { return newChunks(r, StreamingUnsignedTrailer) }

func newChunks(r *http.Request, form string) (*Chunks, error) {
	c := &Chunks{body: r.Body, in: bufio.NewReaderSize(r.Body, maxLine), form: form, trailers: map[string]string{}}
	length, err := single(r.Header, "X-Amz-Decoded-Content-Length")
	if err != nil {
		return nil, err
	}
	if length == "" {
		return nil, fail(NoLength, "x-amz-decoded-content-length is required for %s.", form)
	}
	if n, err := strconv.ParseUint(length, 10, 63); err != nil {
		return nil, fail(NoLength, "x-amz-decoded-content-length is no number: '%s'.", shorten(length))
	} else {
		c.declared = int64(n)
	}
	if c.announced, err = announced(r.Header); err != nil {
		return nil, err
	}
	if form == StreamingSigned && len(c.announced) > 0 {
		return nil, fail(Announcement, "x-amz-trailer announces trailers, and %s has none.", form)
	}
	return c, nil
}

// Length is how many bytes Read gives before io.EOF.
func (c *Chunks) Length() int64 { return c.declared }

// Trailer is the value of a trailer, by its name in lower case. There is none
// before io.EOF.
func (c *Chunks) Trailer(name string) (string, bool) {
	if !c.done {
		return "", false
	}
	v, ok := c.trailers[name]
	return v, ok
}

// Close closes the body.
func (c *Chunks) Close() error { return c.body.Close() }

// Read gives the bytes without their framing. Its errors, except io.EOF and those
// of the connection, are *Error.
func (c *Chunks) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	for {
		switch {
		case len(c.verified) > 0:
			n := copy(p, c.verified)
			c.verified = c.verified[n:]
			return n, nil
		case c.err != nil:
			return 0, c.err
		case c.done:
			return 0, io.EOF
		case c.left > 0:
			n, err := c.in.Read(p[:min(int64(len(p)), c.left)])
			c.left -= int64(n)
			if c.left == 0 && err == nil {
				err = c.lineEnd()
			}
			c.err = framing(err)
			if n > 0 {
				return n, nil
			}
		default:
			c.err = framing(c.next())
		}
	}
}

// next reads the head of a chunk, and all of a signed one.
func (c *Chunks) next() error {
	size, signature, err := c.head()
	if err != nil {
		return err
	}
	c.number++
	if c.number > 1 && c.size < MinChunk && size > 0 {
		return &Error{
			Kind: ChunkSize, Message: "Only the last chunk is allowed to have a size less than 8192 bytes",
			Facts: map[string]string{"Chunk": itoa(c.number), "BadChunkSize": strconv.FormatInt(c.size, 10)},
		}
	}
	c.size = size
	if size > c.declared-c.got {
		return c.wrongLength(size)
	}
	c.got += size
	switch {
	case size == 0:
		return c.end(signature)
	case c.sign == nil:
		c.left = size
		return nil
	}
	if size > MaxChunk {
		return fail(TooLarge, "A signed chunk has more than %d bytes.", MaxChunk)
	}
	if err := c.fill(int(size)); err != nil {
		return err
	}
	if err := c.lineEnd(); err != nil {
		return err
	}
	if err := c.sign.verifyChunk(c.buffer, signature); err != nil {
		return err
	}
	c.verified = c.buffer
	return nil
}

func (c *Chunks) wrongLength(more int64) error {
	provided := c.got + min(more, math.MaxInt64-c.got)
	return &Error{
		Kind: Length, Message: "You did not provide the number of bytes specified by the Content-Length HTTP header",
		Facts: map[string]string{
			"NumberBytesExpected": strconv.FormatInt(c.declared, 10), "NumberBytesProvided": strconv.FormatInt(provided, 10),
		},
	}
}

// head reads the line before a chunk: "400;chunk-signature=..." or "400".
func (c *Chunks) head() (size int64, signature string, err error) {
	line, err := c.line()
	if err != nil {
		return 0, "", err
	}
	line, ok := strings.CutSuffix(line, "\r")
	if c.sign != nil && ok {
		line, signature, ok = strings.Cut(line, ";chunk-signature=")
		ok = ok && declared(signature)
	}
	n, err := strconv.ParseUint(line, 16, 63)
	if !ok || err != nil {
		return 0, "", errFraming()
	}
	return int64(n), signature, nil
}

// fill reads a signed chunk. Memory grows with what came, not with what was
// claimed.
func (c *Chunks) fill(size int) error {
	c.buffer = c.buffer[:0]
	for have := 0; have < size; have = len(c.buffer) {
		step := min(size-have, max(have, firstBuffer))
		c.buffer = slices.Grow(c.buffer, step)[:have+step]
		if _, err := io.ReadFull(c.in, c.buffer[have:]); err != nil {
			return err
		}
	}
	return nil
}

// end reads everything behind the last byte.
func (c *Chunks) end(signature string) error {
	if c.sign != nil {
		if err := c.sign.verifyChunk(nil, signature); err != nil {
			return err
		}
	}
	if c.got != c.declared {
		return c.wrongLength(0)
	}
	var err error
	switch c.form {
	case StreamingSigned:
		err = c.lineEnd()
	case StreamingSignedTrailer:
		err = c.signedTrailers()
	default:
		err = c.unsignedTrailers()
	}
	if err != nil {
		return err
	}
	_, err = c.in.ReadByte()
	c.done = errors.Is(err, io.EOF)
	if c.done {
		return nil
	}
	return errors.Join(err, errFraming())
}

// line reads up to a line feed, which it drops.
func (c *Chunks) line() (string, error) {
	b, err := c.in.ReadSlice('\n')
	switch {
	case errors.Is(err, bufio.ErrBufferFull):
		return "", errFraming()
	case err != nil:
		return "", err
	}
	return string(b[:len(b)-1]), nil
}

func (c *Chunks) lineEnd() error {
	if line, err := c.line(); err != nil {
		return err
	} else if line != "\r" {
		return errFraming()
	}
	return nil
}

// framing makes what it is of an end in the middle: never the io.EOF by which
// readers know that they have everything.
func framing(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return errFraming()
	}
	return err
}

func errFraming() error { return fail(Framing, "The request body terminated unexpectedly") }
