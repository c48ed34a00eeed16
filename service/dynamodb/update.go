package dynamodb

import (
	"github.com/bailiwick-project/bailiwick/service/dynamodb/expr"
)

// updateOf parses UpdateExpression or translates AttributeUpdates; nil when
// there is neither: the item is made if it is not there.
func updateOf(scope *expr.Scope, text *string, updates map[string]AttributeValueUpdate) (*expr.Update, error) {
	if text != nil {
		u, err := scope.Update(*text)
		return u, refuse(err)
	}
	if updates == nil {
		return nil, nil
	}
	var list []expr.LegacyUpdate
	for _, name := range sortedNames(updates) {
		l := expr.LegacyUpdate{Name: name, Action: or(updates[name].Action, "")}
		if v := updates[name].Value; v != nil {
			l.Value = *v
		}
		list = append(list, l)
	}
	u, err := expr.LegacyUpdates(list)
	return u, refuse(err)
}
