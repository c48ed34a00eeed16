package pebble

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/cockroachdb/pebble/v2"

	"github.com/bailiwick-project/bailiwick/store"
)

// A sweep clears expired records in batches, and gives the turn to waiting
// updates after each. What one sweep does not reach, the next one does.
const (
	sweepBatch   = 256
	sweepBatches = 64
)

// sweepLoop runs until ctx ends. It counts as a running transaction.
func (e *Engine) sweepLoop(ctx context.Context) {
	defer e.running.Done()
	tick := time.NewTicker(e.opts.SweepEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-e.health.bad:
			return
		case <-tick.C:
		}
		if err := e.sweep(ctx); err != nil && ctx.Err() == nil {
			e.opts.Logger.Warn("sweeping expired records", slog.Any("error", err))
		}
	}
}

// sweep clears records that have expired by now, at most sweepBatch times
// sweepBatches of them.
func (e *Engine) sweep(ctx context.Context) error {
	now := e.now()
	for range sweepBatches {
		due, err := e.due(ctx, now)
		if err != nil || len(due) == 0 {
			return err
		}
		if err := e.clear(ctx, due, now); err != nil {
			return err
		}
	}
	return nil
}

// due reads the first dues up to now, without holding anybody up: it may step
// over the traces of many earlier sweeps.
func (e *Engine) due(ctx context.Context, now int64) (due [][]byte, err error) {
	it, err := e.db.NewIterWithContext(ctx, &pebble.IterOptions{
		LowerBound: []byte{spaceDue},
		UpperBound: dueKey(max(now, 0)+1, nil),
	})
	if err != nil {
		return nil, fmt.Errorf("reading the index of expiry: %w", err)
	}
	defer func() { err = errors.Join(err, it.Close()) }()
	for ok := it.First(); ok && len(due) < sweepBatch; ok = it.Next() {
		due = append(due, append([]byte(nil), it.Key()...))
	}
	return due, it.Error()
}

// clear deletes the dues and those of their records that are still expired: a
// record may have been renewed since, which leaves its old due behind. There is
// no wait for the disk, because a lost sweep is swept again.
func (e *Engine) clear(ctx context.Context, due [][]byte, now int64) error {
	if err := e.take(ctx); err != nil {
		return err
	}
	defer e.give()
	batch := e.db.NewBatch()
	for _, d := range due {
		if err := e.clearOne(batch, d, now); err != nil {
			return errors.Join(fmt.Errorf("clearing an expired record: %w", err), batch.Close())
		}
	}
	return e.apply(batch)
}

func (e *Engine) clearOne(batch *pebble.Batch, due []byte, now int64) error {
	if err := batch.Delete(due, nil); err != nil {
		return err
	}
	key, ok := dueFrom(due)
	if !ok {
		return nil
	}
	gone, err := e.isExpired(key, now)
	if err != nil || !gone {
		return err
	}
	return batch.Delete(dataKey(key), nil)
}

// isExpired says whether the record of key is there and expired. A damaged one
// is left for its reader to complain about.
func (e *Engine) isExpired(key []byte, now int64) (bool, error) {
	raw, closer, err := e.db.Get(dataKey(key))
	if errors.Is(err, pebble.ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	defer closer.Close()
	_, expires, err := parse(key, raw)
	if damaged := (*store.DamagedError)(nil); errors.As(err, &damaged) {
		return false, nil
	}
	return expired(expires, now), err
}
