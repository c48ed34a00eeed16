package awsjson

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strconv"
	"sync"

	"github.com/go-json-experiment/json/jsontext"
)

// An EncoderTo prints itself: exactly one value.
type EncoderTo interface{ EncodeJSON(*Encoder) error }

// An Encoder prints one JSON document. Commas and colons are its own matter:
//
//	e.BeginObject()
//	e.Name("S")
//	e.String("text")
//	e.EndObject()
//
// Calls are not checked against the grammar; a caller that closes what it never
// opened prints nonsense. Characters of HTML are not escaped, as at AWS.
type Encoder struct{ buf []byte }

// NewEncoder appends to buf, which may be nil.
func NewEncoder(buf []byte) *Encoder { return &Encoder{buf: buf} }

// Bytes is what was printed, valid until the next call.
func (e *Encoder) Bytes() []byte { return e.buf }

const maxPooled = 1 << 20

var encoders = sync.Pool{New: func() any { return new(Encoder) }}

func borrowEncoder() *Encoder { return encoders.Get().(*Encoder) }

// giveBack forgets what was printed: it may hold a secret key.
func (e *Encoder) giveBack() {
	clear(e.buf)
	e.buf = e.buf[:0]
	if cap(e.buf) <= maxPooled {
		encoders.Put(e)
	}
}

// value prints the comma that the next value needs. The last byte tells: a
// finished value never ends with one of these three.
func (e *Encoder) value() {
	if n := len(e.buf); n > 0 {
		switch e.buf[n-1] {
		case '{', '[', ':':
		default:
			e.buf = append(e.buf, ',')
		}
	}
}

// BeginObject opens an object.
func (e *Encoder) BeginObject() { e.value(); e.buf = append(e.buf, '{') }

// EndObject closes an object.
func (e *Encoder) EndObject() { e.buf = append(e.buf, '}') }

// BeginArray opens an array.
func (e *Encoder) BeginArray() { e.value(); e.buf = append(e.buf, '[') }

// EndArray closes an array.
func (e *Encoder) EndArray() { e.buf = append(e.buf, ']') }

// Name prints the name of a member; its value must follow.
func (e *Encoder) Name(name string) { e.String(name); e.buf = append(e.buf, ':') }

// String prints a string. Bytes that are not UTF-8 come out as U+FFFD.
func (e *Encoder) String(s string) {
	e.value()
	e.buf, _ = jsontext.AppendQuote(e.buf, s) // the error tells of the bytes replaced
}

// Blob prints bytes in base64.
func (e *Encoder) Blob(b []byte) {
	e.value()
	e.buf = append(e.buf, '"')
	e.buf = base64.StdEncoding.AppendEncode(e.buf, b)
	e.buf = append(e.buf, '"')
}

// Bool prints true or false.
func (e *Encoder) Bool(b bool) { e.value(); e.buf = strconv.AppendBool(e.buf, b) }

// Null prints null.
func (e *Encoder) Null() { e.value(); e.buf = append(e.buf, "null"...) }

// Int prints an integer.
func (e *Encoder) Int(n int64) { e.value(); e.buf = strconv.AppendInt(e.buf, n, 10) }

// Float prints a number. Infinities and NaN have no spelling in JSON numbers and
// are printed as the strings that Smithy gives them.
func (e *Encoder) Float(f float64) {
	e.value()
	switch {
	case math.IsNaN(f):
		e.buf = append(e.buf, `"NaN"`...)
	case math.IsInf(f, 1):
		e.buf = append(e.buf, `"Infinity"`...)
	case math.IsInf(f, -1):
		e.buf = append(e.buf, `"-Infinity"`...)
	default:
		e.buf = appendFloat(e.buf, f)
	}
}

// Raw prints a document that is JSON already, and refuses what is not.
func (e *Encoder) Raw(doc json.RawMessage) error {
	v := jsontext.Value(doc)
	if !v.IsValid() {
		return errors.New("document is not valid JSON")
	}
	if deeper(doc, MaxDepth) {
		return fmt.Errorf("document nests deeper than %d levels", MaxDepth)
	}
	e.value()
	from := len(e.buf)
	e.buf = append(e.buf, doc...)
	out := jsontext.Value(e.buf[from:])
	if err := out.Compact(); err != nil {
		return fmt.Errorf("compacting document: %w", err)
	}
	e.buf = append(e.buf[:from], out...)
	return nil
}

// appendFloat prints as JavaScript does: exponents only where the plain digits
// would be long.
func appendFloat(b []byte, f float64) []byte {
	if a := math.Abs(f); a != 0 && (a < 1e-6 || a >= 1e21) {
		return strconv.AppendFloat(b, f, 'e', -1, 64)
	}
	return strconv.AppendFloat(b, f, 'f', -1, 64)
}
