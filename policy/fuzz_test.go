package policy_test

import (
	"errors"
	"reflect"
	"testing"
	"unicode/utf8"

	"github.com/bailiwick-project/bailiwick/policy"
)

// FuzzParse: nothing panics, every error is a SyntaxError, and what is accepted prints as what parses to the same.
func FuzzParse(f *testing.F) {
	for _, text := range []string{
		doc(fine), doc(fine + `,"Condition":{"ForAllValues:StringLike":{"t:k":["${aws:PrincipalTag/a, 'b'}*",1,true]}}`),
		doc(`"Sid":"A","Effect":"Deny","NotPrincipal":{"AWS":["111122223333"],"Service":"a.b"},"NotAction":"s3:*","NotResource":"arn:aws:s3:::b\u4e2d\ud83d\ude00"`),
		doc(`"Effect":"Allow","Principal":"*","Action":"sts:AssumeRole"`), `{"Statement":[],"Statement":[]}`,
	} {
		for kind := policy.Identity; kind <= policy.Boundary; kind++ {
			f.Add(int(kind), text)
		}
	}
	f.Fuzz(func(t *testing.T, k int, text string) {
		kind := policy.Kind(uint(k) % 6)
		d, err := policy.Parse(kind, text)
		if err != nil {
			var at *policy.SyntaxError
			if !errors.As(err, &at) || at.Message == "" {
				t.Fatalf("error %#v", err)
			}
			return
		}
		if p := policy.Compile("p", d); p.Err() != nil {
			t.Fatalf("parsed but %v", p.Err())
		}
		again, err := policy.Parse(kind, d.String())
		var at *policy.SyntaxError
		if errors.As(err, &at) && at.TooLarge {
			return // numbers are printed in quotes, which may be two too many
		}
		if err != nil || !reflect.DeepEqual(bare(d), bare(again)) {
			t.Fatalf("%s\nprints as %s\nwhich parses as %+v, %v", text, d, again, err)
		}
		l := policy.Layers{Identity: policy.NewSet(policy.Compile("p", d)), ResourceAccount: ours}
		if kind == policy.Trust || kind == policy.Resource {
			l = policy.Layers{Resource: policy.Compile("p", d), ResourceAccount: ours}
		}
		agree(t, &l, &policy.Request{Principal: principals["session"], Action: "s3:GetObject", Resource: "arn:aws:s3:::b/k"})
	})
}

// FuzzGlob holds StringLike against the simplest matcher there is.
func FuzzGlob(f *testing.F) {
	for _, s := range [][2]string{{"*a*a*b", "aaab"}, {"?", "é"}, {"*??", "€"}, {"a*", "a"}, {"", ""}, {"**", ""}, {"*.*", "a.b.c"}, {"é?*", "éx"}} {
		f.Add(s[0], s[1])
	}
	f.Fuzz(func(t *testing.T, pattern, s string) {
		if !utf8.ValidString(pattern) || !utf8.ValidString(s) || len(pattern) > 40 || len(s) > 60 {
			return
		}
		d := &policy.Document{Kind: policy.Identity, Version: policy.Version2008, Statements: []policy.Statement{{
			Effect: "Allow", Actions: []string{"t:A"}, Resources: []string{"*"},
			Conditions: []policy.Condition{{Operator: "StringLike", Key: "t:k", Values: []string{pattern}}},
		}}}
		l := policy.Layers{Identity: policy.NewSet(policy.Compile("p", d))}
		c := &policy.Context{}
		c.Set("t:k", s)
		r := &policy.Request{Principal: principals["alice"], Action: "t:A", Resource: "*", Context: c}
		if got, want := l.Decide(r).Allowed(), like([]rune(pattern), []rune(s)); got != want {
			t.Fatalf("%q matches %q: %v, want %v", pattern, s, got, want)
		}
	})
}

// like matches by a table of which prefixes match which.
func like(pattern, s []rune) bool {
	matches := make([]bool, len(s)+1) // the pattern so far matches s[:i]
	matches[0] = true
	for _, p := range pattern {
		next := make([]bool, len(s)+1)
		for i := range next {
			switch {
			case p == '*':
				next[i] = matches[i] || i > 0 && next[i-1]
			case i > 0:
				next[i] = matches[i-1] && (p == '?' || p == s[i-1])
			}
		}
		matches = next
	}
	return matches[len(s)]
}
