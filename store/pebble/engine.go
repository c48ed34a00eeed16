package pebble

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/cockroachdb/pebble/v2"

	"github.com/bailiwick-project/bailiwick/store"
)

// Engine is a store.Store in a data folder.
type Engine struct {
	opts   Options
	folder *folder
	health *health
	db     *pebble.DB

	turn      *turn         // of the one update that runs
	applied   atomic.Uint64 // the last commit that is in memory; grows in the turn
	durable   atomic.Uint64 // the last commit that is known to be on disk
	syncs     syncs
	records   *records
	snapshots snapshots
	watches   store.Watches

	life      sync.Mutex     // guards closed, and running against Close
	closed    bool           // no transaction starts any more
	running   sync.WaitGroup // transactions
	stopSweep context.CancelFunc
	closing   sync.Once
	closeErr  error
}

var (
	_ store.Watcher = (*Engine)(nil)
	_ store.Getter  = (*Engine)(nil)
)

// Open opens or creates the data folder. The errors ErrInUse, ErrNewer,
// ErrForeign and ErrDamaged say why a folder was refused. Sweeps carry the values
// of ctx, but its end is not theirs: that is Close.
func Open(ctx context.Context, o Options) (*Engine, error) {
	o = o.withDefaults()
	f, err := openFolder(o)
	if err != nil {
		return nil, err
	}
	e := &Engine{opts: o, folder: f, health: newHealth(o.Logger), turn: newTurn(), records: newRecords(o.RecordBytes)}
	if err := e.openDB(); err != nil {
		_ = f.lock.Close()
		return nil, err
	}
	ctx, stop := context.WithCancel(context.WithoutCancel(ctx))
	e.stopSweep = stop
	if o.SweepEvery > 0 {
		e.running.Add(1)
		go e.sweepLoop(ctx)
	}
	return e, nil
}

// View implements store.Store.
func (e *Engine) View(ctx context.Context, fn func(store.Reader) error) error {
	if err := e.enter(ctx); err != nil {
		return err
	}
	defer e.running.Done()
	counts := e.watches.Now()
	snapshot := e.snapshots.take(e.db, e.records)
	defer e.snapshots.give(snapshot)
	r := &reader{ctx: ctx, now: e.now(), src: snapshot, records: e.records, count: snapshot.count, counts: counts}
	defer r.end() // before the snapshot is closed
	return fn(r)
}

// Get implements store.Getter. One read needs no snapshot.
func (e *Engine) Get(ctx context.Context, key []byte) ([]byte, error) {
	if err := e.enter(ctx); err != nil {
		return nil, err
	}
	defer e.running.Done()
	r := reader{ctx: ctx, now: e.now(), src: e.db, records: e.records, count: newest}
	return r.Get(key)
}

// Update implements store.Store.
func (e *Engine) Update(ctx context.Context, fn func(store.Tx) error) error {
	if err := e.enter(ctx); err != nil {
		return err
	}
	defer e.running.Done()
	c, err := e.run(ctx, fn)
	if err != nil {
		return err
	}
	return e.wait(c)
}

// Watch implements store.Watcher.
func (e *Engine) Watch(from, to []byte) *store.Watch { return e.watches.Add(from, to) }

// Err answers nil while the engine takes writes, and the reason, which is
// store.ErrPoisoned, when it refuses them: for a health check.
func (e *Engine) Err() error { return e.health.check() }

func (e *Engine) enter(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	e.life.Lock()
	defer e.life.Unlock()
	if e.closed {
		return store.ErrClosed
	}
	e.running.Add(1)
	return nil
}

func (e *Engine) now() int64 { return e.opts.Now().UnixNano() }

// openDB opens Pebble in the folder. Whatever it stumbles over in a folder that
// was once complete is damage, a panic of its parsers too.
func (e *Engine) openDB() (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = e.folder.damaged(fmt.Errorf("opening the database: %v", v))
		}
	}()
	if err := e.folder.tighten(); err != nil {
		return fmt.Errorf("opening data folder %s: %w", e.folder.dir, err)
	}
	po := pebbleOptions(e.opts, watchedFS{e.folder.fs, e.folder.path(logPath), e.health}, e.health)
	// Relative, because Pebble notes it and the folder may be moved.
	po.WALDir = pebble.MakeStoreRelativePath(e.folder.fs, logName)
	po.ErrorIfNotExists = !e.folder.new
	e.db, err = pebble.Open(e.folder.path(dbName), po)
	if err != nil {
		return e.refused(err)
	}
	if e.folder.new {
		// The first log of a new database is of an old format, in which damage
		// looks like the end. This begins the next one.
		err = e.flush()
	}
	if err == nil && e.health.check() == nil {
		err = e.folder.finish()
	}
	if err := errors.Join(err, e.health.check()); err != nil {
		_ = e.db.Close()
		return e.refused(err)
	}
	return nil
}

// refused separates a full disk or a wrong owner, which the operator can mend,
// from damage.
func (e *Engine) refused(err error) error {
	diskFailed := e.health.check() != nil && !pebble.IsCorruptionError(e.health.err)
	if e.folder.new || mendable(err) || diskFailed {
		return fmt.Errorf("opening data folder %s: %w", e.folder.dir, err)
	}
	return e.folder.damaged(err)
}

// closePatience bounds Close after a storage failure, when Pebble may wait for
// itself forever.
const closePatience = 2 * time.Second

// Close implements store.Store.
func (e *Engine) Close() error {
	e.closing.Do(func() {
		e.life.Lock()
		e.closed = true
		e.life.Unlock()
		e.stopSweep()
		done := make(chan error, 1)
		go func() { done <- e.closeDB() }()
		select {
		case e.closeErr = <-done:
			return
		case <-e.health.bad:
		}
		select {
		case e.closeErr = <-done:
		case <-time.After(closePatience):
			// The lock stays held: what still runs must not meet a second engine.
			e.closeErr = fmt.Errorf("closing data folder %s: restart the process: %w", e.folder.dir, e.health.check())
		}
	})
	return e.closeErr
}

// closeDB waits for the transactions, then closes Pebble and gives the lock up.
// It flushes first: tables are checksummed throughout, whereas damage in the
// last 32 KiB of a log looks like the torn end that a power cut leaves.
func (e *Engine) closeDB() (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("closing data folder %s: %v", e.folder.dir, v)
		}
	}()
	e.running.Wait()
	e.syncs.workers.Wait() // updates do not wait for them after a failure
	e.snapshots.outdate()
	if e.health.check() == nil {
		err = e.flush()
	}
	if err = errors.Join(err, e.db.Close(), e.folder.lock.Close()); err != nil {
		return fmt.Errorf("closing data folder %s: %w", e.folder.dir, err)
	}
	return nil
}

// flush writes memory into tables and begins a new log. It does not wait, as
// Pebble's own Flush does, for a flush that fails forever.
func (e *Engine) flush() error {
	flushed, err := e.db.AsyncFlush()
	if err != nil {
		return fmt.Errorf("flushing: %w", err)
	}
	select {
	case <-flushed:
		return nil
	case <-e.health.bad:
		return e.health.check()
	}
}
