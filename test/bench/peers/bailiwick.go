package main

import (
	"fmt"
	"strings"

	"github.com/bailiwick-project/bailiwick/policy"
)

const account = "123456789012"

func table(i int) string {
	return fmt.Sprintf("arn:aws:dynamodb:us-east-1:%s:table/T%d", account, i)
}

// resource is the pattern of a statement, and name what is asked for.
func (t task) resource(i int) string {
	if t.wildcards {
		return table(i) + "-*"
	}
	return table(i)
}

func (t task) asked(i int) string {
	if t.wildcards {
		return table(i) + "-x"
	}
	return table(i)
}

// perPolicy is how many statements fit into one policy; a role's policies have limits.
const perPolicy = 20

func (t task) policies() []string {
	var texts, statements []string
	for i := range t.statements {
		statements = append(statements, `{"Effect":"Allow","Action":["dynamodb:GetItem","dynamodb:Query"],"Resource":"`+t.resource(i)+`",`+
			`"Condition":{"ForAllValues:StringLike":{"dynamodb:LeadingKeys":["${aws:PrincipalTag/org}#*","PUBLIC#*"]}}}`)
		if len(statements) == perPolicy || i == t.statements-1 {
			texts = append(texts, `{"Version":"2012-10-17","Statement":[`+strings.Join(statements, ",")+`]}`)
			statements = nil
		}
	}
	return texts
}

// bailiwick compiles from text to a set with its index.
func bailiwick() engine {
	made := map[task][]string{} // the texts, which are not what is timed
	return engine{"Bailiwick", func(t task) (func(question) decider, error) {
		if made[t] == nil {
			made[t] = t.policies()
		}
		all := make([]*policy.Policy, 0, len(made[t]))
		for _, text := range made[t] {
			p := policy.Read(policy.Identity, "tables", text)
			if err := p.Err(); err != nil {
				return nil, err
			}
			all = append(all, p)
		}
		layers := &policy.Layers{Identity: policy.NewSet(all...), ResourceAccount: account}
		return func(q question) decider {
			r := bailiwickRequest(t.asked(q.table), q.org+"#42")
			return func() (bool, error) {
				d := layers.Decide(r)
				return d.Allowed(), d.Err
			}
		}, nil
	}}
}

// bailiwickRequest has the keys that a request to DynamoDB has.
func bailiwickRequest(resource, key string) *policy.Request {
	c := &policy.Context{}
	const role = "arn:aws:iam::" + account + ":role/App"
	for _, kv := range [][2]string{
		{"aws:PrincipalArn", role},
		{"aws:PrincipalType", "AssumedRole"},
		{"aws:PrincipalAccount", account},
		{"aws:userid", "AROAAAAAAAAAAAAAAAAAA:one"},
		{"aws:SourceIp", "192.0.2.1"},
		{"aws:SecureTransport", "true"},
		{"aws:CurrentTime", "2026-01-02T03:04:05Z"},
		{"aws:EpochTime", "1767323045"},
		{"aws:RequestedRegion", "us-east-1"},
		{"aws:UserAgent", "aws-sdk-go-v2/1.30"},
		{"aws:ViaAWSService", "false"},
		{"aws:ResourceAccount", account},
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
	return &policy.Request{
		Principal: policy.Principal{
			Type: policy.AssumedRole, ARN: "arn:aws:sts::" + account + ":assumed-role/App/one", RoleARN: role,
			ID: "AROAAAAAAAAAAAAAAAAAA:one", Account: account,
		},
		Action: "dynamodb:GetItem", Resource: resource, Context: c,
	}
}
