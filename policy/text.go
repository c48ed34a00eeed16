package policy

import (
	"fmt"
	"strings"
)

// Text tells the explanation to a person: the decision first, then the nearest miss, then every layer.
func (x Explanation) Text() string {
	var b strings.Builder
	who := x.Principal.ARN
	if who == "" {
		who = strings.TrimSpace(x.Principal.Type + " " + x.Principal.Federated + x.Principal.Service)
	}
	verb := "DENIED"
	if x.Allowed {
		verb = "ALLOWED"
	}
	fmt.Fprintf(&b, "%s: %s, %s on %s\n  %s by the %s", verb, who, x.Action, x.Resource, x.Effect, x.Layer)
	if x.Statement != nil {
		fmt.Fprintf(&b, ": policy %q, statement %s", x.Policy, name(x.Statement.Sid, x.Statement.Index, x.Statement.Line))
	}
	b.WriteByte('\n')
	if x.Error != "" {
		fmt.Fprintf(&b, "  error: %s\n", x.Error)
	}
	if len(x.Unresolved) > 0 {
		fmt.Fprintf(&b, "  variables without a value, which match nothing: %s\n", strings.Join(x.Unresolved, ", "))
	}
	if x.Nearest != nil {
		fmt.Fprintf(&b, "nearest miss, in policy %q:\n", x.Nearest.Policy)
		x.Nearest.text(&b)
	}
	levels := map[string]int{}
	for _, l := range x.Layers {
		b.WriteString(l.Layer)
		if levels[l.Layer]++; x.levels(l.Layer) > 1 { // of an organization
			fmt.Fprintf(&b, ", level %d of %d", levels[l.Layer], x.levels(l.Layer))
		}
		b.WriteString(":\n")
		if len(l.Policies) == 0 {
			b.WriteString("  no policies\n")
		}
		for _, p := range l.Policies {
			fmt.Fprintf(&b, "  policy %q\n", p.Policy)
			if p.Error != "" {
				fmt.Fprintf(&b, "    cannot be read, so it denies: %s\n", p.Error)
			}
			for i := range p.Statements {
				p.Statements[i].text(&b)
			}
		}
	}
	return b.String()
}

func (x *Explanation) levels(layer string) (n int) {
	for i := range x.Layers {
		if x.Layers[i].Layer == layer {
			n++
		}
	}
	return n
}

func name(sid string, index, line int) string {
	s := fmt.Sprint(index)
	if sid != "" {
		s += fmt.Sprintf(" %q", sid)
	}
	if line > 0 {
		s += fmt.Sprintf(" (line %d)", line)
	}
	return s
}

func (s *StatementExplanation) text(b *strings.Builder) {
	fmt.Fprintf(b, "    statement %s: %s ", name(s.Sid, s.Index, s.Line), s.Effect)
	var not []string
	for _, part := range []struct {
		name    string
		matches bool
	}{{"principal", s.Principal}, {"action", s.Action}, {"resource", s.Resource}} {
		if !part.matches {
			not = append(not, part.name)
		}
	}
	if n := s.failed(); n > 0 {
		not = append(not, fmt.Sprintf("%d of %d conditions", n, len(s.Conditions)))
	}
	switch {
	case s.Applies:
		b.WriteString("applies\n")
	default:
		fmt.Fprintf(b, "does not apply: %s\n", strings.Join(not, ", "))
	}
	if !s.Resource {
		label := "resources"
		if s.NotResource {
			label = "NotResource"
		}
		fmt.Fprintf(b, "      %s: %s\n", label, strings.Join(s.Resources, " "))
	}
	for i := range s.Conditions {
		c := &s.Conditions[i]
		met := "not met"
		if c.Met {
			met = "met"
		}
		actual := "absent"
		if c.Present {
			actual = fmt.Sprintf("%q", c.Actual)
		}
		fmt.Fprintf(b, "      %s: %s %s %q, the request has %s", met, c.Operator, c.Key, c.Expected, actual)
		if c.Note != "" {
			fmt.Fprintf(b, " (%s)", c.Note)
		}
		b.WriteByte('\n')
	}
}
