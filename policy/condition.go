package policy

import (
	"encoding/base64"
	"net/netip"
	"time"
)

// A condition is one compiled Condition. deny is the effect of its statement: where AWS's answer is unknown, an Allow is not
// met and a Deny is.
type condition struct {
	operator
	deny   bool
	key    keyRef
	values []operand
	source *Condition
}

// An operand is one value of a condition, prepared for the operator's family.
type operand struct {
	template *template   // String*, Bool; of Arn* when moving
	arn      *arnPattern // Arn*; nil when malformed
	plain    *plainValue // Numeric*, Date*, IpAddress, BinaryEquals
	moving   bool        // Arn*: what a variable stands for may move the parts
	null     bool        // Null: true asks for absence
}

// A plainValue is what has no variables.
type plainValue struct {
	number decimal
	date   time.Time
	prefix netip.Prefix
	bytes  string
}

// takes reports whether the text is a value of the family.
func (f family) takes(v string, vars bool) bool {
	switch f {
	case famString, famStringFold, famStringLike, famARN:
		return true
	}
	var o operand
	return o.prepare(f, v, &templates{vars: vars})
}

// prepare sets the value, and reports whether it is one of the family. Variables are expanded for String*, Arn* and Bool.
func (o *operand) prepare(f family, v string, t *templates) (ok bool) {
	ok = true
	switch f {
	case famString, famStringFold:
		o.template = t.of(v, false)
	case famStringLike:
		o.template = t.of(v, true)
	case famARN:
		o.arn = newARNPattern(v, t.vars)
		o.moving = t.vars && movingParts(v)
		if o.moving {
			o.template = t.of(v, true)
		}
	case famBool:
		o.template = t.of(v, false)
		if o.template.literal {
			_, ok = parseBool(v)
		}
	case famNull:
		o.null, ok = parseBool(v)
	default:
		o.plain, ok = newPlainValue(f, v)
	}
	return ok
}

func newPlainValue(f family, v string) (p *plainValue, ok bool) {
	p = &plainValue{}
	switch f {
	case famNumeric:
		p.number, ok = parseDecimal(v)
	case famDate:
		p.date, ok = parseDate(v)
	case famBinary:
		var raw []byte
		raw, ok = decodeBase64(v)
		p.bytes = string(raw)
	case famIP:
		p.prefix, ok = parsePrefix(v)
	}
	return p, ok
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

// likenessOf says incomparable whatever match is, if it could not be found out.
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
		return likenessOf(c.compareWith(n.compare(o.plain.number)), ok)
	case famDate:
		t, ok := parseDate(v)
		return likenessOf(c.compareWith(t.Compare(o.plain.date)), ok)
	case famIP:
		a, ok := parseIP(v)
		return likenessOf(o.plain.prefix.Contains(a), ok)
	case famBinary:
		raw, ok := decodeBase64(v)
		return likenessOf(string(raw) == o.plain.bytes, ok)
	}
	return incomparable
}

// compareBool: one page of AWS's documents says that Bool knows variables, another that it does not.
func (o *operand) compareBool(ctx *Context, v string) likeness {
	_, ok := parseBool(v)
	l := likenessOf(o.template.matchFold(ctx, v), ok)
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
