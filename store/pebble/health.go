package pebble

import (
	"context"
	"fmt"
	"log/slog"
	"sync"

	"github.com/bailiwick-project/bailiwick/store"
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
		h.log.Error("storage failed; writes are refused until restart", slog.Any("error", err))
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
