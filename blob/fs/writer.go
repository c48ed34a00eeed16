package fs

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/bailiwick-project/bailiwick/blob"
)

// Create begins a blob.
func (s *Store) Create(ctx context.Context) (blob.Writer, error) {
	if err := s.usable(ctx); err != nil {
		return nil, err
	}
	id, err := blob.NewID(s.random)
	if err != nil {
		return nil, err
	}
	sh, err := s.acquire()
	if err != nil {
		return nil, fmt.Errorf("creating a blob: %w", err)
	}
	w := &writer{store: s, shard: sh, id: sh.name + id[len(sh.name):]}
	s.mark(w.id, true)
	if w.file, err = s.root.OpenFile(path(w.id), os.O_WRONLY|os.O_CREATE|os.O_EXCL, modeWriting); err != nil {
		s.mark(w.id, false)
		return nil, errors.Join(told("creating", w.id, err), sh.release())
	}
	w.created = sh.group.begun()
	return w, nil
}

// mark remembers what is being written, so that List and Open leave it alone.
func (s *Store) mark(id string, is bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if is {
		s.writing[id] = struct{}{}
	} else {
		delete(s.writing, id)
	}
}

type writer struct {
	store   *Store
	shard   *shard
	id      string
	file    *os.File // nil: committed or gone
	created uint64   // fsyncs of the shard that had begun before the file was there
	failed  error
}

func (w *writer) ID() string { return w.id }

func (w *writer) Write(p []byte) (int, error) {
	switch {
	case w.failed != nil:
		return 0, w.failed
	case w.file == nil:
		return 0, blob.ErrClosed
	}
	n, err := w.file.Write(p)
	if err != nil {
		return n, w.fail("writing", err)
	}
	return n, nil
}

func (w *writer) Commit() error {
	switch {
	case w.failed != nil:
		return w.failed
	case w.file == nil:
		return blob.ErrClosed
	case w.store.isClosed():
		w.Abort()
		return blob.ErrClosed
	}
	if err := w.file.Chmod(modeCommitted); err != nil {
		return w.fail("committing", err)
	}
	if err := w.file.Sync(); err != nil {
		return w.fail("committing", err)
	}
	if err := w.shard.group.wait(w.created); err != nil {
		return w.fail("committing", err)
	}
	_ = w.file.Close() // the bytes are on disk, whatever becomes of the handles
	w.file = nil
	w.store.mark(w.id, false)
	_ = w.shard.release()
	return nil
}

func (w *writer) Abort() {
	if w.file != nil {
		_ = w.fail("aborting", blob.ErrClosed)
		w.failed = nil
	}
}

// fail removes the file; what can not be removed has no name in any record, and is
// swept at the next start.
func (w *writer) fail(doing string, err error) error {
	w.failed = told(doing, w.id, err)
	_ = w.file.Close()
	w.file = nil
	_ = w.store.root.Remove(path(w.id))
	w.store.mark(w.id, false)
	_ = w.shard.release()
	return w.failed
}
