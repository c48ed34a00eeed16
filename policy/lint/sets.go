package lint

import (
	"slices"
	"strings"
)

// whole are keys of which a request has one value for everything that it touches:
// one that belongs is no reason to allow the others. In lower case.
var whole = []string{
	"dynamodb:leadingkeys", "dynamodb:firstpartitionkeyvalues", "dynamodb:secondpartitionkeyvalues", "dynamodb:thirdpartitionkeyvalues",
	"dynamodb:fourthpartitionkeyvalues", "dynamodb:attributes",
}

// several are the actions that touch more than one key in one request.
var several = []string{
	"dynamodb:BatchGetItem", "dynamodb:BatchWriteItem", "dynamodb:PartiQLSelect", "dynamodb:PartiQLInsert", "dynamodb:PartiQLUpdate",
	"dynamodb:PartiQLDelete",
}

// sets looks at ForAllValues and ForAnyValue, and at keys that need one of them.
func (r *review) sets(s *statement) {
	for _, c := range s.conditions {
		switch {
		case c.set == "ForAllValues" && s.allow:
			r.vacuous(s, c)
		case c.set == "ForAllValues":
			r.reportKey("deny-for-all-values", s, c,
				"%s of %s applies only if every value of the request meets it: one more value switches this Deny off, and a request without any is denied", c.Operator, c.Key)
		case c.set == "ForAnyValue" && s.allow && !c.negated && slices.Contains(whole, c.name) &&
			(c.name == "dynamodb:attributes" || s.does(several...)):
			r.reportKey("for-any-value-mixed", s, c,
				"one value that meets %s is enough: a request for an own and a foreign value of %s is allowed", c.Operator, c.Key)
		case c.set == "" && c.family != "Null":
			if k, known, _ := r.reference.find(c.Key); known && strings.HasPrefix(k.typ, "ArrayOf") {
				r.reportKey("set-operator-missing", s, c, "%s has several values, and %s without ForAllValues or ForAnyValue is never met by them", k.name, c.Operator)
			}
		}
	}
}

// vacuous finds requests that meet ForAllValues because they have no value.
func (r *review) vacuous(s *statement, c *condition) {
	_, known, sure := r.reference.find(c.Key)
	if !known && sure || c.name == amrKey && s.ofPools() != nil || s.requires(c.Key) {
		return // other rules tell of the first two
	}
	var lacking []string
	may := len(s.actions) == 0 // of a service that nobody here knows
	for _, a := range s.actions {
		switch a.carries(r.reference, c.Key) {
		case never:
			lacking = append(lacking, a.name)
		case sometimes:
			may = true
		case always:
		}
	}
	if len(lacking) > 0 {
		verb := " never has"
		if len(lacking) > 1 {
			verb = " never have"
		}
		r.reportKey("for-all-values-never", s, c, "%s is met by a request without %s, and %s%s it: allowed without any limit", c.Operator, c.Key, listed(lacking), verb)
		return
	}
	if may {
		r.reportKey("for-all-values-absent", s, c, "%s is met by a request that has no %s", c.Operator, c.Key)
	}
}
