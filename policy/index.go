package policy

import (
	"slices"
	"strings"
)

// splitAt is how many statements a node holds before they are also told apart by action.
const splitAt = 8

// An index finds the statements of one effect that may apply to a request: a radix tree over the literal text with which
// their resources begin, and at each node a map by action. Patterns without such text, "*" and NotResource are at the root.
// It only ever leaves out statements that cannot match; what it finds is matched in full.
type index struct{ root branch }

type branch struct {
	prefix   string
	list     []int32            // in ascending order
	byAction map[string][]int32 // those of list with exact actions, when the list is long
	anyway   []int32            // those of list that are not in byAction
	children []*branch          // each begins with another byte
}

func newIndex(all []*statement, deny bool) *index {
	x := &index{}
	for i, s := range all {
		if s.deny != deny {
			continue
		}
		for _, head := range s.heads() {
			x.root.insert(head, int32(i))
		}
	}
	x.root.finish(all)
	return x
}

// heads returns the literal texts with which the resources begin that the statement can match.
func (s *statement) heads() []string {
	if s.notResource {
		return []string{""}
	}
	var heads []string
	for i := range s.resources {
		r := &s.resources[i]
		switch {
		case r.all:
			return []string{""}
		case r.pattern != nil:
			head, _ := r.pattern.head()
			heads = append(heads, head)
		}
	}
	return heads
}

func (n *branch) insert(key string, id int32) {
	if key == "" {
		if len(n.list) == 0 || n.list[len(n.list)-1] != id {
			n.list = append(n.list, id)
		}
		return
	}
	for i, c := range n.children {
		common := commonPrefix(c.prefix, key)
		if common == 0 {
			continue
		}
		if common < len(c.prefix) {
			split := &branch{prefix: c.prefix[:common], children: []*branch{c}}
			c.prefix = c.prefix[common:]
			n.children[i] = split
			c = split
		}
		c.insert(key[common:], id)
		return
	}
	n.children = append(n.children, &branch{prefix: key, list: []int32{id}})
}

func commonPrefix(a, b string) int {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}

// finish sorts the children and splits long lists by action.
func (n *branch) finish(all []*statement) {
	slices.SortFunc(n.children, func(a, b *branch) int { return int(a.prefix[0]) - int(b.prefix[0]) })
	for _, c := range n.children {
		c.finish(all)
	}
	if len(n.list) <= splitAt {
		n.anyway = n.list
		return
	}
	n.byAction = map[string][]int32{}
	for _, id := range n.list {
		s := all[id]
		if s.notAction || slices.ContainsFunc(s.actions, func(a actionPattern) bool { return !a.exact }) {
			n.anyway = append(n.anyway, id)
			continue
		}
		for _, a := range s.actions {
			n.byAction[a.pattern] = append(n.byAction[a.pattern], id)
		}
	}
}

// first returns the first statement, in the order of the set, that matches; nil if none does.
func (x *index) first(all []*statement, e *evaluation) *statement {
	best := int32(len(all))
	rest := e.request.Resource
	for n := &x.root; n != nil; {
		best = n.first(all, e, best)
		child := n.child(rest)
		if child == nil || !strings.HasPrefix(rest, child.prefix) {
			break
		}
		rest = rest[len(child.prefix):]
		n = child
	}
	if int(best) == len(all) {
		return nil
	}
	return all[best]
}

func (n *branch) first(all []*statement, e *evaluation, best int32) int32 {
	best = firstOf(n.anyway, all, e, best)
	if n.byAction != nil {
		best = firstOf(n.byAction[string(e.lowered())], all, e, best)
	}
	return best
}

func firstOf(ids []int32, all []*statement, e *evaluation, best int32) int32 {
	for _, id := range ids {
		if id >= best {
			break
		}
		if all[id].matches(e) {
			return id
		}
	}
	return best
}

func (n *branch) child(rest string) *branch {
	if rest == "" {
		return nil
	}
	lo, hi := 0, len(n.children)
	for lo < hi {
		mid := (lo + hi) / 2
		switch c := n.children[mid]; {
		case c.prefix[0] == rest[0]:
			return c
		case c.prefix[0] < rest[0]:
			lo = mid + 1
		default:
			hi = mid
		}
	}
	return nil
}
