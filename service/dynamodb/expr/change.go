package expr

import (
	"maps"
	"slices"

	"github.com/bailiwick-project/bailiwick/service/dynamodb/attr"
)

// change is a tree of what an update does to an item. All changes of one list are
// applied together, since indexes mean the list as it was before the update.
type change struct {
	final  bool
	value  attr.Value // when final; the zero Value removes
	fields map[string]*change
	items  map[int]*change
}

func (c *change) add(p Path, v attr.Value) {
	for _, s := range p {
		c = c.child(s)
	}
	c.final, c.value = true, v
}

func (c *change) child(s Step) *change {
	if s.IsIndex {
		if c.items == nil {
			c.items = map[int]*change{}
		}
		if c.items[s.Index] == nil {
			c.items[s.Index] = &change{}
		}
		return c.items[s.Index]
	}
	if c.fields == nil {
		c.fields = map[string]*change{}
	}
	if c.fields[s.Name] == nil {
		c.fields[s.Name] = &change{}
	}
	return c.fields[s.Name]
}

// apply changes one value. A path that leads through something absent, or through a
// value of another type, is invalid for update.
func (c *change) apply(v attr.Value) (attr.Value, error) {
	switch {
	case c.final:
		return c.value, nil
	case c.fields != nil && v.Type() == attr.M:
		fields, err := c.applyFields(v.Fields())
		return attr.Map(fields), err
	case c.items != nil && v.Type() == attr.L:
		list, err := c.applyItems(v.Elements())
		return attr.List(list), err
	}
	return v, errPathInvalid
}

func (c *change) applyFields(item attr.Item) (attr.Item, error) {
	for _, name := range slices.Sorted(maps.Keys(c.fields)) {
		v, err := c.fields[name].apply(item.Get(name))
		if err != nil {
			return nil, err
		}
		item = item.With(name, v)
	}
	return item, nil
}

// applyItems sets elements in ascending order, those past the end appended, and drops
// removed ones last.
func (c *change) applyItems(list []attr.Value) ([]attr.Value, error) {
	changed := slices.Clone(list)
	for _, i := range slices.Sorted(maps.Keys(c.items)) {
		var old attr.Value
		if i < len(list) {
			old = list[i]
		}
		v, err := c.items[i].apply(old)
		if err != nil {
			return nil, err
		}
		switch {
		case i < len(list):
			changed[i] = v
		case !v.IsZero():
			changed = append(changed, v)
		}
	}
	return slices.DeleteFunc(changed, attr.Value.IsZero), nil
}
