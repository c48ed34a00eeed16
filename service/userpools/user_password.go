package userpools

import (
	"context"
	"time"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/store"
)

func (a *API) adminSetUserPassword(ctx context.Context, call *bailiwick.Call, in *AdminSetUserPasswordRequest) (*AdminSetUserPasswordResponse, error) {
	v, sub, err := a.verifierFor(ctx, call, in.UserPoolId, in.Username, value(in.Password))
	if err != nil {
		return nil, err
	}
	err = a.changeUser(ctx, call, in.UserPoolId, &sub, func(tx store.Tx, p *pool, u *user) error {
		if err := p.checkPassword(value(in.Password)); err != nil {
			return err
		}
		v.give(u)
		u.Status, u.Temporary = statusConfirmed, time.Time{}
		if !value(in.Permanent) {
			u.Status, u.Temporary = statusForceChange, p.temporaryUntil(call.Time)
		}
		return tx.Delete(keyCode(p.ID, u.Sub, codeForgotPassword))
	})
	if err != nil {
		return nil, err
	}
	return &AdminSetUserPasswordResponse{}, nil
}

// temporaryUntil is when a temporary password of now ends.
func (p *pool) temporaryUntil(now time.Time) time.Time {
	return now.Add(time.Duration(p.Settings.temporaryDays()) * 24 * time.Hour)
}

// verifierFor computes the verifier of a new password for an existing user, whose
// internal name goes into it, ahead of the transaction that sets it.
func (a *API) verifierFor(ctx context.Context, call *bailiwick.Call, poolID, username *string, password string) (*verifier, string, error) {
	var p *pool
	var u *user
	err := a.readPool(ctx, call, poolID, func(r store.Reader, found *pool) error {
		p = found
		var err error
		if u, err = findUser(r, p, value(username)); err != nil {
			return err
		}
		return p.checkPassword(password)
	})
	if err != nil {
		return nil, "", err
	}
	v, err := a.verifier(p, u.Username, password)
	return v, u.Sub, err
}

// adminResetUserPassword makes the user choose a new password, with a code that
// is sent to the address for recovery.
func (a *API) adminResetUserPassword(ctx context.Context, call *bailiwick.Call, in *AdminResetUserPasswordRequest) (*AdminResetUserPasswordResponse, error) {
	m, err := a.newMail("CustomMessage_ForgotPassword", noClient, in.ClientMetadata)
	if err != nil {
		return nil, err
	}
	var p *pool
	err = a.changeUser(ctx, call, in.UserPoolId, in.Username, func(tx store.Tx, own *pool, u *user) error {
		m.reset()
		p = own
		if u.Status != statusConfirmed && u.Status != statusResetRequired {
			return errNotResettable
		}
		attribute, err := p.recoveryAddress(u)
		if err != nil {
			return err
		}
		u.Status = statusResetRequired
		_, err = a.issueCode(tx, p, u, codeForgotPassword, attribute, u.Attributes[attribute], m, call.Time)
		return err
	})
	if err == nil {
		err = a.deliver(ctx, call, p, m)
	}
	if err != nil {
		return nil, err
	}
	return &AdminResetUserPasswordResponse{}, nil
}

var errNotResettable = notAuthorized("User password cannot be reset in the current state.")
