package iam_test

import (
	"context"
	"encoding/json"
	"maps"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/bailiwick-project/bailiwick/service/iam"
	"github.com/bailiwick-project/bailiwick/store"
	"github.com/bailiwick-project/bailiwick/store/mem"
)

// TestTableIsTheReference holds the authorization table against AWS's.
func TestTableIsTheReference(t *testing.T) {
	type resource struct {
		Name          string
		ConditionKeys []string
	}
	var reference struct {
		Actions map[string]struct {
			Name          string
			ConditionKeys []string
			ResourceTypes []resource
		}
		ResourceTypes map[string]resource
	}
	raw, err := os.ReadFile("../../models/authorization/iam.json")
	if err == nil {
		err = json.Unmarshal(raw, &reference)
	}
	if err != nil {
		t.Fatal(err)
	}
	svc := new(iam.API).Service()
	for _, row := range svc.Actions {
		a, ok := reference.Actions[strings.ToLower(strings.TrimPrefix(row.Name, "iam:"))]
		if !ok || "iam:"+a.Name != row.Name {
			t.Errorf("the reference has no action %s", row.Name)
			continue
		}
		want := slices.Clone(a.ConditionKeys)
		var types []string
		for _, r := range a.ResourceTypes {
			types = append(types, r.Name)
			want = append(want, reference.ResourceTypes[r.Name].ConditionKeys...)
		}
		slices.Sort(want)
		if got := slices.Sorted(maps.Keys(row.Keys)); !slices.Equal(got, slices.Compact(want)) {
			t.Errorf("%s has the keys %v, the reference says %v", row.Name, got, want)
		}
		if !slices.Equal(row.Resources, types) {
			t.Errorf("%s has the resources %v, the reference says %v", row.Name, row.Resources, types)
		}
	}
	if len(svc.Actions) != len(svc.Operations)+1 { // iam:PassRole has no operation
		t.Errorf("%d actions for %d operations", len(svc.Actions), len(svc.Operations))
	}
}

// whole is an input that every operation understands: each takes what it knows.
func whole() url.Values {
	return in("RoleName", "r", "UserName", "u", "GroupName", "g", "PolicyName", "p", "PolicyArn", mine, "VersionId", "v1",
		"AssumeRolePolicyDocument", trustCognito, "PolicyDocument", allowAll, "PermissionsBoundary", mine, "Description", "d",
		"Tags.member.1.Key", "k", "Tags.member.1.Value", "v", "TagKeys.member.1", "k", "AccessKeyId", "AKIAAAAAAAAAAAAAAAAA", "Status", "Inactive",
		"InstanceProfileName", "i", "AccountAlias", "acme", "PolicySourceArn", "arn:aws:iam::000000000000:user/u",
		"PolicyInputList.member.1", allowAll, "ActionNames.member.1", "s3:GetObject")
}

func TestEveryOperationAsks(t *testing.T) {
	for _, existing := range []bool{false, true} {
		w := newWorld(t)
		nobody, admin := w.user("nobody", ""), w.user("admin", "")
		w.do("AttachUserPolicy", "UserName", "admin", "PolicyArn", "arn:aws:iam::aws:policy/AdministratorAccess")
		if existing {
			w.do("CreatePolicy", "PolicyName", "Mine", "Path", "/app/", "PolicyDocument", allowAll, "Tags.member.1.Key", "k", "Tags.member.1.Value", "v")
			w.do("CreateRole", "RoleName", "r", "AssumeRolePolicyDocument", trustCognito, "PermissionsBoundary", mine, "Tags.member.1.Key", "k", "Tags.member.1.Value", "v")
			w.do("CreateUser", "UserName", "u", "PermissionsBoundary", mine, "Tags.member.1.Key", "k", "Tags.member.1.Value", "v")
			w.do("CreateGroup", "GroupName", "g")
			w.do("CreateInstanceProfile", "InstanceProfileName", "i", "Tags.member.1.Key", "k", "Tags.member.1.Value", "v")
		}
		for _, op := range w.api.Service().Operations {
			w.As(nobody)
			if r := w.Form(op.Name, whole()); r.Code != "AccessDenied" {
				t.Errorf("%s by nobody: %d %s", op.Name, r.Status, r.Body)
			}
			asked := w.Records[len(w.Records)-1].Call.Trail.Judgements
			if len(asked) == 0 || asked[0].Request.Action != "iam:"+op.Name {
				t.Errorf("%s asked %v", op.Name, asked)
			}
			w.As(admin)
			if r := w.Form(op.Name, whole()); r.Code == "AccessDenied" || r.Status >= 500 {
				t.Errorf("%s by the administrator: %d %s", op.Name, r.Status, r.Body)
			}
		}
	}
}

// TestDelegation is the example of the IAM User Guide: who may create users only
// with a boundary can neither leave it out, nor change it, nor take it away.
func TestDelegation(t *testing.T) {
	w := newWorld(t)
	const other = "arn:aws:iam::000000000000:policy/other"
	w.do("CreatePolicy", "PolicyName", "Mine", "Path", "/app/", "PolicyDocument", allowAll)
	w.do("CreatePolicy", "PolicyName", "other", "PolicyDocument", allowAll)
	delegate := w.user("delegate", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["iam:CreateUser","iam:PutUserPolicy","iam:AttachUserPolicy","iam:PutUserPermissionsBoundary"],"Resource":"*","Condition":{"StringEquals":{"iam:PermissionsBoundary":"`+mine+`"}}}]}`)
	w.do("CreateUser", "UserName", "free")
	w.As(delegate)
	w.do("CreateUser", "UserName", "new", "PermissionsBoundary", mine)
	w.do("PutUserPolicy", "UserName", "new", "PolicyName", "p", "PolicyDocument", allowAll)
	w.do("AttachUserPolicy", "UserName", "new", "PolicyArn", other)
	w.do("PutUserPermissionsBoundary", "UserName", "new", "PermissionsBoundary", mine)
	for _, s := range []step{
		{operation: "CreateUser", pairs: p("UserName", "x")},
		{operation: "CreateUser", pairs: p("UserName", "x", "PermissionsBoundary", other)},
		{operation: "PutUserPermissionsBoundary", pairs: p("UserName", "new", "PermissionsBoundary", other)},
		{operation: "DeleteUserPermissionsBoundary", pairs: p("UserName", "new")},
		{operation: "PutUserPolicy", pairs: p("UserName", "free", "PolicyName", "p", "PolicyDocument", allowAll)},
		{operation: "PutUserPolicy", pairs: p("UserName", "delegate", "PolicyName", "p", "PolicyDocument", allowAll)},
		{operation: "AttachUserPolicy", pairs: p("UserName", "ghost", "PolicyArn", other)},
	} {
		if r := w.Form(s.operation, in(s.pairs...)); r.Code != "AccessDenied" {
			t.Errorf("%s %v: %d %s", s.operation, s.pairs, r.Status, r.Body)
		}
	}
}

func TestTagConditions(t *testing.T) {
	w := newWorld(t)
	w.do("CreateRole", "RoleName", "mine", "AssumeRolePolicyDocument", trustCognito, "Tags.member.1.Key", "Team", "Tags.member.1.Value", "blue")
	w.do("CreateRole", "RoleName", "theirs", "AssumeRolePolicyDocument", trustCognito, "Tags.member.1.Key", "Team", "Tags.member.1.Value", "red")
	w.do("CreatePolicy", "PolicyName", "Mine", "Path", "/app/", "PolicyDocument", allowAll, "Tags.member.1.Key", "Team", "Tags.member.1.Value", "blue")
	ann := w.user("ann", `{"Version":"2012-10-17","Statement":[
		{"Effect":"Allow","Action":["iam:PutRolePolicy","iam:TagRole","iam:GetPolicy"],"Resource":"*","Condition":{"StringEquals":{"aws:ResourceTag/team":"blue"}}},
		{"Effect":"Allow","Action":"iam:GetRole","Resource":"*","Condition":{"StringEquals":{"iam:ResourceTag/Team":"blue"}}},
		{"Effect":"Allow","Action":"iam:CreateRole","Resource":"*"},
		{"Effect":"Allow","Action":"iam:TagRole","Resource":"arn:aws:iam::000000000000:role/new*","Condition":{"StringEquals":{"aws:RequestTag/Team":"blue"},"ForAllValues:StringEquals":{"aws:TagKeys":["Team"]}}},
		{"Effect":"Deny","Action":["iam:TagRole","iam:UntagRole"],"Resource":"*","Condition":{"ForAnyValue:StringEquals":{"aws:TagKeys":["Locked"]}}}]}`)
	w.As(ann)
	role := func(name string, pairs ...string) []string {
		return append(p("RoleName", name, "PolicyName", "p", "PolicyDocument", allowAll, "AssumeRolePolicyDocument", trustCognito), pairs...)
	}
	for _, tt := range []struct {
		operation string
		pairs     []string
		allowed   bool
	}{
		{"PutRolePolicy", role("mine"), true},
		{"PutRolePolicy", role("theirs"), false},
		{"PutRolePolicy", role("ghost"), false},
		{"GetRole", role("mine"), true},
		{"GetRole", role("theirs"), false},
		{"GetPolicy", p("PolicyArn", mine), true},
		{"TagRole", role("mine", "Tags.member.1.Key", "x", "Tags.member.1.Value", "y"), true},
		{"TagRole", role("mine", "Tags.member.1.Key", "Locked", "Tags.member.1.Value", "y"), false},
		{"TagRole", role("theirs", "Tags.member.1.Key", "Team", "Tags.member.1.Value", "blue"), false},
		{"CreateRole", role("new1"), true},
		{"CreateRole", role("new2", "Tags.member.1.Key", "Team", "Tags.member.1.Value", "blue"), true},
		{"CreateRole", role("new3", "Tags.member.1.Key", "Team", "Tags.member.1.Value", "red"), false},
		{"CreateRole", role("new4", "Tags.member.1.Key", "Team", "Tags.member.1.Value", "blue", "Tags.member.2.Key", "x", "Tags.member.2.Value", "y"), false},
	} {
		if r := w.Form(tt.operation, in(tt.pairs...)); (r.Status == 200) != tt.allowed || !tt.allowed && r.Code != "AccessDenied" {
			t.Errorf("%s %v: %d %s", tt.operation, tt.pairs[:2], r.Status, r.Body)
		}
	}
}

// TestPathIsPartOfTheARN: leave for a path is leave for what is really there.
func TestPathIsPartOfTheARN(t *testing.T) {
	w := newWorld(t)
	w.do("CreateRole", "RoleName", "dev", "Path", "/dev/", "AssumeRolePolicyDocument", trustCognito)
	w.do("CreateRole", "RoleName", "prod", "Path", "/prod/", "AssumeRolePolicyDocument", trustCognito)
	w.As(w.user("ann", allow("iam:DeleteRole", "arn:aws:iam::000000000000:role/dev/*")))
	w.do("DeleteRole", "RoleName", "dev")
	for _, name := range []string{"prod", "dev/prod", "dev"} {
		if r := w.Form("DeleteRole", in("RoleName", name)); r.Status == 200 || name != "dev/prod" && r.Code != "AccessDenied" {
			t.Errorf("DeleteRole %s: %d %s", name, r.Status, r.Body)
		}
	}
}

// A meddler does something else just before a change is made.
type meddler struct {
	store.Store
	before func()
}

func (m *meddler) Update(ctx context.Context, fn func(store.Tx) error) error {
	if before := m.before; before != nil {
		m.before = nil
		before()
	}
	return m.Store.Update(ctx, fn)
}

// TestWhatWasAskedIsWhatRuns: whoever wins a race against an administrator must
// not change what he had no leave to change.
func TestWhatWasAskedIsWhatRuns(t *testing.T) {
	const sentence = "The request was rejected because multiple requests to change this object were submitted simultaneously. Wait a few minutes and submit your request again."
	for name, meddle := range map[string]func(*world){
		"recreated role": func(w *world) {
			w.do("DeleteRole", "RoleName", "r")
			w.do("CreateRole", "RoleName", "r", "AssumeRolePolicyDocument", trustCognito)
		},
		"another role": func(w *world) {
			w.do("DeleteRole", "RoleName", "r")
			w.do("CreateRole", "RoleName", "r", "Path", "/prod/", "AssumeRolePolicyDocument", trustCognito)
		},
		"other tags":       func(w *world) { w.do("TagRole", "RoleName", "r", "Tags.member.1.Key", "k", "Tags.member.1.Value", "v") },
		"another boundary": func(w *world) { w.do("PutRolePermissionsBoundary", "RoleName", "r", "PermissionsBoundary", mine) },
	} {
		m := &meddler{Store: new(mem.Engine)}
		w, admin := over(t, m), over(t, m.Store)
		w.do("CreatePolicy", "PolicyName", "Mine", "Path", "/app/", "PolicyDocument", allowAll)
		w.do("CreateRole", "RoleName", "r", "AssumeRolePolicyDocument", trustCognito)
		m.before = func() { meddle(admin) }
		w.fails("ConcurrentModification", sentence, "PutRolePolicy", "RoleName", "r", "PolicyName", name[:5], "PolicyDocument", allowAll)
		if m.before != nil {
			t.Errorf("%s: nothing was meddled with", name)
		}
		if body := w.do("ListRolePolicies", "RoleName", "r"); strings.Contains(body, "<member>") {
			t.Errorf("%s: the policy was put: %s", name, body)
		}
	}
	m := &meddler{Store: new(mem.Engine)}
	w, admin := over(t, m), over(t, m.Store)
	w.do("CreatePolicy", "PolicyName", "Mine", "Path", "/app/", "PolicyDocument", allowAll)
	m.before = func() { admin.do("TagPolicy", "PolicyArn", mine, "Tags.member.1.Key", "k", "Tags.member.1.Value", "v") }
	w.fails("ConcurrentModification", sentence, "DeletePolicy", "PolicyArn", mine)
}
