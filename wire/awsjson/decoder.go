package awsjson

import (
	"bytes"
	"encoding/base64"
	"sync"

	"github.com/go-json-experiment/json/jsontext"
)

// MaxDepth is how deep objects and arrays may nest. DynamoDB's deepest value has
// 32 levels of two objects each, inside a request.
const MaxDepth = 100

// A DecoderFrom reads itself. It is called with the decoder before its value and
// leaves it right behind. As a member of a structure it never sees null.
type DecoderFrom interface{ DecodeJSON(*Decoder) error }

// A Kind is what comes next in a document.
type Kind byte

// The kinds. End is the end of the object or array that the decoder is in;
// Broken is what is not JSON: the next read tells why.
const (
	Broken Kind = 0
	Null   Kind = 'n'
	False  Kind = 'f'
	True   Kind = 't'
	String Kind = '"'
	Number Kind = '0'
	Object Kind = '{'
	Array  Kind = '['
	End    Kind = '}'
)

// A Decoder reads one JSON document, token by token:
//
//	if err := d.BeginObject(); err != nil { return err }
//	for d.More() {
//		name, err := d.Name()
//		...
//		s, err := d.String()
//	}
//	return d.EndObject()
//
// Every error it returns is a *bailiwick.Error with CodeSerialization, fit to be
// returned as it is.
type Decoder struct {
	src     bytes.Buffer
	tokens  jsontext.Decoder
	scratch []byte // an unescaped string

	elements int // of lists, so far
}

// NewDecoder reads body, which must not change meanwhile.
func NewDecoder(body []byte) *Decoder {
	d := new(Decoder)
	d.reset(body)
	return d
}

func (d *Decoder) reset(body []byte) {
	d.src = *bytes.NewBuffer(body)
	d.tokens.Reset(&d.src)
	d.elements = 0
}

var decoders = sync.Pool{New: func() any { return new(Decoder) }}

func borrowDecoder(body []byte) *Decoder {
	d := decoders.Get().(*Decoder)
	d.reset(body)
	return d
}

// giveBack forgets the body: it may hold a password.
func (d *Decoder) giveBack() {
	d.reset(nil)
	clear(d.scratch[:cap(d.scratch)])
	if cap(d.scratch) > maxPooled {
		d.scratch = nil
	}
	decoders.Put(d)
}

// Kind tells what comes next.
func (d *Decoder) Kind() Kind {
	k := Kind(d.tokens.PeekKind())
	if k == ']' {
		return End
	}
	return k
}

// More tells whether the object or array that the decoder is in has more to
// read. It is false before broken text; End tells why.
func (d *Decoder) More() bool {
	switch d.tokens.PeekKind() {
	case 0, '}', ']':
		return false
	}
	return true
}

// BeginObject enters an object.
func (d *Decoder) BeginObject() error { return d.begin('{', "Structure") }

// EndObject leaves an object that has been read to its end.
func (d *Decoder) EndObject() error { return d.end('}') }

// BeginArray enters an array.
func (d *Decoder) BeginArray() error { return d.begin('[', "List") }

// EndArray leaves an array that has been read to its end.
func (d *Decoder) EndArray() error { return d.end(']') }

func (d *Decoder) begin(want jsontext.Kind, wanted string) error {
	if d.tokens.PeekKind() != want {
		return d.mismatch(wanted)
	}
	if d.tokens.StackDepth() >= MaxDepth {
		return errDepth
	}
	_, err := d.tokens.ReadToken()
	return syntax(err)
}

func (d *Decoder) end(want jsontext.Kind) error {
	if k := d.tokens.PeekKind(); k != want && k != 0 {
		return errUnexpected
	}
	t, err := d.tokens.ReadToken()
	if err == nil && t.Kind() != want {
		return errUnexpected
	}
	return syntax(err)
}

// Name reads the name of the next member of an object. The bytes are valid until
// the next call.
func (d *Decoder) Name() ([]byte, error) { return d.Text() }

// Text reads a string as bytes that are valid until the next call.
func (d *Decoder) Text() ([]byte, error) {
	if d.tokens.PeekKind() != '"' {
		return nil, d.mismatch("String")
	}
	raw, err := d.tokens.ReadValue()
	if err != nil {
		return nil, syntax(err)
	}
	if bytes.IndexByte(raw, '\\') < 0 {
		return raw[1 : len(raw)-1], nil
	}
	d.scratch, err = jsontext.AppendUnquote(d.scratch[:0], raw)
	return d.scratch, syntax(err)
}

// String reads a string.
func (d *Decoder) String() (string, error) {
	b, err := d.Text()
	return string(b), err
}

// Blob reads a string of base64 (RFC 4648 section 4, padded, nothing else). An
// empty string is an empty blob, which is not nil.
func (d *Decoder) Blob() ([]byte, error) {
	b, err := d.Text()
	if err != nil {
		return nil, err
	}
	out := make([]byte, base64.StdEncoding.DecodedLen(len(b)))
	// The library passes over line ends; a value has one spelling only here.
	if bytes.ContainsAny(b, "\r\n") {
		return nil, errBase64
	}
	n, err := base64.StdEncoding.Strict().Decode(out, b)
	if err != nil {
		return nil, errBase64
	}
	return out[:n], nil
}

// Number reads a number as it is written, valid until the next call.
func (d *Decoder) Number() ([]byte, error) { return d.number("Number") }

func (d *Decoder) number(wanted string) ([]byte, error) {
	if d.tokens.PeekKind() != '0' {
		return nil, d.mismatch(wanted)
	}
	raw, err := d.tokens.ReadValue()
	return raw, syntax(err)
}

// Bool reads true or false.
func (d *Decoder) Bool() (bool, error) {
	switch k := d.tokens.PeekKind(); k {
	case 't', 'f':
		_, err := d.tokens.ReadToken()
		return k == 't', syntax(err)
	}
	return false, d.mismatch("Boolean")
}

// Null passes over null, and tells whether it was there.
func (d *Decoder) Null() (bool, error) {
	if d.tokens.PeekKind() != 'n' {
		return false, nil
	}
	_, err := d.tokens.ReadToken()
	return true, syntax(err)
}
