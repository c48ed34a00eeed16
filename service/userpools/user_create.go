package userpools

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/store"
)

// newUser begins the record of a user who signs up or is made as name. In pools
// whose users sign in with an address the name is that address, and the internal
// name is the sub.
func (a *API) newUser(p *pool, name string, given map[string]string, now time.Time) (*user, error) {
	sub, err := uuid(a.Rand)
	if err != nil {
		return nil, err
	}
	u := &user{Pool: p.ID, Sub: sub, Username: name, Enabled: true, Created: now, Modified: now}
	if len(p.UsernameAttributes) == 0 {
		return u, p.checkUsername(name)
	}
	u.Username = sub
	attribute, err := p.usernameAttribute(name)
	if err != nil {
		return nil, err
	}
	if v, ok := given[attribute]; ok && p.canonical(v) != p.canonical(name) {
		return nil, invalid("The attribute %s does not match the username.", attribute)
	}
	if given[attribute] == "" {
		given[attribute] = name
	}
	return u, nil
}

// usernameAttribute tells which attribute a name is, where names are addresses.
func (p *pool) usernameAttribute(name string) (string, error) {
	email, phone := has(p.UsernameAttributes, "email"), has(p.UsernameAttributes, "phone_number")
	switch {
	case email && isEmail(name):
		return "email", nil
	case phone && isPhone(name):
		return "phone_number", nil
	case email && phone:
		return "", invalid("Username should be either an email or a phone number.")
	case email:
		return "", invalid("Username should be an email.")
	default:
		return "", invalid("Username should be a phone number.")
	}
}

// checkUsername keeps names that look like an alias out of pools that have it.
func (p *pool) checkUsername(name string) error {
	if has(p.AliasAttributes, "email") && isEmail(name) {
		return invalid("Username cannot be of email format, since user pool is configured for email alias.")
	}
	if has(p.AliasAttributes, "phone_number") && isPhone(name) {
		return invalid("Username cannot be of phone number format, since user pool is configured for phone number alias.")
	}
	return nil
}

// checkPreferred keeps a preferred_username that looks like another alias out of
// pools that have both: whoever took somebody's address as one would be found under
// it, and be given what is meant for its owner.
func (p *pool) checkPreferred(name string) error {
	switch {
	case !has(p.AliasAttributes, "preferred_username"):
	case has(p.AliasAttributes, "email") && isEmail(name):
		return invalid("Preferred username cannot be of email format, since user pool is configured for email alias.")
	case has(p.AliasAttributes, "phone_number") && isPhone(name):
		return invalid("Preferred username cannot be of phone number format, since user pool is configured for phone number alias.")
	}
	return nil
}

// nameTaken puts a takenError of somebody who is being made into AWS's words.
func (p *pool) nameTaken(err error, plain string) error {
	var taken *takenError
	if !errors.As(err, &taken) || taken.attribute == "preferred_username" {
		return err
	}
	switch {
	case has(p.UsernameAttributes, taken.attribute):
		return bailiwick.Errorf("UsernameExistsException", "An account with the given %s already exists.", taken.attribute)
	case taken.attribute == "username":
		return bailiwick.Errorf("UsernameExistsException", "%s", plain)
	}
	return err
}

// adminCreateUser makes a user with a temporary password, or sends the invitation
// anew.
func (a *API) adminCreateUser(ctx context.Context, call *bailiwick.Call, in *AdminCreateUserRequest) (*AdminCreateUserResponse, error) {
	if value(in.MessageAction) == "RESEND" {
		return a.resendInvitation(ctx, call, in)
	}
	given, err := readAttributes(in.UserAttributes)
	if err != nil {
		return nil, err
	}
	var p *pool
	err = a.readPool(ctx, call, in.UserPoolId, func(_ store.Reader, found *pool) error { p = found; return nil })
	if err != nil {
		return nil, err
	}
	draft, err := a.newUser(p, value(in.Username), given, call.Time)
	if err != nil {
		return nil, err
	}
	if _, err := p.newAttributes(administrator, given); err != nil {
		return nil, err
	}
	if err := a.askPreSignUpOfAdmin(ctx, call, p, draft, given, in); err != nil {
		return nil, err
	}
	inv, err := a.newInvitation(p, draft.Username, in)
	if err != nil {
		return nil, err
	}
	out := &AdminCreateUserResponse{}
	err = a.inPool(ctx, call, in.UserPoolId, func(tx store.Tx, p *pool) error {
		inv.waiting = nil
		u := draft.clone()
		var err error
		if u.Attributes, err = p.newAttributes(administrator, given); err != nil {
			return err
		}
		inv.give(u)
		u.Status, u.Temporary = statusForceChange, p.temporaryUntil(call.Time)
		if err := claimAliases(tx, p, nil, u, value(in.ForceAliasCreation)); err != nil {
			return p.nameTaken(err, "User account already exists")
		}
		out.User = u.describe()
		if value(in.MessageAction) == "SUPPRESS" {
			return nil
		}
		return inv.send(tx, p, u, call.Time)
	})
	if err == nil {
		err = a.deliverInvitation(ctx, call, p, inv)
	}
	if err != nil {
		return nil, err
	}
	return out, nil
}

// An invitation is a temporary password and the ways to its user.
type invitation struct {
	*verifier
	password string
	typed    string // the name as the administrator wrote it
	media    []string
	ids      map[string]string // of messages, by medium
	metadata map[string]string // ClientMetadata
	waiting  *user             // for whom a function words the message first; nil: nobody
}

func (a *API) newInvitation(p *pool, username string, in *AdminCreateUserRequest) (*invitation, error) {
	inv := &invitation{password: value(in.TemporaryPassword), typed: value(in.Username), media: in.DesiredDeliveryMediums, ids: map[string]string{}, metadata: in.ClientMetadata}
	var err error
	if inv.password == "" {
		if inv.password, err = a.newPassword(p); err != nil {
			return nil, err
		}
	} else if err := p.checkPassword(inv.password); err != nil {
		return nil, err
	}
	for _, m := range []string{"EMAIL", "SMS"} {
		if inv.ids[m], err = uuid(a.Rand); err != nil {
			return nil, err
		}
	}
	inv.verifier, err = a.verifier(p, username, inv.password)
	return inv, err
}

// send puts the invitation into the outbox, or lets it wait for the function that
// words it.
func (inv *invitation) send(tx store.Tx, p *pool, u *user, now time.Time) error {
	if p.function(customMessage) != "" {
		inv.waiting = u
		return nil
	}
	return inv.put(tx, p, u, nil, now)
}

// put sends the invitation where the administrator wants it, else as a text
// message, else by e-mail. A user without an address gets none.
func (inv *invitation) put(tx store.Tx, p *pool, u *user, words *wording, now time.Time) error {
	media := inv.media
	if len(media) == 0 {
		media = []string{"SMS"}
		if u.Attributes["phone_number"] == "" {
			media = []string{"EMAIL"}
		}
	}
	for _, m := range []string{"EMAIL", "SMS"} {
		attribute := map[string]string{"EMAIL": "email", "SMS": "phone_number"}[m]
		to := u.Attributes[attribute]
		if !has(media, m) || to == "" {
			continue
		}
		name := u.Username
		if strings.EqualFold(to, inv.typed) || name == u.Sub {
			name = inv.typed
		}
		if err := send(tx, inv.ids[m], p.inviteMessage(words, attribute, to, name, inv.password, now)); err != nil {
			return err
		}
	}
	return nil
}

// resendInvitation gives a user who never signed in a new temporary password.
func (a *API) resendInvitation(ctx context.Context, call *bailiwick.Call, in *AdminCreateUserRequest) (*AdminCreateUserResponse, error) {
	var p *pool
	var found *user
	err := a.readPool(ctx, call, in.UserPoolId, func(r store.Reader, own *pool) error {
		p = own
		var err error
		found, err = findUser(r, p, value(in.Username))
		return err
	})
	if err != nil {
		return nil, err
	}
	inv, err := a.newInvitation(p, found.Username, in)
	if err != nil {
		return nil, err
	}
	out := &AdminCreateUserResponse{}
	err = a.changeUser(ctx, call, in.UserPoolId, &found.Sub, func(tx store.Tx, p *pool, u *user) error {
		inv.waiting = nil
		if u.Status != statusForceChange {
			return bailiwick.Errorf("UnsupportedUserStateException", "Resend not possible. User status is not FORCE_CHANGE_PASSWORD")
		}
		inv.give(u)
		u.Temporary, u.Modified = p.temporaryUntil(call.Time), call.Time
		out.User = u.describe()
		return inv.send(tx, p, u, call.Time)
	})
	if err == nil {
		err = a.deliverInvitation(ctx, call, p, inv)
	}
	if err != nil {
		return nil, err
	}
	return out, nil
}
