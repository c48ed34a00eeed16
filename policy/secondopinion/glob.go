package secondopinion

import "strings"

// Wildcards in a pattern are negative, so that no character of a text and no
// value of a variable can be mistaken for one.
const (
	anyRun rune = -1 // *
	anyOne rune = -2 // ?
)

// wild makes a pattern of a text in which * and ? are wildcards.
func wild(text string) []rune {
	pattern := []rune(text)
	for i, c := range pattern {
		switch c {
		case '*':
			pattern[i] = anyRun
		case '?':
			pattern[i] = anyOne
		}
	}
	return pattern
}

// glob matches a whole text. It keeps, for the part of the pattern seen so far,
// every length of text that this part can match: reach[i] is true if it can
// match the first i characters.
func glob(pattern []rune, s string) bool {
	text := []rune(s)
	reach := make([]bool, len(text)+1)
	reach[0] = true
	for _, c := range pattern {
		if c == anyRun {
			for i := range text {
				reach[i+1] = reach[i+1] || reach[i]
			}
			continue
		}
		for i := len(text); i > 0; i-- {
			reach[i] = reach[i-1] && (c == anyOne || c == text[i-1])
		}
		reach[0] = false
	}
	return reach[len(text)]
}

// fold gives the lower case of ASCII and Latin-1 letters: policies have no
// other characters, and wider folding would make other names equal.
func fold(s string) string {
	return strings.Map(func(c rune) rune {
		if c >= 'A' && c <= 'Z' || c >= 'À' && c <= 'Þ' && c != '×' {
			return c + 'a' - 'A'
		}
		return c
	}, s)
}
