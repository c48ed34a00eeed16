package userpools

import (
	"context"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/store"
)

// An account is whom an access token speaks for, as one transaction sees it.
type account struct {
	pool   *pool
	client *client
	user   *user
}

// account finds whom b speaks for, if the token still counts.
func (b *bearer) account(r store.Reader) (*account, error) {
	p, err := getPool(r, b.poolID)
	if err != nil {
		return nil, err
	}
	u, err := userBySub(r, p.ID, b.sub)
	if err != nil {
		return nil, err
	}
	if !u.Enabled {
		return nil, errDisabled
	}
	s, err := getSession(r, u, b.session)
	if err != nil {
		return nil, err
	}
	if s == nil || s.Client != b.client {
		return nil, errAccessRevoked
	}
	c, err := clientOf(r, p, b.client)
	if err != nil {
		return nil, err
	}
	switch u.Status {
	case statusResetRequired:
		return nil, errResetRequired
	case statusUnconfirmed:
		return nil, errNotConfirmed
	}
	return &account{p, c, u}, nil
}

// asSelf runs a change in the name of whoever an access token speaks for.
func (a *API) asSelf(ctx context.Context, call *bailiwick.Call, raw *string, change func(store.Tx, *account) error) error {
	b, err := a.bearer(ctx, call, raw)
	if err != nil {
		return err
	}
	return a.decide(ctx, func(tx store.Tx) error {
		self, err := b.account(tx)
		if err != nil {
			return err
		}
		return change(tx, self)
	})
}

func (a *API) getUser(ctx context.Context, call *bailiwick.Call, in *GetUserRequest) (*GetUserResponse, error) {
	b, err := a.bearer(ctx, call, in.AccessToken)
	if err != nil {
		return nil, err
	}
	out := &GetUserResponse{}
	err = a.Store.View(ctx, func(r store.Reader) error {
		self, err := b.account(r)
		if err != nil {
			return err
		}
		out.Username, out.UserAttributes = &self.user.Username, self.client.readable(self.user)
		out.UserMFASettingList, out.PreferredMfaSetting = self.user.factors()
		return nil
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

func (a *API) deleteUser(ctx context.Context, call *bailiwick.Call, in *DeleteUserRequest) (*struct{}, error) {
	return nil, a.asSelf(ctx, call, in.AccessToken, func(tx store.Tx, self *account) error {
		return removeUser(tx, self.pool, self.user)
	})
}

// globalSignOut ends every session of the user, this one too.
func (a *API) globalSignOut(ctx context.Context, call *bailiwick.Call, in *GlobalSignOutRequest) (*GlobalSignOutResponse, error) {
	err := a.asSelf(ctx, call, in.AccessToken, func(tx store.Tx, self *account) error {
		next := self.user.clone()
		next.Epoch++
		return putUser(tx, next)
	})
	if err != nil {
		return nil, err
	}
	return &GlobalSignOutResponse{}, nil
}
