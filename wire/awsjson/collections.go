package awsjson

import (
	"maps"
	"reflect"
	"slices"
	"strings"
)

// maxElements bounds the list elements of one document. "{}," is three bytes
// and becomes a structure of hundreds: a body within its limit must not grow to
// gigabytes.
const maxElements = 200_000

// element counts an element, and refuses null where a value must be.
func (d *Decoder) element(seesNull bool) error {
	if d.elements++; d.elements > maxElements {
		return errElements
	}
	if !seesNull && d.tokens.PeekKind() == 'n' {
		return errNull
	}
	return nil
}

func (b builder) list(t reflect.Type, timeFormat string) codec {
	c := b.codec(t.Elem(), timeFormat)
	return codec{
		decode: func(d *Decoder, v reflect.Value) error {
			if err := d.BeginArray(); err != nil {
				return err
			}
			v.Set(reflect.MakeSlice(t, 0, 0)) // empty is not absent
			for n := 0; d.More(); n++ {
				if err := d.element(c.seesNull); err != nil {
					return err
				}
				v.Grow(1)
				v.SetLen(n + 1)
				if err := c.decode(d, v.Index(n)); err != nil {
					return err
				}
			}
			return d.EndArray()
		},
		encode: func(e *Encoder, v reflect.Value) error {
			e.BeginArray()
			for i := range v.Len() {
				if err := c.encode(e, v.Index(i)); err != nil {
					return err
				}
			}
			e.EndArray()
			return nil
		},
	}
}

func (b builder) mapping(t reflect.Type, timeFormat string) codec {
	c := b.codec(t.Elem(), timeFormat)
	return codec{
		decode: func(d *Decoder, v reflect.Value) error {
			if err := d.BeginObject(); err != nil {
				return err
			}
			m := reflect.MakeMap(t)
			key, elem := reflect.New(t.Key()).Elem(), reflect.New(t.Elem()).Elem()
			for d.More() {
				name, err := d.Name()
				if err != nil {
					return err
				}
				key.SetString(string(name))
				if null, err := d.absent(c.seesNull); err != nil {
					return err
				} else if null {
					continue
				}
				elem.SetZero()
				if err := c.decode(d, elem); err != nil {
					return err
				}
				m.SetMapIndex(key, elem)
			}
			v.Set(m)
			return d.EndObject()
		},
		encode: func(e *Encoder, v reflect.Value) error { return encodeMap(e, v, c) },
	}
}

// absent passes over null, which makes an entry of a map absent like a member of
// a structure.
func (d *Decoder) absent(seesNull bool) (bool, error) {
	if seesNull {
		return false, nil
	}
	return d.Null()
}

// encodeMap prints in the order of the keys: equal answers are equal bytes.
func encodeMap(e *Encoder, v reflect.Value, c *codec) error {
	type entry struct {
		key   string
		value reflect.Value
	}
	entries := make([]entry, 0, v.Len())
	for it := v.MapRange(); it.Next(); {
		entries = append(entries, entry{it.Key().String(), it.Value()})
	}
	slices.SortFunc(entries, func(a, b entry) int { return strings.Compare(a.key, b.key) })
	e.BeginObject()
	for _, x := range entries {
		e.Name(x.key)
		if err := c.encode(e, x.value); err != nil {
			return err
		}
	}
	e.EndObject()
	return nil
}

func decodeStrings(d *Decoder, v reflect.Value) error {
	if err := d.BeginArray(); err != nil {
		return err
	}
	out := []string{}
	for d.More() {
		if err := d.element(false); err != nil {
			return err
		}
		s, err := d.String()
		if err != nil {
			return err
		}
		out = append(out, s)
	}
	*v.Addr().Interface().(*[]string) = out
	return d.EndArray()
}

func encodeStrings(e *Encoder, v reflect.Value) error {
	e.BeginArray()
	for i := range v.Len() {
		e.String(v.Index(i).String())
	}
	e.EndArray()
	return nil
}

func decodeStringMap(d *Decoder, v reflect.Value) error {
	if err := d.BeginObject(); err != nil {
		return err
	}
	out := map[string]string{}
	for d.More() {
		name, err := d.String()
		if err != nil {
			return err
		}
		if null, err := d.Null(); err != nil {
			return err
		} else if null {
			continue
		}
		if out[name], err = d.String(); err != nil {
			return err
		}
	}
	*v.Addr().Interface().(*map[string]string) = out
	return d.EndObject()
}

func encodeStringMap(e *Encoder, v reflect.Value) error {
	m := v.Interface().(map[string]string)
	e.BeginObject()
	for _, k := range slices.Sorted(maps.Keys(m)) {
		e.Name(k)
		e.String(m[k])
	}
	e.EndObject()
	return nil
}
