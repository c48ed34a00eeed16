package gateway

import (
	"cmp"
	"slices"
	"strings"
)

// A part is one segment of a template, most specific kind first.
type part struct {
	kind partKind
	text string // literal, or name of the variable
}

type partKind int

const (
	literal  partKind = iota
	variable          // {id}: exactly one segment that is not empty
	greedy            // {proxy+}: all that is left, at least one segment that is not empty
)

// A Parameter is a path variable and its decoded value.
type Parameter struct{ Name, Value string }

// A Match is the route of a request.
type Match struct {
	Route      *Route
	Method     string // of the request
	Path       Path   // of the request, without the stage
	Parameters []Parameter
	rest       []string // segments of the greedy variable
}

// Parameter finds a path variable.
func (m *Match) Parameter(name string) (string, bool) {
	for _, p := range m.Parameters {
		if p.Name == name {
			return p.Value, true
		}
	}
	return "", false
}

// index is the routes in the order in which they are tried.
type index struct {
	paths    []*pathRoutes
	fallback *Route // $default
}

// pathRoutes is the methods of one path.
type pathRoutes struct {
	template []part
	methods  map[string]*Route
}

// Match finds the route of a request. Paths rank before methods: literals before
// variables, segment by segment; then greedy variables, the longest prefix first;
// then $default. On one path the method itself ranks before ANY. Where the best
// path has no such method, an HTTP API goes on with the next best; a REST API has
// no route, so that a catch-all never opens what a resource closes.
// Methods beside the seven that routes may have are no route's, not even ANY's.
// Source: API Gateway Developer Guide, "Create routes for HTTP APIs in API
// Gateway", routing API requests.
func (d *Deployment) Match(method string, p Path) (Match, bool) {
	if !isMethod(method) || method == AnyMethod {
		return Match{}, false
	}
	for _, c := range d.index.paths {
		if !fits(c.template, p.segments) {
			continue
		}
		r := c.methods[method]
		if r == nil {
			r = c.methods[AnyMethod]
		}
		if r != nil {
			m := Match{Route: r, Method: method, Path: p}
			m.bind(c.template)
			return m, true
		}
		if d.Kind == REST {
			return Match{}, false
		}
	}
	if f := d.index.fallback; f != nil {
		return Match{Route: f, Method: method, Path: p}, true
	}
	return Match{}, false
}

func fits(template []part, segments []string) bool {
	for i, t := range template {
		if i >= len(segments) {
			return false
		}
		switch t.kind {
		case literal:
			if segments[i] != t.text {
				return false
			}
		case variable:
			if segments[i] == "" {
				return false
			}
		case greedy:
			return segments[i] != ""
		}
	}
	return len(segments) == len(template)
}

func (m *Match) bind(template []part) {
	for i, t := range template {
		switch t.kind {
		case variable:
			m.Parameters = append(m.Parameters, Parameter{t.text, m.Path.segments[i]})
		case greedy:
			m.rest = m.Path.segments[i:]
			m.Parameters = append(m.Parameters, Parameter{t.text, strings.Join(m.rest, "/")})
		}
	}
}

// compareTemplates ranks the more specific template first.
func compareTemplates(a, b []part) int {
	if ga, gb := isGreedy(a), isGreedy(b); ga != gb {
		if gb {
			return -1
		}
		return 1
	}
	for i := range min(len(a), len(b)) {
		if a[i].kind != b[i].kind {
			return cmp.Compare(a[i].kind, b[i].kind)
		}
	}
	return cmp.Compare(len(b), len(a))
}

func isGreedy(t []part) bool { return len(t) > 0 && t[len(t)-1].kind == greedy }

// sameShape tells whether two templates take the same paths.
func sameShape(a, b []part) bool {
	return slices.EqualFunc(a, b, func(x, y part) bool {
		return x.kind == y.kind && (x.kind != literal || x.text == y.text)
	})
}
