package dynamodb

import (
	"strings"

	"github.com/bailiwick-project/bailiwick/service/dynamodb/attr"
	"github.com/bailiwick-project/bailiwick/service/dynamodb/expr"
)

// A parameter is a member of a request that belongs to one of the two languages:
// the expressions, or the legacy parameters before them.
type parameter struct {
	name    string
	present bool
}

// A language is what the request says in both. Requests may use only one: which
// of two conditions counts must not be a question.
type language struct {
	legacy      []parameter
	expressions []parameter
	names       map[string]string
	values      attr.Values
}

// scope checks that one language is spoken, and returns the scope to parse the
// expressions in; nil when there are none.
func (l language) scope() (*expr.Scope, error) {
	legacy, expressions := present(l.legacy), present(l.expressions)
	if len(legacy) > 0 && len(expressions) > 0 {
		return nil, invalid("Can not use both expression and non-expression parameters in the same request: Non-expression parameters: {%s} Expression parameters: {%s}",
			strings.Join(legacy, ", "), strings.Join(expressions, ", "))
	}
	if len(expressions) > 0 {
		scope, err := expr.NewScope(l.names, l.values)
		return scope, refuse(err)
	}
	if l.names != nil {
		return nil, invalid("ExpressionAttributeNames can only be specified when using expressions")
	}
	if l.values != nil {
		return nil, invalid("ExpressionAttributeValues can only be specified when using expressions: %s", absent(l.expressions))
	}
	return nil, nil
}

func present(list []parameter) []string {
	var out []string
	for _, p := range list {
		if p.present {
			out = append(out, p.name)
		}
	}
	return out
}

// absent tells which expressions could have used values and are not there.
func absent(list []parameter) string {
	var names []string
	for _, p := range list {
		if p.name != string(expr.ProjectionExpression) {
			names = append(names, p.name)
		}
	}
	if len(names) == 1 {
		return names[0] + " is null"
	}
	return strings.Join(names, " and ") + " are null"
}

// projection parses ProjectionExpression or translates AttributesToGet.
func projection(scope *expr.Scope, text *string, legacy []string) (*expr.Projection, error) {
	switch {
	case text != nil:
		p, err := scope.Projection(*text)
		return p, refuse(err)
	case legacy != nil:
		p, err := expr.LegacyProjection(legacy)
		return p, refuse(err)
	}
	return nil, nil
}

// condition parses ConditionExpression or translates Expected.
func condition(scope *expr.Scope, text *string, expected map[string]ExpectedAttributeValue, operator *string) (*expr.Condition, error) {
	if text != nil {
		c, err := scope.Condition(expr.ConditionExpression, *text)
		return c, refuse(err)
	}
	if err := checkOperator(operator, len(expected)); err != nil {
		return nil, err
	}
	var list []expr.LegacyExpected
	for _, name := range sortedNames(expected) {
		e := expected[name]
		l := expr.LegacyExpected{Name: name, Operator: or(e.ComparisonOperator, ""), Values: e.AttributeValueList, Exists: e.Exists}
		if e.Value != nil {
			l.Value = *e.Value
		}
		list = append(list, l)
	}
	c, err := expr.LegacyExpectation(list, or(operator, "AND"))
	return c, refuse(err)
}

// filter parses FilterExpression or translates QueryFilter or ScanFilter.
func filter(scope *expr.Scope, text *string, conditions map[string]Condition, operator *string) (*expr.Condition, error) {
	if text != nil {
		c, err := scope.Condition(expr.FilterExpression, *text)
		return c, refuse(err)
	}
	if err := checkOperator(operator, len(conditions)); err != nil {
		return nil, err
	}
	c, err := expr.LegacyFilter(legacyConditions(conditions), or(operator, "AND"))
	return c, refuse(err)
}

func checkOperator(operator *string, conditions int) error {
	if operator == nil {
		return nil
	}
	if conditions == 0 {
		return invalid("ConditionalOperator cannot be used without Filter or Expected")
	}
	if conditions == 1 {
		return invalid("ConditionalOperator can only be used when Filter or Expected has two or more elements")
	}
	return nil
}

func legacyConditions(conditions map[string]Condition) []expr.LegacyCondition {
	var list []expr.LegacyCondition
	for _, name := range sortedNames(conditions) {
		c := conditions[name]
		list = append(list, expr.LegacyCondition{Name: name, Operator: or(c.ComparisonOperator, ""), Values: c.AttributeValueList})
	}
	return list
}
