package policy

import (
	"cmp"
	"net/netip"
	"strings"
	"time"
)

// IsValue reports whether text is a value that the condition operator can compare: a number for NumericEquals, a date for
// DateEquals, base64 for BinaryEquals, an address or a range for IpAddress, true or false for Bool.
func IsValue(operator, text string) bool {
	op, _ := parseOperator(operator)
	return op.family.takes(text, false)
}

// A decimal is a number without binary rounding, so that 0.1 equals 0.10 and 2^53 differs from 2^53+1.
type decimal struct {
	negative    bool
	whole, frac string // without leading and trailing zeros
}

// parseDecimal reads an optional minus, digits, and optionally a point and digits.
func parseDecimal(s string) (d decimal, ok bool) {
	s, d.negative = strings.CutPrefix(s, "-")
	whole, frac, point := strings.Cut(s, ".")
	if !digits(whole) || point && !digits(frac) {
		return decimal{}, false
	}
	d.whole, d.frac = strings.TrimLeft(whole, "0"), strings.TrimRight(frac, "0")
	if d.whole == "" && d.frac == "" {
		d.negative = false
	}
	return d, true
}

func digits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

func (d decimal) compare(o decimal) int {
	if d.negative != o.negative {
		if d.negative {
			return -1
		}
		return 1
	}
	n := cmp.Or(cmp.Compare(len(d.whole), len(o.whole)), strings.Compare(d.whole, o.whole), strings.Compare(d.frac, o.frac))
	if d.negative {
		return -n
	}
	return n
}

// parseDate reads a date in the W3C profile of ISO 8601 (day, minute, second or fraction; Z or an offset), or seconds since 1970.
func parseDate(s string) (time.Time, bool) {
	if digits(s) && len(s) <= 12 {
		var sec int64
		for i := range len(s) {
			sec = sec*10 + int64(s[i]-'0')
		}
		return time.Unix(sec, 0), true
	}
	if strings.Contains(s, ",") || len(s) > len(time.DateOnly) && strings.IndexByte(s, ':') != len("2006-01-02T15") {
		return time.Time{}, false // package time also takes commas, and hours of one digit
	}
	for _, layout := range [...]string{time.RFC3339Nano, "2006-01-02T15:04Z07:00", time.DateOnly} {
		if t, err := time.Parse(layout, s); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}

// parseIP reads an address. An IPv4 address written as IPv6 is the IPv4 address: the same client must not leave a range by
// being spelled differently.
func parseIP(s string) (netip.Addr, bool) {
	a, err := netip.ParseAddr(s)
	if err != nil || a.Zone() != "" {
		return netip.Addr{}, false
	}
	return a.Unmap(), true
}

// parsePrefix reads a CIDR range, or an address as the range of itself.
func parsePrefix(s string) (netip.Prefix, bool) {
	if p, err := netip.ParsePrefix(s); err == nil {
		return p, !p.Addr().Is4In6()
	}
	a, ok := parseIP(s)
	if !ok {
		return netip.Prefix{}, false
	}
	return netip.PrefixFrom(a, a.BitLen()), true
}

// parseBool reads true or false in any case.
func parseBool(s string) (value, ok bool) {
	switch {
	case strings.EqualFold(s, "true"):
		return true, true
	case len(s) == len("false") && strings.EqualFold(s, "false"):
		return false, true
	}
	return false, false
}
