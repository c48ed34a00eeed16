package expr

import (
	"maps"
	"slices"
	"strings"

	"github.com/bailiwick-project/bailiwick/service/dynamodb/attr"
)

// Kind is the parameter that an expression came in; its name opens error messages.
type Kind string

// The parameters that hold expressions.
const (
	ConditionExpression    Kind = "ConditionExpression"
	FilterExpression       Kind = "FilterExpression"
	KeyConditionExpression Kind = "KeyConditionExpression"
	ProjectionExpression   Kind = "ProjectionExpression"
	UpdateExpression       Kind = "UpdateExpression"
)

// Scope is what the expressions of one request share: ExpressionAttributeNames,
// ExpressionAttributeValues, and which of them have been used.
type Scope struct {
	names      map[string]string
	values     map[string]attr.Value
	usedNames  map[string]bool
	usedValues map[string]bool
}

// NewScope checks the keys of both maps (#name and :value, letters, digits and
// underscores). The scope reads the maps as long as it lives. Pass nil for an absent map.
func NewScope(names map[string]string, values map[string]attr.Value) (*Scope, error) {
	if names != nil && len(names) == 0 {
		return nil, errorf("ExpressionAttributeNames must not be empty")
	}
	if values != nil && len(values) == 0 {
		return nil, errorf("ExpressionAttributeValues must not be empty")
	}
	for _, key := range slices.Sorted(maps.Keys(names)) {
		if !isPlaceholder(key, '#') {
			return nil, errorf("ExpressionAttributeNames contains invalid key: Syntax error; key: %q", key)
		}
		if names[key] == "" {
			return nil, errorf("ExpressionAttributeNames contains invalid value: Attribute name must not be empty; key: %s", key)
		}
		if len(names[key]) > attr.MaxNameBytes {
			return nil, attr.ErrNameSize
		}
	}
	for _, key := range slices.Sorted(maps.Keys(values)) {
		if !isPlaceholder(key, ':') {
			return nil, errorf("ExpressionAttributeValues contains invalid key: Syntax error; key: %q", key)
		}
	}
	return &Scope{names: names, values: values, usedNames: map[string]bool{}, usedValues: map[string]bool{}}, nil
}

func isPlaceholder(key string, sign byte) bool {
	return len(key) > 1 && key[0] == sign && run(key[1:]) == len(key)-1
}

// CheckUsed refuses names and values that no expression parsed in this scope has used.
func (s *Scope) CheckUsed() error {
	if unused := unusedKeys(s.names, s.usedNames); unused != "" {
		return errorf("Value provided in ExpressionAttributeNames unused in expressions: keys: {%s}", unused)
	}
	if unused := unusedKeys(s.values, s.usedValues); unused != "" {
		return errorf("Value provided in ExpressionAttributeValues unused in expressions: keys: {%s}", unused)
	}
	return nil
}

func unusedKeys[V any](given map[string]V, used map[string]bool) string {
	var unused []string
	for _, key := range slices.Sorted(maps.Keys(given)) {
		if !used[key] {
			unused = append(unused, key)
		}
	}
	return strings.Join(unused, ", ")
}

// Condition parses a ConditionExpression or FilterExpression.
func (s *Scope) Condition(kind Kind, text string) (*Condition, error) {
	return parseWith(s, kind, text, func(p *parser) *Condition { return &Condition{root: p.condition()} })
}

// KeyCondition parses a KeyConditionExpression.
func (s *Scope) KeyCondition(text string) (*KeyCondition, error) {
	condition, err := s.Condition(KeyConditionExpression, text)
	if err != nil {
		return nil, err
	}
	return newKeyCondition(condition.root)
}

// Projection parses a ProjectionExpression.
func (s *Scope) Projection(text string) (*Projection, error) {
	return parseWith(s, ProjectionExpression, text, func(p *parser) *Projection { return newProjection(p.projection()) })
}

// Update parses an UpdateExpression.
func (s *Scope) Update(text string) (*Update, error) {
	return parseWith(s, UpdateExpression, text, func(p *parser) *Update { return p.update() })
}

// parseWith runs one grammar rule over the whole text. Every error gets the kind in front.
func parseWith[T any](s *Scope, kind Kind, text string, rule func(*parser) T) (result T, err error) {
	prefix := "Invalid " + string(kind) + ": "
	if len(text) > MaxSize {
		return result, errorf("%sExpression size has exceeded the maximum allowed size; expression size: %d", prefix, len(text))
	}
	p := &parser{scope: s, kind: kind, source: text, tokens: lex(text)}
	if len(p.tokens) == 1 {
		return result, errorf("%sThe expression can not be empty;", prefix)
	}
	parsed := rule(p)
	p.expectEnd()
	if p.syntax != nil {
		err = p.syntax
	} else {
		err = p.defects.first()
	}
	if err != nil {
		return result, errorf("%s%s", prefix, err.Error())
	}
	return parsed, nil
}
