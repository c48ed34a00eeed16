package dynamodb

import (
	"context"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/service/dynamodb/attr"
	"github.com/bailiwick-project/bailiwick/service/dynamodb/expr"
	"github.com/bailiwick-project/bailiwick/store"
)

// A getPlan is a GetItem, parsed.
type getPlan struct {
	access
	at         []byte // key of the item in the store
	projection *expr.Projection
	consistent bool
}

func (a *API) planGetItem(ctx context.Context, call *bailiwick.Call, in *GetItemInput) (*getPlan, error) {
	p := &getPlan{consistent: or(in.ConsistentRead, false)}
	var err error
	if p.projection, err = planProjection(in.ProjectionExpression, in.AttributesToGet, in.ExpressionAttributeNames); err != nil {
		return nil, err
	}
	if p.target, err = a.target(ctx, call, *in.TableName); err != nil {
		return nil, err
	}
	p.capacity = or(in.ReturnConsumedCapacity, "")
	p.selects = "ALL_ATTRIBUTES"
	p.mentionItem(in.Key)
	if p.projection != nil {
		p.selects = "SPECIFIC_ATTRIBUTES"
		p.mention(p.projection.TopLevelNames()...)
	}
	p.at = p.locate(in.Key)
	return p, nil
}

// planProjection parses what GetItem and its kin project by.
func planProjection(text *string, legacy []string, names map[string]string) (*expr.Projection, error) {
	if text == nil && legacy == nil && names == nil {
		return nil, nil
	}
	scope, err := language{
		legacy:      []parameter{{"AttributesToGet", legacy != nil}},
		expressions: []parameter{{"ProjectionExpression", text != nil}},
		names:       names,
	}.scope()
	if err != nil {
		return nil, err
	}
	p, err := projection(scope, text, legacy)
	if err == nil && scope != nil {
		err = refuse(scope.CheckUsed())
	}
	return p, err
}

// locate takes a Key: its partition goes to the policies, its place in the store
// is returned. A Key that does not fit is refused.
func (x *access) locate(key attr.Item) []byte {
	if x.table == nil {
		return nil
	}
	x.leadTable(key)
	if err := x.table.checkKey(key); err != nil {
		x.refuse(err)
		return nil
	}
	at, err := x.table.itemKey(key)
	x.refuse(err)
	return at
}

func (a *API) getItem(ctx context.Context, _ *bailiwick.Call, p *getPlan) (*GetItemOutput, error) {
	if err := p.ready(); err != nil {
		return nil, err
	}
	item, err := a.readItem(ctx, p.table, p.at)
	if err != nil {
		return nil, err
	}
	out := &GetItemOutput{}
	if p.capacity != "" {
		out.ConsumedCapacity = (&bill{table: readUnits(item.Size(), p.consistent)}).consumed(&p.access)
	}
	if item != nil {
		out.Item = found(p.projection.Apply(item))
	}
	return out, nil
}

// readItem reads an item of the planned table. Where the store counts its changes
// one read is enough: no stamp has changed since, so that the table was still the
// planned one when the item was read.
func (a *API) readItem(ctx context.Context, planned *table, at []byte) (item attr.Item, err error) {
	if w := a.tables.stamps(a.Store); w != nil {
		raw, err := store.Get(ctx, a.Store, at)
		if now := a.tables.find(planned.ref); now.count == w.Count() && now.table.ID == planned.ID {
			return decodeItem(at, raw, err)
		}
	}
	err = a.Store.View(ctx, func(r store.Reader) error {
		_, err := a.still(r, planned)
		if err == nil {
			item, err = getItem(r, at)
		}
		return err
	})
	return item, err
}

// found makes the projection of an item that exists an empty map where nothing
// of it is left.
func found(item attr.Item) attr.Item {
	if item == nil {
		return attr.Item{}
	}
	return item
}
