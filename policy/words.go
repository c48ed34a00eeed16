package policy

import "math/bits"

// This file looks at text eight bytes at a time: every request is looked at before anything is decided, and every policy before
// anything is read. A word holds the first of its bytes lowest. The marks of a word are the high bits of those of its bytes that
// have some property; the position of the first is bits.TrailingZeros64(marks)/8.

const (
	ones  = 0x0101010101010101
	highs = 0x80 * ones
)

// word reads s[i:i+8].
func word(s string, i int) uint64 {
	b := s[i : i+8]
	return uint64(b[0]) | uint64(b[1])<<8 | uint64(b[2])<<16 | uint64(b[3])<<24 |
		uint64(b[4])<<32 | uint64(b[5])<<40 | uint64(b[6])<<48 | uint64(b[7])<<56
}

// lastWord reads what is left of s from i, at most seven bytes; the rest of the word is zero.
func lastWord(s string, i int) uint64 {
	if i == len(s) {
		return 0
	}
	if len(s) >= 8 {
		return word(s, len(s)-8) >> (8 * uint(8-len(s)+i))
	}
	w := uint64(0)
	for shift := 0; i < len(s); i, shift = i+1, shift+8 {
		w |= uint64(s[i]) << shift
	}
	return w
}

// equalTo marks the bytes that are c.
func equalTo(w uint64, c byte) uint64 {
	x := w ^ ones*uint64(c)
	return ^((x&^highs + 0x7F*ones) | x) & highs
}

// below marks the bytes that are less than c, at most 0x80. Behind the first mark there may be false ones.
func below(w uint64, c byte) uint64 { return (w - ones*uint64(c)) & ^w & highs }

// controls marks the bytes that are less than a space.
func controls(w uint64) uint64 { return ^(w&^highs + ones*(0x80-' ')) &^ w & highs }

func isASCII(s string) bool {
	all := byte(0)
	for i := range len(s) {
		all |= s[i]
	}
	return all < 0x80
}

// lowerWord turns the capitals of ASCII into small letters.
func lowerWord(w uint64) uint64 {
	x := w &^ highs
	capitals := (x + ones*(0x80-'A')) &^ (x + ones*(0x7F-'Z')) &^ w & highs
	return w | capitals>>2
}

// Hashes spread what is looked up, and decide nothing: what they find is compared in full.
const (
	mixA = 0x9E3779B97F4A7C15
	mixB = 0xC2B2AE3D27D4EB4F
)

// hashOf hashes a text; of two texts that differ in one word only, the hashes differ before they are shortened.
func hashOf(s string) uint64 {
	a, b := uint64(len(s)), uint64(mixB)
	i := 0
	for ; i+16 <= len(s); i += 16 {
		a = (a ^ word(s, i)) * mixA
		b = (b ^ word(s, i+8)) * mixB
	}
	if i+8 <= len(s) {
		a = (a ^ word(s, i)) * mixA
		i += 8
	}
	b = (b ^ lastWord(s, i)) * mixB
	return mix(a, b)
}

// mix makes one hash of two.
func mix(a, b uint64) uint64 {
	h := (a ^ bits.RotateLeft64(b, 32)) * mixA
	return h ^ h>>32
}

// foldedHash is a hash that is the same for capitals and small letters of ASCII.
func foldedHash(s string) uint64 {
	h := uint64(len(s))
	i := 0
	for ; i+8 <= len(s); i += 8 {
		h = (h ^ lowerWord(word(s, i))) * mixA
	}
	h = (h ^ lowerWord(lastWord(s, i))) * mixA
	return h ^ h>>32
}
