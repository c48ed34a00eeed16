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

var operators = map[string]operator{
	"StringEquals":              {family: famString},
	"StringNotEquals":           {family: famString, negated: true},
	"StringEqualsIgnoreCase":    {family: famStringFold},
	"StringNotEqualsIgnoreCase": {family: famStringFold, negated: true},
	"StringLike":                {family: famStringLike},
	"StringNotLike":             {family: famStringLike, negated: true},
	"NumericEquals":             {family: famNumeric},
	"NumericNotEquals":          {family: famNumeric, negated: true},
	"NumericLessThan":           {family: famNumeric, compare: less},
	"NumericLessThanEquals":     {family: famNumeric, compare: lessEqual},
	"NumericGreaterThan":        {family: famNumeric, compare: greater},
	"NumericGreaterThanEquals":  {family: famNumeric, compare: greaterEqual},
	"DateEquals":                {family: famDate},
	"DateNotEquals":             {family: famDate, negated: true},
	"DateLessThan":              {family: famDate, compare: less},
	"DateLessThanEquals":        {family: famDate, compare: lessEqual},
	"DateGreaterThan":           {family: famDate, compare: greater},
	"DateGreaterThanEquals":     {family: famDate, compare: greaterEqual},
	"Bool":                      {family: famBool},
	"BinaryEquals":              {family: famBinary},
	"IpAddress":                 {family: famIP},
	"NotIpAddress":              {family: famIP, negated: true},
	"ArnEquals":                 {family: famARN},
	"ArnLike":                   {family: famARN},
	"ArnNotEquals":              {family: famARN, negated: true},
	"ArnNotLike":                {family: famARN, negated: true},
	"Null":                      {family: famNull},
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
	op, ok := operators[base]
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
