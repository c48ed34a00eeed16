package attr

import (
	"bytes"
	"testing"
)

func key(t testing.TB, v Value) []byte {
	t.Helper()
	k, err := AppendKey(nil, v)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// checkKeys wants the keys of v and w in order, also inside tuples, and back again.
func checkKeys(t testing.TB, v, w Value, order int) {
	t.Helper()
	kv, kw := key(t, v), key(t, w)
	if got := bytes.Compare(kv, kw); got != order {
		t.Fatalf("keys of %q and %q: order %d, want %d", v.Text(), w.Text(), got, order)
	}
	if order < 0 && bytes.Compare(append(bytes.Clone(kv), 0xFF), kw) >= 0 {
		t.Fatalf("key of %q does not end itself before %q", v.Text(), w.Text())
	}
	back, rest, err := DecodeKey(append(bytes.Clone(kv), "tail"...))
	if err != nil || string(rest) != "tail" || !back.Equal(v) {
		t.Fatalf("key of %q came back as %q, rest %q, %v", v.Text(), back.Text(), rest, err)
	}
}

func TestKeyOrder(t *testing.T) {
	for _, list := range [][]Value{
		{String(""), String("\x00"), String("\x00\x00"), String("\x00\x01"), String("\x01"), String("a"), String("a\x00"), String("a\x00b"), String("aa"), String("b"), String("é"), String("\U0001F600")},
		{Binary(nil), Binary([]byte{0}), Binary([]byte{0, 0xFF}), Binary([]byte{0x7F}), Binary([]byte{0x80}), Binary([]byte{0xFF}), Binary([]byte{0xFF, 0xFF})},
		{num(t, "-1e125"), num(t, "-100"), num(t, "-12.5"), num(t, "-12"), num(t, "-1"), num(t, "-1e-130"), Int(0), num(t, "1e-130"), num(t, "0.5"), Int(1), num(t, "1.01"), Int(9), Int(10), Int(12), num(t, "12.5"), Int(100), num(t, "1e125")},
	} {
		for i := range list {
			for j := range list {
				checkKeys(t, list[i], list[j], sign(i-j))
				if got, ok := list[i].Compare(list[j]); !ok || sign(got) != sign(i-j) {
					t.Errorf("compare %q %q = %d", list[i].Text(), list[j].Text(), got)
				}
			}
		}
	}
}

func TestKeyPrefix(t *testing.T) {
	prefix, err := AppendKeyPrefix(nil, String("a\x00"))
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]bool{"a\x00": true, "a\x00b": true, "a": false, "ab": false, "a\x01": false} {
		if got := bytes.HasPrefix(key(t, String(text)), prefix); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
	if _, err := AppendKeyPrefix(nil, Int(1)); err == nil {
		t.Error("a number has a prefix")
	}
	if _, err := AppendKey(nil, Bool(true)); err == nil {
		t.Error("a BOOL became a key")
	}
}

func FuzzDecodeKey(f *testing.F) {
	f.Add(key(f, String("a\x00b")))
	f.Add(key(f, num(f, "-12.5")))
	f.Add(key(f, Int(0)))
	f.Fuzz(func(t *testing.T, data []byte) {
		v, rest, err := DecodeKey(data)
		if err != nil {
			return
		}
		if got := append(key(t, v), rest...); !bytes.Equal(got, data) {
			t.Fatalf("%x decodes to %q, which encodes to %x", data, v.Text(), got)
		}
	})
}
