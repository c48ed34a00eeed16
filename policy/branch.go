package policy

import "slices"

// A branch is a node of a radix tree: the statements whose key ends here, and what follows.
type branch struct {
	prefix   string
	list     []int32
	seed     uint64    // unless 0, further statements are in the table, under this and each of their actions
	children []*branch // each begins with another byte; sorted
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

// finish sorts the children and the list, whose last statement was inserted first, and moves the statements of a long list to the
// table if their actions are exact.
func (n *branch) finish(x *index, all []*statement) {
	slices.SortFunc(n.children, func(a, b *branch) int { return int(a.prefix[0]) - int(b.prefix[0]) })
	for _, c := range n.children {
		c.finish(x, all)
	}
	defer func() { slices.Reverse(n.list) }()
	if len(n.list) <= splitAt {
		return
	}
	x.branches++
	n.seed = x.branches * mixB
	keep := n.list[:0]
	for _, id := range n.list {
		if !all[id].exactActions() {
			keep = append(keep, id)
			continue
		}
		for i := range all[id].actions {
			x.table.add(mix(n.seed, all[id].actions[i].hash), id)
		}
	}
	n.list = keep
}

// child returns the child that begins as rest does, or nil.
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
