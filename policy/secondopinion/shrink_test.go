package secondopinion_test

import (
	"maps"
	"slices"
)

// shrink cuts a difference down: it takes away whatever can go while the two
// sides still differ, until nothing can.
func shrink(s *scenario, r request) (*scenario, request) {
	for changed := true; changed; {
		changed = false
		for _, c := range append(smallerRequests(s, r), smallerScenarios(s, r)...) {
			if c.s.read(nil) == nil && differs(c.s, c.r) {
				s, r, changed = c.s, c.r, true
				break
			}
		}
	}
	return s, r
}

type candidate struct {
	s *scenario
	r request
}

func smallerRequests(s *scenario, r request) []candidate {
	var out []candidate
	add := func(change func(*request)) {
		c := r
		change(&c)
		out = append(out, candidate{&scenario{drafts: s.drafts}, c})
	}
	for i := range r.slots {
		add(func(c *request) { c.slots = without(r.slots, i) })
	}
	for i, k := range r.keys.second {
		add(func(c *request) { c.keys = newKeys(without(r.keys.second, i)) })
		for j := range k.Values {
			if k.Many {
				add(func(c *request) {
					second := slices.Clone(r.keys.second)
					second[i].Values = without(k.Values, j)
					c.keys = newKeys(second)
				})
			}
		}
	}
	if r.must {
		add(func(c *request) { c.must = false })
	}
	if r.limitSessions {
		add(func(c *request) { c.limitSessions = false })
	}
	return out
}

func smallerScenarios(s *scenario, r request) []candidate {
	var out []candidate
	for _, slot := range r.slots {
		for i, d := range s.drafts[slot] {
			add := func(drafts []draft) {
				all := maps.Clone(s.drafts)
				all[slot] = drafts
				out = append(out, candidate{&scenario{drafts: all}, r})
			}
			add(without(s.drafts[slot], i))
			for _, smaller := range smallerDrafts(d) {
				drafts := slices.Clone(s.drafts[slot])
				drafts[i] = smaller
				add(drafts)
			}
		}
	}
	return out
}

func smallerDrafts(d draft) []draft {
	var out []draft
	for i, s := range d.statements {
		if len(d.statements) > 1 {
			c := d.clone()
			c.statements = without(c.statements, i)
			out = append(out, c)
		}
		change := func(change func(*clause)) {
			c := d.clone()
			change(&c.statements[i])
			out = append(out, c)
		}
		for j := range s.conditions {
			change(func(s *clause) { s.conditions = without(s.conditions, j) })
			for k := range s.conditions[j].values {
				if len(s.conditions[j].values) > 1 {
					change(func(s *clause) { s.conditions[j].values = without(s.conditions[j].values, k) })
				}
			}
		}
		smallerList(s.actions, func(l []string) { change(func(s *clause) { s.actions = l }) })
		smallerList(s.resources, func(l []string) { change(func(s *clause) { s.resources = l }) })
		if s.notAction {
			change(func(s *clause) { s.notAction = false })
		}
		if s.notResource {
			change(func(s *clause) { s.notResource = false })
		}
		for j := range s.principals {
			if len(s.principals) > 1 {
				change(func(s *clause) { s.principals = without(s.principals, j) })
			}
		}
	}
	return out
}

// smallerList proposes a list with one element less, or "*" for all of it.
func smallerList(list []string, propose func([]string)) {
	for i := range list {
		if len(list) > 1 {
			propose(without(list, i))
		}
	}
	if len(list) > 0 && !slices.Equal(list, []string{"*"}) {
		propose([]string{"*"})
	}
}
