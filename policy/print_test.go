package policy_test

import (
	"testing"

	"github.com/bailiwick-project/bailiwick/policy"
)

// TestPrint pins the canonical form: IAM stores it and gives it back.
func TestPrint(t *testing.T) {
	for _, tt := range []struct {
		kind       policy.Kind
		text, want string
	}{
		{policy.Identity, `{"Statement":{"Resource":"*","Action":["s3:*"],"Effect":"Allow"}}`, `{"Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}`},
		{
			policy.Identity, `{"Id":"i", "Version":"2012-10-17", "Statement":[{"Sid":"","NotResource":["arn:aws:s3:::a","arn:aws:s3:::b"],"NotAction":["s3:*","t:*"],"Effect":"Deny"},{"Sid":"B","Effect":"Allow","Action":"*","Resource":"*","Condition":{}}]}`,
			`{"Version":"2012-10-17","Id":"i","Statement":[{"Effect":"Deny","NotAction":["s3:*","t:*"],"NotResource":["arn:aws:s3:::a","arn:aws:s3:::b"]},{"Sid":"B","Effect":"Allow","Action":"*","Resource":"*"}]}`,
		},
		{
			policy.Identity, `{"Statement":{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"Bool":{"t:b":true},"Null":{"t:n":["true","false"],"t:m":"true"},"NumericEquals":{"t:k":[1,2.5]}}}}`,
			`{"Statement":[{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"Bool":{"t:b":"true"},"Null":{"t:n":["true","false"],"t:m":"true"},"NumericEquals":{"t:k":["1","2.5"]}}}]}`,
		},
		{
			policy.Trust, `{"Statement":{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com","AWS":["111122223333","444455556666"],"Federated":["a.b"]},"Action":"sts:AssumeRole"}}`,
			`{"Statement":[{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com","AWS":["111122223333","444455556666"],"Federated":"a.b"},"Action":"sts:AssumeRole"}]}`,
		},
		{
			policy.Resource, `{"Statement":[{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"},{"Effect":"Deny","NotPrincipal":{"AWS":"*"},"Action":"*","Resource":"*"}]}`,
			`{"Statement":[{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"},{"Effect":"Deny","NotPrincipal":{"AWS":"*"},"Action":"*","Resource":"*"}]}`,
		},
		{ // characters: those of Latin-1 as they are, others escaped, and no more of them than must be
			policy.Resource, `{"Id":"a\"\\\/\b\n\u001f <>&\u007f\u00a0ÿ\u0100→\uffff\ud800\udc00😀\udbff\udfff\u2028","Statement":{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}}`,
			`{"Id":"a\"\\/\b\n\u001f <>&` + "\u007f\u00a0ÿ" + `\u0100\u2192\uffff\ud800\udc00\ud83d\ude00\udbff\udfff\u2028","Statement":[{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}]}`,
		},
	} {
		d, err := policy.Parse(tt.kind, tt.text)
		if err != nil {
			t.Errorf("%s: %+v", tt.text, err)
			continue
		}
		if got := d.String(); got != tt.want {
			t.Errorf("%s is printed as\n%s, want\n%s", tt.text, got, tt.want)
		}
	}
	// Conditions of one operator are printed together, wherever they stand.
	d := &policy.Document{Statements: []policy.Statement{{Effect: "Allow", Conditions: []policy.Condition{
		{Operator: "Null", Key: "t:a", Values: []string{"true"}}, {Operator: "Bool", Key: "t:a", Values: []string{"true"}}, {Operator: "Null", Key: "t:b", Values: []string{"true"}},
	}}}}
	if got, want := d.String(), `{"Statement":[{"Effect":"Allow","Condition":{"Null":{"t:a":"true","t:b":"true"},"Bool":{"t:a":"true"}}}]}`; got != want {
		t.Errorf("printed as %s, want %s", got, want)
	}
	d.Statements[0].Conditions = []policy.Condition{{Operator: "Null", Key: "t:a"}, {Operator: "Bool", Key: "t:b", Values: []string{"true"}}}
	if got, want := d.String(), `{"Statement":[{"Effect":"Allow","Condition":{"Null":{},"Bool":{"t:b":"true"}}}]}`; got != want {
		t.Errorf("printed as %s, want %s", got, want)
	}
	if got, want := (&policy.Document{}).String(), `{"Statement":[]}`; got != want {
		t.Errorf("printed as %s, want %s", got, want)
	}
}

// TestNames: the words of outcomes and layers are part of records and messages.
func TestNames(t *testing.T) {
	for got, want := range map[string]string{
		policy.Allow.String(): "Allow", policy.ExplicitDeny.String(): "ExplicitDeny", policy.ImplicitDeny.String(): "ImplicitDeny",
		policy.Effect(3).String(): "Effect(3)", policy.Effect(-1).String(): "Effect(-1)",
		policy.LayerRequest.String(): "request", policy.LayerServiceControl.String(): "service control policy", policy.LayerResourceControl.String(): "resource control policy",
		policy.LayerResource.String(): "resource-based policy", policy.LayerTrust.String(): "role trust policy", policy.LayerIdentity.String(): "identity-based policy",
		policy.LayerBoundary.String(): "permissions boundary", policy.LayerSession.String(): "session policy", policy.LayerRoot.String(): "root user",
		policy.Layer(9).String(): "Layer(9)", policy.Layer(-1).String(): "Layer(-1)",
	} {
		if got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
	if got := (policy.Decision{Effect: policy.ExplicitDeny, Layer: policy.LayerResourceControl}).Because("t:A"); got != " with an explicit deny in a resource control policy" {
		t.Errorf("because %q", got)
	}
	if got := (policy.Decision{Effect: policy.Allow, Layer: policy.LayerRoot}).Because("t:A"); got != "" {
		t.Errorf("because %q", got)
	}
}
