package policy_test

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/bailiwick-project/bailiwick/policy"
)

var update = flag.Bool("update", false, "rewrite the explanations in testdata")

// telling is a request with something of everything that an explanation tells.
func telling(t *testing.T) (*policy.Layers, *policy.Request) {
	l := &policy.Layers{
		ResourceAccount: ours,
		Identity: policy.NewSet(
			compile(t, policy.Identity, "one", `[
				{"Sid":"Read","Effect":"Allow","Action":["s3:Get*","s3:List*"],"Resource":["arn:aws:s3:::b/${aws:PrincipalTag/org}/*","arn:aws:s3:::b/${t:none}/?","*"],
				 "Condition":{"StringEquals":{"t:a":["1","${t:void}"]},"NumericLessThan":{"t:n":"5"},"ArnLike":{"t:arn":["arn:aws:s3:::${t:void}","*"]}}},
				{"Effect":"Allow","Action":"s3:PutObject","NotResource":["arn:aws:s3:::b/*","arn:aws:x"]}]`),
			compile(t, policy.Identity, "two", `[{"Effect":"Deny","NotAction":"s3:*","Resource":"arn:aws:s3:::${t:unseen}"}]`)),
		Boundary: policy.NewSet(),
		Session: policy.NewSet(compile(t, policy.Session, "scope", `{"Sid":"All","Effect":"Allow","Action":"*","Resource":"*",
			"Condition":{"ForAllValues:StringLike":{"t:many":"*"},"ForAnyValue:StringNotLike":{"t:none":"x"},"StringEqualsIfExists":{"t:none":"x"}}}`)),
		Resource: compile(t, policy.Resource, "bucket", `[{"Effect":"Allow","Principal":{"AWS":"444455556666"},"Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*"}]`),
	}
	c := new(policy.Context)
	c.Set("aws:PrincipalTag/org", "acme")
	c.Set("t:a", "2")
	c.SetAll("t:many", nil)
	c.SetAll("t:two", []string{"x", "y"})
	return l, &policy.Request{Principal: principals["session"], Action: "s3:GetObject", Resource: "arn:aws:s3:::b/acme/k", Context: c}
}

// golden compares with a file of testdata.
func golden(t *testing.T, name, got string) {
	t.Helper()
	name = filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(name, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	for i, line := range strings.Split(string(want), "\n") {
		if has := strings.Split(got+strings.Repeat("\n", i), "\n")[i]; has != line {
			t.Fatalf("%s:%d: got\n%s, want\n%s", name, i+1, has, line)
		}
	}
	if got != string(want) {
		t.Errorf("%s goes on with %q", name, strings.TrimPrefix(got, string(want)))
	}
}

func indented(t *testing.T, x policy.Explanation) string {
	t.Helper()
	b, err := json.MarshalIndent(x, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(b) + "\n"
}

// TestTelling pins the whole of an explanation, for programs and for people.
func TestTelling(t *testing.T) {
	l, r := telling(t)
	x := l.Explain(r)
	golden(t, "explained.json", indented(t, x))
	golden(t, "explained.txt", x.Text())
}

// TestHeadlines pins the first lines for every kind of principal and outcome.
func TestHeadlines(t *testing.T) {
	open := compile(t, policy.Identity, "open", `[{"Sid":"S","Effect":"Allow","Action":"*","Resource":"*"}]`)
	shut := compile(t, policy.Identity, "shut", `[{"Effect":"Allow","Action":"*","Resource":"*"},{"Effect":"Deny","Action":"*","Resource":"*"}]`)
	public := compile(t, policy.Resource, "public", `{"Effect":"Allow","Principal":{"AWS":"*","Service":"lambda.amazonaws.com","Federated":"accounts.google.com"},"Action":"*","Resource":"*"}`)
	forged := &policy.Document{Version: policy.Version2012, Statements: []policy.Statement{{Effect: "Allow", Actions: []string{"*"}, Resources: []string{"*"}}}}
	for _, tt := range []struct {
		who  string
		l    policy.Layers
		want string
	}{
		{"alice", policy.Layers{Identity: policy.NewSet(open)}, "ALLOWED: arn:aws:iam::111122223333:user/team/alice, s3:A on *\n  Allow by the identity-based policy: policy \"open\", statement 0 \"S\" (line 1)\n"},
		{"alice", policy.Layers{Identity: policy.NewSet(shut)}, "DENIED: arn:aws:iam::111122223333:user/team/alice, s3:A on *\n  ExplicitDeny by the identity-based policy: policy \"shut\", statement 1 (line 1)\n"},
		{"alice", policy.Layers{Identity: policy.NewSet(policy.Compile("f", forged))}, "ALLOWED: arn:aws:iam::111122223333:user/team/alice, s3:A on *\n  Allow by the identity-based policy: policy \"f\", statement 0\n"},
		{"alice", policy.Layers{Identity: policy.NewSet(open, policy.Broken("bad", errors.New("unreadable")))}, "DENIED: arn:aws:iam::111122223333:user/team/alice, s3:A on *\n  ExplicitDeny by the identity-based policy\n  error: unreadable\n"},
		{"root", policy.Layers{}, "ALLOWED: arn:aws:iam::111122223333:root, s3:A on *\n  Allow by the root user\n"},
		{"lambda", policy.Layers{Resource: public}, "ALLOWED: Service lambda.amazonaws.com, s3:A on *\n  Allow by the resource-based policy: policy \"public\", statement 0 (line 1)\n"},
		{"google", policy.Layers{Resource: public}, "ALLOWED: WebIdentity accounts.google.com, s3:A on *\n  Allow by the resource-based policy: policy \"public\", statement 0 (line 1)\n"},
		{"anonymous", policy.Layers{}, "DENIED: Anonymous, s3:A on *\n  ImplicitDeny by the resource-based policy\n"},
		{"nobody", policy.Layers{}, "DENIED: , s3:A on *\n  ExplicitDeny by the request\n  error: the principal of the request has no known type\n"},
	} {
		tt.l.ResourceAccount = ours
		x := tt.l.Explain(&policy.Request{Principal: principals[tt.who], Action: "s3:A", Resource: "*"})
		if got := x.Text(); !strings.HasPrefix(got, tt.want) {
			t.Errorf("%s:\n%s\nwant\n%s", tt.who, got, tt.want)
		}
		if named := strings.Contains(tt.want, "policy \""); (x.Statement != nil) != named || (x.Policy != "") != (named || x.Error == "unreadable") {
			t.Errorf("%s: statement %+v of policy %q", tt.who, x.Statement, x.Policy)
		}
	}
	x := (&policy.Layers{}).Explain(nil)
	if x.Error != "there is no request" || x.Layers == nil || x.Context == nil || x.Because != "" || x.Layer != "request" {
		t.Errorf("no request: %+v", x)
	}
}

// TestNotes pins which surprises are explained.
func TestNotes(t *testing.T) {
	const (
		null    = "AWS does not say whether an empty value is null, so Null is met in a Deny only"
		all     = "ForAllValues is met, because the request has no value for this key"
		some    = "ForAnyValue is decided without a value, because the request does not have this key"
		exists  = "IfExists is met, because the request does not have this key"
		negated = "a negated operator is met, because the request does not have this key"
		absent  = "the request does not have this key"
		many    = "a key of several values never matches without ForAllValues or ForAnyValue"
		boolean = "AWS contradicts itself on variables in Bool, so they match in a Deny only"
	)
	for _, tt := range []struct {
		operator, key, value, want string
	}{
		{"Null", "t:empty", "true", null},
		{"Null", "t:empties", "false", null},
		{"Null", "t:one", "true", ""},
		{"Null", "t:absent", "true", ""},
		{"Null", "t:none", "true", ""},
		{"Null", "t:mixed", "true", ""},
		{"ForAllValues:StringEquals", "t:absent", "x", all},
		{"ForAllValues:StringEquals", "t:none", "x", all},
		{"ForAllValues:StringEquals", "t:empties", "x", all},
		{"ForAllValues:StringEquals", "t:mixed", "x", ""},
		{"ForAnyValue:StringEquals", "t:absent", "x", some},
		{"ForAnyValue:StringEquals", "t:none", "x", ""},
		{"ForAnyValue:StringNotEqualsIfExists", "t:absent", "x", some},
		{"StringEqualsIfExists", "t:absent", "x", exists},
		{"StringNotEqualsIfExists", "t:absent", "x", exists},
		{"StringEqualsIfExists", "t:one", "x", ""},
		{"StringNotEquals", "t:absent", "x", negated},
		{"StringNotEquals", "t:one", "x", ""},
		{"StringEquals", "t:absent", "x", absent},
		{"StringEquals", "t:one", "x", ""},
		{"StringEquals", "t:mixed", "x", many},
		{"StringNotEquals", "t:none", "x", many},
		{"Bool", "t:mixed", "true", many},
		{"Bool", "t:one", "${t:one}", boolean},
		{"Bool", "t:one", "true", ""},
		{"StringEquals", "t:one", "${t:one}", ""},
	} {
		l := &policy.Layers{Identity: policy.NewSet(compile(t, policy.Identity, "p", `[{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"`+tt.operator+`":{"`+tt.key+`":["`+tt.value+`"]}}}]`))}
		c := new(policy.Context)
		c.Set("t:one", "x")
		c.Set("t:empty", "")
		c.SetAll("t:none", nil)
		c.SetAll("t:empties", []string{"", ""})
		c.SetAll("t:mixed", []string{"", "x"})
		x := l.Explain(&policy.Request{Principal: principals["alice"], Action: "s3:A", Resource: "*", Context: c})
		if got := x.Layers[0].Policies[0].Statements[0].Conditions[0].Note; got != tt.want {
			t.Errorf("%s %s: %q, want %q", tt.operator, tt.key, got, tt.want)
		}
	}
}

// TestNearest: the nearest miss is of the deciding layer, an Allow, of the action or the resource, and fails in the least.
func TestNearest(t *testing.T) {
	const unmet = `,"Condition":{"StringEquals":{"t:a":"1","t:b":"2"}}`
	statement := func(sid, effect, action, resource, more string) string {
		return `{"Sid":"` + sid + `","Effect":"` + effect + `","Action":"` + action + `","Resource":"` + resource + `"` + more + `}`
	}
	const here, there = "arn:aws:s3:::b/k", "arn:aws:s3:::other/*"
	far := statement("Far", "Allow", "sqs:*", there, "")
	for name, tt := range map[string]struct {
		statements []string
		want       string
	}{
		"all is far":                      {[]string{far}, ""},
		"another action":                  {[]string{far, statement("A", "Allow", "s3:PutObject", "*", "")}, "A"},
		"another resource is nearer":      {[]string{statement("A", "Allow", "s3:PutObject", "*", ""), statement("R", "Allow", "s3:GetObject", there, "")}, "R"},
		"conditions are nearer":           {[]string{statement("R", "Allow", "s3:GetObject", there, ""), statement("C", "Allow", "s3:GetObject", here, unmet)}, "C"},
		"one condition is nearer":         {[]string{statement("C", "Allow", "s3:*", here, unmet), statement("One", "Allow", "s3:*", here, `,"Condition":{"StringEquals":{"t:a":"1"}}`)}, "One"},
		"the first of two":                {[]string{statement("C", "Allow", "s3:*", here, unmet), statement("D", "Allow", "s3:*", here, unmet)}, "C"},
		"a nearer one before":             {[]string{statement("C", "Allow", "s3:*", here, unmet), statement("R", "Allow", "s3:GetObject", there, "")}, "C"},
		"a Deny is no miss":               {[]string{statement("Deny", "Deny", "s3:GetObject", there, "")}, ""},
		"a Deny with a condition neither": {[]string{statement("Deny", "Deny", "s3:GetObject", here, unmet)}, ""},
	} {
		l := &policy.Layers{
			Identity: policy.NewSet(compile(t, policy.Identity, "p", "["+strings.Join(tt.statements, ",")+"]")), ResourceAccount: ours,
			Boundary: policy.NewSet(compile(t, policy.Boundary, "limit", statement("Limit", "Allow", "s3:GetObject", here, `,"Condition":{"StringEquals":{"t:a":"1"}}`))),
		}
		x := l.Explain(&policy.Request{Principal: principals["alice"], Action: "s3:GetObject", Resource: here})
		got := ""
		if x.Nearest != nil {
			got = x.Nearest.Sid
		}
		if got != tt.want {
			t.Errorf("%s: %q, want %q", name, got, tt.want)
		}
	}
	// Whom a resource's policy names counts less than the resource and more than conditions.
	bucket := `[{"Sid":"Who","Effect":"Allow","Principal":{"AWS":"999999999999"},"Action":"s3:GetObject","Resource":"*"},
		{"Sid":"Where","Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"` + there + `"},
		{"Sid":"When","Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"*"` + unmet + `}]`
	for last, want := range map[int]string{3: "When", 2: "Who"} {
		var list []json.RawMessage
		if err := json.Unmarshal([]byte(bucket), &list); err != nil {
			t.Fatal(err)
		}
		for range 2 { // in either order
			b, err := json.Marshal(list[:last])
			if err != nil {
				t.Fatal(err)
			}
			l := &policy.Layers{Resource: compile(t, policy.Resource, "bucket", string(b)), ResourceAccount: ours}
			x := l.Explain(&policy.Request{Principal: principals["stranger"], Action: "s3:GetObject", Resource: here})
			if x.Nearest == nil || x.Nearest.Sid != want {
				t.Errorf("of %s: %+v, want %s", b, x.Nearest, want)
			}
			slices.Reverse(list[:last])
		}
	}
	// Once it is allowed, or denied explicitly, nothing was missed.
	for _, last := range []string{statement("Yes", "Allow", "*", "*", ""), statement("No", "Deny", "*", "*", "")} {
		l := &policy.Layers{Identity: policy.NewSet(compile(t, policy.Identity, "p", "["+statement("C", "Allow", "s3:*", here, unmet)+","+last+"]")), ResourceAccount: ours}
		if x := l.Explain(&policy.Request{Principal: principals["alice"], Action: "s3:GetObject", Resource: here}); x.Nearest != nil {
			t.Errorf("with %s something was missed: %+v", last, x.Nearest)
		}
	}
}

// TestNearestOfLevels: of an organization's levels, one that allows is not the one to look at; and what applies was not missed.
func TestNearestOfLevels(t *testing.T) {
	allow := func(sid, action string) string {
		return `{"Sid":"` + sid + `","Effect":"Allow","Action":"` + action + `","Resource":"*"}`
	}
	level := func(statements ...string) *policy.Set {
		return policy.NewSet(compile(t, policy.Managed, "level", "["+strings.Join(statements, ",")+"]"))
	}
	const near = `{"Sid":"Near","Effect":"Allow","Action":"s3:Get*","Resource":"*","Condition":{"Null":{"t:k":"false"}}}`
	for name, tt := range map[string]struct {
		levels []*policy.Set
		want   string
	}{
		"the second": {[]*policy.Set{level(near, allow("Yes", "s3:*")), level(allow("Far", "sqs:*"))}, "Far"},
		"the first":  {[]*policy.Set{level(allow("Far", "sqs:*")), level(near, allow("Yes", "s3:*"))}, "Far"},
		"the nearer": {[]*policy.Set{level(allow("Far", "sqs:*")), level(near)}, "Near"},
		"a policy beside": {[]*policy.Set{
			policy.NewSet(compile(t, policy.Managed, "one", near), compile(t, policy.Managed, "two", allow("Yes", "s3:*"))), level(allow("Far", "sqs:*")),
		}, "Far"},
		"a policy before": {[]*policy.Set{
			policy.NewSet(compile(t, policy.Managed, "two", allow("Yes", "s3:*")), compile(t, policy.Managed, "one", near)), level(allow("Far", "sqs:*")),
		}, "Far"},
		"a Deny that passed": {[]*policy.Set{level(`{"Sid":"No","Effect":"Deny","Action":"sqs:*","Resource":"*"}`), level(near, allow("Yes", "s3:*"))}, ""},
	} {
		l := &policy.Layers{ServiceControl: tt.levels, Identity: level(allow("All", "*")), ResourceAccount: ours}
		x := l.Explain(&policy.Request{Principal: principals["alice"], Action: "s3:GetObject", Resource: "arn:aws:s3:::b/k"})
		got := ""
		if x.Nearest != nil {
			got = x.Nearest.Sid
		}
		if x.Layer != "service control policy" || x.Effect != "ImplicitDeny" || got != tt.want {
			t.Errorf("%s: %s by the %s, nearest %q, want %q", name, x.Effect, x.Layer, got, tt.want)
		}
	}
	// Nobody is let in by a key policy that lets everyone in: what applies is no miss.
	key := &policy.Layers{Trust: true, ResourceAccount: ours, Resource: compile(t, policy.Resource, "key", `[{"Sid":"All","Effect":"Allow","Principal":"*","Action":"*","Resource":"*"},{"Sid":"Other","Effect":"Allow","Principal":"*","Action":"kms:Put","Resource":"*"}]`)}
	x := key.Explain(&policy.Request{Principal: principals["anonymous"], Action: "kms:Get", Resource: "arn:aws:kms:us-east-1:111122223333:key/k"})
	if x.Allowed || x.Nearest == nil || x.Nearest.Sid != "Other" {
		t.Errorf("nearest %+v of %+v", x.Nearest, x.Decision)
	}
}

// TestExpected: the values of a condition are shown as they are compared, and each variable without a value is listed once.
func TestExpected(t *testing.T) {
	l := &policy.Layers{Identity: policy.NewSet(compile(t, policy.Identity, "p", `[{"Effect":"Allow","Action":"*","Resource":"*","Condition":{
		"StringEqualsIgnoreCase":{"t:a":"${t:v}"},"StringEquals":{"t:a":"${t:v}"},"StringLike":{"t:a":"${t:v}*"},"Bool":{"t:a":"${t:v}"},"ArnLike":{"t:a":["arn:aws:s3:::${t:v}","x${t:v}","arn:aws:s3:::b","arn:*:s3:us-?::${*}*"]},"BinaryEquals":{"t:a":"YQ=="},
		"StringNotEquals":{"t:a":["${t:z}","${t:y}","${t:z}"]}}}]`))}
	c := new(policy.Context)
	c.Set("t:v", "V")
	x := l.Explain(&policy.Request{Principal: principals["alice"], Action: "s3:A", Resource: "*", Context: c})
	var got []string
	for _, k := range x.Layers[0].Policies[0].Statements[0].Conditions {
		got = append(got, k.Expected...)
	}
	if want := []string{"V", "V", "V*", "V", "arn:aws:s3:::V", "x${t:v}", "arn:aws:s3:::b", "arn:*:s3:us-?::**", "YQ==", "${t:z}", "${t:y}", "${t:z}"}; !slices.Equal(got, want) {
		t.Errorf("shown as %q, want %q", got, want)
	}
	if !slices.Equal(x.Unresolved, []string{"t:y", "t:z"}) {
		t.Errorf("unresolved %q", x.Unresolved)
	}
}

// TestTellingLevels: of an organization's levels it is told which is which; and a single variable without a value is told too.
func TestTellingLevels(t *testing.T) {
	all := policy.NewSet(compile(t, policy.Managed, "all", everything))
	l := &policy.Layers{ServiceControl: []*policy.Set{all, policy.NewSet()}, Identity: policy.NewSet(compile(t, policy.Identity, "mine", `{"Effect":"Allow","Action":"*","Resource":"arn:aws:s3:::${t:x}"}`))}
	x := l.Explain(&policy.Request{Principal: principals["alice"], Action: "s3:A", Resource: "*"})
	const want = `DENIED: arn:aws:iam::111122223333:user/team/alice, s3:A on *
  ImplicitDeny by the service control policy
  variables without a value, which match nothing: t:x
service control policy, level 1 of 2:
  policy "all"
    statement 0 (line 1): Allow applies
service control policy, level 2 of 2:
  no policies
identity-based policy:
  policy "mine"
    statement 0 (line 1): Allow does not apply: resource
      resources: arn:aws:s3:::${t:x}
`
	if got := x.Text(); got != want {
		t.Errorf("told\n%s, want\n%s", got, want)
	}
}

// TestFarMisses: however many conditions fail, another principal is farther; and among thousands fewer are nearer.
func TestFarMisses(t *testing.T) {
	statement := func(sid string, conditions int, more string) string {
		var keys []string
		for i := range conditions {
			keys = append(keys, fmt.Sprintf(`"t:%d":"1"`, i))
		}
		return `{"Sid":"` + sid + `","Effect":"Allow",` + more + `"Action":"s3:*","Resource":"*","Condition":{"StringEquals":{` + strings.Join(keys, ",") + `}}}`
	}
	for _, tt := range []struct {
		l    policy.Layers
		want string
	}{
		{policy.Layers{Resource: compile(t, policy.Resource, "bucket", `[`+statement("Who", 0, `"Principal":{"AWS":"111122223333"},`)+`,`+statement("Many", 1200, `"Principal":"*",`)+`]`)}, "Many"},
		{policy.Layers{Identity: policy.NewSet(compile(t, policy.Simulated, "mine", `[`+statement("Most", 1200, "")+`,`+statement("Many", 998, "")+`]`)), ResourceAccount: "444455556666"}, "Many"},
		{policy.Layers{Identity: policy.NewSet(compile(t, policy.Simulated, "mine", `[`+statement("Most", 1200, "")+`,`+statement("Many", 1100, "")+`]`)), ResourceAccount: "444455556666"}, "Most"},
	} {
		if tt.l.ResourceAccount == "" {
			tt.l.ResourceAccount = ours
		}
		x := tt.l.Explain(&policy.Request{Principal: principals["stranger"], Action: "s3:A", Resource: "arn:aws:s3:::b"})
		if x.Nearest == nil || x.Nearest.Sid != tt.want {
			t.Errorf("nearest %+v of %s by the %s, want %s", x.Nearest, x.Effect, x.Layer, tt.want)
		}
	}
}
