package expr

import (
	"slices"

	"github.com/bailiwick-project/bailiwick/service/dynamodb/attr"
)

// LegacyCondition is one entry of KeyConditions, QueryFilter or ScanFilter, for one
// top-level attribute. Attribute names are taken as they are, dots included.
type LegacyCondition struct {
	Name     string
	Operator string // EQ NE IN LE LT GE GT BETWEEN NOT_NULL NULL CONTAINS NOT_CONTAINS BEGINS_WITH
	Values   []attr.Value
}

// LegacyExpected is one entry of Expected. Either Operator and Values, or Value, or
// Exists; nil and zero mean absent.
type LegacyExpected struct {
	Name     string
	Operator string
	Values   []attr.Value // AttributeValueList; nil when absent
	Value    attr.Value
	Exists   *bool
}

// LegacyFilter translates QueryFilter or ScanFilter. operator is the ConditionalOperator,
// "AND" (also when absent) or "OR".
func LegacyFilter(conditions []LegacyCondition, operator string) (*Condition, error) {
	if err := countLegacy(len(conditions)); err != nil {
		return nil, err
	}
	nodes := make([]node, 0, len(conditions))
	for _, c := range conditions {
		n, err := c.node()
		if err != nil {
			return nil, err
		}
		nodes = append(nodes, n)
	}
	return join(nodes, operator), nil
}

// LegacyExpectation translates Expected, like [LegacyFilter].
func LegacyExpectation(expected []LegacyExpected, operator string) (*Condition, error) {
	if err := countLegacy(len(expected)); err != nil {
		return nil, err
	}
	nodes := make([]node, 0, len(expected))
	for _, e := range expected {
		c, err := e.condition()
		if err != nil {
			return nil, err
		}
		n, err := c.node()
		if err != nil {
			return nil, err
		}
		nodes = append(nodes, n)
	}
	return join(nodes, operator), nil
}

// countLegacy holds legacy conditions to the limit of expressions: the work for each
// item must not be chosen by the caller. AWS documents no limit of their own.
func countLegacy(n int) error {
	if n > MaxOperators {
		return invalidParameter("The request contains too many conditions; condition count: %d", n)
	}
	return nil
}

func join(nodes []node, operator string) *Condition {
	if len(nodes) == 0 {
		return nil
	}
	root := nodes[0]
	for _, n := range nodes[1:] {
		if operator == "OR" {
			root = or{root, n}
		} else {
			root = and{root, n}
		}
	}
	return &Condition{root}
}

// condition turns the shorthands of Expected into EQ and NULL.
func (e LegacyExpected) condition() (LegacyCondition, error) {
	c := LegacyCondition{Name: e.Name, Operator: e.Operator, Values: e.Values}
	hasValue := !e.Value.IsZero()
	switch {
	case e.Operator != "" && e.Exists != nil:
		return c, invalidParameter("Exists and ComparisonOperator cannot be used together for Attribute: %s", e.Name)
	case hasValue && e.Values != nil:
		return c, invalidParameter("Value and AttributeValueList cannot be used together for Attribute: %s", e.Name)
	case e.Values != nil && e.Operator == "":
		return c, invalidParameter("AttributeValueList can only be used with a ComparisonOperator for Attribute: %s", e.Name)
	case e.Operator != "":
		if hasValue {
			c.Values = []attr.Value{e.Value}
		}
		if len(c.Values) == 0 && e.Operator != "NULL" && e.Operator != "NOT_NULL" && e.Values == nil {
			return c, invalidParameter("Value or AttributeValueList must be used with ComparisonOperator: %s for Attribute: %s", e.Operator, e.Name)
		}
		return c, nil
	case e.Exists == nil && !hasValue:
		return c, invalidParameter("Value must be provided when Exists is null for Attribute: %s", e.Name)
	case e.Exists != nil && *e.Exists && !hasValue:
		return c, invalidParameter("Value must be provided when Exists is true for Attribute: %s", e.Name)
	case e.Exists != nil && !*e.Exists && hasValue:
		return c, invalidParameter("Value cannot be used when Exists is false for Attribute: %s", e.Name)
	case !hasValue:
		c.Operator = "NULL"
		return c, nil
	}
	c.Operator, c.Values = "EQ", []attr.Value{e.Value}
	return c, nil
}

// check holds the number and the types of the values against the operator.
func (c LegacyCondition) check() error {
	ok := len(c.Values) == 1
	switch c.Operator {
	case "NULL", "NOT_NULL":
		ok = len(c.Values) == 0
	case "BETWEEN":
		ok = len(c.Values) == 2
	case "IN":
		ok = len(c.Values) > 0 && len(c.Values) <= MaxIn
	}
	if !ok {
		return invalidParameter("Invalid number of argument(s) for the %s ComparisonOperator", c.Operator)
	}
	good := []attr.Type{attr.S, attr.N, attr.B}
	switch c.Operator {
	case "EQ", "NE":
		return nil
	case "BEGINS_WITH":
		good = []attr.Type{attr.S, attr.B}
	case "CONTAINS", "NOT_CONTAINS":
		good = append(good, attr.BOOL, attr.NULL)
	}
	for _, v := range c.Values {
		if !slices.Contains(good, v.Type()) {
			return invalidParameter("ComparisonOperator %s is not valid for %s AttributeValue type", c.Operator, v.Type())
		}
		if v.Type() != c.Values[0].Type() {
			return invalidParameter("AttributeValues inside AttributeValueList must be of same type")
		}
	}
	if c.Operator == "BETWEEN" {
		if order, _ := c.Values[0].Compare(c.Values[1]); order > 0 {
			return errorf("The BETWEEN condition was provided a range where the lower bound is greater than the upper bound")
		}
	}
	return nil
}

// legacyComparator is the symbol of an operator that has one.
func legacyComparator(operator string) string {
	switch operator {
	case "EQ":
		return "="
	case "NE":
		return "<>"
	case "LE":
		return "<="
	case "LT":
		return "<"
	case "GE":
		return ">="
	case "GT":
		return ">"
	}
	return ""
}

func (c LegacyCondition) node() (node, error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	of := pathOperand{Path{{Name: c.Name}}}
	values := make([]operand, len(c.Values))
	for i, v := range c.Values {
		values[i] = literal{value: v}
	}
	if op := legacyComparator(c.Operator); op != "" {
		return comparison{op, of, values[0]}, nil
	}
	switch c.Operator {
	case "NULL":
		return call{"attribute_not_exists", []operand{of}}, nil
	case "NOT_NULL":
		return call{"attribute_exists", []operand{of}}, nil
	case "IN":
		return in{of, values}, nil
	case "BETWEEN":
		return between{of, values[0], values[1]}, nil
	case "BEGINS_WITH":
		return call{"begins_with", []operand{of, values[0]}}, nil
	case "CONTAINS":
		return call{"contains", []operand{of, values[0]}}, nil
	case "NOT_CONTAINS":
		// Of an absent attribute neither CONTAINS nor NOT_CONTAINS holds.
		return and{call{"attribute_exists", []operand{of}}, not{call{"contains", []operand{of, values[0]}}}}, nil
	}
	return nil, errorf("Unsupported operator on ComparisonOperator: %s", c.Operator)
}

// LegacyKeyCondition translates KeyConditions.
func LegacyKeyCondition(conditions []LegacyCondition) (*KeyCondition, error) {
	if len(conditions) > 2 {
		return nil, errKeyConditions
	}
	k := &KeyCondition{}
	for _, c := range conditions {
		if err := c.check(); err != nil {
			return nil, err
		}
		op := SortOperator(legacyComparator(c.Operator))
		switch c.Operator {
		case "BETWEEN":
			op = Between
		case "BEGINS_WITH":
			op = BeginsWith
		}
		if op == "" || op == "<>" {
			return nil, errorf("Attempted conditional constraint is not an indexable operation")
		}
		if err := k.add(keyLeaf{c.Name, op, c.Values}); err != nil {
			return nil, err
		}
	}
	return k, nil
}
