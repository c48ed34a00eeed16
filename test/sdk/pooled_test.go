package sdk_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	citypes "github.com/aws/aws-sdk-go-v2/service/cognitoidentity/types"
	idp "github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
)

const (
	orgA      = "7b0c1f62-93a5-4a6e-9c1d-0f5a8e1d2a31"
	orgB      = "c41d9f0e-5c3b-4f7a-8d26-6b9e3a7f8b52"
	catalogue = "catalogue"
)

// rowsOfAll are a row for everyone and one for each tenant.
var rowsOfAll = []string{"PUBLIC#books", orgA + "#books", orgB + "#books"}

// A pooled world is the pattern that all of this is for: tenants in one table,
// told apart by a principal tag.
type pooled struct {
	*world
	Pool, Client, IdentityPool string
}

// setUp makes table, pools and roles as an administrator does.
func (p *pooled) setUp() {
	for _, step := range p.setUpSteps() {
		step()
	}
}

func (p *pooled) setUpSteps() []func() {
	const reads = "GetItem BatchGetItem Query"
	return []func(){
		func() { p.table(catalogue, rowsOfAll...) },
		func() { p.Pool = p.pool(true) },
		func() { p.Client = p.client(p.Pool, "email") },
		func() { p.IdentityPool = p.identityPool(p.Pool, p.Client) },
		func() { p.tag(p.IdentityPool, p.Pool, map[string]string{"org": "custom:org"}) },
		func() {
			p.role("Guest", trust(usual(p.IdentityPool, "unauthenticated")), allow(reads, catalogue, rowsLike(publicRows)))
		},
		func() {
			p.role("TenantUser", trust(usual(p.IdentityPool, "authenticated")),
				allow(reads, catalogue, rowsLike(publicRows)), allow(reads+" PutItem", catalogue, rowsLike(tenantRows)))
		},
		func() { p.roles(p.IdentityPool, "TenantUser", "Guest", nil) },
	}
}

// A matrix is who reached what: "ann GetItem 7b0c…#books" → "" or the refusal.
type matrix map[string]string

// expected is the matrix that AWS's rules give.
func expected() matrix {
	m := matrix{}
	for who, org := range map[string]string{"guest": "", "ann": orgA, "bob": orgB} {
		role := "TenantUser"
		if org == "" {
			role = "Guest"
		}
		for _, pk := range rowsOfAll {
			for _, action := range []string{"GetItem", "Query"} {
				cell := who + " " + action + " " + pk
				if m[cell] = ""; pk != rowsOfAll[0] && pk != org+"#books" {
					m[cell] = denied(role, action, catalogue)
				}
			}
		}
	}
	return m
}

func compare(t *testing.T, got, want matrix) {
	t.Helper()
	if len(got) != len(want) {
		t.Errorf("%d cells, want %d", len(got), len(want))
	}
	for _, cell := range slices.Sorted(maps.Keys(want)) {
		if refusal, ok := got[cell]; !ok || refusal != want[cell] {
			t.Errorf("%s:\n got %q (tried: %v)\nwant %q", cell, refusal, ok, want[cell])
		}
	}
}

// TestPooledTenantsGo is the whole chain with AWS SDK for Go v2, in every mode.
// Only development shows codes, so in production an administrator confirms.
func TestPooledTenantsGo(t *testing.T) {
	for _, m := range []mode{devMemory, devData, production} {
		t.Run(m.String(), func(t *testing.T) {
			t.Parallel()
			p := &pooled{world: newWorld(t, serve(t, m))}
			p.setUp()
			sessions := map[string]*citypes.Credentials{"guest": p.credentials(p.IdentityPool, nil)}
			for who, org := range map[string]string{"ann": orgA, "bob": orgB} {
				sessions[who] = p.join(who+"@example.org", org)
			}
			got := matrix{}
			for who, c := range sessions {
				rows := p.as(c)
				for _, pk := range rowsOfAll {
					got[who+" GetItem "+pk] = told(read(p.ctx, rows, catalogue, pk))
					got[who+" Query "+pk] = told(query(p.ctx, rows, catalogue, pk))
				}
			}
			compare(t, got, expected())
			p.writesOwnRowsOnly(sessions["ann"])
		})
	}
}

// join signs somebody up, in, and swaps the tokens for credentials.
func (p *pooled) join(email, org string) *citypes.Credentials {
	p.t.Helper()
	_, err := p.users.SignUp(p.ctx, &idp.SignUpInput{ClientId: &p.Client, Username: &email, Password: aws.String(password), UserAttributes: pairs("email", email)})
	p.must("SignUp", err)
	if p.s.mode.dev {
		_, err = p.users.ConfirmSignUp(p.ctx, &idp.ConfirmSignUpInput{ClientId: &p.Client, Username: &email, ConfirmationCode: aws.String(p.s.code(p.t, email))})
	} else {
		_, err = p.users.AdminConfirmSignUp(p.ctx, &idp.AdminConfirmSignUpInput{UserPoolId: &p.Pool, Username: &email})
	}
	p.must("confirming", err)
	p.setOrg(p.Pool, email, org)
	in := p.signInSRP(p.Pool, p.Client, email)
	_, err = p.users.UpdateUserAttributes(p.ctx, &idp.UpdateUserAttributesInput{AccessToken: in.AccessToken, UserAttributes: pairs("custom:org", orgB)})
	p.want("writing one's own organisation", err, "NotAuthorizedException: A client attempted to write unauthorized attribute")
	l := logins(p.Pool, aws.ToString(in.IdToken))
	c := p.credentials(p.IdentityPool, l)
	if who, want := p.whoAmI(c), "arn:aws:sts::"+account+":assumed-role/TenantUser/CognitoIdentityCredentials"; who != want {
		p.t.Errorf("the session of %s is %s, want %s", email, who, want)
	}
	if first, again := p.id(p.IdentityPool, l), p.id(p.IdentityPool, logins(p.Pool, aws.ToString(p.signIn(p.Client, email).IdToken))); first != again {
		p.t.Errorf("another sign-in of %s made another identity: %s, %s", email, first, again)
	}
	return c
}

func (p *pooled) writesOwnRowsOnly(c *citypes.Credentials) {
	p.t.Helper()
	rows := p.as(c)
	p.want("writing an own row", put(p.ctx, rows, catalogue, orgA+"#new"), "")
	p.want("writing a foreign row", put(p.ctx, rows, catalogue, orgB+"#new"), denied("TenantUser", "PutItem", catalogue))
	p.want("writing a public row", put(p.ctx, rows, catalogue, "PUBLIC#new"), denied("TenantUser", "PutItem", catalogue))
	p.want("scanning", scan(p.ctx, rows, catalogue), denied("TenantUser", "Scan", catalogue))
	config := p.s.config(provider(c))
	config.Region = "eu-west-1"
	p.want("the table of the same name elsewhere", read(p.ctx, dynamodb.NewFromConfig(config), catalogue, orgA+"#books"),
		strings.Replace(denied("TenantUser", "GetItem", catalogue), region, "eu-west-1", 1))
	p.want("the foreign row that was refused", read(p.ctx, p.rows, catalogue, orgB+"#new"), "not an answer of the API: "+errNoRow.Error())
}

// TestPooledTenantsJavaScript is the same with the clients of web applications.
// The scripts sign up, confirm, sign in and try everything, and print the matrix.
func TestPooledTenantsJavaScript(t *testing.T) {
	for script, about := range map[string]string{
		"pooled-sdk.mjs":     "AWS SDK for JavaScript v3",
		"pooled-amplify.mjs": "Amplify v6",
	} {
		t.Run(about, func(t *testing.T) {
			t.Parallel()
			needNode(t)
			p := &pooled{world: newWorld(t, serve(t, devMemory))}
			p.setUp()
			var got struct {
				Matrix     matrix
				Roles      map[string]string
				Identities map[string][]string
				OwnOrg     string
			}
			node(t, script, map[string]any{
				"endpoint": p.s.url, "region": region, "table": catalogue, "rows": rowsOfAll, "password": password,
				"userPool": p.Pool, "client": p.Client, "identityPool": p.IdentityPool, "provider": providerName(p.Pool),
				"people": map[string]string{"ann": orgA, "bob": orgB}, "rootKey": p.s.rootID, "rootSecret": p.s.secret,
			}, &got)
			compare(t, got.Matrix, expected())
			for _, who := range []string{"ann", "bob"} {
				if want := "arn:aws:sts::" + account + ":assumed-role/TenantUser/CognitoIdentityCredentials"; got.Roles[who] != want {
					t.Errorf("the session of %s is %q, want %q", who, got.Roles[who], want)
				}
				if ids := got.Identities[who]; len(ids) != 2 || ids[0] == "" || ids[0] != ids[1] {
					t.Errorf("two sign-ins of %s gave the identities %q", who, ids)
				}
			}
			if want := "NotAuthorizedException: A client attempted to write unauthorized attribute"; got.OwnOrg != want {
				t.Errorf("writing one's own organisation: %q, want %q", got.OwnOrg, want)
			}
		})
	}
}
