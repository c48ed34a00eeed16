package wire

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/bailiwick-project/bailiwick"
)

// locations are the words in a wire tag for members that travel outside the body.
var locations = []string{"uri", "query", "queries", "header", "headers", "status", "payload"}

// Location returns the word of options that places a member outside the body, or
// "". options is what a wire tag says behind the name.
func Location(options string) string {
	for o := range strings.SplitSeq(options, ",") {
		if slices.Contains(locations, o) {
			return o
		}
	}
	return ""
}

// A Binding is where the members of one structure travel in a REST protocol.
type Binding struct {
	Payload *Bound // the member that is the whole body
	Body    bool   // there are members in the body
	bound   []Bound
	names   map[string]bool // of query parameters
}

// A Bound member travels outside the body, or is the whole of it.
type Bound struct {
	Name     string
	Index    int // of the field
	Required bool
	header   string // Name as net/http spells it
	location string
	time     string
}

// bindings remembers what is a pure function of a type.
var bindings sync.Map // reflect.Type of a structure -> *Binding

// BindingOf reads the tags of a structure.
func BindingOf(t reflect.Type) *Binding {
	if b, ok := bindings.Load(t); ok {
		return b.(*Binding)
	}
	out := &Binding{names: map[string]bool{}}
	for i := range t.NumField() {
		f := t.Field(i)
		name, options, _ := strings.Cut(f.Tag.Get("wire"), ",")
		if name == "" || name == "-" || !f.IsExported() {
			continue
		}
		b := Bound{Name: name, Index: i, header: http.CanonicalHeaderKey(name), location: Location(options)}
		for o := range strings.SplitSeq(options, ",") {
			if format, ok := strings.CutPrefix(o, "time="); ok {
				b.time = format
			}
			b.Required = b.Required || o == "required"
		}
		switch b.location {
		case "":
			out.Body = true
			continue
		case "payload":
			out.Payload = &b
			continue
		case "query":
			out.names[name] = true
		case "header":
			if b.time == "" {
				b.time = "rfc822"
			}
		}
		out.bound = append(out.bound, b)
	}
	b, _ := bindings.LoadOrStore(t, out)
	return b.(*Binding)
}

// Structure returns the structure that in points to.
func Structure(in any) (reflect.Value, error) {
	v := reflect.ValueOf(in)
	if v.Kind() != reflect.Pointer || v.IsNil() || v.Elem().Kind() != reflect.Struct {
		return reflect.Value{}, fmt.Errorf("decoding into %T, which is no pointer to a structure", in)
	}
	return v.Elem(), nil
}

// Fill sets the members of v that stand in the URI and the headers. What is there
// twice is refused: readers differ in which one they obey. Errors have
// CodeSerialization and name the member on the wire.
func (b *Binding) Fill(m *Match, v reflect.Value) error {
	for i := range b.bound {
		x := &b.bound[i]
		if err := b.fill(x, m, v.Field(x.Index)); err != nil {
			return err
		}
	}
	return nil
}

func (b *Binding) fill(x *Bound, m *Match, f reflect.Value) error {
	switch x.location {
	case "uri":
		text, ok := m.label(x.Name)
		if !ok {
			return fmt.Errorf("the URI %s has no label %s", m.Route.URI, x.Name)
		}
		return x.scalar([]string{text}, f)
	case "query":
		if f.Kind() == reflect.Slice {
			return x.list(m.Query[x.Name], f)
		}
		return x.scalar(m.Query[x.Name], f)
	case "queries":
		return b.rest(m, f)
	case "header":
		if f.Kind() == reflect.Slice {
			return x.list(splitHeader(m.header(x.header)), f)
		}
		return x.scalar(m.values(x.header), f)
	case "headers":
		return m.prefixed(x.Name, f)
	}
	return nil // status is for answers
}

func (x *Bound) scalar(values []string, f reflect.Value) error {
	if len(values) == 0 {
		return nil
	}
	if len(values) > 1 {
		return bailiwick.Errorf(bailiwick.CodeSerialization, "%.128s is there more than once", x.Name)
	}
	return x.parse(values[0], f)
}

func (x *Bound) parse(text string, f reflect.Value) error {
	err := ParseText(text, f, x.time)
	var e *bailiwick.Error
	if errors.As(err, &e) {
		return bailiwick.Errorf(e.Code, "%s", x.Name+": "+e.Message)
	}
	return err
}

func (x *Bound) list(values []string, f reflect.Value) error {
	if len(values) == 0 {
		return nil
	}
	list := reflect.MakeSlice(f.Type(), len(values), len(values))
	for i, text := range values {
		if err := x.parse(text, list.Index(i)); err != nil {
			return err
		}
	}
	f.Set(list)
	return nil
}

// values are those of a header, by its canonical name. The server of net/http tells the length of a
// body beside the headers.
func (m *Match) values(name string) []string {
	values := m.header(name)
	if len(values) == 0 && name == "Content-Length" && m.request.ContentLength >= 0 {
		return []string{fmt.Sprint(m.request.ContentLength)}
	}
	return values
}

// rest is the query parameters that nothing else is bound to.
func (b *Binding) rest(m *Match, f reflect.Value) error {
	out := map[string]string{}
	for name, values := range m.Query {
		fixed := slices.ContainsFunc(m.fixed, func(p parameter) bool { return p.name == name })
		if b.names[name] || fixed || name == "x-id" || strings.HasPrefix(strings.ToLower(name), "x-amz-") {
			continue
		}
		if len(values) > 1 {
			return bailiwick.Errorf(bailiwick.CodeSerialization, "%.128s is there more than once", name)
		}
		if !utf8.ValidString(name + values[0]) {
			return refuse("a String")
		}
		out[name] = values[0]
	}
	return setMap(f, out)
}

// prefixed is the headers below a prefix, such as x-amz-meta-, in lower case.
func (m *Match) prefixed(prefix string, f reflect.Value) error {
	out := map[string]string{}
	add := func(name string, values []string) error {
		name, ok := strings.CutPrefix(strings.ToLower(name), prefix)
		if !ok {
			return nil
		}
		if _, twice := out[name]; twice || len(values) > 1 {
			return bailiwick.Errorf(bailiwick.CodeSerialization, "%.128s is there more than once", prefix+name)
		}
		if !utf8.ValidString(values[0]) {
			return refuse("a String")
		}
		if !isToken(name) {
			return bailiwick.Errorf(bailiwick.CodeSerialization, "%s is no name of a header", prefix+"...")
		}
		out[name] = values[0]
		return nil
	}
	for _, from := range []map[string][]string{m.request.Header, m.hoisted} {
		for name, values := range from {
			if err := add(name, values); err != nil {
				return err
			}
		}
	}
	return setMap(f, out)
}

func setMap(f reflect.Value, m map[string]string) error {
	p, ok := f.Addr().Interface().(*map[string]string)
	if !ok {
		return fmt.Errorf("type %s has no form outside the body", f.Type())
	}
	if len(m) > 0 {
		*p = m
	}
	return nil
}

// isToken tells whether s can be (a part of) the name of a header (RFC 9110,
// section 5.6.2).
func isToken(s string) bool {
	for _, c := range []byte(s) {
		letter, digit := c|0x20 >= 'a' && c|0x20 <= 'z', c >= '0' && c <= '9'
		if !letter && !digit && !strings.ContainsRune("!#$%&'*+-.^_`|~", rune(c)) {
			return false
		}
	}
	return s != ""
}

// splitHeader takes the lines of a list header apart at its commas.
func splitHeader(lines []string) []string {
	var out []string
	for _, line := range lines {
		for s := range strings.SplitSeq(line, ",") {
			if s = strings.Trim(strings.TrimSpace(s), `"`); s != "" {
				out = append(out, s)
			}
		}
	}
	return out
}

// Raw sets a payload that is no structure: a string, bytes or a stream. done is
// false for a structure, which is the protocol's matter. Bytes are a copy, since
// the memory of a body is used again.
func (x *Bound) Raw(m *Match, body []byte, v reflect.Value) (done bool) {
	f := v.Field(x.Index)
	switch p := f.Addr().Interface().(type) {
	case *io.Reader:
		*p = m.request.Body
		if body != nil || m.request.Body == nil {
			*p = bytes.NewReader(bytes.Clone(body))
		}
	case *[]byte:
		if len(body) > 0 {
			*p = bytes.Clone(body)
		}
	case **string:
		if len(body) > 0 {
			s := string(body)
			*p = &s
		}
	default:
		return false
	}
	return true
}

// Print writes the members of v that stand in headers, and returns the status
// that it says, or 0.
func (b *Binding) Print(v reflect.Value, h http.Header) (status int, err error) {
	for i := range b.bound {
		x := &b.bound[i]
		f := v.Field(x.Index)
		if absent(f) {
			continue
		}
		switch x.location {
		case "status":
			status = int(reflect.Indirect(f).Int())
		case "header":
			err = x.print(f, h)
		case "headers":
			for name, text := range f.Interface().(map[string]string) {
				if err == nil {
					err = setHeader(h, strings.ToLower(x.Name+name), text)
				}
			}
		default:
			err = fmt.Errorf("%s cannot stand in an answer", x.Name)
		}
		if err != nil {
			return 0, fmt.Errorf("%s: %w", x.Name, err)
		}
	}
	return status, nil
}

// InHeader before the name of a field of an Error puts it into a header of the
// answer instead of its body: "header:Retry-After".
const InHeader = "header:"

// ErrorHeader takes the fields of err that belong into headers and puts them into
// h. The rest is returned.
func ErrorHeader(err *bailiwick.Error, h http.Header) map[string]any {
	rest := map[string]any{}
	for name, value := range err.Fields {
		header, ok := strings.CutPrefix(name, InHeader)
		if !ok {
			rest[name] = value
			continue
		}
		if v := reflect.ValueOf(value); v.IsValid() && !absent(v) {
			if text, e := PrintText(v, "rfc822"); e == nil {
				_ = setHeader(h, http.CanonicalHeaderKey(header), text) // left out: there is no better error to give
			}
		}
	}
	return rest
}

// Close closes the stream of an answer that cannot be printed.
func (b *Binding) Close(v reflect.Value) {
	if b.Payload == nil {
		return
	}
	if s, ok := v.Field(b.Payload.Index).Interface().(Stream); ok && s.ReadCloser != nil {
		_ = s.Close()
	}
}

func absent(f reflect.Value) bool {
	switch f.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Map, reflect.Interface:
		return f.IsNil()
	}
	return false
}

func (x *Bound) print(f reflect.Value, h http.Header) error {
	if f.Kind() != reflect.Slice || f.Type().Elem().Kind() == reflect.Uint8 {
		text, err := PrintText(f, x.time)
		if err != nil {
			return err
		}
		return setHeader(h, x.header, text)
	}
	var list []string
	for i := range f.Len() {
		text, err := PrintText(f.Index(i), x.time)
		if err != nil {
			return err
		}
		list = append(list, text)
	}
	return setHeader(h, x.header, strings.Join(list, ","))
}

// setHeader refuses what would end a header before its time. The name stays as it
// is: clients take the keys of metadata from names in lower case.
func setHeader(h http.Header, name, text string) error {
	if !isToken(name) || strings.ContainsFunc(text, func(c rune) bool { return c < ' ' && c != '\t' || c == 0x7f }) {
		return fmt.Errorf("the value cannot stand in a header")
	}
	h[name] = []string{text}
	return nil
}
