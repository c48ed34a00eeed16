package userpools_test

import (
	"testing"
	"time"
)

// TestRevocation is the matrix of what ends a session and what then happens to
// its tokens and to those of another session of the same user.
func TestRevocation(t *testing.T) {
	type told struct{ code, message string }
	alive := told{}
	refreshRevoked, accessRevoked := told{notAuthorized, "Refresh Token has been revoked"}, told{notAuthorized, "Access Token has been revoked"}
	disabled := told{notAuthorized, "User is disabled."}
	gone := told{"UserNotFoundException", "User does not exist."}
	for _, c := range []struct {
		name            string
		end             func(r *realm, a answer)
		refresh, access told
		others          bool // the other session goes on
		active          bool // the ID token still counts at identity pools that ask
	}{
		{"nothing", func(*realm, answer) {}, alive, alive, true, true},
		{"RevokeToken", func(r *realm, a answer) { r.call("RevokeToken", "ClientId", r.app, "Token", a.refresh) }, refreshRevoked, accessRevoked, true, false},
		{"GlobalSignOut", func(r *realm, a answer) { r.call("GlobalSignOut", "AccessToken", a.access) }, refreshRevoked, accessRevoked, false, false},
		{"AdminUserGlobalSignOut", func(r *realm, _ answer) { r.call("AdminUserGlobalSignOut", "UserPoolId", r.id, "Username", "alice") }, refreshRevoked, accessRevoked, false, false},
		{"AdminDisableUser", func(r *realm, _ answer) { r.call("AdminDisableUser", "UserPoolId", r.id, "Username", "alice") }, disabled, disabled, false, false},
		{"disabled and enabled", func(r *realm, _ answer) {
			r.call("AdminDisableUser", "UserPoolId", r.id, "Username", "alice")
			r.call("AdminEnableUser", "UserPoolId", r.id, "Username", "alice")
		}, refreshRevoked, accessRevoked, false, false},
		{"AdminDeleteUser", func(r *realm, _ answer) { r.call("AdminDeleteUser", "UserPoolId", r.id, "Username", "alice") }, gone, gone, false, false},
		{"DeleteUser", func(r *realm, a answer) { r.call("DeleteUser", "AccessToken", a.access) }, gone, gone, false, false},
		{"deleted and made anew", func(r *realm, _ answer) {
			r.call("AdminDeleteUser", "UserPoolId", r.id, "Username", "alice")
			r.user("alice")
		}, gone, gone, false, false},
		{"ChangePassword", func(r *realm, a answer) {
			r.call("ChangePassword", "AccessToken", a.access, "PreviousPassword", password, "ProposedPassword", "Another1!")
		}, alive, alive, true, true},
		{"AdminSetUserPassword", func(r *realm, _ answer) {
			r.call("AdminSetUserPassword", "UserPoolId", r.id, "Username", "alice", "Password", "Another1!", "Permanent", true)
		}, alive, alive, true, true},
		{"revoked twice", func(r *realm, a answer) {
			r.call("RevokeToken", "ClientId", r.app, "Token", a.refresh)
			r.call("RevokeToken", "ClientId", r.app, "Token", a.refresh)
		}, refreshRevoked, accessRevoked, true, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := newRealm(t)
			a, other := r.in(), r.in()
			again := r.refreshWith(a.refresh)
			provider := "cognito-idp.us-east-1.amazonaws.com/" + r.id
			claims, err := r.api.VerifyIDToken(t.Context(), provider, a.id)
			if err != nil {
				t.Fatal(err)
			}
			c.end(r, a)
			for range 2 {
				r.wants(r.refreshWith(a.refresh), c.refresh.code, c.refresh.message)
				for _, access := range []string{a.access, again.access} {
					r.wants(r.step("GetUser", "AccessToken", access), c.access.code, c.access.message)
				}
				if got := r.refreshWith(other.refresh); (got.Code == "") != c.others {
					t.Error("the other session", got.Body)
				}
				if got := r.step("GetUser", "AccessToken", other.access); (got.Code == "") != c.others {
					t.Error("the other session", got.Body)
				}
				if ok, err := r.api.Active(t.Context(), provider, claims); err != nil || ok != c.active {
					t.Error("active:", ok, err)
				}
				r.now = r.now.Add(time.Second)
				r.reopen() // and it is so after a restart
			}
			if _, err := r.api.VerifyIDToken(t.Context(), provider, a.id); err != nil {
				t.Error("the signature of a revoked token is still good", err) // as at AWS: offline verifiers accept it
			}
		})
	}
}

func TestRevokeToken(t *testing.T) {
	r := newRealm(t)
	a := r.in()
	other, _ := r.door()
	r.fails("UnauthorizedException", "The token was not issued to client: "+other, "RevokeToken", "ClientId", other, "Token", a.refresh)
	r.wants(r.refreshWith(a.refresh), "", "")
	for _, raw := range []string{a.access, a.id} {
		r.fails("UnsupportedTokenTypeException", "Unsupported token type: only refresh tokens can be revoked", "RevokeToken", "ClientId", r.app, "Token", raw)
	}
	r.call("RevokeToken", "ClientId", r.app, "Token", "unknown")
	r.call("RevokeToken", "ClientId", r.app, "Token", "a.b.c.d.e")
	r.fails("ResourceNotFoundException", "User pool client nosuchclient does not exist.", "RevokeToken", "ClientId", "nosuchclient", "Token", a.refresh)
	r.wants(r.refreshWith(a.refresh), "", "")
}

// TestRevocationIsOfOneSession: whoever is signed out signs in again, and new
// tokens count even within the same second.
func TestRevocationIsOfOneSession(t *testing.T) {
	r := newRealm(t)
	old := r.in()
	r.call("GlobalSignOut", "AccessToken", old.access)
	fresh := r.in()
	r.call("GetUser", "AccessToken", fresh.access)
	r.wants(r.refreshWith(fresh.refresh), "", "")
	r.fails(notAuthorized, "Access Token has been revoked", "GetUser", "AccessToken", old.access)
}
