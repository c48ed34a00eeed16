package policy

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// TestReadLines holds what is read by words against what is read by bytes: whether a text is plain, and where its lines end.
func TestReadLines(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 9))
	const bytes = "aaaaaa  \n\n\r\t\x1f!~\x7f"
	const rare = "\x00\x07\x08\x0b\x0c\x0e\x1f\x80\xff"
	plain := 0
	for range 4_000 {
		var text []byte
		for range r.IntN(30) {
			text = append(text, bytes[r.IntN(len(bytes))])
			if text[len(text)-1] == 0x1f {
				text[len(text)-1] = 'b'
			}
		}
		if len(text) > 0 && r.IntN(3) == 0 {
			text[r.IntN(len(text))] = rare[r.IntN(len(rare))]
		}
		var ends []int32
		want := true
		for i, c := range text {
			if c == '\n' {
				ends = append(ends, int32(i))
			}
			want = want && c < 0x80 && (c >= 0x20 || c == '\t' || c == '\n' || c == '\r')
		}
		b := &builder{text: string(text)}
		if got := b.readLines(); got != want {
			t.Fatalf("%q is plain: %v", text, got)
		}
		if want {
			plain++
			if !slices.Equal(b.lines, ends) {
				t.Fatalf("lines of %q end at %v, want %v", text, b.lines, ends)
			}
		}
	}
	if plain < 1000 {
		t.Errorf("%d texts are plain: the test tests little", plain)
	}
}

// TestHashValues pins hashes: not that they must be these, but that a change of one is meant.
func TestHashValues(t *testing.T) {
	for text, want := range map[string][2]uint64{
		"":                 {0x74dd2f32e5dc6634, 0},
		"a":                {0xfb056aaf4329cb3e, 0x54cda58fef23226f},
		"arn:aws:s3:::b/k": {0x26ca5f09355995ef, 0xd897cae32d2773e5},
		"s3:GetObject":     {0x201d765152708ed6, 0xe3d7bf2a9af58b3f},
		"arn:aws:dynamodb:us-east-1:111122223333:table/T": {0xc72f7eeb8f260d40, 0x343c7a4d9162a47a},
	} {
		if got := [2]uint64{hashOf(text), foldedHash(text)}; got != want {
			t.Errorf("%q: {%#x, %#x}", text, got[0], got[1])
		}
	}
}
