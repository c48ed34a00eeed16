package lint

import (
	"regexp"
	"slices"
	"strings"

	"github.com/bailiwick-project/bailiwick/policy"
)

// A statement is a policy.Statement as the rules see it.
type statement struct {
	*policy.Statement
	index       int
	allow       bool
	notAction   bool
	notResource bool
	patterns    []string // of Action or NotAction
	targets     []string // of Resource or NotResource
	actions     []*action
	conditions  []*condition
}

// A condition is a policy.Condition with its operator taken apart.
type condition struct {
	*policy.Condition
	set      string // "ForAllValues", "ForAnyValue" or ""
	base     string // "StringNotLike"
	family   string // "String", "Numeric", "Date", "Bool", "Binary", "IpAddress", "Arn", "Null"
	negated  bool
	ifExists bool
	name     string // of the key, in lower case
}

func newCondition(c *policy.Condition) *condition {
	x := &condition{Condition: c, base: c.Operator, name: strings.ToLower(c.Key)}
	if set, base, ok := strings.Cut(c.Operator, ":"); ok {
		x.set, x.base = set, base
	}
	x.base, x.ifExists = strings.CutSuffix(x.base, "IfExists")
	x.negated = strings.Contains(x.base, "Not")
	for _, f := range [...]string{"String", "Numeric", "Date", "Bool", "Binary", "IpAddress", "Arn", "Null"} {
		if strings.Contains(x.base, f) {
			x.family = f
			break
		}
	}
	return x
}

// patterned reports whether stars in the values are wildcards.
func (c *condition) patterned() bool { return strings.HasSuffix(c.base, "Like") || c.family == "Arn" }

// positive reports whether the condition asks for the presence of some value.
func (c *condition) positive() bool { return !c.negated && !c.ifExists && c.family != "Null" }

func (r *review) statement(i int) *statement {
	p := &r.document.Statements[i]
	s := &statement{
		Statement: p, index: i, allow: p.Effect == "Allow", notAction: len(p.NotActions) > 0, notResource: len(p.NotResources) > 0,
		patterns: slices.Concat(p.Actions, p.NotActions), targets: slices.Concat(p.Resources, p.NotResources),
	}
	for j := range p.Conditions {
		s.conditions = append(s.conditions, newCondition(&p.Conditions[j]))
	}
	for j := range r.reference.actions {
		a := &r.reference.actions[j]
		named := slices.ContainsFunc(s.patterns, func(p string) bool { return glob(strings.ToLower(p), strings.ToLower(a.name)) })
		if named != s.notAction && s.reaches(a) {
			s.actions = append(s.actions, a)
		}
	}
	return s
}

// reaches reports whether some resource of the action is one of the statement's.
func (s *statement) reaches(a *action) bool {
	if s.notResource || len(s.targets) == 0 || a.open {
		return true
	}
	for _, t := range s.targets {
		if t == "*" || len(a.resources) == 0 && everyOf(t, a.service) || slices.ContainsFunc(a.resources, func(p string) bool { return overlap(t, p) }) {
			return true
		}
	}
	return false
}

// everyOf reports whether a resource is everything of a service, as in
// arn:aws:s3:::*; actions without resources are asked on it as on "*".
func everyOf(t, service string) bool {
	parts := strings.SplitN(t, ":", 6)
	return len(parts) == 6 && parts[2] == service && parts[5] == "*"
}

// named are the places of Action entries without wildcards and the rows of the
// reference that they are, reached or not.
func (r *review) named(s *statement, visit func(i int, a *action)) {
	if s.notAction {
		return
	}
	for i, p := range s.patterns {
		if strings.ContainsAny(p, "*?") {
			continue
		}
		for j := range r.reference.actions {
			if a := &r.reference.actions[j]; strings.EqualFold(a.name, p) {
				visit(i, a)
			}
		}
	}
}

// does reports whether the statement is about an action.
func (s *statement) does(names ...string) bool {
	return slices.ContainsFunc(s.actions, func(a *action) bool { return slices.Contains(names, a.name) })
}

// has returns the conditions on a key.
func (s *statement) has(name string) []*condition {
	var out []*condition
	for _, c := range s.conditions {
		if c.name == strings.ToLower(name) {
			out = append(out, c)
		}
	}
	return out
}

// requires reports whether the statement needs the key to be there: a Null of
// false, or a positive operator that an absent key does not meet.
func (s *statement) requires(name string) bool {
	return slices.ContainsFunc(s.has(name), func(c *condition) bool {
		return c.family == "Null" && !slices.ContainsFunc(c.Values, func(v string) bool { return !strings.EqualFold(v, "false") }) ||
			c.positive() && c.set != "ForAllValues"
	})
}

// variable is ${key} or ${key, 'default'}; the first group is the key, the second
// what follows it.
var variable = regexp.MustCompile(`\$\{([^},]*)([^}]*)\}`)

// ofTenant reports whether a key, in lower case, tells tenants or people apart.
func ofTenant(name string) bool {
	return strings.HasPrefix(name, "aws:principaltag/") || name == "cognito-identity.amazonaws.com:sub" || name == "aws:username" || name == "aws:userid"
}

// names reports whether text has a variable that tells tenants apart.
func names(text string) bool {
	for _, m := range variable.FindAllStringSubmatch(text, -1) {
		if ofTenant(strings.ToLower(m[1])) {
			return true
		}
	}
	return false
}

// personal reports whether what the statement says depends on who asks.
func (s *statement) personal() bool {
	return slices.ContainsFunc(s.targets, names) || slices.ContainsFunc(s.conditions, func(c *condition) bool {
		return strings.HasPrefix(c.name, "aws:principaltag/") || slices.ContainsFunc(c.Values, names)
	})
}

// listed joins a few names for a sentence.
func listed(names []string) string {
	if len(names) > 3 {
		return strings.Join(names[:3], ", ") + " and others"
	}
	return strings.Join(names, ", ")
}
