package s3

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"

	"github.com/bailiwick-project/bailiwick/blob"
)

// newBytes is a reader of a small content that copies in one go.
func newBytes(b []byte) io.Reader { return bytes.NewReader(b) }

// A sequence reads a range over the parts of an object, one open file at a time.
type sequence struct {
	ctx    context.Context //nolint:containedctx // of the one answer that it is
	api    *API
	held   []part // given back at Close
	rest   []part // not yet opened
	offset int64  // in the first of rest
	left   int64  // bytes to give, without those of now
	now    io.ReadCloser
}

// sequence takes the parts over, which are held.
func (a *API) sequence(ctx context.Context, parts []part, offset, length int64) *sequence {
	s := &sequence{ctx: context.WithoutCancel(ctx), api: a, held: parts, rest: parts, left: length}
	for len(s.rest) > 0 && offset >= s.rest[0].Size {
		offset -= s.rest[0].Size
		s.rest = s.rest[1:]
	}
	s.offset = offset
	return s
}

// next opens the next part, io.EOF at the end.
func (s *sequence) next() error {
	if s.left == 0 || len(s.rest) == 0 {
		return io.EOF
	}
	p := s.rest[0]
	r, err := s.api.Blobs.Open(s.ctx, p.Blob)
	if err != nil {
		err = fmt.Errorf("opening part %d: %w", p.Number, err)
		s.api.log().ErrorContext(s.ctx, "an object has lost its content", slog.Any("error", err)) // the answer has begun
		return err
	}
	n := min(p.Size-s.offset, s.left)
	if s.now, err = blob.Section(r, s.offset, n); err != nil {
		s.now = nil
		return err
	}
	s.rest, s.offset, s.left = s.rest[1:], 0, s.left-n
	return nil
}

// Read implements io.Reader.
func (s *sequence) Read(p []byte) (int, error) {
	for {
		if s.now == nil {
			if err := s.next(); err != nil {
				return 0, err
			}
		}
		n, err := s.now.Read(p)
		if err != io.EOF { // readers return io.EOF itself
			return n, err
		}
		if err := s.end(); err != nil || n > 0 {
			return n, err
		}
	}
}

// WriteTo copies part by part, so that the kernel may do it.
func (s *sequence) WriteTo(w io.Writer) (total int64, err error) {
	for {
		if s.now == nil {
			if err := s.next(); err == io.EOF { //nolint:errorlint // next returns io.EOF itself
				return total, nil
			} else if err != nil {
				return total, err
			}
		}
		n, err := io.Copy(w, s.now)
		total += n
		if err != nil {
			return total, err
		}
		if err := s.end(); err != nil {
			return total, err
		}
	}
}

func (s *sequence) end() error {
	err := s.now.Close()
	s.now = nil
	return err
}

// Close gives the parts back.
func (s *sequence) Close() error {
	s.api.letGo(s.ctx, s.held)
	s.held = nil
	if s.now != nil {
		return s.end()
	}
	return nil
}
