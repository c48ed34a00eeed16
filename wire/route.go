package wire

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"
)

// A Route is how a REST protocol names one operation. Routes are generated from
// the API models, for every operation of a model.
type Route struct {
	Operation string
	Method    string
	URI       string   // "/{Bucket}/{Key+}?uploads": literals, labels, a greedy label at the end, fixed query
	Status    int      // of success; 0 is 200
	Query     []string // parameters that tell it from others of the same URI: uploadId
	Header    []string // headers that do: x-amz-copy-source
}

// What a request may fail to name. Protocols answer each in their own words.
var (
	ErrNoRoute = errors.New("no operation has this method and URI")
	ErrURI     = errors.New("the URI cannot be decoded")
)

// Routes finds the operation that a request names. It is made with the first
// request, as most servers never hear of most APIs, and then only read.
type Routes struct {
	// HeaderInQuery takes parameters x-amz-* as headers, as S3 does: presigned URLs
	// carry headers so.
	HeaderInQuery bool

	routes      []Route
	once        sync.Once
	byMethod    map[string][]*pattern // most specific first
	byName      map[string]*pattern
	subresource map[string]bool // fixed parameters without a value: acl
}

// A pattern is a Route taken apart.
type pattern struct {
	Route
	segments  []segment
	fixed     []parameter
	forbidden []string // parameters and headers of a sibling that this route has not
	noHeader  []string
}

type segment struct {
	name string // of a label, or the literal itself
	kind byte   // literal, label or greedy; their order is their precedence
}

const (
	literal = 'a'
	label   = 'b'
	greedy  = 'c'
)

type parameter struct {
	name, value string
	valued      bool
}

// NewRoutes is about routes, which nobody may change any more. Of two that a
// request cannot tell apart the first is found.
func NewRoutes(routes []Route) *Routes { return &Routes{routes: routes} }

// made makes the tables at the first call.
func (t *Routes) made() *Routes {
	t.once.Do(t.make)
	return t
}

func (t *Routes) make() {
	t.byMethod, t.byName, t.subresource = map[string][]*pattern{}, map[string]*pattern{}, map[string]bool{}
	siblings := map[string][]*pattern{}
	for _, r := range t.routes {
		p := parsePattern(r)
		t.byMethod[r.Method] = append(t.byMethod[r.Method], p)
		t.byName[r.Operation] = p
		for _, f := range p.fixed {
			if !f.valued {
				t.subresource[f.name] = true
			}
		}
		siblings[p.shape()] = append(siblings[p.shape()], p)
	}
	for _, group := range siblings {
		forbid(group)
	}
	for _, list := range t.byMethod {
		slices.SortStableFunc(list, func(a, b *pattern) int {
			return cmp.Or(strings.Compare(a.kinds(), b.kinds()), cmp.Compare(len(b.fixed), len(a.fixed)),
				cmp.Compare(len(b.Query)+len(b.Header), len(a.Query)+len(a.Header)))
		})
	}
}

func parsePattern(r Route) *pattern {
	path, query, _ := strings.Cut(r.URI, "?")
	p := &pattern{Route: r}
	p.Header = nil
	for _, name := range r.Header {
		p.Header = append(p.Header, http.CanonicalHeaderKey(name))
	}
	for _, s := range strings.Split(strings.Trim(path, "/"), "/") {
		switch name, isLabel := strings.CutPrefix(s, "{"); {
		case isLabel && strings.HasSuffix(name, "+}"):
			p.segments = append(p.segments, segment{strings.TrimSuffix(name, "+}"), greedy})
		case isLabel:
			p.segments = append(p.segments, segment{strings.TrimSuffix(name, "}"), label})
		case s != "":
			p.segments = append(p.segments, segment{s, literal})
		}
	}
	for f := range strings.SplitSeq(query, "&") {
		if name, value, valued := strings.Cut(f, "="); name != "" {
			p.fixed = append(p.fixed, parameter{name, value, valued})
		}
	}
	return p
}

func (p *pattern) kinds() string {
	var b strings.Builder
	for _, s := range p.segments {
		b.WriteByte(s.kind)
	}
	return b.String()
}

// shape is equal for patterns that differ in discriminators only.
func (p *pattern) shape() string {
	names := []string{p.Method, p.kinds()}
	for _, s := range p.segments {
		if s.kind == literal {
			names = append(names, s.name)
		}
	}
	return fmt.Sprint(names, p.fixed)
}

// forbid keeps a request that has half of what names an operation from becoming
// another one: a part without its number is no object.
func forbid(group []*pattern) {
	for _, p := range group {
		for _, q := range group {
			for _, name := range q.Query {
				if !slices.Contains(p.Query, name) {
					p.forbidden = append(p.forbidden, name)
				}
			}
			for _, name := range q.Header {
				if !slices.Contains(p.Header, name) {
					p.noHeader = append(p.noHeader, name)
				}
			}
		}
	}
}

// Named is the route of an operation, nil if there is none.
func (t *Routes) Named(operation string) *Route {
	if p := t.made().byName[operation]; p != nil {
		return &p.Route
	}
	return nil
}

// A Match is a request that names an operation, with what it says outside of its
// body.
type Match struct {
	Route *Route
	Query url.Values

	request *http.Request
	labels  []parameter         // decoded once
	hoisted map[string][]string // parameters that stand for headers, by canonical name of the header
	fixed   []parameter
}

// Match finds the operation of r, whose path is path as it was sent: escaped, and
// neither cleaned nor decoded. It is divided before it is decoded, so that an
// escaped slash never divides. Errors are ErrNoRoute and ErrURI.
func (t *Routes) Match(r *http.Request, path string) (*Match, error) {
	m := &Match{request: r}
	var err error
	if r.URL.RawQuery != "" {
		m.Query, err = url.ParseQuery(r.URL.RawQuery)
	}
	if err != nil || !strings.HasPrefix(path, "/") {
		return nil, ErrURI
	}
	if t.HeaderInQuery {
		m.hoist()
	}
	for _, p := range t.made().byMethod[r.Method] {
		if len(p.fixed) > len(m.Query) || !p.path(path, nil) || !t.query(p, m) {
			continue
		}
		m.Route, m.fixed, m.labels = &p.Route, p.fixed, make([]parameter, 0, len(p.segments))
		p.path(path, &m.labels)
		for i := range m.labels {
			l := &m.labels[i]
			if l.value, err = url.PathUnescape(l.value); err != nil || !utf8.ValidString(l.value) {
				return nil, ErrURI
			}
		}
		return m, nil
	}
	return nil, ErrNoRoute
}

// label returns a label of the path.
func (m *Match) label(name string) (text string, ok bool) {
	for _, l := range m.labels {
		if l.name == name {
			return l.value, true
		}
	}
	return "", false
}

func (m *Match) hoist() {
	for name, values := range m.Query {
		if lower := strings.ToLower(name); strings.HasPrefix(lower, "x-amz-") {
			if m.hoisted == nil {
				m.hoisted = map[string][]string{}
			}
			name = http.CanonicalHeaderKey(lower)
			m.hoisted[name] = append(m.hoisted[name], values...)
		}
	}
}

// path matches the segments and notes the labels as they were sent, unless labels
// is nil. One slash at the end means nothing, except to a greedy label.
func (p *pattern) path(path string, labels *[]parameter) bool {
	note := func(name, text string) {
		if labels != nil {
			*labels = append(*labels, parameter{name: name, value: text})
		}
	}
	rest := path
	for _, s := range p.segments {
		if !strings.HasPrefix(rest, "/") {
			return false
		}
		rest = rest[1:]
		if s.kind == greedy {
			note(s.name, rest)
			return rest != ""
		}
		text := rest
		if i := strings.IndexByte(rest, '/'); i >= 0 {
			text = rest[:i]
		}
		rest = rest[len(text):]
		switch {
		case s.kind == literal && text != s.name, text == "":
			return false
		case s.kind == label:
			note(s.name, text)
		}
	}
	return rest == "" || rest == "/"
}

// query tells whether the parameters and headers name p. A subresource that p
// does not have is never passed over: DELETE /bucket?policy must not delete the
// bucket where its policy has no operation.
func (t *Routes) query(p *pattern, m *Match) bool {
	for _, f := range p.fixed {
		if got, ok := m.Query[f.name]; !ok || f.valued && (len(got) != 1 || got[0] != f.value) {
			return false
		}
	}
	for name := range m.Query {
		if t.subresource[name] && !slices.ContainsFunc(p.fixed, func(f parameter) bool { return f.name == name }) {
			return false
		}
	}
	return all(p.Query, m.Query.Has) && none(p.forbidden, m.Query.Has) && all(p.Header, m.hasHeader) && none(p.noHeader, m.hasHeader)
}

func all(names []string, has func(string) bool) bool {
	return !slices.ContainsFunc(names, func(n string) bool { return !has(n) })
}

func none(names []string, has func(string) bool) bool { return !slices.ContainsFunc(names, has) }

func (m *Match) hasHeader(name string) bool { return len(m.header(name)) > 0 }

// header returns every value of a header, however it was sent. name is canonical.
func (m *Match) header(name string) []string {
	values := m.request.Header[name]
	if hoisted := m.hoisted[name]; len(hoisted) > 0 {
		return append(slices.Clone(values), hoisted...)
	}
	return values
}
