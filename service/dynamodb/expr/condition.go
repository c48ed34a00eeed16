package expr

import (
	"unicode/utf16"

	"github.com/bailiwick-project/bailiwick/service/dynamodb/attr"
)

// Condition is a parsed condition or filter. A nil Condition always holds.
type Condition struct {
	root node
}

// Holds evaluates the condition on an item; nil is the item that does not exist.
func (c *Condition) Holds(item attr.Item) bool {
	return c == nil || c.root.holds(item)
}

// TopLevelNames are the top-level attributes that the condition names, aliases resolved,
// sorted, each once.
func (c *Condition) TopLevelNames() []string {
	if c == nil {
		return nil
	}
	return topNames(c.root.paths(nil))
}

// node is a truth value over an item: and, or, not, comparison, between, in, call.
type node interface {
	holds(item attr.Item) bool
	paths(seen []Path) []Path
}

// operand is a value over an item: path, literal, size of an operand.
type operand interface {
	in(item attr.Item) attr.Value
	paths(seen []Path) []Path
}

type (
	and struct{ left, right node }
	or  struct{ left, right node }
	not struct{ of node }

	comparison struct {
		op          string // = <> < <= > >=
		left, right operand
	}
	between struct{ of, low, high operand }
	in      struct {
		of   operand
		list []operand
	}
	call struct {
		name string
		args []operand
	}
	// constant is what an empty list of legacy conditions means.
	constant bool

	pathOperand struct{ path Path }
	literal     struct {
		name  string // :v, for messages
		value attr.Value
	}
	size struct{ of operand }
)

func (n and) paths(seen []Path) []Path        { return n.right.paths(n.left.paths(seen)) }
func (n or) paths(seen []Path) []Path         { return n.right.paths(n.left.paths(seen)) }
func (n not) paths(seen []Path) []Path        { return n.of.paths(seen) }
func (n comparison) paths(seen []Path) []Path { return n.right.paths(n.left.paths(seen)) }
func (n between) paths(seen []Path) []Path    { return n.high.paths(n.low.paths(n.of.paths(seen))) }
func (n in) paths(seen []Path) []Path         { return operandPaths(n.list, n.of.paths(seen)) }
func (n call) paths(seen []Path) []Path       { return operandPaths(n.args, seen) }
func (constant) paths(seen []Path) []Path     { return seen }
func (o pathOperand) paths(seen []Path) []Path {
	return append(seen, o.path)
}
func (literal) paths(seen []Path) []Path { return seen }
func (o size) paths(seen []Path) []Path  { return o.of.paths(seen) }

func operandPaths(list []operand, seen []Path) []Path {
	for _, o := range list {
		seen = o.paths(seen)
	}
	return seen
}

func (o pathOperand) in(item attr.Item) attr.Value { return o.path.In(item) }
func (o literal) in(attr.Item) attr.Value          { return o.value }

// in counts UTF-16 code units of an S (as the service does: "é𝄞" has 3), bytes of a B,
// members of a set, elements of a list or map.
func (o size) in(item attr.Item) attr.Value {
	v := o.of.in(item)
	switch v.Type() {
	case attr.S:
		return attr.Int(int64(utf16Length(v.Text())))
	case attr.B:
		return attr.Int(int64(len(v.Text())))
	case attr.SS, attr.NS, attr.BS:
		return attr.Int(int64(len(v.Members())))
	case attr.L:
		return attr.Int(int64(len(v.Elements())))
	case attr.M:
		return attr.Int(int64(len(v.Fields())))
	}
	return attr.Value{}
}

func utf16Length(s string) int {
	n := 0
	for _, r := range s {
		n += utf16.RuneLen(r)
	}
	return n
}
