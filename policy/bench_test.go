package policy_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/bailiwick-project/bailiwick/policy"
)

// BenchmarkDecide measures a role of n statements, one a table, and a request on the last table.
func BenchmarkDecide(b *testing.B) {
	for _, n := range []int{1, 10, 100, 1000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			l, r := tables(b, n)
			if d := l.Decide(r); !d.Allowed() {
				b.Fatalf("not allowed: %+v", d)
			}
			b.ReportAllocs()
			for b.Loop() {
				if !l.Decide(r).Allowed() {
					b.Fatal("not allowed")
				}
			}
		})
	}
}

func TestDecideDoesNotAllocate(t *testing.T) {
	l, r := tables(t, 100)
	if n := testing.AllocsPerRun(100, func() { l.Decide(r) }); n != 0 {
		t.Errorf("Decide allocates %v times", n)
	}
}

// tables returns a role with n statements in policies of twenty, and the keys that a request to DynamoDB has.
func tables(tb testing.TB, n int) (*policy.Layers, *policy.Request) {
	tb.Helper()
	var policies []*policy.Policy
	var statements []string
	for i := range n {
		statements = append(statements, fmt.Sprintf(`{"Effect":"Allow","Action":["dynamodb:GetItem","dynamodb:Query"],
			"Resource":"arn:aws:dynamodb:us-east-1:111122223333:table/T%d",
			"Condition":{"ForAllValues:StringLike":{"dynamodb:LeadingKeys":["${aws:PrincipalTag/org}#*","PUBLIC#*"]}}}`, i))
		if len(statements) == 20 || i == n-1 {
			policies = append(policies, compile(tb, policy.Identity, fmt.Sprint("p", i), "["+strings.Join(statements, ",")+"]"))
			statements = nil
		}
	}
	c := &policy.Context{}
	for _, kv := range [][2]string{
		{"aws:PrincipalArn", principals["session"].RoleARN},
		{"aws:PrincipalType", "AssumedRole"},
		{"aws:PrincipalAccount", ours},
		{"aws:userid", "AROAAAAAAAAAAAAAAAAAA:one"},
		{"aws:SourceIp", "192.0.2.1"},
		{"aws:SecureTransport", "true"},
		{"aws:CurrentTime", "2026-01-02T03:04:05Z"},
		{"aws:EpochTime", "1767323045"},
		{"aws:RequestedRegion", "us-east-1"},
		{"aws:UserAgent", "aws-sdk-go-v2/1.30"},
		{"aws:ViaAWSService", "false"},
		{"aws:ResourceAccount", ours},
		{"aws:TokenIssueTime", "2026-01-02T03:00:00Z"},
		{"aws:MultiFactorAuthPresent", "false"},
		{"aws:PrincipalTag/team", "core"},
		{"aws:PrincipalTag/org", "acme"},
		{"aws:PrincipalTag/user", "u-1"},
		{"aws:FederatedProvider", "cognito-identity.amazonaws.com"},
		{"dynamodb:Select", "ALL_ATTRIBUTES"},
	} {
		c.Set(kv[0], kv[1])
	}
	c.SetAll("dynamodb:Attributes", []string{"pk", "sk"})
	c.SetAll("dynamodb:LeadingKeys", []string{"acme#42"})
	r := &policy.Request{
		Principal: principals["session"], Action: "dynamodb:GetItem", Context: c,
		Resource: fmt.Sprintf("arn:aws:dynamodb:us-east-1:111122223333:table/T%d", n-1),
	}
	return &policy.Layers{Identity: policy.NewSet(policies...), ResourceAccount: ours}, r
}
