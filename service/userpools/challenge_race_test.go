package userpools_test

import (
	"sync"
	"testing"
)

// TestOnceInParallel: what is good once is good once, however many ask at a time.
func TestOnceInParallel(t *testing.T) {
	const many = 8
	r := invited(t)
	fresh, _ := r.door("ExplicitAuthFlows", []string{"ALLOW_USER_PASSWORD_AUTH"}, "RefreshTokenRotation", m{"Feature": "ENABLED", "RetryGracePeriodSeconds": 0})
	app := r.app
	r.app = fresh
	rotated := r.in().refresh
	r.app = app
	for name, c := range map[string]struct{ operation, in, told, then string }{
		"SECRET_BLOCK": {"RespondToAuthChallenge", doc("ClientId", r.app, "ChallengeName", "PASSWORD_VERIFIER",
			"ChallengeResponses", r.responses(r.startSRP("alice", password))), sessionEnded, sessionEnded},
		"Session": {"RespondToAuthChallenge", doc("ClientId", r.app, "ChallengeName", "NEW_PASSWORD_REQUIRED", "Session", r.try("carol", password).session,
			"ChallengeResponses", m{"USERNAME": "carol", "NEW_PASSWORD": "Another1!", "userAttributes.name": "Carol"}), sessionEnded, sessionEnded},
		"refresh token": {"GetTokensFromRefreshToken", doc("ClientId", fresh, "RefreshToken", rotated), reused, refreshRevoked},
	} {
		t.Run(name, func(t *testing.T) {
			var mu sync.Mutex
			heard := map[string]int{}
			var wg sync.WaitGroup
			for range many {
				wg.Go(func() {
					message := r.post(c.operation, c.in)
					mu.Lock()
					defer mu.Unlock()
					heard[message]++
				})
			}
			wg.Wait()
			others := heard[c.told]
			if c.then != c.told { // the first to come too late ends the session for all
				others += heard[c.then]
			}
			if heard[""] != 1 || heard[c.told] == 0 || others != many-1 {
				t.Error(heard)
			}
		})
	}
}
