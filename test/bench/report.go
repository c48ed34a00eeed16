package main

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"text/tabwriter"
)

// A row is one figure, with its limit where there is one.
type row struct {
	Name     string  `json:"name"`
	What     string  `json:"what"`
	Unit     string  `json:"unit"`
	Measured float64 `json:"measured"` // median of the rounds
	Limit    float64 `json:"limit,omitempty"`
	LimitIs  string  `json:"limit_is,omitempty"`
	Ratio    float64 `json:"ratio,omitempty"` // median of the rounds' ratios
	Spread   string  `json:"spread,omitempty"`
	Target   float64 `json:"target,omitempty"`   // of the ratio where there is one, else of the figure
	AtLeast  bool    `json:"at_least,omitempty"` // the ratio must reach a target of 1 or more
	Met      bool    `json:"met"`
	NoTarget bool    `json:"no_target,omitempty"`
	Note     string  `json:"note,omitempty"`
}

func (b *bench) add(r row) {
	b.rows = append(b.rows, r)
	b.say("  %s: %s %s %s", r.What, r.measured(), r.ratio(), r.verdict())
}

func (r row) measured() string { return figure(r.Measured) + " " + r.Unit }

func (r row) limit() string {
	if r.LimitIs == "" {
		return "-"
	}
	return fmt.Sprintf("%s %s (%s)", figure(r.Limit), r.Unit, r.LimitIs)
}

func (r row) ratio() string {
	switch {
	case r.Ratio != 0:
		return fmt.Sprintf("%.2f (%s)", r.Ratio, r.Spread)
	case r.Spread != "":
		return "(" + r.Spread + ")"
	default:
		return "-"
	}
}

func (r row) target() string {
	switch {
	case r.NoTarget:
		return "-"
	case r.Ratio == 0:
		return fmt.Sprintf("< %g %s", r.Target, r.Unit)
	case r.Target >= 1 && !r.AtLeast:
		return fmt.Sprintf("ratio <= %g", r.Target)
	default:
		return fmt.Sprintf("ratio >= %g", r.Target)
	}
}

func (r row) verdict() string {
	switch {
	case r.NoTarget:
		return ""
	case r.Met:
		return "met"
	default:
		return "MISSED"
	}
}

func writeTable(out io.Writer, rows []row) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "\nWHAT\tMEASURED\tLIMIT\tRATIO (LOWEST-HIGHEST ROUND)\tTARGET\t")
	for _, r := range rows {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", r.What, r.measured(), r.limit(), r.ratio(), r.target(), r.verdict())
	}
	if err := w.Flush(); err != nil {
		return err
	}
	fmt.Fprintln(out)
	for _, r := range rows {
		if r.Note == "" {
			continue
		}
		if _, err := fmt.Fprintf(out, "%s: %s.\n", r.What, r.Note); err != nil {
			return err
		}
	}
	return nil
}

func writeJSON(out io.Writer, rows []row) error {
	e := json.NewEncoder(out)
	e.SetIndent("", "  ")
	return e.Encode(rows)
}

// median is of at least one value.
func median(v []float64) float64 {
	s := slices.Sorted(slices.Values(v))
	return (s[(len(s)-1)/2] + s[len(s)/2]) / 2
}

func spread(v []float64) string { return figure(slices.Min(v)) + "-" + figure(slices.Max(v)) }

// figure prints three digits or so, which is more than a busy machine deserves.
func figure(v float64) string {
	switch {
	case v >= 10_000:
		return count(v)
	case v >= 100:
		return fmt.Sprintf("%.0f", v)
	case v >= 10:
		return fmt.Sprintf("%.1f", v)
	default:
		return fmt.Sprintf("%.2f", v)
	}
}

func count(v float64) string { return fmt.Sprintf("%.1fk", v/1000) }
