package expr

import (
	"strings"

	"github.com/bailiwick-project/bailiwick/service/dynamodb/attr"
)

// Truth has two values: a comparison with something absent, or of two types, is false,
// and NOT makes it true. The one exception is <>, which is the opposite of = also for
// absent attributes.

func (n and) holds(item attr.Item) bool   { return n.left.holds(item) && n.right.holds(item) }
func (n or) holds(item attr.Item) bool    { return n.left.holds(item) || n.right.holds(item) }
func (n not) holds(item attr.Item) bool   { return !n.of.holds(item) }
func (n constant) holds(_ attr.Item) bool { return bool(n) }
func (n comparison) holds(item attr.Item) bool {
	return compare(n.op, n.left.in(item), n.right.in(item))
}

func compare(op string, left, right attr.Value) bool {
	switch op {
	case "=":
		return left.Equal(right)
	case "<>":
		return !left.Equal(right)
	}
	order, ok := left.Compare(right)
	if !ok {
		return false
	}
	switch op {
	case "<":
		return order < 0
	case "<=":
		return order <= 0
	case ">":
		return order > 0
	case ">=":
		return order >= 0
	}
	return false
}

func (n between) holds(item attr.Item) bool {
	v := n.of.in(item)
	return compare(">=", v, n.low.in(item)) && compare("<=", v, n.high.in(item))
}

func (n in) holds(item attr.Item) bool {
	v := n.of.in(item)
	for _, o := range n.list {
		if v.Equal(o.in(item)) {
			return true
		}
	}
	return false
}

func (n call) holds(item attr.Item) bool {
	first := n.args[0].in(item)
	switch n.name {
	case "attribute_exists":
		return !first.IsZero()
	case "attribute_not_exists":
		return first.IsZero()
	}
	second := n.args[1].in(item)
	switch n.name {
	case "attribute_type":
		t, known := attr.ParseType(second.Text())
		return known && second.Type() == attr.S && first.Type() == t
	case "begins_with":
		return beginsWith(first, second)
	case "contains":
		return contains(first, second)
	}
	return false
}

func beginsWith(v, prefix attr.Value) bool {
	t := v.Type()
	return (t == attr.S || t == attr.B) && t == prefix.Type() && strings.HasPrefix(v.Text(), prefix.Text())
}

func contains(v, part attr.Value) bool {
	switch v.Type() {
	case attr.S, attr.B:
		return v.Type() == part.Type() && strings.Contains(v.Text(), part.Text())
	case attr.SS, attr.NS, attr.BS:
		return v.HasMember(part)
	case attr.L:
		for _, e := range v.Elements() {
			if e.Equal(part) {
				return true
			}
		}
	}
	return false
}
