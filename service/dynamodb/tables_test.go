package dynamodb_test

import (
	"fmt"
	"strings"
	"testing"
)

func TestTableLife(t *testing.T) {
	w := newWorld(t)
	made := w.OK("CreateTable", createT)["TableDescription"].(map[string]any)
	if made["TableStatus"] != "CREATING" || made["TableArn"] != arnT || made["TableId"] != "00000000-0000-4000-8000-000000000001" {
		t.Errorf("made %v", made)
	}
	w.refused("CreateTable", createT, "ResourceInUseException", "Table already exists: Tab")
	w.OK("PutItem", `{"TableName":"Tab","Item":{"pk":{"S":"a"},"sk":{"S":"1"},"g":{"S":"x"}}}`)
	seen := w.OK("DescribeTable", `{"TableName":"Tab"}`)["Table"].(map[string]any)
	if seen["ItemCount"] != 1.0 || seen["TableSizeBytes"].(float64) < 8 || seen["CreationDateTime"] != float64(start.Unix()) {
		t.Errorf("described as %v", seen)
	}
	global := seen["GlobalSecondaryIndexes"].([]any)[0].(map[string]any)
	if global["IndexStatus"] != "ACTIVE" || global["IndexArn"] != arnT+"/index/byG" || global["ItemCount"] != 1.0 {
		t.Errorf("index described as %v", global)
	}
	w.OK("UpdateTable", `{"TableName":"Tab","DeletionProtectionEnabled":true}`)
	w.invalid("DeleteTable", `{"TableName":"Tab"}`, "Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first.")
	w.OK("UpdateTable", `{"TableName":"Tab","DeletionProtectionEnabled":false}`)
	gone := w.OK("DeleteTable", `{"TableName":"`+arnT+`"}`)["TableDescription"].(map[string]any)
	if gone["TableStatus"] != "DELETING" {
		t.Errorf("deleted as %v", gone)
	}
	if left := w.dump(); left != "" {
		t.Errorf("a deleted table left %s", left)
	}
	for _, op := range []string{"DescribeTable", "DeleteTable", "DescribeTimeToLive"} {
		w.refused(op, `{"TableName":"Tab"}`, "ResourceNotFoundException", "Requested resource not found: Table: Tab not found")
	}
	w.OK("CreateTable", createT)
	w.holds(`[]`)
}

func TestListTables(t *testing.T) {
	w := newWorld(t)
	for i := range 5 {
		w.OK("CreateTable", strings.Replace(simple, `"Tab"`, fmt.Sprintf(`"Table%d"`, i), 1))
	}
	w.same("ListTables", `{"Limit":3}`, `{"TableNames":["Table0","Table1","Table2"],"LastEvaluatedTableName":"Table2"}`)
	w.same("ListTables", `{"Limit":3,"ExclusiveStartTableName":"Table2"}`, `{"TableNames":["Table3","Table4"]}`)
	w.same("ListTables", `{"ExclusiveStartTableName":"Table3x"}`, `{"TableNames":["Table4"]}`)
}

// definition makes the definitions of a table.
func definition(names ...string) string {
	var list []string
	for _, n := range names {
		list = append(list, `{"AttributeName":"`+n+`","AttributeType":"S"}`)
	}
	return `"AttributeDefinitions":[` + strings.Join(list, ",") + `]`
}

func keySchema(names ...string) string {
	var list []string
	for i, n := range names {
		list = append(list, `{"AttributeName":"`+n+`","KeyType":"`+[]string{"HASH", "RANGE"}[i]+`"}`)
	}
	return `"KeySchema":[` + strings.Join(list, ",") + `]`
}

func TestCreateTableRefuses(t *testing.T) {
	w := newWorld(t)
	const bill = `"BillingMode":"PAY_PER_REQUEST"`
	const head = "One or more parameter values were invalid: "
	gsi := func(rest string) string { return `"GlobalSecondaryIndexes":[{"IndexName":"idx",` + rest + `}]` }
	lsi := func(rest string) string { return `"LocalSecondaryIndexes":[{"IndexName":"idx",` + rest + `}]` }
	all := `"Projection":{"ProjectionType":"ALL"}`
	for _, c := range []struct{ parts, message string }{
		{definition("a") + "," + keySchema("a"), head + "ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode is PROVISIONED"},
		{bill + `,"ProvisionedThroughput":{"ReadCapacityUnits":1,"WriteCapacityUnits":1},` + definition("a") + "," + keySchema("a"), head + "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST"},
		{bill + "," + definition("a", "b") + "," + keySchema("a"), head + "Number of attributes in KeySchema does not exactly match number of attributes defined in AttributeDefinitions"},
		{bill + "," + definition("a") + "," + keySchema("a", "b"), head + "Number of attributes in KeySchema does not exactly match number of attributes defined in AttributeDefinitions"},
		{bill + "," + definition("b") + "," + keySchema("a"), head + "Some index key attributes are not defined in AttributeDefinitions. Keys: [a], AttributeDefinitions: [b]"},
		{bill + "," + definition("a", "a") + "," + keySchema("a"), "Cannot have two attributes with the same name"},
		{bill + "," + definition("a") + "," + keySchema("a", "a"), "Both the Hash Key and the Range Key element in the KeySchema have the same name"},
		{bill + "," + definition("a") + `,"KeySchema":[{"AttributeName":"a","KeyType":"RANGE"}]`, "Invalid KeySchema: The first KeySchemaElement is not a HASH key type"},
		{bill + "," + definition("a", "b") + `,"KeySchema":[{"AttributeName":"a","KeyType":"HASH"},{"AttributeName":"b","KeyType":"HASH"}]`, "Invalid KeySchema: The second KeySchemaElement is not a RANGE key type"},
		{
			bill + "," + definition("a", "b") + `,"KeySchema":[{"AttributeName":"a","KeyType":"HASH"},{"AttributeName":"b","KeyType":"RANGE"},{"AttributeName":"c","KeyType":"RANGE"}]`,
			"1 validation error detected: Value '[KeySchemaElement(attributeName=a, keyType=HASH), KeySchemaElement(attributeName=b, keyType=RANGE), KeySchemaElement(attributeName=c, keyType=RANGE)]' at 'keySchema' failed to satisfy constraint: Member must have length less than or equal to 2",
		},
		{bill + "," + definition("a"), "1 validation error detected: Value null at 'keySchema' failed to satisfy constraint: Member must not be null"},
		{bill + "," + definition("a") + "," + keySchema("a") + `,"GlobalSecondaryIndexes":[]`, head + "List of GlobalSecondaryIndexes is empty"},
		{bill + "," + definition("a") + "," + keySchema("a") + "," + gsi(keySchema("g")+","+all), head + "Some index key attributes are not defined in AttributeDefinitions. Keys: [g], AttributeDefinitions: [a]"},
		{bill + "," + definition("a", "g", "h") + "," + keySchema("a") + "," + gsi(keySchema("g")+","+all), head + "Some AttributeDefinitions are not used. AttributeDefinitions: [a, g, h], keys used: [a, g]"},
		{bill + "," + definition("a", "g") + "," + keySchema("a") + "," + gsi(keySchema("g")+`,"Projection":{}`), head + "Unknown ProjectionType: null"},
		{bill + "," + definition("a", "g") + "," + keySchema("a") + "," + gsi(keySchema("g")+`,"Projection":{"ProjectionType":"INCLUDE"}`), head + "ProjectionType is INCLUDE, but NonKeyAttributes is not specified"},
		{bill + "," + definition("a", "g") + "," + keySchema("a") + "," + gsi(keySchema("g")+`,"Projection":{"ProjectionType":"ALL","NonKeyAttributes":["x"]}`), head + "ProjectionType is ALL, but NonKeyAttributes is specified"},
		{bill + "," + definition("a", "g") + "," + keySchema("a") + "," + lsi(keySchema("a", "g")+","+all), head + "Table KeySchema does not have a range key, which is required when specifying a LocalSecondaryIndex"},
		{bill + "," + definition("a", "b", "g") + "," + keySchema("a", "b") + "," + lsi(keySchema("b", "g")+","+all), head + "Index KeySchema does not have the same leading hash key as table KeySchema for index: idx. index hash key: b, table hash key: a"},
		{bill + "," + definition("a", "b") + "," + keySchema("a", "b") + "," + lsi(keySchema("a")+","+all), head + "Index KeySchema does not have a range key for index: idx"},
		{bill + "," + definition("a", "b", "g") + "," + keySchema("a", "b") + "," + lsi(keySchema("a", "g")+","+all) + "," + gsi(keySchema("g")+","+all), head + "Duplicate index name: idx"},
		{bill + "," + definition("a") + "," + keySchema("a") + `,"StreamSpecification":{"StreamEnabled":true,"StreamViewType":"NEW_IMAGE"}`, "StreamSpecification is not supported by this server"},
		{bill + "," + definition("a") + "," + keySchema("a") + `,"SSESpecification":{"Enabled":true,"SSEType":"KMS"}`, "SSESpecification is not supported by this server"},
		{bill + "," + definition("a") + "," + keySchema("a") + `,"ResourcePolicy":"{}"`, "ResourcePolicy is not supported by this server"},
		{bill + "," + definition("a") + "," + keySchema("a") + `,"Tags":[{"Key":"k","Value":"1"},{"Key":"K","Value":"2"}]`, "Duplicate tag key found: K"},
	} {
		w.invalid("CreateTable", `{"TableName":"Tab",`+c.parts+`}`, c.message)
	}
	w.invalid("CreateTable", strings.Replace(simple, `"Tab"`, `"ab"`, 1), "TableName must be at least 3 characters long and at most 255 characters long")
	w.invalid("DescribeTable", `{"TableName":"a*b"}`, "1 validation error detected: Value 'a*b' at 'tableName' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+")
	if left := w.dump(); left != "" {
		t.Errorf("refused tables left %s", left)
	}
	w.OK("CreateTable", strings.Replace(simple, `{"TableName"`, `{"StreamSpecification":{"StreamEnabled":false},"SSESpecification":{"Enabled":false},"TableClass":"STANDARD_INFREQUENT_ACCESS","TableName"`, 1))
}

func TestIndexLife(t *testing.T) {
	w := newWorld(t)
	w.OK("CreateTable", simple)
	for i := range 30 {
		h := []string{`{"S":"x"}`, `{"S":"y"}`, `{"N":"1"}`, `{"S":""}`}[i%4] // two kinds have no place in the index
		w.OK("PutItem", fmt.Sprintf(`{"TableName":"Tab","Item":{"pk":{"S":"k%02d"},"h":%s,"v":{"N":"%d"}}}`, i, h, i))
	}
	create := `{"TableName":"Tab",` + definition("h") + `,"GlobalSecondaryIndexUpdates":[{"Create":{"IndexName":"byH",` + keySchema("h") + `,"Projection":{"ProjectionType":"INCLUDE","NonKeyAttributes":["v"]}}}]}`
	d := w.OK("UpdateTable", create)["TableDescription"].(map[string]any)
	if x := d["GlobalSecondaryIndexes"].([]any)[0].(map[string]any); d["TableStatus"] != "UPDATING" || x["IndexStatus"] != "CREATING" || x["Backfilling"] != true {
		t.Errorf("answered %v", d)
	}
	w.invalid("UpdateTable", create, "Attempting to create an index which already exists")
	count := func(h string, want float64) {
		t.Helper()
		r := w.allowed("Query", `{"TableName":"Tab","IndexName":"byH","Select":"COUNT","KeyConditionExpression":"h = :h","ExpressionAttributeValues":{":h":{"S":"`+h+`"}}}`)
		if r["Count"] != want {
			t.Errorf("%v entries of %s, want %v", r["Count"], h, want)
		}
	}
	count("x", 8)
	count("y", 8)
	// An entry follows its item: it moves, shows what is projected, goes.
	update := func(expression, values string) {
		t.Helper()
		w.allowed("UpdateItem", `{"TableName":"Tab","Key":{"pk":{"S":"k00"}},"UpdateExpression":"`+expression+`"`+values+`}`)
	}
	update("SET h = :h", `,"ExpressionAttributeValues":{":h":{"S":"y"}}`)
	count("x", 7)
	count("y", 9)
	update("SET h = :h, v = :v, w = :v", `,"ExpressionAttributeValues":{":h":{"S":"z"},":v":{"N":"100"}}`)
	w.same("Query", `{"TableName":"Tab","IndexName":"byH","KeyConditionExpression":"h = :h","ExpressionAttributeValues":{":h":{"S":"z"}}}`,
		`{"Count":1,"ScannedCount":1,"Items":[{"h":{"S":"z"},"pk":{"S":"k00"},"v":{"N":"100"}}]}`)
	update("REMOVE h", "")
	count("z", 0)
	w.allowed("DeleteItem", `{"TableName":"Tab","Key":{"pk":{"S":"k01"}}}`)
	count("y", 7)
	w.invalid("PutItem", `{"TableName":"Tab","Item":{"pk":{"S":"n"},"h":{"N":"1"}}}`, "One or more parameter values were invalid: Type mismatch for Index Key h Expected: S Actual: N IndexName: byH")
	w.invalid("PutItem", `{"TableName":"Tab","Item":{"pk":{"S":"n"},"h":{"S":""}}}`, "One or more parameter values are not valid. A value specified for a secondary index key is not supported. The AttributeValue for a key attribute cannot contain an empty string value. IndexName: byH, IndexKey: h")
	w.invalid("UpdateItem", `{"TableName":"Tab","Key":{"pk":{"S":"n"}},"UpdateExpression":"SET h = :h","ExpressionAttributeValues":{":h":{"BOOL":true}}}`, "The update expression attempted to update the secondary index key to unsupported type")

	gone := w.OK("UpdateTable", `{"TableName":"Tab","GlobalSecondaryIndexUpdates":[{"Delete":{"IndexName":"byH"}}]}`)["TableDescription"].(map[string]any)
	if x := gone["GlobalSecondaryIndexes"].([]any)[0].(map[string]any); len(gone["AttributeDefinitions"].([]any)) != 1 || x["IndexStatus"] != "DELETING" {
		t.Errorf("answered %v", gone)
	}
	w.refused("UpdateTable", `{"TableName":"Tab","GlobalSecondaryIndexUpdates":[{"Delete":{"IndexName":"byH"}}]}`, "ResourceNotFoundException", "Requested resource not found: Index: byH not found")
	w.allowed("PutItem", `{"TableName":"Tab","Item":{"pk":{"S":"n"},"h":{"N":"1"}}}`)
	if n := strings.Count(w.dump(), "\n"); n != 2+30 { // description, stamp, items
		t.Errorf("%d records are left", n)
	}
}

// TestLongIndexKeys: keys of the largest size, all of it bytes that take two.
func TestLongIndexKeys(t *testing.T) {
	w := newWorld(t)
	w.OK("CreateTable", createT)
	zeros := func(n int, last string) string { return strings.Repeat(`\u0000`, n-1) + last }
	for _, last := range []string{"a", "b"} {
		w.OK("PutItem", `{"TableName":"Tab","Item":{"pk":{"S":"`+zeros(2048, last)+`"},"sk":{"S":"`+zeros(1024, last)+`"},"g":{"S":"`+zeros(2048, "g")+`"}}}`)
	}
	query := `{"TableName":"Tab","IndexName":"byG","Limit":1,"KeyConditionExpression":"g = :g","ExpressionAttributeValues":{":g":{"S":"` + zeros(2048, "g") + `"}}}`
	if n := strings.Count(w.pages("Query", query), " "); n != 2 {
		t.Errorf("%d pages, want 2 and the end", n)
	}
}

func TestBilling(t *testing.T) {
	w := newWorld(t)
	w.OK("CreateTable", `{"TableName":"Tab",`+definition("a", "g")+`,`+keySchema("a")+`,"ProvisionedThroughput":{"ReadCapacityUnits":5,"WriteCapacityUnits":6},
		"GlobalSecondaryIndexes":[{"IndexName":"byG",`+keySchema("g")+`,"Projection":{"ProjectionType":"ALL"},"ProvisionedThroughput":{"ReadCapacityUnits":1,"WriteCapacityUnits":1}}]}`)
	units := func() string {
		d := w.OK("DescribeTable", `{"TableName":"Tab"}`)["Table"].(map[string]any)
		p, g := d["ProvisionedThroughput"].(map[string]any), d["GlobalSecondaryIndexes"].([]any)[0].(map[string]any)["ProvisionedThroughput"].(map[string]any)
		mode := ""
		if b, ok := d["BillingModeSummary"].(map[string]any); ok {
			mode, _ = b["BillingMode"].(string)
		}
		return strings.TrimSpace(fmt.Sprintln(p["ReadCapacityUnits"], p["WriteCapacityUnits"], g["ReadCapacityUnits"], mode))
	}
	if got := units(); got != "5 6 1" {
		t.Errorf("made with %s", got)
	}
	w.OK("UpdateTable", `{"TableName":"Tab","ProvisionedThroughput":{"ReadCapacityUnits":7,"WriteCapacityUnits":6},"GlobalSecondaryIndexUpdates":[{"Update":{"IndexName":"byG","ProvisionedThroughput":{"ReadCapacityUnits":2,"WriteCapacityUnits":1}}}]}`)
	if got := units(); got != "7 6 2" {
		t.Errorf("updated to %s", got)
	}
	if r := w.JSON("UpdateTable", `{"TableName":"Tab","ProvisionedThroughput":{"ReadCapacityUnits":7,"WriteCapacityUnits":6}}`); !strings.HasPrefix(r.Message, "The provisioned throughput for the table will not change.") {
		t.Errorf("no change: %s", r.Body)
	}
	w.OK("UpdateTable", `{"TableName":"Tab","BillingMode":"PAY_PER_REQUEST"}`)
	if got := units(); got != "0 0 0 PAY_PER_REQUEST" {
		t.Errorf("switched to %s", got)
	}
	w.invalid("UpdateTable", `{"TableName":"Tab"}`, "At least one of ProvisionedThroughput, BillingMode, UpdateStreamEnabled, GlobalSecondaryIndexUpdates or SSESpecification or ReplicaUpdates is required")
	w.refused("UpdateTable", `{"TableName":"Tab","GlobalSecondaryIndexUpdates":[{"Delete":{"IndexName":"byG"}},{"Delete":{"IndexName":"byX"}}]}`, "LimitExceededException",
		"Subscriber limit exceeded: Only 1 online index can be created or deleted simultaneously per table")
	w.invalid("UpdateTable", `{"TableName":"Tab","ReplicaUpdates":[{"Create":{"RegionName":"eu-west-1"}}]}`, "ReplicaUpdates is not supported by this server")
	w.invalid("UpdateTable", `{"TableName":"Tab","AttributeDefinitions":[{"AttributeName":"a","AttributeType":"N"}],"TableClass":"STANDARD"}`,
		"One or more parameter values were invalid: Attribute a is defined as S and cannot be redefined as N")
}

func TestTags(t *testing.T) {
	w := newWorld(t)
	w.allow("acme", `{"Effect":"Allow","Action":"dynamodb:CreateTable","Resource":"*"}`)
	tagged := strings.Replace(simple, `{"TableName"`, `{"Tags":[{"Key":"org","Value":"acme"}],"TableName"`, 1)
	w.deniedAs("CreateTable", tagged, "dynamodb:TagResource", arnT, notAllowed+"dynamodb:TagResource action")
	w.allow("acme", `{"Effect":"Allow","Action":["dynamodb:CreateTable","dynamodb:TagResource"],"Resource":"*","Condition":{"StringEquals":{"aws:RequestTag/org":"${aws:PrincipalTag/org}"},"ForAllValues:StringEquals":{"aws:TagKeys":"org"}}}`)
	w.deniedAs("CreateTable", simple, "dynamodb:CreateTable", arnT, notAllowed+"dynamodb:CreateTable action")
	w.denied("CreateTable", strings.Replace(tagged, "acme", "globex", 1), arnT)
	w.allowed("CreateTable", tagged)
	w.denied("TagResource", `{"ResourceArn":"`+arnT+`","Tags":[{"Key":"org","Value":"acme"},{"Key":"other","Value":"x"}]}`, arnT)
	w.root()
	list := `{"ResourceArn":"` + arnT + `"}`
	w.same("ListTagsOfResource", list, `{"Tags":[{"Key":"org","Value":"acme"}]}`)
	w.OK("TagResource", `{"ResourceArn":"`+arnT+`","Tags":[{"Key":"a","Value":""},{"Key":"org","Value":"x"}]}`)
	w.same("ListTagsOfResource", list, `{"Tags":[{"Key":"a","Value":""},{"Key":"org","Value":"x"}]}`)
	w.invalid("TagResource", `{"ResourceArn":"`+arnT+`","Tags":[{"Key":"ORG","Value":"y"}]}`, "Duplicate tag key found: ORG")
	w.OK("UntagResource", `{"ResourceArn":"`+arnT+`","TagKeys":["org","none"]}`)
	w.same("ListTagsOfResource", list, `{"Tags":[{"Key":"a","Value":""}]}`)
	missing := strings.Replace(arnT, "Tab", "Missing", 1)
	w.refused("ListTagsOfResource", `{"ResourceArn":"`+missing+`"}`, "ResourceNotFoundException", "Requested resource not found: ResourcArn: "+missing+" not found")
	w.invalid("ListTagsOfResource", `{"ResourceArn":"Tab"}`, "Invalid TableArn: Invalid ResourceArn provided as input Tab")
}

func TestTimeToLiveAndBackups(t *testing.T) {
	w := newWorld(t)
	w.OK("CreateTable", simple)
	table := `{"TableName":"Tab"}`
	w.same("DescribeTimeToLive", table, `{"TimeToLiveDescription":{"TimeToLiveStatus":"DISABLED"}}`)
	on := `{"TableName":"Tab","TimeToLiveSpecification":{"Enabled":true,"AttributeName":"ttl"}}`
	w.same("UpdateTimeToLive", on, `{"TimeToLiveSpecification":{"Enabled":true,"AttributeName":"ttl"}}`)
	w.invalid("UpdateTimeToLive", on, "TimeToLive is already enabled")
	w.same("DescribeTimeToLive", table, `{"TimeToLiveDescription":{"TimeToLiveStatus":"ENABLED","AttributeName":"ttl"}}`)
	off := strings.Replace(on, "true", "false", 1)
	w.allowed("UpdateTimeToLive", off)
	w.invalid("UpdateTimeToLive", off, "TimeToLive is already disabled")
	w.same("DescribeContinuousBackups", table, `{"ContinuousBackupsDescription":{"ContinuousBackupsStatus":"ENABLED","PointInTimeRecoveryDescription":{"PointInTimeRecoveryStatus":"DISABLED"}}}`)
	w.refused("DescribeContinuousBackups", `{"TableName":"Missing"}`, "TableNotFoundException", "Table not found: Missing")
	switchTo := func(name, on string) string {
		return `{"TableName":"` + name + `","PointInTimeRecoverySpecification":{"PointInTimeRecoveryEnabled":` + on + `}}`
	}
	w.invalid("UpdateContinuousBackups", switchTo("Tab", "true"), "PointInTimeRecoveryEnabled is not supported by this server")
	w.same("UpdateContinuousBackups", switchTo("Tab", "false"), `{"ContinuousBackupsDescription":{"ContinuousBackupsStatus":"ENABLED","PointInTimeRecoveryDescription":{"PointInTimeRecoveryStatus":"DISABLED"}}}`)
	w.refused("UpdateContinuousBackups", switchTo("Missing", "true"), "TableNotFoundException", "Table not found: Missing")
	for _, op := range []string{"ExecuteStatement", "CreateBackup", "PutResourcePolicy"} {
		if r := w.JSON(op, `{}`); r.Code != "UnknownOperationException" {
			t.Errorf("%s answered %s", op, r.Body)
		}
	}
}
