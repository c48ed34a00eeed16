package main

import (
	"errors"
	"fmt"
	"io"

	"github.com/bailiwick-project/bailiwick/policy"
)

// policyFiles reads each policy once.
type policyFiles struct {
	in       io.Reader
	compiled map[string]*policy.Policy // by kind and document
	input    *string                   // standard input, once it was read
	requests bool                      // it is the requests
}

func newPolicyFiles(in io.Reader) *policyFiles {
	return &policyFiles{in: in, compiled: map[string]*policy.Policy{}}
}

// read reads a file, a policy of AWS's, or standard input, which comes only once.
func (f *policyFiles) read(file string) (string, error) {
	if text, ok := awsDocuments[file]; ok {
		return text, nil
	}
	if file != stdin {
		return readPolicy(file, f.in)
	}
	if f.requests {
		return "", errors.New("standard input cannot be both the requests and a policy")
	}
	if f.input == nil {
		text, err := readPolicy(file, f.in)
		if err != nil {
			return "", err
		}
		f.input = &text
	}
	return *f.input, nil
}

// set compiles the policies of one layer, or of one level of it.
func (f *policyFiles) set(kind policy.Kind, list documents) (*policy.Set, error) {
	var out []*policy.Policy
	for _, d := range list {
		c, err := f.compile(kind, d)
		if err != nil {
			return nil, err
		}
		out = append(out, c)
	}
	return policy.NewSet(out...), nil
}

// compile reads and compiles a document. One that AWS would refuse cannot be
// attached, so that there is nothing to decide: it is an error, and no deny.
func (f *policyFiles) compile(kind policy.Kind, document string) (*policy.Policy, error) {
	key := kind.String() + " " + document
	if p, ok := f.compiled[key]; ok {
		return p, nil
	}
	name, text := "of the request", document
	if !inline(document) {
		var err error
		if text, err = f.read(document); err != nil {
			return nil, err
		}
		name = document
	}
	d, err := policy.Parse(kind, text)
	var bad *policy.SyntaxError
	if errors.As(err, &bad) {
		return nil, fmt.Errorf("the %s policy %s:%d:%d: %w (%s)", kind, name, max(bad.Line, 1), max(bad.Column, 1), bad, bad.Detail)
	}
	p := policy.Compile(name, d)
	if p.Err() != nil {
		return nil, p.Err()
	}
	f.compiled[key] = p
	return p, nil
}

// layers are those of a principal. The root user needs no policy of its own.
func (p *policies) layers(f *policyFiles, who policy.Principal) (*policy.Layers, error) {
	limited := p.scp != nil || p.rcp != nil || p.boundary != nil || p.session != nil
	if p.identity == nil && p.resource == "" && p.trust == "" && !(who.Type == policy.Account && limited) {
		return nil, errNoPolicies
	}
	if p.resource != "" && p.trust != "" {
		return nil, errors.New("a trust policy is the policy of its resource, the role: --resource and --trust exclude each other")
	}
	var l policy.Layers
	for _, layer := range []struct {
		kind policy.Kind
		from documents
		to   **policy.Set
	}{{policy.Identity, p.identity, &l.Identity}, {policy.Boundary, p.boundary, &l.Boundary}, {policy.Session, p.session, &l.Session}} {
		if layer.from == nil {
			continue
		}
		var err error
		if *layer.to, err = f.set(layer.kind, layer.from); err != nil {
			return nil, err
		}
	}
	if err := p.organization(&l, f, who); err != nil {
		return nil, err
	}
	var err error
	if p.resource != "" {
		l.Resource, err = f.compile(policy.Resource, p.resource)
	} else if p.trust != "" {
		l.Resource, err = f.compile(policy.Trust, p.trust)
	}
	return &l, err
}
