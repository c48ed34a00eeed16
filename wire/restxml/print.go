package restxml

import (
	"bytes"
	"fmt"
	"reflect"
	"strings"
	"unicode/utf8"

	"github.com/bailiwick-project/bailiwick/wire"
)

// prefixes are the namespaces that attributes come from.
var prefixes = map[string]string{"xsi": "http://www.w3.org/2001/XMLSchema-instance"}

// A printer prints XML. Names come from the API model and are not escaped.
type printer struct{ bytes.Buffer }

// document prints v, which may be nil, as a document of the element root.
func (p *Protocol) document(root string, v reflect.Value) ([]byte, error) {
	w := new(printer)
	w.WriteString(declaration)
	w.WriteString("<" + root + ` xmlns="`)
	w.text(p.Namespace)
	w.WriteByte('"')
	if err := w.content(root, v, ""); err != nil {
		return nil, err
	}
	return w.Bytes(), nil
}

const declaration = `<?xml version="1.0" encoding="UTF-8"?>` + "\n"

// element prints v as the element name. Absent values print nothing.
func (w *printer) element(m *member, v reflect.Value) error {
	if absent(v) {
		return nil
	}
	if !isList(v.Type()) {
		return w.one(m.name, v, m.time)
	}
	if !m.flat {
		w.WriteString("<" + m.name + ">")
	}
	for i := range v.Len() {
		if err := w.one(m.elementName(), v.Index(i), m.time); err != nil {
			return err
		}
	}
	if !m.flat {
		w.WriteString("</" + m.name + ">")
	}
	return nil
}

func (w *printer) one(name string, v reflect.Value, time string) error {
	w.WriteString("<" + name)
	return w.content(name, v, time)
}

// content finishes the start of the element name, which may still get attributes,
// and prints what is in it and its end.
func (w *printer) content(name string, v reflect.Value, time string) error {
	if err := w.inside(v, time); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	w.WriteString("</" + name + ">")
	return nil
}

func (w *printer) inside(v reflect.Value, time string) error {
	if absent(v) {
		w.WriteByte('>')
		return nil
	}
	if !isStructure(v.Type()) {
		text, err := wire.PrintText(v, time)
		if err != nil {
			return err
		}
		w.WriteByte('>')
		w.text(text)
		return nil
	}
	v = reflect.Indirect(v)
	plan := planOf(v.Type())
	if err := w.attributes(plan, v); err != nil {
		return err
	}
	for i := range plan {
		if m := &plan[i]; !m.attr {
			if err := w.element(m, v.Field(m.index)); err != nil {
				return err
			}
		}
	}
	return nil
}

func (w *printer) attributes(plan []member, v reflect.Value) error {
	for i := range plan {
		m := &plan[i]
		if !m.attr || absent(v.Field(m.index)) {
			continue
		}
		text, err := wire.PrintText(v.Field(m.index), m.time)
		if err != nil {
			return err
		}
		if prefix, _, ok := strings.Cut(m.name, ":"); ok {
			w.WriteString(" xmlns:" + prefix + `="` + prefixes[prefix] + `"`)
		}
		w.WriteString(" " + m.name + `="`)
		w.text(text)
		w.WriteByte('"')
	}
	w.WriteByte('>')
	return nil
}

func absent(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Map, reflect.Interface:
		return v.IsNil()
	}
	return !v.IsValid()
}

// text prints characters, in elements and attributes. What XML 1.0 cannot hold at
// all is printed by its number, as S3 does: a reader that refuses it refuses a
// name that it could not have told from another. (Clients ask for
// encoding-type=url instead.) Bytes that are no UTF-8 become U+FFFD.
func (w *printer) text(s string) {
	for _, c := range s {
		switch c {
		case '&':
			w.WriteString("&amp;")
		case '<':
			w.WriteString("&lt;")
		case '>':
			w.WriteString("&gt;")
		case '"':
			w.WriteString("&quot;")
		default:
			if c < ' ' || c == 0xfffe || c == 0xffff {
				fmt.Fprintf(&w.Buffer, "&#x%X;", c)
				continue
			}
			w.WriteRune(c)
		}
	}
}

// leaf prints an element of text.
func (w *printer) leaf(name, text string) {
	w.WriteString("<" + name + ">")
	w.text(text)
	w.WriteString("</" + name + ">")
}

// isName tells whether s can be the name of an element.
func isName(s string) bool {
	for i, c := range s {
		letter := c|0x20 >= 'a' && c|0x20 <= 'z' || c == '_'
		if c >= utf8.RuneSelf || !letter && (i == 0 || (c < '0' || c > '9') && c != '-') {
			return false
		}
	}
	return s != ""
}
