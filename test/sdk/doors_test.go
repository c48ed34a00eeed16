package sdk_test

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	citypes "github.com/aws/aws-sdk-go-v2/service/cognitoidentity/types"
	idp "github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"
	idptypes "github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

const shelf = "shelf" // the bucket of the stories

// A doors world is the pattern whole: one table, one bucket and one API for all
// tenants, and a function that says who belongs to which.
type doors struct {
	*pooled
	API string
}

// objectsUnder limits to the tenant's prefix, as the user guide of S3 has it. Version 2 of
// the AWS CLI takes the tags along when it copies.
const objectsUnder = `{"Effect":"Allow","Action":["s3:GetObject","s3:PutObject","s3:DeleteObject","s3:GetObjectTagging","s3:PutObjectTagging"],"Resource":"arn:aws:s3:::` + shelf + `/${aws:PrincipalTag/org}/*"},` +
	`{"Effect":"Allow","Action":"s3:ListBucket","Resource":"arn:aws:s3:::` + shelf + `","Condition":{"StringLike":{"s3:prefix":"${aws:PrincipalTag/org}/*"}}}`

func (d *doors) setUp() {
	d.table(catalogue, rowsOfAll...)
	d.bucket(shelf, "PUBLIC/hello.txt", orgA+"/hello.txt", orgB+"/hello.txt")
	d.function("route", "provided.al2023", "bootstrap", goFunction(d.t, "route"), nil)
	d.API = d.api("GET /{org}/test", "route")
	d.userPool()
	d.Client = d.client(d.Pool, "email")
	d.IdentityPool = d.identityPool(d.Pool, d.Client)
	d.tag(d.IdentityPool, d.Pool, map[string]string{"org": "custom:org"})
	const reads = "GetItem BatchGetItem Query"
	d.role("Guest", trust(usual(d.IdentityPool, "unauthenticated")), allow(reads, catalogue, rowsLike(publicRows)))
	route := fmt.Sprintf(`{"Effect":"Allow","Action":"execute-api:Invoke","Resource":"arn:aws:execute-api:%s:%s:%s/$default/GET/${aws:PrincipalTag/org}/*"}`, region, account, d.API)
	d.role("TenantUser", trust(usual(d.IdentityPool, "authenticated")),
		allow(reads, catalogue, rowsLike(publicRows)), allow(reads+" PutItem", catalogue, rowsLike(tenantRows)), statements(objectsUnder), statements(route))
	d.roles(d.IdentityPool, "TenantUser", "Guest", nil)
}

// userPool makes the pool and the function that it calls after a confirmation.
func (d *doors) userPool() {
	orgs, err := json.Marshal(map[string]string{"a.example": orgA, "b.example": orgB})
	d.must("printing the organisations", err)
	d.nodeFunction("provision", "post-confirmation.mjs", map[string]string{"ORGANISATIONS": string(orgs)},
		`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"cognito-idp:AdminUpdateUserAttributes","Resource":"arn:aws:cognito-idp:*:*:userpool/*"}]}`)
	out, err := d.users.CreateUserPool(d.ctx, &idp.CreateUserPoolInput{
		PoolName: aws.String("people"), UsernameAttributes: []idptypes.UsernameAttributeType{"email"},
		AutoVerifiedAttributes: []idptypes.VerifiedAttributeType{"email"},
		Schema:                 []idptypes.SchemaAttributeType{{Name: aws.String("org"), AttributeDataType: "String", Mutable: aws.Bool(true)}},
		LambdaConfig:           &idptypes.LambdaConfigType{PostConfirmation: aws.String(functionARN("provision"))},
	})
	d.must("CreateUserPool", err)
	d.Pool = aws.ToString(out.UserPool.Id)
	d.allowInvoke("provision", "cognito-idp.amazonaws.com", aws.ToString(out.UserPool.Arn))
}

// join signs somebody up: the function gives the organisation.
func (d *doors) join(email string) *citypes.Credentials {
	d.t.Helper()
	_, err := d.users.SignUp(d.ctx, &idp.SignUpInput{ClientId: &d.Client, Username: &email, Password: aws.String(password), UserAttributes: pairs("email", email)})
	d.must("SignUp", err)
	if d.s.mode.dev {
		_, err = d.users.ConfirmSignUp(d.ctx, &idp.ConfirmSignUpInput{ClientId: &d.Client, Username: &email, ConfirmationCode: aws.String(d.s.code(d.t, email))})
	} else {
		_, err = d.users.AdminConfirmSignUp(d.ctx, &idp.AdminConfirmSignUpInput{UserPoolId: &d.Pool, Username: &email})
	}
	d.must("confirming", err)
	return d.credentials(d.IdentityPool, logins(d.Pool, aws.ToString(d.signInSRP(d.Pool, d.Client, email).IdToken)))
}

// TestPooledTenantsWhole: a row, an object and a route, each of the own tenant
// and of no other, with no line of application code that checks it.
func TestPooledTenantsWhole(t *testing.T) {
	needNode(t)
	for _, m := range []mode{devMemory, devData, production} {
		t.Run(m.String(), func(t *testing.T) {
			t.Parallel()
			d := &doors{pooled: &pooled{world: newWorld(t, serve(t, m))}}
			d.setUp()
			guest := d.credentials(d.IdentityPool, nil)
			ann, bob := d.join("ann@a.example"), d.join("bob@b.example")
			d.reaches("ann", ann, orgA, orgB)
			d.reaches("bob", bob, orgB, orgA)
			d.guestReachesNothing(guest)
			d.strangerIsToldWhy()
		})
	}
}

func (d *doors) reaches(who string, c *citypes.Credentials, own, other string) {
	d.t.Helper()
	rows, objects := d.as(c), d.objectsOf(c)
	d.want(who+" reads the own row", read(d.ctx, rows, catalogue, own+"#books"), "")
	d.want(who+" reads a foreign row", read(d.ctx, rows, catalogue, other+"#books"), denied("TenantUser", "GetItem", catalogue))

	d.wantObject(who, objects, own+"/hello.txt", "")
	d.want(who+" writes an own object", putObject(d, objects, own+"/new/..//%2F.txt"), "")
	d.wantObject(who, objects, own+"/new/..//%2F.txt", "")
	d.want(who+" lists the own prefix", list(d, objects, own+"/"), "")
	for _, key := range []string{other + "/hello.txt", own + "/../" + other + "/hello.txt", other + "/missing"} {
		if key != own+"/../"+other+"/hello.txt" { // a literal key below the own prefix, which is not there
			d.want(who+" reads "+key, getObject(d, objects, key), deniedObject("GetObject", key))
			d.want(who+" writes "+key, putObject(d, objects, key), deniedObject("PutObject", key))
			continue
		}
		d.want(who+" reads "+key, getObject(d, objects, key), "AccessDenied") // missing, and the caller may not list without a prefix
	}
	for _, prefix := range []string{"", other + "/", own} {
		d.want(who+" lists "+prefix, list(d, objects, prefix), "AccessDenied: User: arn:aws:sts::"+account+":assumed-role/TenantUser/CognitoIdentityCredentials is not authorized to perform: s3:ListBucket")
	}

	if a := d.get(c, d.s.apiURL(d.API, "/"+own+"/test")); a.status != 200 || d.said(a)["org"] != own || d.said(a)["identity"] == nil {
		d.t.Errorf("%s asks the own route: %v", who, a)
	}
	for _, path := range []string{"/" + other + "/test", "/" + own + "/../" + other + "/test", "/" + other + "%2Ftest", "//" + other + "/test"} {
		if a := d.get(c, d.s.apiURL(d.API, path)); a.status < 400 || a.status >= 500 {
			d.t.Errorf("%s asks %s: %v", who, path, a)
		}
	}
	if a := d.get(c, d.s.apiURL(d.API, "/"+other+"/test")); a.status != 403 || a.body != `{"message":"Forbidden"}` {
		d.t.Errorf("%s asks a foreign route: %v", who, a)
	}
}

func (d *doors) guestReachesNothing(c *citypes.Credentials) {
	d.t.Helper()
	d.want("a guest reads an object", getObject(d, d.objectsOf(c), orgA+"/hello.txt"), "AccessDenied")
	for name, who := range map[string]*citypes.Credentials{"a guest": c, "nobody": nil} {
		if a := d.get(who, d.s.apiURL(d.API, "/"+orgA+"/test")); a.status != 403 {
			d.t.Errorf("%s asks a route: %v", name, a)
		}
	}
}

// strangerIsToldWhy: the function refuses an address that belongs to nobody, and
// who signs up reads the function's own words.
func (d *doors) strangerIsToldWhy() {
	d.t.Helper()
	const email = "eve@elsewhere.example"
	_, err := d.users.SignUp(d.ctx, &idp.SignUpInput{ClientId: &d.Client, Username: aws.String(email), Password: aws.String(password), UserAttributes: pairs("email", email)})
	d.must("SignUp", err)
	_, err = d.users.AdminConfirmSignUp(d.ctx, &idp.AdminConfirmSignUpInput{UserPoolId: &d.Pool, Username: aws.String(email)})
	d.want("confirming a stranger", err, "UserLambdaValidationException: PostConfirmation failed with error no organisation for this address.")
}

func deniedObject(action, key string) string {
	return "AccessDenied: User: arn:aws:sts::" + account + ":assumed-role/TenantUser/CognitoIdentityCredentials is not authorized to perform: s3:" + action +
		` on resource: "arn:aws:s3:::` + shelf + "/" + key + `" because no identity-based policy allows the s3:` + action + " action"
}

func getObject(d *doors, objects *s3.Client, key string) error {
	out, err := objects.GetObject(d.ctx, &s3.GetObjectInput{Bucket: aws.String(shelf), Key: &key})
	if err == nil {
		defer out.Body.Close()
		_, err = io.Copy(io.Discard, out.Body)
	}
	return err
}

func (d *doors) wantObject(who string, objects *s3.Client, key, refusal string) {
	d.t.Helper()
	out, err := objects.GetObject(d.ctx, &s3.GetObjectInput{Bucket: aws.String(shelf), Key: &key})
	d.want(who+" reads "+key, err, refusal)
	if err != nil {
		return
	}
	defer out.Body.Close()
	if text, err := io.ReadAll(out.Body); err != nil || string(text) != "of "+key {
		d.t.Errorf("%s reads %s: %q, %v", who, key, text, err)
	}
}

func putObject(d *doors, objects *s3.Client, key string) error {
	_, err := objects.PutObject(d.ctx, &s3.PutObjectInput{Bucket: aws.String(shelf), Key: &key, Body: strings.NewReader("of " + key)})
	return err
}

func list(d *doors, objects *s3.Client, prefix string) error {
	in := &s3.ListObjectsV2Input{Bucket: aws.String(shelf)}
	if prefix != "" {
		in.Prefix = &prefix
	}
	_, err := objects.ListObjectsV2(d.ctx, in)
	return err
}
