package sts_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/bailiwick-project/bailiwick"
)

const cognito = "cognito-identity.amazonaws.com"

// trustsPool is the trust policy that the Cognito developer guide shows.
func trustsPool(actions string) string {
	return `{"Effect":"Allow","Principal":{"Federated":"` + cognito + `"},"Action":[` + actions + `],"Condition":{` +
		`"StringEquals":{"` + cognito + `:aud":"us-east-1:pool"},"ForAnyValue:StringLike":{"` + cognito + `:amr":"authenticated"}}}`
}

func identity(tags map[string]string) bailiwick.WebIdentity {
	return bailiwick.WebIdentity{Provider: cognito, Subject: "us-east-1:alice", Audience: "us-east-1:pool", AMR: []string{"authenticated", "p", "p:CognitoSignIn:1"}, Tags: tags}
}

func TestAssumeRoleWithWebIdentity(t *testing.T) {
	w := newWorld(t)
	w.role("Web", trustsPool(`"sts:AssumeRoleWithWebIdentity","sts:TagSession"`))
	w.role("Unaware", trustsPool(`"sts:AssumeRoleWithWebIdentity"`))
	w.role("Alice", strings.Replace(trustsPool(`"sts:AssumeRoleWithWebIdentity"`), `:aud":"us-east-1:pool"`, `:sub":"us-east-1:alice"`, 1))
	w.role("Signed", trusts("*", `"sts:AssumeRole","sts:AssumeRoleWithWebIdentity"`))
	w.identities["good"] = identity(map[string]string{"org": "acme"})
	w.identities["plain"] = identity(nil)
	guest, foreign := identity(nil), identity(nil)
	guest.AMR, foreign.Audience = []string{"unauthenticated"}, "us-east-1:other"
	foreign.Subject = "us-east-1:mallory"
	w.identities["guest"], w.identities["foreign"] = guest, foreign
	w.identities["wildcard"] = identity(map[string]string{"org": "*"})
	w.As(bailiwick.Anonymous())

	in := form("RoleArn", roleARN("Web"), "RoleSessionName", "me", "WebIdentityToken", "good", "DurationSeconds", "7200")
	a, cred := w.assume("AssumeRoleWithWebIdentity", in)
	if a.Subject != "us-east-1:alice" || a.Issuer != cognito || a.Aud != "us-east-1:pool" || a.Packed != "1" || a.Expires != "2026-03-01T14:00:00Z" {
		t.Errorf("answer %+v", a)
	}
	s := cred.Principal.Session
	want := map[string][]string{cognito + ":aud": {"us-east-1:pool"}, cognito + ":sub": {"us-east-1:alice"}, cognito + ":amr": {"authenticated", "p", "p:CognitoSignIn:1"}}
	if s.Provider != cognito || !maps.EqualFunc(s.WebIdentity, want, slices.Equal[[]string]) || s.Tags["org"] != "acme" {
		t.Errorf("session %+v", s)
	}
	const no = "Not authorized to perform sts:AssumeRoleWithWebIdentity"
	for _, tt := range []struct{ name, role, token, code, message string }{
		{"missing role", "Nothing", "good", "AccessDenied", no},
		{"guest", "Web", "guest", "AccessDenied", no},
		{"another pool", "Web", "foreign", "AccessDenied", no},
		{"another identity", "Alice", "foreign", "AccessDenied", no},
		{"tags without sts:TagSession", "Unaware", "good", "AccessDenied", no},
		{"everybody's role is for signed callers", "Signed", "plain", "AccessDenied", no},
		{"bad token", "Web", "bad!", "InvalidIdentityToken", "no such token"},
		{"bad token, missing role", "Nothing", "bad!", "InvalidIdentityToken", "no such token"},
		{"wildcard in a tag", "Web", "wildcard", "InvalidIdentityToken", "The value of the tag 'org' has characters that tags cannot have."},
	} {
		w.refused(tt.name, "AssumeRoleWithWebIdentity", and(in, "RoleArn", roleARN(tt.role), "WebIdentityToken", tt.token), tt.code, tt.message)
	}
	w.assume("AssumeRoleWithWebIdentity", and(in, "RoleArn", roleARN("Unaware"), "WebIdentityToken", "plain"))
	w.assume("AssumeRoleWithWebIdentity", and(in, "RoleArn", roleARN("Alice"), "WebIdentityToken", "plain"))
	w.refused("ProviderId", "AssumeRoleWithWebIdentity", and(in, "ProviderId", "www.amazon.com"), "ValidationError", "ProviderId is for OAuth 2.0 access tokens, which are not supported.")
}

func TestRefusalIsExplainedToTheAdministrator(t *testing.T) {
	w := newWorld(t)
	w.role("Unaware", trustsPool(`"sts:AssumeRoleWithWebIdentity"`))
	w.identities["good"] = identity(map[string]string{"org": "acme"})
	w.Form("AssumeRoleWithWebIdentity", form("RoleArn", roleARN("Unaware"), "RoleSessionName", "me", "WebIdentityToken", "good"))
	trail := w.Records[len(w.Records)-1].Call.Trail
	if len(trail.Judgements) != 2 || len(trail.Notes) != 1 || !strings.Contains(trail.Notes[0], "sts:TagSession because no role trust policy allows") {
		t.Errorf("%d judgements, notes %q", len(trail.Judgements), trail.Notes)
	}
}

func TestCognitoKeysInAChain(t *testing.T) {
	w := newWorld(t)
	w.role("Web", trustsPool(`"sts:AssumeRoleWithWebIdentity"`))
	w.role("Next", `{"Effect":"Allow","Principal":{"AWS":"`+roleARN("Web")+`"},"Action":"sts:AssumeRole","Condition":{"StringEquals":{"`+cognito+`:sub":"us-east-1:alice"}}}`)
	w.allow(roleARN("Web"), allowAssume)
	alice, mallory := identity(nil), identity(nil)
	mallory.Subject = "us-east-1:mallory"
	w.identities["alice"], w.identities["mallory"] = alice, mallory
	in := form("RoleArn", roleARN("Web"), "RoleSessionName", "me", "WebIdentityToken", "alice")
	next := form("RoleArn", roleARN("Next"), "RoleSessionName", "next")
	_, cred := w.assume("AssumeRoleWithWebIdentity", in)
	w.As(cred.Principal)
	_, chained := w.assume("AssumeRole", next)
	if s := chained.Principal.Session; len(s.WebIdentity) != 0 || s.Provider != "" {
		t.Errorf("the chained session keeps %v of %s", s.WebIdentity, s.Provider)
	}
	_, cred = w.assume("AssumeRoleWithWebIdentity", and(in, "WebIdentityToken", "mallory"))
	w.As(cred.Principal)
	w.refused("another subject", "AssumeRole", next, "AccessDenied", "User: "+cred.Principal.ARN+" is not authorized to perform: sts:AssumeRole on resource: "+
		roleARN("Next")+" because no role trust policy allows the sts:AssumeRole action")
}
