package policy_test

import (
	"strings"
	"testing"

	"github.com/bailiwick-project/bailiwick/policy"
)

// TestReadingAllocates: what documents and policies are made of are parts of a few large slices, counted before, so that reading
// takes about as much memory as the result, however many statements there are.
func TestReadingAllocates(t *testing.T) {
	var statements []string
	for range 100 {
		statements = append(statements, `{"Effect":"Allow","Action":["s3:GetObject","s3:PutObject"],"Resource":["*","*"],"Condition":{"StringEquals":{"t:k":["a","b"],"t:l":"a"}}}`,
			`{"Effect":"Deny","NotAction":["s3:GetObject","s3:PutObject"],"NotResource":["*","*"]}`)
	}
	text := doc()[:len(doc())-2] + strings.Join(statements, ",") + "]}"
	d, err := policy.Parse(policy.Simulated, text)
	if err != nil {
		t.Fatal(err)
	}
	s, err := policy.ReadSource(text)
	if err != nil || s == nil {
		t.Fatal(err)
	}
	forged := &policy.Document{Kind: policy.Resource, Version: policy.Version2012}
	for i := range d.Statements {
		s := d.Statements[i]
		who := []policy.PrincipalEntry{{Type: "AWS", Value: "111122223333"}, {Type: "Service", Value: "s.amazonaws.com"}}
		if s.Effect == "Allow" {
			s.Principals = who
		} else {
			s.NotPrincipal = who
		}
		forged.Statements = append(forged.Statements, s)
	}
	trust := &policy.Document{Kind: policy.Trust, Version: policy.Version2012}
	for range 200 {
		trust.Statements = append(trust.Statements, policy.Statement{Effect: "Allow", Actions: []string{"sts:AssumeRole"}, Principals: []policy.PrincipalEntry{{Type: "AWS", Value: "111122223333"}}})
	}
	for name, tt := range map[string]struct {
		do   func()
		most float64
	}{
		"parsing":                          {func() { _, _ = policy.Parse(policy.Simulated, text) }, 10},
		"compiling":                        {func() { policy.Compile("p", d) }, 10},
		"compiling a policy of a resource": {func() { policy.Compile("p", forged) }, 11},
		"compiling a trust policy":         {func() { policy.Compile("p", trust) }, 7},
	} {
		if n := testing.AllocsPerRun(10, tt.do); n > tt.most && !raced {
			t.Errorf("%s of 200 statements allocates %v times, want at most %v", name, n, tt.most)
		}
	}
}
