package fs

import (
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"sync/atomic"

	"github.com/bailiwick-project/bailiwick/blob"
)

// perShard is how many files are created in a folder before the next has its turn:
// enough that those who write together meet, and few enough that no folder grows
// large.
const perShard = 4096

// A shard is the folder of the ids that begin with its name. It is closed when the
// store has moved on and the last writer is done.
type shard struct {
	name  string // two digits of hex
	dir   *os.File
	group group
	left  int // files until the next shard's turn
	users atomic.Int64
}

// acquire returns the shard of the next file; its user releases it.
func (s *Store) acquire() (*shard, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil, blob.ErrClosed
	}
	if s.shard == nil || s.shard.left == 0 || s.shard.group.broken() {
		next, err := s.open()
		if err != nil {
			return nil, err
		}
		if s.shard != nil {
			_ = s.shard.release()
		}
		s.shard = next
	}
	s.shard.left--
	s.shard.users.Add(1)
	return s.shard, nil
}

// open makes a shard, at random, so that all grow alike over many starts.
func (s *Store) open() (*shard, error) {
	var b [1]byte
	if _, err := io.ReadFull(s.random, b[:]); err != nil {
		return nil, fmt.Errorf("choosing a folder: %w", err)
	}
	name := hex.EncodeToString(b[:])
	if err := s.root.Mkdir(name, modeFolder); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, err
	}
	// Also if it was there: whoever made it may have crashed before this.
	if err := syncDir(s.root.Open(".")); err != nil {
		return nil, err
	}
	dir, err := s.root.Open(name)
	if err != nil {
		return nil, err
	}
	sh := &shard{name: name, dir: dir, left: perShard}
	sh.group.sync = dir.Sync
	sh.users.Store(1) // the store's
	return sh, nil
}

func (s *shard) release() error {
	if s.users.Add(-1) > 0 {
		return nil
	}
	return s.dir.Close()
}
