package userpools_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/bailiwick-project/bailiwick/token"
)

// grouped is a stage with alice in two groups, of which one has a role.
func grouped(t *testing.T, version string) *stage {
	t.Helper()
	s := newStage(t, version, "Schema", []m{{"Name": "org", "AttributeDataType": "String", "Mutable": true}})
	s.call("CreateGroup", "UserPoolId", s.id, "GroupName", "g1", "Precedence", 1, "RoleArn", "arn:aws:iam::000000000000:role/r1")
	s.call("CreateGroup", "UserPoolId", s.id, "GroupName", "g2")
	for _, g := range []string{"g1", "g2"} {
		s.call("AdminAddUserToGroup", "UserPoolId", s.id, "Username", "alice", "GroupName", g)
	}
	s.call("AdminUpdateUserAttributes", "UserPoolId", s.id, "Username", "alice", "UserAttributes", attrs("custom:org", "acme", "name", "Alice"))
	return s
}

// tokens signs alice in with a response of PreTokenGeneration.
func (s *stage) tokens(response any) (id, access token.Claims) {
	s.t.Helper()
	s.set("PreTokenGeneration", responds(response))
	a := s.in()
	return s.claims(a.id), s.claims(a.access)
}

// has compares claims with their JSON; "" is none.
func (s *stage) has(c token.Claims, pairs ...string) {
	s.t.Helper()
	for i := 0; i < len(pairs); i += 2 {
		got := ""
		if v, ok := c[pairs[i]]; ok {
			b, err := json.Marshal(v)
			if err != nil {
				s.t.Fatal(err)
			}
			got = string(b)
		}
		if got != pairs[i+1] {
			s.t.Errorf("%s is %s, want %s", pairs[i], got, pairs[i+1])
		}
	}
}

// fixed are claims that no function changes, with hostile values.
var fixed = func() m {
	out := m{}
	for _, name := range strings.Fields(`acr amr at_hash aud auth_time azp cognito:username cognito:groups cognito:roles cognito:preferred_role cognito:other
		client_id device_key event_id exp iat identities iss jti nbf nonce origin_jti scope sub token_use username version dev:custom:x`) {
		out[name] = "evil"
	}
	return out
}()

func names(of m) []string {
	var list []string
	for name := range of {
		list = append(list, name)
	}
	return list
}

// unchanged holds two sets of claims against each other, but for what is new with
// each sign-in.
func (s *stage) unchanged(what string, before, after token.Claims) {
	s.t.Helper()
	for name := range fixed {
		was, had := before[name]
		is, has := after[name]
		switch name {
		case "event_id", "jti", "origin_jti":
			if is == "evil" || had != has {
				s.t.Errorf("%s: %s is %v", what, name, is)
			}
		default:
			if had != has || fmt.Sprint(was) != fmt.Sprint(is) {
				s.t.Errorf("%s: %s was %v, is %v", what, name, was, is)
			}
		}
	}
}

func TestPreTokenV1(t *testing.T) {
	s := grouped(t, "PreTokenGeneration")
	plain := s.in()
	id0, access0 := s.claims(plain.id), s.claims(plain.access)
	details := func(pairs ...any) m {
		d := m{}
		for i := 0; i < len(pairs); i += 2 {
			d[pairs[i].(string)] = pairs[i+1]
		}
		return m{"claimsOverrideDetails": d}
	}
	id, access := s.tokens(details("claimsToAddOrOverride", m{"custom:org": "globex", "tier": "gold", "email_verified": "false", "nickname": "x"}, "claimsToSuppress", []string{"name", "nickname", "none"}))
	s.has(id, "custom:org", `"globex"`, "tier", `"gold"`, "email_verified", "false", "name", "", "nickname", "", "cognito:groups", `["g1","g2"]`,
		"cognito:roles", `["arn:aws:iam::000000000000:role/r1"]`, "cognito:preferred_role", `"arn:aws:iam::000000000000:role/r1"`)
	s.has(access, "custom:org", "", "tier", "", "cognito:groups", `["g1","g2"]`, "scope", `"aws.cognito.signin.user.admin"`)

	id, access = s.tokens(details("claimsToAddOrOverride", fixed))
	s.unchanged("add, ID token", id0, id)
	s.unchanged("add, access token", access0, access)
	suppress := []string{}
	for _, name := range names(fixed) {
		if name != "cognito:groups" {
			suppress = append(suppress, name)
		}
	}
	id, access = s.tokens(details("claimsToSuppress", suppress))
	s.unchanged("suppress, ID token", id0, id)
	s.unchanged("suppress, access token", access0, access)

	id, access = s.tokens(details("claimsToSuppress", []string{"cognito:groups"}))
	s.has(id, "cognito:groups", "", "cognito:roles", "", "cognito:preferred_role", "")
	s.has(access, "cognito:groups", `["g1","g2"]`)

	id, access = s.tokens(details("groupOverrideDetails", m{"groupsToOverride": []string{"x"}, "preferredRole": "arn:p"}))
	s.has(id, "cognito:groups", `["x"]`, "cognito:roles", "", "cognito:preferred_role", `"arn:p"`)
	s.has(access, "cognito:groups", `["x"]`, "cognito:roles", "")
	for _, empty := range []any{m{}, nil, m{"groupsToOverride": nil, "iamRolesToOverride": []string{}, "preferredRole": nil}} {
		id, access = s.tokens(details("groupOverrideDetails", empty))
		s.has(id, "cognito:groups", "", "cognito:roles", "", "cognito:preferred_role", "")
		s.has(access, "cognito:groups", "")
	}
	for _, nothing := range []any{m{}, m{"claimsOverrideDetails": nil}, details(), m{"claimsAndScopeOverrideDetails": m{"idTokenGeneration": m{"claimsToAddOrOverride": m{"tier": "x"}}}}} {
		id, access = s.tokens(nothing)
		s.has(id, "cognito:groups", `["g1","g2"]`, "tier", "", "custom:org", `"acme"`)
		s.unchanged("nothing", access0, access)
	}
	s.set("PreTokenGeneration", responds(details("claimsToAddOrOverride", m{"tier": "refreshed"})))
	s.has(s.claims(s.refreshWith(plain.refresh).id), "tier", `"refreshed"`, "origin_jti", fmt.Sprintf("%q", id0["origin_jti"]))
}

func TestPreTokenV2(t *testing.T) {
	s := grouped(t, "V2")
	plain := s.in()
	id0, access0 := s.claims(plain.id), s.claims(plain.access)
	type change struct{ id, access, groups any }
	tokens := func(c change) (id, access token.Claims) {
		d := m{"idTokenGeneration": c.id, "accessTokenGeneration": c.access}
		if c.groups != nil {
			d["groupOverrideDetails"] = c.groups
		}
		return s.tokens(m{"claimsAndScopeOverrideDetails": d})
	}
	any1 := m{"n": json.RawMessage("9223372036854775807"), "f": json.RawMessage("1.7976931348623157E308"), "b": true, "l": []any{"x", 1, false}, "o": m{"a": m{"b": []any{1}}}}
	id, access := tokens(change{id: m{"claimsToAddOrOverride": any1}, access: m{"claimsToAddOrOverride": any1}})
	for _, c := range []token.Claims{id, access} {
		s.has(c, "n", "9223372036854775807", "f", "1.7976931348623157E308", "b", "true", "l", `["x",1,false]`, "o", `{"a":{"b":[1]}}`)
	}
	id, access = tokens(change{access: m{"claimsToAddOrOverride": m{"tenant": "acme", "aud": s.app}}})
	s.has(access, "tenant", `"acme"`, "aud", `"`+s.app+`"`)
	s.has(id, "tenant", "")
	all := m{"claimsToAddOrOverride": fixed}
	id, access = tokens(change{id: all, access: all})
	s.unchanged("add, ID token", id0, id)
	s.unchanged("add, access token", access0, access)
	suppress := m{"claimsToSuppress": names(fixed)}
	id, access = tokens(change{id: suppress, access: suppress})
	s.has(id, "cognito:groups", "", "cognito:roles", "")
	s.has(access, "cognito:groups", "")
	for _, c := range []token.Claims{id0, access0} {
		delete(c, "cognito:groups")
		delete(c, "cognito:roles")
		delete(c, "cognito:preferred_role")
	}
	s.unchanged("suppress, ID token", id0, id)
	s.unchanged("suppress, access token", access0, access)
	id, _ = tokens(change{id: m{"claimsToAddOrOverride": m{"email_verified": m{"a": 1}, "phone_number_verified": []any{true}, "updated_at": m{}, "address": []any{}}}})
	s.has(id, "email_verified", "true", "phone_number_verified", "", "updated_at", "", "address", "")

	_, access = tokens(change{access: m{"scopesToAdd": []string{"openid", "api/read", "openid"}, "scopesToSuppress": []string{"aws.cognito.signin.user.admin", "none"}}})
	s.has(access, "scope", `"openid api/read"`)
	a := s.in()
	s.fails("NotAuthorizedException", "Access Token does not have required scopes", "GetUser", "AccessToken", a.access)
	_, access = tokens(change{access: m{"scopesToSuppress": []string{"aws.cognito.signin.user.admin"}}})
	s.has(access, "scope", "")
	id, access = tokens(change{groups: m{"groupsToOverride": []string{"x"}, "iamRolesToOverride": []string{"arn:r"}}})
	s.has(id, "cognito:groups", `["x"]`, "cognito:roles", `["arn:r"]`, "cognito:preferred_role", "")
	s.has(access, "cognito:groups", `["x"]`, "cognito:roles", "")
}

// TestPreTokenHostile: answers of the wrong shape give no tokens.
func TestPreTokenHostile(t *testing.T) {
	const bad, shape = "InvalidLambdaResponseException", "Unrecognizable lambda output"
	many := m{}
	for i := range 5001 {
		many[fmt.Sprint("c", i)] = "x"
	}
	for version, responses := range map[string][]any{
		"PreTokenGeneration": {
			m{"claimsOverrideDetails": []any{}},
			m{"claimsOverrideDetails": "x"},
			m{"claimsOverrideDetails": m{"claimsToAddOrOverride": []any{}}},
			m{"claimsOverrideDetails": m{"claimsToAddOrOverride": m{"a": 1}}},
			m{"claimsOverrideDetails": m{"claimsToAddOrOverride": m{"a": m{}}}},
			m{"claimsOverrideDetails": m{"claimsToAddOrOverride": m{"a": nil}}},
			m{"claimsOverrideDetails": m{"claimsToAddOrOverride": m{"": "x"}}},
			m{"claimsOverrideDetails": m{"claimsToAddOrOverride": m{strings.Repeat("x", 257): "x"}}},
			m{"claimsOverrideDetails": m{"claimsToAddOrOverride": many}},
			m{"claimsOverrideDetails": m{"claimsToSuppress": "email"}},
			m{"claimsOverrideDetails": m{"claimsToSuppress": []any{1}}},
			m{"claimsOverrideDetails": m{"groupOverrideDetails": []any{}}},
			m{"claimsOverrideDetails": m{"groupOverrideDetails": m{"groupsToOverride": "admins"}}},
			m{"claimsOverrideDetails": m{"groupOverrideDetails": m{"groupsToOverride": []any{nil}}}},
			m{"claimsOverrideDetails": m{"groupOverrideDetails": m{"iamRolesToOverride": m{}}}},
			m{"claimsOverrideDetails": m{"groupOverrideDetails": m{"preferredRole": []any{"arn:r"}}}},
		},
		"V2": {
			m{"claimsAndScopeOverrideDetails": m{"idTokenGeneration": []any{}}},
			m{"claimsAndScopeOverrideDetails": m{"accessTokenGeneration": "x"}},
			m{"claimsAndScopeOverrideDetails": m{"accessTokenGeneration": m{"claimsToAddOrOverride": m{"a": nil}}}},
			m{"claimsAndScopeOverrideDetails": m{"accessTokenGeneration": m{"scopesToAdd": "openid"}}},
			m{"claimsAndScopeOverrideDetails": m{"accessTokenGeneration": m{"scopesToAdd": []any{"a b"}}}},
			m{"claimsAndScopeOverrideDetails": m{"accessTokenGeneration": m{"scopesToAdd": []any{""}}}},
			m{"claimsAndScopeOverrideDetails": m{"accessTokenGeneration": m{"scopesToAdd": []any{"a\nb"}}}},
			m{"claimsAndScopeOverrideDetails": m{"accessTokenGeneration": m{"scopesToSuppress": m{}}}},
		},
	} {
		s := newStage(t, version)
		for _, response := range responses {
			s.set("PreTokenGeneration", responds(response))
			if a := s.try("alice", password); a.Code != bad || a.Message != shape || a.id != "" {
				t.Errorf("%.200s: %s %s", fmt.Sprint(response), a.Code, a.Message)
			}
		}
		s.set("PreTokenGeneration", responds(m{
			"claimsOverrideDetails":         m{"claimsToAddOrOverride": m{"big": strings.Repeat("x", 1<<18)}},
			"claimsAndScopeOverrideDetails": m{"accessTokenGeneration": m{"claimsToAddOrOverride": m{"big": strings.Repeat("x", 1<<18)}}},
		}))
		s.wants(s.try("alice", password), "InvalidParameterException", "The attributes and groups of the user do not fit into a token.")
	}
}

// TestEnvelopeCannotLie: what a function changes in the event beside the response
// changes nothing.
func TestEnvelopeCannotLie(t *testing.T) {
	s := newStage(t, allTriggers, "AutoVerifiedAttributes", []string{"email"})
	s.user("mallory")
	for _, name := range strings.Fields(allTriggers) {
		s.set(name, doing(func(event m) {
			event["userName"], event["userPoolId"], event["triggerSource"] = "mallory", "us-east-1_Other0000", "TokenGeneration_HostedAuth"
			event["callerContext"] = m{"clientId": "other"}
			event["request"] = m{"userAttributes": m{"sub": "evil", "email": "evil@acme.example", "email_verified": "true"}, "groupConfiguration": m{"groupsToOverride": []string{"admins"}}}
		}))
	}
	a := s.in()
	sub := s.attributes(s.id, "alice")["sub"]
	s.has(s.claims(a.id), "sub", `"`+sub+`"`, "cognito:username", `"alice"`, "email", `"alice@acme.example"`, "cognito:groups", "", "aud", `"`+s.app+`"`)
	s.has(s.claims(a.access), "sub", `"`+sub+`"`, "username", `"alice"`, "cognito:groups", "")
	s.signUp(s.app, "bob", "email", "bob@acme.example")
	if got := s.attributes(s.id, "bob"); got["email"] != "bob@acme.example" || got["email_verified"] != "false" || s.messages("evil@acme.example") != 0 {
		t.Errorf("%v", got)
	}
}

// TestTokensAreOfOneMoment: the claims that a function made of an attribute never
// stand beside another value of it, and a group that is left meanwhile counts for
// the tokens of that moment alone.
func TestTokensAreOfOneMoment(t *testing.T) {
	s := grouped(t, "PreTokenGeneration")
	s.set("PreTokenGeneration", doing(func(event m) {
		org := event["request"].(m)["userAttributes"].(m)["custom:org"].(string)
		event["response"] = m{"claimsOverrideDetails": m{"claimsToAddOrOverride": m{"role": "admin of " + org}}}
		for operation, in := range map[string]string{
			"AdminUpdateUserAttributes": doc("UserPoolId", s.id, "Username", "alice", "UserAttributes", attrs("custom:org", "globex")),
			"AdminRemoveUserFromGroup":  doc("UserPoolId", s.id, "Username", "alice", "GroupName", "g1"),
		} {
			if message := s.post(operation, in); message != "" {
				t.Error(message)
			}
		}
	}))
	s.has(s.claims(s.in().id), "custom:org", `"acme"`, "role", `"admin of acme"`, "cognito:groups", `["g1","g2"]`)
	s.has(s.claims(s.in().id), "custom:org", `"globex"`, "role", `"admin of globex"`, "cognito:groups", `["g2"]`)
}
