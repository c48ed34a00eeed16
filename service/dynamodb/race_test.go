package dynamodb_test

import (
	"context"
	"testing"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/service/servicetest"
)

// meanwhile makes the world do something between the plan and the run of the
// next request: while its policies are gathered.
type meanwhile struct {
	*world
	do func()
}

func (m *meanwhile) Attached(ctx context.Context, who bailiwick.Principal) (bailiwick.Attachments, error) {
	if do := m.do; do != nil {
		m.do = nil
		do()
	}
	return m.world.Attached(ctx, who)
}

// TestTableMadeAnewWhileAsking swaps the table for one in which the attribute that
// the caller was allowed for is no partition key any more.
func TestTableMadeAnewWhileAsking(t *testing.T) {
	w := seeded(t)
	m := &meanwhile{world: w}
	asked := servicetest.New(t, w.api.Service(), m, w.now)
	w.allow("acme", policyP+`,{"Effect":"Allow","Action":"dynamodb:Query","Resource":"`+arnT+`/index/*"}`)
	asked.As(tenant("acme"))
	swap := func() {
		w.root()
		w.OK("DeleteTable", `{"TableName":"Tab"}`)
		w.OK("CreateTable", `{"TableName":"Tab","KeySchema":[{"AttributeName":"sk","KeyType":"HASH"},{"AttributeName":"pk","KeyType":"RANGE"}],"BillingMode":"PAY_PER_REQUEST",
			"AttributeDefinitions":[{"AttributeName":"pk","AttributeType":"S"},{"AttributeName":"sk","AttributeType":"S"}]}`)
		w.OK("PutItem", `{"TableName":"Tab","Item":{"pk":{"S":"acme"},"sk":{"S":"globex"},"secret":{"S":"sg"}}}`)
	}
	key := `"Key":{"pk":{"S":"acme"},"sk":{"S":"globex"}}`
	for _, c := range []struct{ op, in string }{
		{"GetItem", `{"TableName":"Tab",` + key + `}`},
		{"PutItem", `{"TableName":"Tab","Item":{"pk":{"S":"acme"},"sk":{"S":"globex"}}}`},
		{"UpdateItem", `{"TableName":"Tab",` + key + `,"UpdateExpression":"SET a = :v","ExpressionAttributeValues":{":v":{"S":"x"}}}`},
		{"DeleteItem", `{"TableName":"Tab",` + key + `}`},
		{"Query", `{"TableName":"Tab","KeyConditionExpression":"pk = :p","ExpressionAttributeValues":{":p":{"S":"acme"}}}`},
		{"BatchGetItem", `{"RequestItems":{"Tab":{"Keys":[{"pk":{"S":"acme"},"sk":{"S":"globex"}}]}}}`},
		{"BatchWriteItem", `{"RequestItems":{"Tab":[{"DeleteRequest":{"Key":{"pk":{"S":"acme"},"sk":{"S":"globex"}}}}]}}`},
	} {
		w.root()
		w.JSON("DeleteTable", `{"TableName":"Tab"}`)
		w.OK("CreateTable", createT)
		m.do = swap
		r := asked.JSON(c.op, c.in)
		if m.do != nil {
			t.Fatalf("%s: nothing happened meanwhile", c.op)
		}
		if r.Code != "ResourceNotFoundException" || r.Message != "Requested resource not found" {
			t.Errorf("%s answered %d %s", c.op, r.Status, r.Body)
		}
		w.holds(`[{"pk":{"S":"acme"},"secret":{"S":"sg"},"sk":{"S":"globex"}}]`)
	}
}

// TestIndexMadeAnewWhileAsking does the same to an index.
func TestIndexMadeAnewWhileAsking(t *testing.T) {
	w := seeded(t)
	m := &meanwhile{world: w}
	asked := servicetest.New(t, w.api.Service(), m, w.now)
	w.allow("open", `{"Effect":"Allow","Action":"dynamodb:Query","Resource":"`+arnT+`/index/*",`+ownKeys+`}`)
	asked.As(tenant("open"))
	in := `{"TableName":"Tab","IndexName":"byG","KeyConditionExpression":"g = :p","ExpressionAttributeValues":{":p":{"S":"open"}}}`
	if r := asked.JSON("Query", in); r.Status != 200 || len(r.Out["Items"].([]any)) != 2 {
		t.Fatalf("answered %s", r.Body)
	}
	m.do = func() {
		w.root()
		w.OK("UpdateTable", `{"TableName":"Tab","GlobalSecondaryIndexUpdates":[{"Delete":{"IndexName":"byG"}}]}`)
		w.OK("UpdateTable", `{"TableName":"Tab","AttributeDefinitions":[{"AttributeName":"secret","AttributeType":"S"},{"AttributeName":"g","AttributeType":"S"}],
			"GlobalSecondaryIndexUpdates":[{"Create":{"IndexName":"byG","KeySchema":[{"AttributeName":"secret","KeyType":"HASH"},{"AttributeName":"g","KeyType":"RANGE"}],"Projection":{"ProjectionType":"ALL"}}}]}`)
	}
	if r := asked.JSON("Query", in); r.Code != "ValidationException" || r.Message != "The table does not have the specified index: byG" {
		t.Errorf("answered %s", r.Body)
	}
}

// TestIndexMadeMeanwhileIsKept writes through a plan that does not know an index yet.
func TestIndexMadeMeanwhileIsKept(t *testing.T) {
	w := seeded(t)
	m := &meanwhile{world: w}
	asked := servicetest.New(t, w.api.Service(), m, w.now)
	asked.As(tenant("acme"))
	w.allow("acme", policyP)
	m.do = func() {
		w.root()
		w.OK("UpdateTable", `{"TableName":"Tab","AttributeDefinitions":[{"AttributeName":"h","AttributeType":"S"}],
			"GlobalSecondaryIndexUpdates":[{"Create":{"IndexName":"byH","KeySchema":[{"AttributeName":"h","KeyType":"HASH"}],"Projection":{"ProjectionType":"KEYS_ONLY"}}}]}`)
	}
	if r := asked.JSON("PutItem", `{"TableName":"Tab","Item":{"pk":{"S":"acme"},"sk":{"S":"2"},"h":{"S":"x"}}}`); r.Status != 200 {
		t.Fatalf("answered %s", r.Body)
	}
	w.root()
	w.same("Scan", `{"TableName":"Tab","IndexName":"byH"}`, `{"Count":1,"ScannedCount":1,"Items":[{"h":{"S":"x"},"pk":{"S":"acme"},"sk":{"S":"2"}}]}`)
	m.do = nil
	if r := asked.JSON("PutItem", `{"TableName":"Tab","Item":{"pk":{"S":"acme"},"sk":{"S":"3"},"h":{"N":"1"}}}`); r.Code != "ValidationException" {
		t.Errorf("an index took a key of another type: %s", r.Body)
	}
}
