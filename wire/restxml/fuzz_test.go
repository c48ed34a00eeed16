package restxml_test

import (
	"errors"
	"net/http"
	"net/url"
	"reflect"
	"strings"
	"testing"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/wire/restxml"
)

// FuzzDecode holds that every refusal has its code, and that what was read means
// the same when it is printed and read again.
func FuzzDecode(f *testing.F) {
	for _, s := range []string{
		`<Kitchen/>`, `<?xml version="1.0"?><Kitchen xmlns="a"><Text>&lt;&#x41;</Text><Number>1</Number><Flag>true</Flag></Kitchen>`,
		`<Kitchen><When>2026-01-02T03:04:05.6+01:00</When><Blob>AAE=</Blob><Name>a</Name><Name/><Keys><Key>k</Key></Keys></Kitchen>`,
		`<Kitchen><TagSet><Tag><Key>a</Key></Tag></TagSet><Flat/><Grantee xmlns:x="x" x:type="t"/><Inner><Inner/></Inner></Kitchen>`,
		`<!DOCTYPE a [<!ENTITY b "c">]><Kitchen>&b;</Kitchen>`, `<Kitchen><![CDATA[ ]]><!-- a --></Kitchen>`, strings.Repeat("<Kitchen>", 40),
	} {
		f.Add([]byte(s))
	}
	p := restxml.New(routes)
	f.Fuzz(func(t *testing.T, body []byte) {
		var in, again putKitchen
		if err := p.Decode(request(t, "PUT", "/b/k?kitchen", "", ""), body, &in); err != nil {
			if !refused(err, "MalformedXML") {
				t.Fatalf("error %v has no code", err)
			}
			return
		}
		out, err := p.Encode("PutKitchen", &struct {
			Kitchen *kitchen `wire:"Kitchen,payload"`
		}{in.Kitchen}, "id")
		if err != nil {
			t.Fatalf("printing: %v", err)
		}
		if err := p.Decode(request(t, "PUT", "/b/k?kitchen", "", ""), out.Body, &again); err != nil {
			t.Fatalf("reading %s again: %v", out.Body, err)
		}
		in.Kitchen.cut()
		if !reflect.DeepEqual(in, again) {
			t.Fatalf("%s became %s", body, out.Body)
		}
	})
}

// cut makes timestamps as exact as they are printed.
func (x *kitchen) cut() {
	for ; x != nil; x = x.Inner {
		if x.When != nil {
			*x.When = x.When.Truncate(1e6)
		}
	}
}

// FuzzKey holds that a key is what was sent, decoded once, whatever else the
// request says, and that an escaped key is found as it was.
func FuzzKey(f *testing.F) {
	for _, s := range []string{"k", "a/../b", "//", "a%2Fb", "a?b", "a#b", "\x00", "%zz", "é", "./", "a;b&c=d+e"} {
		f.Add(s, "versionId=1")
		f.Add(s, "acl&uploadId=%zz;")
	}
	p := restxml.New(routes)
	f.Fuzz(func(t *testing.T, key, query string) {
		for _, path := range []string{"/b/" + url.PathEscape(key), "/b/" + key} {
			r := &http.Request{Method: "PUT", URL: &url.URL{Path: path, RawQuery: query}, Header: http.Header{}}
			if decoded, err := url.PathUnescape(path); err == nil && strings.HasPrefix(path, "/b/"+url.PathEscape(key)) {
				r.URL.Path, r.URL.RawPath = decoded, path
			}
			name, err := p.Operation(r, nil)
			var e *bailiwick.Error
			if err != nil {
				if !errors.As(err, &e) {
					t.Fatalf("error %v has no code", err)
				}
				continue
			}
			if name != "PutObject" {
				continue // the query says so
			}
			var in putObject
			if err := p.Decode(r, nil, &in); err != nil {
				t.Fatalf("%q: %v", path, err)
			}
			if *in.Bucket != "b" || *in.Key != key {
				t.Fatalf("%q is bucket %q, key %q, want %q", path, *in.Bucket, *in.Key, key)
			}
		}
	})
}
