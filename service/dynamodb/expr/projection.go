package expr

import (
	"maps"
	"slices"

	"github.com/bailiwick-project/bailiwick/service/dynamodb/attr"
)

// projection reads path {, path}.
func (p *parser) projection() []Path {
	paths := []Path{p.path()}
	for p.accept(",") {
		paths = append(paths, p.path())
	}
	checkPaths(paths, &p.defects)
	return paths
}

// Projection is a parsed ProjectionExpression (or AttributesToGet). A nil Projection
// keeps everything.
type Projection struct {
	paths []Path
	root  *pick
}

// pick is a tree of what to keep; whole keeps all below.
type pick struct {
	whole  bool
	fields map[string]*pick
	items  map[int]*pick
}

func newProjection(paths []Path) *Projection {
	root := &pick{}
	for _, p := range paths {
		at := root
		for _, s := range p {
			at = at.child(s)
		}
		at.whole = true
	}
	return &Projection{paths, root}
}

func (k *pick) child(s Step) *pick {
	if s.IsIndex {
		if k.items == nil {
			k.items = map[int]*pick{}
		}
		if k.items[s.Index] == nil {
			k.items[s.Index] = &pick{}
		}
		return k.items[s.Index]
	}
	if k.fields == nil {
		k.fields = map[string]*pick{}
	}
	if k.fields[s.Name] == nil {
		k.fields[s.Name] = &pick{}
	}
	return k.fields[s.Name]
}

// TopLevelNames are the top-level attributes that the projection names, aliases
// resolved, sorted, each once.
func (p *Projection) TopLevelNames() []string {
	if p == nil {
		return nil
	}
	return topNames(p.paths)
}

// Apply is the part of the item that the projection keeps. Elements picked out of a
// list close ranks.
func (p *Projection) Apply(item attr.Item) attr.Item {
	if p == nil {
		return item
	}
	return p.root.applyFields(item)
}

func (k *pick) apply(v attr.Value) attr.Value {
	switch {
	case k.whole:
		return v
	case v.Type() == attr.M && k.fields != nil:
		if fields := k.applyFields(v.Fields()); len(fields) > 0 {
			return attr.Map(fields)
		}
	case v.Type() == attr.L && k.items != nil:
		if list := k.applyItems(v.Elements()); len(list) > 0 {
			return attr.List(list)
		}
	}
	return attr.Value{}
}

func (k *pick) applyFields(item attr.Item) attr.Item {
	var kept attr.Item
	for _, a := range item {
		child := k.fields[a.Name]
		if child == nil {
			continue
		}
		if v := child.apply(a.Value); !v.IsZero() {
			kept = append(kept, attr.Attribute{Name: a.Name, Value: v})
		}
	}
	return kept
}

func (k *pick) applyItems(list []attr.Value) []attr.Value {
	var kept []attr.Value
	for _, i := range slices.Sorted(maps.Keys(k.items)) {
		if i >= len(list) {
			break
		}
		if v := k.items[i].apply(list[i]); !v.IsZero() {
			kept = append(kept, v)
		}
	}
	return kept
}
