package awsquery

import (
	"encoding/base64"
	"math"
	"net/http"
	"reflect"
	"strconv"
	"strings"
	"time"
)

// fill reads the parameter p into v.
func fill(p *param, v reflect.Value, o options) error {
	switch t := v.Type(); {
	case t == timeType:
		return fillTime(p, v, o.time)
	case t == blobType:
		return fillBlob(p, v)
	case t.Kind() == reflect.Pointer:
		n := reflect.New(t.Elem())
		v.Set(n)
		return fill(p, n.Elem(), o)
	case t.Kind() == reflect.Struct:
		return fillStructure(p, v)
	case t.Kind() == reflect.Slice:
		return fillList(p, v)
	case t.Kind() == reflect.Map && t.Key().Kind() == reflect.String:
		return fillMap(p, v, o)
	default:
		return fillScalar(p, v)
	}
}

func fillStructure(p *param, v reflect.Value) error {
	if p.value != nil {
		return malformed("Unexpected complex element termination")
	}
	for _, m := range planOf(v.Type()) {
		c := p.member(v.Field(m.index).Type(), m)
		if c == nil {
			continue
		}
		if err := fill(c, v.Field(m.index), m.options); err != nil {
			return err
		}
	}
	return nil
}

// member finds the parameters of one member. Those of a list are the numbered
// ones: Tags.member.1, or Tags.1 where the list is flat. "Tags=" is how clients
// send a list without elements.
func (p *param) member(t reflect.Type, m member) *param {
	list := t.Kind() == reflect.Slice && t != blobType
	if m.flat && list {
		return p.children[m.elementName(m.name)]
	}
	c := p.children[m.name]
	if c == nil || len(c.children) == 0 {
		return c
	}
	var inner string
	switch {
	case list:
		inner = m.elementName(m.name)
	case t.Kind() == reflect.Map && !m.flat:
		inner = "entry"
	default:
		return c
	}
	// Anything beside the element's name would be passed over in silence.
	if e := c.children[inner]; e != nil && len(c.children) == 1 && c.value == nil {
		return e
	}
	return &param{value: new(string), children: c.children} // refused by numbered
}

// numbered returns the children 1, 2, 3 ... without holes. An index is only ever
// compared with the number of children, so that member.999999999 costs nothing.
func (p *param) numbered() ([]*param, error) {
	if p.value != nil {
		if *p.value == "" && len(p.children) == 0 {
			return nil, nil
		}
		return nil, malformed("Unexpected list element termination")
	}
	out := make([]*param, 0, len(p.children))
	for i := range len(p.children) {
		c := p.children[strconv.Itoa(i+1)]
		if c == nil {
			return nil, malformed("List members must be numbered from 1 without gaps")
		}
		out = append(out, c)
	}
	return out, nil
}

func fillList(p *param, v reflect.Value) error {
	elems, err := p.numbered()
	if err != nil {
		return err
	}
	list := reflect.MakeSlice(v.Type(), len(elems), len(elems))
	for i, e := range elems {
		if err := fill(e.element(list.Index(i).Type()), list.Index(i), options{}); err != nil {
			return err
		}
	}
	v.Set(list)
	return nil
}

// element is member for the values of lists and maps, whose elements have the
// protocol's own names.
func (p *param) element(t reflect.Type) *param {
	holder := &param{children: map[string]*param{"": p}}
	return holder.member(t, member{})
}

func fillMap(p *param, v reflect.Value, o options) error {
	entries, err := p.numbered()
	if err != nil {
		return err
	}
	m := reflect.MakeMapWithSize(v.Type(), len(entries))
	for _, e := range entries {
		k, val := e.children[o.keyName()], e.children[o.valueName()]
		if k == nil || val == nil || e.value != nil {
			return malformed("Map entries must have a key and a value")
		}
		text, err := k.scalar()
		if err != nil {
			return err
		}
		key := reflect.ValueOf(text).Convert(v.Type().Key())
		if m.MapIndex(key).IsValid() {
			return malformed("Duplicate key in map")
		}
		elem := reflect.New(v.Type().Elem()).Elem()
		if err := fill(val.element(elem.Type()), elem, options{}); err != nil {
			return err
		}
		m.SetMapIndex(key, elem)
	}
	v.Set(m)
	return nil
}

func fillScalar(p *param, v reflect.Value) error {
	s, err := p.scalar()
	if err != nil {
		return err
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(s)
	case reflect.Bool:
		if s != "true" && s != "false" {
			return malformed("STRING_VALUE can not be converted to a Boolean")
		}
		v.SetBool(s == "true")
	case reflect.Int32, reflect.Int64, reflect.Int:
		n, err := strconv.ParseInt(s, 10, v.Type().Bits())
		if err != nil || strings.HasPrefix(s, "+") {
			return malformed("STRING_VALUE can not be converted to an Integer")
		}
		v.SetInt(n)
	case reflect.Float64:
		f, err := strconv.ParseFloat(s, 64)
		if err != nil || math.IsNaN(f) || math.IsInf(f, 0) || strings.ContainsAny(s, "xX_") {
			return malformed("STRING_VALUE can not be converted to a Double")
		}
		v.SetFloat(f)
	default:
		return unsupported(v.Type())
	}
	return nil
}

func fillBlob(p *param, v reflect.Value) error {
	s, err := p.scalar()
	if err != nil {
		return err
	}
	// The library passes over line ends; a value has one spelling only here.
	b, err := base64.StdEncoding.Strict().DecodeString(s)
	if err != nil || strings.ContainsAny(s, "\r\n") {
		return malformed("Invalid Base64 string")
	}
	v.SetBytes(b)
	return nil
}

func fillTime(p *param, v reflect.Value, format string) error {
	s, err := p.scalar()
	if err != nil {
		return err
	}
	var t time.Time
	switch format {
	case "unixTimestamp":
		var f float64
		f, err = strconv.ParseFloat(s, 64)
		// Years 1 to 9999; the comparison is false for NaN.
		if err == nil && !(f >= -62135596800 && f < 253402300800) {
			err = strconv.ErrRange
		} else {
			t = time.UnixMilli(int64(math.Round(f * 1000)))
		}
	case "rfc822":
		t, err = time.Parse(http.TimeFormat, s)
	default:
		t, err = time.Parse(time.RFC3339Nano, s)
	}
	if err != nil {
		return malformed("STRING_VALUE can not be converted to a Timestamp")
	}
	*v.Addr().Interface().(*time.Time) = t.UTC()
	return nil
}
