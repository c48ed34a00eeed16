package dynamodb_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

// shelf is a table with sort keys 1 to 9 of partition p, and one neighbour on
// either side.
func shelf(t *testing.T) *world {
	t.Helper()
	w := newWorld(t)
	w.OK("CreateTable", strings.Replace(createT, `{"AttributeName":"sk","AttributeType":"S"}`, `{"AttributeName":"sk","AttributeType":"N"}`, 1))
	for _, pk := range []string{"o", "p", "p\\u0000", "q"} {
		for i := 1; i <= 9; i++ {
			w.OK("PutItem", fmt.Sprintf(`{"TableName":"Tab","Item":{"pk":{"S":"%s"},"sk":{"N":"%d"},"l":{"N":"%d"},"g":{"S":"g%d"},"even":{"BOOL":%v}}}`, pk, i, 10-i, i%2, i%2 == 0))
		}
	}
	return w
}

// pages runs a query or scan to its end and lists the sort keys, pages apart.
func (w *world) pages(op, in string) string {
	w.t.Helper()
	var out []string
	for start, n := "", 0; ; n++ {
		r := w.allowed(op, strings.TrimSuffix(in, "}")+start+"}")
		var page []string
		items, _ := r["Items"].([]any)
		for _, item := range items {
			for _, v := range item.(map[string]any)["sk"].(map[string]any) {
				page = append(page, v.(string))
			}
		}
		out = append(out, strings.Join(page, ""))
		last := r["LastEvaluatedKey"]
		if last == nil || n > 100 {
			return strings.Join(out, " ")
		}
		text, err := json.Marshal(last)
		if err != nil {
			w.t.Fatal(err)
		}
		start = `,"ExclusiveStartKey":` + string(text)
	}
}

func TestQueryRanges(t *testing.T) {
	w := shelf(t)
	for _, c := range []struct{ sort, rest, want string }{
		{"", "", "123456789"},
		{"", `,"ScanIndexForward":false`, "987654321"},
		{" AND sk = :a", "", "3"},
		{" AND sk < :a", "", "12"},
		{" AND sk <= :a", "", "123"},
		{" AND sk > :a", "", "456789"},
		{" AND :a < sk", "", "456789"},
		{" AND sk >= :a", `,"ScanIndexForward":false`, "9876543"},
		{" AND sk BETWEEN :a AND :b", "", "34567"},
		{" AND sk BETWEEN :a AND :b", `,"Limit":2`, "34 56 7"},
		{" AND sk BETWEEN :a AND :b", `,"Limit":2,"ScanIndexForward":false`, "76 54 3"},
		{"", `,"Limit":9`, "123456789 "},
		{"", `,"Limit":4,"FilterExpression":"even = :t"`, "24 68 "},
		{"", `,"Limit":1,"ScanIndexForward":false`, "9 8 7 6 5 4 3 2 1 "},
	} {
		values := `":p":{"S":"p"}`
		for name, v := range map[string]string{":a": `{"N":"3"}`, ":b": `{"N":"7.0"}`, ":t": `{"BOOL":true}`} {
			if strings.Contains(c.sort+c.rest, name) {
				values += `,"` + name + `":` + v
			}
		}
		in := `{"TableName":"Tab","KeyConditionExpression":"pk = :p` + c.sort + `","ExpressionAttributeValues":{` + values + `}` + c.rest + `}`
		if got := w.pages("Query", in); got != c.want {
			t.Errorf("%s%s: got %q, want %q", c.sort, c.rest, got, c.want)
		}
	}
	local := `{"TableName":"Tab","IndexName":"byL","KeyConditionExpression":"pk = :p AND l > :a","ExpressionAttributeValues":{":p":{"S":"p"},":a":{"N":"3"}}`
	for rest, want := range map[string]string{`}`: "654321", `,"Limit":4}`: "6543 21", `,"ScanIndexForward":false,"Limit":4}`: "1234 56"} {
		if got := w.pages("Query", local+rest); got != want {
			t.Errorf("local index %s: got %q, want %q", rest, got, want)
		}
	}
	global := `{"TableName":"Tab","IndexName":"byG","KeyConditionExpression":"g = :g","ExpressionAttributeValues":{":g":{"S":"g0"}},"Limit":5}`
	if got := strings.ReplaceAll(w.pages("Query", global), " ", ""); got != "2468246824682468" {
		t.Errorf("global index: %q", got)
	}
}

func TestBeginsWith(t *testing.T) {
	w := newWorld(t)
	w.OK("CreateTable", createT)
	for _, sk := range []string{"a", "ab", "ab\\u0000", "abc", "ab\\u00ff", "ab\\uffff", "ac", "b"} {
		w.OK("PutItem", `{"TableName":"Tab","Item":{"pk":{"S":"p"},"sk":{"S":"`+sk+`"}}}`)
	}
	r := w.allowed("Query", `{"TableName":"Tab","KeyConditionExpression":"pk = :p AND begins_with(sk, :s)","ExpressionAttributeValues":{":p":{"S":"p"},":s":{"S":"ab"}}}`)
	var got []string
	for _, item := range r["Items"].([]any) {
		got = append(got, item.(map[string]any)["sk"].(map[string]any)["S"].(string))
	}
	if want := []string{"ab", "ab\x00", "abc", "ab\u00ff", "ab\uffff"}; fmt.Sprintf("%q", got) != fmt.Sprintf("%q", want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestStartKeys: 61, a start key leads nowhere but on.
func TestStartKeys(t *testing.T) {
	w := shelf(t)
	const outside = "The provided starting key is outside query boundaries based on provided conditions"
	const wrong = "The provided starting key is invalid"
	query := func(key, rest string) string {
		return `{"TableName":"Tab","KeyConditionExpression":"pk = :p AND sk > :a","ExpressionAttributeValues":{":p":{"S":"p"},":a":{"N":"3"}},"ExclusiveStartKey":` + key + rest + `}`
	}
	w.allow("p", policyP)
	for _, c := range []struct{ key, want string }{
		{`{"pk":{"S":"o"},"sk":{"N":"5"}}`, outside},
		{`{"pk":{"S":"q"},"sk":{"N":"5"}}`, outside},
		{`{"pk":{"S":"p\u0000"},"sk":{"N":"5"}}`, outside},
		{`{"pk":{"S":"p"},"sk":{"N":"3"}}`, "The provided starting key does not match the range key predicate"},
		{`{"pk":{"S":"p"}}`, wrong},
		{`{}`, wrong},
		{`{"pk":{"S":"p"},"sk":{"S":"5"}}`, wrong},
		{`{"pk":{"S":"p"},"sk":{"N":"5"},"x":{"S":"y"}}`, wrong},
		{`{"pk":{"S":"p"},"l":{"N":"5"}}`, wrong},
		{`{"pk":{"S":"p"},"sk":{"SS":["5"]}}`, wrong},
	} {
		w.invalid("Query", query(c.key, ""), c.want)
		w.invalid("Query", query(c.key, `,"ScanIndexForward":false`), c.want)
	}
	if got := w.pages("Query", query(`{"pk":{"S":"p"},"sk":{"N":"7.5"}}`, "")); got != "89" {
		t.Errorf("start at a key that is not there: %q", got)
	}
	w.invalid("Query", `{"TableName":"Tab","KeyConditionExpression":"pk = :p AND sk BETWEEN :b AND :a","ExpressionAttributeValues":{":p":{"S":"p"},":a":{"N":"3"},":b":{"N":"4"}}}`,
		"Invalid KeyConditionExpression: The BETWEEN operator requires upper bound to be greater than or equal to lower bound; lower bound operand: AttributeValue: {N:4}, upper bound operand: AttributeValue: {N:3}")
	w.root()
	global := `{"TableName":"Tab","IndexName":"byG","KeyConditionExpression":"g = :g","ExpressionAttributeValues":{":g":{"S":"g0"}},"ExclusiveStartKey":`
	w.invalid("Query", global+`{"pk":{"S":"p"},"sk":{"N":"2"}}}`, wrong)
	w.invalid("Query", global+`{"g":{"S":"g1"},"pk":{"S":"p"},"sk":{"N":"2"}}}`, outside)
	w.invalid("Scan", `{"TableName":"Tab","ExclusiveStartKey":{"pk":{"S":"p"}}}`, wrong+": The provided key element does not match the schema")
}

func TestScans(t *testing.T) {
	w := shelf(t)
	nine := "123456789"
	if got := strings.ReplaceAll(w.pages("Scan", `{"TableName":"Tab","Limit":5}`), " ", ""); got != nine+nine+nine+nine {
		t.Errorf("scan: %q", got)
	}
	if got := strings.ReplaceAll(w.pages("Scan", `{"TableName":"Tab","IndexName":"byL","Limit":7}`), " ", ""); len(got) != 36 {
		t.Errorf("scan of an index: %q", got)
	}
	for _, total := range []int{1, 2, 3, 7} {
		all := ""
		for s := range total {
			all += strings.ReplaceAll(w.pages("Scan", fmt.Sprintf(`{"TableName":"Tab","Limit":4,"TotalSegments":%d,"Segment":%d}`, total, s)), " ", "")
		}
		if strings.Count(all, nine) != 4 || len(all) != 36 {
			t.Errorf("%d segments together: %q", total, all)
		}
	}
	w.invalid("Scan", `{"TableName":"Tab","TotalSegments":2}`, "The Segment parameter is required but was not present in the request when parameter TotalSegments is present")
	w.invalid("Scan", `{"TableName":"Tab","TotalSegments":2,"Segment":2}`, "The Segment parameter is zero-based and must be less than parameter TotalSegments: Segment: 2 is not less than TotalSegments: 2")
}

func TestSelect(t *testing.T) {
	w := seeded(t)
	table := `{"TableName":"Tab","KeyConditionExpression":"pk = :p","ExpressionAttributeValues":{":p":{"S":"acme"}}`
	local := strings.Replace(table, `"Tab"`, `"Tab","IndexName":"byL"`, 1)
	global := strings.NewReplacer(`"Tab"`, `"Tab","IndexName":"byK"`, `pk = `, `g = `, `acme`, `open`).Replace(table)
	w.OK("UpdateTable", `{"TableName":"Tab","GlobalSecondaryIndexUpdates":[{"Create":{"IndexName":"byK","KeySchema":[{"AttributeName":"g","KeyType":"HASH"},{"AttributeName":"l","KeyType":"RANGE"}],
		"Projection":{"ProjectionType":"INCLUDE","NonKeyAttributes":["x"]}}}]}`)
	one := func(item string) string { return `{"Count":1,"ScannedCount":1,"Items":[` + item + `]}` }
	w.same("Query", table+`,"Select":"COUNT"}`, `{"Count":1,"ScannedCount":1}`)
	w.same("Query", local+`}`, one(`{"pk":{"S":"acme"},"sk":{"S":"1"},"l":{"N":"5"}}`))
	w.same("Query", local+`,"Select":"ALL_ATTRIBUTES"}`, one(ownItem))
	w.same("Query", local+`,"ProjectionExpression":"secret","Select":"SPECIFIC_ATTRIBUTES"}`, one(`{"secret":{"S":"sa"}}`))
	w.same("Query", local+`,"FilterExpression":"attribute_exists(secret)","Select":"COUNT"}`, `{"Count":1,"ScannedCount":1}`)
	w.same("Query", global+`}`, `{"Count":2,"ScannedCount":2,"Items":[{"g":{"S":"open"},"l":{"N":"5"},"pk":{"S":"acme"},"sk":{"S":"1"}},{"g":{"S":"open"},"l":{"N":"6"},"pk":{"S":"globex"},"sk":{"S":"1"}}]}`)
	for _, c := range []struct{ in, message string }{
		{table + `,"Select":"ALL_PROJECTED_ATTRIBUTES"}`, "1 validation error detected: ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName"},
		{table + `,"Select":"SPECIFIC_ATTRIBUTES"}`, "1 validation error detected: Must specify the AttributesToGet or ProjectionExpression when choosing to get SPECIFIC_ATTRIBUTES"},
		{table + `,"Select":"ALL_ATTRIBUTES","ProjectionExpression":"x"}`, "1 validation error detected: Cannot specify the ProjectionExpression when choosing to get ALL_ATTRIBUTES"},
		{global + `,"Select":"ALL_ATTRIBUTES"}`, "One or more parameter values were invalid: Select type ALL_ATTRIBUTES is not supported for global secondary index byK because its projection type is not ALL"},
		{global + `,"ProjectionExpression":"secret"}`, "One or more parameter values were invalid: Global secondary index byK does not project [secret]"},
		{global + `,"ConsistentRead":true}`, "Consistent reads are not supported on global secondary indexes"},
		{table + `,"FilterExpression":"sk = :p"}`, "Filter Expression can only contain non-primary key attributes: Primary key attribute: sk"},
		{`{"TableName":"Tab"}`, "Either the KeyConditions or KeyConditionExpression parameter must be specified in the request."},
		{table + `,"Limit":0}`, "1 validation error detected: Value '0' at 'limit' failed to satisfy constraint: Member must have value greater than or equal to 1"},
	} {
		w.invalid("Query", c.in, c.message)
	}
}
