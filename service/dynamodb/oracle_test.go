package dynamodb_test

import (
	"strings"
	"testing"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/policy"
)

const notAllowed = " because no identity-based policy allows the "

// TestExistenceIsNotTold holds that a caller without permission hears the same of
// tables that are there and of those that are not.
func TestExistenceIsNotTold(t *testing.T) {
	w := seeded(t)
	w.allow("acme", `{"Effect":"Allow","Action":"dynamodb:GetItem","Resource":"arn:aws:dynamodb:us-east-1:000000000000:table/Mine"}`)
	for _, c := range []struct{ op, in string }{
		{"GetItem", `{"TableName":"NAME","Key":{"pk":{"S":"acme"},"sk":{"S":"1"}}}`},
		{"GetItem", `{"TableName":"NAME","Key":{"wrong":{"S":"acme"}}}`},
		{"PutItem", `{"TableName":"NAME","Item":{"nokey":{"S":"acme"}}}`},
		{"UpdateItem", `{"TableName":"NAME","Key":{"pk":{"S":"acme"},"sk":{"S":"1"}},"UpdateExpression":"SET pk = :v","ExpressionAttributeValues":{":v":{"S":"x"}}}`},
		{"DeleteItem", `{"TableName":"NAME","Key":{}}`},
		{"Query", `{"TableName":"NAME","KeyConditionExpression":"nokey = :p","ExpressionAttributeValues":{":p":{"S":"acme"}}}`},
		{"Scan", `{"TableName":"NAME"}`},
		{"Scan", `{"TableName":"NAME","ExclusiveStartKey":{"wrong":{"S":"x"}}}`},
		{"BatchGetItem", `{"RequestItems":{"NAME":{"Keys":[{"pk":{"S":"acme"}}]}}}`},
		{"BatchWriteItem", `{"RequestItems":{"NAME":[{"DeleteRequest":{"Key":{"pk":{"S":"acme"}}}}]}}`},
		{"DescribeTable", `{"TableName":"NAME"}`},
		{"DeleteTable", `{"TableName":"NAME"}`},
		{"UpdateTable", `{"TableName":"NAME","BillingMode":"PAY_PER_REQUEST"}`},
		{"CreateTable", strings.Replace(createT, `"TableName":"Tab"`, `"TableName":"NAME"`, 1)},
		{"DescribeTimeToLive", `{"TableName":"NAME"}`},
		{"UpdateTimeToLive", `{"TableName":"NAME","TimeToLiveSpecification":{"Enabled":true,"AttributeName":"ttl"}}`},
		{"DescribeContinuousBackups", `{"TableName":"NAME"}`},
		{"ListTagsOfResource", `{"ResourceArn":"arn:aws:dynamodb:us-east-1:000000000000:table/NAME"}`},
		{"TagResource", `{"ResourceArn":"arn:aws:dynamodb:us-east-1:000000000000:table/NAME","Tags":[{"Key":"k","Value":"v"}]}`},
		{"UntagResource", `{"ResourceArn":"arn:aws:dynamodb:us-east-1:000000000000:table/NAME","TagKeys":["k"]}`},
	} {
		for _, name := range []string{"Tab", "Missing"} {
			w.denied(c.op, strings.ReplaceAll(c.in, "NAME", name), strings.Replace(arnT, "Tab", name, 1))
		}
	}
	w.denied("ListTables", `{}`, strings.Replace(arnT, "Tab", "*", 1))
	w.denied("Query", `{"TableName":"Tab","IndexName":"nope","KeyConditionExpression":"a = :p","ExpressionAttributeValues":{":p":{"S":"x"}}}`, arnT+"/index/nope")

	get := `{"TableName":"Mine","Key":{"pk":{"S":"acme"}}}`
	w.refused("GetItem", get, "ResourceNotFoundException", "Requested resource not found")
	w.allow("acme", policyP)
	w.refused("GetItem", `{"TableName":"Tab","Key":{"pk":{"N":"1"},"sk":{"S":"1"}}}`, "ValidationException", "The provided key element does not match the schema")
}

// TestKeysThatCannotBeTold are never run, whatever the policies allow.
func TestKeysThatCannotBeTold(t *testing.T) {
	w := seeded(t)
	before := w.dump()
	w.allow("acme", `{"Effect":"Allow","Action":"dynamodb:*","Resource":"*",`+ownKeys+`}`)
	const mismatch = "The provided key element does not match the schema"
	for _, c := range []struct{ op, in, message string }{
		{"GetItem", `{"TableName":"Tab","Key":{"sk":{"S":"1"}}}`, mismatch},
		{"GetItem", `{"TableName":"Tab","Key":{"pk":{"B":"Z2xvYmV4"},"sk":{"S":"1"}}}`, mismatch},
		{"GetItem", `{"TableName":"Tab","Key":{"pk":{"SS":["globex"]},"sk":{"S":"1"}}}`, mismatch},
		{"GetItem", `{"TableName":"Tab","Key":{}}`, mismatch},
		{"DeleteItem", `{"TableName":"Tab","Key":{"PK":{"S":"globex"},"sk":{"S":"1"}}}`, mismatch},
		{"UpdateItem", `{"TableName":"Tab","Key":{"pk":{"NULL":true},"sk":{"S":"1"}}}`, mismatch},
		{"BatchGetItem", `{"RequestItems":{"Tab":{"Keys":[{"pk":{"S":"acme"},"sk":{"S":"1"}},{"pk":{"N":"1"},"sk":{"S":"1"}}]}}}`, mismatch},
		{"BatchWriteItem", `{"RequestItems":{"Tab":[{"PutRequest":{"Item":{"pk":{"S":"acme"},"sk":{"S":"7"}}}},{"DeleteRequest":{"Key":{"pk":{"N":"1"},"sk":{"S":"1"}}}}]}}`, mismatch},
		{"BatchWriteItem", `{"RequestItems":{"Tab":[{"PutRequest":{"Item":{"pk":{"N":"1"},"sk":{"S":"7"}}}}]}}`, mismatch},
		{"PutItem", `{"TableName":"Tab","Item":{"sk":{"S":"1"}}}`, "One or more parameter values were invalid: Missing the key pk in the item"},
		{"PutItem", `{"TableName":"Tab","Item":{"pk":{"N":"1"},"sk":{"S":"1"}}}`, "One or more parameter values were invalid: Type mismatch for key pk expected: S actual: N"},
		{"Query", `{"TableName":"Tab","KeyConditionExpression":"sk = :p","ExpressionAttributeValues":{":p":{"S":"1"}}}`, "Query condition missed key schema element: pk"},
		{"Query", `{"TableName":"Tab","KeyConditionExpression":"pk > :p","ExpressionAttributeValues":{":p":{"S":"1"}}}`, "Query key condition not supported"},
		{"Query", `{"TableName":"Tab","IndexName":"nope","KeyConditionExpression":"pk = :p","ExpressionAttributeValues":{":p":{"S":"acme"}}}`, "The table does not have the specified index: nope"},
	} {
		w.invalid(c.op, c.in, c.message)
	}
	for _, c := range []struct{ in, message string }{
		{`{"TableName":"Tab","KeyConditionExpression":"pk = :p OR pk = :q","ExpressionAttributeValues":{":p":{"S":"acme"},":q":{"S":"globex"}}}`, "Invalid operator used in KeyConditionExpression: OR"},
		{`{"TableName":"Tab","KeyConditionExpression":"pk IN (:p, :q)","ExpressionAttributeValues":{":p":{"S":"acme"},":q":{"S":"globex"}}}`, "Invalid operator used in KeyConditionExpression: IN"},
		{`{"TableName":"Tab","KeyConditionExpression":"pk = :p AND pk = :q","ExpressionAttributeValues":{":p":{"S":"acme"},":q":{"S":"globex"}}}`, "KeyConditionExpressions must only contain one condition per key"},
	} {
		w.invalid("Query", c.in, c.message)
	}
	// 89: a key given twice has two readings.
	w.refused("GetItem", `{"TableName":"Tab","Key":{"pk":{"S":"acme"},"sk":{"S":"1"}},"Key":{"pk":{"S":"globex"},"sk":{"S":"1"}}}`, "SerializationException", "The JSON document has a member twice")
	w.refused("GetItem", `{"TableName":"Tab","Key":{"pk":{"S":"acme"},"sk":{"S":"1"},"\u0070k":{"S":"globex"}}}`, "SerializationException", "The JSON document has a member twice")
	w.refused("GetItem", `{"TableName":"Tab","Key":{"pk":{"S":"acme","S":"globex"},"sk":{"S":"1"}}}`, "SerializationException", "The JSON document has a member twice")
	if w.dump() != before {
		t.Error("a refused request wrote something")
	}
}

// TestOtherAccountsAndRegions: the ARN is put to the policies and leads nowhere.
func TestOtherAccountsAndRegions(t *testing.T) {
	w := seeded(t)
	w.allow("acme", `{"Effect":"Allow","Action":"dynamodb:*","Resource":"*"}`)
	key := `,"Key":{"pk":{"S":"acme"},"sk":{"S":"1"}}}`
	region := strings.Replace(arnT, "us-east-1", "eu-west-1", 1)
	w.refused("GetItem", `{"TableName":"`+region+`"`+key, "ResourceNotFoundException", "Requested resource not found")
	w.refused("GetItem", `{"TableName":"`+strings.Replace(arnT, ":aws:", ":aws-cn:", 1)+`"`+key, "ResourceNotFoundException", "Requested resource not found")
	account := strings.Replace(arnT, "000000000000", "111111111111", 1)
	if r := w.JSON("GetItem", `{"TableName":"`+account+`"`+key); r.Code != "AccessDeniedException" || !strings.Contains(r.Message, account) {
		t.Errorf("another account's table: %s", r.Body)
	}
	w.allow("acme", `{"Effect":"Allow","Action":"dynamodb:*","Resource":"`+arnT+`"}`)
	w.denied("GetItem", `{"TableName":"`+region+`"`+key, region)
	for _, bad := range []string{
		"arn:aws:dynamodb:us-east-1:000000000000:table/Tab/index/byG", "arn:aws:s3:us-east-1:000000000000:table/Tab", "arn:aws:dynamodb:*:000000000000:table/Tab",
		"arn:aws:dynamodb:us-east-1:*:table/Tab", "arn:aws:dynamodb:us-east-1:000000000000:table/*", "arn:x", "arn:aws:dynamodb:us-east-1:000000000000:table/",
	} {
		w.invalid("GetItem", `{"TableName":"`+bad+`"`+key, "Invalid TableArn: Invalid ResourceArn provided as input "+bad)
	}
	// A caller of another account has tables of its own names.
	other := bailiwick.Principal{Principal: policy.Principal{Type: policy.Account, ARN: "arn:aws:iam::111111111111:root", ID: "111111111111", Account: "111111111111"}}
	w.As(other)
	w.same("ListTables", `{}`, `{"TableNames":[]}`)
	w.refused("GetItem", `{"TableName":"Tab"`+key, "ResourceNotFoundException", "Requested resource not found")
	w.OK("CreateTable", createT)
	w.same("Scan", `{"TableName":"Tab"}`, `{"Count":0,"ScannedCount":0,"Items":[]}`)
	w.OK("DeleteTable", `{"TableName":"Tab"}`)
	w.holds(`[` + ownItem + `,` + foreignItem + `]`)
}

// TestNumberKeysHaveOneSpelling: a Deny must hold for every spelling of a key.
func TestNumberKeysHaveOneSpelling(t *testing.T) {
	w := newWorld(t)
	w.OK("CreateTable", `{"TableName":"Tab","KeySchema":[{"AttributeName":"pk","KeyType":"HASH"}],"AttributeDefinitions":[{"AttributeName":"pk","AttributeType":"N"}],"BillingMode":"PAY_PER_REQUEST"}`)
	w.OK("PutItem", `{"TableName":"Tab","Item":{"pk":{"N":"1.00"}}}`)
	w.allow("acme", `{"Effect":"Allow","Action":"dynamodb:*","Resource":"*"},{"Effect":"Deny","Action":"dynamodb:*","Resource":"*","Condition":{"ForAnyValue:StringEquals":{"dynamodb:LeadingKeys":"1"}}}`)
	for _, n := range []string{"1", "01", "1.0", "1e0", "10E-1", "+1", "0.1e1"} {
		w.deniedAs("GetItem", `{"TableName":"Tab","Key":{"pk":{"N":"`+n+`"}}}`, "dynamodb:GetItem", arnT, " with an explicit deny in an identity-based policy")
	}
	w.same("GetItem", `{"TableName":"Tab","Key":{"pk":{"N":"2"}}}`, `{}`)
	w.invalid("BatchGetItem", `{"RequestItems":{"Tab":{"Keys":[{"pk":{"N":"2"}},{"pk":{"N":"2.0"}}]}}}`, "Provided list of item keys contains duplicates")
	w.allow("acme", `{"Effect":"Allow","Action":"dynamodb:*","Resource":"*","Condition":{"ForAllValues:StringEquals":{"dynamodb:LeadingKeys":"1"}}}`)
	w.same("GetItem", `{"TableName":"Tab","Key":{"pk":{"N":"1e0"}}}`, `{"Item":{"pk":{"N":"1"}}}`)
}

// TestBinaryKeysAreBase64 is how policies see them.
func TestBinaryKeysAreBase64(t *testing.T) {
	w := newWorld(t)
	w.OK("CreateTable", `{"TableName":"Tab","KeySchema":[{"AttributeName":"pk","KeyType":"HASH"}],"AttributeDefinitions":[{"AttributeName":"pk","AttributeType":"B"}],"BillingMode":"PAY_PER_REQUEST"}`)
	w.allow("acme", `{"Effect":"Allow","Action":"dynamodb:*","Resource":"*","Condition":{"ForAllValues:StringEquals":{"dynamodb:LeadingKeys":"YWNtZQ=="}}}`)
	w.same("GetItem", `{"TableName":"Tab","Key":{"pk":{"B":"YWNtZQ=="}}}`, `{}`)
	w.denied("GetItem", `{"TableName":"Tab","Key":{"pk":{"B":"YWNtZTI="}}}`, arnT)
}

// TestTagsOfTheTable are keys of every request to it.
func TestTagsOfTheTable(t *testing.T) {
	w := seeded(t)
	w.allow("acme", `{"Effect":"Allow","Action":"dynamodb:*","Resource":"*","Condition":{"StringEquals":{"aws:ResourceTag/owner":"${aws:PrincipalTag/org}"}}}`)
	get := `{"TableName":"Tab","Key":{"pk":{"S":"acme"},"sk":{"S":"1"}}}`
	w.denied("GetItem", get, arnT)
	w.denied("TagResource", `{"ResourceArn":"`+arnT+`","Tags":[{"Key":"owner","Value":"acme"}]}`, arnT)
	w.root()
	w.OK("TagResource", `{"ResourceArn":"`+arnT+`","Tags":[{"Key":"owner","Value":"acme"}]}`)
	w.As(tenant("acme"))
	w.allowed("GetItem", get)
	w.allowed("DescribeTable", `{"TableName":"Tab"}`)
	w.As(tenant("globex"))
	w.denied("GetItem", get, arnT)
	w.denied("UntagResource", `{"ResourceArn":"`+arnT+`","TagKeys":["owner"]}`, arnT)
}

// TestDenyBeforeCondition: 64, a failed condition would tell what is stored.
func TestDenyBeforeCondition(t *testing.T) {
	w := seeded(t)
	w.allow("acme", policyP)
	for _, secret := range []string{"sg", "guess"} {
		w.denied("DeleteItem", `{"TableName":"Tab","Key":{"pk":{"S":"globex"},"sk":{"S":"1"}},"ConditionExpression":"secret = :v","ExpressionAttributeValues":{":v":{"S":"`+secret+`"}}}`, arnT)
	}
	// 62: the table's name is part of the decision.
	w.allow("acme", `{"Effect":"Allow","Action":"dynamodb:*","Resource":"arn:aws:dynamodb:*:*:table/app-${aws:PrincipalTag/org}-*"}`)
	w.refused("Scan", `{"TableName":"app-acme-x"}`, "ResourceNotFoundException", "Requested resource not found")
	w.denied("Scan", `{"TableName":"app-acme2-x"}`, strings.Replace(arnT, "Tab", "app-acme2-x", 1))
}
