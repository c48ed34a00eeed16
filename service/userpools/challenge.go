package userpools

import (
	"context"

	"github.com/bailiwick-project/bailiwick"
)

func (a *API) respondToAuthChallenge(ctx context.Context, call *bailiwick.Call, in *RespondToAuthChallengeRequest) (*RespondToAuthChallengeResponse, error) {
	s, err := a.publicSignIn(ctx, call, in.ClientId, in.ChallengeResponses)
	if err != nil {
		return nil, err
	}
	s.metadata = in.ClientMetadata
	next, err := a.respond(ctx, s, value(in.ChallengeName), value(in.Session))
	if err != nil {
		return nil, err
	}
	return &RespondToAuthChallengeResponse{
		AuthenticationResult: next.result, ChallengeName: optional(next.challenge), ChallengeParameters: next.parameters(), Session: optional(next.session),
	}, nil
}

func (a *API) adminRespondToAuthChallenge(ctx context.Context, call *bailiwick.Call, in *AdminRespondToAuthChallengeRequest) (*AdminRespondToAuthChallengeResponse, error) {
	s, err := a.adminSignIn(ctx, call, in.UserPoolId, in.ClientId, in.ChallengeResponses)
	if err != nil {
		return nil, err
	}
	s.metadata = in.ClientMetadata
	next, err := a.respond(ctx, s, value(in.ChallengeName), value(in.Session))
	if err != nil {
		return nil, err
	}
	return &AdminRespondToAuthChallengeResponse{
		AuthenticationResult: next.result, ChallengeName: optional(next.challenge), ChallengeParameters: next.parameters(), Session: optional(next.session),
	}, nil
}

// respond takes the answer to a challenge. The state of PASSWORD_VERIFIER is in its
// SECRET_BLOCK: clients of all ages answer it without a Session.
func (a *API) respond(ctx context.Context, s *signIn, challenge, session string) (*step, error) {
	switch challenge {
	case challengeVerifier:
		return a.answerSRP(ctx, s, session)
	case challengeNew:
		return a.answerNewPassword(ctx, s, session)
	case challengeToken:
		return a.answerSoftwareToken(ctx, s, session)
	case challengeSetup:
		return a.answerSetup(ctx, s, session)
	case challengeSelect, challengePassword, challengeSRP:
		return a.answerChoice(ctx, s, challenge, session)
	}
	return nil, invalid("The challenge %s is not supported by this server.", challenge)
}
