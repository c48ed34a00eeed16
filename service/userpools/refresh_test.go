package userpools_test

import (
	"encoding/json"
	"slices"
	"testing"
	"time"
)

// TestRefreshReadsAnew: attributes and groups are those of the moment, the session
// is the old one.
func TestRefreshReadsAnew(t *testing.T) {
	r := newRealmOf(t, []any{"Schema", []m{{"Name": "org", "AttributeDataType": "String", "Mutable": true}}})
	r.call("AdminUpdateUserAttributes", "UserPoolId", r.id, "Username", "alice", "UserAttributes", attrs("custom:org", "acme"))
	first := r.in()
	r.now = r.now.Add(time.Hour)
	r.call("AdminUpdateUserAttributes", "UserPoolId", r.id, "Username", "alice", "UserAttributes", attrs("custom:org", "globex"))
	r.call("CreateGroup", "UserPoolId", r.id, "GroupName", "late")
	r.call("AdminAddUserToGroup", "UserPoolId", r.id, "Username", "alice", "GroupName", "late")
	second := r.refreshWith(first.refresh)
	a, b := r.claims(first.id), r.claims(second.id)
	if groups, _ := b.Strings("cognito:groups"); b["custom:org"] != "globex" || !slices.Equal(groups, []string{"late"}) {
		t.Error(b)
	}
	for _, name := range []string{"auth_time", "origin_jti", "sub", "aud"} {
		if a[name] != b[name] {
			t.Errorf("%s was %v and is %v", name, a[name], b[name])
		}
	}
	for _, name := range []string{"jti", "event_id", "iat", "exp"} {
		if a[name] == b[name] {
			t.Errorf("%s is still %v", name, a[name])
		}
	}
	if b["iat"] != json.Number("1795179600") {
		t.Error(b["iat"])
	}
	if c := r.claims(second.access); c["origin_jti"] != a["origin_jti"] || c["auth_time"] != a["auth_time"] || c["scope"] != "aws.cognito.signin.user.admin" {
		t.Error(c)
	}
	if c := r.claims(r.in().id); c["origin_jti"] == a["origin_jti"] {
		t.Error("two sign-ins share a session")
	}
}

func TestRefreshRefused(t *testing.T) {
	r := newRealm(t)
	a := r.in()
	const invalid = "Invalid Refresh Token"
	for name, text := range map[string]string{
		"garbage": "garbage", "five parts": "a.b.c.d.e", "access token": a.access, "ID token": a.id,
		"changed": a.refresh[:len(a.refresh)-30] + "AAAA" + a.refresh[len(a.refresh)-26:],
	} {
		t.Run(name, func(t *testing.T) { r.wants(r.refreshWith(text), notAuthorized, invalid) })
	}
	app := r.app
	r.app, _ = r.door()
	r.wants(r.refreshWith(a.refresh), notAuthorized, invalid)
	r.app = app
	r.reopen()
	r.wants(r.refreshWith(a.refresh), "", "")
	got := r.step("GetTokensFromRefreshToken", "ClientId", app, "RefreshToken", a.refresh)
	if r.wants(got, "", ""); got.access == "" || got.refresh != "" {
		t.Error(got.Body)
	}
	closed, _ := r.door("ExplicitAuthFlows", []string{"ALLOW_USER_PASSWORD_AUTH"})
	r.fails(badParameter, "REFRESH_TOKEN_AUTH flow not enabled for this client", "GetTokensFromRefreshToken", "ClientId", closed, "RefreshToken", a.refresh)
}

// rotating is a realm whose client rotates refresh tokens.
func rotating(t *testing.T, grace int) *realm {
	return newRealm(t, "ExplicitAuthFlows", []string{"ALLOW_USER_PASSWORD_AUTH"}, "RefreshTokenRotation", m{"Feature": "ENABLED", "RetryGracePeriodSeconds": grace})
}

func (r *realm) rotate(refresh string) answer {
	r.t.Helper()
	return r.step("GetTokensFromRefreshToken", "ClientId", r.app, "RefreshToken", refresh)
}

const reused = "Refresh token has been invalidated by rotation"

const refreshRevoked = "Refresh Token has been revoked"

func TestRotation(t *testing.T) {
	r := rotating(t, 0)
	first := r.in()
	r.wants(r.refreshWith(first.refresh), badParameter, "REFRESH_TOKEN_AUTH flow not enabled for this client")
	second := r.rotate(first.refresh)
	if r.wants(second, "", ""); second.refresh == "" || second.refresh == first.refresh {
		t.Fatal(second.Body)
	}
	r.reopen()
	third := r.rotate(second.refresh)
	r.wants(third, "", "")
	if a, b := r.claims(first.id), r.claims(third.id); a["origin_jti"] != b["origin_jti"] || a["auth_time"] != b["auth_time"] {
		t.Error(a, b)
	}
	r.now = r.now.Add(30 * 24 * time.Hour) // rotation does not prolong the session
	r.wants(r.rotate(third.refresh), notAuthorized, "Refresh Token has expired")
}

// TestRotationReuse: a token that comes a second time was stolen, or its successor
// was. Nothing of that sign-in counts any more; other sign-ins do.
func TestRotationReuse(t *testing.T) {
	for _, name := range []string{"first", "second"} {
		t.Run(name, func(t *testing.T) {
			r := rotating(t, 0)
			other := r.in()
			tokens := map[string]answer{"first": r.in()}
			tokens["second"] = r.rotate(tokens["first"].refresh)
			last := r.rotate(tokens["second"].refresh)
			r.wants(last, "", "")
			r.call("GetUser", "AccessToken", last.access)
			r.wants(r.rotate(tokens[name].refresh), "RefreshTokenReuseException", reused)
			r.reopen()
			for _, a := range []answer{tokens["first"], tokens["second"], last} {
				r.wants(r.rotate(a.refresh), notAuthorized, refreshRevoked)
				r.fails(notAuthorized, "Access Token has been revoked", "GetUser", "AccessToken", a.access)
			}
			r.call("GetUser", "AccessToken", other.access)
			r.wants(r.rotate(other.refresh), "", "")
		})
	}
}

// TestRotationReuseNeedsSecret: whoever found an old token and does not have the
// client's secret cannot sign its user out.
func TestRotationReuseNeedsSecret(t *testing.T) {
	r := newRealm(t, "GenerateSecret", true, "ExplicitAuthFlows", []string{"ALLOW_USER_PASSWORD_AUTH"}, "RefreshTokenRotation", m{"Feature": "ENABLED", "RetryGracePeriodSeconds": 0})
	first := r.try("alice", password)
	second := r.step("GetTokensFromRefreshToken", "ClientId", r.app, "RefreshToken", first.refresh, "ClientSecret", r.secret)
	r.wants(second, "", "")
	r.wants(r.rotate(first.refresh), notAuthorized, "Unable to verify secret for client: "+r.app)
	r.wants(r.step("GetTokensFromRefreshToken", "ClientId", r.app, "RefreshToken", second.refresh, "ClientSecret", r.secret), "", "")
}

func TestRotationGrace(t *testing.T) {
	r := rotating(t, 10)
	first := r.in()
	second := r.rotate(first.refresh)
	r.now = r.now.Add(9 * time.Second)
	retry := r.rotate(first.refresh)
	r.wants(retry, "", "")
	r.now = r.now.Add(time.Second)
	r.wants(r.rotate(second.refresh), "", "")
	r.wants(r.rotate(retry.refresh), "", "")
	r.wants(r.rotate(first.refresh), "RefreshTokenReuseException", reused)
	// however often a client retries, the list of good tokens is bounded
	first = r.in()
	last := first
	for range 40 {
		r.wants(r.rotate(last.refresh), "", "")
		last = r.rotate(last.refresh)
		r.wants(last, "", "")
	}
	// rotation that ends leaves dead tokens dead, and their use no less suspicious
	r.call("UpdateUserPoolClient", "UserPoolId", r.id, "ClientId", r.app, "ExplicitAuthFlows", []string{"ALLOW_REFRESH_TOKEN_AUTH", "ALLOW_USER_PASSWORD_AUTH"})
	r.now = r.now.Add(time.Minute)
	r.wants(r.refreshWith(last.refresh), "", "")
	r.wants(r.refreshWith(first.refresh), "RefreshTokenReuseException", reused)
	r.wants(r.refreshWith(last.refresh), notAuthorized, refreshRevoked)
}

func TestRefreshSecret(t *testing.T) {
	r := newRealm(t, "GenerateSecret", true)
	a := r.try("alice", password)
	r.fails(notAuthorized, "Unable to verify secret for client: "+r.app, "GetTokensFromRefreshToken", "ClientId", r.app, "RefreshToken", a.refresh)
	r.fails(notAuthorized, "Unable to verify secret for client: "+r.app, "GetTokensFromRefreshToken", "ClientId", r.app, "RefreshToken", a.refresh, "ClientSecret", "wrongwrongwrongwrongwrongwrong")
	r.wants(r.step("GetTokensFromRefreshToken", "ClientId", r.app, "RefreshToken", a.refresh, "ClientSecret", r.secret), "", "")
	r.fails("UnauthorizedException", "Unable to verify secret for client: "+r.app, "RevokeToken", "ClientId", r.app, "Token", a.refresh)
	r.call("RevokeToken", "ClientId", r.app, "Token", a.refresh, "ClientSecret", r.secret)
	r.fails(notAuthorized, "Refresh Token has been revoked", "GetTokensFromRefreshToken", "ClientId", r.app, "RefreshToken", a.refresh, "ClientSecret", r.secret)
}

// TestRefreshHidden: where users are hidden, a deleted one looks revoked.
func TestRefreshHidden(t *testing.T) {
	r := newRealm(t, "PreventUserExistenceErrors", "ENABLED")
	a := r.in()
	r.call("AdminDeleteUser", "UserPoolId", r.id, "Username", "alice")
	r.wants(r.refreshWith(a.refresh), notAuthorized, "Refresh Token has been revoked")
}
