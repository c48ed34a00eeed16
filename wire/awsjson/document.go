package awsjson

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
)

// Skip passes over a value, which must be as well-formed as any other.
func (d *Decoder) Skip() error {
	from := d.tokens.StackDepth()
	for {
		t, err := d.tokens.ReadToken()
		if err != nil {
			return syntax(err)
		}
		depth := d.tokens.StackDepth()
		if depth > MaxDepth {
			return errDepth
		}
		if depth < from || t.Kind() == 0 {
			return errUnexpected // there was no value
		}
		if depth == from {
			return nil
		}
	}
}

// Raw reads any value as it is written and returns a copy.
func (d *Decoder) Raw() (json.RawMessage, error) {
	raw, err := d.tokens.ReadValue()
	if err != nil {
		return nil, syntax(err)
	}
	if deeper(raw, MaxDepth-d.tokens.StackDepth()) {
		return nil, errDepth
	}
	return json.RawMessage(bytes.Clone(raw)), nil
}

// finish refuses anything behind the document.
func (d *Decoder) finish() error {
	switch _, err := d.tokens.ReadToken(); {
	case errors.Is(err, io.EOF):
		return nil
	case err == nil:
		return errUnexpected
	default:
		return syntax(err)
	}
}

// deeper tells whether valid JSON nests deeper than max levels.
func deeper(raw []byte, max int) bool {
	depth, inString := 0, false
	for i := 0; i < len(raw); i++ {
		switch c := raw[i]; {
		case inString && c == '\\':
			i++
		case c == '"':
			inString = !inString
		case inString:
		case c == '{' || c == '[':
			if depth++; depth > max {
				return true
			}
		case c == '}' || c == ']':
			depth--
		}
	}
	return false
}
