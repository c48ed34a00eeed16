package userpools

import (
	"context"
	"fmt"
	"time"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/store"
)

func (a *API) adminUpdateUserAttributes(ctx context.Context, call *bailiwick.Call, in *AdminUpdateUserAttributesRequest) (*AdminUpdateUserAttributesResponse, error) {
	given, err := readAttributes(in.UserAttributes)
	if err != nil {
		return nil, err
	}
	m, err := a.newMail(messageUpdate, noClient, in.ClientMetadata)
	if err != nil {
		return nil, err
	}
	var p *pool
	err = a.inPool(ctx, call, in.UserPoolId, func(tx store.Tx, own *pool) error {
		p = own
		u, err := findUser(tx, p, value(in.Username))
		if err != nil {
			return err
		}
		_, err = a.writeAttributes(tx, p, u, administrator, given, m, call.Time)
		return err
	})
	if err == nil {
		err = a.deliver(ctx, call, p, m)
	}
	if err != nil {
		return nil, err
	}
	return &AdminUpdateUserAttributesResponse{}, nil
}

// writeAttributes sets attributes of u and sends codes to new addresses that the
// pool verifies by itself or wants proven first. It answers where codes went.
func (a *API) writeAttributes(tx store.Tx, p *pool, u *user, w writer, given map[string]string, m *mail, now time.Time) ([]CodeDeliveryDetailsType, error) {
	m.reset()
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
		if _, named := given[name]; named { // a code for the former address proves nothing now
			if err := tx.Delete(keyCode(p.ID, u.Sub, verifyPurpose(name))); err != nil {
				return nil, fmt.Errorf("withdrawing a code: %w", err)
			}
		}
		to, waiting := c.pending[name]
		if !waiting && has(c.moved, name) && has(p.Settings.AutoVerified, name) {
			to = c.next.Attributes[name]
		}
		if to == "" {
			continue
		}
		d, err := a.issueCode(tx, p, c.next, verifyPurpose(name), name, to, m, now)
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
		_, err = a.writeAttributes(tx, p, u, administrator, given, new(mail), call.Time)
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
