package secondopinion

import (
	"bytes"
	"encoding/base64"
	"math/big"
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// An operator is a comparison with what may stand before and behind it: "ForAllValues:StringNotLikeIfExists" is the set operator
// ForAllValues, the comparison StringLike, negated, and the suffix IfExists.
type operator struct {
	comparison
	set               string
	negated, ifExists bool
}

// parseOperator is false if there is no such operator.
func parseOperator(s string) (o operator, known bool) {
	if before, after, found := strings.Cut(s, ":"); found {
		o.set, s = before, after
	}
	s, o.ifExists = strings.CutSuffix(s, "IfExists")
	for _, c := range comparisons {
		if s == c.name || s == c.not && s != "" {
			o.comparison, o.negated = c, s == c.not
		}
	}
	known = o.name != "" && (o.set == "" || o.set == "ForAllValues" || o.set == "ForAnyValue")
	return o, known && (o.name != "Null" || o.set == "" && !o.ifExists)
}

// condition tells whether a key meets an operator with values; see "Conditions with multiple context keys or values".
func (r *Request) condition(name, keyName string, values []string) truth {
	o, _ := parseOperator(name)
	key, present := r.key(keyName)
	switch {
	case o.name == "Null" && len(key.Values) > 0 && strings.Join(key.Values, "") == "":
		return doubtful // the empty text is "a null data set" to ForAllValues; whether also to Null, the documents do not say
	case o.name == "Null":
		null := strconv.FormatBool(len(key.Values) == 0)
		return is(slices.ContainsFunc(values, func(v string) bool { return fold(v) == null }))
	case !present && o.set == "ForAnyValue" && o.ifExists:
		return doubtful // which of the two comes first
	case !present && o.set == "ForAnyValue":
		return no
	case !present:
		return is(o.set == "ForAllValues" || o.ifExists || o.negated)
	case key.Many && o.set == "":
		return no
	case o.set == "ForAllValues" && strings.Join(key.Values, "") == "":
		return yes // no values, and an empty text counts as none
	}
	all, some := yes, no
	for _, actual := range key.Values {
		t := r.compare(o, values, actual)
		all, some = min(all, t), max(some, t)
	}
	if o.set == "ForAllValues" {
		return all
	}
	return some
}

// compare compares one value of the request with those of the policy, one of which must match, or for a negated operator none. What
// cannot be compared is not a match; that it then is a match of the negated operator is doubtful.
func (r *Request) compare(o operator, values []string, actual string) truth {
	matches, most := no, yes
	for _, want := range values {
		holds, certain := o.holds(r, want, actual)
		at := max(doubtful, is(certain))
		if most = min(most, at); holds {
			matches = max(matches, at)
		}
	}
	if o.negated {
		return min(yes-matches, most)
	}
	return matches
}

// A comparison is a line of the tables of condition operators, with its negated twin. It is not certain that it holds, or does not,
// if one of the values is not of the type compared, or the documents do not say.
type comparison struct {
	name, not string
	literal   func(want string) bool // whether a policy may have the value; nil: any
	holds     func(r *Request, want, actual string) (holds, certain bool)
}

// comparisons are all there are ("IAM JSON policy elements: Condition operators").
var comparisons = []comparison{
	{"StringEquals", "StringNotEquals", nil, alike("", false)},
	{"StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase", nil, alike("", true)},
	{"StringLike", "StringNotLike", nil, alike("*?", false)},

	typed("NumericEquals", "NumericNotEquals", number, number, func(want, actual *big.Rat) bool { return actual.Cmp(want) == 0 }),
	typed("NumericLessThan", "", number, number, func(want, actual *big.Rat) bool { return actual.Cmp(want) < 0 }),
	typed("NumericLessThanEquals", "", number, number, func(want, actual *big.Rat) bool { return actual.Cmp(want) <= 0 }),
	typed("NumericGreaterThan", "", number, number, func(want, actual *big.Rat) bool { return actual.Cmp(want) > 0 }),
	typed("NumericGreaterThanEquals", "", number, number, func(want, actual *big.Rat) bool { return actual.Cmp(want) >= 0 }),
	typed("DateEquals", "DateNotEquals", date, date, func(want, actual time.Time) bool { return actual.Equal(want) }),
	typed("DateLessThan", "", date, date, func(want, actual time.Time) bool { return actual.Before(want) }),
	typed("DateLessThanEquals", "", date, date, func(want, actual time.Time) bool { return !actual.After(want) }),
	typed("DateGreaterThan", "", date, date, func(want, actual time.Time) bool { return actual.After(want) }),
	typed("DateGreaterThanEquals", "", date, date, func(want, actual time.Time) bool { return !actual.Before(want) }),
	typed("BinaryEquals", "", binary, binary, bytes.Equal),
	typed("IpAddress", "NotIpAddress", network, address, netip.Prefix.Contains),
	{"ArnEquals", "ArnNotEquals", nil, arnLike},
	{"ArnLike", "ArnNotLike", nil, arnLike},
	{"Bool", "", boolean, boolEqual},
	{"Null", "", boolean, nil}, // is about the key, not its values
}

// typed makes a comparison of values that must first be read.
func typed[W, A any](name, not string, readWant func(string) (W, bool), readActual func(string) (A, bool), compare func(W, A) bool) comparison {
	return comparison{
		name, not, func(want string) bool { _, ok := readWant(want); return ok },
		func(_ *Request, want, actual string) (holds, certain bool) {
			w, isWant := readWant(want)
			a, isActual := readActual(actual)
			return isWant && isActual && compare(w, a), isWant && isActual
		},
	}
}

// alike makes the comparison of a text with one in which some characters may be special, in the case that both have or in any.
func alike(special string, anyCase bool) func(r *Request, want, actual string) (holds, certain bool) {
	return func(r *Request, want, actual string) (holds, certain bool) {
		p := r.fill(want, special)
		if anyCase {
			p, actual = fold(p), fold(actual)
		}
		return glob(p, actual), true
	}
}

var decimal = regexp.MustCompile(`^-?[0-9]+(\.[0-9]+)?$`)

// number reads a decimal number, exactly.
func number(s string) (*big.Rat, bool) {
	if !decimal.MatchString(s) {
		return nil, false
	}
	return new(big.Rat).SetString(s)
}

var day = regexp.MustCompile(`^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d))?$`)

// date reads a day, a time of the W3C's profile of ISO 8601 ("Date and Time Formats"), or seconds since 1970.
func date(s string) (time.Time, bool) {
	if seconds, err := strconv.ParseUint(s, 10, 63); err == nil && len(s) <= 12 {
		return time.Unix(int64(seconds), 0), true
	}
	for _, layout := range []string{"2006-01-02", "2006-01-02T15:04Z07:00", time.RFC3339} {
		if t, err := time.Parse(layout, s); err == nil && day.MatchString(s) {
			return t, true
		}
	}
	return time.Time{}, false
}

func binary(s string) ([]byte, bool) {
	b, err := base64.StdEncoding.Strict().DecodeString(s)
	return b, err == nil
}

// address reads an address. An IPv4 address in IPv6's form is the IPv4 address: that is how a listener for both sees it.
func address(s string) (netip.Addr, bool) {
	a, err := netip.ParseAddr(s)
	return a.Unmap(), err == nil && a.Zone() == ""
}

// network reads an address range, or one address as a range of itself. Bits behind the prefix do not matter.
func network(s string) (netip.Prefix, bool) {
	if a, ok := address(s); ok {
		return netip.PrefixFrom(a, a.BitLen()), true
	}
	prefix, err := netip.ParsePrefix(s)
	return prefix, err == nil && !prefix.Addr().Is4In6()
}

func boolean(s string) bool { return fold(s) == "true" || fold(s) == "false" }

// boolEqual takes variables, of which one page of the documents says that Bool knows them and another that it does not.
func boolEqual(r *Request, want, actual string) (holds, certain bool) {
	filled := string(r.fill(want, ""))
	return boolean(actual) && fold(filled) == fold(actual), filled == want
}

// arnLike compares six parts, each with its own wildcards. Whether the parts are those of the text before or after variables are
// filled in, the documents do not say; it matters if the value of a variable has a colon.
func arnLike(r *Request, want, actual string) (holds, certain bool) {
	have := arn(actual)
	if have == nil {
		return false, false
	}
	filled := r.fill(want, "*?:")
	before, after := arnParts(filled, false), arnParts(filled, true)
	matches, matchesAfter := slices.EqualFunc(before, have, glob), slices.EqualFunc(after, have, glob)
	return matches || matchesAfter, matches == matchesAfter && before != nil && after != nil
}

// arnParts takes a pattern apart at its first five colons, counting those from values of variables or not; nil if it is of no ARN.
func arnParts(p pattern, values bool) []pattern {
	var parts []pattern
	start := 0
	for i, c := range p {
		if len(parts) < 5 && (c == colon || values && c == ':') {
			parts, start = append(parts, p[start:i]), i+1
		}
	}
	if len(parts) < 5 || string(parts[0]) != "arn" {
		return nil
	}
	return append(parts, p[start:])
}
