package dynamodb_test

import (
	"fmt"
	"strings"
	"testing"
)

func TestLimitsAndEndpoints(t *testing.T) {
	w := newWorld(t)
	w.same("DescribeLimits", `{}`, `{"AccountMaxReadCapacityUnits":80000,"AccountMaxWriteCapacityUnits":80000,"TableMaxReadCapacityUnits":40000,"TableMaxWriteCapacityUnits":40000}`)
	w.same("DescribeEndpoints", `{}`, `{"Endpoints":[{"Address":"example.com","CachePeriodInMinutes":1440}]}`)
	w.allow("acme", `{"Effect":"Allow","Action":["dynamodb:DescribeLimits","dynamodb:DescribeTable"],"Resource":"*"}`)
	w.allowed("DescribeLimits", `{}`)
	w.denied("DescribeEndpoints", `{}`, "*")
	w.denied("UpdateContinuousBackups", `{"TableName":"Tab","PointInTimeRecoverySpecification":{"PointInTimeRecoveryEnabled":false}}`, arnT)
}

// A token is the caller's own: another's must neither run into it nor tell that
// it was used.
func TestTokensAreOfOneCaller(t *testing.T) {
	w := newWorld(t)
	w.OK("CreateTable", simple)
	in := func(pk string) string {
		return `{"ClientRequestToken":"one","TransactItems":[{"Put":{"TableName":"Tab","Item":{"pk":{"S":"` + pk + `"}}}}]}`
	}
	w.allowed("TransactWriteItems", in("a"))
	w.refused("TransactWriteItems", in("b"), "IdempotentParameterMismatchException", "The request uses the same client token as a previous, but non-identical request.")
	w.allow("acme", `{"Effect":"Allow","Action":"dynamodb:PutItem","Resource":"*"}`)
	w.same("TransactWriteItems", in("b"), `{}`)
	w.holds(`[{"pk":{"S":"a"}},{"pk":{"S":"b"}}]`)
}

// Conditions are evaluated while other writers wait.
func TestConditionsOfTransactionsAreBounded(t *testing.T) {
	w := newWorld(t)
	w.OK("CreateTable", simple)
	long := strings.Repeat("a", 390_000)
	search := strings.TrimSuffix(strings.Repeat("contains(v,:z)or ", 220), "or ")
	var checks []string
	for i := range 3 {
		pk := fmt.Sprintf(`{"pk":{"S":"k%d"}`, i)
		w.OK("PutItem", `{"TableName":"Tab","Item":`+pk+`,"v":{"S":"`+long+`"}}}`)
		checks = append(checks, `{"ConditionCheck":{"TableName":"Tab","Key":`+pk+`},"ConditionExpression":"`+search+`","ExpressionAttributeValues":{":z":{"S":"z"}}}}`)
	}
	w.refused("TransactWriteItems", transact(checks[0]), "TransactionCanceledException", "Transaction cancelled, please refer cancellation reasons for specific reasons [ConditionalCheckFailed]")
	r := w.JSON("TransactWriteItems", transact(checks...))
	if r.Code != "TransactionCanceledException" || !strings.Contains(r.Body, "The conditions of the transaction search too much") {
		t.Errorf("answered %s", r.Body)
	}
}

// A segment that has little of a large table comes in pages that may be empty.
func TestSegmentsStopWalking(t *testing.T) {
	w := newWorld(t)
	w.OK("CreateTable", simple)
	long := strings.Repeat("a", 390_000)
	const items = 60
	for i := range items {
		w.OK("PutItem", fmt.Sprintf(`{"TableName":"Tab","Item":{"pk":{"S":"k%02d"},"v":{"S":"%s"}}}`, i, long))
	}
	seen, calls := 0, 0
	for s := range 2 {
		for from := ""; ; calls++ {
			r := w.OK("Scan", fmt.Sprintf(`{"TableName":"Tab","TotalSegments":2,"Segment":%d,"ProjectionExpression":"pk"%s}`, s, from))
			seen += len(r["Items"].([]any))
			last, more := r["LastEvaluatedKey"].(map[string]any)
			if !more {
				break
			}
			from = `,"ExclusiveStartKey":{"pk":{"S":"` + last["pk"].(map[string]any)["S"].(string) + `"}}`
		}
	}
	if seen != items {
		t.Errorf("two segments have %d items of %d", seen, items)
	}
	far := w.OK("Scan", `{"TableName":"Tab","TotalSegments":1000000,"Segment":7}`)
	if far["LastEvaluatedKey"] == nil || far["ScannedCount"] != 0.0 {
		t.Errorf("an empty segment walked the whole table: %v", far["LastEvaluatedKey"])
	}
}

func TestTransactionsTellUnitsApart(t *testing.T) {
	w := newWorld(t)
	w.OK("CreateTable", createT)
	w.same("TransactWriteItems", `{"ReturnConsumedCapacity":"INDEXES","TransactItems":[{"Put":{"TableName":"Tab","Item":{"pk":{"S":"a"},"sk":{"S":"1"},"g":{"S":"x"}}}}]}`,
		`{"ConsumedCapacity":[{"TableName":"Tab","CapacityUnits":4,"WriteCapacityUnits":4,"Table":{"CapacityUnits":2,"WriteCapacityUnits":2},"GlobalSecondaryIndexes":{"byG":{"CapacityUnits":2,"WriteCapacityUnits":2}}}]}`)
}

// AWS tells of the lists in RequestItems under the name of the map.
func TestBatchesAreCounted(t *testing.T) {
	w := newWorld(t)
	w.OK("CreateTable", simple)
	var list []string
	for i := range 26 {
		list = append(list, fmt.Sprintf(`{"PutRequest":{"Item":{"pk":{"S":"%d"}}}}`, i))
	}
	const message = "1 validation error detected: Value '{...}' at 'requestItems' failed to satisfy constraint: Map value must satisfy constraint: [Member must have length less than or equal to 25, Member must have length greater than or equal to 1]"
	w.invalid("BatchWriteItem", `{"RequestItems":{"Tab":[`+strings.Join(list, ",")+`]}}`, message)
	w.invalid("BatchWriteItem", `{"RequestItems":{"Tab":[]}}`, message)
	w.invalid("BatchWriteItem", `{"RequestItems":{}}`, "1 validation error detected: Value '{}' at 'requestItems' failed to satisfy constraint: Member must have length greater than or equal to 1")
	w.invalid("TransactWriteItems", `{"TransactItems":[]}`, "1 validation error detected: Value '[]' at 'transactItems' failed to satisfy constraint: Member must have length greater than or equal to 1")
	w.allowed("BatchWriteItem", `{"RequestItems":{"Tab":[`+strings.Join(list[:25], ",")+`]}}`)
}
