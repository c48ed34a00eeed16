package attr

import (
	"slices"
	"strings"
)

// Attribute is one named value of an item or of an M.
type Attribute struct {
	Name  string
	Value Value
}

// Item is a set of attributes, sorted by name (UTF-8 bytes), each name once. A sorted
// slice beats a map here: items are read whole, decoded in one allocation, printed in
// one order always, and looked up a few times at most. Build one with [NewItem] or
// [Item.With]; never write into an Item that others hold.
type Item []Attribute

// NewItem sorts attributes into an Item. A name that occurs twice is refused: which
// of the two is authorized and which stored must never be a question.
func NewItem(attributes ...Attribute) (Item, error) {
	item := Item(slices.Clone(attributes))
	if err := item.sort(); err != nil {
		return nil, err
	}
	return item, nil
}

func (it Item) sort() error {
	byName := func(a, b Attribute) int { return strings.Compare(a.Name, b.Name) }
	if !slices.IsSortedFunc(it, byName) {
		slices.SortFunc(it, byName)
	}
	for i := 1; i < len(it); i++ {
		if it[i].Name == it[i-1].Name {
			return invalidf("Duplicate attribute name: %s", it[i].Name)
		}
	}
	return nil
}

func (it Item) find(name string) (int, bool) {
	return slices.BinarySearchFunc(it, name, func(a Attribute, n string) int { return strings.Compare(a.Name, n) })
}

// Get is the value of the attribute name, or the zero Value.
func (it Item) Get(name string) Value {
	if i, found := it.find(name); found {
		return it[i].Value
	}
	return Value{}
}

// Has reports whether the item has an attribute name.
func (it Item) Has(name string) bool {
	_, found := it.find(name)
	return found
}

// With is a copy of the item in which name has the value v. A zero v means [Item.Without].
func (it Item) With(name string, v Value) Item {
	if v.IsZero() {
		return it.Without(name)
	}
	i, found := it.find(name)
	if found {
		changed := slices.Clone(it)
		changed[i].Value = v
		return changed
	}
	changed := make(Item, 0, len(it)+1)
	changed = append(changed, it[:i]...)
	changed = append(changed, Attribute{name, v})
	return append(changed, it[i:]...)
}

// Without is the item without the attribute name.
func (it Item) Without(name string) Item {
	i, found := it.find(name)
	if !found {
		return it
	}
	changed := make(Item, 0, len(it)-1)
	changed = append(changed, it[:i]...)
	return append(changed, it[i+1:]...)
}

// Names are the attribute names in order.
func (it Item) Names() []string {
	names := make([]string, len(it))
	for i, a := range it {
		names[i] = a.Name
	}
	return names
}

// Only is the item reduced to the attributes named.
func (it Item) Only(names ...string) Item {
	var kept Item
	for _, a := range it {
		if slices.Contains(names, a.Name) {
			kept = append(kept, a)
		}
	}
	return kept
}

// Equal reports whether both items have the same names and equal values.
func (it Item) Equal(other Item) bool {
	return slices.EqualFunc(it, other, func(a, b Attribute) bool {
		return a.Name == b.Name && a.Value.Equal(b.Value)
	})
}
