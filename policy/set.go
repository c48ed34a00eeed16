package policy

import "errors"

// A Set is the policies of one layer, of which any may allow and any may deny: all identity policies of a principal, all
// session policies of a session. It does not change and may be used by many goroutines; build it once and keep it. A nil Set
// has no policies.
type Set struct {
	policies []*Policy
	broken   *Policy // the first that cannot be used
	control  *Policy // a resource control policy, which allows everything and belongs in no other layer
	denies   *index
	allows   *index
	all      []*statement
}

var errKind = errors.New("a policy is attached where one of its kind does not belong")

// NewSet collects policies. A nil among them counts as Broken.
func NewSet(policies ...*Policy) *Set {
	s := &Set{}
	for _, p := range policies {
		switch {
		case p == nil:
			p = Broken("(none)", errors.New("there is no policy"))
		case p.kind.named():
			p = Broken(p.name, errKind)
		}
		if p.kind == ResourceControl {
			s.control = p
		}
		s.policies = append(s.policies, p)
		if p.err != nil && s.broken == nil {
			s.broken = p
		}
		s.all = append(s.all, p.statements...)
	}
	s.denies = newIndex(s.all, true)
	s.allows = newIndex(s.all, false)
	return s
}

// Policies returns the policies of the set, in the order given.
func (s *Set) Policies() []*Policy {
	if s == nil {
		return nil
	}
	return append([]*Policy(nil), s.policies...)
}

// A verdict is what the policies of one layer say.
type verdict struct {
	broken *Policy    // denies
	deny   *statement // the first that denies
	allow  *statement // the first that allows
}

// grants are the first statements of a resource's policy that allow in each way.
type grants [noGrant]*statement

// decide asks the policies of the set and writes what they say to v. Explain goes through every statement, Decide only
// through those that the index finds; the outcome is the same.
func (s *Set) decide(e *evaluation, l Layer, v *verdict) {
	if e.record != nil && (s != nil || l == LayerIdentity) {
		e.record.layer(l)
	}
	switch {
	case s == nil:
	case s.control != nil && l != LayerResourceControl:
		v.broken = Broken(s.control.name, errKind)
	case e.record != nil:
		for _, p := range s.policies {
			p.walk(e, v, nil)
		}
	case s.broken != nil:
		v.broken = s.broken
	default:
		if v.deny = s.denies.first(s.all, e); v.deny == nil {
			v.allow = s.allows.first(s.all, e)
		}
	}
}

// walk asks the statements of one policy, all of them and in order, and adds what they say to v and, unless nil, to g.
func (p *Policy) walk(e *evaluation, v *verdict, g *grants) {
	if e.record != nil {
		e.record.policy(p)
	}
	if p.err != nil && v.broken == nil {
		v.broken = p
	}
	for _, s := range p.statements {
		if e.record != nil {
			e.record.statement(s, e)
		}
		switch {
		case !s.matches(e):
		case s.deny && v.deny == nil:
			v.deny = s
		case !s.deny:
			if v.allow == nil {
				v.allow = s
			}
			if g == nil {
				continue
			}
			for way, has := range s.ways(&e.request.Principal) {
				if has && g[way] == nil {
					g[way] = s
				}
			}
		}
	}
}

// levels asks sets of which each must allow: the allow of v is nil if one of them does not.
func levels(sets []*Set, e *evaluation, l Layer, v *verdict) {
	allowed := true
	for _, s := range sets {
		var one verdict
		s.decide(e, l, &one)
		allowed = allowed && one.allow != nil
		if v.broken == nil {
			v.broken = one.broken
		}
		if v.deny == nil {
			v.deny = one.deny
		}
		if v.allow == nil {
			v.allow = one.allow
		}
	}
	if !allowed {
		v.allow = nil
	}
}
