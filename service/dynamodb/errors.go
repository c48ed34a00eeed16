package dynamodb

import (
	"errors"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/service/dynamodb/attr"
)

// The errors of DynamoDB with AWS's sentences.
// Source: DynamoDB API Reference, the "Errors" of each action; sentences as live
// AWS gives them.

// codeNotFound is AWS's code for a table that is not there.
const codeNotFound = "ResourceNotFoundException"

const (
	codeConditionFailed = "ConditionalCheckFailedException"
	codeCancelled       = "TransactionCanceledException"
)

// errNoTable answers operations on items; it does not name the table.
var errNoTable = bailiwick.Errorf(codeNotFound, "Requested resource not found")

const (
	errKeyMismatch = attr.ValidationError("The provided key element does not match the schema")
	errStartKey    = attr.ValidationError("The provided starting key is invalid")
	errStartScan   = errStartKey + ": " + errKeyMismatch
	errStartRange  = attr.ValidationError("The provided starting key is outside query boundaries based on provided conditions")
	errStartSort   = attr.ValidationError("The provided starting key does not match the range key predicate")
	errDuplicates  = attr.ValidationError("Provided list of item keys contains duplicates")
)

// noSuchTable answers operations on tables.
func noSuchTable(name string) error {
	return bailiwick.Errorf(codeNotFound, "Requested resource not found: Table: %s not found", name)
}

func invalid(format string, args ...any) error {
	return bailiwick.Errorf(bailiwick.CodeValidation, format, args...)
}

// invalidParameter is DynamoDB's common opening.
func invalidParameter(format string, args ...any) error {
	return invalid("One or more parameter values were invalid: "+format, args...)
}

func inUse(format string, args ...any) error {
	return bailiwick.Errorf("ResourceInUseException", format, args...)
}

func conditionFailed(old attr.Item, tell bool) error {
	e := bailiwick.Errorf(codeConditionFailed, "The conditional request failed")
	if tell && old != nil {
		e.Fields = map[string]any{"Item": old}
	}
	return e
}

// refuse makes the defects that packages attr and expr find fit to be sent.
func refuse(err error) error {
	if defect, is := errors.AsType[attr.ValidationError](err); is {
		return bailiwick.Errorf(bailiwick.CodeValidation, "%s", string(defect))
	}
	return err
}
