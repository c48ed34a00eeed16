package s3

import (
	"fmt"
	"math/rand/v2"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/bailiwick-project/bailiwick/store"
)

// naive lists keys as the documentation of ListObjectsV2 words it: those with the
// prefix, in order, rolled up at the delimiter, behind the start.
func naive(keys []string, prefix, delimiter, after string) []string {
	var out []string
	for _, k := range keys {
		if !strings.HasPrefix(k, prefix) || k <= after {
			continue
		}
		if delimiter != "" {
			if i := strings.Index(k[len(prefix):], delimiter); i >= 0 {
				k = k[:len(prefix)+i+len(delimiter)]
			}
		}
		if !slices.Contains(out, k) {
			out = append(out, k)
		}
	}
	return out
}

func randomKey(r *rand.Rand) string {
	alphabet := []string{"a", "b", "/", "//", "\x7f", "ä", "￿", "𝄞", "-", "0"}
	var b strings.Builder
	for range 1 + r.IntN(5) {
		b.WriteString(alphabet[r.IntN(len(alphabet))])
	}
	return b.String()
}

// TestListingModel: pages of any size, put together, are what the naive model
// lists, each entry once.
func TestListingModel(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	w := newWorld(t)
	w.ok("PUT", "/data", "")
	w.ok("PUT", "/neighbour", "")
	b, err := w.api.look(t.Context(), "data")
	if err != nil {
		t.Fatal(err)
	}
	var keys []string
	err = w.api.Store.Update(t.Context(), func(tx store.Tx) error {
		for _, other := range []string{"id-000000", b.ID + "\x00", b.ID + "x"} {
			if err := store.PutJSON(tx, objectKey(other, "foreign"), object{}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for range 300 {
		k := randomKey(r)
		if !slices.Contains(keys, k) {
			keys = append(keys, k)
		}
	}
	err = w.api.Store.Update(t.Context(), func(tx store.Tx) error {
		for _, k := range keys {
			if err := store.PutJSON(tx, objectKey(b.ID, k), object{ETag: "e", Modified: noon}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(keys)
	prefixes := []string{"", "a", "a/", "/", "ä", "￿", "nothing", "a\x7f", "\x7f"}
	delimiters := []string{"", "/", "//", "a", "ä", "b/"}
	for range 150 {
		prefix, delimiter := prefixes[r.IntN(len(prefixes))], delimiters[r.IntN(len(delimiters))]
		after := ""
		if r.IntN(2) == 0 {
			after = randomKey(r)
		}
		size := 1 + r.IntN(40)
		want := naive(keys, prefix, delimiter, after)
		if i := slices.Index(want, after); i >= 0 { // a common prefix that is the start itself was told before
			want = slices.Delete(want, i, i+1)
		}
		base := fmt.Sprintf("/data?encoding-type=url&max-keys=%d&prefix=%s&delimiter=%s", size, url.QueryEscape(prefix), url.QueryEscape(delimiter))
		check(t, fmt.Sprintf("V2 %q %q %q by %d", prefix, delimiter, after, size), want, w.pages(base+"&list-type=2&start-after="+url.QueryEscape(after), "continuation-token", "NextContinuationToken"))
		if delimiter != "" {
			check(t, fmt.Sprintf("V1 %q %q %q by %d", prefix, delimiter, after, size), want, w.pages(base+"&marker="+url.QueryEscape(after), "marker", "NextMarker"))
		}
	}
}

func check(t *testing.T, name string, want, got []string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s:\ngot  %q\nwant %q", name, got, want)
	}
}

// pages follows a listing to its end.
func (w *world) pages(path, parameter, next string) []string {
	w.t.Helper()
	var out []string
	token := ""
	for range 1000 {
		r := w.ok("GET", path+token, "")
		var page []string
		for _, k := range append(elements(r.body, "Key"), commonPrefixes(r.body)...) {
			plain, err := url.QueryUnescape(k)
			if err != nil {
				w.t.Fatal(err)
			}
			page = append(page, plain)
		}
		slices.Sort(page)
		out = append(out, page...)
		if element(r.body, "IsTruncated") != "true" {
			return out
		}
		if len(page) == 0 {
			w.t.Fatalf("%s: an empty page says that there is more", path)
		}
		at := element(r.body, next)
		if parameter == "marker" {
			path, _, _ = strings.Cut(path, "&marker=")
			plain, err := url.QueryUnescape(at)
			if err != nil {
				w.t.Fatal(err)
			}
			at = plain
		}
		token = "&" + parameter + "=" + url.QueryEscape(at)
	}
	w.t.Fatal("the listing has no end")
	return nil
}

func TestListingParameters(t *testing.T) {
	w := newWorld(t)
	w.ok("PUT", "/data", "")
	for _, k := range []string{"a b+c", "a/1", "a/2", "b"} {
		w.ok("PUT", "/data/"+url.PathEscape(k), "12")
	}
	r := w.ok("GET", "/data?list-type=2&delimiter=/&fetch-owner=true", "")
	for name, want := range map[string]string{"KeyCount": "3", "MaxKeys": "1000", "Name": "data", "Delimiter": "/", "IsTruncated": "false", "Size": "2", "StorageClass": "STANDARD"} {
		if element(r.body, name) != want {
			t.Errorf("%s: %s", name, r.body)
		}
	}
	if element(r.body, "Owner") == "" {
		t.Errorf("no owner: %s", r.body)
	}
	r = w.ok("GET", "/data?list-type=2&encoding-type=url", "")
	if got := strings.Join(elements(r.body, "Key"), " "); got != "a+b%2Bc a/1 a/2 b" || element(r.body, "EncodingType") != "url" {
		t.Errorf("encoded: %s", r.body)
	}
	r = w.ok("GET", "/data?max-keys=0", "")
	if element(r.body, "IsTruncated") != "false" || len(elements(r.body, "Key")) != 0 {
		t.Errorf("none: %s", r.body)
	}
	if r := w.ok("GET", "/data?max-keys=5000", ""); element(r.body, "MaxKeys") != "1000" {
		t.Errorf("too many: %s", r.body)
	}
	for query, code := range map[string]string{
		"list-type=1": "InvalidArgument", "max-keys=-1": "InvalidArgument", "max-keys=x": "InvalidArgument", "encoding-type=x": "InvalidArgument",
		"list-type=2&continuation-token=x": "InvalidArgument", "list-type=2&continuation-token=": "InvalidArgument",
	} {
		w.want(w.do("GET", "/data?"+query, ""), 400, code)
	}
	long := strings.Repeat("x", 3000)
	if r := w.ok("GET", "/data?prefix="+long, ""); len(elements(r.body, "Key")) != 0 {
		t.Errorf("a long prefix: %s", r.body)
	}
	if r := w.ok("GET", "/data?marker=a/1"+long, ""); strings.Join(elements(r.body, "Key"), " ") != "a/2 b" {
		t.Errorf("a long marker: %s", r.body)
	}
}
