package policy

import (
	"fmt"
	"math/bits"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// maxDepth bounds the nesting of JSON, so that a document cannot exhaust the stack. Real policies reach six.
const maxDepth = 32

// A jsonError says what is wrong with the JSON at a byte offset.
type jsonError struct {
	off    int
	detail string
}

func (e *jsonError) Error() string { return e.detail }

// A jsonReader reads a text from front to back. Its methods are given the offset where to read, and return the one behind what
// they read, or with an error the one where it is: offsets that are handed around stay in registers.
type jsonReader struct {
	tree
}

// readJSON reads one JSON value (RFC 8259) that must fill s.
func readJSON(s string) (*tree, error) {
	r := &jsonReader{tree{text: s, nodes: make([]node, 0, 8+len(s)/14)}} // about as many as policies have
	i, err := r.value(0, 0)
	if err != nil {
		return nil, err
	}
	if i = r.space(i); i < len(s) {
		return nil, errorAt(i, "unexpected text after the document")
	}
	return &r.tree, nil
}

func errorAt(i int, format string, args ...any) error {
	return &jsonError{i, fmt.Sprintf(format, args...)}
}

// space returns the offset of the next byte that is not whitespace.
func (r *jsonReader) space(i int) int {
	for i < len(r.text) && r.text[i] <= ' ' && isSpace(r.text[i]) {
		i++
	}
	return i
}

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\r' || c == '\n' }

// at returns the byte at an offset, or 0 at the end.
func (r *jsonReader) at(i int) byte {
	if i < len(r.text) {
		return r.text[i]
	}
	return 0
}

// value reads a value with all that is in it.
func (r *jsonReader) value(i, depth int) (int, error) {
	if depth > maxDepth {
		return i, errorAt(i, "nested more than %d deep", maxDepth)
	}
	i = r.space(i)
	if r.at(i) == '"' {
		r.scalars++
		return r.str(i, stringNode)
	}
	n := r.add(i)
	var err error
	switch c := r.at(i); {
	case c == '{':
		r.nodes[n].kind = objectNode
		i, err = r.object(n, i, depth)
	case c == '[':
		r.nodes[n].kind = arrayNode
		i, err = r.array(i, depth)
	case c == '-' || c >= '0' && c <= '9':
		r.nodes[n].kind = numberNode
		i, err = r.number(i)
	default:
		i, err = r.word(n, i)
	}
	x := &r.nodes[n]
	x.end, x.next = int32(i), int32(len(r.nodes))
	if x.kind <= stringNode {
		r.scalars++
	}
	return i, err
}

// add adds a node that begins at i; field by field, which is faster than as a whole.
func (r *jsonReader) add(i int) int {
	n := len(r.nodes)
	r.nodes = append(r.nodes, node{})
	r.nodes[n].off = int32(i)
	return n
}

// word reads true, false or null.
func (r *jsonReader) word(n, i int) (int, error) {
	for _, w := range [...]struct {
		text string
		kind nodeKind
	}{{"true", boolNode}, {"false", boolNode}, {"null", nullNode}} {
		if strings.HasPrefix(r.text[i:], w.text) {
			r.nodes[n].kind = w.kind
			return i + len(w.text), nil
		}
	}
	return i, errorAt(i, "expected a JSON value")
}

// fewKeys is how many keys are looked through one by one for a second that is the same.
const fewKeys = 8

func (r *jsonReader) object(n, i, depth int) (int, error) {
	if i = r.space(i + 1); r.at(i) == '}' {
		return i + 1, nil
	}
	var seen map[string]bool
	for count := 0; ; count++ {
		if i = r.space(i); r.at(i) != '"' {
			return i, errorAt(i, "expected a key in quotes")
		}
		key := len(r.nodes)
		var err error
		if i, err = r.str(i, keyNode); err != nil {
			return i, err
		}
		if count == fewKeys {
			seen = map[string]bool{}
			for k := n + 1; k < key; k = r.next(k + 1) {
				seen[r.tree.str(k)] = true
			}
		}
		if r.given(seen, n, key) {
			return i, errorAt(int(r.nodes[key].off), "the key %q is given twice", r.tree.str(key))
		}
		if i = r.space(i); r.at(i) != ':' {
			return i, errorAt(i, "expected a colon after the key %q", r.tree.str(key))
		}
		if i, err = r.value(i+1, depth+1); err != nil {
			return i, err
		}
		if i = r.space(i); r.at(i) != ',' {
			return r.end(i, '}')
		}
		i++
	}
}

// given reports whether the object has the key already: it looks into seen, or if that is nil, at the members so far.
func (r *jsonReader) given(seen map[string]bool, object, key int) bool {
	text := r.tree.str(key)
	if seen != nil {
		found := seen[text]
		seen[text] = true
		return found
	}
	x := &r.nodes[key]
	for k := object + 1; k < key; k = r.next(k + 1) {
		if y := &r.nodes[k]; (x.end-x.off == y.end-y.off || x.escaped || y.escaped) && r.tree.str(k) == text {
			return true
		}
	}
	return false
}

func (r *jsonReader) array(i, depth int) (int, error) {
	if i = r.space(i + 1); r.at(i) == ']' {
		return i + 1, nil
	}
	for {
		var err error
		if i, err = r.value(i, depth+1); err != nil {
			return i, err
		}
		if i = r.space(i); r.at(i) != ',' {
			return r.end(i, ']')
		}
		i++
	}
}

// end reads the bracket that ends a list.
func (r *jsonReader) end(i int, bracket byte) (int, error) {
	if r.at(i) != bracket {
		return i, errorAt(i, "expected a comma or %q", bracket)
	}
	return i + 1, nil
}

func (r *jsonReader) number(i int) (int, error) {
	digits := func() bool {
		from := i
		for c := r.at(i); c >= '0' && c <= '9'; c = r.at(i) {
			i++
		}
		return i > from
	}
	skip := func(a, b byte) bool {
		if c := r.at(i); c != a && c != b {
			return false
		}
		i++
		return true
	}
	skip('-', '-')
	ok := skip('0', '0') || digits()
	if ok && skip('.', '.') {
		ok = digits()
	}
	if ok && skip('e', 'E') {
		skip('+', '-')
		ok = digits()
	}
	if !ok {
		return i, errorAt(i, "malformed number")
	}
	return i, nil
}

// str reads a string in quotes. Without escapes, it is a part of the text.
func (r *jsonReader) str(i int, kind nodeKind) (int, error) {
	n := r.add(i)
	x := &r.nodes[n]
	x.kind, x.next = kind, int32(n+1)
	start := i + 1
	for i = start; i+8 <= len(r.text); i += 8 {
		w := word(r.text, i)
		if marks := below(w^'"'*ones, 1) | below(w^'\\'*ones, 1) | below(w, 0x20); marks != 0 {
			i += bits.TrailingZeros64(marks) / 8
			break
		}
	}
	if r.at(i) != '"' {
		i = r.plain(i)
	}
	if r.at(i) == '"' {
		x.end = int32(i + 1)
		return i + 1, nil
	}
	i, err := r.escapes(n, start, i)
	x.end = int32(i)
	return i, err
}

// escapes reads a string that is more than plain text: it begins at start, and is plain until i.
func (r *jsonReader) escapes(n, start, i int) (int, error) {
	var b strings.Builder
	for i < len(r.text) {
		b.WriteString(r.text[start:i])
		switch c := r.text[i]; {
		case c == '"':
			r.unescaped(n, b.String())
			return i + 1, nil
		case c < 0x20:
			return i, errorAt(i, "control character in a string")
		}
		var err error
		if i, err = r.escape(&b, i+1); err != nil {
			return i, err
		}
		start, i = i, r.plain(i)
	}
	return i, errorAt(i, "string without an end")
}

// unescaped keeps the text of node n, which is not as written.
func (r *jsonReader) unescaped(n int, text string) {
	if r.escaped == nil {
		r.escaped = map[int]string{}
	}
	r.escaped[n], r.nodes[n].escaped = text, true
}

// plain returns the offset of the next byte that is no plain text of a string: a quote, backslash or control character.
func (r *jsonReader) plain(i int) int {
	s := r.text
	for i < len(s) && s[i] != '"' && s[i] != '\\' && s[i] >= 0x20 {
		i++
	}
	return i
}

var escaped = map[byte]byte{'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t'}

// escape reads what follows a backslash.
func (r *jsonReader) escape(b *strings.Builder, i int) (int, error) {
	if i == len(r.text) {
		return i, errorAt(i, "string without an end")
	}
	if c := r.text[i]; c != 'u' {
		plain, ok := escaped[c]
		if !ok {
			return i, errorAt(i, "unknown escape")
		}
		b.WriteByte(plain)
		return i + 1, nil
	}
	code, i, err := r.hex4(i + 1)
	if err != nil {
		return i, err
	}
	if utf16.IsSurrogate(code) {
		if !strings.HasPrefix(r.text[i:], `\u`) {
			return i, errorAt(i, "half of a surrogate pair")
		}
		low, after, err := r.hex4(i + 2)
		if err != nil {
			return after, err
		}
		i = after
		if code = utf16.DecodeRune(code, low); code == utf8.RuneError {
			return i, errorAt(i, "half of a surrogate pair")
		}
	}
	b.WriteRune(code)
	return i, nil
}

func (r *jsonReader) hex4(i int) (rune, int, error) {
	if i+4 > len(r.text) {
		return 0, i, errorAt(i, "unfinished \\u escape")
	}
	v, err := strconv.ParseUint(r.text[i:i+4], 16, 16)
	if err != nil {
		return 0, i, errorAt(i, "malformed \\u escape")
	}
	return rune(v), i + 4, nil
}
