package sdk_test

import (
	"encoding/base64"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentity"
	citypes "github.com/aws/aws-sdk-go-v2/service/cognitoidentity/types"
)

const bookTable = "book-table"

// noWrite is the sentence that a reader of books must be told, to the letter.
const noWrite = "AccessDeniedException: User: arn:aws:sts::000000000000:assumed-role/BooksReadAccess/CognitoIdentityCredentials is not authorized to perform: dynamodb:PutItem on resource: arn:aws:dynamodb:us-east-1:000000000000:table/book-table because no identity-based policy allows the dynamodb:PutItem action"

// claims reads a token without verifying it, as a client does.
func claims(t *testing.T, jwt string) map[string]any {
	t.Helper()
	parts := strings.Split(jwt, ".")
	if len(parts) != 3 {
		t.Fatalf("not a JWT: %q", jwt)
	}
	text, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]any{}
	if err := json.Unmarshal(text, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

func checkGroupClaims(t *testing.T, idToken, accessToken string) {
	t.Helper()
	id, access := claims(t, idToken), claims(t, accessToken)
	for name, want := range map[string]any{
		"cognito:groups": []any{"BooksRead"}, "cognito:roles": []any{roleARN("BooksReadAccess")}, "cognito:preferred_role": roleARN("BooksReadAccess"),
		"token_use": "id",
	} {
		got, same := id[name], false
		if list, ok := want.([]any); ok {
			have, _ := got.([]any)
			same = slices.Equal(have, list)
		} else {
			same = got == want
		}
		if !same {
			t.Errorf("ID token: %s is %v, want %v", name, got, want)
		}
	}
	if got, ok := access["cognito:groups"].([]any); !ok || len(got) != 1 || got[0] != "BooksRead" {
		t.Errorf("access token: cognito:groups is %v", access["cognito:groups"])
	}
	for _, name := range []string{"cognito:roles", "cognito:preferred_role", "aud"} {
		if v, ok := access[name]; ok {
			t.Errorf("access token has %s: %v", name, v)
		}
	}
}

// TestGroupsWithRolesHTTP: a group's role reaches the session through the token;
// the exchange is two plain unsigned POSTs, without any SDK.
func TestGroupsWithRolesHTTP(t *testing.T) {
	t.Parallel()
	w := newWorld(t, serve(t, devMemory))
	w.table(bookTable, "dune")
	userPool := w.pool(true)
	client := w.client(userPool)
	identityPool := w.identityPool(userPool, client)
	w.role("BooksReadAccess", trust(usual(identityPool, "authenticated")), allow("GetItem BatchGetItem Query", bookTable, ""))
	w.role("Nobody", trust(usual(identityPool, "authenticated")))
	ann, bob := w.user(userPool), w.user(userPool)
	w.group(userPool, "BooksRead", 5, "BooksReadAccess", ann)
	w.roles(identityPool, "Nobody", "", map[string]citypes.RoleMapping{
		providerName(userPool) + ":" + client: {Type: "Token", AmbiguousRoleResolution: "Deny"},
	})

	in := w.signInSRP(userPool, client, ann)
	checkGroupClaims(t, aws.ToString(in.IdToken), aws.ToString(in.AccessToken))
	c, _ := w.exchangeByPost(identityPool, logins(userPool, aws.ToString(in.IdToken)))
	if c == nil {
		t.Fatal("no credentials")
	}
	rows := w.as(c)
	w.want("Query", query(w.ctx, rows, bookTable, "dune"), "")
	err := put(w.ctx, rows, bookTable, "emma")
	if got := told(err); got != noWrite {
		t.Errorf("PutItem:\n got %q\nwant %q", got, noWrite)
	}
	if status(err) != 400 {
		t.Errorf("PutItem: status %d", status(err))
	}
	w.want("Scan", scan(w.ctx, rows, bookTable), "AccessDeniedException: ")

	// Bob is in no group: ambiguous, and the pool denies.
	in = w.signIn(client, bob)
	for _, name := range []string{"cognito:groups", "cognito:roles", "cognito:preferred_role"} {
		if v, ok := claims(t, aws.ToString(in.IdToken))[name]; ok {
			t.Errorf("the token of somebody without groups has %s: %v", name, v)
		}
	}
	if c, a := w.exchangeByPost(identityPool, logins(userPool, aws.ToString(in.IdToken))); c != nil || !strings.HasPrefix(a.told(), "NotAuthorizedException: ") {
		t.Errorf("somebody without groups: %v", a)
	}
}

// exchangeByPost is exchange without an SDK. nil credentials come with the answer
// that refused them.
func (w *world) exchangeByPost(identityPool string, l map[string]string) (*citypes.Credentials, answer) {
	w.t.Helper()
	const form, target = "application/x-amz-json-1.1", "AWSCognitoIdentityService."
	a := post(w.t, w.s, nil, "", form, target+"GetId", map[string]any{"IdentityPoolId": identityPool, "Logins": l})
	if a.status != 200 {
		w.t.Fatalf("GetId: %v", a)
	}
	id := member(w.t, a.body, "IdentityId")
	a = post(w.t, w.s, nil, "", form, target+"GetCredentialsForIdentity", map[string]any{"IdentityId": id, "Logins": l})
	if a.header.Get("X-Amzn-Requestid") == "" {
		w.t.Errorf("no x-amzn-RequestId in %v", a.header)
	}
	if a.status != 200 {
		return nil, a
	}
	if _, ok := a.body["Credentials"].(map[string]any)["Expiration"].(float64); !ok || member(w.t, a.body, "IdentityId") != id {
		w.t.Errorf("GetCredentialsForIdentity: %v", a.body)
	}
	return &citypes.Credentials{
		AccessKeyId: aws.String(member(w.t, a.body, "Credentials", "AccessKeyId")), SecretKey: aws.String(member(w.t, a.body, "Credentials", "SecretKey")),
		SessionToken: aws.String(member(w.t, a.body, "Credentials", "SessionToken")),
	}, a
}

// TestWrongPoolInTrustPolicy: the id of the user pool where that of the identity
// pool belongs, which AWS leaves unexplained. bailiwick explain does not.
func TestWrongPoolInTrustPolicy(t *testing.T) {
	t.Parallel()
	for _, m := range []mode{devMemory, production} {
		t.Run(m.String(), func(t *testing.T) {
			w := newWorld(t, serve(t, m))
			userPool := w.pool(true)
			client := w.client(userPool)
			identityPool := w.identityPool(userPool, client)
			w.role("BooksReadAccess", trust(usual(userPool, "authenticated")))
			w.roles(identityPool, "BooksReadAccess", "", nil)
			idToken := aws.ToString(w.signIn(client, w.user(userPool)).IdToken)

			_, a := w.exchangeByPost(identityPool, logins(userPool, idToken))
			if a.told() != badConfiguration || a.status != 400 {
				t.Errorf("plain POST: status %d, %q", a.status, a.told())
			}
			_, err := w.identities.GetCredentialsForIdentity(w.ctx, &cognitoidentity.GetCredentialsForIdentityInput{
				IdentityId: aws.String(w.id(identityPool, logins(userPool, idToken))), Logins: logins(userPool, idToken),
			})
			w.want("GetCredentialsForIdentity", err, badConfiguration)
			text := w.s.explain(t, a.header.Get("X-Amzn-Requestid"))
			for _, part := range []string{"cognito-identity.amazonaws.com:aud", userPool, identityPool, "sts:AssumeRoleWithWebIdentity", "BooksReadAccess"} {
				if !strings.Contains(text, part) {
					t.Errorf("bailiwick explain does not name %s:\n%s", part, text)
				}
			}
			if strings.Contains(text, idToken) {
				t.Error("bailiwick explain shows the ID token")
			}
			w.explainsNothingTo(t, identityPool, a.header.Get("X-Amzn-Requestid"))
		})
	}
}

// explainsNothingTo: a session of a tenant, and the key that everyone knows where
// it is not the root key, learn nothing about why.
func (w *world) explainsNothingTo(t *testing.T, identityPool, requestID string) {
	t.Helper()
	w.role("Curious", trust(usual(identityPool, "unauthenticated")))
	w.roles(identityPool, "", "Curious", nil)
	guest := w.credentials(identityPool, nil)
	strangers := map[string][]string{"a guest": {
		"AWS_ACCESS_KEY_ID=" + aws.ToString(guest.AccessKeyId), "AWS_SECRET_ACCESS_KEY=" + aws.ToString(guest.SecretKey), "AWS_SESSION_TOKEN=" + aws.ToString(guest.SessionToken),
	}}
	if !w.s.mode.dev {
		strangers["test/test"] = nil
	}
	for who, env := range strangers {
		if out, err := run(w.ctx, binary, []string{"explain", requestID, "--endpoint", w.s.url}, append(cleanEnv(), env...), nil); err == nil {
			t.Errorf("%s was told why:\n%s", who, out)
		}
	}
}

// TestGroupsWithRolesCLI is the same story with the AWS CLI alone, from the
// empty server to the refused write.
func TestGroupsWithRolesCLI(t *testing.T) {
	t.Parallel()
	needCLI(t)
	c := newCLI(t, serve(t, devMemory))
	const email = "ann@example.org"
	c.run("dynamodb", "create-table", "--table-name", bookTable, "--billing-mode", "PAY_PER_REQUEST",
		"--attribute-definitions", "AttributeName=pk,AttributeType=S", "--key-schema", "AttributeName=pk,KeyType=HASH")
	c.run("dynamodb", "put-item", "--table-name", bookTable, "--item", `{"pk":{"S":"dune"},"title":{"S":"Dune"}}`)
	userPool := member(t, c.run("cognito-idp", "create-user-pool", "--pool-name", "books", "--username-attributes", "email", "--auto-verified-attributes", "email"), "UserPool", "Id")
	client := member(t, c.run("cognito-idp", "create-user-pool-client", "--user-pool-id", userPool, "--client-name", "web",
		"--explicit-auth-flows", "ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"), "UserPoolClient", "ClientId")
	identityPool := member(t, c.run("cognito-identity", "create-identity-pool", "--identity-pool-name", "books", "--no-allow-unauthenticated-identities",
		"--cognito-identity-providers", "ProviderName="+providerName(userPool)+",ClientId="+client+",ServerSideTokenCheck=false"), "IdentityPoolId")
	c.run("iam", "create-role", "--role-name", "BooksReadAccess", "--assume-role-policy-document", trust(usual(identityPool, "authenticated")))
	c.run("iam", "put-role-policy", "--role-name", "BooksReadAccess", "--policy-name", "read", "--policy-document", allow("GetItem Query", bookTable, ""))
	c.run("cognito-idp", "create-group", "--user-pool-id", userPool, "--group-name", "BooksRead", "--precedence", "5", "--role-arn", roleARN("BooksReadAccess"))
	c.run("cognito-identity", "set-identity-pool-roles", "--identity-pool-id", identityPool, "--roles", "{}",
		"--role-mappings", `{"`+providerName(userPool)+":"+client+`":{"Type":"Token","AmbiguousRoleResolution":"Deny"}}`)
	c.run("cognito-idp", "sign-up", "--client-id", client, "--username", email, "--password", password, "--user-attributes", "Name=email,Value="+email)
	c.run("cognito-idp", "confirm-sign-up", "--client-id", client, "--username", email, "--confirmation-code", c.s.code(t, email))
	c.run("cognito-idp", "admin-add-user-to-group", "--user-pool-id", userPool, "--username", email, "--group-name", "BooksRead")
	in := c.run("cognito-idp", "initiate-auth", "--auth-flow", "USER_PASSWORD_AUTH", "--client-id", client, "--auth-parameters", "USERNAME="+email+",PASSWORD="+password)
	idToken := member(t, in, "AuthenticationResult", "IdToken")
	checkGroupClaims(t, idToken, member(t, in, "AuthenticationResult", "AccessToken"))

	l := providerName(userPool) + "=" + idToken
	id := member(t, c.run("cognito-identity", "get-id", "--identity-pool-id", identityPool, "--logins", l), "IdentityId")
	out := c.run("cognito-identity", "get-credentials-for-identity", "--identity-id", id, "--logins", l)
	session := c.as(&citypes.Credentials{
		AccessKeyId: aws.String(member(t, out, "Credentials", "AccessKeyId")), SecretKey: aws.String(member(t, out, "Credentials", "SecretKey")),
		SessionToken: aws.String(member(t, out, "Credentials", "SessionToken")),
	})
	if got, want := member(t, session.run("sts", "get-caller-identity"), "Arn"), "arn:aws:sts::"+account+":assumed-role/BooksReadAccess/CognitoIdentityCredentials"; got != want {
		t.Errorf("the session is %s, want %s", got, want)
	}
	found := session.run("dynamodb", "query", "--table-name", bookTable, "--key-condition-expression", "pk = :pk", "--expression-attribute-values", `{":pk":{"S":"dune"}}`)
	if n, _ := found["Count"].(float64); n != 1 {
		t.Errorf("query: %v", found)
	}
	_, err := session.try("dynamodb", "put-item", "--table-name", bookTable, "--item", `{"pk":{"S":"emma"}}`)
	if got := toldByCLI(err); got != noWrite {
		t.Errorf("put-item:\n got %q\nwant %q", got, noWrite)
	}
}
