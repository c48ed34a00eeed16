package blob

import (
	"context"
	"errors"
	"io"
	"iter"
)

// Errors of every Store, possibly wrapped.
var (
	// ErrNotFound says that no committed blob has the id.
	ErrNotFound = errors.New("blob: not found")
	// ErrFull says that there is no space for the bytes. What was written of the
	// blob is gone.
	ErrFull = errors.New("blob: no space left")
	// ErrClosed says that the store was closed, or that the writer was committed or
	// aborted.
	ErrClosed = errors.New("blob: closed")
)

// A Store keeps blobs. It is safe for concurrent use.
type Store interface {
	// Create begins a blob under a new random id. Neither Open nor List knows it
	// before Commit.
	Create(ctx context.Context) (Writer, error)
	// Open gives the bytes of a committed blob, ErrNotFound where there is none.
	Open(ctx context.Context, id string) (Reader, error)
	// Remove deletes a blob. That there is none is no error. Open readers go on.
	Remove(ctx context.Context, id string) error
	// List gives the ids of all blobs in no order, and, after a crash, those of
	// blobs that were never committed. It ends at the first error.
	List(ctx context.Context) iter.Seq2[string, error]
	// Close ends the use of the store. Readers go on, writers do not.
	Close() error
}

// A Writer takes the bytes of a new blob. It belongs to one goroutine.
type Writer interface {
	io.Writer
	// ID is the id of the blob: 32 digits of lower-case hex.
	ID() string
	// Commit makes the blob durable: when it returns nil the bytes and the name
	// survive a power cut. After any error, also of Write, the blob is gone.
	Commit() error
	// Abort removes the blob unless it was committed. It may be called always and
	// more than once.
	Abort()
}

// A Reader reads one blob, which does not change. ReadAt may be called
// concurrently, the rest belongs to one goroutine.
type Reader interface {
	io.Reader
	io.Seeker
	io.ReaderAt
	io.Closer
	Size() int64 // bytes
}
