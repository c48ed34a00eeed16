package dynamodb_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

// TestIndexesAgreeWithTheTable does random things to a table and holds after each
// that every index is what one would make of the items.
func TestIndexesAgreeWithTheTable(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 0))
	w := newWorld(t)
	w.OK("CreateTable", strings.Replace(createT, `"Projection":{"ProjectionType":"ALL"}`, `"Projection":{"ProjectionType":"INCLUDE","NonKeyAttributes":["v"]}`, 1))
	pick := func(list ...string) string { return list[r.IntN(len(list))] }
	for range 300 {
		key := fmt.Sprintf(`"pk":{"S":"%s"},"sk":{"S":"%s"}`, pick("a", "b"), pick("1", "2", "3"))
		g, l, v := pick("x", "y"), pick("1", "2", "-5"), pick("p", "q")
		switch r.IntN(4) {
		case 0:
			w.JSON("DeleteItem", `{"TableName":"Tab","Key":{`+key+`}}`)
		case 1:
			w.OK("PutItem", `{"TableName":"Tab","Item":{`+key+pick("", `,"g":{"S":"`+g+`"}`)+pick("", `,"l":{"N":"`+l+`"}`)+pick("", `,"v":{"S":"`+v+`"}`)+`}}`)
		case 2:
			w.OK("UpdateItem", `{"TableName":"Tab","Key":{`+key+`},"UpdateExpression":"`+pick("REMOVE g", "REMOVE l, v", "REMOVE w")+`"}`)
		default:
			w.OK("UpdateItem", `{"TableName":"Tab","Key":{`+key+`},"AttributeUpdates":{"`+pick("g", "v", "w")+`":{"Value":{"S":"`+g+`"}}}}`)
		}
		items := w.scanned(`{"TableName":"Tab"}`)
		for name, kept := range map[string][]string{"byG": {"pk", "sk", "g", "v"}, "byL": {"pk", "sk", "l"}} {
			var want []string
			for _, item := range items {
				if item[strings.ToLower(name[2:])] == nil { // it has no key of the index
					continue
				}
				part := map[string]any{}
				for _, k := range kept {
					if item[k] != nil {
						part[k] = item[k]
					}
				}
				want = append(want, text(t, part))
			}
			var got []string
			for _, item := range w.scanned(`{"TableName":"Tab","IndexName":"` + name + `"}`) {
				got = append(got, text(t, item))
			}
			slices.Sort(want)
			slices.Sort(got)
			if !slices.Equal(got, want) {
				t.Fatalf("seed %d: index %s has\n%s\nwant\n%s", seed, name, strings.Join(got, "\n"), strings.Join(want, "\n"))
			}
		}
	}
}

func (w *world) scanned(in string) []map[string]any {
	w.t.Helper()
	var out []map[string]any
	for _, item := range w.OK("Scan", in)["Items"].([]any) {
		out = append(out, item.(map[string]any))
	}
	return out
}

func text(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// TestConcurrentWriters: of many who take a place that only one can have, one gets
// it, and no increment is lost.
func TestConcurrentWriters(t *testing.T) {
	d := newDesk(t)
	var won atomic.Int32
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			for range 20 {
				d.send(t, "UpdateItem", `{"TableName":"Tab","Key":{"pk":{"S":"acme"},"sk":{"S":"n"}},"UpdateExpression":"ADD n :one","ExpressionAttributeValues":{":one":{"N":"1"}}}`)
			}
			if d.try("PutItem", fmt.Sprintf(`{"TableName":"Tab","Item":{"pk":{"S":"acme"},"sk":{"S":"one"},"by":{"N":"%d"}},"ConditionExpression":"attribute_not_exists(pk)"}`, i)) == 200 {
				won.Add(1)
			}
		})
	}
	all.Wait()
	if won.Load() != 1 {
		t.Errorf("%d writers made the same item", won.Load())
	}
	if d.try("PutItem", `{"TableName":"Tab","Item":{"pk":{"S":"acme"},"sk":{"S":"n"}},"ConditionExpression":"n = :n","ExpressionAttributeValues":{":n":{"N":"160"}}}`) != 200 {
		t.Error("an increment was lost")
	}
}
