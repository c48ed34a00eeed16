package policy

import (
	"errors"
	"fmt"
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
	t, err := readJSON(text)
	if err != nil {
		var at *jsonError
		if errors.As(err, &at) {
			return nil, b.fail(at.off, kind.notJSON(), at.detail)
		}
		return nil, b.fail(0, kind.notJSON(), err.Error())
	}
	b.tree = t
	d, err := b.document()
	if err != nil {
		return nil, err
	}
	if err := d.check(); err != nil {
		var at *SyntaxError
		if errors.As(err, &at) {
			at.locate(text, t)
		}
		return nil, err
	}
	return d, nil
}

// A builder turns JSON into a Document, and refuses elements of the wrong name or type.
type builder struct {
	kind  Kind
	text  string
	plain bool    // text has nothing but ASCII
	lines []int32 // where the ends of lines stand, when plain
	tree  *tree
	at    place // asked for last

	operators lastOperator

	// What lists of statements are parts of: one piece of memory for all of them.
	values     []string
	conditions []Condition
}

func (b *builder) fail(off int, message, detail string) error {
	line, column := b.position(off)
	return &SyntaxError{Message: message, Detail: detail, Line: line, Column: column}
}

// place is where a node begins, as fail wants it.
func (b *builder) place(n int) int { return int(b.tree.nodes[n].off) }

func (b *builder) syntax(n int, format string, args ...any) error {
	return b.fail(b.place(n), msgSyntax, fmt.Sprintf(format, args...))
}

func (b *builder) document() (*Document, error) {
	t := b.tree
	if t.kind(0) != objectNode {
		return nil, b.fail(b.place(0), b.kind.notJSON(), "a policy is a JSON object")
	}
	d := &Document{Kind: b.kind}
	found := false
	for i := 1; i < len(t.nodes); i = t.next(i + 1) {
		var err error
		switch t.str(i) {
		case "Version":
			if d.Version, err = b.str(i); err == nil && d.Version != Version2008 && d.Version != Version2012 {
				err = b.syntax(i+1, "there is no version %q", d.Version)
			}
		case "Id":
			d.ID, err = b.str(i)
		case "Statement":
			found = true
			err = b.statements(d, i+1)
		default:
			err = b.fail(b.place(i), b.kind.unknown(t.str(i)), fmt.Sprintf("a policy has no element %q", t.str(i)))
		}
		if err != nil {
			return nil, err
		}
	}
	if !found {
		return nil, b.fail(b.place(0), b.kind.missing("Statement"), "there is no Statement")
	}
	return d, nil
}

func (b *builder) statements(d *Document, n int) error {
	t := b.tree
	count := t.count(n)
	if count == 0 {
		message := msgSyntax
		if b.kind == Resource {
			message = msgEmptyStatement
		}
		return b.fail(b.place(n), message, "Statement is empty")
	}
	d.Statements = make([]Statement, count)
	b.values, b.conditions = make([]string, 0, max(0, t.scalars-count)), make([]Condition, 0, count)
	item, end := n, t.next(n)
	if t.kind(n) == arrayNode {
		item++
	}
	before := b.place(n) + 1
	for i := 0; item < end; i, item = i+1, t.next(item) {
		s := &d.Statements[i]
		s.Span.Line, s.Span.Column = b.position(before)
		if err := b.statement(s, item); err != nil {
			return err
		}
		before = int(t.nodes[item].end)
		s.Span.EndLine, s.Span.EndColumn = b.position(before)
	}
	return nil
}

// The elements of a statement.
type elements uint16

const (
	hasEffect elements = 1 << iota
	hasPrincipal
	hasNotPrincipal
	hasAction
	hasNotAction
	hasResource
	hasNotResource
)

func (b *builder) statement(s *Statement, n int) (err error) {
	t := b.tree
	if t.kind(n) != objectNode {
		return b.syntax(n, "a statement is a JSON object")
	}
	s.Line, s.Column = b.position(b.place(n))
	var has elements
	for i := n + 1; i < t.next(n); i = t.next(i + 1) {
		switch t.str(i) {
		case "Sid":
			s.Sid, err = b.str(i)
		case "Effect":
			has |= hasEffect
			s.Effect, err = b.effect(i)
		case "Principal":
			has |= hasPrincipal
			s.Principals, err = b.principals(i + 1)
		case "NotPrincipal":
			has |= hasNotPrincipal
			s.NotPrincipal, err = b.principals(i + 1)
		case "Action":
			has |= hasAction
			s.Actions, err = b.list(i+1, false)
		case "NotAction":
			has |= hasNotAction
			s.NotActions, err = b.list(i+1, false)
		case "Resource":
			has |= hasResource
			s.Resources, err = b.list(i+1, false)
		case "NotResource":
			has |= hasNotResource
			s.NotResources, err = b.list(i+1, false)
		case "Condition":
			s.Conditions, err = b.condition(i + 1)
		default:
			err = b.fail(b.place(i), b.kind.unknown(t.str(i)), fmt.Sprintf("a statement has no element %q", t.str(i)))
		}
		if err != nil {
			return err
		}
	}
	return b.together(n, has)
}

// together checks which elements of a statement stand together.
func (b *builder) together(n int, has elements) error {
	for _, x := range [...]struct {
		name string
		both elements
	}{{"Principal", hasPrincipal | hasNotPrincipal}, {"Action", hasAction | hasNotAction}, {"Resource", hasResource | hasNotResource}} {
		if has&x.both == x.both {
			return b.syntax(n, "%s and Not%s exclude each other", x.name, x.name)
		}
	}
	off := b.place(n)
	if has&hasEffect == 0 {
		return b.fail(off, b.kind.missing("Effect"), "there is no Effect")
	}
	if b.kind == Trust {
		for _, x := range [...]struct {
			name string
			has  elements
		}{{"Resource", hasResource}, {"NotResource", hasNotResource}, {"NotPrincipal", hasNotPrincipal}} {
			if has&x.has != 0 {
				return b.fail(off, "Has prohibited field "+x.name, "a trust policy has no "+x.name)
			}
		}
	}
	switch {
	case !b.kind.named():
	case has&(hasPrincipal|hasNotPrincipal) == 0:
		return b.fail(off, b.kind.missing("Principal"), "there is no Principal")
	case has&(hasAction|hasNotAction) == 0:
		return b.fail(off, b.kind.missing("Action"), "there is no Action")
	case b.kind == Resource && has&(hasResource|hasNotResource) == 0:
		return b.fail(off, b.kind.missing("Resource"), "there is no Resource")
	}
	return nil
}
