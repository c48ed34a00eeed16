package dynamodb

import (
	"context"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/service/dynamodb/attr"
	"github.com/bailiwick-project/bailiwick/service/dynamodb/expr"
	"github.com/bailiwick-project/bailiwick/store"
)

// Limits of BatchGetItem. Source: API Reference, BatchGetItem.
const (
	maxBatchGet     = 100
	maxBatchGetSize = 16 << 20 // bytes of all items

	// maxBatchGetValues bounds what the answer takes in memory: a null counts one
	// byte of an item, and some fifty of the server's.
	maxBatchGetValues = 1 << 20
)

// A batchGetPlan is a BatchGetItem, parsed.
type batchGetPlan struct {
	batch
	reads    []batchRead
	capacity string
}

// A batchRead is what a BatchGetItem wants of one table, as it names it.
type batchRead struct {
	*access
	given      string
	request    KeysAndAttributes
	at         [][]byte // of each key, in the store
	projection *expr.Projection
}

func (a *API) planBatchGetItem(ctx context.Context, call *bailiwick.Call, in *BatchGetItemInput) (*batchGetPlan, error) {
	p := &batchGetPlan{capacity: or(in.ReturnConsumedCapacity, "")}
	total := 0
	for _, k := range in.RequestItems {
		total += len(k.Keys)
	}
	if total > maxBatchGet {
		return nil, invalid("Too many items requested for the BatchGetItem call")
	}
	seen := map[string]bool{}
	for _, given := range sortedNames(in.RequestItems) {
		r, err := a.planBatchRead(ctx, call, p, given, in.RequestItems[given], seen)
		if err != nil {
			return nil, err
		}
		p.reads = append(p.reads, r)
	}
	return p, nil
}

func (a *API) planBatchRead(ctx context.Context, call *bailiwick.Call, p *batchGetPlan, given string, k KeysAndAttributes, seen map[string]bool) (batchRead, error) {
	r := batchRead{given: given, request: k}
	var err error
	if r.projection, err = planProjection(k.ProjectionExpression, k.AttributesToGet, k.ExpressionAttributeNames); err != nil {
		return r, err
	}
	if r.access, err = p.batch.table(ctx, a, call, given); err != nil {
		return r, err
	}
	r.capacity = p.capacity
	// Of two wishes for one table, the wider counts.
	switch {
	case r.projection == nil:
		r.selects = selectAll
	case r.selects == "":
		r.selects = selectSpecific
	}
	r.mention(r.projection.TopLevelNames()...)
	for _, key := range k.Keys {
		r.mentionItem(key)
		at := r.locate(key)
		unique(r.access, seen, at)
		r.at = append(r.at, at)
	}
	return r, nil
}

func (a *API) batchGetItem(ctx context.Context, _ *bailiwick.Call, p *batchGetPlan) (*BatchGetItemOutput, error) {
	if err := p.ready(); err != nil {
		return nil, err
	}
	out := &BatchGetItemOutput{Responses: map[string][]attr.Item{}, UnprocessedKeys: map[string]KeysAndAttributes{}}
	bills := map[*access]*bill{}
	err := a.Store.View(ctx, func(r store.Reader) error {
		var size extent
		for i := range p.reads {
			read := &p.reads[i]
			if bills[read.access] == nil {
				bills[read.access] = &bill{}
			}
			if err := a.readBatch(r, read, out, bills[read.access], &size); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	out.ConsumedCapacity = p.batch.consumed(bills)
	return out, nil
}

// readBatch reads the items of one table until the answer is full; the keys that
// are left come back.
func (a *API) readBatch(r store.Reader, read *batchRead, out *BatchGetItemOutput, b *bill, sum *extent) error {
	if _, err := a.still(r, read.table); err != nil {
		return err
	}
	items := []attr.Item{}
	for i, at := range read.at {
		item, err := getItem(r, at)
		if err != nil {
			return err
		}
		if sum.add(item); sum.full() {
			left := read.request
			left.Keys = left.Keys[i:]
			out.UnprocessedKeys[read.given] = left
			break
		}
		b.charge(nil, readUnits(item.Size(), or(read.request.ConsistentRead, false)))
		if item != nil {
			items = append(items, found(read.projection.Apply(item)))
		}
	}
	out.Responses[read.given] = items
	return nil
}

// An extent is how much a BatchGetItem has read.
type extent struct{ items, bytes, values int }

func (e *extent) add(item attr.Item) {
	e.items++
	e.bytes += item.Size()
	e.values += item.Values()
}

// full tells that the item added last does not fit any more; a single one always does.
func (e *extent) full() bool {
	return e.items > 1 && (e.bytes > maxBatchGetSize || e.values > maxBatchGetValues)
}

// consumed lists the bills in the order of the tables; nil when nobody asked.
func (b *batch) consumed(bills map[*access]*bill) []ConsumedCapacity {
	var list []ConsumedCapacity
	for _, x := range b.tables {
		if bills[x] == nil {
			continue
		}
		if c := bills[x].consumed(x); c != nil {
			list = append(list, *c)
		}
	}
	return list
}
