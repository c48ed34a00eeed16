package server

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/policy"
	"github.com/bailiwick-project/bailiwick/service"
	"github.com/bailiwick-project/bailiwick/session"
)

// TestNotesOfAnotherAccount: who calls an API or a function of another account is
// not told what stands behind it: backends, functions, roles.
func TestNotesOfAnotherAccount(t *testing.T) {
	key, err := session.NewKey(1, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	ring, err := session.NewRing(rand.Reader, key)
	if err != nil {
		t.Fatal(err)
	}
	const caller, owner = "111122223333", "444455556666"
	for _, tt := range []struct {
		name    string
		account string // of the caller
		told    bool
	}{{"the owner", owner, true}, {"another account", caller, false}} {
		c := &bailiwick.Call{RequestID: "id", Account: tt.account}
		c.Who = bailiwick.Principal{Principal: policy.Principal{Type: policy.User, ARN: "arn:aws:iam::" + tt.account + ":user/u", Account: tt.account}}
		c.Concerns(owner)
		ask := func(p policy.Principal, action, resource string) {
			r := &policy.Request{Principal: p, Action: action, Resource: resource, Context: new(policy.Context)}
			l := &policy.Layers{ResourceAccount: owner}
			c.Judged(bailiwick.Judgement{Layers: l, Request: r, Decision: l.Decide(r)})
		}
		ask(c.Who.Principal, "execute-api:Invoke", "arn:aws:execute-api:us-east-1:"+owner+":abc/prod/GET/a")
		ask(policy.Principal{Type: policy.Service, Service: "lambda.amazonaws.com"}, "sts:AssumeRole", "arn:aws:iam::"+owner+":role/secret-role")
		c.Note("The backend secret-host.internal could not be asked.")
		out, err := (&Server{ring: ring}).explain(service.Record{Call: c, Failure: &bailiwick.Error{Code: "x", Message: "Internal server error", Cause: errors.New("secret-cause")}})
		if err != nil {
			t.Fatal(err)
		}
		text, err := json.Marshal(out)
		if err != nil {
			t.Fatal(err)
		}
		for _, secret := range []string{"secret-role", "secret-host", "secret-cause"} {
			if strings.Contains(string(text), secret) != tt.told {
				t.Errorf("%s: %s is told: %v, want %v", tt.name, secret, !tt.told, tt.told)
			}
		}
		if !strings.Contains(string(text), "abc/prod/GET/a") || !strings.Contains(string(text), `"notes":[`) {
			t.Errorf("%s: %s", tt.name, text)
		}
	}
}
