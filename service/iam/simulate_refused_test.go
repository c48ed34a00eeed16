package iam_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

func TestSimulateRefuses(t *testing.T) {
	w := simulatedWorld(t)
	bucket := `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:*","Resource":"arn:aws:s3:::b/*"}]}`
	custom := func(more ...string) []string {
		return slices.Concat(list("PolicyInputList", allowAll), list("ActionNames", "s3:GetObject"), more)
	}
	principal := func(source string, more ...string) []string {
		return slices.Concat(p("PolicySourceArn", source), list("ActionNames", "s3:GetObject"), more)
	}
	const role = "arn:aws:iam::000000000000:role/r"
	const session = "arn:aws:sts::000000000000:assumed-role/r/s"
	const caller = "Invalid caller - Caller must be an IAM user in this context."
	w.steps([]step{
		{"SimulateCustomPolicy", slices.Concat(list("PolicyInputList", `{"Version":"2012-10-17"}`), list("ActionNames", "s3:GetObject")), "InvalidInput", "The policy PolicyInputList.1 is not valid: Syntax errors in policy."},
		{"SimulateCustomPolicy", custom("PolicyInputList.member.2", bucket), "InvalidInput", "The policy PolicyInputList.2 is not valid: Policy document should not specify a principal."},
		{"SimulateCustomPolicy", custom(list("PermissionsBoundaryPolicyInputList", allowAll, allowAll)...), "InvalidInput", "PermissionsBoundaryPolicyInputList can have only one policy."},
		{"SimulateCustomPolicy", custom("ActionNames.member.2", "s3:*"), "InvalidInput", "The action s3:* is not valid. An action is a service and a name, such as s3:GetObject, without wildcards."},
		{"SimulateCustomPolicy", custom("ActionNames.member.2", "GetObject"), "InvalidInput", "The action GetObject is not valid. An action is a service and a name, such as s3:GetObject, without wildcards."},
		{"SimulateCustomPolicy", custom("ActionNames.member.2", "s3:Gét"), "InvalidInput", "s3:Gét on * cannot be simulated: the action of the request is not service:Name"},
		{"SimulateCustomPolicy", custom("ResourceArns.member.1", "bucket"), "InvalidInput", "ResourceNames are not in a valid ARN format: bucket."},
		{"SimulateCustomPolicy", custom("ResourceOwner", "111122223333"), "InvalidInput", "'111122223333' is not a valid as a Resource Owner."},
		{"SimulateCustomPolicy", custom("CallerArn", session), "InvalidInput", "Invalid Entity Arn: " + session + " does not clearly define entity type and name."},
		{"SimulateCustomPolicy", custom("ResourcePolicy", bucket), "InvalidInput", caller},
		{"SimulateCustomPolicy", custom("ResourcePolicy", bucket, "CallerArn", role), "InvalidInput", caller},
		{"SimulateCustomPolicy", custom("ResourcePolicy", trustCognito, "CallerArn", ann), "InvalidInput", "The policy ResourcePolicy is not valid: Missing required field Resource"},
		{"SimulateCustomPolicy", custom("Marker", "x"), "ValidationError", "Invalid Marker."},
		{"SimulateCustomPolicy", custom("Marker", "MQ"), "ValidationError", "Invalid Marker."}, // 1 of 1
		{"SimulateCustomPolicy", custom("ResourceHandlingOption", "EC2"), "InvalidInput", "EC2 is not a valid Resource Handling Option."},
		{"SimulateCustomPolicy", custom("ResourceHandlingOption", "EC2-VPC-EBS"), "InvalidInput", "The Resource Handling Option EC2-VPC-EBS needs a resource of the type instance."},
		{"SimulateCustomPolicy", custom(slices.Concat(given(1, "t:key", "string", "a"), given(2, "T:Key", "string", "a"))...), "InvalidInput", "The context key T:Key is given twice."},
		{"SimulateCustomPolicy", custom("ContextEntries.member.1.ContextKeyName", "t:key"), "InvalidInput", "A context entry needs a ContextKeyName and a ContextKeyType."},
		{"SimulatePrincipalPolicy", principal(session), "InvalidInput", "Invalid Entity Arn: " + session + " does not clearly define entity type and name."},
		{"SimulatePrincipalPolicy", principal(mine), "InvalidInput", "Invalid Entity Arn: " + mine + " does not clearly define entity type and name."},
		{"SimulatePrincipalPolicy", principal("arn:aws:iam::000000000000:user/ann"), "NoSuchEntity", "The user with name ann cannot be found."}, // another path
		{"SimulatePrincipalPolicy", principal("arn:aws:iam::000000000000:role/ghost"), "NoSuchEntity", "The role with name ghost cannot be found."},
		{"SimulatePrincipalPolicy", principal(role, "ResourcePolicy", bucket), "InvalidInput", caller},
		{"GetContextKeysForPrincipalPolicy", p("PolicySourceArn", "arn:aws:iam::000000000000:group/ghost"), "NoSuchEntity", "The group with name ghost cannot be found."},
		{"GetContextKeysForCustomPolicy", list("PolicyInputList", "{}"), "InvalidInput", "The policy PolicyInputList.1 is not valid: Syntax errors in policy."},
	})
	for _, pairs := range [][]string{
		principal(role, "ResourcePolicy", bucket, "CallerArn", ann),
		custom(slices.Concat(p("ResourceHandlingOption", "EC2-VPC-InstanceStore"), list("ResourceArns", "arn:aws:ec2:us-east-1:000000000000:instance/*",
			"arn:aws:ec2:us-east-1::image/*", "arn:aws:ec2:us-east-1:000000000000:security-group/*", "arn:aws:ec2:us-east-1:000000000000:network-interface/*"))...),
	} {
		operation := "SimulateCustomPolicy"
		if pairs[0] == "PolicySourceArn" {
			operation = "SimulatePrincipalPolicy"
		}
		if got := w.simulate(operation, pairs...); len(got.Results) != 1 {
			t.Errorf("%v: %+v", pairs, got)
		}
	}
}

func TestSimulateNeedsLeave(t *testing.T) {
	w := simulatedWorld(t)
	w.As(w.user("bob", allow("iam:SimulatePrincipalPolicy", "arn:aws:iam::*:user/app/*")))
	for source, code := range map[string]string{
		ann:                                       "",
		"arn:aws:iam::000000000000:user/app/nil":  "NoSuchEntity",
		"arn:aws:iam::000000000000:user/bob":      "AccessDenied",
		"arn:aws:iam::000000000000:user/ghost":    "AccessDenied",
		"arn:aws:iam::000000000000:role/r":        "AccessDenied",
		"arn:aws:iam::111122223333:user/app/ann":  "AccessDenied", // of another account
		"arn:aws:iam::111122223333:user/app/none": "AccessDenied",
	} {
		if r := w.Form("SimulatePrincipalPolicy", in(append(list("ActionNames", "s3:GetObject"), "PolicySourceArn", source)...)); r.Code != code {
			t.Errorf("%s: %d %s", source, r.Status, r.Body)
		}
	}
	w.fails("AccessDenied", "User: arn:aws:iam::000000000000:user/bob is not authorized to perform: iam:SimulateCustomPolicy on resource: * because no identity-based policy allows the iam:SimulateCustomPolicy action",
		"SimulateCustomPolicy", append(list("ActionNames", "s3:GetObject"), list("PolicyInputList", allowAll)...)...)
}

func TestContextKeys(t *testing.T) {
	w := simulatedWorld(t)
	more := `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"arn:aws:s3:::${aws:PrincipalTag/Org}/*","Condition":{"StringLike":{"s3:prefix":"${AWS:username}/*"},"Bool":{"aws:securetransport":"true"}}}]}`
	for _, tt := range []struct {
		operation string
		pairs     []string
		want      []string
	}{
		{"GetContextKeysForCustomPolicy", list("PolicyInputList", more), p("aws:PrincipalTag/Org", "s3:prefix", "AWS:username", "aws:securetransport")},
		{"GetContextKeysForCustomPolicy", list("PolicyInputList", allowAll), nil},
		{"GetContextKeysForCustomPolicy", list("PolicyInputList", more, more), p("aws:PrincipalTag/Org", "s3:prefix", "AWS:username", "aws:securetransport")},
		{"GetContextKeysForCustomPolicy", list("PolicyInputList", strings.Replace(more, "2012-10-17", "2008-10-17", 1)), p("s3:prefix", "aws:securetransport")}, // variables are text
		{
			"GetContextKeysForCustomPolicy", list("PolicyInputList", `{"Version":"2012-10-17","Statement":[{"Effect":"Deny","NotAction":"s3:*","NotResource":"arn:aws:s3:::${aws:PrincipalTag/team, 'none'}/${*}${?}${$}","Condition":{"Null":{"aws:TagKeys":"true"},"NumericLessThan":{"s3:max-keys":"10"},"IpAddress":{"aws:SourceIp":"10.0.0.0/8"}}}]}`),
			p("aws:PrincipalTag/team", "aws:TagKeys", "s3:max-keys", "aws:SourceIp"),
		},
		{"GetContextKeysForPrincipalPolicy", p("PolicySourceArn", ann), p("aws:username", "aws:SecureTransport")},
		{"GetContextKeysForPrincipalPolicy", append(list("PolicyInputList", more), "PolicySourceArn", ann), p("aws:username", "aws:SecureTransport", "aws:PrincipalTag/Org", "s3:prefix")},
		{"GetContextKeysForPrincipalPolicy", p("PolicySourceArn", "arn:aws:iam::000000000000:group/devs"), p("aws:SecureTransport")},
	} {
		body := w.do(tt.operation, tt.pairs...)
		if got := fields(field(body, "ContextKeyNames"), "member"); !slices.Equal(got, tt.want) || !strings.Contains(body, "ContextKeyNames>") {
			t.Errorf("%s %v: %v, want %v", tt.operation, tt.pairs, got, tt.want)
		}
	}
}

// TestSimulateIsBounded: an answer has only as many results as its work allows,
// and a question that is too much by itself is refused.
func TestSimulateIsBounded(t *testing.T) {
	w := newWorld(t)
	long := `{"Version":"2012-10-17","Statement":[` + strings.Repeat(`{"Effect":"Allow","Action":"*","Resource":"*"},`, 150) + `{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}`
	var actions, resources, values []string
	for i := range 40 {
		actions = append(actions, fmt.Sprintf("s3:Act%d", i))
		resources = append(resources, fmt.Sprintf("arn:aws:s3:::b%d", i))
	}
	for i := range 120 {
		values = append(values, fmt.Sprint(i))
	}
	question := append(list("PolicyInputList", long), given(1, "t:key", "numericList", values...)...)
	got := w.simulate("SimulateCustomPolicy", append(question, list("ActionNames", actions...)...)...)
	n := len(got.Results)
	if n == 0 || n >= len(actions) || !got.IsTruncated {
		t.Fatalf("%d results of %d, truncated: %v", n, len(actions), got.IsTruncated)
	}
	rest := w.simulate("SimulateCustomPolicy", slices.Concat(question, list("ActionNames", actions...), p("Marker", got.Marker))...)
	if len(rest.Results) == 0 || rest.Results[0].EvalActionName != actions[n] {
		t.Errorf("after %d of %v: %d more", n, actions, len(rest.Results))
	}
	for name, more := range map[string][]string{"work": list("ResourceArns", resources...), "answer": list("ResourceArns", resources...)} {
		asked := slices.Concat(question, list("ActionNames", "s3:GetObject"), more)
		if name == "answer" {
			asked = slices.Concat(list("PolicyInputList", long), list("ActionNames", "s3:GetObject"), list("ResourceArns", longer(resources, 200)...))
		}
		r := w.Form("SimulateCustomPolicy", in(asked...))
		if r.Code != "InvalidInput" || r.Message != "The simulation is too large. Simulate fewer resources, or shorter policies, at once." {
			t.Errorf("too much %s: %d %s", name, r.Status, r.Message)
		}
	}
}

// longer repeats a list with other names.
func longer(list []string, n int) []string {
	var out []string
	for i := range n {
		out = append(out, fmt.Sprintf("%s%d", list[i%len(list)], i))
	}
	return out
}
