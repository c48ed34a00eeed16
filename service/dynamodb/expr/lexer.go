package expr

import "unicode/utf8"

type kind uint8

const (
	end    kind = iota
	word        // a name, a keyword or a function
	alias       // #name
	value       // :value
	number      // list index
	symbol      // operators and punctuation
	bad         // what fits nowhere
)

// token is a piece of the text with its place, which error messages need.
type token struct {
	kind     kind
	text     string
	from, to int
}

// lex cuts text into tokens, the last of them an end. It cannot fail: what fits nowhere
// is a bad token, which no rule of the parser accepts.
func lex(text string) []token {
	tokens := make([]token, 0, len(text)/4+2)
	for i := 0; i < len(text); {
		if isSpace(text[i]) {
			i++
			continue
		}
		k, n := scan(text[i:])
		tokens = append(tokens, token{k, text[i : i+n], i, i + n})
		i += n
	}
	return append(tokens, token{end, "<EOF>", len(text), len(text)})
}

func isSpace(c byte) bool  { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }
func isLetter(c byte) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' }
func isDigit(c byte) bool  { return c >= '0' && c <= '9' }

// scan finds the token at the front of s, which is not empty.
func scan(s string) (kind, int) {
	c := s[0]
	switch {
	case isLetter(c):
		return word, 1 + run(s[1:])
	case isDigit(c):
		n := 1 + run(s[1:])
		for i := range n {
			if !isDigit(s[i]) {
				return bad, n
			}
		}
		return number, n
	case c == '#' || c == ':':
		n := run(s[1:])
		if n == 0 {
			return bad, 1
		}
		if c == '#' {
			return alias, 1 + n
		}
		return value, 1 + n
	case c == '<' || c == '>':
		if len(s) > 1 && (s[1] == '=' || c == '<' && s[1] == '>') {
			return symbol, 2
		}
		return symbol, 1
	}
	switch c {
	case '=', '(', ')', '[', ']', ',', '.', '+', '-':
		return symbol, 1
	}
	_, n := utf8.DecodeRuneInString(s)
	return bad, n
}

// run counts the letters, digits and underscores at the front of s.
func run(s string) int {
	for i := range len(s) {
		if !isLetter(s[i]) && !isDigit(s[i]) {
			return i
		}
	}
	return len(s)
}
