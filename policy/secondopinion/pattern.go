package secondopinion

import (
	"regexp"
	"strings"
)

// A pattern is a text of a policy in which some characters have a meaning of their own. They are negative, so that no character of a
// request and no value of a variable can be mistaken for one.
type pattern []rune

const (
	anyRun  rune = -'*' // any characters, also none
	anyOne  rune = -'?' // any one character
	colon   rune = -':' // between two parts of an ARN
	nothing rune = -'$' // a variable without a value: no character is equal to it
)

// mark makes a pattern of a text in which the given characters are special.
func mark(text, special string) pattern {
	p := pattern(text)
	for i, c := range p {
		if strings.ContainsRune(special, c) {
			p[i] = -c
		}
	}
	return p
}

// glob matches a whole text. It keeps, for the part of the pattern seen so far, every length of text that this part can match:
// reach[i] is true if it can match the first i characters.
func glob(p pattern, s string) bool {
	text := []rune(s)
	reach := make([]bool, len(text)+1)
	reach[0] = true
	for _, c := range p {
		if c == anyRun {
			for i := range text {
				reach[i+1] = reach[i+1] || reach[i]
			}
			continue
		}
		for i := len(text); i > 0; i-- {
			reach[i] = reach[i-1] && (c == text[i-1] || c == anyOne || c == colon && text[i-1] == ':')
		}
		reach[0] = false
	}
	return reach[len(text)]
}

// fold gives the lower case of ASCII and Latin-1 letters. Policies have no others, and wider folding would make other names equal.
func fold[T string | pattern](s T) T {
	folded := []rune(s)
	for i, c := range folded {
		if c >= 'A' && c <= 'Z' || c >= 'À' && c <= 'Þ' && c != '×' {
			folded[i] = c + 'a' - 'A'
		}
	}
	return T(folded)
}

// fill makes a pattern of a text of a policy, with policy variables filled in ("IAM policy elements: Variables and tags"). What they
// are filled in with stands for itself, and is never special. There is no nesting, and ${ without an end is text.
func (r *Request) fill(text, special string) pattern {
	var p pattern
	for r.variables {
		before, rest, opened := strings.Cut(text, "${")
		inside, after, closed := strings.Cut(rest, "}")
		if !opened || !closed {
			break
		}
		p = append(append(p, mark(before, special)...), r.variable(inside)...)
		text = after
	}
	return append(p, mark(text, special)...)
}

// keyName is what a key can be called: a vendor, a name, and the key of a tag, which may have spaces.
var keyName = regexp.MustCompile(`^[^:/ {}$'"*?]+:[^/ {}$'"*?]+(/[^{}$'"*?]*[^ {}$'"*?])?$`)

// variable gives the value of what stands between ${ and }: a character, or a key with or without a default. Only a key that is
// absent has its default; one with several values, or an empty one, has no value.
func (r *Request) variable(inside string) pattern {
	if inside == "*" || inside == "?" || inside == "$" {
		return pattern(inside)
	}
	name, fallback, defaulted := strings.Cut(inside, ", ")
	quoted := len(fallback) > 1 && strings.HasPrefix(fallback, "'") && strings.HasSuffix(fallback, "'")
	key, present := r.key(name)
	switch {
	case !keyName.MatchString(name), defaulted && !quoted:
	case present && !key.Many && key.Values[0] != "":
		return pattern(key.Values[0])
	case !present && len(fallback) > 2:
		return pattern(fallback[1 : len(fallback)-1])
	}
	return pattern{nothing}
}
