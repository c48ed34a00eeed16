package iam

import (
	"context"
	"fmt"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/policy"
	"github.com/bailiwick-project/bailiwick/store"
)

// maxInline is how many characters all inline policies of one entity may have
// together, without whitespace.
// Source: IAM User Guide, "IAM and AWS STS quotas".
var maxInline = map[kind]int32{userKind: 2048, roleKind: 10240, groupKind: 5120}

func (s *API) putInline(ctx context.Context, call *bailiwick.Call, e *entity, name, document string) error {
	tooLarge := fmt.Sprintf("Maximum policy size of %d bytes exceeded for %s %s", maxInline[e.Kind], e.Kind, e.Name)
	if _, err := policy.Parse(policy.Identity, document); err != nil {
		return unreadable(call, err, tooLarge)
	}
	return s.alter(ctx, e, func(tx store.Tx, e *entity) error {
		others, err := all[inline](tx, "iam", "inline", e.Account, e.ID)
		if err != nil {
			return err
		}
		size := policy.Size(document)
		for _, o := range others {
			if o.Name != name {
				size += policy.Size(o.Text)
			}
		}
		if size > int(maxInline[e.Kind]) {
			return overLimit("%s", tooLarge)
		}
		return store.PutJSON(tx, inlineKey(e.Account, e.ID, name), inline{name, document})
	})
}

func (s *API) getInline(ctx context.Context, e *entity, name string) (*string, error) {
	var found *inline
	err := s.Store.View(ctx, func(r store.Reader) (err error) {
		found, err = get[inline](r, inlineKey(e.Account, e.ID, name))
		return err
	})
	if err != nil {
		return nil, err
	}
	if found == nil {
		return nil, noInline(e.Kind, name)
	}
	return encoded(found.Text), nil
}

func (s *API) deleteInline(ctx context.Context, e *entity, name string) error {
	return s.alter(ctx, e, func(tx store.Tx, e *entity) error {
		key := inlineKey(e.Account, e.ID, name)
		found, err := get[inline](tx, key)
		if err != nil {
			return err
		}
		if found == nil {
			return noInline(e.Kind, name)
		}
		return tx.Delete(key)
	})
}

func (s *API) listInline(ctx context.Context, e *entity, marker *string, maxItems *int32) (names []string, more *bool, next *string, err error) {
	p, err := newPage(marker, maxItems)
	if err != nil {
		return nil, nil, nil, err
	}
	err = s.Store.View(ctx, func(r store.Reader) error {
		list, m, n, err := scan(r, p, everything[inline], "iam", "inline", e.Account, e.ID)
		names, more, next = each(list, func(i *inline) string { return i.Name }), m, n
		return err
	})
	return names, more, next, err
}
