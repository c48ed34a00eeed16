package main

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strconv"
	"strings"
)

// decisions runs the benchmark of package policy.
func decisions(ctx context.Context, b *bench) error {
	b.say("policy decisions: go test ./policy -bench Decide")
	cmd := exec.CommandContext(ctx, "go", "test", "./policy", "-run", "xxx", "-bench", "Decide", "-benchmem")
	cmd.Dir = b.repo
	out, err := cmd.CombinedOutput()
	if err != nil {
		return fmt.Errorf("go test: %w\n%s", err, out)
	}
	found := false
	for line := range strings.Lines(string(out)) {
		f := strings.Fields(line)
		// BenchmarkDecide/10-2  1234  567 ns/op  0 B/op  0 allocs/op
		if len(f) < 8 || !strings.HasPrefix(f[0], "Benchmark") || f[3] != "ns/op" {
			continue
		}
		ns, err := strconv.ParseFloat(f[2], 64)
		if err != nil {
			return fmt.Errorf("reading %q: %w", line, err)
		}
		found = true
		b.add(row{Name: "decide", What: f[0], Unit: "ns", Measured: ns, NoTarget: true, Note: strings.Join(f[4:], " ")})
	}
	if !found {
		return errors.New("go test ran no benchmark of decisions")
	}
	return nil
}
