package policy

import (
	"iter"
	"strconv"
)

type nodeKind uint8

const (
	nullNode nodeKind = iota
	boolNode
	numberNode
	stringNode
	arrayNode
	objectNode
	keyNode
)

// A node is one JSON value, or the key of a member, and where it stands. encoding/json is not used: it takes the last of two equal
// keys, folds their case, repairs broken UTF-8 and forgets positions, and each of these has hidden a condition from a reader of
// policies.
type node struct {
	off, end int32 // of its first byte, and behind its last
	next     int32 // of the node behind this one and all that is in it
	kind     nodeKind
	escaped  bool // a string or key whose text is not as written
}

// A tree is a JSON text: each array is followed by its items, each object by its members, and each member is a key and a value.
// The first node is the whole. One slice of nodes without pointers is what makes reading policies cheap.
type tree struct {
	text    string
	nodes   []node
	escaped map[int]string
	scalars int // how many values are neither arrays nor objects
}

// str returns the text of a string or key, and a number or boolean as written.
func (t *tree) str(n int) string {
	x := &t.nodes[n]
	switch {
	case x.escaped:
		return t.escaped[n]
	case x.kind == stringNode || x.kind == keyNode:
		return t.text[x.off+1 : x.end-1]
	}
	return t.text[x.off:x.end]
}

// next returns the node behind this one and all that is in it.
func (t *tree) next(n int) int { return int(t.nodes[n].next) }

func (t *tree) kind(n int) nodeKind { return t.nodes[n].kind }

// member returns the value of a key of the object, -1 if there is none.
func (t *tree) member(n int, key string) int {
	if t.kind(n) == objectNode {
		for i := n + 1; i < t.next(n); i = t.next(i + 1) {
			if t.str(i) == key {
				return i + 1
			}
		}
	}
	return -1
}

// item returns a value of a list, -1 if there is none. A value that is no array is a list of itself.
func (t *tree) item(n, index int) int {
	if t.kind(n) != arrayNode {
		if index == 0 {
			return n
		}
		return -1
	}
	for i := n + 1; i < t.next(n); i = t.next(i) {
		if index == 0 {
			return i
		}
		index--
	}
	return -1
}

// step returns a part by its key or index, -1 if there is none.
func (t *tree) step(n int, name string) int {
	if found := t.member(n, name); found >= 0 {
		return found
	}
	i, err := strconv.Atoi(name)
	if err != nil || i < 0 {
		return -1
	}
	return t.item(n, i)
}

// items returns the nodes of a list; a value that is no array is a list of itself.
func (t *tree) items(n int) iter.Seq[int] {
	return func(yield func(int) bool) {
		if t.kind(n) != arrayNode {
			yield(n)
			return
		}
		for i := n + 1; i < t.next(n) && yield(i); i = t.next(i) {
		}
	}
}

// count is how many values a list has. One value is a list of itself.
func (t *tree) count(n int) int {
	if t.kind(n) != arrayNode {
		return 1
	}
	count := 0
	for i := n + 1; i < t.next(n); i = t.next(i) {
		count++
	}
	return count
}

// find is where the first value in n stands that is the string text, or the first key that is; -1 when there is none.
func (t *tree) find(n int, text string) int {
	for i := n; i < t.next(n); i++ {
		if k := t.kind(i); (k == stringNode || k == keyNode) && t.str(i) == text {
			return int(t.nodes[i].off)
		}
	}
	return -1
}
