package userpools_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"
)

// TestTriggerSources: each operation runs its functions once, in order, however
// often its transactions run.
func TestTriggerSources(t *testing.T) {
	s := newStage(t, allTriggers, "AutoVerifiedAttributes", []string{"email"})
	expect := func(what, want string) {
		t.Helper()
		if got := s.sources(); got != want {
			t.Errorf("%s ran\n  %s\nwant\n  %s", what, got, want)
		}
		s.forget()
	}
	s.signUp(s.app, "bob", "email", "bob@acme.example")
	expect("SignUp", "PreSignUp_SignUp CustomMessage_SignUp")
	s.now = s.now.Add(time.Minute)
	s.call("ResendConfirmationCode", "ClientId", s.app, "Username", "bob")
	expect("ResendConfirmationCode", "CustomMessage_ResendCode")
	s.call("ConfirmSignUp", "ClientId", s.app, "Username", "bob", "ConfirmationCode", s.code("bob@acme.example"))
	expect("ConfirmSignUp", "PostConfirmation_ConfirmSignUp")
	a := s.try("bob", password)
	expect("password", "PreAuthentication_Authentication PostAuthentication_Authentication TokenGeneration_Authentication")
	a = s.refreshWith(a.refresh)
	s.wants(a, "", "")
	expect("refresh", "TokenGeneration_RefreshTokens")
	run := s.startSRP("bob", password)
	expect("SRP begins", "PreAuthentication_Authentication")
	s.wants(s.answerSRP(s.responses(run)), "", "")
	expect("SRP ends", "PostAuthentication_Authentication TokenGeneration_Authentication")
	s.now = s.now.Add(time.Minute)
	s.call("ForgotPassword", "ClientId", s.app, "Username", "bob")
	expect("ForgotPassword", "CustomMessage_ForgotPassword")
	s.call("ConfirmForgotPassword", "ClientId", s.app, "Username", "bob", "Password", "Another1!", "ConfirmationCode", s.code("bob@acme.example"))
	expect("ConfirmForgotPassword", "PostConfirmation_ConfirmForgotPassword")
	s.call("UpdateUserAttributes", "AccessToken", a.access, "UserAttributes", attrs("email", "bob@other.example"))
	expect("UpdateUserAttributes", "CustomMessage_UpdateUserAttribute")
	s.call("UpdateUserAttributes", "AccessToken", a.access, "UserAttributes", attrs("name", "Bob"))
	expect("UpdateUserAttributes of a name", "")
	s.call("GetUserAttributeVerificationCode", "AccessToken", a.access, "AttributeName", "email")
	expect("GetUserAttributeVerificationCode", "CustomMessage_VerifyUserAttribute")
	s.call("AdminUpdateUserAttributes", "UserPoolId", s.id, "Username", "bob", "UserAttributes", attrs("email", "bob@acme.example"))
	expect("AdminUpdateUserAttributes", "CustomMessage_UpdateUserAttribute")
	s.call("AdminCreateUser", "UserPoolId", s.id, "Username", "carol", "TemporaryPassword", password, "UserAttributes", attrs("email", "carol@acme.example"))
	expect("AdminCreateUser", "PreSignUp_AdminCreateUser CustomMessage_AdminCreateUser")
	s.call("AdminCreateUser", "UserPoolId", s.id, "Username", "carol", "TemporaryPassword", password, "MessageAction", "RESEND")
	expect("AdminCreateUser again", "CustomMessage_AdminCreateUser")
	a = s.try("carol", password)
	expect("temporary password", "PreAuthentication_Authentication")
	a = s.step("RespondToAuthChallenge", "ClientId", s.app, "ChallengeName", a.challenge, "Session", a.session, "ChallengeResponses", m{"USERNAME": "carol", "NEW_PASSWORD": "Another1!"})
	s.wants(a, "", "")
	expect("new password", "PostAuthentication_Authentication TokenGeneration_NewPasswordChallenge")
	s.call("AdminResetUserPassword", "UserPoolId", s.id, "Username", "alice")
	expect("AdminResetUserPassword", "CustomMessage_ForgotPassword")
	s.signUp(s.app, "dan", "email", "dan@acme.example")
	s.forget()
	s.call("AdminConfirmSignUp", "UserPoolId", s.id, "Username", "dan")
	expect("AdminConfirmSignUp", "PostConfirmation_ConfirmSignUp")
	s.wants(s.try("dan", "wrong"), "NotAuthorizedException", "Incorrect username or password.")
	expect("wrong password", "PreAuthentication_Authentication")
	s.wants(s.try("nobody", "wrong"), "UserNotFoundException", "User does not exist.")
	expect("nobody", "")
	s.app, _ = s.door("PreventUserExistenceErrors", "ENABLED")
	s.wants(s.try("nobody", "wrong"), "NotAuthorizedException", "Incorrect username or password.")
	if e := s.last(t, "PreAuthentication_Authentication"); e["userName"] != "nobody" || e["request"].(m)["userNotFound"] != true || len(e["request"].(m)["userAttributes"].(m)) != 0 {
		t.Errorf("%v", e)
	}
	expect("hidden nobody", "PreAuthentication_Authentication")
	a = s.step("InitiateAuth", "ClientId", s.app, "AuthFlow", "REFRESH_TOKEN_AUTH", "AuthParameters", m{"REFRESH_TOKEN": "x.y"})
	s.wants(a, "NotAuthorizedException", "Invalid Refresh Token")
	expect("bad refresh token", "")
}

// TestTriggerSourcesOfFlows: PreAuthentication runs once for a sign-in, however
// many steps it has and whoever asks for it.
func TestTriggerSourcesOfFlows(t *testing.T) {
	s := newStage(t, allTriggers)
	flows, _ := s.door("ExplicitAuthFlows", []string{"ALLOW_USER_AUTH"})
	const all = "PreAuthentication_Authentication PostAuthentication_Authentication TokenGeneration_Authentication"
	for name, in := range map[string]func() answer{
		"administrator": func() answer {
			return s.step("AdminInitiateAuth", "UserPoolId", s.id, "ClientId", s.app, "AuthFlow", "ADMIN_USER_PASSWORD_AUTH",
				"AuthParameters", m{"USERNAME": "alice", "PASSWORD": password})
		},
		"choice, at once": func() answer {
			return s.step("InitiateAuth", "ClientId", flows, "AuthFlow", "USER_AUTH", "AuthParameters",
				m{"USERNAME": "alice", "PASSWORD": password, "PREFERRED_CHALLENGE": "PASSWORD"})
		},
		"choice": func() answer {
			a := s.step("InitiateAuth", "ClientId", flows, "AuthFlow", "USER_AUTH", "AuthParameters", m{"USERNAME": "alice"})
			return s.step("RespondToAuthChallenge", "ClientId", flows, "ChallengeName", a.challenge, "Session", a.session,
				"ChallengeResponses", m{"USERNAME": "alice", "ANSWER": "PASSWORD", "PASSWORD": password})
		},
		"choice of SRP": func() answer {
			a := s.step("InitiateAuth", "ClientId", flows, "AuthFlow", "USER_AUTH", "AuthParameters", m{"USERNAME": "alice"})
			app := s.app
			s.app = flows
			defer func() { s.app = app }()
			run := s.startSRP("nobody", password) // for the client's half; the flow is not open
			run.first = s.step("RespondToAuthChallenge", "ClientId", flows, "ChallengeName", a.challenge, "Session", a.session,
				"ChallengeResponses", m{"USERNAME": "alice", "ANSWER": "PASSWORD_SRP", "SRP_A": run.client.A()})
			return s.step("RespondToAuthChallenge", "ClientId", flows, "ChallengeName", run.first.challenge, "Session", run.first.session,
				"ChallengeResponses", s.responses(run))
		},
	} {
		s.forget()
		a := in()
		if a.id == "" {
			t.Errorf("%s: %s", name, a.Body)
		}
		if got := s.sources(); got != all {
			t.Errorf("%s ran %s", name, got)
		}
	}
}

// TestTriggerEvents: what functions are told.
func TestTriggerEvents(t *testing.T) {
	s := newStage(t, "V2 "+strings.Replace(allTriggers, "PreTokenGeneration", "", 1), "AutoVerifiedAttributes", []string{"email"})
	s.call("SignUp", "ClientId", s.app, "Username", "bob", "Password", password, "UserAttributes", attrs("email", "bob@acme.example"),
		"ValidationData", attrs("captcha", "xyz"), "ClientMetadata", m{"where": "signup"})
	sub := s.attributes(s.id, "bob")["sub"]
	s.call("ConfirmSignUp", "ClientId", s.app, "Username", "bob", "ConfirmationCode", s.code("bob@acme.example"), "ClientMetadata", m{"where": "confirm"})
	s.call("CreateGroup", "UserPoolId", s.id, "GroupName", "g")
	s.call("AdminAddUserToGroup", "UserPoolId", s.id, "Username", "bob", "GroupName", "g")
	s.step("InitiateAuth", "ClientId", s.app, "AuthFlow", "USER_PASSWORD_AUTH", "AuthParameters", m{"USERNAME": "bob", "PASSWORD": password}, "ClientMetadata", m{"where": "initiate"})
	full := m{"sub": sub, "email": "bob@acme.example", "email_verified": "true", "cognito:user_status": "CONFIRMED"}
	groups := m{"groupsToOverride": []any{"g"}, "iamRolesToOverride": []any{}, "preferredRole": nil}
	for source, want := range map[string]m{
		"PreSignUp_SignUp": {
			"version": "1", "request": m{"userAttributes": m{"email": "bob@acme.example"}, "validationData": m{"captcha": "xyz"}, "clientMetadata": m{"where": "signup"}},
			"response": m{"autoConfirmUser": false, "autoVerifyEmail": false, "autoVerifyPhone": false},
		},
		"CustomMessage_SignUp": {"version": "1", "request": m{
			"userAttributes": m{"sub": sub, "email": "bob@acme.example", "email_verified": "false", "cognito:user_status": "UNCONFIRMED"},
			"codeParameter":  "{####}", "usernameParameter": nil, "clientMetadata": m{"where": "signup"},
		}, "response": m{"smsMessage": nil, "emailMessage": nil, "emailSubject": nil}},
		"PostConfirmation_ConfirmSignUp":    {"version": "1", "request": m{"userAttributes": full, "clientMetadata": m{"where": "confirm"}}, "response": m{}},
		"PreAuthentication_Authentication":  {"version": "1", "request": m{"userAttributes": full, "validationData": m{"where": "initiate"}, "userNotFound": false}, "response": m{}},
		"PostAuthentication_Authentication": {"version": "1", "request": m{"userAttributes": full, "newDeviceUsed": false}, "response": m{}},
		"TokenGeneration_Authentication": {
			"version": "2", "request": m{"userAttributes": full, "groupConfiguration": groups, "scopes": []any{"aws.cognito.signin.user.admin"}},
			"response": m{"claimsAndScopeOverrideDetails": nil},
		},
	} {
		want["triggerSource"], want["region"], want["userPoolId"], want["userName"] = source, "us-east-1", s.id, "bob"
		want["callerContext"] = m{"awsSdkVersion": "aws-sdk-unknown-unknown", "clientId": s.app}
		got, _ := json.Marshal(s.last(t, source))
		if w, _ := json.Marshal(want); string(got) != string(w) {
			t.Errorf("got  %s\nwant %s", got, w)
		}
	}
	for _, c := range s.calls {
		if c.Service != "cognito-idp.amazonaws.com" || c.SourceAccount != "000000000000" || c.SourceARN != "arn:aws:cognito-idp:us-east-1:000000000000:userpool/"+s.id || c.Async {
			t.Errorf("%+v", c)
		}
	}
	s.call("AdminCreateUser", "UserPoolId", s.id, "Username", "carol", "MessageAction", "SUPPRESS")
	if e := s.last(t, "PreSignUp_AdminCreateUser"); e["callerContext"].(m)["clientId"] != "CLIENT_ID_NOT_APPLICABLE" || e["request"].(m)["validationData"] != nil {
		t.Errorf("%v", e)
	}
}

// TestClientMetadata: what comes with a challenge's answer or a refresh is for the
// functions that follow.
func TestClientMetadata(t *testing.T) {
	s := newStage(t, "PostAuthentication PreTokenGeneration")
	run := s.startSRP("alice", password)
	a := s.step("RespondToAuthChallenge", "ClientId", s.app, "ChallengeName", "PASSWORD_VERIFIER", "ChallengeResponses", s.responses(run), "ClientMetadata", m{"k": "answer"})
	s.wants(a, "", "")
	for _, source := range []string{"PostAuthentication_Authentication", "TokenGeneration_Authentication"} {
		if got := s.last(t, source)["request"].(m)["clientMetadata"]; got == nil || got.(m)["k"] != "answer" {
			t.Errorf("%s got %v", source, got)
		}
	}
	s.call("GetTokensFromRefreshToken", "ClientId", s.app, "RefreshToken", a.refresh, "ClientMetadata", m{"k": "refresh"})
	if got := s.last(t, "TokenGeneration_RefreshTokens")["request"].(m)["clientMetadata"]; got == nil || got.(m)["k"] != "refresh" {
		t.Errorf("got %v", got)
	}
	s.step("InitiateAuth", "ClientId", s.app, "AuthFlow", "REFRESH_TOKEN_AUTH", "AuthParameters", m{"REFRESH_TOKEN": a.refresh}, "ClientMetadata", m{"k": "initiate"})
	if got, there := s.last(t, "TokenGeneration_RefreshTokens")["request"].(m)["clientMetadata"]; there {
		t.Errorf("got %v", got)
	}
}
