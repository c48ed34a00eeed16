package main

import (
	"errors"
	"strings"

	v2 "github.com/casbin/casbin/v2"
	model2 "github.com/casbin/casbin/v2/model"
	"github.com/casbin/casbin/v3"
	"github.com/casbin/casbin/v3/model"
)

const casbinModel = `
[request_definition]
r = sub, obj, act, keys, org
[policy_definition]
p = sub, obj, act, pats
[role_definition]
g = _, _
[policy_effect]
e = some(where (p.eft == allow))
[matchers]
m = MATCH && g(r.sub, p.sub) && inset(r.act, p.act) && leading(r.keys, p.pats, r.org)
`

// An enforcer is what both versions have.
type enforcer interface {
	AddPolicies(rules [][]string) (bool, error)
	AddGroupingPolicy(params ...any) (bool, error)
	Enforce(values ...any) (bool, error)
}

func casbin2() engine {
	return casbinEngine("casbin v2", func(text string) (enforcer, error) {
		m, err := model2.NewModelFromString(text)
		if err != nil {
			return nil, err
		}
		e, err := v2.NewEnforcer(m)
		if err != nil {
			return nil, err
		}
		e.EnableLog(false)
		e.AddFunction("inset", inset)
		e.AddFunction("leading", leading)
		return e, nil
	})
}

func casbin3() engine {
	return casbinEngine("casbin v3", func(text string) (enforcer, error) {
		m, err := model.NewModelFromString(text)
		if err != nil {
			return nil, err
		}
		e, err := casbin.NewEnforcer(m)
		if err != nil {
			return nil, err
		}
		e.AddFunction("inset", inset)
		e.AddFunction("leading", leading)
		return e, nil
	})
}

func casbinEngine(name string, make func(model string) (enforcer, error)) engine {
	return engine{name, func(t task) (func(question) decider, error) {
		match := "r.obj == p.obj"
		if t.wildcards {
			match = "keyMatch(r.obj, p.obj)"
		}
		e, err := make(strings.Replace(casbinModel, "MATCH", match, 1))
		if err != nil {
			return nil, err
		}
		var rules [][]string
		for i := range t.statements {
			rules = append(rules, []string{"role", t.resource(i), "dynamodb:GetItem|dynamodb:Query", "${aws:PrincipalTag/org}#*|PUBLIC#*"})
		}
		if _, err := e.AddPolicies(rules); err != nil {
			return nil, err
		}
		if _, err := e.AddGroupingPolicy("u", "role"); err != nil {
			return nil, err
		}
		return func(q question) decider {
			resource, keys := t.asked(q.table), []string{q.org + "#42"}
			return func() (bool, error) { return e.Enforce("u", resource, "dynamodb:GetItem", keys, "acme") }
		}, nil
	}}
}

var errArguments = errors.New("arguments of the wrong number or type")

// inset(action, "a|b") is the Action of a statement.
func inset(args ...any) (any, error) {
	if len(args) != 2 {
		return nil, errArguments
	}
	action, ok := args[0].(string)
	list, also := args[1].(string)
	if !ok || !also {
		return nil, errArguments
	}
	for one := range strings.SplitSeq(list, "|") {
		if one == action {
			return true, nil
		}
	}
	return false, nil
}

// leading(keys, "pattern|pattern", org) is its Condition.
func leading(args ...any) (any, error) {
	if len(args) != 3 {
		return nil, errArguments
	}
	keys, ok := args[0].([]string)
	list, also := args[1].(string)
	org, too := args[2].(string)
	if !ok || !also || !too {
		return nil, errArguments
	}
	for _, key := range keys {
		found := false
		for pattern := range strings.SplitSeq(list, "|") {
			prefix := strings.TrimSuffix(strings.ReplaceAll(pattern, "${aws:PrincipalTag/org}", org), "*")
			found = found || strings.HasPrefix(key, prefix)
		}
		if !found {
			return false, nil
		}
	}
	return true, nil
}
