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
	tree *tree
}

// ReadSource reads text as JSON, and judges nothing else. Its errors are *SyntaxError.
func ReadSource(text string) (*Source, error) {
	b := &builder{kind: Identity, text: text}
	if len(text) > maxText {
		return nil, &SyntaxError{Message: Identity.tooLarge(), TooLarge: true, Detail: strconv.Itoa(len(text)) + " bytes"}
	}
	t, err := readJSON(text)
	if err != nil {
		var at *jsonError
		errors.As(err, &at)
		return nil, b.fail(at.off, Identity.notJSON(), at.detail)
	}
	return &Source{text, t}, nil
}

// Position tells where a part stands: Position("Statement", "0", "Action", "1") is the second action of the first statement.
// One value counts as a list of that value, as it does in policies. Of what is not there it tells the nearest part around it.
// Both are from 1; columns count characters.
func (s *Source) Position(path ...string) (line, column int) {
	n := 0
	for _, step := range path {
		next := s.tree.step(n, step)
		if next < 0 {
			break
		}
		n = next
	}
	return (&builder{text: s.text}).position(int(s.tree.nodes[n].off))
}

// Kind guesses what the document is for by its first statement that names a principal: without one it is an identity policy;
// with one it is a trust policy if it has no resource or only actions of STS, and else the policy of a resource.
func (s *Source) Kind() Kind {
	t := s.tree
	list := t.step(0, "Statement")
	if list < 0 {
		return Identity
	}
	for i := range t.items(list) {
		if t.step(i, "Principal") < 0 && t.step(i, "NotPrincipal") < 0 {
			continue
		}
		if t.step(i, "Resource") < 0 && t.step(i, "NotResource") < 0 || t.ofSTS(t.step(i, "Action")) {
			return Trust
		}
		return Resource
	}
	return Identity
}

// ofSTS reports whether all of the actions are of STS.
func (t *tree) ofSTS(actions int) bool {
	if actions < 0 {
		return false
	}
	some := false
	for i := range t.items(actions) {
		if some = true; len(t.str(i)) < 4 || !strings.EqualFold(t.str(i)[:4], "sts:") {
			return false
		}
	}
	return some
}

// locate moves an error of check from the beginning of its statement, of which there is at least that one, to the text that it is
// about.
func (e *SyntaxError) locate(text string, t *tree) {
	if e.about == "" {
		return
	}
	if off := t.find(t.item(t.step(0, "Statement"), e.statement), e.about); off >= 0 {
		e.Line, e.Column = (&builder{text: text}).position(off)
	}
}
