package policy_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/bailiwick-project/bailiwick/policy"
)

// columns are those of the truth tables in the case files, in which each line has what is expected of all of them: what the
// request has of the key t:k. What begins with a bracket is multivalued.
var columns = [...]string{
	"absent", "same", "other", "bad", "empty", "[]", "[same]", "[other]", "[same,other]", "[other,bad]", "[empty]",
}

// runMatrix asks one condition about each column:
//
//	-- matrix EFFECT --
//	name | operator | value,value of the policy | same other bad | yes no ... for each column
//
// In a Deny it stands beside an Allow of everything, so that yes is a deny. A hyphen is no value, or a column that cannot be.
func runMatrix(t *testing.T, effect, line string) {
	t.Helper()
	f := strings.Split(line, "|")
	if len(f) != 5 {
		t.Fatalf("%q has %d columns, want 5", line, len(f))
	}
	name, operator := strings.TrimSpace(f[0]), strings.TrimSpace(f[1])
	values, err := json.Marshal(strings.Split(strings.TrimSpace(f[2]), ","))
	samples, expected := strings.Fields(f[3]), strings.Fields(f[4])
	if err != nil || len(samples) != 3 || len(expected) != len(columns) {
		t.Fatalf("%s: %v, %d samples, %d columns", name, err, len(samples), len(expected))
	}
	list := []*policy.Policy{compile(t, policy.Identity, "condition", `{"Effect":"`+effect+
		`","Action":"t:A","Resource":"*","Condition":{"`+operator+`":{"t:k":`+string(values)+`}}}`)}
	if effect == "Deny" {
		list = append(list, compile(t, policy.Identity, "everything", `{"Effect":"Allow","Action":"*","Resource":"*"}`))
	}
	l := policy.Layers{Identity: policy.NewSet(list...), ResourceAccount: ours}
	word := map[string]string{"same": samples[0], "other": samples[1], "bad": samples[2], "empty": ""}
	for i, column := range columns {
		if expected[i] == "-" {
			continue
		}
		c := &policy.Context{}
		inside, many := strings.CutPrefix(strings.TrimSuffix(column, "]"), "[")
		var has []string
		for _, w := range strings.Split(inside, ",") {
			if v, ok := word[w]; ok {
				has = append(has, v)
			}
		}
		switch {
		case many:
			c.SetAll("t:k", has)
		case column != "absent":
			c.Set("t:k", has[0])
		}
		r := &policy.Request{Principal: principals["alice"], Action: "t:A", Resource: "*", Context: c}
		if met := l.Decide(r).Allowed() == (effect == "Allow"); (expected[i] == "yes") != met || expected[i] != "yes" && expected[i] != "no" {
			t.Errorf("%s with %s, %s: met is %v, want %s", name, effect, column, met, expected[i])
		}
		agree(t, &l, r)
	}
}
