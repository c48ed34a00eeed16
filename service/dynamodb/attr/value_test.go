package attr

import (
	"errors"
	"strings"
	"testing"
)

func TestSets(t *testing.T) {
	tests := []struct {
		name string
		make func() (Value, error)
		want string // members, or the error
	}{
		{"sorted", func() (Value, error) { return StringSet([]string{"b", "a", ""}) }, "|a|b"},
		{"by number", func() (Value, error) { return NumberSet([]string{"10", "9", "-1", "1.50"}) }, "-1|1.5|9|10"},
		{"no strings", func() (Value, error) { return StringSet(nil) }, "One or more parameter values were invalid: An string set  may not be empty"},
		{"no numbers", func() (Value, error) { return NumberSet(nil) }, "One or more parameter values were invalid: An number set  may not be empty"},
		{"no binaries", func() (Value, error) { return BinarySet(nil) }, "One or more parameter values were invalid: Binary sets should not be empty"},
		{"same strings", func() (Value, error) { return StringSet([]string{"b", "a", "b"}) }, "One or more parameter values were invalid: Input collection [b, a, b] contains duplicates."},
		{"same numbers", func() (Value, error) { return NumberSet([]string{"1", "1.0"}) }, "Input collection contains duplicates"},
		{"same binaries", func() (Value, error) { return BinarySet([][]byte{{1}, {1}}) }, "One or more parameter values were invalid: Input collection [AQ==, AQ==]of type BS contains duplicates."},
		{"bad number", func() (Value, error) { return NumberSet([]string{"1", "x"}) }, "The parameter cannot be converted to a numeric value: x"},
	}
	for _, test := range tests {
		v, err := test.make()
		got := strings.Join(v.Members(), "|")
		if err != nil {
			got = err.Error()
		}
		if got != test.want {
			t.Errorf("%s: got %q, want %q", test.name, got, test.want)
		}
	}
}

func TestSetOperations(t *testing.T) {
	ok := must(t)
	a, b := ok(NumberSet([]string{"1", "2", "10"})), ok(NumberSet([]string{"2.0", "3"}))
	if u, _ := a.Union(b); strings.Join(u.Members(), " ") != "1 2 3 10" {
		t.Errorf("union %v", u.Members())
	}
	if d, _ := a.Minus(b); strings.Join(d.Members(), " ") != "1 10" {
		t.Errorf("minus %v", d.Members())
	}
	if d, good := a.Minus(a); !good || !d.IsZero() {
		t.Errorf("minus itself: %v", d.Members())
	}
	if _, good := a.Union(ok(StringSet([]string{"1"}))); good {
		t.Error("union of two types")
	}
	if !a.HasMember(Int(10)) || a.HasMember(Int(3)) || a.HasMember(String("1")) {
		t.Error("members are wrong")
	}
}

func TestEqual(t *testing.T) {
	item := sample(t)
	for i, a := range item {
		for j, b := range item {
			if a.Value.Equal(b.Value) != (i == j) {
				t.Errorf("%s equals %s: %v", a.Name, b.Name, i != j)
			}
		}
	}
	if (Value{}).Equal(Value{}) {
		t.Error("absent equals absent")
	}
	if _, ok := Bool(true).Compare(Bool(false)); ok {
		t.Error("BOOL is ordered")
	}
}

func TestItem(t *testing.T) {
	item, err := NewItem(Attribute{"b", Int(2)}, Attribute{"a", Int(1)})
	if err != nil || strings.Join(item.Names(), " ") != "a b" {
		t.Fatalf("%v %v", item, err)
	}
	if _, err := NewItem(Attribute{"a", Int(1)}, Attribute{"a", Int(2)}); err == nil {
		t.Error("a name twice")
	}
	changed := item.With("aa", Int(3)).With("b", Int(4)).Without("a")
	if strings.Join(changed.Names(), " ") != "aa b" || !changed.Get("b").Equal(Int(4)) || !item.Get("b").Equal(Int(2)) {
		t.Errorf("changed %v, first %v", changed, item)
	}
	if !changed.With("b", Value{}).Equal(changed.Only("aa")) || changed.Has("a") || !changed.Has("aa") {
		t.Error("with nothing, only or has")
	}
}

func TestSize(t *testing.T) {
	ok := must(t)
	tests := []struct {
		v    Value
		want int
	}{
		{String("añ"), 3},
		{Binary([]byte{1, 2}), 2},
		{Bool(false), 1},
		{Null(), 1},
		{Int(0), 1},
		{Int(7), 2},
		{Int(-7), 3},
		{Int(1234), 3},
		{num(t, "1e100"), 2},
		{num(t, "123.45"), 4},
		{ok(StringSet([]string{"ab", "c"})), 3},
		{ok(NumberSet([]string{"1", "22"})), 4},
		{List(nil), 3},
		{List([]Value{Int(1)}), 6},
		{Map(Item{{"ab", Null()}}), 7},
	}
	for _, test := range tests {
		if got := test.v.Size(); got != test.want {
			t.Errorf("%s %q: %d, want %d", test.v.Type(), test.v.Text(), got, test.want)
		}
	}
	if err := (Item{{"a", String(strings.Repeat("x", MaxItemSize-1))}}).CheckSize(); err != nil {
		t.Errorf("exactly 400 KB: %v", err)
	}
	if err := (Item{{"a", String(strings.Repeat("x", MaxItemSize))}}).CheckSize(); !errors.Is(err, ErrItemSize) {
		t.Errorf("400 KB and one byte: %v", err)
	}
	v := Null()
	for range MaxDepth - 1 {
		v = List([]Value{v})
	}
	if err := (Item{{"a", v}}).CheckSize(); err != nil {
		t.Errorf("32 levels: %v", err)
	}
	if err := (Item{{"a", Map(Item{{"b", v}})}}).CheckSize(); !errors.Is(err, errDepth) {
		t.Errorf("33 levels: %v", err)
	}
}

func TestParseType(t *testing.T) {
	for typ := S; typ <= M; typ++ {
		if got, ok := ParseType(typ.String()); !ok || got != typ {
			t.Errorf("%s", typ)
		}
	}
	for _, bad := range []string{"", "s", "STRING", "X"} {
		if _, ok := ParseType(bad); ok {
			t.Errorf("%q is a type", bad)
		}
	}
}

func TestValues(t *testing.T) {
	set, err := newSet(SS, []string{"a", "b"})
	if err != nil {
		t.Fatal(err)
	}
	item := Item{{"a", String("x")}, {"l", List([]Value{Null(), List([]Value{Null()})})}, {"m", Map(Item{{"k", set}})}}
	if n := item.Values(); n != 9 {
		t.Errorf("%d values", n)
	}
}
