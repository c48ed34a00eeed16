package policy

import "errors"

// A Set is the policies of one layer, of which any may allow and any may deny: all identity policies of a principal, all
// session policies of a session. It does not change and may be used by many goroutines; build it once and keep it. A nil Set
// has no policies.
type Set struct {
	policies []*Policy
	broken   *Policy // the first that cannot be used
	denies   *index
	allows   *index
	all      []*statement
}

var errKind = errors.New("a policy that names principals is attached where none belongs")

// NewSet collects policies. A nil among them counts as Broken.
func NewSet(policies ...*Policy) *Set {
	s := &Set{}
	for _, p := range policies {
		switch {
		case p == nil:
			p = Broken("(none)", errors.New("there is no policy"))
		case p.err == nil && p.kind.named():
			p = Broken(p.name, errKind)
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
	broken *Policy             // denies
	deny   *statement          // the first that denies
	allow  *statement          // the first that allows, in any way
	grants [noGrant]*statement // of resource policies: the first that allows in each way
}

func (v *verdict) denies() bool { return v.broken != nil || v.deny != nil }

// decide asks the policies of the set. Explain goes through every statement, Decide only through those that the index finds;
// the outcome is the same.
func (s *Set) decide(e *evaluation, l Layer) (v verdict) {
	if e.record != nil {
		e.record.layer(l)
	}
	if s == nil {
		return v
	}
	if e.record != nil {
		for _, p := range s.policies {
			v.join(p.walk(e))
		}
		return v
	}
	if v.broken = s.broken; v.broken != nil {
		return v
	}
	if v.deny = s.denies.first(s.all, e); v.deny == nil {
		v.allow = s.allows.first(s.all, e)
	}
	return v
}

// join adds the verdict of a further policy.
func (v *verdict) join(o verdict) {
	if v.broken == nil {
		v.broken = o.broken
	}
	if v.deny == nil {
		v.deny = o.deny
	}
	if v.allow == nil {
		v.allow = o.allow
	}
	for g := range v.grants {
		if v.grants[g] == nil {
			v.grants[g] = o.grants[g]
		}
	}
}

// walk asks the statements of one policy, all of them and in order.
func (p *Policy) walk(e *evaluation) (v verdict) {
	if e.record != nil {
		e.record.policy(p)
	}
	if p.err != nil {
		v.broken = p
		return v
	}
	for _, s := range p.statements {
		if e.record != nil {
			e.record.statement(s, e)
		}
		if !s.matches(e) {
			continue
		}
		if s.deny {
			v.join(verdict{deny: s})
			continue
		}
		v.join(verdict{allow: s})
		if g := s.grant(&e.request.Principal); v.grants[g] == nil {
			v.grants[g] = s
		}
	}
	return v
}

// levels asks sets of which each must allow. Its allow is nil if one of them does not.
func levels(sets []*Set, e *evaluation, l Layer) (v verdict) {
	allowed := true
	for _, s := range sets {
		one := s.decide(e, l)
		if one.allow == nil {
			allowed = false
		}
		v.join(one)
	}
	if !allowed {
		v.allow = nil
	}
	return v
}
