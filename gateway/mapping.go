package gateway

import (
	"fmt"
	"strings"
)

// A Place is where a value comes from or goes to.
type Place string

// The places. A Mapping goes to the first three.
const (
	InPath   Place = "path"
	InQuery  Place = "querystring"
	InHeader Place = "header"
	Static   Place = "static"  // Name is the value itself
	Context  Place = "context" // Name such as "authorizer.claims.sub", "identity.cognitoIdentityId"
	StageVar Place = "stageVariables"
)

// A Source is where a value comes from.
type Source struct {
	Place Place
	Name  string
}

// A Mapping sets a path variable, a query parameter or a header of the request
// to a backend.
type Mapping struct {
	Place  Place
	Name   string
	Source Source
}

// ParseMapping reads one entry of a REST integration's requestParameters:
// "integration.request.header.X-Tenant" -> "context.authorizer.claims.sub".
// Source: API Gateway Developer Guide, "Request and response data mapping
// reference".
func ParseMapping(to, from string) (Mapping, error) {
	rest, ok := strings.CutPrefix(to, "integration.request.")
	place, name, _ := strings.Cut(rest, ".")
	m := Mapping{Place: Place(place), Name: name}
	valid := m.Place == InPath && isName(name) || m.Place == InQuery && name != "" || m.Place == InHeader && SettableHeader(name)
	if !ok || !valid {
		return Mapping{}, fmt.Errorf("gateway: %q cannot be set on a request", to)
	}
	var err error
	m.Source, err = ParseSource(from)
	return m, err
}

// ParseSource reads a mapping expression: method.request.{path,querystring,
// header}.NAME, context.NAME, stageVariables.NAME or 'static'.
func ParseSource(from string) (Source, error) {
	if len(from) >= 2 && from[0] == '\'' && from[len(from)-1] == '\'' {
		return Source{Static, from[1 : len(from)-1]}, nil
	}
	if rest, ok := strings.CutPrefix(from, "method.request."); ok {
		place, name, _ := strings.Cut(rest, ".")
		s := Source{Place(place), name}
		if (s.Place == InPath || s.Place == InQuery || s.Place == InHeader) && name != "" {
			return s, nil
		}
	}
	for _, place := range []Place{Context, StageVar} {
		if name, ok := strings.CutPrefix(from, string(place)+"."); ok && name != "" {
			return Source{place, name}, nil
		}
	}
	return Source{}, fmt.Errorf("gateway: %q is no mapping expression that is offered", from)
}

// SettableHeader tells whether a mapping may set the header: a name of its own
// right, and none that frames the message or says where it came from.
func SettableHeader(name string) bool {
	for _, c := range []byte(name) {
		if !('a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '-' || c == '_') {
			return false
		}
	}
	switch strings.ToLower(name) {
	case "", "host", "connection", "content-length", "transfer-encoding", "te", "trailer", "upgrade", "keep-alive",
		"proxy-authorization", "proxy-authenticate", "proxy-connection", "expect", "via", "forwarded",
		"x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-forwarded-port":
		return false
	}
	return true
}
