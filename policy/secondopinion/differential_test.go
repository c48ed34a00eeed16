package secondopinion_test

import (
	"flag"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/bailiwick-project/bailiwick/policy/secondopinion"
)

var (
	decisions = flag.Int("decisions", 200_000, "how many decisions to compare")
	seed      = flag.Uint64("seed", 1, "of the generator")
	faults    = flag.Int("faults", 3, "how many differences to show")
)

const (
	perScenario = 250 // requests put to the same policies: parsing costs more than deciding
	explainedOf = 10  // of which so many are looked at closely, to see which conditions were met
)

// TestDifferential puts generated requests to generated policies, to both
// sides, and compares outcome and deciding layer. What is generated depends on
// the seed alone, and not on how many processors there are.
func TestDifferential(t *testing.T) {
	defer debug.SetGCPercent(debug.SetGCPercent(800)) // all garbage is small and soon gone
	scenarios := (*decisions + perScenario - 1) / perScenario
	var next, done, failed atomic.Int64
	var all tally
	var mu sync.Mutex
	var wg sync.WaitGroup
	defer progress(&done)()
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			var own tally
			for n := next.Add(1); n <= int64(scenarios) && failed.Load() < int64(*faults); n = next.Add(1) {
				requests := min(perScenario, *decisions-int(n-1)*perScenario)
				if fault := own.scenario(uint64(n), requests); fault != "" {
					failed.Add(1)
					t.Errorf("seed %d, scenario %d\n%s", *seed, n, fault)
				}
				done.Add(int64(requests))
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

// progress tells on stderr how far a long run is, until it is stopped.
func progress(done *atomic.Int64) (stop func()) {
	ticker, stopped := time.NewTicker(15*time.Second), make(chan struct{})
	go func() {
		for {
			select {
			case <-ticker.C:
				n := done.Load()
				fmt.Fprintf(os.Stderr, "seed %d: %d of %d decisions agree, %.1f%%\n", *seed, n, *decisions, 100*float64(n)/float64(*decisions))
			case <-stopped:
				return
			}
		}
	}()
	return func() { ticker.Stop(); close(stopped) }
}

// scenario compares one set of policies over many requests, and describes the
// first difference, made as small as it gets.
func (y *tally) scenario(n uint64, requests int) string {
	g := newGenerator(*seed, n)
	s, err := g.scenario()
	if err != nil {
		return err.Error()
	}
	for i := range requests {
		r := g.request(s)
		layers := s.layers(r)
		d := layers.Decide(r.forEngine())
		if answer(d) != secondopinion.Decide(s.policies(r), r.forSecond()) {
			return explain(shrink(s, r))
		}
		y.count(r, d)
		if i < explainedOf {
			y.countStatement(s, d)
			y.countConditions(layers.Explain(r.forEngine()))
		}
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
