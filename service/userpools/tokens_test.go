package userpools_test

import (
	"bytes"
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/bailiwick-project/bailiwick/token"
)

var uuidForm = regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)

// TestClaims holds both tokens of a sign-in against every claim that they have.
func TestClaims(t *testing.T) {
	r := newRealmOf(t, []any{"Schema", []m{
		{"Name": "org", "AttributeDataType": "String", "Mutable": true},
		{"Name": "level", "AttributeDataType": "Number", "Mutable": true},
		{"Name": "secret", "AttributeDataType": "String", "DeveloperOnlyAttribute": true, "Mutable": true},
	}})
	r.call("AdminUpdateUserAttributes", "UserPoolId", r.id, "Username", "alice", "UserAttributes", attrs(
		"phone_number", "+15551234567", "address", "1 Main St", "updated_at", "1700000000", "name", "Alice",
		"custom:org", "acme", "custom:level", "12", "dev:custom:secret", "hidden"))
	a := r.in()
	now := json.Number("1795176000")
	sub := r.attributes(r.id, "alice")["sub"]
	iss := "https://cognito-idp.us-east-1.amazonaws.com/" + r.id

	id, access := r.claims(a.id), r.claims(a.access)
	for _, c := range []token.Claims{id, access} {
		for _, name := range []string{"jti", "origin_jti", "event_id", "sub"} {
			if s, _ := c.String(name); !uuidForm.MatchString(s) {
				t.Errorf("%s is %q", name, s)
			}
		}
	}
	if id["jti"] == access["jti"] || id["origin_jti"] != access["origin_jti"] || id["event_id"] != access["event_id"] || id["jti"] == id["origin_jti"] {
		t.Error(id, access)
	}
	same(t, id, m{
		"sub": sub, "iss": iss, "aud": r.app, "cognito:username": "alice", "token_use": "id",
		"auth_time": now, "iat": now, "exp": json.Number("1795179600"),
		"email": "alice@acme.example", "email_verified": true, "phone_number": "+15551234567", "phone_number_verified": false,
		"address": m{"formatted": "1 Main St"}, "updated_at": json.Number("1700000000"), "name": "Alice",
		"custom:org": "acme", "custom:level": "12",
	})
	same(t, access, m{
		"sub": sub, "iss": iss, "client_id": r.app, "username": "alice", "token_use": "access", "scope": "aws.cognito.signin.user.admin",
		"auth_time": now, "iat": now, "exp": json.Number("1795179600"),
	})
	heads := []m{header(t, a.id), header(t, a.access)}
	for _, h := range heads {
		if kid, _ := h["kid"].(string); len(h) != 2 || h["alg"] != "RS256" || len(kid) != 44 {
			t.Error(h)
		}
	}
	if heads[0]["kid"] == heads[1]["kid"] {
		t.Error("both tokens are signed by one key")
	}
	if h := header(t, a.refresh); strings.Count(a.refresh, ".") != 4 || h["alg"] != "RSA-OAEP" || h["enc"] != "A256GCM" {
		t.Error(h)
	}
	if !regexp.MustCompile(`^[A-Za-z0-9-_=.]+$`).MatchString(a.refresh) {
		t.Error(a.refresh)
	}
}

// same compares claims, the ids aside.
func same(t *testing.T, got token.Claims, want m) {
	t.Helper()
	rest := m{}
	for k, v := range got {
		if k != "jti" && k != "origin_jti" && k != "event_id" {
			rest[k] = v
		}
	}
	g, err1 := json.Marshal(rest)
	w, err2 := json.Marshal(want)
	if err1 != nil || err2 != nil || !bytes.Equal(g, w) {
		t.Errorf("\n got %s\nwant %s", g, w)
	}
}

// TestReadableClaims: an ID token tells a client what it may read, and no more.
func TestReadableClaims(t *testing.T) {
	org := []any{"Schema", []m{{"Name": "org", "AttributeDataType": "String", "Mutable": true}}}
	r := newRealmOf(t, org, "ReadAttributes", []string{"email"})
	r.call("AdminUpdateUserAttributes", "UserPoolId", r.id, "Username", "alice", "UserAttributes", attrs("custom:org", "acme", "name", "Alice"))
	c := r.claims(r.in().id)
	for _, name := range []string{"custom:org", "name", "email_verified"} {
		if v, ok := c[name]; ok {
			t.Errorf("%s is %v", name, v)
		}
	}
	if c["email"] != "alice@acme.example" || c["sub"] == nil {
		t.Error(c)
	}
}

func TestGroupClaims(t *testing.T) {
	r := newRealm(t)
	role := func(name string) string { return "arn:aws:iam::000000000000:role/" + name }
	group := func(name string, pairs ...any) {
		r.call("CreateGroup", append([]any{"UserPoolId", r.id, "GroupName", name}, pairs...)...)
		r.call("AdminAddUserToGroup", "UserPoolId", r.id, "Username", "alice", "GroupName", name)
	}
	check := func(groups, roles []string, preferred any) {
		t.Helper()
		a := r.in()
		id, access := r.claims(a.id), r.claims(a.access)
		for _, c := range []token.Claims{id, access} {
			if got, _ := c.Strings("cognito:groups"); !slices.Equal(got, groups) {
				t.Errorf("groups %v, want %v", got, groups)
			}
		}
		if got, _ := id.Strings("cognito:roles"); !slices.Equal(got, roles) || id["cognito:preferred_role"] != preferred {
			t.Errorf("roles %v, preferred %v; want %v, %v", got, id["cognito:preferred_role"], roles, preferred)
		}
		if access["cognito:roles"] != nil || access["cognito:preferred_role"] != nil {
			t.Error(access)
		}
	}
	check(nil, nil, nil)
	group("plain", "Precedence", 0)
	check([]string{"plain"}, nil, nil)
	group("readers", "RoleArn", role("reader"))
	check([]string{"plain", "readers"}, []string{role("reader")}, role("reader"))
	group("writers", "RoleArn", role("writer"))
	check([]string{"plain", "readers", "writers"}, []string{role("reader"), role("writer")}, nil)
	group("admins", "RoleArn", role("admin"), "Precedence", 5)
	check([]string{"plain", "admins", "readers", "writers"}, []string{role("admin"), role("reader"), role("writer")}, role("admin"))
	group("owners", "RoleArn", role("owner"), "Precedence", 5)
	check([]string{"plain", "admins", "owners", "readers", "writers"}, []string{role("admin"), role("owner"), role("reader"), role("writer")}, nil)
}

// TestLifetimes: the units of the client count.
func TestLifetimes(t *testing.T) {
	r := newRealm(t, "AccessTokenValidity", 600, "IdTokenValidity", 20, "RefreshTokenValidity", 2,
		"TokenValidityUnits", m{"AccessToken": "seconds", "IdToken": "minutes", "RefreshToken": "hours"})
	a := r.in()
	for raw, want := range map[string]time.Duration{a.access: 10 * time.Minute, a.id: 20 * time.Minute} {
		if at, _ := r.claims(raw).Time("exp"); !at.Equal(r.now.Add(want)) {
			t.Errorf("%v, want %v", at, want)
		}
	}
	if got := a.Out["AuthenticationResult"].(m)["ExpiresIn"]; got != 600.0 {
		t.Error(got)
	}
	r.now = r.now.Add(10*time.Minute - time.Second)
	r.call("GetUser", "AccessToken", a.access)
	r.now = r.now.Add(time.Second)
	r.fails(notAuthorized, "Access Token has expired", "GetUser", "AccessToken", a.access)
	r.now = r.now.Add(110*time.Minute - time.Second)
	late := r.refreshWith(a.refresh)
	r.wants(late, "", "")
	r.now = r.now.Add(time.Second)
	r.wants(r.refreshWith(a.refresh), notAuthorized, "Refresh Token has expired")
	r.call("GetUser", "AccessToken", late.access) // tokens outlive the refresh token that they came of
}

// TestWithoutRevocation: clients without it have no origin_jti, and sign-out
// reaches their tokens all the same.
func TestWithoutRevocation(t *testing.T) {
	r := newRealm(t, "EnableTokenRevocation", false)
	a := r.in()
	id, access := r.claims(a.id), r.claims(a.access)
	if id["jti"] != nil || id["origin_jti"] != nil || access["origin_jti"] != nil || access["jti"] == nil {
		t.Error(id, access)
	}
	again := r.refreshWith(a.refresh)
	for _, raw := range []string{a.access, again.access} {
		r.call("GetUser", "AccessToken", raw)
	}
	r.fails("UnsupportedOperationException", "Token revocation is not enabled for client: "+r.app, "RevokeToken", "ClientId", r.app, "Token", a.refresh)
	r.call("AdminUserGlobalSignOut", "UserPoolId", r.id, "Username", "alice")
	for _, raw := range []string{a.access, again.access} {
		r.fails(notAuthorized, "Access Token has been revoked", "GetUser", "AccessToken", raw)
	}
	r.wants(r.refreshWith(a.refresh), notAuthorized, "Refresh Token has been revoked")
}

// TestLargeToken: attributes that fit into no token are a clear error.
func TestLargeToken(t *testing.T) {
	var schema []m
	var values []string
	for i := range 30 {
		name := "big" + string(rune('a'+i))
		if i >= 26 {
			name = "big" + string(rune('a'+i-26)) + "x"
		}
		schema = append(schema, m{"Name": name, "AttributeDataType": "String", "Mutable": true})
		values = append(values, "custom:"+name, strings.Repeat("x", 2048))
	}
	r := newRealmOf(t, []any{"Schema", schema})
	r.user("large", values...)
	r.wants(r.try("large", password), badParameter, "The attributes and groups of the user do not fit into a token.")
}

// TestWellKnown reads the documents that verifiers read.
func TestWellKnown(t *testing.T) {
	r := newRealm(t)
	for _, public := range []string{"", "http://localhost:4566", "http://localhost:4566/"} {
		r.api.PublicURL = public
		base := "https://cognito-idp.us-east-1.amazonaws.com/" + r.id
		if public != "" {
			base = "http://localhost:4566/" + r.id
		}
		code, doc := r.get("/" + r.id + "/.well-known/openid-configuration")
		var got m
		if err := json.Unmarshal(doc, &got); err != nil || code != 200 {
			t.Fatal(code, err)
		}
		if got["issuer"] != base || got["jwks_uri"] != base+"/.well-known/jwks.json" {
			t.Error(got)
		}
		for _, name := range []string{"authorization_endpoint", "token_endpoint", "userinfo_endpoint", "revocation_endpoint", "end_session_endpoint"} {
			if s, _ := got[name].(string); !strings.HasPrefix(s, base+"/") {
				t.Errorf("%s is %v", name, got[name])
			}
		}
		a := r.in()
		if c := r.claims(a.id); c["iss"] != base {
			t.Error(c)
		}
		r.call("GetUser", "AccessToken", a.access)
	}
	code, doc := r.get("/" + r.id + "/.well-known/jwks.json")
	var keys struct{ Keys []map[string]string }
	if err := json.Unmarshal(doc, &keys); err != nil || code != 200 || len(keys.Keys) != 2 {
		t.Fatal(code, string(doc))
	}
	for _, k := range keys.Keys {
		if k["kty"] != "RSA" || k["alg"] != "RS256" || k["use"] != "sig" || k["e"] != "AQAB" || len(k) != 6 {
			t.Error(k)
		}
	}
	for _, path := range []string{"/us-east-1_nothing/.well-known/jwks.json", "/us-east-1_nothing/.well-known/openid-configuration"} {
		code, doc := r.get(path)
		if code != 404 || string(doc) != `{"message":"User pool us-east-1_nothing does not exist."}` {
			t.Error(code, string(doc))
		}
	}
	if code, _ := r.get("/" + strings.Repeat("x", 20_000) + "/.well-known/jwks.json"); code != 404 {
		t.Error(code)
	}
	r.call("DeleteUserPool", "UserPoolId", r.id)
	if code, _ := r.get("/" + r.id + "/.well-known/jwks.json"); code != 404 {
		t.Error("the keys of a deleted pool are served", code)
	}
}

// An administrator's new user has email_verified only once somebody sets it, as
// at AWS; whoever reads the token hears that nobody has proven the address.
func TestUnprovenAddressInToken(t *testing.T) {
	r := newRealm(t)
	r.user("bob", "email", "bob@acme.example")
	if got, there := r.attributes(r.id, "bob")["email_verified"]; there {
		t.Errorf("email_verified is %q", got)
	}
	c := r.claims(r.try("bob", password).id)
	if verified, there := c["email_verified"]; !there || verified != false {
		t.Errorf("claim email_verified is %v", verified)
	}
	if _, there := c["phone_number_verified"]; there {
		t.Error("a claim about a phone number that is not there")
	}
}
