package store

import (
	"bytes"
	"sync"
	"sync/atomic"
)

// A Watcher is a Store that knows of every change, because nobody else writes
// to its data: an embedded engine. Caches use it to be right without reading.
// An engine that several nodes share is none, and its caches compare records.
type Watcher interface {
	Store

	// Watch counts the updates that write a key with from <= key < to. Make few,
	// and keep them: they live as long as the engine.
	Watch(from, to []byte) *Watch
}

// A Watch counts the changes of a range of keys. The count grows after an update
// can be read and before it is acknowledged, so that what was read at a count is
// as of now while the count is the same. Expiry does not count.
type Watch struct {
	from, to []byte
	index    int
	count    atomic.Uint64
}

// Count is how many updates changed the range so far.
func (w *Watch) Count() uint64 { return w.count.Load() }

// Watching returns a watch of s, nil if s is no Watcher.
func Watching(s Store, from, to []byte) *Watch {
	if w, ok := s.(Watcher); ok {
		return w.Watch(from, to)
	}
	return nil
}

// A CountingReader is the Reader of a Watcher.
type CountingReader interface {
	Reader

	// CountAtBegin is the count of w before the transaction began to read: what is
	// read in it is at least as new.
	CountAtBegin(w *Watch) uint64
}

// maxWatches bounds the watches of an engine.
const maxWatches = 8

// Watches are the watches of an engine. The zero value has none.
type Watches struct {
	mu  sync.Mutex
	all atomic.Pointer[[]*Watch]
}

// Add makes a watch. More than a handful is a mistake in the program and panics.
func (ws *Watches) Add(from, to []byte) *Watch {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	var old []*Watch
	if p := ws.all.Load(); p != nil {
		old = *p
	}
	if len(old) == maxWatches {
		panic("store: too many watches")
	}
	w := &Watch{from: bytes.Clone(from), to: bytes.Clone(to), index: len(old)}
	w.count.Store(1) // a transaction that began before the watch says 0, which is no count
	grown := append(old[:len(old):len(old)], w)
	ws.all.Store(&grown)
	return w
}

// Counts are the counts of all watches at one moment.
type Counts struct {
	known int // watches that there were
	of    [maxWatches]uint64
}

// Of is the count of one watch, 0 if it was made later.
func (c *Counts) Of(w *Watch) uint64 { return c.of[w.index] }

// Now takes the counts. Engines do so before they take a snapshot.
func (ws *Watches) Now() Counts {
	var c Counts
	if p := ws.all.Load(); p != nil {
		c.known = len(*p)
		for i, w := range *p {
			c.of[i] = w.count.Load()
		}
	}
	return c
}

// Touched is the set of watches that an update changed.
type Touched uint8

// Touch adds the watches of a key that is written.
func (ws *Watches) Touch(t *Touched, key []byte) {
	p := ws.all.Load()
	if p == nil {
		return
	}
	for i, w := range *p {
		if bytes.Compare(key, w.from) >= 0 && bytes.Compare(key, w.to) < 0 {
			*t |= 1 << i
		}
	}
}

// Grow counts an update that began at the given counts. Engines do so after it
// can be read and before it is acknowledged. Watches that were made meanwhile
// have not seen all its writes, and count it in any case.
func (ws *Watches) Grow(t Touched, began Counts) {
	p := ws.all.Load()
	if p == nil {
		return
	}
	for i, w := range *p {
		if t&(1<<i) != 0 || i >= began.known {
			w.count.Add(1)
		}
	}
}
