package dynamodb

import (
	"context"
	"crypto/sha256"
	"errors"
	"time"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/store"
	"github.com/bailiwick-project/bailiwick/wire/awsjson"
)

// tokenLife is how long a ClientRequestToken is remembered.
// Source: API Reference, TransactWriteItems.
const tokenLife = 10 * time.Minute

// A transactWritePlan is a TransactWriteItems: as many writes, each of which is
// asked for by itself, and all of which are done or none.
type transactWritePlan struct {
	writes  []*writePlan
	token   string // ClientRequestToken; "" for none
	request []byte // hash of what the token stands for
	account string
	who     string // ARN of the caller: a token means nothing from another's hand
	region  string
	now     time.Time
	metrics bool // ReturnItemCollectionMetrics is SIZE
	work    *int // what all conditions have searched, in bytes
}

func (a *API) planTransactWriteItems(ctx context.Context, call *bailiwick.Call, in *TransactWriteItemsInput) (*transactWritePlan, error) {
	p := &transactWritePlan{metrics: wantsMetrics(in.ReturnItemCollectionMetrics), token: or(in.ClientRequestToken, ""), account: call.Account, who: call.Who.ARN, region: call.Region, now: call.Time, work: new(int)}
	if p.token != "" {
		var err error
		if p.request, err = fingerprint(in); err != nil {
			return nil, err
		}
	}
	seen := map[string]bool{}
	for i := range in.TransactItems {
		w, err := a.planTransactWrite(ctx, call, &in.TransactItems[i], in.ReturnConsumedCapacity)
		if err != nil {
			return nil, err
		}
		w.enclosing, w.work = "TransactWriteItems", p.work
		once(&w.access, seen, w.at)
		p.writes = append(p.writes, w)
	}
	return p, nil
}

// fingerprint tells requests apart that use one token. What to report about the
// capacity is no part of what is done.
func fingerprint(in *TransactWriteItemsInput) ([]byte, error) {
	same := *in
	same.ReturnConsumedCapacity, same.ReturnItemCollectionMetrics = nil, nil
	out, err := (&awsjson.Protocol{}).Encode("TransactWriteItems", &same, "")
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(out.Body)
	return sum[:], nil
}

// planTransactWrite plans one item as the operation of its own that it could be.
func (a *API) planTransactWrite(ctx context.Context, call *bailiwick.Call, item *TransactWriteItem, capacity *string) (*writePlan, error) {
	n := 0
	for _, there := range []bool{item.ConditionCheck != nil, item.Put != nil, item.Update != nil, item.Delete != nil} {
		if there {
			n++
		}
	}
	if n != 1 {
		return nil, invalid("TransactItems can only contain one of Check, Put, Update or Delete")
	}
	switch {
	case item.Put != nil:
		in := item.Put
		return a.planPutItem(ctx, call, &PutItemInput{
			TableName: in.TableName, Item: in.Item, ConditionExpression: in.ConditionExpression, ReturnConsumedCapacity: capacity,
			ExpressionAttributeNames: in.ExpressionAttributeNames, ExpressionAttributeValues: in.ExpressionAttributeValues,
			ReturnValuesOnConditionCheckFailure: in.ReturnValuesOnConditionCheckFailure,
		})
	case item.Update != nil:
		in := item.Update
		return a.planUpdateItem(ctx, call, &UpdateItemInput{
			TableName: in.TableName, Key: in.Key, UpdateExpression: in.UpdateExpression, ConditionExpression: in.ConditionExpression, ReturnConsumedCapacity: capacity,
			ExpressionAttributeNames: in.ExpressionAttributeNames, ExpressionAttributeValues: in.ExpressionAttributeValues,
			ReturnValuesOnConditionCheckFailure: in.ReturnValuesOnConditionCheckFailure,
		})
	case item.Delete != nil:
		in := item.Delete
		return a.planDeleteItem(ctx, call, &DeleteItemInput{
			TableName: in.TableName, Key: in.Key, ConditionExpression: in.ConditionExpression, ReturnConsumedCapacity: capacity,
			ExpressionAttributeNames: in.ExpressionAttributeNames, ExpressionAttributeValues: in.ExpressionAttributeValues,
			ReturnValuesOnConditionCheckFailure: in.ReturnValuesOnConditionCheckFailure,
		})
	}
	in := item.ConditionCheck
	p, err := a.planDeleteItem(ctx, call, &DeleteItemInput{
		TableName: in.TableName, Key: in.Key, ConditionExpression: in.ConditionExpression, ReturnConsumedCapacity: capacity,
		ExpressionAttributeNames: in.ExpressionAttributeNames, ExpressionAttributeValues: in.ExpressionAttributeValues,
		ReturnValuesOnConditionCheckFailure: in.ReturnValuesOnConditionCheckFailure,
	})
	if err == nil {
		p.verb = check
	}
	return p, err
}

// action is the IAM action that a write of a transaction needs: there is none
// for the transaction as a whole.
func (w *write) action() string {
	switch w.verb {
	case put:
		return "dynamodb:PutItem"
	case update:
		return "dynamodb:UpdateItem"
	case remove:
		return "dynamodb:DeleteItem"
	}
	return "dynamodb:ConditionCheckItem"
}

func (a *API) transactWriteItems(ctx context.Context, _ *bailiwick.Call, p *transactWritePlan) (*TransactWriteItemsOutput, error) {
	v := make(verdict, len(p.writes))
	for i, w := range p.writes {
		if v[i] = w.ready(); v[i] != nil && w.plainly {
			return nil, v[i]
		}
	}
	if err := v.cancelled(); err != nil {
		return nil, err
	}
	var l ledger
	err := a.change(ctx, func(tx store.Tx) error {
		l = ledger{}
		again, err := p.again(tx)
		if again || err != nil {
			return err
		}
		return a.transact(tx, p, &l)
	})
	if err != nil {
		return nil, err
	}
	out := &TransactWriteItemsOutput{ConsumedCapacity: l.consumed(true)}
	for _, w := range p.writes {
		out.ItemCollectionMetrics = metricsOf(p.metrics, w.given, w.table, &w.write, out.ItemCollectionMetrics)
	}
	return out, nil
}

// transact does everything, after it has seen that everything can be done.
func (a *API) transact(tx store.Tx, p *transactWritePlan, l *ledger) error {
	tables := make([]*table, len(p.writes))
	done := make([]written, len(p.writes))
	v := make(verdict, len(p.writes))
	size := 0
	*p.work = 0 // anew on each run
	for i, w := range p.writes {
		var err error
		if tables[i], err = a.still(tx, w.table); err != nil {
			return err
		}
		done[i], v[i] = w.prepare(tx, tables[i])
		// At once: a hundred items of many small values are far larger in memory.
		if size += max(done[i].old.Size(), done[i].new.Size()); size > maxTransactSize {
			return invalid("The items of the transaction exceed 4 MB")
		}
	}
	if err := v.cancelled(); err != nil {
		return err
	}
	if err := p.remember(tx); err != nil {
		return err
	}
	for i, w := range p.writes {
		b := l.of(&w.access)
		done[i].charge(b)
		if err := w.commit(tx, tables[i], done[i], b); err != nil {
			return err
		}
	}
	return nil
}

func (p *transactWritePlan) tokenKey() []byte {
	return store.Key("dynamodb", "token", p.account, p.region, p.who, p.token)
}

// again tells whether the transaction was done before under its token.
func (p *transactWritePlan) again(tx store.Tx) (bool, error) {
	if p.token == "" {
		return false, nil
	}
	was, err := tx.Get(p.tokenKey())
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	if err == nil && string(was) != string(p.request) {
		err = bailiwick.Errorf("IdempotentParameterMismatchException", "The request uses the same client token as a previous, but non-identical request.")
	}
	return true, err
}

func (p *transactWritePlan) remember(tx store.Tx) error {
	if p.token == "" {
		return nil
	}
	return tx.PutUntil(p.tokenKey(), p.request, p.now.Add(tokenLife))
}
