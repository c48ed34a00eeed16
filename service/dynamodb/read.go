package dynamodb

import (
	"bytes"
	"context"
	"slices"

	"github.com/bailiwick-project/bailiwick/service/dynamodb/attr"
	"github.com/bailiwick-project/bailiwick/service/dynamodb/expr"
	"github.com/bailiwick-project/bailiwick/store"
)

// maxPage bounds the items that one Query or Scan reads, in bytes before the
// filter. Source: developer guide, "Paginating table query results".
const maxPage = 1 << 20

// maxSkipped bounds what a page of a parallel Scan passes by, in bytes as stored:
// a million segments must not mean a million walks of the whole table at once.
const maxSkipped = 8 << 20

// A reading is a Query or Scan, parsed: a range of the table or of one index.
type reading struct {
	access
	base       []byte // begins every key of the partition; of a scan, of the table or index
	from, to   []byte // the range within it
	start      []byte // key in the store to go on behind; nil for the beginning
	backward   bool
	limit      int // 0: as many as a page holds
	filter     *expr.Condition
	projection *expr.Projection
	countOnly  bool
	whole      bool // a local index that lacks what is wanted: the item is read from the table
	consistent bool
	segment    segment
}

// A page is what one call reads.
type page struct {
	items   []attr.Item
	count   int
	scanned int
	size    int       // bytes read
	skipped int       // bytes of other segments passed by
	fetched int       // bytes read from the table for a local index
	last    attr.Item // key to go on behind; nil at the end
}

// read reads a page of the planned range. The index is the one that was planned:
// one that was made anew under its name has another key, for which nobody asked.
func (a *API) read(ctx context.Context, p *reading) (page, error) {
	var out page
	err := a.Store.View(ctx, func(r store.Reader) error {
		t, err := a.still(r, p.table)
		if err != nil {
			return err
		}
		x := p.index
		if x != nil {
			if x = t.index(p.indexName); x == nil || x.ID != p.index.ID {
				return noSuchIndex(p.indexName)
			}
			if x.Filling {
				return invalid("Cannot read from backfilling global secondary index: %s", x.Name)
			}
		}
		return p.scan(r, t, x, &out)
	})
	return out, err
}

func noSuchIndex(name string) error {
	return invalid("The table does not have the specified index: %s", name)
}

// scan walks the range until the page is full.
func (p *reading) scan(r store.Reader, t *table, x *index, out *page) error {
	from, to := p.bounds()
	if bytes.Compare(from, to) >= 0 {
		return nil
	}
	prefix := t.prefix
	if x != nil {
		prefix = x.prefix
	}
	for entry, err := range r.Scan(from, to, p.backward) {
		if err != nil {
			return err
		}
		if mine, err := p.segment.has(entry.Key[len(prefix):]); err != nil {
			return err
		} else if !mine {
			if out.skipped += len(entry.Key) + len(entry.Value); out.skipped < maxSkipped {
				continue
			}
			return out.stop(t, x, entry.Value)
		}
		item, err := attr.DecodeItem(entry.Value)
		if err != nil {
			return err
		}
		full, err := p.take(r, t, x, item, out)
		if full || err != nil {
			return err
		}
	}
	out.last = nil // the range ended before the page did
	return nil
}

// stop ends a page behind an item of another segment.
func (out *page) stop(t *table, x *index, stored []byte) error {
	item, err := attr.DecodeItem(stored)
	if err == nil {
		out.last = lastKey(t, x, item)
	}
	return err
}

// bounds are the range behind the start key.
func (p *reading) bounds() (from, to []byte) {
	switch {
	case p.start == nil:
		return p.from, p.to
	case p.backward:
		return p.from, p.start
	}
	return store.After(p.start), p.to
}

// take adds an item to the page, and tells when the page is full.
func (p *reading) take(r store.Reader, t *table, x *index, item attr.Item, out *page) (full bool, err error) {
	size := item.Size()
	if out.scanned > 0 && out.size+size > maxPage {
		return true, nil // last is the item before
	}
	out.size += size
	out.scanned++
	out.last = lastKey(t, x, item)
	if p.whole {
		if item, err = fetch(r, t, item); err != nil {
			return false, err
		}
		out.fetched += item.Size()
	}
	if p.filter.Holds(item) {
		out.count++
		if !p.countOnly {
			out.items = append(out.items, found(p.projection.Apply(item)))
		}
	}
	// Small entries may stand for large items: what is fetched is bounded as well.
	return p.limit > 0 && out.scanned >= p.limit || out.fetched >= maxPage, nil
}

// fetch reads the item of an index entry from the table.
func fetch(r store.Reader, t *table, entry attr.Item) (attr.Item, error) {
	at, err := t.itemKey(entry)
	if err != nil {
		return nil, err
	}
	return getItem(r, at)
}

// lastKey is the LastEvaluatedKey of an item: the keys of the table and, in an
// index, of the index.
func lastKey(t *table, x *index, item attr.Item) attr.Item {
	if x == nil {
		return item.Only(t.Key.names()...)
	}
	return item.Only(x.keys...)
}

// startAt checks ExclusiveStartKey against the range and finds its place. A key
// of another partition must not move the reading there. mismatch is the answer to
// a key that is none of the table or index.
func (p *reading) startAt(key attr.Item, mismatch error) {
	if key == nil || p.table == nil || p.refusal != nil {
		return
	}
	names := p.table.Key.names()
	if p.index != nil {
		names = p.index.keys
	}
	if len(key) != len(names) {
		p.refuse(mismatch)
		return
	}
	for _, name := range names {
		if v := key.Get(name); v.Type() != p.table.typeOf(name) || v.Text() == "" || v.Size() > attr.MaxPartition {
			p.refuse(mismatch)
			return
		}
	}
	at, err := p.entryKey(key)
	p.refuse(err)
	switch {
	case !bytes.HasPrefix(at, p.base):
		p.refuse(errStartRange)
	case bytes.Compare(at, p.from) < 0 || bytes.Compare(at, p.to) >= 0:
		p.refuse(errStartSort)
	}
	p.start = at
}

func (p *reading) entryKey(key attr.Item) ([]byte, error) {
	if p.index != nil {
		return p.index.entryKey(p.table, key)
	}
	return p.table.itemKey(key)
}

// keyspace is where the items of the table, or the entries of the index, begin.
func (p *reading) keyspace() []byte {
	if p.index != nil {
		return slices.Clone(p.index.prefix)
	}
	return slices.Clone(p.table.prefix)
}

// bill is what the page costs.
func (p *reading) bill(out page) *ConsumedCapacity {
	if p.capacity == "" {
		return nil
	}
	b := &bill{}
	b.charge(p.index, readUnits(out.size, p.consistent))
	if p.whole && out.fetched > 0 {
		b.charge(nil, readUnits(out.fetched, p.consistent))
	}
	return b.consumed(&p.access)
}
