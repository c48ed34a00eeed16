package s3

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/bailiwick-project/bailiwick/policy"
)

// isPublic tells whether a bucket policy lets in callers whom it does not name.
// Every Allow must name its principals, or be limited to fixed values of a key
// that only some callers can have. Tags of principals do not limit: anyone may tag
// a principal of an account of his own.
// Source: Amazon S3 User Guide, "The meaning of 'public'".
func isPublic(doc *policy.Document) bool {
	return slices.ContainsFunc(doc.Statements, func(s policy.Statement) bool {
		return s.Effect == "Allow" && forEveryone(&s) && !slices.ContainsFunc(s.Conditions, limits)
	})
}

func forEveryone(s *policy.Statement) bool {
	return len(s.NotPrincipal) > 0 || slices.ContainsFunc(s.Principals, func(p policy.PrincipalEntry) bool {
		return p.Value == "*"
	})
}

// limiting are the keys whose fixed values make a statement not public, in lower
// case.
var limiting = []string{
	"aws:principalarn", "aws:principalaccount", "aws:principalorgid", "aws:principalorgpaths", "aws:sourcearn", "aws:sourceaccount",
	"aws:sourceowner", "aws:sourcevpc", "aws:sourcevpce", "aws:userid", "s3:x-amz-server-side-encryption-aws-kms-key-id",
	"s3:dataaccesspointarn", "s3:dataaccesspointaccount",
}

// limits tells whether a condition limits its statement to fixed values.
func limits(c policy.Condition) bool {
	key, operator := strings.ToLower(c.Key), strings.TrimPrefix(c.Operator, "ForAnyValue:")
	switch operator {
	case "IpAddress":
		return key == "aws:sourceip" && !slices.ContainsFunc(c.Values, func(v string) bool { return !narrow(v) })
	case "StringEquals", "StringEqualsIgnoreCase":
		// The wildcards of StringEquals are literal, but a variable is not.
		return slices.Contains(limiting, key) && !slices.ContainsFunc(c.Values, func(v string) bool { return strings.Contains(v, "${") })
	case "StringLike", "ArnEquals", "ArnLike":
		open := func(v string) bool { return strings.ContainsAny(v, "*?") || strings.Contains(v, "${") }
		if key == "aws:userid" { // the sessions of one role: AROA...:*
			open = func(v string) bool {
				id, _, ok := strings.Cut(v, ":")
				return !ok || id == "" || strings.ContainsAny(id, "*?$")
			}
		}
		return slices.Contains(limiting, key) && !slices.ContainsFunc(c.Values, open)
	}
	return false // also ...IfExists, ForAllValues and negations, which callers without the key meet
}

// narrow tells whether a range of addresses is small enough to name somebody.
func narrow(cidr string) bool {
	p, err := netip.ParsePrefix(cidr)
	if err != nil {
		_, err := netip.ParseAddr(cidr)
		return err == nil
	}
	if p.Addr().Is4() {
		return p.Bits() >= 8
	}
	return p.Bits() >= 32
}
