package service

import (
	"math"
	"testing"
	"time"
)

// TestTimeFor: what a sender says of a length is no leave to hold a connection for
// ever, nor a reason to hang up.
func TestTimeFor(t *testing.T) {
	for length, want := range map[int64]time.Duration{
		-1: time.Minute, 0: time.Minute, slowest: time.Minute + time.Second, 5 << 20: time.Minute + 320*time.Second,
		1 << 40: time.Minute + longest, 160_000_000_000_000: time.Minute + longest, math.MaxInt64: time.Minute + longest, math.MinInt64: time.Minute,
	} {
		if got := timeFor(length); got != want {
			t.Errorf("%d bytes: %s, want %s", length, got, want)
		}
	}
}
