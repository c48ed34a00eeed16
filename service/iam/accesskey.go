package iam

import (
	"context"
	"encoding/base64"
	"fmt"
	"io"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/authz"
	"github.com/bailiwick-project/bailiwick/policy"
	"github.com/bailiwick-project/bailiwick/store"
)

// maxKeys is how many access keys one user may have: one in use, one to rotate to.
// Source: IAM User Guide, "IAM and AWS STS quotas".
const maxKeys = 2

const (
	active   = "Active"
	inactive = "Inactive"
)

// newSecret draws 240 bits and prints them as AWS does, in 40 characters.
func (s *API) newSecret() (string, error) {
	raw := make([]byte, 30)
	if _, err := io.ReadFull(s.Rand, raw); err != nil {
		return "", fmt.Errorf("drawing a secret access key: %w", err)
	}
	return base64.StdEncoding.EncodeToString(raw), nil
}

// askKeys asks for an action on the keys of a user: the named one, or the caller.
func askKeys[In any](ctx context.Context, s *API, call *bailiwick.Call, in *In, name *string, action string) (*asked[In], error) {
	name, err := userOr(call, name)
	if err != nil {
		return nil, err
	}
	return ask(ctx, s, call, in, userKind, name, action, details{})
}

func (s *API) mayCreateAccessKey(ctx context.Context, call *bailiwick.Call, in *CreateAccessKeyRequest) (*asked[CreateAccessKeyRequest], error) {
	return askKeys(ctx, s, call, in, in.UserName, "iam:CreateAccessKey")
}

func (s *API) mayListAccessKeys(ctx context.Context, call *bailiwick.Call, in *ListAccessKeysRequest) (*asked[ListAccessKeysRequest], error) {
	return askOwn(ctx, s, call, in, in.UserName, "iam:ListAccessKeys")
}

func (s *API) mayUpdateAccessKey(ctx context.Context, call *bailiwick.Call, in *UpdateAccessKeyRequest) (*asked[UpdateAccessKeyRequest], error) {
	return askKeys(ctx, s, call, in, in.UserName, "iam:UpdateAccessKey")
}

func (s *API) mayDeleteAccessKey(ctx context.Context, call *bailiwick.Call, in *DeleteAccessKeyRequest) (*asked[DeleteAccessKeyRequest], error) {
	return askKeys(ctx, s, call, in, in.UserName, "iam:DeleteAccessKey")
}

// mayGetAccessKeyLastUsed finds whose key it is. A key that is nobody's here is
// asked for as any user's, so that only who may see all learns that.
func (s *API) mayGetAccessKeyLastUsed(ctx context.Context, call *bailiwick.Call, in *GetAccessKeyLastUsedRequest) (*asked[GetAccessKeyLastUsedRequest], error) {
	const action = "iam:GetAccessKeyLastUsed"
	a := &asked[GetAccessKeyLastUsedRequest]{in: in, kind: userKind}
	err := s.Store.View(ctx, func(r store.Reader) error {
		k, err := get[accessKey](r, accessKeyKey(*in.AccessKeyId))
		if k == nil || err != nil || k.Account != call.Account || k.UserID == "" {
			return err
		}
		a.entity, err = byID(r, k.UserID)
		return err
	})
	if err != nil {
		return nil, err
	}
	arn := "arn:aws:iam::" + call.Account + ":user/*"
	if a.entity != nil {
		arn = a.entity.arn()
	}
	a.checks = []authz.Check{{Action: action, Resource: arn, Type: string(userKind), Keys: entityKeys(action, a.entity, details{})}}
	return a, nil
}

// createAccessKey is the only time that the secret is shown.
func (s *API) createAccessKey(ctx context.Context, call *bailiwick.Call, a *asked[CreateAccessKeyRequest]) (*CreateAccessKeyResponse, error) {
	e, err := a.found()
	if err != nil {
		return nil, err
	}
	id, err := s.newID(keyPrefix, keyLength)
	if err != nil {
		return nil, err
	}
	secret, err := s.newSecret()
	if err != nil {
		return nil, err
	}
	k := accessKey{ID: id, Account: e.Account, UserID: e.ID, Secret: secret, Status: active, Created: at(call)}
	err = s.alter(ctx, e, func(tx store.Tx, e *entity) error {
		n, err := count(tx, "iam", "userkey", e.Account, e.ID)
		if err != nil {
			return err
		}
		if n >= maxKeys {
			return overLimit("Cannot exceed quota for AccessKeysPerUser: %d", maxKeys)
		}
		taken, err := has(tx, accessKeyKey(id))
		if err != nil {
			return err
		}
		if taken {
			return fmt.Errorf("the access key id %s was drawn twice", id)
		}
		if err := tx.Put(userKeyKey(e.Account, e.ID, id), nil); err != nil {
			return err
		}
		return store.PutJSON(tx, accessKeyKey(id), k)
	})
	if err != nil {
		return nil, err
	}
	return &CreateAccessKeyResponse{AccessKey: &AccessKey{
		AccessKeyId: &k.ID, SecretAccessKey: &k.Secret, Status: &k.Status, UserName: &e.Name, CreateDate: &k.Created,
	}}, nil
}

func (s *API) listAccessKeys(ctx context.Context, call *bailiwick.Call, a *asked[ListAccessKeysRequest]) (*ListAccessKeysResponse, error) {
	if a.name == "" && call.Who.Type == policy.Account {
		return s.listRootKeys(ctx, call.Account)
	}
	e, err := a.found()
	if err != nil {
		return nil, err
	}
	p, err := newPage(a.in.Marker, a.in.MaxItems)
	if err != nil {
		return nil, err
	}
	out := &ListAccessKeysResponse{}
	err = s.Store.View(ctx, func(r store.Reader) error {
		ids, err := lasts(r, "iam", "userkey", e.Account, e.ID)
		if err != nil {
			return err
		}
		var slots []slot[AccessKeyMetadata]
		for _, id := range ids {
			k, err := keyOf(r, e, id)
			if err != nil {
				return err
			}
			slots = append(slots, slot[AccessKeyMetadata]{id, AccessKeyMetadata{
				AccessKeyId: &k.ID, Status: &k.Status, UserName: &e.Name, CreateDate: &k.Created,
			}})
		}
		out.AccessKeyMetadata, out.IsTruncated, out.Marker = cut(p, slots)
		return nil
	})
	return out, err
}

// listRootKeys shows the one key that root may have. It comes from the
// configuration; that of the development mode is not kept, and not shown.
func (s *API) listRootKeys(ctx context.Context, account string) (*ListAccessKeysResponse, error) {
	out := &ListAccessKeysResponse{AccessKeyMetadata: []AccessKeyMetadata{}, IsTruncated: ptr(false)}
	err := s.Store.View(ctx, func(r store.Reader) error {
		root, err := get[rootRecord](r, rootKey(account))
		if root == nil || err != nil {
			return err
		}
		k, err := get[accessKey](r, accessKeyKey(root.KeyID))
		if k == nil || err != nil || k.UserID != "" || k.Account != account {
			return err
		}
		out.AccessKeyMetadata = append(out.AccessKeyMetadata, AccessKeyMetadata{AccessKeyId: &k.ID, Status: &k.Status, CreateDate: &k.Created})
		return nil
	})
	return out, err
}

// keyOf reads a key of a user. Another user's key is none.
func keyOf(r store.Reader, e *entity, id string) (*accessKey, error) {
	k, err := get[accessKey](r, accessKeyKey(id))
	if err != nil {
		return nil, err
	}
	if k == nil || k.UserID != e.ID || k.Account != e.Account {
		return nil, noAccessKey(id)
	}
	return k, nil
}

func (s *API) updateAccessKey(ctx context.Context, _ *bailiwick.Call, a *asked[UpdateAccessKeyRequest]) (*none, error) {
	e, err := a.found()
	if err != nil {
		return nil, err
	}
	if *a.in.Status != active && *a.in.Status != inactive {
		return nil, invalid("The status of an access key can be set to Active or Inactive only.")
	}
	return nil, s.alter(ctx, e, func(tx store.Tx, e *entity) error {
		k, err := keyOf(tx, e, *a.in.AccessKeyId)
		if err != nil {
			return err
		}
		k.Status = *a.in.Status
		return store.PutJSON(tx, accessKeyKey(k.ID), k)
	})
}

func (s *API) deleteAccessKey(ctx context.Context, _ *bailiwick.Call, a *asked[DeleteAccessKeyRequest]) (*none, error) {
	e, err := a.found()
	if err != nil {
		return nil, err
	}
	return nil, s.alter(ctx, e, func(tx store.Tx, e *entity) error {
		k, err := keyOf(tx, e, *a.in.AccessKeyId)
		if err != nil {
			return err
		}
		if err := tx.Delete(userKeyKey(e.Account, e.ID, k.ID)); err != nil {
			return err
		}
		return tx.Delete(accessKeyKey(k.ID))
	})
}

// getAccessKeyLastUsed: the use of keys is not recorded, because it would cost a
// write for each request. The answer is AWS's for a key that has no record.
func (s *API) getAccessKeyLastUsed(_ context.Context, _ *bailiwick.Call, a *asked[GetAccessKeyLastUsedRequest]) (*GetAccessKeyLastUsedResponse, error) {
	if a.entity == nil {
		return nil, noAccessKey(*a.in.AccessKeyId)
	}
	return &GetAccessKeyLastUsedResponse{
		UserName: &a.entity.Name, AccessKeyLastUsed: &AccessKeyLastUsed{ServiceName: ptr("N/A"), Region: ptr("N/A")},
	}, nil
}
