package policy

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math/bits"
	"math/rand/v2"
	"strings"
	"testing"
)

// TestWords holds what is done with eight bytes against what is done with one.
func TestWords(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 1))
	for range 2_000 {
		var b [8]byte
		binary.LittleEndian.PutUint64(b[:], r.Uint64())
		for i := range b {
			if r.IntN(2) == 0 { // what is near the borders
				b[i] = "@AZ[`az{ !\x00\x7f\x80\xff:*?"[r.IntN(17)]
			}
		}
		w := word(string(b[:]), 0)
		if w != binary.LittleEndian.Uint64(b[:]) {
			t.Fatalf("%q is read as %#x", b, w)
		}
		var lowered [8]byte
		var is uint64
		c := b[r.IntN(8)]
		for i := range b {
			lowered[i] = lower(b[i])
			if b[i] == c {
				is |= 0x80 << (8 * i)
			}
		}
		if got := lowerWord(w); got != binary.LittleEndian.Uint64(lowered[:]) {
			t.Fatalf("%q is lowered to %#x", b, got)
		}
		if got := equalTo(w, c); got != is {
			t.Fatalf("%q has %q at %#x", b, c, got)
		}
		limit := "\x01 !a\x7f\x80"[r.IntN(6)]
		first := bytes.IndexFunc(b[:], func(rune) bool { return false })
		for i := range b {
			if b[i] < limit {
				first = i
				break
			}
		}
		if got := below(w, limit); first < 0 && got != 0 || first >= 0 && bits.TrailingZeros64(got)/8 != first {
			t.Fatalf("%q has less than %q at %#x, want the first at %d", b, limit, got, first)
		}
	}
	const text = "abcdefghijklmnopq"
	for length := range len(text) + 1 {
		for i := max(0, length-7); i <= length; i++ {
			var b [8]byte
			copy(b[:], text[i:length])
			if got := lastWord(text[:length], i); got != binary.LittleEndian.Uint64(b[:]) {
				t.Fatalf("the end of %q from %d is %#x", text[:length], i, got)
			}
		}
	}
}

// TestHashesSpread: a hash decides nothing, but one that takes many texts for the same makes the table a list.
func TestHashesSpread(t *testing.T) {
	hashes := map[string]func(string) uint64{
		"hashOf": hashOf, "foldedHash": foldedHash,
		"mixed with one":   func(s string) uint64 { return mix(hashOf(s), 1) },
		"mixed with a few": func(s string) uint64 { return mix(hashOf("arn:aws:s3:::b"), foldedHash(s)) },
		"of branches":      func(s string) uint64 { return mix(uint64(len(s))*mixB, foldedHash(s)) },
	}
	for name, f := range hashes {
		// Texts that differ in one word have other hashes, as have those of another length.
		for length := 1; length <= 34; length++ {
			base := strings.Repeat("t", length)
			for first := 0; first < length; first += 8 {
				seen := map[uint64]bool{f(base): true, f(base + "t"): true}
				for at := first; at < min(length, first+8); at++ {
					for b := byte('a'); b < 'i'; b++ {
						seen[f(base[:at]+string([]byte{b})+base[at+1:])] = true
					}
				}
				if want := 2 + 8*min(8, length-first); len(seen) != want {
					t.Fatalf("%s: %d hashes of %d texts like %q", name, len(seen), want, base)
				}
			}
		}
		// The highest bits, by which the table is asked, are spread as at random: 1024 texts take 39 % of 2048 places.
		for _, form := range []string{"table/T%d", "arn:aws:dynamodb:us-east-1:111122223333:table/T%d", "%d", "%d-and-a-name-that-goes-on-behind", "t:Action%08d", "arn:aws:s3:::bucket-%d/k"} {
			places := map[uint64]bool{}
			for i := range 1024 {
				places[f(fmt.Sprintf(form, i))>>(64-11)] = true
			}
			if len(places) < 650 {
				t.Fatalf("%s of %s: %d places", name, form, len(places))
			}
		}
	}
	for _, pair := range [][2]string{{"s3:GetObject", "S3:gEToBJECT"}, {"a:b", "A:B"}, {"dynamodb:BatchGetItem", "DYNAMODB:BATCHGETITEM"}, {"12345678", "12345678"}} {
		if foldedHash(pair[0]) != foldedHash(pair[1]) {
			t.Errorf("%q have two hashes", pair)
		}
	}
	if hashOf("abcdefgh") == hashOf("ABCDEFGH") || hashOf("a\x00") == hashOf("a") || foldedHash("a\x00") == foldedHash("a") || mix(1, 2) == mix(2, 1) {
		t.Error("what differs has the same hash")
	}
}
