package awsjson

import (
	"encoding/json"
	"math"
	"reflect"
	"strconv"
)

func scalar(k reflect.Kind) (codec, bool) {
	switch k {
	case reflect.String:
		return codec{decode: decodeString, encode: encodeString}, true
	case reflect.Bool:
		return codec{decode: decodeBool, encode: encodeBool}, true
	case reflect.Int32:
		return codec{decode: integer("Integer", 32), encode: encodeInt}, true
	case reflect.Int64, reflect.Int:
		return codec{decode: integer("Long", 64), encode: encodeInt}, true
	case reflect.Float64:
		return codec{decode: decodeFloat, encode: encodeFloat}, true
	}
	return codec{}, false
}

func decodeString(d *Decoder, v reflect.Value) error {
	s, err := d.String()
	v.SetString(s)
	return err
}

func decodeStringPointer(d *Decoder, v reflect.Value) error {
	s, err := d.String()
	if err != nil {
		return err
	}
	if p, ok := v.Addr().Interface().(**string); ok {
		*p = &s
		return nil
	}
	v.Set(reflect.ValueOf(&s))
	return nil
}

func decodeBool(d *Decoder, v reflect.Value) error {
	b, err := d.Bool()
	v.SetBool(b)
	return err
}

func decodeBoolPointer(d *Decoder, v reflect.Value) error {
	b, err := d.Bool()
	if err != nil {
		return err
	}
	v.Set(reflect.ValueOf(&b))
	return nil
}

// integer reads a whole number that fits into bits. 1.0 and 1e2 are whole: some
// languages have one type of number only.
func integer(wanted string, bits int) func(*Decoder, reflect.Value) error {
	return func(d *Decoder, v reflect.Value) error {
		text, err := d.number(wanted)
		if err != nil {
			return err
		}
		n, err := strconv.ParseInt(string(text), 10, bits)
		if err != nil {
			f, ferr := strconv.ParseFloat(string(text), 64)
			// Above 2^53 a float no longer tells which integer was meant.
			if ferr != nil || f != math.Trunc(f) || math.Abs(f) > 1<<53 || v.OverflowInt(int64(f)) {
				return cannot('0', wanted)
			}
			n = int64(f)
		}
		v.SetInt(n)
		return nil
	}
}

func decodeFloat(d *Decoder, v reflect.Value) error {
	text, err := d.number("Double")
	if err != nil {
		return err
	}
	f, err := strconv.ParseFloat(string(text), 64)
	if err != nil {
		return cannot('0', "Double")
	}
	v.SetFloat(f)
	return nil
}

func decodeBlob(d *Decoder, v reflect.Value) error {
	b, err := d.Blob()
	v.SetBytes(b)
	return err
}

func decodeRaw(d *Decoder, v reflect.Value) error {
	raw, err := d.Raw()
	v.SetBytes(raw)
	return err
}

func encodeString(e *Encoder, v reflect.Value) error { e.String(v.String()); return nil }
func encodeBool(e *Encoder, v reflect.Value) error   { e.Bool(v.Bool()); return nil }
func encodeInt(e *Encoder, v reflect.Value) error    { e.Int(v.Int()); return nil }
func encodeFloat(e *Encoder, v reflect.Value) error  { e.Float(v.Float()); return nil }
func encodeBlob(e *Encoder, v reflect.Value) error   { e.Blob(v.Bytes()); return nil }
func encodeRaw(e *Encoder, v reflect.Value) error    { return e.Raw(json.RawMessage(v.Bytes())) }
