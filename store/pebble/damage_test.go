package pebble

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bailiwick-project/bailiwick/store"
)

// every applies change to all files of pattern, of which there must be one.
func every(t *testing.T, pattern string, change func(path string) error) {
	t.Helper()
	paths, err := filepath.Glob(pattern)
	if err != nil || len(paths) == 0 {
		t.Fatalf("no file is like %s", pattern)
	}
	for _, p := range paths {
		if err := change(p); err != nil {
			t.Fatal(err)
		}
	}
}

func garble(path string) error {
	b, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	for i := range b {
		b[i] ^= 0x5a
	}
	return os.WriteFile(path, b, 0o600)
}

func truncate(path string) error { return os.Truncate(path, 0) }

func TestRefusedFolders(t *testing.T) {
	tests := []struct {
		name   string
		change func(t *testing.T, dir string)
		err    error
		says   string
	}{
		{"newer format", func(t *testing.T, dir string) {
			write(t, filepath.Join(dir, "FORMAT"), "bailiwick store format 2 ready\n")
		}, ErrNewer, "was written by a newer version of bailiwick (format 2, this one reads 1)"},
		{"newer format in unknown words", func(t *testing.T, dir string) {
			write(t, filepath.Join(dir, "FORMAT"), "bailiwick store format 12 sharded into=7\n")
		}, ErrNewer, "format 12"},
		{"format of nonsense", func(t *testing.T, dir string) {
			write(t, filepath.Join(dir, "FORMAT"), "hello")
		}, ErrDamaged, `says "hello"`},
		{"format empty", func(t *testing.T, dir string) { write(t, filepath.Join(dir, "FORMAT"), "") }, ErrDamaged, "restore it from a backup"},
		{"format zero", func(t *testing.T, dir string) {
			write(t, filepath.Join(dir, "FORMAT"), "bailiwick store format 0 ready\n")
		}, ErrDamaged, "FORMAT"},
		{"format huge", func(t *testing.T, dir string) {
			write(t, filepath.Join(dir, "FORMAT"), strings.Repeat("x", 1<<20))
		}, ErrDamaged, "FORMAT"},
		{"format lost", func(t *testing.T, dir string) {
			_ = os.Remove(filepath.Join(dir, "FORMAT"))
		}, ErrForeign, "restore the file FORMAT"},
		{"database lost", func(t *testing.T, dir string) { _ = os.RemoveAll(filepath.Join(dir, "db")) }, ErrDamaged, "db is missing"},
		{"database emptied", func(t *testing.T, dir string) { every(t, dir+"/db/*", os.RemoveAll) }, ErrDamaged, ""},
		{"log folder lost", func(t *testing.T, dir string) { _ = os.RemoveAll(filepath.Join(dir, "db", "log")) }, ErrDamaged, "log is missing"},
		{"log lost", func(t *testing.T, dir string) { every(t, dir+"/db/log/*.log", os.Remove) }, ErrDamaged, "write-ahead log is missing"},
		{"table lost", func(t *testing.T, dir string) { every(t, dir+"/db/*.sst", os.Remove) }, ErrDamaged, ""},
		{"table cut", func(t *testing.T, dir string) { every(t, dir+"/db/*.sst", truncate) }, ErrDamaged, ""},
		{"manifest lost", func(t *testing.T, dir string) { every(t, dir+"/db/MANIFEST-*", os.Remove) }, ErrDamaged, ""},
		{"manifest cut", func(t *testing.T, dir string) { every(t, dir+"/db/MANIFEST-*", truncate) }, ErrDamaged, ""},
		{"manifest garbled", func(t *testing.T, dir string) { every(t, dir+"/db/MANIFEST-*", garble) }, ErrDamaged, ""},
		{"marker lost", func(t *testing.T, dir string) { every(t, dir+"/db/marker.manifest*", os.Remove) }, ErrDamaged, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := filled(t)
			tt.change(t, dir)
			e, err := Open(t.Context(), Options{Dir: dir})
			if err == nil {
				_ = e.Close()
				t.Fatal("the folder was opened")
			}
			if !errors.Is(err, tt.err) || !strings.Contains(err.Error(), tt.says) || !strings.Contains(err.Error(), dir) {
				t.Errorf("got %q\nwant %v, %q and the name of the folder", err, tt.err, tt.says)
			}
			if _, again := Open(t.Context(), Options{Dir: dir}); !errors.Is(again, tt.err) {
				t.Errorf("the second attempt says %v", again)
			}
		})
	}
}

// TestGarbledTable: content that cannot be read is an error at the read, not an
// absent record, which could be the one that denies.
func TestGarbledTable(t *testing.T) {
	dir := filled(t)
	every(t, dir+"/db/*.sst", garble)
	e, err := Open(t.Context(), Options{Dir: dir})
	if err != nil { // when a compaction found it first
		if !errors.Is(err, ErrDamaged) || strings.Contains(err.Error(), "\n") {
			t.Errorf("open: %v", err)
		}
		return
	}
	defer e.Close()
	err = e.View(t.Context(), func(r store.Reader) error {
		_, err := r.Get([]byte("key"))
		return err
	})
	if err == nil || errors.Is(err, store.ErrNotFound) {
		t.Errorf("a garbled table reads as %v", err)
	}
	if e.Err() == nil {
		t.Error("writes are still taken")
	}
}

// TestGarbledLog: what lies before a synced end is damage, not the torn tail
// that a power cut leaves.
func TestGarbledLog(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	e := mustOpen(t, Options{Dir: dir})
	for range 200 {
		put(t, e, "key", strings.Repeat("value", 100))
	}
	crashed := copyOf(t, dir)
	e = mustOpen(t, Options{Dir: copyOf(t, dir)}) // without damage it opens
	if got := get(t, e, "key"); !strings.HasPrefix(got, "value") {
		t.Errorf("key is %q", got)
	}
	every(t, crashed+"/db/log/*.log", func(path string) error {
		b, err := os.ReadFile(path)
		if err != nil || len(b) < 4000 {
			return err // another log may be empty
		}
		b[2000] ^= 1
		return os.WriteFile(path, b, 0o600)
	})
	if e, err := Open(t.Context(), Options{Dir: crashed}); !errors.Is(err, ErrDamaged) || !strings.Contains(err.Error(), "replaying WAL") {
		t.Errorf("open: %v, want ErrDamaged", err)
		if err == nil {
			_ = e.Close()
		}
	}
}

// TestCloseLeavesNothingInTheLog: after a clean stop the log holds nothing that
// damage could take.
func TestCloseLeavesNothingInTheLog(t *testing.T) {
	dir := filled(t)
	every(t, dir+"/db/log/*.log", truncate)
	if got := get(t, mustOpen(t, Options{Dir: dir}), "key"); got != "last" {
		t.Errorf("key is %q", got)
	}
}
