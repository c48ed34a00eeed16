package userpools_test

import (
	"encoding/json"
	"testing"
	"time"
)

func (r *realm) choose(pairs ...any) answer {
	r.t.Helper()
	params := m{"USERNAME": "alice"}
	for i := 0; i < len(pairs); i += 2 {
		params[pairs[i].(string)] = pairs[i+1]
	}
	return r.step("InitiateAuth", "ClientId", r.app, "AuthFlow", "USER_AUTH", "AuthParameters", r.hashed(params, "alice"))
}

func (r *realm) respond(challenge, session string, pairs ...any) answer {
	r.t.Helper()
	in := m{"USERNAME": "alice"}
	for i := 0; i < len(pairs); i += 2 {
		in[pairs[i].(string)] = pairs[i+1]
	}
	return r.step("RespondToAuthChallenge", "ClientId", r.app, "ChallengeName", challenge, "Session", session, "ChallengeResponses", r.hashed(in, "alice"))
}

// TestChoice walks every way through USER_AUTH.
func TestChoice(t *testing.T) {
	for _, hidden := range []string{"LEGACY", "ENABLED"} {
		for _, secret := range []bool{false, true} {
			r := newRealm(t, "ExplicitAuthFlows", []string{"ALLOW_USER_AUTH"}, "PreventUserExistenceErrors", hidden, "GenerateSecret", secret)
			r.wants(r.choose("PREFERRED_CHALLENGE", "PASSWORD", "PASSWORD", password), "", "")
			r.wants(r.choose("PREFERRED_CHALLENGE", "PASSWORD", "PASSWORD", "Wrong1234!"), notAuthorized, wrongPassword)

			next := r.choose("PREFERRED_CHALLENGE", "EMAIL_OTP")
			if got, _ := json.Marshal(next.Out["AvailableChallenges"]); next.challenge != "SELECT_CHALLENGE" || string(got) != `["PASSWORD_SRP","PASSWORD"]` {
				t.Fatal(next.Body)
			}
			r.wants(r.respond("SELECT_CHALLENGE", next.session, "ANSWER", "EMAIL_OTP"), badParameter, "The challenge EMAIL_OTP is not available.")
			r.wants(r.respond("SELECT_CHALLENGE", next.session), badParameter, "Missing required parameter ANSWER")
			r.wants(r.respond("PASSWORD", next.session, "PASSWORD", password), notAuthorized, "Invalid session for the user.")
			r.reopen()
			r.wants(r.respond("SELECT_CHALLENGE", next.session, "ANSWER", "PASSWORD", "PASSWORD", password), "", "")
			r.wants(r.respond("SELECT_CHALLENGE", next.session, "ANSWER", "PASSWORD", "PASSWORD", password), notAuthorized, sessionEnded)

			next = r.choose("PREFERRED_CHALLENGE", "PASSWORD")
			r.wants(r.respond("PASSWORD", next.session, "PASSWORD", "Wrong1234!"), notAuthorized, wrongPassword)
			r.wants(r.respond("PASSWORD", next.session, "PASSWORD", password), notAuthorized, sessionEnded)

			next = r.choose()
			run := r.startSRP("alice", password) // its first message is refused; only its A is used
			r.wants(run.first, badParameter, "USER_SRP_AUTH is not enabled for the client.")
			for _, first := range []answer{
				r.choose("PREFERRED_CHALLENGE", "PASSWORD_SRP", "SRP_A", run.client.A()),
				r.respond("SELECT_CHALLENGE", next.session, "ANSWER", "PASSWORD_SRP", "SRP_A", run.client.A()),
				r.respond("PASSWORD_SRP", r.choose("PREFERRED_CHALLENGE", "PASSWORD_SRP").session, "SRP_A", run.client.A()),
			} {
				if first.challenge != "PASSWORD_VERIFIER" || first.session == "" {
					t.Fatal(first.Body)
				}
				run.first = first
				in := r.responses(run)
				r.wants(r.answerSRP(in), badParameter, "Missing required parameter Session")
				in["USERNAME"] = "alice"
				var pairs []any
				for k, v := range in {
					pairs = append(pairs, k, v)
				}
				r.wants(r.respond("PASSWORD_VERIFIER", first.session, pairs...), "", "")
				r.wants(r.respond("PASSWORD_VERIFIER", first.session, pairs...), notAuthorized, sessionEnded)
			}
			r.wants(r.respond("SELECT_CHALLENGE", next.session, "ANSWER", "PASSWORD_SRP", "SRP_A", run.client.A()), notAuthorized, sessionEnded)
			late := r.choose()
			r.now = r.now.Add(3 * time.Minute)
			r.wants(r.respond("SELECT_CHALLENGE", late.session, "ANSWER", "PASSWORD", "PASSWORD", password), notAuthorized, sessionEnded)
		}
	}
}

// TestChoiceUnknown: who exists is told or hidden as the client has it.
func TestChoiceUnknown(t *testing.T) {
	r := newRealm(t, "ExplicitAuthFlows", []string{"ALLOW_USER_AUTH"})
	r.wants(r.choose("USERNAME", "nobody"), "UserNotFoundException", "User does not exist.")
	r.app, _ = r.door("ExplicitAuthFlows", []string{"ALLOW_USER_AUTH"}, "PreventUserExistenceErrors", "ENABLED")
	next := r.choose("USERNAME", "nobody")
	if next.challenge != "SELECT_CHALLENGE" {
		t.Fatal(next.Body)
	}
	r.wants(r.respond("SELECT_CHALLENGE", next.session, "ANSWER", "PASSWORD", "PASSWORD", password), notAuthorized, "Invalid session for the user.") // it is not alice's
	r.wants(r.respond("SELECT_CHALLENGE", next.session, "USERNAME", "nobody", "ANSWER", "PASSWORD", "PASSWORD", password), notAuthorized, wrongPassword)
}

// TestChoiceNobody: who does not exist walks the same ways and fails at the end.
func TestChoiceNobody(t *testing.T) {
	r := newRealm(t, "ExplicitAuthFlows", []string{"ALLOW_USER_AUTH"}, "PreventUserExistenceErrors", "ENABLED")
	run := r.startSRP("nobody", password)
	next := r.choose("USERNAME", "nobody")
	name := next.params["USERNAME"]
	run.first = r.respond("SELECT_CHALLENGE", next.session, "USERNAME", name, "ANSWER", "PASSWORD_SRP", "SRP_A", run.client.A())
	if run.first.params["USER_ID_FOR_SRP"] != name {
		t.Fatal("nobody became somebody else", next.Body, run.first.Body)
	}
	var pairs []any
	for k, v := range r.responses(run) {
		pairs = append(pairs, k, v)
	}
	r.wants(r.respond("PASSWORD_VERIFIER", run.first.session, pairs...), notAuthorized, wrongPassword)
}

// TestChoiceHashesTheAnsweredName: clients hash the name that the server answered
// with. Where users are hidden, that must work for nobody as it does for a user.
func TestChoiceHashesTheAnsweredName(t *testing.T) {
	r := newRealm(t, "ExplicitAuthFlows", []string{"ALLOW_USER_AUTH"}, "PreventUserExistenceErrors", "ENABLED", "GenerateSecret", true)
	public := r.startSRP("alice", password).client.A()
	for _, name := range []string{"alice", "nobody"} {
		first := r.step("InitiateAuth", "ClientId", r.app, "AuthFlow", "USER_AUTH", "AuthParameters", r.hashed(m{"USERNAME": name}, name))
		answered, _ := first.params["USERNAME"].(string)
		next := r.step("RespondToAuthChallenge", "ClientId", r.app, "ChallengeName", "SELECT_CHALLENGE", "Session", first.session,
			"ChallengeResponses", r.hashed(m{"USERNAME": answered, "ANSWER": "PASSWORD_SRP", "SRP_A": public}, answered))
		if r.wants(next, "", ""); next.challenge != "PASSWORD_VERIFIER" || next.params["USERNAME"] != answered {
			t.Errorf("%s: %s", name, next.Body)
		}
	}
}
