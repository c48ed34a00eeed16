package awsjson

import "testing"

type getItem struct {
	TableName      *string           `wire:"TableName"`
	Key            map[string]tagged `wire:"Key"`
	ConsistentRead *bool             `wire:"ConsistentRead"`
	Names          map[string]string `wire:"ExpressionAttributeNames"`
	Projection     *string           `wire:"ProjectionExpression"`
}

var getItemBody = []byte(`{"TableName":"orders","Key":{"pk":{"S":"acme"},"sk":{"S":"order#0001"}},"ConsistentRead":true,` +
	`"ProjectionExpression":"#a","ExpressionAttributeNames":{"#a":"total"}}`)

func BenchmarkDecodeGetItem(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		var in getItem
		if err := proto.Decode(nil, getItemBody, &in); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkEncodeItem(b *testing.B) {
	type output struct {
		Item map[string]tagged `wire:"Item"`
	}
	out := &output{Item: map[string]tagged{}}
	for _, k := range []string{"pk", "sk", "total", "customer", "address", "state", "created", "changed"} {
		out.Item[k] = tagged{"some value of " + k}
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := proto.Encode("GetItem", out, "id"); err != nil {
			b.Fatal(err)
		}
	}
}
