package policy

import (
	"unicode"
	"unicode/utf8"
)

// equalFold compares two characters without regard to case. It never takes a character outside ASCII for one within: other
// software does not take the Kelvin sign for a k, so a name spelled with it is somebody else.
func equalFold(a, b rune) bool {
	if a == b {
		return true
	}
	if ascii := a < utf8.RuneSelf; ascii || b < utf8.RuneSelf {
		return ascii && b < utf8.RuneSelf && lower(byte(a)) == lower(byte(b))
	}
	for r := unicode.SimpleFold(a); r != a; r = unicode.SimpleFold(r) {
		if r == b {
			return true
		}
	}
	return false
}

func lower(c byte) byte {
	if c >= 'A' && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}

// globFold matches an action name against a pattern of * and ?, without regard to the case of ASCII.
func globFold(pattern, s string) bool {
	p, i, star, mark := 0, 0, -1, 0
	for i < len(s) {
		switch {
		case p < len(pattern) && pattern[p] == '*':
			star, mark = p, i
			p++
		case p < len(pattern) && (pattern[p] == '?' || lower(pattern[p]) == lower(s[i])):
			p++
			i++
		case star >= 0:
			mark++
			p, i = star+1, mark
		default:
			return false
		}
	}
	for p < len(pattern) && pattern[p] == '*' {
		p++
	}
	return p == len(pattern)
}
