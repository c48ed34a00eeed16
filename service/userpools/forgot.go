package userpools

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/store"
)

// recoveryAddress is the attribute to which a code for a new password goes: the
// first of the pool's mechanisms that the user has proven.
func (p *pool) recoveryAddress(u *user) (string, error) {
	mechanisms := p.Settings.recovery()
	if len(mechanisms) == 0 {
		return "", notAuthorized("Contact administrator to reset password.")
	}
	for _, name := range mechanisms {
		if u.Attributes[name] != "" && u.Attributes[name+"_verified"] == "true" {
			return name, nil
		}
	}
	return "", invalid("Cannot reset password for the user as there is no registered/verified email or phone_number")
}

// forgotPassword sends a code that sets a new password. Where the client hides
// who exists, the answer is the same for those who do not.
func (a *API) forgotPassword(ctx context.Context, call *bailiwick.Call, in *ForgotPasswordRequest) (*ForgotPasswordResponse, error) {
	m, err := a.newMail("CustomMessage_ForgotPassword", value(in.ClientId), in.ClientMetadata)
	if err != nil {
		return nil, err
	}
	out := &ForgotPasswordResponse{}
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
		if err != nil && !errors.Is(err, errNoUser) {
			return err
		}
		var attribute string
		if err == nil {
			attribute, err = p.recoverable(u)
		}
		var refusal *bailiwick.Error
		if err != nil && !errors.As(err, &refusal) {
			return err
		}
		if len(p.Settings.recovery()) == 0 { // the pool says so to everyone
			return notAuthorized("Contact administrator to reset password.")
		}
		if err != nil {
			if !c.hidesUsers() {
				return err
			}
			call.Note("no code was sent: %s", refusal.Message)
			out.CodeDeliveryDetails, told, err = a.pretendToSend(tx, c, p, value(in.Username), codeForgotPassword, p.Settings.recovery(), call)
			return err
		}
		if told, err = a.countSending(tx, p.ID, u.Sub, codeForgotPassword, call.Time); told != nil || err != nil {
			return err
		}
		out.CodeDeliveryDetails, err = a.issueCode(tx, p, u, codeForgotPassword, attribute, u.Attributes[attribute], m, call.Time)
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

// recoverable tells where a user's code goes, or why there is none.
func (p *pool) recoverable(u *user) (string, error) {
	if !u.Enabled {
		return "", errDisabled
	}
	if u.Status == statusForceChange || u.Status == statusExternal {
		return "", errNotResettable
	}
	return p.recoveryAddress(u)
}

// pretendToSend answers as if a code had gone out, where the client hides who
// exists. The destination is made up, the same on every call: from the name where
// that is an address, else from a MAC of it.
func (a *API) pretendToSend(tx store.Tx, c *client, p *pool, name string, purpose codePurpose, preferred []string, call *bailiwick.Call) (out *CodeDeliveryDetailsType, told, err error) {
	if !c.hidesUsers() {
		return nil, errNoUser, nil
	}
	if told, err := a.countSending(tx, p.ID, a.nobody(p, name), purpose, call.Time); told != nil || err != nil {
		return nil, told, err
	}
	switch {
	case isEmail(name):
		return delivery("email", name), nil, nil
	case isPhone(name):
		return delivery("phone_number", name), nil, nil
	}
	sum := a.mac("destination", store.Key(p.ID, p.canonical(name)))
	if slices.Index(preferred, "phone_number") == 0 && !has(p.Settings.AutoVerified, "email") {
		return delivery("phone_number", fmt.Sprintf("+1555%07d", int(sum[0])<<8|int(sum[1]))), nil, nil
	}
	letter := func(b byte) string { return string(lowers[int(b)%len(lowers)]) }
	return delivery("email", letter(sum[0])+"@"+letter(sum[1])), nil, nil
}

// confirmForgotPassword sets a new password with a code.
func (a *API) confirmForgotPassword(ctx context.Context, call *bailiwick.Call, in *ConfirmForgotPasswordRequest) (*ConfirmForgotPasswordResponse, error) {
	var p *pool
	var u *user
	err := a.Store.View(ctx, func(r store.Reader) error {
		var err error
		if _, p, err = a.enter(call, r, in.ClientId, in.Username, in.SecretHash); err != nil {
			return err
		}
		if err := p.checkPassword(value(in.Password)); err != nil {
			return err
		}
		u, err = findUser(r, p, value(in.Username))
		if errors.Is(err, errNoUser) {
			u, err = nil, nil
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	username := strings.Repeat("0", uuidLength) // the work is the same for nobody
	if u != nil {
		username = u.Username
	}
	v, err := a.verifier(p, username, value(in.Password))
	if err != nil {
		return nil, err
	}
	var told error
	var next *user
	err = a.decide(ctx, func(tx store.Tx) error {
		var err error
		next, told, err = a.resetPassword(tx, call, in, u, v)
		return err
	})
	if err = errors.Join(err, told); err != nil {
		return nil, err
	}
	if err := a.tellConfirmed(ctx, call, confirmedPassword, p, value(in.ClientId), next, in.ClientMetadata); err != nil {
		return nil, err
	}
	return &ConfirmForgotPasswordResponse{}, nil
}

// resetPassword is the transaction of confirmForgotPassword. was is the user for
// whom the verifier was computed, nil for nobody; next the one with the new
// password.
func (a *API) resetPassword(tx store.Tx, call *bailiwick.Call, in *ConfirmForgotPasswordRequest, was *user, v *verifier) (next *user, told, err error) {
	c, p, err := a.enter(call, tx, in.ClientId, in.Username, in.SecretHash)
	if err != nil {
		return nil, nil, err
	}
	if err := p.checkPassword(value(in.Password)); err != nil {
		return nil, nil, err
	}
	u, err := findUser(tx, p, value(in.Username))
	if err != nil && !errors.Is(err, errNoUser) {
		return nil, nil, err
	}
	if err != nil || was == nil || u.Sub != was.Sub {
		told, err = a.noUser(tx, c, p, value(in.Username), codeForgotPassword, errNoCombination, errCodeMismatch, call)
		return nil, told, err
	}
	if !u.Enabled {
		if c.hidesUsers() {
			told, err = a.noUser(tx, c, p, value(in.Username), codeForgotPassword, nil, errCodeMismatch, call)
			return nil, told, err
		}
		return nil, errDisabled, nil
	}
	rec, refusal, err := a.redeemCode(tx, p.ID, u.Sub, codeForgotPassword, value(in.ConfirmationCode), call.Time)
	if errors.Is(refusal, errCodeExpired) && c.hidesUsers() {
		refusal, err = a.asIfNobody(tx, u, call.Time)
	}
	if err != nil || refusal != nil {
		return nil, refusal, err
	}
	if u.Attributes[rec.Attribute] != rec.Value {
		return nil, errCodeExpired, nil // the address has changed since: whoever reads the old one has no say any more
	}
	next = u.clone()
	v.give(next)
	next.Modified, next.Temporary = call.Time, time.Time{}
	if next.Status == statusResetRequired || next.Status == statusForceChange {
		next.Status = statusConfirmed
	}
	return next, nil, saveUser(tx, p, u, next)
}

// asIfNobody answers for a user without a code, where the client hides who exists.
// AWS's two sentences, that no code was requested and that the code is wrong, would
// tell a user from nobody: the first is for those only who did request one.
func (a *API) asIfNobody(tx store.Tx, u *user, now time.Time) (refusal, err error) {
	asked, err := store.GetJSON[attempts](tx, keyAttempts(u.Pool, u.Sub, sendingOf(codeForgotPassword)))
	if err == nil && now.Before(asked.Until) {
		return errCodeExpired, nil
	}
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return nil, fmt.Errorf("reading whether a code was requested: %w", err)
	}
	return errCodeMismatch, nil
}
