package restjson_test

import (
	"errors"
	"net/http"
	"net/url"
	"reflect"
	"strings"
	"testing"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/wire/restjson"
)

// FuzzDecode holds that every refusal has its code, that a label is what was
// sent, decoded once, and that reading twice reads the same.
func FuzzDecode(f *testing.F) {
	for _, c := range [][4]string{
		{"a", "max=1&sure=true&keys=a&keys=b", "Fri, 02 Jan 2026 03:04:05 GMT", `{"text":"x"}`},
		{"arn%3Aa%2Fb", "since=2026-01-02T03:04:05Z", "", `{"inner":{"text":null}}`},
		{"..", "max=1&max=2", "x", `{"text":"a","text":"b"}`},
		{"%zz", "%zz;", "", "["},
	} {
		f.Add(c[0], c[1], c[2], []byte(c[3]))
	}
	p := restjson.New(routes, restjson.Style{})
	f.Fuzz(func(t *testing.T, name, query, when string, body []byte) {
		raw := "/v1/kitchens/" + name
		path, err := url.PathUnescape(raw)
		if err != nil {
			return
		}
		r := &http.Request{Method: "POST", URL: &url.URL{Path: path, RawPath: raw, RawQuery: query}, Header: http.Header{"X-When": {when}}}
		operation, err := p.Operation(r, body)
		if err != nil || operation != "Cook" {
			return
		}
		var in, again cook
		if err := p.Decode(r, body, &in); err != nil {
			var refusal *bailiwick.Error
			if !errors.As(err, &refusal) || refusal.Code != bailiwick.CodeSerialization {
				t.Fatalf("error %v has no code", err)
			}
			return
		}
		if r.URL.EscapedPath() == raw {
			if want, _ := url.PathUnescape(strings.TrimSuffix(name, "/")); *in.Name != want {
				t.Fatalf("%q is %q", name, *in.Name)
			}
		}
		if err := p.Decode(r, body, &again); err != nil || !reflect.DeepEqual(in, again) {
			t.Fatalf("second reading: %v", err)
		}
	})
}
