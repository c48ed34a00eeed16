package secondopinion

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// A Kind is where a policy is attached, as far as its grammar differs.
type Kind string

// The kinds. Service control policies are Managed, session policies Inline.
const (
	Inline        Kind = "inline"
	Managed       Kind = "managed" // boundaries too
	Trust         Kind = "trust"
	ResourceBased Kind = "resource"
	Control       Kind = "resource control"
)

// A Policy is a policy as read.
type Policy struct {
	kind       Kind
	variables  bool // version 2012-10-17
	unreadable bool
	statements []statement
}

// Unreadable is a policy that is attached, but cannot be read. It denies.
func Unreadable() *Policy { return &Policy{unreadable: true} }

type statement struct {
	effect                    string
	everyone                  bool // its Principal is the bare "*"
	principals, notPrincipals []principal
	actions, notActions       []string
	resources, notResources   []string
	conditions                []condition
}

// A member is one name with its value in a JSON object, in the order written.
type member struct {
	name  string
	value json.RawMessage
}

// object reads a JSON object, in which no name may be twice.
func object(raw json.RawMessage) ([]member, error) {
	d := json.NewDecoder(strings.NewReader(string(raw)))
	if open, err := d.Token(); err != nil || open != json.Delim('{') {
		return nil, errors.New("no object")
	}
	var members []member
	for seen := map[string]bool{}; d.More(); {
		name, err := d.Token()
		if err != nil {
			return nil, fmt.Errorf("reading a name: %w", err)
		}
		m := member{name: name.(string)}
		if seen[m.name] {
			return nil, fmt.Errorf("%s is there twice", m.name)
		}
		seen[m.name] = true
		if err := d.Decode(&m.value); err != nil {
			return nil, fmt.Errorf("reading %s: %w", m.name, err)
		}
		members = append(members, m)
	}
	return members, nil
}

// list reads one value or an array of at least one.
func list(raw json.RawMessage) ([]json.RawMessage, error) {
	if !strings.HasPrefix(string(raw), "[") {
		return []json.RawMessage{raw}, nil
	}
	var out []json.RawMessage
	if err := json.Unmarshal(raw, &out); err != nil {
		return nil, fmt.Errorf("reading a list: %w", err)
	}
	if len(out) == 0 {
		return nil, errors.New("an empty list")
	}
	return out, nil
}

// texts reads a string or several; scalars admits numbers and booleans, which
// are kept as written.
func texts(raw json.RawMessage, scalars bool) ([]string, error) {
	values, err := list(raw)
	if err != nil {
		return nil, err
	}
	var out []string
	for _, v := range values {
		var s string
		if scalars && strings.ContainsAny(string(v[:1]), "-0123456789tf") {
			s = string(v)
		} else if err := json.Unmarshal(v, &s); err != nil || v[0] != '"' {
			return nil, fmt.Errorf("%s is no string", v)
		}
		out = append(out, s)
	}
	return out, nil
}

// Read reads the text of a policy, or says why it is none.
//
// Source: IAM User Guide, "Grammar of the IAM JSON policy language".
func Read(kind Kind, text string) (*Policy, error) {
	if !json.Valid([]byte(text)) {
		return nil, errors.New("no JSON")
	}
	members, err := object(json.RawMessage(strings.TrimSpace(text)))
	if err != nil {
		return nil, err
	}
	p := &Policy{kind: kind}
	version := ""
	for _, m := range members {
		switch m.name {
		case "Version":
			err = json.Unmarshal(m.value, &version)
			p.variables = version == "2012-10-17"
		case "Id":
			var id string
			err = json.Unmarshal(m.value, &id)
		case "Statement":
			p.statements, err = readStatements(kind, m.value)
		default:
			err = fmt.Errorf("unknown element %s", m.name)
		}
		if err != nil {
			return nil, err
		}
	}
	switch {
	case p.statements == nil:
		return nil, errors.New("no statement")
	case version != "" && version != "2008-10-17" && !p.variables, (kind == Managed || kind == Control) && !p.variables:
		return nil, fmt.Errorf("version %q", version)
	}
	for _, s := range p.statements {
		if err := s.check(p); err != nil {
			return nil, err
		}
	}
	return p, nil
}

func readStatements(kind Kind, raw json.RawMessage) ([]statement, error) {
	values, err := list(raw)
	if err != nil {
		return nil, err
	}
	var out []statement
	sids := map[string]bool{}
	for _, v := range values {
		s, sid, err := readStatement(v)
		if err != nil {
			return nil, err
		}
		if sid != "" && sids[sid] {
			return nil, fmt.Errorf("two statements are %s", sid)
		}
		if !sidForm.MatchString(sid) && kind != ResourceBased {
			return nil, fmt.Errorf("the Sid %q", sid)
		}
		sids[sid] = true
		out = append(out, s)
	}
	return out, nil
}

func readStatement(raw json.RawMessage) (s statement, sid string, err error) {
	members, err := object(raw)
	if err != nil {
		return s, "", err
	}
	for _, m := range members {
		switch m.name {
		case "Sid":
			err = json.Unmarshal(m.value, &sid)
		case "Effect":
			err = json.Unmarshal(m.value, &s.effect)
		case "Principal":
			s.principals, err = readPrincipals(m.value)
			s.everyone = string(m.value) == `"*"`
		case "NotPrincipal":
			s.notPrincipals, err = readPrincipals(m.value)
		case "Action":
			s.actions, err = texts(m.value, false)
		case "NotAction":
			s.notActions, err = texts(m.value, false)
		case "Resource":
			s.resources, err = texts(m.value, false)
		case "NotResource":
			s.notResources, err = texts(m.value, false)
		case "Condition":
			s.conditions, err = readConditions(m.value)
		default:
			err = fmt.Errorf("unknown element %s", m.name)
		}
		if err != nil {
			return s, "", fmt.Errorf("reading %s: %w", m.name, err)
		}
	}
	return s, sid, nil
}

func readPrincipals(raw json.RawMessage) ([]principal, error) {
	if string(raw) == `"*"` {
		return []principal{{"AWS", "*"}}, nil
	}
	kinds, err := object(raw)
	if err != nil {
		return nil, err
	}
	var out []principal
	for _, m := range kinds {
		values, err := texts(m.value, false)
		if err != nil {
			return nil, err
		}
		for _, v := range values {
			out = append(out, principal{m.name, v})
		}
	}
	if len(out) == 0 {
		return nil, errors.New("nobody")
	}
	return out, nil
}

func readConditions(raw json.RawMessage) ([]condition, error) {
	operators, err := object(raw)
	if err != nil {
		return nil, err
	}
	var out []condition
	for _, o := range operators {
		keys, err := object(o.value)
		if err != nil {
			return nil, err
		}
		for _, k := range keys {
			values, err := texts(k.value, true)
			if err != nil {
				return nil, err
			}
			out = append(out, condition{o.name, k.name, values})
		}
	}
	return out, nil
}

var (
	sidForm      = regexp.MustCompile(`^[0-9A-Za-z]*$`)
	actionForm   = regexp.MustCompile(`^(\*|[A-Za-z0-9-]+:[^:]+)$`)
	resourceForm = regexp.MustCompile(`^(\*|arn:[^:]*:[^:*?]+(:.*)?)$`)
	operatorForm = regexp.MustCompile(`^(Null|(ForAllValues:|ForAnyValue:)?(String(Not)?(Equals(IgnoreCase)?|Like)|` +
		`(Numeric|Date)(NotEquals|Equals|(Less|Greater)Than(Equals)?)|Bool|BinaryEquals|(Not)?IpAddress|Arn(Not)?(Equals|Like))(IfExists)?)$`)
)

// check applies the rules of the grammar that are about more than one element.
func (s statement) check(p *Policy) error {
	kind := p.kind
	principals, resources := s.principals != nil || s.notPrincipals != nil, s.resources != nil || s.notResources != nil
	attached := kind == Inline || kind == Managed
	if err := s.checkControl(kind); err != nil {
		return err
	}
	switch {
	case s.effect != "Allow" && s.effect != "Deny":
		return fmt.Errorf("effect %q", s.effect)
	case (s.actions == nil) == (s.notActions == nil):
		return errors.New("one of Action and NotAction must be there")
	case s.resources != nil && s.notResources != nil, resources == (kind == Trust):
		return errors.New("resources are missing, twice there, or in a trust policy")
	case s.principals != nil && s.notPrincipals != nil, principals == attached:
		return errors.New("principals are missing, twice there, or in an identity-based policy")
	case s.notPrincipals != nil && (s.effect == "Allow" || kind == Trust):
		return errors.New("NotPrincipal with Allow, or in a trust policy")
	}
	for _, a := range append(s.actions, s.notActions...) {
		if !actionForm.MatchString(a) {
			return fmt.Errorf("action %q", a)
		}
	}
	for _, r := range append(s.resources, s.notResources...) {
		if !resourceForm.MatchString(r) {
			return fmt.Errorf("resource %q", r)
		}
	}
	for _, c := range s.conditions {
		if !operatorForm.MatchString(c.operator) {
			return fmt.Errorf("operator %q", c.operator)
		}
		o := parseOperator(c.operator)
		for _, v := range c.values {
			if !literal(o, v, p.variables) {
				return fmt.Errorf("%s %q", c.operator, v)
			}
		}
	}
	return nil
}

// checkControl applies the rules for resource control policies: they deny to
// everyone, or are the one that lets everything pass.
//
// Source: AWS Organizations User Guide, "RCP syntax".
func (s statement) checkControl(kind Kind) error {
	everything := strings.Join(s.actions, " ") == "*" && strings.Join(s.resources, " ") == "*" && len(s.conditions) == 0
	some := s.notActions == nil && !slices.Contains(s.actions, "*")
	if kind == Control && (!s.everyone || s.notPrincipals != nil || !some && s.effect == "Deny" || !everything && s.effect == "Allow") {
		return errors.New("a resource control policy must deny some actions to everyone")
	}
	return nil
}

// literal tells whether a value is of the type of its operator.
func literal(o operator, value string, variables bool) bool {
	var ok bool
	switch {
	case strings.HasPrefix(o.compare, "Numeric"):
		_, ok = number(value)
	case strings.HasPrefix(o.compare, "Date"):
		_, ok = date(value)
	case o.compare == "IpAddress":
		_, ok = network(value)
	case o.compare == "BinaryEquals":
		_, err := base64.StdEncoding.Strict().DecodeString(value)
		ok = err == nil
	case o.compare == "Bool" && variables && strings.Contains(value, "${"):
		ok = true
	case o.compare == "Bool", o.compare == "Null":
		ok = fold(value) == "true" || fold(value) == "false"
	default:
		ok = true
	}
	return ok
}
