package policy

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// Parse reads a policy document. Its errors are all *SyntaxError. Nothing is guessed or repaired: a key given twice, an
// element of another case, text after the end or a broken character refuse the document as a whole, because a reader that
// forgives may decide on another policy than the one its author saw.
//
// Source: IAM User Guide, "Grammar of the IAM JSON policy language".
func Parse(kind Kind, text string) (*Document, error) {
	d, err := parse(kind, text)
	var at *SyntaxError
	if kind == ResourceControl && errors.As(err, &at) && !at.TooLarge {
		at.Message = msgControl // Organizations does not tell faults apart
	}
	return d, err
}

func parse(kind Kind, text string) (*Document, error) {
	b := &builder{kind: kind, text: text}
	if err := b.checkText(); err != nil {
		return nil, err
	}
	root, err := readJSON(text)
	if err != nil {
		var at *jsonError
		if errors.As(err, &at) {
			return nil, b.fail(at.off, kind.notJSON(), at.detail)
		}
		return nil, b.fail(0, kind.notJSON(), err.Error())
	}
	d, err := b.document(root)
	if err != nil {
		return nil, err
	}
	if err := d.check(); err != nil {
		var at *SyntaxError
		if errors.As(err, &at) {
			at.locate(text, root)
		}
		return nil, err
	}
	return d, nil
}

// A builder turns JSON into a Document, and refuses elements of the wrong name or type.
type builder struct {
	kind Kind
	text string
	at   place // asked for last
}

// A place is an offset of the text, as bytes and as a line and a column, both from 0.
type place struct{ off, line, column int }

// position converts a byte offset to a line and a column, both from 1. It goes on from where it was asked last: a document of many
// statements asks in the order of its text, and must not be counted from the beginning for each.
func (b *builder) position(off int) (line, column int) {
	off = min(off, len(b.text))
	if off < b.at.off {
		b.at = place{}
	}
	passed := b.text[b.at.off:off]
	if i := strings.LastIndexByte(passed, '\n'); i >= 0 {
		b.at.line += strings.Count(passed, "\n")
		b.at.column, passed = 0, passed[i+1:]
	}
	b.at.column += utf8.RuneCountInString(passed)
	b.at.off = off
	return b.at.line + 1, b.at.column + 1
}

func (b *builder) fail(off int, message, detail string) error {
	line, column := b.position(off)
	return &SyntaxError{Message: message, Detail: detail, Line: line, Column: column}
}

func (b *builder) syntax(n *node, format string, args ...any) error {
	return b.fail(n.off, msgSyntax, fmt.Sprintf(format, args...))
}

// checkText checks the text before it is read: size, encoding and characters.
func (b *builder) checkText() error {
	size := Size(b.text)
	if b.kind == Session || b.kind == ResourceControl { // whitespace counts: it is the length of a parameter that is limited
		size = utf8.RuneCountInString(b.text)
	}
	if len(b.text) > maxText || size > b.kind.Limit() {
		detail := fmt.Sprintf("%d characters, at most %d are allowed", size, b.kind.Limit())
		if len(b.text) > maxText {
			detail = fmt.Sprintf("%d bytes or more, at most %d are read, whitespace included", len(b.text), maxText)
		}
		return &SyntaxError{Message: b.kind.tooLarge(), TooLarge: true, Detail: detail}
	}
	for i, r := range b.text {
		if r == utf8.RuneError && !strings.HasPrefix(b.text[i:], "\uFFFD") {
			return b.fail(i, b.kind.notJSON(), "not UTF-8")
		}
		if b.kind != Resource && (r > 0xFF || r < 0x20 && r != '\t' && r != '\n' && r != '\r') {
			return b.fail(i, msgSyntax, fmt.Sprintf("the character %U is not allowed in a policy", r))
		}
	}
	return nil
}

func (b *builder) document(n *node) (*Document, error) {
	if n.kind != objectNode {
		return nil, b.fail(n.off, b.kind.notJSON(), "a policy is a JSON object")
	}
	d := &Document{Kind: b.kind}
	found := false
	for _, m := range n.members {
		var err error
		switch m.key {
		case "Version":
			if d.Version, err = b.str(m); err == nil && d.Version != Version2008 && d.Version != Version2012 {
				err = b.syntax(m.value, "there is no version %q", d.Version)
			}
		case "Id":
			d.ID, err = b.str(m)
		case "Statement":
			found = true
			err = b.statements(d, m.value)
		default:
			err = b.fail(m.off, b.kind.unknown(m.key), fmt.Sprintf("a policy has no element %q", m.key))
		}
		if err != nil {
			return nil, err
		}
	}
	if !found {
		return nil, b.fail(n.off, b.kind.missing("Statement"), "there is no Statement")
	}
	return d, nil
}

func (b *builder) statements(d *Document, n *node) error {
	list := []*node{n}
	if n.kind == arrayNode {
		list = n.items
	}
	if len(list) == 0 {
		message := msgSyntax
		if b.kind == Resource {
			message = msgEmptyStatement
		}
		return b.fail(n.off, message, "Statement is empty")
	}
	before := n.off + 1
	for _, item := range list {
		line, column := b.position(before)
		s, err := b.statement(item)
		if err != nil {
			return err
		}
		s.Span.Line, s.Span.Column = line, column
		s.Span.EndLine, s.Span.EndColumn = b.position(item.end)
		before = item.end
		d.Statements = append(d.Statements, s)
	}
	return nil
}

func (b *builder) statement(n *node) (s Statement, err error) {
	if n.kind != objectNode {
		return s, b.syntax(n, "a statement is a JSON object")
	}
	s.Line, s.Column = b.position(n.off)
	has := map[string]bool{}
	for _, m := range n.members {
		has[m.key] = true
		switch m.key {
		case "Sid":
			s.Sid, err = b.str(m)
		case "Effect":
			s.Effect, err = b.effect(m)
		case "Principal":
			s.Principals, err = b.principals(m.value)
		case "NotPrincipal":
			s.NotPrincipal, err = b.principals(m.value)
		case "Action":
			s.Actions, err = b.list(m.value, false)
		case "NotAction":
			s.NotActions, err = b.list(m.value, false)
		case "Resource":
			s.Resources, err = b.list(m.value, false)
		case "NotResource":
			s.NotResources, err = b.list(m.value, false)
		case "Condition":
			s.Conditions, err = b.conditions(m.value)
		default:
			err = b.fail(m.off, b.kind.unknown(m.key), fmt.Sprintf("a statement has no element %q", m.key))
		}
		if err != nil {
			return s, err
		}
	}
	return s, b.elements(n, has)
}

// elements checks which elements of a statement stand together.
func (b *builder) elements(n *node, has map[string]bool) error {
	for _, name := range [...]string{"Principal", "Action", "Resource"} {
		if has[name] && has["Not"+name] {
			return b.syntax(n, "%s and Not%s exclude each other", name, name)
		}
	}
	if !has["Effect"] {
		return b.fail(n.off, b.kind.missing("Effect"), "there is no Effect")
	}
	if b.kind == Trust {
		for _, name := range [...]string{"Resource", "NotResource", "NotPrincipal"} {
			if has[name] {
				return b.fail(n.off, "Has prohibited field "+name, "a trust policy has no "+name)
			}
		}
	}
	if !b.kind.named() {
		return nil
	}
	if !has["Principal"] && !has["NotPrincipal"] {
		return b.fail(n.off, b.kind.missing("Principal"), "there is no Principal")
	}
	if !has["Action"] && !has["NotAction"] {
		return b.fail(n.off, b.kind.missing("Action"), "there is no Action")
	}
	if b.kind == Resource && !has["Resource"] && !has["NotResource"] {
		return b.fail(n.off, b.kind.missing("Resource"), "there is no Resource")
	}
	return nil
}
