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
	article := ""
	switch wanted {
	case "Integer":
		article = "an "
	case "Long", "Double", "Number":
		article = "a "
	}
	cannot := " cannot be converted to "
	if article != "" {
		cannot = " can not be converted to " + article
	}
	structured := wanted == "Structure" || wanted == "List" || wanted == "Map"
	switch k := d.tokens.PeekKind(); k {
	case 0:
		_, err := d.tokens.ReadToken()
		if err == nil {
			return errUnexpected
		}
		return syntax(err)
	case '{':
		return Refuse("Start of structure or map found where not expected.")
	case '[':
		return Refuse("Start of list found where not expected")
	case '"', '0', 't', 'f':
		if structured {
			return Refuse("Unexpected field type")
		}
		return Refuse("%s", valueName(k)+cannot+wanted)
	case 'n':
		return Refuse("Unexpected null value")
	default:
		return errUnexpected
	}
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
