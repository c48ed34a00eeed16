package dynamodb

import (
	"context"
	"hash/fnv"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/service/dynamodb/attr"
)

func (a *API) planScan(ctx context.Context, call *bailiwick.Call, in *ScanInput) (*reading, error) {
	p := &reading{limit: int(or(in.Limit, 0)), consistent: or(in.ConsistentRead, false)}
	if err := p.parseScan(in); err != nil {
		return nil, err
	}
	var err error
	if p.target, err = a.target(ctx, call, *in.TableName); err != nil {
		return nil, err
	}
	p.capacity = or(in.ReturnConsumedCapacity, "")
	p.useIndex(in.IndexName)
	p.fit()
	if p.table == nil || p.refusal != nil {
		return p, nil
	}
	p.base = p.keyspace()
	p.from, p.to = append(p.base[:len(p.base):len(p.base)], 0x00), behind(p.base)
	p.startAt(in.ExclusiveStartKey, errStartScan)
	return p, nil
}

func (p *reading) parseScan(in *ScanInput) error {
	scope, err := language{
		legacy: []parameter{
			{"AttributesToGet", in.AttributesToGet != nil},
			{"ScanFilter", in.ScanFilter != nil},
			{"ConditionalOperator", in.ConditionalOperator != nil},
		},
		expressions: []parameter{
			{"ProjectionExpression", in.ProjectionExpression != nil}, {"FilterExpression", in.FilterExpression != nil},
		},
		names: in.ExpressionAttributeNames, values: in.ExpressionAttributeValues,
	}.scope()
	if err != nil {
		return err
	}
	if p.segment, err = parseSegment(in.Segment, in.TotalSegments); err != nil {
		return err
	}
	if p.filter, err = filter(scope, in.FilterExpression, in.ScanFilter, in.ConditionalOperator); err != nil {
		return err
	}
	return p.parseProjection(scope, in.ProjectionExpression, in.AttributesToGet, selection{selects: in.Select, index: in.IndexName, isScan: true})
}

// A segment is one part of a parallel scan. The zero segment is everything.
type segment struct{ number, of uint32 }

func parseSegment(number, total *int32) (segment, error) {
	switch {
	case number == nil && total == nil:
		return segment{}, nil
	case number == nil:
		return segment{}, invalid("The Segment parameter is required but was not present in the request when parameter TotalSegments is present")
	case total == nil:
		return segment{}, invalid("The TotalSegments parameter is required but was not present in the request when Segment parameter is present")
	case *number >= *total:
		return segment{}, invalid("The Segment parameter is zero-based and must be less than parameter TotalSegments: Segment: %d is not less than TotalSegments: %d", *number, *total)
	}
	return segment{uint32(*number), uint32(*total)}, nil
}

// has tells whether an entry belongs to the segment. key is what follows the
// prefix: a partition's entries all fall into one segment.
func (s segment) has(key []byte) (bool, error) {
	if s.of < 2 {
		return true, nil
	}
	_, rest, err := attr.DecodeKey(key)
	if err != nil {
		return false, err
	}
	h := fnv.New32a()
	_, _ = h.Write(key[:len(key)-len(rest)]) // never fails
	return h.Sum32()%s.of == s.number, nil
}

func (a *API) scan(ctx context.Context, _ *bailiwick.Call, p *reading) (*ScanOutput, error) {
	if err := p.ready(); err != nil {
		return nil, err
	}
	out, err := a.read(ctx, p)
	if err != nil {
		return nil, err
	}
	count, scanned := int32(out.count), int32(out.scanned)
	return &ScanOutput{Items: p.listed(out), Count: &count, ScannedCount: &scanned, LastEvaluatedKey: out.last, ConsumedCapacity: p.bill(out)}, nil
}
