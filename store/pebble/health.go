package pebble

import (
	"context"
	"fmt"
	"log/slog"
	"sync"

	"github.com/bailiwick-project/bailiwick/store"
	"github.com/cockroachdb/pebble/v2/vfs"
)

// health remembers the first failure to write. There is no way back.
type health struct {
	log  *slog.Logger
	once sync.Once
	bad  chan struct{} // closed by the first failure
	err  error         // the first failure, written before bad is closed
}

func newHealth(log *slog.Logger) *health { return &health{log: log, bad: make(chan struct{})} }

func (h *health) fail(err error) {
	h.once.Do(func() {
		h.err = err
		close(h.bad)
		h.log.Error("storage failed; writes are refused until restart", "error", err)
	})
}

// check answers nil or an error that is store.ErrPoisoned and the first failure.
func (h *health) check() error {
	select {
	case <-h.bad:
		return fmt.Errorf("%w: %w", store.ErrPoisoned, h.err)
	default:
		return nil
	}
}

// logger takes what Pebble says. What it calls fatal would end the process in
// Pebble's own logger; here reads go on and writes are refused.
type logger struct {
	log    *slog.Logger
	health *health
}

func (l logger) Infof(format string, args ...any) { l.say(slog.LevelDebug, format, args) }

func (l logger) Errorf(format string, args ...any) { l.say(slog.LevelError, format, args) }

func (l logger) Fatalf(format string, args ...any) { l.health.fail(fmt.Errorf(format, args...)) }

func (l logger) say(level slog.Level, format string, args []any) {
	if ctx := context.Background(); l.log.Enabled(ctx, level) { // do not format in vain
		l.log.Log(ctx, level, "pebble: "+fmt.Sprintf(format, args...))
	}
}

// watchedFS reports every failed write and sync to the health before Pebble
// sees it, so that no later sync, which may succeed without the lost pages, is
// taken for a success.
type watchedFS struct {
	vfs.FS
	health *health
}

func (w watchedFS) Create(name string, c vfs.DiskWriteCategory) (vfs.File, error) {
	return w.watch(w.FS.Create(name, c))
}

func (w watchedFS) OpenReadWrite(name string, c vfs.DiskWriteCategory, opts ...vfs.OpenOption) (vfs.File, error) {
	return w.watch(w.FS.OpenReadWrite(name, c, opts...))
}

func (w watchedFS) ReuseForWrite(from, to string, c vfs.DiskWriteCategory) (vfs.File, error) {
	return w.watch(w.FS.ReuseForWrite(from, to, c))
}

func (w watchedFS) OpenDir(name string) (vfs.File, error) { return w.watch(w.FS.OpenDir(name)) }

func (w watchedFS) Unwrap() vfs.FS { return w.FS }

func (w watchedFS) watch(f vfs.File, err error) (vfs.File, error) {
	if err != nil {
		return nil, err
	}
	return watchedFile{f, w.health}, nil
}

type watchedFile struct {
	vfs.File
	health *health
}

func (w watchedFile) Write(p []byte) (int, error) {
	n, err := w.File.Write(p)
	return n, w.seen(err)
}

func (w watchedFile) WriteAt(p []byte, at int64) (int, error) {
	n, err := w.File.WriteAt(p, at)
	return n, w.seen(err)
}

func (w watchedFile) Sync() error { return w.seen(w.File.Sync()) }

func (w watchedFile) SyncData() error { return w.seen(w.File.SyncData()) }

func (w watchedFile) SyncTo(length int64) (bool, error) {
	full, err := w.File.SyncTo(length)
	return full, w.seen(err)
}

func (w watchedFile) seen(err error) error {
	if err != nil {
		w.health.fail(err)
	}
	return err
}
