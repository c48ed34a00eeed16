package lint

import (
	"slices"
	"strings"
)

// holdsApart reports whether a key, in lower case, is what keeps tenants from each
// other's data.
func holdsApart(name string) bool {
	return ofTenant(name) || name == "s3:prefix" || strings.HasPrefix(name, "cognito-identity.amazonaws.com:") ||
		slices.Contains(whole, name) && name != "dynamodb:attributes"
}

// absence looks at conditions that a request meets, or escapes, by not having a key.
func (r *review) absence(s *statement) {
	for _, c := range s.conditions {
		if s.allow {
			r.allowedWithout(s, c)
		} else {
			r.sparedWithout(s, c)
		}
	}
	if s.allow {
		return
	}
	for i, t := range s.targets {
		if !s.notResource {
			r.sparedVariable(s, t, s.atResource(i))
		}
	}
}

// allowedWithout finds conditions of an Allow that an absent key meets.
func (r *review) allowedWithout(s *statement, c *condition) {
	switch {
	case c.ifExists && (holdsApart(c.name) || strings.HasPrefix(c.name, "aws:requesttag/")) && !s.requires(c.Key):
		r.reportKey("if-exists-tenant-key", s, c, "%s is met by a request that has no %s", c.Operator, c.Key)
	case c.family == "Null" && slices.ContainsFunc(c.Values, func(v string) bool { return strings.EqualFold(v, "true") }):
		if holdsApart(c.name) {
			r.reportKey("allow-when-absent", s, c, "requests without %s are allowed: those of no tenant, or for the data of all", c.Key)
		}
	case c.negated && c.set == "" && !c.ifExists && !s.requires(c.Key) && r.mayLack(s, c):
		r.reportKey("negated-absent", s, c, "%s is met by a request that has no %s", c.Operator, c.Key)
	}
}

// mayLack reports whether some request of the statement's has no such key.
func (r *review) mayLack(s *statement, c *condition) bool {
	if len(s.actions) == 0 {
		return !slices.Contains(alwaysPresent, c.name)
	}
	return slices.ContainsFunc(s.actions, func(a *action) bool { return a.carries(r.reference, c.Key) != always })
}

// sparedWithout finds conditions of a Deny that an absent key escapes.
func (r *review) sparedWithout(s *statement, c *condition) {
	if c.negated || c.family == "Null" {
		return
	}
	switch {
	case c.name == "aws:multifactorauthpresent" && !c.ifExists && !s.requiresNull(c.Key):
		r.reportKey("deny-mfa-absent", s, c, "requests signed with an access key have no %s, and this Deny does not apply to them", c.Key)
	case strings.HasPrefix(c.name, "aws:principaltag/") && c.set == "" && !c.ifExists && !r.deniesWithout(c.Key) && !s.requiresNull(c.Key):
		r.reportKey("deny-absent-tag", s, c, "who has no tag %s is not denied", strings.SplitN(c.Key, "/", 2)[1])
	}
	if c.family == "String" || c.family == "Arn" {
		for i, v := range c.Values {
			r.sparedVariable(s, v, s.atValue(c, i))
		}
	}
}

// requiresNull reports whether the statement has a Null for the key: its author
// has thought of absence.
func (s *statement) requiresNull(name string) bool {
	return slices.ContainsFunc(s.has(name), func(c *condition) bool { return c.family == "Null" })
}

// deniesWithout reports whether some other Deny is for requests without the key.
func (r *review) deniesWithout(name string) bool {
	return slices.ContainsFunc(r.statements, func(s *statement) bool {
		return !s.allow && slices.ContainsFunc(s.has(name), func(c *condition) bool {
			return c.family == "Null" && slices.ContainsFunc(c.Values, func(v string) bool { return strings.EqualFold(v, "true") })
		})
	})
}

// sparedVariable finds variables of a Deny that may have no value, and then match
// nothing.
func (r *review) sparedVariable(s *statement, text string, at place) {
	if r.document.Version != "2012-10-17" {
		return // variables-without-version
	}
	for _, m := range variable.FindAllStringSubmatch(text, -1) {
		if m[2] == "" && ofTenant(strings.ToLower(m[1])) && !strings.EqualFold(m[1], "aws:userid") && !r.deniesWithout(m[1]) && !s.requires(m[1]) {
			r.report("deny-absent-variable", s, at, "${%s} has no value for who lacks the key, and then this Deny does not apply", m[1])
			r.about(m[1])
		}
	}
}
