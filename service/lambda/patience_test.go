package lambda

import (
	"testing"
	"time"
)

// TestPatience: the answer of the longest function is waited for.
func TestPatience(t *testing.T) {
	if got := new(API).Service().Patience; got <= 15*time.Minute || got <= maxTimeout*time.Second {
		t.Errorf("an answer may take %s to begin", got)
	}
}
