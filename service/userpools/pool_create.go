package userpools

import (
	"context"
	"fmt"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/store"
	"github.com/bailiwick-project/bailiwick/token"
)

// createUserPool makes a pool and its two signing keys. The keys take a moment,
// so they are made side by side and outside of the transaction.
func (a *API) createUserPool(ctx context.Context, call *bailiwick.Call, in *CreateUserPoolRequest) (*CreateUserPoolResponse, error) {
	p, err := a.newPool(call, in)
	if err != nil {
		return nil, err
	}
	keys, err := a.newKeys()
	if err != nil {
		return nil, err
	}
	err = a.decide(ctx, func(tx store.Tx) error {
		if err := store.PutJSON(tx, keyPool(p.ID), p); err != nil {
			return fmt.Errorf("writing pool %s: %w", p.ID, err)
		}
		if err := store.PutJSON(tx, keySigning(p.ID), keys); err != nil {
			return fmt.Errorf("writing the keys of pool %s: %w", p.ID, err)
		}
		return tx.Put(keyPoolOf(p.Account, p.Region, p.ID), nameRecord)
	})
	if err != nil {
		return nil, err
	}
	return &CreateUserPoolResponse{UserPool: p.describe(0)}, nil
}

func (a *API) newPool(call *bailiwick.Call, in *CreateUserPoolRequest) (*pool, error) {
	if len(in.UsernameAttributes) > 0 && len(in.AliasAttributes) > 0 {
		return nil, invalid("Only one of the aliasAttributes or usernameAttributes can be set in a user pool.")
	}
	asked := createSettings(in)
	if err := a.checkLambdaConfig(asked, call.Region); err != nil {
		return nil, err
	}
	s, err := newSettings(asked, nil)
	if err != nil {
		return nil, err
	}
	schema, err := newSchema(in.Schema)
	if err != nil {
		return nil, err
	}
	suffix, err := random(a.Rand, poolIDLength, alphanumeric)
	if err != nil {
		return nil, err
	}
	p := &pool{
		ID: call.Region + "_" + suffix, Account: call.Account, Region: call.Region, Created: call.Time, Modified: call.Time,
		CaseSensitive: true, UsernameAttributes: in.UsernameAttributes, AliasAttributes: in.AliasAttributes,
		Schema: schema, Settings: *s,
	}
	if in.UsernameConfiguration != nil {
		p.CaseSensitive, p.CaseSpoken = value(in.UsernameConfiguration.CaseSensitive), true
	}
	return p, nil
}

// signingKeys is the record of a pool's private keys, PKCS #8: ID tokens and
// access tokens have one each.
type signingKeys struct{ ID, Access []byte }

func keySigning(pool string) []byte { return store.Key(root, "signing", pool) }

func (a *API) newKeys() (*signingKeys, error) {
	newKey := a.NewKey
	if newKey == nil {
		newKey = func() (*token.Key, error) { return token.NewKey(a.Rand) }
	}
	type result struct {
		der []byte
		err error
	}
	results := make(chan result, 2)
	for range 2 {
		go func() {
			k, err := newKey()
			if err != nil {
				results <- result{err: err}
				return
			}
			der, err := k.Marshal()
			results <- result{der, err}
		}()
	}
	one, two := <-results, <-results
	for _, r := range []result{one, two} {
		if r.err != nil {
			return nil, fmt.Errorf("making signing keys: %w", r.err)
		}
	}
	return &signingKeys{ID: one.der, Access: two.der}, nil
}

// nameRecord is the value of index keys, whose key says it all.
var nameRecord = []byte{1, '{', '}'}
