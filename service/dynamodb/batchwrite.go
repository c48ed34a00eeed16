package dynamodb

import (
	"context"
	"errors"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/store"
)

// Limits of BatchWriteItem. Source: API Reference, BatchWriteItem.
const (
	maxBatchWrite = 25

	// maxGroup bounds what one transaction writes, in bytes, far below the limit of
	// the store: an item of 400 KB may have an entry in each of 25 indexes.
	maxGroup = 24 << 20
)

// A batchWritePlan is a BatchWriteItem, parsed.
type batchWritePlan struct {
	batch
	writes  []batchWrite
	metrics bool // ReturnItemCollectionMetrics is SIZE
}

type batchWrite struct {
	*access
	write
}

func (a *API) planBatchWriteItem(ctx context.Context, call *bailiwick.Call, in *BatchWriteItemInput) (*batchWritePlan, error) {
	p := &batchWritePlan{metrics: wantsMetrics(in.ReturnItemCollectionMetrics)}
	total := 0
	for _, given := range sortedNames(in.RequestItems) {
		list := in.RequestItems[given]
		if total += len(list); total > maxBatchWrite {
			return nil, invalid("Too many items requested for the BatchWriteItem call")
		}
		for i := range list {
			if err := list[i].checkForm(); err != nil {
				return nil, err
			}
		}
	}
	seen := map[string]bool{}
	for _, given := range sortedNames(in.RequestItems) {
		x, err := p.batch.table(ctx, a, call, given)
		if err != nil {
			return nil, err
		}
		x.capacity = or(in.ReturnConsumedCapacity, "")
		for _, r := range in.RequestItems[given] {
			w := batchWrite{access: x, write: r.plan(x)}
			unique(x, seen, w.at)
			p.writes = append(p.writes, w)
		}
	}
	return p, nil
}

// checkForm holds one request to what can be known without its table.
func (r *WriteRequest) checkForm() error {
	if (r.PutRequest == nil) == (r.DeleteRequest == nil) {
		return invalid("Supplied WriteRequest must contain exactly one of PutRequest and DeleteRequest")
	}
	if r.PutRequest != nil {
		return refuse(r.PutRequest.Item.CheckSize())
	}
	return nil
}

// plan is the write of one request; its keys and names go to the policies.
func (r *WriteRequest) plan(x *access) write {
	if r.PutRequest != nil {
		item := r.PutRequest.Item
		x.mentionItem(item)
		if x.table != nil && errors.Is(x.table.checkKey(item.Only(x.table.Key.names()...)), errKeyMismatch) {
			x.refuse(errKeyMismatch) // PutItem has sentences of its own for that
		}
		return write{verb: put, item: item, returns: "NONE", at: x.place(item)}
	}
	x.mentionItem(r.DeleteRequest.Key)
	return write{verb: remove, key: r.DeleteRequest.Key, returns: "NONE", at: x.locate(r.DeleteRequest.Key)}
}

// batchWriteItem writes the whole batch in one transaction, unless its size asks
// for several: a batch is no transaction by contract.
func (a *API) batchWriteItem(ctx context.Context, _ *bailiwick.Call, p *batchWritePlan) (*BatchWriteItemOutput, error) {
	if err := p.ready(); err != nil {
		return nil, err
	}
	bills := map[*access]*bill{}
	for _, x := range p.tables {
		bills[x] = &bill{}
	}
	for rest := p.writes; len(rest) > 0; {
		n := groupOf(rest)
		if err := a.writeGroup(ctx, rest[:n], bills); err != nil {
			return nil, err
		}
		rest = rest[n:]
	}
	out := &BatchWriteItemOutput{UnprocessedItems: map[string][]WriteRequest{}, ConsumedCapacity: p.batch.consumed(bills)}
	for i := range p.writes {
		w := &p.writes[i]
		out.ItemCollectionMetrics = metricsOf(p.metrics, w.given, w.table, &w.write, out.ItemCollectionMetrics)
	}
	return out, nil
}

// groupOf is how many of the writes fit into one transaction; at least one.
func groupOf(writes []batchWrite) int {
	size := 0
	for i := range writes {
		w := &writes[i]
		size += (w.item.Size() + len(w.at)) * (1 + len(w.table.Indexes))
		if size > maxGroup && i > 0 {
			return i
		}
	}
	return len(writes)
}

func (a *API) writeGroup(ctx context.Context, writes []batchWrite, bills map[*access]*bill) error {
	group := map[*access]*bill{} // anew on each run
	err := a.change(ctx, func(tx store.Tx) error {
		clear(group)
		for i := range writes {
			w := &writes[i]
			if group[w.access] == nil {
				group[w.access] = &bill{}
			}
			if err := a.writeOne(tx, w, group[w.access]); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	for x, b := range group {
		bills[x].add(b)
	}
	return nil
}

func (a *API) writeOne(tx store.Tx, w *batchWrite, b *bill) error {
	t, err := a.still(tx, w.table)
	if err != nil {
		return err
	}
	done, err := w.prepare(tx, t)
	if err != nil {
		return err
	}
	done.charge(b)
	return w.commit(tx, t, done, b)
}
