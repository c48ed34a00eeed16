package identitypools

import (
	"context"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/store"
)

// noOutput is the output of operations that have none.
type noOutput struct{}

// unlinkIdentity takes logins away from an identity. The request must bring a
// login of it. Without its last login an identity is closed for good: it must not
// become a guest's, whose id is all that it takes.
func (a *API) unlinkIdentity(ctx context.Context, call *bailiwick.Call, in *UnlinkIdentityInput) (*noOutput, error) {
	if len(in.Logins) == 0 || len(in.LoginsToRemove) == 0 {
		return nil, invalid("Logins and LoginsToRemove must not be empty.")
	}
	logins, err := a.verify(ctx, in.Logins)
	if err != nil {
		return nil, err
	}
	see := func(r store.Reader) (*visit, error) {
		v, fresh, err := admit(r, call, *in.IdentityId, logins)
		if err == nil && len(fresh) > 0 {
			return nil, errLoginsMismatch // a login that is not linked proves nothing
		}
		return v, err
	}
	err = a.Store.View(ctx, func(r store.Reader) error {
		_, err := see(r)
		return err
	})
	if err != nil {
		return nil, err
	}
	if err := a.active(ctx, call, logins); err != nil {
		return nil, err
	}
	return nil, a.decide(ctx, func(tx store.Tx) error {
		v, err := see(tx)
		if err != nil {
			return err
		}
		return v.identity.unlink(tx, call, in.LoginsToRemove)
	})
}

func (i *identity) unlink(tx store.Tx, call *bailiwick.Call, providers []string) error {
	for _, p := range providers {
		subject, ok := i.Logins[p]
		if !ok {
			return invalid("The identity has no login of %s.", p)
		}
		if err := tx.Delete(loginKey(i.Pool, p, subject)); err != nil {
			return err
		}
		delete(i.Logins, p)
	}
	i.Closed, i.Modified = !i.authenticated(), call.Time
	return putIdentity(tx, i)
}
