package dynamodb_test

import (
	"strings"
	"testing"
)

// What people take for isolation in a table, run to its end: not only whether a
// request is allowed, but what it reads or leaves behind.

const (
	leadingOwn = `"ForAllValues:StringEquals":{"dynamodb:LeadingKeys":["${aws:PrincipalTag/org}"]}`
	keyGiven   = `"Null":{"dynamodb:LeadingKeys":"false"}`
	visible    = `"ForAllValues:StringEquals":{"dynamodb:LeadingKeys":["${aws:PrincipalTag/org}"],"dynamodb:Attributes":["pk","sk","g","l"]}`
	noSecret   = `{"g":{"S":"open"},"l":{"N":"5"},"pk":{"S":"acme"},"sk":{"S":"1"}}`
)

// may is an Allow on table Tab and its indexes.
func may(actions, condition string) string {
	names := `"dynamodb:` + strings.Join(strings.Fields(actions), `","dynamodb:`) + `"`
	if condition != "" {
		condition = `,"Condition":{` + condition + `}`
	}
	return `{"Effect":"Allow","Action":[` + names + `],"Resource":["` + arnT + `","` + arnT + `/index/*"]` + condition + `}`
}

// TestAdministrationHasNoKeys: a limit on keys that no key meets lets a tenant
// destroy the table of all.
func TestAdministrationHasNoKeys(t *testing.T) {
	w := seeded(t)
	admin := []struct{ op, in string }{
		{"DescribeTable", `{"TableName":"Tab"}`},
		{"TagResource", `{"ResourceArn":"` + arnT + `","Tags":[{"Key":"owner","Value":"acme"}]}`},
		{"UpdateTimeToLive", `{"TableName":"Tab","TimeToLiveSpecification":{"Enabled":true,"AttributeName":"l"}}`},
		{"UpdateTable", `{"TableName":"Tab","GlobalSecondaryIndexUpdates":[{"Delete":{"IndexName":"byG"}}]}`},
		{"DeleteTable", `{"TableName":"Tab"}`},
	}
	before := w.dump()
	w.allow("acme", may("*", leadingOwn+","+keyGiven))
	for _, a := range admin {
		w.denied(a.op, a.in, arnT)
	}
	if w.dump() != before {
		t.Error("a denied request wrote something")
	}
	w.allow("acme", may("*", leadingOwn))
	w.denied("GetItem", `{`+foreign1+`}`, arnT)
	for _, a := range admin {
		w.allowed(a.op, a.in)
	}
	w.root()
	w.refused("DescribeTable", `{"TableName":"Tab"}`, "ResourceNotFoundException", "Requested resource not found: Table: Tab not found")
}

// TestIndexIsPoisoned: the leading key of an index is an attribute that everybody
// may write, so a tenant puts items where another looks for its own.
func TestIndexIsPoisoned(t *testing.T) {
	const (
		lure   = `"TableName":"Tab","Key":{"pk":{"S":"acme"},"sk":{"S":"1"}},"UpdateExpression":"SET g = :v","ExpressionAttributeValues":{":v":{"S":"globex"}}`
		look   = `{"TableName":"Tab","IndexName":"byG","KeyConditionExpression":"g = :p","ExpressionAttributeValues":{":p":{"S":"globex"}}}`
		lured  = `{"g":{"S":"globex"},"l":{"N":"5"},"pk":{"S":"acme"},"secret":{"S":"sa"},"sk":{"S":"1"}}`
		nobody = `{"Count":0,"ScannedCount":0,"Items":[]}`
	)
	w := seeded(t)
	// Attributes that are limited keep the index's key from being written.
	w.allow("acme", may("UpdateItem PutItem Query", `"ForAllValues:StringEquals":{"dynamodb:LeadingKeys":["${aws:PrincipalTag/org}"],"dynamodb:Attributes":["pk","sk","l"]}`))
	w.denied("UpdateItem", `{`+lure+`}`, arnT)
	w.denied("PutItem", `{"TableName":"Tab","Item":{"pk":{"S":"acme"},"sk":{"S":"1"},"g":{"S":"globex"}}}`, arnT)
	w.allow("globex", may("Query", leadingOwn))
	w.same("Query", look, nobody)

	w.allow("acme", may("UpdateItem Query", leadingOwn))
	w.allowed("UpdateItem", `{`+lure+`}`)
	w.denied("Query", look, arnT+"/index/byG")
	w.As(tenant("globex"))
	w.same("Query", look, `{"Count":1,"ScannedCount":1,"Items":[`+lured+`]}`)
}

// TestStatementForIndexesHasNoCondition: it gives every tenant's items away.
func TestStatementForIndexesHasNoCondition(t *testing.T) {
	w := seeded(t)
	open := `{"TableName":"Tab","IndexName":"byG","KeyConditionExpression":"g = :p","ExpressionAttributeValues":{":p":{"S":"open"}}}`
	w.allow("acme", policyP, `{"Effect":"Allow","Action":"dynamodb:Query","Resource":"`+arnT+`/index/*"}`)
	w.same("Query", open, `{"Count":2,"ScannedCount":2,"Items":[`+ownItem+`,`+foreignItem+`]}`)
	w.allow("acme", policyP, `{"Effect":"Allow","Action":"dynamodb:Query","Resource":"`+arnT+`/index/*",`+ownKeys+`}`)
	w.denied("Query", open, arnT+"/index/byG")
}

// TestHiddenAttributesAreRead: a list of attributes limits what a request names,
// and a request that names none gets all.
func TestHiddenAttributesAreRead(t *testing.T) {
	const (
		get   = `"TableName":"Tab","Key":{"pk":{"S":"acme"},"sk":{"S":"1"}}`
		query = `"TableName":"Tab","KeyConditionExpression":"pk = :p","ExpressionAttributeValues":{":p":{"S":"acme"}}`
		batch = `"Keys":[{"pk":{"S":"acme"},"sk":{"S":"1"}}]`
		some  = `,"ProjectionExpression":"pk, sk, g, l"`
	)
	w := seeded(t)
	w.allow("acme", may("GetItem Query BatchGetItem", visible))
	w.denied("GetItem", `{`+get+`,"ProjectionExpression":"secret"}`, arnT)
	w.same("GetItem", `{`+get+`}`, `{"Item":`+ownItem+`}`)
	w.same("Query", `{`+query+`}`, `{"Count":1,"ScannedCount":1,"Items":[`+ownItem+`]}`)
	w.same("BatchGetItem", `{"RequestItems":{"Tab":{`+batch+`}}}`, `{"Responses":{"Tab":[`+ownItem+`]},"UnprocessedKeys":{}}`)

	w.allow("acme", may("GetItem Query BatchGetItem", visible+`,"StringEqualsIfExists":{"dynamodb:Select":"SPECIFIC_ATTRIBUTES"}`))
	w.denied("GetItem", `{`+get+`}`, arnT)
	w.denied("Query", `{`+query+`}`, arnT)
	w.denied("Query", `{`+query+`,"Select":"ALL_ATTRIBUTES"}`, arnT)
	w.denied("BatchGetItem", `{"RequestItems":{"Tab":{`+batch+`}}}`, arnT)
	w.same("GetItem", `{`+get+some+`}`, `{"Item":`+noSecret+`}`)
	w.same("Query", `{`+query+some+`}`, `{"Count":1,"ScannedCount":1,"Items":[`+noSecret+`]}`)
	w.same("BatchGetItem", `{"RequestItems":{"Tab":{`+batch+some+`}}}`, `{"Responses":{"Tab":[`+noSecret+`]},"UnprocessedKeys":{}}`)
}

// TestWritesReturnHiddenAttributes: a write that may name only some attributes
// answers all of them when it is asked to.
func TestWritesReturnHiddenAttributes(t *testing.T) {
	const (
		key    = `"TableName":"Tab","Key":{"pk":{"S":"acme"},"sk":{"S":"1"}}`
		update = `{` + key + `,"UpdateExpression":"SET l = :v","ExpressionAttributeValues":{":v":{"N":"5"}},"ReturnValues":`
		put    = `{"TableName":"Tab","Item":{"pk":{"S":"acme"},"sk":{"S":"1"}},"ReturnValues":"ALL_OLD"}`
		remove = `{` + key + `,"ReturnValues":"ALL_OLD"}`
		failed = `{` + key + `,"ConditionExpression":"l = :v","ExpressionAttributeValues":{":v":{"N":"0"}},"ReturnValuesOnConditionCheckFailure":"ALL_OLD"}`
	)
	w := seeded(t)
	w.allow("acme", may("UpdateItem PutItem DeleteItem", visible+`,"StringEqualsIfExists":{"dynamodb:ReturnValues":["NONE","UPDATED_OLD","UPDATED_NEW"]}`))
	w.denied("UpdateItem", update+`"ALL_NEW"}`, arnT)
	w.denied("UpdateItem", update+`"ALL_OLD"}`, arnT)
	w.denied("PutItem", put, arnT)
	w.denied("DeleteItem", remove, arnT)
	w.same("UpdateItem", update+`"UPDATED_NEW"}`, `{"Attributes":{"l":{"N":"5"}}}`)

	w.allow("acme", may("UpdateItem PutItem DeleteItem", visible))
	w.same("UpdateItem", update+`"ALL_NEW"}`, `{"Attributes":`+ownItem+`}`)
	w.same("UpdateItem", update+`"ALL_OLD"}`, `{"Attributes":`+ownItem+`}`)
	// No key of policies covers what a failed condition returns.
	if r := w.JSON("DeleteItem", failed); r.Code != "ConditionalCheckFailedException" || !strings.Contains(r.Body, `"secret":{"S":"sa"}`) {
		t.Errorf("a failed condition answers %s", r.Body)
	}
	w.same("PutItem", put, `{"Attributes":`+ownItem+`}`)
	w.same("DeleteItem", remove, `{"Attributes":{"pk":{"S":"acme"},"sk":{"S":"1"}}}`)
}

// TestBatchGoesRoundTheCondition: BatchWriteItem is an action of its own, and what
// PutItem must meet says nothing of it.
func TestBatchGoesRoundTheCondition(t *testing.T) {
	const (
		put   = `{"TableName":"Tab","Item":{"pk":{"S":"globex"},"sk":{"S":"1"}}}`
		batch = `{"RequestItems":{"Tab":[{"PutRequest":{"Item":{"pk":{"S":"globex"},"sk":{"S":"1"}}}}]}}`
	)
	w := seeded(t)
	w.allow("acme", may("PutItem", leadingOwn), may("BatchWriteItem", leadingOwn))
	w.denied("PutItem", put, arnT)
	w.denied("BatchWriteItem", batch, arnT)
	w.holds(`[` + ownItem + `,` + foreignItem + `]`)
	w.allow("acme", may("PutItem", leadingOwn), may("BatchWriteItem", ""))
	w.denied("PutItem", put, arnT)
	w.same("BatchWriteItem", batch, `{"UnprocessedItems":{}}`)
	w.holds(`[` + ownItem + `,{"pk":{"S":"globex"},"sk":{"S":"1"}}]`)
}

// TestTableNameWithoutSeparator: the tenant's name begins another tenant's.
func TestTableNameWithoutSeparator(t *testing.T) {
	w := newWorld(t)
	for _, name := range []string{"app-acme", "app-acme2", "app-acme-rows"} {
		w.OK("CreateTable", strings.Replace(createT, `"TableName":"Tab"`, `"TableName":"`+name+`"`, 1))
	}
	arnOf := func(name string) string { return strings.Replace(arnT, "Tab", name, 1) }
	w.allow("acme", `{"Effect":"Allow","Action":"dynamodb:Scan","Resource":"arn:aws:dynamodb:*:*:table/app-${aws:PrincipalTag/org}*"}`)
	w.allowed("Scan", `{"TableName":"app-acme2"}`)
	w.denied("Scan", `{"TableName":"app-globex"}`, arnOf("app-globex"))
	w.allow("acme", `{"Effect":"Allow","Action":"dynamodb:Scan","Resource":["arn:aws:dynamodb:*:*:table/app-${aws:PrincipalTag/org}","arn:aws:dynamodb:*:*:table/app-${aws:PrincipalTag/org}-*"]}`)
	w.denied("Scan", `{"TableName":"app-acme2"}`, arnOf("app-acme2"))
	w.allowed("Scan", `{"TableName":"app-acme"}`)
	w.allowed("Scan", `{"TableName":"app-acme-rows"}`)
}
