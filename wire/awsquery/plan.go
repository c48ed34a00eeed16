package awsquery

import (
	"fmt"
	"reflect"
	"strings"
	"sync"
	"time"
)

// options are what a wire tag says beside the name.
type options struct {
	flat       bool   // a list or map without an element around it
	element    string // of a list; "" is "member"
	key, value string // of a map; "" are "key" and "value"
	time       string // format of timestamps; "" is iso8601
}

func parseTag(tag string) (name string, o options) {
	name, rest, _ := strings.Cut(tag, ",")
	for opt := range strings.SplitSeq(rest, ",") {
		key, val, _ := strings.Cut(opt, "=")
		switch key {
		case "flat":
			o.flat = true
		case "list":
			o.element = val
		case "key":
			o.key = val
		case "value":
			o.value = val
		case "time":
			o.time = val
		}
	}
	return name, o
}

func (o options) keyName() string   { return or(o.key, "key") }
func (o options) valueName() string { return or(o.value, "value") }

// elementName is how the elements of a list called name are called.
func (o options) elementName(name string) string {
	if o.flat {
		return or(o.element, name)
	}
	return or(o.element, "member")
}

func or(s, fallback string) string {
	if s == "" {
		return fallback
	}
	return s
}

// A member is one field of a structure that travels.
type member struct {
	name  string
	index int
	options
}

// plans remembers what is a pure function of a type.
var plans sync.Map // reflect.Type of a structure -> []member

func planOf(t reflect.Type) []member {
	if p, ok := plans.Load(t); ok {
		return p.([]member)
	}
	var list []member
	for i := range t.NumField() {
		f := t.Field(i)
		name, o := parseTag(f.Tag.Get("wire"))
		if name != "" && name != "-" && f.IsExported() {
			list = append(list, member{name, i, o})
		}
	}
	p, _ := plans.LoadOrStore(t, list)
	return p.([]member)
}

var (
	timeType = reflect.TypeFor[time.Time]()
	blobType = reflect.TypeFor[[]byte]()
)

// unsupported says that an API model cannot have produced the type: an error of
// the program, not of the caller.
func unsupported(t reflect.Type) error { return fmt.Errorf("type %s has no form on the wire", t) }
