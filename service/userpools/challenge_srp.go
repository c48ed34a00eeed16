package userpools

import (
	"context"
	"encoding/base64"
	"fmt"
	"time"

	"github.com/bailiwick-project/bailiwick/srp"
)

// timestampWindow is how far the client's clock may be off.
const timestampWindow = 5 * time.Minute

// answerSRP takes the answer to PASSWORD_VERIFIER.
func (a *API) answerSRP(ctx context.Context, s *signIn, text string) (*step, error) {
	given := map[string]string{}
	for _, name := range []string{"USERNAME", "PASSWORD_CLAIM_SECRET_BLOCK", "PASSWORD_CLAIM_SIGNATURE", "TIMESTAMP"} {
		v, err := s.param(name)
		if err != nil {
			return nil, err
		}
		given[name] = v
	}
	raw, err := base64.StdEncoding.Strict().DecodeString(given["PASSWORD_CLAIM_SECRET_BLOCK"])
	block := new(secretBlock)
	if err == nil {
		err = a.unseal(useSecretBlock, raw, block)
	}
	if err != nil || block.Pool != s.pool.ID || block.Client != s.client.ID {
		s.call.Note("PASSWORD_CLAIM_SECRET_BLOCK is not one that this client was given")
		return nil, errWrongPassword
	}
	if !s.call.Time.Before(block.Expires) {
		s.call.Note("the SECRET_BLOCK ended at %s", block.Expires.UTC().Format(time.RFC3339))
		return nil, errSessionEnded
	}
	if block.Choice { // the flow has a Session, and it ends with the block
		if _, err := a.openSession(s, challengeVerifier, text); err != nil {
			return nil, err
		}
	}
	c, err := a.claimantBySub(ctx, s, block.Typed, block.Sub)
	if err != nil {
		return nil, err
	}
	if !s.names(c, given["USERNAME"]) {
		s.call.Note("USERNAME is not the one that the SECRET_BLOCK was made for")
		return nil, errWrongPassword
	}
	if at, err := srp.ParseTimestamp(given["TIMESTAMP"]); err != nil || at.Sub(s.call.Time).Abs() > timestampWindow {
		s.call.Note("TIMESTAMP %.64q is malformed, or the client's clock is off by more than %s", given["TIMESTAMP"], timestampWindow)
		return nil, errWrongPassword
	}
	right, err := a.checkClaim(s, c, block, raw, given)
	if err != nil {
		return nil, err
	}
	return a.settle(ctx, s, c, proof{right: right, once: &ticket{block.ID, block.Expires}})
}

// checkClaim does the arithmetic. A password that was changed since the first step
// has another verifier, with which the exchange comes to nothing.
func (a *API) checkClaim(s *signIn, c *claimant, block *secretBlock, raw []byte, given map[string]string) (bool, error) {
	exchange, err := a.SRP.ResumeServer(c.verifier, block.Secret)
	if err != nil {
		return false, fmt.Errorf("resuming an SRP exchange: %w", err)
	}
	key, err := exchange.Key(block.A)
	if err != nil {
		s.call.Note("the SRP exchange fails: %v", err)
		return false, nil
	}
	want := srp.Claim(key, s.pool.name(), c.id, raw, given["TIMESTAMP"])
	return srp.CheckClaim(want, given["PASSWORD_CLAIM_SIGNATURE"]), nil
}

// names tells whether a name means the claimant: as it was typed first, or the one
// that the server answered with.
func (s *signIn) names(c *claimant, name string) bool {
	name = s.pool.canonical(name)
	if name == s.pool.canonical(c.typed) || name == s.pool.canonical(c.id) {
		return true
	}
	return c.user != nil && contains(s.pool.handles(c.user), name)
}
