package userpools_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/bailiwick-project/bailiwick"
)

// TestLambdaConfig: what runs is stored and shown, what would not run is refused.
func TestLambdaConfig(t *testing.T) {
	s := newStage(t, "")
	f := lambdaARN("f")
	show := func(id string) string {
		b, err := json.Marshal(s.call("DescribeUserPool", "UserPoolId", id)["UserPool"].(m)["LambdaConfig"])
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	if got := show(s.id); got != "{}" {
		t.Errorf("none: %s", got)
	}
	all := m{"PreTokenGenerationConfig": m{"LambdaArn": f, "LambdaVersion": "V2_0"}}
	for _, name := range strings.Fields(allTriggers) {
		all[name] = f
	}
	want, _ := json.Marshal(all)
	s.call("UpdateUserPool", "UserPoolId", s.id, "LambdaConfig", all)
	if got := show(s.id); got != string(want) {
		t.Errorf("got %s, want %s", got, want)
	}
	if got := show(s.pool("LambdaConfig", all)); got != string(want) {
		t.Errorf("made with: %s", got)
	}
	s.call("UpdateUserPool", "UserPoolId", s.id)
	if got := show(s.id); got != "{}" {
		t.Errorf("after an update without: %s", got)
	}
	const none = " is not supported: this server does not run that trigger."
	bad := func(arn string) string { return arn + " is not the ARN of a Lambda function." }
	for _, c := range []struct {
		config  m
		message string
	}{
		{m{"UserMigration": f}, "LambdaConfig UserMigration" + none},
		{m{"DefineAuthChallenge": f}, "LambdaConfig DefineAuthChallenge" + none},
		{m{"CreateAuthChallenge": f}, "LambdaConfig CreateAuthChallenge" + none},
		{m{"VerifyAuthChallengeResponse": f}, "LambdaConfig VerifyAuthChallengeResponse" + none},
		{m{"CustomEmailSender": m{"LambdaArn": f, "LambdaVersion": "V1_0"}}, "LambdaConfig CustomEmailSender" + none},
		{m{"CustomSMSSender": m{"LambdaArn": f, "LambdaVersion": "V1_0"}}, "LambdaConfig CustomSMSSender" + none},
		{m{"KMSKeyID": "arn:aws:kms:us-east-1:000000000000:key/k"}, "LambdaConfig KMSKeyID" + none},
		{m{"PreTokenGenerationConfig": m{"LambdaArn": f, "LambdaVersion": "V3_0"}}, "PreTokenGenerationConfig LambdaVersion V3_0 is not supported: this server has no client credentials grant. Use V2_0."},
		{m{"PreTokenGeneration": lambdaARN("g"), "PreTokenGenerationConfig": m{"LambdaArn": f, "LambdaVersion": "V1_0"}}, "PreTokenGeneration and the LambdaArn of PreTokenGenerationConfig must be identical."},
		{m{"PreSignUp": "arn:aws:iam::000000000000:role/r"}, bad("arn:aws:iam::000000000000:role/r")},
		{m{"PreSignUp": "arn:aws:lambda:us-east-1:000000000000:layer:f"}, bad("arn:aws:lambda:us-east-1:000000000000:layer:f")},
		{m{"PreSignUp": f + ".x"}, bad(f + ".x")},
		{m{"PreSignUp": "arn:aws:lambda:eu-west-1:000000000000:function:f"}, "The Lambda function arn:aws:lambda:eu-west-1:000000000000:function:f is not in the region of the user pool, us-east-1."},
	} {
		s.fails("InvalidParameterException", c.message, "UpdateUserPool", "UserPoolId", s.id, "LambdaConfig", c.config)
		s.fails("InvalidParameterException", c.message, "CreateUserPool", "PoolName", "p", "LambdaConfig", c.config)
	}
	s.call("UpdateUserPool", "UserPoolId", s.id, "LambdaConfig", m{"PreSignUp": f + ":7", "PostConfirmation": f + ":live"})
	v2 := m{"PreTokenGenerationConfig": m{"LambdaArn": f, "LambdaVersion": "V2_0"}}
	if r := s.JSON("CreateUserPool", doc("PoolName", "p", "UserPoolTier", "LITE", "LambdaConfig", v2)); r.Code != "FeatureUnavailableInTierException" {
		t.Errorf("%s %s", r.Code, r.Message)
	}
}

// TestNotesTellOfFunctions: the administrator hears what ran and how it went, and
// no secret.
func TestNotesTellOfFunctions(t *testing.T) {
	s := newStage(t, "PostAuthentication PreAuthentication CustomMessage")
	s.set("PostAuthentication", throws("secret words"))
	s.try("alice", password)
	got := s.notes()
	for _, want := range []string{
		"trigger PreAuthentication_Authentication: " + lambdaARN("PreAuthentication") + " answered",
		"trigger PostAuthentication_Authentication: " + lambdaARN("PostAuthentication") + " failed (Unhandled); its log says why",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("%s\nlacks %s", got, want)
		}
	}
	s.call("AdminResetUserPassword", "UserPoolId", s.id, "Username", "alice")
	got += s.notes()
	for _, secret := range []string{password, s.code("alice@acme.example"), "secret words"} {
		if strings.Contains(got, secret) {
			t.Errorf("%s\ntells %s", got, secret)
		}
	}
}

// TestVerifyPoolToken: ID and access tokens of the pool, and nothing else.
func TestVerifyPoolToken(t *testing.T) {
	r := newRealm(t)
	a := r.in()
	other := r.pool()
	provider := "cognito-idp.us-east-1.amazonaws.com/" + r.id
	check := func(name, provider, raw, want string) {
		t.Helper()
		claims, err := r.api.VerifyPoolToken(t.Context(), provider, raw)
		got := ""
		if err != nil {
			got = err.Error()
		} else {
			got = fmt.Sprint(claims["token_use"])
		}
		if got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
	refused := func(reason bailiwick.TokenReason) string { return (&bailiwick.TokenError{Reason: reason}).Error() }
	check("ID token", provider, a.id, "id")
	check("access token", provider, a.access, "access")
	check("refresh token", provider, a.refresh, refused(bailiwick.TokenMalformed))
	check("other pool", "cognito-idp.us-east-1.amazonaws.com/"+other, a.id, refused(bailiwick.TokenIssuer))
	check("no pool", provider+"x", a.id, refused(bailiwick.TokenNoProvider))
	idKid, accessKid := header(t, a.id)["kid"].(string), header(t, a.access)["kid"].(string)
	body := func(raw string, pairs ...any) m {
		c := m{}
		for k, v := range r.claims(raw) {
			c[k] = v
		}
		for i := 0; i < len(pairs); i += 2 {
			if c[pairs[i].(string)] = pairs[i+1]; pairs[i+1] == nil {
				delete(c, pairs[i].(string))
			}
		}
		return c
	}
	for _, c := range []struct {
		name, kid string
		body      m
		want      string
	}{
		{"as it is", idKid, body(a.id), "id"},
		{"ID token by the access key", accessKid, body(a.id), refused(bailiwick.TokenUse)},
		{"access token by the ID key", idKid, body(a.access), refused(bailiwick.TokenUse)},
		{"no use", idKid, body(a.id, "token_use", nil), refused(bailiwick.TokenUse)},
		{"no audience", idKid, body(a.id, "aud", nil, "client_id", r.app), refused(bailiwick.TokenNoAudience)},
		{"no client", accessKid, body(a.access, "client_id", nil, "aud", r.app), refused(bailiwick.TokenNoAudience)},
		{"no user", accessKid, body(a.access, "sub", nil), refused(bailiwick.TokenWrongSubject)},
		{"expired", accessKid, body(a.access, "exp", r.now.Unix()), refused(bailiwick.TokenExpired)},
		{"of tomorrow", accessKid, body(a.access, "iat", r.now.Unix()+86400), refused(bailiwick.TokenNotYet)},
	} {
		key := private(t, c.kid)
		check(c.name, provider, signed(t, m{"kid": c.kid, "alg": "RS256"}, c.body, key), c.want)
		check(c.name+", unsigned", provider, part(m{"kid": c.kid, "alg": "none"})+"."+part(c.body)+".", refused(bailiwick.TokenSignature))
	}
	r.call("AdminUserGlobalSignOut", "UserPoolId", r.id, "Username", "alice")
	check("signed out", provider, a.access, "access")
}
