package policy

import (
	"fmt"
	"slices"
	"strings"
)

const (
	effectAllow = "Allow"
	effectDeny  = "Deny"
)

// A fault is a SyntaxError that does not yet know its place.
type fault struct{ message, detail, about string }

// faultf tells of a fault of the text about, "" for one of the statement as a whole.
func faultf(about, message, format string, args ...any) *fault {
	return &fault{message, fmt.Sprintf(format, args...), about}
}

// check looks for the faults of a document whose elements are all of the right type, in the order in which IAM does: which of
// several faults is reported is part of the behaviour that clients see.
func (d *Document) check() error {
	if (d.Kind == Managed || d.Kind == Boundary || d.Kind == ResourceControl) && d.Version != Version2012 {
		return &SyntaxError{Message: msgVersion, Detail: fmt.Sprintf("Version is %q", d.Version), Line: 1, Column: 1}
	}
	if len(d.Statements) == 0 {
		return &SyntaxError{Message: d.Kind.missing("Statement"), Detail: "there is no statement"}
	}
	seen := map[string]bool{}
	steps := []func(*Statement) *fault{
		d.checkLiterals,
		func(s *Statement) *fault { return d.checkSid(s, seen) },
		d.checkActions, d.checkResources, d.checkVendors, d.checkARNs, d.checkPrincipals, d.checkTrust,
	}
	for _, step := range steps {
		for i := range d.Statements {
			s := &d.Statements[i]
			if f := step(s); f != nil {
				return &SyntaxError{Message: f.message, Detail: f.detail, Line: s.Line, Column: s.Column, statement: i, about: f.about}
			}
		}
	}
	return nil
}

// checkLiterals finds what IAM calls a failure of legacy parsing: a misspelt effect, a partition that does not exist, a date,
// number, address or Boolean that is none.
func (d *Document) checkLiterals(s *Statement) *fault {
	if s.Effect != effectAllow && s.Effect != effectDeny {
		return faultf(s.Effect, msgLegacy, "Effect is %q, not Allow or Deny", s.Effect)
	}
	for _, r := range slices.Concat(s.Resources, s.NotResources) {
		rest, ok := strings.CutPrefix(r, "arn:")
		if partition, _, _ := strings.Cut(rest, ":"); ok && !validPartition(partition) {
			return faultf(r, msgLegacy, "%q has no partition that exists", r)
		}
	}
	type operation struct{ operator, key string }
	seen := map[operation]bool{}
	for i := range s.Conditions {
		c := &s.Conditions[i]
		if _, err := newCondition(c, false, d.Version == Version2012); err != nil {
			return faultf(c.Key, msgLegacy, "line %d: %v", c.Line, err)
		}
		if len(c.Values) == 0 || seen[operation{c.Operator, c.Key}] {
			return faultf(c.Key, msgSyntax, "%s of %s has no values, or is given twice", c.Operator, c.Key)
		}
		seen[operation{c.Operator, c.Key}] = true
	}
	return nil
}

// validPartition accepts the partitions of AWS and any pattern of them.
func validPartition(p string) bool {
	return p == "aws" || strings.HasPrefix(p, "aws-") && strings.Trim(p, "abcdefghijklmnopqrstuvwxyz-*?") == "" ||
		strings.ContainsAny(p, "*?") && strings.Trim(p, "aws-cnguoveibf*?") == ""
}

// checkSid: the services that own resource policies also take other characters in a Sid, such as hyphens.
func (d *Document) checkSid(s *Statement, seen map[string]bool) *fault {
	if d.Kind != Resource && strings.ContainsFunc(s.Sid, notAlphanumeric) {
		return faultf(s.Sid, msgSidCharset, "Sid is %q", s.Sid)
	}
	if s.Sid != "" && seen[s.Sid] {
		return faultf(s.Sid, msgSidUnique, "the Sid %q is given twice", s.Sid)
	}
	seen[s.Sid] = true
	return nil
}

func notAlphanumeric(r rune) bool {
	return (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z')
}

func (d *Document) checkActions(s *Statement) *fault {
	if (len(s.Actions) == 0) == (len(s.NotActions) == 0) {
		return faultf("", msgNoActions, "there is no Action")
	}
	return nil
}

func (d *Document) checkResources(s *Statement) *fault {
	if d.Kind == Trust {
		if len(s.Resources)+len(s.NotResources) > 0 {
			return faultf("Resource", "Has prohibited field Resource", "a trust policy has no Resource")
		}
		return nil
	}
	if (len(s.Resources) == 0) == (len(s.NotResources) == 0) {
		return faultf("", msgNoResources, "there is no Resource")
	}
	return nil
}

// checkVendors: actions and condition keys begin with the literal name of a service.
func (d *Document) checkVendors(s *Statement) *fault {
	for _, a := range slices.Concat(s.Actions, s.NotActions) {
		vendor, name, _ := strings.Cut(a, ":")
		switch {
		case a == "*":
		case vendor == "" || name == "":
			return faultf(a, msgVendorPrefix, "the action %q has no service", a)
		case strings.ContainsFunc(vendor, notVendor):
			return faultf(a, "Vendor "+vendor+" is not valid", "the action %q has no literal service", a)
		case strings.Contains(name, ":"):
			return faultf(a, msgOneColon, "the action %q has two colons", a)
		}
	}
	for _, c := range s.Conditions {
		if vendor, name, _ := strings.Cut(c.Key, ":"); vendor == "" || name == "" {
			return faultf(c.Key, msgVendorPrefix, "line %d: the condition key %q has no service", c.Line, c.Key)
		}
	}
	return nil
}

func notVendor(r rune) bool { return notAlphanumeric(r) && r != '-' && r != '.' }

// checkTrust: only the actions by which a role is taken on make sense in its trust policy.
func (d *Document) checkTrust(s *Statement) *fault {
	if d.Kind != Trust {
		return nil
	}
	for _, a := range s.Actions {
		p := newActionPattern(a)
		if a == "*" || !slices.ContainsFunc(trustActions[:], func(t string) bool { return p.match(t) }) {
			return faultf(a, msgTrustAction, "the action is %q", a)
		}
	}
	if len(s.NotActions) > 0 {
		return faultf("NotAction", msgTrustAction, "a trust policy names its actions")
	}
	return nil
}

var trustActions = [...]string{
	"sts:AssumeRole", "sts:AssumeRoleWithWebIdentity", "sts:AssumeRoleWithSAML", "sts:TagSession", "sts:SetSourceIdentity", "sts:SetContext",
}
