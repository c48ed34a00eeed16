package policy_test

import (
	"testing"

	"github.com/bailiwick-project/bailiwick/policy"
)

// TestValues puts one value of a request to the values of a policy, in an Allow and in a Deny: where AWS does not say what
// holds, the first must not, and the second must.
func TestValues(t *testing.T) {
	const arn = "arn:aws:s3:::b/k"
	const yes, no, unknown = "yes", "no", "unknown"
	for _, tt := range []struct{ operator, values, request, want string }{
		{"ArnLike", `"arn:aws:s3:::b/*"`, arn, yes},
		{"ArnLike", `"arn:aws:s3:::c/*"`, arn, no},
		{"ArnLike", `"x","arn:aws:s3:::b/*"`, arn, yes},
		{"ArnLike", `"x"`, arn, no},
		{"ArnLike", `"arn:aws:s3:::b/*"`, "x", no},
		{"ArnNotLike", `"arn:aws:s3:::b/*"`, arn, no},
		{"ArnNotLike", `"arn:aws:s3:::c/*"`, arn, yes},
		{"ArnNotLike", `"x"`, arn, unknown},
		{"ArnNotLike", `"arn:aws:s3:::c/*"`, "x", unknown},
		{"ArnNotLike", `"x","arn:aws:s3:::b/*"`, arn, no},
		{"ArnNotLike", `"x","arn:aws:s3:::c/*"`, arn, unknown},
		{"ArnNotLike", `"arn:aws:s3:::c/*","x"`, arn, unknown},
		{"ArnLike", `"${t:whole}"`, arn, unknown},
		{"ArnLike", `"${t:whole}","x"`, arn, unknown},
		{"ArnLike", `"x","${t:whole}"`, arn, unknown},
		{"ArnLike", `"${t:whole}","arn:aws:s3:::b/k"`, arn, yes},
		{"ArnNotLike", `"${t:whole}"`, arn, unknown},
		{"ArnLike", `"arn:aws:${t:s3}:::b/k"`, arn, yes},
		{"ArnLike", `"arn:aws:${t:two}::b/k"`, arn, unknown},
		{"ArnLike", `"arn:aws:${t:none}:::b/k"`, arn, no},
		{"ArnLike", `"arn:aws:${t:star}:::b/k"`, arn, no},
		{"ArnLike", `"arn:aws:s3:::${t:star}"`, arn, no},
		{"ArnLike", `"arn:aws:s3:::${t:path}"`, arn, yes},
		{"ArnNotLike", `"${t:other}"`, arn, unknown},
		{"ArnLike", `"${t:other}"`, arn, no},
		{"ArnNotLike", `"${t:none}"`, arn, unknown},
		{"ArnNotLike", `"arn:aws:${t:none}:::b/k"`, arn, yes},
		{"NumericEquals", `"1.0"`, "1", yes},
		{"NumericEquals", `"1"`, "x", no},
		{"NumericNotEquals", `"1"`, "x", unknown},
		{"NumericNotEquals", `"1","2"`, "2", no},
		{"NumericNotEquals", `"1","2"`, "3", yes},
		{"NumericEquals", `"0"`, "x", no},
		{"NumericLessThan", `"5"`, "x", no},
		{"NumericGreaterThanEquals", `"0"`, "x", no},
		{"NumericLessThanEquals", `"0"`, "x", no},
		{"NumericNotEquals", `"0"`, "", unknown},
		{"DateEquals", `"1970-01-01"`, "0", yes},
		{"DateNotEquals", `"1970-01-01"`, "x", unknown},
		{"DateLessThan", `"2026-01-01"`, "x", no},
		{"DateGreaterThanEquals", `"1970-01-01"`, "x", no},
		{"BinaryEquals", `"YQ=="`, "YQ==", yes},
		{"BinaryEquals", `"YQ=="`, "YR==", no},
		{"BinaryEquals", `""`, "?", no},
		{"BinaryEquals", `""`, "", yes},
		{"IpAddress", `"0.0.0.0/0"`, "x", no},
		{"NotIpAddress", `"0.0.0.0/0"`, "x", unknown},
		{"NotIpAddress", `"10.0.0.0/8"`, "11.0.0.1", yes},
		{"NotIpAddress", `"10.0.0.0/8","11.0.0.0/8"`, "11.0.0.1", no},
		{"Bool", `"true"`, "TRUE", yes},
		{"Bool", `"true"`, "false", no},
		{"Bool", `"true"`, "x", no},
		{"Bool", `"${t:true}"`, "true", unknown},
		{"Bool", `"${t:true}"`, "false", no},
		{"Bool", `"${t:s3}"`, "s3", no},
		{"Bool", `"${t:true}","true"`, "true", yes},
		{"Bool", `"${t:true}","false"`, "true", unknown},
		{"Bool", `"${t:true}*"`, "true", no},
		{"StringEquals", `"*"`, "x", no},
		{"StringLike", `"*"`, "x", yes},
		{"StringNotLike", `"a*","b*"`, "bx", no},
		{"StringNotLike", `"a*","b*"`, "cx", yes},
		{"StringEqualsIgnoreCase", `"${t:S3}"`, "S3", yes},
	} {
		c := new(policy.Context)
		c.Set("t:k", tt.request)
		c.Set("t:whole", arn)
		c.Set("t:other", "arn:aws:s3:::c")
		c.Set("t:s3", "s3")
		c.Set("t:two", "s3:")
		c.Set("t:star", "*")
		c.Set("t:path", "b/k")
		c.Set("t:true", "true")
		condition := `"Condition":{"` + tt.operator + `":{"t:k":[` + tt.values + `]}}`
		decide := func(statements string) bool {
			l := &policy.Layers{Identity: policy.NewSet(compile(t, policy.Identity, "p", "["+statements+"]"))}
			r := &policy.Request{Principal: principals["alice"], Action: "t:A", Resource: "*", Context: c}
			agree(t, l, r)
			return l.Decide(r).Allowed()
		}
		allowed := decide(`{"Effect":"Allow","Action":"*","Resource":"*",` + condition + `}`)
		denied := !decide(everything + `,{"Effect":"Deny","Action":"*","Resource":"*",` + condition + `}`)
		got := map[[2]bool]string{{true, true}: yes, {false, false}: no, {false, true}: unknown}[[2]bool{allowed, denied}]
		if got != tt.want {
			t.Errorf("%s [%s] and %q: %q, want %q", tt.operator, tt.values, tt.request, got, tt.want)
		}
	}
}
