package apigateway

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/policy"
)

// maxPolicy bounds a resource policy, in bytes. Source: Developer Guide, "Amazon
// API Gateway quotas".
const maxPolicy = 8192

// rightPolicy checks the resource policy of an API and writes its resources out:
// execute-api:/STAGE/METHOD/PATH stands for the whole ARN, which then says for
// good which API is meant. Source: Developer Guide, "API Gateway resource policy
// examples".
func rightPolicy(call *bailiwick.Call, id, text string) (string, error) {
	if len(text) > maxPolicy {
		return "", bad("Invalid policy document. It has %d bytes, at most %d are allowed.", len(text), maxPolicy)
	}
	full := expand(text, "arn:aws:execute-api:"+call.Region+":"+call.Account+":"+id)
	if _, err := policy.Parse(policy.Resource, full); err != nil {
		var at *policy.SyntaxError
		if errors.As(err, &at) {
			call.Note("The policy of the API is not accepted: %s (%s; line %d, column %d).", at.Message, at.Detail, at.Line, at.Column)
		}
		return "", bad("Invalid policy document. Please check the policy syntax and ensure that Principals are valid.")
	}
	return full, nil
}

const shorthand = "execute-api:/"

// expand puts prefix before the path of each Resource and NotResource that is
// written short. The text is changed in these places alone: what it says twice,
// or wrongly, remains for the parser to refuse.
func expand(text, prefix string) string {
	var out strings.Builder
	written := 0
	scan(text, func(keys []string, from, to int, value string) {
		last := keys[len(keys)-1]
		if keys[0] != "Statement" || last != "Resource" && last != "NotResource" || !strings.HasPrefix(value, shorthand) {
			return
		}
		out.WriteString(text[written:from])
		out.WriteString(quoted(prefix + strings.TrimPrefix(value, "execute-api:")))
		written = to
	})
	out.WriteString(text[written:])
	return out.String()
}

// scan calls found for every string of a JSON text that is a value below a key,
// with the keys above it and the place of its literal. It stops where the text
// makes no sense.
func scan(text string, found func(keys []string, from, to int, value string)) {
	type level struct {
		object, value bool
	}
	var levels []level
	var keys []string // one for each object
	d := json.NewDecoder(strings.NewReader(text))
	for {
		before := int(d.InputOffset())
		token, err := d.Token()
		if err != nil {
			return
		}
		inObject := len(levels) > 0 && levels[len(levels)-1].object
		switch t := token.(type) {
		case json.Delim:
			switch t {
			case '{', '[':
				if inObject {
					levels[len(levels)-1].value = false
				}
				levels = append(levels, level{object: t == '{'})
				if t == '{' {
					keys = append(keys, "")
				}
			default:
				if inObject {
					keys = keys[:len(keys)-1]
				}
				levels = levels[:len(levels)-1]
			}
			continue
		case string:
			if inObject && !levels[len(levels)-1].value {
				keys[len(keys)-1], levels[len(levels)-1].value = t, true
				continue
			}
			if to := int(d.InputOffset()); len(keys) > 0 {
				found(keys, before+strings.IndexByte(text[before:to], '"'), to, t)
			}
		}
		if inObject {
			levels[len(levels)-1].value = false
		}
	}
}

// shownPolicy is a policy as the API answers it: the inside of a JSON string, with
// slashes escaped too. Clients put quotes around it and read it twice.
func shownPolicy(text string) *string {
	if text == "" {
		return nil
	}
	s := strings.ReplaceAll(inside(quoted(text)), "/", `\/`)
	return &s
}

// quoted is s as a JSON string.
func quoted(s string) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(s) // a string always encodes
	return strings.TrimSuffix(b.String(), "\n")
}

func inside(literal string) string { return literal[1 : len(literal)-1] }
