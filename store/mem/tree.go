package mem

import (
	"bytes"
	"iter"
)

// tree is a persistent AVL tree; nil is the empty one. No method changes a
// node that another tree can see.
type tree struct {
	key         []byte
	value       []byte
	expires     int64 // Unix nanoseconds, 0 for never
	left, right *tree
	height      int
}

func (t *tree) get(key []byte) *tree {
	for t != nil {
		switch c := bytes.Compare(key, t.key); {
		case c < 0:
			t = t.left
		case c > 0:
			t = t.right
		default:
			return t
		}
	}
	return nil
}

func (t *tree) put(key, value []byte, expires int64) *tree {
	if t == nil {
		return &tree{key: key, value: value, expires: expires, height: 1}
	}
	n := *t
	switch c := bytes.Compare(key, t.key); {
	case c < 0:
		n.left = t.left.put(key, value, expires)
	case c > 0:
		n.right = t.right.put(key, value, expires)
	default:
		n.value, n.expires = value, expires
		return &n
	}
	return n.balance()
}

func (t *tree) remove(key []byte) *tree {
	if t == nil {
		return nil
	}
	n := *t
	switch c := bytes.Compare(key, t.key); {
	case c < 0:
		n.left = t.left.remove(key)
	case c > 0:
		n.right = t.right.remove(key)
	case t.left == nil:
		return t.right
	case t.right == nil:
		return t.left
	default:
		next := t.right
		for next.left != nil {
			next = next.left
		}
		n.key, n.value, n.expires = next.key, next.value, next.expires
		n.right = t.right.remove(next.key)
	}
	return n.balance()
}

// balance restores the AVL rule of n, a fresh copy whose sides are balanced
// and differ by at most two.
func (t *tree) balance() *tree {
	switch d := t.left.depth() - t.right.depth(); {
	case d > 1:
		if t.left.left.depth() < t.left.right.depth() {
			t.left = t.left.rotateLeft()
		}
		return t.rotateRight()
	case d < -1:
		if t.right.right.depth() < t.right.left.depth() {
			t.right = t.right.rotateRight()
		}
		return t.rotateLeft()
	}
	t.measure()
	return t
}

func (t *tree) rotateLeft() *tree {
	n, top := *t, *t.right
	n.right, top.left = top.left, &n
	n.measure()
	top.measure()
	return &top
}

func (t *tree) rotateRight() *tree {
	n, top := *t, *t.left
	n.left, top.right = top.right, &n
	n.measure()
	top.measure()
	return &top
}

func (t *tree) measure() { t.height = 1 + max(t.left.depth(), t.right.depth()) }

func (t *tree) depth() int {
	if t == nil {
		return 0
	}
	return t.height
}

// scan yields the nodes with from <= key < to; a nil bound is open.
func (t *tree) scan(from, to []byte, reverse bool) iter.Seq[*tree] {
	return func(yield func(*tree) bool) { t.walk(from, to, reverse, yield) }
}

func (t *tree) walk(from, to []byte, reverse bool, yield func(*tree) bool) bool {
	if t == nil {
		return true
	}
	if bytes.Compare(t.key, from) < 0 {
		return t.right.walk(from, to, reverse, yield)
	}
	if to != nil && bytes.Compare(t.key, to) >= 0 {
		return t.left.walk(from, to, reverse, yield)
	}
	first, second := t.left, t.right
	if reverse {
		first, second = second, first
	}
	return first.walk(from, to, reverse, yield) && yield(t) && second.walk(from, to, reverse, yield)
}
