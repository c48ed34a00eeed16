package executeapi

import (
	"errors"
	"net/url"
	"strings"
)

// maxParameters bounds a query string.
const maxParameters = 1000

// A parameter is one decoded pair of a query string.
type parameter struct{ name, value string }

var errQuery = errors.New("invalid escapes or too many parameters")

// parseQuery reads a query string in order. What is forwarded is printed anew
// from this, so that a backend reads the pairs that were read here.
func parseQuery(raw string) ([]parameter, error) {
	if raw == "" {
		return nil, nil
	}
	var out []parameter
	for pair := range strings.SplitSeq(raw, "&") {
		if pair == "" {
			continue
		}
		name, value, _ := strings.Cut(pair, "=")
		name, err := url.QueryUnescape(name)
		if err != nil {
			return nil, errQuery
		}
		value, err = url.QueryUnescape(value)
		if err != nil || len(out) == maxParameters {
			return nil, errQuery
		}
		out = append(out, parameter{name, value})
	}
	return out, nil
}

// signing tells whether a query parameter is part of a presigned request. It is
// the caller's credential and for nobody else.
func signing(name string) bool {
	switch name {
	case "X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Date", "X-Amz-Expires", "X-Amz-SignedHeaders", "X-Amz-Signature", "X-Amz-Security-Token":
		return true
	}
	return false
}

func encodeQuery(q []parameter) string {
	var b strings.Builder
	for i, p := range q {
		if i > 0 {
			b.WriteByte('&')
		}
		b.WriteString(url.QueryEscape(p.name))
		b.WriteByte('=')
		b.WriteString(url.QueryEscape(p.value))
	}
	return b.String()
}

// only finds the value of a parameter that is to be there once.
func only(q []parameter, name string) (value string, ok, twice bool) {
	for _, p := range q {
		if p.name == name {
			value, ok, twice = p.value, true, ok
		}
	}
	return value, ok, twice
}
