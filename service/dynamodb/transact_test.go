package dynamodb_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/bailiwick-project/bailiwick/store"
	"github.com/bailiwick-project/bailiwick/store/mem"
)

const (
	own2     = `"TableName":"Tab","Key":{"pk":{"S":"acme"},"sk":{"S":"2"}}`
	own1     = `"TableName":"Tab","Key":{"pk":{"S":"acme"},"sk":{"S":"1"}}`
	foreign1 = `"TableName":"Tab","Key":{"pk":{"S":"globex"},"sk":{"S":"1"}}`
	put2     = `{"Put":{"TableName":"Tab","Item":{"pk":{"S":"acme"},"sk":{"S":"2"}}}}`
)

func transact(items ...string) string { return `{"TransactItems":[` + strings.Join(items, ",") + `]}` }

// TestForeignTransactionsAreDenied: 56, every item is asked for by itself, and one
// foreign key refuses all, condition checks included.
func TestForeignTransactionsAreDenied(t *testing.T) {
	w := seeded(t)
	before := w.dump()
	w.allow("acme", policyP)
	for _, c := range []struct{ op, action, in string }{
		{"TransactWriteItems", "ConditionCheckItem", transact(put2, `{"ConditionCheck":{`+foreign1+`,"ConditionExpression":"attribute_exists(pk)"}}`)},
		{"TransactWriteItems", "ConditionCheckItem", transact(put2, `{"ConditionCheck":{`+foreign1+`,"ConditionExpression":"attribute_not_exists(pk)","ReturnValuesOnConditionCheckFailure":"ALL_OLD"}}`)},
		{"TransactWriteItems", "PutItem", transact(put2, `{"Put":{"TableName":"`+arnT+`","Item":{"pk":{"S":"globex"},"sk":{"S":"2"}}}}`)},
		{"TransactWriteItems", "UpdateItem", transact(`{"Update":{`+foreign1+`,"UpdateExpression":"REMOVE secret"}}`, put2)},
		{"TransactWriteItems", "DeleteItem", transact(put2, `{"Delete":{`+foreign1+`}}`)},
		{"TransactGetItems", "GetItem", transact(`{"Get":{`+own1+`}}`, `{"Get":{`+foreign1+`}}`)},
	} {
		w.deniedAs(c.op, c.in, "dynamodb:"+c.action, arnT, notAllowed+"dynamodb:"+c.action+" action")
	}
	w.allow("acme", `{"Effect":"Allow","Action":"dynamodb:PutItem","Resource":"*","Condition":{"Null":{"dynamodb:EnclosingOperation":"true"}}}`)
	w.deniedAs("TransactWriteItems", transact(put2), "dynamodb:PutItem", arnT, notAllowed+"dynamodb:PutItem action")
	w.allow("acme", `{"Effect":"Allow","Action":"dynamodb:TransactWriteItems","Resource":"*"}`)
	w.deniedAs("TransactWriteItems", transact(put2), "dynamodb:PutItem", arnT, notAllowed+"dynamodb:PutItem action")
	if w.dump() != before {
		t.Error("a denied transaction wrote something")
	}
	w.allow("acme", `{"Effect":"Allow","Action":"dynamodb:PutItem","Resource":"*","Condition":{"StringEquals":{"dynamodb:EnclosingOperation":"TransactWriteItems"}}}`)
	w.same("TransactWriteItems", transact(put2), `{}`)
	w.denied("PutItem", `{"TableName":"Tab","Item":{"pk":{"S":"acme"},"sk":{"S":"2"}}}`, arnT)
}

func TestTransactions(t *testing.T) {
	w := seeded(t)
	w.allow("acme", policyP)
	all := transact(put2, `{"ConditionCheck":{`+own1+`,"ConditionExpression":"secret = :v","ExpressionAttributeValues":{":v":{"S":"sa"}}}}`,
		`{"Update":{"TableName":"Tab","Key":{"pk":{"S":"acme"},"sk":{"S":"3"}},"UpdateExpression":"ADD n :v","ExpressionAttributeValues":{":v":{"N":"1"}}}}`,
		`{"Delete":{"TableName":"Tab","Key":{"pk":{"S":"acme"},"sk":{"S":"4"}}}}`)
	w.same("TransactWriteItems", strings.Replace(all, `{"TransactItems"`, `{"ReturnConsumedCapacity":"TOTAL","TransactItems"`, 1), `{"ConsumedCapacity":[{"TableName":"Tab","CapacityUnits":8,"WriteCapacityUnits":8}]}`)
	items := `[` + ownItem + `,{"pk":{"S":"acme"},"sk":{"S":"2"}},{"n":{"N":"1"},"pk":{"S":"acme"},"sk":{"S":"3"}},` + foreignItem + `]`
	w.holds(items)
	w.As(tenant("acme"))
	w.same("TransactGetItems", transact(`{"Get":{`+own2+`}}`, `{"Get":{"TableName":"Tab","Key":{"pk":{"S":"acme"},"sk":{"S":"9"}}}}`, `{"Get":{`+own1+`,"ProjectionExpression":"secret"}}`),
		`{"Responses":[{"Item":{"pk":{"S":"acme"},"sk":{"S":"2"}}},{},{"Item":{"secret":{"S":"sa"}}}]}`)

	cancelled := func(in, codes, reasons string) {
		t.Helper()
		r := w.JSON("TransactWriteItems", in)
		got, err := json.Marshal(r.Out["CancellationReasons"])
		if err != nil {
			t.Fatal(err)
		}
		if r.Code != "TransactionCanceledException" || r.Message != "Transaction cancelled, please refer cancellation reasons for specific reasons ["+codes+"]" || string(got) != reasons {
			t.Errorf("%s answered %s", in, r.Body)
		}
	}
	put5 := strings.Replace(put2, `"2"`, `"5"`, 1)
	cancelled(transact(put5, `{"Delete":{`+own1+`,"ConditionExpression":"attribute_not_exists(pk)","ReturnValuesOnConditionCheckFailure":"ALL_OLD"}}`),
		"None, ConditionalCheckFailed", `[{"Code":"None"},{"Code":"ConditionalCheckFailed","Item":`+ownItem+`,"Message":"The conditional request failed"}]`)
	cancelled(transact(put5, `{"Update":{`+own1+`,"UpdateExpression":"SET x = nope"}}`),
		"None, ValidationError", `[{"Code":"None"},{"Code":"ValidationError","Message":"The provided expression refers to an attribute that does not exist in the item"}]`)
	cancelled(transact(put5, `{"Delete":{"TableName":"Tab","Key":{"pk":{"S":"acme"}}}}`),
		"None, ValidationError", `[{"Code":"None"},{"Code":"ValidationError","Message":"The provided key element does not match the schema"}]`)
	const empty = "One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty string value. Key: sk"
	w.invalid("TransactWriteItems", transact(strings.Replace(put5, `"5"`, `""`, 1)), empty)
	w.invalid("TransactWriteItems", transact(put5, `{"Delete":{"TableName":"Tab","Key":{"pk":{"S":"acme"},"sk":{"S":""}}}}`), empty)
	w.invalid("TransactWriteItems", transact(put5, strings.Replace(put5, `"Tab"`, `"`+arnT+`"`, 1)), "Transaction request cannot include multiple operations on one item")
	w.invalid("TransactGetItems", transact(`{"Get":{`+own1+`}}`, `{"Get":{`+own1+`}}`), "Transaction request cannot include multiple operations on one item")
	w.invalid("TransactWriteItems", transact(`{}`), "TransactItems can only contain one of Check, Put, Update or Delete")
	w.root()
	w.refused("TransactWriteItems", transact(put5, `{"Delete":{"TableName":"Missing","Key":{"pk":{"S":"acme"}}}}`), "ResourceNotFoundException", "Requested resource not found")
	var big []string
	for i := range 11 {
		big = append(big, fmt.Sprintf(`{"Put":{"TableName":"Tab","Item":{"pk":{"S":"big"},"sk":{"S":"%d"},"v":{"S":"%s"}}}}`, i, strings.Repeat("x", 390_000)))
	}
	w.invalid("TransactWriteItems", transact(big...), "The items of the transaction exceed 4 MB")
	w.holds(items)
}

func TestClientRequestToken(t *testing.T) {
	w := seeded(t)
	add := func(n string) string {
		return strings.Replace(transact(`{"Update":{`+own1+`,"UpdateExpression":"ADD n :v","ExpressionAttributeValues":{":v":{"N":"`+n+`"}}}}`), `{`, `{"ClientRequestToken":"t1",`, 1)
	}
	for range 3 {
		w.same("TransactWriteItems", add("1"), `{}`)
	}
	w.refused("TransactWriteItems", add("2"), "IdempotentParameterMismatchException", "The request uses the same client token as a previous, but non-identical request.")
	w.same("GetItem", `{`+own1+`,"ProjectionExpression":"n"}`, `{"Item":{"n":{"N":"1"}}}`)
	w.allow("globex", policyP)
	w.deniedAs("TransactWriteItems", add("1"), "dynamodb:UpdateItem", arnT, notAllowed+"dynamodb:UpdateItem action")
}

// TestResume finishes an index that a server had begun to fill when it stopped.
func TestResume(t *testing.T) {
	s := &stopping{Store: &mem.Engine{Now: (&world{}).now}, left: 1000}
	w := worldOn(t, s)
	w.OK("CreateTable", simple)
	for i := range 20 {
		w.OK("PutItem", fmt.Sprintf(`{"TableName":"Tab","Item":{"pk":{"S":"k%d"},"h":{"S":"x"},"v":{"S":"%s"}}}`, i, strings.Repeat("v", 390_000)))
	}
	s.left = 2 // the description, and one piece of the index
	in := `{"TableName":"Tab",` + definition("h") + `,"GlobalSecondaryIndexUpdates":[{"Create":{"IndexName":"byH",` + keySchema("h") + `,"Projection":{"ProjectionType":"KEYS_ONLY"}}}]}`
	if r := w.JSON("UpdateTable", in); r.Status != 500 {
		t.Fatalf("answered %s", r.Body)
	}
	s.left = 1000
	query := `{"TableName":"Tab","IndexName":"byH","Select":"COUNT","KeyConditionExpression":"h = :h","ExpressionAttributeValues":{":h":{"S":"x"}}}`
	w.invalid("Query", query, "Cannot read from backfilling global secondary index: byH")
	w.OK("DeleteItem", `{"TableName":"Tab","Key":{"pk":{"S":"k0"}}}`)
	w.OK("PutItem", `{"TableName":"Tab","Item":{"pk":{"S":"new"},"h":{"S":"x"}}}`)
	w.OK("UpdateItem", `{"TableName":"Tab","Key":{"pk":{"S":"k9"}},"UpdateExpression":"REMOVE h"}`)
	if err := w.api.Resume(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.same("Query", query, `{"Count":19,"ScannedCount":19}`)
}

// stopping is a store that stops writing after a number of transactions.
type stopping struct {
	store.Store
	left int
}

func (s *stopping) Update(ctx context.Context, fn func(store.Tx) error) error {
	if s.left--; s.left < 0 {
		return store.ErrClosed
	}
	return s.Store.Update(ctx, fn)
}
