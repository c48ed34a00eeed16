package iam

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/policy"
	"github.com/bailiwick-project/bailiwick/store"
)

// A rootRecord says which key is the root key of an account.
type rootRecord struct {
	KeyID   string
	Created time.Time // of the first root key, AWS's CreateDate of the root user
}

// Credential finds the secret of a long-term key and whom it speaks for, as of
// now: a key that is made inactive fails the next request. It implements
// bailiwick.Credentials.
func (s *API) Credential(ctx context.Context, accessKeyID string) (bailiwick.Credential, error) {
	unknown := bailiwick.Errorf(bailiwick.CodeUnknownKey, "The security token included in the request is invalid.")
	if accessKeyID == "" || len(accessKeyID) > 128 {
		return bailiwick.Credential{}, unknown
	}
	var out bailiwick.Credential
	err := s.Store.View(ctx, func(r store.Reader) error {
		k, err := get[accessKey](r, accessKeyKey(accessKeyID))
		if err != nil {
			return err
		}
		if k == nil || k.ID != accessKeyID || k.Status != active || k.Secret == "" {
			return unknown
		}
		out = bailiwick.Credential{AccessKeyID: k.ID, Secret: bailiwick.Secret(k.Secret)}
		if k.UserID == "" {
			out.Principal = root(k.Account)
			return nil
		}
		e, err := byID(r, k.UserID)
		if err != nil {
			return err
		}
		if e == nil || e.Kind != userKind || e.Account != k.Account {
			return unknown
		}
		out.Principal = bailiwick.Principal{Name: e.Name, Principal: policy.Principal{
			Type: policy.User, ARN: e.arn(), ID: e.ID, Account: e.Account,
		}}
		return nil
	})
	var told *bailiwick.Error
	switch {
	case errors.As(err, &told):
		return bailiwick.Credential{}, told
	case err != nil:
		return bailiwick.Credential{}, fmt.Errorf("reading access key %s: %w", accessKeyID, err)
	}
	return out, nil
}

func root(account string) bailiwick.Principal {
	return bailiwick.Principal{Principal: policy.Principal{
		Type: policy.Account, ARN: "arn:aws:iam::" + account + ":root", ID: account, Account: account,
	}}
}

// EnsureRootKey makes the given key the root key of an account, and the only
// one: whoever changes it in the configuration because it leaked must not find
// it still working. Nothing is written if it is already so.
func (s *API) EnsureRootKey(ctx context.Context, account, accessKeyID, secret string) error {
	switch {
	case !isAccountID(account):
		return fmt.Errorf("setting the root key: %q is not an account of twelve digits", account)
	case len(accessKeyID) < 16 || len(accessKeyID) > 128 || strings.ContainsFunc(accessKeyID, notWord):
		return errors.New("setting the root key: an access key id has 16 to 128 letters, digits and underscores")
	case secret == "":
		return errors.New("setting the root key: the secret access key is empty")
	}
	now := s.Now().UTC().Truncate(time.Second)
	k := accessKey{ID: accessKeyID, Account: account, Secret: secret, Status: active, Created: now}
	same := false
	err := s.Store.View(ctx, func(r store.Reader) error {
		was, err := get[rootRecord](r, rootKey(account))
		if err != nil || was == nil || was.KeyID != accessKeyID {
			return err
		}
		old, err := get[accessKey](r, accessKeyKey(accessKeyID))
		same = old != nil && old.Account == account && old.UserID == "" && old.Secret == secret && old.Status == active
		return err
	})
	if err == nil && !same {
		err = s.change(ctx, account, func(tx store.Tx) error { return setRootKey(tx, k) })
	}
	if err != nil {
		return fmt.Errorf("setting the root key of %s: %w", account, err)
	}
	return nil
}

func setRootKey(tx store.Tx, k accessKey) error {
	taken, err := get[accessKey](tx, accessKeyKey(k.ID))
	if err != nil {
		return err
	}
	if taken != nil && (taken.UserID != "" || taken.Account != k.Account) {
		return fmt.Errorf("the access key id %s belongs to someone else", k.ID)
	}
	record := rootRecord{KeyID: k.ID, Created: k.Created}
	was, err := get[rootRecord](tx, rootKey(k.Account))
	if err != nil {
		return err
	}
	if was != nil {
		record.Created = was.Created
		if err := tx.Delete(accessKeyKey(was.KeyID)); err != nil {
			return err
		}
	}
	if err := store.PutJSON(tx, rootKey(k.Account), record); err != nil {
		return err
	}
	return store.PutJSON(tx, accessKeyKey(k.ID), k)
}

func notWord(r rune) bool {
	return (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z') && r != '_'
}
