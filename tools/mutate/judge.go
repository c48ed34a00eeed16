package main

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

type outcome string

const (
	killed    outcome = "killed"
	timedOut  outcome = "timed out" // also killed
	unreached outcome = "unreached" // a survivor
	survived  outcome = "survived"
)

func (o outcome) survives() bool { return o == unreached || o == survived }

// choose takes a sample: those whose names come first in an order that the seed gives. So a change of one function changes
// only its own part of the sample.
func (t *task) choose(all []*mutant) []*mutant {
	out := t.filter(all)
	if t.n == 0 || t.n >= len(out) {
		return out
	}
	rank := map[*mutant]uint64{}
	for _, m := range out {
		sum := sha256.Sum256([]byte(strconv.FormatUint(t.seed, 10) + "\n" + m.Key()))
		rank[m] = binary.BigEndian.Uint64(sum[:])
	}
	slices.SortFunc(out, func(a, b *mutant) int { return cmp.Or(cmp.Compare(rank[a], rank[b]), cmp.Compare(a.ID, b.ID)) })
	out = out[:t.n]
	slices.SortFunc(out, func(a, b *mutant) int { return cmp.Compare(a.ID, b.ID) })
	return out
}

// command runs the tests of a judge with one mutant, or with none (0).
func (t *task) command(i, id int) *exec.Cmd {
	j := &t.judges[i]
	args := append(t.exec[:len(t.exec):len(t.exec)], j.binary, "-test.failfast", "-test.timeout=0")
	args = append(args, j.args...)
	// The time on the clock is for a test that waits for ever; the machine may be busy.
	ctx, cancel := context.WithTimeout(context.Background(), 30*t.cpu)
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	cmd.Cancel = func() error { defer cancel(); return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Dir = filepath.Join(t.root, filepath.FromSlash(j.pkg))
	cmd.Env = append(os.Environ(), "GOMAXPROCS=1", "GOGC=800", fmt.Sprintf("MUTATE_MUTANT=%d", id))
	if id > 0 {
		cmd.Env = append(cmd.Env, fmt.Sprintf("MUTATE_CPU=%d", int(j.cpu/time.Second)))
	}
	return cmd
}

// judge tries the mutants, some at a time.
func (t *task) judge(mutants []*mutant) {
	var next, survivors atomic.Int64
	var wg sync.WaitGroup
	for range t.jobs {
		wg.Go(func() {
			for {
				n := int(next.Add(1))
				if n > len(mutants) {
					return
				}
				m := mutants[n-1]
				t.try(m)
				if m.Outcome.survives() {
					survivors.Add(1)
				}
				if n%100 == 0 || n == len(mutants) {
					fmt.Fprintf(t.log, "%d of %d tried, %d survive\n", n, len(mutants), survivors.Load())
				}
			}
		})
	}
	wg.Wait()
}

func (t *task) try(m *mutant) {
	m.Outcome = unreached
	for i := range t.judges {
		if !m.reached[i] {
			continue
		}
		m.Outcome = survived
		cmd := t.command(i, m.ID)
		err := cmd.Run()
		if err == nil {
			continue
		}
		m.Outcome, m.By = killed, t.judges[i].pkg
		var exit *exec.ExitError
		if errors.As(err, &exit) && exit.SystemTime()+exit.UserTime() >= t.judges[i].cpu-time.Second/2 || !errors.As(err, &exit) {
			m.Outcome = timedOut
		}
		return
	}
}
