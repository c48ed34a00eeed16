package identitypools

import (
	"context"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/store"
)

// getID finds the identity of the logins, or makes one. The common case, a known
// user, is one View.
func (a *API) getID(ctx context.Context, call *bailiwick.Call, in *GetIdInput) (*GetIdResponse, error) {
	if len(in.Logins) == 0 {
		return a.newGuest(ctx, call, *in.IdentityPoolId)
	}
	logins, err := a.verify(ctx, in.Logins)
	if err != nil {
		return nil, err
	}
	var found *identity
	var fresh []login
	err = a.Store.View(ctx, func(r store.Reader) error {
		found, fresh, err = resolve(r, call, *in.IdentityPoolId, logins)
		return err
	})
	if err != nil {
		return nil, err
	}
	if err := a.active(ctx, call, logins); err != nil {
		return nil, err
	}
	if len(fresh) == 0 {
		return &GetIdResponse{IdentityId: &found.ID}, nil
	}
	id, err := a.enrol(ctx, call, *in.IdentityPoolId, logins)
	if err != nil {
		return nil, err
	}
	return &GetIdResponse{IdentityId: &id}, nil
}

// resolve reads whose the logins are: the identity, nil for nobody's, and the
// logins that are nobody's yet. Logins of different identities would have to be
// merged, which is refused: to merge is to hand one's data to the other.
func resolve(r store.Reader, call *bailiwick.Call, poolID string, logins []login) (*identity, []login, error) {
	p, err := getPool(r, poolID)
	if err != nil {
		return nil, nil, err
	}
	call.Concerns(p.Account)
	if err := p.bind(call, logins); err != nil {
		return nil, nil, err
	}
	return p.whose(r, call, logins)
}

// whose finds the identity of bound logins.
func (p *pool) whose(r store.Reader, call *bailiwick.Call, logins []login) (*identity, []login, error) {
	var fresh []login
	id := ""
	for _, l := range logins {
		who, err := p.owner(r, l)
		switch {
		case err != nil:
			return nil, nil, err
		case who == "":
			fresh = append(fresh, l)
		case id != "" && who != id:
			call.Note("The logins belong to the identities %s and %s, which are not merged.", id, who)
			return nil, nil, errLinkedElsewhere
		default:
			id = who
		}
	}
	if id == "" {
		return nil, fresh, nil
	}
	i, err := getIdentity(r, id)
	return i, fresh, err
}

// enrol makes an identity for logins that have none, or links new logins to the
// identity of the others. Whoever comes first wins: the same user in two requests
// at once is one identity.
func (a *API) enrol(ctx context.Context, call *bailiwick.Call, poolID string, logins []login) (string, error) {
	newID, err := a.identityID(poolID)
	if err != nil {
		return "", err
	}
	id := ""
	err = a.decide(ctx, func(tx store.Tx) error {
		i, fresh, err := resolve(tx, call, poolID, logins)
		if err != nil {
			return err
		}
		if i == nil {
			i = &identity{ID: newID, Pool: poolID, Created: call.Time}
		}
		id = i.ID
		return i.link(tx, call, fresh)
	})
	return id, err
}

// link gives the identity logins that are nobody's.
func (i *identity) link(tx store.Tx, call *bailiwick.Call, fresh []login) error {
	for _, l := range fresh {
		if _, other := i.Logins[l.provider]; other {
			call.Note("The identity %s has another login of %s already.", i.ID, l.provider)
			return errLinkedElsewhere
		}
		if i.Logins == nil {
			i.Logins = map[string]string{}
		}
		if l.developer {
			i.Users = append(i.Users, l.subject)
		} else {
			i.Logins[l.provider] = l.subject
		}
		if err := store.PutJSON(tx, loginKey(i.Pool, l.provider, l.subject), i.ID); err != nil {
			return err
		}
	}
	i.Modified = call.Time
	return putIdentity(tx, i)
}

// newGuest makes an identity without logins. Each call makes another.
func (a *API) newGuest(ctx context.Context, call *bailiwick.Call, poolID string) (*GetIdResponse, error) {
	id, err := a.identityID(poolID)
	if err != nil {
		return nil, err
	}
	err = a.decide(ctx, func(tx store.Tx) error {
		p, err := getPool(tx, poolID)
		switch {
		case err != nil:
			return err
		case !p.Guests:
			return errNoGuests
		}
		return putIdentity(tx, &identity{ID: id, Pool: poolID, Created: call.Time, Modified: call.Time})
	})
	if err != nil {
		return nil, err
	}
	return &GetIdResponse{IdentityId: &id}, nil
}

// identityID draws an id in the region of the pool, which is in the pool's id.
func (a *API) identityID(poolID string) (string, error) {
	return newID(regionOf(poolID), a.Rand)
}
