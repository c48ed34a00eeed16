package awsjson

import (
	"fmt"
	"reflect"
	"strings"

	"github.com/bailiwick-project/bailiwick/wire"
)

// A member is one field of a structure that travels.
type member struct {
	name  string // on the wire
	index int
	codec *codec
}

func (b builder) structure(t reflect.Type) codec {
	var list []member
	byName := map[string]*member{}
	for i := range t.NumField() {
		f := t.Field(i)
		name, options, _ := strings.Cut(f.Tag.Get("wire"), ",")
		if name == "" || name == "-" || !f.IsExported() || wire.Location(options) != "" {
			continue // not in the body
		}
		list = append(list, member{name, i, b.codec(f.Type, timeOption(options))})
	}
	for i := range list {
		byName[list[i].name] = &list[i]
	}
	return codec{
		decode: func(d *Decoder, v reflect.Value) error { return decodeStructure(d, v, byName) },
		encode: func(e *Encoder, v reflect.Value) error { return encodeStructure(e, v, list) },
	}
}

func timeOption(options string) string {
	for o := range strings.SplitSeq(options, ",") {
		if format, ok := strings.CutPrefix(o, "time="); ok {
			return format
		}
	}
	return ""
}

func decodeStructure(d *Decoder, v reflect.Value, byName map[string]*member) error {
	if err := d.BeginObject(); err != nil {
		return err
	}
	for d.More() {
		name, err := d.Name()
		if err != nil {
			return err
		}
		m := byName[string(name)]
		if m == nil {
			err = d.Skip()
		} else if d.tokens.PeekKind() == 'n' {
			_, err = d.Null()
		} else {
			err = m.codec.decode(d, v.Field(m.index))
		}
		if err != nil {
			return err
		}
	}
	return d.EndObject()
}

func encodeStructure(e *Encoder, v reflect.Value, list []member) error {
	e.BeginObject()
	for i := range list {
		m := &list[i]
		f := v.Field(m.index)
		switch f.Kind() {
		case reflect.Pointer, reflect.Slice, reflect.Map, reflect.Interface:
			if f.IsNil() {
				continue
			}
		}
		e.Name(m.name)
		if err := m.codec.encode(e, f); err != nil {
			return fmt.Errorf("%s: %w", m.name, err)
		}
	}
	e.EndObject()
	return nil
}
