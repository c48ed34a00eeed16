package policy

import "strings"

type family uint8

const (
	famString family = iota + 1
	famStringFold
	famStringLike
	famNumeric
	famDate
	famBool
	famBinary
	famIP
	famARN
	famNull
)

type comparison uint8

const (
	equal comparison = iota
	less
	lessEqual
	greater
	greaterEqual
)

type quantifier uint8

const (
	one        quantifier = iota // the key must be single-valued
	forAll                       // ForAllValues
	forAny                       // ForAnyValue
	forAllName = "ForAllValues:"
	forAnyName = "ForAnyValue:"
)

// An operator is a condition operator taken apart: ForAllValues:StringNotLikeIfExists is famStringLike, negated, forAll,
// ifExists.
type operator struct {
	family   family
	negated  bool
	compare  comparison
	quant    quantifier
	ifExists bool
}

// operatorOf knows the operators without quantifier and IfExists.
func operatorOf(name string) (op operator, ok bool) {
	if rest, ok := strings.CutPrefix(name, "Numeric"); ok {
		return ordered(famNumeric, rest)
	}
	if rest, ok := strings.CutPrefix(name, "Date"); ok {
		return ordered(famDate, rest)
	}
	switch name {
	case "StringEquals":
		return operator{family: famString}, true
	case "StringNotEquals":
		return operator{family: famString, negated: true}, true
	case "StringEqualsIgnoreCase":
		return operator{family: famStringFold}, true
	case "StringNotEqualsIgnoreCase":
		return operator{family: famStringFold, negated: true}, true
	case "StringLike":
		return operator{family: famStringLike}, true
	case "StringNotLike":
		return operator{family: famStringLike, negated: true}, true
	case "Bool":
		return operator{family: famBool}, true
	case "BinaryEquals":
		return operator{family: famBinary}, true
	case "IpAddress":
		return operator{family: famIP}, true
	case "NotIpAddress":
		return operator{family: famIP, negated: true}, true
	case "ArnEquals", "ArnLike":
		return operator{family: famARN}, true
	case "ArnNotEquals", "ArnNotLike":
		return operator{family: famARN, negated: true}, true
	case "Null":
		return operator{family: famNull}, true
	}
	return operator{}, false
}

// ordered knows the operators of what has an order.
func ordered(f family, name string) (op operator, ok bool) {
	switch name {
	case "Equals":
		return operator{family: f}, true
	case "NotEquals":
		return operator{family: f, negated: true}, true
	case "LessThan":
		return operator{family: f, compare: less}, true
	case "LessThanEquals":
		return operator{family: f, compare: lessEqual}, true
	case "GreaterThan":
		return operator{family: f, compare: greater}, true
	case "GreaterThanEquals":
		return operator{family: f, compare: greaterEqual}, true
	}
	return operator{}, false
}

// A lastOperator remembers the operator that was read last: most statements of a policy have the same.
type lastOperator struct {
	name string
	operator
}

func (l *lastOperator) parse(name string) (operator, bool) {
	if l.name == name && name != "" {
		return l.operator, true
	}
	op, ok := parseOperator(name)
	if ok {
		l.name, l.operator = name, op
	}
	return op, ok
}

// parseOperator reads the name of a condition operator. Null takes neither a quantifier nor IfExists.
func parseOperator(name string) (operator, bool) {
	base, quant := name, one
	if rest, ok := strings.CutPrefix(name, forAllName); ok {
		base, quant = rest, forAll
	} else if rest, ok := strings.CutPrefix(name, forAnyName); ok {
		base, quant = rest, forAny
	}
	base, ifExists := strings.CutSuffix(base, "IfExists")
	op, ok := operatorOf(base)
	if !ok || op.family == famNull && base != name {
		return operator{}, false
	}
	op.quant, op.ifExists = quant, ifExists
	return op, true
}

// order reports whether a comparison result (negative, zero, positive) satisfies the operator.
func (c comparison) order(n int) bool {
	switch c {
	case equal:
		return n == 0
	case less:
		return n < 0
	case lessEqual:
		return n <= 0
	case greater:
		return n > 0
	case greaterEqual:
		return n >= 0
	}
	return false
}
