package restxml

import (
	"fmt"
	"reflect"
	"strings"
	"sync"
	"time"

	"github.com/bailiwick-project/bailiwick/wire"
)

// A member is one field of a structure that stands in the body.
type member struct {
	name    string
	index   int
	attr    bool   // an attribute of the element around
	flat    bool   // a list without an element around it
	element string // of a list; "" is "member"
	time    string // format of timestamps; "" is iso8601
}

// elementName is how the elements of a list are called.
func (m *member) elementName() string {
	switch {
	case m.element != "":
		return m.element
	case m.flat:
		return m.name
	}
	return "member"
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
		name, options, _ := strings.Cut(f.Tag.Get("wire"), ",")
		if name == "" || name == "-" || !f.IsExported() || wire.Location(options) != "" {
			continue
		}
		m := member{name: name, index: i}
		for o := range strings.SplitSeq(options, ",") {
			switch key, val, _ := strings.Cut(o, "="); key {
			case "attr":
				m.attr = true
			case "flat":
				m.flat = true
			case "list":
				m.element = val
			case "time":
				m.time = val
			}
		}
		list = append(list, m)
	}
	p, _ := plans.LoadOrStore(t, list)
	return p.([]member)
}

var (
	timeType = reflect.TypeFor[time.Time]()
	blobType = reflect.TypeFor[[]byte]()
)

// The kinds of members. Everything that is not one of the first two is text.
func isList(t reflect.Type) bool { return t.Kind() == reflect.Slice && t != blobType }

func isStructure(t reflect.Type) bool {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return t.Kind() == reflect.Struct && t != timeType
}

// unsupported says that an API model cannot have produced the type: an error of
// the program, not of the caller.
func unsupported(t reflect.Type) error { return fmt.Errorf("type %s has no form on the wire", t) }
