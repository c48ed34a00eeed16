package policy

import (
	"slices"
	"strings"
	"testing"
)

// TestExactARN holds the check, which looks at eight bytes at a time, against one that looks at one.
func TestExactARN(t *testing.T) {
	exact := 0
	try := func(s string) {
		want := strings.HasPrefix(s, "arn:") && strings.Count(s, ":") >= 5 && !strings.ContainsAny(s, "*?$")
		if got := isExactARN(s); got != want {
			t.Fatalf("%q is one ARN: %v", s, got)
		}
		if want {
			exact++
		}
	}
	for _, base := range []string{"", "*", "arn", "arn:", "arn:a:b:::c", "arn:aws:s3:::b/k", "arn:aws:sqs:us-east-1:111122223333:queue", "arn:aws:s3:::bucket/key:with:colons", "arn:aws:s3:us-east-1:1", "Arn:aws:s3:::b", "brn:aws:s3:::b"} {
		try(base)
		for at := range len(base) {
			for _, c := range "*?$+)>@%#;:9a" {
				try(base[:at] + string(c) + base[at+1:])
			}
			try(base[:at])
		}
		for n := range 17 {
			try(base + strings.Repeat("k", n))
			try(base + strings.Repeat("k", n) + "*")
		}
	}
	if exact < 100 {
		t.Errorf("%d of them are one ARN: the test tests little", exact)
	}
}

// TestResources pins what an entry is compiled to.
func TestResources(t *testing.T) {
	for _, tt := range []struct {
		source     string
		vars, wide bool
		want       string
	}{
		{"*", true, false, "all"},
		{"arn:aws:s3:::b", true, false, "exactly arn:aws:s3:::b"},
		{"arn:aws:s3:::b${*}", true, false, "exactly arn:aws:s3:::b*"},
		{"arn:aws:s3:::b${*}", false, false, "arn:aws:s3:::b${"},
		{"arn:aws:s3:::b*", true, false, "arn:aws:s3:::b"},
		{"arn:aws:s3:*:*:b", true, false, "arn:aws:s3:"},
		{"arn:*:s3:::b", true, false, "arn:"},
		{"arn:aws:s3:::${t:x}", true, false, "arn:aws:s3:::"},
		{"arn:aws:s3:::${t:x}", false, false, "exactly arn:aws:s3:::${t:x}"},
		{"arn:aws:s3*", true, false, "arn:aws:s3"},
		{"arn:aws:s3:*", true, false, "arn:aws:s3:"},
		{"arn:aws:s3", true, false, "none"},
		{"arn:aws:s3", true, true, "arn:aws:s3:"},
		{"arn:aws:s3:us-east-1:1", true, false, "none"},
		{"arn:aws:s3:us-east-1:1*", true, false, "arn:aws:s3:us-east-1:1"},
		{"arn:aws", true, true, "none"},
		{"arn:*", true, true, "none"},
		{"arn:*", true, false, "none"},
		{"x:aws:s3:::b*", true, true, "none"},
		{"x:a:b", true, true, "none"},
		{"", true, true, "none"},
		{"**", true, true, "none"},
		{"arn:${t:x}:s3:::b", true, false, "exactly arn:${t:x}:s3:::b"},
	} {
		r := newResource(tt.source, tt.vars, tt.wide)
		got := "none"
		switch {
		case r.all:
			got = "all"
		case r.exact:
			got = "exactly " + r.text
		case r.pattern != nil:
			got = r.pattern.text
		}
		if got != tt.want {
			t.Errorf("%s is compiled to %q, want %q", tt.source, got, tt.want)
		}
	}
}

// TestSplitting: the five colons of an ARN are those that are not inside a variable.
func TestSplitting(t *testing.T) {
	for _, tt := range []struct {
		text         string
		with, plain  []string
		movesInParts bool
	}{
		{"arn:a:b:c:d:e", []string{"arn", "a", "b", "c", "d", "e"}, []string{"arn", "a", "b", "c", "d", "e"}, false},
		{"arn:a:b:c:d:e:f", []string{"arn", "a", "b", "c", "d", "e:f"}, []string{"arn", "a", "b", "c", "d", "e:f"}, false},
		{":a", []string{"", "a"}, []string{"", "a"}, false},
		{"", []string{""}, []string{""}, false},
		{"arn:", []string{"arn", ""}, []string{"arn", ""}, false},
		{"arn:${t:x}:b:c:d:e", []string{"arn", "${t:x}", "b", "c", "d", "e"}, []string{"arn", "${t", "x}", "b", "c", "d:e"}, true},
		{"arn:a:b:c:d:${t:x}", []string{"arn", "a", "b", "c", "d", "${t:x}"}, []string{"arn", "a", "b", "c", "d", "${t:x}"}, false},
		{"arn:a:b:c:${t:x}:e", []string{"arn", "a", "b", "c", "${t:x}", "e"}, []string{"arn", "a", "b", "c", "${t", "x}:e"}, true},
		{"${t:x}", []string{"${t:x}"}, []string{"${t", "x}"}, true},
		{"${t:x", []string{"${t", "x"}, []string{"${t", "x"}, true},
		{"$:{t:x}", []string{"$", "{t", "x}"}, []string{"$", "{t", "x}"}, false},
		{"a${t:x}:b${u:y}c:d", []string{"a${t:x}", "b${u:y}c", "d"}, []string{"a${t", "x}", "b${u", "y}c", "d"}, true},
		{"${}:a", []string{"${}", "a"}, []string{"${}", "a"}, true},
	} {
		if got := splitARN(tt.text, true); !slices.Equal(got, tt.with) {
			t.Errorf("%s with variables: %q, want %q", tt.text, got, tt.with)
		}
		if got := splitARN(tt.text, false); !slices.Equal(got, tt.plain) {
			t.Errorf("%s without: %q, want %q", tt.text, got, tt.plain)
		}
		if got := movingParts(tt.text); got != tt.movesInParts {
			t.Errorf("%s moves its parts: %v", tt.text, got)
		}
	}
}

// TestActionPatterns: a name is one without regard to case, and has a hash; what has a wildcard has none.
func TestActionPatterns(t *testing.T) {
	for text, tt := range map[string]struct {
		exact   bool
		yes, no []string
	}{
		"s3:GetObject": {true, []string{"s3:GetObject", "S3:getobject"}, []string{"s3:GetObjects", "s3:GetObjec", "s3:GetObjecT2", "s3:PutObject", ""}},
		"?3:a":         {false, []string{"s3:A"}, []string{"?3:", "ss3:a"}}, "*": {false, []string{"a:b"}, nil}, "s3:*": {false, []string{"s3:a", "S3:"}, []string{"s4:a"}}, "s3:a?": {false, []string{"s3:ab"}, []string{"s3:a"}},
	} {
		p := newActionPattern(text)
		if p.exact() != tt.exact {
			t.Errorf("%s is one action: %v", text, p.exact())
		}
		for want, actions := range map[bool][]string{true: tt.yes, false: tt.no} {
			for _, a := range actions {
				if p.match(a) != want {
					t.Errorf("%s matches %q: %v", text, a, !want)
				}
				if p.matches(&evaluation{request: &Request{Action: a}, action: foldedHash(a)}) != want {
					t.Errorf("%s matches the request for %q: %v", text, a, !want)
				}
			}
		}
	}
}
