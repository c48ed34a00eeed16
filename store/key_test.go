package store_test

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"errors"
	"math"
	"reflect"
	"strings"
	"testing"

	"github.com/bailiwick-project/bailiwick/store"
)

// sorted is a list of tuples in their order, one of each kind of neighbour.
var sorted = [][]any{
	{},
	{false},
	{false, true},
	{true},
	{int64(math.MinInt64)},
	{int64(-256)},
	{int64(-1)},
	{int64(0)},
	{int64(0), "x"},
	{int64(1)},
	{int64(math.MaxInt64)},
	{uint64(0)},
	{uint64(1)},
	{uint64(math.MaxUint64)},
	{[]byte{}},
	{[]byte{0}},
	{[]byte{0xff}},
	{""},
	{"", ""},
	{"", "a"},
	{"\x00"},
	{"\x00\x00"},
	{"\x00\x01"},
	{"\x00\xff"},
	{"\x01"},
	{"a"},
	{"a", false},
	{"a", "\xff"},
	{"a\x00"},
	{"a\x00", "b"},
	{"a\x00b"},
	{"aa"},
	{"b"},
	{"\xff"},
	{"\xff\xff"},
}

func TestKeyOrderAndRoundTrip(t *testing.T) {
	for i, a := range sorted {
		key := store.Key(a...)
		parts, err := store.Split(key)
		if err != nil || len(parts) != len(a) || (len(a) > 0 && !reflect.DeepEqual(parts, a)) {
			t.Errorf("%q became %q, %v", a, parts, err)
		}
		for j, b := range sorted {
			if got, want := bytes.Compare(key, store.Key(b...)), cmp.Compare(i, j); got != want {
				t.Errorf("keys of %q and %q compare %d, want %d", a, b, got, want)
			}
		}
	}
}

// begins says whether tuple t is longer than p and begins with it.
func begins(t, p []any) bool {
	return len(t) > len(p) && (len(p) == 0 || reflect.DeepEqual(t[:len(p)], p))
}

func TestPrefix(t *testing.T) {
	for _, p := range sorted {
		from, to := store.Prefix(p...)
		for _, a := range sorted {
			key := store.Key(a...)
			in := bytes.Compare(from, key) <= 0 && bytes.Compare(key, to) < 0
			if in != begins(a, p) {
				t.Errorf("prefix %q covers %q: %v", p, a, in)
			}
			if len(p) > 0 && bytes.HasPrefix(key, store.Key(p...)) != (begins(a, p) || reflect.DeepEqual(a, p)) {
				t.Errorf("key of %q is a byte prefix of the key of %q, or is not and should be", p, a)
			}
		}
	}
}

type poolID string

func TestKeyOfNamedAndNarrowTypes(t *testing.T) {
	got := store.Key(poolID("p"), 7, int32(-1), uint8(3), [2]bool{}[0], []byte(nil))
	want := store.Key("p", int64(7), int64(-1), uint64(3), false, []byte{})
	if !bytes.Equal(got, want) {
		t.Errorf("got %x, want %x", got, want)
	}
	for _, bad := range []any{nil, 1.5, struct{}{}, []string{"a"}, new(int)} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("a key part of type %T was taken", bad)
				}
			}()
			store.Key(bad)
		}()
	}
}

func TestSplitMalformed(t *testing.T) {
	for _, bad := range []string{
		"\x00", "\xff", "\x01", "x", "\x20", "\x20\x00\x00", "\x28\x00\x00\x00\x00\x00\x00\x00",
		"\x38", "\x38a", "\x38a\x00", "\x38a\x00\x02", "\x30\x00\xff", "\x10\x38a",
	} {
		if parts, err := store.Split([]byte(bad)); !errors.Is(err, store.ErrMalformedKey) {
			t.Errorf("%q: %q, %v; want ErrMalformedKey", bad, parts, err)
		}
	}
}

// tuple reads a tuple out of fuzz bytes: a kind, a payload, and again.
func tuple(b []byte) []any {
	var out []any
	for len(b) > 0 && len(out) < 6 {
		kind := b[0]
		b = b[1:]
		var eight [8]byte
		n := copy(eight[:], b)
		switch kind % 5 {
		case 0:
			out = append(out, kind > 127)
		case 1:
			out, b = append(out, int64(binary.BigEndian.Uint64(eight[:]))), b[n:]
		case 2:
			out, b = append(out, binary.BigEndian.Uint64(eight[:])), b[n:]
		default:
			n := min(int(kind)/5%9, len(b))
			if kind%5 == 3 {
				out = append(out, append([]byte{}, b[:n]...))
			} else {
				out = append(out, string(b[:n]))
			}
			b = b[n:]
		}
	}
	return out
}

// compareTuples is the order as the documentation of Key words it.
func compareTuples(a, b []any) int {
	for i := range min(len(a), len(b)) {
		if c := comparePart(a[i], b[i]); c != 0 {
			return c
		}
	}
	return cmp.Compare(len(a), len(b))
}

func comparePart(a, b any) int {
	if c := cmp.Compare(rank(a), rank(b)); c != 0 {
		return c
	}
	switch a := a.(type) {
	case bool:
		if a == b.(bool) {
			return 0
		} else if a {
			return 1
		}
		return -1
	case int64:
		return cmp.Compare(a, b.(int64))
	case uint64:
		return cmp.Compare(a, b.(uint64))
	case []byte:
		return bytes.Compare(a, b.([]byte))
	default:
		return strings.Compare(a.(string), b.(string))
	}
}

func rank(part any) int {
	switch part.(type) {
	case bool:
		return 0
	case int64:
		return 1
	case uint64:
		return 2
	case []byte:
		return 3
	default:
		return 4
	}
}

func FuzzKeyOrder(f *testing.F) {
	f.Add([]byte("\x13a\x00"), []byte("\x0ea"))
	f.Add([]byte("\x01\xff\xff\xff\xff\xff\xff\xff\xff"), []byte("\x02\x00"))
	f.Add([]byte("\x00\x80\x05"), []byte{})
	f.Fuzz(func(t *testing.T, x, y []byte) {
		a, b := tuple(x), tuple(y)
		ka, kb := store.Key(a...), store.Key(b...)
		if got, want := bytes.Compare(ka, kb), compareTuples(a, b); got != want {
			t.Fatalf("keys of %q and %q compare %d, tuples %d", a, b, got, want)
		}
		parts, err := store.Split(ka)
		if err != nil || compareTuples(parts, a) != 0 {
			t.Fatalf("%q became %q, %v", a, parts, err)
		}
		from, to := store.Prefix(b...)
		if in := bytes.Compare(from, ka) <= 0 && bytes.Compare(ka, to) < 0; in != begins(a, b) {
			t.Fatalf("prefix %q covers %q: %v", b, a, in)
		}
	})
}

// FuzzSplit holds that any bytes are refused or are exactly one tuple's key.
func FuzzSplit(f *testing.F) {
	for _, s := range sorted {
		f.Add(store.Key(s...))
	}
	f.Add([]byte("\x38a\x00\x02"))
	f.Fuzz(func(t *testing.T, key []byte) {
		parts, err := store.Split(key)
		if err == nil && !bytes.Equal(store.Key(parts...), key) {
			t.Fatalf("%x became %q, which has the key %x", key, parts, store.Key(parts...))
		}
	})
}
