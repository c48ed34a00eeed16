package policy

import (
	"errors"
	"fmt"
)

// A Policy is a compiled document, ready to decide. It does not change and may be used by many goroutines.
type Policy struct {
	name       string
	kind       Kind
	document   *Document
	statements []*statement
	err        error // why it cannot be used; then it denies
}

// Compile prepares a document. The name (a policy ARN, or the name of an inline policy) is for reasons. The document must not
// be changed afterwards. A document that breaks the rules, which one from Parse never does, gives a Broken policy.
func Compile(name string, d *Document) *Policy {
	if d == nil {
		return Broken(name, errors.New("there is no document"))
	}
	if err := d.check(); err != nil {
		var at *SyntaxError
		if errors.As(err, &at) {
			err = fmt.Errorf("%w (%s)", err, at.Detail)
		}
		return Broken(name, fmt.Errorf("compiling policy %s: %w", name, err))
	}
	p := &Policy{name: name, kind: d.Kind, document: d}
	for i := range d.Statements {
		s, err := newStatement(p, i)
		if err != nil {
			return Broken(name, fmt.Errorf("compiling policy %s: %w", name, err))
		}
		p.statements = append(p.statements, s)
	}
	return p
}

// Broken stands for a policy that is attached but cannot be read. Nobody knows what it would have denied, so it denies
// everything that it is consulted for, and says why.
func Broken(name string, err error) *Policy {
	if err == nil {
		err = errors.New("the policy cannot be read")
	}
	return &Policy{name: name, err: err}
}

// Name returns the name given to Compile or Broken.
func (p *Policy) Name() string { return p.name }

// Err says why the policy denies everything, or nil.
func (p *Policy) Err() error { return p.err }

// Document returns what was compiled; nil for a Broken policy.
func (p *Policy) Document() *Document { return p.document }

// A statement is one compiled Statement.
type statement struct {
	policy       *Policy
	index        int
	source       *Statement
	deny         bool
	named        bool // has principals
	principals   []principalTest
	notPrincipal bool
	actions      []actionPattern
	notAction    bool
	resources    []resource
	notResource  bool
	conditions   []condition
}

// A resource is one entry of Resource or NotResource.
type resource struct {
	source  string
	all     bool // "*"
	exact   bool // one ARN, text
	text    string
	pattern *arnPattern // else; nil: matches nothing
}

func newStatement(p *Policy, index int) (*statement, error) {
	src := &p.document.Statements[index]
	vars := p.document.Version == Version2012
	s := &statement{
		policy: p, index: index, source: src,
		deny:         src.Effect == effectDeny,
		named:        p.kind.named(),
		notPrincipal: len(src.NotPrincipal) > 0,
		notAction:    len(src.NotActions) > 0,
		notResource:  len(src.NotResources) > 0,
	}
	for _, e := range append(src.Principals[:len(src.Principals):len(src.Principals)], src.NotPrincipal...) {
		t, ok := newPrincipalTest(e)
		if !ok {
			return nil, fmt.Errorf("statement %d names the principal %q", index, e.Value)
		}
		s.principals = append(s.principals, t)
	}
	for _, a := range append(src.Actions[:len(src.Actions):len(src.Actions)], src.NotActions...) {
		s.actions = append(s.actions, newActionPattern(a))
	}
	for _, r := range append(src.Resources[:len(src.Resources):len(src.Resources)], src.NotResources...) {
		s.resources = append(s.resources, newResource(r, vars, s.deny != s.notResource))
	}
	if p.kind == Trust {
		s.resources = []resource{newResource("*", vars, false)}
	}
	for i := range src.Conditions {
		c, err := newCondition(&src.Conditions[i], s.deny, vars)
		if err != nil {
			return nil, fmt.Errorf("statement %d: %w", index, err)
		}
		s.conditions = append(s.conditions, c)
	}
	return s, nil
}

// newResource compiles an entry; wide is for newResourcePattern.
func newResource(source string, vars, wide bool) resource {
	r := resource{source: source, all: source == "*"}
	if r.all {
		return r
	}
	if r.pattern = newResourcePattern(source, vars, wide); r.pattern != nil {
		r.exact, r.text = r.pattern.exact, r.pattern.text
	}
	return r
}
