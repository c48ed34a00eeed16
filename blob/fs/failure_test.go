package fs

import (
	"context"
	"crypto/rand"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/bailiwick-project/bailiwick/blob"
)

func opened(t *testing.T) *Store {
	t.Helper()
	s, err := Open(filepath.Join(t.TempDir(), "objects"), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// begin returns a writer with some bytes in it.
func begin(t *testing.T, s *Store) *writer {
	t.Helper()
	created, err := s.Create(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(created, "some bytes"); err != nil {
		t.Fatal(err)
	}
	w, ok := created.(*writer)
	if !ok {
		t.Fatalf("%T", created)
	}
	return w
}

func listed(t *testing.T, s *Store) int {
	t.Helper()
	n := 0
	for _, err := range s.List(context.Background()) {
		if err != nil {
			t.Fatal(err)
		}
		n++
	}
	return n
}

// TestFailedWriter: whatever fails, the file is gone and the writer says why, for
// ever.
func TestFailedWriter(t *testing.T) {
	disk := errors.New("the disk is broken")
	for name, breaks := range map[string]func(*testing.T, *writer){
		"write and sync": func(t *testing.T, w *writer) { // as a full disk: the handle does not write any more
			f, err := os.Open(os.DevNull)
			if err != nil {
				t.Fatal(err)
			}
			_ = w.file.Close()
			w.file = f
		},
		"fsync of the folder": func(_ *testing.T, w *writer) { w.shard.group.sync = func() error { return disk } },
	} {
		t.Run(name, func(t *testing.T) {
			s := opened(t)
			w := begin(t, s)
			breaks(t, w)
			_, _ = io.WriteString(w, "more")
			err := w.Commit()
			if err == nil {
				t.Fatal("committed")
			}
			if again := w.Commit(); !errors.Is(again, err) {
				t.Errorf("again: %v", again)
			}
			if _, err := io.WriteString(w, "more"); err == nil {
				t.Error("written on")
			}
			w.Abort()
			if _, err := s.root.Lstat(path(w.id)); !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("the file: %v", err)
			}
			if n := listed(t, s); n != 0 || len(s.writing) != 0 {
				t.Errorf("%d blobs, %d being written", n, len(s.writing))
			}
			if err := begin(t, s).Commit(); err != nil {
				t.Errorf("the next: %v", err)
			}
		})
	}
}

// TestBrokenFolder: after a failed fsync nobody trusts the folder again, and
// writers go on in another.
func TestBrokenFolder(t *testing.T) {
	s := opened(t)
	w, beside := begin(t, s), begin(t, s)
	first := s.shard
	first.group.sync = func() error { return syscall.EIO }
	if err := w.Commit(); !errors.Is(err, syscall.EIO) {
		t.Fatalf("%v", err)
	}
	first.group.sync = func() error { return nil } // the kernel reports it once
	if err := beside.Commit(); !errors.Is(err, syscall.EIO) {
		t.Errorf("a writer beside it: %v", err)
	}
	next := begin(t, s)
	if next.shard == first {
		t.Error("the same folder")
	}
	if err := next.Commit(); err != nil {
		t.Error(err)
	}
}

func TestTold(t *testing.T) {
	for err, want := range map[error]error{
		syscall.ENOSPC: blob.ErrFull, syscall.EDQUOT: blob.ErrFull, os.ErrClosed: blob.ErrClosed, syscall.EIO: syscall.EIO,
	} {
		got := told("writing", "4e", &os.PathError{Op: "write", Path: "4e", Err: err})
		if !errors.Is(got, want) || !strings.HasPrefix(got.Error(), "writing blob 4e: ") {
			t.Errorf("%v: %v", err, got)
		}
	}
}

// TestLeftOver: a file that a crash left in the middle is swept, never read.
func TestLeftOver(t *testing.T) {
	s := opened(t)
	w := begin(t, s)
	delete(s.writing, w.id) // as if this were the next process
	if r, err := s.Open(t.Context(), w.id); !errors.Is(err, blob.ErrNotFound) || r != nil {
		t.Errorf("%v, %v", r, err)
	}
	if n := listed(t, s); n != 1 {
		t.Errorf("%d to sweep", n)
	}
	if err := s.Remove(t.Context(), w.id); err != nil {
		t.Error(err)
	}
	if n := listed(t, s); n != 0 {
		t.Errorf("%d left", n)
	}
	w.Abort()
}

// TestShardsTakeTurns: and handles are closed when the last writer is done.
func TestShardsTakeTurns(t *testing.T) {
	s := opened(t)
	w := begin(t, s)
	first := w.shard
	first.left = 0
	for s.shard == first { // the draw may name the same folder, as another shard
		begin(t, s).Abort()
	}
	if _, err := first.dir.Stat(); err != nil {
		t.Errorf("closed under a writer: %v", err)
	}
	if err := w.Commit(); err != nil {
		t.Error(err)
	}
	if _, err := first.dir.Stat(); !errors.Is(err, os.ErrClosed) {
		t.Errorf("not closed: %v", err)
	}
	if n := listed(t, s); n != 1 {
		t.Errorf("%d blobs", n)
	}
}

// TestGroup: those who come while an fsync runs wait for the next, and share it.
func TestGroup(t *testing.T) {
	calls, goOn := make(chan int, 10), make(chan struct{})
	n := 0
	g := &group{sync: func() error {
		n++
		calls <- n
		<-goOn
		return nil
	}}
	var wg sync.WaitGroup
	wait := func(after uint64) {
		wg.Go(func() {
			if err := g.wait(after); err != nil {
				t.Error(err)
			}
		})
	}
	wait(g.begun())
	<-calls
	for range 5 {
		wait(g.begun()) // created while the first runs: it may have missed them
	}
	goOn <- struct{}{}
	if second := <-calls; second != 2 {
		t.Errorf("fsync %d", second)
	}
	goOn <- struct{}{}
	wg.Wait()
	if err := g.wait(0); err != nil || n != 2 { // covered by what has ended
		t.Errorf("%d fsyncs, %v", n, err)
	}
}

func TestGroupFails(t *testing.T) {
	g := &group{sync: func() error { return nil }}
	if err := g.wait(g.begun()); err != nil || g.broken() {
		t.Fatal(err)
	}
	g.sync = func() error { return syscall.EIO }
	for range 2 {
		if err := g.wait(g.begun()); !errors.Is(err, syscall.EIO) || !g.broken() {
			t.Errorf("%v", err)
		}
		g.sync = func() error { return nil }
	}
	if err := g.wait(0); err != nil { // was on disk before the failure
		t.Errorf("%v", err)
	}
}
