package sigv4

import (
	"math/rand/v2"
	"testing"
	"time"
)

// TestParseBasic holds the short parser against time.Parse.
func TestParseBasic(t *testing.T) {
	texts := []string{
		"20260102T030405Z", "20240229T000000Z", "20230229T000000Z", "20000229T235959Z", "19000229T000000Z", "20260631T000000Z", "20261231T235960Z",
		"20260102T240000Z", "20260102T006000Z", "20260002T000000Z", "20261302T000000Z", "20260100T000000Z", "00000101T000000Z", "99991231T235959Z",
		"20260102t030405Z", "20260102T030405z", "20260102 030405Z", "+2260102T030405Z", "2026-102T030405Z", "20260102T-30405Z", "2026010 T030405Z", "٢٠٢٦T0304Z",
	}
	for range 20_000 { // mostly dates, with one byte of anything
		at := time.Unix(rand.Int64N(250_000_000_000), 0).UTC()
		b := at.AppendFormat(nil, isoBasic)
		texts = append(texts, string(b))
		b[rand.IntN(len(b))] = byte(rand.IntN(256))
		texts = append(texts, string(b))
	}
	valid := 0
	for _, s := range texts {
		if len(s) != len(isoBasic) {
			continue
		}
		want, err := time.Parse(isoBasic, s)
		got, ok := parseDate(s)
		if ok != (err == nil) || ok && !got.Equal(want) {
			t.Errorf("%q: %v %v, time.Parse says %v %v", s, got, ok, want, err)
		}
		if ok {
			valid++
			if printed := string(appendBasic(nil, got)); printed != s || printed != got.Format(isoBasic) {
				t.Errorf("%q is printed as %q", s, printed)
			}
		}
	}
	if valid < 20_000 {
		t.Errorf("only %d dates were valid", valid)
	}
}
