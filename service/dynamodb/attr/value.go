package attr

import (
	"slices"
	"strings"
)

// Type is one of DynamoDB's attribute types, or [None].
type Type uint8

// The attribute types. The numbers are part of the storage encoding: never renumber.
const (
	None Type = iota // the zero Value: no attribute at all
	S
	N
	B
	BOOL
	NULL
	SS
	NS
	BS
	L
	M
)

var typeNames = [...]string{None: "", S: "S", N: "N", B: "B", BOOL: "BOOL", NULL: "NULL", SS: "SS", NS: "NS", BS: "BS", L: "L", M: "M"}

// String is the type's name on the wire: "S", "BOOL", "SS" and so on.
func (t Type) String() string {
	if int(t) < len(typeNames) {
		return typeNames[t]
	}
	return ""
}

// ParseType finds the type that is named name on the wire.
func ParseType(name string) (Type, bool) {
	for t := S; t <= M; t++ {
		if typeNames[t] == name {
			return t, true
		}
	}
	return None, false
}

// IsSet reports whether t is SS, NS or BS.
func (t Type) IsSet() bool { return t == SS || t == NS || t == BS }

// Member is the type of a set's members: S for SS, N for NS, B for BS.
func (t Type) Member() Type {
	switch t {
	case SS:
		return S
	case NS:
		return N
	case BS:
		return B
	}
	return None
}

// Value is one immutable attribute value. The zero Value has type None and equals
// nothing. Values are small (32 bytes) and passed by value.
type Value struct {
	typ  Type
	yes  bool   // BOOL
	text string // S; N as canonical decimal; B as raw bytes
	more *more  // sets, L, M
}

type more struct {
	set    []string // sorted, without duplicates; NS canonical decimals
	list   []Value
	fields Item
}

// String makes an S.
func String(s string) Value { return Value{typ: S, text: s} }

// Binary makes a B; the bytes are copied.
func Binary(b []byte) Value { return Value{typ: B, text: string(b)} }

// Bool makes a BOOL.
func Bool(b bool) Value { return Value{typ: BOOL, yes: b} }

// Null makes the NULL value.
func Null() Value { return Value{typ: NULL} }

// Int makes an N from a Go integer.
func Int(n int64) Value { return Value{typ: N, text: formatInt(n)} }

// Number makes an N from decimal text. It fails with DynamoDB's sentence when the
// text is no number, too large, too small or has more than 38 significant digits.
func Number(text string) (Value, error) {
	canonical, err := Canonical(text)
	if err != nil {
		return Value{}, err
	}
	return Value{typ: N, text: canonical}, nil
}

// List makes an L. The slice belongs to the Value from now on.
func List(list []Value) Value { return Value{typ: L, more: &more{list: list}} }

// Map makes an M.
func Map(fields Item) Value { return Value{typ: M, more: &more{fields: fields}} }

// Type tells which of the ten types v has; None for the zero Value.
func (v Value) Type() Type { return v.typ }

// IsZero reports whether v is no value at all.
func (v Value) IsZero() bool { return v.typ == None }

// Text is the content of an S, the canonical decimal of an N, the raw bytes of a B,
// and "" for every other type.
func (v Value) Text() string { return v.text }

// Boolean is the content of a BOOL; false for every other type.
func (v Value) Boolean() bool { return v.yes }

// Members are the members of a set in ascending order, as [Value.Text] gives them.
// The caller must not change the slice.
func (v Value) Members() []string {
	if v.more == nil {
		return nil
	}
	return v.more.set
}

// Elements are the elements of an L. The caller must not change the slice.
func (v Value) Elements() []Value {
	if v.more == nil {
		return nil
	}
	return v.more.list
}

// Fields are the members of an M.
func (v Value) Fields() Item {
	if v.more == nil {
		return nil
	}
	return v.more.fields
}

// Equal reports whether v and w have the same type and content. Numbers are equal
// by value, sets regardless of order. The zero Value equals nothing.
func (v Value) Equal(w Value) bool {
	if v.typ != w.typ || v.typ == None {
		return false
	}
	switch v.typ {
	case S, N, B:
		return v.text == w.text
	case BOOL:
		return v.yes == w.yes
	case NULL:
		return true
	case L:
		return slices.EqualFunc(v.Elements(), w.Elements(), Value.Equal)
	case M:
		return v.Fields().Equal(w.Fields())
	default:
		return slices.Equal(v.Members(), w.Members())
	}
}

// Compare orders two values of the same type S (UTF-8 bytes), N (by value) or B
// (unsigned bytes). ok is false for every other pair: DynamoDB does not order them.
func (v Value) Compare(w Value) (order int, ok bool) {
	if v.typ != w.typ {
		return 0, false
	}
	switch v.typ {
	case S, B:
		return strings.Compare(v.text, w.text), true
	case N:
		return compareNumbers(v.text, w.text), true
	}
	return 0, false
}

// HasMember reports whether the set v has the scalar w as a member.
func (v Value) HasMember(w Value) bool {
	if !v.typ.IsSet() || v.typ.Member() != w.typ {
		return false
	}
	_, found := slices.BinarySearchFunc(v.Members(), w.text, memberOrder(v.typ))
	return found
}

func memberOrder(set Type) func(a, b string) int {
	if set == NS {
		return compareNumbers
	}
	return strings.Compare
}
