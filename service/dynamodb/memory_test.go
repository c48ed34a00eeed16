package dynamodb_test

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
)

// TestManySmallValues: items whose values are many and small take fifty times their
// size in memory. What one request makes the server hold is bounded all the same.
func TestManySmallValues(t *testing.T) {
	const items = 24
	w := newWorld(t)
	w.root()
	w.OK("CreateTable", simple)
	nulls := strings.Repeat(`{"NULL":true},`, 200_000)
	var keys, updates []string
	for i := range items {
		key := fmt.Sprintf(`{"pk":{"S":"%d"}}`, i)
		keys = append(keys, key)
		updates = append(updates, `{"Update":{"TableName":"Tab","Key":`+key+`,"UpdateExpression":"SET z=:z","ExpressionAttributeValues":{":z":{"S":"1"}}}}`)
		w.allowed("PutItem", fmt.Sprintf(`{"TableName":"Tab","Item":{"pk":{"S":"%d"},"n":{"L":[%s]}}}`, i, nulls[:len(nulls)-1]))
	}
	allocated := func(run func()) uint64 {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		run()
		runtime.ReadMemStats(&after)
		return after.TotalAlloc - before.TotalAlloc
	}
	used := allocated(func() {
		w.invalid("TransactWriteItems", `{"TransactItems":[`+strings.Join(updates, ",")+`]}`, "The items of the transaction exceed 4 MB")
	})
	if used > 1200<<20 {
		t.Errorf("a transaction that is too large allocated %d bytes", used)
	}
	r := w.allowed("BatchGetItem", `{"RequestItems":{"Tab":{"Keys":[`+strings.Join(keys[:8], ",")+`]}}}`)
	read := len(r["Responses"].(map[string]any)["Tab"].([]any))
	left := len(r["UnprocessedKeys"].(map[string]any)["Tab"].(map[string]any)["Keys"].([]any))
	if read != 5 || left != 3 {
		t.Errorf("%d items were read, %d are left", read, left)
	}
}
