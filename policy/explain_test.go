package policy_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/bailiwick-project/bailiwick/policy"
)

func TestBecause(t *testing.T) {
	for _, tt := range []struct {
		effect policy.Effect
		layer  policy.Layer
		want   string
	}{
		{policy.ImplicitDeny, policy.LayerIdentity, " because no identity-based policy allows the s3:GetObject action"},
		{policy.ImplicitDeny, policy.LayerResource, " because no resource-based policy allows the s3:GetObject action"},
		{policy.ImplicitDeny, policy.LayerBoundary, " because no permissions boundary allows the s3:GetObject action"},
		{policy.ImplicitDeny, policy.LayerSession, " because no session policy allows the s3:GetObject action"},
		{policy.ImplicitDeny, policy.LayerTrust, " because no role trust policy allows the s3:GetObject action"},
		{policy.ImplicitDeny, policy.LayerServiceControl, " because no service control policy allows the s3:GetObject action"},
		{policy.ImplicitDeny, policy.LayerResourceControl, " because no resource control policy allows the s3:GetObject action"},
		{policy.ExplicitDeny, policy.LayerIdentity, " with an explicit deny in an identity-based policy"},
		{policy.ExplicitDeny, policy.LayerResource, " with an explicit deny in a resource-based policy"},
		{policy.ExplicitDeny, policy.LayerBoundary, " with an explicit deny in a permissions boundary"},
		{policy.ExplicitDeny, policy.LayerSession, " with an explicit deny in a session policy"},
		{policy.ExplicitDeny, policy.LayerTrust, " with an explicit deny in the role trust policy"},
		{policy.ExplicitDeny, policy.LayerServiceControl, " with an explicit deny in a service control policy"},
		{policy.ExplicitDeny, policy.LayerRequest, ""},
		{policy.Allow, policy.LayerIdentity, ""},
	} {
		d := policy.Decision{Effect: tt.effect, Layer: tt.layer}
		if got := d.Because("s3:GetObject"); got != tt.want {
			t.Errorf("%s by %s: %q, want %q", tt.effect, tt.layer, got, tt.want)
		}
	}
	if (policy.Decision{}).Allowed() || (policy.Decision{Effect: policy.Allow, Err: errors.New("x")}).Allowed() {
		t.Error("the zero decision, or one with an error, allows")
	}
}

func TestExplain(t *testing.T) {
	l := &policy.Layers{ResourceAccount: ours, Session: policy.NewSet(), Identity: policy.NewSet(
		compile(t, policy.Identity, "far", `[{"Sid":"Far","Effect":"Allow","Action":"s3:PutObject","Resource":"*"}]`),
		compile(t, policy.Identity, "near", `[
			{"Sid":"TwoFail","Effect":"Allow","Action":"s3:GetObject","Resource":"*","Condition":{"StringEquals":{"t:a":"1","t:b":"2"}}},
			{"Sid":"OneFails","Effect":"Allow","Action":"s3:GetObject","Resource":"*","Condition":{"StringEquals":{"t:c":"3"},"ForAnyValue:StringLike":{"t:many":["${aws:PrincipalTag/org}#*","${t:c}#*"]}}}]`),
	)}
	c := &policy.Context{}
	c.Set("t:c", "3")
	c.SetAll("t:many", []string{"acme#1"})
	r := &policy.Request{Principal: principals["session"], Action: "s3:GetObject", Resource: "arn:aws:s3:::b/k", Context: c}
	x := l.Explain(r)
	if x.Allowed || x.Effect != "ImplicitDeny" || x.Layer != "identity-based policy" || x.Because != " because no identity-based policy allows the s3:GetObject action" {
		t.Errorf("explained as %+v", x)
	}
	if x.Nearest == nil || x.Nearest.Sid != "OneFails" {
		t.Fatalf("nearest miss %+v, want OneFails", x.Nearest)
	}
	got := x.Nearest.Conditions[1]
	if got.Met || !got.Present || !got.Multivalued || !slices.Equal(got.Actual, []string{"acme#1"}) ||
		!slices.Equal(got.Expected, []string{"${aws:PrincipalTag/org}#*", "3#*"}) || !slices.Equal(got.Unresolved, []string{"aws:PrincipalTag/org"}) {
		t.Errorf("condition explained as %+v", got)
	}
	if !slices.Equal(x.Unresolved, []string{"aws:PrincipalTag/org"}) {
		t.Errorf("unresolved %q", x.Unresolved)
	}
	if n := len(x.Layers); n != 2 { // identity, and the session policies, of which there are none
		t.Errorf("%d layers: %+v", n, x.Layers)
	}
	text := x.Text()
	for _, want := range []string{"DENIED", "nearest miss", `"OneFails"`, "aws:PrincipalTag/org", "not met: ForAnyValue:StringLike t:many", `["acme#1"]`, "no policies"} {
		if !strings.Contains(text, want) {
			t.Errorf("the text lacks %q:\n%s", want, text)
		}
	}

	c.Set("aws:PrincipalTag/org", "acme")
	if x = l.Explain(r); x.Allowed || x.Layer != "session policy" {
		t.Errorf("an empty set of session policies allows: %+v", x)
	}
	l.Session = nil
	x = l.Explain(r)
	if !x.Allowed || x.Policy != "near" || x.Statement == nil || x.Statement.Sid != "OneFails" || x.Statement.Index != 1 || x.Statement.Line != 3 || x.Nearest != nil || x.Because != "" {
		t.Errorf("explained as %+v", x)
	}
	if !strings.HasPrefix(x.Text(), "ALLOWED") {
		t.Errorf("text %s", x.Text())
	}
}

func TestExplainJSON(t *testing.T) {
	l := &policy.Layers{Identity: policy.NewSet(compile(t, policy.Identity, "p", `[{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"Null":{"t:k":"false"}}}]`))}
	for _, r := range []*policy.Request{nil, {}, {Principal: principals["alice"], Action: "s3:A", Resource: "*"}} {
		x := l.Explain(r)
		if x.Allowed {
			t.Errorf("%+v is allowed", r)
		}
		raw, err := json.Marshal(x)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(raw), ":null") {
			t.Errorf("a list is null: %s", raw)
		}
		var fields map[string]any
		if err := json.Unmarshal(raw, &fields); err != nil {
			t.Fatal(err)
		}
		for name := range fields {
			if name != strings.ToLower(name) {
				t.Errorf("field %q", name)
			}
		}
		if x.Text() == "" {
			t.Error("no text")
		}
	}
}

func TestMisattached(t *testing.T) {
	identity := compile(t, policy.Identity, "identity", `{"Effect":"Allow","Action":"*","Resource":"*"}`)
	resource := compile(t, policy.Resource, "resource", `{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}`)
	r := &policy.Request{Principal: principals["alice"], Action: "s3:GetObject", Resource: "arn:aws:s3:::b/k"}
	for name, l := range map[string]*policy.Layers{
		"resource policy as identity policy": {Identity: policy.NewSet(identity, resource), ResourceAccount: ours},
		"identity policy as resource policy": {Identity: policy.NewSet(identity), Resource: identity, ResourceAccount: ours},
		"no policy":                          {Identity: policy.NewSet(identity, nil), ResourceAccount: ours},
		"broken":                             {Identity: policy.NewSet(identity, policy.Broken("b", errors.New("unreadable"))), ResourceAccount: ours},
		"broken without a reason":            {Identity: policy.NewSet(identity, policy.Broken("b", nil)), ResourceAccount: ours},
		"no document":                        {Identity: policy.NewSet(identity, policy.Compile("c", nil)), ResourceAccount: ours},
		"empty document":                     {Identity: policy.NewSet(identity, policy.Compile("c", &policy.Document{})), ResourceAccount: ours},
		"forged document": {Identity: policy.NewSet(identity, policy.Compile("c", &policy.Document{Statements: []policy.Statement{{
			Effect: "Allow", Actions: []string{"*"}, Resources: []string{"*"}, Conditions: []policy.Condition{{Operator: "Always", Key: "t:k", Values: []string{"x"}}},
		}}})), ResourceAccount: ours},
	} {
		d := l.Decide(r)
		if d.Effect != policy.ExplicitDeny || d.Err == nil {
			t.Errorf("%s: %+v", name, d)
		}
		if x := l.Explain(r); x.Error == "" || !strings.Contains(x.Text(), "cannot be read") {
			t.Errorf("%s: %s", name, x.Text())
		}
		agree(t, l, r)
	}
	if d := (&policy.Layers{}).Decide(r); d.Allowed() {
		t.Errorf("no layers: %+v", d)
	}
}

func TestContext(t *testing.T) {
	var none *policy.Context
	if _, _, ok := none.Lookup("t:k"); ok || none.Keys() != nil || none.Clone() == nil {
		t.Error("a nil context has keys")
	}
	c := &policy.Context{}
	c.Set("aws:PrincipalTag/Org", "a")
	c.Set("AWS:principaltag/org", "b")
	c.SetAll("t:many", nil)
	copied := c.Clone()
	c.Set("t:many", "one")
	c.Set("t:new", "x")
	if v, multi, ok := c.Lookup("aws:principalTAG/ORG"); !ok || multi || !slices.Equal(v, []string{"b"}) {
		t.Errorf("got %q %v %v", v, multi, ok)
	}
	if v, multi, ok := copied.Lookup("t:many"); !ok || !multi || len(v) != 0 {
		t.Errorf("the copy has %q %v %v", v, multi, ok)
	}
	if got := copied.Keys(); !slices.Equal(got, []string{"aws:PrincipalTag/Org", "t:many"}) {
		t.Errorf("the copy has keys %q", got)
	}
	c.Set("aws:PrincipalTag/\u212Aey", "kelvin")
	if _, _, ok := c.Lookup("aws:PrincipalTag/key"); ok {
		t.Error("the Kelvin sign is taken for a k")
	}
	c.Set("aws:PrincipalTag/×", "times")
	if _, _, ok := c.Lookup("aws:PrincipalTag/÷"); ok {
		t.Error("a multiplication is taken for a division")
	}
	c.Set("aws:PrincipalTag/ÉQUIPE", "x")
	if _, _, ok := c.Lookup("aws:PrincipalTag/équipe"); !ok {
		t.Error("É is not é")
	}
}

// TestCrowd has more statements on one resource than the index keeps in a plain list.
func TestCrowd(t *testing.T) {
	var statements []string
	for i := range 30 {
		statements = append(statements, fmt.Sprintf(`{"Sid":"S%d","Effect":"Allow","Action":"t:Exact%d","Resource":"*"}`, i, i))
	}
	statements = append(statements, `{"Sid":"Not","Effect":"Allow","NotAction":["t:Exact3","t:Nothing"],"Resource":"*"}`,
		`{"Sid":"Wild","Effect":"Allow","Action":["t:Nothi*","t:Other"],"Resource":"*"}`, `{"Sid":"Deny","Effect":"Deny","Action":"t:Exact29","Resource":"*"}`)
	l := &policy.Layers{Identity: policy.NewSet(compile(t, policy.Identity, "p", "["+strings.Join(statements, ",")+"]"))}
	for action, want := range map[string]string{"t:Exact3": "S3", "T:EXACT12": "S12", "t:Unheard": "Not", "t:Nothing": "Wild", "t:Exact29": "Deny"} {
		r := &policy.Request{Principal: principals["alice"], Action: action, Resource: "*"}
		if d := l.Decide(r); d.Statement.Sid != want || d.Allowed() == (want == "Deny") {
			t.Errorf("%s: %+v, want %s", action, d, want)
		}
		agree(t, l, r)
	}
}

func TestOwner(t *testing.T) {
	l := &policy.Layers{Identity: policy.NewSet(compile(t, policy.Identity, "p", `{"Effect":"Allow","Action":"*","Resource":"*"}`))}
	for resource, want := range map[string]bool{
		"*": true,
		"arn:aws:dynamodb:us-east-1:" + ours + ":table/T":        true,
		"arn:aws:dynamodb:us-east-1:444455556666:table/T":        false,
		"arn:aws:iam::aws:policy/ReadOnlyAccess":                 true,
		"arn:aws:s3:::bucket-whose-owner-the-caller-did-not-say": false,
	} {
		d := l.Decide(&policy.Request{Principal: principals["alice"], Action: "s3:GetObject", Resource: resource})
		if d.Allowed() != want || !want && d.Layer != policy.LayerResource {
			t.Errorf("%s: %+v, want %v", resource, d, want)
		}
	}
}

// TestExplainNot: what a statement leaves out is not told as what it names.
func TestExplainNot(t *testing.T) {
	l := &policy.Layers{ResourceAccount: ours, Identity: policy.NewSet(compile(t, policy.Identity, "not", `[
		{"Sid":"Not","Effect":"Allow","NotAction":"iam:*","NotResource":"arn:aws:s3:::b/*"},{"Sid":"Plain","Effect":"Allow","Action":"s3:PutObject","Resource":"*"}]`))}
	x := l.Explain(&policy.Request{Principal: principals["session"], Action: "s3:GetObject", Resource: "arn:aws:s3:::b/k", Context: &policy.Context{}})
	s := x.Layers[0].Policies[0].Statements
	if !s[0].NotAction || !s[0].NotResource || s[1].NotAction || s[1].NotResource || x.Nearest == nil || x.Nearest.Sid != "Not" {
		t.Errorf("explained as %+v", x)
	}
	if text := x.Text(); !strings.Contains(text, "NotResource: arn:aws:s3:::b/*") || !strings.Contains(text, `nearest miss, in policy "not":`) {
		t.Errorf("text %s", text)
	}
}
