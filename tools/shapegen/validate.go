package main

import (
	"fmt"
	"slices"
	"strings"
)

// constrained tells whether the shape or anything below it can be violated.
func (g *generator) constrained(name string) bool {
	return g.constrainedBelow(name, map[string]bool{})
}

func (g *generator) constrainedBelow(name string, seen map[string]bool) bool {
	if g.custom[name] != "" || seen[name] {
		return false
	}
	seen[name] = true
	s := g.Shapes[name]
	if s.own() || len(s.Required) > 0 {
		return true
	}
	for _, m := range s.Members {
		if g.constrainedBelow(m.Shape, seen) {
			return true
		}
	}
	for _, r := range []*ref{s.Member, s.Key, s.Value} {
		if r != nil && g.constrainedBelow(r.Shape, seen) {
			return true
		}
	}
	return false
}

// own tells whether the shape itself has a constraint.
func (s *shape) own() bool {
	return s.Type != "boolean" && (s.Min != nil || s.Max != nil || s.Pattern != "" || len(s.Enum) > 0)
}

func (g *generator) validate(name string) error {
	s := g.Shapes[name]
	fmt.Fprintf(&g.body, "// Validate reports each constraint of the API model that x does not satisfy.\nfunc (x *%s) Validate(v *wire.Validation) {\n", export(name))
	for _, m := range sorted(s.Members) {
		r := s.Members[m]
		expr, path := "x."+export(m), fmt.Sprintf("%q", lower(m))
		if slices.Contains(s.Required, m) {
			fmt.Fprintf(&g.body, "\tif %s == nil {\n\t\tv.Null(%s)\n\t}\n", expr, path)
		}
		if typ, _ := g.located(name, m, r); typ == reader || !g.constrained(r.Shape) {
			continue // the length of a stream is known at its end
		}
		if err := g.member(expr, path, r); err != nil {
			return fmt.Errorf("%s.%s: %w", name, m, err)
		}
	}
	fmt.Fprintf(&g.body, "}\n\n")
	return nil
}

func (g *generator) member(expr, path string, r ref) error {
	s := g.Shapes[r.Shape]
	b := &g.body
	switch s.Type {
	case "structure":
		fmt.Fprintf(b, "\tif %s != nil {\n\t\tv.In(%s, %s.Validate)\n\t}\n", expr, path, expr)
	case "string":
		fmt.Fprintf(b, "\tif %s != nil {\n\t\tv.String(%s, *%s, %s)\n\t}\n", expr, path, expr, g.rule(s, s.Sensitive))
	case "integer", "long", "float", "double":
		fmt.Fprintf(b, "\tif %s != nil {\n\t\tv.Number(%s, float64(*%s), %s)\n\t}\n", expr, path, expr, g.rule(s, s.Sensitive))
	case "blob":
		fmt.Fprintf(b, "\tif %s != nil {\n\t\tv.Blob(%s, %s, %s)\n\t}\n", expr, path, expr, g.rule(s, s.Sensitive))
	case "list", "map":
		return g.collection(expr, path, s, 0)
	default:
		return fmt.Errorf("constraints of type %s are not handled", s.Type)
	}
	return nil
}

// collection checks a list or map and what is in it. path is an expression of
// Go; depth tells the variables of nested loops apart.
func (g *generator) collection(expr, path string, s *shape, depth int) error {
	secret := g.secret(s)
	if s.own() {
		fmt.Fprintf(&g.body, "\tif %s != nil {\n\t\tv.Size(%s, %s, len(%s), %s)\n\t}\n", expr, path, expr, expr, g.rule(s, secret))
	}
	return g.entries(expr, path, s, secret, depth)
}

// entries checks what is in a list or map.
func (g *generator) entries(expr, path string, s *shape, secret bool, depth int) error {
	if s.Type == "map" {
		return g.mapEntries(expr, path, s, secret, depth)
	}
	return g.listMembers(expr, path, s, secret, depth)
}

// constrainedWithin tells whether anything in a list or map has constraints.
func (g *generator) constrainedWithin(s *shape) bool {
	for _, r := range []*ref{s.Member, s.Key, s.Value} {
		if r != nil && g.constrained(r.Shape) {
			return true
		}
	}
	return false
}

// secret tells whether a message about the collection would show a secret.
func (g *generator) secret(s *shape) bool {
	if s.Sensitive {
		return true
	}
	for _, r := range []*ref{s.Member, s.Key, s.Value} {
		if r != nil && g.Shapes[r.Shape].Sensitive {
			return true
		}
	}
	return false
}

func (g *generator) listMembers(expr, path string, s *shape, secret bool, depth int) error {
	if !g.constrained(s.Member.Shape) {
		return nil
	}
	b := &g.body
	i := fmt.Sprintf("i%d", depth)
	switch m := g.Shapes[s.Member.Shape]; m.Type {
	case "string":
		fmt.Fprintf(b, "\tv.Members(%s, %s, %s)\n", path, expr, g.rule(m, secret))
	case "structure":
		fmt.Fprintf(b, "\tfor %s := range %s {\n\t\tv.In(wire.Index(%s, %s), %s[%s].Validate)\n\t}\n", i, expr, path, i, expr, i)
	case "list", "map":
		fmt.Fprintf(b, "\tfor %s := range %s {\n", i, expr)
		if err := g.collection(expr+"["+i+"]", "wire.Index("+path+", "+i+")", m, depth+1); err != nil {
			return err
		}
		fmt.Fprintf(b, "\t}\n")
	default:
		return fmt.Errorf("constraints of type %s in a list are not handled", m.Type)
	}
	return nil
}

func (g *generator) mapEntries(expr, path string, s *shape, secret bool, depth int) error {
	b := &g.body
	if g.constrained(s.Key.Shape) {
		fmt.Fprintf(b, "\twire.MapKeys(v, %s, %s, %s)\n", path, expr, g.rule(g.Shapes[s.Key.Shape], secret))
	}
	if !g.constrained(s.Value.Shape) {
		return nil
	}
	k, e := fmt.Sprintf("k%d", depth), fmt.Sprintf("e%d", depth)
	entry := path + ` + "." + ` + k + ` + ".member"`
	loop := fmt.Sprintf("\tfor _, %s := range wire.Sorted(%s) {\n\t\t%s := %s[%s]\n", k, expr, e, expr, k)
	switch val := g.Shapes[s.Value.Shape]; val.Type {
	case "string":
		fmt.Fprintf(b, "\tv.MapValues(%s, %s, %s)\n", path, expr, g.rule(val, secret))
	case "integer", "long", "float", "double":
		fmt.Fprintf(b, "\twire.MapNumbers(v, %s, %s, %s)\n", path, expr, g.rule(val, secret))
	case "structure":
		fmt.Fprintf(b, "%s\t\tv.In(%s, %s.Validate)\n\t}\n", loop, entry, e)
	case "list", "map":
		if val.own() {
			fmt.Fprintf(b, "\twire.MapSizes(v, %s, %s, %s)\n", path, expr, g.rule(val, secret))
		}
		if !g.constrainedWithin(val) {
			return nil
		}
		b.WriteString(loop)
		if err := g.entries(e, entry, val, g.secret(val), depth+1); err != nil {
			return err
		}
		fmt.Fprintf(b, "\t}\n")
	default:
		return fmt.Errorf("constraints of type %s in a map are not handled", val.Type)
	}
	return nil
}

// rule names the variable that holds the constraints of one shape.
func (g *generator) rule(s *shape, secret bool) string {
	var f []string
	if s.Min != nil {
		f = append(f, fmt.Sprintf("Min: wire.At(%s)", s.Min))
	}
	if s.Max != nil {
		f = append(f, fmt.Sprintf("Max: wire.At(%s)", s.Max))
	}
	if s.Pattern != "" {
		f = append(f, "Pattern: "+g.patterns.name(s.Pattern))
	}
	if len(s.Enum) > 0 {
		f = append(f, fmt.Sprintf("Enum: %#v", s.Enum))
	}
	if secret {
		f = append(f, "Sensitive: true")
	}
	return g.rules.name("wire.Rule{" + strings.Join(f, ", ") + "}")
}
