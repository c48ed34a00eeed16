// Package expr is DynamoDB's expression language: conditions and filters, key
// conditions, projections and updates, from text to effect.
//
// A [Scope] holds what the expressions of one request share: attribute name aliases
// (#n), values (:v), and which of them were used. It has one lexer and one parser for
// all kinds of expression:
//
//	scope, err := expr.NewScope(names, values)
//	condition, err := scope.Condition(expr.ConditionExpression, "attribute_exists(#a)")
//	update, err := scope.Update("SET #a = :v")
//	err = scope.CheckUsed()
//
// The results know both what they do ([Condition.Holds], [Projection.Apply],
// [Update.Apply], [KeyCondition.Resolve]) and which attributes they touch
// (TopLevelNames). Authorization and execution read the same parsed structure: were
// there two parsers, a request could be allowed as one thing and run as another.
//
// The legacy parameters (Expected, KeyConditions, QueryFilter, ScanFilter,
// AttributeUpdates, AttributesToGet) are translated into the same structures
// (legacy.go), so there is one evaluator only.
//
// Errors are [attr.ValidationError] with DynamoDB's sentences. Input is bounded: 4 KB of
// text, 300 operators, 100 members of IN, 32 levels of a path; recursion is bounded by
// the size of the text.
//
// Sources: "Using expressions in DynamoDB", "Legacy conditional parameters" and "Quotas"
// of the DynamoDB developer guide; sentences as the service sends them.
package expr
