package restjson_test

import (
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/bailiwick-project/bailiwick/wire"
	"github.com/bailiwick-project/bailiwick/wire/restjson"
)

// Every operation of every model is found by what its clients send.
func TestModels(t *testing.T) {
	for model, s := range samples {
		if len(s.Operations) < 80 {
			t.Fatalf("%s: only %d operations", model, len(s.Operations))
		}
		p := restjson.New(s.Routes, restjson.Style{})
		for _, o := range s.Operations {
			least, most := o.target()
			for _, target := range []string{least, most} {
				for _, value := range []string{"x", "arn:aws:lambda:us-east-1:0:function:f:1", "arn%3Aaws%3Aapigateway%3A%3A%2Frestapis%2Fa", "a%2F..%2F", ".."} {
					r := httptest.NewRequest(o.Method, strings.ReplaceAll(target, "%VALUE%", value), nil)
					for _, h := range o.Header {
						r.Header.Set(h, "1")
					}
					if got, err := p.Operation(r, nil); err != nil || got != o.Name {
						t.Errorf("%s: %s %s is %s, %v, want %s", model, o.Method, r.URL, got, err, o.Name)
					}
				}
			}
		}
	}
}

// A sample is one API model: generated routes, and what clients send.
type sample struct {
	Routes     []wire.Route
	Operations []operation
}

type operation struct {
	Name, Method, URI       string
	Query, Header, Optional []string
}

var labels = regexp.MustCompile(`\{\w+\+?\}`)

// target is the canonical request line of o, and one with everything it may have.
func (o operation) target() (least, most string) {
	path, fixed, _ := strings.Cut(o.URI, "?")
	path = labels.ReplaceAllString(path, "%VALUE%")
	var query []string
	if fixed != "" {
		query = append(query, fixed)
	}
	for _, q := range o.Query {
		query = append(query, q+"=1")
	}
	join := func(query []string) string {
		if len(query) == 0 {
			return path
		}
		return path + "?" + strings.Join(query, "&")
	}
	least = join(query)
	query = append(query, "x-id="+o.Name)
	for _, q := range o.Optional {
		query = append(query, q+"=1")
	}
	return least, join(query)
}
