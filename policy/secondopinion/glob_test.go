package secondopinion_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/bailiwick-project/bailiwick/policy"
	"github.com/bailiwick-project/bailiwick/policy/secondopinion"
)

// regular translates a pattern into a regular expression.
func regular(pattern string) *regexp.Regexp {
	return regexp.MustCompile("(?s)^" + strings.NewReplacer(`\*`, ".*", `\?`, ".").Replace(regexp.QuoteMeta(pattern)) + "$")
}

// through makes a policy that allows what matches a pattern, as a resource or
// as the value of a condition.
func through(t *testing.T, pattern string) (resource, condition *policy.Layers) {
	t.Helper()
	layers := func(s clause) *policy.Layers {
		s.effect, s.actions = "Allow", []string{"*"}
		d, err := policy.Parse(policy.Identity, draft{version: policy.Version2012, statements: []clause{s}}.text(nil))
		if err != nil {
			t.Fatalf("%q: %v", pattern, err)
		}
		return &policy.Layers{ResourceAccount: home, Identity: policy.NewSet(policy.Compile("p", d))}
	}
	return layers(clause{resources: []string{"arn:aws:s:::" + pattern}}),
		layers(clause{resources: []string{"*"}, conditions: []test{{"StringLike", "s:k", []string{pattern}}}})
}

// TestGlobs compares four answers: this package's matcher, a regular
// expression, and the engine's on resources and on condition values.
func TestGlobs(t *testing.T) {
	const alphabet = "aab*?/:"
	matched, total := 0, 0
	for n := range uint64(min(5000, max(200, *decisions/1000))) {
		g := newGenerator(*seed, n)
		pattern := g.word("aab**?é/:", 7)
		if g.chance(3) { // enough stars to make a matcher that goes back too often give up
			pattern = strings.Repeat(pick(g, "*a", "*ab", "*?a", "*aa?"), 1+g.IntN(9)) + pick(g, "", "*", "b", "*b")
		}
		re := regular(pattern)
		resource, condition := through(t, pattern)
		for range 40 {
			text := g.word(alphabet, 6)
			switch {
			case g.chance(30): // the pattern itself with something for its wildcards
				text = strings.NewReplacer("*", g.word(alphabet, 2), "?", pick(g, "a", "é", "*", "\n")).Replace(pattern)
			case g.chance(3):
				text = strings.Repeat(pick(g, "a", "ab", "aa:"), g.IntN(200)) + pick(g, "", "b")
			}
			want := re.MatchString(text)
			answers := map[string]bool{"second opinion": secondopinion.Glob(pattern, text), "condition": allows(condition, text, "a")}
			if text != "" { // an ARN has a resource
				answers["resource"] = allows(resource, "", text)
			}
			for who, got := range answers {
				if got != want {
					t.Fatalf("seed %d, pattern %d: %q and %q: %s says %v, a regular expression %v", *seed, n, pattern, text, who, got, want)
				}
			}
			total++
			if want {
				matched++
			}
		}
	}
	t.Logf("%d comparisons, %d matched", total, matched)
	if matched*5 < total || matched*5 > total*4 {
		t.Errorf("%d of %d matched, want between a fifth and four fifths", matched, total)
	}
}

func allows(l *policy.Layers, value, path string) bool {
	r := request{caller: callers[0], action: "s:A", resource: "arn:aws:s:::" + path, keys: newKeys([]secondopinion.Key{{Name: "s:k", Values: []string{value}}})}
	return l.Decide(r.forEngine()).Allowed()
}
