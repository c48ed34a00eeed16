package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"github.com/bailiwick-project/bailiwick/server"
	"github.com/bailiwick-project/bailiwick/sigv4"
)

// A world is a server with a tenant in it: a user pool, an identity pool that
// turns the claim custom:org into the principal tag org, a role that is limited
// to the tenant's rows, and a table with such rows.
type world struct {
	server *process // nil in Go benchmarks, which serve by themselves
	addr   string
	data   string // folder
	root   sigv4.Credentials
	tenant sigv4.Credentials // of the role, with a session token

	userPool, appClient, identityPool string

	objects, function bool // are made
}

const (
	table     = "catalogue"
	password  = "Correct-Horse-7"
	users     = 32
	org       = "7b0c1f62-93a5-4a6e-9c1d-0f5a8e1d2a31"
	otherOrg  = "c41d9f0e-5c3b-4f7a-8d26-6b9e3a7f8b52"
	itemBytes = 500 // of a row: names and values, as DynamoDB counts
)

const (
	tenantPolicy = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["dynamodb:GetItem","dynamodb:PutItem"],"Resource":"arn:aws:dynamodb:` + region + `:` + account + `:table/` + table + `","Condition":{"ForAllValues:StringLike":{"dynamodb:LeadingKeys":["${aws:PrincipalTag/org}#*"]}}}]}`
	trustPolicy  = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Federated":"cognito-identity.amazonaws.com"},"Action":["sts:AssumeRoleWithWebIdentity","sts:TagSession"],"Condition":{"StringEquals":{"cognito-identity.amazonaws.com:aud":%q},"ForAnyValue:StringLike":{"cognito-identity.amazonaws.com:amr":"authenticated"}}}]}`
)

// newWorld starts a server for the suites that share one.
func (b *bench) newWorld(ctx context.Context) (*world, error) {
	if b.world != nil {
		return b.world, nil
	}
	b.say("setting up a user pool, an identity pool, a role and %d rows", itemCount)
	folder, err := b.folder("world")
	if err != nil {
		return nil, err
	}
	data := filepath.Join(folder, "data")
	p, err := serve(ctx, b.binary, data)
	if err != nil {
		return nil, err
	}
	if err := p.awaitHealth(); err != nil {
		return nil, err
	}
	w := &world{server: p, addr: p.addr, data: data}
	if err := w.setUp(ctx, data); err != nil {
		return nil, p.failed(err)
	}
	b.world = w
	return w, nil
}

// setUp makes everything through the APIs, and checks that enforcement works.
func (w *world) setUp(ctx context.Context, data string) error {
	id, secret, err := server.RootCredentials(data)
	if err != nil {
		return err
	}
	w.root = sigv4.Credentials{AccessKeyID: id, SecretAccessKey: secret}
	for _, step := range []func(context.Context) error{w.makeUserPool, w.makeUsers, w.makeIdentityPool, w.makeRole, w.makeTable, w.signIn, w.fill, w.verify} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (w *world) asRoot(ctx context.Context, service, operation string, in, out any) error {
	return call(ctx, w.addr, &w.root, service, operation, in, out)
}

func (w *world) makeUserPool(ctx context.Context) error {
	var pool struct{ UserPool struct{ Id string } }
	err := w.asRoot(ctx, "cognito-idp", "CreateUserPool", fields{
		"PoolName": "bench", "Schema": []fields{{"Name": "org", "AttributeDataType": "String", "Mutable": true}},
	}, &pool)
	if err != nil {
		return err
	}
	w.userPool = pool.UserPool.Id
	var app struct{ UserPoolClient struct{ ClientId string } }
	err = w.asRoot(ctx, "cognito-idp", "CreateUserPoolClient", fields{
		"UserPoolId": w.userPool, "ClientName": "bench", "ExplicitAuthFlows": []string{"ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"},
	}, &app)
	w.appClient = app.UserPoolClient.ClientId
	return err
}

func username(i int) string { return fmt.Sprintf("user-%03d", i) }

func (w *world) makeUsers(ctx context.Context) error {
	for i := range users {
		err := w.asRoot(ctx, "cognito-idp", "AdminCreateUser", fields{
			"UserPoolId": w.userPool, "Username": username(i), "MessageAction": "SUPPRESS",
			"UserAttributes": []fields{{"Name": "custom:org", "Value": org}},
		}, nil)
		if err != nil {
			return err
		}
		err = w.asRoot(ctx, "cognito-idp", "AdminSetUserPassword", fields{
			"UserPoolId": w.userPool, "Username": username(i), "Password": password, "Permanent": true,
		}, nil)
		if err != nil {
			return err
		}
	}
	return nil
}

func (w *world) provider() string { return "cognito-idp." + region + ".amazonaws.com/" + w.userPool }

func (w *world) makeIdentityPool(ctx context.Context) error {
	var pool struct{ IdentityPoolId string }
	err := w.asRoot(ctx, "cognito-identity", "CreateIdentityPool", fields{
		"IdentityPoolName": "bench", "AllowUnauthenticatedIdentities": false,
		"CognitoIdentityProviders": []fields{{"ProviderName": w.provider(), "ClientId": w.appClient}},
	}, &pool)
	if err != nil {
		return err
	}
	w.identityPool = pool.IdentityPoolId
	return w.asRoot(ctx, "cognito-identity", "SetPrincipalTagAttributeMap", fields{
		"IdentityPoolId": w.identityPool, "IdentityProviderName": w.provider(), "UseDefaults": false, "PrincipalTags": fields{"org": "custom:org"},
	}, nil)
}

func (w *world) makeRole(ctx context.Context) error {
	for _, in := range []map[string]string{
		{"Action": "CreateRole", "RoleName": "Tenant", "AssumeRolePolicyDocument": fmt.Sprintf(trustPolicy, w.identityPool)},
		{"Action": "PutRolePolicy", "RoleName": "Tenant", "PolicyName": "rows", "PolicyDocument": tenantPolicy},
	} {
		in["Version"] = "2010-05-08"
		if _, err := send(form(ctx, w.addr, &w.root, "iam", in)); err != nil {
			return fmt.Errorf("%s: %w", in["Action"], err)
		}
	}
	return w.asRoot(ctx, "cognito-identity", "SetIdentityPoolRoles", fields{
		"IdentityPoolId": w.identityPool, "Roles": fields{"authenticated": "arn:aws:iam::" + account + ":role/Tenant"},
	}, nil)
}

func (w *world) makeTable(ctx context.Context) error {
	err := w.asRoot(ctx, "dynamodb", "CreateTable", fields{
		"TableName": table, "BillingMode": "PAY_PER_REQUEST",
		"AttributeDefinitions": []fields{{"AttributeName": "pk", "AttributeType": "S"}, {"AttributeName": "sk", "AttributeType": "S"}},
		"KeySchema":            []fields{{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}},
	}, nil)
	if err != nil {
		return err
	}
	for range 200 {
		var out struct{ Table struct{ TableStatus string } }
		if err := w.asRoot(ctx, "dynamodb", "DescribeTable", fields{"TableName": table}, &out); err != nil {
			return err
		}
		if out.Table.TableStatus == "ACTIVE" {
			return nil
		}
		time.Sleep(20 * time.Millisecond)
	}
	return errors.New("the table did not become ACTIVE")
}

func (w *world) signInRequest(i int) fields {
	return fields{"ClientId": w.appClient, "AuthFlow": "USER_PASSWORD_AUTH", "AuthParameters": fields{"USERNAME": username(i), "PASSWORD": password}}
}

// signIn swaps a user's ID token for the credentials of the role.
func (w *world) signIn(ctx context.Context) error {
	var auth struct{ AuthenticationResult struct{ IdToken string } }
	if err := call(ctx, w.addr, nil, "cognito-idp", "InitiateAuth", w.signInRequest(0), &auth); err != nil {
		return err
	}
	logins := fields{w.provider(): auth.AuthenticationResult.IdToken}
	var id struct{ IdentityId string }
	if err := call(ctx, w.addr, nil, "cognito-identity", "GetId", fields{"IdentityPoolId": w.identityPool, "Logins": logins}, &id); err != nil {
		return err
	}
	var out struct {
		Credentials struct{ AccessKeyId, SecretKey, SessionToken string }
	}
	if err := call(ctx, w.addr, nil, "cognito-identity", "GetCredentialsForIdentity", fields{"IdentityId": id.IdentityId, "Logins": logins}, &out); err != nil {
		return err
	}
	c := out.Credentials
	w.tenant = sigv4.Credentials{AccessKeyID: c.AccessKeyId, SecretAccessKey: c.SecretKey, SessionToken: c.SessionToken}
	return nil
}

func key(org string, i int) fields {
	return fields{"pk": fields{"S": fmt.Sprintf("%s#%05d", org, i)}, "sk": fields{"S": "1"}}
}

// item has exactly itemBytes.
func item(org string, i int) fields {
	out := key(org, i)
	data := itemBytes - len("pk") - len(org) - len("#00000") - len("sk1") - len("data")
	out["data"] = fields{"S": strings.Repeat("0123456789abcdef", itemBytes/16+1)[:data]}
	return out
}

// fill writes the rows of the tenant, and one of another.
func (w *world) fill(ctx context.Context) error {
	if err := w.asRoot(ctx, "dynamodb", "PutItem", fields{"TableName": table, "Item": item(otherOrg, 0)}, nil); err != nil {
		return err
	}
	for i := 0; i < itemCount; i += 25 {
		var puts []fields
		for j := i; j < min(i+25, itemCount); j++ {
			puts = append(puts, fields{"PutRequest": fields{"Item": item(org, j)}})
		}
		var out struct{ UnprocessedItems map[string]any }
		if err := w.asRoot(ctx, "dynamodb", "BatchWriteItem", fields{"RequestItems": fields{table: puts}}, &out); err != nil {
			return err
		}
		if len(out.UnprocessedItems) > 0 {
			return errors.New("BatchWriteItem left items out")
		}
	}
	return nil
}

// verify makes sure that what is measured is enforced: the tenant reaches its
// own row, and nobody else's.
func (w *world) verify(ctx context.Context) error {
	if w.tenant.SessionToken == "" {
		return errors.New("the credentials have no session token")
	}
	for _, op := range []string{"GetItem", "PutItem"} {
		in := func(org string) fields {
			if op == "GetItem" {
				return fields{"TableName": table, "Key": key(org, 0)}
			}
			return fields{"TableName": table, "Item": item(org, 0)}
		}
		if err := call(ctx, w.addr, &w.tenant, "dynamodb", op, in(org), nil); err != nil {
			return fmt.Errorf("the tenant's own row: %w", err)
		}
		var no *refusal
		err := call(ctx, w.addr, &w.tenant, "dynamodb", op, in(otherOrg), nil)
		if err == nil {
			return fmt.Errorf("%s of another tenant's row was allowed: nothing that is measured here would be enforced", op)
		}
		if !errors.As(err, &no) || !strings.Contains(no.body, "AccessDeniedException") {
			return fmt.Errorf("another tenant's row: %w, not AccessDeniedException", err)
		}
	}
	return nil
}

// prepared signs n requests of the tenant.
func (w *world) prepared(ctx context.Context, n int, operation string, in func(i int) fields) ([][]byte, error) {
	out := make([][]byte, n)
	for i := range out {
		var err error
		if out[i], err = raw(request(ctx, w.addr, &w.tenant, "dynamodb", operation, in(i))); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func getItem(i int) fields { return fields{"TableName": table, "Key": key(org, scatter(i))} }
func putItem(i int) fields { return fields{"TableName": table, "Item": item(org, scatter(i))} }

// scatter walks over all rows in no order that a cache would like.
func scatter(i int) int { return i * 7919 % itemCount }
