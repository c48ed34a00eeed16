package secondopinion_test

import (
	"encoding/json"
	"math/rand/v2"
	"slices"
	"strings"
)

// A draft is a policy before it is text: what the generator makes, the
// shrinker cuts down and the relations change.
type draft struct {
	version    string
	statements []clause
}

// unreadable is the version of a draft that nobody can read.
const unreadable = "BROKEN"

// A clause is a statement.
type clause struct {
	effect       string
	principals   []named // empty for policies without principals
	notPrincipal bool
	actions      []string
	notAction    bool
	resources    []string // empty in trust policies
	notResource  bool
	conditions   []test
}

type named struct{ kind, value string } // kind "*" is the bare string "*"

type test struct {
	operator, key string
	values        []string
}

func (d draft) clone() draft {
	d.statements = slices.Clone(d.statements)
	for i := range d.statements {
		s := &d.statements[i]
		s.principals, s.actions, s.resources = slices.Clone(s.principals), slices.Clone(s.actions), slices.Clone(s.resources)
		s.conditions = slices.Clone(s.conditions)
		for j := range s.conditions {
			s.conditions[j].values = slices.Clone(s.conditions[j].values)
		}
	}
	return d
}

// text spells the policy as JSON. With rng, what may be spelled in two ways is
// spelled in either; without, in the shortest.
func (d draft) text(rng *rand.Rand) string {
	if d.version == unreadable {
		return unreadable
	}
	var members []string
	if d.version != "" {
		members = append(members, `"Version":`+quote(d.version))
	}
	var all []string
	for _, s := range d.statements {
		all = append(all, s.text(rng))
	}
	return "{" + strings.Join(append(members, `"Statement":`+oneOrList(rng, all)), ",") + "}"
}

func (s clause) text(rng *rand.Rand) string {
	members := []string{`"Effect":` + quote(s.effect)}
	if len(s.principals) > 0 {
		members = append(members, quote(element("Principal", s.notPrincipal))+":"+principalText(rng, s.principals))
	}
	members = append(members, quote(element("Action", s.notAction))+":"+oneOrList(rng, quoted(s.actions)))
	if len(s.resources) > 0 {
		members = append(members, quote(element("Resource", s.notResource))+":"+oneOrList(rng, quoted(s.resources)))
	}
	if len(s.conditions) > 0 {
		members = append(members, `"Condition":`+conditionText(rng, s.conditions))
	}
	if rng != nil {
		rng.Shuffle(len(members), func(i, j int) { members[i], members[j] = members[j], members[i] })
	}
	return "{" + strings.Join(members, ",") + "}"
}

func principalText(rng *rand.Rand, entries []named) string {
	if entries[0].kind == "*" {
		return `"*"`
	}
	var kinds, members []string
	values := map[string][]string{}
	for _, e := range entries {
		if values[e.kind] == nil {
			kinds = append(kinds, e.kind)
		}
		values[e.kind] = append(values[e.kind], quote(e.value))
	}
	for _, kind := range kinds {
		members = append(members, quote(kind)+":"+oneOrList(rng, values[kind]))
	}
	return "{" + strings.Join(members, ",") + "}"
}

// conditionText groups by operator; the generator gives no operator the same
// key twice.
func conditionText(rng *rand.Rand, tests []test) string {
	var operators, members []string
	keys := map[string][]string{}
	for _, c := range tests {
		if keys[c.operator] == nil {
			operators = append(operators, c.operator)
		}
		var values []string
		for _, v := range c.values {
			bare := v == "true" || v == "false" || v != "" && strings.Trim(v, "123456789") == ""
			if rng != nil && bare && rng.IntN(2) == 0 {
				values = append(values, v)
				continue
			}
			values = append(values, quote(v))
		}
		keys[c.operator] = append(keys[c.operator], quote(c.key)+":"+oneOrList(rng, values))
	}
	for _, o := range operators {
		members = append(members, quote(o)+":{"+strings.Join(keys[o], ",")+"}")
	}
	return "{" + strings.Join(members, ",") + "}"
}

func element(name string, not bool) string {
	if not {
		return "Not" + name
	}
	return name
}

func oneOrList(rng *rand.Rand, values []string) string {
	if len(values) == 1 && (rng == nil || rng.IntN(2) == 0) {
		return values[0]
	}
	return "[" + strings.Join(values, ",") + "]"
}

func quoted(values []string) []string {
	var out []string
	for _, v := range values {
		out = append(out, quote(v))
	}
	return out
}

func quote(s string) string {
	b, err := json.Marshal(s)
	if err != nil {
		panic(err)
	}
	return string(b)
}
