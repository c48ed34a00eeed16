package sdk_test

import (
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"strings"
	"sync/atomic"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	idp "github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"
	idptypes "github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider/types"

	"github.com/bailiwick-project/bailiwick/srp"
)

const password = "Correct-Horse-7"

// pool makes a user pool with the attribute custom:org.
func (w *world) pool(mutable bool) string {
	w.t.Helper()
	out, err := w.users.CreateUserPool(w.ctx, &idp.CreateUserPoolInput{
		PoolName: aws.String("people"), UsernameAttributes: []idptypes.UsernameAttributeType{"email"},
		AutoVerifiedAttributes: []idptypes.VerifiedAttributeType{"email"},
		Schema:                 []idptypes.SchemaAttributeType{{Name: aws.String("org"), AttributeDataType: "String", Mutable: aws.Bool(mutable)}},
	})
	w.must("CreateUserPool", err)
	return aws.ToString(out.UserPool.Id)
}

var flows = []idptypes.ExplicitAuthFlowsType{"ALLOW_USER_SRP_AUTH", "ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"}

// client makes an app client; writable nil leaves WriteAttributes out.
func (w *world) client(pool string, writable ...string) string {
	w.t.Helper()
	out, err := w.users.CreateUserPoolClient(w.ctx, &idp.CreateUserPoolClientInput{
		UserPoolId: &pool, ClientName: aws.String("web"), ExplicitAuthFlows: flows, WriteAttributes: writable,
	})
	w.must("CreateUserPoolClient", err)
	return aws.ToString(out.UserPoolClient.ClientId)
}

var people atomic.Int64

// user makes a confirmed user and returns her address.
func (w *world) user(pool string, attributes ...string) string {
	w.t.Helper()
	email := fmt.Sprintf("user%d@example.org", people.Add(1))
	_, err := w.users.AdminCreateUser(w.ctx, &idp.AdminCreateUserInput{
		UserPoolId: &pool, Username: &email, MessageAction: "SUPPRESS",
		UserAttributes: pairs(append([]string{"email", email, "email_verified", "true"}, attributes...)...),
	})
	w.must("AdminCreateUser", err)
	_, err = w.users.AdminSetUserPassword(w.ctx, &idp.AdminSetUserPasswordInput{
		UserPoolId: &pool, Username: &email, Password: aws.String(password), Permanent: true,
	})
	w.must("AdminSetUserPassword", err)
	return email
}

func pairs(namesAndValues ...string) []idptypes.AttributeType {
	var out []idptypes.AttributeType
	for i := 0; i < len(namesAndValues); i += 2 {
		out = append(out, idptypes.AttributeType{Name: &namesAndValues[i], Value: &namesAndValues[i+1]})
	}
	return out
}

func (w *world) group(pool, name string, precedence int32, role string, members ...string) {
	w.t.Helper()
	_, err := w.users.CreateGroup(w.ctx, &idp.CreateGroupInput{UserPoolId: &pool, GroupName: &name, Precedence: &precedence, RoleArn: aws.String(roleARN(role))})
	w.must("CreateGroup", err)
	for _, m := range members {
		_, err := w.users.AdminAddUserToGroup(w.ctx, &idp.AdminAddUserToGroupInput{UserPoolId: &pool, GroupName: &name, Username: &m})
		w.must("AdminAddUserToGroup", err)
	}
}

type tokens = idptypes.AuthenticationResultType

// signIn signs in with the password in the request.
func (w *world) signIn(client, username string) *tokens {
	w.t.Helper()
	out, err := w.users.InitiateAuth(w.ctx, &idp.InitiateAuthInput{
		AuthFlow: "USER_PASSWORD_AUTH", ClientId: &client,
		AuthParameters: map[string]string{"USERNAME": username, "PASSWORD": password},
	})
	w.must("InitiateAuth", err)
	if out.AuthenticationResult == nil {
		w.t.Fatalf("signing in: challenge %s instead of tokens", out.ChallengeName)
	}
	return out.AuthenticationResult
}

func (w *world) refresh(client, refreshToken string) (*tokens, error) {
	out, err := w.users.InitiateAuth(w.ctx, &idp.InitiateAuthInput{
		AuthFlow: "REFRESH_TOKEN_AUTH", ClientId: &client, AuthParameters: map[string]string{"REFRESH_TOKEN": refreshToken},
	})
	if err != nil {
		return nil, err
	}
	return out.AuthenticationResult, nil
}

// A proof is the two halves of a sign-in with SRP: the challenge, which a server
// may forget or keep over a crash, and the answer to it.
type proof struct {
	group   *srp.Group
	session *srp.Client
	client  string
	params  map[string]string
}

var group = srp.NewGroup()

func (w *world) beginSRP(client, username string) *proof {
	w.t.Helper()
	session, err := group.NewClient(rand.Reader)
	w.must("drawing the SRP secret", err)
	out, err := w.users.InitiateAuth(w.ctx, &idp.InitiateAuthInput{
		AuthFlow: "USER_SRP_AUTH", ClientId: &client, AuthParameters: map[string]string{"USERNAME": username, "SRP_A": session.A()},
	})
	w.must("InitiateAuth", err)
	if out.ChallengeName != "PASSWORD_VERIFIER" {
		w.t.Fatalf("challenge %q", out.ChallengeName)
	}
	return &proof{group, session, client, out.ChallengeParameters}
}

// endSRP answers the challenge.
func (w *world) endSRP(pool string, p *proof) (*idp.RespondToAuthChallengeOutput, error) {
	w.t.Helper()
	_, name, _ := strings.Cut(pool, "_")
	user := p.params["USER_ID_FOR_SRP"]
	key, err := p.session.Key(name, user, password, p.params["SALT"], p.params["SRP_B"])
	w.must("computing the SRP key", err)
	block, err := base64.StdEncoding.DecodeString(p.params["SECRET_BLOCK"])
	w.must("decoding SECRET_BLOCK", err)
	at := srp.FormatTimestamp(time.Now())
	return w.users.RespondToAuthChallenge(w.ctx, &idp.RespondToAuthChallengeInput{
		ChallengeName: "PASSWORD_VERIFIER", ClientId: &p.client,
		ChallengeResponses: map[string]string{
			"USERNAME": user, "TIMESTAMP": at, "PASSWORD_CLAIM_SECRET_BLOCK": p.params["SECRET_BLOCK"],
			"PASSWORD_CLAIM_SIGNATURE": base64.StdEncoding.EncodeToString(srp.Claim(key, name, user, block, at)),
		},
	})
}

// signInSRP signs in as browsers and telephones do.
func (w *world) signInSRP(pool, client, username string) *tokens {
	w.t.Helper()
	out, err := w.endSRP(pool, w.beginSRP(client, username))
	w.must("RespondToAuthChallenge", err)
	if out.AuthenticationResult == nil {
		w.t.Fatalf("signing in: challenge %s instead of tokens", out.ChallengeName)
	}
	return out.AuthenticationResult
}

func (w *world) setOrg(pool, username, org string) {
	w.t.Helper()
	_, err := w.users.AdminUpdateUserAttributes(w.ctx, &idp.AdminUpdateUserAttributesInput{
		UserPoolId: &pool, Username: &username, UserAttributes: pairs("custom:org", org),
	})
	w.must("AdminUpdateUserAttributes", err)
}
