package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/open-policy-agent/opa/v1/rego"
	"github.com/open-policy-agent/opa/v1/storage/inmem"
)

const opaQuery = "data.iam.allow"

// opaRules writes a rule for every statement, which OPA indexes by the resource.
func opaRules() engine {
	made := map[task]string{}
	return engine{"OPA, rules", func(t task) (func(question) decider, error) {
		if made[t] == "" {
			made[t] = t.rego()
		}
		return opa(t, rego.Query(opaQuery), rego.Module("tables.rego", made[t]))
	}}
}

func (t task) rego() string {
	var b strings.Builder
	b.WriteString(`package iam
import rego.v1
default allow := false
keyok(k) if startswith(k, concat("", [input.tags.org, "#"]))
keyok(k) if startswith(k, "PUBLIC#")
`)
	for i := range t.statements {
		match := fmt.Sprintf("input.resource == %q", t.resource(i))
		if t.wildcards {
			match = fmt.Sprintf("startswith(input.resource, %q)", strings.TrimSuffix(t.resource(i), "*"))
		}
		fmt.Fprintf(&b, "allow if { %s; input.action in {\"dynamodb:GetItem\", \"dynamodb:Query\"}; every k in input.keys { keyok(k) } }\n", match)
	}
	return b.String()
}

// opaData has one rule, and the statements as data.
func opaData() engine {
	const module = `package iam
import rego.v1
default allow := false
keyok(k, patterns) if { some p in patterns; glob.match(replace(p, "${aws:PrincipalTag/org}", input.tags.org), null, k) }
allow if { some s in data.statements; %s; input.action in s.actions; every k in input.keys { keyok(k, s.patterns) } }
`
	return engine{"OPA, data", func(t task) (func(question) decider, error) {
		statements := make([]any, 0, t.statements)
		for i := range t.statements {
			statements = append(statements, map[string]any{
				"resource": t.resource(i), "actions": []any{"dynamodb:GetItem", "dynamodb:Query"},
				"patterns": []any{"${aws:PrincipalTag/org}#*", "PUBLIC#*"},
			})
		}
		match := "s.resource == input.resource"
		if t.wildcards {
			match = "glob.match(s.resource, null, input.resource)"
		}
		return opa(t, rego.Query(opaQuery), rego.Module("tables.rego", fmt.Sprintf(module, match)),
			rego.Store(inmem.NewFromObject(map[string]any{"statements": statements})))
	}}
}

func opa(t task, options ...func(*rego.Rego)) (func(question) decider, error) {
	ctx := context.Background()
	query, err := rego.New(options...).PrepareForEval(ctx)
	if err != nil {
		return nil, err
	}
	return func(q question) decider {
		input := rego.EvalInput(map[string]any{
			"action": "dynamodb:GetItem", "resource": t.asked(q.table), "keys": []any{q.org + "#42"}, "tags": map[string]any{"org": "acme"},
		})
		return func() (bool, error) {
			set, err := query.Eval(ctx, input)
			return set.Allowed(), err
		}
	}, nil
}
