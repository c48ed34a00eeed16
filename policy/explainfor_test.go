package policy_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/bailiwick-project/bailiwick/policy"
)

// What another account's role trusts is told to nobody but that account.
func TestExplainForOthers(t *testing.T) {
	parse := func(kind policy.Kind, text string) *policy.Policy {
		d, err := policy.Parse(kind, text)
		if err != nil {
			t.Fatal(err)
		}
		return policy.Compile(kind.String(), d)
	}
	const role = "arn:aws:iam::111111111111:role/vault"
	l := policy.Layers{
		Identity: policy.NewSet(parse(policy.Identity, `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*",
			"Condition":{"StringNotEquals":{"aws:ResourceTag/stage":"live"}}},{"Effect":"Allow","Action":"*","Resource":"arn:aws:iam::*:role/${iam:resourceTag/stage}/*",
			"Condition":{"StringEquals":{"aws:PrincipalTag/stage":"${AWS:ResourceTag/stage}"}}},{"Effect":"Allow","Action":"*","Resource":"*",
			"Condition":{"StringLike":{"aws:ResourceTag/stage":"h*","s3:ExistingObjectTag/stage":"hu*"}}}]}`)),
		Resource: parse(policy.Trust, `{"Version":"2012-10-17","Statement":{"Sid":"hidden","Effect":"Allow","Principal":{"AWS":"222222222222"},
			"Action":"sts:AssumeRole","Condition":{"StringEquals":{"sts:ExternalId":"unguessable${aws:nothing}"}}}}`),
		Trust: true, ResourceAccount: "111111111111",
	}
	keys := new(policy.Context)
	keys.Set("sts:ExternalId", "guess")
	keys.Set("iam:ResourceTag/stage", "hush")
	keys.Set("AWS:resourcetag/stage", "hush")
	keys.Set("s3:ExistingObjectTag/stage", "hush")
	keys.SetAll("aws:TagKeys", []string{"stage"})
	r := &policy.Request{
		Principal: policy.Principal{Type: policy.User, ARN: "arn:aws:iam::222222222222:user/m", ID: "AIDA", Account: "222222222222"},
		Action:    "sts:AssumeRole", Resource: role, Context: keys,
	}
	text := func(x policy.Explanation) string {
		b, err := json.Marshal(x)
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	secrets := []string{"unguessable", "hidden", "hush", "aws:nothing"}
	own := l.ExplainFor(r, "111111111111")
	for _, s := range secrets {
		if !strings.Contains(text(own), s) {
			t.Errorf("the owner is not told %q", s)
		}
	}
	other := l.ExplainFor(r, "222222222222")
	for _, s := range secrets {
		if strings.Contains(text(other), s) {
			t.Errorf("another account is told %q: %s", s, text(other))
		}
	}
	if other.Allowed || other.Layer != "role trust policy" || other.Because != own.Because || len(other.Context) != 2 {
		t.Errorf("the decision changed: %s", text(other))
	}
	if !slices.ContainsFunc(other.Layers, func(l policy.LayerExplanation) bool {
		return l.Layer == "identity-based policy" && len(l.Policies) == 1
	}) {
		t.Error("the account's own policies are missing")
	}
	// A role that is not there reads the same.
	gone := policy.Layers{Identity: l.Identity, Trust: true, ResourceAccount: l.ResourceAccount}
	keys2 := new(policy.Context)
	keys2.Set("sts:ExternalId", "guess")
	keys2.SetAll("aws:TagKeys", []string{"stage"})
	missing := gone.ExplainFor(&policy.Request{Principal: r.Principal, Action: r.Action, Resource: role, Context: keys2}, "222222222222")
	if text(other) != text(missing) {
		t.Errorf("a role that exists: %s\none that does not: %s", text(other), text(missing))
	}
}
