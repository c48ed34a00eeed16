package policy

import (
	"slices"
	"testing"
)

// TestHash: FNV-1a, by the test vectors of its authors. A context finds keys by it first.
func TestHash(t *testing.T) {
	for text, want := range map[string]uint32{"": 0x811c9dc5, "a": 0xe40c292c, "foobar": 0xbf9cf968} {
		if got := hash(text); got != want {
			t.Errorf("%q: %#x, want %#x", text, got, want)
		}
	}
}

// TestCollision: two keys of one hash are two keys, or whoever may set one of them sets the other.
func TestCollision(t *testing.T) {
	const mine, yours = "t:costarring", "t:liquid"
	c := new(Context)
	for _, pair := range [][2]string{{"costarring:k", "liquid:k"}, {"declinate:k", "macallums:k"}} {
		if hash(pair[0]) != hash(pair[1]) {
			t.Fatalf("%q do not collide", pair)
		}
		c.Set(pair[0], "mine")
		if _, _, ok := c.Lookup(pair[1]); ok {
			t.Errorf("%s is taken for %s", pair[0], pair[1])
		}
		c.Set(pair[1], "yours")
		if v, _, _ := c.Lookup(pair[0]); !slices.Equal(v, []string{"mine"}) {
			t.Errorf("%s has become %q", pair[0], v)
		}
	}
	c.Set(mine, "x")
	if _, _, ok := c.Lookup(yours); ok {
		t.Errorf("%s is taken for %s", mine, yours)
	}
}

// TestPrepared: the short way to a key leads where the long one does.
func TestPrepared(t *testing.T) {
	if len(prepared) < 20 {
		t.Errorf("%d names are prepared", len(prepared))
	}
	for name, k := range prepared {
		if folded := foldKey(name); k.folded != folded || k.hash != hash(folded) {
			t.Errorf("%s is prepared as %+v", name, k)
		}
	}
}

func TestFoldKey(t *testing.T) {
	for name, want := range map[string]string{"@AZ[`az{": "@az[`az{", "é@AZ[`az{": "é@az[`az{", "¿ÀÖ×ØÞßà": "¿àö×øþßà", "aws:PrincipalTag/\u212A\u0130": "aws:principaltag/\u212A\u0130"} {
		if got := foldKey(name); got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
}

// TestOver: of a key that several contexts have, the topmost counts.
func TestOver(t *testing.T) {
	bottom, middle, top := new(Context), new(Context), new(Context)
	bottom.Set("t:Bottom", "1")
	bottom.Set("t:both", "below")
	middle.SetAll("T:Both", []string{"above", "it"})
	middle.Set("t:middle", "2")
	top.Set("t:a", "3")
	c := top.Over(middle.Over(bottom))
	for key, want := range map[string][]string{"t:bottom": {"1"}, "t:both": {"above", "it"}, "t:middle": {"2"}, "t:A": {"3"}, "t:b": nil} {
		values, multi, present := c.Lookup(key)
		if !slices.Equal(values, want) || present != (want != nil) || multi != (len(want) > 1) {
			t.Errorf("%s: %q %v %v, want %q", key, values, multi, present, want)
		}
	}
	want := []string{"T:Both", "t:Bottom", "t:a", "t:middle"}
	if got := c.Keys(); !slices.Equal(got, want) {
		t.Errorf("keys %q, want %q", got, want)
	}
	copied := c.Clone()
	copied.Set("t:a", "changed")
	copied.Set("t:bottom", "changed")
	if v, _, _ := c.Lookup("t:a"); v[0] != "3" {
		t.Error("a copy changes what it was copied from")
	}
	if v, _, _ := bottom.Lookup("t:bottom"); v[0] != "1" {
		t.Error("a copy changes what is below")
	}
	if got := copied.Keys(); !slices.Equal(got, []string{"T:Both", "t:a", "t:bottom", "t:middle"}) {
		t.Errorf("the copy has keys %q", got)
	}
	var none *Context
	under := none.Over(bottom)
	if v, _, _ := under.Lookup("t:bottom"); len(v) != 1 || v[0] != "1" {
		t.Errorf("none over a context has %q", v)
	}
	under.Set("t:bottom", "mine")
	if v, _, _ := bottom.Lookup("t:bottom"); v[0] != "1" {
		t.Error("what is over a context writes into it")
	}
	if len(new(Context).Over(nil).Keys()) != 0 {
		t.Error("none over none has keys")
	}
	if c := new(Context); c.Keys() != nil {
		t.Error("an empty context has keys")
	}
	if v, multi, ok := none.Lookup("t:k"); v != nil || multi || ok {
		t.Errorf("no context has %q %v %v", v, multi, ok)
	}
	// 128 bytes and the name of a key, 16 and the text of a value.
	if got, want := c.Size(), (128+3)+(128+6+16+5+16+2)+(128+8+16+1)+16+1+(128+8+16+1)+(128+6+16+5); got != want {
		t.Errorf("size %d, want %d", got, want)
	}
}

// TestValuesAreKept: the values of a context are neither the caller's to change nor those of another key.
func TestValuesAreKept(t *testing.T) {
	given := []string{"a", "b"}
	c := new(Context)
	c.SetAll("t:k", given)
	given[0] = "changed"
	got, _, _ := c.Lookup("t:k")
	if got[0] != "a" {
		t.Error("the slice that was set is kept")
	}
	got[0] = "changed"
	if again, _, _ := c.Lookup("t:k"); again[0] != "a" {
		t.Error("the slice that was looked up is the context's own")
	}
	for _, set := range []func(){func() { c.Set("t:k", "one") }, func() { c.SetAll("t:k", []string{"x", "y"}) }, func() { c.Set("t:k", "") }} {
		set()
		values, multi, _ := c.Lookup("T:K")
		if multi != (len(values) == 2) || len(c.Keys()) != 1 {
			t.Errorf("%q, multivalued %v, keys %q", values, multi, c.Keys())
		}
	}
	for range 20 { // more than there is room for at first
		for _, name := range []string{"t:a", "t:b", "t:c", "t:d", "t:e", "t:f", "t:g", "t:h"} {
			c.Set(name, name)
		}
	}
	if v, _, _ := c.Lookup("t:h"); len(c.Keys()) != 9 || v[0] != "t:h" {
		t.Errorf("keys %q", c.Keys())
	}
}
