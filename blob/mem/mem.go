// Package mem keeps blobs in memory: for tests, and for servers that forget
// everything when they stop.
package mem

import (
	"bytes"
	"context"
	"io"
	"iter"
	"maps"
	"slices"
	"sync"

	"github.com/bailiwick-project/bailiwick/blob"
)

// A Store is a blob.Store in memory. Make it with New.
type Store struct {
	random io.Reader

	mu     sync.Mutex
	blobs  map[string][]byte
	closed bool
}

// New returns an empty store that draws its ids from random.
func New(random io.Reader) *Store { return &Store{random: random, blobs: map[string][]byte{}} }

// Create begins a blob.
func (s *Store) Create(ctx context.Context) (blob.Writer, error) {
	if err := s.usable(ctx); err != nil {
		return nil, err
	}
	id, err := blob.NewID(s.random)
	if err != nil {
		return nil, err
	}
	return &writer{store: s, id: id}, nil
}

// Open gives the bytes of a blob.
func (s *Store) Open(ctx context.Context, id string) (blob.Reader, error) {
	if err := s.usable(ctx); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	b, ok := s.blobs[id]
	if !ok {
		return nil, blob.ErrNotFound
	}
	return reader{bytes.NewReader(b)}, nil
}

// Remove deletes a blob.
func (s *Store) Remove(ctx context.Context, id string) error {
	if err := s.usable(ctx); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.blobs, id)
	return nil
}

// List gives the ids of the moment when it begins.
func (s *Store) List(ctx context.Context) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		if err := s.usable(ctx); err != nil {
			yield("", err)
			return
		}
		s.mu.Lock()
		ids := slices.Collect(maps.Keys(s.blobs))
		s.mu.Unlock()
		for _, id := range ids {
			if !yield(id, nil) {
				return
			}
		}
	}
}

// Close forgets everything.
func (s *Store) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed, s.blobs = true, nil
	return nil
}

func (s *Store) usable(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return blob.ErrClosed
	}
	return nil
}

type writer struct {
	store *Store
	id    string
	buf   bytes.Buffer
	done  bool
}

func (w *writer) ID() string { return w.id }

func (w *writer) Write(p []byte) (int, error) {
	if w.done {
		return 0, blob.ErrClosed
	}
	return w.buf.Write(p)
}

func (w *writer) Commit() error {
	if w.done {
		return blob.ErrClosed
	}
	w.done = true
	w.store.mu.Lock()
	defer w.store.mu.Unlock()
	if w.store.closed {
		return blob.ErrClosed
	}
	w.store.blobs[w.id] = w.buf.Bytes()
	return nil
}

func (w *writer) Abort() { w.done, w.buf = true, bytes.Buffer{} }

type reader struct{ *bytes.Reader }

func (reader) Close() error { return nil }
