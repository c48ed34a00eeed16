package policy

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// maxDepth bounds the nesting of JSON, so that a document cannot exhaust the stack. Real policies reach six.
const maxDepth = 32

type nodeKind uint8

const (
	nullNode nodeKind = iota
	boolNode
	numberNode
	stringNode
	arrayNode
	objectNode
)

// A node is one JSON value and where it begins. encoding/json is not used: it takes the last of two equal keys, folds their
// case, repairs broken UTF-8 and forgets positions, and each of these has hidden a condition from a reader of policies.
type node struct {
	kind    nodeKind
	off     int
	end     int    // behind its last byte
	text    string // of a string, unescaped; of a number or boolean, as written
	members []member
	items   []*node
}

type member struct {
	key   string
	off   int
	value *node
}

// A jsonError says what is wrong with the JSON at a byte offset.
type jsonError struct {
	off    int
	detail string
}

func (e *jsonError) Error() string { return e.detail }

type jsonReader struct {
	s string
	i int
}

// readJSON reads one JSON value (RFC 8259) that must fill s.
func readJSON(s string) (*node, error) {
	r := &jsonReader{s: s}
	n, err := r.value(0)
	if err != nil {
		return nil, err
	}
	r.space()
	if r.i < len(s) {
		return nil, r.errorf("unexpected text after the document")
	}
	return n, nil
}

func (r *jsonReader) errorf(format string, args ...any) error {
	return &jsonError{r.i, fmt.Sprintf(format, args...)}
}

func (r *jsonReader) space() {
	for r.i < len(r.s) && strings.IndexByte(" \t\r\n", r.s[r.i]) >= 0 {
		r.i++
	}
}

// peek returns the next byte that is not whitespace, or 0 at the end.
func (r *jsonReader) peek() byte {
	r.space()
	if r.i == len(r.s) {
		return 0
	}
	return r.s[r.i]
}

func (r *jsonReader) value(depth int) (*node, error) {
	n, err := r.read(depth)
	if err == nil {
		n.end = r.i
	}
	return n, err
}

func (r *jsonReader) read(depth int) (*node, error) {
	if depth > maxDepth {
		return nil, r.errorf("nested more than %d deep", maxDepth)
	}
	c := r.peek()
	n := &node{off: r.i}
	switch {
	case c == '{':
		n.kind = objectNode
		return n, r.object(n, depth)
	case c == '[':
		n.kind = arrayNode
		return n, r.array(n, depth)
	case c == '"':
		n.kind = stringNode
		var err error
		n.text, err = r.str()
		return n, err
	case c == '-' || c >= '0' && c <= '9':
		n.kind = numberNode
		return n, r.number(n)
	}
	for word, kind := range map[string]nodeKind{"true": boolNode, "false": boolNode, "null": nullNode} {
		if strings.HasPrefix(r.s[r.i:], word) {
			n.kind, n.text = kind, word
			r.i += len(word)
			return n, nil
		}
	}
	return nil, r.errorf("expected a JSON value")
}

func (r *jsonReader) object(n *node, depth int) error {
	r.i++ // {
	seen := map[string]bool{}
	if r.peek() == '}' {
		r.i++
		return nil
	}
	for {
		if r.peek() != '"' {
			return r.errorf("expected a key in quotes")
		}
		off := r.i
		key, err := r.str()
		if err != nil {
			return err
		}
		if seen[key] {
			r.i = off
			return r.errorf("the key %q is given twice", key)
		}
		seen[key] = true
		if r.peek() != ':' {
			return r.errorf("expected a colon after the key %q", key)
		}
		r.i++
		v, err := r.value(depth + 1)
		if err != nil {
			return err
		}
		n.members = append(n.members, member{key, off, v})
		if done, err := r.next('}'); done || err != nil {
			return err
		}
	}
}

func (r *jsonReader) array(n *node, depth int) error {
	r.i++ // [
	if r.peek() == ']' {
		r.i++
		return nil
	}
	for {
		v, err := r.value(depth + 1)
		if err != nil {
			return err
		}
		n.items = append(n.items, v)
		if done, err := r.next(']'); done || err != nil {
			return err
		}
	}
}

// next reads a comma, or the bracket that ends the list.
func (r *jsonReader) next(end byte) (done bool, err error) {
	switch r.peek() {
	case end:
		r.i++
		return true, nil
	case ',':
		r.i++
		return false, nil
	}
	return false, r.errorf("expected a comma or %q", end)
}

func (r *jsonReader) number(n *node) error {
	start := r.i
	digits := func() bool {
		from := r.i
		for r.i < len(r.s) && r.s[r.i] >= '0' && r.s[r.i] <= '9' {
			r.i++
		}
		return r.i > from
	}
	skip := func(set string) bool {
		if r.i < len(r.s) && strings.IndexByte(set, r.s[r.i]) >= 0 {
			r.i++
			return true
		}
		return false
	}
	skip("-")
	ok := skip("0") || digits()
	if ok && skip(".") {
		ok = digits()
	}
	if ok && skip("eE") {
		skip("+-")
		ok = digits()
	}
	if !ok {
		return r.errorf("malformed number")
	}
	n.text = r.s[start:r.i]
	return nil
}

// str reads a string in quotes.
func (r *jsonReader) str() (string, error) {
	r.i++ // "
	start := r.i
	var b strings.Builder
	for r.i < len(r.s) {
		switch c := r.s[r.i]; {
		case c == '"':
			b.WriteString(r.s[start:r.i])
			r.i++
			return b.String(), nil
		case c < 0x20:
			return "", r.errorf("control character in a string")
		case c == '\\':
			b.WriteString(r.s[start:r.i])
			if err := r.escape(&b); err != nil {
				return "", err
			}
			start = r.i
		default:
			r.i++
		}
	}
	return "", r.errorf("string without an end")
}

var escapes = map[byte]byte{'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t'}

func (r *jsonReader) escape(b *strings.Builder) error {
	r.i++ // backslash
	if r.i == len(r.s) {
		return r.errorf("string without an end")
	}
	c := r.s[r.i]
	if c != 'u' {
		plain, ok := escapes[c]
		if !ok {
			return r.errorf("unknown escape")
		}
		r.i++
		return b.WriteByte(plain)
	}
	r.i++
	code, err := r.hex4()
	if err != nil {
		return err
	}
	if utf16.IsSurrogate(code) {
		if !strings.HasPrefix(r.s[r.i:], `\u`) {
			return r.errorf("half of a surrogate pair")
		}
		r.i += 2
		low, err := r.hex4()
		if err != nil {
			return err
		}
		if code = utf16.DecodeRune(code, low); code == utf8.RuneError {
			return r.errorf("half of a surrogate pair")
		}
	}
	b.WriteRune(code)
	return nil
}

func (r *jsonReader) hex4() (rune, error) {
	if r.i+4 > len(r.s) {
		return 0, r.errorf("unfinished \\u escape")
	}
	v, err := strconv.ParseUint(r.s[r.i:r.i+4], 16, 16)
	if err != nil {
		return 0, r.errorf("malformed \\u escape")
	}
	r.i += 4
	return rune(v), nil
}
