package store

import (
	"math"
	"time"
)

// ExpiryNanos is the instant of an expiry as engines store it: Unix
// nanoseconds, at least 1 because 0 means never. Instants before 1970 (the zero
// Time, a forgotten field) have passed; instants after 2262, where the count
// overflows and would turn an eternal record into an expired one, become the
// last that it can name.
func ExpiryNanos(t time.Time) int64 {
	if t.Unix() >= math.MaxInt64/int64(time.Second) {
		return math.MaxInt64
	}
	if t.Unix() < 0 {
		return 1
	}
	return max(t.UnixNano(), 1)
}
