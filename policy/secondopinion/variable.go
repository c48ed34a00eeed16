package secondopinion

import (
	"regexp"
	"strings"
)

// A question is a request as one policy sees it: the version of the policy
// says whether ${...} is a variable.
type question struct {
	*Request
	variables bool
}

// fill makes a pattern of a text of a policy, with policy variables filled in.
// Only the text itself can have wildcards, and only where like says so: what
// comes from the request stands for itself. It is false if a variable has no
// value, and the text so matches nothing.
//
// Source: IAM User Guide, "IAM policy elements: Variables and tags".
func (q question) fill(text string, like bool) ([]rune, bool) {
	if !q.variables {
		return plain(text, like), true
	}
	var pattern []rune
	for {
		before, rest, found := strings.Cut(text, "${")
		inside, after, closed := strings.Cut(rest, "}")
		if !found || !closed {
			return append(pattern, plain(text, like)...), true
		}
		pattern = append(pattern, plain(before, like)...)
		value, ok := q.variable(inside)
		if !ok {
			return nil, false
		}
		pattern = append(pattern, []rune(value)...)
		text = after
	}
}

func plain(text string, like bool) []rune {
	if like {
		return wild(text)
	}
	return []rune(text)
}

// keyName is what can be the name of a key. The keys of tags may have spaces.
var keyName = regexp.MustCompile(`^[^:/ {}$'"*?]+:[^/ {}$'"*?]*(/|/[^{}$'"*?]*[^ {}$'"*?])?$`)

// variable gives the value of what stands between ${ and }. Only a key that is
// absent has its default; one with several values, or an empty one, has none.
func (q question) variable(inside string) (string, bool) {
	if inside == "*" || inside == "?" || inside == "$" {
		return inside, true
	}
	name, fallback, _ := strings.Cut(inside, ", ")
	if !keyName.MatchString(name) {
		return "", false
	}
	if key, present := q.key(name); present {
		if key.Many || key.Values[0] == "" {
			return "", false
		}
		return key.Values[0], true
	}
	if len(fallback) > 2 && strings.HasPrefix(fallback, "'") && strings.HasSuffix(fallback, "'") {
		return fallback[1 : len(fallback)-1], true
	}
	return "", false
}
