package awsjson

import (
	"encoding/json"
	"fmt"
	"reflect"
	"sync"
	"time"
)

// A codec reads and prints values of one Go type. decode gets an addressable
// value that is zero and never stands before null, unless the type reads itself.
type codec struct {
	decode func(*Decoder, reflect.Value) error
	encode func(*Encoder, reflect.Value) error
	// seesNull: the type reads itself, null in lists and maps included.
	seesNull bool
}

// codecs remembers what is a pure function of a type; it is no state that could
// tell one request from another.
var codecs sync.Map // reflect.Type -> *codec

func codecOf(t reflect.Type) *codec {
	if c, ok := codecs.Load(t); ok {
		return c.(*codec)
	}
	b := builder{}
	root := b.codec(t, "")
	// Only whole codecs are shown to others: a shape may contain itself.
	for k, c := range b {
		if k.time == "" {
			codecs.LoadOrStore(k.typ, c)
		}
	}
	return root
}

// A builder holds the codecs that are being made.
type builder map[codecKey]*codec

type codecKey struct {
	typ  reflect.Type
	time string // how timestamps below are spelled; "" is the protocol's own
}

var (
	timeType        = reflect.TypeFor[time.Time]()
	rawType         = reflect.TypeFor[json.RawMessage]()
	blobType        = reflect.TypeFor[[]byte]()
	stringsType     = reflect.TypeFor[[]string]()
	stringMapType   = reflect.TypeFor[map[string]string]()
	decoderFromType = reflect.TypeFor[DecoderFrom]()
	encoderToType   = reflect.TypeFor[EncoderTo]()
)

func (b builder) codec(t reflect.Type, timeFormat string) *codec {
	key := codecKey{t, timeFormat}
	if c, ok := b[key]; ok {
		return c
	}
	c := new(codec)
	b[key] = c // before its parts: they may contain t
	*c = b.make(t, timeFormat)
	if p := reflect.PointerTo(t); t.Kind() != reflect.Pointer {
		if p.Implements(decoderFromType) {
			c.decode, c.seesNull = decodeItself, true
		}
		if p.Implements(encoderToType) {
			c.encode = encodeItself
		}
	}
	return c
}

func (b builder) make(t reflect.Type, timeFormat string) codec {
	switch t {
	case timeType:
		return timeCodec(timeFormat)
	case rawType:
		return codec{decode: decodeRaw, encode: encodeRaw}
	case blobType:
		return codec{decode: decodeBlob, encode: encodeBlob}
	case stringsType:
		return codec{decode: decodeStrings, encode: encodeStrings}
	case stringMapType:
		return codec{decode: decodeStringMap, encode: encodeStringMap}
	}
	switch t.Kind() {
	case reflect.Pointer:
		return b.pointer(t, timeFormat)
	case reflect.Struct:
		return b.structure(t)
	case reflect.Slice:
		return b.list(t, timeFormat)
	case reflect.Map:
		if t.Key().Kind() == reflect.String {
			return b.mapping(t, timeFormat)
		}
	case reflect.Interface:
		return codec{decode: unsupported(t).decode, encode: encodeDynamic}
	}
	if c, ok := scalar(t.Kind()); ok {
		return c
	}
	return unsupported(t)
}

// unsupported is the codec of a type that an API model cannot have produced.
func unsupported(t reflect.Type) codec {
	err := fmt.Errorf("type %s has no form on the wire", t)
	return codec{
		decode: func(*Decoder, reflect.Value) error { return err },
		encode: func(*Encoder, reflect.Value) error { return err },
	}
}

func decodeItself(d *Decoder, v reflect.Value) error {
	return v.Addr().Interface().(DecoderFrom).DecodeJSON(d)
}

func encodeItself(e *Encoder, v reflect.Value) error {
	if !v.CanAddr() {
		copied := reflect.New(v.Type())
		copied.Elem().Set(v)
		v = copied.Elem()
	}
	return v.Addr().Interface().(EncoderTo).EncodeJSON(e)
}

func encodeDynamic(e *Encoder, v reflect.Value) error {
	if v.IsNil() {
		e.Null()
		return nil
	}
	return codecOf(v.Elem().Type()).encode(e, v.Elem())
}

// pointer is a scalar or structure that may be absent.
func (b builder) pointer(t reflect.Type, timeFormat string) codec {
	elem := t.Elem()
	c := b.codec(elem, timeFormat)
	out := codec{
		decode: func(d *Decoder, v reflect.Value) error {
			p := reflect.New(elem)
			if err := c.decode(d, p.Elem()); err != nil {
				return err
			}
			v.Set(p)
			return nil
		},
		encode: func(e *Encoder, v reflect.Value) error {
			if v.IsNil() {
				e.Null()
				return nil
			}
			return c.encode(e, v.Elem())
		},
	}
	switch elem {
	case reflect.TypeFor[string]():
		out.decode = decodeStringPointer
	case reflect.TypeFor[bool]():
		out.decode = decodeBoolPointer
	}
	return out
}
