package authz

import (
	"context"
	"errors"
	"reflect"
	"testing"
	"time"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/policy"
)

func TestOverlay(t *testing.T) {
	for name, tt := range map[string]struct{ role, session, want map[string]string }{
		"no role tags":              {nil, map[string]string{"org": "a"}, map[string]string{"org": "a"}},
		"no session tags":           {map[string]string{"org": "demo"}, nil, map[string]string{"org": "demo"}},
		"session wins":              {map[string]string{"org": "demo", "x": "1"}, map[string]string{"org": "a"}, map[string]string{"org": "a", "x": "1"}},
		"session wins in any case":  {map[string]string{"Org": "demo"}, map[string]string{"org": "a"}, map[string]string{"org": "a"}},
		"an empty session tag wins": {map[string]string{"org": "demo"}, map[string]string{"org": ""}, map[string]string{"org": ""}},
	} {
		if got := overlay(tt.role, tt.session); !reflect.DeepEqual(got, tt.want) {
			t.Errorf("%s: got %v, want %v", name, got, tt.want)
		}
	}
}

func TestTable(t *testing.T) {
	table := Table{{
		Name: "x:Get", Resources: []string{"thing"},
		Keys: map[string]When{"x:Always": Always, "x:Sometimes": Sometimes, "x:Never": Never, "aws:RequestTag/${TagKey}": Sometimes},
	}}
	keys := func(names ...string) *policy.Context {
		c := new(policy.Context)
		for _, n := range names {
			c.Set(n, "v")
		}
		return c
	}
	for name, tt := range map[string]struct {
		check Check
		holds bool
	}{
		"as declared":       {Check{Action: "x:Get", Resource: "arn", Type: "thing", Keys: keys("x:Always")}, true},
		"any case":          {Check{Action: "x:Get", Resource: "arn", Type: "thing", Keys: keys("X:always")}, true},
		"with sometimes":    {Check{Action: "x:Get", Resource: "arn", Type: "thing", Keys: keys("x:Always", "x:Sometimes", "aws:RequestTag/org")}, true},
		"always is missing": {Check{Action: "x:Get", Resource: "arn", Type: "thing", Keys: keys("x:Sometimes")}, false},
		"no keys":           {Check{Action: "x:Get", Resource: "arn", Type: "thing"}, false},
		"never is there":    {Check{Action: "x:Get", Resource: "arn", Type: "thing", Keys: keys("x:Always", "x:Never")}, false},
		"undeclared key":    {Check{Action: "x:Get", Resource: "arn", Type: "thing", Keys: keys("x:Always", "x:Other")}, false},
		"empty tag key":     {Check{Action: "x:Get", Resource: "arn", Type: "thing", Keys: keys("x:Always", "aws:RequestTag/")}, false},
		"other type":        {Check{Action: "x:Get", Resource: "arn", Type: "other", Keys: keys("x:Always")}, false},
		"no type":           {Check{Action: "x:Get", Resource: "arn", Keys: keys("x:Always")}, false},
		"unknown action":    {Check{Action: "x:Put", Resource: "arn", Type: "thing", Keys: keys("x:Always")}, false},
	} {
		if err := table.Holds(&tt.check); (err == nil) != tt.holds {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// store answers Attached with what it has.
type store struct {
	attachments bailiwick.Attachments
	managed     map[string]*policy.Policy
	err         error
}

func (s store) Attached(context.Context, bailiwick.Principal) (bailiwick.Attachments, error) {
	return s.attachments, s.err
}

func (s store) ManagedPolicy(_ context.Context, arn string) (*policy.Policy, error) {
	if p, ok := s.managed[arn]; ok {
		return p, nil
	}
	return nil, bailiwick.Errorf("NoSuchEntity", "no policy")
}

func parse(t *testing.T, text string) *policy.Policy {
	t.Helper()
	d, err := policy.Parse(policy.Managed, text)
	if err != nil {
		t.Fatal(err)
	}
	return policy.Compile("p", d)
}

const (
	all  = `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}`
	byID = `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"x:Get","Resource":"arn:aws:x:us-east-1:000000000000:thing/${aws:PrincipalTag/org}/*"}}`
	gets = `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"x:Get","Resource":"*"}}`
	puts = `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"x:Put","Resource":"*"}}`
)

func TestAuthorize(t *testing.T) {
	thing := func(org string) Check {
		return Check{Action: "x:Get", Resource: "arn:aws:x:us-east-1:000000000000:thing/" + org + "/1", Type: "thing"}
	}
	session := func(change func(*bailiwick.Session)) bailiwick.Principal {
		s := &bailiwick.Session{Account: "000000000000", RoleARN: "arn:aws:iam::000000000000:role/R", RoleID: "AROA", Name: "s", Tags: map[string]string{"org": "acme"}}
		if change != nil {
			change(s)
		}
		return s.Principal()
	}
	identity := func(text string) bailiwick.Attachments {
		return bailiwick.Attachments{Identity: policy.NewSet(parse(t, text))}
	}
	for name, tt := range map[string]struct {
		policies store
		who      bailiwick.Principal
		checks   []Check
		allowed  bool
	}{
		"own tenant":                  {store{attachments: identity(byID)}, session(nil), []Check{thing("acme")}, true},
		"other tenant":                {store{attachments: identity(byID)}, session(nil), []Check{thing("globex")}, false},
		"one of two":                  {store{attachments: identity(byID)}, session(nil), []Check{thing("acme"), thing("globex")}, false},
		"no tag":                      {store{attachments: identity(byID)}, session(func(s *bailiwick.Session) { s.Tags = nil }), []Check{thing("acme")}, false},
		"wildcard in a tag":           {store{attachments: identity(byID)}, session(func(s *bailiwick.Session) { s.Tags["org"] = "*" }), []Check{thing("acme")}, false},
		"session policy allows":       {store{attachments: identity(all)}, session(func(s *bailiwick.Session) { s.Policy = gets }), []Check{thing("acme")}, true},
		"session policy limits":       {store{attachments: identity(all)}, session(func(s *bailiwick.Session) { s.Policy = puts }), []Check{thing("acme")}, false},
		"session policy broken":       {store{attachments: identity(all)}, session(func(s *bailiwick.Session) { s.Policy = "{" }), []Check{thing("acme")}, false},
		"managed session policy":      {store{attachments: identity(all), managed: map[string]*policy.Policy{"m": parse(t, gets)}}, session(func(s *bailiwick.Session) { s.PolicyARNs = []string{"m"} }), []Check{thing("acme")}, true},
		"managed session policy gone": {store{attachments: identity(all)}, session(func(s *bailiwick.Session) { s.PolicyARNs = []string{"m"} }), []Check{thing("acme")}, false},
		"policies cannot be read":     {store{attachments: identity(all), err: errors.New("disk")}, session(nil), []Check{thing("acme")}, false},
		"nothing attached":            {store{}, session(nil), []Check{thing("acme")}, false},
		"boundary limits":             {store{attachments: bailiwick.Attachments{Identity: policy.NewSet(parse(t, all)), Boundary: policy.NewSet(parse(t, puts))}}, session(nil), []Check{thing("acme")}, false},
	} {
		t.Run(name, func(t *testing.T) {
			a := &Authorizer{Policies: tt.policies, Table: Table{{Name: "x:Get", Resources: []string{"thing"}}}}
			call := &bailiwick.Call{Who: tt.who, Account: "000000000000", Region: "us-east-1", Time: time.Unix(0, 0)}
			err := a.Authorize(context.Background(), call, tt.checks)
			if (err == nil) != tt.allowed {
				t.Errorf("got %v, want allowed %v", err, tt.allowed)
			}
			var e *bailiwick.Error
			if wantDenied := tt.policies.err == nil; !tt.allowed && errors.As(err, &e) != wantDenied || e != nil && e.Code != bailiwick.CodeAccessDenied {
				t.Errorf("got %v, want AccessDenied %v", err, wantDenied)
			}
			if tt.allowed && len(call.Trail.Judgements) != len(tt.checks) {
				t.Errorf("%d decisions are remembered, want %d", len(call.Trail.Judgements), len(tt.checks))
			}
		})
	}
}
