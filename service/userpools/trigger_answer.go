package userpools

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"

	"github.com/bailiwick-project/bailiwick"
)

// Limits of what a function answers. Lambda's own limit of 6 MB is far above what
// any trigger has to say.
const (
	maxAnswer      = 1 << 20 // bytes
	maxAnswerDepth = 32
)

// What the client hears of an answer that is none.
var (
	errAnswerJSON  = bailiwick.Errorf("InvalidLambdaResponseException", "Invalid lambda function output : Invalid JSON")
	errAnswerShape = bailiwick.Errorf("InvalidLambdaResponseException", "Unrecognizable lambda output")
)

// members are those of one JSON object. Names are compared as they are written:
// "AutoConfirmUser" confirms nobody.
type members map[string]any

// eventMembers are in every event, and must be in what comes back.
var eventMembers = []string{"version", "triggerSource", "region", "userPoolId", "userName", "callerContext", "request", "response"}

// readAnswer returns the member response of the event that a function sends back.
// Nothing else of it is read: a function decides what its response says, and not
// whom or what it was asked about.
func readAnswer(payload []byte) (members, error) {
	if len(payload) > maxAnswer {
		return nil, fmt.Errorf("%w: longer than %d bytes", errAnswerShape, maxAnswer)
	}
	v, err := readJSON(payload)
	if err == nil && v == nil {
		err = errors.New("null")
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errAnswerJSON, err)
	}
	event, ok := v.(members)
	if !ok {
		return nil, fmt.Errorf("%w: %T instead of an object", errAnswerShape, v)
	}
	for _, name := range eventMembers {
		if _, ok := event[name]; !ok {
			return nil, fmt.Errorf("%w: the event came back without %s", errAnswerShape, name)
		}
	}
	response, ok := event["response"].(members)
	if !ok {
		return nil, fmt.Errorf("%w: response is %T instead of an object", errAnswerShape, event["response"])
	}
	return response, nil
}

// readJSON reads one value strictly: of two members with one name, another reader
// could see the other one.
func readJSON(b []byte) (any, error) {
	if !utf8.Valid(b) {
		return nil, errors.New("not UTF-8")
	}
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	v, err := readValue(d, 0)
	if err != nil {
		return nil, err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("data behind the value")
	}
	return v, nil
}

func readValue(d *json.Decoder, depth int) (any, error) {
	if depth > maxAnswerDepth {
		return nil, errors.New("nested too deeply")
	}
	t, err := d.Token()
	if err != nil {
		return nil, fmt.Errorf("reading JSON: %w", err)
	}
	switch t {
	case json.Delim('{'):
		return readMembers(d, depth)
	case json.Delim('['):
		list := []any{}
		for d.More() {
			v, err := readValue(d, depth+1)
			if err != nil {
				return nil, err
			}
			list = append(list, v)
		}
		return list, end(d)
	}
	return t, nil
}

func readMembers(d *json.Decoder, depth int) (any, error) {
	m := members{}
	for d.More() {
		t, err := d.Token()
		if err != nil {
			return nil, fmt.Errorf("reading JSON: %w", err)
		}
		name, ok := t.(string)
		if !ok {
			return nil, errors.New("a member's name is not a string")
		}
		if _, twice := m[name]; twice {
			return nil, errors.New("a member is there twice")
		}
		if m[name], err = readValue(d, depth+1); err != nil {
			return nil, err
		}
	}
	return m, end(d)
}

// end reads the closing bracket.
func end(d *json.Decoder) error {
	if _, err := d.Token(); err != nil {
		return fmt.Errorf("reading JSON: %w", err)
	}
	return nil
}

func (m members) wrong(name, want string) error {
	return fmt.Errorf("%w: %s is %T instead of %s", errAnswerShape, name, m[name], want)
}

// flag is a boolean; absent or null is false. The text "true" is no boolean.
func (m members) flag(name string) (bool, error) {
	switch v := m[name].(type) {
	case nil:
		return false, nil
	case bool:
		return v, nil
	}
	return false, m.wrong(name, "a boolean")
}

// text is a string; absent or null is "".
func (m members) text(name string) (string, error) {
	switch v := m[name].(type) {
	case nil:
		return "", nil
	case string:
		return v, nil
	}
	return "", m.wrong(name, "a string")
}

// object is an object; absent or null is nil.
func (m members) object(name string) (members, error) {
	switch v := m[name].(type) {
	case nil:
		return nil, nil
	case members:
		return v, nil
	}
	return nil, m.wrong(name, "an object")
}

// strings is a list of strings; absent or null is nil.
func (m members) strings(name string) ([]string, error) {
	if m[name] == nil {
		return nil, nil
	}
	list, ok := m[name].([]any)
	if !ok {
		return nil, m.wrong(name, "a list")
	}
	out := make([]string, 0, len(list))
	for _, v := range list {
		s, ok := v.(string)
		if !ok {
			return nil, m.wrong(name, "a list of strings")
		}
		out = append(out, s)
	}
	return out, nil
}
