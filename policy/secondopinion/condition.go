package secondopinion

import "strings"

// A condition is one operator with one key and the values of the policy.
type condition struct {
	operator, name string
	values         []string
}

// operator takes a condition operator apart: "ForAllValues:StringNotLikeIfExists"
// is the set operator ForAllValues, the comparison StringLike, negated, and the
// suffix IfExists.
type operator struct {
	set               string
	compare           string
	negated, ifExists bool
}

func parseOperator(s string) operator {
	var o operator
	if set, rest, ok := strings.Cut(s, ":"); ok {
		o.set, s = set, rest
	}
	s, o.ifExists = strings.CutSuffix(s, "IfExists")
	o.compare = strings.Replace(s, "Not", "", 1)
	o.negated = o.compare != s
	return o
}

// met tells whether a condition is met.
//
// Source: IAM User Guide, "Conditions with multiple context keys or values" and
// "Condition operators".
func (c condition) met(q question) truth {
	o := parseOperator(c.operator)
	key, present := q.key(c.name)
	switch {
	case o.compare == "Null":
		return null(c.values, key, present)
	case present && o.set == "":
		return single(q, o, c.values, key)
	case present && o.set == "ForAllValues":
		return forAll(q, o, c.values, key)
	case present:
		return forAny(q, o, c.values, key)
	case o.set == "ForAnyValue" && o.ifExists:
		return doubtful // which of the two comes first
	case o.set == "ForAnyValue":
		return no
	}
	return is(o.set == "ForAllValues" || o.ifExists || o.negated)
}

// null compares presence: "true" is met by an absent key, "false" by one that is
// there with a value. An empty set is no value. An empty text is "a null data
// set" where the documents speak of ForAllValues, which it meets, with Null as
// the guard against that; whether Null sees it so, they do not say.
func null(values []string, key Key, present bool) truth {
	if len(key.Values) > 0 && strings.Join(key.Values, "") == "" {
		return doubtful
	}
	absent := !present || len(key.Values) == 0
	for _, v := range values {
		if (fold(v) == "true") == absent {
			return yes
		}
	}
	return no
}

// single is a condition without a set operator, which a multivalued key never
// meets.
func single(q question, o operator, values []string, key Key) truth {
	if key.Many {
		return no
	}
	return one(q, o, values, key.Values[0])
}

// forAll is met by an empty set, and an empty text counts as one.
func forAll(q question, o operator, values []string, key Key) truth {
	if strings.Join(key.Values, "") == "" {
		return yes
	}
	t := yes
	for _, actual := range key.Values {
		t = min(t, one(q, o, values, actual))
	}
	return t
}

func forAny(q question, o operator, values []string, key Key) truth {
	t := no
	for _, actual := range key.Values {
		t = max(t, one(q, o, values, actual))
	}
	return t
}

// one compares one value of the request with those of the policy, any of which
// may match, or for a negated operator none. What cannot be compared is not a
// match; that it then is a match of the negated operator is doubtful.
func one(q question, o operator, values []string, actual string) truth {
	t, sound := no, true
	for _, want := range values {
		holds, comparable := compare(q, o.compare, want, actual)
		t = max(t, holds)
		sound = sound && comparable
	}
	switch {
	case !o.negated:
		return t
	case !sound:
		return min(not(t), doubtful)
	}
	return not(t)
}
