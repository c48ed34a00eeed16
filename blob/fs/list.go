package fs

import (
	"context"
	"errors"
	"io"
	"iter"
	"os"

	"github.com/bailiwick-project/bailiwick/blob"
)

// batch is how many names are read from a folder at a time.
const batch = 1024

// List gives the ids of all blobs and of what crashes left half-written. Other
// files are none of its business.
func (s *Store) List(ctx context.Context) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		err := s.each(ctx, ".", func(shard string) error {
			if len(shard) != 2 {
				return nil
			}
			return s.each(ctx, shard, func(id string) error {
				if blob.ValidID(id) && id[:2] == shard && !s.isWriting(id) && !yield(id, nil) {
					return errStop
				}
				return nil
			})
		})
		if err != nil && !errors.Is(err, errStop) {
			yield("", err)
		}
	}
}

// errStop says that the caller has enough.
var errStop = errors.New("stop")

// each calls do for every name in a folder.
func (s *Store) each(ctx context.Context, folder string, do func(name string) error) error {
	if err := s.usable(ctx); err != nil {
		return err
	}
	d, err := s.root.Open(folder)
	if err != nil {
		return told("listing", folder, err)
	}
	defer func() { _ = d.Close() }()
	if info, err := d.Stat(); err != nil || !info.IsDir() {
		return err
	}
	for {
		names, err := d.Readdirnames(batch)
		for _, name := range names {
			if err := do(name); err != nil {
				return err
			}
		}
		switch {
		case errors.Is(err, io.EOF), errors.Is(err, os.ErrNotExist): // a folder that is gone has no blobs
			return nil
		case err != nil:
			return told("listing", folder, err)
		}
		if err := s.usable(ctx); err != nil {
			return err
		}
	}
}
