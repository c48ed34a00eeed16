package policy_test

import (
	"strings"
	"testing"

	"github.com/bailiwick-project/bailiwick/policy"
)

// TestForOthers: which layers are the owner's, and what a reader is told of a tag that is not shown.
func TestForOthers(t *testing.T) {
	const reader = "444455556666"
	mine := policy.NewSet(compile(t, policy.Identity, "mine", `[{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"StringEquals":{"aws:ResourceTag/a":"z"}}},{"Effect":"Allow","Action":"*","Resource":"*","Condition":{
		"StringEquals":{"aws:ResourceTag/a":"x","t:k":"y"},"StringLike":{"S3:existingObjectTag/b":"*","s3:ResourceTag/c":"*","t:resourcetag":"${aws:ResourceTag/a}"}}},
		{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"StringEquals":{"aws:ResourceTag/a":"z"}}}]`))
	rcp := policy.NewSet(compile(t, policy.ResourceControl, "theirs", `{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*"}`))
	bucket := compile(t, policy.Resource, "theirs", `{"Sid":"S","Effect":"Deny","Principal":"*","Action":"*","Resource":"*"}`)
	role := compile(t, policy.Trust, "theirs", `{"Effect":"Deny","Principal":"*","Action":"sts:*"}`)
	c := new(policy.Context)
	for _, key := range []string{"aws:ResourceTag/a", "s3:ExistingObjectTag/b", "s3:resourcetag/c", "t:resourcetag", "t:k"} {
		c.Set(key, "x")
	}
	c.SetAll("t:many", []string{"x", "y"})
	for name, tt := range map[string]struct {
		l      policy.Layers
		layer  string
		hidden string // the layer that is not shown
		told   bool   // which policy decided
	}{
		"bucket":   {policy.Layers{Identity: mine, Resource: bucket}, "resource-based policy", "resource-based policy", false},
		"role":     {policy.Layers{Identity: mine, Resource: role}, "role trust policy", "role trust policy", false},
		"rcp":      {policy.Layers{Identity: mine, ResourceControl: []*policy.Set{rcp}}, "resource control policy", "resource control policy", false},
		"scp":      {policy.Layers{Identity: mine, ServiceControl: []*policy.Set{policy.NewSet(compile(t, policy.Managed, "ours", `{"Effect":"Deny","Action":"*","Resource":"*"}`))}}, "service control policy", "", true},
		"levels":   {policy.Layers{Identity: mine, Resource: bucket, ServiceControl: []*policy.Set{policy.NewSet(compile(t, policy.Managed, "ours", `{"Effect":"Allow","Action":"*","Resource":"*"}`))}}, "resource-based policy", "resource-based policy", false},
		"identity": {policy.Layers{Identity: policy.NewSet(compile(t, policy.Identity, "ours", `{"Effect":"Deny","Action":"*","Resource":"*"}`), mine.Policies()[0])}, "identity-based policy", "", true},
	} {
		action := "s3:GetObject"
		if name == "role" {
			action = "sts:AssumeRole"
		}
		r := &policy.Request{Principal: principals["stranger"], Action: action, Resource: "arn:aws:s3:::b/k", Context: c}
		tt.l.ResourceAccount = ours
		x := tt.l.ExplainFor(r, reader)
		if x.Effect != "ExplicitDeny" || x.Layer != tt.layer || (x.Policy != "") != tt.told || (x.Statement != nil) != tt.told || (x.Decision.Policy != "") != tt.told || x.Decision.Effect != policy.ExplicitDeny {
			t.Errorf("%s: %+v", name, x)
		}
		if len(x.Context) != 3 || x.Context[0].Key != "t:k" || x.Context[1].Key != "t:many" || len(x.Context[1].Values) != 2 || x.Context[2].Key != "t:resourcetag" {
			t.Errorf("%s: context %+v", name, x.Context)
		}
		seen := false
		for _, l := range x.Layers {
			if (len(l.Policies) == 0) != (l.Layer == tt.hidden) {
				t.Errorf("%s: the %s shows %d policies", name, l.Layer, len(l.Policies))
			}
			for _, p := range l.Policies {
				for _, s := range p.Statements {
					for _, k := range s.Conditions {
						seen = true
						tag := k.Key != "t:k" && k.Key != "t:resourcetag"
						if (k.Note == "the resource is another account's") != tag || k.Present == tag || (len(k.Actual) == 0) != tag || k.Met {
							t.Errorf("%s: %+v", name, k)
						}
					}
				}
			}
		}
		if !seen || strings.Join(x.Unresolved, " ") != "aws:ResourceTag/a" {
			t.Errorf("%s: unresolved %q", name, x.Unresolved)
		}
		own := tt.l.ExplainFor(r, ours)
		if own.Policy == "" || own.Statement == nil || len(own.Context) != 6 || own.Unresolved != nil {
			t.Errorf("%s: the owner is told %+v", name, own)
		}
	}
	if x := (&policy.Layers{ResourceAccount: reader}).ExplainFor(nil, reader); x.Error != "there is no request" || x.Allowed {
		t.Errorf("no request: %+v", x)
	}
	// Of a request that is none, nobody knows whose the resource is.
	bad := (&policy.Layers{Identity: mine, ResourceAccount: ours}).ExplainFor(&policy.Request{Principal: principals["alice"], Action: "none", Resource: "*", Context: c}, ours)
	if len(bad.Context) != 3 || bad.Error == "" {
		t.Errorf("a request that is none: %+v", bad)
	}
	broken := policy.Layers{Identity: mine, Resource: policy.Broken("theirs", nil), ResourceAccount: ours}
	if x := broken.ExplainFor(&policy.Request{Principal: principals["stranger"], Action: "s3:GetObject", Resource: "arn:aws:s3:::b/k"}, reader); x.Error != "" || x.Policy != "" || x.Allowed {
		t.Errorf("a broken policy of others: %+v", x)
	}
}

// TestTellingAppliance: of a statement that applies, and of a policy that cannot be read, as people are told.
func TestTellingAppliance(t *testing.T) {
	l := &policy.Layers{
		ResourceAccount: ours, Identity: policy.NewSet(
			compile(t, policy.Identity, "p", `[{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"StringEquals":{"t:k":"v"}}}]`), policy.Broken("q", nil)),
	}
	c := new(policy.Context)
	c.Set("t:k", "v")
	x := l.Explain(&policy.Request{Principal: principals["alice"], Action: "s3:A", Resource: "*", Context: c})
	const want = `DENIED: arn:aws:iam::111122223333:user/team/alice, s3:A on *
  ExplicitDeny by the identity-based policy
  error: the policy cannot be read
identity-based policy:
  policy "p"
    statement 0 (line 1): Allow applies
      met: StringEquals t:k ["v"], the request has ["v"]
  policy "q"
    cannot be read, so it denies: the policy cannot be read
`
	if got := x.Text(); got != want {
		t.Errorf("told\n%s, want\n%s", got, want)
	}
}
