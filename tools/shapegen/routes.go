package main

import (
	"bytes"
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// routes prints how a REST protocol names each operation, with a row here or not:
// a request for one without a row is known, and is not taken for another.
func (g *generator) routes() {
	if protocol, _ := g.Metadata["protocol"].(string); !strings.HasPrefix(protocol, "rest-") {
		return
	}
	fmt.Fprintf(&g.body, "// modelRoutes is how a request names each operation of the API.\nvar modelRoutes = []wire.Route{\n")
	for _, group := range g.siblings() {
		for _, name := range group {
			op := g.Operations[name]
			fmt.Fprintf(&g.body, "\t{Operation: %q, Method: %q, URI: %q", name, op.HTTP.Method, op.HTTP.URI)
			if op.HTTP.Status != 0 {
				fmt.Fprintf(&g.body, ", Status: %d", op.HTTP.Status)
			}
			if len(group) > 1 {
				g.discriminators(&g.body, "Query", g.required(op, "querystring"))
				g.discriminators(&g.body, "Header", g.required(op, "header"))
			}
			fmt.Fprintf(&g.body, "},\n")
		}
	}
	fmt.Fprintf(&g.body, "}\n\n")
}

var labelName = regexp.MustCompile(`\{\w+(\+?)\}`)

// siblings groups operations of one method and URI, those that no request can
// tell from another left out: old forms of an operation, and one that is told by
// its host.
func (g *generator) siblings() [][]string {
	groups := map[string][]string{}
	for _, name := range sorted(g.Operations) {
		op := g.Operations[name]
		at := op.HTTP.Method + " " + labelName.ReplaceAllString(op.HTTP.URI, "{$1}")
		groups[at] = append(groups[at], name)
	}
	var out [][]string
	for _, at := range sorted(groups) {
		group := groups[at]
		slices.SortStableFunc(group, func(a, b string) int { return cmp.Compare(age(g.Operations[a]), age(g.Operations[b])) })
		seen := map[string]bool{}
		group = slices.DeleteFunc(group, func(name string) bool {
			op := g.Operations[name]
			key := fmt.Sprint(g.required(op, "querystring"), g.required(op, "header"))
			twice := seen[key]
			seen[key] = true
			return twice
		})
		out = append(out, group)
	}
	return out
}

// age puts deprecated operations last.
func age(op operation) int {
	if op.Deprecated {
		return 1
	}
	return 0
}

func (g *generator) discriminators(out *bytes.Buffer, field string, names []string) {
	if len(names) > 0 {
		fmt.Fprintf(out, ", %s: %#v", field, names)
	}
}

// required lists the wire names of the required members in a location.
func (g *generator) required(op operation, location string) []string {
	if op.Input == nil {
		return nil
	}
	var out []string
	s := g.Shapes[op.Input.Shape]
	for _, m := range sorted(s.Members) {
		if r := s.Members[m]; r.Location == location && slices.Contains(s.Required, m) {
			out = append(out, g.wireName(m, r))
		}
	}
	return out
}
