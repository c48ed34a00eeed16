package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"path/filepath"
	"strings"
)

const ours = "Bailiwick"

// decisionLimits are what a task may take, in nanoseconds.
var decisionLimits = map[string]float64{"1": 150, "10": 150, "100": 150, "1000": 190, "1000 wildcards": 2_000, "compile 1000": 1_000_000}

// cedarRatios are how many times faster than cedar-go we are to be.
var cedarRatios = map[string]float64{"1": 10, "1000": 1000}

// A decided is what an engine took for a task, as ./peers tells it.
type decided struct {
	Engine, Task string
	NS           []float64 // for each round
	Allocs       float64
}

// decisions compares the policy engine with others. They are a program of their own, since some of them are large.
func decisions(ctx context.Context, b *bench) error {
	b.say("policy decisions: building the engines to compare with")
	program := filepath.Join(b.dir, "peers")
	build := exec.CommandContext(ctx, "go", "build", "-o", program, "./peers")
	build.Dir = filepath.Join(b.repo, "test", "bench")
	if text, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("building the engines: %w\n%s", err, text)
	}
	b.say("policy decisions: %d rounds", b.rounds)
	var failed strings.Builder
	cmd := exec.CommandContext(ctx, program, "-rounds", fmt.Sprint(b.rounds), "-time", (b.time / 20).String())
	cmd.Stderr = &failed
	out, err := cmd.Output()
	if err != nil {
		return fmt.Errorf("comparing engines: %w\n%s", err, failed.String())
	}
	rows, err := decisionRows(strings.NewReader(string(out)))
	for _, r := range rows {
		b.add(r)
	}
	return err
}

// decisionRows makes rows of what ./peers printed. Of each task, ours comes first.
func decisionRows(in io.Reader) ([]row, error) {
	var rows []row
	var reference decided
	for d := json.NewDecoder(in); ; {
		var r decided
		if err := d.Decode(&r); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return nil, fmt.Errorf("reading what the engines took: %w", err)
		}
		if len(r.NS) == 0 {
			return nil, fmt.Errorf("%s did nothing for %s", r.Engine, r.Task)
		}
		x := row{
			Name: "decide", What: r.what(), Unit: "ns", Measured: median(r.NS), Spread: spread(r.NS),
			Note: fmt.Sprintf("%.0f allocations", r.Allocs),
		}
		switch {
		case r.Engine == ours:
			reference = r
			x.Target = decisionLimits[r.Task]
			x.Met, x.NoTarget = x.Measured <= x.Target, x.Target == 0
		case r.Task != reference.Task || len(r.NS) != len(reference.NS):
			return nil, fmt.Errorf("%s has no figure of ours to be compared with in %s", r.Engine, r.Task)
		default:
			ratios := make([]float64, len(r.NS))
			for i := range ratios {
				ratios[i] = r.NS[i] / reference.NS[i]
			}
			x.Limit, x.LimitIs = median(reference.NS), ours
			x.Ratio, x.Spread = median(ratios), spread(ratios)
			x.NoTarget = true
			if target, ok := cedarRatios[r.Task]; ok && r.Engine == "cedar-go" {
				x.Target, x.AtLeast, x.NoTarget, x.Met = target, true, false, x.Ratio >= target
			}
		}
		rows = append(rows, x)
	}
	if len(rows) == 0 {
		return nil, errors.New("the engines decided nothing")
	}
	return rows, nil
}

// what tells the task: numbers are numbers of statements.
func (r decided) what() string {
	if strings.HasPrefix(r.Task, "compile") {
		return r.Task + ", " + r.Engine
	}
	return "decide " + r.Task + ", " + r.Engine
}
