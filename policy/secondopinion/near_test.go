package secondopinion_test

import (
	"slices"
	"strings"
	"unicode"

	"github.com/bailiwick-project/bailiwick/policy"
	"github.com/bailiwick-project/bailiwick/policy/secondopinion"
)

// instance is a text that a pattern matches, if its variables have values, with
// letters of an alphabet for the wildcards.
func (g generator) instance(pattern, alphabet string, keys []secondopinion.Key) string {
	var b strings.Builder
	for pattern != "" {
		inside, after, closed := strings.Cut(strings.TrimPrefix(pattern, "${"), "}")
		switch {
		case strings.HasPrefix(pattern, "${") && closed && g.chance(95): // or else as it is written
			b.WriteString(inserted(inside, keys))
			pattern = after
			continue
		case pattern[0] == '*':
			b.WriteString(g.word(alphabet, 2))
		case pattern[0] == '?':
			b.WriteString(pick(g, "a", "\u00e9", g.word(alphabet, 1)))
		default:
			b.WriteByte(pattern[0])
		}
		pattern = pattern[1:]
	}
	return b.String()
}

// inserted is what might stand for a variable.
func inserted(inside string, keys []secondopinion.Key) string {
	name, fallback, _ := strings.Cut(inside, ", ")
	for _, k := range keys {
		if strings.EqualFold(k.Name, name) && len(k.Values) > 0 {
			return k.Values[0]
		}
	}
	if len(inside) == 1 {
		return inside
	}
	return strings.Trim(fallback, "'")
}

// near is a text, or one that differs from it as little as possible: in the
// case of a letter, by a letter more or less or another, by a wildcard taken
// for a letter.
func (g generator) near(s string) string {
	if s == "" || g.chance(55) {
		return s
	}
	letters := []rune(s)
	i := g.IntN(len(letters))
	before, c, after := string(letters[:i]), letters[i], string(letters[i+1:])
	switch g.IntN(6) {
	case 0:
		swapped := unicode.ToUpper(c)
		if swapped == c {
			swapped = unicode.ToLower(c)
		}
		return before + string(swapped) + after
	case 1:
		return before + after
	case 2:
		return before + string(c) + string(c) + after
	case 3:
		return before + pick(g, "a", "*", "?", ":", "/", "0", " ") + after
	case 4:
		return s + pick(g, "a", "/", ":", "*", "?", "0", " ", "\n")
	}
	return pick(g, "", s[:1], strings.ToUpper(s), strings.ToLower(s))
}

// aim makes the request that a statement of the focused policies is about, or
// one that is beside it by a letter.
func (g generator) aim(s *scenario, r *request) {
	statement := pick(g, pick(g, s.drafts[s.focus]...).statements...)
	if action := pick(g, statement.actions...); action != "*" && action != "" {
		r.action = g.instance(action, "abA", r.keys.second)
		if g.chance(20) {
			r.action = g.near(r.action)
		}
	}
	if resource := pick(g, statement.resources...); resource != "*" && resource != "" {
		if n := strings.Count(resource, ":"); n < 5 {
			resource += strings.Repeat(":*", 5-n)
		}
		parts := strings.SplitN(resource, ":", 6)
		for i := range 5 {
			parts[i] = g.instance(parts[i], "ab*", r.keys.second)
		}
		parts[5] = g.instance(parts[5], "ab/:*?", r.keys.second)
		if g.chance(60) { // the differences that count are in the last part
			parts[5] = g.near(parts[5])
		}
		r.resource = strings.Join(parts, ":")
		if g.chance(20) {
			r.resource = g.near(r.resource)
		}
	}
	for _, p := range statement.principals {
		i := slices.IndexFunc(callers, func(c policy.Principal) bool { return p.value == c.ARN || p.value == c.RoleARN })
		if i >= 0 && g.chance(20) {
			r.caller = callers[i]
		}
	}
}

// keys gives each condition key a value, or several, or none, or one of
// another type.
func (g generator) keys(wanted map[string][]string) []secondopinion.Key {
	var out []secondopinion.Key
	for _, k := range []struct{ name, family string }{
		{"s:k", "String"},
		{"s:m", "String"},
		{"aws:PrincipalTag/a", "String"},
		{"aws:PrincipalTag/a b", "String"},
		{"aws:PrincipalTag/\u00e9", "String"},
		{"s:n", "Numeric"},
		{"s:d", "Date"},
		{"s:b", "Bool"},
		{"s:bin", "Binary"},
		{"s:ip", "Ip"},
		{"s:arn", "Arn"},
	} {
		if g.chance(30) {
			continue
		}
		key := secondopinion.Key{Name: g.anyCase(k.name), Many: k.name == "s:m" && g.chance(90) || g.chance(5)}
		if g.chance(1) {
			key.Name = strings.Replace(key.Name, "k", "\u212a", 1) // the sign for Kelvin, which folds to k where more folds than here
		}
		for len(key.Values) == 0 && !(key.Many && g.chance(10)) || key.Many && g.chance(50) {
			key.Values = append(key.Values, g.value(wanted, strings.ToLower(k.name), k.family, out))
		}
		if key.Many && len(key.Values) > 0 && g.chance(10) {
			key.Values = append(key.Values, pick(g, "", key.Values[0]))
		}
		out = append(out, key)
	}
	return out
}

// value leans to values that the focused policies want, and to some that are
// beside them by a letter.
func (g generator) value(wanted map[string][]string, name, family string, others []secondopinion.Key) string {
	switch {
	case g.chance(45) && len(wanted[name]) > 0:
		return g.near(g.instance(pick(g, wanted[name]...), "ab/:*?", others))
	case g.chance(10):
		return pick(g, wanted[""]...)
	case family == "String" && g.chance(5):
		return pick(g, "${s:k}", "$", "{a}", "\u212a", "K", "\u00c9", "\u00e9", "\u00d7", "\u00f7", "\u00df", "\u017f", "a\nb", " a", "a ", "true", "1")
	}
	if family == "String" || g.chance(5) {
		if g.chance(10) {
			family = pick(g, "Numeric", "Date", "Arn")
			return pick(g, valuesOf[family]...)
		}
		return g.anyCase(g.word("aab*?/:", 2))
	}
	if g.chance(12) {
		return pick(g, oddValues[family]...)
	}
	return pick(g, valuesOf[family]...)
}
