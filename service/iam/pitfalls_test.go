package iam_test

import (
	"strings"
	"testing"

	"github.com/bailiwick-project/bailiwick/policy"
)

// TestDuplicateNamesAreMalformed: a reader that keeps one of two members of a
// name loses a condition. No operation that takes a document may store one.
func TestDuplicateNamesAreMalformed(t *testing.T) {
	const (
		plain  = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}]}`
		syntax = "Syntax errors in policy."
	)
	w := newWorld(t)
	ann := w.user("ann", "")
	w.do("CreateGroup", "GroupName", "g")
	w.do("AddUserToGroup", "GroupName", "g", "UserName", "ann")
	w.do("CreateRole", "RoleName", "r", "AssumeRolePolicyDocument", trustCognito)
	w.do("CreatePolicy", "PolicyName", "Mine", "Path", "/app/", "PolicyDocument", denyAll)
	with := func(condition string) string {
		return strings.Replace(plain, `"Resource":"*"`, `"Resource":"*","Condition":`+condition, 1)
	}
	for name, document := range map[string]string{
		"operator":       with(`{"StringEquals":{"aws:username":"ann"},"StringEquals":{"aws:username":"bob"}}`),
		"key":            with(`{"StringEquals":{"aws:username":"ann","aws:username":"bob"}}`),
		"escaped key":    with(`{"StringEquals":{"aws:username":"bob","\u0061ws:username":"ann"}}`),
		"condition":      with(`{},"Condition":{"StringEquals":{"aws:username":"bob"}}`),
		"effect":         strings.Replace(plain, `"Effect":"Allow"`, `"Effect":"Deny","Effect":"Allow"`, 1),
		"statement":      strings.Replace(plain, `"Statement"`, `"Statement":[],"Statement"`, 1),
		"version":        strings.Replace(plain, `"Version"`, `"Version":"2008-10-17","Version"`, 1),
		"other operator": with(`{"StringSame":{"aws:username":"ann"}}`),
	} {
		t.Run(name, func(t *testing.T) {
			w.t = t
			w.fails("MalformedPolicyDocument", syntax, "PutUserPolicy", "UserName", "ann", "PolicyName", "p", "PolicyDocument", document)
			w.fails("MalformedPolicyDocument", syntax, "PutGroupPolicy", "GroupName", "g", "PolicyName", "p", "PolicyDocument", document)
			w.fails("MalformedPolicyDocument", syntax, "PutRolePolicy", "RoleName", "r", "PolicyName", "p", "PolicyDocument", document)
			w.fails("MalformedPolicyDocument", syntax, "CreatePolicy", "PolicyName", "Other", "PolicyDocument", document)
			w.fails("MalformedPolicyDocument", syntax, "CreatePolicyVersion", "PolicyArn", mine, "PolicyDocument", document)
			w.allowed(ann, false, "nothing was stored")
		})
	}
	w.t = t
	w.do("PutUserPolicy", "UserName", "ann", "PolicyName", "p", "PolicyDocument", plain)
	w.allowed(ann, true, "each name once")
}

// TestTrustWithDuplicateNamesIsMalformed, and the role keeps the policy it has.
func TestTrustWithDuplicateNamesIsMalformed(t *testing.T) {
	w := newWorld(t)
	twice := strings.Replace(trustCognito, `"StringEquals":`, `"StringEquals":{"cognito-identity.amazonaws.com:aud":"us-east-1:2"},"StringEquals":`, 1)
	if twice == trustCognito {
		t.Fatal("the document has no name twice")
	}
	w.fails("MalformedPolicyDocument", "This policy contains invalid Json", "CreateRole", "RoleName", "r", "AssumeRolePolicyDocument", twice)
	w.do("CreateRole", "RoleName", "r", "AssumeRolePolicyDocument", trustCognito)
	w.fails("MalformedPolicyDocument", "This policy contains invalid Json", "UpdateAssumeRolePolicy", "RoleName", "r", "PolicyDocument", twice)
	if got := decoded(t, field(w.do("GetRole", "RoleName", "r"), "AssumeRolePolicyDocument")); got != trustCognito {
		t.Errorf("the trust policy is %s", got)
	}
}

// TestOldVersionIsSilent: without a version, variables are text. An inline policy
// is taken as it is: its Allow never matches, nor does its Deny.
func TestOldVersionIsSilent(t *testing.T) {
	const variable = `{"Version":"2012-10-17","Statement":[{"Effect":"EFFECT","Action":"s3:GetObject","Resource":"arn:aws:s3:::${aws:PrincipalAccount}/k"}]}`
	w := newWorld(t)
	ann := w.user("ann", "")
	decide := func(name string) policy.Effect {
		t.Helper()
		a, err := w.api.Attached(t.Context(), ann)
		if err != nil {
			t.Fatal(err)
		}
		r := &policy.Request{Principal: ann.Principal, Action: "s3:GetObject", Resource: "arn:aws:s3:::" + account + "/k", Context: &policy.Context{}}
		r.Context.Set("aws:PrincipalAccount", account)
		l := policy.Layers{Identity: a.Identity, ResourceAccount: account}
		return l.Decide(r).Effect
	}
	for _, tt := range []struct {
		name, version        string
		allow, allowThenDeny policy.Effect
	}{
		{"none", ``, policy.ImplicitDeny, policy.Allow},
		{"old", `"Version":"2008-10-17",`, policy.ImplicitDeny, policy.Allow},
		{"current", `"Version":"2012-10-17",`, policy.Allow, policy.ExplicitDeny},
	} {
		document := func(effect string) string {
			return strings.NewReplacer(`"Version":"2012-10-17",`, tt.version, "EFFECT", effect).Replace(variable)
		}
		w.do("PutUserPolicy", "UserName", "ann", "PolicyName", "p", "PolicyDocument", document("Allow"))
		if got := decide(tt.name); got != tt.allow {
			t.Errorf("version %s, Allow: %v, want %v", tt.name, got, tt.allow)
		}
		w.do("PutUserPolicy", "UserName", "ann", "PolicyName", "p", "PolicyDocument", document("Deny"))
		w.do("PutUserPolicy", "UserName", "ann", "PolicyName", "all", "PolicyDocument", allowAll)
		if got := decide(tt.name); got != tt.allowThenDeny {
			t.Errorf("version %s, Deny: %v, want %v", tt.name, got, tt.allowThenDeny)
		}
		w.do("DeleteUserPolicy", "UserName", "ann", "PolicyName", "all")
	}
}
