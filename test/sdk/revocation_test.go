package sdk_test

import (
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentity"
	citypes "github.com/aws/aws-sdk-go-v2/service/cognitoidentity/types"
	idp "github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/sts"
)

// TestAdministratorTakesBack: what an administrator changes holds for sessions
// that are out there, as far as AWS lets it.
func TestAdministratorTakesBack(t *testing.T) {
	t.Parallel()
	w := newWorld(t, serve(t, devMemory))
	w.table(catalogue, rowsOfAll...)
	for name, story := range map[string]func(*world){
		"policy of a role":     takesPolicy,
		"role made again":      makesRoleAgain,
		"user disabled":        disablesUser,
		"user made again":      makesUserAgain,
		"server-side check":    checksTokens,
		"provider of the pool": takesProvider,
		"permissions boundary": setsBoundary,
	} {
		t.Run(name, func(t *testing.T) { story(w.with(t)) })
	}
}

func takesPolicy(w *world) {
	n := w.tenancy("TakesPolicy")
	c := n.credentials(n.entry, n.login(n.user(n.userPool, "custom:org", orgA)))
	n.readsWith(c, booksA, "")
	_, err := n.iam.DeleteRolePolicy(n.ctx, &iam.DeleteRolePolicyInput{RoleName: &n.name, PolicyName: aws.String("policy1")})
	n.must("DeleteRolePolicy", err)
	n.readsWith(c, booksA, n.refused())
	_, err = n.iam.PutRolePolicy(n.ctx, &iam.PutRolePolicyInput{RoleName: &n.name, PolicyName: aws.String("again"), PolicyDocument: aws.String(allow("GetItem", catalogue, rowsLike(tenantRows)))})
	n.must("PutRolePolicy", err)
	n.readsWith(c, booksA, "", booksB, n.refused())
}

// makesRoleAgain: a role of the same name is another role.
func makesRoleAgain(w *world) {
	n := w.tenancy("MakesAgain")
	l := n.login(n.user(n.userPool, "custom:org", orgA))
	old := n.credentials(n.entry, l)
	n.must("DeleteRolePolicy", second(n.iam.DeleteRolePolicy(n.ctx, &iam.DeleteRolePolicyInput{RoleName: &n.name, PolicyName: aws.String("policy1")})))
	n.must("DeleteRole", second(n.iam.DeleteRole(n.ctx, &iam.DeleteRoleInput{RoleName: &n.name})))
	n.mustRefuse(old)
	n.want("without the role", second(n.exchange(n.entry, l)), badConfiguration)
	n.makeRole(n.name, allow("GetItem", catalogue, ""))
	n.mustRefuse(old)
	n.readsWith(n.credentials(n.entry, l), booksA, "")
}

// mustRefuse: these credentials read nothing. In which words is not known of AWS.
func (n *tenancy) mustRefuse(c *citypes.Credentials) {
	n.t.Helper()
	got := told(read(n.ctx, n.as(c), catalogue, booksA))
	if !strings.HasPrefix(got, "AccessDeniedException: ") && !strings.HasPrefix(got, "UnrecognizedClientException: ") {
		n.t.Errorf("a session of a role that is gone: %q", got)
	}
}

// disablesUser: tokens of the pool die, credentials live until they expire.
func disablesUser(w *world) {
	n := w.tenancy("Disables")
	email := n.user(n.userPool, "custom:org", orgA)
	in := n.signIn(n.app, email)
	l := logins(n.userPool, aws.ToString(in.IdToken))
	c := n.credentials(n.entry, l)
	n.must("AdminDisableUser", second(n.users.AdminDisableUser(n.ctx, &idp.AdminDisableUserInput{UserPoolId: &n.userPool, Username: &email})))
	n.want("refreshing", second(n.refresh(n.app, aws.ToString(in.RefreshToken))), "NotAuthorizedException: ")
	n.want("GetUser", second(n.users.GetUser(n.ctx, &idp.GetUserInput{AccessToken: in.AccessToken})), "NotAuthorizedException: ")
	n.want("signing in", second(n.users.InitiateAuth(n.ctx, &idp.InitiateAuthInput{AuthFlow: "USER_PASSWORD_AUTH", ClientId: &n.app,
		AuthParameters: map[string]string{"USERNAME": email, "PASSWORD": password}})), "NotAuthorizedException: User is disabled.")
	n.readsWith(c, booksA, "")
	n.want("the ID token that is still valid", second(n.exchange(n.entry, l)), "")
}

// makesUserAgain: the same address is another person, with another identity.
func makesUserAgain(w *world) {
	n := w.tenancy("UserAgain")
	email := n.user(n.userPool)
	before := n.login(email)
	old, sub := n.id(n.entry, before), subOf(n, before)
	n.must("AdminDeleteUser", second(n.users.AdminDeleteUser(n.ctx, &idp.AdminDeleteUserInput{UserPoolId: &n.userPool, Username: &email})))
	_, err := n.users.SignUp(n.ctx, &idp.SignUpInput{ClientId: &n.app, Username: &email, Password: aws.String(password), UserAttributes: pairs("email", email)})
	n.must("SignUp", err)
	n.must("AdminConfirmSignUp", second(n.users.AdminConfirmSignUp(n.ctx, &idp.AdminConfirmSignUpInput{UserPoolId: &n.userPool, Username: &email})))
	after := n.login(email)
	if fresh := n.id(n.entry, after); fresh == old || subOf(n, after) == sub {
		n.t.Errorf("identity %s and %s, sub %s and %s", old, fresh, sub, subOf(n, after))
	}
	_, err = n.identities.GetCredentialsForIdentity(n.ctx, &cognitoidentity.GetCredentialsForIdentityInput{IdentityId: &old, Logins: after})
	n.want("the new person with the old identity", err, "NotAuthorizedException: ")
}

// checksTokens: with ServerSideTokenCheck a sign-out reaches the identity pool.
func checksTokens(w *world) {
	n := w.tenancy("Checks")
	_, err := n.identities.UpdateIdentityPool(n.ctx, &cognitoidentity.UpdateIdentityPoolInput{
		IdentityPoolId: &n.entry, IdentityPoolName: aws.String("people"),
		CognitoIdentityProviders: []citypes.CognitoIdentityProvider{{ProviderName: aws.String(providerName(n.userPool)), ClientId: &n.app, ServerSideTokenCheck: aws.Bool(true)}},
	})
	n.must("UpdateIdentityPool", err)
	email := n.user(n.userPool, "custom:org", orgA)
	in := n.signIn(n.app, email)
	l := logins(n.userPool, aws.ToString(in.IdToken))
	c := n.credentials(n.entry, l)
	n.must("GlobalSignOut", second(n.users.GlobalSignOut(n.ctx, &idp.GlobalSignOutInput{AccessToken: in.AccessToken})))
	n.want("after GlobalSignOut", second(n.exchange(n.entry, l)), "NotAuthorizedException: Token is inactive")
	n.readsWith(c, booksA, "")
	n.want("after signing in again", second(n.exchange(n.entry, n.login(email))), "")
	n.want("a guest, who is not let in any more", second(n.exchange(n.entry, nil)), "NotAuthorizedException: Unauthenticated access is not supported for this identity pool.")
}

func takesProvider(w *world) {
	n, other := w.tenancy("Provider"), w.tenancy("ProviderOther")
	l := n.login(n.user(n.userPool, "custom:org", orgA))
	c := n.credentials(n.entry, l)
	_, err := n.identities.UpdateIdentityPool(n.ctx, &cognitoidentity.UpdateIdentityPoolInput{
		IdentityPoolId: &n.entry, IdentityPoolName: aws.String("people"),
		CognitoIdentityProviders: []citypes.CognitoIdentityProvider{{ProviderName: aws.String(providerName(other.userPool)), ClientId: &other.app}},
	})
	n.must("UpdateIdentityPool", err)
	n.want("a provider that was taken out", second(n.exchange(n.entry, l)), "NotAuthorizedException: Token is not from a supported provider of this identity pool.")
	n.readsWith(c, booksA, "")
	n.must("DeleteIdentityPool", second(n.identities.DeleteIdentityPool(n.ctx, &cognitoidentity.DeleteIdentityPoolInput{IdentityPoolId: &n.entry})))
	n.want("a pool that was deleted", second(n.exchange(n.entry, l)), "ResourceNotFoundException: IdentityPool '"+n.entry+"' not found.")
	n.readsWith(c, booksA, "")
}

func setsBoundary(w *world) {
	n := w.tenancy("Boundary")
	c := n.credentials(n.entry, n.login(n.user(n.userPool, "custom:org", orgA)))
	n.readsWith(c, booksA, "")
	p, err := n.iam.CreatePolicy(n.ctx, &iam.CreatePolicyInput{PolicyName: aws.String("NoReads"), PolicyDocument: aws.String(allow("PutItem", catalogue, ""))})
	n.must("CreatePolicy", err)
	_, err = n.iam.PutRolePermissionsBoundary(n.ctx, &iam.PutRolePermissionsBoundaryInput{RoleName: &n.name, PermissionsBoundary: p.Policy.Arn})
	n.must("PutRolePermissionsBoundary", err)
	n.readsWith(c, booksA, strings.Replace(n.refused(), "no identity-based policy", "no permissions boundary", 1))
	n.must("DeleteRolePermissionsBoundary", second(n.iam.DeleteRolePermissionsBoundary(n.ctx, &iam.DeleteRolePermissionsBoundaryInput{RoleName: &n.name})))
	n.readsWith(c, booksA, "")
}

// TestStrangers: what another server signed or sealed opens nothing here, not
// even under the same names.
func TestStrangers(t *testing.T) {
	t.Parallel()
	here, there := newWorld(t, serve(t, devMemory)), newWorld(t, serve(t, production))
	a := &pooled{world: here}
	b := &pooled{world: there}
	a.setUp()
	b.setUp()
	email := b.user(b.Pool, "custom:org", orgA)
	in := b.signIn(b.Client, email)
	session := b.credentials(b.IdentityPool, logins(b.Pool, aws.ToString(in.IdToken)))

	const invalid = "UnrecognizedClientException: The security token included in the request is invalid."
	a.want("a session", read(a.ctx, a.as(session), catalogue, rowsOfAll[0]), invalid)
	a.want("a session of STS", second(sts.NewFromConfig(a.s.config(provider(session))).GetCallerIdentity(a.ctx, &sts.GetCallerIdentityInput{})),
		"InvalidClientTokenId: The security token included in the request is invalid.")
	a.want("an ID token", second(a.exchange(a.IdentityPool, logins(b.Pool, aws.ToString(in.IdToken)))), "NotAuthorizedException: Token is not from a supported provider of this identity pool.")
	a.want("an ID token under a name of here", second(a.exchange(a.IdentityPool, logins(a.Pool, aws.ToString(in.IdToken)))), "NotAuthorizedException: Invalid login token. ")
	a.want("an access token", second(a.users.GetUser(a.ctx, &idp.GetUserInput{AccessToken: in.AccessToken})), "NotAuthorizedException: ")
	a.want("a refresh token", second(a.refresh(a.Client, aws.ToString(in.RefreshToken))), "NotAuthorizedException: ")
	b.want("the key that everyone knows", second(newWorld(t, &server{url: b.s.url, rootID: "test", secret: "test"}).sts.GetCallerIdentity(b.ctx, &sts.GetCallerIdentityInput{})),
		"InvalidClientTokenId: ")

	// A session with a piece of another: key, secret and token belong together.
	other := b.credentials(b.IdentityPool, nil)
	for name, c := range map[string]*citypes.Credentials{
		"token of a guest":    {AccessKeyId: session.AccessKeyId, SecretKey: session.SecretKey, SessionToken: other.SessionToken},
		"key id of a guest":   {AccessKeyId: other.AccessKeyId, SecretKey: session.SecretKey, SessionToken: session.SessionToken},
		"no token":            {AccessKeyId: session.AccessKeyId, SecretKey: session.SecretKey},
		"token cut short":     {AccessKeyId: session.AccessKeyId, SecretKey: session.SecretKey, SessionToken: aws.String(aws.ToString(session.SessionToken)[:100])},
		"token with root key": {AccessKeyId: &b.s.rootID, SecretKey: &b.s.secret, SessionToken: session.SessionToken},
	} {
		b.want(name, read(b.ctx, b.as(c), catalogue, rowsOfAll[0]), invalid)
	}
	b.want("secret of a guest", read(b.ctx, b.as(&citypes.Credentials{AccessKeyId: session.AccessKeyId, SecretKey: other.SecretKey, SessionToken: session.SessionToken}), catalogue, rowsOfAll[0]),
		"InvalidSignatureException: ")
	b.want("all pieces together", read(b.ctx, b.as(session), catalogue, rowsOfAll[0]), "")
}
