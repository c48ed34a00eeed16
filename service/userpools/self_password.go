package userpools

import (
	"bytes"
	"context"
	"time"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/store"
)

// changePasswordLimit is how many wrong passwords an hour ChangePassword hears.
// Source: Cognito Developer Guide, "Quotas".
const changePasswordLimit = 5

// changePassword sets a new password for whoever knows the present one: a stolen
// access token is not enough.
func (a *API) changePassword(ctx context.Context, call *bailiwick.Call, in *ChangePasswordRequest) (*ChangePasswordResponse, error) {
	b, err := a.bearer(ctx, call, in.AccessToken)
	if err != nil {
		return nil, err
	}
	var self *account
	err = a.Store.View(ctx, func(r store.Reader) error {
		self, err = b.account(r)
		return err
	})
	if err != nil {
		return nil, err
	}
	if err := self.pool.checkPassword(value(in.ProposedPassword)); err != nil {
		return nil, err
	}
	was := self.user
	right := len(was.Verifier) == 0 && in.PreviousPassword == nil ||
		a.SRP.CheckPassword(self.pool.name(), was.Username, value(in.PreviousPassword), was.Salt, was.Verifier)
	v, err := a.verifier(self.pool, was.Username, value(in.ProposedPassword))
	if err != nil {
		return nil, err
	}
	var told error
	err = a.decide(ctx, func(tx store.Tx) error {
		told = nil
		self, err := b.account(tx)
		if err != nil {
			return err
		}
		told, err = a.swapPassword(tx, self, was, right, v, call.Time)
		return err
	})
	if err == nil {
		err = told
	}
	if err != nil {
		return nil, err
	}
	return &ChangePasswordResponse{}, nil
}

func (a *API) swapPassword(tx store.Tx, self *account, was *user, right bool, v *verifier, now time.Time) (told, err error) {
	const kind = "change-password"
	u := self.user
	if told, err := a.spent(tx, u.Pool, u.Sub, kind, changePasswordLimit, now); told != nil || err != nil {
		return told, err
	}
	if !right || !bytes.Equal(was.Verifier, u.Verifier) {
		return errWrongPassword, a.count(tx, u.Pool, u.Sub, kind, now)
	}
	next := u.clone()
	v.give(next)
	next.Modified = now
	return nil, putUser(tx, next)
}
