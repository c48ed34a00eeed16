package policy

// matches reports whether the statement applies to the request.
func (s *statement) matches(e *evaluation) bool {
	return s.matchesAction(e) && s.matchesResource(e) && (!s.named || s.grant(&e.request.Principal) != noGrant) && s.conditionsMet(e)
}

func (s *statement) matchesAction(e *evaluation) bool {
	for i := range s.actions {
		if s.actions[i].matches(e) {
			return !s.notAction
		}
	}
	return s.notAction
}

func (s *statement) matchesResource(e *evaluation) bool {
	for i := range s.resources {
		if s.resources[i].match(e) {
			return !s.notResource
		}
	}
	return s.notResource
}

func (r *resource) match(e *evaluation) bool {
	switch {
	case r.all:
		return true
	case r.exact:
		return r.text == e.request.Resource
	}
	return e.isARN && r.pattern != nil && r.pattern.match(e.context, e.request.Resource, &e.colons)
}

// grant says how the statement names the principal, in the most direct of the ways, or noGrant.
func (s *statement) grant(p *Principal) grant {
	has := s.ways(p)
	for g := directly; ; g-- {
		if has[g] {
			return g
		}
		if g == 0 {
			return noGrant
		}
	}
}

// ways says in which ways the statement names the principal; its entries are as good as a statement each. Statements of
// identity policies name nobody and mean whom they are attached to.
func (s *statement) ways(p *Principal) (has [noGrant]bool) {
	if !s.named {
		has[directly] = true
		return has
	}
	if s.notPrincipal {
		has[byEveryone] = !spared(s.principals, p)
		return has
	}
	for i := range s.principals {
		g := s.principals[i].match(p)
		if g == byEveryone && !s.deny && (p.Type == WebIdentity || p.Type == Service && s.policy.kind == Trust) {
			continue // a provider or service takes on a role only if the policy names it
		}
		if g != noGrant {
			has[g] = true
		}
	}
	return has
}

func (s *statement) conditionsMet(e *evaluation) bool {
	for i := range s.conditions {
		if !s.conditions[i].met(e.context) {
			return false
		}
	}
	return true
}
