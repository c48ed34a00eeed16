package dynamodb_test

import (
	"fmt"
	"strings"
	"testing"
)

const simple = `{"TableName":"Tab","KeySchema":[{"AttributeName":"pk","KeyType":"HASH"}],"AttributeDefinitions":[{"AttributeName":"pk","AttributeType":"S"}],"BillingMode":"PAY_PER_REQUEST"}`

func TestReturnValues(t *testing.T) {
	for _, c := range []struct{ returns, want string }{
		{"NONE", `{}`},
		{"ALL_OLD", `{"Attributes":{"pk":{"S":"a"},"n":{"N":"1"},"o":{"S":"x"}}}`},
		{"ALL_NEW", `{"Attributes":{"pk":{"S":"a"},"n":{"N":"3"},"o":{"S":"x"}}}`},
		{"UPDATED_OLD", `{"Attributes":{"n":{"N":"1"}}}`},
		{"UPDATED_NEW", `{"Attributes":{"n":{"N":"3"}}}`},
	} {
		w := newWorld(t)
		w.OK("CreateTable", simple)
		w.OK("PutItem", `{"TableName":"Tab","Item":{"pk":{"S":"a"},"n":{"N":"1"},"o":{"S":"x"}}}`)
		w.same("UpdateItem", `{"TableName":"Tab","Key":{"pk":{"S":"a"}},"UpdateExpression":"SET n = n + :two","ExpressionAttributeValues":{":two":{"N":"2"}},"ReturnValues":"`+c.returns+`"}`, c.want)
		w.holds(`[{"n":{"N":"3"},"o":{"S":"x"},"pk":{"S":"a"}}]`)
	}
	w := newWorld(t)
	w.OK("CreateTable", simple)
	w.invalid("PutItem", `{"TableName":"Tab","Item":{"pk":{"S":"a"}},"ReturnValues":"ALL_NEW"}`, "ReturnValues can only be ALL_OLD or NONE")
	w.same("PutItem", `{"TableName":"Tab","Item":{"pk":{"S":"a"}},"ReturnValues":"ALL_OLD"}`, `{}`)
	w.same("DeleteItem", `{"TableName":"Tab","Key":{"pk":{"S":"a"}},"ReturnValues":"ALL_OLD"}`, `{"Attributes":{"pk":{"S":"a"}}}`)
	w.same("DeleteItem", `{"TableName":"Tab","Key":{"pk":{"S":"a"}},"ReturnValues":"ALL_OLD"}`, `{}`)
	w.same("GetItem", `{"TableName":"Tab","Key":{"pk":{"S":"a"}}}`, `{}`)
}

func TestConditions(t *testing.T) {
	w := newWorld(t)
	w.OK("CreateTable", simple)
	create := `{"TableName":"Tab","Item":{"pk":{"S":"a"},"v":{"N":"1"}},"ConditionExpression":"attribute_not_exists(pk)"`
	w.same("PutItem", create+`}`, `{}`)
	failed := func(op, in, item string) {
		t.Helper()
		r := w.JSON(op, in)
		want := `{"__type":"com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException","message":"The conditional request failed"` + item + `}`
		if r.Status != 400 || r.Body != want {
			t.Errorf("%s %s: %d %s\nwant %s", op, in, r.Status, r.Body, want)
		}
	}
	failed("PutItem", create+`}`, "")
	failed("PutItem", create+`,"ReturnValuesOnConditionCheckFailure":"ALL_OLD"}`, `,"Item":{"pk":{"S":"a"},"v":{"N":"1"}}`)
	failed("UpdateItem", `{"TableName":"Tab","Key":{"pk":{"S":"b"}},"UpdateExpression":"SET v = :v","ConditionExpression":"attribute_exists(pk)","ExpressionAttributeValues":{":v":{"N":"1"}},"ReturnValuesOnConditionCheckFailure":"ALL_OLD"}`, "")
	failed("DeleteItem", `{"TableName":"Tab","Key":{"pk":{"S":"a"}},"Expected":{"v":{"Value":{"N":"2"}}}}`, "")
	failed("DeleteItem", `{"TableName":"Tab","Key":{"pk":{"S":"a"}},"Expected":{"v":{"Value":{"N":"1"}},"w":{"Exists":true,"Value":{"N":"1"}}},"ConditionalOperator":"AND"}`, "")
	w.holds(`[{"pk":{"S":"a"},"v":{"N":"1"}}]`)
	w.same("DeleteItem", `{"TableName":"Tab","Key":{"pk":{"S":"a"}},"Expected":{"v":{"Value":{"N":"1"}},"w":{"Exists":true,"Value":{"N":"1"}}},"ConditionalOperator":"OR"}`, `{}`)
	w.holds(`[]`)
}

func TestUpdates(t *testing.T) {
	w := newWorld(t)
	w.OK("CreateTable", simple)
	key := `{"TableName":"Tab","Key":{"pk":{"S":"a"}}`
	w.same("UpdateItem", key+`,"UpdateExpression":"REMOVE x DELETE s :s","ExpressionAttributeValues":{":s":{"SS":["q"]}}}`, `{}`)
	w.holds(`[]`)
	w.same("UpdateItem", key+`}`, `{}`)
	w.holds(`[{"pk":{"S":"a"}}]`)
	w.same("UpdateItem", key+`,"AttributeUpdates":{"n":{"Action":"ADD","Value":{"N":"5"}},"s":{"Value":{"S":"x"}}},"ReturnValues":"UPDATED_NEW"}`, `{"Attributes":{"n":{"N":"5"},"s":{"S":"x"}}}`)
	w.invalid("UpdateItem", key+`,"UpdateExpression":"SET pk = :v","ExpressionAttributeValues":{":v":{"S":"b"}}}`, "One or more parameter values were invalid: Cannot update attribute pk. This attribute is part of the key")
	w.invalid("UpdateItem", key+`,"UpdateExpression":"SET m.x = :v","ExpressionAttributeValues":{":v":{"S":"b"}}}`, "The document path provided in the update expression is invalid for update")
	w.invalid("UpdateItem", key+`,"UpdateExpression":"SET s = s + :v","ExpressionAttributeValues":{":v":{"N":"1"}}}`, "An operand in the update expression has an incorrect data type")
	w.holds(`[{"n":{"N":"5"},"pk":{"S":"a"},"s":{"S":"x"}}]`)
}

func TestSizes(t *testing.T) {
	w := newWorld(t)
	w.OK("CreateTable", simple)
	big := strings.Repeat("x", 400*1024-4) // pk, a and v
	w.same("PutItem", `{"TableName":"Tab","Item":{"pk":{"S":"a"},"v":{"S":"`+big+`"}}}`, `{}`)
	w.invalid("PutItem", `{"TableName":"Tab","Item":{"pk":{"S":"a"},"v":{"S":"x`+big+`"}}}`, "Item size has exceeded the maximum allowed size")
	w.invalid("UpdateItem", `{"TableName":"Tab","Key":{"pk":{"S":"a"}},"UpdateExpression":"SET w = :w","ExpressionAttributeValues":{":w":{"S":""}}}`, "Item size to update has exceeded the maximum allowed size")
	w.invalid("PutItem", `{"TableName":"Tab","Item":{"pk":{"S":""}}}`, "One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty string value. Key: pk")
	w.invalid("GetItem", `{"TableName":"Tab","Key":{"pk":{"S":"`+strings.Repeat("k", 2049)+`"}}}`, "One or more parameter values were invalid: Size of hashkey has exceeded the maximum size limit of2048 bytes")
	w.same("GetItem", `{"TableName":"Tab","Key":{"pk":{"S":"`+strings.Repeat("k", 2048)+`"}}}`, `{}`)
}

func TestProjection(t *testing.T) {
	w := newWorld(t)
	w.OK("CreateTable", simple)
	w.OK("PutItem", `{"TableName":"Tab","Item":{"pk":{"S":"a"},"m":{"M":{"x":{"N":"1"},"y":{"N":"2"}}},"l":{"L":[{"S":"p"},{"S":"q"}]}}}`)
	get := `{"TableName":"Tab","Key":{"pk":{"S":"a"}}`
	w.same("GetItem", get+`,"ProjectionExpression":"m.#x, l[1]","ExpressionAttributeNames":{"#x":"x"}}`, `{"Item":{"l":{"L":[{"S":"q"}]},"m":{"M":{"x":{"N":"1"}}}}}`)
	w.same("GetItem", get+`,"ProjectionExpression":"nope"}`, `{"Item":{}}`)
	w.same("GetItem", get+`,"AttributesToGet":["pk"]}`, `{"Item":{"pk":{"S":"a"}}}`)
	w.invalid("GetItem", get+`,"AttributesToGet":["pk"],"ProjectionExpression":"pk"}`,
		"Can not use both expression and non-expression parameters in the same request: Non-expression parameters: {AttributesToGet} Expression parameters: {ProjectionExpression}")
	w.invalid("GetItem", get+`,"ExpressionAttributeNames":{"#x":"x"}}`, "ExpressionAttributeNames can only be specified when using expressions")
	w.invalid("GetItem", get+`,"ProjectionExpression":"pk","ExpressionAttributeNames":{"#x":"x"}}`, "Value provided in ExpressionAttributeNames unused in expressions: keys: {#x}")
	w.invalid("PutItem", `{"TableName":"Tab","Item":{"pk":{"S":"a"}},"ExpressionAttributeValues":{":v":{"S":"x"}}}`, "ExpressionAttributeValues can only be specified when using expressions: ConditionExpression is null")
	w.invalid("UpdateItem", get+`,"ExpressionAttributeValues":{":v":{"S":"x"}}}`, "ExpressionAttributeValues can only be specified when using expressions: UpdateExpression and ConditionExpression are null")
	w.invalid("UpdateItem", get+`,"AttributeUpdates":{"x":{"Value":{"S":"y"}}},"ConditionExpression":"attribute_exists(x)"}`,
		"Can not use both expression and non-expression parameters in the same request: Non-expression parameters: {AttributeUpdates} Expression parameters: {ConditionExpression}")
	w.invalid("PutItem", `{"TableName":"Tab","Item":{"pk":{"S":"a"}},"ConditionalOperator":"OR"}`, "ConditionalOperator cannot be used without Filter or Expected")
}

func TestCapacity(t *testing.T) {
	w := seeded(t)
	key := `{"TableName":"Tab","Key":{"pk":{"S":"acme"},"sk":{"S":"1"}}`
	w.same("GetItem", key+`,"ProjectionExpression":"g","ReturnConsumedCapacity":"TOTAL"}`, `{"Item":{"g":{"S":"open"}},"ConsumedCapacity":{"TableName":"Tab","CapacityUnits":0.5}}`)
	w.same("GetItem", key+`,"ProjectionExpression":"g","ConsistentRead":true,"ReturnConsumedCapacity":"INDEXES"}`,
		`{"Item":{"g":{"S":"open"}},"ConsumedCapacity":{"TableName":"Tab","CapacityUnits":1,"Table":{"CapacityUnits":1}}}`)
	w.same("GetItem", key+`,"ProjectionExpression":"g","ReturnConsumedCapacity":"NONE"}`, `{"Item":{"g":{"S":"open"}}}`)
	put := func(g, l string) string {
		return `{"TableName":"Tab","ReturnConsumedCapacity":"INDEXES","Item":{"pk":{"S":"c"},"sk":{"S":"1"},"v":{"S":"` + strings.Repeat("x", 1500) + `"}` + g + l + `}}`
	}
	bill := func(total, table, g, l float64) string {
		out := fmt.Sprintf(`{"ConsumedCapacity":{"TableName":"Tab","CapacityUnits":%g,"Table":{"CapacityUnits":%g}`, total, table)
		if g > 0 {
			out += fmt.Sprintf(`,"GlobalSecondaryIndexes":{"byG":{"CapacityUnits":%g}}`, g)
		}
		if l > 0 {
			out += fmt.Sprintf(`,"LocalSecondaryIndexes":{"byL":{"CapacityUnits":%g}}`, l)
		}
		return out + `}}`
	}
	w.same("PutItem", put("", ""), bill(2, 2, 0, 0))
	w.same("PutItem", put(`,"g":{"S":"a"}`, `,"l":{"N":"1"}`), bill(5, 2, 2, 1))
	w.same("PutItem", put(`,"g":{"S":"b"}`, `,"l":{"N":"1"}`), bill(6, 2, 4, 0)) // the entry moves; the local one stays as it is
	w.same("PutItem", put("", `,"l":{"N":"1"}`), bill(4, 2, 2, 0))
	w.same("BatchGetItem", `{"ReturnConsumedCapacity":"TOTAL","RequestItems":{"Tab":{"Keys":[{"pk":{"S":"no"},"sk":{"S":"1"}},{"pk":{"S":"no"},"sk":{"S":"2"}}],"ConsistentRead":true}}}`,
		`{"Responses":{"Tab":[]},"UnprocessedKeys":{},"ConsumedCapacity":[{"TableName":"Tab","CapacityUnits":2}]}`)
	w.same("BatchWriteItem", `{"ReturnConsumedCapacity":"TOTAL","RequestItems":{"Tab":[{"PutRequest":{"Item":{"pk":{"S":"d"},"sk":{"S":"1"},"g":{"S":"x"}}}},{"DeleteRequest":{"Key":{"pk":{"S":"no"},"sk":{"S":"2"}}}}]}}`,
		`{"UnprocessedItems":{},"ConsumedCapacity":[{"TableName":"Tab","CapacityUnits":3}]}`)
}

func TestBatches(t *testing.T) {
	w := seeded(t)
	var keys, puts []string
	for i := range 26 {
		puts = append(puts, fmt.Sprintf(`{"PutRequest":{"Item":{"pk":{"S":"p%d"},"sk":{"S":"1"}}}}`, i))
	}
	for i := range 101 {
		keys = append(keys, fmt.Sprintf(`{"pk":{"S":"p%d"},"sk":{"S":"1"}}`, i))
	}
	before := w.dump()
	w.invalid("BatchWriteItem", `{"RequestItems":{"Tab":[`+strings.Join(puts[:20], ",")+`],"Tab2":[`+strings.Join(puts[20:], ",")+`]}}`, "Too many items requested for the BatchWriteItem call")
	w.invalid("BatchGetItem", `{"RequestItems":{"Tab":{"Keys":[`+strings.Join(keys[:60], ",")+`]},"Tab2":{"Keys":[`+strings.Join(keys[60:], ",")+`]}}}`, "Too many items requested for the BatchGetItem call")
	w.invalid("BatchWriteItem", `{"RequestItems":{"Tab":[`+puts[0]+`,{"DeleteRequest":{"Key":{"pk":{"S":"p0"},"sk":{"S":"1"}}}}]}}`, "Provided list of item keys contains duplicates")
	w.invalid("BatchWriteItem", `{"RequestItems":{"Tab":[`+puts[0]+`],"`+arnT+`":[`+puts[0]+`]}}`, "Provided list of item keys contains duplicates")
	w.invalid("BatchGetItem", `{"RequestItems":{"Tab":{"Keys":[`+keys[0]+`]},"`+arnT+`":{"Keys":[`+keys[0]+`]}}}`, "Provided list of item keys contains duplicates")
	w.refused("BatchWriteItem", `{"RequestItems":{"Tab":[`+puts[0]+`],"Missing":[`+puts[1]+`]}}`, "ResourceNotFoundException", "Requested resource not found")
	w.invalid("BatchWriteItem", `{"RequestItems":{"Tab":[`+puts[0]+`,{"PutRequest":{"Item":{"pk":{"S":"q"},"sk":{"S":"1"},"g":{"N":"1"}}}}]}}`,
		"One or more parameter values were invalid: Type mismatch for Index Key g Expected: S Actual: N IndexName: byG")
	w.invalid("BatchWriteItem", `{"RequestItems":{"Tab":[{}]}}`, "Supplied WriteRequest must contain exactly one of PutRequest and DeleteRequest")
	if w.dump() != before {
		t.Error("a refused batch wrote something")
	}
	w.same("BatchWriteItem", `{"RequestItems":{"Tab":[`+strings.Join(puts[:25], ",")+`]}}`, `{"UnprocessedItems":{}}`)
	r := w.allowed("BatchGetItem", `{"RequestItems":{"Tab":{"Keys":[`+strings.Join(keys[:100], ",")+`],"ProjectionExpression":"pk"}}}`)
	if n := len(r["Responses"].(map[string]any)["Tab"].([]any)); n != 25 {
		t.Errorf("got %d items, want 25", n)
	}
}

func TestBatchesOfLargeItems(t *testing.T) {
	w := seeded(t)
	for batch := range 2 {
		var puts []string
		for i := range 25 {
			puts = append(puts, fmt.Sprintf(`{"PutRequest":{"Item":{"pk":{"S":"big"},"sk":{"S":"%d"},"g":{"S":"x"},"l":{"N":"1"},"v":{"S":"%s"}}}}`, batch*25+i, strings.Repeat("x", 390_000)))
		}
		w.same("BatchWriteItem", `{"RequestItems":{"Tab":[`+strings.Join(puts, ",")+`]}}`, `{"UnprocessedItems":{}}`)
	}
	var keys []string
	for i := range 50 {
		keys = append(keys, fmt.Sprintf(`{"pk":{"S":"big"},"sk":{"S":"%d"}}`, i))
	}
	r := w.allowed("BatchGetItem", `{"RequestItems":{"Tab":{"Keys":[`+strings.Join(keys, ",")+`],"ConsistentRead":true}}}`)
	got := len(r["Responses"].(map[string]any)["Tab"].([]any))
	left := r["UnprocessedKeys"].(map[string]any)["Tab"].(map[string]any)
	if got != 43 || len(left["Keys"].([]any)) != 7 || left["ConsistentRead"] != true {
		t.Errorf("got %d items, %v left", got, left)
	}
	// A page of an index ends after 1 MB as well.
	page := w.allowed("Query", `{"TableName":"Tab","IndexName":"byG","Select":"COUNT","KeyConditionExpression":"g = :g","ExpressionAttributeValues":{":g":{"S":"x"}}}`)
	if page["Count"] != 2.0 || page["LastEvaluatedKey"] == nil {
		t.Errorf("page of %v items", page["Count"])
	}
	local := w.allowed("Query", `{"TableName":"Tab","IndexName":"byL","Select":"ALL_ATTRIBUTES","KeyConditionExpression":"pk = :p","ExpressionAttributeValues":{":p":{"S":"big"}}}`)
	if local["Count"] != 3.0 || local["LastEvaluatedKey"] == nil {
		t.Errorf("page of %v items fetched", local["Count"])
	}
}

func TestItemCollectionMetrics(t *testing.T) {
	w := seeded(t)
	const m = `{"ItemCollectionKey":{"pk":{"S":"a"}},"SizeEstimateRangeGB":[0,1]}`
	put := `"Item":{"pk":{"S":"a"},"sk":{"S":"1"}}}`
	w.same("PutItem", `{"TableName":"Tab","ReturnItemCollectionMetrics":"SIZE",`+put, `{"ItemCollectionMetrics":`+m+`}`)
	w.same("DeleteItem", `{"TableName":"Tab","ReturnItemCollectionMetrics":"SIZE","Key":{"pk":{"S":"a"},"sk":{"S":"1"}}}`, `{"ItemCollectionMetrics":`+m+`}`)
	two := `{"RequestItems":{"Tab":[{"PutRequest":{` + put + `},{"PutRequest":{` + strings.Replace(put, `"1"`, `"2"`, 1) + `}]},"ReturnItemCollectionMetrics":"SIZE"}`
	w.same("BatchWriteItem", two, `{"UnprocessedItems":{},"ItemCollectionMetrics":{"Tab":[`+m+`]}}`)
	w.same("TransactWriteItems", `{"TransactItems":[{"Put":{"TableName":"Tab",`+put+`}],"ReturnItemCollectionMetrics":"SIZE"}`, `{"ItemCollectionMetrics":{"Tab":[`+m+`]}}`)
	w.same("PutItem", `{"TableName":"Tab",`+put, `{}`)
	w.OK("CreateTable", strings.Replace(simple, `"Tab"`, `"NoLocal"`, 1))
	w.same("PutItem", `{"TableName":"NoLocal","ReturnItemCollectionMetrics":"SIZE",`+put, `{}`)
}
