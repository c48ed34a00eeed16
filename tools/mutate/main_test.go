package main

import (
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

func fee(known string) *task {
	return &task{root: filepath.Join("testdata", "fee"), pkg: ".", known: known, judges: []judge{{pkg: "."}}, jobs: 2, cpu: time.Second, log: io.Discard}
}

// TestOutcomes plants faults into a package whose tests have known holes.
func TestOutcomes(t *testing.T) {
	run := fee("")
	r, err := run.run()
	if err != nil {
		t.Fatal(err)
	}
	if r.Generated < 45 || r.Generated != r.Killed+r.TimedOut+r.Unreached+r.Survived || r.Total != r.Generated {
		t.Errorf("%+v", r)
	}
	if r.TimedOut == 0 {
		t.Error("no mutant of Wait runs for ever")
	}
	survivors := map[string]outcome{}
	for _, m := range r.Survivors {
		survivors[m.Key()] = m.Outcome
		if m.File != "fee.go" || !strings.Contains(m.Func, "Wait") && m.Func != "Fee" && m.Func != "unused" {
			t.Errorf("%s:%d survives:\n%s", m.File, m.Line, m.Key())
		}
	}
	const guard = `if free[who] && age < 18 || strings.HasPrefix(who, "staff-") {`
	for key, want := range map[string]outcome{
		"Fee\n- " + guard + "\n+ " + strings.Replace(guard, "<", "<=", 1):    survived, // nobody is 18
		"Fee\n- " + guard + "\n+ " + strings.Replace(guard, "18", "17", 1):   "",
		"Fee\n- " + guard + "\n+ " + strings.Replace(guard, "<", ">=", 1):    "",
		"Fee\n- " + guard + "\n+ " + strings.Replace(guard, "&&", "||", 1):   "",
		"Fee\n- " + guard + "\n+ " + strings.Replace(guard, "staff-", "", 1): "",
		"Fee\n- return -1\n+ return 0":                                       unreached,
		"Fee\n- switch at case summer\n+ (nothing)":                          "",
		"Sum\n- sum += f\n+ sum -= f":                                        "",
		"Sum\n- for range fees\n+ for range fees, but once":                  "",
		"Wait\n- { body }\n+ {}":                                             survived,
		"unused\n- func unused(n int) bool { return n > 1 && most < n }\n+ func unused(n int) bool { return n > 1 || most < n }": unreached,
		"var free\n- var free = map[string]bool{\"child\": true}\n+ var free = map[string]bool{\"child\": false}":                "",
	} {
		if got := survivors[key+"\n"]; got != want {
			t.Errorf("%q instead of %q:\n%s", got, want, key)
		}
	}
}

// TestList: a survivor that is listed is no fault; one that is not, an entry of a mutant that is killed, and one of none are.
func TestList(t *testing.T) {
	write := func(text string) string {
		t.Helper()
		name := filepath.Join(t.TempDir(), "known.txt")
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return name
	}
	run := fee(write("# comment\nunused\n- one\n+ two\nIt is the reason.\n\nSum\n- sum += f\n+ sum -= f\nIt makes no difference.\n\n" +
		"Fee\n- return -1\n+ return 0\nNo season is\nanother.\n"))
	r, err := run.run()
	if err != nil {
		t.Fatal(err)
	}
	all := strings.Join(r.Faults, "\n")
	for _, want := range []string{"no mutant any more:\nunused\n- one", "but . does:\nSum", "no test notices:\nunused\n"} {
		if !strings.Contains(all, want) {
			t.Errorf("%s\ndoes not have %s", all, want)
		}
	}
	if strings.Contains(all, "+ return 0\n") {
		t.Errorf("a survivor that is listed is a fault:\n%s", all)
	}
	i := slices.IndexFunc(r.Survivors, func(m *mutant) bool { return m.After == "return 0" })
	if i < 0 || r.Survivors[i].Reason != "No season is another." {
		t.Error("the reason is lost")
	}
	var b strings.Builder
	if err := r.write(&b); err != nil || !strings.Contains(b.String(), "are known") {
		t.Errorf("%v\n%s", err, b.String())
	}
	for _, bad := range []string{"Fee\n", "Fee\n- a\n+ b\n", "Fee\n+ a\n- b\nIt is so.\n", "Fee\n- a\n+ b\nIt is so.\n\nFee\n- a\n+ b\nIt is not.\n"} {
		if _, err := fee(write(bad)).readKnown(); err == nil {
			t.Errorf("%q is taken for a list", bad)
		}
	}
	if _, err := fee("none.txt").readKnown(); err == nil {
		t.Error("a list that is not there is read")
	}
}

func TestChoose(t *testing.T) {
	run := fee("")
	c, err := run.mutate()
	if err != nil {
		t.Fatal(err)
	}
	keys := func(seed uint64, n int, all []*mutant) (out []string) {
		run.seed, run.n = seed, n
		for _, m := range run.choose(all) {
			out = append(out, m.Key())
		}
		return out
	}
	first := keys(1, 10, c.mutants)
	if len(first) != 10 || !slices.Equal(first, keys(1, 10, c.mutants)) || slices.Equal(first, keys(2, 10, c.mutants)) {
		t.Error("a sample is ten, the same for one seed, and another for another")
	}
	fewer := slices.DeleteFunc(slices.Clone(c.mutants), func(m *mutant) bool { return m.Key() == first[0] })
	if again := keys(1, 10, fewer); len(again) != 10 || !slices.Equal(again[:len(again)-1], first[1:]) && overlap(again, first) != 9 {
		t.Error("one mutant less changes more than its own place in the sample")
	}
	run.n, run.match = 0, "Sum"
	for _, m := range run.choose(c.mutants) {
		if m.Func != "Sum" && !strings.HasPrefix(m.Func, "Sum (") {
			t.Errorf("%s is not of Sum", m.Func)
		}
	}
	if run.match = "nowhere"; len(run.choose(c.mutants)) != 0 {
		t.Error("functions that are not there were mutated")
	}
	if _, err := run.mutate(); err == nil {
		t.Error("nothing to mutate is no error")
	}
}

func overlap(a, b []string) (n int) {
	for _, s := range a {
		if slices.Contains(b, s) {
			n++
		}
	}
	return n
}

// TestNotGreen: tests that fail by themselves would kill every mutant.
func TestNotGreen(t *testing.T) {
	run := fee("")
	run.judges[0].args = []string{"-no-such-flag"}
	if r, err := run.run(); err == nil {
		t.Errorf("%+v", r)
	}
}
