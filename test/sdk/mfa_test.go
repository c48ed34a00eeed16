package sdk_test

import (
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	idp "github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"
	idptypes "github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider/types"
	"github.com/pquerna/otp/totp"
)

// A wishing world is a pool in which an administrator wishes a second factor of
// some users, by an attribute that only the server writes, and a function refuses
// those who have none.
type wishing struct {
	*world
	pool, client string
}

func newWishing(t *testing.T, s *server) *wishing {
	w := &wishing{world: newWorld(t, s)}
	w.nodeFunction("guard", "post-authentication.mjs", nil,
		`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"cognito-idp:AdminGetUser","Resource":"*"}]}`)
	out, err := w.users.CreateUserPool(w.ctx, &idp.CreateUserPoolInput{
		PoolName: aws.String("people"), UsernameAttributes: []idptypes.UsernameAttributeType{"email"},
		Schema:       []idptypes.SchemaAttributeType{{Name: aws.String("mfa_wished"), AttributeDataType: "Boolean", Mutable: aws.Bool(true)}},
		LambdaConfig: &idptypes.LambdaConfigType{PostAuthentication: aws.String(functionARN("guard"))},
	})
	w.must("CreateUserPool", err)
	w.pool = aws.ToString(out.UserPool.Id)
	w.allowInvoke("guard", "cognito-idp.amazonaws.com", aws.ToString(out.UserPool.Arn))
	_, err = w.users.SetUserPoolMfaConfig(w.ctx, &idp.SetUserPoolMfaConfigInput{
		UserPoolId: &w.pool, MfaConfiguration: idptypes.UserPoolMfaTypeOptional, SoftwareTokenMfaConfiguration: &idptypes.SoftwareTokenMfaConfigType{Enabled: true},
	})
	w.must("SetUserPoolMfaConfig", err)
	w.client = w.world.client(w.pool, "email")
	return w
}

// TestAdministratorsDecideMFA: the wish counts at once, cannot be taken back by
// the user, and is fulfilled by a second factor that really works.
func TestAdministratorsDecideMFA(t *testing.T) {
	needNode(t)
	t.Parallel()
	w := newWishing(t, serve(t, devData))
	email := w.user(w.pool)
	access := aws.ToString(w.signIn(w.client, email).AccessToken)

	_, err := w.users.AdminUpdateUserAttributes(w.ctx, &idp.AdminUpdateUserAttributesInput{UserPoolId: &w.pool, Username: &email, UserAttributes: pairs("custom:mfa_wished", "true")})
	w.must("wishing", err)
	_, err = w.users.UpdateUserAttributes(w.ctx, &idp.UpdateUserAttributesInput{AccessToken: &access, UserAttributes: pairs("custom:mfa_wished", "false")})
	w.want("taking the wish back", err, "NotAuthorizedException: A client attempted to write unauthorized attribute")
	const refused = "UserLambdaValidationException: PostAuthentication failed with error Your administrator wants a second factor. Set one up first."
	_, err = w.begin(email)
	w.want("signing in without a second factor", err, refused)

	secret, code := w.setUpToken(access)
	out, err := w.begin(email)
	w.must("signing in with a second factor", err)
	if out.ChallengeName != idptypes.ChallengeNameTypeSoftwareTokenMfa || out.AuthenticationResult != nil {
		t.Fatalf("the challenge is %s", out.ChallengeName)
	}
	_, err = w.answer(email, out.Session, code)
	w.want("using the code a second time", err, "ExpiredCodeException: Your software token has already been used once.")
	out, err = w.begin(email)
	w.must("signing in again", err)
	in, err := w.answer(email, out.Session, nextCode(t, secret, code))
	w.must("answering with a fresh code", err)
	if in.AuthenticationResult == nil {
		t.Fatalf("no tokens: %s", in.ChallengeName)
	}

	w.s.restart(t)
	out, err = w.begin(email)
	w.must("signing in after a crash", err)
	_, err = w.answer(email, out.Session, code)
	w.want("using the code a second time after a crash", err, "ExpiredCodeException: Your software token has already been used once.")
	_, err = w.users.AdminSetUserMFAPreference(w.ctx, &idp.AdminSetUserMFAPreferenceInput{
		UserPoolId: &w.pool, Username: &email, SoftwareTokenMfaSettings: &idptypes.SoftwareTokenMfaSettingsType{Enabled: false},
	})
	w.must("taking the factor away", err)
	_, err = w.begin(email)
	w.want("signing in after the factor was taken away", err, refused)
}

func (w *wishing) begin(username string) (*idp.InitiateAuthOutput, error) {
	return w.users.InitiateAuth(w.ctx, &idp.InitiateAuthInput{
		AuthFlow: "USER_PASSWORD_AUTH", ClientId: &w.client, AuthParameters: map[string]string{"USERNAME": username, "PASSWORD": password},
	})
}

func (w *wishing) answer(username string, session *string, code string) (*idp.RespondToAuthChallengeOutput, error) {
	return w.users.RespondToAuthChallenge(w.ctx, &idp.RespondToAuthChallengeInput{
		ChallengeName: idptypes.ChallengeNameTypeSoftwareTokenMfa, ClientId: &w.client, Session: session,
		ChallengeResponses: map[string]string{"USERNAME": username, "SOFTWARE_TOKEN_MFA_CODE": code},
	})
}

// setUpToken gives a signed-in user a software token, and returns the code that
// proved it.
func (w *wishing) setUpToken(access string) (secret, code string) {
	w.t.Helper()
	made, err := w.users.AssociateSoftwareToken(w.ctx, &idp.AssociateSoftwareTokenInput{AccessToken: &access})
	w.must("AssociateSoftwareToken", err)
	secret = aws.ToString(made.SecretCode)
	code, err = totp.GenerateCode(secret, time.Now())
	w.must("making a code", err)
	_, err = w.users.VerifySoftwareToken(w.ctx, &idp.VerifySoftwareTokenInput{AccessToken: &access, UserCode: &code})
	w.must("VerifySoftwareToken", err)
	_, err = w.users.SetUserMFAPreference(w.ctx, &idp.SetUserMFAPreferenceInput{
		AccessToken: &access, SoftwareTokenMfaSettings: &idptypes.SoftwareTokenMfaSettingsType{Enabled: true, PreferredMfa: true},
	})
	w.must("SetUserMFAPreference", err)
	return secret, code
}

// nextCode is a code of a later step than the one that gave code: clocks may
// differ by a step, so that nobody has to wait for it.
func nextCode(t *testing.T, secret, code string) string {
	t.Helper()
	for _, ahead := range []time.Duration{30 * time.Second, 0} {
		next, err := totp.GenerateCode(secret, time.Now().Add(ahead))
		if err != nil {
			t.Fatal(err)
		}
		if next != code {
			return next
		}
	}
	t.Fatal("no other code")
	return ""
}

// TestSecondFactorAmplify: what Amplify makes of the challenges, with SRP.
func TestSecondFactorAmplify(t *testing.T) {
	needNode(t)
	t.Parallel()
	w := newWorld(t, serve(t, devMemory))
	in := map[string]any{"endpoint": w.s.url, "region": region, "password": password}
	for name, mode := range map[string]idptypes.UserPoolMfaType{"optional": "OPTIONAL", "required": "ON"} {
		pool := w.pool(true)
		_, err := w.users.SetUserPoolMfaConfig(w.ctx, &idp.SetUserPoolMfaConfigInput{
			UserPoolId: &pool, MfaConfiguration: mode, SoftwareTokenMfaConfiguration: &idptypes.SoftwareTokenMfaConfigType{Enabled: true},
		})
		w.must("SetUserPoolMfaConfig", err)
		in[name] = map[string]string{"userPool": pool, "client": w.client(pool, "email"), "email": w.user(pool)}
	}
	var got map[string]any
	node(t, "mfa-amplify.mjs", in, &got)
	want := map[string]any{
		"before":     "DONE",
		"preference": map[string]any{"enabled": []any{"TOTP"}, "preferred": "TOTP"},
		"asked":      "CONFIRM_SIGN_IN_WITH_TOTP_CODE",
		"replayed":   "ExpiredCodeException: Your software token has already been used once.",
		"wrong":      "CodeMismatchException: Invalid code received for user",
		"answered":   "DONE",
		"user":       in["optional"].(map[string]string)["email"],
		"off":        "DONE",
		"mustSetUp":  "CONTINUE_SIGN_IN_WITH_TOTP_SETUP",
		"done":       "DONE",
		"next":       "CONFIRM_SIGN_IN_WITH_TOTP_CODE",
	}
	for name := range want {
		if have, must := text(t, got[name]), text(t, want[name]); have != must {
			t.Errorf("%s:\n got %s\nwant %s", name, have, must)
		}
	}
}
