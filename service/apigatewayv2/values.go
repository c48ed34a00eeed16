package apigatewayv2

import (
	"strconv"
	"strings"
)

func ref[T any](v T) *T { return &v }

// or is what p points to, or fallback.
func or[T any](p *T, fallback T) T {
	if p == nil {
		return fallback
	}
	return *p
}

func boolText(b bool) string { return strconv.FormatBool(b) }

// set replaces a value by one that a request brings.
func set[T any](field *T, v *T) {
	if v != nil {
		*field = *v
	}
}

// text keeps an optional text; an empty one removes it.
func text(field **string, v *string) {
	switch {
	case v == nil:
	case *v == "":
		*field = nil
	default:
		*field = v
	}
}

const maxPage = 500

// page is the part of all that a request asks for. Tokens are positions in a list
// that is sorted by id.
func page[T any](all []T, maxResults, token *string, id func(T) string) (some []T, next *string, err error) {
	limit := maxPage
	if maxResults != nil {
		n, err := strconv.Atoi(*maxResults)
		if err != nil || n < 1 || n > maxPage {
			return nil, nil, bad("Invalid value for maxResults: %.32q", *maxResults)
		}
		limit = n
	}
	if token != nil {
		after, ok := strings.CutPrefix(*token, "after-")
		if !ok {
			return nil, nil, bad("Invalid nextToken")
		}
		for len(all) > 0 && id(all[0]) <= after {
			all = all[1:]
		}
	}
	if len(all) <= limit {
		return all, nil, nil
	}
	return all[:limit], ref("after-" + id(all[limit-1])), nil
}

// checkText refuses texts that are too long.
func checkText(name string, v *string, limit int) error {
	if v != nil && len(*v) > limit {
		return bad("%s is longer than %d characters.", name, limit)
	}
	return nil
}
