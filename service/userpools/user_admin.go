package userpools

import (
	"context"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/store"
)

func (a *API) adminGetUser(ctx context.Context, call *bailiwick.Call, in *AdminGetUserRequest) (*AdminGetUserResponse, error) {
	out := &AdminGetUserResponse{}
	err := a.readPool(ctx, call, in.UserPoolId, func(r store.Reader, p *pool) error {
		u, err := findUser(r, p, value(in.Username))
		if err != nil {
			return err
		}
		d := u.describe()
		out.Username, out.UserAttributes, out.UserStatus, out.Enabled = d.Username, d.Attributes, d.UserStatus, d.Enabled
		out.UserCreateDate, out.UserLastModifiedDate = d.UserCreateDate, d.UserLastModifiedDate
		out.UserMFASettingList, out.PreferredMfaSetting = u.factors()
		return nil
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// describe is the user as administrators see it.
func (u *user) describe() *UserType {
	return &UserType{
		Username: &u.Username, Attributes: u.all(), UserStatus: ptr(string(u.Status)), Enabled: &u.Enabled,
		UserCreateDate: &u.Created, UserLastModifiedDate: &u.Modified,
	}
}

// changeUser finds a user of a pool of the caller, lets change edit a copy, and
// saves it.
func (a *API) changeUser(ctx context.Context, call *bailiwick.Call, poolID, username *string, change func(store.Tx, *pool, *user) error) error {
	return a.inPool(ctx, call, poolID, func(tx store.Tx, p *pool) error {
		u, err := findUser(tx, p, value(username))
		if err != nil {
			return err
		}
		next := u.clone()
		if err := change(tx, p, next); err != nil {
			return err
		}
		next.Modified = call.Time
		return saveUser(tx, p, u, next)
	})
}

func (a *API) adminDeleteUser(ctx context.Context, call *bailiwick.Call, in *AdminDeleteUserRequest) (*struct{}, error) {
	return nil, a.inPool(ctx, call, in.UserPoolId, func(tx store.Tx, p *pool) error {
		u, err := findUser(tx, p, value(in.Username))
		if err != nil {
			return err
		}
		return removeUser(tx, p, u)
	})
}

func (a *API) adminEnableUser(ctx context.Context, call *bailiwick.Call, in *AdminEnableUserRequest) (*AdminEnableUserResponse, error) {
	err := a.changeUser(ctx, call, in.UserPoolId, in.Username, func(_ store.Tx, _ *pool, u *user) error {
		u.Enabled = true
		return nil
	})
	if err != nil {
		return nil, err
	}
	return &AdminEnableUserResponse{}, nil
}

// adminDisableUser ends all sessions too: enabling the user again later does not
// bring the old tokens back.
func (a *API) adminDisableUser(ctx context.Context, call *bailiwick.Call, in *AdminDisableUserRequest) (*AdminDisableUserResponse, error) {
	err := a.changeUser(ctx, call, in.UserPoolId, in.Username, func(_ store.Tx, _ *pool, u *user) error {
		if u.Enabled {
			u.Enabled, u.Epoch = false, u.Epoch+1
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return &AdminDisableUserResponse{}, nil
}

func (a *API) adminUserGlobalSignOut(ctx context.Context, call *bailiwick.Call, in *AdminUserGlobalSignOutRequest) (*AdminUserGlobalSignOutResponse, error) {
	err := a.changeUser(ctx, call, in.UserPoolId, in.Username, func(_ store.Tx, _ *pool, u *user) error {
		u.Epoch++
		return nil
	})
	if err != nil {
		return nil, err
	}
	return &AdminUserGlobalSignOutResponse{}, nil
}

// adminConfirmSignUp takes the administrator's word for the user; no address is
// verified by it.
func (a *API) adminConfirmSignUp(ctx context.Context, call *bailiwick.Call, in *AdminConfirmSignUpRequest) (*AdminConfirmSignUpResponse, error) {
	var p *pool
	var next *user
	err := a.changeUser(ctx, call, in.UserPoolId, in.Username, func(tx store.Tx, own *pool, u *user) error {
		p, next = own, u
		if err := confirmable(u); err != nil {
			return err
		}
		u.Status = statusConfirmed
		return tx.Delete(keyCode(p.ID, u.Sub, codeSignUp))
	})
	if err == nil {
		err = a.tellConfirmed(ctx, call, confirmedSignUp, p, noClient, next, in.ClientMetadata)
	}
	if err != nil {
		return nil, err
	}
	return &AdminConfirmSignUpResponse{}, nil
}

func confirmable(u *user) error {
	if u.Status != statusUnconfirmed {
		return notAuthorized("User cannot be confirmed. Current status is %s", u.Status)
	}
	return nil
}
