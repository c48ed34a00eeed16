package dynamodb

import (
	"crypto/sha256"
	"slices"

	"github.com/bailiwick-project/bailiwick/service/dynamodb/attr"
	"github.com/bailiwick-project/bailiwick/service/dynamodb/expr"
	"github.com/bailiwick-project/bailiwick/store"
)

// An index is a secondary index, global or local, as it is stored within its
// table. Its id is unique for ever: an index that is deleted and made again under
// its name shares nothing with the old one, whose query may still be under way.
type index struct {
	ID         string
	Name       string
	Global     bool
	Key        keyNames
	Projection string   // ALL, KEYS_ONLY or INCLUDE
	NonKey     []string `json:",omitempty"`
	Throughput throughput
	OnDemand   *demand `json:",omitempty"`

	// Filling is true until every item that was there before the index has its
	// entry. Changes of items keep their entries from the start.
	Filling bool `json:",omitempty"`

	schema expr.KeySchema
	prefix []byte   // of the keys of its entries
	kept   []string // attributes that are projected; nil for all
	keys   []string // key attributes of the index and of the table, each once
}

// The kinds of projections.
const (
	projectAll     = "ALL"
	projectKeys    = "KEYS_ONLY"
	projectInclude = "INCLUDE"
)

func (x *index) derive(t *table) {
	x.schema = t.keySchema(x.Key)
	x.prefix = entryPrefix(x.ID)
	x.keys = x.Key.names()
	for _, name := range t.Key.names() {
		if !slices.Contains(x.keys, name) {
			x.keys = append(x.keys, name)
		}
	}
	x.kept = nil
	if x.Projection != projectAll {
		x.kept = slices.Concat(x.keys, x.NonKey)
	}
}

// project is what the index keeps of an item.
func (x *index) project(item attr.Item) attr.Item {
	if x.kept == nil {
		return item
	}
	return item.Only(x.kept...)
}

// projects tells whether the index keeps every one of the attributes, and if
// not, which are missing.
func (x *index) missing(names []string) []string {
	if x.kept == nil {
		return nil
	}
	var out []string
	for _, n := range names {
		if !slices.Contains(x.kept, n) {
			out = append(out, n)
		}
	}
	return out
}

// covers tells whether the item has an entry: it has all key attributes of the
// index, of the right types. An index is sparse.
func (x *index) covers(item attr.Item) bool {
	if v := item.Get(x.schema.Partition); v.Type() != x.schema.PartitionType || v.Text() == "" || v.Size() > attr.MaxPartition {
		return false
	}
	if x.schema.Sort == "" {
		return true
	}
	v := item.Get(x.schema.Sort)
	return v.Type() == x.schema.SortType && v.Text() != "" && v.Size() <= attr.MaxSort
}

// entryKey is where the entry of an item is: by the key of the index, then by
// the key of the table, which tells equal ones apart. item needs only the keys.
func (x *index) entryKey(t *table, item attr.Item) ([]byte, error) {
	key, err := appendKeys(slices.Clone(x.prefix), item, x.Key)
	if err != nil {
		return nil, err
	}
	full, err := appendKeys(key, item, t.Key)
	if err != nil || len(full) <= store.MaxKey {
		return full, err
	}
	// Two keys of the largest size, full of zero bytes which take two bytes each:
	// entries of equal keys have no order that anyone is promised.
	sum := sha256.Sum256(full[len(key):])
	return append(append(key, hashedTail), sum[:]...), nil
}

// hashedTail marks a hash; it is below every tag of package attr.
const hashedTail = 0x05

// appendKeys appends the order-preserving form of the key attributes.
func appendKeys(dst []byte, item attr.Item, k keyNames) ([]byte, error) {
	dst, err := attr.AppendKey(dst, item.Get(k.Partition))
	if err != nil || k.Sort == "" {
		return dst, err
	}
	return attr.AppendKey(dst, item.Get(k.Sort))
}
