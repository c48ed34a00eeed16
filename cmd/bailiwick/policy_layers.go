package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/bailiwick-project/bailiwick/policy"
)

// policies are the documents of a request, by layer: names of files, or documents,
// which begin with a brace.
type policies struct {
	identity, boundary, session documents
	resource, trust             string
}

// documents is a document or a list of them.
type documents []string

// UnmarshalJSON reads {"identity": [...], "boundary": ..., "resource": ...}, where
// each policy is the name of a file or the document itself.
func (p *policies) UnmarshalJSON(text []byte) error {
	var layers map[string]json.RawMessage
	if err := json.Unmarshal(text, &layers); err != nil {
		return err
	}
	for name, raw := range layers {
		list, err := readDocuments(raw)
		if err != nil {
			return fmt.Errorf("the policies of the layer %s: %w", name, err)
		}
		one := func() string {
			if len(list) != 1 {
				err = fmt.Errorf("the layer %s has one policy", name)
				return ""
			}
			return list[0]
		}
		switch name {
		case "identity":
			p.identity = list
		case "boundary":
			p.boundary = list
		case "session":
			p.session = list
		case "resource":
			p.resource = one()
		case "trust":
			p.trust = one()
		default:
			return fmt.Errorf("there is no layer %q; there are identity, boundary, session, resource and trust", name)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func readDocuments(raw json.RawMessage) (documents, error) {
	list := []json.RawMessage{raw}
	if strings.HasPrefix(string(raw), "[") {
		if err := json.Unmarshal(raw, &list); err != nil {
			return nil, err
		}
	}
	out := documents{} // an empty list is a layer that allows nothing
	for _, item := range list {
		var file string
		switch {
		case strings.HasPrefix(string(item), "{"):
			out = append(out, string(item))
		case json.Unmarshal(item, &file) == nil && file != "":
			out = append(out, file)
		default:
			return nil, fmt.Errorf("%s is neither the name of a file nor a document", item)
		}
	}
	return out, nil
}

func inline(document string) bool { return strings.HasPrefix(document, "{") }

// complete takes layers of which the request says nothing from the flags, and makes
// names of files relative to a folder.
func (p *policies) complete(base *policies, dir string) {
	file := func(s string) string {
		if s == "" || inline(s) || filepath.IsAbs(s) {
			return s
		}
		return filepath.Join(dir, s)
	}
	for _, l := range []struct{ own, base *documents }{{&p.identity, &base.identity}, {&p.boundary, &base.boundary}, {&p.session, &base.session}} {
		if *l.own == nil {
			*l.own = *l.base
			continue
		}
		for i, d := range *l.own {
			(*l.own)[i] = file(d)
		}
	}
	for _, l := range []struct{ own, base *string }{{&p.resource, &base.resource}, {&p.trust, &base.trust}} {
		if *l.own == "" {
			*l.own = *l.base
		} else {
			*l.own = file(*l.own)
		}
	}
}

// policyFiles reads each policy once.
type policyFiles struct {
	in       io.Reader
	compiled map[string]*policy.Policy // by kind and document
}

func newPolicyFiles(in io.Reader) *policyFiles {
	return &policyFiles{in, map[string]*policy.Policy{}}
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
		if text, err = readPolicy(document, f.in); err != nil {
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

func (p *policies) layers(f *policyFiles) (*policy.Layers, error) {
	if p.identity == nil && p.resource == "" && p.trust == "" {
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
		var list []*policy.Policy
		for _, d := range layer.from {
			c, err := f.compile(layer.kind, d)
			if err != nil {
				return nil, err
			}
			list = append(list, c)
		}
		*layer.to = policy.NewSet(list...)
	}
	var err error
	if p.resource != "" {
		l.Resource, err = f.compile(policy.Resource, p.resource)
	} else if p.trust != "" {
		l.Resource, err = f.compile(policy.Trust, p.trust)
	}
	return &l, err
}
