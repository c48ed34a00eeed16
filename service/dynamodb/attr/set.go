package attr

import (
	"encoding/base64"
	"slices"
	"strings"
)

// StringSet makes an SS; it refuses an empty set and duplicates.
func StringSet(members []string) (Value, error) { return newSet(SS, slices.Clone(members)) }

// NumberSet makes an NS; it refuses an empty set, bad numbers, and duplicates by
// value ("1" and "1.0").
func NumberSet(members []string) (Value, error) {
	canonical := make([]string, len(members))
	for i, text := range members {
		number, err := Canonical(text)
		if err != nil {
			return Value{}, err
		}
		canonical[i] = number
	}
	return newSet(NS, canonical)
}

// BinarySet makes a BS; it refuses an empty set and duplicates.
func BinarySet(members [][]byte) (Value, error) {
	texts := make([]string, len(members))
	for i, b := range members {
		texts[i] = string(b)
	}
	return newSet(BS, texts)
}

// newSet takes over members and sorts them in place.
func newSet(t Type, members []string) (Value, error) {
	if len(members) == 0 {
		return Value{}, emptySet(t)
	}
	order := memberOrder(t)
	if !slices.IsSortedFunc(members, order) {
		sorted := slices.Clone(members)
		slices.SortFunc(sorted, order)
		if hasNeighbours(sorted) {
			return Value{}, duplicates(t, members)
		}
		members = sorted
	} else if hasNeighbours(members) {
		return Value{}, duplicates(t, members)
	}
	return Value{typ: t, more: &more{set: members}}, nil
}

func hasNeighbours(sorted []string) bool {
	for i := 1; i < len(sorted); i++ {
		if sorted[i] == sorted[i-1] {
			return true
		}
	}
	return false
}

// emptySet repeats DynamoDB's sentences letter by letter: article and double space are theirs.
func emptySet(t Type) error {
	switch t {
	case SS:
		return invalidf("An string set  may not be empty")
	case NS:
		return invalidf("An number set  may not be empty")
	}
	return invalidf("Binary sets should not be empty")
}

func duplicates(t Type, members []string) error {
	switch t {
	case SS:
		return invalidf("Input collection [%s] contains duplicates.", strings.Join(members, ", "))
	case NS:
		return ValidationError("Input collection contains duplicates")
	}
	shown := make([]string, len(members))
	for i, m := range members {
		shown[i] = base64.StdEncoding.EncodeToString([]byte(m))
	}
	return invalidf("Input collection [%s]of type BS contains duplicates.", strings.Join(shown, ", "))
}

// Union is the set v with the members of w added; both must be sets of one type.
func (v Value) Union(w Value) (Value, bool) {
	if !v.typ.IsSet() || v.typ != w.typ {
		return Value{}, false
	}
	joined := slices.Concat(v.Members(), w.Members())
	slices.SortFunc(joined, memberOrder(v.typ))
	return Value{typ: v.typ, more: &more{set: slices.Compact(joined)}}, true
}

// Minus is the set v without the members of w; both must be sets of one type. The
// zero Value comes back when no member is left: DynamoDB keeps no empty sets.
func (v Value) Minus(w Value) (Value, bool) {
	if !v.typ.IsSet() || v.typ != w.typ {
		return Value{}, false
	}
	order := memberOrder(v.typ)
	var left []string
	for _, m := range v.Members() {
		if _, found := slices.BinarySearchFunc(w.Members(), m, order); !found {
			left = append(left, m)
		}
	}
	if len(left) == 0 {
		return Value{}, true
	}
	return Value{typ: v.typ, more: &more{set: left}}, true
}
