package lint

import (
	"slices"
	"strings"

	"github.com/bailiwick-project/bailiwick/policy"
)

// data are the actions that read and write what belongs to tenants.
var data = []string{
	"dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:Query", "dynamodb:Scan", "dynamodb:PutItem", "dynamodb:UpdateItem",
	"dynamodb:DeleteItem", "dynamodb:BatchWriteItem", "dynamodb:PartiQLSelect", "dynamodb:PartiQLInsert", "dynamodb:PartiQLUpdate",
	"dynamodb:PartiQLDelete", "s3:GetObject", "s3:GetObjectVersion", "s3:PutObject", "s3:DeleteObject", "s3:DeleteObjectVersion",
	"execute-api:Invoke", "lambda:InvokeFunction",
}

// fine reports whether a key, in lower case, is one of fine-grained access: what is
// asked for, rather than who asks from where.
func fine(name string) bool {
	return slices.Contains(whole, name) || name == "dynamodb:select" || name == "dynamodb:returnvalues" || name == "s3:prefix" ||
		strings.HasPrefix(name, "s3:existingobjecttag/") || strings.HasPrefix(name, "s3:requestobjecttag/")
}

// reach looks at statements that say more than their author listed.
func (r *review) reach(s *statement) {
	if !s.allow || r.document.Kind == policy.Trust {
		return
	}
	if s.notAction {
		r.report("not-action-allow", s, s.atAction(0), "everything but %s is allowed, also what AWS adds in the future", listed(s.NotActions))
	}
	if s.notResource {
		message := "everything but the resources named is allowed, also those that are made in the future"
		if slices.ContainsFunc(s.NotResources, names) {
			message = "a variable without a value spares nothing: who has no tag is allowed everything"
		}
		r.report("not-resource-allow", s, s.atResource(0), "%s", message)
	}
	if slices.ContainsFunc(s.conditions, func(c *condition) bool { return fine(c.name) }) && !s.notAction {
		for i, p := range s.patterns {
			if strings.ContainsAny(p, "*?") {
				r.report("wildcard-actions", s, s.atAction(i), "%s has actions that the condition was not written for, and will have more", p)
			}
		}
	}
	r.everything(s)
}

// everything finds data actions without a limit.
func (r *review) everything(s *statement) {
	if !s.does(data...) || s.limited() || len(s.Principals) > 0 {
		return
	}
	for i, t := range s.Resources {
		parts := strings.SplitN(t, ":", 6)
		if t == "*" || len(parts) == 6 && strings.Trim(parts[5], "*/") == "" {
			r.report("resource-everything", s, s.atResource(i), "%s is allowed on everything there is", s.example())
			return
		}
	}
	if r.tenants && slices.ContainsFunc(s.Resources, undivided) {
		r.report("not-limited-to-tenant", s, s.at(), "%s is allowed to every tenant alike on what is named", s.example())
	}
}

// undivided reports whether a resource of a service is all that several tenants have
// there: a table, a bucket, all routes of an API. A prefix or a path in it was
// chosen, such as one that everybody may read. Functions have no parts.
func undivided(t string) bool {
	parts := strings.SplitN(blank(t), ":", 6)
	if len(parts) < 6 {
		return true
	}
	segments := strings.Split(parts[5], "/")
	part := map[string]int{"s3": 1, "execute-api": 3}[parts[2]] // the segment where tenants may differ
	switch {
	case parts[2] == "lambda":
		return false
	case part == 0 || part >= len(segments):
		return true
	}
	return strings.Trim(strings.Join(segments[part:], ""), "*") == ""
}

// example is one of the data actions that the statement is about.
func (s *statement) example() string {
	for _, a := range s.actions {
		if slices.Contains(data, a.name) {
			return a.name
		}
	}
	return ""
}

// limited reports whether the statement says something of tenants or of what they
// may name: in a condition, or in each of its resources.
func (s *statement) limited() bool {
	if len(s.Resources) > 0 && !slices.ContainsFunc(s.Resources, func(t string) bool { return !names(t) }) {
		return true
	}
	return slices.ContainsFunc(s.conditions, func(c *condition) bool {
		return fine(c.name) || ofTenant(c.name) && c.family != "Null" || slices.ContainsFunc(c.Values, names)
	})
}
