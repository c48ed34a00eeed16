package policy

import (
	"math/rand/v2"
	"strings"
	"testing"
)

// TestWide holds matchWide against match on small patterns, where match never asks it.
func TestWide(t *testing.T) {
	c := new(Context)
	c.Set("aws:x", "aé*")
	c.Set("aws:y", "")
	r := rand.New(rand.NewPCG(1, 2))
	pick := func(n int, from ...string) string {
		var b strings.Builder
		for range r.IntN(n) {
			b.WriteString(from[r.IntN(len(from))])
		}
		return b.String()
	}
	matched := 0
	for range 200_000 {
		pattern := pick(9, "a", "b", "é", "*", "*", "?", "${aws:x}", "${aws:y}", "${*}", "\xff")
		if r.IntN(4) > 0 {
			pattern = strings.ReplaceAll(pattern, "${aws:y}", "")
		}
		text := pick(9, "a", "a", "b", "é", "*", "\xff", "aé*")
		p := newTemplate(pattern, true, true)
		want := p.match(c, text)
		if got := p.matchWide(c, text); got != want {
			t.Fatalf("%q on %q: %v, want %v", pattern, text, got, want)
		}
		if want {
			matched++
		}
	}
	for range 2_000 { // longer than one word of bits
		pattern := strings.Repeat("a", 50+r.IntN(30)) + pick(4, "*", "?", "b") + strings.Repeat("ab", 20+r.IntN(30)) + pick(4, "*", "?", "a")
		text := strings.NewReplacer("*", pick(9, "a", "b"), "?", "é").Replace(pattern) + pick(2, "b")
		p := newTemplate(pattern, true, true)
		if got, want := p.matchWide(c, text), p.match(c, text); got != want {
			t.Fatalf("%q on %q: %v, want %v", pattern, text, got, want)
		}
	}
	if matched < 10_000 {
		t.Errorf("only %d patterns matched: the test tests little", matched)
	}
}

// TestPatience: where match goes over to matchWide, the answer is that of the whole text.
func TestPatience(t *testing.T) {
	for _, end := range []string{"xb", "x", "xbb", "b"} {
		for _, tt := range []struct {
			pattern string
			want    bool
		}{{"*a?b", end == "xb" || end == "b"}, {"*a?b*", end != "x"}, {"*a?", end == "x" || end == "b"}, {"*a??", len(end) <= 2}, {"*?c", false}} {
			p := newTemplate(tt.pattern, true, true)
			for _, length := range []int{patience / 3, patience} {
				if got := p.match(nil, strings.Repeat("a", length)+end); got != tt.want {
					t.Errorf("%q on %d times a and %q: %v", tt.pattern, length, end, got)
				}
			}
		}
	}
}

// TestHostilePatterns: with the square of the lengths this takes a minute, and the mutation run does not wait for that.
func TestHostilePatterns(t *testing.T) {
	text := strings.Repeat("a", 60_000)
	for _, tt := range []struct {
		pattern string
		want    bool
	}{
		{"*" + strings.Repeat("a?", 1000) + "b", false},
		{"*" + strings.Repeat("a?", 1000) + "b*", false},
		{"*" + strings.Repeat("a?", 1000) + "a*", true},
		{"*" + strings.Repeat("?a", 500) + "*" + strings.Repeat("?a", 500) + "b*", false},
		{"*" + strings.Repeat("a${aws:x}", 250) + "b*", false},
	} {
		p := newTemplate(tt.pattern, true, true)
		c := new(Context)
		c.Set("aws:x", "aa")
		for range 5 {
			if got := p.match(c, text); got != tt.want {
				t.Errorf("%.20s: %v, want %v", tt.pattern, got, tt.want)
			}
		}
	}
}
