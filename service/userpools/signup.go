package userpools

import (
	"context"
	"errors"
	"time"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/srp"
	"github.com/bailiwick-project/bailiwick/store"
)

// enter finds the client that a public operation names and checks that the
// caller knows its secret, if it has one. username is as the caller typed it.
func (a *API) enter(call *bailiwick.Call, r store.Reader, clientID, username, hash *string) (*client, *pool, error) {
	c, p, err := getClient(r, value(clientID))
	if err != nil {
		return nil, nil, err
	}
	call.Concerns(p.Account)
	return c, p, c.checkSecretHash(value(hash), value(username))
}

// checkSecretHash checks SECRET_HASH; any of the usernames may be inside.
func (c *client) checkSecretHash(hash string, usernames ...string) error {
	switch {
	case c.Secret == "" && hash == "":
		return nil
	case c.Secret == "":
		return notAuthorized("Client %s is not configured with secret but SECRET_HASH was received", c.ID)
	case hash == "":
		return notAuthorized("Client %s is configured with secret but SECRET_HASH was not received", c.ID)
	}
	good := false
	for _, name := range usernames {
		good = srp.CheckSecretHash(hash, c.Secret, name, c.ID) || good
	}
	if !good {
		return notAuthorized("SecretHash does not match for the client: %s", c.ID)
	}
	return nil
}

// signUp makes a user who is not confirmed yet and sends the code that confirms.
func (a *API) signUp(ctx context.Context, call *bailiwick.Call, in *SignUpRequest) (*SignUpResponse, error) {
	if in.Password == nil {
		return nil, invalid("1 validation error detected: Value at 'password' failed to satisfy constraint: Member must not be null")
	}
	given, err := readAttributes(in.UserAttributes)
	if err != nil {
		return nil, err
	}
	var c *client
	var p *pool
	err = a.Store.View(ctx, func(r store.Reader) error {
		c, p, err = a.enter(call, r, in.ClientId, in.Username, in.SecretHash)
		return err
	})
	if err != nil {
		return nil, err
	}
	if err := p.mayJoin(c, *in.Password, given); err != nil {
		return nil, err
	}
	draft, err := a.newUser(p, value(in.Username), given, call.Time)
	if err != nil {
		return nil, err
	}
	if _, err := p.newAttributes(writer{p.signUpClient(c)}, given); err != nil {
		return nil, err // a function is not asked about what is refused anyway
	}
	e := &enrolment{draft: draft, given: given, client: c.ID, password: *in.Password}
	if e.answer, err = a.askPreSignUp(ctx, call, p, c, draft, given, in); err != nil {
		return nil, err
	}
	if e.verifier, err = a.verifier(p, draft.Username, *in.Password); err != nil {
		return nil, err
	}
	if e.mail, err = a.newMail("CustomMessage_SignUp", c.ID, in.ClientMetadata); err != nil {
		return nil, err
	}
	var u *user
	out := &SignUpResponse{UserSub: &draft.Sub}
	err = a.decide(ctx, func(tx store.Tx) error {
		var err error
		u, out.CodeDeliveryDetails, err = a.enrol(tx, e, call.Time)
		return err
	})
	if err != nil {
		return nil, err
	}
	out.UserConfirmed = ptr(u.Status == statusConfirmed)
	if u.Status == statusConfirmed {
		err = a.tellConfirmed(ctx, call, confirmedSignUp, p, c.ID, u, in.ClientMetadata)
	} else {
		err = a.deliver(ctx, call, p, e.mail)
	}
	if err != nil {
		return nil, err
	}
	return out, nil
}

// An enrolment is a sign-up that waits to be stored.
type enrolment struct {
	draft    *user
	given    map[string]string
	client   string // id
	password string
	answer   preSignUpAnswer
	verifier *verifier
	mail     *mail
}

// enrol stores a user who signs up, by the rules of this moment. It answers the
// user, and where the code that confirms went.
func (a *API) enrol(tx store.Tx, e *enrolment, now time.Time) (*user, *CodeDeliveryDetailsType, error) {
	e.mail.reset()
	c, p, err := getClient(tx, e.client)
	if err != nil {
		return nil, nil, err
	}
	if err := p.mayJoin(c, e.password, e.given); err != nil {
		return nil, nil, err
	}
	u := e.draft.clone()
	if u.Attributes, err = p.newAttributes(writer{p.signUpClient(c)}, e.given); err != nil {
		return nil, nil, err
	}
	e.verifier.give(u)
	u.Status = statusUnconfirmed
	e.answer.give(u)
	if err := claimAliases(tx, p, nil, u, e.answer.verifies()); err != nil {
		return nil, nil, p.nameTaken(err, "User already exists")
	}
	attribute := p.autoVerified(u)
	if attribute == "" || u.Status == statusConfirmed {
		return u, nil, nil
	}
	sent, err := a.issueCode(tx, p, u, codeSignUp, attribute, u.Attributes[attribute], e.mail, now)
	return u, sent, err
}

// mayJoin holds a sign-up against the rules of the pool and the client.
func (p *pool) mayJoin(c *client, password string, given map[string]string) error {
	if p.Settings.AdminOnly {
		return notAuthorized("SignUp is not permitted for this user pool")
	}
	for name := range given {
		if _, ok := p.attribute(name); ok && !c.writes(name) && !has(p.UsernameAttributes, name) {
			return errUnauthorizedWrite
		}
	}
	if given["preferred_username"] != "" && has(p.AliasAttributes, "preferred_username") {
		return invalid("Preferred username cannot be provided for unconfirmed account, since user pool is configured for preferred username alias.")
	}
	return p.checkPassword(password)
}

// signUpClient is c with leave to write the attribute that is the username:
// whoever may sign up may have a name.
func (p *pool) signUpClient(c *client) *client {
	if len(c.WriteAttributes) == 0 {
		return c
	}
	wider := *c
	wider.WriteAttributes = append(append([]string{}, c.WriteAttributes...), p.UsernameAttributes...)
	return &wider
}

// autoVerified is the address that a new user's code goes to, "" for none: text
// messages come first. Source: Cognito Developer Guide, "Verifying updates".
func (p *pool) autoVerified(u *user) string {
	for _, name := range []string{"phone_number", "email"} {
		if has(p.Settings.AutoVerified, name) && u.Attributes[name] != "" {
			return name
		}
	}
	return ""
}

// errNoCombination is what confirming an unknown name says when users are not hidden.
var errNoCombination = bailiwick.Errorf(codeUserNotFound, "Username/client id combination not found.")

// confirmSignUp confirms a user with the code; the address that it was sent to is
// verified and, as an alias, the user's own from now on.
func (a *API) confirmSignUp(ctx context.Context, call *bailiwick.Call, in *ConfirmSignUpRequest) (*ConfirmSignUpResponse, error) {
	var told error
	var p *pool
	var next *user
	err := a.decide(ctx, func(tx store.Tx) error {
		told = nil
		c, own, err := a.enter(call, tx, in.ClientId, in.Username, in.SecretHash)
		if err != nil {
			return err
		}
		p = own
		u, err := findUser(tx, p, value(in.Username))
		if errors.Is(err, errNoUser) {
			told, err = a.noUser(tx, c, p, value(in.Username), codeSignUp, errNoCombination, errCodeExpired, call)
			return err
		}
		if err != nil {
			return err
		}
		if err := confirmable(u); err != nil {
			return err
		}
		if !u.Enabled {
			return errDisabled
		}
		rec, refusal, err := a.redeemCode(tx, p.ID, u.Sub, codeSignUp, value(in.ConfirmationCode), call.Time)
		if err != nil || refusal != nil {
			told = refusal
			return err
		}
		next = u.clone()
		next.Status, next.Modified = statusConfirmed, call.Time
		if next.Attributes[rec.Attribute] == rec.Value { // the code proves the address it went to, no other
			next.Attributes[rec.Attribute+"_verified"] = "true"
		}
		return claimAliases(tx, p, u, next, value(in.ForceAliasCreation))
	})
	if err = errors.Join(err, told); err != nil {
		return nil, err
	}
	if err := a.tellConfirmed(ctx, call, confirmedSignUp, p, value(in.ClientId), next, in.ClientMetadata); err != nil {
		return nil, err
	}
	return &ConfirmSignUpResponse{}, nil
}

// noUser answers for a name that is nobody's: plain where the client shows who
// exists, hidden where it does not, with attempts counted as for a user.
func (a *API) noUser(tx store.Tx, c *client, p *pool, name string, purpose codePurpose, plain, hidden error, call *bailiwick.Call) (told, err error) {
	call.Note("no user of pool %s has the name that was given", p.ID)
	if !c.hidesUsers() {
		return plain, nil
	}
	who := a.nobody(p, name)
	if refusal, err := a.spent(tx, p.ID, who, string(purpose), purpose.guesses(), call.Time); refusal != nil || err != nil {
		return refusal, err
	}
	return hidden, a.count(tx, p.ID, who, string(purpose), call.Time)
}

// resendConfirmationCode sends a new code to a user who is not confirmed.
func (a *API) resendConfirmationCode(ctx context.Context, call *bailiwick.Call, in *ResendConfirmationCodeRequest) (*ResendConfirmationCodeResponse, error) {
	m, err := a.newMail("CustomMessage_ResendCode", value(in.ClientId), in.ClientMetadata)
	if err != nil {
		return nil, err
	}
	out := &ResendConfirmationCodeResponse{}
	var told error
	var p *pool
	err = a.decide(ctx, func(tx store.Tx) error {
		told = nil
		m.reset()
		c, own, err := a.enter(call, tx, in.ClientId, in.Username, in.SecretHash)
		if err != nil {
			return err
		}
		p = own
		u, err := findUser(tx, p, value(in.Username))
		if errors.Is(err, errNoUser) || err == nil && !u.Enabled && c.hidesUsers() {
			out.CodeDeliveryDetails, told, err = a.pretendToSend(tx, c, p, value(in.Username), codeSignUp, p.Settings.AutoVerified, call)
			return err
		}
		switch {
		case err != nil:
			return err
		case !u.Enabled:
			return errDisabled
		case u.Status != statusUnconfirmed:
			return invalid("User is already confirmed.")
		}
		attribute := p.autoVerified(u)
		if attribute == "" {
			return invalid("Cannot resend codes. Auto verification not turned on.")
		}
		if told, err = a.countSending(tx, p.ID, u.Sub, codeSignUp, call.Time); told != nil || err != nil {
			return err
		}
		out.CodeDeliveryDetails, err = a.issueCode(tx, p, u, codeSignUp, attribute, u.Attributes[attribute], m, call.Time)
		return err
	})
	if err = errors.Join(err, told); err != nil {
		return nil, err
	}
	if err := a.deliver(ctx, call, p, m); err != nil {
		return nil, err
	}
	return out, nil
}
