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
	c := checker{Document: d}
	var first *SyntaxError
	before := len(checks)
	for i := range d.Statements {
		s := &d.Statements[i]
		for step := range before {
			if f := checks[step](&c, s); f != nil {
				first = &SyntaxError{Message: f.message, Detail: f.detail, Line: s.Line, Column: s.Column, statement: i, about: f.about}
				before = step
				break
			}
		}
	}
	if first != nil {
		return first
	}
	return nil
}

// checks are what IAM does with all statements, one after the other: a fault that an earlier check finds in a later statement
// comes before those that later checks find.
var checks = [...]func(*checker, *Statement) *fault{
	(*checker).literals, (*checker).sid, (*checker).actions, (*checker).resources, (*checker).vendors, (*checker).arns,
	(*checker).principals, (*checker).trust,
}

// A checker goes through the statements of a document.
type checker struct {
	*Document
	sids map[string]bool // that there are
	fine [8]string       // actions without a fault, by length: most are in several statements

	operators lastOperator
}

// literals finds what IAM calls a failure of legacy parsing: a misspelt effect, a partition that does not exist, a date, number,
// address or Boolean that is none.
func (d *checker) literals(s *Statement) *fault {
	if s.Effect != effectAllow && s.Effect != effectDeny {
		return faultf(s.Effect, msgLegacy, "Effect is %q, not Allow or Deny", s.Effect)
	}
	for _, r := range joined(s.Resources, s.NotResources) {
		if strings.HasPrefix(r, "arn:aws:") {
			continue
		}
		partition, ok := strings.CutPrefix(r, "arn:")
		if colon := strings.IndexByte(partition, ':'); colon >= 0 {
			partition = partition[:colon]
		}
		if ok && !validPartition(partition) {
			return faultf(r, msgLegacy, "%q has no partition that exists", r)
		}
	}
	var repeated repetition
	for i := range s.Conditions {
		c := &s.Conditions[i]
		if err := d.condition(c); err != nil {
			return faultf(c.Key, msgLegacy, "line %d: %v", c.Line, err)
		}
		if len(c.Values) == 0 || repeated.at(s.Conditions, i) {
			return faultf(c.Key, msgSyntax, "%s of %s has no values, or is given twice", c.Operator, c.Key)
		}
	}
	return nil
}

// condition reports operators that there are not, and values that the operator cannot compare.
func (d *checker) condition(c *Condition) error {
	op, ok := d.operators.parse(c.Operator)
	if !ok {
		return fmt.Errorf("there is no condition operator %q", c.Operator)
	}
	for _, v := range c.Values {
		if !op.family.takes(v, d.Version == Version2012) {
			return fmt.Errorf("%q is no value for %s", v, c.Operator)
		}
	}
	return nil
}

// joined is both lists, of which one is empty in all that is accepted; it is not the caller's to change.
func joined[T any](a, b []T) []T {
	switch {
	case len(b) == 0:
		return a
	case len(a) == 0:
		return b
	}
	return slices.Concat(a, b)
}

// A repetition is found by looking back at the conditions before, while they are few.
type repetition map[[2]string]bool

// at reports whether operator and key of condition i are those of one before; it is asked for each in turn.
func (r *repetition) at(all []Condition, i int) bool {
	if i < fewKeys {
		for j := range i {
			if all[j].Key == all[i].Key && all[j].Operator == all[i].Operator {
				return true
			}
		}
		return false
	}
	if *r == nil {
		*r = repetition{}
		for j := range i {
			(*r)[[2]string{all[j].Operator, all[j].Key}] = true
		}
	}
	key := [2]string{all[i].Operator, all[i].Key}
	found := (*r)[key]
	(*r)[key] = true
	return found
}

// validPartition accepts the partitions of AWS and any pattern of them.
func validPartition(p string) bool {
	return p == "aws" || strings.HasPrefix(p, "aws-") && strings.Trim(p, "abcdefghijklmnopqrstuvwxyz-*?") == "" ||
		strings.ContainsAny(p, "*?") && strings.Trim(p, "aws-cnguoveibf*?") == ""
}

// sid: the services that own resource policies also take other characters in a Sid, such as hyphens.
func (d *checker) sid(s *Statement) *fault {
	if s.Sid == "" {
		return nil
	}
	if d.Kind != Resource && strings.ContainsFunc(s.Sid, notAlphanumeric) {
		return faultf(s.Sid, msgSidCharset, "Sid is %q", s.Sid)
	}
	if d.sids[s.Sid] {
		return faultf(s.Sid, msgSidUnique, "the Sid %q is given twice", s.Sid)
	}
	if d.sids == nil {
		d.sids = make(map[string]bool, len(d.Statements))
	}
	d.sids[s.Sid] = true
	return nil
}

func notAlphanumeric(r rune) bool {
	return (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z')
}

func (d *checker) actions(s *Statement) *fault {
	if (len(s.Actions) == 0) == (len(s.NotActions) == 0) {
		return faultf("", msgNoActions, "there is no Action")
	}
	return nil
}

func (d *checker) resources(s *Statement) *fault {
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

// vendors: actions and condition keys begin with the literal name of a service.
func (d *checker) vendors(s *Statement) *fault {
	for _, a := range joined(s.Actions, s.NotActions) {
		known := &d.fine[len(a)%len(d.fine)]
		if *known == a && a != "" {
			continue
		}
		if f := checkAction(a); f != nil {
			return f
		}
		*known = a
	}
	for i := range s.Conditions {
		c := &s.Conditions[i]
		if colon := strings.IndexByte(c.Key, ':'); colon <= 0 || colon == len(c.Key)-1 {
			return faultf(c.Key, msgVendorPrefix, "line %d: the condition key %q has no service", c.Line, c.Key)
		}
	}
	return nil
}

func checkAction(a string) *fault {
	colon := strings.IndexByte(a, ':')
	switch {
	case a == "*":
	case colon <= 0 || colon == len(a)-1:
		return faultf(a, msgVendorPrefix, "the action %q has no service", a)
	case !isVendor(a[:colon]):
		return faultf(a, "Vendor "+a[:colon]+" is not valid", "the action %q has no literal service", a)
	case strings.IndexByte(a[colon+1:], ':') >= 0:
		return faultf(a, msgOneColon, "the action %q has two colons", a)
	}
	return nil
}

// isVendor reports whether s may be the name of a service: letters and digits of ASCII, hyphens and points.
func isVendor(s string) bool {
	for i := range len(s) {
		if c := s[i]; (c < 'a' || c > 'z') && (c < '0' || c > '9') && (c < 'A' || c > 'Z') && c != '-' && c != '.' {
			return false
		}
	}
	return true
}

// trust: only the actions by which a role is taken on make sense in its trust policy.
func (d *checker) trust(s *Statement) *fault {
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
