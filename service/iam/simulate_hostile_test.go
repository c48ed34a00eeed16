package iam_test

import (
	"reflect"
	"slices"
	"strings"
	"testing"
)

// TestSimulateHostile: what no client of AWS's would send gets the answer of a
// constraint of the API model, or a sentence that says what is wrong.
func TestSimulateHostile(t *testing.T) {
	w := simulatedWorld(t)
	custom := func(more ...string) []string {
		return slices.Concat(list("PolicyInputList", allowAll), list("ActionNames", "s3:GetObject"), more)
	}
	policy := func(text string) []string {
		return slices.Concat(list("PolicyInputList", text), list("ActionNames", "s3:GetObject"))
	}
	entry := func(typ string, values ...string) []string { return custom(given(1, "aws:key", typ, values...)...) }
	const notOfType = "The context key aws:key has a value that is not of the type "
	for name, tt := range map[string]struct {
		pairs      []string
		code, part string
	}{
		"no actions":             {list("PolicyInputList", allowAll), "ValidationError", "Value null at 'actionNames'"},
		"no policies":            {list("ActionNames", "s3:GetObject"), "ValidationError", "Value null at 'policyInputList'"},
		"a gap":                  {append(list("PolicyInputList", allowAll), "ActionNames.member.2", "s3:GetObject"), "MalformedInput", "without gaps"},
		"a place twice":          {custom("ActionNames.member.01", "s3:PutObject"), "MalformedInput", "without gaps"},
		"an empty action":        {custom("ActionNames.member.2", ""), "ValidationError", "greater than or equal to 3"},
		"a long action":          {custom("ActionNames.member.2", "s3:"+strings.Repeat("A", 126)), "ValidationError", "less than or equal to 128"},
		"no items":               {custom("MaxItems", "0"), "ValidationError", "greater than or equal to 1"},
		"too many items":         {custom("MaxItems", "1001"), "ValidationError", "less than or equal to 1000"},
		"items in words":         {custom("MaxItems", "1e3"), "MalformedInput", "can not be converted to an Integer"},
		"an empty marker":        {custom("Marker", ""), "ValidationError", "'marker'"},
		"a long marker":          {custom("Marker", strings.Repeat("A", 321)), "ValidationError", "less than or equal to 320"},
		"a marker of zero bytes": {custom("Marker", "\x00"), "ValidationError", "'marker'"},
		"not UTF-8":              {policy(strings.Replace(allowAll, "*", "\xff", 1)), "MalformedInput", ""},
		"not Latin-1":            {policy(strings.Replace(allowAll, "*", "\U0001f600", 1)), "ValidationError", "'policyInputList'"},
		"an empty policy":        {policy(""), "ValidationError", "greater than or equal to 1"},
		"a list":                 {policy("[]"), "InvalidInput", "The policy PolicyInputList.1 is not valid"},
		"a key twice":            {policy(`{"Version":"2012-10-17","Version":"2008-10-17","Statement":[]}`), "InvalidInput", "The policy PolicyInputList.1 is not valid"},
		"an empty resource":      {custom("ResourceArns.member.1", ""), "ValidationError", "'resourceArns'"},
		"a blank resource":       {custom("ResourceArns.member.1", " "), "InvalidInput", "ResourceNames are not in a valid ARN format"},
		"a long resource":        {custom("ResourceArns.member.1", "arn:aws:s3:::"+strings.Repeat("A", 2048)), "ValidationError", "less than or equal to 2048"},
		"an owner who is a user": {custom("ResourceOwner", ann), "InvalidInput", "is not a valid as a Resource Owner."},
		"a caller who is root":   {custom("CallerArn", "arn:aws:iam::000000000000:root"), "InvalidInput", "Invalid Entity Arn"},
		"any caller":             {custom("CallerArn", "*"), "InvalidInput", "Invalid Entity Arn"},
		"a bad boundary":         {custom("PermissionsBoundaryPolicyInputList.member.1", "{}"), "InvalidInput", "The policy PermissionsBoundaryPolicyInputList.1 is not valid"},
		"another type":           {entry("String", "a"), "ValidationError", "Member must satisfy enum value set"},
		"a short key":            {custom(given(1, "a:b", "string", "a")...), "ValidationError", "greater than or equal to 5"},
		"an address with a zone": {entry("ip", "fe80::1%eth0"), "InvalidInput", notOfType + "ip."},
		"an address of words":    {entry("ipList", "10.0.0.1", "localhost"), "InvalidInput", notOfType + "ipList."},
		"the 13th month":         {entry("date", "2026-13-01T00:00:00Z"), "InvalidInput", notOfType + "date."},
		"a numeric Boolean":      {entry("boolean", "1"), "InvalidInput", notOfType + "boolean."},
		"too large a number":     {entry("numeric", "1e400"), "InvalidInput", notOfType + "numeric."},
		"not a number":           {entry("numeric", "NaN"), "InvalidInput", notOfType + "numeric."},
		"a hexadecimal number":   {entry("numericList", "0x10"), "InvalidInput", notOfType + "numericList."},
		"not base64":             {entry("binary", "%%%"), "InvalidInput", notOfType + "binary."},
		"an unknown parameter":   {custom("Foo", "bar"), "", ""},
		"a list of nothing":      {custom("ContextEntries.member.1.ContextKeyName", "aws:TagKeys", "ContextEntries.member.1.ContextKeyType", "stringList"), "", ""},
		"a mapped address":       {entry("ip", "::ffff:10.0.0.1"), "", ""},
	} {
		r := w.Form("SimulateCustomPolicy", in(tt.pairs...))
		message := strings.NewReplacer("&#39;", "'", "&apos;", "'").Replace(r.Message)
		if r.Code != tt.code || !strings.Contains(message, tt.part) || (tt.code == "") != (r.Status == 200) {
			t.Errorf("%s: %d %s %q, want %s with %q", name, r.Status, r.Code, message, tt.code, tt.part)
		}
	}
}

// TestSimulateSumsUp: of several resources of another account, the action's details
// are the most restrictive of each type of policies.
func TestSimulateSumsUp(t *testing.T) {
	w := newWorld(t)
	const mateo = "arn:aws:iam::111122223333:user/mateo"
	mine := `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"},{"Effect":"Deny","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/locked"}]}`
	theirs := `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"` + mateo + `"},"Action":"s3:GetObject","Resource":["arn:aws:s3:::b/open","arn:aws:s3:::b/locked"]}}`
	ask := func(resources ...string) outcome {
		return w.simulate("SimulateCustomPolicy", slices.Concat(list("PolicyInputList", mine), list("ActionNames", "s3:GetObject"), list("ResourceArns", resources...),
			p("CallerArn", mateo, "ResourcePolicy", theirs, "ResourceOwner", "arn:aws:iam::123456789012:root"))...).Results[0]
	}
	const open, locked, closed = "arn:aws:s3:::b/open", "arn:aws:s3:::b/locked", "arn:aws:s3:::b/closed"
	for _, tt := range []struct {
		resources []string
		decision  string
		details   []entry
	}{
		{p(open), "allowed", []entry{{"IAM Policy", "allowed"}, {"Resource Policy", "allowed"}}},
		{p(open, closed), "implicitDeny", []entry{{"IAM Policy", "allowed"}, {"Resource Policy", "implicitDeny"}}},
		{p(closed, open), "implicitDeny", []entry{{"IAM Policy", "allowed"}, {"Resource Policy", "implicitDeny"}}},
		{p(locked, closed, open), "explicitDeny", []entry{{"IAM Policy", "explicitDeny"}, {"Resource Policy", "implicitDeny"}}},
	} {
		got := ask(tt.resources...)
		if got.EvalDecision != tt.decision || got.EvalDecisionDetails == nil || !reflect.DeepEqual(got.EvalDecisionDetails.Entries, tt.details) {
			t.Errorf("%v: %s %+v", tt.resources, got.EvalDecision, got.EvalDecisionDetails)
		}
		for _, one := range got.ResourceSpecificResults {
			if one.EvalResourceName == open && !reflect.DeepEqual(one.EvalDecisionDetails.Entries, []entry{{"IAM Policy", "allowed"}, {"Resource Policy", "allowed"}}) {
				t.Errorf("%v: the details of one changed: %+v", tt.resources, one.EvalDecisionDetails)
			}
		}
	}
}
