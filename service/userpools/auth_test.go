package userpools_test

import (
	"strings"
	"testing"
	"time"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/policy"
	"github.com/bailiwick-project/bailiwick/service/servicetest"
	"github.com/bailiwick-project/bailiwick/srp"
)

const (
	notAuthorized = "NotAuthorizedException"
	badParameter  = "InvalidParameterException"
	wrongPassword = "Incorrect username or password."
)

// TestFlows signs in by every door, at clients with and without a secret.
func TestFlows(t *testing.T) {
	for _, secret := range []bool{false, true} {
		r := newRealm(t, "GenerateSecret", secret)
		with := func(p m) m { return r.hashed(p, "alice") }
		for _, a := range []answer{
			r.step("InitiateAuth", "ClientId", r.app, "AuthFlow", "USER_PASSWORD_AUTH", "AuthParameters", with(m{"USERNAME": "alice", "PASSWORD": password})),
			r.step("AdminInitiateAuth", "UserPoolId", r.id, "ClientId", r.app, "AuthFlow", "ADMIN_USER_PASSWORD_AUTH", "AuthParameters", with(m{"USERNAME": "alice", "PASSWORD": password})),
			r.step("AdminInitiateAuth", "UserPoolId", r.id, "ClientId", r.app, "AuthFlow", "ADMIN_NO_SRP_AUTH", "AuthParameters", with(m{"USERNAME": "alice", "PASSWORD": password})),
			r.answerSRP(r.responses(r.startSRP("alice", password))),
		} {
			r.wants(a, "", "")
			if a.refresh == "" || a.challenge != "" {
				t.Fatalf("secret %v: %s", secret, a.Body)
			}
			res := a.Out["AuthenticationResult"].(m)
			if res["TokenType"] != "Bearer" || res["ExpiresIn"] != 3600.0 {
				t.Errorf("%s", a.Body)
			}
			for _, flow := range []string{"REFRESH_TOKEN_AUTH", "REFRESH_TOKEN"} {
				p := m{"REFRESH_TOKEN": a.refresh}
				again := r.step("AdminInitiateAuth", "UserPoolId", r.id, "ClientId", r.app, "AuthFlow", flow, "AuthParameters", with(p))
				r.wants(again, "", "")
				if again.access == "" || again.refresh != "" {
					t.Errorf("%s: %s", flow, again.Body)
				}
			}
		}
	}
}

// TestAdminSRP answers an administrator's challenge through either door.
func TestAdminSRP(t *testing.T) {
	r := newRealm(t)
	for _, operation := range []string{"AdminRespondToAuthChallenge", "RespondToAuthChallenge"} {
		run := r.startSRP("alice", password)
		in := []any{"ClientId", r.app, "ChallengeName", "PASSWORD_VERIFIER", "ChallengeResponses", r.responses(run)}
		if operation == "AdminRespondToAuthChallenge" {
			in = append(in, "UserPoolId", r.id)
		}
		if a := r.step(operation, in...); a.access == "" {
			t.Error(operation, a.Body)
		}
	}
}

func TestFlowErrors(t *testing.T) {
	r := newRealm(t)
	with := func(p ...any) m {
		out := m{}
		for i := 0; i < len(p); i += 2 {
			out[p[i].(string)] = p[i+1]
		}
		return out
	}
	alice := with("USERNAME", "alice", "PASSWORD", password)
	srpOnly, _ := r.door("ExplicitAuthFlows", []string{"ALLOW_USER_SRP_AUTH"})
	legacy, _ := r.door("ExplicitAuthFlows", []string{"ADMIN_NO_SRP_AUTH"})
	for _, c := range []struct{ name, op, client, flow, code, message string }{
		{"no client", "InitiateAuth", "nosuchclient", "USER_PASSWORD_AUTH", "ResourceNotFoundException", "User pool client nosuchclient does not exist."},
		{"closed flow", "InitiateAuth", srpOnly, "USER_PASSWORD_AUTH", badParameter, "USER_PASSWORD_AUTH flow not enabled for this client"},
		{"closed refresh", "InitiateAuth", srpOnly, "REFRESH_TOKEN_AUTH", badParameter, "REFRESH_TOKEN_AUTH flow not enabled for this client"},
		{"closed choice", "InitiateAuth", r.app, "USER_AUTH", badParameter, "USER_AUTH is not enabled for the client."},
		{"custom", "InitiateAuth", r.app, "CUSTOM_AUTH", badParameter, "Custom auth lambda trigger is not configured for the user pool."},
		{"admin flow without admin", "InitiateAuth", r.app, "ADMIN_USER_PASSWORD_AUTH", badParameter, "Initiate Auth method not supported."},
		{"closed admin flow", "AdminInitiateAuth", srpOnly, "ADMIN_USER_PASSWORD_AUTH", badParameter, "Auth flow not enabled for this client"},
		{"legacy list", "AdminInitiateAuth", legacy, "ADMIN_USER_PASSWORD_AUTH", "", ""},
		{"legacy list is no more", "InitiateAuth", legacy, "USER_PASSWORD_AUTH", badParameter, "USER_PASSWORD_AUTH flow not enabled for this client"},
	} {
		t.Run(c.name, func(t *testing.T) {
			in := []any{"ClientId", c.client, "AuthFlow", c.flow, "AuthParameters", alice}
			if c.op == "AdminInitiateAuth" {
				in = append(in, "UserPoolId", r.id)
			}
			r.wants(r.step(c.op, in...), c.code, c.message)
		})
	}
	only, _ := r.door("ExplicitAuthFlows", []string{"CUSTOM_AUTH_FLOW_ONLY"})
	app := r.app
	for id, message := range map[string]string{legacy: "", only: "USER_SRP_AUTH is not enabled for the client."} {
		r.app = id
		if got := r.startSRP("alice", password).first; got.Message != message {
			t.Error(got.Body)
		}
	}
	r.app = app
	for _, c := range []struct {
		flow, missing string
		params        m
	}{
		{"USER_PASSWORD_AUTH", "USERNAME", with("PASSWORD", password)},
		{"USER_PASSWORD_AUTH", "PASSWORD", with("USERNAME", "alice")},
		{"USER_SRP_AUTH", "SRP_A", with("USERNAME", "alice")},
		{"REFRESH_TOKEN_AUTH", "REFRESH_TOKEN", nil},
	} {
		r.fails(badParameter, "Missing required parameter "+c.missing, "InitiateAuth", "ClientId", r.app, "AuthFlow", c.flow, "AuthParameters", c.params)
	}
	got := r.step("InitiateAuth", "ClientId", r.app, "AuthFlow", "MAGIC", "AuthParameters", alice)
	if got.Code != badParameter || !strings.HasPrefix(got.Message, "1 validation error detected: Value 'MAGIC' at 'authFlow' failed to satisfy constraint: Member must satisfy enum value set: [") {
		t.Error(got.Body)
	}
	r.fails(badParameter, "The challenge SMS_MFA is not supported by this server.", "RespondToAuthChallenge", "ClientId", r.app, "ChallengeName", "SMS_MFA")
	r.wants(r.try(strings.Repeat("a", 7000), password), badParameter, "1 validation error detected: Value at 'username' failed to satisfy constraint: Member must have length less than or equal to 2048")
}

// TestSecretHashOfSignIn: the hash must be there, right, and over a name of the user.
func TestSecretHashOfSignIn(t *testing.T) {
	r := newRealmOf(t, []any{"AliasAttributes", []string{"email"}}, "GenerateSecret", true)
	sub := r.attributes(r.id, "alice")["sub"]
	try := func(typed, hash string) answer {
		p := m{"USERNAME": typed, "PASSWORD": password}
		if hash != "" {
			p["SECRET_HASH"] = hash
		}
		return r.step("InitiateAuth", "ClientId", r.app, "AuthFlow", "USER_PASSWORD_AUTH", "AuthParameters", p)
	}
	good := func(name string) string { return srp.SecretHash(r.secret, name, r.app) }
	r.wants(try("alice", ""), notAuthorized, "Client "+r.app+" is configured with secret but SECRET_HASH was not received")
	r.wants(try("alice", good("bob")), notAuthorized, "SecretHash does not match for the client: "+r.app)
	r.wants(try("alice", srp.SecretHash("other", "alice", r.app)), notAuthorized, "SecretHash does not match for the client: "+r.app)
	r.wants(try("nobody", good("alice")), notAuthorized, "SecretHash does not match for the client: "+r.app)
	for _, name := range []string{"alice", "alice@acme.example", sub} {
		r.wants(try("alice@acme.example", good(name)), "", "")
	}
	open, _ := r.door()
	r.fails(notAuthorized, "Client "+open+" is not configured with secret but SECRET_HASH was received", "InitiateAuth",
		"ClientId", open, "AuthFlow", "USER_PASSWORD_AUTH", "AuthParameters", m{"USERNAME": "alice", "PASSWORD": password, "SECRET_HASH": good("alice")})

	a := r.try("alice", password)
	refresh := func(hash string) answer {
		return r.step("InitiateAuth", "ClientId", r.app, "AuthFlow", "REFRESH_TOKEN_AUTH", "AuthParameters", m{"REFRESH_TOKEN": a.refresh, "SECRET_HASH": hash})
	}
	r.wants(refresh(good("alice")), "", "")
	r.wants(refresh(good(sub)), "", "")
	r.wants(refresh(good("bob")), notAuthorized, "SecretHash does not match for the client: "+r.app)
	r.wants(r.refreshWith(a.refresh), notAuthorized, "Client "+r.app+" is configured with secret but SECRET_HASH was not received")
}

// TestStates holds every state of an account against what its user is told, with
// the right and with a wrong password, at clients that show and that hide users.
func TestStates(t *testing.T) {
	const unconfirmed, disabled = "User is not confirmed.", "User is disabled."
	const reset, ended = "Password reset required for the user", "Temporary password has expired and must be reset by an administrator."
	type told struct{ code, message string }
	wrongOne := told{notAuthorized, wrongPassword}
	for _, c := range []struct {
		name                 string
		prepare              func(r *realm)
		right, wrong, hidden told // hidden: wrong password where users are hidden
	}{
		{
			"nobody", func(r *realm) { r.call("AdminDeleteUser", "UserPoolId", r.id, "Username", "alice") },
			told{"UserNotFoundException", "User does not exist."},
			told{"UserNotFoundException", "User does not exist."},
			wrongOne,
		},
		{"confirmed", func(*realm) {}, told{}, wrongOne, wrongOne},
		{
			"disabled", func(r *realm) { r.call("AdminDisableUser", "UserPoolId", r.id, "Username", "alice") },
			told{notAuthorized, disabled},
			told{notAuthorized, disabled},
			wrongOne,
		},
		{
			"reset required", func(r *realm) { r.call("AdminResetUserPassword", "UserPoolId", r.id, "Username", "alice") },
			told{"PasswordResetRequiredException", reset},
			told{"PasswordResetRequiredException", reset},
			wrongOne,
		},
		{"unconfirmed", func(r *realm) {
			r.call("AdminDeleteUser", "UserPoolId", r.id, "Username", "alice")
			r.signUp(r.app, "alice")
		}, told{"UserNotConfirmedException", unconfirmed}, wrongOne, wrongOne},
		{"temporary password ended", func(r *realm) {
			r.call("AdminSetUserPassword", "UserPoolId", r.id, "Username", "alice", "Password", password)
			r.now = r.now.Add(7 * 24 * time.Hour)
		}, told{notAuthorized, ended}, wrongOne, wrongOne},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := newRealm(t)
			shows := r.app
			hides, _ := r.door("PreventUserExistenceErrors", "ENABLED")
			c.prepare(r)
			for _, way := range []func(name, pass string) answer{r.try, func(name, pass string) answer {
				run := r.startSRP(name, pass)
				if run.first.Code != "" {
					return run.first
				}
				return r.answerSRP(r.responses(run))
			}} {
				r.app = shows
				r.wants(way("alice", password), c.right.code, c.right.message)
				r.wants(way("alice", "Wrong1234!"), c.wrong.code, c.wrong.message)
				r.app = hides
				r.wants(way("alice", "Wrong1234!"), c.hidden.code, c.hidden.message)
				want := c.right
				if c.name == "nobody" {
					want = wrongOne
				}
				r.wants(way("alice", password), want.code, want.message)
			}
		})
	}
}

// TestNames signs in by every name of a user, whatever its case.
func TestNames(t *testing.T) {
	r := newRealmOf(t, []any{"AliasAttributes", []string{"email", "preferred_username"}, "UsernameConfiguration", m{"CaseSensitive": false}})
	r.call("AdminUpdateUserAttributes", "UserPoolId", r.id, "Username", "alice", "UserAttributes", attrs("preferred_username", "Ally"))
	sub := r.attributes(r.id, "alice")["sub"]
	for _, name := range []string{"alice", "ALICE", "Alice@Acme.Example", "ally", sub} {
		a := r.try(name, password)
		r.wants(a, "", "")
		if c := r.claims(a.id); c["cognito:username"] != "alice" || c["sub"] != sub {
			t.Errorf("%s: %v", name, c)
		}
		run := r.startSRP(name, password)
		if run.first.params["USER_ID_FOR_SRP"] != "alice" {
			t.Errorf("%s: %s", name, run.first.Body)
		}
		r.wants(r.answerSRP(r.responses(run)), "", "")
		run = r.startSRP(name, password)
		in := r.responses(run)
		in["USERNAME"] = name // older clients send back what was typed
		r.wants(r.answerSRP(in), "", "")
	}
	cased := newRealm(t)
	cased.wants(cased.try("ALICE", password), "UserNotFoundException", "User does not exist.")
	mail := newRealmOf(t, []any{"UsernameAttributes", []string{"email"}})
	a := mail.answerSRP(mail.responses(mail.startSRP("alice@acme.example", password)))
	mail.wants(a, "", "")
	if c := mail.claims(a.access); c["username"] != c["sub"] {
		t.Error(c)
	}
}

// TestForeignPool: administrators sign nobody in at the pools of others, and a
// client of one pool opens no other.
func TestForeignPool(t *testing.T) {
	r := newRealm(t)
	other := r.pool()
	in := []any{"ClientId", r.app, "AuthFlow", "ADMIN_USER_PASSWORD_AUTH", "AuthParameters", m{"USERNAME": "alice", "PASSWORD": password}}
	r.fails("ResourceNotFoundException", "User pool client "+r.app+" does not exist.", "AdminInitiateAuth", append(in, "UserPoolId", other)...)
	stranger := servicetest.Root()
	stranger.Account, stranger.ID, stranger.ARN = "111122223333", "111122223333", "arn:aws:iam::111122223333:root"
	r.As(stranger)
	r.fails("ResourceNotFoundException", "User pool "+r.id+" does not exist.", "AdminInitiateAuth", append(in, "UserPoolId", r.id)...)
	r.As(bailiwick.Principal{Principal: policy.Principal{
		Type: policy.User, ARN: "arn:aws:iam::" + servicetest.Account + ":user/eve", ID: "AIDAEVE", Account: servicetest.Account,
	}, Name: "eve"})
	for _, op := range []string{"AdminInitiateAuth", "AdminRespondToAuthChallenge"} {
		got := r.step(op, append(in, "UserPoolId", r.id, "ChallengeName", "PASSWORD_VERIFIER")...)
		if got.Code != "AccessDeniedException" || !strings.Contains(got.Message, "cognito-idp:"+op+" on resource: arn:aws:cognito-idp:us-east-1:"+servicetest.Account+":userpool/"+r.id) {
			t.Error(got.Body)
		}
	}
}
