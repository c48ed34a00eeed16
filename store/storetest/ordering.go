package storetest

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/bailiwick-project/bailiwick/store"
)

func testBasics(t *testing.T, f *fixture) {
	f.want("")
	f.put("a=1", "b=2", "empty=")
	f.want("a=1 b=2 empty=")
	f.view(func(r store.Reader) error {
		v, err := r.Get([]byte("empty"))
		if err != nil || v == nil || len(v) != 0 {
			t.Errorf("empty value: %v, %v; want an empty, present value", v, err)
		}
		if _, err := r.Get([]byte("absent")); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("absent key: %v, want ErrNotFound", err)
		}
		return nil
	})
	f.update(func(tx store.Tx) error {
		return errors.Join(tx.Delete([]byte("a")), tx.Delete([]byte("absent")), tx.Put([]byte("b"), []byte("3")))
	})
	f.want("b=3 empty=")
}

func testOrdering(t *testing.T, f *fixture) {
	keys := []string{"\x00", "\x00\x00", "\x01", "a", "a\x00", "a\x00b", "aa", "b", "\xff", "\xff\x00", "\xff\xff"}
	shuffled := slices.Clone(keys)
	random(t, 1).Shuffle(len(keys), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
	for _, k := range shuffled {
		f.put(k + "=")
	}
	for _, reverse := range []bool{false, true} {
		var got []string
		f.view(func(r store.Reader) error {
			for e, err := range r.Scan(nil, nil, reverse) {
				if err != nil {
					return err
				}
				got = append(got, string(e.Key))
			}
			return nil
		})
		want := slices.Clone(keys)
		if reverse {
			slices.Reverse(want)
		}
		if !slices.Equal(got, want) {
			t.Errorf("reverse %v: got %q, want %q", reverse, got, want)
		}
	}
}

func testBounds(t *testing.T, f *fixture) {
	f.put("a=", "b=", "bb=", "c=", "d=")
	tests := []struct{ from, to, want string }{
		{"", "", "a= b= bb= c= d="},
		{"b", "", "b= bb= c= d="},
		{"", "c", "a= b= bb="},
		{"b", "c", "b= bb="},
		{"b\x00", "d", "bb= c="},
		{"aa", "bc", "b= bb="},
		{"c", "c", ""},
		{"d", "a", ""},
		{"x", "", ""},
		{"", "A", ""},
		{string(store.After([]byte("b"))), "c", "bb="},
	}
	// Once from a committed store and once from an unfinished transaction.
	check := func(r store.Reader) {
		for _, tt := range tests {
			if got := list(r, tt.from, tt.to, false); got != tt.want {
				t.Errorf("scan [%q, %q): %q, want %q", tt.from, tt.to, got, tt.want)
			}
			back := strings.Fields(tt.want)
			slices.Reverse(back)
			if got, want := list(r, tt.from, tt.to, true), strings.Join(back, " "); got != want {
				t.Errorf("reverse scan [%q, %q): %q, want %q", tt.from, tt.to, got, want)
			}
		}
		for e, err := range r.Scan(nil, []byte{}, false) {
			t.Errorf("a scan to the empty key, before every key, has %q, %v", e.Key, err)
		}
	}
	f.view(func(r store.Reader) error { check(r); return nil })
	f.update(func(tx store.Tx) error {
		check(tx)
		if err := tx.Delete([]byte("bb")); err != nil {
			return err
		}
		if err := tx.Put([]byte("bb"), nil); err != nil {
			return err
		}
		check(tx)
		return nil
	})
}

func testScanWhileWriting(t *testing.T, f *fixture) {
	f.put("a=1", "b=2", "c=3", "d=4")
	f.update(func(tx store.Tx) error {
		var seen []string
		for e, err := range tx.Scan(nil, nil, false) {
			if err != nil {
				return err
			}
			seen = append(seen, string(e.Key)+string(e.Value))
			if err := tx.Delete(e.Key); err != nil {
				return err
			}
			if err := tx.Put(append([]byte("z"), e.Key...), e.Value); err != nil {
				return err
			}
		}
		if got := strings.Join(seen, " "); got != "a1 b2 c3 d4" {
			t.Errorf("the scan saw %q: its own loop's writes disturbed it", got)
		}
		return nil
	})
	f.want("za=1 zb=2 zc=3 zd=4")
}

func testScanBreak(t *testing.T, f *fixture) {
	f.put("a=1", "b=2", "c=3")
	f.view(func(r store.Reader) error {
		for range 3 {
			for e, err := range r.Scan(nil, nil, true) {
				if err != nil || string(e.Key) != "c" {
					t.Errorf("got %q, %v", e.Key, err)
				}
				for e, err := range r.Scan(nil, nil, false) { // nested
					if err != nil || string(e.Key) != "a" {
						t.Errorf("got %q, %v", e.Key, err)
					}
					break
				}
				break
			}
		}
		return nil
	})
}

func testOwnWrites(t *testing.T, f *fixture) {
	f.put("a=1", "b=2", "c=3")
	f.update(func(tx store.Tx) error {
		if err := errors.Join(tx.Put([]byte("b"), []byte("two")), tx.Delete([]byte("c")), tx.Put([]byte("d"), []byte("4"))); err != nil {
			return err
		}
		for key, want := range map[string]string{"a": "1", "b": "two", "c": "-", "d": "4"} {
			if got := get(t, tx, key); got != want {
				t.Errorf("%s is %s inside, want %s", key, got, want)
			}
		}
		if got, want := list(tx, "", "", false), "a=1 b=two d=4"; got != want {
			t.Errorf("scan inside: %q, want %q", got, want)
		}
		if got, want := list(tx, "", "", true), "d=4 b=two a=1"; got != want {
			t.Errorf("reverse scan inside: %q, want %q", got, want)
		}
		if err := tx.Put([]byte("c"), []byte("again")); err != nil {
			return err
		}
		if got := get(t, tx, "c"); got != "again" {
			t.Errorf("c is %s after delete and put", got)
		}
		return nil
	})
	f.want("a=1 b=two c=again d=4")
}

// random is the same for the same seed, so that a failure can be repeated.
func random(t *testing.T, seed uint64) *rand.Rand {
	t.Helper()
	t.Logf("seed %d", seed)
	return rand.New(rand.NewPCG(seed, 0)) //nolint:gosec // repeatable test data, nothing secret
}

// testModel runs random transactions against a Go map.
func testModel(t *testing.T, f *fixture) {
	rng := random(t, 42)
	model := map[string]string{}
	for step := range 150 {
		next := maps.Clone(model)
		fail := errors.New("fail")
		abort := rng.IntN(4) == 0
		err := f.Update(t.Context(), func(tx store.Tx) error {
			next = maps.Clone(model)
			for range rng.IntN(8) {
				key := fmt.Sprintf("%x", rng.IntN(40))
				if rng.IntN(3) == 0 {
					delete(next, key)
					if err := tx.Delete([]byte(key)); err != nil {
						return err
					}
				} else {
					next[key] = fmt.Sprint(rng.IntN(1000))
					if err := tx.Put([]byte(key), []byte(next[key])); err != nil {
						return err
					}
				}
				from, to := fmt.Sprintf("%x", rng.IntN(40)), fmt.Sprintf("%x", rng.IntN(40))
				compare(t, tx, next, from, to, rng.IntN(2) == 0)
			}
			if abort {
				return fail
			}
			return nil
		})
		if abort != errors.Is(err, fail) {
			t.Fatalf("step %d: %v", step, err)
		}
		if !abort {
			model = next
		}
		f.view(func(r store.Reader) error { compare(t, r, model, "", "", false); return nil })
	}
}

func compare(t *testing.T, r store.Reader, model map[string]string, from, to string, reverse bool) {
	t.Helper()
	var want []string
	for _, k := range slices.Sorted(maps.Keys(model)) {
		if k >= from && (to == "" || k < to) {
			want = append(want, k+"="+model[k])
		}
	}
	if reverse {
		slices.Reverse(want)
	}
	if got := list(r, from, to, reverse); got != strings.Join(want, " ") {
		t.Fatalf("scan [%q, %q) reverse %v:\n got %q\nwant %q", from, to, reverse, got, want)
	}
}

func testCopies(t *testing.T, f *fixture) {
	f.update(func(tx store.Tx) error {
		key, value := []byte("key1"), []byte("value1")
		if err := tx.Put(key, value); err != nil {
			return err
		}
		copy(key, "XXXX")
		copy(value, "YYYYYY")
		return nil
	})
	f.want("key1=value1")
	// Entries and values stay as they were while the transaction goes on.
	f.put("key2=value2")
	f.update(func(tx store.Tx) error {
		first, err := tx.Get([]byte("key1"))
		if err != nil {
			return err
		}
		var all []store.Entry
		for e, err := range tx.Scan(nil, nil, false) {
			if err != nil {
				return err
			}
			all = append(all, e)
		}
		if err := errors.Join(tx.Put([]byte("key1"), []byte("other1")), tx.Delete([]byte("key2"))); err != nil {
			return err
		}
		list(tx, "", "", false)
		if string(first) != "value1" || !bytes.Equal(all[0].Key, []byte("key1")) || string(all[1].Value) != "value2" {
			t.Errorf("values changed under the reader: %q %q", first, all)
		}
		return nil
	})
}
