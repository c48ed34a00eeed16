package expr

import (
	"fmt"

	"github.com/bailiwick-project/bailiwick/service/dynamodb/attr"
)

// Limits of expressions ("Quotas in Amazon DynamoDB", expression parameters).
const (
	MaxSize      = 4096 // bytes of one expression, as sent
	MaxOperators = 300  // operators and functions of one expression
	MaxIn        = 100  // operands of IN
	MaxDepth     = 32   // elements of a document path
	maxUpdates   = 5000 // AttributeUpdates: each is looked for among the attributes of the item
	maxIndex     = 1<<31 - 1
)

func errorf(format string, args ...any) error {
	return attr.ValidationError(fmt.Sprintf(format, args...))
}

func invalidParameter(format string, args ...any) error {
	return errorf("One or more parameter values were invalid: "+format, args...)
}

const (
	errKeyConditions = attr.ValidationError("Conditions can be of length 1 or 2 only")

	errPathInvalid = attr.ValidationError("The document path provided in the update expression is invalid for update")
	errOperandType = attr.ValidationError("An operand in the update expression has an incorrect data type")
	errNoAttribute = attr.ValidationError("The provided expression refers to an attribute that does not exist in the item")
	errMismatch    = attr.ValidationError("Type mismatch for attribute to update")
)

// rank orders the defects of one expression that is free of syntax errors: DynamoDB
// names only one, and checks the whole expression for one defect before the next.
type rank int

const (
	rankParentheses rank = iota
	rankFunction
	rankReserved
	rankName
	rankValue
	rankOperators
	rankOperand
	rankPaths
	ranks
)

// defects keeps the first defect of each rank.
type defects [ranks]error

func (d *defects) note(r rank, format string, args ...any) {
	if d[r] == nil {
		d[r] = errorf(format, args...)
	}
}

func (d *defects) first() error {
	for _, err := range d {
		if err != nil {
			return err
		}
	}
	return nil
}
