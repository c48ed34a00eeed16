package userpools

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/store"
)

// updateUserAttributes sets what the client may write. A new address is sent a
// code, and is not verified before it comes back.
func (a *API) updateUserAttributes(ctx context.Context, call *bailiwick.Call, in *UpdateUserAttributesRequest) (*UpdateUserAttributesResponse, error) {
	given, err := readAttributes(in.UserAttributes)
	if err != nil {
		return nil, err
	}
	m, err := a.newMail(messageUpdate, "", in.ClientMetadata)
	if err != nil {
		return nil, err
	}
	out := &UpdateUserAttributesResponse{}
	var p *pool
	err = a.asSelf(ctx, call, in.AccessToken, func(tx store.Tx, self *account) error {
		p, m.client = self.pool, self.client.ID
		sent, err := a.writeAttributes(tx, p, self.user, writer{self.client}, given, m, call.Time)
		out.CodeDeliveryDetailsList = append([]CodeDeliveryDetailsType{}, sent...) // an empty list, not none
		return err
	})
	if err == nil {
		err = a.deliver(ctx, call, p, m)
	}
	if err != nil {
		return nil, err
	}
	return out, nil
}

func (a *API) deleteUserAttributes(ctx context.Context, call *bailiwick.Call, in *DeleteUserAttributesRequest) (*DeleteUserAttributesResponse, error) {
	given, err := deletions(in.UserAttributeNames)
	if err != nil {
		return nil, err
	}
	err = a.asSelf(ctx, call, in.AccessToken, func(tx store.Tx, self *account) error {
		_, err := a.writeAttributes(tx, self.pool, self.user, writer{self.client}, given, new(mail), call.Time)
		return err
	})
	if err != nil {
		return nil, err
	}
	return &DeleteUserAttributesResponse{}, nil
}

// getUserAttributeVerificationCode sends a code to an address of the user: the one
// that waits for proof, if one does.
func (a *API) getUserAttributeVerificationCode(ctx context.Context, call *bailiwick.Call, in *GetUserAttributeVerificationCodeRequest) (*GetUserAttributeVerificationCodeResponse, error) {
	name := value(in.AttributeName)
	if err := verifiable(name); err != nil {
		return nil, err
	}
	m, err := a.newMail("CustomMessage_VerifyUserAttribute", "", in.ClientMetadata)
	if err != nil {
		return nil, err
	}
	out := &GetUserAttributeVerificationCodeResponse{}
	var told error
	var p *pool
	err = a.asSelf(ctx, call, in.AccessToken, func(tx store.Tx, self *account) error {
		m.reset()
		p, m.client = self.pool, self.client.ID
		u, purpose := self.user, verifyPurpose(name)
		to, err := unproven(tx, u, name, call.Time)
		if err != nil {
			return err
		}
		if to == "" {
			return invalid("User does not have a value for attribute %s.", name)
		}
		if told, err = a.countSending(tx, u.Pool, u.Sub, purpose, call.Time); told != nil || err != nil {
			return err
		}
		out.CodeDeliveryDetails, err = a.issueCode(tx, p, u, purpose, name, to, m, call.Time)
		return err
	})
	if err == nil {
		err = told
	}
	if err == nil {
		err = a.deliver(ctx, call, p, m)
	}
	if err != nil {
		return nil, err
	}
	return out, nil
}

func verifiable(name string) error {
	if name != "email" && name != "phone_number" {
		return invalid("Invalid attribute name %.64s: only email and phone_number can be verified.", name)
	}
	return nil
}

// unproven is the address that a code would prove: that of the latest code, or
// the one that the user has.
func unproven(r store.Reader, u *user, name string, now time.Time) (string, error) {
	rec, err := store.GetJSON[code](r, keyCode(u.Pool, u.Sub, verifyPurpose(name)))
	if errors.Is(err, store.ErrNotFound) || err == nil && !now.Before(rec.Expires) {
		return u.Attributes[name], nil
	}
	if err != nil {
		return "", fmt.Errorf("reading a code: %w", err)
	}
	return rec.Value, nil
}

// verifyUserAttribute takes the code that proves an address. An address that
// waited for it becomes the user's now; an alias may by then be somebody else's.
func (a *API) verifyUserAttribute(ctx context.Context, call *bailiwick.Call, in *VerifyUserAttributeRequest) (*VerifyUserAttributeResponse, error) {
	name := value(in.AttributeName)
	if err := verifiable(name); err != nil {
		return nil, err
	}
	var told error
	err := a.asSelf(ctx, call, in.AccessToken, func(tx store.Tx, self *account) error {
		rec, refusal, err := a.redeemCode(tx, self.pool.ID, self.user.Sub, verifyPurpose(name), value(in.Code), call.Time)
		if told = refusal; refusal != nil || err != nil {
			return err
		}
		next := self.user.clone()
		next.set(name, rec.Value)
		next.set(name+"_verified", "true")
		next.Modified = call.Time
		return saveUser(tx, self.pool, self.user, next)
	})
	if err == nil {
		err = told
	}
	if err != nil {
		return nil, err
	}
	return &VerifyUserAttributeResponse{}, nil
}
