package identitypools

import (
	"encoding/json"
	"strconv"
)

// scalar is a claim as text: strings as they are, numbers and booleans as JSON
// writes them. Arrays, objects and null are none.
func scalar(claim any) (string, bool) {
	switch c := claim.(type) {
	case string:
		return c, true
	case json.Number:
		return c.String(), true
	case bool:
		return strconv.FormatBool(c), true
	}
	return "", false
}

// stringsOf is the strings in a claim that is an array, or one string.
func stringsOf(claim any) []string {
	switch c := claim.(type) {
	case string:
		return []string{c}
	case []string:
		return c
	case []any:
		var out []string
		for _, e := range c {
			if s, ok := e.(string); ok {
				out = append(out, s)
			}
		}
		return out
	}
	return nil
}
