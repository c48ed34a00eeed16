package main

import (
	"context"
	"fmt"
)

const (
	signers         = 16 // connections
	tokensOfSignIn  = 2  // ID token and access token are signed; the refresh token is not a JWT
	leastTokenBytes = 1000
)

// signIns compares password sign-ins of a second of CPU with the signatures that
// they cannot do without.
func signIns(ctx context.Context, b *bench) error {
	w, err := b.newWorld(ctx)
	if err != nil {
		return err
	}
	rsa, err := limit(ctx, "rsa")
	if err != nil {
		return err
	}
	defer rsa.kill()
	ours, err := dialPool(w.addr, signers)
	if err != nil {
		return err
	}
	defer ours.close()
	requests := make([][]byte, users)
	for i := range requests {
		if requests[i], err = raw(request(ctx, w.addr, nil, "cognito-idp", "InitiateAuth", w.signInRequest(i))); err != nil {
			return err
		}
	}

	b.say("sign-in: %d rounds of %v on each side", b.rounds, b.time)
	var rates, bare, ratios, wall []float64
	for range b.rounds {
		l, err := rsa.sampleRound(b.time)
		if err != nil {
			return err
		}
		s, err := ours.sample(w.server, requests, leastTokenBytes, b.time)
		if err != nil {
			return err
		}
		best := l.coreRate() / tokensOfSignIn
		rates, bare = append(rates, s.coreRate()), append(bare, best)
		ratios, wall = append(ratios, s.coreRate()/best), append(wall, s.rate())
	}
	b.add(row{
		Name: "signin", What: "password sign-ins a core-second", Unit: "/s", Measured: median(rates), Limit: median(bare), LimitIs: "2 RSA-2048 signatures",
		Ratio: median(ratios), Spread: spread(ratios), Target: 0.7, Met: median(ratios) >= 0.7,
		Note: fmt.Sprintf("%.2f ms of CPU a sign-in, of which %.2f ms are signatures; %.0f/s on all cores", 1e3/median(rates), 1e3/median(bare), median(wall)),
	})
	return nil
}
