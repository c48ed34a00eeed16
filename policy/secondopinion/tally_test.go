package secondopinion_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/bailiwick-project/bailiwick/policy"
)

// A tally counts what a run reached, to show that the generator reached it: a
// run that never allowed across accounts, say, proves nothing about that.
type tally struct {
	total  int
	counts [groups]map[string]int
}

// The groups of what is counted. The comment says of what, and which there must
// be is in required.
const (
	outcomes   = iota // decisions
	layers            // decisions, by deciding layer and outcome
	callerType        // decisions, by caller and outcome
	passed            // allowed requests, by what could have stopped them
	deciding          // decisions that a statement made, by what the statement has; of those looked at closely
	operator          // conditions of statements that apply but for conditions, by comparison and whether it is met
	modifier          // the same, by what stands around the comparison
	groups
)

var groupNames = [groups]string{"outcomes", "layers", "callers", "allowed although there was", "decided by a statement with", "operators", "modifiers"}

func (y *tally) bump(group int, what string) {
	if y.counts[group] == nil {
		y.counts[group] = map[string]int{}
	}
	y.counts[group][what]++
}

func (y *tally) add(o *tally) {
	y.total += o.total
	for group, counts := range o.counts {
		if y.counts[group] == nil {
			y.counts[group] = map[string]int{}
		}
		for what, n := range counts {
			y.counts[group][what] += n
		}
	}
}

// count notes a decision.
func (y *tally) count(r request, d policy.Decision) {
	y.total++
	outcome := d.Effect.String()
	y.bump(outcomes, outcome)
	y.bump(layers, layerNames[d.Layer]+" "+outcome)
	y.bump(callerType, string(r.caller.Type)+" "+outcome)
	if d.Allowed() {
		for _, slot := range r.slots {
			y.bump(passed, slot)
		}
		if r.caller.Account != "" && ownerOf(r.resource, r.owner, r.caller.Account) != r.caller.Account {
			y.bump(passed, "another account")
		}
		if r.must {
			y.bump(passed, "must")
		}
		if r.limitSessions && slices.Contains(r.slots, session) {
			y.bump(passed, "limited session")
		}
	}
}

// countStatement notes what the deciding statement has.
func (y *tally) countStatement(scenario *scenario, d policy.Decision) {
	slot, i, ok := place(d)
	if !ok {
		return
	}
	document := scenario.engine[slot][i].Document()
	version, s := document.Version, document.Statements[d.Statement.Index]
	conditions := ""
	for _, c := range s.Conditions {
		conditions += strings.Join(c.Values, " ")
	}
	resources := strings.Join(append(s.Resources, s.NotResources...), " ")
	for what, has := range map[string]bool{
		"Principal": s.Principals != nil, "NotPrincipal": s.NotPrincipal != nil, "NotAction": s.NotActions != nil, "NotResource": s.NotResources != nil,
		"Condition": s.Conditions != nil, "no Condition": s.Conditions == nil,
		"variable in Resource":  version == policy.Version2012 && strings.Contains(resources, "${s") || strings.Contains(resources, "${a"),
		"default in Resource":   version == policy.Version2012 && strings.Contains(resources, ", '"),
		"escape in Resource":    version == policy.Version2012 && strings.Contains(resources, "${*}"),
		"variable in Condition": version == policy.Version2012 && strings.Contains(conditions, "${s") || strings.Contains(conditions, "${a"),
		"default in Condition":  version == policy.Version2012 && strings.Contains(conditions, ", '"),
		"2008":                  version != policy.Version2012, "${} in 2008": version != policy.Version2012 && strings.Contains(resources+conditions, "${"),
		"wildcard in Resource": strings.ContainsAny(strings.ReplaceAll(resources, "${*}", ""), "*?") && resources != "*",
	} {
		if has {
			y.bump(deciding, what)
		}
	}
}

// countConditions notes the conditions that made the difference for a statement.
func (y *tally) countConditions(x policy.Explanation) {
	for _, l := range x.Layers {
		for _, p := range l.Policies {
			for _, s := range p.Statements {
				if !s.Principal || !s.Action || !s.Resource {
					continue
				}
				for _, c := range s.Conditions {
					met := " unmet"
					if c.Met {
						met = " met"
					}
					set, bare, found := strings.Cut(c.Operator, ":")
					if !found {
						set, bare = "", c.Operator
					}
					bare, ifExists := strings.CutSuffix(bare, "IfExists")
					if ifExists {
						set = strings.TrimSpace(set + " IfExists")
					}
					y.bump(operator, bare+met)
					y.bump(modifier, set+met)
					if !c.Present {
						y.bump(modifier, set+" absent"+met)
					}
				}
			}
		}
	}
}

func (y *tally) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d decisions", y.total)
	for group, counts := range y.counts {
		fmt.Fprintf(&b, "\n%s:", groupNames[group])
		for _, what := range sorted(counts) {
			fmt.Fprintf(&b, "  %s %d", what, counts[what])
		}
	}
	return b.String()
}

func sorted[T any](m map[string]T) []string {
	var out []string
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

// required is what must have happened, and how often in 100,000 decisions.
var required = [groups]struct {
	least int
	what  []string
}{
	outcomes: {10_000, []string{"Allow", "ExplicitDeny", "ImplicitDeny"}},
	layers: {100, []string{
		"request ExplicitDeny", "service control ExplicitDeny", "service control ImplicitDeny", "resource control ExplicitDeny", "resource control ImplicitDeny",
		"resource Allow", "resource ExplicitDeny", "resource ImplicitDeny", "trust Allow", "trust ExplicitDeny", "trust ImplicitDeny",
		"identity Allow", "identity ExplicitDeny", "identity ImplicitDeny", "boundary ExplicitDeny", "boundary ImplicitDeny",
		"session ExplicitDeny", "session ImplicitDeny", "root Allow",
	}},
	callerType: {20, slices.Concat(each("Allow"), each("ExplicitDeny"), each("ImplicitDeny"))},
	passed:     {50, append(slices.Clone(slots), "another account", "must", "limited session")},
	deciding: {2, []string{
		"Principal", "NotPrincipal", "NotAction", "NotResource", "Condition", "no Condition", "variable in Resource", "default in Resource", "escape in Resource",
		"variable in Condition", "default in Condition", "2008", "${} in 2008", "wildcard in Resource",
	}},
	operator: {2, slices.Concat(comparisons(" met"), comparisons(" unmet"))},
	modifier: {5, []string{
		" met", " unmet", "IfExists met", "IfExists unmet", "ForAllValues met", "ForAllValues unmet", "ForAnyValue met", "ForAnyValue unmet",
		"ForAllValues IfExists met", "ForAllValues IfExists unmet", "ForAnyValue IfExists met", "ForAnyValue IfExists unmet",
		" absent met", " absent unmet", "IfExists absent met", "ForAllValues absent met", "ForAllValues IfExists absent met", "ForAnyValue absent unmet",
	}},
}

func each(outcome string) []string {
	var out []string
	for _, c := range callers {
		out = append(out, string(c.Type)+" "+outcome)
	}
	return out
}

func comparisons(suffix string) []string {
	var out []string
	for _, family := range operators {
		for _, o := range family {
			out = append(out, o+suffix)
		}
	}
	return out
}

// enough decisions reach everything. A run that is asked for fewer, as for one
// of thousands of mutants, is not held to that.
const enough = 100_000

// check fails a run that did not reach everything often enough.
func (y *tally) check(t *testing.T) {
	t.Helper()
	if y.total != *decisions || y.total == 0 {
		t.Errorf("%d decisions compared, want %d", y.total, *decisions)
	}
	if *decisions < enough {
		return
	}
	for group, r := range required {
		least := max(1, r.least*(y.total/1000)/100)
		for _, what := range r.what {
			if n := y.counts[group][what]; n < least {
				t.Errorf("%s: %s: %d in %d decisions, want at least %d", groupNames[group], what, n, y.total, least)
			}
		}
	}
}
