package runner

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"unicode/utf8"
)

// Limits of a zip file. The sum of sizes is Lambda's quota; the rest keeps a small
// file from becoming much work.
const (
	MaxZip      = 50 << 20  // bytes as sent, base64 taken off
	MaxUnpacked = 250 << 20 // bytes, all files together
	maxEntries  = 50_000
	maxName     = 1024 // bytes
	maxDepth    = 64   // folders in folders
)

// A ZipError says what is wrong with a zip file.
type ZipError struct {
	Reason string
	Large  bool // it is more than MaxUnpacked
}

func (e *ZipError) Error() string { return "runner: zip: " + e.Reason }

func zipErrorf(format string, args ...any) error {
	return &ZipError{Reason: fmt.Sprintf(format, args...)}
}

// CheckZip reads a whole zip file and refuses, with a *ZipError, what Unpack would
// not unpack: names that lead elsewhere, links out of the folder, sizes that are
// not what they are said to be.
func CheckZip(file []byte) error {
	return walkZip(file, func(_ string, f *zip.File, left int64) (int64, error) { return copyEntry(io.Discard, f, left) })
}

// Unpack makes a folder of a zip file, for everyone to read and nobody to write,
// and returns its path. It cannot be guessed.
func (r *Runner) Unpack(file []byte) (dir string, err error) {
	if err := r.open(); err != nil {
		return "", err
	}
	dir = filepath.Join(r.home.dir, "code", newID())
	if err := makeDir(dir, 0o755); err != nil {
		return "", err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.RemoveAll(dir))
		}
	}()
	root, err := os.OpenRoot(dir) // nothing is written outside, whatever names and links say
	if err != nil {
		return "", err
	}
	defer func() { _ = root.Close() }() // it was only a way in
	u := unpacking{root, map[string]bool{".": true}}
	return dir, walkZip(file, u.entry)
}

// An unpacking knows which folders it has made.
type unpacking struct {
	root *os.Root
	made map[string]bool
}

// folder makes a folder and those above it. The umask is not asked: the users of
// environments must read them.
func (u unpacking) folder(name string) error {
	if u.made[name] {
		return nil
	}
	if err := u.folder(path.Dir(name)); err != nil {
		return err
	}
	u.made[name] = true
	return errors.Join(u.root.Mkdir(name, 0o755), u.root.Chmod(name, 0o755))
}

// Discard removes an unpacked folder.
func (r *Runner) Discard(dir string) error {
	if r.home == nil || filepath.Dir(dir) != filepath.Join(r.home.dir, "code") {
		return errors.New("runner: not a folder of code")
	}
	return os.RemoveAll(dir)
}

// walkZip calls do for each entry, with what is left of MaxUnpacked.
func walkZip(file []byte, do func(name string, f *zip.File, left int64) (int64, error)) error {
	z, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		return zipErrorf("it cannot be read: %v", err)
	}
	if len(z.File) > maxEntries {
		return zipErrorf("it has more than %d entries", maxEntries)
	}
	left := int64(MaxUnpacked)
	seen := places{}
	for _, f := range z.File {
		name, err := entryName(f)
		if err != nil {
			return err
		}
		if err := seen.take(name, f.Mode().IsDir()); err != nil {
			return err
		}
		n, err := do(name, f, left)
		if err != nil {
			return err
		}
		if left -= n; left < 0 {
			return tooMuch()
		}
	}
	return nil
}

// places are the names that are taken, and whether by a folder.
type places map[string]bool

// take refuses what readers of zip files understand differently: a name that is
// there twice, and a file or link that has others below it.
func (p places) take(name string, folder bool) error {
	for parent := path.Dir(name); parent != "."; parent = path.Dir(parent) {
		if isFolder, taken := p[parent]; taken && !isFolder {
			return zipErrorf("%q is below %q, which is no folder", name, parent)
		} else if taken {
			break
		}
		p[parent] = true
	}
	if isFolder, taken := p[name]; taken && !(isFolder && folder) {
		return zipErrorf("%q is in it twice", name)
	}
	p[name] = folder
	return nil
}

func tooMuch() error {
	return &ZipError{Reason: fmt.Sprintf("unzipped size must be smaller than %d bytes", MaxUnpacked), Large: true}
}

// entryName is the name of an entry as a path below the root, with no way out.
func entryName(f *zip.File) (string, error) {
	name := strings.TrimSuffix(f.Name, "/")
	switch {
	case len(name) > maxName, strings.Count(name, "/") > maxDepth:
		return "", zipErrorf("the name %.40q... is too long", name)
	case !utf8.ValidString(name), strings.ContainsAny(name, "\x00\\"), !fs.ValidPath(name), name == ".":
		return "", zipErrorf("%.200q is not a name that a file may have", f.Name)
	case f.Mode()&(fs.ModeDevice|fs.ModeNamedPipe|fs.ModeSocket|fs.ModeCharDevice|fs.ModeIrregular) != 0:
		return "", zipErrorf("%.200q is no file, folder or link", name)
	}
	return name, nil
}

// copyEntry copies the contents of an entry, at most what is left.
func copyEntry(w io.Writer, f *zip.File, left int64) (int64, error) {
	if f.Mode().IsDir() {
		return 0, nil
	}
	if f.UncompressedSize64 > uint64(left) {
		return 0, tooMuch()
	}
	in, err := f.Open()
	if err != nil {
		return 0, zipErrorf("%q cannot be read: %v", f.Name, err)
	}
	defer in.Close()
	if f.Mode()&fs.ModeSymlink != 0 {
		target, err := linkTarget(f.Name, in)
		return int64(len(target)), err
	}
	n, err := io.Copy(w, io.LimitReader(in, left+1))
	if err != nil {
		return n, zipErrorf("%q cannot be read: %v", f.Name, err)
	}
	return n, nil
}

// linkTarget reads where a link leads, and refuses what leads out.
func linkTarget(name string, in io.Reader) (string, error) {
	text, err := io.ReadAll(io.LimitReader(in, maxName+1))
	if err != nil {
		return "", zipErrorf("%q cannot be read: %v", name, err)
	}
	target := string(text)
	if target == "" || len(target) > maxName || path.IsAbs(target) || strings.ContainsAny(target, "\x00\\") ||
		!fs.ValidPath(path.Join(path.Dir(strings.TrimSuffix(name, "/")), target)) {
		return "", zipErrorf("the link %q leads out of it", name)
	}
	return target, nil
}

func (u unpacking) entry(name string, f *zip.File, left int64) (n int64, err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("unpacking %q: %w", name, err)
		}
	}()
	if f.Mode().IsDir() {
		return 0, u.folder(name)
	}
	if err := u.folder(path.Dir(name)); err != nil {
		return 0, err
	}
	if f.Mode()&fs.ModeSymlink != 0 {
		in, err := f.Open()
		if err != nil {
			return 0, zipErrorf("%q cannot be read: %v", name, err)
		}
		defer in.Close()
		target, err := linkTarget(name, in)
		if err != nil {
			return 0, err
		}
		return int64(len(target)), u.root.Symlink(target, name)
	}
	mode := fs.FileMode(0o644)
	if f.Mode()&0o111 != 0 {
		mode = 0o755
	}
	out, err := u.root.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, mode)
	if err != nil {
		return 0, err
	}
	n, err = copyEntry(out, f, left)
	return n, errors.Join(err, out.Chmod(mode), out.Close()) // the umask is not asked
}
