package secondopinion_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/bailiwick-project/bailiwick/policy/secondopinion"
)

// matrixColumns are what the request has of the key, in the truth tables of the
// case files.
var matrixColumns = strings.Fields("absent same other bad empty [] [same] [other] [same,other] [other,bad] [empty]")

// matrixCase puts one line of a truth table: a condition, and whether it is met
// by each column.
func matrixCase(t *testing.T, effect, line string) {
	t.Helper()
	f := strings.Split(line, "|")
	operator, values := strings.TrimSpace(f[1]), strings.ReplaceAll(strings.TrimSpace(f[2]), ",", `","`)
	text := fmt.Sprintf(`{"Effect":%q,"Action":"t:A","Resource":"*","Condition":{%q:{"t:k":["%s"]}}}`, effect, operator, values)
	if effect == "Deny" {
		text = `[{"Effect":"Allow","Action":"*","Resource":"*"},` + text + `]`
	}
	q, ok := secondopinion.Read("inline", wholeDocument(text))
	if !ok {
		t.Fatalf("no policy to the second opinion: %s", text)
	}
	layers := caseLayers(map[string][]secondopinion.Layer{"identity": {{Name: "identity", Policies: []*secondopinion.Policy{q}}}}, false)
	samples, expected := strings.Fields(f[3]), strings.Fields(f[4])
	fill := strings.NewReplacer("same", samples[0], "other", samples[1], "bad", samples[2], "empty", "")
	for i, column := range matrixColumns {
		r := secondopinion.Request{Caller: caseCallers["alice"], Action: "t:A", Resource: "*", Owner: home}
		inside, many := strings.CutPrefix(strings.TrimSuffix(column, "]"), "[")
		key := secondopinion.Key{Name: "t:k", Many: many}
		if inside != "" {
			key.Values = strings.Split(fill.Replace(inside), ",")
		}
		if column != "absent" {
			r.Keys = append(r.Keys, key)
		}
		got := secondopinion.Decide(layers, r)
		met := map[bool]string{true: "yes", false: "no"}[(got.Outcome == "Allow") == (effect == "Allow")]
		if expected[i] != "-" && expected[i] != met {
			t.Errorf("%s %s, %s: second opinion says %s, want %s", effect, operator, column, met, expected[i])
		}
	}
}
