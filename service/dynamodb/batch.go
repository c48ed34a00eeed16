package dynamodb

import (
	"context"

	"github.com/bailiwick-project/bailiwick"
)

// A batch is the tables that one request addresses. A table that is named twice,
// by name and by ARN, is one table: it is asked for once, with the union of what
// is wanted, so that no second spelling carries a key past the first.
type batch struct {
	tables []*access
}

// table is the access to the table of that name or ARN, made when first named.
func (b *batch) table(ctx context.Context, a *API, call *bailiwick.Call, given string) (*access, error) {
	t, _, err := parseTarget(call, given)
	if err != nil {
		return nil, err
	}
	for _, x := range b.tables {
		if x.arn == t.arn {
			return x, nil
		}
	}
	x := &access{}
	if x.target, err = a.target(ctx, call, given); err != nil {
		return nil, err
	}
	b.tables = append(b.tables, x)
	return x, nil
}

func (b *batch) checks(action string) checks {
	out := make(checks, len(b.tables))
	for i, x := range b.tables {
		out[i] = x.check(action)
	}
	return out
}

// ready refuses the whole batch when anything in it cannot be run.
func (b *batch) ready() error {
	for _, x := range b.tables {
		if err := x.ready(); err != nil {
			return err
		}
	}
	return nil
}

// unique refuses an item that is addressed twice.
func unique(x *access, seen map[string]bool, at []byte) {
	if at == nil {
		return // refused already, or there is no table
	}
	if seen[string(at)] {
		x.refuse(errDuplicates)
	}
	seen[string(at)] = true
}
