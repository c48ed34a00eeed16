package lint

import (
	"slices"
	"strings"

	"github.com/bailiwick-project/bailiwick/policy"
)

// dead looks for actions that the statement cannot be about.
func (r *review) dead(s *statement) {
	r.named(s, func(i int, a *action) {
		if !s.reaches(a) {
			r.report("resource-never-matches", s, s.atAction(i), "%s is never asked on any of these resources: for it the statement does nothing", a.name)
		}
	})
	for i, p := range s.patterns {
		service, _, ok := strings.Cut(strings.ToLower(p), ":")
		if !ok || !r.reference.services[service] {
			continue
		}
		if !slices.ContainsFunc(r.reference.actions, func(a action) bool { return glob(strings.ToLower(p), strings.ToLower(a.name)) }) {
			r.report("unknown-action", s, s.atAction(i), "there is no action %s", p)
		}
	}
}

// duplicates looks for statements that say the same.
func (r *review) duplicates() {
	seen := map[string]*statement{}
	for _, s := range r.statements {
		key := r.canonical(s)
		if first, ok := seen[key]; ok {
			r.report("duplicate-statement", s, s.at(), "it says the same as the statement in line %d", first.Line)
			continue
		}
		seen[key] = s
	}
}

// canonical prints a statement without its Sid and without regard to order.
func (r *review) canonical(s *statement) string {
	c := *s.Statement
	c.Sid = ""
	for _, list := range []*[]string{&c.Actions, &c.NotActions, &c.Resources, &c.NotResources} {
		*list = slices.Sorted(slices.Values(*list))
	}
	c.Conditions = slices.Clone(c.Conditions)
	for i := range c.Conditions {
		c.Conditions[i].Values = slices.Sorted(slices.Values(c.Conditions[i].Values))
	}
	slices.SortFunc(c.Conditions, func(a, b policy.Condition) int {
		return strings.Compare(a.Operator+" "+a.Key, b.Operator+" "+b.Key)
	})
	d := policy.Document{Kind: r.document.Kind, Version: r.document.Version, Statements: []policy.Statement{c}}
	return d.String()
}
