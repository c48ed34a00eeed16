package dynamodb

import (
	"context"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/service/dynamodb/attr"
	"github.com/bailiwick-project/bailiwick/store"
)

// A writePlan is a PutItem, UpdateItem or DeleteItem, parsed.
type writePlan struct {
	access
	write
	metrics bool // ReturnItemCollectionMetrics is SIZE
}

// A writeRequest is what the three have in common.
type writeRequest struct {
	table      *string
	returns    *string
	onFailure  *string
	capacity   *string
	collection *string // ReturnItemCollectionMetrics

	condition *string
	expected  map[string]ExpectedAttributeValue
	operator  *string
	names     map[string]string
	values    attr.Values

	updateText *string // UpdateItem
	updates    map[string]AttributeValueUpdate
	isUpdate   bool
}

// plan parses what the three have in common and finds the table.
func (a *API) planWrite(ctx context.Context, call *bailiwick.Call, in writeRequest) (*writePlan, error) {
	p := &writePlan{metrics: wantsMetrics(in.collection)}
	if err := p.parse(in); err != nil {
		return nil, err
	}
	p.write.returns = or(in.returns, "NONE")
	if r := p.write.returns; !in.isUpdate && r != "NONE" && r != "ALL_OLD" {
		return nil, invalid("ReturnValues can only be ALL_OLD or NONE")
	}
	p.tell = or(in.onFailure, "NONE") == "ALL_OLD"
	p.access.returns = p.write.returns
	p.capacity = or(in.capacity, "")
	p.mention(p.condition.TopLevelNames()...)
	p.mention(p.update.TopLevelNames()...)
	var err error
	p.target, err = a.target(ctx, call, *in.table)
	return p, err
}

// parse reads the condition and the update, in the one language that is spoken.
func (p *writePlan) parse(in writeRequest) error {
	if in.condition == nil && in.expected == nil && in.updateText == nil && in.updates == nil &&
		in.names == nil && in.values == nil && in.operator == nil {
		return nil
	}
	l := language{
		legacy:      []parameter{{"Expected", in.expected != nil}, {"ConditionalOperator", in.operator != nil}},
		expressions: []parameter{{"ConditionExpression", in.condition != nil}},
		names:       in.names, values: in.values,
	}
	if in.isUpdate {
		l.legacy = append([]parameter{{"AttributeUpdates", in.updates != nil}}, l.legacy...)
		l.expressions = append([]parameter{{"UpdateExpression", in.updateText != nil}}, l.expressions...)
	}
	scope, err := l.scope()
	if err != nil {
		return err
	}
	if p.update, err = updateOf(scope, in.updateText, in.updates); err != nil {
		return err
	}
	if p.condition, err = condition(scope, in.condition, in.expected, in.operator); err != nil {
		return err
	}
	if scope != nil {
		return refuse(scope.CheckUsed())
	}
	return nil
}

func (a *API) planPutItem(ctx context.Context, call *bailiwick.Call, in *PutItemInput) (*writePlan, error) {
	if err := in.Item.CheckSize(); err != nil {
		return nil, refuse(err)
	}
	p, err := a.planWrite(ctx, call, writeRequest{
		table: in.TableName, returns: in.ReturnValues, onFailure: in.ReturnValuesOnConditionCheckFailure,
		capacity: in.ReturnConsumedCapacity, collection: in.ReturnItemCollectionMetrics,
		condition: in.ConditionExpression, expected: in.Expected, operator: in.ConditionalOperator,
		names: in.ExpressionAttributeNames, values: in.ExpressionAttributeValues,
	})
	if err != nil {
		return nil, err
	}
	p.verb, p.item = put, in.Item
	p.mentionItem(in.Item)
	p.at = p.place(in.Item)
	return p, nil
}

// place takes an item to be put: its partition goes to the policies, its place in
// the store is returned. An item that does not fit is refused.
func (x *access) place(item attr.Item) []byte {
	if x.table == nil {
		return nil
	}
	x.leadTable(item)
	if err := x.table.checkItem(item); err != nil {
		x.refuse(err)
		return nil
	}
	at, err := x.table.itemKey(item)
	x.refuse(err)
	return at
}

func (a *API) planUpdateItem(ctx context.Context, call *bailiwick.Call, in *UpdateItemInput) (*writePlan, error) {
	p, err := a.planWrite(ctx, call, writeRequest{
		table: in.TableName, returns: in.ReturnValues, onFailure: in.ReturnValuesOnConditionCheckFailure,
		capacity: in.ReturnConsumedCapacity, collection: in.ReturnItemCollectionMetrics,
		condition: in.ConditionExpression, expected: in.Expected, operator: in.ConditionalOperator,
		names: in.ExpressionAttributeNames, values: in.ExpressionAttributeValues,
		updateText: in.UpdateExpression, updates: in.AttributeUpdates, isUpdate: true,
	})
	if err != nil {
		return nil, err
	}
	p.verb, p.write.key = update, in.Key
	p.mentionItem(in.Key)
	p.at = p.locate(in.Key)
	if p.table != nil {
		p.refuse(p.update.CheckKeys(p.table.Key.names()...))
	}
	return p, nil
}

func (a *API) planDeleteItem(ctx context.Context, call *bailiwick.Call, in *DeleteItemInput) (*writePlan, error) {
	p, err := a.planWrite(ctx, call, writeRequest{
		table: in.TableName, returns: in.ReturnValues, onFailure: in.ReturnValuesOnConditionCheckFailure,
		capacity: in.ReturnConsumedCapacity, collection: in.ReturnItemCollectionMetrics,
		condition: in.ConditionExpression, expected: in.Expected, operator: in.ConditionalOperator,
		names: in.ExpressionAttributeNames, values: in.ExpressionAttributeValues,
	})
	if err != nil {
		return nil, err
	}
	p.verb, p.write.key = remove, in.Key
	p.mentionItem(in.Key)
	p.at = p.locate(in.Key)
	return p, nil
}

// A result is what the three answer.
type result struct {
	attributes attr.Item
	used       *ConsumedCapacity
	metrics    *ItemCollectionMetrics
}

// execute runs a planned write in one transaction.
func (a *API) execute(ctx context.Context, p *writePlan) (out result, err error) {
	if err := p.ready(); err != nil {
		return out, err
	}
	var done written
	var b bill
	err = a.change(ctx, func(tx store.Tx) error {
		b = bill{}
		t, err := a.still(tx, p.table)
		if err != nil {
			return err
		}
		if done, err = p.prepare(tx, t); err != nil {
			return err
		}
		return p.commit(tx, t, done, &b)
	})
	if err != nil {
		return out, err
	}
	if p.capacity != "" {
		done.charge(&b)
		out.used = b.consumed(&p.access)
	}
	out.attributes = p.write.attributes(done)
	out.metrics = metrics(p.metrics, p.table, p.keyed())
	return out, nil
}

func (a *API) putItem(ctx context.Context, _ *bailiwick.Call, p *writePlan) (*PutItemOutput, error) {
	r, err := a.execute(ctx, p)
	return &PutItemOutput{Attributes: r.attributes, ConsumedCapacity: r.used, ItemCollectionMetrics: r.metrics}, err
}

func (a *API) updateItem(ctx context.Context, _ *bailiwick.Call, p *writePlan) (*UpdateItemOutput, error) {
	r, err := a.execute(ctx, p)
	return &UpdateItemOutput{Attributes: r.attributes, ConsumedCapacity: r.used, ItemCollectionMetrics: r.metrics}, err
}

func (a *API) deleteItem(ctx context.Context, _ *bailiwick.Call, p *writePlan) (*DeleteItemOutput, error) {
	r, err := a.execute(ctx, p)
	return &DeleteItemOutput{Attributes: r.attributes, ConsumedCapacity: r.used, ItemCollectionMetrics: r.metrics}, err
}
