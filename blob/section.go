package blob

import (
	"errors"
	"fmt"
	"io"
)

// Section gives length bytes of a blob from offset on, as the body of an answer.
// Copied with io.Copy to a http.ResponseWriter it leaves the copying to the
// kernel where the engine has files. Closing it closes r, which it takes over:
// also when it fails.
func Section(r Reader, offset, length int64) (io.ReadCloser, error) {
	if offset < 0 || length < 0 || offset > r.Size() || length > r.Size()-offset {
		err := fmt.Errorf("blob: bytes %d+%d of %d", offset, length, r.Size())
		return nil, errors.Join(err, r.Close())
	}
	if _, err := r.Seek(offset, io.SeekStart); err != nil {
		return nil, errors.Join(fmt.Errorf("seeking in a blob: %w", err), r.Close())
	}
	return &section{LimitedReader: io.LimitedReader{R: r, N: length}, Closer: r}, nil
}

type section struct {
	io.LimitedReader
	io.Closer
}

// WriteTo shows the writer an *io.LimitedReader over what the engine opened: the
// form in which net recognizes a file.
func (s *section) WriteTo(w io.Writer) (int64, error) { return io.Copy(w, &s.LimitedReader) }
