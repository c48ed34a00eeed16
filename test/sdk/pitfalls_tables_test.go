package sdk_test

import (
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentity"
	citypes "github.com/aws/aws-sdk-go-v2/service/cognitoidentity/types"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/sts"
)

// TestPitfallsOfPolicies: what policies let through that say less than they seem
// to, from the sign-in of a tenant's user to the rows.
func TestPitfallsOfPolicies(t *testing.T) {
	t.Parallel()
	w := newWorld(t, serve(t, devMemory))
	w.table(catalogue, rowsOfAll...)
	for _, p := range []struct {
		name string
		try  func(*world)
	}{
		{"version left out", versionLeftOut},
		{"condition given twice", conditionTwice},
		{"everything but", everythingBut},
		{"suspended tenants", suspendedTenants},
		{"multi-factor key absent", multiFactorAbsent},
		{"table deleted by a tenant", tableDeleted},
		{"classic flow without scope-down", classicGuest},
		{"two user pools of different trust", twoUserPools},
	} {
		t.Run(p.name, func(t *testing.T) { p.try(w.with(t)) })
	}
}

func versionLeftOut(w *world) {
	n := w.tenancy("V1Current")
	email := n.user(n.userPool, "custom:org", orgA)
	without := func(document string) string { return strings.Replace(document, `"Version":"2012-10-17",`, "", 1) }
	all := allow("GetItem", catalogue, "")
	deny := statements(statement("Deny", "GetItem", catalogue, `{"ForAnyValue:StringNotLike":{"dynamodb:LeadingKeys":["PUBLIC#*","${aws:PrincipalTag/org}#*"]}}`))
	forbid := statements(statement("Deny", "GetItem", catalogue, `{"ForAnyValue:StringLike":{"dynamodb:LeadingKeys":["${aws:PrincipalTag/org}#*"]}}`))
	explicit := func() string {
		return strings.Replace(n.refused(), "because no identity-based policy allows the dynamodb:GetItem action", "with an explicit deny in an identity-based policy", 1)
	}
	n.use("V1Without", without(allow("GetItem", catalogue, rowsLike(tenantRows))))
	n.reads(email, booksA, n.refused(), booksB, n.refused())
	n.use("V1DenyCurrent", all, forbid)
	n.reads(email, booksA, explicit(), booksB, "")
	n.use("V1DenyWithout", all, without(forbid))
	n.reads(email, booksA, "", booksB, "")
	// A negated Deny compares with text that nothing is like.
	n.use("V1NotWithout", all, without(deny))
	n.reads(email, booksA, explicit(), booksB, explicit())
	_, err := n.iam.CreatePolicy(n.ctx, &iam.CreatePolicyInput{PolicyName: aws.String("V1Managed"), PolicyDocument: aws.String(without(all))})
	n.want("a managed policy without a version", err, "MalformedPolicyDocument: Policy document must be version 2012-10-17 or greater.")
}

func conditionTwice(w *world) {
	n := w.tenancy("V2")
	twice := allow("GetItem", catalogue, `{"ForAllValues:StringLike":{"dynamodb:LeadingKeys":["`+tenantRows+`"]},"ForAllValues:StringLike":{"dynamodb:LeadingKeys":["*"]}}`)
	_, err := n.iam.PutRolePolicy(n.ctx, &iam.PutRolePolicyInput{RoleName: &n.name, PolicyName: aws.String("twice"), PolicyDocument: &twice})
	n.want("an operator given twice", err, "MalformedPolicyDocument: Syntax errors in policy.")
	n.reads(n.user(n.userPool, "custom:org", orgA), booksA, "", booksB, n.refused())
}

func everythingBut(w *world) {
	n := w.tenancy("V3")
	email, tagged := n.user(n.userPool), n.user(n.userPool, "custom:org", catalogue)
	n.use("V3Not", strings.Replace(allow("GetItem", "${aws:PrincipalTag/org}", ""), `"Resource"`, `"NotResource"`, 1))
	n.reads(tagged, booksA, n.refused())
	n.reads(email, booksA, "", booksB, "")
}

func suspendedTenants(w *world) {
	n := w.tenancy("V4")
	n.tag(n.entry, n.userPool, map[string]string{"suspended": "custom:org"}) // any attribute
	n.use("V4Negative", allow("GetItem", catalogue, `{"StringNotEquals":{"aws:PrincipalTag/suspended":"true"}}`))
	absent, yes, no := n.user(n.userPool), n.user(n.userPool, "custom:org", "true"), n.user(n.userPool, "custom:org", "false")
	n.reads(yes, booksA, n.refused())
	n.reads(no, booksA, "")
	n.reads(absent, booksA, "")
	n.reads(n.user(n.userPool, "custom:org", "True"), booksA, "")
	n.use("V4Positive", allow("GetItem", catalogue, `{"StringEquals":{"aws:PrincipalTag/suspended":"false"}}`))
	n.reads(yes, booksA, n.refused())
	n.reads(no, booksA, "")
	n.reads(absent, booksA, n.refused())
}

func multiFactorAbsent(w *world) {
	name := "Marie"
	w.must("CreateUser", second(w.iam.CreateUser(w.ctx, &iam.CreateUserInput{UserName: &name})))
	key, err := w.iam.CreateAccessKey(w.ctx, &iam.CreateAccessKeyInput{UserName: &name})
	w.must("CreateAccessKey", err)
	rows := dynamodb.NewFromConfig(w.s.config(credentials.NewStaticCredentialsProvider(aws.ToString(key.AccessKey.AccessKeyId), aws.ToString(key.AccessKey.SecretAccessKey), "")))
	n := w.tenancy("V5")
	email := n.user(n.userPool)
	const explicit = " with an explicit deny in an identity-based policy"
	for _, c := range []struct{ operator, byKey, bySession string }{
		{"Bool", "", explicit}, // the key is absent for keys of users, and "false" in sessions
		{"BoolIfExists", explicit, explicit},
	} {
		document := statements(statement("Allow", "GetItem", catalogue, ""), statement("Deny", "GetItem", catalogue, `{"`+c.operator+`":{"aws:MultiFactorAuthPresent":"false"}}`))
		w.must("PutUserPolicy", second(w.iam.PutUserPolicy(w.ctx, &iam.PutUserPolicyInput{UserName: &name, PolicyName: aws.String("p"), PolicyDocument: &document})))
		n.use("V5"+c.operator, document)
		for who, got := range map[string][2]string{
			"an access key": {told(read(w.ctx, rows, catalogue, booksA)), c.byKey},
			"a session":     {told(read(w.ctx, n.as(n.credentials(n.entry, n.login(email))), catalogue, booksA)), c.bySession},
		} {
			if got[1] == "" && got[0] != "" || !strings.HasSuffix(got[0], got[1]) {
				w.t.Errorf("%s, %s: %q, want %q", c.operator, who, got[0], got[1])
			}
		}
	}
}

func tableDeleted(w *world) {
	w.table("perishable", booksA)
	n := w.tenancy("V6")
	email := n.user(n.userPool, "custom:org", orgA)
	remove := func() error {
		_, err := n.as(n.credentials(n.entry, n.login(email))).DeleteTable(n.ctx, &dynamodb.DeleteTableInput{TableName: aws.String("perishable")})
		return err
	}
	n.use("V6Listed", allow("GetItem Query PutItem", "perishable", rowsLike(tenantRows)))
	n.want("a list of actions", remove(), denied(n.name, "DeleteTable", "perishable"))
	n.use("V6All", allow("dynamodb:*", "perishable", rowsLike(tenantRows)))
	n.want("every action where the keys are the tenant's", remove(), "")
	n.want("the table afterwards", scan(n.ctx, n.rows, "perishable"), "ResourceNotFoundException: ")
}

// classicGuest: the enhanced flow limits guests by a session policy and to an
// hour; STS does neither.
func classicGuest(w *world) {
	n := w.tenancy("V7")
	n.role("V7Guest", trust(usual(n.entry, "unauthenticated")), `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iam:ListUsers","Resource":"*"}]}`)
	n.must("UpdateRole", second(n.iam.UpdateRole(n.ctx, &iam.UpdateRoleInput{RoleName: aws.String("V7Guest"), MaxSessionDuration: aws.Int32(43200)})))
	n.roles(n.entry, n.name, "V7Guest", nil)
	list := func(c *citypes.Credentials) error {
		_, err := iam.NewFromConfig(n.s.config(provider(c))).ListUsers(n.ctx, &iam.ListUsersInput{})
		return err
	}
	if got := told(list(n.credentials(n.entry, nil))); !strings.HasSuffix(got, " because no session policy allows the iam:ListUsers action") {
		n.t.Errorf("a guest of the enhanced flow: %q", got)
	}
	n.must("UpdateIdentityPool", second(n.identities.UpdateIdentityPool(n.ctx, &cognitoidentity.UpdateIdentityPoolInput{
		IdentityPoolId: &n.entry, IdentityPoolName: aws.String("people"), AllowUnauthenticatedIdentities: true, AllowClassicFlow: aws.Bool(true),
	})))
	id := n.id(n.entry, nil)
	open, err := n.identities.GetOpenIdToken(n.ctx, &cognitoidentity.GetOpenIdTokenInput{IdentityId: &id})
	n.must("GetOpenIdToken", err)
	out, err := n.sts.AssumeRoleWithWebIdentity(n.ctx, &sts.AssumeRoleWithWebIdentityInput{
		RoleArn: aws.String(roleARN("V7Guest")), RoleSessionName: aws.String("guest"), WebIdentityToken: open.Token, DurationSeconds: aws.Int32(43200),
	})
	n.must("AssumeRoleWithWebIdentity for twelve hours", err)
	n.want("a guest of the classic flow", list(session(out.Credentials)), "")
}

// twoUserPools: one map of tags for a pool where administrators write the tenant,
// and for one where people write it themselves.
func twoUserPools(w *world) {
	n := w.tenancy("V8")
	open := n.pool(true)
	anybody := n.client(open)
	n.must("UpdateIdentityPool", second(n.identities.UpdateIdentityPool(n.ctx, &cognitoidentity.UpdateIdentityPoolInput{
		IdentityPoolId: &n.entry, IdentityPoolName: aws.String("people"),
		CognitoIdentityProviders: []citypes.CognitoIdentityProvider{
			{ProviderName: aws.String(providerName(n.userPool)), ClientId: &n.app}, {ProviderName: aws.String(providerName(open)), ClientId: &anybody},
		},
	})))
	n.tag(n.entry, open, map[string]string{"org": "custom:org"})
	email := n.user(open)
	in := n.signIn(anybody, email)
	n.want("choosing a tenant in the open pool", n.moveTo(in, orgB), "")
	chosen := logins(open, aws.ToString(n.signIn(anybody, email).IdToken))
	n.readsWith(n.credentials(n.entry, chosen), booksB, "", booksA, n.refused())
	staff := strings.Replace(usual(n.entry, "authenticated"), `"authenticated"`, `"`+providerName(n.userPool)+`"`, 1)
	n.role("V8Staff", trust(staff), allow("GetItem", catalogue, rowsLike(tenantRows)))
	n.roles(n.entry, "V8Staff", "", nil)
	n.name = "V8Staff"
	n.want("a role for one of the pools", second(n.exchange(n.entry, chosen)), badConfiguration)
	n.reads(n.user(n.userPool, "custom:org", orgA), booksA, "", booksB, n.refused())
}
