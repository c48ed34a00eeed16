package sdk_test

import (
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentity"
	citypes "github.com/aws/aws-sdk-go-v2/service/cognitoidentity/types"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	iamtypes "github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	ststypes "github.com/aws/aws-sdk-go-v2/service/sts/types"
)

// Pitfalls of trust policies, identities and principal tags.

func trustWithoutAud(w *world) {
	n := w.tenancy("P16")
	everything := allow("GetItem", catalogue, "")
	n.role("P16Loose", trust(`{"ForAnyValue:StringLike":{"cognito-identity.amazonaws.com:amr":"authenticated"}}`), everything)
	n.makeRole("P16Strict", everything)
	evil := w.tenancy("P16Evil") // pools of the attacker
	evil.roles(evil.entry, "P16Loose", "", nil)
	evil.reads(evil.user(evil.userPool), booksA, "", booksB, "")
	evil.roles(evil.entry, "P16Strict", "", nil)
	evil.cannotEnter(evil.user(evil.userPool))
}

func looseAMR(w *world) {
	n := w.tenancy("P17")
	everything := allow("GetItem", catalogue, "")
	for name, c := range map[string]struct{ condition, want string }{
		"P17Exact":    {usual(n.entry, "authenticated"), badConfiguration},
		"P17Wildcard": {usual(n.entry, "*authenticated"), ""},
		"P17Absent":   {fmt.Sprintf(`{"StringEquals":{"cognito-identity.amazonaws.com:aud":%q}}`, n.entry), ""},
	} {
		n.role(name, trust(c.condition), everything)
		n.roles(n.entry, n.name, name, nil)
		guest, err := n.exchange(n.entry, nil)
		n.want("a guest takes on "+name, err, c.want)
		if err == nil {
			n.readsWith(guest, booksA, "")
		}
	}
}

func forAllValuesAMR(w *world) {
	n := w.tenancy("P18")
	condition := fmt.Sprintf(`{"StringEquals":{"cognito-identity.amazonaws.com:aud":%q},"ForAllValues:StringLike":{"cognito-identity.amazonaws.com:amr":"authenticated"}}`, n.entry)
	n.role("P18All", trust(condition))
	n.roles(n.entry, "P18All", "", nil)
	n.cannotEnter(n.user(n.userPool)) // amr also names the provider
}

func classicFlow(w *world) {
	n := w.tenancy("P19")
	n.makeRole("P19Admin", allow("GetItem", catalogue, ""))
	email := n.user(n.userPool, "custom:org", orgA)
	l := n.login(email)
	id := n.id(n.entry, l)
	open := &cognitoidentity.GetOpenIdTokenInput{IdentityId: &id, Logins: l}
	_, err := n.identities.GetOpenIdToken(n.ctx, open)
	n.want("classic flow while it is off", err, "InvalidParameterException: Basic (classic) flow is not enabled, please use enhanced flow.")
	_, err = n.identities.UpdateIdentityPool(n.ctx, &cognitoidentity.UpdateIdentityPoolInput{
		IdentityPoolId: &n.entry, IdentityPoolName: aws.String("people"), AllowUnauthenticatedIdentities: true, AllowClassicFlow: aws.Bool(true),
		CognitoIdentityProviders: []citypes.CognitoIdentityProvider{{ProviderName: aws.String(providerName(n.userPool)), ClientId: &n.app}},
	})
	n.must("UpdateIdentityPool", err)
	token, err := n.identities.GetOpenIdToken(n.ctx, open)
	n.must("GetOpenIdToken", err)
	assume := func(role string) (*sts.AssumeRoleWithWebIdentityOutput, error) {
		return n.sts.AssumeRoleWithWebIdentity(n.ctx, &sts.AssumeRoleWithWebIdentityInput{
			RoleArn: aws.String(roleARN(role)), RoleSessionName: aws.String("of-my-own"), WebIdentityToken: token.Token,
		})
	}
	out, err := assume("P19Admin")
	n.want("the caller chooses the role", err, "")
	if err == nil {
		if got, want := aws.ToString(out.AssumedRoleUser.Arn), "arn:aws:sts::"+account+":assumed-role/P19Admin/of-my-own"; got != want {
			n.t.Errorf("session %s, want %s", got, want)
		}
		n.readsWith(session(out.Credentials), booksB, "")
	}
	for _, role := range []string{"P19None", "Unknown"} {
		_, err = assume(role)
		n.want("a role that does not trust, or is not there", err, "AccessDenied: Not authorized to perform sts:AssumeRoleWithWebIdentity")
	}
	n.readsWith(n.credentials(n.entry, l), booksA, "", booksB, n.refused())
}

// session are credentials of STS in the form of Cognito's.
func session(c *ststypes.Credentials) *citypes.Credentials {
	return &citypes.Credentials{AccessKeyId: c.AccessKeyId, SecretKey: c.SecretAccessKey, SessionToken: c.SessionToken}
}

func tokenOfAnother(w *world) {
	n, other := w.tenancy("P24"), w.tenancy("P24Other")
	idToken := aws.ToString(other.signIn(other.app, other.user(other.userPool, "custom:org", orgA)).IdToken)
	in := n.signIn(n.app, n.user(n.userPool, "custom:org", orgA))
	for name, c := range map[string]struct {
		logins map[string]string
		want   string
	}{
		"under its own name":      {logins(other.userPool, idToken), "NotAuthorizedException: Token is not from a supported provider of this identity pool."},
		"under this pool's":       {logins(n.userPool, idToken), "NotAuthorizedException: Invalid login token. Issuer doesn't match providerName"},
		"an access token":         {logins(n.userPool, aws.ToString(in.AccessToken)), "NotAuthorizedException: Invalid login token. "},
		"not a token":             {logins(n.userPool, "not.a.token"), "NotAuthorizedException: Invalid login token. Not a valid OpenId Connect identity token."},
		"with a broken end":       {logins(n.userPool, aws.ToString(in.IdToken)[:len(aws.ToString(in.IdToken))-8]+"AAAAAAAA"), "NotAuthorizedException: Invalid login token. Token signature invalid."},
		"as everybody's":          {logins(n.userPool, aws.ToString(in.IdToken)), ""},
		"beside a foreign one":    {both(logins(n.userPool, aws.ToString(in.IdToken)), logins(other.userPool, idToken)), "NotAuthorizedException: Token is not from a supported provider of this identity pool."},
		"with a name in capitals": {map[string]string{strings.ToUpper(providerName(n.userPool)): aws.ToString(in.IdToken)}, "NotAuthorizedException: "},
	} {
		_, err := n.exchange(n.entry, c.logins)
		n.want("a token "+name, err, c.want)
	}
}

func both(a, b map[string]string) map[string]string {
	out := map[string]string{}
	for _, m := range []map[string]string{a, b} {
		for k, v := range m {
			out[k] = v
		}
	}
	return out
}

func linkToGuest(w *world) {
	n := w.tenancy("P26")
	n.role("P26Guest", trust(usual(n.entry, "unauthenticated")))
	n.roles(n.entry, n.name, "P26Guest", nil)
	guest := n.id(n.entry, nil)
	n.must("PutItem", put(n.ctx, n.rows, catalogue, guest))
	n.use("P26ByIdentity", allow("GetItem", catalogue, keyedBySub))
	swap := func(l map[string]string) (*cognitoidentity.GetCredentialsForIdentityOutput, error) {
		return n.identities.GetCredentialsForIdentity(n.ctx, &cognitoidentity.GetCredentialsForIdentityInput{IdentityId: &guest, Logins: l})
	}
	mallory := n.login(n.user(n.userPool))
	out, err := swap(mallory)
	n.want("linking a login to a guest identity that one knows", err, "")
	if err != nil {
		return
	}
	if aws.ToString(out.IdentityId) != guest || n.id(n.entry, mallory) != guest {
		n.t.Errorf("the identity is %s, was %s", aws.ToString(out.IdentityId), guest)
	}
	n.readsWith(out.Credentials, guest, "")
	_, err = swap(nil)
	n.want("the guest comes back", err, "NotAuthorizedException: Access to Identity '"+guest+"' is forbidden.")
	_, err = swap(n.login(n.user(n.userPool)))
	n.want("another login for an identity that has one", err, "NotAuthorizedException: ")
}

func withoutTagSession(w *world) {
	n := w.tenancy("P28")
	untagged := strings.Replace(trust(usual(n.entry, "authenticated")), `,"sts:TagSession"`, "", 1)
	n.role("P28Untagged", untagged, allow("GetItem", catalogue, ""))
	n.roles(n.entry, "P28Untagged", "", nil)
	n.cannotEnter(n.user(n.userPool, "custom:org", orgA))
	n.want("without the claim there is nothing to tag", second(n.exchange(n.entry, n.login(n.user(n.userPool)))), "")
}

func second[T any](_ T, err error) error { return err }

func roleTag(w *world) {
	n := w.tenancy("P29")
	_, err := n.iam.TagRole(n.ctx, &iam.TagRoleInput{RoleName: &n.name, Tags: []iamtypes.Tag{{Key: aws.String("Org"), Value: aws.String("demo")}}})
	n.must("TagRole", err)
	n.reads(n.user(n.userPool), "demo#books", "", booksA, n.refused())
	n.reads(n.user(n.userPool, "custom:org", orgA), booksA, "", "demo#books", n.refused())
}

func roleChaining(w *world) {
	n := w.tenancy("P30")
	hop := statements(`{"Effect":"Allow","Action":"sts:AssumeRole","Resource":"` + roleARN("P30Next*") + `"}`)
	n.use("P30First", hop)
	trustFirst := `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"` + roleARN("P30First") + `"},"Action":"sts:AssumeRole"}]}`
	n.role("P30NextAll", trustFirst, allow("GetItem", catalogue, ""))
	n.role("P30NextTag", trustFirst, allow("GetItem", catalogue, rowsLike(tenantRows)))
	n.role("P30NextSub", trustFirst, allow("GetItem", catalogue, keyedBySub))
	n.role("P30Closed", trustFirst, allow("GetItem", catalogue, ""))
	l := n.login(n.user(n.userPool, "custom:org", orgA))
	n.must("PutItem", put(n.ctx, n.rows, catalogue, n.id(n.entry, l)))
	first := sts.NewFromConfig(n.s.config(provider(n.credentials(n.entry, l))))
	for role, wants := range map[string][]string{
		"P30NextAll": {booksA, "", booksB, ""},
		"P30NextTag": {booksA, "AccessDeniedException: "},
		"P30NextSub": {n.id(n.entry, l), "AccessDeniedException: "},
	} {
		out, err := first.AssumeRole(n.ctx, &sts.AssumeRoleInput{RoleArn: aws.String(roleARN(role)), RoleSessionName: aws.String("next")})
		n.must("AssumeRole", err)
		n.readsWith(session(out.Credentials), wants...)
	}
	_, err := first.AssumeRole(n.ctx, &sts.AssumeRoleInput{RoleArn: aws.String(roleARN("P30NextAll")), RoleSessionName: aws.String("next"), DurationSeconds: aws.Int32(7200)})
	n.want("more than an hour", err, "ValidationError: The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining")
	_, err = first.AssumeRole(n.ctx, &sts.AssumeRoleInput{RoleArn: aws.String(roleARN("P30NextNone")), RoleSessionName: aws.String("next")})
	n.want("a role that is not there", err, "AccessDenied: User: arn:aws:sts::"+account+":assumed-role/P30First/CognitoIdentityCredentials is not authorized to perform: sts:AssumeRole on resource: "+roleARN("P30NextNone"))
}

func absentTag(w *world) {
	n := w.tenancy("P31")
	email, tagged := n.user(n.userPool), n.user(n.userPool, "custom:org", orgA)
	n.reads(email, booksA, n.refused(), "#books", n.refused())
	explicit := func() string {
		return strings.Replace(n.refused(), "because no identity-based policy allows the dynamodb:GetItem action", "with an explicit deny in an identity-based policy", 1)
	}
	all := statement("Allow", "GetItem", catalogue, "")
	n.use("P31DenyEquals", statements(all, statement("Deny", "GetItem", catalogue, `{"ForAnyValue:StringEquals":{"dynamodb:LeadingKeys":["${aws:PrincipalTag/org}#books"]}}`)))
	n.reads(email, booksA, "", booksB, "")
	n.reads(tagged, booksA, explicit(), booksB, "")
	n.use("P31DenyNotLike", statements(all, statement("Deny", "GetItem", catalogue, `{"ForAnyValue:StringNotLike":{"dynamodb:LeadingKeys":["${aws:PrincipalTag/org}#*"]}}`)))
	n.reads(email, booksA, explicit(), booksB, explicit())
	n.reads(tagged, booksA, "", booksB, explicit())
	n.use("P31Default", allow("GetItem", catalogue, rowsLike("${aws:PrincipalTag/org, 'demo'}#*")))
	n.reads(email, "demo#books", "", booksA, n.refused())
	n.reads(tagged, booksA, "", "demo#books", n.refused())
	// What AWS makes of an empty default is not known; as no default it is closed.
	n.use("P31Empty", allow("GetItem", catalogue, rowsLike("${aws:PrincipalTag/org, ''}*")))
	n.reads(email, booksA, n.refused(), booksB, n.refused())
	n.use("P31Scan", allow("GetItem Scan", catalogue, rowsLike(tenantRows)))
	n.reads(email, booksA, n.refused())
	n.scanAs(email, "") // no leading keys: vacuously true
	n.use("P31Null", statements(statement("Allow", "GetItem Scan", catalogue,
		`{"Null":{"dynamodb:LeadingKeys":"false","aws:PrincipalTag/org":"false"},"ForAllValues:StringLike":{"dynamodb:LeadingKeys":["${aws:PrincipalTag/org}#*"]}}`)))
	n.reads(tagged, booksA, "", booksB, n.refused())
	n.scanAs(tagged, denied(n.name, "Scan", catalogue))
}

func wildcardValue(w *world) {
	n := w.tenancy("P32")
	for _, org := range []string{"*", "a?me", "acme#", "acme,demo", "acme|demo", "${aws:userid}"} {
		n.cannotEnter(n.user(n.userPool, "custom:org", org))
	}
	n.reads(n.user(n.userPool, "custom:org", "acme"), "acme#books", "", "demo#books", n.refused())
}

func slashValue(w *world) {
	n := w.tenancy("P33")
	n.reads(n.user(n.userPool, "custom:org", "acme/public"), "acme/public#books", "", "acme#books", n.refused())
	n.reads(n.user(n.userPool, "custom:org", "acme:x"), "acme#books", n.refused())
}

func tagCase(w *world) {
	n := w.tenancy("P34")
	n.reads(n.user(n.userPool, "custom:org", "Acme"), "Acme#books", "", "acme#books", n.refused())
	email := n.user(n.userPool, "custom:org", "acme")
	n.use("P34Capitals", allow("GetItem", catalogue, rowsLike("${aws:PrincipalTag/ORG}#*")))
	n.reads(email, "acme#books", "", "Acme#books", n.refused())
	n.tag(n.entry, n.userPool, map[string]string{"org": "custom:org", "Org": "email"})
	n.cannotEnter(email)
}

func tagTooLong(w *world) {
	n := w.tenancy("P35")
	n.cannotEnter(n.user(n.userPool, "custom:org", strings.Repeat("a", 257)))
	n.want("256 characters", second(n.exchange(n.entry, n.login(n.user(n.userPool, "custom:org", strings.Repeat("a", 256))))), "")
}

func wideGuest(w *world) {
	n := w.tenancy("P36")
	n.role("P36Guest", trust(usual(n.entry, "unauthenticated")), allow("GetItem Scan", catalogue, ""),
		`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iam:ListUsers","Resource":"*"}]}`)
	n.roles(n.entry, n.name, "P36Guest", nil)
	guest := n.credentials(n.entry, nil)
	n.readsWith(guest, booksA, "", booksB, "")
	n.want("a guest scans", scan(n.ctx, n.as(guest), catalogue), "")
	_, err := iam.NewFromConfig(n.s.config(provider(guest))).ListUsers(n.ctx, &iam.ListUsersInput{})
	got := told(err)
	for _, part := range []string{"AccessDenied: User: arn:aws:sts::" + account + ":assumed-role/P36Guest/CognitoIdentityCredentials is not authorized to perform: iam:ListUsers",
		" because no session policy allows the iam:ListUsers action"} {
		if !strings.Contains(got, part) {
			n.t.Errorf("what the scope-down leaves out: %q, want %q in it", got, part)
		}
	}
}
