package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"

	"github.com/bailiwick-project/bailiwick/sigv4"
	"github.com/bailiwick-project/bailiwick/srp"
)

// A story is the demo's world: two tenants in one table, each limited to its own
// rows by policy alone.
type story struct {
	*client
	account string
	random  io.Reader
	srp     *srp.Group
	root    sigv4.Credentials
	tell    func(format string, args ...any)

	userPool, appClient, identityPool, api string
	people                                 []person
}

// A person of the demo. A guest has no name; an administrator is in the group
// that has a role of its own.
type person struct {
	Title, Email, Org string
	Admin             bool
	credentials       *sigv4.Credentials
}

const (
	demoPassword = "Correct-Horse-7"
	demoTable    = "catalogue"
	orgA         = "7b0c1f62-93a5-4a6e-9c1d-0f5a8e1d2a31"
	orgB         = "c41d9f0e-5c3b-4f7a-8d26-6b9e3a7f8b52"
)

func cast() []person {
	return []person{
		{Title: "guest"},
		{Title: "user of A", Email: "ann@a.example", Org: orgA},
		{Title: "user of B", Email: "bob@b.example", Org: orgB},
		{Title: "admin of A", Email: "ada@a.example", Org: orgA, Admin: true},
	}
}

// The policies, literally as they would be on AWS.
const (
	readPublic  = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["dynamodb:GetItem","dynamodb:BatchGetItem","dynamodb:Query"],"Resource":%[1]q,"Condition":{"ForAllValues:StringLike":{"dynamodb:LeadingKeys":["PUBLIC#*"]}}}]}`
	readTenant  = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["dynamodb:GetItem","dynamodb:BatchGetItem","dynamodb:Query"],"Resource":%[1]q,"Condition":{"ForAllValues:StringLike":{"dynamodb:LeadingKeys":["${aws:PrincipalTag/org}#*"]}}}]}`
	writeTenant = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["dynamodb:PutItem","dynamodb:UpdateItem","dynamodb:DeleteItem"],"Resource":%[1]q,"Condition":{"ForAllValues:StringLike":{"dynamodb:LeadingKeys":["${aws:PrincipalTag/org}#*"]}}}]}`
	trust       = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Federated":"cognito-identity.amazonaws.com"},"Action":[%s],"Condition":{"StringEquals":{"cognito-identity.amazonaws.com:aud":%q},"ForAnyValue:StringLike":{"cognito-identity.amazonaws.com:amr":%q}}}]}`
)

// play sets the world up and signs everyone in.
func (s *story) play(ctx context.Context) error {
	for _, step := range []func(context.Context) error{s.makeTable, s.makeBucket, s.makeFunctions, s.makeAPI, s.makeUserPool, s.makeIdentityPool, s.makeRoles, s.signEveryoneUp, s.signEveryoneIn} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (s *story) asRoot(ctx context.Context, service, operation string, in fields) (fields, error) {
	return s.json(ctx, &s.root, service, operation, in)
}

func (s *story) makeTable(ctx context.Context) error {
	s.tell("One table for all tenants: %q, partition key pk.", demoTable)
	_, err := s.asRoot(ctx, "dynamodb", "CreateTable", fields{
		"TableName": demoTable, "BillingMode": "PAY_PER_REQUEST",
		"AttributeDefinitions": []fields{{"AttributeName": "pk", "AttributeType": "S"}, {"AttributeName": "sk", "AttributeType": "S"}},
		"KeySchema":            []fields{{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}},
	})
	if err != nil {
		return err
	}
	s.tell("Three rows: one under PUBLIC#, one under the UUID of tenant A, one under that of tenant B.")
	for _, pk := range []string{"PUBLIC#books", orgA + "#books", orgB + "#books"} {
		if _, err := s.asRoot(ctx, "dynamodb", "PutItem", fields{"TableName": demoTable, "Item": item(pk)}); err != nil {
			return err
		}
	}
	return nil
}

func item(pk string) fields {
	return fields{"pk": fields{"S": pk}, "sk": fields{"S": "1"}, "title": fields{"S": "The Book of " + pk[:6]}}
}

func (s *story) makeUserPool(ctx context.Context) error {
	out, err := s.asRoot(ctx, "cognito-idp", "CreateUserPool", fields{
		"PoolName": "demo", "UsernameAttributes": []string{"email"}, "AutoVerifiedAttributes": []string{"email"},
		"Schema":       []fields{{"Name": "org", "AttributeDataType": "String", "Mutable": true}},
		"LambdaConfig": fields{"PostConfirmation": s.functionARN(provision)},
	})
	if err != nil {
		return err
	}
	s.userPool = text(object(out, "UserPool"), "Id")
	if err := s.letInvoke(ctx, provision, "cognito-idp.amazonaws.com", text(object(out, "UserPool"), "Arn")); err != nil {
		return err
	}
	out, err = s.asRoot(ctx, "cognito-idp", "CreateUserPoolClient", fields{
		"UserPoolId": s.userPool, "ClientName": "web", "WriteAttributes": []string{"email"},
		"ExplicitAuthFlows": []string{"ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"},
	})
	if err != nil {
		return err
	}
	s.appClient = text(object(out, "UserPoolClient"), "ClientId")
	s.tell("User pool %s with the attribute custom:org, which the app client %s cannot write.", s.userPool, s.appClient)
	return nil
}

func (s *story) provider() string {
	return "cognito-idp." + s.region + ".amazonaws.com/" + s.userPool
}

func (s *story) makeIdentityPool(ctx context.Context) error {
	out, err := s.asRoot(ctx, "cognito-identity", "CreateIdentityPool", fields{
		"IdentityPoolName": "demo", "AllowUnauthenticatedIdentities": true,
		"CognitoIdentityProviders": []fields{{"ProviderName": s.provider(), "ClientId": s.appClient}},
	})
	if err != nil {
		return err
	}
	s.identityPool = text(out, "IdentityPoolId")
	_, err = s.asRoot(ctx, "cognito-identity", "SetPrincipalTagAttributeMap", fields{
		"IdentityPoolId": s.identityPool, "IdentityProviderName": s.provider(), "UseDefaults": false, "PrincipalTags": fields{"org": "custom:org"},
	})
	s.tell("Identity pool %s, which makes the claim custom:org the principal tag org.", s.identityPool)
	return err
}

func (s *story) makeRoles(ctx context.Context) error {
	table := fmt.Sprintf("arn:aws:dynamodb:%s:%s:table/%s", s.region, s.account, demoTable)
	doors := s.doorPolicies()
	user, guest := `"sts:AssumeRoleWithWebIdentity","sts:TagSession"`, `"sts:AssumeRoleWithWebIdentity"`
	for _, r := range []struct {
		name, actions, amr string
		policies           map[string]string
	}{
		{"Guest", guest, "unauthenticated", map[string]string{"public": readPublic}},
		{"TenantUser", user, "authenticated", map[string]string{"public": readPublic, "tenant": readTenant}},
		{"TenantAdmin", user, "authenticated", map[string]string{"public": readPublic, "tenant": readTenant, "write": writeTenant}},
	} {
		err := s.query(ctx, &s.root, "CreateRole", map[string]string{
			"RoleName": r.name, "AssumeRolePolicyDocument": fmt.Sprintf(trust, r.actions, s.identityPool, r.amr),
		})
		if err != nil {
			return err
		}
		policies := map[string]string{"doors": document(doors[r.name]...)}
		for name, text := range r.policies {
			policies[name] = fmt.Sprintf(text, table)
		}
		for name, text := range policies {
			err := s.query(ctx, &s.root, "PutRolePolicy", map[string]string{"RoleName": r.name, "PolicyName": name, "PolicyDocument": text})
			if err != nil {
				return err
			}
		}
	}
	s.tell("Roles Guest, TenantUser and TenantAdmin; tenants are told apart by \"${aws:PrincipalTag/org}\" alone.")
	return s.mapRoles(ctx)
}

func (s *story) roleARN(name string) string { return "arn:aws:iam::" + s.account + ":role/" + name }

// mapRoles lets the group of administrators choose its role through the token.
func (s *story) mapRoles(ctx context.Context) error {
	_, err := s.asRoot(ctx, "cognito-idp", "CreateGroup", fields{
		"UserPoolId": s.userPool, "GroupName": "admins", "Precedence": 1, "RoleArn": s.roleARN("TenantAdmin"),
	})
	if err != nil {
		return err
	}
	_, err = s.asRoot(ctx, "cognito-identity", "SetIdentityPoolRoles", fields{
		"IdentityPoolId": s.identityPool,
		"Roles":          fields{"authenticated": s.roleARN("TenantUser"), "unauthenticated": s.roleARN("Guest")},
		"RoleMappings":   fields{s.provider() + ":" + s.appClient: fields{"Type": "Token", "AmbiguousRoleResolution": "AuthenticatedRole"}},
	})
	return err
}

func (s *story) signEveryoneUp(ctx context.Context) error {
	for _, p := range s.people {
		if p.Email == "" {
			continue
		}
		if err := s.signUp(ctx, p); err != nil {
			return fmt.Errorf("signing %s up: %w", p.Email, err)
		}
	}
	return nil
}

func (s *story) signUp(ctx context.Context, p person) error {
	_, err := s.json(ctx, nil, "cognito-idp", "SignUp", fields{
		"ClientId": s.appClient, "Username": p.Email, "Password": demoPassword,
		"UserAttributes": []fields{{"Name": "email", "Value": p.Email}},
	})
	if err != nil {
		return err
	}
	code, err := s.codeFor(ctx, p.Email)
	if err != nil {
		return err
	}
	if _, err := s.json(ctx, nil, "cognito-idp", "ConfirmSignUp", fields{"ClientId": s.appClient, "Username": p.Email, "ConfirmationCode": code}); err != nil {
		return err
	}
	s.tell("%s (%s) signed up, confirmed with the code %s from the outbox, and was given the organisation %s by the function.", p.Email, p.Title, code, p.Org[:8])
	if p.Admin {
		_, err = s.asRoot(ctx, "cognito-idp", "AdminAddUserToGroup", fields{"UserPoolId": s.userPool, "Username": p.Email, "GroupName": "admins"})
	}
	return err
}

// codeFor reads the newest code that was sent to an address.
func (s *story) codeFor(ctx context.Context, to string) (string, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, s.endpoint+"/_bailiwick/messages?to="+url.QueryEscape(to), nil)
	if err != nil {
		return "", err
	}
	resp, err := s.http.Do(r)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	var list []struct{ Code string }
	if err := json.NewDecoder(io.LimitReader(resp.Body, maxAnswer)).Decode(&list); err != nil {
		return "", fmt.Errorf("reading the outbox: %w", err)
	}
	if len(list) == 0 {
		return "", fmt.Errorf("no message to %s in the outbox", to)
	}
	return list[len(list)-1].Code, nil
}

func (s *story) signEveryoneIn(ctx context.Context) error {
	for i := range s.people {
		p := &s.people[i]
		var token string
		var err error
		if p.Email != "" {
			if token, err = s.signIn(ctx, s.srp, s.random, s.userPool, s.appClient, p.Email, demoPassword); err != nil {
				return fmt.Errorf("signing %s in: %w", p.Email, err)
			}
		}
		if p.credentials, err = s.credentials(ctx, s.identityPool, s.provider(), token); err != nil {
			return fmt.Errorf("credentials for %s: %w", p.Title, err)
		}
	}
	s.tell("Everyone signed in with SRP and swapped the ID token for temporary credentials; the guest got some without a token.")
	return nil
}
