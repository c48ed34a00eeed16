package iam_test

import (
	"encoding/xml"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/bailiwick-project/bailiwick/policy"
)

const (
	ann    = "arn:aws:iam::000000000000:user/app/ann"
	object = "arn:aws:s3:::b/k"
)

// A position, statement, outcome and simulated are a SimulatePolicyResponse as a client reads it.
type (
	position  struct{ Line, Column int }
	statement struct {
		SourcePolicyId, SourcePolicyType string
		StartPosition, EndPosition       position
	}
	entry   struct{ Key, Value string }
	details struct {
		Entries []entry `xml:"entry"`
	}
	boundary struct{ AllowedByPermissionsBoundary bool }
	controls struct{ AllowedByOrganizations bool }
	outcome  struct {
		EvalActionName, EvalResourceName, EvalDecision, EvalResourceDecision string
		EvalDecisionDetails                                                  *details
		PermissionsBoundaryDecisionDetail                                    *boundary
		OrganizationsDecisionDetail                                          *controls
		MatchedStatements                                                    []statement `xml:"MatchedStatements>member"`
		MissingContextValues                                                 []string    `xml:"MissingContextValues>member"`
		ResourceSpecificResults                                              []outcome   `xml:"ResourceSpecificResults>member"`
	}
	simulated struct {
		Results     []outcome `xml:"EvaluationResults>member"`
		IsTruncated bool
		Marker      string
	}
)

func (w *world) simulate(operation string, pairs ...string) simulated {
	w.t.Helper()
	var out struct {
		Custom    *simulated `xml:"SimulateCustomPolicyResult"`
		Principal *simulated `xml:"SimulatePrincipalPolicyResult"`
	}
	body := strings.NewReplacer("<key>", "<Key>", "</key>", "</Key>", "<value>", "<Value>", "</value>", "</Value>").Replace(w.do(operation, pairs...))
	if err := xml.Unmarshal([]byte(body), &out); err != nil {
		w.t.Fatal(err)
	}
	if out.Custom != nil {
		return *out.Custom
	}
	return *out.Principal
}

// list makes the pairs of a list, or of several.
func list(name string, values ...string) []string {
	var out []string
	for i, v := range values {
		out = append(out, fmt.Sprintf("%s.member.%d", name, i+1), v)
	}
	return out
}

func given(n int, name, typ string, values ...string) []string {
	prefix := fmt.Sprintf("ContextEntries.member.%d.", n)
	return append(p(prefix+"ContextKeyName", name, prefix+"ContextKeyType", typ), list(prefix+"ContextKeyValues", values...)...)
}

// TestSimulateCLIExample is the example of the AWS CLI, which prints what AWS answered.
//
// Source: AWS CLI reference, simulate-custom-policy.
func TestSimulateCLIExample(t *testing.T) {
	w := newWorld(t)
	const document = `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"dynamodb:*","Resource":"*","Condition":{"DateGreaterThan":{"aws:CurrentTime":"2018-08-16T12:00:00Z"}}}}`
	question := slices.Concat(list("PolicyInputList", document), list("ActionNames", "dynamodb:CreateBackup"))
	want := outcome{
		EvalActionName: "dynamodb:CreateBackup", EvalResourceName: "*", EvalDecision: "allowed",
		MatchedStatements: []statement{{"PolicyInputList.1", "IAM Policy", position{1, 38}, position{1, 167}}},
	}
	got := w.simulate("SimulateCustomPolicy", append(question, given(1, "aws:CurrentTime", "date", "2019-04-25T11:00:00Z")...)...)
	if !reflect.DeepEqual(got, simulated{Results: []outcome{want}}) {
		t.Errorf("later: %+v", got)
	}
	want.EvalDecision, want.MatchedStatements = "implicitDeny", nil
	got = w.simulate("SimulateCustomPolicy", append(question, given(1, "aws:CurrentTime", "date", "2014-04-25T11:00:00Z")...)...)
	if !reflect.DeepEqual(got, simulated{Results: []outcome{want}}) {
		t.Errorf("earlier: %+v", got)
	}
	want.MissingContextValues = []string{"aws:CurrentTime"}
	if got = w.simulate("SimulateCustomPolicy", question...); !reflect.DeepEqual(got, simulated{Results: []outcome{want}}) {
		t.Errorf("at no time: %+v", got)
	}
}

// TestSimulateTwoAccounts are the examples of the API reference for a boundary
// and a resource policy, in one account and in two.
//
// Source: IAM API Reference, SimulateCustomPolicy and SimulatePrincipalPolicy.
func TestSimulateTwoAccounts(t *testing.T) {
	w := newWorld(t)
	iamOnly := allow("iam:*", "*")
	bucket := func(user string) string {
		return `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"` + user + `"},"Action":["s3:List*","s3:Put*"],"Resource":["arn:aws:s3:::production/*"]}}`
	}
	const mateo, key = "arn:aws:iam::111122223333:user/mateo", "arn:aws:s3:::production/Test"
	question := slices.Concat(list("PolicyInputList", iamOnly), list("PermissionsBoundaryPolicyInputList", iamOnly),
		list("ActionNames", "s3:PutObject"), list("ResourceArns", key), p("CallerArn", mateo, "ResourcePolicy", bucket(mateo)))
	byBucket := []statement{{"ResourcePolicy", "Resource Policy", position{1, 38}, position{1, len(bucket(mateo))}}}
	one := outcome{
		EvalResourceName: key, EvalResourceDecision: "allowed", MatchedStatements: byBucket, PermissionsBoundaryDecisionDetail: &boundary{false},
	}
	for _, owner := range [][]string{nil, p("ResourceOwner", "arn:aws:iam::111122223333:root")} {
		got := w.simulate("SimulateCustomPolicy", append(question, owner...)...)
		want := outcome{
			EvalActionName: "s3:PutObject", EvalResourceName: key, EvalDecision: "allowed", EvalDecisionDetails: &details{},
			MatchedStatements: byBucket, PermissionsBoundaryDecisionDetail: &boundary{false}, ResourceSpecificResults: []outcome{one},
		}
		if !reflect.DeepEqual(got.Results, []outcome{want}) {
			t.Errorf("one account, owner %v: %+v", owner, got.Results)
		}
	}
	got := w.simulate("SimulateCustomPolicy", append(question, "ResourceOwner", "arn:aws:iam::123456789012:root")...)
	said := &details{[]entry{{"IAM Policy", "implicitDeny"}, {"Permissions Boundary Policy", "implicitDeny"}, {"Resource Policy", "allowed"}}}
	one.EvalResourceDecision, one.EvalDecisionDetails = "implicitDeny", said
	want := outcome{
		EvalActionName: "s3:PutObject", EvalResourceName: key, EvalDecision: "implicitDeny", EvalDecisionDetails: said,
		PermissionsBoundaryDecisionDetail: &boundary{false}, ResourceSpecificResults: []outcome{one},
	}
	if !reflect.DeepEqual(got.Results, []outcome{want}) {
		t.Errorf("two accounts: %+v", got.Results)
	}
}

// simulatedWorld has a user with all kinds of policies.
func simulatedWorld(t *testing.T) *world {
	w := newWorld(t)
	w.do("CreateUser", "UserName", "ann", "Path", "/app/")
	w.do("PutUserPolicy", "UserName", "ann", "PolicyName", "own", "PolicyDocument", allow("s3:GetObject", "arn:aws:s3:::b/${aws:username}/*"))
	w.do("CreateGroup", "GroupName", "devs")
	w.do("PutGroupPolicy", "GroupName", "devs", "PolicyName", "inline", "PolicyDocument", `{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"s3:DeleteObject","Resource":"*"},{"Effect":"Allow","Action":"s3:PutObject","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"true"}}}]}`)
	w.do("AddUserToGroup", "GroupName", "devs", "UserName", "ann")
	w.do("CreatePolicy", "PolicyName", "Mine", "Path", "/app/", "PolicyDocument", allow("s3:ListBucket", "*"))
	w.do("AttachUserPolicy", "UserName", "ann", "PolicyArn", mine)
	w.do("CreateRole", "RoleName", "r", "AssumeRolePolicyDocument", trustCognito)
	w.do("PutRolePolicy", "RoleName", "r", "PolicyName", "own", "PolicyDocument", allow("s3:*", "*"))
	return w
}

func TestSimulatePrincipal(t *testing.T) {
	w := simulatedWorld(t)
	secure := given(1, "aws:SecureTransport", "boolean", "true")
	for _, tt := range []struct {
		name, source, action, resource string
		more                           []string
		decision                       string
		by                             []string
	}{
		{"inline", ann, "s3:GetObject", "arn:aws:s3:::b/ann/1", nil, "allowed", p("user_ann_own")},
		{"the name of the caller", ann, "s3:GetObject", "arn:aws:s3:::b/bob/1", nil, "implicitDeny", nil},
		{"another caller", ann, "s3:GetObject", "arn:aws:s3:::b/bob/1", p("CallerArn", "arn:aws:iam::000000000000:user/bob"), "allowed", p("user_ann_own")},
		{"a name given", ann, "s3:GetObject", "arn:aws:s3:::b/cid/1", given(1, "AWS:username", "string", "cid"), "allowed", p("user_ann_own")},
		{"managed", ann, "s3:ListBucket", "arn:aws:s3:::b", nil, "allowed", p("Mine")},
		{"of a group", ann, "s3:PutObject", object, secure, "allowed", p("group_devs_inline")},
		{"a condition without its key", ann, "s3:PutObject", object, nil, "implicitDeny", nil},
		{"denied by a group", ann, "s3:DeleteObject", object, list("PolicyInputList", allowAll), "explicitDeny", p("group_devs_inline")},
		{"added", ann, "s3:GetObject", object, list("PolicyInputList", denyAll, allowAll), "explicitDeny", p("PolicyInputList.1")},
		{"added allows", ann, "s3:ListBucket", "arn:aws:s3:::b", list("PolicyInputList", allowAll), "allowed", p("Mine", "PolicyInputList.1")},
		{"bounded", ann, "s3:ListBucket", "*", list("PermissionsBoundaryPolicyInputList", allow("s3:Get*", "*")), "implicitDeny", nil},
		{"denied by a boundary", ann, "s3:ListBucket", "*", list("PermissionsBoundaryPolicyInputList", denyAll), "explicitDeny", p("PermissionsBoundaryPolicyInputList.1")},
		{"group", "arn:aws:iam::000000000000:group/devs", "s3:PutObject", object, secure, "allowed", p("group_devs_inline")},
		{"role", "arn:aws:iam::000000000000:role/r", "s3:PutObject", object, nil, "allowed", p("role_r_own")},
		{"resource of any account", ann, "s3:ListBucket", "arn:aws:dynamodb:us-east-1:111122223333:table/t", nil, "allowed", p("Mine")},
		{"owner of another account", ann, "s3:ListBucket", "arn:aws:s3:::b", p("ResourceOwner", "arn:aws:iam::111122223333:root"), "implicitDeny", nil},
	} {
		got := w.simulate("SimulatePrincipalPolicy", slices.Concat(p("PolicySourceArn", tt.source), list("ActionNames", tt.action), list("ResourceArns", tt.resource), tt.more)...)
		if len(got.Results) != 1 {
			t.Errorf("%s: %+v", tt.name, got)
			continue
		}
		var by []string
		for _, s := range got.Results[0].MatchedStatements {
			by = append(by, s.SourcePolicyId)
		}
		if got.Results[0].EvalDecision != tt.decision || !slices.Equal(by, tt.by) {
			t.Errorf("%s: %s by %v, want %s by %v", tt.name, got.Results[0].EvalDecision, by, tt.decision, tt.by)
		}
	}
}

// TestSimulateAdministrator: the positions are those that AWS tells of its own policy.
func TestSimulateAdministrator(t *testing.T) {
	w := newWorld(t)
	w.do("CreateUser", "UserName", "root2")
	w.do("AttachUserPolicy", "UserName", "root2", "PolicyArn", "arn:aws:iam::aws:policy/AdministratorAccess")
	got := w.simulate("SimulatePrincipalPolicy", append(list("ActionNames", "s3:GetObject"), "PolicySourceArn", "arn:aws:iam::000000000000:user/root2")...)
	want := []statement{{"AdministratorAccess", "IAM Policy", position{3, 17}, position{8, 6}}}
	if len(got.Results) != 1 || !slices.Equal(got.Results[0].MatchedStatements, want) {
		t.Errorf("%+v", got)
	}
}

// TestSimulateIsTheDecision: what the simulator says of a user is what is decided
// when the user asks.
func TestSimulateIsTheDecision(t *testing.T) {
	w := simulatedWorld(t)
	w.do("PutUserPermissionsBoundary", "UserName", "ann", "PermissionsBoundary", "arn:aws:iam::aws:policy/PowerUserAccess")
	who := w.principal("ann")
	words := map[policy.Effect]string{policy.Allow: "allowed", policy.ExplicitDeny: "explicitDeny", policy.ImplicitDeny: "implicitDeny"}
	a, err := w.api.Attached(t.Context(), who)
	if err != nil {
		t.Fatal(err)
	}
	l := policy.Layers{Identity: a.Identity, Boundary: a.Boundary, ResourceAccount: account}
	c := new(policy.Context)
	c.Set("aws:username", "ann")
	for _, action := range []string{"s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:ListBucket", "iam:GetUser"} {
		for _, resource := range []string{object, "arn:aws:s3:::b/ann/1", "arn:aws:s3:::b/${aws:username}/1", "*"} {
			d := l.Decide(&policy.Request{Principal: who.Principal, Action: action, Resource: resource, Context: c})
			got := w.simulate("SimulatePrincipalPolicy", slices.Concat(p("PolicySourceArn", ann), list("ActionNames", action), list("ResourceArns", resource))...)
			if got.Results[0].EvalDecision != words[d.Effect] {
				t.Errorf("%s on %s: simulated %s, decided %s", action, resource, got.Results[0].EvalDecision, d.Effect)
			}
			if within := got.Results[0].PermissionsBoundaryDecisionDetail; within == nil || within.AllowedByPermissionsBoundary == strings.HasPrefix(action, "iam:") {
				t.Errorf("%s on %s: boundary %+v", action, resource, within)
			}
		}
	}
}

func TestSimulateSeveral(t *testing.T) {
	w := newWorld(t)
	document := `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:Get*","Resource":"*","Condition":{"Null":{"t:Gone":"true"}}},{"Effect":"Deny","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/${aws:userid}"}]}`
	question := slices.Concat(list("PolicyInputList", document), list("ActionNames", "s3:GetObject", "s3:GetBucketAcl", "s3:PutObject"),
		list("ResourceArns", object, "arn:aws:s3:::b/AIDA", object), given(1, "aws:userid", "string", "AIDA"))
	got := w.simulate("SimulateCustomPolicy", question...)
	var lines []string
	for _, r := range got.Results {
		lines = append(lines, fmt.Sprint(r.EvalActionName, r.EvalResourceName, r.EvalDecision, len(r.MatchedStatements), r.MissingContextValues))
		for _, one := range r.ResourceSpecificResults {
			lines = append(lines, fmt.Sprint(one.EvalResourceName, one.EvalResourceDecision, len(one.MatchedStatements), one.MissingContextValues))
		}
	}
	want := []string{
		"s3:GetObject*explicitDeny1 [t:Gone]", object + "allowed1 [t:Gone]", "arn:aws:s3:::b/AIDAexplicitDeny1 [t:Gone]",
		"s3:GetBucketAcl*allowed1 [t:Gone]", object + "allowed1 [t:Gone]", "arn:aws:s3:::b/AIDAallowed1 [t:Gone]",
		"s3:PutObject*implicitDeny0 [t:Gone]", object + "implicitDeny0 [t:Gone]", "arn:aws:s3:::b/AIDAimplicitDeny0 [t:Gone]",
	}
	if !slices.Equal(lines, want) {
		t.Errorf("got %q\nwant %q", lines, want)
	}
	var paged []outcome
	marker := []string(nil)
	for {
		page := w.simulate("SimulateCustomPolicy", slices.Concat(question, p("MaxItems", "2"), marker)...)
		paged = append(paged, page.Results...)
		if !page.IsTruncated {
			break
		}
		if len(page.Results) != 2 {
			t.Fatalf("a page of %d", len(page.Results))
		}
		marker = p("Marker", page.Marker)
	}
	if !reflect.DeepEqual(paged, got.Results) {
		t.Errorf("page by page: %+v", paged)
	}
}

func TestSimulateContext(t *testing.T) {
	w := newWorld(t)
	for _, tt := range []struct {
		condition, typ string
		values         []string
		decision       string // "": refused
	}{
		{`"StringEquals":{"t:key":"a"}`, "string", p("a"), "allowed"},
		{`"StringEquals":{"t:key":"a"}`, "string", p("b"), "implicitDeny"},
		{`"StringEquals":{"t:key":""}`, "string", p(""), "allowed"},
		{`"StringEquals":{"t:key":"a"}`, "string", p("a", "b"), ""},
		{`"StringEquals":{"t:key":"a"}`, "string", nil, ""},
		{`"StringEquals":{"t:key":"a"}`, "stringList", p("a"), "implicitDeny"}, // a list needs a set operator
		{`"ForAnyValue:StringEquals":{"t:key":"a"}`, "stringList", p("b", "a"), "allowed"},
		{`"ForAllValues:StringEquals":{"t:key":"a"}`, "stringList", p("b", "a"), "implicitDeny"},
		{`"NumericLessThan":{"t:key":"10"}`, "numeric", p("9.5"), "allowed"},
		{`"NumericLessThan":{"t:key":"10"}`, "numeric", p("nine"), ""},
		{`"ForAnyValue:NumericLessThan":{"t:key":"10"}`, "numericList", p("11", "9"), "allowed"},
		{`"Bool":{"t:key":"true"}`, "boolean", p("True"), "allowed"},
		{`"Bool":{"t:key":"true"}`, "boolean", p("yes"), ""},
		{`"ForAnyValue:Bool":{"t:key":"true"}`, "booleanList", p("false", "x"), ""},
		{`"DateLessThan":{"t:key":"2026-01-01T00:00:00Z"}`, "date", p("2025-12-31T23:59:59Z"), "allowed"},
		{`"DateLessThan":{"t:key":"2026-01-01T00:00:00Z"}`, "date", p("yesterday"), ""},
		{`"ForAllValues:DateLessThan":{"t:key":"2026-01-01T00:00:00Z"}`, "dateList", p("1700000000"), "allowed"},
		{`"IpAddress":{"t:key":"10.0.0.0/8"}`, "ip", p("10.1.2.3"), "allowed"},
		{`"IpAddress":{"t:key":"10.0.0.0/8"}`, "ip", p("10.0.0.0/9"), ""},
		{`"IpAddress":{"t:key":"10.0.0.0/8"}`, "ip", p("10.1.2"), ""},
		{`"ForAnyValue:IpAddress":{"t:key":"10.0.0.0/8"}`, "ipList", p("::1", "10.1.2.3"), "allowed"},
		{`"BinaryEquals":{"t:key":"QUJD"}`, "binary", p("QUJD"), "allowed"},
		{`"BinaryEquals":{"t:key":"QUJD"}`, "binary", p("QUJ"), ""},
		{`"ForAnyValue:BinaryEquals":{"t:key":"QUJD"}`, "binaryList", p("QUJE", "QUJD"), "allowed"},
		{`"StringLike":{"t:key":"${t:key}"}`, "string", p("*"), "allowed"},
		{`"StringLike":{"t:other":"${t:key}"}`, "string", p("*"), "implicitDeny"},
	} {
		document := `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*","Condition":{` + tt.condition + `}}]}`
		pairs := slices.Concat(list("PolicyInputList", document), list("ActionNames", "s3:GetObject"), given(1, "t:key", tt.typ, tt.values...), given(2, "t:other2", "string", "x"))
		if tt.decision == "" {
			if r := w.Form("SimulateCustomPolicy", in(pairs...)); r.Code != "InvalidInput" || r.Status != 400 {
				t.Errorf("%s of %s %q: %d %s", tt.condition, tt.typ, tt.values, r.Status, r.Body)
			}
			continue
		}
		if got := w.simulate("SimulateCustomPolicy", pairs...); got.Results[0].EvalDecision != tt.decision {
			t.Errorf("%s of %s %q: %s, want %s", tt.condition, tt.typ, tt.values, got.Results[0].EvalDecision, tt.decision)
		}
	}
}
