package policy

import (
	"encoding/base64"
	"fmt"
	"net/netip"
	"time"

	"github.com/bailiwick-project/bailiwick/arn"
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
	template template     // String*, Bool
	arn      *arnPattern  // Arn*; nil when malformed
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

// nullMet: a key that is there without any value counts as absent, so that Null=false guards ForAllValues against every set
// for which ForAllValues is vacuously true.
func (c *condition) nullMet(e *entry) bool {
	absent := e == nil || e.multi && e.null()
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

// valueMet compares one value of the request with all values of the policy: one must match, or with a negated operator none.
func (c *condition) valueMet(ctx *Context, v string) bool {
	for i := range c.values {
		matches, ok := c.values[i].compare(c, ctx, v)
		if !ok && c.negated {
			return c.deny // not comparable is neither equal nor different
		}
		if ok && matches {
			return !c.negated
		}
	}
	return c.negated
}

// compare reports whether the operand matches v; ok is false when v or the operand is no value of the family.
func (o *operand) compare(c *condition, ctx *Context, v string) (matches, ok bool) {
	switch c.family {
	case famString, famStringLike:
		return o.template.match(ctx, v), true
	case famStringFold:
		return o.template.matchFold(ctx, v), true
	case famBool:
		_, ok := parseBool(v)
		return ok && o.template.matchFold(ctx, v), ok
	case famARN:
		a, err := arn.Parse(v)
		if o.arn == nil || err != nil {
			return false, false
		}
		return o.arn.match(ctx, v, &a), true
	case famNumeric:
		n, ok := parseDecimal(v)
		return ok && c.compareWith(n.compare(o.number)), ok
	case famDate:
		t, ok := parseDate(v)
		return ok && c.compareWith(t.Compare(o.date)), ok
	case famIP:
		a, ok := parseIP(v)
		return ok && o.prefix.Contains(a), ok
	case famBinary:
		raw, ok := decodeBase64(v)
		return ok && string(raw) == o.bytes, ok
	}
	return false, false
}

func (c *condition) compareWith(order int) bool { return c.operator.compare.order(order) }
