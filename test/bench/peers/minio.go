package main

import (
	"fmt"
	"strings"

	"github.com/minio/pkg/v3/policy"
)

// minio: tables are buckets, the leading keys are s3:prefix, and the tag is a claim. It has no limit on statements in a policy.
func minio() engine {
	made := map[task]string{}
	bucket := func(t task, i int, end string) string {
		if t.wildcards {
			return fmt.Sprintf("table%d-%s", i, end)
		}
		return fmt.Sprintf("table%d", i)
	}
	return engine{"MinIO", func(t task) (func(question) decider, error) {
		if made[t] == "" {
			var statements []string
			for i := range t.statements {
				statements = append(statements, `{"Effect":"Allow","Action":["s3:ListBucket","s3:ListBucketVersions"],"Resource":["arn:aws:s3:::`+bucket(t, i, "*")+`"],`+
					`"Condition":{"ForAllValues:StringLike":{"s3:prefix":["${jwt:preferred_username}#*","PUBLIC#*"]}}}`)
			}
			made[t] = `{"Version":"2012-10-17","Statement":[` + strings.Join(statements, ",") + `]}`
		}
		p, err := policy.ParseConfig(strings.NewReader(made[t]))
		if err != nil {
			return nil, err
		}
		return func(q question) decider {
			args := policy.Args{
				AccountName: "u", Action: "s3:ListBucket", BucketName: bucket(t, q.table, "x"),
				ConditionValues: map[string][]string{"prefix": {q.org + "#42"}, "preferred_username": {"acme"}},
			}
			return func() (bool, error) { return p.IsAllowed(args), nil }
		}, nil
	}}
}
