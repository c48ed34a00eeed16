package userpools

import (
	"context"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/store"
)

// A signIn is a request to sign in, or the next step of one: where, and with what.
type signIn struct {
	call   *bailiwick.Call
	pool   *pool
	client *client
	params map[string]string // AuthParameters or ChallengeResponses
	admin  bool              // asked by an administrator's back end
	choice bool              // the flow is USER_AUTH

	opens      bool              // the first step: PreAuthentication runs
	validation map[string]string // ClientMetadata of the first step, for PreAuthentication alone
	metadata   map[string]string // ClientMetadata of a later step or a refresh, for the functions that follow
}

// A step is the answer: tokens, or what is asked next.
type step struct {
	result    *AuthenticationResultType
	challenge string
	params    map[string]string
	session   string
	available []string // AvailableChallenges of SELECT_CHALLENGE
}

// Sentences of a sign-in that fails.
var (
	errLocked         = notAuthorized("Password attempts exceeded")
	errTemporaryEnded = notAuthorized("Temporary password has expired and must be reset by an administrator.")
	errBadSession     = notAuthorized("Invalid session for the user.")
	errSessionEnded   = notAuthorized("Invalid session for the user, session is expired.")
)

func (a *API) initiateAuth(ctx context.Context, call *bailiwick.Call, in *InitiateAuthRequest) (*InitiateAuthResponse, error) {
	s, err := a.publicSignIn(ctx, call, in.ClientId, in.AuthParameters)
	if err != nil {
		return nil, err
	}
	s.validation = in.ClientMetadata
	next, err := a.initiate(ctx, s, value(in.AuthFlow))
	if err != nil {
		return nil, err
	}
	return &InitiateAuthResponse{
		AuthenticationResult: next.result, ChallengeName: optional(next.challenge), ChallengeParameters: next.parameters(), Session: optional(next.session),
		AvailableChallenges: next.available,
	}, nil
}

func (a *API) adminInitiateAuth(ctx context.Context, call *bailiwick.Call, in *AdminInitiateAuthRequest) (*AdminInitiateAuthResponse, error) {
	s, err := a.adminSignIn(ctx, call, in.UserPoolId, in.ClientId, in.AuthParameters)
	if err != nil {
		return nil, err
	}
	s.validation = in.ClientMetadata
	next, err := a.initiate(ctx, s, value(in.AuthFlow))
	if err != nil {
		return nil, err
	}
	return &AdminInitiateAuthResponse{
		AuthenticationResult: next.result, ChallengeName: optional(next.challenge), ChallengeParameters: next.parameters(), Session: optional(next.session),
		AvailableChallenges: next.available,
	}, nil
}

// parameters is never nil: clients read the map without asking.
func (n *step) parameters() map[string]string {
	if n.params == nil {
		return map[string]string{}
	}
	return n.params
}

// publicSignIn finds the client by its id alone.
func (a *API) publicSignIn(ctx context.Context, call *bailiwick.Call, clientID *string, params map[string]string) (*signIn, error) {
	s := &signIn{call: call, params: params}
	err := a.Store.View(ctx, func(r store.Reader) error {
		var err error
		if s.client, s.pool, err = getClient(r, value(clientID)); err == nil {
			call.Concerns(s.pool.Account)
		}
		return err
	})
	return s, err
}

// adminSignIn finds the client in a pool of the caller.
func (a *API) adminSignIn(ctx context.Context, call *bailiwick.Call, poolID, clientID *string, params map[string]string) (*signIn, error) {
	s := &signIn{call: call, params: params, admin: true}
	err := a.Store.View(ctx, func(r store.Reader) error {
		var err error
		if s.pool, err = ownPool(r, call, value(poolID)); err != nil {
			return err
		}
		s.client, err = clientOf(r, s.pool, value(clientID))
		return err
	})
	return s, err
}

// initiate begins a flow, if it is open at the client.
func (a *API) initiate(ctx context.Context, s *signIn, flow string) (*step, error) {
	if err := s.open(flow); err != nil {
		return nil, err
	}
	s.opens = true
	switch flow {
	case "USER_SRP_AUTH":
		return a.startSRP(ctx, s)
	case "USER_PASSWORD_AUTH", "ADMIN_USER_PASSWORD_AUTH", "ADMIN_NO_SRP_AUTH":
		return a.signInWithPassword(ctx, s)
	case "REFRESH_TOKEN_AUTH", "REFRESH_TOKEN":
		return a.signInWithRefreshToken(ctx, s)
	case "USER_AUTH":
		return a.startChoice(ctx, s)
	case "CUSTOM_AUTH": // the triggers that would ask the questions are refused when a pool is made
		return nil, invalid("Custom auth lambda trigger is not configured for the user pool.")
	}
	return nil, invalid("%s flow is not supported by this server.", flow)
}

// open refuses a flow that the client does not have.
func (s *signIn) open(flow string) error {
	c := s.client
	switch flow {
	case "ADMIN_USER_PASSWORD_AUTH", "ADMIN_NO_SRP_AUTH":
		if !s.admin {
			return invalid("Initiate Auth method not supported.")
		}
		if !c.allows("ADMIN_USER_PASSWORD_AUTH") && !c.allows("ADMIN_NO_SRP_AUTH") {
			return invalid("Auth flow not enabled for this client")
		}
		return nil
	case "REFRESH_TOKEN_AUTH", "REFRESH_TOKEN":
		if c.rotates() || !c.allows("REFRESH_TOKEN_AUTH") && !c.legacyFlows() {
			return invalid("REFRESH_TOKEN_AUTH flow not enabled for this client")
		}
		return nil
	case "USER_SRP_AUTH":
		if c.legacyFlows() && !has(c.AuthFlows, "CUSTOM_AUTH_FLOW_ONLY") {
			return nil
		}
	}
	if !c.allows(flow) && flow != "USER_PASSWORD_AUTH" {
		return invalid("%s is not enabled for the client.", flow)
	}
	if !c.allows(flow) {
		return invalid("%s flow not enabled for this client", flow)
	}
	return nil
}

// legacyFlows tells that the client's list is of the old kind, which only adds to
// SRP and refresh. Source: CreateUserPoolClient, "ExplicitAuthFlows".
func (c *client) legacyFlows() bool {
	for _, f := range c.AuthFlows {
		if len(f) > 6 && f[:6] == "ALLOW_" {
			return false
		}
	}
	return true
}

// param is a parameter that the flow cannot do without.
func (s *signIn) param(name string) (string, error) {
	if v := s.params[name]; v != "" {
		return v, nil
	}
	return "", invalid("Missing required parameter %s", name)
}

// username is the parameter USERNAME. Longer names than anyone could have are not
// carried around.
func (s *signIn) username() (string, error) {
	name, err := s.param("USERNAME")
	if err == nil && len(name) > maxHandle {
		return "", invalid("1 validation error detected: Value at 'username' failed to satisfy constraint: Member must have length less than or equal to %d", maxValueLength)
	}
	return name, err
}
