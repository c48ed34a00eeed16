package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"
	"strings"
	"time"
)

// A task is what is mutated, what judges, and how much of it is done.
type task struct {
	root   string   // folder of the module
	pkg    string   // relative to it: "policy"
	known  string   // file of known survivors, relative to root unless absolute; empty for none
	judges []judge  // asked in this order, the next only about what survived the last
	exec   []string // put before the command of each test run
	n      int      // how many mutants; 0 for all
	seed   uint64   // of the choice of them
	match  string   // part of the name of the file or function; empty for all
	listed bool     // only what the list of survivors names
	least  float64  // score, in percent
	jobs   int
	cpu    time.Duration // processor time of one test run
	log    io.Writer     // progress
}

// slow are the tests of package policy that try much of one thing. Most mutants are killed without them.
const slow = "TestWide|TestHostilePatterns|TestBegin|TestHashes|TestHashesSpread|TestIndex|TestIndexLeavesOut|TestIsAction|TestPatience"

// policyJudges are the tests that hold package policy, the quick ones first. TestRandom is left out: it draws another seed each
// time, and a mutant must not be killed on some days. The number of decisions keeps a run below a second.
var policyJudges = []judge{
	{pkg: "policy", args: []string{"-test.skip", "^(TestRandom|" + slow + ")$"}},
	{pkg: "policy", args: []string{"-test.run", "^(" + slow + ")$"}},
	{pkg: "policy/secondopinion", args: []string{"-test.run", "^(TestDifferential|TestGlobs|TestRelations)$", "-decisions", "15000", "-seed", "1", "-faults", "1"}},
}

func main() {
	t := task{pkg: "policy", known: "policy/testdata/survivors.txt", judges: policyJudges, log: os.Stderr}
	f := flag.NewFlagSet("mutate", flag.ContinueOnError)
	f.StringVar(&t.root, "root", "..", "folder of the module that is mutated")
	f.IntVar(&t.n, "n", 0, "how many mutants to try; 0 for all")
	f.Uint64Var(&t.seed, "seed", 1, "of the choice, with -n")
	f.StringVar(&t.match, "match", "", "only files and functions whose name contains this")
	f.BoolVar(&t.listed, "listed", false, "only the mutants that the list of survivors names")
	f.Float64Var(&t.least, "least", 97, "score below which the run fails, in percent")
	f.IntVar(&t.jobs, "jobs", runtime.NumCPU(), "test runs at a time")
	f.DurationVar(&t.cpu, "cpu", 10*time.Second, "processor time that a test run may take at most; more, or eight times what it takes without a mutant, counts as killed")
	before := f.String("exec", "", "command that runs each test binary, such as \"nice -n 10\"")
	asJSON := f.Bool("json", false, "write the report as JSON")
	list := f.Bool("list", false, "list the mutants and try none")
	if err := f.Parse(os.Args[1:]); err != nil || f.NArg() > 0 || t.n < 0 || t.jobs < 1 || t.cpu < time.Second {
		if !errors.Is(err, flag.ErrHelp) {
			fmt.Fprintln(os.Stderr, "mutate: flags only; -n is not negative, -jobs at least 1, -cpu at least 1s. Try -help")
		}
		os.Exit(2)
	}
	t.exec = strings.Fields(*before)
	if *list {
		os.Exit(t.list(os.Stdout))
	}
	r, err := t.run()
	if err != nil {
		fmt.Fprintf(os.Stderr, "mutate: %v\n", err)
		os.Exit(2)
	}
	if *asJSON {
		e := json.NewEncoder(os.Stdout)
		e.SetIndent("", "  ")
		err = e.Encode(r)
	} else {
		err = r.write(os.Stdout)
	}
	if err != nil || len(r.Faults) > 0 {
		os.Exit(1)
	}
}

func (t *task) list(w io.Writer) int {
	c, err := t.mutate()
	if err != nil {
		fmt.Fprintf(os.Stderr, "mutate: %v\n", err)
		return 2
	}
	for _, m := range t.choose(c.mutants) {
		fmt.Fprintf(w, "%s:%d: %s\n%s", m.File, m.Line, m.Class, m.Key())
	}
	return 0
}

// run plants, builds, judges and sums up.
func (t *task) run() (*report, error) {
	start := time.Now()
	c, err := t.mutate()
	if err != nil {
		return nil, err
	}
	known, err := t.readKnown()
	if err != nil {
		return nil, err
	}
	chosen := t.choose(c.mutants)
	if t.listed {
		chosen = slices.DeleteFunc(chosen, func(m *mutant) bool { return known[m.Key()] == "" })
		t.least = 0 // none is the score of what cannot be noticed
	}
	fmt.Fprintf(t.log, "%d mutants, %d of them tried\n", len(c.mutants), len(chosen))
	dir, err := os.MkdirTemp("", "mutate")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	if err := t.build(c, dir); err != nil {
		return nil, err
	}
	if err := t.reach(c, dir); err != nil {
		return nil, err
	}
	t.judge(chosen)
	r := t.report(c, chosen, known)
	r.Seconds = time.Since(start).Seconds()
	return r, nil
}
