package awsjson

import (
	"bytes"
	"encoding/json"
	"errors"
	"reflect"
	"testing"

	"github.com/bailiwick-project/bailiwick"
)

// FuzzDecode holds that whatever is accepted is JSON to others too, and means
// the same when it is printed and read again.
func FuzzDecode(f *testing.F) {
	for _, s := range []string{
		``, `{}`, `{"Text":"é\ud83d\ude00","Flag":true,"Small":1.0,"Large":-5,"Ratio":1e-7,"When":1484161890.123}`,
		`{"Iso":"2017-01-11T19:11:30.5Z","Blob":"AAE=","Doc":[{}],"Names":["a"],"Tags":{"k":"v"}}`,
		`{"Inner":{"List":[{"Map":{"k":{"Nested":[[1],[]]}}}]},"Item":{"S":"x"},"Items":{"k":null}}`,
		`{"a":1,"a":2}`, `{"Text":"a","\u0054ext":"b"}`, `[[[[`, `{"When":-62135596800}`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		var in, again kitchen
		if err := proto.Decode(nil, body, &in); err != nil {
			var refusal *bailiwick.Error
			if !errors.As(err, &refusal) || refusal.Code != bailiwick.CodeSerialization {
				t.Fatalf("error %v has no code", err)
			}
			return
		}
		if len(bytes.TrimSpace(body)) > 0 && !json.Valid(body) {
			t.Fatal("accepted what is not JSON")
		}
		out, err := proto.Encode("Op", &in, "id")
		if err != nil {
			t.Fatalf("printing: %v", err)
		}
		if !json.Valid(out.Body) {
			t.Fatalf("printed %q", out.Body)
		}
		if err := proto.Decode(nil, out.Body, &again); err != nil {
			t.Fatalf("reading %s again: %v", out.Body, err)
		}
		in.forgetSpaces(t)
		if !reflect.DeepEqual(in, again) {
			t.Fatalf("%s became %s", body, out.Body)
		}
	})
}

// forgetSpaces makes documents comparable: printing compacts them.
func (k *kitchen) forgetSpaces(t *testing.T) {
	if k == nil {
		return
	}
	if k.Doc != nil {
		e := NewEncoder(nil)
		if err := e.Raw(k.Doc); err != nil {
			t.Fatal(err)
		}
		k.Doc = e.Bytes()
	}
	k.Inner.forgetSpaces(t)
	for i := range k.List {
		k.List[i].forgetSpaces(t)
	}
	for n, m := range k.Map {
		m.forgetSpaces(t)
		k.Map[n] = m
	}
}
