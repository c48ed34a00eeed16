package fs_test

import (
	"crypto/rand"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	blobfs "github.com/bailiwick-project/bailiwick/blob/fs"
)

// BenchmarkDurablePut compares with what a program does that writes files with
// care: create, write, fsync, rename; and, with more care, fsync of the folder.
// GOMAXPROCS is what it is; 16 writers wait together.
func BenchmarkDurablePut(b *testing.B) {
	content := []byte(strings.Repeat("x", 4<<10))
	run := func(name string, put func(n int64) error) {
		b.Run(name, func(b *testing.B) {
			var n atomic.Int64
			b.SetParallelism(8)
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					if err := put(n.Add(1)); err != nil {
						b.Error(err)
					}
				}
			})
		})
	}
	dir := b.TempDir()
	careful := func(n int64) error {
		temp := filepath.Join(dir, fmt.Sprint(n, ".tmp"))
		f, err := os.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if err != nil {
			return err
		}
		if _, err := f.Write(content); err != nil {
			return err
		}
		if err := f.Sync(); err != nil {
			return err
		}
		if err := f.Close(); err != nil {
			return err
		}
		return os.Rename(temp, filepath.Join(dir, fmt.Sprint(n)))
	}
	run("rename", careful)
	run("rename+folder", func(n int64) error {
		if err := careful(-n); err != nil {
			return err
		}
		d, err := os.Open(dir)
		if err != nil {
			return err
		}
		defer func() { _ = d.Close() }()
		return d.Sync()
	})
	s, err := blobfs.Open(filepath.Join(b.TempDir(), "objects"), rand.Reader)
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	run("blob", func(int64) error {
		w, err := s.Create(b.Context())
		if err != nil {
			return err
		}
		if _, err := w.Write(content); err != nil {
			return err
		}
		return w.Commit()
	})
}
