package policy

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// TestVariables pins what stands inside ${...}. What is no variable has no value, and nothing matches it: least of all the empty
// text.
func TestVariables(t *testing.T) {
	for inside, want := range map[string]string{
		"*": "literal *", "?": "literal ?", "$": "literal $",
		"aws:username": "aws:username", "AWS:UserName": "AWS:UserName", "aws:PrincipalTag/Cost Center": "aws:PrincipalTag/Cost Center", "a:b:c/d:e": "a:b:c/d:e",
		"aws:x, 'd'": "aws:x or d", "aws:x, ' '": "aws:x or  ", "aws:x, ''": "aws:x", "aws:x, 'it''s, so'": "aws:x or it''s, so", "aws:x, '*'": "aws:x or *",
		"aws:x, d": "none", "aws:x, 'd": "none", "aws:x, d'": "none", "aws:x, ": "none", "aws:x,'d'": "none", "aws:x, 'd' ": "none",
		"": "none", "x": "none", "aws": "none", "aws/x:y": "none", "a b:c": "none", "aws:x ": "none", "aws:t/x ": "none", " aws:x": "none",
		"aws:{": "none", "aws:$": "none", "aws:'": "none", `aws:"`: "none", "aws:*": "none", "aws:?": "none", "**": "none", "aws:t/*": "none",
	} {
		seg := newVariable(inside)
		got := "none"
		switch seg.kind {
		case literalText:
			got = "literal " + seg.text
		case variable:
			got = seg.name
			if seg.hasDefault {
				got += " or " + seg.text
			}
			if seg.key != newKey(seg.name) {
				t.Errorf("%q is looked up as %+v", inside, seg.key)
			}
		}
		if got != want || want == "none" && (seg.kind != noText || seg.name != inside) {
			t.Errorf("%q is %q (%+v), want %q", inside, got, seg, want)
		}
		c := new(Context)
		c.Set("aws:x", "v")
		pattern := newTemplate("a${"+inside+"}b", true, true)
		if want == "none" && (pattern.match(c, "ab") || pattern.match(c, "a${"+inside+"}b") || pattern.match(c, "avb")) {
			t.Errorf("%q has a value", inside)
		}
	}
}

// TestTemplates pins how patterns are taken apart.
func TestTemplates(t *testing.T) {
	for _, tt := range []struct {
		text       string
		wild, vars bool
		want       string
	}{
		{"", true, true, `literal ""`},
		{"ab", true, true, `literal "ab"`},
		{"a*b?", false, true, `literal "a*b?"`},
		{"a${t:x}", true, false, `literal "a${t:x}"`},
		{"a${*}b${$}", true, true, `literal "a*b$"`},
		{"a*b", true, true, `[a] * [b]`},
		{"***", true, true, `*`},
		{"*?*", true, true, `* ? *`},
		{"??", true, true, `? ?`},
		{"a${t:x}b", true, true, `[a] {t:x} [b]`},
		{"${t:x}${t:y}", true, true, `{t:x} {t:y}`},
		{"${*}*", true, true, `[*] *`},
		{"*${?}a", true, true, `* [?a]`},
		{"${t:x", true, true, `literal "${t:x"`},
		{"$${t:x}", true, true, `[$] {t:x}`},
		{"${t:x}}", true, true, `{t:x} [}]`},
		{"a${t:x}*", false, true, `[a] {t:x} [*]`},
		{"${${t:x}}", true, true, `(${t:x) [}]`},
		{"$a{t:x}", true, true, `literal "$a{t:x}"`},
		{"a$", true, true, `literal "a$"`},
		{"*${", true, true, `* [${]`},
		{"${}x", true, true, `() [x]`},
	} {
		p := newTemplate(tt.text, tt.wild, tt.vars)
		got := fmt.Sprintf("literal %q", p.text)
		if !p.literal {
			got = ""
			for i, g := range p.segs {
				if i > 0 {
					got += " "
				}
				got += map[segmentKind]string{literalText: "[" + g.text + "]", anyText: "*", oneChar: "?", variable: "{" + g.name + "}", noText: "(" + g.name + ")"}[g.kind]
			}
		}
		if got != tt.want {
			t.Errorf("%q is taken apart to %s, want %s", tt.text, got, tt.want)
		}
	}
}

// TestMatching puts texts to patterns, in the ways in which matching goes on or back.
func TestMatching(t *testing.T) {
	c := new(Context)
	c.Set("t:v", "a*")
	c.Set("t:empty", "")
	c.SetAll("t:many", []string{"a"})
	for pattern, tt := range map[string]struct{ yes, no []string }{
		"":                  {[]string{""}, []string{"a"}},
		"abc":               {[]string{"abc"}, []string{"ab", "abcd", "ABC", ""}},
		"*":                 {[]string{"", "a", "é\xff"}, nil},
		"a*":                {[]string{"a", "ab"}, []string{"", "ba"}},
		"*a":                {[]string{"a", "aa", "ba"}, []string{"", "ab"}},
		"?":                 {[]string{"a", "é", "€", "\xff"}, []string{"", "ab"}},
		"a?c":               {[]string{"abc", "aéc"}, []string{"ac", "abbc", "ab"}},
		"*?":                {[]string{"a", "ab", "é"}, []string{""}},
		"?*":                {[]string{"a", "ab", "é"}, []string{""}},
		"a*b*c":             {[]string{"abc", "aXbXc", "abbcc", "abcbc"}, []string{"abcb", "ab", "acb"}},
		"*ab*ab":            {[]string{"abab", "abaab", "ababab"}, []string{"ab", "aba", "ababa"}},
		"*a?b":              {[]string{"axb", "aaxb", "aéb", "axbaxb"}, []string{"ab", "axbx"}},
		"\xff":              {[]string{"\xff"}, []string{"\xfe", "\ufffd", "", "\xff\xff"}},
		"\ufffd":            {[]string{"\ufffd"}, []string{"\xff", "\xef"}},
		"*\U0010ff01":       {[]string{"\U0010ff01", "\xff\U0010ff01"}, []string{"\xff", "\xfe"}},
		"*\x80\ufffe":       {[]string{"\x80\ufffe"}, []string{"\x80\ufffd", "\x81\ufffe"}},
		"*é?x*":             {[]string{"éax", "ééax", "é€xé"}, []string{"éx"}},
		"${t:v}":            {[]string{"a*"}, []string{"a", "ab"}},
		"*${t:v}":           {[]string{"a*", "aa*"}, []string{"ab", "a*b"}},
		"*${t:v}*${t:v}":    {[]string{"a*a*", "a*xa*"}, []string{"a*", "a*a"}},
		"${t:v}?":           {[]string{"a*b"}, []string{"a*"}},
		"a${t:empty}":       {nil, []string{"a", "a${t:empty}"}},
		"*${t:empty}":       {nil, []string{"a", ""}},
		"a${t:many}":        {nil, []string{"a", "aa"}},
		"*${t:none}*":       {nil, []string{"a", ""}},
		"${t:none, 'd'}x":   {[]string{"dx"}, []string{"x"}},
		"${t:empty, 'd'}x":  {nil, []string{"dx", "x"}},
		"${t:many, 'd'}x":   {nil, []string{"dx", "ax"}},
		"x${t:v, 'd'}${*}*": {[]string{"xa**", "xa**b"}, []string{"xa*", "xd*"}},
	} {
		p := newTemplate(pattern, true, true)
		for want, texts := range map[bool][]string{true: tt.yes, false: tt.no} {
			for _, text := range texts {
				if p.match(c, text) != want {
					t.Errorf("%q matches %q: %v", pattern, text, !want)
				}
				if p.matchWide(c, text) != want {
					t.Errorf("%q matches %q at length: %v", pattern, text, !want)
				}
			}
		}
	}
}

// TestFolding: without regard to case, and never over the border of ASCII.
func TestFolding(t *testing.T) {
	c := new(Context)
	c.Set("t:v", "Val")
	for pattern, tt := range map[string]struct{ yes, no []string }{
		"":          {[]string{""}, []string{"a"}},
		"aZ@[":      {[]string{"Az@["}, []string{"az`{", "aZ@{", "aZ`["}},
		"kelvin":    {[]string{"KELVIN"}, []string{"\u212Aelvin", "kelvi", "kelvins"}},
		"\u212A":    {[]string{"\u212A"}, []string{"k", "K"}},
		"É":         {[]string{"é", "É"}, []string{"e", "è"}},
		"Σ":         {[]string{"σ", "ς"}, []string{"s"}},
		"ſ":         {[]string{"ſ"}, []string{"s", "S"}},
		"a${t:v}b":  {[]string{"avalb", "AVALB"}, []string{"avab", "aval", "avalbc"}},
		"${t:none}": {nil, []string{"", "x"}},
		"a*":        {[]string{"A*"}, []string{"ab"}},
		"\ufffd":    {[]string{"\ufffd"}, []string{"", "a"}},
		"a\xff":     {[]string{"A\xff"}, []string{"a", "aa"}},
	} {
		p := newTemplate(pattern, false, true)
		for want, texts := range map[bool][]string{true: tt.yes, false: tt.no} {
			for _, text := range texts {
				if p.matchFold(c, text) != want {
					t.Errorf("%q matches %q: %v", pattern, text, !want)
				}
			}
		}
	}
	for pattern, tt := range map[string]struct{ yes, no []string }{
		"s3:get*": {[]string{"s3:Get", "S3:GETOBJECT"}, []string{"s3:Ge", "s3:Put"}}, "*": {[]string{"", "a"}, nil}, "a?c": {[]string{"ABC"}, []string{"ac", "abbc"}},
		"*b*c": {[]string{"abc", "BXC", "bbcc", "bcbc"}, []string{"bcb", "cb"}}, "a**": {[]string{"a", "ab"}, []string{"b"}}, "?": {[]string{"a"}, []string{"", "ab"}}, "": {[]string{""}, []string{"a"}}, "*?a": {[]string{"ba", "aa"}, []string{"a", "ab"}},
	} {
		for want, texts := range map[bool][]string{true: tt.yes, false: tt.no} {
			for _, text := range texts {
				if globFold(pattern, text) != want {
					t.Errorf("%q matches the action %q: %v", pattern, text, !want)
				}
			}
		}
	}
	if lower('@') != '@' || lower('A') != 'a' || lower('Z') != 'z' || lower('[') != '[' {
		t.Error("lower takes other characters for capitals, or leaves capitals")
	}
}

// TestFilled: what a template becomes for people, and as a pattern.
func TestFilled(t *testing.T) {
	c := new(Context)
	c.Set("t:v", "*?${a}")
	for _, tt := range []struct {
		text, expanded, filled string
		unresolved             []string
	}{
		{"a", "a", "a", nil},
		{"a*b?", "a*b?", "a*b?", nil},
		{"x${t:v}*", "x*?${a}*", "x${*}${?}${$}{a}*", nil},
		{"${*}", "*", "${*}", nil},
		{"${t:x}-${t:y, 'd'}", "${t:x}-d", "", []string{"t:x"}},
		{"${t:x}${t:z}?", "${t:x}${t:z}?", "", []string{"t:x", "t:z"}},
		{"${bad}*", "${bad}*", "", []string{"bad"}},
	} {
		p := newTemplate(tt.text, true, true)
		if text, unresolved := p.expand(c); text != tt.expanded || !slices.Equal(unresolved, tt.unresolved) {
			t.Errorf("%q is shown as %q, without %q", tt.text, text, unresolved)
		}
		if text, ok := p.fill(c); text != tt.filled || ok != (tt.unresolved == nil) {
			t.Errorf("%q is filled to %q, %v", tt.text, text, ok)
		}
	}
}

// TestEqualFold: each character has the other cases that Unicode gives it, and no character of ASCII has one outside.
func TestEqualFold(t *testing.T) {
	var all []rune
	for r := rune(0); r < 0x250; r++ {
		all = append(all, r)
	}
	all = append(all, 0x3a3, 0x3c2, 0x3c3, 0x1e9e, 0x2126, 0x212a, 0x212b, 0xff21, 0xff41, 0xfffd, 0x10400, 0x10428)
	for _, a := range all {
		for _, b := range all {
			want := strings.EqualFold(string(a), string(b)) && (a < 0x80) == (b < 0x80)
			if equalFold(a, b) != want {
				t.Fatalf("%U and %U are the same but for case: %v", a, b, !want)
			}
		}
	}
}
