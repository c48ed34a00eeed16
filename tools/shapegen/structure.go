package main

import (
	"fmt"
	"strings"
)

func (g *generator) structure(name string) error {
	s := g.Shapes[name]
	fields := map[string]string{}
	fmt.Fprintf(&g.body, "// %s is a shape of the API model.\ntype %s struct {\n", export(name), export(name))
	for _, m := range sorted(s.Members) {
		r := s.Members[m]
		if other := fields[export(m)]; other != "" {
			return fmt.Errorf("members %s and %s of %s have one name in Go", other, m, name)
		}
		fields[export(m)] = m
		typ, err := g.field(r)
		if err != nil {
			return fmt.Errorf("%s.%s: %w", name, m, err)
		}
		fmt.Fprintf(&g.body, "\t%s %s `wire:%q`\n", export(m), typ, g.tag(m, r))
	}
	fmt.Fprintf(&g.body, "}\n\n")
	return nil
}

func (g *generator) tag(member string, r ref) string {
	name := member
	if r.LocationName != "" {
		name = r.LocationName
	}
	s := g.Shapes[r.Shape]
	opts := []string{name}
	if s.Flattened {
		opts = append(opts, "flat")
	}
	if s.Type == "list" && s.Member.LocationName != "" {
		opts = append(opts, "list="+s.Member.LocationName)
	}
	if s.Type == "map" {
		if s.Key.LocationName != "" {
			opts = append(opts, "key="+s.Key.LocationName)
		}
		if s.Value.LocationName != "" {
			opts = append(opts, "value="+s.Value.LocationName)
		}
	}
	format := s.TSFormat
	if r.TSFormat != "" {
		format = r.TSFormat
	}
	if format != "" {
		opts = append(opts, "time="+format)
	}
	return strings.Join(opts, ",")
}

// field is the type of a structure's member: a pointer where absence and the
// zero value differ.
func (g *generator) field(r ref) (string, error) {
	t, err := g.element(r)
	if err != nil {
		return "", err
	}
	switch g.Shapes[r.Shape].Type {
	case "list", "map", "blob":
		return t, nil
	}
	if t == rawMessage || strings.HasPrefix(t, "map[") || strings.HasPrefix(t, "[]") {
		return t, nil
	}
	return "*" + t, nil
}

const rawMessage = "json.RawMessage"

// element is the type of a list's or map's element.
func (g *generator) element(r ref) (string, error) {
	if t := g.custom[r.Shape]; t != "" {
		return t, nil
	}
	s := g.Shapes[r.Shape]
	switch s.Type {
	case "structure":
		if g.document(r.Shape) {
			return rawMessage, nil
		}
		return export(r.Shape), nil
	case "list":
		t, err := g.element(*s.Member)
		return "[]" + t, err
	case "map":
		t, err := g.element(*s.Value)
		return "map[string]" + t, err
	case "string", "character":
		return "string", nil
	case "boolean":
		return "bool", nil
	case "integer":
		return "int32", nil
	case "long":
		return "int64", nil
	case "float", "double":
		return "float64", nil
	case "timestamp":
		return "time.Time", nil
	case "blob":
		return "[]byte", nil
	}
	return "", fmt.Errorf("shape %s has type %q, which is not handled", r.Shape, s.Type)
}

// document tells whether the shape holds any JSON.
func (g *generator) document(name string) bool { return g.Shapes[name].Document }
