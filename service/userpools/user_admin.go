package userpools

import (
	"context"
	"errors"
	"fmt"
	"time"

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

func (a *API) adminUpdateUserAttributes(ctx context.Context, call *bailiwick.Call, in *AdminUpdateUserAttributesRequest) (*AdminUpdateUserAttributesResponse, error) {
	given, err := readAttributes(in.UserAttributes)
	if err != nil {
		return nil, err
	}
	codes, err := a.drawCodes()
	if err != nil {
		return nil, err
	}
	err = a.inPool(ctx, call, in.UserPoolId, func(tx store.Tx, p *pool) error {
		u, err := findUser(tx, p, value(in.Username))
		if err != nil {
			return err
		}
		_, err = a.writeAttributes(tx, p, u, administrator, given, codes, call.Time)
		return err
	})
	if err != nil {
		return nil, err
	}
	return &AdminUpdateUserAttributesResponse{}, nil
}

// drawCodes draws a code for each address that a change of attributes may have
// to prove.
func (a *API) drawCodes() (map[string]drawn, error) {
	out := map[string]drawn{}
	for _, name := range []string{"email", "phone_number"} {
		d, err := a.drawCode()
		if err != nil {
			return nil, err
		}
		out[name] = d
	}
	return out, nil
}

// writeAttributes sets attributes of u and sends codes to new addresses that the
// pool verifies by itself or wants proven first. It answers where codes went.
func (a *API) writeAttributes(tx store.Tx, p *pool, u *user, w writer, given map[string]string, codes map[string]drawn, now time.Time) ([]CodeDeliveryDetailsType, error) {
	c, err := p.setAttributes(w, u, given)
	if err != nil {
		return nil, err
	}
	c.next.Modified = now
	if err := saveUser(tx, p, u, c.next); err != nil {
		return nil, err
	}
	var sent []CodeDeliveryDetailsType
	for _, name := range []string{"email", "phone_number"} {
		to, waiting := c.pending[name]
		if !waiting && has(c.moved, name) && has(p.Settings.AutoVerified, name) {
			to = c.next.Attributes[name]
		}
		if to == "" {
			if _, named := given[name]; named { // a code for the former address proves nothing now
				if err := tx.Delete(keyCode(p.ID, u.Sub, verifyPurpose(name))); err != nil {
					return nil, fmt.Errorf("withdrawing a code: %w", err)
				}
			}
			continue
		}
		d, err := a.issueCode(tx, p, c.next, verifyPurpose(name), name, to, codes[name], now)
		if err != nil {
			return nil, err
		}
		sent = append(sent, *d)
	}
	return sent, nil
}

func (a *API) adminDeleteUserAttributes(ctx context.Context, call *bailiwick.Call, in *AdminDeleteUserAttributesRequest) (*AdminDeleteUserAttributesResponse, error) {
	given, err := deletions(in.UserAttributeNames)
	if err != nil {
		return nil, err
	}
	err = a.inPool(ctx, call, in.UserPoolId, func(tx store.Tx, p *pool) error {
		u, err := findUser(tx, p, value(in.Username))
		if err != nil {
			return err
		}
		_, err = a.writeAttributes(tx, p, u, administrator, given, nil, call.Time)
		return err
	})
	if err != nil {
		return nil, err
	}
	return &AdminDeleteUserAttributesResponse{}, nil
}

// deletions is the writing of attributes that deletes them.
func deletions(names []string) (map[string]string, error) {
	if len(names) > maxAttributes {
		return nil, tooMany()
	}
	out := map[string]string{}
	for _, n := range names {
		out[n] = ""
	}
	return out, nil
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
	err := a.changeUser(ctx, call, in.UserPoolId, in.Username, func(tx store.Tx, p *pool, u *user) error {
		if err := confirmable(u); err != nil {
			return err
		}
		u.Status = statusConfirmed
		return tx.Delete(keyCode(p.ID, u.Sub, codeSignUp))
	})
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
	d, err := a.drawCode()
	if err != nil {
		return nil, err
	}
	err = a.changeUser(ctx, call, in.UserPoolId, in.Username, func(tx store.Tx, p *pool, u *user) error {
		if u.Status != statusConfirmed && u.Status != statusResetRequired {
			return errNotResettable
		}
		attribute, err := p.recoveryAddress(u)
		if err != nil {
			return err
		}
		u.Status = statusResetRequired
		_, err = a.issueCode(tx, p, u, codeForgotPassword, attribute, u.Attributes[attribute], d, call.Time)
		return err
	})
	if err != nil {
		return nil, err
	}
	return &AdminResetUserPasswordResponse{}, nil
}

var errNotResettable = notAuthorized("User password cannot be reset in the current state.")

// claimAliases saves a user whose aliases may belong to somebody else. With
// force they move over here, and are no longer verified there.
func claimAliases(tx store.Tx, p *pool, prev, next *user, force bool) error {
	for {
		err := saveUser(tx, p, prev, next)
		var taken *takenError
		if !force || !errors.As(err, &taken) || !has(p.AliasAttributes, taken.attribute) || taken.attribute == "preferred_username" {
			return err
		}
		holder, err := userBySub(tx, p.ID, taken.holder)
		if err != nil {
			return err
		}
		loser := holder.clone()
		if loser.Attributes[taken.attribute+"_verified"] != "true" {
			return taken // it is held by other means, such as a username
		}
		loser.Attributes[taken.attribute+"_verified"] = "false"
		if err := saveUser(tx, p, holder, loser); err != nil {
			return err
		}
		if still, err := owner(tx, p, p.canonical(next.Attributes[taken.attribute])); err != nil || still != "" {
			return errors.Join(taken, err)
		}
	}
}
