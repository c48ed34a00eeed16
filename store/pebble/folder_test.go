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

	"github.com/bailiwick-project/bailiwick/store"
	"github.com/cockroachdb/pebble/v2/vfs"
	"github.com/cockroachdb/pebble/v2/vfs/errorfs"
)

func mustOpen(t *testing.T, o Options) *Engine {
	t.Helper()
	e, err := Open(o)
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
		{"log folder lost", func(t *testing.T, dir string) { _ = os.RemoveAll(filepath.Join(dir, "log")) }, ErrDamaged, "log is missing"},
		{"log lost", func(t *testing.T, dir string) { every(t, dir+"/log/*.log", os.Remove) }, ErrDamaged, "write-ahead log is missing"},
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
			e, err := Open(Options{Dir: dir})
			if err == nil {
				_ = e.Close()
				t.Fatal("the folder was opened")
			}
			if !errors.Is(err, tt.err) || !strings.Contains(err.Error(), tt.says) || !strings.Contains(err.Error(), dir) {
				t.Errorf("got %q\nwant %v, %q and the name of the folder", err, tt.err, tt.says)
			}
			if _, again := Open(Options{Dir: dir}); !errors.Is(again, tt.err) {
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
	e, err := Open(Options{Dir: dir})
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
	crashed := filepath.Join(t.TempDir(), "crashed") // as the power cut leaves it
	if err := os.CopyFS(crashed, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	every(t, crashed+"/log/*.log", func(path string) error {
		b, err := os.ReadFile(path)
		if err != nil || len(b) < 4000 {
			return err // another log may be empty
		}
		b[2000] ^= 1
		return os.WriteFile(path, b, 0o600)
	})
	if e, err := Open(Options{Dir: crashed}); !errors.Is(err, ErrDamaged) {
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
	every(t, dir+"/log/*.log", truncate)
	if got := get(t, mustOpen(t, Options{Dir: dir}), "key"); got != "last" {
		t.Errorf("key is %q", got)
	}
}

func TestForeignFolder(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "thesis.tex"), "years of work")
	if _, err := Open(Options{Dir: dir}); !errors.Is(err, ErrForeign) || !strings.Contains(err.Error(), "thesis.tex") {
		t.Errorf("got %v, want ErrForeign", err)
	}
	if _, err := Open(Options{Dir: filepath.Join(dir, "thesis.tex")}); err == nil {
		t.Error("a file was opened as a folder")
	}
	if _, err := Open(Options{}); err == nil {
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
		e, err := Open(Options{Dir: os.Getenv("STORE_TEST_DIR")})
		if err == nil {
			_ = e.Close()
			os.Exit(0)
		}
		_, _ = os.Stderr.WriteString(err.Error())
		os.Exit(7)
	}
	e := mustOpen(t, Options{Dir: dir})
	want := "data folder " + dir + " is in use by another bailiwick process"
	if _, err := Open(Options{Dir: dir}); !errors.Is(err, ErrInUse) || err.Error() != want {
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
	mode(filepath.Join(dir, "log"), 0o700)
	_ = e.Close()
	if err := os.Chmod(filepath.Join(dir, "db"), 0o755); err != nil {
		t.Fatal(err)
	}
	mustOpen(t, Options{Dir: dir})
	mode(filepath.Join(dir, "db"), 0o700)
}

// TestCrashWhileCreating cuts the power before every operation of the first
// Open: the folder must open afterwards, because it never refused nor promised
// anything.
func TestCrashWhileCreating(t *testing.T) {
	for step, cuts := 0, 0; ; step++ {
		disk, seen := vfs.NewCrashableMem(), 0
		var after *vfs.MemFS
		cut := errorfs.InjectorFunc(func(op errorfs.Op) error {
			if seen == step {
				after = disk.CrashClone(vfs.CrashCloneCfg{})
			}
			seen++
			return nil
		})
		e, err := Open(Options{Dir: "data", FS: errorfs.Wrap(disk, cut)})
		if err != nil {
			t.Fatal(err)
		}
		_ = e.Close()
		if after == nil {
			if cuts < 30 {
				t.Fatalf("only %d cuts were made", cuts)
			}
			return
		}
		cuts++
		e, err = Open(Options{Dir: "data", FS: after})
		if err != nil {
			t.Fatalf("after a power cut at step %d: %v", step, err)
		}
		put(t, e, "key", "value")
		_ = e.Close()
	}
}

// TestFailureWhileCreating makes every operation of the first Open fail once.
func TestFailureWhileCreating(t *testing.T) {
	failures := 0
	for step := int32(0); ; step++ {
		inject := errorfs.OnIndex(step)
		fs := vfs.NewMem()
		e, err := Open(Options{Dir: "data", FS: errorfs.Wrap(fs, inject)})
		if err != nil {
			failures++
			if !strings.Contains(err.Error(), "data") {
				t.Errorf("step %d: %v does not name the folder", step, err)
			}
		} else {
			_ = e.Close()
		}
		if inject.Load() >= 0 { // the step was never reached
			break
		}
		e, err = Open(Options{Dir: "data", FS: fs})
		if err != nil {
			t.Fatalf("after a failure at step %d: %v", step, err)
		}
		_ = e.Close()
	}
	if failures < 10 {
		t.Errorf("only %d failures were seen", failures)
	}
}
