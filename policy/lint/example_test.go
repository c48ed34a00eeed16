package lint_test

import (
	"fmt"

	"github.com/bailiwick-project/bailiwick/policy"
	"github.com/bailiwick-project/bailiwick/policy/lint"
)

func ExampleLinter_Check() {
	found, err := lint.New().Check(policy.Identity, `{
  "Version": "2012-10-17",
  "Statement": [{
    "Effect": "Allow",
    "Action": "s3:GetObject",
    "Resource": "arn:aws:s3:::files/${aws:PrincipalTag/org}*"
  }]
}`)
	if err != nil {
		fmt.Println(err) // AWS refuses the document
		return
	}
	for _, f := range found {
		fmt.Printf("%d:%d: %s: %s\ninstead: %s\n", f.Line, f.Column, f.Rule, f.Message, f.Instead)
	}
	// Output:
	// 6:17: s3-path-without-slash: arn:aws:s3:::files/${aws:PrincipalTag/org}* also matches every longer name: where ${aws:PrincipalTag/org} is org1, it matches what belongs to org10
	// instead: arn:aws:s3:::BUCKET/${aws:PrincipalTag/org}/*
}
