package policy

import (
	"fmt"
	"strings"
)

// str reads the string of the member whose key is node n.
func (b *builder) str(n int) (string, error) {
	if b.tree.kind(n+1) != stringNode {
		return "", b.syntax(n+1, "%s is not a string", b.tree.str(n))
	}
	return b.tree.str(n + 1), nil
}

// effect accepts any spelling of Allow and Deny; check refuses the wrong ones later, because IAM finds other faults first.
func (b *builder) effect(n int) (string, error) {
	s, err := b.str(n)
	if err != nil {
		return "", err
	}
	if !strings.EqualFold(s, effectAllow) && !strings.EqualFold(s, effectDeny) {
		return "", b.syntax(n+1, "Effect is %q, neither Allow nor Deny", s)
	}
	return s, nil
}

// list reads a string or an array of strings, and with scalars also numbers and booleans, as text.
func (b *builder) list(n int, scalars bool) ([]string, error) {
	t := b.tree
	i, end := n, t.next(n)
	if t.kind(n) == arrayNode {
		i++
	}
	start := len(b.values)
	for ; i < end; i = t.next(i) {
		if t.kind(i) != stringNode && (!scalars || t.kind(i) != numberNode && t.kind(i) != boolNode) {
			return nil, b.syntax(i, "expected a string")
		}
		b.values = append(b.values, t.str(i))
	}
	return b.values[start:len(b.values):len(b.values)], nil
}

// principals reads "*" or {"AWS": ..., "Federated": ..., "Service": ..., "CanonicalUser": ...}.
func (b *builder) principals(n int) ([]PrincipalEntry, error) {
	t := b.tree
	if t.kind(n) == stringNode {
		line, column := b.position(b.place(n))
		return []PrincipalEntry{{Type: "*", Value: t.str(n), Line: line, Column: column}}, nil
	}
	if t.kind(n) != objectNode {
		return nil, b.syntax(n, "a principal is \"*\" or an object")
	}
	var out []PrincipalEntry
	empty := false
	for i := n + 1; i < t.next(n); i = t.next(i + 1) {
		if t.str(i) == "*" && (b.kind.named() || b.kind == ResourceControl) { // is not the bare "*", which stands for everyone
			return nil, b.fail(b.place(i), b.kind.badPrincipal(PrincipalEntry{Type: "*", Value: "*"}), "a principal has no type \"*\"")
		}
		values, err := b.list(i+1, false)
		if err != nil {
			return nil, err
		}
		empty = empty || len(values) == 0
		line, column := b.position(b.place(i + 1))
		for _, v := range values {
			out = append(out, PrincipalEntry{Type: t.str(i), Value: v, Line: line, Column: column})
		}
	}
	if len(out) == 0 && b.kind.named() {
		return nil, b.fail(b.place(n), b.kind.missing("Principal"), "Principal is empty")
	}
	if empty && b.kind.named() {
		return nil, b.fail(b.place(n), b.kind.missing("Principal"), "Principal has an empty list")
	}
	if len(out) == 0 {
		out = append(out, PrincipalEntry{Type: "AWS"}) // even an empty one is too many; check refuses it in its turn
	}
	return out, nil
}

// condition reads {"operator": {"key": value or values}}.
func (b *builder) condition(n int) ([]Condition, error) {
	t := b.tree
	if t.kind(n) != objectNode {
		return nil, b.syntax(n, "Condition is not an object")
	}
	start := len(b.conditions)
	for i := n + 1; i < t.next(n); i = t.next(i + 1) {
		operator, keys := t.str(i), i+1
		if _, ok := b.operators.parse(operator); !ok {
			return nil, b.fail(b.place(i), msgSyntax, fmt.Sprintf("there is no condition operator %q", operator))
		}
		if t.kind(keys) != objectNode {
			return nil, b.syntax(keys, "%s is not an object of keys", operator)
		}
		for key := keys + 1; key < t.next(keys); key = t.next(key + 1) {
			values, err := b.list(key+1, true)
			if err != nil {
				return nil, err
			}
			if len(values) == 0 {
				return nil, b.syntax(key+1, "%s has no values", t.str(key))
			}
			line, column := b.position(b.place(key))
			b.conditions = append(b.conditions, Condition{Operator: operator, Key: t.str(key), Values: values, Line: line, Column: column})
		}
	}
	if len(b.conditions) == start {
		return nil, nil
	}
	return b.conditions[start:len(b.conditions):len(b.conditions)], nil
}
