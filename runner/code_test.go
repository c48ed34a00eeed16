package runner_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bailiwick-project/bailiwick/runner"
)

// An entry is one of a zip file that a test makes.
type entry struct {
	name, text string
	mode       fs.FileMode
}

func zipOf(t *testing.T, entries ...entry) []byte {
	t.Helper()
	var buf bytes.Buffer
	z := zip.NewWriter(&buf)
	for _, e := range entries {
		h := &zip.FileHeader{Name: e.name, Method: zip.Deflate}
		h.SetMode(e.mode)
		w, err := z.CreateHeader(h)
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasPrefix(e.text, "zeros ") {
			if _, err := io.CopyN(w, zeros{}, 251<<20); err != nil {
				t.Fatal(err)
			}
		} else if _, err := io.WriteString(w, e.text); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

func TestBadZips(t *testing.T) {
	r := newBench(t, nil)
	good := zipOf(t, entry{"index.js", "x", 0o644})
	lying := bytes.ReplaceAll(zipOf(t, entry{"a", strings.Repeat("x", 1000), 0o644}), []byte{0xe8, 3, 0, 0}, []byte{1, 0, 0, 0})
	for name, tt := range map[string]struct {
		zip  []byte
		want string
	}{
		"empty":             {nil, "cannot be read"},
		"no zip":            {[]byte("hello"), "cannot be read"},
		"cut off":           {good[:len(good)-10], "cannot be read"},
		"up":                {zipOf(t, entry{"../x", "", 0o644}), "not a name"},
		"up inside":         {zipOf(t, entry{"a/../../x", "", 0o644}), "not a name"},
		"absolute":          {zipOf(t, entry{"/etc/x", "", 0o644}), "not a name"},
		"backslash":         {zipOf(t, entry{`..\x`, "", 0o644}), "not a name"},
		"dot":               {zipOf(t, entry{"./x", "", 0o644}), "not a name"},
		"nothing":           {zipOf(t, entry{"", "", 0o644}), "not a name"},
		"null":              {zipOf(t, entry{"a\x00b", "", 0o644}), "not a name"},
		"no text":           {zipOf(t, entry{"a\xff", "", 0o644}), "not a name"},
		"long":              {zipOf(t, entry{strings.Repeat("a", 2000), "", 0o644}), "too long"},
		"deep":              {zipOf(t, entry{strings.Repeat("a/", 100) + "a", "", 0o644}), "too long"},
		"twice":             {zipOf(t, entry{"a", "1", 0o644}, entry{"a", "2", 0o644}), "twice"},
		"file and folder":   {zipOf(t, entry{"a", "1", 0o644}, entry{"a/b", "2", 0o644}), "no folder"},
		"folder and file":   {zipOf(t, entry{"a/b", "1", 0o644}, entry{"a", "2", 0o644}), "twice"},
		"link out":          {zipOf(t, entry{"a", "../../etc/passwd", fs.ModeSymlink | 0o777}), "leads out"},
		"link to root":      {zipOf(t, entry{"a", "/etc/passwd", fs.ModeSymlink | 0o777}), "leads out"},
		"link to nothing":   {zipOf(t, entry{"a", "", fs.ModeSymlink | 0o777}), "leads out"},
		"below a link":      {zipOf(t, entry{"a", "b", fs.ModeSymlink | 0o777}, entry{"a/x", "", 0o644}), "no folder"},
		"device":            {zipOf(t, entry{"a", "", fs.ModeDevice | 0o644}), "no file, folder or link"},
		"pipe":              {zipOf(t, entry{"a", "", fs.ModeNamedPipe | 0o644}), "no file, folder or link"},
		"large":             {zipOf(t, entry{"a", "zeros 251 MB", 0o644}), "smaller than 262144000"},
		"lies about length": {lying, "cannot be read"},
	} {
		err := runner.CheckZip(tt.zip)
		var wrong *runner.ZipError
		if !errors.As(err, &wrong) || !strings.Contains(wrong.Reason, tt.want) {
			t.Errorf("%s: %v", name, err)
		}
		dir, err := r.Unpack(tt.zip)
		if !errors.As(err, &wrong) || !strings.Contains(wrong.Reason, tt.want) {
			t.Errorf("%s, unpacked to %q: %v", name, dir, err)
		}
	}
}

func TestUnpack(t *testing.T) {
	r := newBench(t, nil)
	file := zipOf(t, entry{"bin/", "", fs.ModeDir | 0o700}, entry{"bin/run", "#!", 0o700}, entry{"lib/a/b", "text", 0o600},
		entry{"link", "lib/a/b", fs.ModeSymlink | 0o777}, entry{"lib/up", "../bin/run", fs.ModeSymlink | 0o777})
	if err := runner.CheckZip(file); err != nil {
		t.Fatal(err)
	}
	dir, err := r.Unpack(file)
	if err != nil {
		t.Fatal(err)
	}
	for name, mode := range map[string]fs.FileMode{".": 0o755, "bin": 0o755, "bin/run": 0o755, "lib": 0o755, "lib/a": 0o755, "lib/a/b": 0o644} {
		if info, err := os.Lstat(filepath.Join(dir, name)); err != nil || info.Mode().Perm() != mode {
			t.Errorf("%s: %v %v, want %v", name, info.Mode(), err, mode)
		}
	}
	for name, want := range map[string]string{"link": "text", "lib/up": "#!"} {
		if text, err := os.ReadFile(filepath.Join(dir, name)); err != nil || string(text) != want {
			t.Errorf("%s: %q %v", name, text, err)
		}
	}
	if err := r.Discard(filepath.Dir(dir)); err == nil {
		t.Error("the folder of all code was discarded")
	}
	if err := r.Discard(dir); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(dir); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("after discarding: %v", err)
	}
}

func FuzzCheckZip(f *testing.F) {
	f.Add([]byte("PK"))
	var buf bytes.Buffer
	z := zip.NewWriter(&buf)
	if _, err := z.Create("a/b"); err != nil {
		f.Fatal(err)
	}
	if err := z.Close(); err != nil {
		f.Fatal(err)
	}
	f.Add(buf.Bytes())
	f.Fuzz(func(t *testing.T, file []byte) {
		err := runner.CheckZip(file)
		var wrong *runner.ZipError
		if err != nil && !errors.As(err, &wrong) {
			t.Errorf("%v is no ZipError", err)
		}
	})
}
