package policy

import (
	"encoding/base64"
	"fmt"
	"net/netip"
	"time"
)

// A condition is one compiled Condition. deny is the effect of its statement: where AWS's answer is unknown, an Allow is not
// met and a Deny is.
type condition struct {
	operator
	key    keyRef
	values []operand
	deny   bool
	source *Condition
}

// An operand is one value of a condition, prepared for the operator's family.
type operand struct {
	template template     // String*, Bool; of Arn* when moving
	arn      *arnPattern  // Arn*; nil when malformed
	moving   bool         // Arn*: what a variable stands for may move the parts
	number   decimal      // Numeric*
	date     time.Time    // Date*
	prefix   netip.Prefix // IpAddress
	bytes    string       // BinaryEquals
	null     bool         // Null: true asks for absence
}

func newCondition(src *Condition, deny, vars bool) (condition, error) {
	op, ok := parseOperator(src.Operator)
	if !ok {
		return condition{}, fmt.Errorf("there is no condition operator %q", src.Operator)
	}
	c := condition{operator: op, key: newKey(src.Key), deny: deny, source: src}
	for _, v := range src.Values {
		o, ok := newOperand(op.family, v, vars)
		if !ok {
			return condition{}, fmt.Errorf("%q is no value for %s", v, src.Operator)
		}
		c.values = append(c.values, o)
	}
	return c, nil
}

// newOperand prepares a value, and reports whether it is one of the family. Variables are expanded for String*, Arn* and Bool.
func newOperand(f family, v string, vars bool) (o operand, ok bool) {
	ok = true
	switch f {
	case famString, famStringFold:
		o.template = newTemplate(v, false, vars)
	case famStringLike:
		o.template = newTemplate(v, true, vars)
	case famARN:
		o.arn = newARNPattern(v, vars)
		o.moving = vars && movingParts(v)
		if o.moving {
			o.template = newTemplate(v, true, vars)
		}
	case famNumeric:
		o.number, ok = parseDecimal(v)
	case famDate:
		o.date, ok = parseDate(v)
	case famBool:
		o.template = newTemplate(v, false, vars)
		if o.template.literal {
			_, ok = parseBool(v)
		}
	case famBinary:
		var raw []byte
		raw, ok = decodeBase64(v)
		o.bytes = string(raw)
	case famIP:
		o.prefix, ok = parsePrefix(v)
	case famNull:
		o.null, ok = parseBool(v)
	default:
		ok = false
	}
	return o, ok
}

func decodeBase64(s string) ([]byte, bool) {
	raw, err := base64.StdEncoding.Strict().DecodeString(s)
	return raw, err == nil
}

// met reports whether the request meets the condition.
//
// Source: IAM User Guide, "Condition operators" and "Multivalued context keys".
func (c *condition) met(ctx *Context) bool {
	e := ctx.find(c.key)
	if c.family == famNull {
		return c.nullMet(e)
	}
	if e == nil {
		return c.absentMet()
	}
	switch c.quant {
	case forAll:
		if e.null() {
			return true
		}
		for _, v := range e.all() {
			if !c.valueMet(ctx, v) {
				return false
			}
		}
		return true
	case forAny:
		for _, v := range e.all() {
			if c.valueMet(ctx, v) {
				return true
			}
		}
		return false
	}
	// Without a set operator a multivalued key never matches, whatever the operator.
	return !e.multi && c.valueMet(ctx, e.one[0])
}

// absentMet is the answer for a key that the request does not have.
func (c *condition) absentMet() bool {
	switch c.quant {
	case forAll:
		return true
	case forAny:
		return c.ifExists && c.deny // AWS does not say whether IfExists or ForAnyValue wins
	}
	return c.ifExists || c.negated
}

// nullMet: a key that is there without any value counts as absent. One with an empty value meets ForAllValues, for which it is
// "a null data set", and Null=false is the guard against that; whether Null takes it for null, AWS does not say.
func (c *condition) nullMet(e *entry) bool {
	if e != nil && len(e.all()) > 0 && e.null() {
		return c.deny
	}
	absent := e == nil || len(e.all()) == 0
	for i := range c.values {
		if c.values[i].null == absent {
			return true
		}
	}
	return false
}

// null reports whether all values are empty: the "null data set" of AWS.
func (e *entry) null() bool {
	for _, v := range e.all() {
		if v != "" {
			return false
		}
	}
	return true
}

// A likeness is what comparing two values gives.
type likeness uint8

const (
	differs likeness = iota
	matches
	incomparable // one of them is no value of the family
	unknown      // AWS does not say whether they match
)

func likenessOf(match, comparable bool) likeness {
	switch {
	case !comparable:
		return incomparable
	case match:
		return matches
	}
	return differs
}

// valueMet compares one value of the request with all values of the policy: one must match, or with a negated operator none.
// What is not comparable is neither equal nor different.
func (c *condition) valueMet(ctx *Context, v string) bool {
	unsure := false
	for i := range c.values {
		switch c.values[i].compare(c, ctx, v) {
		case matches:
			return !c.negated
		case incomparable:
			unsure = unsure || c.negated
		case unknown:
			unsure = true
		case differs:
		}
	}
	if unsure {
		return c.deny
	}
	return c.negated
}

// compare compares the operand with a value of the request.
func (o *operand) compare(c *condition, ctx *Context, v string) likeness {
	switch c.family {
	case famString, famStringLike:
		return likenessOf(o.template.match(ctx, v), true)
	case famStringFold:
		return likenessOf(o.template.matchFold(ctx, v), true)
	case famBool:
		return o.compareBool(ctx, v)
	case famARN:
		return o.compareARN(ctx, v)
	case famNumeric:
		n, ok := parseDecimal(v)
		return likenessOf(ok && c.compareWith(n.compare(o.number)), ok)
	case famDate:
		t, ok := parseDate(v)
		return likenessOf(ok && c.compareWith(t.Compare(o.date)), ok)
	case famIP:
		a, ok := parseIP(v)
		return likenessOf(ok && o.prefix.Contains(a), ok)
	case famBinary:
		raw, ok := decodeBase64(v)
		return likenessOf(ok && string(raw) == o.bytes, ok)
	}
	return incomparable
}

// compareBool: one page of AWS's documents says that Bool knows variables, another that it does not.
func (o *operand) compareBool(ctx *Context, v string) likeness {
	_, ok := parseBool(v)
	l := likenessOf(ok && o.template.matchFold(ctx, v), ok)
	if l == matches && !o.template.literal {
		return unknown
	}
	return l
}

// compareARN: AWS does not say whether an ARN is taken apart before or after its variables are filled in. Before, a value
// cannot move the parts behind it; after, a variable may stand for a whole ARN.
func (o *operand) compareARN(ctx *Context, v string) likeness {
	var at colons
	if !at.find(v) {
		return incomparable
	}
	before := o.arn.compare(ctx, v, &at)
	if !o.moving {
		return before
	}
	after := before
	if text, ok := o.template.fill(ctx); ok {
		after = newARNPattern(text, true).compare(ctx, v, &at)
	}
	switch {
	case (before == matches) != (after == matches):
		return unknown
	case before == incomparable:
		return incomparable
	}
	return after
}

func (c *condition) compareWith(order int) bool { return c.operator.compare.order(order) }
