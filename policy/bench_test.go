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
		b.Run(fmt.Sprint(n), func(b *testing.B) { benchmarkDecide(b, n, "us-east-1:111122223333:table/T%d") })
	}
}

// BenchmarkWildcards is BenchmarkDecide with a pattern in every statement.
func BenchmarkWildcards(b *testing.B) {
	for name, resource := range map[string]string{
		"end":    "us-east-1:111122223333:table/T%d-*",
		"region": "*:111122223333:table/T%d-*",
		"middle": "us-east-1:111122223333:table/T%d-*/index/?*",
	} {
		b.Run(name+"/all", func(b *testing.B) { benchmarkDecide(b, 1000, resource) })
	}
}

func benchmarkDecide(b *testing.B, n int, resource string) {
	l := &policy.Layers{Identity: policy.NewSet(compileAll(b, tables(n, resource))...), ResourceAccount: ours}
	allowed, denied := tableRequest(n, resource, "acme#42"), tableRequest(n, resource, "evil#42")
	if d := l.Decide(allowed); !d.Allowed() {
		b.Fatalf("not allowed: %+v", d)
	}
	if d := l.Decide(denied); d.Allowed() {
		b.Fatalf("allowed: %+v", d)
	}
	b.ReportAllocs()
	for b.Loop() {
		if !l.Decide(allowed).Allowed() {
			b.Fatal("not allowed")
		}
	}
}

// BenchmarkCompile measures how 1000 statements, in policies as large as a role may have, become a set.
func BenchmarkCompile(b *testing.B) {
	for name, resource := range map[string]string{"exact": "us-east-1:111122223333:table/T%d", "wildcards": "us-east-1:111122223333:table/T%d-*"} {
		texts := tables(1000, resource)
		b.Run(name+"/all", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				compileAll(b, texts)
			}
		})
		b.Run(name+"/set", func(b *testing.B) {
			policies := compileAll(b, texts)
			b.ReportAllocs()
			for b.Loop() {
				policy.NewSet(policies...)
			}
		})
	}
}

func TestDecideDoesNotAllocate(t *testing.T) {
	for _, resource := range []string{"us-east-1:111122223333:table/T%d", "*:111122223333:table/T%d-*/index/?*"} {
		l := &policy.Layers{Identity: policy.NewSet(compileAll(t, tables(100, resource))...), ResourceAccount: ours}
		r := tableRequest(100, resource, "acme#42")
		if d := l.Decide(r); !d.Allowed() {
			t.Errorf("%s: %+v", resource, d)
		}
		if n := testing.AllocsPerRun(100, func() { l.Decide(r) }); n != 0 {
			t.Errorf("%s: Decide allocates %v times", resource, n)
		}
	}
}

// tables returns n statements in policies of twenty.
func tables(n int, resource string) []string {
	var texts, statements []string
	for i := range n {
		statements = append(statements, fmt.Sprintf(`{"Effect":"Allow","Action":["dynamodb:GetItem","dynamodb:Query"],
			"Resource":"arn:aws:dynamodb:`+resource+`",
			"Condition":{"ForAllValues:StringLike":{"dynamodb:LeadingKeys":["${aws:PrincipalTag/org}#*","PUBLIC#*"]}}}`, i))
		if len(statements) == 20 || i == n-1 {
			texts = append(texts, `{"Version":"2012-10-17","Statement":[`+strings.Join(statements, ",")+`]}`)
			statements = nil
		}
	}
	return texts
}

func compileAll(tb testing.TB, texts []string) []*policy.Policy {
	tb.Helper()
	policies := make([]*policy.Policy, 0, len(texts))
	for _, text := range texts {
		p := policy.Read(policy.Identity, "tables", text)
		if p.Err() != nil {
			tb.Fatal(p.Err())
		}
		policies = append(policies, p)
	}
	return policies
}

// tableRequest asks for a row of the last of the tables, with the keys that a request to DynamoDB has.
func tableRequest(n int, resource, key string) *policy.Request {
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
	c.SetAll("dynamodb:LeadingKeys", []string{key})
	name := strings.NewReplacer("*:", "us-east-1:", "%d", fmt.Sprint(n-1), "*", "x", "?", "y").Replace(resource)
	return &policy.Request{Principal: principals["session"], Action: "dynamodb:GetItem", Context: c, Resource: "arn:aws:dynamodb:" + name}
}
