package dynamodb_test

import (
	"strings"
	"testing"
)

const (
	keyed = `"dynamodb:GetItem","dynamodb:BatchGetItem","dynamodb:Query","dynamodb:PutItem","dynamodb:UpdateItem","dynamodb:DeleteItem","dynamodb:BatchWriteItem","dynamodb:ConditionCheckItem"`

	ownKeys = `"Condition":{"ForAllValues:StringEquals":{"dynamodb:LeadingKeys":["${aws:PrincipalTag/org}"]}}`

	policyP = `{"Effect":"Allow","Action":[` + keyed + `],"Resource":"` + arnT + `",` + ownKeys + `}`
)

// seeded is a world with table Tab and one item of each of two tenants.
func seeded(t *testing.T) *world {
	t.Helper()
	w := newWorld(t)
	w.OK("CreateTable", createT)
	w.OK("PutItem", `{"TableName":"Tab","Item":{"pk":{"S":"acme"},"sk":{"S":"1"},"g":{"S":"open"},"l":{"N":"5"},"secret":{"S":"sa"}}}`)
	w.OK("PutItem", `{"TableName":"Tab","Item":{"pk":{"S":"globex"},"sk":{"S":"1"},"g":{"S":"open"},"l":{"N":"6"},"secret":{"S":"sg"}}}`)
	return w
}

const (
	ownItem     = `{"g":{"S":"open"},"l":{"N":"5"},"pk":{"S":"acme"},"secret":{"S":"sa"},"sk":{"S":"1"}}`
	foreignItem = `{"g":{"S":"open"},"l":{"N":"6"},"pk":{"S":"globex"},"secret":{"S":"sg"},"sk":{"S":"1"}}`
)

// TestForeignKeysAreDenied is the decision table of fine-grained access: whatever
// touches another tenant's partition is refused, and leaves no trace.
func TestForeignKeysAreDenied(t *testing.T) {
	w := seeded(t)
	before := w.dump()
	w.allow("acme", policyP)
	foreign := `"Key":{"pk":{"S":"globex"},"sk":{"S":"1"}}`
	for _, c := range []struct{ op, in string }{
		{"GetItem", `{"TableName":"Tab",` + foreign + `}`},
		{"GetItem", `{"TableName":"` + arnT + `",` + foreign + `}`},
		{"GetItem", `{"TableName":"Tab","Key":{"pk":{"S":"globex"},"sk":{"S":"not there"}}}`},
		{"GetItem", `{"TableName":"Tab","Key":{"pk":{"S":"acme "},"sk":{"S":"1"}}}`},
		{"GetItem", `{"TableName":"Tab","Key":{"pk":{"S":"ACME"},"sk":{"S":"1"}}}`},
		{"GetItem", `{"TableName":"Tab","Key":{"pk":{"S":"acme*"},"sk":{"S":"1"}}}`},
		{"PutItem", `{"TableName":"Tab","Item":{"pk":{"S":"globex"},"sk":{"S":"2"}}}`},
		{"PutItem", `{"TableName":"Tab","Item":{"pk":{"S":"globex"},"sk":{"S":"1"}},"ConditionExpression":"attribute_exists(nope)","ReturnValuesOnConditionCheckFailure":"ALL_OLD"}`},
		{"UpdateItem", `{"TableName":"Tab",` + foreign + `,"UpdateExpression":"SET a = :v","ExpressionAttributeValues":{":v":{"S":"x"}}}`},
		{"UpdateItem", `{"TableName":"Tab",` + foreign + `,"UpdateExpression":"SET a = nope","ConditionExpression":"secret = :v","ExpressionAttributeValues":{":v":{"S":"sg"}}}`},
		{"DeleteItem", `{"TableName":"Tab",` + foreign + `}`},
		{"DeleteItem", `{"TableName":"Tab",` + foreign + `,"ConditionExpression":"attribute_not_exists(pk)","ReturnValues":"ALL_OLD"}`},
		{"Query", `{"TableName":"Tab","KeyConditionExpression":"pk = :p","ExpressionAttributeValues":{":p":{"S":"globex"}}}`},
		{"Query", `{"TableName":"Tab","KeyConditionExpression":":p = #k","ExpressionAttributeNames":{"#k":"pk"},"ExpressionAttributeValues":{":p":{"S":"globex"}}}`},
		{"Query", `{"TableName":"Tab","KeyConditionExpression":"((sk > :s) AND (:p = pk))","ExpressionAttributeValues":{":p":{"S":"globex"},":s":{"S":"acme"}}}`},
		{"Query", `{"TableName":"Tab","KeyConditions":{"pk":{"ComparisonOperator":"EQ","AttributeValueList":[{"S":"globex"}]}}}`},
		{"BatchGetItem", `{"RequestItems":{"Tab":{"Keys":[{"pk":{"S":"acme"},"sk":{"S":"1"}},{"pk":{"S":"globex"},"sk":{"S":"1"}}]}}}`},
		{"BatchGetItem", `{"RequestItems":{"Tab":{"Keys":[{"pk":{"S":"acme"},"sk":{"S":"1"}}]},"` + arnT + `":{"Keys":[{"pk":{"S":"globex"},"sk":{"S":"1"}}]}}}`},
		{"BatchWriteItem", `{"RequestItems":{"Tab":[{"PutRequest":{"Item":{"pk":{"S":"acme"},"sk":{"S":"2"}}}},{"PutRequest":{"Item":{"pk":{"S":"globex"},"sk":{"S":"2"}}}}]}}`},
		{"BatchWriteItem", `{"RequestItems":{"Tab":[{"PutRequest":{"Item":{"pk":{"S":"acme"},"sk":{"S":"2"}}}},{"DeleteRequest":{"Key":{"pk":{"S":"globex"},"sk":{"S":"1"}}}}]}}`},
		{"BatchWriteItem", `{"RequestItems":{"Tab":[{"PutRequest":{"Item":{"pk":{"S":"acme"},"sk":{"S":"2"}}}}],"` + arnT + `":[{"DeleteRequest":{"Key":{"pk":{"S":"globex"},"sk":{"S":"1"}}}}]}}`},
		{"Scan", `{"TableName":"Tab"}`},
		{"DescribeTable", `{"TableName":"Tab"}`},
		{"DeleteTable", `{"TableName":"Tab"}`},
		{"UpdateTable", `{"TableName":"Tab","DeletionProtectionEnabled":true}`},
	} {
		w.denied(c.op, c.in, arnT)
	}
	w.denied("Query", `{"TableName":"Tab","IndexName":"byG","KeyConditionExpression":"g = :p","ExpressionAttributeValues":{":p":{"S":"acme"}}}`, arnT+"/index/byG")
	w.denied("Query", `{"TableName":"Tab","IndexName":"byL","KeyConditionExpression":"pk = :p","ExpressionAttributeValues":{":p":{"S":"acme"}}}`, arnT+"/index/byL")
	w.denied("Scan", `{"TableName":"Tab","IndexName":"byG"}`, arnT+"/index/byG")
	if w.dump() != before {
		t.Error("a denied request wrote something")
	}
}

func TestOwnKeysAreAllowed(t *testing.T) {
	w := seeded(t)
	w.allow("acme", policyP)
	own := `"Key":{"pk":{"S":"acme"},"sk":{"S":"1"}}`
	w.same("GetItem", `{"TableName":"Tab",`+own+`}`, `{"Item":`+ownItem+`}`)
	w.same("Query", `{"TableName":"Tab","KeyConditionExpression":"pk = :p AND sk >= :s","FilterExpression":"secret <> :s","ExpressionAttributeValues":{":p":{"S":"acme"},":s":{"S":"0"}}}`,
		`{"Count":1,"ScannedCount":1,"Items":[`+ownItem+`]}`)
	w.same("BatchGetItem", `{"RequestItems":{"Tab":{"Keys":[{"pk":{"S":"acme"},"sk":{"S":"1"}},{"pk":{"S":"acme"},"sk":{"S":"9"}}]}}}`,
		`{"Responses":{"Tab":[`+ownItem+`]},"UnprocessedKeys":{}}`)
	w.same("PutItem", `{"TableName":"Tab","Item":{"pk":{"S":"acme"},"sk":{"S":"1"}},"ReturnValues":"ALL_OLD"}`, `{"Attributes":`+ownItem+`}`)
	w.same("UpdateItem", `{"TableName":"Tab",`+own+`,"UpdateExpression":"SET tenantId = :v","ExpressionAttributeValues":{":v":{"S":"globex"}},"ReturnValues":"ALL_NEW"}`,
		`{"Attributes":{"pk":{"S":"acme"},"sk":{"S":"1"},"tenantId":{"S":"globex"}}}`)
	w.same("BatchWriteItem", `{"RequestItems":{"`+arnT+`":[{"PutRequest":{"Item":{"pk":{"S":"acme"},"sk":{"S":"2"}}}},{"DeleteRequest":{"Key":{"pk":{"S":"acme"},"sk":{"S":"1"}}}}]}}`, `{"UnprocessedItems":{}}`)
	w.holds(`[{"pk":{"S":"acme"},"sk":{"S":"2"}},` + foreignItem + `]`)
}

func TestDecisions(t *testing.T) {
	allow := func(actions, condition string) string {
		if condition != "" {
			condition = `,"Condition":{` + condition + `}`
		}
		return `{"Effect":"Allow","Action":[` + actions + `],"Resource":["` + arnT + `","` + arnT + `/index/*"]` + condition + `}`
	}
	deny := func(actions, condition string) string {
		return strings.Replace(allow(actions, condition), "Allow", "Deny", 1)
	}
	const (
		org         = `["${aws:PrincipalTag/org}"]`
		all         = `"ForAllValues:StringEquals":{"dynamodb:LeadingKeys":` + org + `}`
		get         = `{"TableName":"Tab","Key":{"pk":{"S":"acme"},"sk":{"S":"1"}}}`
		getForeign  = `{"TableName":"Tab","Key":{"pk":{"S":"globex"},"sk":{"S":"1"}}}`
		scan        = `{"TableName":"Tab"}`
		mixed       = `{"RequestItems":{"Tab":{"Keys":[{"pk":{"S":"acme"},"sk":{"S":"1"}},{"pk":{"S":"globex"},"sk":{"S":"1"}}]}}}`
		foreignOnly = `{"RequestItems":{"Tab":{"Keys":[{"pk":{"S":"globex"},"sk":{"S":"1"}}]}}}`
		names       = `"ForAllValues:StringEquals":{"dynamodb:Attributes":["pk","sk","g","l"]}`
		specific    = `"StringEqualsIfExists":{"dynamodb:Select":"SPECIFIC_ATTRIBUTES"}`
		put         = `{"TableName":"Tab","Item":{"pk":{"S":"acme"},"sk":{"S":"1"}}`
		any         = `"dynamodb:*"`
		openG       = `{"TableName":"Tab","IndexName":"byG","KeyConditionExpression":"g = :p","ExpressionAttributeValues":{":p":{"S":"open"}}}`
		byL         = `{"TableName":"Tab","IndexName":"byL","KeyConditionExpression":"pk = :p","ExpressionAttributeValues":{":p":{"S":"acme"}}}`
	)
	for _, c := range []struct {
		name   string
		org    string
		policy string
		op, in string
		ok     bool
	}{
		{"37: ForAllValues is true of a Scan, which has no leading keys", "acme", allow(any, all), "Scan", scan, true},
		{"37: unless they must be there", "acme", allow(any, all+`,"Null":{"dynamodb:LeadingKeys":"false"}`), "Scan", scan, false},
		{"37: and a key is there for GetItem", "acme", allow(any, all+`,"Null":{"dynamodb:LeadingKeys":"false"}`), "GetItem", get, true},
		{"38: so are the verbs of administration", "acme", allow(any, all), "DescribeTable", scan, true},
		{"39: ForAnyValue lets a mixed batch through", "acme", allow(any, `"ForAnyValue:StringEquals":{"dynamodb:LeadingKeys":`+org+`}`), "BatchGetItem", mixed, true},
		{"39: but not a foreign one", "acme", allow(any, `"ForAnyValue:StringEquals":{"dynamodb:LeadingKeys":`+org+`}`), "BatchGetItem", foreignOnly, false},
		{"40: a plain operator never matches several values", "acme", allow(any, `"StringEqualsIfExists":{"dynamodb:LeadingKeys":`+org+`}`), "GetItem", get, false},
		{"40: and IfExists is true of a Scan", "acme", allow(any, `"StringEqualsIfExists":{"dynamodb:LeadingKeys":`+org+`}`), "Scan", scan, true},
		{"41: a Deny for all foreign lets a mixed batch through", "acme", allow(any, "") + "," + deny(any, `"ForAllValues:StringNotEquals":{"dynamodb:LeadingKeys":`+org+`}`), "BatchGetItem", mixed, true},
		{"41: a Deny for any foreign does not", "acme", allow(any, "") + "," + deny(any, `"ForAnyValue:StringNotEquals":{"dynamodb:LeadingKeys":`+org+`}`), "BatchGetItem", mixed, false},
		{"no tag: nothing by key", "", allow(any, all), "GetItem", get, false},
		{"no tag: Scan, if listed", "", allow(any, all), "Scan", scan, true},
		{"42: a prefix without separator", "acme", allow(any, `"ForAllValues:StringLike":{"dynamodb:LeadingKeys":["${aws:PrincipalTag/org}*"]}`), "GetItem", strings.Replace(get, "acme", "acme2#1", 1), true},
		{"42: a prefix with separator", "acme", allow(any, `"ForAllValues:StringLike":{"dynamodb:LeadingKeys":["${aws:PrincipalTag/org}#*"]}`), "GetItem", strings.Replace(get, "acme", "acme2#1", 1), false},
		{"42: the own prefix", "acme", allow(any, `"ForAllValues:StringLike":{"dynamodb:LeadingKeys":["${aws:PrincipalTag/org}#*"]}`), "GetItem", strings.Replace(get, "acme", "acme#1", 1), true},
		{"FirstPartitionKeyValues is the same key", "acme", allow(any, `"ForAllValues:StringEquals":{"dynamodb:FirstPartitionKeyValues":`+org+`}`), "GetItem", getForeign, false},
		{"FirstPartitionKeyValues, own", "acme", allow(any, `"ForAllValues:StringEquals":{"dynamodb:FirstPartitionKeyValues":`+org+`}`), "GetItem", get, true},
		{"51: the leading key of a global index is its own", "acme", allow(any, all), "Query", openG, false},
		{"51: without a condition the index crosses tenants", "acme", allow(any, ""), "Query", openG, true},
		{"51: a local index has the leading key of the table", "acme", allow(any, all), "Query", byL, true},
		{"51: and denies a foreign one", "acme", allow(any, all), "Query", strings.Replace(byL, `"acme"`, `"globex"`, 1), false},
		{
			"52: index keys may be written unless attributes are limited", "acme", allow(any, all), "UpdateItem",
			strings.Replace(get, "}}}", `}},"UpdateExpression":"SET g = :v","ExpressionAttributeValues":{":v":{"S":"globex"}}}`, 1), true,
		},
		{
			"52: attributes limited", "acme", allow(any, `"ForAllValues:StringEquals":{"dynamodb:Attributes":["pk","sk","a"]}`), "UpdateItem",
			strings.Replace(get, "}}}", `}},"UpdateExpression":"SET g = :v","ExpressionAttributeValues":{":v":{"S":"globex"}}}`, 1), false,
		},
		{
			"52: a put counts every attribute", "acme", allow(any, `"ForAllValues:StringEquals":{"dynamodb:Attributes":["pk","sk","a"]}`), "PutItem",
			`{"TableName":"Tab","Item":{"pk":{"S":"acme"},"sk":{"S":"1"},"g":{"S":"x"}}}`, false,
		},
		{"53: a read that names no attribute names only its key", "acme", allow(any, names), "GetItem", get, true},
		{"53: Select closes that", "acme", allow(any, names+","+specific), "GetItem", get, false},
		{"53: and lets projections through", "acme", allow(any, names+","+specific), "GetItem", strings.Replace(get, "}}}", `}},"ProjectionExpression":"g, l"}`, 1), true},
		{"53: not of other attributes", "acme", allow(any, names+","+specific), "GetItem", strings.Replace(get, "}}}", `}},"ProjectionExpression":"g, secret.x"}`, 1), false},
		{"90: nor under an alias", "acme", allow(any, names+","+specific), "GetItem", strings.Replace(get, "}}}", `}},"ProjectionExpression":"#g","ExpressionAttributeNames":{"#g":"secret"}}`, 1), false},
		{"90: nor by a legacy parameter", "acme", allow(any, names+","+specific), "GetItem", strings.Replace(get, "}}}", `}},"AttributesToGet":["secret"]}`, 1), false},
		{
			"53: in a batch the wider wish counts", "acme", allow(any, names+","+specific), "BatchGetItem",
			`{"RequestItems":{"Tab":{"Keys":[{"pk":{"S":"acme"},"sk":{"S":"1"}}],"ProjectionExpression":"g"},"` + arnT + `":{"Keys":[{"pk":{"S":"acme"},"sk":{"S":"2"}}]}}}`, false,
		},
		{"53: COUNT is another Select", "acme", allow(any, specific), "Query", strings.Replace(byL, "}}}", `}},"Select":"COUNT"}`, 1), false},
		{"54: ReturnValues may be limited", "acme", allow(any, `"StringEquals":{"dynamodb:ReturnValues":"NONE"}`), "PutItem", put + `,"ReturnValues":"ALL_OLD"}`, false},
		{"54: NONE is the default", "acme", allow(any, `"StringEquals":{"dynamodb:ReturnValues":"NONE"}`), "PutItem", put + `}`, true},
		{"55: conditions name attributes", "acme", allow(any, names), "PutItem", put + `,"ConditionExpression":"secret = :v","ExpressionAttributeValues":{":v":{"S":"sa"}}}`, false},
		{"55: legacy ones too", "acme", allow(any, names), "PutItem", put + `,"Expected":{"secret":{"Value":{"S":"sa"}}}}`, false},
		{"filters name attributes", "acme", allow(any, names), "Scan", `{"TableName":"Tab","FilterExpression":"size(secret) > :n","ExpressionAttributeValues":{":n":{"N":"1"}}}`, false},
		{"legacy filters too", "acme", allow(any, names), "Scan", `{"TableName":"Tab","ScanFilter":{"secret":{"ComparisonOperator":"NOT_NULL"}}}`, false},
		{"57: BatchWriteItem is its own action", "acme", allow(`"dynamodb:PutItem"`, ""), "BatchWriteItem", `{"RequestItems":{"Tab":[{"PutRequest":{"Item":{"pk":{"S":"acme"},"sk":{"S":"1"}}}}]}}`, false},
		{"57: and needs no PutItem", "acme", allow(`"dynamodb:BatchWriteItem"`, ""), "BatchWriteItem", `{"RequestItems":{"Tab":[{"PutRequest":{"Item":{"pk":{"S":"acme"},"sk":{"S":"1"}}}}]}}`, true},
		{"capacity may be limited", "acme", allow(any, `"StringNotEquals":{"dynamodb:ReturnConsumedCapacity":["TOTAL","INDEXES"]}`), "Scan", `{"TableName":"Tab","ReturnConsumedCapacity":"INDEXES"}`, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := seeded(t)
			w.allow(c.org, c.policy)
			r := w.JSON(c.op, c.in)
			if ok := r.Status == 200; ok != c.ok {
				t.Errorf("%s %s answered %d %s, want allowed: %v", c.op, c.in, r.Status, r.Body, c.ok)
			}
			if !c.ok && r.Code != "AccessDeniedException" {
				t.Errorf("refused with %s: %s", r.Code, r.Message)
			}
		})
	}
}
