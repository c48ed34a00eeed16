package main

import (
	"fmt"
	"strings"

	"github.com/cedar-policy/cedar-go"
	"github.com/cedar-policy/cedar-go/types"
)

// cedarGo: the organizations of the leading keys are found before, and of patterns the name is an attribute of the request.
func cedarGo() engine {
	made := map[task][]byte{}
	return engine{"cedar-go", func(t task) (func(question) decider, error) {
		if made[t] == nil {
			made[t] = []byte(t.cedar())
		}
		set, err := cedar.NewPolicySetFromBytes("tables", made[t])
		if err != nil {
			return nil, err
		}
		role, user := types.NewEntityUID("Role", "r"), types.NewEntityUID("User", "u")
		entities := types.EntityMap{
			role: {UID: role},
			user: {UID: user, Parents: types.NewEntityUIDSet(role), Attributes: types.NewRecord(types.RecordMap{"org": types.String("acme")})},
		}
		return func(q question) decider {
			name := types.String(t.asked(q.table))
			r := cedar.Request{
				Principal: user, Action: types.NewEntityUID("Action", "dynamodb:GetItem"), Resource: types.NewEntityUID("Table", name),
				Context: types.NewRecord(types.RecordMap{"leadingOrgs": types.NewSet(types.String(q.org)), "name": name}),
			}
			return func() (bool, error) {
				d, _ := cedar.Authorize(set, entities, r)
				return d == cedar.Allow, nil
			}
		}, nil
	}}
}

func (t task) cedar() string {
	var b strings.Builder
	for i := range t.statements {
		resource, when := fmt.Sprintf("resource == Table::%q", t.resource(i)), ""
		if t.wildcards {
			resource, when = "resource", fmt.Sprintf("context.name like %q && ", t.resource(i))
		}
		fmt.Fprintf(&b, "permit(principal in Role::\"r\", action in [Action::\"dynamodb:GetItem\", Action::\"dynamodb:Query\"], %s)\n"+
			"when { %s[principal.org, \"PUBLIC\"].containsAll(context.leadingOrgs) };\n", resource, when)
	}
	return b.String()
}
