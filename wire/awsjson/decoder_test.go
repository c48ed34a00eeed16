package awsjson

import (
	"errors"
	"strings"
	"testing"

	"github.com/bailiwick-project/bailiwick"
)

func TestDecoderWalk(t *testing.T) {
	d := NewDecoder([]byte(` {"S":"a\u00e9b","N":12.50,"B":"AAE=","L":[true,null,{}],"x":{"y":[1,{"z":2}]},"R":{ "k" : 1 }} `))
	var got []string
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(d.BeginObject())
	for d.More() {
		name, err := d.Name()
		must(err)
		switch string(name) {
		case "S":
			s, err := d.String()
			must(err)
			got = append(got, "S="+s)
		case "N":
			n, err := d.Number()
			must(err)
			got = append(got, "N="+string(n))
		case "B":
			b, err := d.Blob()
			must(err)
			got = append(got, "B="+string(b))
		case "L":
			must(d.BeginArray())
			b, err := d.Bool()
			must(err)
			null, err := d.Null()
			must(err)
			if !b || !null || d.Kind() != Object {
				t.Fatalf("list: %v %v %c", b, null, d.Kind())
			}
			must(d.BeginObject())
			must(d.EndObject())
			if d.Kind() != End || d.More() {
				t.Fatal("the array goes on")
			}
			must(d.EndArray())
		case "R":
			raw, err := d.Raw()
			must(err)
			got = append(got, "R="+string(raw))
		default:
			must(d.Skip())
		}
	}
	must(d.EndObject())
	must(d.finish())
	if s := strings.Join(got, " "); s != "S=aéb N=12.50 B=\x00\x01 R={ \"k\" : 1 }" {
		t.Errorf("got %q", s)
	}
}

func TestDecoderRefuses(t *testing.T) {
	deep := strings.Repeat("[", MaxDepth+1) + strings.Repeat("]", MaxDepth+1)
	edge := strings.Repeat("[", MaxDepth) + strings.Repeat("]", MaxDepth)
	skip := func(d *Decoder) error { return d.Skip() }
	raw := func(d *Decoder) error { _, err := d.Raw(); return err }
	str := func(d *Decoder) error { _, err := d.String(); return err }
	blob := func(d *Decoder) error { _, err := d.Blob(); return err }
	boolean := func(d *Decoder) error { _, err := d.Bool(); return err }
	number := func(d *Decoder) error { _, err := d.Number(); return err }
	for _, c := range []struct {
		body string
		read func(*Decoder) error
		want string // "" is no error
	}{
		{edge, skip, ""},
		{edge, raw, ""},
		{deep, skip, "Nesting is too deep"},
		{deep, raw, "Nesting is too deep"},
		{`["[[[["]`, raw, ""},
		{`{"a":1,"a":2}`, skip, "The JSON document has a member twice"},
		{`{"a":1,"\u0061":2}`, skip, "The JSON document has a member twice"},
		{`{"a":{"b":1,"b":1}}`, raw, "The JSON document has a member twice"},
		{"\"\xff\"", str, "Unable to parse the JSON document"},
		{`"\ud800"`, str, "Unable to parse the JSON document"},
		{`{`, skip, "Unable to parse the JSON document"},
		{``, str, "Unable to parse the JSON document"},
		{`tru`, boolean, "Unable to parse the JSON document"},
		{`01`, number, "Unexpected token received from parser"},
		{`"AAE"`, blob, "Invalid Base64 string"},
		{`"AAF="`, blob, "Invalid Base64 string"},
		{`"AA\nE="`, blob, "Invalid Base64 string"},
		{`"-_8="`, blob, "Invalid Base64 string"},
		{`""`, blob, ""},
		{`1`, str, "NUMBER_VALUE cannot be converted to String"},
		{`true`, str, "TRUE_VALUE cannot be converted to String"},
		{`"true"`, boolean, "STRING_VALUE cannot be converted to Boolean"},
		{`{}`, str, "Start of structure or map found where not expected."},
		{`[]`, number, "Start of list found where not expected"},
		{`"x" "y"`, str, "Unexpected token received from parser"},
	} {
		d := NewDecoder([]byte(c.body))
		err := c.read(d)
		if err == nil {
			err = d.finish()
		}
		var refusal *bailiwick.Error
		switch {
		case err == nil && c.want == "":
		case err == nil:
			t.Errorf("%.40s: accepted", c.body)
		case !errors.As(err, &refusal) || refusal.Code != bailiwick.CodeSerialization:
			t.Errorf("%.40s: error %v has no code", c.body, err)
		case refusal.Message != c.want:
			t.Errorf("%.40s: %q, want %q", c.body, refusal.Message, c.want)
		}
	}
}

func TestEncoder(t *testing.T) {
	e := NewEncoder(nil)
	e.BeginObject()
	e.Name("S")
	e.String("<a>&\"\n\u2028\xff")
	e.Name("L")
	e.BeginArray()
	e.Int(-5)
	e.Float(1.5)
	e.Bool(true)
	e.Null()
	e.Blob([]byte{0, 1})
	e.BeginObject()
	e.EndObject()
	e.BeginArray()
	e.EndArray()
	if err := e.Raw([]byte(" { \"a\" : [ 1 , 2 ] } ")); err != nil {
		t.Fatal(err)
	}
	e.String("")
	e.EndArray()
	e.EndObject()
	want := "{\"S\":\"<a>&\\\"\\n\u2028\ufffd\",\"L\":[-5,1.5,true,null,\"AAE=\",{},[],{\"a\":[1,2]},\"\"]}"
	if got := string(e.Bytes()); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if err := e.Raw([]byte(`{"a":1,"a":2}`)); err == nil {
		t.Error("a document with a member twice was printed")
	}
	if err := e.Raw([]byte(`{} {}`)); err == nil {
		t.Error("two documents were printed as one")
	}
}
