package main

import (
	"fmt"
	"slices"
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
		typ, err := g.located(name, m, r)
		if err != nil {
			return fmt.Errorf("%s.%s: %w", name, m, err)
		}
		fmt.Fprintf(&g.body, "\t%s %s `wire:%q`\n", export(m), typ, g.tag(name, m, r))
	}
	fmt.Fprintf(&g.body, "}\n\n")
	return nil
}

// streams are the types of a body that is not held in memory.
const (
	reader = "io.Reader"
	stream = "wire.Stream"
)

// located is field for members of any place: the whole body may be a stream.
func (g *generator) located(name, member string, r ref) (string, error) {
	s := g.Shapes[r.Shape]
	switch {
	case g.Shapes[name].Payload != member || !r.Streaming && !s.Streaming && !s.Events:
		return g.field(r)
	case g.outputs[name]:
		return stream, nil
	}
	return reader, nil
}

// locations are the words of the tags, by AWS's for the same.
var locations = map[string]string{
	"uri": "uri", "querystring": "query", "header": "header", "headers": "headers", "statusCode": "status",
}

// place tells where a member travels, if not in the body.
func (g *generator) place(name, member string, r ref) []string {
	if s := g.Shapes[name]; s.Payload == member {
		if slices.Contains(s.Required, member) {
			return []string{"payload", "required"}
		}
		return []string{"payload"}
	}
	switch {
	case r.Location == "":
		return nil
	case r.Location == "querystring" && g.Shapes[r.Shape].Type == "map":
		return []string{"queries"}
	}
	return []string{locations[r.Location]}
}

func (g *generator) tag(name, member string, r ref) string {
	place := g.place(name, member, r)
	opts := append([]string{g.wireName(member, r)}, place...)
	return strings.Join(append(opts, g.options(r)...), ",")
}

func (g *generator) wireName(member string, r ref) string {
	if r.LocationName != "" {
		return r.LocationName
	}
	return member
}

// options are what the body's forms need to know.
func (g *generator) options(r ref) []string {
	s := g.Shapes[r.Shape]
	var opts []string
	if r.Attribute {
		opts = append(opts, "attr")
	}
	if s.Flattened || r.Flattened {
		opts = append(opts, "flat")
	}
	flat := r.Flattened && !s.Flattened
	if s.Type == "list" && s.Member.LocationName != "" && !flat {
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
	return opts
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
