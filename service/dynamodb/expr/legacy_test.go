package expr

import (
	"fmt"
	"slices"
	"testing"

	"github.com/bailiwick-project/bailiwick/service/dynamodb/attr"
)

func TestLegacyFilter(t *testing.T) {
	v := func(list ...attr.Value) []attr.Value { return list }
	s := attr.String
	tests := []struct {
		name, op string
		values   []attr.Value
		want     string // true, false or the error
	}{
		{"a", "EQ", v(attr.Int(5)), "true"},
		{"a", "NE", v(attr.Int(5)), "false"},
		{"gone", "NE", v(attr.Int(5)), "true"},
		{"gone", "EQ", v(attr.Int(5)), "false"},
		{"a.b", "EQ", v(attr.Int(77)), "true"},
		{"a", "LT", v(attr.Int(6)), "true"},
		{"a", "LE", v(attr.Int(5)), "true"},
		{"a", "GT", v(attr.Int(5)), "false"},
		{"a", "GE", v(attr.Int(5)), "true"},
		{"a", "GE", v(s("5")), "false"},
		{"a", "NULL", nil, "false"},
		{"gone", "NULL", nil, "true"},
		{"a", "NOT_NULL", nil, "true"},
		{"nul", "NULL", nil, "false"},
		{"a", "IN", v(attr.Int(4), attr.Int(5)), "true"},
		{"a", "BETWEEN", v(attr.Int(5), attr.Int(6)), "true"},
		{"title", "BEGINS_WITH", v(s("te")), "true"},
		{"title", "CONTAINS", v(s("ex")), "true"},
		{"tags", "CONTAINS", v(s("c")), "true"},
		{"title", "NOT_CONTAINS", v(s("zz")), "true"},
		{"gone", "NOT_CONTAINS", v(s("zz")), "false"},
		{"nums", "NOT_CONTAINS", v(attr.Int(9)), "false"},
		{"doc", "EQ", v(attr.Map(nil)), "false"},
		{"tags", "EQ", v(strs(t, "c", "a")), "true"},
		{"a", "EQ", nil, "One or more parameter values were invalid: Invalid number of argument(s) for the EQ ComparisonOperator"},
		{"a", "BETWEEN", v(attr.Int(5)), "One or more parameter values were invalid: Invalid number of argument(s) for the BETWEEN ComparisonOperator"},
		{"a", "NULL", v(attr.Int(5)), "One or more parameter values were invalid: Invalid number of argument(s) for the NULL ComparisonOperator"},
		{"a", "IN", nil, "One or more parameter values were invalid: Invalid number of argument(s) for the IN ComparisonOperator"},
		{"a", "LT", v(attr.Bool(true)), "One or more parameter values were invalid: ComparisonOperator LT is not valid for BOOL AttributeValue type"},
		{"a", "BEGINS_WITH", v(attr.Int(1)), "One or more parameter values were invalid: ComparisonOperator BEGINS_WITH is not valid for N AttributeValue type"},
		{"a", "BETWEEN", v(attr.Int(1), s("x")), "One or more parameter values were invalid: AttributeValues inside AttributeValueList must be of same type"},
		{"a", "BETWEEN", v(attr.Int(6), attr.Int(5)), "The BETWEEN condition was provided a range where the lower bound is greater than the upper bound"},
		{"a", "LIKE", v(s("x")), "Unsupported operator on ComparisonOperator: LIKE"},
	}
	for _, test := range tests {
		c, err := LegacyFilter([]LegacyCondition{{test.name, test.op, test.values}}, "")
		got := message(err)
		if err == nil {
			got = map[bool]string{true: "true", false: "false"}[c.Holds(subject(t))]
		}
		if got != test.want {
			t.Errorf("%s %s %v: %s", test.name, test.op, test.values, got)
		}
	}
	both := []LegacyCondition{{"a", "EQ", v(attr.Int(5))}, {"title", "EQ", v(s("x"))}}
	for op, want := range map[string]bool{"": false, "AND": false, "OR": true} {
		if c, err := LegacyFilter(both, op); err != nil || c.Holds(subject(t)) != want || len(c.TopLevelNames()) != 2 {
			t.Errorf("joined by %q: %v", op, err)
		}
	}
	if c, err := LegacyFilter(nil, ""); err != nil || !c.Holds(nil) {
		t.Error("an empty filter keeps nothing")
	}
}

func TestLegacyExpected(t *testing.T) {
	yes, no := true, false
	five := attr.Int(5)
	list := []attr.Value{five}
	tests := []struct {
		e    LegacyExpected
		want string
	}{
		{LegacyExpected{Name: "a", Value: five}, "true"},
		{LegacyExpected{Name: "a", Value: attr.Int(6)}, "false"},
		{LegacyExpected{Name: "a", Value: five, Exists: &yes}, "true"},
		{LegacyExpected{Name: "a", Exists: &no}, "false"},
		{LegacyExpected{Name: "gone", Exists: &no}, "true"},
		{LegacyExpected{Name: "a", Operator: "EQ", Values: list}, "true"},
		{LegacyExpected{Name: "a", Operator: "GT", Value: five}, "false"},
		{LegacyExpected{Name: "a", Operator: "NOT_NULL"}, "true"},
		{LegacyExpected{Name: "a"}, "One or more parameter values were invalid: Value must be provided when Exists is null for Attribute: a"},
		{LegacyExpected{Name: "a", Exists: &yes}, "One or more parameter values were invalid: Value must be provided when Exists is true for Attribute: a"},
		{LegacyExpected{Name: "a", Exists: &no, Value: five}, "One or more parameter values were invalid: Value cannot be used when Exists is false for Attribute: a"},
		{LegacyExpected{Name: "a", Exists: &no, Operator: "EQ"}, "One or more parameter values were invalid: Exists and ComparisonOperator cannot be used together for Attribute: a"},
		{LegacyExpected{Name: "a", Value: five, Values: list, Operator: "EQ"}, "One or more parameter values were invalid: Value and AttributeValueList cannot be used together for Attribute: a"},
		{LegacyExpected{Name: "a", Values: list}, "One or more parameter values were invalid: AttributeValueList can only be used with a ComparisonOperator for Attribute: a"},
		{LegacyExpected{Name: "a", Operator: "EQ"}, "One or more parameter values were invalid: Value or AttributeValueList must be used with ComparisonOperator: EQ for Attribute: a"},
	}
	for _, test := range tests {
		c, err := LegacyExpectation([]LegacyExpected{test.e}, "AND")
		got := message(err)
		if err == nil {
			got = map[bool]string{true: "true", false: "false"}[c.Holds(subject(t))]
		}
		if got != test.want {
			t.Errorf("%+v: %s", test.e, got)
		}
	}
}

func TestLegacyKeyCondition(t *testing.T) {
	p := LegacyCondition{"pk", "EQ", []attr.Value{attr.String("p")}}
	schema := KeySchema{"pk", attr.S, "sk", attr.N}
	tests := []struct {
		list []LegacyCondition
		want string
	}{
		{[]LegacyCondition{p}, "p"},
		{[]LegacyCondition{{"sk", "LE", []attr.Value{attr.Int(7)}}, p}, "p <= 7"},
		{[]LegacyCondition{p, {"sk", "BETWEEN", []attr.Value{attr.Int(1), attr.Int(2)}}}, "p BETWEEN 1 2"},
		{[]LegacyCondition{p, p}, "KeyConditionExpressions must only contain one condition per key"},
		{[]LegacyCondition{p, {"sk", "NE", []attr.Value{attr.Int(7)}}}, "Attempted conditional constraint is not an indexable operation"},
		{[]LegacyCondition{p, {"sk", "NOT_NULL", nil}}, "Attempted conditional constraint is not an indexable operation"},
		{nil, "Conditions can be of length 1 or 2 only"},
		{[]LegacyCondition{{"pk", "IN", []attr.Value{attr.String("p"), attr.String("q")}}}, "Attempted conditional constraint is not an indexable operation"},
		{[]LegacyCondition{{"pk", "GT", []attr.Value{attr.String("p")}}}, "Query key condition not supported"},
	}
	for _, test := range tests {
		k, err := LegacyKeyCondition(test.list)
		got := message(err)
		if err == nil {
			r, err := k.Resolve(schema)
			got = message(err)
			if err == nil {
				got = r.Partition.Text()
				if r.Sort != "" {
					got += " " + string(r.Sort)
				}
				for _, v := range r.Values {
					got += " " + v.Text()
				}
			}
		}
		if got != test.want {
			t.Errorf("%v: %s", test.list, got)
		}
	}
}

func TestLegacyUpdates(t *testing.T) {
	tests := []struct {
		u    LegacyUpdate
		want string
	}{
		{LegacyUpdate{"a", "", attr.Int(1)}, `{"a":{"N":"1"}}`},
		{LegacyUpdate{"x.y", "PUT", attr.Int(1)}, `{"x.y":{"N":"1"}}`},
		{LegacyUpdate{"a", "ADD", attr.Int(1)}, `{"a":{"N":"6"}}`},
		{LegacyUpdate{"fresh", "ADD", attr.Int(1)}, `{"fresh":{"N":"1"}}`},
		{LegacyUpdate{"tags", "ADD", strs(t, "z")}, `{"tags":{"SS":["a","c","z"]}}`},
		{LegacyUpdate{"tags", "DELETE", strs(t, "a")}, `{"tags":{"SS":["c"]}}`},
		{LegacyUpdate{"a", "DELETE", attr.Value{}}, `{}`},
		{LegacyUpdate{"fresh", "ADD", attr.List([]attr.Value{attr.Int(1)})}, `{"fresh":{"L":[{"N":"1"}]}}`},
		{LegacyUpdate{"a", "PUT", attr.Value{}}, "One or more parameter values were invalid: Only DELETE action is allowed when no attribute value is specified"},
		{LegacyUpdate{"a", "ADD", attr.Value{}}, "One or more parameter values were invalid: Only DELETE action is allowed when no attribute value is specified"},
		{LegacyUpdate{"a", "ADD", attr.String("x")}, "One or more parameter values were invalid: ADD action is not supported for the type S"},
		{LegacyUpdate{"a", "DELETE", attr.Int(1)}, "One or more parameter values were invalid: DELETE action is not supported for the type N"},
		{LegacyUpdate{"title", "ADD", attr.Int(1)}, string(errMismatch)},
		{LegacyUpdate{"a", "DELETE", strs(t, "a")}, string(errMismatch)},
		{LegacyUpdate{"a", "MOVE", attr.Int(1)}, "Unsupported action on AttributeUpdates: MOVE"},
	}
	for _, test := range tests {
		u, err := LegacyUpdates([]LegacyUpdate{test.u})
		got := message(err)
		if err == nil {
			changed, err := u.Apply(subject(t))
			got = message(err)
			if err == nil {
				got = printed(u.Updated(changed))
			}
		}
		if got != test.want {
			t.Errorf("%+v: %s", test.u, got)
		}
	}
}

func TestLegacyProjection(t *testing.T) {
	p, err := LegacyProjection([]string{"a", "a.b"})
	if err != nil || printed(p.Apply(subject(t))) != `{"a":{"N":"5"},"a.b":{"N":"77"}}` {
		t.Errorf("%v", err)
	}
	if _, err := LegacyProjection([]string{"a", "b", "a"}); message(err) != "One or more parameter values were invalid: Duplicate value in attribute name: a" {
		t.Errorf("%v", err)
	}
}

// The work that legacy parameters ask for is bounded, as that of expressions is.
func TestLegacyLimits(t *testing.T) {
	const invalid = "One or more parameter values were invalid: "
	conditions := func(n int, op string, values ...attr.Value) (list []LegacyCondition) {
		for i := range n {
			list = append(list, LegacyCondition{Name: fmt.Sprint("a", i), Operator: op, Values: values})
		}
		return list
	}
	for _, test := range []struct {
		what  string
		limit int
		told  string
		run   func(n int) error
	}{
		{"filter", MaxOperators, invalid + "The request contains too many conditions; condition count: 301", func(n int) error {
			_, err := LegacyFilter(conditions(n, "NULL"), "")
			return err
		}},
		{"Expected", MaxOperators, invalid + "The request contains too many conditions; condition count: 301", func(n int) error {
			var list []LegacyExpected
			for i := range n {
				list = append(list, LegacyExpected{Name: fmt.Sprint("a", i), Operator: "NULL"})
			}
			_, err := LegacyExpectation(list, "")
			return err
		}},
		{"KeyConditions", 2, "Conditions can be of length 1 or 2 only", func(n int) error {
			_, err := LegacyKeyCondition(conditions(n, "EQ", attr.String("x")))
			return err
		}},
		{"IN", MaxIn, invalid + "Invalid number of argument(s) for the IN ComparisonOperator", func(n int) error {
			_, err := LegacyFilter(conditions(1, "IN", slices.Repeat([]attr.Value{attr.String("x")}, n)...), "")
			return err
		}},
		{"AttributeUpdates", maxUpdates, invalid + "The request contains too many updates; update count: 5001", func(n int) error {
			var list []LegacyUpdate
			for i := range n {
				list = append(list, LegacyUpdate{Name: fmt.Sprint("a", i), Action: "DELETE"})
			}
			_, err := LegacyUpdates(list)
			return err
		}},
	} {
		if err := test.run(test.limit); err != nil {
			t.Errorf("%s: %d: %v", test.what, test.limit, err)
		}
		if got := message(test.run(test.limit + 1)); got != test.told {
			t.Errorf("%s: %d: %s", test.what, test.limit+1, got)
		}
	}
}
