package sdk_test

import (
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentity"
	citypes "github.com/aws/aws-sdk-go-v2/service/cognitoidentity/types"
	idp "github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"
)

// Pitfalls of claims and attributes, and of the roles that are chosen by them.

// moveTo writes one's own organisation, with the tokens of a client.
func (w *world) moveTo(in *tokens, org string) error {
	_, err := w.users.UpdateUserAttributes(w.ctx, &idp.UpdateUserAttributesInput{AccessToken: in.AccessToken, UserAttributes: pairs("custom:org", org)})
	return err
}

func writableTenant(w *world) {
	for role, writable := range map[string][]string{"P01Closed": {"email"}, "P01Open": nil} { // nil: everything
		open := writable == nil
		n := w.tenancyOf(role, w.pool(true), writable...)
		email := n.user(n.userPool, "custom:org", orgA)
		in := n.signIn(n.app, email)
		n.readsWith(n.credentials(n.entry, logins(n.userPool, aws.ToString(in.IdToken))), booksA, "", booksB, n.refused())
		if !open {
			n.want("writing custom:org", n.moveTo(in, orgB), unwritable)
			continue
		}
		n.want("writing custom:org", n.moveTo(in, orgB), "")
		fresh, err := n.refresh(n.app, aws.ToString(in.RefreshToken))
		n.must("refreshing", err)
		n.readsWith(n.credentials(n.entry, logins(n.userPool, aws.ToString(fresh.IdToken))), booksB, "", booksA, n.refused())
		// The old token still says what it said when it was made (pitfall 15).
		n.readsWith(n.credentials(n.entry, logins(n.userPool, aws.ToString(in.IdToken))), booksA, "", booksB, n.refused())
	}
}

func immutableButChosen(w *world) {
	n := w.tenancyOf("P02", w.pool(false))
	const email = "mallory@example.org"
	_, err := n.users.SignUp(n.ctx, &idp.SignUpInput{ClientId: &n.app, Username: aws.String(email), Password: aws.String(password),
		UserAttributes: pairs("email", email, "custom:org", orgB)})
	n.want("choosing a tenant at sign-up", err, "")
	_, err = n.users.AdminConfirmSignUp(n.ctx, &idp.AdminConfirmSignUpInput{UserPoolId: &n.userPool, Username: aws.String(email)})
	n.must("AdminConfirmSignUp", err)
	n.reads(email, booksB, "", booksA, n.refused())
	n.want("changing it later", n.moveTo(n.signIn(n.app, email), orgA), "InvalidParameterException: user.custom:org: Attribute cannot be updated.")
}

func updateReopens(w *world) {
	n := w.tenancy("P03")
	email := n.user(n.userPool, "custom:org", orgA)
	n.want("before", n.moveTo(n.signIn(n.app, email), orgB), unwritable)
	_, err := n.users.UpdateUserPoolClient(n.ctx, &idp.UpdateUserPoolClientInput{UserPoolId: &n.userPool, ClientId: &n.app, ExplicitAuthFlows: flows})
	n.must("UpdateUserPoolClient", err)
	n.want("after", n.moveTo(n.signIn(n.app, email), orgB), "")
	n.reads(email, booksB, "")
}

func secondClient(w *world) {
	n := w.tenancy("P04")
	second := n.client(n.userPool)
	email := n.user(n.userPool, "custom:org", orgA)
	in := n.signIn(second, email)
	_, err := n.exchange(n.entry, logins(n.userPool, aws.ToString(in.IdToken)))
	n.want("the token of a client that the identity pool does not list", err, "NotAuthorizedException: Token is not from a supported provider of this identity pool.")
	n.want("writing with the second client", n.moveTo(in, orgB), "")
	n.reads(email, booksB, "", booksA, n.refused())
}

// mapByToken lets groups choose roles.
func (n *tenancy) mapByToken(ambiguous citypes.AmbiguousRoleResolutionType) {
	n.t.Helper()
	n.roles(n.entry, n.name, "", map[string]citypes.RoleMapping{
		providerName(n.userPool) + ":" + n.app: {Type: "Token", AmbiguousRoleResolution: ambiguous},
	})
}

func ambiguousRole(w *world) {
	n := w.tenancy("P10Default")
	n.makeRole("P10X", allow("GetItem", catalogue, rowsLike(publicRows)))
	n.makeRole("P10Y", allow("GetItem", catalogue, rowsLike(publicRows)))
	torn, clear, none := n.user(n.userPool, "custom:org", orgA), n.user(n.userPool), n.user(n.userPool, "custom:org", orgA)
	n.group(n.userPool, "x", 1, "P10X", torn, clear)
	n.group(n.userPool, "y", 1, "P10Y", torn)
	n.mapByToken("AuthenticatedRole")
	n.reads(torn, booksA, "", rowsOfAll[0], n.refused())
	n.reads(none, booksA, "")
	n.reads(clear, rowsOfAll[0], "", booksA, denied("P10X", "GetItem", catalogue))
	n.mapByToken("Deny")
	for _, email := range []string{torn, none} {
		_, err := n.exchange(n.entry, n.login(email))
		n.want("two roles or none, Deny", err, "NotAuthorizedException: ")
	}
	n.reads(clear, rowsOfAll[0], "")
}

func customRole(w *world) {
	n := w.tenancy("P11Default")
	for _, name := range []string{"P11Small", "P11Large", "P11Other"} {
		n.makeRole(name, allow("GetItem", catalogue, ""))
	}
	email := n.user(n.userPool)
	n.want("without role mappings", n.custom(email, "P11Large"), "NotAuthorizedException: ")
	n.group(n.userPool, "small", 1, "P11Small", email)
	n.group(n.userPool, "large", 9, "P11Large", email)
	n.group(n.userPool, "other", 0, "P11Other")
	n.mapByToken("Deny")
	n.want("a role of the token that is not preferred", n.custom(email, "P11Large"), "")
	n.want("a role that is not in the token", n.custom(email, "P11Other"), "NotAuthorizedException: ")
	n.want("a role that does not exist", n.custom(email, "P11None"), "NotAuthorizedException: ")
}

func clientMetadata(w *world) {
	n := w.tenancy("P12")
	const email = "eve@example.org"
	lie := map[string]string{"org": orgB, "custom:org": orgB}
	_, err := n.users.SignUp(n.ctx, &idp.SignUpInput{ClientId: &n.app, Username: aws.String(email), Password: aws.String(password),
		UserAttributes: pairs("email", email), ClientMetadata: lie})
	n.want("SignUp", err, "")
	_, err = n.users.AdminConfirmSignUp(n.ctx, &idp.AdminConfirmSignUpInput{UserPoolId: &n.userPool, Username: aws.String(email)})
	n.must("AdminConfirmSignUp", err)
	out, err := n.users.InitiateAuth(n.ctx, &idp.InitiateAuthInput{AuthFlow: "USER_PASSWORD_AUTH", ClientId: &n.app, ClientMetadata: lie,
		AuthParameters: map[string]string{"USERNAME": email, "PASSWORD": password}})
	n.must("InitiateAuth", err)
	idToken := aws.ToString(out.AuthenticationResult.IdToken)
	for name, v := range claims(n.t, idToken) {
		if s, ok := v.(string); ok && strings.Contains(s, orgB) {
			n.t.Errorf("the claim %s is %s", name, s)
		}
	}
	n.readsWith(n.credentials(n.entry, logins(n.userPool, idToken)), booksB, n.refused())
}

func subIsNotIdentity(w *world) {
	n := w.tenancy("P25")
	email := n.user(n.userPool)
	l := n.login(email)
	sub, identity := subOf(n, l), n.id(n.entry, l)
	for _, pk := range []string{sub, identity} {
		n.must("PutItem", put(n.ctx, n.rows, catalogue, pk))
	}
	n.use("P25ByIdentity", allow("GetItem", catalogue, keyedBySub))
	n.reads(email, identity, "", sub, n.refused())
	n.tag(n.entry, n.userPool, map[string]string{"user": "sub"})
	n.use("P25ByTag", allow("GetItem", catalogue, `{"ForAllValues:StringEquals":{"dynamodb:LeadingKeys":["${aws:PrincipalTag/user}"]}}`))
	n.reads(email, sub, "", identity, n.refused())
}

func subOf(n *tenancy, l map[string]string) string {
	sub, _ := claims(n.t, l[providerName(n.userPool)])["sub"].(string)
	return sub
}

func defaultTagMap(w *world) {
	n := w.tenancy("P27")
	_, err := n.identities.SetPrincipalTagAttributeMap(n.ctx, &cognitoidentity.SetPrincipalTagAttributeMapInput{
		IdentityPoolId: &n.entry, IdentityProviderName: aws.String(providerName(n.userPool)), UseDefaults: aws.Bool(true),
	})
	n.must("SetPrincipalTagAttributeMap", err)
	email := n.user(n.userPool)
	sub := subOf(n, n.login(email))
	for _, pk := range []string{sub, email, n.app} {
		n.must("PutItem", put(n.ctx, n.rows, catalogue, pk))
	}
	n.use("P27Username", allow("GetItem", catalogue, `{"ForAllValues:StringEquals":{"dynamodb:LeadingKeys":["${aws:PrincipalTag/username}"]}}`))
	n.reads(email, sub, "", email, n.refused(), n.app, n.refused())
	n.use("P27Client", allow("GetItem", catalogue, `{"ForAllValues:StringEquals":{"dynamodb:LeadingKeys":["${aws:PrincipalTag/client}"]}}`))
	n.reads(email, n.app, "", sub, n.refused())
}
