package identitypools

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/store"
)

// ownIdentity reads an identity and its pool, if the pool is the caller's.
func ownIdentity(r store.Reader, call *bailiwick.Call, id string) (*identity, *pool, error) {
	i, err := getIdentity(r, id)
	if err != nil {
		return nil, nil, err
	}
	p, err := ownPool(r, call, i.Pool)
	if isNotFound(err) {
		return nil, nil, noIdentity(id)
	}
	return i, p, err
}

// members lists the identities of a pool behind start, at most limit.
func members(r store.Reader, poolID, start string, limit int) (ids []string, more bool, err error) {
	from, to := store.Prefix(space, "member", poolID)
	if start != "" {
		from = store.After(memberKey(poolID, start))
	}
	for entry, err := range r.Scan(from, to, false) {
		if err != nil {
			return nil, false, err
		}
		if len(ids) == limit {
			return ids, true, nil
		}
		id, err := lastPart(entry.Key)
		if err != nil {
			return nil, false, err
		}
		ids = append(ids, id)
	}
	return ids, false, nil
}

func lastPart(key []byte) (string, error) {
	parts, err := store.Split(key)
	if err != nil {
		return "", fmt.Errorf("reading a listing of identity pools: %w", err)
	}
	id, ok := parts[len(parts)-1].(string)
	if !ok {
		return "", fmt.Errorf("reading a listing of identity pools: the key %q names nothing", key)
	}
	return id, nil
}

// listIdentities shows a page of identities. With HideDisabled a page may be
// shorter than asked for: closed identities count, and are left out.
func (a *API) listIdentities(ctx context.Context, call *bailiwick.Call, in *ListIdentitiesInput) (*ListIdentitiesResponse, error) {
	start, err := pageStart(in.NextToken)
	if err != nil {
		return nil, err
	}
	out := &ListIdentitiesResponse{IdentityPoolId: in.IdentityPoolId}
	err = a.Store.View(ctx, func(r store.Reader) error {
		if _, err := ownPool(r, call, *in.IdentityPoolId); err != nil {
			return err
		}
		ids, more, err := members(r, *in.IdentityPoolId, start, int(*in.MaxResults))
		if err != nil {
			return err
		}
		out.Identities, out.NextToken = []IdentityDescription{}, nil
		for _, id := range ids {
			i, err := getIdentity(r, id)
			if err != nil {
				return err
			}
			if in.HideDisabled == nil || !*in.HideDisabled || !i.Closed {
				out.Identities = append(out.Identities, i.shown())
			}
		}
		if more {
			out.NextToken = pageToken(ids[len(ids)-1])
		}
		return nil
	})
	return out, err
}

func (a *API) describeIdentity(ctx context.Context, call *bailiwick.Call, in *DescribeIdentityInput) (*IdentityDescription, error) {
	var out IdentityDescription
	err := a.Store.View(ctx, func(r store.Reader) error {
		i, _, err := ownIdentity(r, call, *in.IdentityId)
		if err == nil {
			out = i.shown()
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return &out, nil
}

func (i *identity) shown() IdentityDescription {
	return IdentityDescription{
		IdentityId: &i.ID, CreationDate: &i.Created, LastModifiedDate: &i.Modified,
		Logins: append([]string{}, slices.Sorted(maps.Keys(i.Logins))...),
	}
}

// deleteIdentities removes identities of the caller's pools. Others come back as
// unprocessed, whether they exist or not.
func (a *API) deleteIdentities(ctx context.Context, call *bailiwick.Call, in *DeleteIdentitiesInput) (*DeleteIdentitiesResponse, error) {
	var out *DeleteIdentitiesResponse
	ids := slices.Compact(slices.Sorted(slices.Values(in.IdentityIdsToDelete)))
	err := a.decide(ctx, func(tx store.Tx) error {
		out = &DeleteIdentitiesResponse{UnprocessedIdentityIds: []UnprocessedIdentityId{}}
		for _, id := range ids {
			i, p, err := ownIdentity(tx, call, id)
			if isNotFound(err) {
				out.UnprocessedIdentityIds = append(out.UnprocessedIdentityIds, UnprocessedIdentityId{IdentityId: &id, ErrorCode: &errorDenied})
				continue
			}
			if err != nil {
				return err
			}
			if err := dropIdentity(tx, p, i); err != nil {
				return err
			}
		}
		return nil
	})
	return out, err
}

var errorDenied = "AccessDenied"
