package userpools_test

import (
	"testing"
)

// TestFunctionsAndSecondFactor: functions run once both factors are proven, and a
// code is good once, even while they run.
func TestFunctionsAndSecondFactor(t *testing.T) {
	s := newStage(t, "PreAuthentication PostAuthentication PreTokenGeneration")
	s.mfa("OPTIONAL")
	access := s.in().access
	secret := s.enrol(access)
	s.prefer(access, true, true)
	s.forget()
	a := s.try("alice", password)
	if got := s.sources(); a.challenge != "SOFTWARE_TOKEN_MFA" || got != "PreAuthentication_Authentication" {
		t.Errorf("%s after %s", a.challenge, got)
	}
	in := []any{
		"ClientId", s.app, "ChallengeName", a.challenge, "Session", a.session, "ClientMetadata",
		m{"k": "v"},
		"ChallengeResponses",
		m{"USERNAME": "alice", "SOFTWARE_TOKEN_MFA_CODE": s.shows(secret, 0)},
	}
	second := ""
	s.set("PostAuthentication", doing(func(m) {
		s.set("PostAuthentication", nil)
		second = s.post("RespondToAuthChallenge", doc(in...))
	}))
	a = s.step("RespondToAuthChallenge", in...)
	s.wants(a, "", "")
	if second != sessionEnded {
		t.Errorf("the second answer heard %q", second)
	}
	if got := s.sources(); got != "PreAuthentication_Authentication PostAuthentication_Authentication TokenGeneration_Authentication" {
		t.Errorf("ran %s", got)
	}
	if e := s.last(t, "PostAuthentication_Authentication")["request"].(m); e["clientMetadata"].(m)["k"] != "v" {
		t.Errorf("%v", e)
	}
	s.call("GetUser", "AccessToken", a.access)
}

// TestSecondFactorWhileFunctionsRun: a sign-in that needed one factor when it began
// gets no tokens once it needs two.
func TestSecondFactorWhileFunctionsRun(t *testing.T) {
	for _, trigger := range []string{"PostAuthentication", "PreTokenGeneration"} {
		s := newStage(t, "")
		s.mfa("OPTIONAL")
		access := s.in().access
		s.enrol(access)
		s.configure(trigger)
		s.within(trigger, "SetUserMFAPreference", "AccessToken", access, "SoftwareTokenMfaSettings", m{"Enabled": true, "PreferredMfa": true})
		s.wants(s.try("alice", password), "NotAuthorizedException", sessionEnded)
		if a := s.try("alice", password); a.challenge != "SOFTWARE_TOKEN_MFA" {
			t.Errorf("%s", a.Body)
		}
	}
}

// TestPoolAsksForSecondFactorWhileFunctionsRun: the same where the pool begins to
// ask everybody.
func TestPoolAsksForSecondFactorWhileFunctionsRun(t *testing.T) {
	for _, trigger := range []string{"PostAuthentication", "PreTokenGeneration"} {
		s := newStage(t, "")
		s.mfa("OPTIONAL")
		s.configure(trigger)
		s.within(trigger, "SetUserPoolMfaConfig", "UserPoolId", s.id, "MfaConfiguration", "ON", "SoftwareTokenMfaConfiguration", m{"Enabled": true})
		s.wants(s.try("alice", password), "NotAuthorizedException", sessionEnded)
	}
}
