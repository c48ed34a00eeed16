package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/bailiwick-project/bailiwick/policy/lint"
)

// A report is what bailiwick policy check --json prints.
type report struct {
	Documents []checked `json:"documents"`
	Invalid   int       `json:"invalid"`
	Errors    int       `json:"errors"`
	Warnings  int       `json:"warnings"`
}

func newReport(all []checked) report {
	r := report{Documents: all}
	for _, x := range all {
		if !x.Valid {
			r.Invalid++
		}
		for _, f := range x.Findings {
			if f.Severity == lint.Error {
				r.Errors++
			} else {
				r.Warnings++
			}
		}
	}
	return r
}

func printJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}

// reportText tells the findings to a person, in the form in which compilers do.
func reportText(all []checked, color bool) string {
	var b strings.Builder
	line := func(file string, line, column int, shade, word, text, id string) {
		fmt.Fprintf(&b, "%s:%d:%d: %s: %s [%s]\n", printable(file), line, column, paint(word, shade, color), printable(text), id)
	}
	for _, x := range all {
		if e := x.Error; e != nil {
			text := e.Message
			if e.Detail != "" {
				text += " (" + e.Detail + ")"
			}
			line(x.File, e.Line, e.Column, "1;31", "invalid", text, invalidPolicy)
		}
		for _, f := range x.Findings {
			shade := "33"
			if f.Severity == lint.Error {
				shade = "31"
			}
			line(x.File, f.Line, f.Column, shade, string(f.Severity), f.Message, f.Rule)
			fmt.Fprintf(&b, "    instead: %s\n", printable(f.Instead))
		}
	}
	r := newReport(all)
	fmt.Fprintf(&b, "%s: %s\n", count(len(all), "document"), r.summary(color))
	return b.String()
}

func (r report) summary(color bool) string {
	var parts []string
	if r.Invalid > 0 {
		parts = append(parts, paint(fmt.Sprintf("%d invalid", r.Invalid), "1;31", color))
	}
	if r.Errors > 0 {
		parts = append(parts, paint(count(r.Errors, "error"), "31", color))
	}
	if r.Warnings > 0 {
		parts = append(parts, paint(count(r.Warnings, "warning"), "33", color))
	}
	if len(parts) == 0 {
		return paint("nothing found", "32", color)
	}
	return strings.Join(parts, ", ")
}

func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

func paint(word, shade string, color bool) string {
	if !color {
		return word
	}
	return "\x1b[" + shade + "m" + word + "\x1b[0m"
}
