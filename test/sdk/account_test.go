package sdk_test

import (
	"encoding/json"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	idp "github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"
)

// TestAccountAmplify: everything that a person does with her account, through
// Amplify, whose own checks and error classes are part of the test.
func TestAccountAmplify(t *testing.T) {
	t.Parallel()
	needNode(t)
	w := newWorld(t, serve(t, devMemory))
	userPool := w.pool(true)
	client := w.client(userPool, "email", "name")
	const email = "ann@example.org"
	_, err := w.users.AdminCreateUser(w.ctx, &idp.AdminCreateUserInput{
		UserPoolId: &userPool, Username: aws.String(email), TemporaryPassword: aws.String(password),
		UserAttributes: pairs("email", email, "email_verified", "true", "custom:org", orgA),
	})
	w.must("AdminCreateUser", err)
	var got map[string]any
	node(t, "account-amplify.mjs", map[string]any{
		"endpoint": w.s.url, "region": region, "userPool": userPool, "client": client, "email": email, "password": password,
	}, &got)
	want := map[string]any{
		"unknown":     "UserNotFoundException: User does not exist.",
		"wrong":       "NotAuthorizedException: Incorrect username or password.",
		"first":       "CONFIRM_SIGN_IN_WITH_NEW_PASSWORD_REQUIRED",
		"chosen":      "DONE",
		"attributes":  map[string]any{"email": email, "email_verified": "true", "custom:org": orgA},
		"sameSub":     true,
		"renamed":     map[string]any{"name": map[string]any{"isUpdated": true, "nextStep": map[string]any{"updateAttributeStep": "DONE"}}},
		"moving":      "CONFIRM_ATTRIBUTE_WITH_CODE",
		"badCode":     "CodeMismatchException: Invalid verification code provided, please try again.",
		"after":       map[string]any{"name": "Ann", "address": "moved@example.org", "email_verified": "true"},
		"refreshed":   []any{"Ann", true, true, true},
		"weak":        "InvalidPasswordException: Password did not conform with policy: Password not long enough",
		"wrongOld":    "NotAuthorizedException: Incorrect username or password.",
		"old":         "NotAuthorizedException: Incorrect username or password.",
		"reset":       "CONFIRM_RESET_PASSWORD_WITH_CODE",
		"badReset":    "CodeMismatchException: Invalid verification code provided, please try again.",
		"again":       "DONE",
		"out":         "UserUnAuthenticatedException: User needs to be authenticated to call this API.",
		"gone":        "UserNotFoundException: User does not exist.",
		"unconfirmed": "CONFIRM_SIGN_UP",
		"twoCodes":    true,
		"confirmed":   "COMPLETE_AUTO_SIGN_IN",
		"auto":        "DONE",
		"newSub":      true,
	}
	for name := range want {
		if have, must := text(t, got[name]), text(t, want[name]); have != must {
			t.Errorf("%s:\n got %s\nwant %s", name, have, must)
		}
	}
	if len(got) != len(want) {
		t.Errorf("the script told %d things, want %d", len(got), len(want))
	}
}

// text is JSON, with the members of objects in order.
func text(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
