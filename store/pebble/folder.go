package pebble

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"
	"syscall"

	"github.com/cockroachdb/pebble/v2/vfs"
)

// What Open says of a folder that it refuses; every message names the folder.
var (
	ErrInUse   = errors.New("is in use by another bailiwick process")
	ErrNewer   = errors.New("was written by a newer version of bailiwick")
	ErrForeign = errors.New("is not empty and was not made by bailiwick")
	ErrDamaged = errors.New("is damaged")
)

const (
	lockName   = "LOCK"
	formatName = "FORMAT"
	draftName  = "FORMAT.new"
	dbName     = "db"
	logName    = "log" // inside db
	logPath    = dbName + "/" + logName

	// formatVersion is raised when an older Bailiwick could misread the folder.
	formatVersion = 1
	formatLine    = "bailiwick store format %d %s\n"
	maxFormatLine = 100 // bytes

	// A folder is creating until everything in it was made durable once; nothing
	// was acknowledged before, so creation may start again. From ready on, a
	// missing file is damage and never a reason to start empty.
	creating = "creating"
	ready    = "ready"
)

// folder is a data folder that this process holds.
type folder struct {
	fs   vfs.FS
	dir  string
	lock io.Closer
	new  bool // nothing was ever acknowledged in it
}

// openFolder creates, locks and checks the data folder.
func openFolder(o Options) (*folder, error) {
	if o.Dir == "" {
		return nil, errors.New("no data folder was named")
	}
	f := &folder{fs: o.FS, dir: o.Dir}
	if f.fs == nil {
		f.fs = vfs.Default
	}
	if err := f.make(f.dir); err != nil {
		return nil, fmt.Errorf("creating data folder %s: %w", f.dir, err)
	}
	var err error
	if o.FS == nil {
		f.lock, err = lockFile(f.path(lockName))
	} else if f.lock, err = f.fs.Lock(f.path(lockName)); err != nil {
		err = fmt.Errorf("%w (%w)", ErrInUse, err)
	}
	if err != nil {
		return nil, fmt.Errorf("data folder %s %w", f.dir, err)
	}
	if err := f.check(); err != nil {
		_ = f.lock.Close()
		return nil, err
	}
	return f, nil
}

func (f *folder) path(name string) string { return f.fs.PathJoin(f.dir, name) }

// make creates dir for its owner only, with the folders above it, and makes
// their names durable.
func (f *folder) make(dir string) error {
	info, err := f.fs.Stat(dir)
	if err == nil {
		if !info.IsDir() {
			return errors.New("it exists and is not a folder")
		}
		return nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	above := f.fs.PathDir(dir)
	if above != "." && above != dir {
		if err := f.make(above); err != nil {
			return err
		}
	}
	if err := f.fs.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	return f.syncDir(above)
}

// check reads FORMAT, or begins a new folder when there is nothing at all.
func (f *folder) check() error {
	names, err := f.fs.List(f.dir)
	if err != nil {
		return fmt.Errorf("reading data folder %s: %w", f.dir, err)
	}
	if !slices.Contains(names, formatName) {
		if foreign := f.foreign(names); foreign != "" {
			return fmt.Errorf("data folder %s %w (it has %q): choose an empty folder, or restore the file %s if it was lost",
				f.dir, ErrForeign, foreign, formatName)
		}
		f.new = true
		if err := f.writeFormat(creating); err != nil {
			return fmt.Errorf("creating data folder %s: %w", f.dir, err)
		}
		return f.makeDB()
	}
	line, err := f.readFormat()
	if err != nil {
		return fmt.Errorf("reading data folder %s: %w", f.dir, err)
	}
	var version int // what follows it is for that version to know
	if _, err := fmt.Sscanf(line, "bailiwick store format %d", &version); err == nil && version > formatVersion {
		return fmt.Errorf("data folder %s %w (format %d, this one reads %d): run that version or a later one",
			f.dir, ErrNewer, version, formatVersion)
	}
	switch line {
	case fmt.Sprintf(formatLine, formatVersion, creating):
		f.new = true
		return f.makeDB()
	case fmt.Sprintf(formatLine, formatVersion, ready):
		return f.checkDB()
	}
	return f.damaged(fmt.Errorf("its file %s says %q", formatName, line))
}

// foreign names a file that is not ours, if there is one. The root of a mounted
// volume has lost+found; a crash in the first moment leaves the other two.
func (f *folder) foreign(names []string) string {
	slices.Sort(names)
	for _, n := range names {
		if n != lockName && n != draftName && n != "lost+found" {
			return n
		}
	}
	return ""
}

func (f *folder) makeDB() error {
	if err := errors.Join(f.make(f.path(dbName)), f.make(f.path(logPath))); err != nil {
		return fmt.Errorf("creating data folder %s: %w", f.dir, err)
	}
	return nil
}

// checkDB sees what Pebble would not: a database always has a log, and a log
// that was deleted took acknowledged writes with it.
func (f *folder) checkDB() error {
	var names []string
	for _, dir := range []string{dbName, logPath} {
		var err error
		if names, err = f.fs.List(f.path(dir)); errors.Is(err, fs.ErrNotExist) {
			return f.damaged(fmt.Errorf("its folder %s is missing", dir))
		} else if err != nil {
			return fmt.Errorf("reading data folder %s: %w", f.dir, err)
		}
	}
	if !slices.ContainsFunc(names, func(n string) bool { return strings.HasSuffix(n, ".log") }) {
		return f.damaged(errors.New("its write-ahead log is missing"))
	}
	return nil
}

// damaged is what the operator reads. Opening changed nothing that matters.
func (f *folder) damaged(why error) error {
	return fmt.Errorf("data folder %s %w: %w; restore it from a backup, or move it away to start empty", f.dir, ErrDamaged, why)
}

// finish marks a new folder ready: from now on its content counts.
func (f *folder) finish() error {
	if !f.new {
		return nil
	}
	if err := errors.Join(f.syncDir(f.path(dbName)), f.syncDir(f.path(logPath))); err != nil {
		return err
	}
	return f.writeFormat(ready)
}

func (f *folder) readFormat() (string, error) {
	file, err := f.fs.Open(f.path(formatName))
	if err != nil {
		return "", err
	}
	defer file.Close()
	line, err := io.ReadAll(io.LimitReader(file, maxFormatLine))
	return string(line), err
}

// writeFormat replaces FORMAT in one step that survives a power cut.
func (f *folder) writeFormat(state string) error {
	file, err := f.fs.Create(f.path(draftName), vfs.WriteCategoryUnspecified)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(file, formatLine, formatVersion, state)
	err = errors.Join(err, file.Sync(), file.Close())
	if err != nil {
		return err
	}
	if err := f.fs.Rename(f.path(draftName), f.path(formatName)); err != nil {
		return err
	}
	return f.syncDir(f.dir)
}

func (f *folder) syncDir(dir string) error {
	d, err := f.fs.OpenDir(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// tighten closes the folders with data to other users of the machine, also when
// a backup was restored with a wider mode.
func (f *folder) tighten() error {
	if f.fs != vfs.Default {
		return nil
	}
	const ownerOnly = 0o700 // folders need x to be entered
	return errors.Join(os.Chmod(f.path(dbName), ownerOnly), os.Chmod(f.path(logPath), ownerOnly))
}

// mendable knows the failures that the operator mends without a backup.
func mendable(err error) bool {
	return errors.Is(err, fs.ErrPermission) || errors.Is(err, syscall.ENOSPC) ||
		errors.Is(err, syscall.EMFILE) || errors.Is(err, syscall.EROFS)
}
