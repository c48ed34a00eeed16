package userpools

import (
	"context"

	"github.com/bailiwick-project/bailiwick"
)

// A preSignUpAnswer is what a PreSignUp function grants to a user who signs up.
type preSignUpAnswer struct{ confirm, verifyEmail, verifyPhone bool }

// askPreSignUp runs PreSignUp before the user is stored. draft has the names of the
// user, given the attributes that were sent.
func (a *API) askPreSignUp(ctx context.Context, call *bailiwick.Call, p *pool, c *client, draft *user, given map[string]string, in *SignUpRequest) (preSignUpAnswer, error) {
	validation, err := validationData(in.ValidationData)
	if err != nil {
		return preSignUpAnswer{}, err
	}
	t := p.preSignUp("PreSignUp_SignUp", c.ID, draft, given, validation, in.ClientMetadata)
	response, err := a.run(ctx, call, t)
	if err != nil || response == nil {
		return preSignUpAnswer{}, err
	}
	var out preSignUpAnswer
	for name, flag := range map[string]*bool{"autoConfirmUser": &out.confirm, "autoVerifyEmail": &out.verifyEmail, "autoVerifyPhone": &out.verifyPhone} {
		if *flag, err = response.flag(name); err != nil {
			return preSignUpAnswer{}, t.misunderstood(call, err)
		}
	}
	for _, v := range []struct {
		set             bool
		name, attribute string
	}{{out.verifyEmail, "autoVerifyEmail", "email"}, {out.verifyPhone, "autoVerifyPhone", "phone_number"}} {
		if v.set && given[v.attribute] == "" {
			err := bailiwick.Errorf("InvalidLambdaResponseException", "Invalid lambda function output : %s is set and the user has no %s.", v.name, v.attribute)
			return preSignUpAnswer{}, t.misunderstood(call, err)
		}
	}
	return out, nil
}

// give marks a new user as the function wants it.
func (s preSignUpAnswer) give(u *user) {
	if s.confirm {
		u.Status = statusConfirmed
	}
	if s.verifyEmail {
		u.Attributes["email_verified"] = "true"
	}
	if s.verifyPhone {
		u.Attributes["phone_number_verified"] = "true"
	}
}

// verifies tells that aliases come with the answer.
func (s preSignUpAnswer) verifies() bool { return s.verifyEmail || s.verifyPhone }

// preSignUp is the trigger for a user who does not exist yet: no sub, no status.
func (p *pool) preSignUp(source, client string, draft *user, given, validation, metadata map[string]string) *trigger {
	attributes := map[string]string{}
	for name, v := range given {
		if v != "" {
			attributes[name] = v
		}
	}
	return &trigger{
		name: preSignUp, source: source, pool: p, username: draft.Username, client: client,
		request:  withMetadata(map[string]any{"userAttributes": attributes, "validationData": orNull(validation)}, metadata),
		response: map[string]any{"autoConfirmUser": false, "autoVerifyEmail": false, "autoVerifyPhone": false},
	}
}

// askPreSignUpOfAdmin runs PreSignUp for a user that an administrator makes. It may
// fail the operation; what it answers counts for nothing.
func (a *API) askPreSignUpOfAdmin(ctx context.Context, call *bailiwick.Call, p *pool, draft *user, given map[string]string, in *AdminCreateUserRequest) error {
	validation, err := validationData(in.ValidationData)
	if err != nil {
		return err
	}
	_, err = a.run(ctx, call, p.preSignUp("PreSignUp_AdminCreateUser", noClient, draft, given, validation, in.ClientMetadata))
	return err
}

// validationData is for PreSignUp alone, and never stored.
func validationData(in []AttributeType) (map[string]string, error) {
	if len(in) == 0 {
		return nil, nil
	}
	if len(in) > maxAttributes {
		return nil, tooMany()
	}
	out := make(map[string]string, len(in))
	for _, v := range in {
		if _, twice := out[value(v.Name)]; twice {
			return nil, invalid("Duplicate attribute %s.", value(v.Name))
		}
		out[value(v.Name)] = value(v.Value)
	}
	return out, nil
}

// Sources of PostConfirmation.
const (
	confirmedSignUp   = "PostConfirmation_ConfirmSignUp"
	confirmedPassword = "PostConfirmation_ConfirmForgotPassword"
)

// tellConfirmed runs PostConfirmation. It comes after the fact: if it fails, the
// client hears so and the user remains confirmed.
func (a *API) tellConfirmed(ctx context.Context, call *bailiwick.Call, source string, p *pool, client string, u *user, metadata map[string]string) error {
	_, err := a.run(ctx, call, &trigger{
		name: postConfirmation, source: source, pool: p, username: u.Username, client: client,
		request: withMetadata(map[string]any{"userAttributes": p.triggerAttributes(u)}, metadata),
	})
	return err
}
