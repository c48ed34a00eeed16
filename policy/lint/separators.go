package lint

import (
	"slices"
	"strings"
)

// fixed are variables whose values all have the same length, so that none begins
// another. In lower case.
var fixed = []string{"cognito-identity.amazonaws.com:sub", "aws:principalaccount", "aws:sourceaccount", "aws:resourceaccount"}

// separators looks for patterns in which one tenant's name reaches another's.
func (r *review) separators(s *statement) {
	if r.document.Version != "2012-10-17" {
		return // variables are text there
	}
	if s.allow != s.notResource { // patterns that allow too much, or spare too much
		for i, t := range s.targets {
			r.separated(s, t, s.atResource(i), ofResource(t))
		}
	}
	for _, c := range s.conditions {
		if !c.patterned() || s.allow == c.negated || c.name == "s3:prefix" {
			continue
		}
		for i, v := range c.Values {
			r.separated(s, v, s.atValue(c, i), "prefix-without-separator")
		}
	}
}

// ofResource is the rule for a variable before a star in a resource.
func ofResource(t string) string {
	parts := strings.SplitN(blank(t), ":", 6)
	switch {
	case len(parts) == 6 && parts[2] == "s3" && strings.Contains(parts[5], "/"):
		return "s3-path-without-slash"
	case len(parts) == 6 && parts[2] == "execute-api":
		return "execute-api-path-without-slash"
	}
	return "prefix-without-separator"
}

func (r *review) separated(s *statement, text string, at place, rule string) {
	for _, m := range variable.FindAllStringSubmatchIndex(text, -1) {
		key := text[m[2]:m[3]]
		if !strings.Contains(key, ":") || slices.Contains(fixed, strings.ToLower(key)) {
			continue
		}
		if rest := text[m[1]:]; strings.HasPrefix(rest, "*") || strings.HasPrefix(rest, "?") {
			r.report(rule, s, at, "%s also matches every longer name: where %s is org1, it matches what belongs to org10", text, text[m[0]:m[1]])
		}
		if strings.HasSuffix(text[:m[0]], "*") && m[0] > 1 {
			r.report("suffix-without-separator", s, at, "%s also matches every name that ends so: where %s is org, it matches what belongs to otherorg", text, text[m[0]:m[1]])
		}
	}
}

// variables looks at variables that are no variables, or too much of one.
func (r *review) variables(s *statement) {
	old := r.document.Version != "2012-10-17"
	look := func(text string, at place, usable bool) {
		if old {
			if strings.Contains(text, "${") {
				r.report("variables-without-version", s, at, "without version 2012-10-17 %s is text and no variable: %s", text, literally(s))
			}
			return
		}
		for _, m := range variable.FindAllStringSubmatch(text, -1) {
			r.variable(s, m[1], m[2], at, usable)
		}
	}
	for i, t := range s.targets {
		parts := strings.SplitN(t, ":", 6)
		head := strings.Join(parts[:min(5, len(parts))], ":") // up to the fifth colon, also one within a variable
		look(t, s.atResource(i), !strings.Contains(head, "${"))
	}
	for _, c := range s.conditions {
		for i, v := range c.Values {
			if c.family == "String" || c.family == "Arn" || c.family == "Bool" {
				look(v, s.atValue(c, i), true)
			}
		}
	}
}

func literally(s *statement) string {
	if s.allow {
		return "nothing that is named so exists, and nothing is allowed"
	}
	return "nothing that is named so exists, and nothing is denied; a negated operator always is met"
}

// variable looks at one variable: its key, and what follows it inside the braces.
func (r *review) variable(s *statement, inside, more string, at place, usable bool) {
	if inside == "*" || inside == "?" || inside == "$" {
		return
	}
	k, known, sure := r.reference.find(inside)
	switch {
	case !strings.Contains(inside, ":") || !usable:
		r.report("variable-unusable", s, at, "${%s} has no value there, and matches nothing", inside+more)
	case strings.HasPrefix(k.typ, "ArrayOf"):
		r.report("variable-unusable", s, at, "%s has several values, and so ${%s} has none", k.name, inside)
	case !known && sure:
		r.report("unknown-key", s, at, "no request has the key %s%s: the variable has no value, and matches nothing", inside, r.meant(inside))
	case more != "" && ofTenant(strings.ToLower(inside)):
		r.report("variable-default", s, at, "who has no %s is treated as %s", inside, strings.TrimSpace(strings.TrimPrefix(more, ",")))
	}
}
