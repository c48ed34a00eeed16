package policy_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/bailiwick-project/bailiwick/policy"
)

// everything allows all of a kind that has no principals.
const everything = `{"Effect":"Allow","Action":"*","Resource":"*"}`

// TestControlElsewhere: a resource control policy lets everything pass that it does not deny, so where it does not belong it
// must not count as an Allow.
func TestControlElsewhere(t *testing.T) {
	rcp := policy.NewSet(compile(t, policy.ResourceControl, "RCPFullAWSAccess", `{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}`))
	mixed := policy.NewSet(append(rcp.Policies(), compile(t, policy.Identity, "mine", everything))...)
	mine := policy.NewSet(compile(t, policy.Identity, "mine", everything))
	r := &policy.Request{Principal: principals["session"], Action: "s3:GetObject", Resource: "arn:aws:s3:::b/k"}
	for name, l := range map[string]*policy.Layers{
		"identity":             {Identity: rcp},
		"beside a proper one":  {Identity: mixed},
		"boundary":             {Identity: mine, Boundary: rcp},
		"session":              {Identity: mine, Session: rcp},
		"service control":      {Identity: mine, ServiceControl: []*policy.Set{mine, rcp}},
		"policy of a resource": {Identity: mine, Resource: rcp.Policies()[0]},
	} {
		l.ResourceAccount = ours
		d := l.Decide(r)
		if d.Effect != policy.ExplicitDeny || d.Err == nil || d.Policy != "RCPFullAWSAccess" {
			t.Errorf("%s: %+v", name, d)
		}
		x := l.Explain(r)
		if x.Allowed || x.Decision.Effect != d.Effect || x.Decision.Layer != d.Layer || x.Policy != d.Policy || x.Error != d.Err.Error() {
			t.Errorf("%s: decided %+v, explained %+v", name, d, x.Decision)
		}
	}
	l := &policy.Layers{Identity: mine, ResourceControl: []*policy.Set{rcp}, ResourceAccount: ours}
	if d := l.Decide(r); !d.Allowed() {
		t.Errorf("where it belongs: %+v", d)
	}
}

// TestFirstCounts: of several policies or statements that decide alike, the decision names the first.
func TestFirstCounts(t *testing.T) {
	a, b := policy.Broken("a", errors.New("first")), policy.Broken("b", errors.New("second"))
	mine := compile(t, policy.Identity, "mine", everything)
	twice := compile(t, policy.Identity, "twice", `[`+everything+`,`+everything+`]`)
	denies := compile(t, policy.Identity, "denies", `[{"Effect":"Deny","Action":"*","Resource":"*"},{"Effect":"Deny","Action":"s3:*","Resource":"*"}]`)
	bucket := func(principal, more string) *policy.Policy {
		return compile(t, policy.Resource, "bucket", `[{"Effect":"Allow","Principal":`+principal+`,"Action":"*","Resource":"*"},{"Effect":"Allow","Principal":`+principal+`,"Action":"s3:*","Resource":"*"}`+more+`]`)
	}
	const denied = `,{"Effect":"Deny","Principal":"*","Action":"*","Resource":"*"},{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*"}`
	for name, tt := range map[string]struct {
		l     policy.Layers
		want  string
		index int
		err   string
	}{
		"broken":                   {policy.Layers{Identity: policy.NewSet(mine, a, b)}, "a", 0, "first"},
		"broken, the other way":    {policy.Layers{Identity: policy.NewSet(b, mine, a)}, "b", 0, "second"},
		"broken levels":            {policy.Layers{Identity: policy.NewSet(mine), ServiceControl: []*policy.Set{policy.NewSet(mine), policy.NewSet(a), policy.NewSet(b)}}, "a", 0, "first"},
		"denying levels":           {policy.Layers{ServiceControl: []*policy.Set{policy.NewSet(mine), policy.NewSet(denies), policy.NewSet(mine, denies)}}, "denies", 0, ""},
		"broken before denying":    {policy.Layers{Identity: policy.NewSet(denies, a)}, "a", 0, "first"},
		"broken resource":          {policy.Layers{Identity: policy.NewSet(mine), Resource: a}, "a", 0, "first"},
		"two allow":                {policy.Layers{Identity: policy.NewSet(twice, mine)}, "twice", 0, ""},
		"two deny":                 {policy.Layers{Identity: policy.NewSet(mine, denies)}, "denies", 0, ""},
		"resource allows directly": {policy.Layers{Resource: bucket(`{"AWS":"arn:aws:iam::111122223333:user/team/alice"}`, "")}, "bucket", 0, ""},
		"resource denies":          {policy.Layers{Resource: bucket(`{"AWS":"arn:aws:iam::111122223333:user/team/alice"}`, denied)}, "bucket", 2, ""},
	} {
		tt.l.ResourceAccount = ours
		r := &policy.Request{Principal: principals["alice"], Action: "s3:GetObject", Resource: "arn:aws:s3:::b/k"}
		d := tt.l.Decide(r)
		if d.Policy != tt.want || d.Statement.Index != tt.index || (d.Err != nil) != (tt.err != "") || d.Err != nil && d.Err.Error() != tt.err {
			t.Errorf("%s: %+v, want %s %d %s", name, d, tt.want, tt.index, tt.err)
		}
		agree(t, &tt.l, r)
	}
}

// TestLayersInOrder: what is explained and traced is each layer that there is, in the order of evaluation.
func TestLayersInOrder(t *testing.T) {
	set := policy.NewSet(compile(t, policy.Identity, "p", everything))
	rcp := policy.NewSet(compile(t, policy.ResourceControl, "rcp", `{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}`))
	bucket := compile(t, policy.Resource, "bucket", `{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}`)
	role := compile(t, policy.Trust, "role", `{"Effect":"Allow","Principal":"*","Action":"sts:AssumeRole"}`)
	for name, tt := range map[string]struct {
		l    policy.Layers
		want string
	}{
		"all": {
			policy.Layers{Identity: set, Boundary: set, Session: set, Resource: bucket, ServiceControl: []*policy.Set{set}, ResourceControl: []*policy.Set{rcp}},
			"service control policy, resource control policy, resource-based policy, identity-based policy, permissions boundary, session policy",
		},
		"none":              {policy.Layers{}, "identity-based policy"},
		"service control":   {policy.Layers{ServiceControl: []*policy.Set{set, set}}, "service control policy, service control policy, identity-based policy"},
		"resource control":  {policy.Layers{ResourceControl: []*policy.Set{rcp}}, "resource control policy, identity-based policy"},
		"trust":             {policy.Layers{Resource: role}, "role trust policy, identity-based policy"},
		"trust that is not": {policy.Layers{Trust: true}, "role trust policy, identity-based policy"},
		"key policy":        {policy.Layers{Trust: true, Resource: bucket}, "resource-based policy, identity-based policy"},
		"empty session":     {policy.Layers{Session: policy.NewSet()}, "identity-based policy, session policy"},
	} {
		r := &policy.Request{Principal: principals["alice"], Action: "sts:AssumeRole", Resource: "arn:aws:iam::111122223333:role/R"}
		var explained, traced []string
		for _, l := range tt.l.Explain(r).Layers {
			explained = append(explained, l.Layer)
		}
		trace := tt.l.Trace(r)
		for _, l := range trace.Layers {
			traced = append(traced, l.Layer.String())
			if found, ok := trace.Of(l.Layer); !ok || found.Layer != l.Layer {
				t.Errorf("%s: %s is not found", name, l.Layer)
			}
		}
		if got := strings.Join(explained, ", "); got != tt.want || !slices.Equal(explained, traced) {
			t.Errorf("%s: explained %s, traced %s, want %s", name, got, traced, tt.want)
		}
		if found, ok := trace.Of(policy.LayerRoot); ok || found.Policies != nil {
			t.Errorf("%s: the root user is a layer", name)
		}
		agree(t, &tt.l, r)
	}
}

func TestPoliciesOfASet(t *testing.T) {
	a, b := compile(t, policy.Identity, "a", everything), policy.Broken("b", nil)
	s := policy.NewSet(a, b)
	got := s.Policies()
	if len(got) != 2 || got[0] != a || got[1] != b {
		t.Fatalf("policies %v", got)
	}
	got[0] = b
	if s.Policies()[0] != a {
		t.Error("the set gives away its own list")
	}
	var none *policy.Set
	if none.Policies() != nil || len(policy.NewSet().Policies()) != 0 {
		t.Error("no set has policies")
	}
	for name, p := range map[string]*policy.Policy{
		"(none)": nil, "bucket": compile(t, policy.Resource, "bucket", `{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}`), "lost": policy.Broken("lost", errors.New("lost")),
	} {
		s := policy.NewSet(p)
		if got := s.Policies(); len(got) != 1 || got[0].Name() != name || got[0].Err() == nil || name == "lost" && got[0].Err().Error() != "lost" {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

// TestEffectOfALayer: what a layer comes to by itself.
func TestEffectOfALayer(t *testing.T) {
	for _, tt := range []struct {
		policies []policy.DocumentTrace
		want     policy.Effect
	}{
		{nil, policy.ImplicitDeny},
		{[]policy.DocumentTrace{{}, {}}, policy.ImplicitDeny},
		{[]policy.DocumentTrace{{}, {Allows: []int{0}}, {}}, policy.Allow},
		{[]policy.DocumentTrace{{Allows: []int{0}}, {Denies: []int{1}}}, policy.ExplicitDeny},
		{[]policy.DocumentTrace{{Allows: []int{0}, Denies: []int{0}}}, policy.ExplicitDeny},
		{[]policy.DocumentTrace{{Allows: []int{0}}, {Broken: true}}, policy.ExplicitDeny},
	} {
		l := policy.LayerTrace{Policies: tt.policies}
		if got := l.Effect(); got != tt.want {
			t.Errorf("%+v comes to %s, want %s", tt.policies, got, tt.want)
		}
	}
}
