package policy

import (
	"fmt"
	"strings"
)

func (b *builder) str(m member) (string, error) {
	if m.value.kind != stringNode {
		return "", b.syntax(m.value, "%s is not a string", m.key)
	}
	return m.value.text, nil
}

// effect accepts any spelling of Allow and Deny; check refuses the wrong ones later, because IAM finds other faults first.
func (b *builder) effect(m member) (string, error) {
	s, err := b.str(m)
	if err != nil {
		return "", err
	}
	if !strings.EqualFold(s, effectAllow) && !strings.EqualFold(s, effectDeny) {
		return "", b.syntax(m.value, "Effect is %q, neither Allow nor Deny", s)
	}
	return s, nil
}

// list reads a string or an array of strings, and with scalars also numbers and booleans, as text.
func (b *builder) list(n *node, scalars bool) ([]string, error) {
	items := []*node{n}
	if n.kind == arrayNode {
		items = n.items
	}
	out := make([]string, 0, len(items))
	for _, item := range items {
		if item.kind != stringNode && (!scalars || item.kind != numberNode && item.kind != boolNode) {
			return nil, b.syntax(item, "expected a string")
		}
		out = append(out, item.text)
	}
	return out, nil
}

// principals reads "*" or {"AWS": ..., "Federated": ..., "Service": ..., "CanonicalUser": ...}.
func (b *builder) principals(n *node) ([]PrincipalEntry, error) {
	if n.kind == stringNode {
		line, column := b.position(n.off)
		return []PrincipalEntry{{Type: "*", Value: n.text, Line: line, Column: column}}, nil
	}
	if n.kind != objectNode {
		return nil, b.syntax(n, "a principal is \"*\" or an object")
	}
	var out []PrincipalEntry
	empty := false
	for _, m := range n.members {
		if m.key == "*" && (b.kind.named() || b.kind == ResourceControl) { // is not the bare "*", which stands for everyone
			return nil, b.fail(m.off, b.kind.badPrincipal(PrincipalEntry{Type: "*", Value: "*"}), "a principal has no type \"*\"")
		}
		values, err := b.list(m.value, false)
		if err != nil {
			return nil, err
		}
		empty = empty || len(values) == 0
		line, column := b.position(m.value.off)
		for _, v := range values {
			out = append(out, PrincipalEntry{Type: m.key, Value: v, Line: line, Column: column})
		}
	}
	if len(out) == 0 && b.kind.named() {
		return nil, b.fail(n.off, b.kind.missing("Principal"), "Principal is empty")
	}
	if empty && b.kind.named() {
		return nil, b.fail(n.off, b.kind.missing("Principal"), "Principal has an empty list")
	}
	if len(out) == 0 {
		out = append(out, PrincipalEntry{Type: "AWS"}) // even an empty one is too many; check refuses it in its turn
	}
	return out, nil
}

// conditions reads {"operator": {"key": value or values}}.
func (b *builder) conditions(n *node) ([]Condition, error) {
	if n.kind != objectNode {
		return nil, b.syntax(n, "Condition is not an object")
	}
	var out []Condition
	for _, op := range n.members {
		if _, ok := parseOperator(op.key); !ok {
			return nil, b.fail(op.off, msgSyntax, fmt.Sprintf("there is no condition operator %q", op.key))
		}
		if op.value.kind != objectNode {
			return nil, b.syntax(op.value, "%s is not an object of keys", op.key)
		}
		for _, key := range op.value.members {
			values, err := b.list(key.value, true)
			if err != nil {
				return nil, err
			}
			if len(values) == 0 {
				return nil, b.syntax(key.value, "%s has no values", key.key)
			}
			line, column := b.position(key.off)
			out = append(out, Condition{Operator: op.key, Key: key.key, Values: values, Line: line, Column: column})
		}
	}
	return out, nil
}
