package userpools_test

import (
	"context"
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/policy"
	"github.com/bailiwick-project/bailiwick/service/servicetest"
	"github.com/bailiwick-project/bailiwick/service/userpools"
)

// grants gives everyone one policy.
type grants struct{ set *policy.Set }

func (g *grants) Attached(context.Context, bailiwick.Principal) (bailiwick.Attachments, error) {
	return bailiwick.Attachments{Identity: g.set}, nil
}

func (g *grants) ManagedPolicy(_ context.Context, arn string) (*policy.Policy, error) {
	return nil, bailiwick.Errorf("NoSuchEntity", "Policy %s does not exist.", arn)
}

// statements makes the policy of these statements the one.
func (g *grants) statements(t *testing.T, list string) {
	t.Helper()
	doc, err := policy.Parse(policy.Identity, `{"Version":"2012-10-17","Statement":[`+list+`]}`)
	if err != nil {
		t.Fatal(err)
	}
	g.set = policy.NewSet(policy.Compile("test", doc))
}

func alice() bailiwick.Principal {
	return bailiwick.Principal{Name: "alice", Principal: policy.Principal{
		Type: policy.User, ARN: "arn:aws:iam::" + servicetest.Account + ":user/alice", ID: "AIDAALICE", Account: servicetest.Account,
	}}
}

func TestLeave(t *testing.T) {
	g := &grants{set: policy.NewSet()}
	e := newEnv(t, g)
	red := e.pool("UserPoolTags", m{"team": "red"})
	blue := e.pool("UserPoolTags", m{"team": "blue"})
	for _, id := range []string{red, blue} {
		e.call("AdminCreateUser", "UserPoolId", id, "Username", "u", "MessageAction", "SUPPRESS")
		e.call("CreateGroup", "UserPoolId", id, "GroupName", "g")
	}
	e.As(alice())
	const role = "arn:aws:iam::000000000000:role/app"
	const onRed = `{"Effect":"Allow","Action":"cognito-idp:*","Resource":"arn:aws:cognito-idp:*:*:userpool/*","Condition":{"StringEquals":{"aws:ResourceTag/team":"red"}}}`
	const pass = `{"Effect":"Allow","Action":"iam:PassRole","Resource":"` + role + `","Condition":{"StringEquals":{"iam:PassedToService":"cognito-idp.amazonaws.com"}}}`
	for _, tt := range []struct {
		name, policy string
		allowed      bool
		operation    string
		in           []any
	}{
		{"nothing", ``, false, "AdminGetUser", []any{"UserPoolId", red, "Username", "u"}},
		{"tagged", onRed, true, "AdminGetUser", []any{"UserPoolId", red, "Username", "u"}},
		{"tagged otherwise", onRed, false, "AdminGetUser", []any{"UserPoolId", blue, "Username", "u"}},
		{"second factors", onRed, true, "AdminSetUserMFAPreference", []any{"UserPoolId", red, "Username", "u", "SoftwareTokenMfaSettings", m{"Enabled": false}}},
		{"second factors of others", onRed, false, "AdminSetUserMFAPreference", []any{"UserPoolId", blue, "Username", "u", "SoftwareTokenMfaSettings", m{"Enabled": false}}},
		{"second factors of nobody", onRed, false, "AdminSetUserMFAPreference", []any{"UserPoolId", "us-east-1_nosuch000", "Username", "u"}},
		{"no such pool", onRed, false, "AdminGetUser", []any{"UserPoolId", "us-east-1_nosuch000", "Username", "u"}},
		{"role without leave", onRed, false, "UpdateGroup", []any{"UserPoolId", red, "GroupName", "g", "RoleArn", role}},
		{"role with leave", onRed + "," + pass, true, "UpdateGroup", []any{"UserPoolId", red, "GroupName", "g", "RoleArn", role}},
		{"another role", onRed + "," + pass, false, "UpdateGroup", []any{"UserPoolId", red, "GroupName", "g", "RoleArn", role + "2"}},
		{
			"role of others", onRed + `,{"Effect":"Allow","Action":"iam:PassRole","Resource":"*"}`, false, "UpdateGroup",
			[]any{"UserPoolId", red, "GroupName", "g", "RoleArn", "arn:aws:iam::111111111111:role/app"},
		},
		{"group without role", onRed, true, "UpdateGroup", []any{"UserPoolId", red, "GroupName", "g", "Description", "d"}},
		{"request tags", `{"Effect":"Allow","Action":"cognito-idp:CreateUserPool","Resource":"*","Condition":{"StringEquals":{"aws:RequestTag/team":"red"}}}`, true, "CreateUserPool", []any{"PoolName", "p", "UserPoolTags", m{"team": "red"}}},
		{"other request tags", `{"Effect":"Allow","Action":"cognito-idp:CreateUserPool","Resource":"*","Condition":{"StringEquals":{"aws:RequestTag/team":"red"}}}`, false, "CreateUserPool", []any{"PoolName", "p", "UserPoolTags", m{"team": "blue"}}},
		{
			"tag keys", `{"Effect":"Allow","Action":"cognito-idp:TagResource","Resource":"*","Condition":{"ForAllValues:StringEquals":{"aws:TagKeys":["cost"]}}}`, false, "TagResource",
			[]any{"ResourceArn", "arn:aws:cognito-idp:us-east-1:000000000000:userpool/" + blue, "Tags", m{"cost": "1", "team": "red"}},
		},
		{
			"tags of others", `{"Effect":"Allow","Action":"cognito-idp:*","Resource":"*"}`, false, "TagResource",
			[]any{"ResourceArn", "arn:aws:cognito-idp:us-east-1:111111111111:userpool/" + blue, "Tags", m{"cost": "1"}},
		},
		{
			"SMS role without leave", `{"Effect":"Allow","Action":"cognito-idp:*","Resource":"*"}`, false, "CreateUserPool",
			[]any{"PoolName", "p", "SmsConfiguration", m{"SnsCallerArn": role}},
		},
	} {
		g.set = policy.NewSet()
		if tt.policy != "" {
			g.statements(t, tt.policy)
		}
		r := e.JSON(tt.operation, doc(tt.in...))
		if allowed := r.Status == 200; allowed != tt.allowed || !allowed && r.Code != "AccessDeniedException" {
			t.Errorf("%s: %d %s %s", tt.name, r.Status, r.Code, r.Message)
		}
	}
	g.set = policy.NewSet()
	e.fails("AccessDeniedException", "User: arn:aws:iam::000000000000:user/alice is not authorized to perform: cognito-idp:ListUsers on resource: arn:aws:cognito-idp:us-east-1:000000000000:userpool/us-east-1_nosuch000 because no identity-based policy allows the cognito-idp:ListUsers action",
		"ListUsers", "UserPoolId", "us-east-1_nosuch000")
}

// The table is held against the published reference: a key or a resource type
// that is there and not here would be one that policies test in vain.
func TestActionTable(t *testing.T) {
	text, err := os.ReadFile("../../models/authorization/cognito-idp.json")
	if err != nil {
		t.Fatal(err)
	}
	var ref struct {
		Actions map[string]struct {
			Name          string
			ConditionKeys []string
			ResourceTypes []struct {
				Name     string
				Required bool
			}
		}
		ResourceTypes map[string]struct{ ConditionKeys []string }
	}
	if err := json.Unmarshal(text, &ref); err != nil {
		t.Fatal(err)
	}
	svc := (&userpools.API{}).Service()
	checked := 0
	for _, a := range svc.Actions {
		name, ours := strings.CutPrefix(a.Name, "cognito-idp:")
		if !ours {
			continue
		}
		r, ok := ref.Actions[strings.ToLower(name)]
		if !ok || r.Name != name {
			t.Errorf("the reference has no action %s", name)
			continue
		}
		checked++
		keys := slices.Clone(r.ConditionKeys)
		for _, typ := range r.ResourceTypes {
			keys = append(keys, ref.ResourceTypes[typ.Name].ConditionKeys...)
			if !slices.Contains(a.Resources, typ.Name) {
				t.Errorf("%s lacks the resource type %s", name, typ.Name)
			}
		}
		if len(a.Resources) != len(r.ResourceTypes) {
			t.Errorf("%s has resource types %v", name, a.Resources)
		}
		for _, k := range keys {
			if _, ok := a.Keys[k]; !ok {
				t.Errorf("%s lacks the key %s", name, k)
			}
		}
		for k := range a.Keys {
			if !slices.Contains(keys, k) {
				t.Errorf("%s has the key %s, which the reference has not", name, k)
			}
		}
	}
	if checked < 35 {
		t.Errorf("only %d actions were compared", checked)
	}
	for _, op := range svc.Operations {
		if _, ok := svc.Actions.Find("cognito-idp:" + op.Name); op.Access == "checked" && !ok {
			t.Errorf("no row of the table for %s", op.Name)
		}
	}
}
