package sts

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/bailiwick-project/bailiwick"
)

// getCallerIdentity needs valid credentials and nothing else: no policy can take
// it away, not even an explicit deny. Those of a role that is gone are not valid.
func (a *API) getCallerIdentity(ctx context.Context, call *bailiwick.Call, _ *GetCallerIdentityRequest) (*GetCallerIdentityResponse, error) {
	who := call.Who
	if _, err := a.Policies.Attached(ctx, who); err != nil {
		return nil, fmt.Errorf("looking up the caller: %w", err)
	}
	return &GetCallerIdentityResponse{Account: &who.Account, Arn: &who.ARN, UserId: &who.ID}, nil
}

// getAccessKeyInfo tells the account of a long-term key. Temporary keys need no
// storage here, and therefore tell nothing without their session token.
func (a *API) getAccessKeyInfo(ctx context.Context, call *bailiwick.Call, in *GetAccessKeyInfoRequest) (*GetAccessKeyInfoResponse, error) {
	if strings.HasPrefix(*in.AccessKeyId, "ASIA") {
		call.Note("Temporary access keys are not stored; only their session token tells the account.")
		return nil, unknownKey(*in.AccessKeyId)
	}
	c, err := a.Keys.Credential(ctx, *in.AccessKeyId)
	var e *bailiwick.Error
	switch {
	case errors.As(err, &e):
		return nil, unknownKey(*in.AccessKeyId)
	case err != nil:
		return nil, err
	}
	return &GetAccessKeyInfoResponse{Account: &c.Principal.Account}, nil
}

func unknownKey(id string) *bailiwick.Error {
	return validation("Access key ID %s is not valid.", id)
}
