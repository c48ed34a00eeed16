package iam_test

import (
	"slices"
	"strings"
	"testing"
)

// TestSimulateControls: every level of an organization must allow, and one that
// does not ends the evaluation.
func TestSimulateControls(t *testing.T) {
	w := newWorld(t)
	level := func(n string, policies ...string) []string {
		return list("OrderedOrganizationPolicyInputList.member."+n+".ServiceControlPolicyInputList", policies...)
	}
	locked := `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"},{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"StringNotEquals":{"aws:RequestedRegion":"eu-west-1"}}}]}`
	question := slices.Concat(list("PolicyInputList", allowAll), list("ActionNames", "s3:GetObject"), list("ResourceArns", object))
	for _, tt := range []struct {
		name      string
		levels    []string
		decision  string
		organized bool
		by        string
		missing   []string
	}{
		{"all allow", slices.Concat(level("1", allowAll), level("2", allow("s3:*", "*"), denying("dynamodb"))), "allowed", true, "PolicyInputList.1", nil},
		{"one allows something else", slices.Concat(level("1", allowAll), level("2", allow("ec2:*", "*"))), "implicitDeny", false, "", nil},
		{"the root denies", slices.Concat(level("1", allowAll, denyAll), level("2", allowAll)), "explicitDeny", false, "OrderedOrganizationPolicyInputList.1.ServiceControlPolicyInputList.2", nil},
		{"the account denies", slices.Concat(level("1", allowAll), level("2", denyAll)), "explicitDeny", false, "OrderedOrganizationPolicyInputList.2.ServiceControlPolicyInputList.1", nil},
		{"a region nobody gave", level("1", locked), "explicitDeny", false, "OrderedOrganizationPolicyInputList.1.ServiceControlPolicyInputList.1", p("aws:RequestedRegion")},
		{"the region", append(level("1", locked), given(1, "aws:RequestedRegion", "string", "eu-west-1")...), "allowed", true, "PolicyInputList.1", nil},
	} {
		got := w.simulate("SimulateCustomPolicy", slices.Concat(question, tt.levels)...).Results[0]
		var by []string
		for _, s := range got.MatchedStatements {
			by = append(by, s.SourcePolicyId)
		}
		o := got.OrganizationsDecisionDetail
		if got.EvalDecision != tt.decision || o == nil || o.AllowedByOrganizations != tt.organized || strings.Join(by, " ") != tt.by || !slices.Equal(got.MissingContextValues, tt.missing) {
			t.Errorf("%s: %+v", tt.name, got)
		}
		if (got.EvalDecisionDetails != nil) != tt.organized {
			t.Errorf("%s: details %+v", tt.name, got.EvalDecisionDetails)
		}
	}
	if got := w.simulate("SimulateCustomPolicy", question...).Results[0]; got.OrganizationsDecisionDetail != nil {
		t.Errorf("without an organization: %+v", got)
	}
	w.fails("InvalidInput", "OrderedOrganizationPolicyInputList.1 must have a service control policy.", "SimulateCustomPolicy",
		append(question, "OrderedOrganizationPolicyInputList.member.1.ServiceControlPolicyInputList", "")...)
}

// denying denies all actions of a service.
func denying(service string) string {
	return `{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"` + service + `:*","Resource":"*"}]}`
}
