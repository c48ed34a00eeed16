package restxml_test

import (
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/bailiwick-project/bailiwick/wire"
	"github.com/bailiwick-project/bailiwick/wire/restxml"
)

// indistinct are the operations that no request can tell from another: old forms,
// and one that is told by its host.
var indistinct = map[string]string{
	"GetBucketLifecycle":    "GetBucketLifecycleConfiguration",
	"GetBucketNotification": "GetBucketNotificationConfiguration",
	"PutBucketLifecycle":    "PutBucketLifecycleConfiguration",
	"PutBucketNotification": "PutBucketNotificationConfiguration",
	"ListDirectoryBuckets":  "ListBuckets",
}

// Every operation of the model is found by what its clients send, in path style
// and by a virtual host, whatever its key.
func TestModels(t *testing.T) {
	for model, s := range samples {
		if len(s.Operations) < 100 || len(s.Routes) != len(s.Operations)-len(indistinct) {
			t.Fatalf("%s: %d operations, %d routes", model, len(s.Operations), len(s.Routes))
		}
		p := restxml.New(s.Routes)
		hosted := restxml.New(s.Routes)
		hosted.Bucket = func(*http.Request) string { return "x" }
		for _, o := range s.Operations {
			want := o.Name
			if indistinct[want] != "" {
				want = indistinct[want]
			}
			least, most := o.target()
			for _, target := range []string{least, most} {
				path, inBucket := strings.CutPrefix(target, "/%VALUE%")
				for _, key := range []string{"k", "a/../b", "/", "//a//", "%2F%2e%2e", "%00", "acl", "a%3Facl"} {
					path := strings.ReplaceAll(path, "%VALUE%", key)
					if !inBucket {
						check(t, p, o, path, want)
						continue
					}
					check(t, p, o, "/x"+path, want)
					if !strings.HasPrefix(path, "/") {
						check(t, p, o, "/x/"+path, want)
						path = "/" + path
					}
					check(t, hosted, o, path, want)
				}
			}
		}
	}
}

func check(t *testing.T, p *restxml.Protocol, o operation, target, want string) {
	t.Helper()
	r := httptest.NewRequest(o.Method, "http://host"+target, nil)
	for _, h := range o.Header {
		r.Header.Set(h, "1")
	}
	if got, err := p.Operation(r, nil); err != nil || got != want {
		t.Errorf("%s %s is %s, %v, want %s", o.Method, target, got, err, want)
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
