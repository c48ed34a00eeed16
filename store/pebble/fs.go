package pebble

import (
	"time"

	"github.com/cockroachdb/pebble/v2/vfs"
)

// watchedFS is the disk as Pebble sees it. It does two things.
//
// It reports the first failed write or sync to the health before Pebble sees
// it, so that no later sync, which may succeed without the lost pages, is taken
// for a success.
//
// From then on it protects what is on the disk and Pebble from itself: nothing
// is removed, and what Pebble does to its logs goes nowhere and succeeds. No
// update is acknowledged any more, so nobody is deceived. A log with a gap would
// pass for damage at the next start, and Pebble ends the whole process when it
// cannot begin a new log, readers included.
type watchedFS struct {
	vfs.FS
	logs   string // the folder of the logs
	health *health
}

// retryPause slows Pebble down, which retries a failed flush at once.
const retryPause = 100 * time.Millisecond

func (w watchedFS) Create(name string, c vfs.DiskWriteCategory) (vfs.File, error) {
	return w.log(name, func() (vfs.File, error) { return w.FS.Create(name, c) })
}

func (w watchedFS) ReuseForWrite(from, to string, c vfs.DiskWriteCategory) (vfs.File, error) {
	return w.log(to, func() (vfs.File, error) { return w.FS.ReuseForWrite(from, to, c) })
}

func (w watchedFS) OpenReadWrite(name string, c vfs.DiskWriteCategory, opts ...vfs.OpenOption) (vfs.File, error) {
	return w.log(name, func() (vfs.File, error) { return w.FS.OpenReadWrite(name, c, opts...) })
}

func (w watchedFS) OpenDir(name string) (vfs.File, error) {
	f, err := w.FS.OpenDir(name)
	if err != nil {
		return nil, err
	}
	return &watchedFile{File: f, log: name == w.logs, health: w.health}, nil
}

func (w watchedFS) Remove(name string) error {
	if w.health.check() != nil {
		return nil
	}
	return w.FS.Remove(name)
}

func (w watchedFS) Unwrap() vfs.FS { return w.FS }

// log opens a file to write: a real one, or for a log after a failure none.
func (w watchedFS) log(name string, open func() (vfs.File, error)) (vfs.File, error) {
	log := w.PathDir(name) == w.logs
	if w.health.check() != nil {
		if log {
			return w.pretend()
		}
		time.Sleep(retryPause)
	}
	f, err := open()
	if err == nil {
		return &watchedFile{File: f, log: log, health: w.health}, nil
	}
	w.health.fail(err)
	if log {
		return w.pretend()
	}
	return nil, err
}

// pretend is a log that is on no disk.
func (w watchedFS) pretend() (vfs.File, error) {
	f, err := vfs.NewMem().Create("log", vfs.WriteCategoryUnspecified)
	return &watchedFile{File: f, log: true, health: w.health}, err
}

// watchedFile is a file that is written, or a folder.
type watchedFile struct {
	vfs.File
	log    bool // a log, or the folder of the logs
	health *health
}

// lost says that what is done to the file must go nowhere.
func (w *watchedFile) lost() bool { return w.log && w.health.check() != nil }

// seen reports err, and hides it from Pebble if it befell a log.
func (w *watchedFile) seen(err error) error {
	if err == nil {
		return nil
	}
	w.health.fail(err)
	if w.log {
		return nil
	}
	return err
}

func (w *watchedFile) Write(p []byte) (int, error) {
	if w.lost() {
		return len(p), nil
	}
	n, err := w.File.Write(p)
	if err != nil && w.log {
		n = len(p)
	}
	return n, w.seen(err)
}

func (w *watchedFile) WriteAt(p []byte, at int64) (int, error) {
	if w.lost() {
		return len(p), nil
	}
	n, err := w.File.WriteAt(p, at)
	if err != nil && w.log {
		n = len(p)
	}
	return n, w.seen(err)
}

func (w *watchedFile) Sync() error {
	if w.lost() {
		return nil
	}
	return w.seen(w.File.Sync())
}

func (w *watchedFile) SyncData() error {
	if w.lost() {
		return nil
	}
	return w.seen(w.File.SyncData())
}

func (w *watchedFile) SyncTo(length int64) (bool, error) {
	if w.lost() {
		return true, nil
	}
	full, err := w.File.SyncTo(length)
	return full, w.seen(err)
}

func (w *watchedFile) Preallocate(offset, length int64) error {
	if w.lost() {
		return nil
	}
	return w.File.Preallocate(offset, length) // advice: Pebble ignores its failure
}

// Stat answers for a recycled log that Pebble is about to use.
func (w *watchedFile) Stat() (vfs.FileInfo, error) {
	info, err := w.File.Stat()
	if err == nil || !w.log {
		return info, err
	}
	w.health.fail(err)
	f, err := vfs.NewMem().Create("log", vfs.WriteCategoryUnspecified)
	if err != nil {
		return nil, err
	}
	return f.Stat()
}

func (w *watchedFile) Close() error { return w.seen(w.File.Close()) }
