package sdk_test

import (
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	citypes "github.com/aws/aws-sdk-go-v2/service/cognitoidentity/types"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/sts"
)

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
