package pebble

import (
	"context"
	"fmt"

	"github.com/cockroachdb/pebble/v2"

	"github.com/bailiwick-project/bailiwick/store"
)

// commit is an update that is in memory and on its way to the disk. Its batch
// is nil when there is nothing to wait for.
type commit struct {
	batch  *pebble.Batch
	number uint64
}

// run executes fn in the one writer's turn and hands its batch to Pebble in the
// order of the turns. It does not wait for the disk: the next update runs
// meanwhile, and many batches share one fsync.
func (e *Engine) run(ctx context.Context, fn func(store.Tx) error) (commit, error) {
	if err := e.take(ctx); err != nil {
		return commit{}, err
	}
	defer e.give() // also after a panic of fn
	t := &tx{reader: reader{ctx: ctx, now: e.now(), src: e.db, counts: e.watches.Now()}, db: e.db, watches: &e.watches}
	defer t.end()
	if err := fn(t); err != nil {
		return commit{}, err
	}
	if err := ctx.Err(); err != nil {
		return commit{}, err
	}
	batch, err := e.toCommit(t)
	if batch == nil || err != nil {
		return commit{}, err
	}
	c, err := e.apply(batch)
	e.watches.Grow(t.touched, t.counts) // whatever became of it: too large a count only makes caches read again
	return c, err
}

// toCommit takes the batch of a transaction. One that only read may have read
// what another has not yet got onto the disk ("the user exists already"), and
// must not answer before that is there: it commits an empty record behind it.
func (e *Engine) toCommit(t *tx) (*pebble.Batch, error) {
	t.reader.end() // no scan may be open over a batch that changes hands
	batch := t.batch
	t.batch = nil
	if batch == nil && e.durable.Load() < e.applied {
		batch = e.db.NewBatch()
		if err := batch.LogData(nil, nil); err != nil {
			return nil, fmt.Errorf("committing: %w", err)
		}
	}
	return batch, nil
}

// apply puts the batch into the log's queue and into memory. A failure here
// leaves Pebble in an unknown state, so it is the last thing that is written.
func (e *Engine) apply(batch *pebble.Batch) (c commit, err error) {
	defer func() {
		if v := recover(); v != nil {
			e.health.fail(fmt.Errorf("committing: %v", v))
			c, err = commit{}, e.health.check()
		}
	}()
	if err := e.health.check(); err != nil {
		return commit{}, err
	}
	if err := e.db.ApplyNoSyncWait(batch, pebble.Sync); err != nil {
		e.health.fail(fmt.Errorf("committing: %w", err))
	}
	// Pebble says some failures only to its logger and answers nil. The batch is
	// then neither waited for nor closed: the log may or may not still own it.
	if err := e.health.check(); err != nil {
		return commit{}, err
	}
	e.applied++
	return commit{batch: batch, number: e.applied}, nil
}

// wait returns nil when the commit, and so every earlier one, is on disk.
func (e *Engine) wait(c commit) error {
	if c.batch == nil {
		return nil
	}
	if err := c.batch.SyncWait(); err != nil {
		e.health.fail(fmt.Errorf("committing: %w", err))
	}
	// Asked again after a success too: it may follow another's failed fsync, and
	// an fsync after a failed one proves nothing.
	if err := e.health.check(); err != nil {
		return err
	}
	for {
		known := e.durable.Load()
		if known >= c.number || e.durable.CompareAndSwap(known, c.number) {
			break
		}
	}
	if err := c.batch.Close(); err != nil {
		return fmt.Errorf("committing: %w", err)
	}
	return nil
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
