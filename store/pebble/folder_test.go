package pebble

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/bailiwick-project/bailiwick/store"
)

func mustOpen(t *testing.T, o Options) *Engine {
	t.Helper()
	e, err := Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = e.Close() })
	return e
}

func put(t *testing.T, s store.Store, key, value string) {
	t.Helper()
	err := s.Update(t.Context(), func(tx store.Tx) error { return tx.Put([]byte(key), []byte(value)) })
	if err != nil {
		t.Fatal(err)
	}
}

func get(t *testing.T, s store.Store, key string) string {
	t.Helper()
	var value []byte
	err := s.View(t.Context(), func(r store.Reader) (err error) {
		value, err = r.Get([]byte(key))
		return err
	})
	if errors.Is(err, store.ErrNotFound) {
		return "-"
	}
	if err != nil {
		t.Fatal(err)
	}
	return string(value)
}

// filled makes a data folder that was used and closed.
func filled(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "data")
	e := mustOpen(t, Options{Dir: dir})
	for range 200 {
		put(t, e, "key", strings.Repeat("value", 1000))
	}
	if err := e.db.Flush(); err != nil {
		t.Fatal(err)
	}
	put(t, e, "key", "last")
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	return dir
}

func write(t *testing.T, path, content string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestForeignFolder(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "thesis.tex"), "years of work")
	if _, err := Open(t.Context(), Options{Dir: dir}); !errors.Is(err, ErrForeign) || !strings.Contains(err.Error(), "thesis.tex") {
		t.Errorf("got %v, want ErrForeign", err)
	}
	if _, err := Open(t.Context(), Options{Dir: filepath.Join(dir, "thesis.tex")}); err == nil {
		t.Error("a file was opened as a folder")
	}
	if _, err := Open(t.Context(), Options{}); err == nil {
		t.Error("no folder was opened")
	}
	volume := t.TempDir() // the root of a fresh volume
	if err := os.Mkdir(filepath.Join(volume, "lost+found"), 0o700); err != nil {
		t.Fatal(err)
	}
	mustOpen(t, Options{Dir: volume})
}

func TestOneProcess(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	if os.Getenv("STORE_TEST_DIR") != "" { // the other process
		e, err := Open(t.Context(), Options{Dir: os.Getenv("STORE_TEST_DIR")})
		if err == nil {
			_ = e.Close()
			os.Exit(0)
		}
		_, _ = os.Stderr.WriteString(err.Error())
		os.Exit(7)
	}
	e := mustOpen(t, Options{Dir: dir})
	want := "data folder " + dir + " is in use by another bailiwick process"
	if _, err := Open(t.Context(), Options{Dir: dir}); !errors.Is(err, ErrInUse) || err.Error() != want {
		t.Errorf("the same process: %v, want %q", err, want)
	}
	other := func() (string, error) {
		cmd := exec.Command(os.Args[0], "-test.run=^TestOneProcess$")
		cmd.Env = append(os.Environ(), "STORE_TEST_DIR="+dir)
		var says bytes.Buffer
		cmd.Stderr = &says
		err := cmd.Run()
		return says.String(), err
	}
	if says, err := other(); err == nil || !strings.Contains(says, want) {
		t.Errorf("another process: %q, %v; want %q", says, err, want)
	}
	put(t, e, "still", "works")
	_ = e.Close()
	if says, err := other(); err != nil {
		t.Errorf("another process after close: %q, %v", says, err)
	}
}

func TestModes(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a", "b")
	e := mustOpen(t, Options{Dir: dir})
	mode := func(path string, want fs.FileMode) {
		t.Helper()
		info, err := os.Stat(path)
		if err != nil || info.Mode().Perm() != want {
			t.Errorf("%s has mode %v, %v; want %v", path, info.Mode(), err, want)
		}
	}
	mode(dir, 0o700)
	mode(filepath.Join(dir, "db"), 0o700)
	mode(filepath.Join(dir, "db", "log"), 0o700)
	_ = e.Close()
	if err := os.Chmod(filepath.Join(dir, "db"), 0o755); err != nil {
		t.Fatal(err)
	}
	mustOpen(t, Options{Dir: dir})
	mode(filepath.Join(dir, "db"), 0o700)
}

// TestMoved: a folder may be renamed, restored elsewhere or mounted at another
// path, after a clean stop and after a crash.
func TestMoved(t *testing.T) {
	dir := filled(t)
	if err := os.Rename(dir, dir+"2"); err != nil {
		t.Fatal(err)
	}
	e := mustOpen(t, Options{Dir: dir + "2/../data2/"}) // and by a crooked name
	if got := get(t, e, "key"); got != "last" {
		t.Errorf("key is %q", got)
	}
	put(t, e, "key", "unflushed")
	if got := get(t, mustOpen(t, Options{Dir: copyOf(t, dir+"2")}), "key"); got != "unflushed" {
		t.Errorf("key is %q", got)
	}
}

// copyOf copies a folder in use that nobody writes to, which is how a crash
// leaves it. It begins again when Pebble cleaned up under its hands.
func copyOf(t *testing.T, dir string) string {
	t.Helper()
	for try := 0; ; try++ {
		to := filepath.Join(t.TempDir(), "copy")
		err := os.CopyFS(to, os.DirFS(dir))
		if err == nil {
			return to
		}
		if !errors.Is(err, fs.ErrNotExist) || try == 20 {
			t.Fatal(err)
		}
		time.Sleep(10 * time.Millisecond)
	}
}
