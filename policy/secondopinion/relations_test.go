package secondopinion_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/bailiwick-project/bailiwick/policy"
)

const perRelation = 60 // requests for one change of the policies

// TestRelations changes generated policies in ways whose effect is known
// whatever they say, and holds the engine to it.
func TestRelations(t *testing.T) {
	held := map[string]int{}
	for n := range uint64(min(2000, max(100, *decisions/1000))) {
		g := newGenerator(*seed+1, n)
		s, err := g.scenario()
		if err != nil {
			t.Fatal(err)
		}
		for _, relation := range relations {
			tested, fault := relation.test(g, s)
			held[relation.name] += tested
			if fault != "" {
				t.Errorf("seed %d, scenario %d: %s: %s", *seed, n, relation.name, fault)
			}
		}
		if t.Failed() {
			return
		}
	}
	for _, relation := range relations {
		if held[relation.name] == 0 {
			t.Errorf("%s: never tested", relation.name)
		}
	}
	t.Log(held)
}

// relations each say how often they were really put to the test, and what
// breaks them.
var relations = []struct {
	name string
	test func(generator, *scenario) (tested int, fault string)
}{
	{"one more Allow takes nothing away", moreAllow},
	{"one more Deny gives nothing", moreDeny},
	{"order and spelling change nothing", reordered},
	{"NotAction is the complement", complement},
	{"a boundary, session or control policy narrows", narrower},
	{"what is printed parses to the same", printed},
	{"without what decided, it is decided otherwise", decisive},
	{"Explain decides as Decide", explained},
}

func (s *scenario) decide(r request) policy.Decision { return s.layers(r).Decide(r.forEngine()) }

// with is the scenario with other policies in one slot; nil if they cannot be
// read, as when they grow too large.
func (s *scenario) with(slot string, drafts []draft, rng *rand.Rand) *scenario {
	c := &scenario{keys: s.keys, drafts: maps.Clone(s.drafts), engine: maps.Clone(s.engine), second: maps.Clone(s.second), sets: maps.Clone(s.sets), focus: s.focus}
	c.drafts[slot], c.engine[slot], c.second[slot] = drafts, nil, nil
	for _, d := range drafts {
		if c.attach(slot, d.text(rng)) != nil {
			return nil
		}
	}
	c.sets[slot] = policy.NewSet(c.engine[slot]...)
	return c
}

// changed is the scenario with one more statement in one slot that has a
// policy.
func (g generator) changed(s *scenario, effect string) *scenario {
	for {
		slot := pick(g, s.focus, pick(g, slots...))
		if len(s.drafts[slot]) == 0 {
			continue
		}
		more := g.clause(kindOf(slot))
		if more.notPrincipal && effect == "Allow" {
			continue
		}
		if slot == resource0 || slot == resource1 {
			if effect == "Allow" {
				more = g.pass(policy.ResourceControl)
			}
		}
		more.effect = effect
		drafts := slices.Clone(s.drafts[slot])
		drafts[0] = drafts[0].clone()
		drafts[0].statements = slices.Insert(drafts[0].statements, g.IntN(len(drafts[0].statements)+1), more)
		if c := s.with(slot, drafts, g.Rand); c != nil {
			return c
		}
	}
}

func fault(what string, s, c *scenario, r request) string {
	return fmt.Sprintf("%s\nbefore:\n%s\nafter:\n%s", what, explain(s, r), explain(c, r))
}

func moreAllow(g generator, s *scenario) (tested int, broken string) {
	c := g.changed(s, "Allow")
	for range perRelation {
		r := g.request(s)
		if !s.decide(r).Allowed() {
			continue
		}
		tested++
		if !c.decide(r).Allowed() {
			return tested, fault("denied", s, c, r)
		}
	}
	return tested, ""
}

func moreDeny(g generator, s *scenario) (tested int, broken string) {
	c := g.changed(s, "Deny")
	for range perRelation {
		r := g.request(s)
		if !c.decide(r).Allowed() {
			continue
		}
		tested++
		if !s.decide(r).Allowed() {
			return tested, fault("allowed", s, c, r)
		}
	}
	return tested, ""
}

// reordered shuffles whatever is a set to AWS: the policies of a layer, the
// statements, the lists in them.
func reordered(g generator, s *scenario) (tested int, broken string) {
	c := s
	for _, slot := range slots {
		drafts := slices.Clone(c.drafts[slot])
		shuffle(g, drafts)
		for i := range drafts {
			drafts[i] = drafts[i].clone()
			shuffle(g, drafts[i].statements)
			for j := range drafts[i].statements {
				p := &drafts[i].statements[j]
				shuffle(g, p.principals)
				shuffle(g, p.actions)
				shuffle(g, p.resources)
				shuffle(g, p.conditions)
				for k := range p.conditions {
					shuffle(g, p.conditions[k].values)
				}
			}
		}
		if c = c.with(slot, drafts, g.Rand); c == nil {
			return 0, "" // a list of one instead of a string made it too large
		}
	}
	for range perRelation {
		r := g.request(s)
		if answer(s.decide(r)) != answer(c.decide(r)) {
			return tested, fault("another answer", s, c, r)
		}
		tested++
	}
	return tested, ""
}

func shuffle[T any](g generator, list []T) {
	g.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
}

// complement asks a statement with Action, the same with NotAction and the same
// with "*": the third allows exactly what one of the first two does.
func complement(g generator, s *scenario) (tested int, broken string) {
	in := g.clause(policy.Identity)
	in.effect, in.notAction = "Allow", false
	out, all := in, in
	out.notAction = true
	all.actions = []string{"*"}
	var variants []*scenario
	for _, statement := range []clause{in, out, all} {
		c := s.with(identity, []draft{{version: policy.Version2012, statements: []clause{statement}}}, g.Rand)
		if c == nil {
			return 0, ""
		}
		variants = append(variants, c)
	}
	for range perRelation {
		r := g.request(s)
		r.caller, r.slots, r.owner = callers[0], []string{identity}, home
		a, b, whole := variants[0].decide(r).Allowed(), variants[1].decide(r).Allowed(), variants[2].decide(r).Allowed()
		if a && b || (a || b) != whole {
			return tested, fault(fmt.Sprintf("Action %v, NotAction %v, any action %v", a, b, whole), variants[0], variants[1], r)
		}
		if whole {
			tested++
		}
	}
	return tested, ""
}

func narrower(g generator, s *scenario) (tested int, broken string) {
	for range perRelation {
		r := g.request(s)
		more := r
		for _, slot := range []string{control0, resource0, boundary, session} {
			own := slot == boundary || slot == session
			if !slices.Contains(r.slots, slot) && g.chance(60) && (!own || r.caller.Type == policy.AssumedRole) && (slot != control0 || r.caller.Account != "") {
				more.slots = append(slices.Clone(more.slots), slot)
			}
		}
		if !s.decide(more).Allowed() || len(more.slots) == len(r.slots) {
			continue
		}
		tested++
		if !s.decide(r).Allowed() {
			return tested, fault("allowed with more layers than it was denied with", s, s, more)
		}
	}
	return tested, ""
}

// printed compares documents but for their positions.
func printed(_ generator, s *scenario) (tested int, broken string) {
	for _, slot := range slots {
		for _, p := range s.engine[slot] {
			if p.Document() == nil {
				continue // unreadable
			}
			text := p.Document().String()
			again, err := policy.Parse(kindOf(slot), text)
			if err != nil {
				return tested, fmt.Sprintf("%s: %v", text, err)
			}
			if again.String() != text || unplaced(again) != unplaced(p.Document()) {
				return tested, fmt.Sprintf("%s is printed as %s", text, again)
			}
			tested++
		}
	}
	return tested, ""
}

var places = regexp.MustCompile(`"(End)?(Line|Column)":[0-9]+`)

// unplaced is everything in a document but the positions in its text.
func unplaced(d *policy.Document) string {
	b, err := json.Marshal(d)
	if err != nil {
		panic(err)
	}
	return places.ReplaceAllString(string(b), "")
}

// decisive takes away the statement that the decision names, and the next that
// it names then, until there is none: in the end the answer is another.
func decisive(g generator, s *scenario) (tested int, broken string) {
	for range perRelation / 4 {
		r := g.request(s)
		first := s.decide(r)
		c, d := s, first
		for d.Effect == first.Effect && d.Statement != (policy.StatementRef{}) {
			slot, i, _ := place(d)
			statement := c.drafts[slot][i].statements[d.Statement.Index]
			if (statement.effect == "Allow") != (d.Effect == policy.Allow) {
				return tested, fmt.Sprintf("%v by statement %+v\n%s", d, statement, explain(c, r))
			}
			drafts := slices.Clone(c.drafts[slot])
			drafts[i] = drafts[i].clone()
			drafts[i].statements = without(drafts[i].statements, d.Statement.Index)
			if len(drafts[i].statements) == 0 { // a policy must have one: one that never applies
				drafts[i].statements = []clause{never(kindOf(slot))}
			}
			next := c.with(slot, drafts, nil)
			if next == nil {
				return tested, "a policy with a statement less cannot be read"
			}
			c, d = next, next.decide(r)
		}
		if first.Statement == (policy.StatementRef{}) || d.Layer == policy.LayerRoot || d.Err != nil {
			continue
		}
		tested++
		if d.Effect == first.Effect {
			return tested, fault("the same answer without any statement that gave it", s, c, r)
		}
	}
	return tested, ""
}

// place finds the policy with the statement that decided; the names of policies
// are those of their slots, with a number.
func place(d policy.Decision) (slot string, i int, ok bool) {
	slot, number, _ := strings.Cut(d.Policy, "/")
	if d.Statement == (policy.StatementRef{}) {
		return slot, 0, false
	}
	i, err := strconv.Atoi(number)
	return slot, i, err == nil
}

func never(kind policy.Kind) clause {
	s := clause{effect: "Allow", actions: []string{"none:None"}, resources: []string{"*"}}
	switch kind {
	case policy.Trust:
		s.actions, s.resources = []string{"sts:SetSourceIdentity"}, nil
		s.principals = []named{{"AWS", home}}
	case policy.Resource:
		s.principals = []named{{"AWS", home}}
	case policy.ResourceControl:
		s.effect, s.principals = "Deny", []named{{"*", "*"}}
	}
	return s
}

func explained(g generator, s *scenario) (tested int, broken string) {
	for range perRelation {
		r := g.request(s)
		d, x := s.decide(r), s.layers(r).Explain(r.forEngine())
		if d != x.Decision {
			return tested, fmt.Sprintf("Explain says %v\n%s", x.Decision, explain(s, r))
		}
		for _, l := range x.Layers {
			for _, p := range l.Policies {
				for _, statement := range p.Statements {
					if p.Policy == d.Policy && statement.Index == d.Statement.Index && d.Statement != (policy.StatementRef{}) && !statement.Applies {
						return tested, fmt.Sprintf("decided by a statement that does not apply: %+v\n%s", statement, explain(s, r))
					}
				}
			}
		}
		tested++
	}
	return tested, ""
}
