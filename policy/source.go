package policy

import (
	"errors"
	"strconv"
	"strings"
)

// A Source is the text of a policy document that knows where its parts stand. It is for tools that point at them; decisions
// need none.
type Source struct {
	text string
	root *node
}

// ReadSource reads text as JSON, and judges nothing else. Its errors are *SyntaxError.
func ReadSource(text string) (*Source, error) {
	b := &builder{kind: Identity, text: text}
	if len(text) > maxText {
		return nil, &SyntaxError{Message: Identity.tooLarge(), TooLarge: true, Detail: strconv.Itoa(len(text)) + " bytes"}
	}
	root, err := readJSON(text)
	if err != nil {
		var at *jsonError
		errors.As(err, &at)
		return nil, b.fail(at.off, Identity.notJSON(), at.detail)
	}
	return &Source{text, root}, nil
}

// Position tells where a part stands: Position("Statement", "0", "Action", "1") is the second action of the first statement.
// One value counts as a list of that value, as it does in policies. Of what is not there it tells the nearest part around it.
// Both are from 1; columns count characters.
func (s *Source) Position(path ...string) (line, column int) {
	n := s.root
	for _, step := range path {
		next := n.step(step)
		if next == nil {
			break
		}
		n = next
	}
	return (&builder{text: s.text}).position(n.off)
}

func (n *node) step(name string) *node {
	for _, m := range n.members {
		if m.key == name {
			return m.value
		}
	}
	i, err := strconv.Atoi(name)
	switch {
	case err != nil || i < 0:
		return nil
	case n.kind != arrayNode && i == 0:
		return n
	case i < len(n.items):
		return n.items[i]
	}
	return nil
}

// Kind guesses what the document is for by its first statement that names a principal: without one it is an identity policy;
// with one it is a trust policy if it has no resource or only actions of STS, and else the policy of a resource.
func (s *Source) Kind() Kind {
	list := s.root.step("Statement")
	if list == nil {
		return Identity
	}
	items := []*node{list}
	if list.kind == arrayNode {
		items = list.items
	}
	for _, n := range items {
		if n.step("Principal") == nil && n.step("NotPrincipal") == nil {
			continue
		}
		if n.step("Resource") == nil && n.step("NotResource") == nil || ofSTS(n.step("Action")) {
			return Trust
		}
		return Resource
	}
	return Identity
}

// ofSTS reports whether all of the actions are of STS.
func ofSTS(actions *node) bool {
	if actions == nil {
		return false
	}
	items := []*node{actions}
	if actions.kind == arrayNode {
		items = actions.items
	}
	for _, a := range items {
		if len(a.text) < 4 || !strings.EqualFold(a.text[:4], "sts:") {
			return false
		}
	}
	return len(items) > 0
}

// find is the first value below n that is the string text, or the first key that is; nil when there is none.
func (n *node) find(text string) *node {
	if n.kind == stringNode && n.text == text {
		return n
	}
	for _, m := range n.members {
		if m.key == text {
			return &node{off: m.off}
		}
		if found := m.value.find(text); found != nil {
			return found
		}
	}
	for _, item := range n.items {
		if found := item.find(text); found != nil {
			return found
		}
	}
	return nil
}

// locate moves an error of check from the beginning of its statement to the text that it is about.
func (e *SyntaxError) locate(text string, root *node) {
	list := root.step("Statement")
	if e.about == "" || list == nil {
		return
	}
	n := list.step(strconv.Itoa(e.statement))
	if n == nil {
		return
	}
	if n = n.find(e.about); n != nil {
		e.Line, e.Column = (&builder{text: text}).position(n.off)
	}
}
