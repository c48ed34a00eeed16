package identitypools

import (
	"context"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/store"
)

// A visit is somebody who may speak for an identity.
type visit struct {
	pool     *pool
	identity *identity
	logins   []login // those of this request; none for a guest
}

func (v *visit) guest() bool { return len(v.logins) == 0 }

// enter finds the identity that a request names and admits the request to it.
// The common case is one View; a login that is new to the identity is linked.
func (a *API) enter(ctx context.Context, call *bailiwick.Call, id string, tokens map[string]string) (*visit, error) {
	logins, err := a.verify(ctx, tokens)
	if err != nil {
		return nil, err
	}
	var v *visit
	var fresh []login
	err = a.Store.View(ctx, func(r store.Reader) error {
		v, fresh, err = admit(r, call, id, logins)
		return err
	})
	if err != nil {
		return nil, err
	}
	if err := a.active(ctx, call, logins); err != nil {
		return nil, err
	}
	if len(fresh) == 0 {
		return v, nil
	}
	err = a.decide(ctx, func(tx store.Tx) error {
		v, fresh, err = admit(tx, call, id, logins)
		if err != nil {
			return err
		}
		return v.identity.link(tx, call, fresh)
	})
	return v, err
}

// admit decides who may speak for an identity. fresh are logins that the
// identity does not have yet and that are nobody else's.
//
//	guest, no logins            if the pool has guests
//	guest, new login            the guest becomes authenticated and keeps its id
//	with logins, one of them    and new ones are linked to it
//	with logins, none of them   never: the id is no secret
//	another identity's login    never: nothing is merged
func admit(r store.Reader, call *bailiwick.Call, id string, logins []login) (*visit, []login, error) {
	i, err := getIdentity(r, id)
	if err != nil {
		return nil, nil, err
	}
	p, err := getPool(r, i.Pool)
	if isNotFound(err) { // deleted, its identities are still being removed
		return nil, nil, noIdentity(id)
	}
	if err != nil {
		return nil, nil, err
	}
	call.Concerns(p.Account)
	v := &visit{pool: p, identity: i, logins: logins}
	if i.Closed {
		call.Note("The last login of the identity %s was unlinked.", id)
		return nil, nil, forbidden(id)
	}
	if len(logins) == 0 {
		switch {
		case i.authenticated():
			call.Note("The identity %s is authenticated, and the request brings no login.", id)
			return nil, nil, forbidden(id)
		case !p.Guests:
			return nil, nil, errNoGuests
		}
		return v, nil, nil
	}
	if err := p.bind(call, logins); err != nil {
		return nil, nil, err
	}
	fresh, err := v.unknown(r, call)
	return v, fresh, err
}

// unknown returns the logins that the identity does not have, and refuses those
// that it cannot have.
func (v *visit) unknown(r store.Reader, call *bailiwick.Call) ([]login, error) {
	i := v.identity
	var fresh []login
	for _, l := range v.logins {
		if i.Logins[l.provider] == l.subject {
			continue
		}
		who, err := v.pool.owner(r, l)
		if err != nil {
			return nil, err
		}
		if l.provider == provider && who == i.ID {
			continue
		}
		if _, other := i.Logins[l.provider]; other || who != "" {
			call.Note("The login of %s is not the identity's, and cannot become it.", l.provider)
			return nil, errLoginsMismatch
		}
		fresh = append(fresh, l)
	}
	if i.authenticated() && len(fresh) == len(v.logins) {
		call.Note("No login of the request belongs to the identity %s.", i.ID)
		return nil, errLoginsMismatch
	}
	return fresh, nil
}
