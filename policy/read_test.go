package policy_test

import (
	"errors"
	"testing"

	"github.com/bailiwick-project/bailiwick/policy"
)

// TestRead: Read is Parse and Compile, and what is refused denies instead of being nothing.
func TestRead(t *testing.T) {
	decide := func(p *policy.Policy) policy.Decision {
		l := &policy.Layers{Identity: policy.NewSet(p), ResourceAccount: ours}
		return l.Decide(&policy.Request{Principal: principals["session"], Action: "s3:GetObject", Resource: "arn:aws:s3:::b/k", Context: new(policy.Context)})
	}
	const allows = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*"}]}`
	p := policy.Read(policy.Identity, "p", allows)
	if d := decide(p); p.Err() != nil || p.Name() != "p" || len(p.Document().Statements) != 1 || !d.Allowed() {
		t.Errorf("%v %q: %+v", p.Err(), p.Name(), d)
	}
	for _, text := range []string{"", "{}", allows + "x", `{"Statement":[{"Effect":"Allow","Action":"*","Resource":"*","Resource":"*"}]}`} {
		p := policy.Read(policy.Identity, "p", text)
		var at *policy.SyntaxError
		if !errors.As(p.Err(), &at) || p.Name() != "p" || p.Document() != nil {
			t.Errorf("%s: %v %q", text, p.Err(), p.Name())
		}
		if d := decide(p); d.Allowed() || d.Err == nil {
			t.Errorf("%s: %+v", text, d)
		}
	}
}
