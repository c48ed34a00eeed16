package secondopinion

import (
	"encoding/json"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// A Policy is a policy as read: its statements are still the JSON objects that they are in the text. A policy without statements is
// one that is attached, but cannot be read; it denies.
type Policy struct {
	variables  bool // version 2012-10-17
	statements []object
}

type object = map[string]any

// listed gives the elements of a list; anything else is a list of itself.
func listed(v any) []any {
	if list, ok := v.([]any); ok {
		return list
	}
	return []any{v}
}

// texts gives the strings of a list, or of one value. Numbers and booleans count as strings.
func texts(v any) []string {
	var all []string
	for _, each := range listed(v) {
		switch each := each.(type) {
		case string:
			all = append(all, each)
		case json.Number:
			all = append(all, string(each))
		case bool:
			all = append(all, strconv.FormatBool(each))
		}
	}
	return all
}

// Read reads the text of a policy; ok is false if it is none. The kind says where it is attached, as far as the grammar differs:
// "inline" (also session policies), "managed" (also boundaries and service control policies), "resource control", "trust" or
// "resource". See "Grammar of the IAM JSON policy language".
func Read(kind, text string) (p *Policy, ok bool) {
	var document object
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	ok = json.Valid([]byte(text)) && d.Decode(&document) == nil && members(document) == members(json.RawMessage(text))
	p = &Policy{variables: document["Version"] == "2012-10-17"}
	ok = ok && (p.variables || kind != "managed" && kind != "resource control")
	for name, v := range document {
		ok = ok && (name == "Statement" || documentForms[name] != nil && documentForms[name](v))
	}
	sids := map[string]bool{}
	for _, each := range listed(document["Statement"]) {
		s, _ := each.(object)
		sid, _ := s["Sid"].(string)
		ok = ok && p.sound(kind, s) && !sids[sid]
		sids[sid] = sid != ""
		p.statements = append(p.statements, s)
	}
	return p, ok && len(p.statements) > 0
}

var quoted = regexp.MustCompile(`"(\\.|[^"\\])*"`)

// members counts the members of objects: outside of strings, only their names have a colon. What a text has twice is decoded once.
func members(v any) int {
	text, _ := json.Marshal(v)
	return strings.Count(quoted.ReplaceAllString(string(text), ""), ":")
}

// sound checks the elements of a statement, each and together.
func (p *Policy) sound(kind string, s object) bool {
	ok := s["Effect"] == "Deny" && kind != "trust" || s["Effect"] != nil && s["NotPrincipal"] == nil
	for name, v := range s {
		ok = ok && (name == "Condition" && p.conditions(v) || statementForms[name] != nil && statementForms[name](v))
	}
	must := map[string]bool{"Action": true, "Resource": kind != "trust", "Principal": kind != "inline" && kind != "managed"}
	for name, must := range must { // either the element or its complement, or neither
		element, complement := s[name] != nil, s["Not"+name] != nil
		ok = ok && (element || complement) == must && !(element && complement)
	}
	if kind == "resource control" { // denies some actions to everyone, or lets everything pass ("RCP syntax")
		star := []string{"*"}
		everything := slices.Equal(texts(s["Action"]), star) && slices.Equal(texts(s["Resource"]), star) && s["Condition"] == nil
		some := s["NotAction"] == nil && !slices.Contains(texts(s["Action"]), "*")
		ok = ok && s["Principal"] == "*" && (s["Effect"] == "Deny" && some || s["Effect"] == "Allow" && everything)
	}
	return ok && (kind == "resource" || s["Sid"] == nil || sidForm(s["Sid"]))
}

// A form tells whether a value is well-formed.
type form func(v any) bool

var (
	action   = some(text(`\*|[A-Za-z0-9.-]+:[^:]+`))
	resource = some(text(`\*|arn:[^:]*:[^:*?]+(:.*)?`))

	documentForms  = map[string]form{"Version": text("2008-10-17|2012-10-17"), "Id": text(".*")}
	statementForms = map[string]form{
		"Sid": text(".*"), "Effect": text("Allow|Deny"), "Principal": isPrincipal, "NotPrincipal": isPrincipal,
		"Action": action, "NotAction": action, "Resource": resource, "NotResource": resource,
	}
	sidForm                      = text("[A-Za-z0-9]*") // but in policies of resources
	conditionKey                 = text("[^:]+:.+")
	principalKind, principalName = text("AWS|Service|Federated|CanonicalUser"), some(text(".+"))
)

func text(pattern string) form {
	whole := regexp.MustCompile("(?s)^(" + pattern + ")$")
	return func(v any) bool {
		s, ok := v.(string)
		return ok && whole.MatchString(s)
	}
}

// some is the form of one value, or of a list of them.
func some(one form) form {
	return func(v any) bool {
		return len(listed(v)) > 0 && !slices.ContainsFunc(listed(v), func(each any) bool { return !one(each) })
	}
}

func isPrincipal(v any) bool {
	kinds, ok := v.(object)
	for kind, values := range kinds {
		ok = ok && principalKind(kind) && principalName(values)
	}
	return ok && len(kinds) > 0 || v == "*"
}

// conditions tells whether Condition has operators, with keys, with values that the operator can compare.
func (p *Policy) conditions(v any) bool {
	operators, ok := v.(object)
	for name, v := range operators {
		o, known := parseOperator(name)
		keys, isObject := v.(object)
		ok = ok && known && isObject
		for key, values := range keys {
			ok = ok && conditionKey(key) && len(texts(values)) == len(listed(values)) && len(texts(values)) > 0
			for _, text := range texts(values) {
				variable := o.name == "Bool" && p.variables && strings.Contains(text, "${")
				ok = ok && (o.literal == nil || o.literal(text) || variable)
			}
		}
	}
	return ok
}
