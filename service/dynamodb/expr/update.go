package expr

import (
	"slices"

	"github.com/bailiwick-project/bailiwick/service/dynamodb/attr"
)

type verb uint8

const (
	set verb = iota
	remove
	add
	del
)

func (v verb) String() string { return [...]string{"SET", "REMOVE", "ADD", "DELETE"}[v] }

// action is one assignment of an update.
type action struct {
	verb   verb
	path   Path
	value  operand // nil for REMOVE
	legacy bool    // of AttributeUpdates: ADD also extends lists, other messages
}

// Update is a parsed UpdateExpression (or AttributeUpdates).
type Update struct {
	actions []action
}

// The operands that only SET knows. They are operands of the common sort, with one more
// way to be evaluated, as they can fail.
type (
	arithmetic struct {
		minus       bool
		left, right operand
	}
	listAppend  struct{ left, right operand }
	ifNotExists struct {
		path     pathOperand
		fallback operand
	}
)

func (o arithmetic) paths(seen []Path) []Path  { return o.right.paths(o.left.paths(seen)) }
func (o listAppend) paths(seen []Path) []Path  { return o.right.paths(o.left.paths(seen)) }
func (o ifNotExists) paths(seen []Path) []Path { return o.fallback.paths(o.path.paths(seen)) }

func (o arithmetic) in(item attr.Item) attr.Value  { v, _ := evaluate(o, item); return v }
func (o listAppend) in(item attr.Item) attr.Value  { v, _ := evaluate(o, item); return v }
func (o ifNotExists) in(item attr.Item) attr.Value { v, _ := evaluate(o, item); return v }

func (u *Update) targets() []Path {
	paths := make([]Path, len(u.actions))
	for i, a := range u.actions {
		paths[i] = a.path
	}
	return paths
}

// TopLevelNames are the top-level attributes that the update names, as targets or as
// sources, aliases resolved, sorted, each once.
func (u *Update) TopLevelNames() []string {
	if u == nil {
		return nil
	}
	paths := u.targets()
	for _, a := range u.actions {
		if a.value != nil {
			paths = a.value.paths(paths)
		}
	}
	return topNames(paths)
}

// CheckKeys refuses an update of a key attribute.
func (u *Update) CheckKeys(keys ...string) error {
	if u == nil {
		return nil
	}
	for _, a := range u.actions {
		if slices.Contains(keys, a.path.Top()) {
			return invalidParameter("Cannot update attribute %s. This attribute is part of the key", a.path.Top())
		}
	}
	return nil
}

// OnlyRemoves reports whether the update can do nothing to an item that does not
// exist: it has REMOVE and DELETE actions and no others.
func (u *Update) OnlyRemoves() bool {
	return u != nil && len(u.actions) > 0 &&
		!slices.ContainsFunc(u.actions, func(a action) bool { return a.verb != remove && a.verb != del })
}

// Updated is the part of an item (the old or the new one) that the update touches: the
// answer to ReturnValues UPDATED_OLD and UPDATED_NEW.
func (u *Update) Updated(item attr.Item) attr.Item {
	if u == nil {
		return nil
	}
	return newProjection(u.targets()).Apply(item)
}

// Apply makes the new item. Sources are read from the item as it was, so that the order
// of actions means nothing. A nil Update changes nothing.
//
// Each result becomes a part of the item, and lists can be appended to themselves many
// times in few bytes of text: an item that cannot be stored is not made first, but
// refused with attr.ErrItemSize as soon as its parts are too large.
func (u *Update) Apply(item attr.Item) (attr.Item, error) {
	if u == nil {
		return item, nil
	}
	root := &change{}
	size := 0
	for _, a := range u.actions {
		v, err := a.result(item)
		if err != nil {
			return nil, err
		}
		if size += v.Size(); size > attr.MaxItemSize {
			return nil, attr.ErrItemSize
		}
		root.add(a.path, v)
	}
	return root.applyFields(item)
}

// result is the value that the action leaves at its path; the zero Value for nothing.
func (a action) result(item attr.Item) (attr.Value, error) {
	switch a.verb {
	case set:
		return evaluate(a.value, item)
	case add:
		return a.added(a.path.In(item), a.value.in(item))
	case del:
		old, minus := a.path.In(item), a.value.in(item)
		if old.IsZero() {
			return old, nil
		}
		left, ok := old.Minus(minus)
		if !ok {
			return left, a.typeError()
		}
		return left, nil
	}
	return attr.Value{}, nil
}

func (a action) typeError() error {
	if a.legacy {
		return errMismatch
	}
	return errOperandType
}

func (a action) added(old, more attr.Value) (attr.Value, error) {
	if old.IsZero() {
		return more, nil
	}
	if old.Type() == attr.N && more.Type() == attr.N {
		return old.Add(more)
	}
	if a.legacy && old.Type() == attr.L && more.Type() == attr.L {
		return attr.List(slices.Concat(old.Elements(), more.Elements())), nil
	}
	union, ok := old.Union(more)
	if !ok {
		return union, a.typeError()
	}
	return union, nil
}

// evaluate computes the right side of SET. Absent attributes and wrong types are errors
// here, where conditions would call them false.
func evaluate(o operand, item attr.Item) (attr.Value, error) {
	switch o := o.(type) {
	case arithmetic:
		left, right, err := evaluateBoth(o.left, o.right, item, attr.N)
		if err != nil {
			return left, err
		}
		if o.minus {
			return left.Sub(right)
		}
		return left.Add(right)
	case listAppend:
		left, right, err := evaluateBoth(o.left, o.right, item, attr.L)
		if err != nil {
			return left, err
		}
		if left.Size()+right.Size() > attr.MaxItemSize {
			return left, attr.ErrItemSize
		}
		return attr.List(slices.Concat(left.Elements(), right.Elements())), nil
	case ifNotExists:
		if v := o.path.in(item); !v.IsZero() {
			return v, nil
		}
		return evaluate(o.fallback, item)
	}
	v := o.in(item)
	if v.IsZero() {
		return v, errNoAttribute
	}
	return v, nil
}

func evaluateBoth(l, r operand, item attr.Item, want attr.Type) (left, right attr.Value, err error) {
	if left, err = evaluate(l, item); err != nil {
		return left, right, err
	}
	if right, err = evaluate(r, item); err != nil {
		return left, right, err
	}
	if left.Type() != want || right.Type() != want {
		return left, right, errOperandType
	}
	return left, right, nil
}
