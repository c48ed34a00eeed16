package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/bailiwick-project/bailiwick/arn"
	"github.com/bailiwick-project/bailiwick/policy"
	"github.com/bailiwick-project/bailiwick/policy/lint"
)

// A question is one request to decide, in the form of its JSON.
type question struct {
	Name            string            `json:"name"`
	Principal       string            `json:"principal"`
	Role            string            `json:"role"`
	Tags            map[string]string `json:"principalTags"`
	Action          string            `json:"action"`
	Resource        string            `json:"resource"`
	ResourceAccount string            `json:"resourceAccount"`
	Context         map[string]values `json:"context"`
	Policies        policies          `json:"policies"`
	Expect          string            `json:"expect"`
}

// values are those of a context key: one, or a list.
type values struct {
	all  []string
	many bool
}

// UnmarshalJSON reads a string, number or Boolean, or a list of them.
func (v *values) UnmarshalJSON(text []byte) error {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var x any
	if err := d.Decode(&x); err != nil {
		return err
	}
	list, many := x.([]any)
	if !many {
		list = []any{x}
	}
	v.all, v.many = []string{}, many
	for _, item := range list {
		switch item := item.(type) {
		case string:
			v.all = append(v.all, item)
		case json.Number:
			v.all = append(v.all, item.String())
		case bool:
			v.all = append(v.all, strconv.FormatBool(item))
		default:
			return fmt.Errorf("%s is no string, number, Boolean or list of them", text)
		}
	}
	return nil
}

// parseQuestions reads an object or a list of them.
func parseQuestions(text string) (out []question, list bool, err error) {
	switch {
	case len(text) > maxRequestFile:
		return nil, false, fmt.Errorf("there are more than %d bytes", maxRequestFile)
	case strings.TrimSpace(text) == "":
		return nil, false, errNoRequest
	case !utf8.ValidString(text): // else it would be read as something similar
		return nil, false, errors.New("the text is not UTF-8")
	case hasMark(text):
		return nil, false, errors.New("the text begins with a byte order mark; save it as UTF-8 without one")
	}
	if err := refuseTwice(text); err != nil {
		return nil, false, err
	}
	d := json.NewDecoder(strings.NewReader(text))
	d.DisallowUnknownFields()
	if list = strings.HasPrefix(strings.TrimLeft(text, " \t\r\n"), "["); list {
		err = d.Decode(&out)
	} else {
		out = make([]question, 1)
		err = d.Decode(&out[0])
	}
	if err == nil && len(out) == 0 {
		err = errNoRequest
	}
	return out, list, err
}

var errNoRequest = errors.New("there is no request")

// refuseTwice refuses a document with a name given twice, of which encoding/json
// would take the last, and text after its end.
func refuseTwice(text string) error {
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	type level struct {
		names map[string]bool // nil in a list
		value bool            // a name was read, and not its value
	}
	var stack []*level
	for {
		tok, err := d.Token()
		if errors.Is(err, io.EOF) && len(stack) == 0 {
			return nil
		}
		if errors.Is(err, io.EOF) {
			return io.ErrUnexpectedEOF
		}
		if err != nil {
			return err
		}
		var top *level
		if len(stack) > 0 {
			top = stack[len(stack)-1]
		}
		name, isText := tok.(string)
		if top != nil && top.names != nil && !top.value && isText {
			if top.names[name] {
				return fmt.Errorf("%q is given twice", name)
			}
			top.names[name], top.value = true, true
			continue
		}
		if top != nil {
			top.value = false
		}
		switch tok {
		case json.Delim('{'):
			stack = append(stack, &level{names: map[string]bool{}})
		case json.Delim('['):
			stack = append(stack, &level{})
		case json.Delim('}'), json.Delim(']'):
			stack = stack[:len(stack)-1]
		}
		if len(stack) > 64 {
			return errors.New("nested more than 64 deep")
		}
	}
}

func put(m map[string]string, key, value string) map[string]string {
	if m == nil {
		m = map[string]string{}
	}
	m[key] = value
	return m
}

// addContext reads KEY=VALUE or KEY+=VALUE.
func (q *question) addContext(text string) error {
	key, value, ok := strings.Cut(text, "=")
	key, add := strings.CutSuffix(key, "+")
	if !ok || !strings.Contains(key, ":") {
		return fmt.Errorf("--context %q is not KEY=VALUE, such as s3:prefix=acme/", text)
	}
	v := values{all: []string{value}}
	if strings.HasPrefix(value, "[") {
		if err := json.Unmarshal([]byte(value), &v); err != nil {
			return fmt.Errorf("--context %q: %w", text, err)
		}
	}
	if q.Context == nil {
		q.Context = map[string]values{}
	}
	old, twice := q.Context[key]
	switch {
	case add:
		v = values{append(slices.Clone(old.all), v.all...), true}
	case twice:
		return fmt.Errorf("--context gives %s twice; %s+= adds a value", key, key)
	}
	q.Context[key] = v
	return nil
}

// complete fills what the request does not say with what the flags do, and makes
// the names of its files relative to its own.
func (q *question) complete(base *question, file string) {
	dir := "."
	if file != stdin {
		dir = filepath.Dir(file)
	}
	q.Policies.complete(&base.Policies, dir)
	q.Principal = cmp.Or(q.Principal, base.Principal)
	q.Role = cmp.Or(q.Role, base.Role)
	q.Action = cmp.Or(q.Action, base.Action)
	q.Resource = cmp.Or(q.Resource, base.Resource)
	q.ResourceAccount = cmp.Or(q.ResourceAccount, base.ResourceAccount)
	q.Expect = cmp.Or(q.Expect, base.Expect)
	tags, context := maps.Clone(base.Tags), maps.Clone(base.Context)
	if tags == nil {
		tags = map[string]string{}
	}
	if context == nil {
		context = map[string]values{}
	}
	maps.Copy(tags, q.Tags)
	maps.Copy(context, q.Context)
	q.Tags, q.Context = tags, context
}

// title names a request in messages.
func (q *question) title(i int) string {
	return cmp.Or(q.Name, "request "+strconv.Itoa(i+1))
}

// policyRequest is the question as package policy takes it.
func (q *question) policyRequest(l *lint.Linter) (*policy.Request, error) {
	for _, part := range []struct{ name, value string }{{"--principal", q.Principal}, {"--action", q.Action}, {"--resource-arn", q.Resource}} {
		if part.value == "" {
			return nil, errors.New(part.name + " is missing")
		}
	}
	who, err := principalOf(q.Principal, q.Role)
	if err != nil {
		return nil, err
	}
	if err := q.known(l); err != nil {
		return nil, err
	}
	r := &policy.Request{Action: q.Action, Resource: q.Resource, Context: new(policy.Context)}
	for key, value := range principalKeys(who, q.Tags) {
		r.Context.Set(key, value)
	}
	r.Context.Set("aws:ResourceAccount", cmp.Or(q.ownerOf(who), who.Account))
	if a, err := arn.Parse(q.Resource); err == nil && a.Region != "" {
		r.Context.Set("aws:RequestedRegion", a.Region)
	}
	seen := map[string]bool{}
	for _, key := range slices.Sorted(maps.Keys(q.Context)) {
		if folded := strings.ToLower(key); seen[folded] {
			return nil, fmt.Errorf("the context has the key %s in two spellings", key)
		} else {
			seen[folded] = true
		}
		v := q.Context[key]
		if v.many || strings.HasPrefix(l.KeyType(key), "ArrayOf") {
			r.Context.SetAll(key, v.all)
		} else {
			r.Context.Set(key, v.all[0])
		}
	}
	if id, _, ok := r.Context.Lookup("aws:userid"); ok && len(id) == 1 {
		who.ID = id[0]
	}
	r.Principal = who
	return r, nil
}

// known refuses names that AWS does not document: a misspelt action or key would be
// denied for no better reason, and a test that expects a deny would pass.
func (q *question) known(l *lint.Linter) error {
	if service, name, ok := strings.Cut(q.Action, ":"); ok && service != "" && name != "" && !strings.ContainsAny(name, "*?") && !l.KnowsAction(q.Action) {
		return fmt.Errorf("AWS documents no action %s", q.Action)
	}
	for key := range q.Context {
		if !l.KnowsKey(key) {
			return fmt.Errorf("AWS documents no context key %s", key)
		}
	}
	return nil
}

// owner is the account of the resource: as said, as in its ARN, or the principal's.
func (q *question) owner(r *policy.Request) string { return q.ownerOf(r.Principal) }

func (q *question) ownerOf(who policy.Principal) string {
	if q.ResourceAccount != "" {
		return q.ResourceAccount
	}
	if a, err := arn.Parse(q.Resource); err == nil && a.Account != "" {
		return a.Account
	}
	return who.Account
}
