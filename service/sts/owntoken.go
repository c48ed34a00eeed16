package sts

import (
	"context"
	"fmt"
	"time"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/policy"
)

// How long sessions of users and of root are, if they do not say or may not be
// longer. The bounds of DurationSeconds, 900 s and 36 h, are in the API model.
// Source: STS API Reference, GetSessionToken.
const (
	ownDuration = 12 * time.Hour
	rootMax     = time.Hour
)

// getSessionToken gives a user or root temporary credentials that speak for the
// same user or root. They gain nothing: all policies of the user apply, and
// policies can tell them by aws:TokenIssueTime. No policy can refuse it, and a
// session cannot renew itself.
func (a *API) getSessionToken(ctx context.Context, call *bailiwick.Call, in *GetSessionTokenRequest) (*GetSessionTokenResponse, error) {
	who := call.Who
	switch {
	case who.Session != nil || who.Type != policy.User && who.Type != policy.Account:
		return nil, bailiwick.Errorf(bailiwick.CodeAccessDenied, "Cannot call GetSessionToken with session credentials")
	case in.SerialNumber != nil || in.TokenCode != nil:
		call.Note("The request names an MFA device; there are none here.")
		return nil, bailiwick.Errorf(bailiwick.CodeAccessDenied, "MultiFactorAuthentication failed with invalid MFA one time pass code.")
	}
	if _, err := a.Policies.Attached(ctx, who); err != nil {
		return nil, fmt.Errorf("looking up the caller: %w", err)
	}
	duration := ownDuration
	if in.DurationSeconds != nil {
		duration = time.Duration(*in.DurationSeconds) * time.Second
	}
	if who.Type == policy.Account {
		duration = min(duration, rootMax) // AWS shortens it without an error
	}
	now := call.Time.UTC().Truncate(time.Second)
	cred, err := a.Sessions.Mint(bailiwick.Session{
		Account: who.Account, Issued: now, Expires: now.Add(duration),
		Self: &bailiwick.Self{Type: who.Type, ARN: who.ARN, ID: who.ID, Name: who.Name},
	})
	if err != nil {
		return nil, fmt.Errorf("minting credentials of %s: %w", who.ARN, err)
	}
	shown, _ := output(cred)
	return &GetSessionTokenResponse{Credentials: shown}, nil
}

// notForOwnSessions refuses what credentials of GetSessionToken may not do in STS:
// all but AssumeRole and GetCallerIdentity.
func notForOwnSessions(call *bailiwick.Call) error {
	if s := call.Who.Session; s != nil && s.Self != nil {
		return bailiwick.Errorf(bailiwick.CodeAccessDenied, "Cannot call %s with session credentials", call.Operation)
	}
	return nil
}
