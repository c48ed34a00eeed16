package dynamodb

import (
	"context"
	"slices"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/service/dynamodb/attr"
	"github.com/bailiwick-project/bailiwick/service/dynamodb/expr"
)

func (a *API) planQuery(ctx context.Context, call *bailiwick.Call, in *QueryInput) (*reading, error) {
	p := &reading{
		backward: !or(in.ScanIndexForward, true), limit: int(or(in.Limit, 0)), consistent: or(in.ConsistentRead, false),
	}
	key, err := p.parseQuery(in)
	if err != nil {
		return nil, err
	}
	if p.target, err = a.target(ctx, call, *in.TableName); err != nil {
		return nil, err
	}
	p.capacity = or(in.ReturnConsumedCapacity, "")
	p.mention(key.TopLevelNames()...)
	p.useIndex(in.IndexName)
	p.seek(key)
	p.fit()
	p.keepKeysOutOfFilter(in.FilterExpression != nil)
	p.startAt(in.ExclusiveStartKey, errStartKey)
	return p, nil
}

// parseQuery reads everything that can be read without the table.
func (p *reading) parseQuery(in *QueryInput) (*expr.KeyCondition, error) {
	scope, err := language{
		legacy: []parameter{
			{"AttributesToGet", in.AttributesToGet != nil},
			{"QueryFilter", in.QueryFilter != nil},
			{"ConditionalOperator", in.ConditionalOperator != nil},
			{"KeyConditions", in.KeyConditions != nil},
		},
		expressions: []parameter{
			{"ProjectionExpression", in.ProjectionExpression != nil},
			{"FilterExpression", in.FilterExpression != nil},
			{"KeyConditionExpression", in.KeyConditionExpression != nil},
		},
		names: in.ExpressionAttributeNames, values: in.ExpressionAttributeValues,
	}.scope()
	if err != nil {
		return nil, err
	}
	var key *expr.KeyCondition
	switch {
	case in.KeyConditionExpression != nil:
		key, err = scope.KeyCondition(*in.KeyConditionExpression)
	case in.KeyConditions != nil:
		key, err = expr.LegacyKeyCondition(legacyConditions(in.KeyConditions))
	default:
		err = invalid("Either the KeyConditions or KeyConditionExpression parameter must be specified in the request.")
	}
	if err != nil {
		return nil, refuse(err)
	}
	if p.filter, err = filter(scope, in.FilterExpression, in.QueryFilter, in.ConditionalOperator); err != nil {
		return nil, err
	}
	return key, p.parseProjection(scope, in.ProjectionExpression, in.AttributesToGet, selection{selects: in.Select, index: in.IndexName})
}

// parseProjection reads the projection and Select, and ends the scope.
func (p *reading) parseProjection(scope *expr.Scope, text *string, legacy []string, s selection) error {
	var err error
	if p.projection, err = projection(scope, text, legacy); err != nil {
		return err
	}
	if scope != nil {
		if err := scope.CheckUsed(); err != nil {
			return refuse(err)
		}
	}
	s.expression, s.projection = text != nil, p.projection
	if p.selects, err = s.resolve(); err != nil {
		return err
	}
	p.countOnly = p.selects == selectCount
	p.mention(p.filter.TopLevelNames()...)
	p.mention(p.projection.TopLevelNames()...)
	return nil
}

// seek turns the key condition into a range of the store. Its partition is what
// the caller must be allowed; without exactly one partition nothing is read.
func (p *reading) seek(key *expr.KeyCondition) {
	if p.table == nil || p.refusal != nil {
		return
	}
	schema := p.table.schema
	if p.index != nil {
		schema = p.index.schema
	}
	r, err := key.Resolve(schema)
	if err != nil {
		p.refuse(err)
		return
	}
	p.leading = []string{contextValue(r.Partition)}
	if p.base, err = attr.AppendKey(p.keyspace(), r.Partition); err == nil {
		p.from, p.to, err = sortRange(p.base, r)
	}
	p.refuse(err)
}

// sortRange is the range of one partition that a condition on the sort key
// leaves. Keys end themselves, so that base+0xff is behind all of a partition.
func sortRange(base []byte, r expr.Range) (from, to []byte, err error) {
	from, to = slices.Clone(base), behind(base)
	if r.Sort == "" {
		return from, to, nil
	}
	if r.Sort == expr.BeginsWith {
		from, err = attr.AppendKeyPrefix(slices.Clone(base), r.Values[0])
		return from, successor(from), err
	}
	first, err := attr.AppendKey(slices.Clone(base), r.Values[0])
	if err != nil {
		return nil, nil, err
	}
	switch r.Sort {
	case expr.Equal:
		return first, behind(first), nil
	case expr.Less:
		return from, first, nil
	case expr.LessOrEqual:
		return from, behind(first), nil
	case expr.Greater:
		return behind(first), to, nil
	case expr.GreaterOrEqual:
		return first, to, nil
	}
	last, err := attr.AppendKey(slices.Clone(base), r.Values[1]) // BETWEEN
	return first, behind(last), err
}

// behind is beyond every key that begins with key and goes on with another.
func behind(key []byte) []byte { return append(slices.Clone(key), 0xff) }

// successor is the smallest key that does not begin with prefix and is above it.
func successor(prefix []byte) []byte {
	next := slices.Clone(prefix)
	for len(next) > 0 && next[len(next)-1] == 0xff {
		next = next[:len(next)-1]
	}
	if len(next) > 0 {
		next[len(next)-1]++
	}
	return next
}

// keepKeysOutOfFilter refuses a filter on the key attributes, which belong into
// the key condition.
func (p *reading) keepKeysOutOfFilter(expression bool) {
	if p.table == nil || p.refusal != nil {
		return
	}
	keys := p.table.Key
	if p.index != nil {
		keys = p.index.Key
	}
	word := "QueryFilter"
	if expression {
		word = "Filter Expression"
	}
	for _, name := range p.filter.TopLevelNames() {
		if slices.Contains(keys.names(), name) {
			p.refuse(invalid("%s can only contain non-primary key attributes: Primary key attribute: %s", word, name))
		}
	}
}

func (a *API) query(ctx context.Context, _ *bailiwick.Call, p *reading) (*QueryOutput, error) {
	if err := p.ready(); err != nil {
		return nil, err
	}
	out, err := a.read(ctx, p)
	if err != nil {
		return nil, err
	}
	count, scanned := int32(out.count), int32(out.scanned)
	return &QueryOutput{Items: p.listed(out), Count: &count, ScannedCount: &scanned, LastEvaluatedKey: out.last, ConsumedCapacity: p.bill(out)}, nil
}

// listed is the items of the answer: a list, be it empty, unless only their
// number is wanted.
func (p *reading) listed(out page) []attr.Item {
	if out.items == nil && !p.countOnly {
		return []attr.Item{}
	}
	return out.items
}
