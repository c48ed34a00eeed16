package apigateway

import (
	"context"
	"fmt"
	"io"
	"slices"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/authz"
	"github.com/bailiwick-project/bailiwick/store"
)

// asked is a request and what leave it needs. The checks carry data of the API,
// such as its tags; holds tells whether they would still be the same.
type asked[In any] struct {
	in     *In
	checks []authz.Check
	ids    [2]string // drawn for what the request makes
	may    func(store.Reader, *bailiwick.Call, *In) ([]authz.Check, error)
}

// ask makes a plan function of a mayX.
func ask[In any](a *API, may func(store.Reader, *bailiwick.Call, *In) ([]authz.Check, error)) func(context.Context, *bailiwick.Call, *In) (*asked[In], error) {
	return func(ctx context.Context, call *bailiwick.Call, in *In) (*asked[In], error) {
		q := &asked[In]{in: in, may: may}
		for i := range q.ids {
			id, err := newID(a.Rand)
			if err != nil {
				return nil, err
			}
			q.ids[i] = id
		}
		err := a.Store.View(ctx, func(r store.Reader) (err error) {
			q.checks, err = may(r, call, in)
			return err
		})
		return q, err
	}
}

func checks[In any](_ context.Context, _ *bailiwick.Call, q *asked[In]) ([]authz.Check, error) {
	return q.checks, nil
}

// view makes a run of a function that reads.
func view[In, Out any](a *API, run func(store.Reader, *bailiwick.Call, *asked[In]) (*Out, error)) func(context.Context, *bailiwick.Call, *asked[In]) (*Out, error) {
	return func(ctx context.Context, call *bailiwick.Call, q *asked[In]) (out *Out, err error) {
		err = a.Store.View(ctx, func(r store.Reader) (err error) {
			if err = q.holds(r, call); err == nil {
				out, err = run(r, call, q)
			}
			return err
		})
		return out, err
	}
}

// update makes a run of a function that writes, in one transaction.
func update[In, Out any](a *API, run func(store.Tx, *bailiwick.Call, *asked[In]) (*Out, error)) func(context.Context, *bailiwick.Call, *asked[In]) (*Out, error) {
	return func(ctx context.Context, call *bailiwick.Call, q *asked[In]) (out *Out, err error) {
		err = a.Store.Update(ctx, func(tx store.Tx) (err error) {
			if err = q.holds(tx, call); err == nil {
				out, err = run(tx, call, q)
			}
			return err
		})
		if err != nil {
			return nil, err
		}
		return out, nil
	}
}

// holds fails if what was decided on has changed since: whoever was let in by a
// tag must not act on an API that has lost it.
func (q *asked[In]) holds(r store.Reader, call *bailiwick.Call) error {
	now, err := q.may(r, call, q.in)
	if err != nil {
		return err
	}
	if !slices.EqualFunc(now, q.checks, sameCheck) {
		return errChanged
	}
	return nil
}

func sameCheck(a, b authz.Check) bool {
	names := a.Keys.Keys()
	if a.Action != b.Action || a.Resource != b.Resource || !slices.Equal(names, b.Keys.Keys()) {
		return false
	}
	for _, name := range names {
		x, _, _ := a.Keys.Lookup(name)
		y, _, _ := b.Keys.Lookup(name)
		if !slices.Equal(x, y) {
			return false
		}
	}
	return true
}

// idLength is that of the ids of APIs.
const idLength = 10

// newID draws the id of an API or a part of it: lower-case letters and digits.
// Ids are labels of host names, and are never used again.
func newID(random io.Reader) (string, error) {
	const alphabet = "abcdefghijklmnopqrstuvwxyz0123456789"
	id := make([]byte, 0, idLength)
	var b [2 * idLength]byte
	for len(id) < idLength {
		if _, err := io.ReadFull(random, b[:]); err != nil {
			return "", fmt.Errorf("drawing an id: %w", err)
		}
		for _, c := range b {
			if c < 252 && len(id) < idLength { // 252 is 7 times 36: every character is as likely
				id = append(id, alphabet[c%36])
			}
		}
	}
	return string(id), nil
}
