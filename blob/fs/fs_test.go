package fs_test

import (
	"context"
	"crypto/rand"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/bailiwick-project/bailiwick/blob"
	"github.com/bailiwick-project/bailiwick/blob/blobtest"
	blobfs "github.com/bailiwick-project/bailiwick/blob/fs"
)

func TestEngine(t *testing.T) {
	blobtest.Run(t, blobtest.Engine{
		Open:     func(dir string) (blob.Store, error) { return blobfs.Open(filepath.Join(dir, "objects"), rand.Reader) },
		Persists: true,
	})
}

func open(t testing.TB) (*blobfs.Store, string) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "objects")
	s, err := blobfs.Open(dir, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s, dir
}

func put(t testing.TB, s *blobfs.Store, content string) string {
	t.Helper()
	w, err := s.Create(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(w, content); err != nil {
		t.Fatal(err)
	}
	if err := w.Commit(); err != nil {
		t.Fatal(err)
	}
	return w.ID()
}

// TestFiles: where a blob is, and who may read it.
func TestFiles(t *testing.T) {
	s, dir := open(t)
	id := put(t, s, "content")
	b, err := os.ReadFile(filepath.Join(dir, id[:2], id))
	if err != nil || string(b) != "content" {
		t.Errorf("%q, %v", b, err)
	}
	for path, want := range map[string]fs.FileMode{dir: 0o700, filepath.Join(dir, id[:2]): 0o700, filepath.Join(dir, id[:2], id): 0o400} {
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != want {
			t.Errorf("%s: %v, %v", path, info.Mode(), err)
		}
	}
	w, err := s.Create(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, w.ID()[:2], w.ID())
	if _, err := os.Stat(path); err != nil {
		t.Error(err)
	}
	w.Abort()
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("aborted, and there: %v", err)
	}
}

// TestLinks: a symbolic link in the folder leads nowhere outside of it, and what
// is no file is no blob.
func TestLinks(t *testing.T) {
	s, dir := open(t)
	secret := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(secret, []byte("secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	shard := put(t, s, "x")[:2]
	linked, folder := shard+strings.Repeat("a", 30), shard+strings.Repeat("b", 30)
	if err := os.Symlink(secret, filepath.Join(dir, shard, linked)); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(dir, shard, folder), 0o700); err != nil {
		t.Fatal(err)
	}
	other := "00"
	if shard == other {
		other = "01"
	}
	if err := os.Symlink(filepath.Dir(secret), filepath.Join(dir, other)); err != nil {
		t.Fatal(err)
	}
	inside := other + strings.Repeat("c", 30)
	if err := os.WriteFile(filepath.Join(filepath.Dir(secret), inside), []byte("secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{linked, folder, inside} {
		if r, err := s.Open(t.Context(), id); err == nil {
			_ = r.Close()
			t.Errorf("%s opens", id)
		}
	}
	if err := s.Remove(t.Context(), inside); err == nil {
		t.Error("removed outside of the folder")
	}
	if _, err := os.Stat(filepath.Join(filepath.Dir(secret), inside)); err != nil {
		t.Error(err)
	}
}

// TestOtherFiles: the list is of blobs, whatever else lies there.
func TestOtherFiles(t *testing.T) {
	s, dir := open(t)
	id := put(t, s, "x")
	for _, name := range []string{"README", "ab.txt", filepath.Join(id[:2], "x"), filepath.Join(id[:2], strings.Repeat("z", 32)), filepath.Join(id[:2], "zz"+id[2:])} {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(dir, "longer"), 0o700); err != nil {
		t.Fatal(err)
	}
	n := 0
	for got, err := range s.List(t.Context()) {
		if n++; got != id || err != nil {
			t.Errorf("%q, %v", got, err)
		}
	}
	if n != 1 {
		t.Errorf("%d blobs", n)
	}
	for range s.List(t.Context()) {
		break // and no more calls
	}
}

// TestFolderGone: what can not be written says so, and leaves nothing behind.
func TestFolderGone(t *testing.T) {
	s, dir := open(t)
	id := put(t, s, "x")
	if err := os.RemoveAll(filepath.Join(dir, id[:2])); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Create(t.Context()); err == nil {
		t.Error("created without a folder")
	}
	if _, err := s.Open(t.Context(), id); !errors.Is(err, blob.ErrNotFound) {
		t.Errorf("%v", err)
	}
	if err := s.Remove(t.Context(), id); err != nil {
		t.Error(err)
	}
}

func TestOpenRefuses(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if s, err := blobfs.Open(file, rand.Reader); err == nil || s != nil {
		t.Error("a file for a folder")
	}
}

// TestSendsFiles: package net recognizes what Section gives as a file, and what
// the client gets is right with and without that.
func TestSendsFiles(t *testing.T) {
	s, _ := open(t)
	want := strings.Repeat("0123456789abcdef", 1<<16)
	id := put(t, s, want)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, err := s.Open(r.Context(), id)
		if err != nil {
			t.Error(err)
			return
		}
		if _, ok := b.(syscall.Conn); !ok {
			t.Error("no file for sendfile")
		}
		section, err := blob.Section(b, 5, int64(len(want)-10))
		if err != nil {
			t.Error(err)
			return
		}
		defer func() { _ = section.Close() }()
		w.Header().Set("Content-Length", strconv.FormatInt(int64(len(want)-10), 10)) // without it the answer is in chunks
		w.WriteHeader(http.StatusOK)
		if _, err := io.Copy(w, section); err != nil {
			t.Error(err)
		}
	}))
	defer server.Close()
	resp, err := server.Client().Get(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	got, err := io.ReadAll(resp.Body)
	if err != nil || string(got) != want[5:len(want)-5] {
		t.Errorf("%d bytes, %v", len(got), err)
	}
}
