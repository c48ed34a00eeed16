package s3

import (
	"testing"
	"time"
)

// TestPatience: the largest copy fits at ten megabytes a second and more than the
// server's limit for all requests.
func TestPatience(t *testing.T) {
	if got := new(API).Service().Patience; got < maxPut/(10<<20)*time.Second || got < 10*time.Minute {
		t.Errorf("an answer may take %s to begin", got)
	}
}
