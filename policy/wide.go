package policy

import "unicode/utf8"

// patience is how many steps match takes before it asks matchWide, far more than an honest pattern needs.
const patience = 1 << 14

// matchWide is match for patterns that make it go back again and again, such as "*a?a?a?b" on many times "a": whoever passes a
// session policy chooses the pattern, and with a header or a key also the text, and must not buy seconds of work with one
// request. It reads the text once and keeps all places of the pattern that it may be at as bits of a set (the shift-and
// algorithm), so that the cost is the product of the lengths divided by 64, without exceptions.
func (t *template) matchWide(c *Context, s string) bool {
	n, loops, masks, ok := t.places(c)
	if !ok {
		return false
	}
	size := n/64 + 1
	at, anyone := make([]uint64, size), masks[anyRune]
	at[0] = 1 // before the first character of the pattern
	for i := 0; i < len(s); {
		r, width := decode(s[i:])
		i += width
		mask := masks[r]
		carry, alive := uint64(0), uint64(0)
		for w := range at {
			step := at[w]
			if anyone != nil && mask != nil {
				step &= mask[w] | anyone[w]
			} else if mask != nil {
				step &= mask[w]
			} else if anyone != nil {
				step &= anyone[w]
			} else {
				step = 0
			}
			next := at[w]&loops[w] | step<<1 | carry
			carry = step >> 63
			at[w] = next
			alive |= next
		}
		if alive == 0 {
			return false
		}
	}
	return at[n/64]&(1<<(n%64)) != 0
}

const (
	anyRune rune = -1       // stands for ?
	broken  rune = 0x110000 // and above: a byte that is no UTF-8
)

// places numbers the characters of the pattern, stars left out. loops has a bit for each place where a star stands, and masks
// for each character a bit for the places before it. ok is false when a variable has no value, and nothing matches.
func (t *template) places(c *Context) (n int, loops []uint64, masks map[rune][]uint64, ok bool) {
	var pattern []rune
	var stars []int
	for _, g := range t.all() {
		switch g.kind {
		case anyText:
			stars = append(stars, len(pattern))
		case oneChar:
			pattern = append(pattern, anyRune)
		default:
			text, ok := g.value(c)
			if !ok {
				return 0, nil, nil, false
			}
			for text != "" {
				r, width := decode(text)
				pattern, text = append(pattern, r), text[width:]
			}
		}
	}
	size := len(pattern)/64 + 1
	loops, masks = make([]uint64, size), map[rune][]uint64{}
	for _, p := range stars {
		loops[p/64] |= 1 << (p % 64)
	}
	for p, r := range pattern {
		if masks[r] == nil {
			masks[r] = make([]uint64, size)
		}
		masks[r][p/64] |= 1 << (p % 64)
	}
	return len(pattern), loops, masks, true
}

// decode reads one character, or one byte that is none.
func decode(s string) (r rune, width int) {
	r, width = utf8.DecodeRuneInString(s)
	if r == utf8.RuneError && width == 1 {
		return broken + rune(s[0]), 1
	}
	return r, width
}
