package secondopinion_test

import (
	"flag"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/bailiwick-project/bailiwick/policy"
	"github.com/bailiwick-project/bailiwick/policy/secondopinion"
)

var (
	decisions = flag.Int("decisions", 200_000, "how many decisions to compare")
	seed      = flag.Uint64("seed", 1, "of the generator")
	faults    = flag.Int("faults", 3, "how many differences to show")
)

const perScenario = 250 // requests put to the same policies: parsing costs more than deciding

// TestDifferential puts generated requests to generated policies, to both
// sides, and compares outcome and deciding layer.
func TestDifferential(t *testing.T) {
	scenarios := (*decisions + perScenario - 1) / perScenario
	var next, failed atomic.Int64
	var all tally
	var mu sync.Mutex
	var wg sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			var own tally
			for n := next.Add(1); n <= int64(scenarios) && failed.Load() < int64(*faults); n = next.Add(1) {
				if fault := own.scenario(uint64(n)); fault != "" {
					failed.Add(1)
					t.Errorf("seed %d, scenario %d\n%s", *seed, n, fault)
				}
			}
			mu.Lock()
			defer mu.Unlock()
			all.add(&own)
		})
	}
	wg.Wait()
	t.Log(all.String())
	if failed.Load() == 0 {
		all.check(t)
	}
}

// scenario compares one set of policies over many requests, and describes the
// first difference, made as small as it gets.
func (y *tally) scenario(n uint64) string {
	g := newGenerator(*seed, n)
	s, err := g.scenario()
	if err != nil {
		return err.Error()
	}
	for range perScenario {
		r := g.request(s)
		d := s.layers(r).Decide(r.forEngine())
		second := secondopinion.Decide(s.policies(r), r.forSecond())
		if answer(d) != second {
			return explain(shrink(s, r))
		}
		y.count(s, d)
	}
	return ""
}

func differs(s *scenario, r request) bool {
	return answer(s.layers(r).Decide(r.forEngine())) != secondopinion.Decide(s.policies(r), r.forSecond())
}

// explain prints a difference.
func explain(s *scenario, r request) string {
	var b strings.Builder
	for _, slot := range r.slots {
		fmt.Fprintf(&b, "-- %s --\n", slot)
		for _, d := range s.drafts[slot] {
			b.WriteString(d.text(nil) + "\n")
		}
	}
	fmt.Fprintf(&b, "caller %+v\n%s on %s, resource owner %q, limit sessions %v, must allow %v\n", r.caller, r.action, r.resource, r.owner, r.limitSessions, r.must)
	for _, k := range r.keys.second {
		fmt.Fprintf(&b, "%s = %q, multivalued %v\n", k.Name, k.Values, k.Many)
	}
	d := s.layers(r).Decide(r.forEngine())
	fmt.Fprintf(&b, "engine: %v (%v)\nsecond opinion: %v", answer(d), d.Err, secondopinion.Decide(s.policies(r), r.forSecond()))
	return b.String()
}

// A tally counts what decided, to show that the generator reached it.
type tally struct {
	total              int
	outcomes           map[string]int
	layers             map[string]int
	operators, setters map[string]int
}

func (y *tally) add(o *tally) {
	y.total += o.total
	for _, m := range []struct{ to, from *map[string]int }{{&y.outcomes, &o.outcomes}, {&y.layers, &o.layers}, {&y.operators, &o.operators}, {&y.setters, &o.setters}} {
		for k, n := range *m.from {
			bump(m.to, k, n)
		}
	}
}

func bump(m *map[string]int, k string, n int) {
	if *m == nil {
		*m = map[string]int{}
	}
	(*m)[k] += n
}

// count notes a decision: its outcome, its layer, and the operators of the
// statement that decided.
func (y *tally) count(s *scenario, d policy.Decision) {
	y.total++
	bump(&y.outcomes, d.Effect.String(), 1)
	bump(&y.layers, layerNames[d.Layer]+" "+d.Effect.String(), 1)
	slot, i, ok := strings.Cut(d.Policy, "/")
	if !ok || d.Statement == (policy.StatementRef{}) {
		return
	}
	for _, c := range s.engine[slot][int(i[0]-'0')].Document().Statements[d.Statement.Index].Conditions {
		set, operator, found := strings.Cut(c.Operator, ":")
		if !found {
			set, operator = "", c.Operator
		}
		bare, ifExists := strings.CutSuffix(operator, "IfExists")
		bump(&y.operators, bare, 1)
		if ifExists {
			set += " IfExists"
		}
		if set != "" {
			bump(&y.setters, set, 1)
		}
	}
}

func (y *tally) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d decisions", y.total)
	for _, m := range []map[string]int{y.outcomes, y.layers, y.operators, y.setters} {
		b.WriteString("\n")
		for _, k := range sorted(m) {
			fmt.Fprintf(&b, "  %s %.2f%%", k, 100*float64(m[k])/float64(y.total))
		}
	}
	return b.String()
}

func sorted(m map[string]int) []string {
	var out []string
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

// leastShare is what a run must have of each outcome, in percent, to prove
// anything.
var leastShare = map[string]int{"Allow": 10, "ExplicitDeny": 10, "ImplicitDeny": 10}

// everyLayer is each pair of layer and outcome that there is.
var everyLayer = []string{
	"request ExplicitDeny", "service control ExplicitDeny", "service control ImplicitDeny", "resource control ExplicitDeny", "resource control ImplicitDeny",
	"resource Allow", "resource ExplicitDeny", "resource ImplicitDeny", "trust Allow", "trust ExplicitDeny", "trust ImplicitDeny",
	"identity Allow", "identity ExplicitDeny", "identity ImplicitDeny", "boundary ExplicitDeny", "boundary ImplicitDeny",
	"session ExplicitDeny", "session ImplicitDeny", "root Allow",
}

// enough decisions reach everything. A run that is asked for fewer, as for one of thousands of mutants, is not held to that.
const enough = 100_000

// check fails a run that did not reach everything.
func (y *tally) check(t *testing.T) {
	t.Helper()
	if y.total < *decisions || y.total == 0 {
		t.Errorf("%d decisions compared, want %d", y.total, *decisions)
	}
	if *decisions < enough {
		return
	}
	for k, share := range leastShare {
		if y.outcomes[k]*100 < share*y.total {
			t.Errorf("%s: %d of %d decisions, want at least %d%%", k, y.outcomes[k], y.total, share)
		}
	}
	for _, k := range everyLayer {
		if y.layers[k] == 0 {
			t.Errorf("%s was never the answer", k)
		}
	}
	for _, family := range operators {
		for _, k := range family {
			if y.operators[k] == 0 {
				t.Errorf("%s never decided", k)
			}
		}
	}
	for _, k := range []string{"ForAllValues", "ForAnyValue", "ForAllValues IfExists", "ForAnyValue IfExists", " IfExists"} {
		if y.setters[k] == 0 {
			t.Errorf("%q never decided", k)
		}
	}
}
