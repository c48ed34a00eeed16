package secondopinion

import (
	"encoding/base64"
	"math/big"
	"net/netip"
	"regexp"
	"slices"
	"strings"
	"time"
)

// compare applies a comparison, without negation, to a value of the policy and
// one of the request. It says whether it holds, and whether both values were of
// the comparison's type at all.
func compare(q question, operator, want, actual string) (holds truth, comparable bool) {
	switch {
	case strings.HasPrefix(operator, "String"):
		return is(compareStrings(q, operator, want, actual)), true
	case strings.HasPrefix(operator, "Arn"):
		return compareARNs(q, want, actual)
	case strings.HasPrefix(operator, "Numeric"):
		a, okA := number(actual)
		b, okB := number(want)
		return is(okA && okB && ordered(strings.TrimPrefix(operator, "Numeric"), a.Cmp(b))), okA && okB
	case strings.HasPrefix(operator, "Date"):
		a, okA := date(actual)
		b, okB := date(want)
		return is(okA && okB && ordered(strings.TrimPrefix(operator, "Date"), a.Compare(b))), okA && okB
	case operator == "Bool":
		return compareBools(q, want, actual), true
	case operator == "BinaryEquals":
		a, errA := base64.StdEncoding.Strict().DecodeString(actual)
		b, errB := base64.StdEncoding.Strict().DecodeString(want)
		return is(errA == nil && errB == nil && string(a) == string(b)), errA == nil && errB == nil
	default: // IpAddress
		network, okA := network(want)
		address, okB := parseAddress(actual)
		return is(okA && okB && network.Contains(address)), okA && okB
	}
}

// compareStrings knows wildcards only in StringLike. A value whose variable has
// none is equal to nothing.
func compareStrings(q question, operator, want, actual string) bool {
	pattern, ok := q.fill(want, operator == "StringLike")
	if !ok {
		return false
	}
	if operator == "StringEqualsIgnoreCase" {
		return fold(string(pattern)) == fold(actual)
	}
	return glob(pattern, actual)
}

// compareBools takes variables, of which one page of the documents says that
// Bool knows them and another that it does not.
func compareBools(q question, want, actual string) truth {
	filled, ok := q.fill(want, false)
	a, b := fold(actual), fold(string(filled))
	switch {
	case !ok || a != b || a != "true" && a != "false":
		return no
	case string(filled) != want:
		return doubtful
	}
	return yes
}

// compareARNs compares six parts, each with its own wildcards. Whether the parts
// are those of the text before or after variables are filled in, the documents
// do not say; it matters if a variable stands for a colon.
func compareARNs(q question, want, actual string) (holds truth, comparable bool) {
	have := strings.SplitN(actual, ":", 6)
	if len(have) < 6 || have[0] != "arn" || have[5] == "" {
		return no, false
	}
	var before, after [][]rune
	parts := q.split(want)
	for _, part := range parts {
		pattern, ok := q.fill(part, true)
		if !ok {
			return no, len(parts) == 6 && parts[0] == "arn"
		}
		before = append(before, pattern)
		if len(before) > 1 {
			after = append(after, []rune{':'})
		}
		after = append(after, pattern)
	}
	first, firstSound := globARN(before, have)
	second, secondSound := globARN(splitPattern(slices.Concat(after...)), have)
	if first != second {
		return doubtful, true
	}
	return is(first), firstSound && secondSound
}

// globARN compares part by part, if the pattern is one of an ARN at all.
func globARN(parts [][]rune, have []string) (holds, comparable bool) {
	if len(parts) < 6 || string(parts[0]) != "arn" {
		return false, false
	}
	for i := range parts {
		if !glob(parts[i], have[i]) {
			return false, true
		}
	}
	return true, true
}

// split splits a text at the first five colons that are in no variable.
func (q question) split(text string) []string {
	var parts []string
	start := 0
	for i := 0; i < len(text) && len(parts) < 5; i++ {
		if end := strings.Index(text[i:], "}"); q.variables && strings.HasPrefix(text[i:], "${") && end > 0 {
			i += end
		} else if text[i] == ':' {
			parts, start = append(parts, text[start:i]), i+1
		}
	}
	return append(parts, text[start:])
}

// splitPattern splits at the first five colons.
func splitPattern(pattern []rune) [][]rune {
	var parts [][]rune
	start := 0
	for i, c := range pattern {
		if c == ':' && len(parts) < 5 {
			parts, start = append(parts, pattern[start:i]), i+1
		}
	}
	return append(parts, pattern[start:])
}

// ordered reads the sign of a comparison as its operator asks.
func ordered(operator string, sign int) bool {
	switch operator {
	case "Equals":
		return sign == 0
	case "LessThan":
		return sign < 0
	case "LessThanEquals":
		return sign <= 0
	case "GreaterThan":
		return sign > 0
	case "GreaterThanEquals":
		return sign >= 0
	}
	return false
}

var decimal = regexp.MustCompile(`^-?[0-9]+(\.[0-9]+)?$`)

// number reads a decimal number, exactly.
func number(s string) (*big.Rat, bool) {
	if !decimal.MatchString(s) {
		return nil, false
	}
	return new(big.Rat).SetString(s)
}

var epoch = regexp.MustCompile(`^[0-9]{1,12}$`)

// dateForm is stricter than package time about the number of digits.
var dateForm = regexp.MustCompile(`^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d))?$`)

// date reads a day, a time of the W3C's profile of ISO 8601, or seconds since
// 1970.
//
// Source: IAM User Guide, "Date condition operators"; W3C, "Date and Time
// Formats".
func date(s string) (time.Time, bool) {
	if epoch.MatchString(s) {
		seconds, _ := new(big.Int).SetString(s, 10)
		return time.Unix(seconds.Int64(), 0), true
	}
	if !dateForm.MatchString(s) {
		return time.Time{}, false
	}
	for _, layout := range []string{"2006-01-02", "2006-01-02T15:04Z07:00", time.RFC3339} {
		if t, err := time.Parse(layout, s); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}

// parseAddress reads an address. An IPv4 address in IPv6's form is the IPv4
// address: that is how a listener for both sees it.
func parseAddress(s string) (netip.Addr, bool) {
	address, err := netip.ParseAddr(s)
	return address.Unmap(), err == nil && address.Zone() == ""
}

// network reads an address range, or one address as a range of itself. Bits
// behind the prefix do not matter.
func network(s string) (netip.Prefix, bool) {
	if address, ok := parseAddress(s); ok {
		return netip.PrefixFrom(address, address.BitLen()), true
	}
	prefix, err := netip.ParsePrefix(s)
	return prefix, err == nil
}
