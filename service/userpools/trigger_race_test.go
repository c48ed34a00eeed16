package userpools_test

import (
	"strings"
	"testing"
)

// within calls an operation while a function runs.
func (s *stage) within(trigger, operation string, pairs ...any) {
	s.set(trigger, doing(func(m) {
		s.set(trigger, nil)
		if message := s.post(operation, doc(pairs...)); message != "" {
			s.t.Errorf("%s within %s: %s", operation, trigger, message)
		}
	}))
}

// TestUserChangesWhileFunctionsRun: what was decided about a user counts only if
// the decision would be the same after the functions.
func TestUserChangesWhileFunctionsRun(t *testing.T) {
	who := func(s *stage, pairs ...any) []any {
		return append([]any{"UserPoolId", s.id, "Username", "alice"}, pairs...)
	}
	for _, trigger := range []string{"PreAuthentication", "PostAuthentication", "PreTokenGeneration"} {
		for name, c := range map[string]struct {
			operation     string
			in            func(s *stage) []any
			code, message string
		}{
			"disabled":     {"AdminDisableUser", func(s *stage) []any { return who(s) }, "NotAuthorizedException", "User is disabled."},
			"deleted":      {"AdminDeleteUser", func(s *stage) []any { return who(s) }, "UserNotFoundException", "User does not exist."},
			"new password": {"AdminSetUserPassword", func(s *stage) []any { return who(s, "Password", "Another1!", "Permanent", true) }, "NotAuthorizedException", "Incorrect username or password."},
			"temporary":    {"AdminSetUserPassword", func(s *stage) []any { return who(s, "Password", "Another1!") }, "NotAuthorizedException", "Incorrect username or password."},
			"reset":        {"AdminResetUserPassword", func(s *stage) []any { return who(s) }, "PasswordResetRequiredException", "Password reset required for the user"},
			"signed out":   {"AdminUserGlobalSignOut", func(s *stage) []any { return who(s) }, "", ""},
			"no client":    {"DeleteUserPoolClient", func(s *stage) []any { return []any{"UserPoolId", s.id, "ClientId", s.app} }, "ResourceNotFoundException", "User pool client APP does not exist."},
			"no pool":      {"DeleteUserPool", func(s *stage) []any { return []any{"UserPoolId", s.id} }, "ResourceNotFoundException", ""},
		} {
			if trigger == "PreAuthentication" && (name == "deleted" || strings.HasPrefix(name, "no ")) {
				continue // nothing is decided yet
			}
			t.Run(trigger+" "+name, func(t *testing.T) {
				s := newStage(t, trigger)
				s.within(trigger, c.operation, c.in(s)...)
				a := s.try("alice", password)
				if a.Code != c.code || name != "no pool" && a.Message != strings.Replace(c.message, "APP", s.app, 1) {
					t.Errorf("got %s %q", a.Code, a.Message)
				}
				if (a.id == "") != (c.code != "") {
					t.Errorf("tokens: %s", a.Body)
				}
				if c.code == "" { // the tokens are of after the sign-out
					s.call("GetUser", "AccessToken", a.access)
				}
			})
		}
	}
}

// TestRefreshChangesWhileFunctionRuns: the same for a refresh.
func TestRefreshChangesWhileFunctionRuns(t *testing.T) {
	for name, c := range map[string]struct {
		rotates       bool
		do            func(s *stage, a answer)
		code, message string
	}{
		"nothing": {do: func(*stage, answer) {}},
		"disabled": {false, func(s *stage, _ answer) {
			s.within("PreTokenGeneration", "AdminDisableUser", "UserPoolId", s.id, "Username", "alice")
		}, "NotAuthorizedException", "User is disabled."},
		"signed out": {false, func(s *stage, a answer) { s.within("PreTokenGeneration", "GlobalSignOut", "AccessToken", a.access) }, "NotAuthorizedException", "Refresh Token has been revoked"},
		"revoked": {false, func(s *stage, a answer) {
			s.within("PreTokenGeneration", "RevokeToken", "ClientId", s.app, "Token", a.refresh)
		}, "NotAuthorizedException", "Refresh Token has been revoked"},
		"swapped": {true, func(s *stage, a answer) {
			s.within("PreTokenGeneration", "GetTokensFromRefreshToken", "ClientId", s.app, "RefreshToken", a.refresh)
		}, "RefreshTokenReuseException", "Refresh token has been invalidated by rotation"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStage(t, "PreTokenGeneration")
			if c.rotates {
				s.app, _ = s.door("ExplicitAuthFlows", []string{"ALLOW_USER_PASSWORD_AUTH"}, "RefreshTokenRotation", m{"Feature": "ENABLED", "RetryGracePeriodSeconds": 0})
			}
			a := s.in()
			c.do(s, a)
			a = s.step("GetTokensFromRefreshToken", "ClientId", s.app, "RefreshToken", a.refresh)
			s.wants(a, c.code, c.message)
			if (a.id == "") != (c.code != "") {
				t.Errorf("tokens: %s", a.Body)
			}
		})
	}
}

// TestOnceWithFunctions: a challenge is answered once, even where a function makes
// the first answer slow or lets it fail.
func TestOnceWithFunctions(t *testing.T) {
	s := newStage(t, "PostAuthentication")
	in := s.responses(s.startSRP("alice", password))
	s.within("PostAuthentication", "GetUserPoolMfaConfig", "UserPoolId", s.id)
	second := ""
	s.set("PostAuthentication", doing(func(m) {
		s.set("PostAuthentication", nil)
		second = s.post("RespondToAuthChallenge", doc("ClientId", s.app, "ChallengeName", "PASSWORD_VERIFIER", "ChallengeResponses", in))
	}))
	s.wants(s.answerSRP(in), "", "")
	if second != sessionEnded {
		t.Errorf("the second answer heard %q", second)
	}
	in = s.responses(s.startSRP("alice", password))
	s.set("PostAuthentication", throws("no"))
	s.wants(s.answerSRP(in), "UserLambdaValidationException", "PostAuthentication failed with error no.")
	s.set("PostAuthentication", nil)
	s.wants(s.answerSRP(in), "NotAuthorizedException", sessionEnded)
}

// TestFunctionCallsBack: a function may call this server about the very user it is
// asked about. What PostConfirmation or PostAuthentication writes is in the tokens.
func TestFunctionCallsBack(t *testing.T) {
	s := newStage(t, "PostConfirmation PostAuthentication", "AutoVerifiedAttributes", []string{"email"})
	writes := func(name, v string) handler {
		return doing(func(event m) {
			in := doc("UserPoolId", event["userPoolId"], "Username", event["userName"], "UserAttributes", attrs(name, v))
			if message := s.post("AdminUpdateUserAttributes", in); message != "" {
				t.Error(message)
			}
		})
	}
	s.set("PostConfirmation", writes("nickname", "confirmed"))
	s.signUp(s.app, "bob", "email", "bob@acme.example")
	s.call("ConfirmSignUp", "ClientId", s.app, "Username", "bob", "ConfirmationCode", s.code("bob@acme.example"))
	s.set("PostAuthentication", writes("name", "signed in"))
	c := s.claims(s.try("bob", password).id)
	if c["nickname"] != "confirmed" || c["name"] != "signed in" {
		t.Errorf("%v", c)
	}
}
