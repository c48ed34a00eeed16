package awsquery

import (
	"bytes"
	"encoding/base64"
	"encoding/xml"
	"math"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A printer prints XML. Names come from the API model and are not escaped.
type printer struct{ bytes.Buffer }

func (w *printer) open(name string)  { w.WriteByte('<'); w.WriteString(name); w.WriteByte('>') }
func (w *printer) close(name string) { w.WriteString("</"); w.WriteString(name); w.WriteByte('>') }

// text prints characters. Those that XML 1.0 cannot hold at all become U+FFFD.
func (w *printer) text(s string) { _ = xml.EscapeText(&w.Buffer, []byte(s)) } // a buffer never fails

func (w *printer) leaf(name, text string) { w.open(name); w.text(text); w.close(name) }

// element prints v as the element name; a flat list is many such elements.
func (w *printer) element(name string, v reflect.Value, o options) error {
	switch t := v.Type(); {
	case t.Kind() == reflect.Pointer || t.Kind() == reflect.Interface:
		if v.IsNil() {
			return nil
		}
		return w.element(name, v.Elem(), o)
	case t == timeType:
		w.leaf(name, printTime(v.Interface().(time.Time), o.time))
		return nil
	case t == blobType:
		w.leaf(name, base64.StdEncoding.EncodeToString(v.Bytes()))
		return nil
	case t.Kind() == reflect.Struct:
		w.open(name)
		err := w.members(v)
		w.close(name)
		return err
	case t.Kind() == reflect.Slice:
		return w.list(name, v, o)
	case t.Kind() == reflect.Map && t.Key().Kind() == reflect.String:
		return w.mapping(name, v, o)
	}
	return w.scalar(name, v)
}

func (w *printer) members(v reflect.Value) error {
	for _, m := range planOf(v.Type()) {
		f := v.Field(m.index)
		switch f.Kind() {
		case reflect.Pointer, reflect.Slice, reflect.Map, reflect.Interface:
			if f.IsNil() {
				continue
			}
		}
		if err := w.element(m.name, f, m.options); err != nil {
			return err
		}
	}
	return nil
}

func (w *printer) list(name string, v reflect.Value, o options) error {
	if !o.flat {
		w.open(name)
	}
	for i := range v.Len() {
		if err := w.element(o.elementName(name), v.Index(i), options{}); err != nil {
			return err
		}
	}
	if !o.flat {
		w.close(name)
	}
	return nil
}

// mapping prints entries in the order of their keys: equal answers are equal bytes.
func (w *printer) mapping(name string, v reflect.Value, o options) error {
	keys := v.MapKeys()
	slices.SortFunc(keys, func(a, b reflect.Value) int { return strings.Compare(a.String(), b.String()) })
	entry := name
	if !o.flat {
		w.open(name)
		entry = "entry"
	}
	for _, k := range keys {
		w.open(entry)
		w.leaf(o.keyName(), k.String())
		if err := w.element(o.valueName(), v.MapIndex(k), options{}); err != nil {
			return err
		}
		w.close(entry)
	}
	if !o.flat {
		w.close(name)
	}
	return nil
}

func (w *printer) scalar(name string, v reflect.Value) error {
	switch v.Kind() {
	case reflect.String:
		w.leaf(name, v.String())
	case reflect.Bool:
		w.leaf(name, strconv.FormatBool(v.Bool()))
	case reflect.Int32, reflect.Int64, reflect.Int:
		w.leaf(name, strconv.FormatInt(v.Int(), 10))
	case reflect.Float64:
		w.leaf(name, printFloat(v.Float()))
	default:
		return unsupported(v.Type())
	}
	return nil
}

// printFloat spells the values that are no number as Smithy does.
func printFloat(f float64) string {
	switch {
	case math.IsInf(f, 1):
		return "Infinity"
	case math.IsInf(f, -1):
		return "-Infinity"
	}
	return strconv.FormatFloat(f, 'f', -1, 64)
}

func printTime(t time.Time, format string) string {
	switch t = t.UTC(); format {
	case "unixTimestamp":
		return strconv.FormatInt(t.Unix(), 10)
	case "rfc822":
		return t.Format(http.TimeFormat)
	}
	return t.Format("2006-01-02T15:04:05Z")
}
