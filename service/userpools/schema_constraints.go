package userpools

import (
	"math/big"
	"strconv"
	"strings"
)

// constrain takes over the constraints of a declaration.
func (a *attribute) constrain(d *SchemaAttributeType) error {
	switch a.Type {
	case "String":
		if c := d.StringAttributeConstraints; c != nil {
			a.MinLength, a.MaxLength = pick(c.MinLength, a.MinLength), pick(c.MaxLength, a.MaxLength)
		}
		return a.checkLengths()
	case "Number":
		if c := d.NumberAttributeConstraints; c != nil {
			a.MinValue, a.MaxValue = pick(c.MinValue, a.MinValue), pick(c.MaxValue, a.MaxValue)
		}
		return a.checkBounds()
	}
	return nil
}

func pick(given, fallback *string) *string {
	if given != nil {
		return given
	}
	return fallback
}

func (a *attribute) checkLengths() error {
	low, err := strconv.Atoi(or(a.MinLength, "0"))
	if err != nil || low < 0 {
		return invalid("Invalid MinLength for schema attribute %s", a.Name)
	}
	high, err := strconv.Atoi(or(a.MaxLength, strconv.Itoa(maxValueLength)))
	if err != nil || high < 0 {
		return invalid("Invalid MaxLength for schema attribute %s", a.Name)
	}
	if low > maxValueLength || high > maxValueLength {
		return invalid("user.%s: String attributes cannot have a length of more than %d", a.Name, maxValueLength)
	}
	if high < low {
		return invalid("user.%s: Max length cannot be less than min length.", a.Name)
	}
	return nil
}

func (a *attribute) checkBounds() error {
	low, err := bound(a.MinValue)
	if err != nil {
		return invalid("Invalid MinValue for schema attribute %s", a.Name)
	}
	high, err := bound(a.MaxValue)
	if err != nil {
		return invalid("Invalid MaxValue for schema attribute %s", a.Name)
	}
	if low != nil && high != nil && high.Cmp(low) < 0 {
		return invalid("user.%s: Max value cannot be less than min value.", a.Name)
	}
	return nil
}

// bound reads a bound of a number; nil is none.
func bound(text *string) (*big.Rat, error) {
	if text == nil {
		return nil, nil
	}
	return number(*text)
}

// maxDigits bounds the numbers that are compared: their cost grows with length.
const maxDigits = 64

// number reads a decimal number without exponent: with one, "1e999999999" would
// cost the memory of the machine.
func number(text string) (*big.Rat, error) {
	digits := strings.TrimPrefix(text, "-")
	whole, fraction, dot := strings.Cut(digits, ".")
	if len(text) > maxDigits || !allDigits(whole) || dot && !allDigits(fraction) {
		return nil, strconv.ErrSyntax
	}
	r, ok := new(big.Rat).SetString(text)
	if !ok {
		return nil, strconv.ErrSyntax
	}
	return r, nil
}

func allDigits(s string) bool {
	return s != "" && strings.Trim(s, digits) == ""
}
