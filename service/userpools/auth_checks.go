package userpools

import (
	"context"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/authz"
)

func (a *API) mayAdminInitiateAuth(ctx context.Context, call *bailiwick.Call, in *AdminInitiateAuthRequest) ([]authz.Check, error) {
	return a.onPool(ctx, call, "AdminInitiateAuth", value(in.UserPoolId))
}

func (a *API) mayAdminRespondToAuthChallenge(ctx context.Context, call *bailiwick.Call, in *AdminRespondToAuthChallengeRequest) ([]authz.Check, error) {
	return a.onPool(ctx, call, "AdminRespondToAuthChallenge", value(in.UserPoolId))
}
