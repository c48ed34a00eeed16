package awsjson

import (
	"errors"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/bailiwick-project/bailiwick"
)

// Refuse is an error for a value that is not of its type, to be returned by a
// DecoderFrom.
func Refuse(format string, args ...any) error {
	return bailiwick.Errorf(bailiwick.CodeSerialization, format, args...)
}

// AWS tells little about text that is not JSON, and nothing about where.
var (
	errDepth      = Refuse("Nesting is too deep")
	errUnexpected = Refuse("Unexpected token received from parser")
	errBase64     = Refuse("Invalid Base64 string")
	errNull       = Refuse("Unexpected null value")
	errElements   = Refuse("Too many list elements")
)

// syntax translates an error of the JSON library. Its text repeats bits of the
// document, so it is a cause for the log and never sent.
func syntax(err error) error {
	if err == nil {
		return nil
	}
	refusal := bailiwick.Errorf(bailiwick.CodeSerialization, "Unable to parse the JSON document")
	if errors.Is(err, jsontext.ErrDuplicateName) {
		refusal.Message = "The JSON document has a member twice"
	}
	refusal.Cause = err
	return refusal
}

// mismatch is AWS's sentence for a value of another type than wanted. Where the
// text is broken rather than of a wrong type, it is the syntax error.
func (d *Decoder) mismatch(wanted string) error {
	switch k := d.tokens.PeekKind(); k {
	case '{':
		return Refuse("Start of structure or map found where not expected.")
	case '[':
		return Refuse("Start of list found where not expected")
	case 'n':
		return errNull
	case '"', '0', 't', 'f':
		return cannot(k, wanted)
	}
	if _, err := d.tokens.ReadToken(); err != nil {
		return syntax(err)
	}
	return errUnexpected
}

// cannot is AWS's sentence for a scalar that is not what it should be.
func cannot(k jsontext.Kind, wanted string) error {
	switch wanted {
	case "Structure", "List":
		return Refuse("Unexpected field type")
	case "Integer":
		return Refuse("%s can not be converted to an Integer", valueName(k))
	case "Long", "Double", "Number", "Timestamp":
		return Refuse("%s can not be converted to a %s", valueName(k), wanted)
	}
	return Refuse("%s cannot be converted to %s", valueName(k), wanted)
}

func valueName(k jsontext.Kind) string {
	switch k {
	case '"':
		return "STRING_VALUE"
	case '0':
		return "NUMBER_VALUE"
	case 't':
		return "TRUE_VALUE"
	}
	return "FALSE_VALUE"
}
