package policy

import (
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"

	"github.com/bailiwick-project/bailiwick/arn"
)

// someText makes texts of few bytes, so that every length and place in a word is met, with the bytes beside those that matter.
func someText(r *rand.Rand, from string) string {
	var b strings.Builder
	for range r.IntN(24) {
		b.WriteByte(from[r.IntN(len(from))])
	}
	return b.String()
}

// TestHashes: what is equal must have one hash, or it is not found; that others have another is only speed.
func TestHashes(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	seen := map[uint64]string{}
	collisions := 0
	for range 100_000 {
		s := someText(r, "abzAZ:*-/09é")
		h := foldedHash(s)
		swapped := strings.Map(func(r rune) rune {
			switch {
			case r >= 'a' && r <= 'z':
				return r - 0x20
			case r >= 'A' && r <= 'Z':
				return r + 0x20
			}
			return r
		}, s)
		if isASCII(s) && foldedHash(swapped) != h {
			t.Fatalf("%q and %q have two hashes", s, swapped)
		}
		if hashOf(s) != hashOf(strings.Clone(s)) {
			t.Fatalf("%q has two hashes", s)
		}
		if other, ok := seen[hashOf(s)]; ok && other != s {
			collisions++
		}
		seen[hashOf(s)] = s
	}
	if collisions > 2 {
		t.Errorf("%d of %d hashes collide", collisions, len(seen))
	}
}

// TestBegin holds the reading of requests against the plain rules.
func TestBegin(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	actions, arns := 0, 0
	for range 300_000 {
		s := pickOne(r, "", "", "s3:") + someText(r, "abcAZ19-:!~")
		if r.IntN(4) == 0 {
			s += someText(r, "\x00 \x1f\x7f*?:é\xff\x80")
		}
		want := strings.Count(s, ":") == 1 && s[0] != ':' && s[len(s)-1] != ':' && !strings.ContainsAny(s, "*?") &&
			strings.IndexFunc(s, func(r rune) bool { return r <= ' ' || r >= 0x7F }) < 0
		if isAction(s) != want {
			t.Fatalf("%q is an action: %v", s, !want)
		}
		if want {
			actions++
		}
		s = pickOne(r, "", "arn:", "arn:aws:", "arn:aws:s3:::") + someText(r, pickOne(r, "abc:/", "ab:é\xff", ":"))
		a, err := arn.Parse(s)
		var c colons
		if c.find(s) != (err == nil) {
			t.Fatalf("%q is an ARN: %v", s, err)
		}
		if err != nil {
			continue
		}
		arns++
		if got := (arn.ARN{Partition: c.part(s, 0), Service: c.part(s, servicePart), Region: c.part(s, regionPart), Account: c.part(s, accountPart), Resource: c.part(s, resourcePart)}); got != a {
			t.Fatalf("%q: %+v, want %+v", s, got, a)
		}
	}
	if actions < 1000 || arns < 1000 {
		t.Errorf("only %d actions and %d ARNs: the test tests little", actions, arns)
	}
	for n := maxAction - 1; n <= maxAction+1; n++ {
		if got := isAction("s3:" + strings.Repeat("a", n-3)); got != (n <= maxAction) {
			t.Errorf("an action of %d bytes: %v", n, got)
		}
	}
	for n := arn.MaxLength - 1; n <= arn.MaxLength+1; n++ {
		var c colons
		if got := c.find("arn:aws:s3:::" + strings.Repeat("a", n-13)); got != (n <= arn.MaxLength) {
			t.Errorf("an ARN of %d bytes: %v", n, got)
		}
	}
}

func pickOne(r *rand.Rand, from ...string) string { return from[r.IntN(len(from))] }

// TestContextSlots: all keys are found however many there are, and a context that shares those of another does not change it.
func TestContextSlots(t *testing.T) {
	c := &Context{}
	for i := range 1000 {
		c.Set("aws:RequestTag/K"+strconv.Itoa(i), strconv.Itoa(i))
		for _, j := range []int{0, i / 2, i} {
			if v, _, ok := c.Lookup("AWS:requesttag/k" + strconv.Itoa(j)); !ok || v[0] != strconv.Itoa(j) {
				t.Fatalf("with %d keys, number %d is %v", i, j, v)
			}
		}
		if _, _, ok := c.Lookup("aws:RequestTag/K" + strconv.Itoa(i+1)); ok {
			t.Fatalf("key %d is there before it is set", i+1)
		}
	}
	base := &Context{}
	base.Set("t:a", "base")
	base.Set("t:b", "base")
	top := &Context{}
	top.Set("t:a", "top")
	over := top.Over(base)
	over.Set("t:a", "over")
	over.Set("t:c", "over")
	for _, tt := range []struct {
		in        *Context
		key, want string
	}{{over, "t:a", "over"}, {over, "t:b", "base"}, {over, "t:c", "over"}, {top, "t:a", "top"}, {top, "t:c", ""}, {base, "t:a", "base"}} {
		v, _, ok := tt.in.Lookup(tt.key)
		if ok != (tt.want != "") || ok && v[0] != tt.want {
			t.Errorf("%s is %v, want %q", tt.key, v, tt.want)
		}
	}
}
