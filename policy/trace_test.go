package policy_test

import (
	"reflect"
	"slices"
	"testing"

	"github.com/bailiwick-project/bailiwick/policy"
)

// TestSpan holds positions against those that AWS's simulator gives for the same texts.
//
// Source: AWS CLI reference, examples of simulate-custom-policy; IAM API Reference, examples of SimulateCustomPolicy.
func TestSpan(t *testing.T) {
	one := func(line, column, endLine, endColumn int) []policy.Span {
		return []policy.Span{{Line: line, Column: column, EndLine: endLine, EndColumn: endColumn}}
	}
	for _, tt := range []struct {
		name, text string
		want       []policy.Span
	}{
		{"object", `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"dynamodb:*","Resource":"*","Condition":{"DateGreaterThan":{"aws:CurrentTime":"2018-08-16T12:00:00Z"}}}}`, one(1, 38, 1, 167)},
		{"object on lines", "{\n  \"Version\":\"2012-10-17\",\n  \"Statement\":{\n    \"Effect\":\"Allow\",\n    \"Action\":\"s3:PutObject\",\n    \"Resource\":\"arn:aws:s3:::my-test-bucket\"\n  }\n}", one(3, 16, 7, 4)},
		{"array on lines", "{\n    \"Version\": \"2012-10-17\",\n    \"Statement\": [\n        {\n            \"Effect\": \"Allow\",\n            \"Action\": \"codecommit:ListRepositories\",\n            \"Resource\": \"*\"\n\n        }\n    ]\n}", one(3, 19, 9, 10)},
		{"array", `{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}`, one(1, 41, 1, 95)},
		{"two", "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Deny\",\"Action\":\"s3:*\",\"Resource\":\"*\"},\n {\"Effect\":\"Deny\",\"Action\":\"s3:*\",\"Resource\":\"*\"}]}", []policy.Span{
			{Line: 1, Column: 38, EndLine: 1, EndColumn: 86}, {Line: 1, Column: 86, EndLine: 2, EndColumn: 50},
		}},
	} {
		d, err := policy.Parse(policy.Simulated, tt.text)
		if err != nil {
			t.Fatal(tt.name, err)
		}
		var got []policy.Span
		for _, s := range d.Statements {
			got = append(got, s.Span)
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}

func TestTrace(t *testing.T) {
	l := &policy.Layers{ResourceAccount: ours, Identity: policy.NewSet(
		compile(t, policy.Identity, "one", `[
			{"Effect":"Allow","Action":"s3:Get*","Resource":"*"},
			{"Effect":"Allow","Action":"s3:Put*","Resource":"*"},
			{"Effect":"Allow","Action":"s3:*","Resource":"*"}]`),
		policy.Broken("lost", nil),
		compile(t, policy.Identity, "two", `[{"Effect":"Deny","Action":"s3:GetObject","Resource":"*"}]`),
	), Boundary: policy.NewSet()}
	r := &policy.Request{Principal: principals["session"], Action: "s3:GetObject", Resource: "arn:aws:s3:::b/k"}
	got := l.Trace(r)
	want := []policy.DocumentTrace{{Allows: []int{0, 2}}, {Broken: true}, {Denies: []int{0}}}
	identity, ok := got.Of(policy.LayerIdentity)
	if !ok || !reflect.DeepEqual(identity.Policies, want) || identity.Effect() != policy.ExplicitDeny {
		t.Errorf("identity: %+v", identity)
	}
	if boundary, ok := got.Of(policy.LayerBoundary); !ok || boundary.Effect() != policy.ImplicitDeny {
		t.Errorf("boundary: %+v", boundary)
	}
	if _, ok := got.Of(policy.LayerSession); ok {
		t.Error("a layer that is not there was traced")
	}
	if d := l.Decide(r); d.Effect != got.Decision.Effect || d.Policy != got.Decision.Policy || d.Layer != got.Decision.Layer {
		t.Errorf("traced %+v, decided %+v", got.Decision, d)
	}
}

func TestContextKeys(t *testing.T) {
	const statements = `[
		{"Effect":"Allow","Action":"s3:*","Resource":["arn:aws:s3:::b/${aws:username}/${s3:x, 'd'}/${*}*","arn:aws:s3:::c/${AWS:UserName}"],
		 "Condition":{"StringLike":{"s3:prefix":["${aws:PrincipalTag/Org}/*","${nothing}","${"]},"NumericEquals":{"t:n":"1"}}},
		{"Effect":"Deny","Action":"s3:*","NotResource":"arn:aws:s3:::${aws:userid}","Condition":{"Bool":{"S3:Prefix":"${t:b}"},"Null":{"t:null":"true"}}}]`
	want := []string{"aws:username", "s3:x", "s3:prefix", "aws:PrincipalTag/Org", "t:n", "aws:userid", "t:b", "t:null"}
	d, err := policy.Parse(policy.Simulated, `{"Version":"2012-10-17","Statement":`+statements+`}`)
	if err != nil {
		t.Fatal(err)
	}
	if got := d.ContextKeys(); !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	d.Version = policy.Version2008
	if got := d.ContextKeys(); !slices.Equal(got, []string{"s3:prefix", "t:n", "t:null"}) {
		t.Errorf("a version without variables: %v", got)
	}
}

func TestIsValue(t *testing.T) {
	for _, tt := range []struct {
		operator, text string
		want           bool
	}{
		{"NumericEquals", "1.5", true},
		{"NumericEquals", "x", false},
		{"NumericEquals", "", false},
		{"Bool", "True", true},
		{"Bool", "1", false},
		{"Bool", "FALSE", true},
		{"Bool", "falſe", false},
		{"Bool", "true*", false},
		{"Bool", "tru?", false},
		{"Bool", "${a:b}", false},
		{"DateEquals", "2026-01-01T00:00:00Z", true},
		{"DateEquals", "1700000000", true},
		{"DateEquals", "soon", false},
		{"IpAddress", "10.0.0.1", true},
		{"IpAddress", "2001:db8::/32", true},
		{"IpAddress", "300.0.0.1", false},
		{"BinaryEquals", "AQID", true},
		{"BinaryEquals", "AQI", false},
		{"StringEquals", "", true},
		{"NoOperator", "x", false},
	} {
		if got := policy.IsValue(tt.operator, tt.text); got != tt.want {
			t.Errorf("%s %q: %v", tt.operator, tt.text, got)
		}
	}
}
