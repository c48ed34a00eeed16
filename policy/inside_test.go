package policy

import (
	"fmt"
	"testing"
)

// TestUnchecked: what check refuses first is refused where it is compiled as well.
func TestUnchecked(t *testing.T) {
	for name, tt := range map[string]struct {
		s    Statement
		want string
	}{
		"fine":      {Statement{Principals: []PrincipalEntry{{Type: "AWS", Value: "*"}}, Conditions: []Condition{{Operator: "Null", Key: "t:k", Values: []string{"true"}}}}, ""},
		"principal": {Statement{Principals: []PrincipalEntry{{Type: "AWS", Value: "*"}, {Type: "AWS", Value: "me"}}}, `statement 1: there is no principal "me"`},
		"operator":  {Statement{Conditions: []Condition{{Operator: "Null", Key: "t:k", Values: []string{"true"}}, {Operator: "Same", Key: "t:k"}}}, `statement 1: there is no condition operator "Same"`},
		"value":     {Statement{Conditions: []Condition{{Operator: "Null", Key: "t:k", Values: []string{"true", "x"}}}}, `statement 1: "x" is no value for Null`},
	} {
		var c compiler
		c.prepare(&Policy{kind: Resource, document: &Document{Kind: Resource, Version: Version2012, Statements: []Statement{{}, tt.s}}})
		if err := c.compile(); err == nil && tt.want != "" || err != nil && err.Error() != tt.want {
			t.Errorf("%s: %v, want %s", name, err, tt.want)
		}
	}
	d := checker{Document: &Document{}}
	if err := d.condition(&Condition{Operator: "Same"}); err == nil || err.Error() != `there is no condition operator "Same"` {
		t.Errorf("an operator that there is not: %v", err)
	}
	var o operand
	if got := o.compare(&condition{operator: operator{family: famNull}}, nil, "true"); got != incomparable {
		t.Errorf("a family without values is compared: %d", got)
	}
	if comparison(9).order(0) {
		t.Error("a comparison that there is not holds")
	}
	if _, ok := ordered(famNumeric, "Almost"); ok {
		t.Error("an order that there is not is one")
	}
}

// TestRemembered: the last operator is remembered, and one that is none is not.
func TestRemembered(t *testing.T) {
	var l lastOperator
	for _, name := range []string{"StringLike", "StringLike", "Same", "", "StringLike", "Null", "Same"} {
		before := l.name
		want, wantOK := parseOperator(name)
		got, ok := l.parse(name)
		if got != want || ok != wantOK {
			t.Errorf("%q is %+v, %v", name, got, ok)
		}
		if remembered := map[bool]string{true: name, false: before}[ok]; l.name != remembered || l.operator != first(parseOperator(remembered)) {
			t.Errorf("behind %q, %q is remembered as %+v", name, l.name, l.operator)
		}
	}
	l.operator.negated = true
	if got, _ := l.parse("Null"); !got.negated {
		t.Error("what is remembered is read again")
	}
}

func first[A, B any](a A, _ B) A { return a }

// TestNumbers pins decimals: zero has no sign, and an order is -1, 0 or 1.
func TestNumbers(t *testing.T) {
	for text, want := range map[string]decimal{
		"0": {}, "-0": {}, "-0.0": {}, "00.00": {}, "1": {whole: "1"}, "-01.50": {negative: true, whole: "1", frac: "5"}, "10": {whole: "10"}, "0.05": {frac: "05"}, "-0.5": {negative: true, frac: "5"},
	} {
		if got, ok := parseDecimal(text); !ok || got != want {
			t.Errorf("%s is read as %+v, %v", text, got, ok)
		}
	}
	for _, text := range []string{"", "-", "+1", "1.", ".5", "1e5", "1,5", " 1", "--1", "0x1", "1.5.5", "-."} {
		if got, ok := parseDecimal(text); ok {
			t.Errorf("%q is read as %+v", text, got)
		}
	}
	ascending := []string{"-11", "-10", "-9", "-1.5", "-1.05", "-1", "-0.5", "0", "0.05", "0.5", "0.51", "1", "1.5", "9", "9.99", "10", "100"}
	for i, a := range ascending {
		for j, b := range ascending {
			x, _ := parseDecimal(a)
			y, _ := parseDecimal(b)
			if got, want := x.compare(y), min(1, max(-1, i-j)); got != want {
				t.Errorf("%s and %s: %d, want %d", a, b, got, want)
			}
		}
	}
}

// TestBytes: a byte that is no character is no character, and none but itself.
func TestBytes(t *testing.T) {
	seen := map[rune]string{}
	for _, s := range []string{"a", "\x00", "\x7f", "é", "\ufffd", "\ufffe", "\U0010ffff", "\x80", "\xbf", "\xc0", "\xe9", "\xff", "\xed\xa0\x80"} {
		r, width := decode(s + "x")
		if other, ok := seen[r]; ok {
			t.Errorf("%q is read as %q", s, other)
		}
		seen[r] = s
		if want := len(s); width != want && s != "\xed\xa0\x80" || s == "\xed\xa0\x80" && width != 1 {
			t.Errorf("%q is %d bytes long, want %d", s, width, want)
		}
		if (r >= broken) != (s[0] >= 0x80 && (len(s) == 1 || s[0] == 0xed)) {
			t.Errorf("%q is read as %#x", s, r)
		}
	}
}

// TestNotThere: what a tree does not have is -1.
func TestNotThere(t *testing.T) {
	x, err := readJSON(`{"a":[1,{"b":2}],"c":"a"}`)
	if err != nil {
		t.Fatal(err)
	}
	a := x.member(0, "a")
	for name, got := range map[string]int{
		"no member": x.member(0, "b"), "a member of a list": x.member(a, "a"), "no item": x.item(a, 2), "an item of a value": x.item(x.member(0, "c"), 1), "no step": x.step(0, "b"), "a step that is no number": x.step(a, "x"), "a step back": x.step(a, "-1"), "no text": x.find(0, "z"), "a number is no text": x.find(0, "2"),
	} {
		if got != -1 {
			t.Errorf("%s: %d", name, got)
		}
	}
	if got := fmt.Sprint(a, x.item(a, 0), x.item(a, 1), x.step(a, "1"), x.find(0, "c"), x.scalars, x.kind(x.item(a, 0)) == numberNode); got != "2 3 4 4 17 3 true" {
		t.Errorf("places %s", got)
	}
	words, err := readJSON(`[true,false,null,1,"s",{},[]]`)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []nodeKind{boolNode, boolNode, nullNode, numberNode, stringNode, objectNode, arrayNode} {
		if got := words.kind(words.item(0, i)); got != want {
			t.Errorf("value %d is of kind %d, want %d", i, got, want)
		}
	}
	if words.scalars != 5 {
		t.Errorf("%d scalars", words.scalars)
	}
}

// TestIndexShape: tables are at most half full, and no longer than four times what is in them; a branch that is not crowded has no
// table, and asks its statements in order.
func TestIndexShape(t *testing.T) {
	for n := range 70 {
		var x table
		for i := range n {
			x.add(hashOf(fmt.Sprint(i)), int32(i))
		}
		x.build()
		if n == 0 {
			if x.slots != nil {
				t.Errorf("a table of none has %d slots", len(x.slots))
			}
			continue
		}
		if len(x.slots) < 2*n || len(x.slots) >= 4*n || len(x.slots)>>(64-x.shift) != 1 || len(x.slots)&(len(x.slots)-1) != 0 {
			t.Errorf("a table of %d has %d slots, shifted by %d", n, len(x.slots), x.shift)
		}
	}
	for _, n := range []int{splitAt - 1, splitAt, splitAt + 1, 3 * splitAt} {
		d := &Document{Version: Version2012}
		for i := range n {
			d.Statements = append(d.Statements, Statement{Effect: "Allow", Actions: []string{fmt.Sprintf("t:A%d", i)}, Resources: []string{"arn:aws:t:::x*"}})
		}
		d.Statements = append(d.Statements, Statement{Effect: "Allow", Actions: []string{"t:*"}, Resources: []string{"arn:aws:t:::x*"}}, Statement{Effect: "Allow", Actions: []string{"t:?"}, Resources: []string{"arn:aws:t:*:*:x"}})
		x := NewSet(Compile("p", d)).allows
		if len(x.whole.children) != 1 || len(x.last.children) != 1 {
			t.Fatalf("%d statements are under %d beginnings", n, len(x.whole.children))
		}
		b := x.whole.children[0]
		if crowded := n+1 > splitAt; (b.seed != 0) != crowded || len(b.list) != map[bool]int{true: 1, false: n + 1}[crowded] || len(x.table.cells) != map[bool]int{true: n, false: 0}[crowded] {
			t.Errorf("of %d statements %d are in the list and %d in the table", n+1, len(b.list), len(x.table.cells))
		}
		for i := 1; i < len(b.list); i++ {
			if b.list[i-1] >= b.list[i] {
				t.Errorf("statements are asked in the order %v", b.list)
			}
		}
	}
	for actions, cells := range map[int]int{1: 2, 32: 64, 33: 2} { // of one statement with two names
		s := Statement{Effect: "Allow", Resources: []string{"arn:aws:t:::x", "arn:aws:t:::y"}}
		for i := range actions {
			s.Actions = append(s.Actions, fmt.Sprintf("t:A%d", i))
		}
		x := NewSet(Compile("p", &Document{Version: Version2012, Statements: []Statement{s}})).allows
		if len(x.table.cells) != cells {
			t.Errorf("%d actions on two names are %d entries, want %d", actions, len(x.table.cells), cells)
		}
	}
}

// TestSlots: a context has room for twice its keys, in powers of two, and is copied once.
func TestSlots(t *testing.T) {
	c := new(Context)
	for i, want := range []int{16, 16, 16, 16, 16, 16, 16, 16, 32, 32} {
		c.Set(fmt.Sprint("t:k", i), "v")
		if len(c.slots) != want {
			t.Errorf("%d keys have %d slots, want %d", i+1, len(c.slots), want)
		}
	}
	over := c.Over(nil)
	over.Set("t:a", "v")
	if over.shared || !c.Over(nil).shared || c.shared {
		t.Error("a copy is still shared, or what was copied is")
	}
}
