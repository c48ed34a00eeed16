package pebble

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/bailiwick-project/bailiwick/store"
)

const (
	modelKeys    = 24
	modelWriters = 3
	modelReaders = 3
	modelRounds  = 300 // of each
)

// A model is what the updates of a store have written, by their number, which is
// what the update leaves under the key "n". Every number is there before its update
// can be read.
type model struct {
	mu     sync.Mutex
	writes []map[int]change // by number, then key
	acked  atomic.Int64     // the highest acknowledged
	clock  atomic.Int64     // Unix nanoseconds
}

// A change is the last of an update to a key. One that has expired reads as deleted.
type change struct {
	deleted bool
	expires int64 // 0: never
}

var errRefused = errors.New("the update says no")

// at returns the number of the last write of the key as of update n.
func (m *model) at(key, n int) (int, change) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for ; n > 0; n-- {
		if w, ok := m.writes[n][key]; ok {
			return n, w
		}
	}
	return 0, change{deleted: true}
}

// fits tells whether a value, nil for none, is that of the key as of update n, read
// between two moments.
func (m *model) fits(key, n int, value []byte, from, to int64) bool {
	last, w := m.at(key, n)
	expired := w.expires != 0 && w.expires <= to
	living := !w.deleted && (w.expires == 0 || w.expires > from)
	if value == nil {
		return w.deleted || expired
	}
	return living && numberIn(value) == last
}

func numberIn(value []byte) int { return int(binary.BigEndian.Uint64(value)) }

func modelKey(key int) []byte { return fmt.Appendf(nil, "key%d", key) }

// readOr returns nil for a record that is not there.
func readOr(r store.Reader, key []byte) ([]byte, error) {
	v, err := r.Get(key)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	return v, err
}

// number is that of the last update that r has.
func number(r store.Reader) (int, error) {
	v, err := readOr(r, []byte("n"))
	if v == nil || err != nil {
		return 0, err
	}
	return numberIn(v), nil
}

// TestAgainstAModel lets updates, views and single reads cross, with records that
// expire, are swept, renewed, deleted and too large to be kept in memory, and with
// updates that refuse or panic. Every transaction reads one state, which is no
// older than what its client knows.
func TestAgainstAModel(t *testing.T) {
	m := &model{writes: []map[int]change{nil}}
	m.clock.Store(1e18)
	e := memory(t, Options{RecordBytes: 1 << 18, SweepEvery: time.Millisecond, Now: func() time.Time { return time.Unix(0, m.clock.Load()) }})
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	var writers, readers sync.WaitGroup
	var stop atomic.Bool
	for i := range uint64(modelWriters) {
		writers.Go(func() {
			rng := rand.New(rand.NewPCG(seed, i))
			for range modelRounds {
				m.update(t, e, rng)
				m.clock.Add(1)
			}
		})
	}
	for i := range uint64(modelReaders) {
		readers.Go(func() {
			rng, known := rand.New(rand.NewPCG(seed, 100+i)), 0
			for !stop.Load() && !t.Failed() {
				known = m.view(t, e, rng, known)
				m.get(t, e, rng, known)
			}
		})
	}
	writers.Wait()
	stop.Store(true)
	readers.Wait()
	if m.view(t, e, rand.New(rand.NewPCG(seed, 0)), 0) < modelRounds {
		t.Error("hardly anything was written")
	}
}

// update writes some keys, or none, reading before and after.
func (m *model) update(t *testing.T, e *Engine, rng *rand.Rand) {
	how := rng.IntN(8)
	wrote := 0
	defer func() {
		if p := recover(); p != nil && fmt.Sprint(p) != errRefused.Error() {
			panic(p)
		}
		for known := m.acked.Load(); known < int64(wrote) && !m.acked.CompareAndSwap(known, int64(wrote)); known = m.acked.Load() {
		}
	}()
	n, from := 0, m.clock.Load()
	err := e.Update(context.Background(), func(tx store.Tx) (err error) {
		if n, err = number(tx); err != nil {
			return err
		}
		if int64(n) < m.acked.Load() {
			t.Errorf("an update reads number %d, after %d was acknowledged", n, m.acked.Load())
		}
		if err := m.check(t, tx, rng, n, from); err != nil || how == 0 {
			return err
		}
		n++
		if err := m.write(tx, rng, n, e.now()); err != nil {
			return err
		}
		if err := m.check(t, tx, rng, n, from); err != nil {
			return err
		}
		switch how {
		case 1:
			m.undo(n)
			return errRefused
		case 2:
			m.undo(n)
			panic(errRefused)
		}
		return nil
	})
	switch {
	case err == nil:
		wrote = n
	case how != 1 || !errors.Is(err, errRefused):
		t.Error(err)
	}
}

// write makes update n of the model.
func (m *model) write(tx store.Tx, rng *rand.Rand, n int, now int64) error {
	writes := map[int]change{}
	for range rng.IntN(5) {
		key, w := rng.IntN(modelKeys), change{}
		value := append(binary.BigEndian.AppendUint64(nil, uint64(n)), make([]byte, rng.IntN(400))...)
		var err error
		switch rng.IntN(5) {
		case 0:
			w.deleted = true
			err = tx.Delete(modelKey(key))
		case 1, 2:
			w.expires = now + rng.Int64N(20)
			err = tx.PutUntil(modelKey(key), value, time.Unix(0, w.expires))
		default:
			err = tx.Put(modelKey(key), value)
		}
		if err != nil {
			return err
		}
		writes[key] = w
	}
	m.mu.Lock()
	m.writes = append(m.writes[:n], writes)
	m.mu.Unlock()
	return tx.Put([]byte("n"), binary.BigEndian.AppendUint64(nil, uint64(n)))
}

// undo forgets update n, which is about to be rolled back.
func (m *model) undo(n int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.writes = m.writes[:n]
}

// check reads some keys of a transaction in the state of update n; it has the time
// between from and now.
func (m *model) check(t *testing.T, r store.Reader, rng *rand.Rand, n int, from int64) error {
	for range 1 + rng.IntN(6) {
		key := rng.IntN(modelKeys)
		value, err := readOr(r, modelKey(key))
		if err != nil {
			return err
		}
		if !m.fits(key, n, value, from, m.clock.Load()) {
			last, w := m.at(key, n)
			t.Errorf("key %d of state %d is %.8x, the last write is %d, %+v, it is %d", key, n, value, last, w, m.clock.Load())
		}
	}
	return nil
}

// view returns the number of the state that it saw.
func (m *model) view(t *testing.T, e *Engine, rng *rand.Rand, known int) (n int) {
	floor := max(int(m.acked.Load()), known)
	from := m.clock.Load()
	err := e.View(context.Background(), func(r store.Reader) (err error) {
		if rng.IntN(2) == 0 { // the number last
			if _, err := r.Get(modelKey(0)); err != nil && !errors.Is(err, store.ErrNotFound) {
				return err
			}
		}
		if n, err = number(r); err != nil {
			return err
		}
		if n < floor {
			t.Errorf("a view has state %d after %d", n, floor)
		}
		return m.check(t, r, rng, n, from)
	})
	if err != nil {
		t.Error(err)
	}
	return n
}

// get reads a key alone, which is as of now: of the state that is known or of any
// later one.
func (m *model) get(t *testing.T, e *Engine, rng *rand.Rand, known int) {
	key, floor, from := rng.IntN(modelKeys), max(int(m.acked.Load()), known), m.clock.Load()
	value, err := e.Get(context.Background(), modelKey(key))
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		t.Error(err)
		return
	}
	to := m.clock.Load()
	m.mu.Lock()
	latest := len(m.writes) - 1
	m.mu.Unlock()
	for n := floor; n <= latest; n++ {
		if m.fits(key, n, value, from, to) {
			return
		}
	}
	t.Errorf("key %d alone is %.8x, which it has not been since %d", key, value, floor)
}
