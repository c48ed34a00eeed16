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

// Read prepares the text of a policy. It does not fail: a text that is refused, perhaps stored before it was, gives a Broken
// policy, whose Err says why. The name is that of Compile.
func Read(kind Kind, name, text string) *Policy {
	d, err := Parse(kind, text)
	if err != nil {
		return Broken(name, err)
	}
	return compile(name, d) // Parse has checked it, and nobody else has it yet
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
	return compile(name, d)
}

func compile(name string, d *Document) *Policy {
	p := &Policy{name: name, kind: d.Kind, document: d}
	var c compiler
	c.prepare(p)
	if err := c.compile(); err != nil {
		return Broken(name, fmt.Errorf("compiling policy %s: %w", name, err))
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
