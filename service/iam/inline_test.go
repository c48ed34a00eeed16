package iam_test

import (
	"strings"
	"testing"
)

// TestInlineTotals: all inline policies of one user, group or role are counted together, without white space.
//
// Source: IAM User Guide, "IAM and AWS STS quotas".
func TestInlineTotals(t *testing.T) {
	w := newWorld(t)
	sized := func(n int) string {
		head, tail := `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::`, `"}}`
		return head + strings.Repeat("x", n-len(head)-len(tail)) + tail + "  \n"
	}
	w.do("CreateUser", "UserName", "ann")
	w.do("CreateGroup", "GroupName", "devs")
	w.do("CreateRole", "RoleName", "app", "AssumeRolePolicyDocument", `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"}}`)
	for _, tt := range []struct {
		kind, name string
		total      int
		want       string
	}{
		{"User", "ann", 2048, "Maximum policy size of 2048 bytes exceeded for user ann"},
		{"Group", "devs", 5120, "Maximum policy size of 5120 bytes exceeded for group devs"},
		{"Role", "app", 10240, "Maximum policy size of 10240 bytes exceeded for role app"},
	} {
		put := func(policy string, size int) []string {
			return []string{tt.kind + "Name", tt.name, "PolicyName", policy, "PolicyDocument", sized(size)}
		}
		w.fails("LimitExceeded", tt.want, "Put"+tt.kind+"Policy", put("a", tt.total+1)...)
		w.do("Put"+tt.kind+"Policy", put("a", 200)...)
		w.fails("LimitExceeded", tt.want, "Put"+tt.kind+"Policy", put("b", tt.total-199)...)
		w.do("Put"+tt.kind+"Policy", put("b", tt.total-200)...)
		w.do("Put"+tt.kind+"Policy", put("b", tt.total-200)...) // in place of itself
		w.fails("LimitExceeded", tt.want, "Put"+tt.kind+"Policy", put("a", 201)...)
	}
}
