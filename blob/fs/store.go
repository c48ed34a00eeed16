package fs

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"syscall"

	"github.com/bailiwick-project/bailiwick/blob"
)

const (
	modeFolder    = 0o700
	modeWriting   = 0o200 // of a file that is not committed
	modeCommitted = 0o400
)

// A Store is a blob.Store in a folder. Make it with Open.
type Store struct {
	random io.Reader
	root   *os.Root

	mu      sync.Mutex
	closed  bool
	shard   *shard              // where new files go; nil before the first
	writing map[string]struct{} // ids
}

// Open opens the store in dir, which it creates. Ids are drawn from random.
func Open(dir string, random io.Reader) (*Store, error) {
	if err := os.MkdirAll(dir, modeFolder); err != nil {
		return nil, fmt.Errorf("creating the blob folder: %w", err)
	}
	if err := syncDir(os.Open(filepath.Dir(dir))); err != nil {
		return nil, fmt.Errorf("creating the blob folder: %w", err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("opening the blob folder: %w", err)
	}
	return &Store{random: random, root: root, writing: map[string]struct{}{}}, nil
}

func syncDir(d *os.File, err error) error {
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// path is where a blob is, below the root. id must be valid.
func path(id string) string { return id[:2] + "/" + id }

// Open gives the bytes of a blob.
func (s *Store) Open(ctx context.Context, id string) (blob.Reader, error) {
	if err := s.usable(ctx); err != nil {
		return nil, err
	}
	if !blob.ValidID(id) || s.isWriting(id) {
		return nil, blob.ErrNotFound
	}
	f, err := s.root.Open(path(id))
	if errors.Is(err, fs.ErrPermission) {
		if info, e := s.root.Lstat(path(id)); e == nil && info.Mode()&modeCommitted == 0 {
			return nil, blob.ErrNotFound // left over from a crash
		}
	}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, blob.ErrNotFound
	case err != nil:
		return nil, told("opening", id, err)
	}
	info, err := f.Stat()
	switch {
	case err != nil:
	case !info.Mode().IsRegular():
		err = errors.New("it is no file")
	case info.Mode()&modeCommitted == 0: // left over from a crash, and this process may read everything
		err = blob.ErrNotFound
	default:
		return &reader{file: f, size: info.Size()}, nil
	}
	return nil, errors.Join(told("opening", id, err), f.Close())
}

// Remove deletes a blob.
func (s *Store) Remove(ctx context.Context, id string) error {
	if err := s.usable(ctx); err != nil {
		return err
	}
	if !blob.ValidID(id) || s.isWriting(id) {
		return nil
	}
	if err := s.root.Remove(path(id)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return told("removing", id, err)
	}
	return nil
}

// Close ends the use of the store.
func (s *Store) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil
	}
	s.closed = true
	var err error
	if s.shard != nil {
		err = s.shard.release()
	}
	return errors.Join(err, s.root.Close())
}

func (s *Store) usable(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if s.isClosed() {
		return blob.ErrClosed
	}
	return nil
}

func (s *Store) isClosed() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.closed
}

func (s *Store) isWriting(id string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, ok := s.writing[id]
	return ok
}

// told says what was being done, and what the contract of package blob calls it.
func told(doing, id string, err error) error {
	switch {
	case errors.Is(err, os.ErrClosed):
		return fmt.Errorf("%s blob %s: %w", doing, id, blob.ErrClosed)
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return fmt.Errorf("%s blob %s: %w (%w)", doing, id, blob.ErrFull, err)
	}
	return fmt.Errorf("%s blob %s: %w", doing, id, err)
}

// A reader is a file without the ways to change it. With SyscallConn, package net
// sends it without copying: see blob.Section.
type reader struct {
	file *os.File
	size int64
}

func (r *reader) Read(p []byte) (int, error)               { return r.file.Read(p) }
func (r *reader) ReadAt(p []byte, at int64) (int, error)   { return r.file.ReadAt(p, at) }
func (r *reader) Seek(at int64, whence int) (int64, error) { return r.file.Seek(at, whence) }
func (r *reader) Close() error                             { return r.file.Close() }
func (r *reader) Size() int64                              { return r.size }
func (r *reader) SyscallConn() (syscall.RawConn, error)    { return r.file.SyscallConn() }
