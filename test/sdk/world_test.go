package sdk_test

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentity"
	citypes "github.com/aws/aws-sdk-go-v2/service/cognitoidentity/types"
	idp "github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"
	idptypes "github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider/types"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	ddb "github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"github.com/bailiwick-project/bailiwick/srp"
)

// A world is what a story happens in: a server, and AWS SDK for Go v2 to speak
// to it. Its methods fail the test when a step that must work does not.
type world struct {
	t   *testing.T
	s   *server
	ctx context.Context

	users      *idp.Client // as root; the operations of end users are unsigned
	identities *cognitoidentity.Client
	iam        *iam.Client
	sts        *sts.Client
	rows       *dynamodb.Client
}

func newWorld(t *testing.T, s *server) *world {
	root := s.config(credentials.NewStaticCredentialsProvider(s.rootID, s.secret, ""))
	return &world{
		t: t, s: s, ctx: t.Context(),
		users: idp.NewFromConfig(root), identities: cognitoidentity.NewFromConfig(root), iam: iam.NewFromConfig(root),
		sts: sts.NewFromConfig(root), rows: dynamodb.NewFromConfig(root),
	}
}

// with is the same world under a subtest.
func (w *world) with(t *testing.T) *world {
	sub := *w
	sub.t, sub.ctx = t, t.Context()
	return &sub
}

// config is how an application reaches the server. One attempt: a test must see
// an error, not a retry that hides it.
func (s *server) config(p aws.CredentialsProvider) aws.Config {
	return aws.Config{Region: region, Credentials: p, BaseEndpoint: aws.String(s.url), RetryMaxAttempts: 1}
}

// as is DynamoDB in the hands of somebody.
func (w *world) as(c *citypes.Credentials) *dynamodb.Client {
	return dynamodb.NewFromConfig(w.s.config(provider(c)))
}

func provider(c *citypes.Credentials) aws.CredentialsProvider {
	return credentials.NewStaticCredentialsProvider(aws.ToString(c.AccessKeyId), aws.ToString(c.SecretKey), aws.ToString(c.SessionToken))
}

func (w *world) must(what string, err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatalf("%s: %v", what, err)
	}
}

// told is an error as its caller reads it: "Code: sentence", or "" for none.
func told(err error) string {
	var e smithy.APIError
	switch {
	case err == nil:
		return ""
	case errors.As(err, &e):
		return e.ErrorCode() + ": " + e.ErrorMessage()
	default:
		return "not an answer of the API: " + err.Error()
	}
}

// want compares an error with what the caller must read: "" for none, else the
// beginning of "Code: sentence".
func (w *world) want(what string, err error, want string) {
	w.t.Helper()
	got := told(err)
	if want == "" && got != "" || want != "" && !strings.HasPrefix(got, want) {
		w.t.Errorf("%s:\n got %q\nwant %q", what, got, want)
	}
}

// requestID is the id of the call that failed.
func requestID(err error) string {
	var e interface{ ServiceRequestID() string }
	if errors.As(err, &e) {
		return e.ServiceRequestID()
	}
	return ""
}

// status is the HTTP status of the call that failed.
func status(err error) int {
	var e *smithyhttp.ResponseError
	if errors.As(err, &e) {
		return e.HTTPStatusCode()
	}
	return 0
}

// Rows.

func (w *world) table(name string, pks ...string) {
	w.t.Helper()
	_, err := w.rows.CreateTable(w.ctx, &dynamodb.CreateTableInput{
		TableName: &name, BillingMode: ddb.BillingModePayPerRequest,
		AttributeDefinitions: []ddb.AttributeDefinition{{AttributeName: aws.String("pk"), AttributeType: ddb.ScalarAttributeTypeS}},
		KeySchema:            []ddb.KeySchemaElement{{AttributeName: aws.String("pk"), KeyType: ddb.KeyTypeHash}},
	})
	w.must("CreateTable", err)
	w.must("waiting for the table", dynamodb.NewTableExistsWaiter(w.rows).Wait(w.ctx, &dynamodb.DescribeTableInput{TableName: &name}, 20*time.Second))
	for _, pk := range pks {
		w.must("PutItem", put(w.ctx, w.rows, name, pk))
	}
}

func key(pk string) map[string]ddb.AttributeValue {
	return map[string]ddb.AttributeValue{"pk": &ddb.AttributeValueMemberS{Value: pk}}
}

func put(ctx context.Context, c *dynamodb.Client, table, pk string) error {
	_, err := c.PutItem(ctx, &dynamodb.PutItemInput{TableName: &table, Item: map[string]ddb.AttributeValue{
		"pk": &ddb.AttributeValueMemberS{Value: pk}, "title": &ddb.AttributeValueMemberS{Value: "The Book of " + pk},
	}})
	return err
}

var errNoRow = errors.New("allowed, but the row was not there")

// read gets one row; that it is there is part of the answer.
func read(ctx context.Context, c *dynamodb.Client, table, pk string) error {
	out, err := c.GetItem(ctx, &dynamodb.GetItemInput{TableName: &table, Key: key(pk)})
	if err == nil && len(out.Item) == 0 {
		return errNoRow
	}
	return err
}

func query(ctx context.Context, c *dynamodb.Client, table, pk string) error {
	out, err := c.Query(ctx, &dynamodb.QueryInput{
		TableName: &table, KeyConditionExpression: aws.String("pk = :pk"),
		ExpressionAttributeValues: map[string]ddb.AttributeValue{":pk": &ddb.AttributeValueMemberS{Value: pk}},
	})
	if err == nil && len(out.Items) == 0 {
		return errNoRow
	}
	return err
}

func scan(ctx context.Context, c *dynamodb.Client, table string) error {
	_, err := c.Scan(ctx, &dynamodb.ScanInput{TableName: &table})
	return err
}

// Users.

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

// Identities.

func providerName(userPool string) string {
	return "cognito-idp." + region + ".amazonaws.com/" + userPool
}

// identityPool makes a pool that admits users of (pool, client) pairs, and guests.
func (w *world) identityPool(poolsAndClients ...string) string {
	w.t.Helper()
	in := &cognitoidentity.CreateIdentityPoolInput{IdentityPoolName: aws.String("people"), AllowUnauthenticatedIdentities: true}
	for i := 0; i < len(poolsAndClients); i += 2 {
		in.CognitoIdentityProviders = append(in.CognitoIdentityProviders, citypes.CognitoIdentityProvider{
			ProviderName: aws.String(providerName(poolsAndClients[i])), ClientId: &poolsAndClients[i+1],
		})
	}
	out, err := w.identities.CreateIdentityPool(w.ctx, in)
	w.must("CreateIdentityPool", err)
	return aws.ToString(out.IdentityPoolId)
}

// tag maps claims of a user pool to principal tags.
func (w *world) tag(identityPool, userPool string, tagsToClaims map[string]string) {
	w.t.Helper()
	_, err := w.identities.SetPrincipalTagAttributeMap(w.ctx, &cognitoidentity.SetPrincipalTagAttributeMapInput{
		IdentityPoolId: &identityPool, IdentityProviderName: aws.String(providerName(userPool)), PrincipalTags: tagsToClaims,
	})
	w.must("SetPrincipalTagAttributeMap", err)
}

// roles sets the roles of an identity pool; "" leaves one out.
func (w *world) roles(identityPool, authenticated, guest string, mappings map[string]citypes.RoleMapping) {
	w.t.Helper()
	roles := map[string]string{}
	if authenticated != "" {
		roles["authenticated"] = roleARN(authenticated)
	}
	if guest != "" {
		roles["unauthenticated"] = roleARN(guest)
	}
	_, err := w.identities.SetIdentityPoolRoles(w.ctx, &cognitoidentity.SetIdentityPoolRolesInput{IdentityPoolId: &identityPool, Roles: roles, RoleMappings: mappings})
	w.must("SetIdentityPoolRoles", err)
}

// logins is the login of an ID token; "" is a guest.
func logins(userPool, idToken string) map[string]string {
	if idToken == "" {
		return nil
	}
	return map[string]string{providerName(userPool): idToken}
}

func (w *world) id(identityPool string, l map[string]string) string {
	w.t.Helper()
	out, err := w.identities.GetId(w.ctx, &cognitoidentity.GetIdInput{IdentityPoolId: &identityPool, Logins: l})
	w.must("GetId", err)
	return aws.ToString(out.IdentityId)
}

// exchange swaps a login for credentials.
func (w *world) exchange(identityPool string, l map[string]string) (*citypes.Credentials, error) {
	out, err := w.identities.GetId(w.ctx, &cognitoidentity.GetIdInput{IdentityPoolId: &identityPool, Logins: l})
	if err != nil {
		return nil, err
	}
	creds, err := w.identities.GetCredentialsForIdentity(w.ctx, &cognitoidentity.GetCredentialsForIdentityInput{IdentityId: out.IdentityId, Logins: l})
	if err != nil {
		return nil, err
	}
	return creds.Credentials, nil
}

func (w *world) credentials(identityPool string, l map[string]string) *citypes.Credentials {
	w.t.Helper()
	c, err := w.exchange(identityPool, l)
	w.must("GetCredentialsForIdentity", err)
	return c
}

// Roles.

func roleARN(name string) string { return "arn:aws:iam::" + account + ":role/" + name }

func tableARN(name string) string {
	return "arn:aws:dynamodb:" + region + ":" + account + ":table/" + name
}

// denied is AWS's sentence for a role of an identity pool that lacks an action.
func denied(role, action, table string) string {
	return fmt.Sprintf("AccessDeniedException: User: arn:aws:sts::%s:assumed-role/%s/CognitoIdentityCredentials is not authorized to perform: dynamodb:%s on resource: %s because no identity-based policy allows the dynamodb:%s action",
		account, role, action, tableARN(table), action)
}

const badConfiguration = "InvalidIdentityPoolConfigurationException: Invalid identity pool configuration. Check assigned IAM roles for this pool."

// trust is a trust policy for Cognito with a condition.
func trust(condition string) string {
	return `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Federated":"cognito-identity.amazonaws.com"},` +
		`"Action":["sts:AssumeRoleWithWebIdentity","sts:TagSession"],"Condition":` + condition + `}]}`
}

// usual is the condition of AWS's console: this pool, and authenticated or not.
func usual(identityPool, amr string) string {
	return fmt.Sprintf(`{"StringEquals":{"cognito-identity.amazonaws.com:aud":%q},"ForAnyValue:StringLike":{"cognito-identity.amazonaws.com:amr":%q}}`, identityPool, amr)
}

// allow is a policy with one statement.
func allow(actions, table, condition string) string {
	return statements(statement("Allow", actions, table, condition))
}

func statements(list ...string) string {
	return `{"Version":"2012-10-17","Statement":[` + strings.Join(list, ",") + `]}`
}

// statement is one about a table; actions are separated by spaces.
func statement(effect, actions, table, condition string) string {
	var names []string
	for _, a := range strings.Fields(actions) {
		if !strings.Contains(a, ":") {
			a = "dynamodb:" + a
		}
		names = append(names, fmt.Sprintf("%q", a))
	}
	if condition != "" {
		condition = `,"Condition":` + condition
	}
	return fmt.Sprintf(`{"Effect":%q,"Action":[%s],"Resource":%q%s}`, effect, strings.Join(names, ","), tableARN(table), condition)
}

// rowsLike limits to rows whose partition key matches a pattern.
func rowsLike(pattern string) string {
	return fmt.Sprintf(`{"ForAllValues:StringLike":{"dynamodb:LeadingKeys":[%q]}}`, pattern)
}

const (
	tenantRows = "${aws:PrincipalTag/org}#*"
	publicRows = "PUBLIC#*"
)

func (w *world) role(name, trustPolicy string, policies ...string) {
	w.t.Helper()
	_, err := w.iam.CreateRole(w.ctx, &iam.CreateRoleInput{RoleName: &name, AssumeRolePolicyDocument: &trustPolicy})
	w.must("CreateRole", err)
	for i, p := range policies {
		_, err := w.iam.PutRolePolicy(w.ctx, &iam.PutRolePolicyInput{RoleName: &name, PolicyName: aws.String(fmt.Sprintf("policy%d", i+1)), PolicyDocument: &p})
		w.must("PutRolePolicy", err)
	}
}

// whoAmI asks STS in the name of a session.
func (w *world) whoAmI(c *citypes.Credentials) string {
	w.t.Helper()
	out, err := sts.NewFromConfig(w.s.config(provider(c))).GetCallerIdentity(w.ctx, &sts.GetCallerIdentityInput{})
	w.must("GetCallerIdentity", err)
	return aws.ToString(out.Arn)
}
