package pebble

import (
	"context"
	"fmt"

	"github.com/cockroachdb/pebble/v2"

	"github.com/bailiwick-project/bailiwick/store"
)

// run executes fn in the one writer's turn and gives its batch to Pebble, which
// puts it into memory and into the log's buffer. It answers the number of the
// commit that must be on disk before the caller may hear of the outcome, 0 for
// none. It does not wait for the disk: the next update runs meanwhile.
func (e *Engine) run(ctx context.Context, fn func(store.Tx) error) (uint64, error) {
	if err := e.take(ctx); err != nil {
		return 0, err
	}
	defer e.give() // also after a panic of fn
	t := &tx{reader: reader{ctx: ctx, now: e.now(), src: e.db, records: e.records, count: newest, counts: e.watches.Now()}, db: e.db, watches: &e.watches}
	defer t.end()
	if err := fn(t); err != nil {
		return 0, err
	}
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	t.reader.end() // no scan may be open over a batch that changes hands
	batch := t.batch
	t.batch = nil
	if batch == nil {
		// It may have read what another has not yet got onto the disk ("the user
		// exists already"), and must not answer before that is there.
		return e.applied.Load(), nil
	}
	err := e.apply(batch)
	e.watches.Grow(t.touched, t.counts) // whatever became of it: too large a count only makes caches read again
	return e.applied.Load(), err
}

// apply puts the batch into the log's buffer and into memory. A failure here
// leaves Pebble in an unknown state, so it is the last thing that is written.
func (e *Engine) apply(batch *pebble.Batch) error {
	shut := e.records.shut(batch)
	if err := e.write(func() error { return e.db.Apply(batch, pebble.NoSync) }); err != nil {
		return err // the log may or may not still own the batch, and readers see either state
	}
	e.records.open(shut)
	e.snapshots.outdate()
	e.applied.Add(1)
	if err := batch.Close(); err != nil {
		return fmt.Errorf("committing: %w", err)
	}
	return nil
}

// write lets do write to Pebble, unless a write has failed before. Pebble panics
// at some failures, and says others only to its logger and answers nil; an fsync
// after a failed one proves nothing.
func (e *Engine) write(do func() error) (err error) {
	defer func() {
		if v := recover(); v != nil {
			e.health.fail(fmt.Errorf("committing: %v", v))
			err = e.health.check()
		}
	}()
	if err := e.health.check(); err != nil {
		return err
	}
	if err := do(); err != nil {
		e.health.fail(fmt.Errorf("committing: %w", err))
	}
	return e.health.check()
}

// wait returns nil when the commit, and so every earlier one, is on disk.
func (e *Engine) wait(number uint64) error {
	if e.durable.Load() >= number {
		return nil
	}
	select {
	case <-e.syncs.join(e.sync):
	case <-e.health.bad:
	}
	return e.health.check()
}

// sync gets the log onto the disk, as far as it is now.
func (e *Engine) sync() {
	reached := e.applied.Load()
	if err := e.write(func() error { return e.db.LogData(nil, pebble.Sync) }); err == nil {
		e.durable.Store(reached)
	}
}

// take waits for the writer's turn, but not behind a writer that a failed disk
// holds up forever.
func (e *Engine) take(ctx context.Context) error {
	if !e.turn.take(ctx, e.health.bad) {
		if err := e.health.check(); err != nil {
			return err
		}
		return ctx.Err()
	}
	if err := e.health.check(); err != nil {
		e.give()
		return err
	}
	return nil
}

func (e *Engine) give() { e.turn.give() }
