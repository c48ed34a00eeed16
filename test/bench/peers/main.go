package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"runtime"
	"slices"
	"time"
)

// A task is what all engines do.
type task struct {
	name       string
	statements int
	wildcards  bool // in the resource of every statement
	compile    bool // else decide
}

var tasks = []task{
	{name: "1", statements: 1},
	{name: "10", statements: 10},
	{name: "100", statements: 100},
	{name: "1000", statements: 1000},
	{name: "1000 wildcards", statements: 1000, wildcards: true},
	{name: "compile 1000", statements: 1000, compile: true},
}

// A question is one of three that every engine is asked.
type question struct {
	table   int    // number of the table; without a statement from the number of statements on
	org     string // that the leading key belongs to; the caller is of acme
	allowed bool
}

func questions(t task) []question {
	last := t.statements - 1
	return []question{{last, "acme", true}, {last, "PUBLIC", true}, {last, "evil", false}, {t.statements, "acme", false}}
}

// An engine compiles the statements of a task. What compile returns makes deciders: each answers one question, again and again,
// from what is made before.
type engine struct {
	name    string
	compile func(task) (func(question) decider, error)
}

type decider func() (allowed bool, err error)

// A result is the cost of one task with one engine.
type result struct {
	Engine string
	Task   string
	NS     []float64 // for each round
	Allocs float64
}

func main() {
	rounds, length := flag.Int("rounds", 7, "rounds"), flag.Duration("time", 50*time.Millisecond, "of a round, for each engine and task")
	flag.Parse()
	if *rounds < 1 || *length <= 0 || flag.NArg() > 0 {
		fmt.Fprintln(os.Stderr, "peers: -rounds and -time are positive, and there are no arguments")
		os.Exit(2)
	}
	if err := run(*rounds, *length); err != nil {
		fmt.Fprintln(os.Stderr, "peers:", err)
		os.Exit(1)
	}
}

func run(rounds int, length time.Duration) error {
	engines := []engine{bailiwick(), cedarGo(), opaRules(), opaData(), minio(), casbin2(), casbin3()}
	out := json.NewEncoder(os.Stdout)
	for _, t := range tasks {
		works := make([]func() error, len(engines))
		results := make([]result, len(engines))
		for i, e := range engines {
			work, err := prepare(e, t)
			if err != nil {
				return fmt.Errorf("%s, %s: %w", e.name, t.name, err)
			}
			works[i], results[i] = work, result{Engine: e.name, Task: t.name}
		}
		for range rounds {
			for i, work := range works {
				runtime.GC() // what one engine leaves behind is not the next one's to clear
				ns, allocs, err := measure(work, length)
				if err != nil {
					return fmt.Errorf("%s, %s: %w", engines[i].name, t.name, err)
				}
				results[i].NS, results[i].Allocs = append(results[i].NS, ns), allocs
			}
		}
		for _, r := range results {
			if err := out.Encode(r); err != nil {
				return err
			}
		}
	}
	return nil
}

var errWrong = errors.New("the answer is wrong")

// prepare checks that the engine answers as it should, and returns what is timed.
func prepare(e engine, t task) (func() error, error) {
	ask, err := e.compile(t)
	if err != nil {
		return nil, err
	}
	var timed decider
	for i, q := range questions(t) {
		d := ask(q)
		allowed, err := d()
		if err != nil {
			return nil, err
		}
		if allowed != q.allowed {
			return nil, fmt.Errorf("%w: %v for %+v", errWrong, allowed, q)
		}
		if i == 0 {
			timed = d
		}
	}
	if t.compile {
		return func() error {
			_, err := e.compile(t)
			return err
		}, nil
	}
	return func() error {
		allowed, err := timed()
		if err == nil && !allowed {
			err = errWrong
		}
		return err
	}, nil
}

// measure repeats work for about so long, and returns what once costs.
func measure(work func() error, length time.Duration) (ns, allocs float64, err error) {
	n := 1
	for {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		start := time.Now()
		for range n {
			if err := work(); err != nil {
				return 0, 0, err
			}
		}
		took := time.Since(start)
		runtime.ReadMemStats(&after)
		if took >= length {
			return float64(took.Nanoseconds()) / float64(n), float64(after.Mallocs-before.Mallocs) / float64(n), nil
		}
		next := float64(n) * 1.2 * float64(length) / float64(max(took, time.Microsecond))
		n = slices.Max([]int{n + 1, min(int(next), 100*n)})
	}
}
