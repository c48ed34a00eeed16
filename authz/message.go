package authz

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/bailiwick-project/bailiwick/policy"
)

// A Message is a refusal in the form in which AWS tells it to whoever may decode it.
// Source: STS API Reference, DecodeAuthorizationMessage; AWS CLI reference,
// decode-authorization-message, example.
type Message struct {
	Allowed           bool            `json:"allowed"`
	ExplicitDeny      bool            `json:"explicitDeny"`
	MatchedStatements items[matched]  `json:"matchedStatements"`
	Failures          items[struct{}] `json:"failures"`
	Context           asked           `json:"context"`
}

type items[T any] struct {
	Items []T `json:"items"`
}

type (
	matched struct {
		StatementID     string           `json:"statementId"`
		Effect          string           `json:"effect"`
		Principals      items[value]     `json:"principals"`
		PrincipalGroups items[value]     `json:"principalGroups"`
		Actions         items[value]     `json:"actions"`
		Resources       items[value]     `json:"resources"`
		Conditions      items[condition] `json:"conditions"`
	}
	asked struct {
		Principal struct {
			ID   string `json:"id"`
			Name string `json:"name,omitempty"` // of a user
			ARN  string `json:"arn"`
		} `json:"principal"`
		Action     string           `json:"action"`
		Resource   string           `json:"resource"`
		Conditions items[condition] `json:"conditions"`
	}
	condition struct {
		Key    string       `json:"key"`
		Values items[value] `json:"values"`
	}
	value struct {
		Value string `json:"value"`
	}
)

// A detail bounds what a message tells: its statements, the keys and the values of
// a list, and the bytes of one text.
type detail struct{ statements, keys, values, text int }

// details go from everything to what fits into any message.
var details = [...]detail{{1 << 20, 1 << 20, 1 << 20, 1 << 20}, {32, 200, 64, 1024}, {16, 96, 16, 256}, {8, 48, 4, 128}, {1, 12, 1, 48}}

// EncodeMessage tells why a request was refused, sealed by seal. What does not fit
// is told shorter, and ends in dots; tooLong tells which errors of seal say so.
func EncodeMessage(x *policy.Explanation, seal func(text []byte) (string, error), tooLong func(error) bool) (string, error) {
	var err error
	for _, d := range details {
		var sealed string
		if sealed, err = seal(d.message(x).text()); err == nil || !tooLong(err) {
			return sealed, err
		}
	}
	return "", fmt.Errorf("encoding a refusal: %w", err)
}

// text is the message as JSON, with angle brackets as they are.
func (m *Message) text() []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(m) // of strings and Booleans
	return bytes.TrimRight(b.Bytes(), "\n")
}

func (d detail) message(x *policy.Explanation) *Message {
	m := &Message{Allowed: x.Allowed, ExplicitDeny: x.Effect == policy.ExplicitDeny.String()}
	m.Failures.Items, m.MatchedStatements.Items = []struct{}{}, []matched{}
	if m.ExplicitDeny { // else nothing determines it: no statement allows
		m.MatchedStatements.Items = d.denies(x)
	}
	m.Context.Action, m.Context.Resource = d.cut(x.Action), d.cut(x.Resource)
	p := &m.Context.Principal
	p.ID, p.ARN = d.cut(x.Principal.ID), d.cut(x.Principal.ARN)
	if x.Principal.Type == string(policy.User) {
		p.Name = d.cut(x.Principal.ARN[strings.LastIndexByte(x.Principal.ARN, '/')+1:])
	}
	keys := slices.Clone(x.Context)
	// Where not all fit, those that the action brings say more than those of every request.
	slices.SortStableFunc(keys, func(a, b policy.ContextKey) int { return global(a.Key) - global(b.Key) })
	list := []condition{}
	for _, k := range keys {
		list = append(list, condition{d.cut(k.Key), d.list(k.Values)})
	}
	m.Context.Conditions = d.conditions(list)
	return m
}

func global(key string) int {
	if strings.HasPrefix(strings.ToLower(key), "aws:") {
		return 1
	}
	return 0
}

// denies are the statements that deny, of all layers.
func (d detail) denies(x *policy.Explanation) []matched {
	out, more := []matched{}, 0
	for _, layer := range x.Layers {
		for _, document := range layer.Policies {
			for i := range document.Statements {
				switch s := &document.Statements[i]; {
				case !s.Applies || s.Effect != "Deny":
				case len(out) == d.statements:
					more++
				default:
					out = append(out, d.statement(s, x.Principal))
				}
			}
		}
	}
	if more > 0 {
		out = append(out, d.statement(&policy.StatementExplanation{Sid: dots(more)}, x.Principal))
	}
	return out
}

func (d detail) statement(s *policy.StatementExplanation, p policy.PrincipalName) matched {
	role, _, _ := strings.Cut(p.ID, ":") // of a session, its role's
	who := cmp.Or(role, p.Federated, p.Service, p.ARN)
	m := matched{
		StatementID: d.cut(s.Sid), Effect: "DENY", Principals: d.list([]string{who}), PrincipalGroups: d.list(nil),
		Actions: d.list(s.Actions), Resources: d.list(s.Resources),
	}
	if s.NotAction { // AWS does not say how it tells these; not what it does not deny
		m.Actions = d.list(nil)
	}
	if s.NotResource {
		m.Resources = d.list(nil)
	}
	list := []condition{}
	for i := range s.Conditions {
		c := &s.Conditions[i]
		list = append(list, condition{d.cut(c.Key), d.list(c.Expected)})
	}
	m.Conditions = d.conditions(list)
	return m
}

func (d detail) conditions(list []condition) items[condition] {
	if more := len(list) - d.keys; more > 0 {
		list = append(list[:d.keys:d.keys], condition{dots(more), d.list(nil)})
	}
	return items[condition]{list}
}

func (d detail) list(texts []string) items[value] {
	out := []value{}
	for i, text := range texts {
		if i == d.values {
			out = append(out, value{dots(len(texts) - i)})
			break
		}
		out = append(out, value{d.cut(text)})
	}
	return items[value]{out}
}

func dots(more int) string { return fmt.Sprintf("... %d more", more) }

// cut shortens a text between two characters.
func (d detail) cut(text string) string {
	if len(text) <= d.text {
		return text
	}
	n := d.text
	for n > 0 && !utf8.RuneStart(text[n]) {
		n--
	}
	return text[:n] + "..."
}
