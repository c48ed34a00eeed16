package restxml

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"reflect"
	"strings"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/wire"
)

const (
	maxDepth    = 32      // of elements; the deepest of S3 have 6
	maxElements = 200_000 // of a document: a few bytes become a structure of hundreds
)

// malformed is AWS's only sentence about XML. What was wrong is for the log.
func malformed(why string) error {
	return &bailiwick.Error{
		Code: "MalformedXML", Message: "The XML you provided was not well-formed or did not validate against our published schema",
		Cause: errors.New(why),
	}
}

// A reader reads one XML document.
type reader struct {
	tokens   *xml.Decoder
	depth    int
	elements int
}

// read fills f, a pointer to a structure, from a document whose element is root,
// and validates it: AWS tells of a broken constraint in a body as of broken XML.
func read(body []byte, root string, f reflect.Value) error {
	if f.Kind() != reflect.Pointer || f.Type().Elem().Kind() != reflect.Struct {
		return unsupported(f.Type())
	}
	p := reflect.New(f.Type().Elem())
	if err := readInto(body, root, p.Elem()); err != nil {
		return err
	}
	if err := wire.Check(p.Interface()); err != nil {
		return malformed(err.Error())
	}
	f.Set(p)
	return nil
}

// readInto fills the structure v from a document. Any root will do if root is "".
func readInto(body []byte, root string, v reflect.Value) error {
	d := &reader{tokens: xml.NewDecoder(bytes.NewReader(bytes.TrimPrefix(body, []byte("\ufeff"))))}
	start, err := d.outside()
	if err != nil {
		return err
	}
	if start == nil || root != "" && start.Name.Local != root {
		return malformed("the document is no " + root)
	}
	if err := d.structure(*start, v); err != nil {
		return err
	}
	if start, err = d.outside(); err == nil && start != nil {
		return malformed("a second document")
	}
	return err
}

// outside reads up to the next element outside of the root, or nil at the end.
// The declaration may only stand first, where the library wants it; a document
// type may stand nowhere.
func (d *reader) outside() (*xml.StartElement, error) {
	for {
		t, err := d.tokens.Token()
		switch x := t.(type) {
		case nil:
			if errors.Is(err, io.EOF) {
				return nil, nil
			}
			return nil, malformed(err.Error())
		case xml.StartElement:
			return &x, nil
		case xml.CharData:
			if len(bytes.TrimSpace(x)) > 0 {
				return nil, malformed("text outside of the document")
			}
		case xml.Directive:
			return nil, malformed("a document type")
		}
	}
}

// next reads up to the next element or the end of this one (nil), and hands text
// to text.
func (d *reader) next(text func(xml.CharData) error) (*xml.StartElement, error) {
	for {
		t, err := d.tokens.Token()
		if err != nil {
			return nil, malformed(err.Error())
		}
		switch x := t.(type) {
		case xml.StartElement:
			if d.elements++; d.elements > maxElements {
				return nil, malformed("too many elements")
			}
			return &x, nil
		case xml.EndElement:
			return nil, nil
		case xml.CharData:
			if err := text(x); err != nil {
				return nil, err
			}
		case xml.Directive, xml.ProcInst:
			return nil, malformed("an instruction in the document")
		}
	}
}

// blank refuses text where elements belong.
func blank(text xml.CharData) error {
	if len(bytes.TrimSpace(text)) > 0 {
		return malformed("text between elements")
	}
	return nil
}

func (d *reader) enter() error {
	if d.depth++; d.depth > maxDepth {
		return malformed("nesting is too deep")
	}
	return nil
}

// structure reads the element start, which has just begun, up to its end.
func (d *reader) structure(start xml.StartElement, v reflect.Value) error {
	if err := d.enter(); err != nil {
		return err
	}
	defer func() { d.depth-- }()
	plan := planOf(v.Type())
	if err := attributes(start, plan, v); err != nil {
		return err
	}
	seen := make([]bool, len(plan))
	for {
		e, err := d.next(blank)
		if err != nil || e == nil {
			return err
		}
		i := named(plan, e.Name.Local)
		if i < 0 {
			if err := d.skip(); err != nil {
				return err
			}
			continue
		}
		m := &plan[i]
		f := v.Field(m.index)
		flat := m.flat && isList(f.Type())
		if seen[i] && !flat {
			return malformed(m.name + " is there twice")
		}
		seen[i] = true
		if flat {
			f, err = grow(f)
		}
		if err == nil {
			err = d.value(*e, m, f)
		}
		if err != nil {
			return err
		}
	}
}

// named finds the member of an element. The elements of a flat list may have a
// name of their own.
func named(plan []member, name string) int {
	for i := range plan {
		m := &plan[i]
		if !m.attr && (m.flat && m.elementName() == name || !m.flat && m.name == name) {
			return i
		}
	}
	return -1
}

func attributes(start xml.StartElement, plan []member, v reflect.Value) error {
	for i := range plan {
		m := &plan[i]
		if !m.attr {
			continue
		}
		_, local, _ := strings.Cut(m.name, ":")
		found := false
		for _, a := range start.Attr {
			if a.Name.Local != local || a.Name.Space == "" {
				continue
			}
			if found {
				return malformed(m.name + " is there twice")
			}
			found = true
			if err := wire.ParseText(a.Value, v.Field(m.index), m.time); err != nil {
				return malformed(m.name + ": " + err.Error())
			}
		}
	}
	return nil
}

// value reads one element into f, which is an element of the list where the list
// is flat.
func (d *reader) value(start xml.StartElement, m *member, f reflect.Value) error {
	switch t := f.Type(); {
	case isList(t):
		return d.list(m, f)
	case isStructure(t):
		if t.Kind() == reflect.Pointer {
			f.Set(reflect.New(t.Elem()))
			f = f.Elem()
		}
		return d.structure(start, f)
	case t.Kind() == reflect.Map || t.Kind() == reflect.Interface:
		return unsupported(t)
	}
	text, err := d.text()
	if err != nil {
		return err
	}
	if f.Kind() != reflect.String && (f.Kind() != reflect.Pointer || f.Type().Elem().Kind() != reflect.String) {
		text = strings.TrimSpace(text) // white space says nothing around numbers, all in a name
	}
	if err := wire.ParseText(text, f, m.time); err != nil {
		return malformed(m.name + ": " + err.Error())
	}
	return nil
}

// list reads the elements of a wrapped list. Another element between them would
// be passed over in silence, and is refused.
func (d *reader) list(m *member, f reflect.Value) error {
	if err := d.enter(); err != nil {
		return err
	}
	defer func() { d.depth-- }()
	f.Set(reflect.MakeSlice(f.Type(), 0, 0)) // empty is not absent
	for {
		e, err := d.next(blank)
		if err != nil || e == nil {
			return err
		}
		if e.Name.Local != m.elementName() {
			return malformed(e.Name.Local + " among " + m.elementName())
		}
		x, err := grow(f)
		if err != nil {
			return err
		}
		if err := d.value(*e, &member{name: m.elementName(), time: m.time}, x); err != nil {
			return err
		}
	}
}

// grow adds an element to a list and returns it.
func grow(f reflect.Value) (reflect.Value, error) {
	if isList(f.Type().Elem()) {
		return reflect.Value{}, unsupported(f.Type())
	}
	f.Set(reflect.Append(f, reflect.Zero(f.Type().Elem())))
	return f.Index(f.Len() - 1), nil
}

func (d *reader) text() (string, error) {
	var b strings.Builder
	e, err := d.next(func(t xml.CharData) error { b.Write(t); return nil })
	if err == nil && e != nil {
		err = malformed(e.Name.Local + " in text")
	}
	return b.String(), err
}

// skip passes over an element that has just begun.
func (d *reader) skip() error {
	if err := d.enter(); err != nil {
		return err
	}
	defer func() { d.depth-- }()
	for {
		e, err := d.next(func(xml.CharData) error { return nil })
		if err != nil || e == nil {
			return err
		}
		if err := d.skip(); err != nil {
			return err
		}
	}
}
