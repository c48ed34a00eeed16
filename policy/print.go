package policy

import (
	"bytes"
	"encoding/json"
)

// String prints the document as JSON in one canonical form: no whitespace, a fixed order of elements, Statement always an
// array, a list of one value as that value. Parsing it gives the same document, positions aside.
func (d *Document) String() string {
	p := &printer{}
	p.open('{')
	p.text("Version", d.Version)
	p.text("Id", d.ID)
	p.key("Statement")
	p.open('[')
	for i := range d.Statements {
		p.comma()
		p.statement(&d.Statements[i])
	}
	p.close(']')
	p.close('}')
	return p.buf.String()
}

type printer struct {
	buf   bytes.Buffer
	begun bool // something stands before, so a comma is due
}

func (p *printer) open(c byte)  { p.buf.WriteByte(c); p.begun = false }
func (p *printer) close(c byte) { p.buf.WriteByte(c); p.begun = true }

func (p *printer) comma() {
	if p.begun {
		p.buf.WriteByte(',')
	}
}

func (p *printer) key(name string) {
	p.comma()
	p.quote(name)
	p.buf.WriteByte(':')
}

// quote writes a JSON string. Characters beyond Latin-1 are escaped, since a policy may only be written in those below.
func (p *printer) quote(s string) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(s) // a string and a buffer cannot fail
	for _, r := range string(bytes.TrimSuffix(b.Bytes(), []byte{'\n'})) {
		switch {
		case r <= 0xFF && r >= 0x20:
			p.buf.WriteRune(r)
		default:
			p.escape(r)
		}
	}
	p.begun = true
}

func (p *printer) escape(r rune) {
	if r > 0xFFFF {
		r -= 0x10000
		p.escape(0xD800 + r>>10)
		r = 0xDC00 + r&0x3FF
	}
	const hex = "0123456789abcdef"
	p.buf.WriteString(`\u`)
	for shift := 12; shift >= 0; shift -= 4 {
		p.buf.WriteByte(hex[r>>shift&0xF])
	}
}

// text writes an element unless it is empty.
func (p *printer) text(name, value string) {
	if value != "" {
		p.key(name)
		p.quote(value)
	}
}

// list writes an element of one value or several unless there are none.
func (p *printer) list(name string, values []string) {
	if len(values) == 0 {
		return
	}
	p.key(name)
	if len(values) == 1 {
		p.quote(values[0])
		return
	}
	p.open('[')
	for _, v := range values {
		p.comma()
		p.quote(v)
	}
	p.close(']')
}

func (p *printer) statement(s *Statement) {
	p.open('{')
	p.text("Sid", s.Sid)
	p.text("Effect", s.Effect)
	p.principals("Principal", s.Principals)
	p.principals("NotPrincipal", s.NotPrincipal)
	p.list("Action", s.Actions)
	p.list("NotAction", s.NotActions)
	p.list("Resource", s.Resources)
	p.list("NotResource", s.NotResources)
	if len(s.Conditions) > 0 {
		p.key("Condition")
		p.conditions(s.Conditions)
	}
	p.close('}')
}

// principals groups the entries by type, in the order in which the types first appear.
func (p *printer) principals(name string, entries []PrincipalEntry) {
	if len(entries) == 0 {
		return
	}
	p.key(name)
	if entries[0].Type == "*" {
		p.quote(entries[0].Value)
		return
	}
	values := map[string][]string{}
	var types []string
	for _, e := range entries {
		if values[e.Type] == nil {
			types = append(types, e.Type)
		}
		values[e.Type] = append(values[e.Type], e.Value)
	}
	p.open('{')
	for _, t := range types {
		p.list(t, values[t])
	}
	p.close('}')
}

// conditions groups the conditions by operator, in the order in which the operators first appear.
func (p *printer) conditions(all []Condition) {
	groups := map[string][]Condition{}
	var names []string
	for _, c := range all {
		if groups[c.Operator] == nil {
			names = append(names, c.Operator)
		}
		groups[c.Operator] = append(groups[c.Operator], c)
	}
	p.open('{')
	for _, name := range names {
		p.key(name)
		p.open('{')
		for _, c := range groups[name] {
			p.list(c.Key, c.Values)
		}
		p.close('}')
	}
	p.close('}')
}
