package iam_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/policy"
	"github.com/bailiwick-project/bailiwick/service/servicetest"
)

const target = "arn:aws:iam::000000000000:role/target"

// trusts asks the trust policy of the target whether who may take it on.
func (w *world) trusts(who bailiwick.Principal) bool {
	w.t.Helper()
	role, err := w.api.Role(w.t.Context(), target)
	if err != nil {
		w.t.Fatal(err)
	}
	l := policy.Layers{Resource: role.Trust, Trust: true, ResourceAccount: account}
	return l.Decide(&policy.Request{Principal: who.Principal, Action: "sts:AssumeRole", Resource: target}).Allowed()
}

func TestTrustMeansTheOneThatItNamed(t *testing.T) {
	w := newWorld(t)
	const ann = "arn:aws:iam::000000000000:user/ann"
	first := w.user("ann", "")
	w.do("CreateRole", "RoleName", "target", "AssumeRolePolicyDocument", trusting(ann))
	if !w.trusts(first) {
		t.Fatal("the user who is named is not trusted")
	}
	w.do("DeleteUser", "UserName", "ann")
	shown := decoded(t, field(w.do("GetRole", "RoleName", "target"), "AssumeRolePolicyDocument"))
	if shown != trusting(first.ID) {
		t.Errorf("after the deletion the trust policy reads %s", shown)
	}
	second := w.user("ann", "")
	if w.trusts(second) {
		t.Error("a user made anew under the name is trusted")
	}
	w.fails("MalformedPolicyDocument", `Invalid principal in policy: "AWS":"`+first.ID+`"`, "UpdateAssumeRolePolicy", "RoleName", "target", "PolicyDocument", shown)
	w.do("UpdateAssumeRolePolicy", "RoleName", "target", "PolicyDocument", trusting(ann))
	if !w.trusts(second) {
		t.Error("after the policy is written again the new user is not trusted")
	}
	w.do("UpdateUser", "UserName", "ann", "NewUserName", "anna")
	if !w.trusts(w.principal("anna")) {
		t.Error("a renamed user is not trusted any more")
	}
	if shown = decoded(t, field(w.do("GetRole", "RoleName", "target"), "AssumeRolePolicyDocument")); shown != trusting(ann+"a") {
		t.Errorf("after the renaming the trust policy reads %s", shown)
	}
}

func TestTrustInRolesAndSessions(t *testing.T) {
	for _, principal := range []string{"arn:aws:iam::000000000000:role/app/source", "arn:aws:sts::000000000000:assumed-role/source/s"} {
		w := newWorld(t)
		w.do("CreateRole", "RoleName", "source", "Path", "/app/", "AssumeRolePolicyDocument", trustCognito)
		w.do("CreateRole", "RoleName", "target", "AssumeRolePolicyDocument", trusting(principal))
		first := w.session("source")
		if !w.trusts(first) {
			t.Fatalf("%s is not trusted", principal)
		}
		if got := decoded(t, field(w.do("GetRole", "RoleName", "target"), "AssumeRolePolicyDocument")); got != trusting(principal) {
			t.Errorf("the trust policy reads %s", got)
		}
		w.do("DeleteRole", "RoleName", "source")
		w.do("CreateRole", "RoleName", "source", "Path", "/app/", "AssumeRolePolicyDocument", trustCognito)
		if w.trusts(w.session("source")) {
			t.Errorf("%s: a role made anew is trusted", principal)
		}
		if got := decoded(t, field(w.do("GetRole", "RoleName", "target"), "AssumeRolePolicyDocument")); strings.Contains(got, "arn:") || !strings.Contains(got, "AROA") {
			t.Errorf("the trust policy reads %s", got)
		}
	}
}

// TestTrustAcrossAccounts: what happens in another account applies at once too.
func TestTrustAcrossAccounts(t *testing.T) {
	w := newWorld(t)
	elsewhere := servicetest.Root()
	elsewhere.ARN, elsewhere.ID, elsewhere.Account = "arn:aws:iam::111111111111:root", "111111111111", "111111111111"
	source := func() bailiwick.Principal {
		w.As(elsewhere)
		defer w.As(servicetest.Root())
		body := w.do("CreateRole", "RoleName", "source", "AssumeRolePolicyDocument", trustCognito)
		s := &bailiwick.Session{Account: elsewhere.Account, RoleARN: field(body, "Arn"), RoleID: field(body, "RoleId"), Name: "s"}
		return s.Principal()
	}
	first := source()
	w.do("CreateRole", "RoleName", "target", "AssumeRolePolicyDocument", trusting("arn:aws:sts::111111111111:assumed-role/source/s"))
	grants := func(who bailiwick.Principal) bool {
		role, err := w.api.Role(t.Context(), target)
		if err != nil {
			t.Fatal(err)
		}
		l := policy.Layers{
			Resource: role.Trust, Trust: true, ResourceAccount: account,
			Identity: policy.NewSet(policy.Compile("all", parsed(t, allowAll))),
		}
		return l.Decide(&policy.Request{Principal: who.Principal, Action: "sts:AssumeRole", Resource: target}).Allowed()
	}
	if !grants(first) {
		t.Error("a session of another account is not trusted")
	}
	w.As(elsewhere)
	w.do("DeleteRole", "RoleName", "source")
	w.As(servicetest.Root())
	if second := source(); grants(second) {
		t.Error("a session of a role made anew in another account is trusted")
	}
}

func parsed(t *testing.T, text string) *policy.Document {
	t.Helper()
	doc, err := policy.Parse(policy.Identity, text)
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

func TestInvalidPrincipals(t *testing.T) {
	w := newWorld(t)
	w.do("CreateRole", "RoleName", "r", "Path", "/p/", "AssumeRolePolicyDocument", trustCognito)
	for _, principal := range []string{
		"arn:aws:iam::000000000000:user/ghost", "arn:aws:iam::000000000000:role/r", "arn:aws:iam::000000000000:role/p/R",
		"arn:aws:iam::111111111111:role/p/r", "arn:aws:sts::000000000000:assumed-role/ghost/s", "AIDAAAAAAAAAAAAAAAAAA",
		"arn:aws:iam::000000000000:role/*", "arn:aws-cn:iam::000000000000:role/p/r", "arn:aws:iam::000000000000:group/g", "nobody", "12345",
	} {
		w.fails("MalformedPolicyDocument", `Invalid principal in policy: "AWS":"`+principal+`"`,
			"CreateRole", "RoleName", "target", "AssumeRolePolicyDocument", trusting(principal))
	}
	for _, principal := range []string{
		"*", account, "111111111111", "arn:aws:iam::111111111111:root", "arn:aws:iam::000000000000:role/p/r", "arn:aws:sts::000000000000:federated-user/f",
	} {
		w.do("CreateRole", "RoleName", "target", "AssumeRolePolicyDocument", trusting(principal))
		w.do("DeleteRole", "RoleName", "target")
	}
}

func TestRoleSeam(t *testing.T) {
	w := newWorld(t)
	w.do("CreateRole", "RoleName", "target", "Path", "/p/", "AssumeRolePolicyDocument", trustCognito, "MaxSessionDuration", "43200",
		"Tags.member.1.Key", "org", "Tags.member.1.Value", "x")
	const arn = "arn:aws:iam::000000000000:role/p/target"
	role, err := w.api.Role(t.Context(), arn)
	if err != nil || role.ARN != arn || role.Name != "target" || role.Account != account || role.MaxSession != 12*time.Hour || role.Tags["org"] != "x" || !strings.HasPrefix(role.ID, "AROA") {
		t.Errorf("%+v, %v", role, err)
	}
	if again, _ := w.api.Role(t.Context(), arn); again.Trust != role.Trust {
		t.Error("the trust policy was compiled again without a change")
	}
	for _, bad := range []string{
		"arn:aws:iam::000000000000:role/target", "arn:aws:iam::000000000000:role/p/Target", "arn:aws:iam::111111111111:role/p/target",
		"arn:aws:iam::000000000000:user/p/target", "arn:aws-cn:iam::000000000000:role/p/target", "target", "",
	} {
		if _, err := w.api.Role(t.Context(), bad); !errors.Is(err, bailiwick.ErrNoRole) {
			t.Errorf("%q: %v, want ErrNoRole", bad, err)
		}
	}
	w.do("UpdateRole", "RoleName", "target")
	if role, _ = w.api.Role(t.Context(), arn); role.MaxSession != time.Hour {
		t.Errorf("MaxSession %v after an update", role.MaxSession)
	}
}
