package attr

import "fmt"

// ValidationError is a defect of the caller's input. Its text is the message of
// DynamoDB's ValidationException, ready to be sent.
type ValidationError string

func (e ValidationError) Error() string { return string(e) }

// invalidParameter is DynamoDB's common opening for a refused value.
const invalidParameter = "One or more parameter values were invalid: "

func invalidf(format string, args ...any) error {
	return ValidationError(invalidParameter + fmt.Sprintf(format, args...))
}

const (
	errEmptyValue = ValidationError("Supplied AttributeValue is empty, must contain exactly one of the supported datatypes")
	errManyTypes  = ValidationError("Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes")
	errDepth      = ValidationError("Nesting Levels have exceeded supported limits: Attributes in the item have nested levels beyond supported limit")

	errOverflow  = ValidationError("Number overflow. Attempting to store a number with magnitude larger than supported range")
	errUnderflow = ValidationError("Number underflow. Attempting to store a number with magnitude smaller than supported range")
	errPrecision = ValidationError("Attempting to store more than 38 significant digits in a Number")
	errNoNumber  = ValidationError("The parameter cannot be converted to a numeric value")
)

// ErrItemSize is the answer to an item over [MaxItemSize].
const ErrItemSize = ValidationError("Item size has exceeded the maximum allowed size")

// ErrNameSize is the answer to an attribute name over [MaxNameBytes].
const ErrNameSize = ValidationError("Attribute name is too large, must be less than 65536 bytes")
