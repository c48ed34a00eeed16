package policy

import (
	"math/bits"
	"slices"
)

// splitAt is how many statements a branch holds before they are also told apart by action.
const splitAt = 8

// maxPairs is how many pairs of a resource and an action a statement is found by; one with more is found by its resources.
const maxPairs = 64

// An index finds the statements of one effect that may apply to a request. It only ever leaves out statements that cannot
// match; what it finds is matched in full.
//
// A statement is entered for each of its resources: one ARN, in the table, together with each of the actions if they are exact
// and few; a pattern, in one of the trees, by the literal text with which it begins; "*" and NotResource, at the root of a tree.
type index struct {
	table table
	whole branch // by the beginning of the ARN
	last  branch // by the beginning of the last part of the ARN, for patterns with wildcards before it

	named    bool   // whether there is a statement of one ARN
	branches uint64 // how many have statements in the table
}

func newIndex(all []*statement, deny bool) *index {
	x := &index{}
	for i := len(all) - 1; i >= 0; i-- { // the table finds first what was entered last
		if s := all[i]; s.deny == deny {
			x.enter(s, int32(i))
		}
	}
	x.whole.finish(x, all)
	x.last.finish(x, all)
	x.table.build()
	return x
}

// enter enters a statement for each of its resources.
func (x *index) enter(s *statement, id int32) {
	if s.notResource {
		x.whole.insert("", id)
		return
	}
	for i := range s.resources {
		switch r := &s.resources[i]; {
		case r.all:
			x.whole.insert("", id)
		case r.exact:
			x.enterName(s, hashOf(r.text), len(s.resources), id)
		case r.pattern == nil: // matches nothing
		case r.pattern.first == resourcePart:
			x.whole.insert(r.pattern.text, id)
		default:
			head, _ := r.pattern.parts[len(r.pattern.parts)-1].head()
			x.last.insert(head, id)
		}
	}
}

func (x *index) enterName(s *statement, name uint64, resources int, id int32) {
	x.named = true
	if !s.exactActions() || len(s.actions)*resources > maxPairs {
		x.table.add(name, id)
		return
	}
	for i := range s.actions {
		x.table.add(mix(name, s.actions[i].hash), id)
	}
}

func (s *statement) exactActions() bool {
	return !s.notAction && !slices.ContainsFunc(s.actions, func(a actionPattern) bool { return !a.exact() })
}

// first returns the first statement, in the order of the set, that matches; nil if none does.
func (x *index) first(all []*statement, e *evaluation) *statement {
	best := int32(len(all))
	if e.isARN && x.named {
		best = x.table.first(mix(e.name, e.action), all, e, best)
		best = x.table.first(e.name, all, e, best)
	}
	best = x.down(&x.whole, e.request.Resource, all, e, best)
	if x.last.children != nil || x.last.list != nil {
		rest := ""
		if e.isARN {
			rest = e.colons.part(e.request.Resource, resourcePart)
		}
		best = x.down(&x.last, rest, all, e, best)
	}
	if int(best) == len(all) {
		return nil
	}
	return all[best]
}

// down asks the branches on the way that rest spells.
func (x *index) down(n *branch, rest string, all []*statement, e *evaluation, best int32) int32 {
	for {
		for _, id := range n.list {
			if id < best && all[id].matches(e) {
				best = id
			}
		}
		if n.seed != 0 {
			best = x.table.first(mix(n.seed, e.action), all, e, best)
		}
		child := n.child(rest)
		if child == nil || len(rest) < len(child.prefix) || rest[:len(child.prefix)] != child.prefix {
			return best
		}
		rest, n = rest[len(child.prefix):], child
	}
}

// A table finds statements by hash: those with the same hash, and some others, are linked.
type table struct {
	slots []int32 // by the highest bits of a hash, the first of the cells, from 1; 0 for none
	cells []cell
	shift uint8
}

type cell struct {
	hash     uint64
	id, next int32
}

func (t *table) add(hash uint64, id int32) { t.cells = append(t.cells, cell{hash: hash, id: id}) }

// build links the cells, the last added first.
func (t *table) build() {
	if len(t.cells) == 0 {
		return
	}
	width := bits.Len(uint(2*len(t.cells) - 1))
	t.slots, t.shift = make([]int32, 1<<width), uint8(64-width)
	for i := range t.cells {
		slot := &t.slots[t.cells[i].hash>>t.shift]
		t.cells[i].next = *slot
		*slot = int32(i + 1)
	}
}

// first lowers best to the first statement with this hash that matches.
func (t *table) first(hash uint64, all []*statement, e *evaluation, best int32) int32 {
	if len(t.slots) == 0 {
		return best
	}
	for n := t.slots[hash>>t.shift]; n != 0; {
		c := &t.cells[n-1]
		if c.hash == hash && c.id < best && all[c.id].matches(e) {
			best = c.id
		}
		n = c.next
	}
	return best
}
