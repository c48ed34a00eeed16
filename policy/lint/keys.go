package lint

import (
	"slices"
	"strings"
)

// keys looks for keys that do not exist, or not for these actions.
func (r *review) keys(s *statement) {
	for _, c := range s.conditions {
		if _, known, sure := r.reference.find(c.Key); !known {
			if sure {
				r.reportKey("unknown-key", s, c, "no request has the key %s%s: %s", c.Key, r.meant(c.Key), consequence(s, c))
			}
			continue
		}
		r.lacked(s, c)
	}
}

func (r *review) meant(name string) string {
	if k := r.reference.nearest(name); k != "" {
		return " (is " + k + " meant?)"
	}
	return ""
}

// consequence says what a condition is whose key no request has.
func consequence(s *statement, c *condition) string {
	met := c.ifExists || c.negated && c.set != "ForAnyValue" || c.set == "ForAllValues"
	switch {
	case c.family == "Null":
		return "the condition is decided by its absence"
	case met:
		return "the condition is always met"
	case s.allow:
		return "the condition is never met, and nothing is allowed"
	}
	return "the condition is never met, and nothing is denied"
}

// lacked finds actions, named one by one, whose requests never have the key.
func (r *review) lacked(s *statement, c *condition) {
	if c.family == "Null" || c.ifExists || c.set == "ForAllValues" || c.negated && c.set == "" {
		return // an absent key meets these: other rules look at it
	}
	var lacking []string
	r.named(s, func(_ int, a *action) {
		if a.carries(r.reference, c.Key) == never {
			lacking = append(lacking, a.name)
		}
	})
	if len(lacking) == 0 {
		return
	}
	verb, what := " never has", "not allowed by this statement"
	if len(lacking) > 1 {
		verb = " never have"
	}
	if !s.allow {
		what = "not denied by this statement"
	}
	r.reportKey("key-never-present", s, c, "%s%s %s: %s", listed(lacking), verb, c.Key, what)
}

// operators looks for operators that do not fit their key or their values.
func (r *review) operators(s *statement) {
	for _, c := range s.conditions {
		if k, known, _ := r.reference.find(c.Key); known && !fits(c.family, strings.TrimPrefix(k.typ, "ArrayOf"), c.name) {
			r.reportKey("operator-type", s, c, "%s is of type %s, which %s does not compare", k.name, k.typ, c.base)
		}
		if c.family != "String" || strings.HasSuffix(c.base, "Like") {
			continue
		}
		for i, v := range c.Values {
			if plain := variable.ReplaceAllString(v, ""); strings.ContainsAny(plain, "*?") && !strings.Contains(plain, "://") {
				r.report("star-is-literal", s, s.atValue(c, i), "%s compares %q as it is: its wildcards are ordinary characters", c.Operator, v)
			}
		}
	}
}

// fits reports whether a family of operators compares values of a type. Text
// compares what is one word in one spelling.
func fits(family, typ, name string) bool {
	if family == "Null" {
		return true
	}
	ok := map[string][]string{
		"String": {"String"}, "Bool": {"Bool", "String"}, "Numeric": {"Numeric"}, "Date": {"Date"}, "ARN": {"Arn", "String"},
		"IPAddress": {"IpAddress"}, "Binary": {"Binary"},
	}[typ]
	return slices.Contains(ok, family) || ok == nil || name == "aws:epochtime" && family == "Numeric"
}
