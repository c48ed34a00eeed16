package main

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"text/tabwriter"
)

// A report is the outcome of a run.
type report struct {
	Total       int                `json:"total"` // of the package
	Inexpressed int                `json:"inexpressed"`
	Generated   int                `json:"generated"` // and tried
	Killed      int                `json:"killed"`
	TimedOut    int                `json:"timedOut"`
	Unreached   int                `json:"unreached"`
	Survived    int                `json:"survived"`
	Score       float64            `json:"score"` // percent
	Seconds     float64            `json:"seconds"`
	Classes     map[string]*counts `json:"classes"`
	Survivors   []*mutant          `json:"survivors"` // also those that are known
	Faults      []string           `json:"faults"`    // why the run fails
}

type counts struct {
	Generated int `json:"generated"`
	Killed    int `json:"killed"`
}

// report sums up, and says what is wrong.
func (t *task) report(c *copied, tried []*mutant, known map[string]string) *report {
	r := &report{Total: len(c.mutants), Inexpressed: c.dropped, Generated: len(tried), Classes: map[string]*counts{}}
	for _, m := range tried {
		class := r.Classes[m.Class]
		if class == nil {
			class = &counts{}
			r.Classes[m.Class] = class
		}
		class.Generated++
		reason, listed := known[m.Key()]
		switch m.Outcome {
		case killed:
			r.Killed++
		case timedOut:
			r.TimedOut++
		case unreached:
			r.Unreached++
		case survived:
			r.Survived++
		}
		if m.Outcome.survives() {
			m.Reason = reason
			r.Survivors = append(r.Survivors, m)
		} else {
			class.Killed++
		}
		switch {
		case m.Outcome.survives() && !listed:
			r.fault("%s:%d: no test notices:\n%s", m.File, m.Line, m.Key())
		case m.Outcome == killed && listed:
			r.fault("%s says that no test can notice, but %s does:\n%s", t.known, m.By, m.Key())
		}
	}
	r.Score = 100 * float64(r.Killed+r.TimedOut) / float64(max(1, r.Generated))
	if r.Score < t.least {
		r.fault("the score is %.1f %%, want at least %.1f %%\n", r.Score, t.least)
	}
	if r.Generated == 0 {
		r.fault("nothing was tried\n")
	}
	if t.n == 0 && t.match == "" {
		r.stale(t.known, c.mutants, known)
	}
	return r
}

// stale finds entries of the list that are of no mutant any more.
func (r *report) stale(file string, all []*mutant, known map[string]string) {
	there := map[string]bool{}
	for _, m := range all {
		there[m.Key()] = true
	}
	for _, key := range slices.Sorted(maps.Keys(known)) {
		if !there[key] {
			r.fault("%s names what is no mutant any more:\n%s", file, key)
		}
	}
}

func (r *report) fault(format string, args ...any) {
	r.Faults = append(r.Faults, fmt.Sprintf(format, args...))
}

func (r *report) write(w io.Writer) error {
	for _, f := range r.Faults {
		fmt.Fprintln(w, f)
	}
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(table, "\tgenerated\tkilled\tscore\t")
	for _, name := range slices.Sorted(maps.Keys(r.Classes)) {
		c := r.Classes[name]
		fmt.Fprintf(table, "%s\t%d\t%d\t%.1f %%\t\n", name, c.Generated, c.Killed, 100*float64(c.Killed)/float64(c.Generated))
	}
	fmt.Fprintf(table, "all\t%d\t%d\t%.1f %%\t\n", r.Generated, r.Killed+r.TimedOut, r.Score)
	if err := table.Flush(); err != nil {
		return err
	}
	listed := 0
	for _, m := range r.Survivors {
		if m.Reason != "" {
			listed++
		}
	}
	_, err := fmt.Fprintf(w, "%d mutants, %d tried in %.0f s: %d killed, %d timed out, %d unreached, %d survived; of the survivors %d are known\n",
		r.Total, r.Generated, r.Seconds, r.Killed, r.TimedOut, r.Unreached, r.Survived, listed)
	return err
}
