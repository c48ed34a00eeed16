package secondopinion_test

import (
	"strings"
	"unicode"

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
