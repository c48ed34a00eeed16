package dynamodb

import (
	"context"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/service/dynamodb/attr"
	"github.com/bailiwick-project/bailiwick/store"
)

// A transactGetPlan is a TransactGetItems: as many GetItems, each of which is
// asked for by itself.
type transactGetPlan struct {
	gets []*getPlan
}

func (a *API) planTransactGetItems(ctx context.Context, call *bailiwick.Call, in *TransactGetItemsInput) (*transactGetPlan, error) {
	p := &transactGetPlan{}
	seen := map[string]bool{}
	for _, item := range in.TransactItems {
		consistent := true
		g, err := a.planGetItem(ctx, call, &GetItemInput{
			TableName: item.Get.TableName, Key: item.Get.Key, ProjectionExpression: item.Get.ProjectionExpression,
			ExpressionAttributeNames: item.Get.ExpressionAttributeNames, ReturnConsumedCapacity: in.ReturnConsumedCapacity, ConsistentRead: &consistent,
		})
		if err != nil {
			return nil, err
		}
		g.enclosing = "TransactGetItems"
		once(&g.access, seen, g.at)
		p.gets = append(p.gets, g)
	}
	return p, nil
}

// once refuses an item that a transaction addresses twice.
func once(x *access, seen map[string]bool, at []byte) {
	if at != nil && seen[string(at)] && x.refusal == nil {
		x.refusal, x.plainly = errTwice, true
	}
	seen[string(at)] = true
}

var errTwice = bailiwick.Errorf(bailiwick.CodeValidation, "Transaction request cannot include multiple operations on one item")

func (a *API) transactGetItems(ctx context.Context, _ *bailiwick.Call, p *transactGetPlan) (*TransactGetItemsOutput, error) {
	v := make(verdict, len(p.gets))
	for i, g := range p.gets {
		if v[i] = g.ready(); v[i] != nil && g.plainly {
			return nil, v[i]
		}
	}
	if err := v.cancelled(); err != nil {
		return nil, err
	}
	items := make([]attr.Item, len(p.gets))
	err := a.Store.View(ctx, func(r store.Reader) error {
		size := 0
		for i, g := range p.gets {
			if _, err := a.still(r, g.table); err != nil {
				return err
			}
			var err error
			if items[i], err = getItem(r, g.at); err != nil {
				return err
			}
			if size += items[i].Size(); size > maxTransactSize {
				return invalid("The items of the transaction exceed 4 MB")
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	out := &TransactGetItemsOutput{Responses: make([]ItemResponse, len(items))}
	var l ledger
	for i, item := range items {
		l.of(&p.gets[i].access).charge(nil, readUnits(item.Size(), true))
		if item != nil {
			out.Responses[i].Item = found(p.gets[i].projection.Apply(item))
		}
	}
	out.ConsumedCapacity = l.consumed(false)
	return out, nil
}
