package iam

import (
	"context"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/store"
)

// An accountAlias is the name of an account. It has one at most, and no two
// accounts have the same.
type accountAlias struct{ Alias string }

// An aliasOwner says whose an alias is.
type aliasOwner struct{ Account string }

// createAccountAlias replaces the alias that the account has.
// Source: IAM User Guide, "Your AWS account ID and its alias".
func (s *API) createAccountAlias(ctx context.Context, call *bailiwick.Call, in *CreateAccountAliasRequest) (*none, error) {
	alias := *in.AccountAlias
	return nil, s.change(ctx, call.Account, func(tx store.Tx) error {
		taken, err := has(tx, aliasOwnerKey(alias))
		if err != nil {
			return err
		}
		if taken {
			return exists("The account alias %s already exists.", alias)
		}
		old, err := get[accountAlias](tx, aliasKey(call.Account))
		if err != nil {
			return err
		}
		if old != nil {
			if err := tx.Delete(aliasOwnerKey(old.Alias)); err != nil {
				return err
			}
		}
		if err := store.PutJSON(tx, aliasOwnerKey(alias), aliasOwner{call.Account}); err != nil {
			return err
		}
		return store.PutJSON(tx, aliasKey(call.Account), accountAlias{alias})
	})
}

func (s *API) listAccountAliases(ctx context.Context, call *bailiwick.Call, in *ListAccountAliasesRequest) (*ListAccountAliasesResponse, error) {
	p, err := newPage(in.Marker, in.MaxItems)
	if err != nil {
		return nil, err
	}
	out := &ListAccountAliasesResponse{}
	err = s.Store.View(ctx, func(r store.Reader) error {
		var slots []slot[string]
		a, err := get[accountAlias](r, aliasKey(call.Account))
		if err != nil {
			return err
		}
		if a != nil {
			slots = append(slots, slot[string]{a.Alias, a.Alias})
		}
		out.AccountAliases, out.IsTruncated, out.Marker = cut(p, slots)
		return nil
	})
	return out, err
}

func (s *API) deleteAccountAlias(ctx context.Context, call *bailiwick.Call, in *DeleteAccountAliasRequest) (*none, error) {
	return nil, s.change(ctx, call.Account, func(tx store.Tx) error {
		a, err := get[accountAlias](tx, aliasKey(call.Account))
		if err != nil {
			return err
		}
		if a == nil || a.Alias != *in.AccountAlias {
			return notFound("The account alias %s cannot be found.", *in.AccountAlias)
		}
		if err := tx.Delete(aliasOwnerKey(a.Alias)); err != nil {
			return err
		}
		return tx.Delete(aliasKey(call.Account))
	})
}
