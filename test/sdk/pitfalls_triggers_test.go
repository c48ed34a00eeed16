package sdk_test

import (
	"encoding/json"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	idp "github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"
	idptypes "github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider/types"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	lambdatypes "github.com/aws/aws-sdk-go-v2/service/lambda/types"
)

// Pitfalls of addresses, and of functions that a user pool calls.

func TestPitfallsOfTriggers(t *testing.T) {
	t.Parallel()
	needNode(t)
	w := newWorld(t, serve(t, devMemory))
	for _, p := range []pitfall{
		{5, "domain of an address that is not verified", domainNotVerified},
		{6, "alias taken over by a function", aliasTakenOver},
		{13, "organisation by the name of the user", orgByName},
	} {
		t.Run(p.name, func(t *testing.T) { p.try(w.with(t)) })
	}
}

// domainNotVerified: the tenant is the domain of the address.
func domainNotVerified(w *world) {
	for _, c := range []struct {
		name     string
		settings *idptypes.UserAttributeUpdateSettingsType
		verified bool
	}{
		{"nothing asked", nil, false},
		{"verified before an update", &idptypes.UserAttributeUpdateSettingsType{AttributesRequireVerificationBeforeUpdate: []idptypes.VerifiedAttributeType{"email"}}, true},
	} {
		pool := w.addresses(&idp.CreateUserPoolInput{UserAttributeUpdateSettings: c.settings, AutoVerifiedAttributes: []idptypes.VerifiedAttributeType{"email"}})
		app := w.client(pool)
		const name = "ann"
		w.named(pool, name, "ann@acme.example")
		in := w.signIn(app, name)
		_, err := w.users.UpdateUserAttributes(w.ctx, &idp.UpdateUserAttributesInput{AccessToken: in.AccessToken, UserAttributes: pairs("email", "someone@globex.example")})
		w.want(c.name+", changing the address", err, "")
		fresh, err := w.refresh(app, aws.ToString(in.RefreshToken))
		w.must("refreshing", err)
		got := claims(w.t, aws.ToString(fresh.IdToken))
		want := "someone@globex.example"
		if c.verified {
			want = "ann@acme.example"
		}
		if got["email"] != want || got["email_verified"] != c.verified {
			w.t.Errorf("%s: the token says %v, verified %v; want %s, %v", c.name, got["email"], got["email_verified"], want, c.verified)
		}
	}
}

// addresses makes a pool in which e-mail addresses are aliases of names.
func (w *world) addresses(in *idp.CreateUserPoolInput) string {
	w.t.Helper()
	in.PoolName = aws.String("people")
	in.AliasAttributes = []idptypes.AliasAttributeType{"email"}
	out, err := w.users.CreateUserPool(w.ctx, in)
	w.must("CreateUserPool", err)
	return aws.ToString(out.UserPool.Id)
}

// named makes a confirmed user of a name, with a verified address.
func (w *world) named(pool, name, email string) (sub string) {
	w.t.Helper()
	out, err := w.users.AdminCreateUser(w.ctx, &idp.AdminCreateUserInput{
		UserPoolId: &pool, Username: &name, MessageAction: "SUPPRESS", UserAttributes: pairs("email", email, "email_verified", "true"),
	})
	w.must("AdminCreateUser", err)
	_, err = w.users.AdminSetUserPassword(w.ctx, &idp.AdminSetUserPasswordInput{UserPoolId: &pool, Username: &name, Password: aws.String(password), Permanent: true})
	w.must("AdminSetUserPassword", err)
	for _, a := range out.User.Attributes {
		if aws.ToString(a.Name) == "sub" {
			sub = aws.ToString(a.Value)
		}
	}
	return sub
}

// aliasTakenOver: the function takes an address for proven that its sender never
// received anything at, and the address leads to the newcomer.
func aliasTakenOver(w *world) {
	w.nodeFunction("autoverify", "autoverify.mjs", nil)
	pool := w.addresses(&idp.CreateUserPoolInput{LambdaConfig: &idptypes.LambdaConfigType{PreSignUp: aws.String(functionARN("autoverify"))}})
	w.allowInvoke("autoverify", "cognito-idp.amazonaws.com", "arn:aws:cognito-idp:"+region+":"+account+":userpool/"+pool)
	app := w.client(pool)
	const address = "ann@acme.example"
	victim := w.named(pool, "ann", address)
	if got := claims(w.t, aws.ToString(w.signIn(app, address).IdToken))["sub"]; got != victim {
		w.t.Fatalf("before: the address leads to %v, want %s", got, victim)
	}
	out, err := w.users.SignUp(w.ctx, &idp.SignUpInput{ClientId: &app, Username: aws.String("eve"), Password: aws.String(password), UserAttributes: pairs("email", address)})
	w.must("SignUp", err)
	if got := claims(w.t, aws.ToString(w.signIn(app, address).IdToken)); got["sub"] != aws.ToString(out.UserSub) || got["email_verified"] != true {
		w.t.Errorf("the address leads to %v, verified %v; want the newcomer %s", got["sub"], got["email_verified"], aws.ToString(out.UserSub))
	}
	if got := claims(w.t, aws.ToString(w.signIn(app, "ann").IdToken)); got["sub"] != victim || got["email_verified"] != false {
		w.t.Errorf("the one who had it: %v, verified %v", got["sub"], got["email_verified"])
	}
}

// orgByName: names of users are of several spellings, and are given again.
func orgByName(w *world) {
	w.nodeFunction("orgs", "orgs.mjs", nil)
	knows := func(by string, orgs map[string]string) {
		text, err := json.Marshal(orgs)
		w.must("printing the organisations", err)
		w.must("UpdateFunctionConfiguration", second(w.functions.UpdateFunctionConfiguration(w.ctx, &lambda.UpdateFunctionConfigurationInput{
			FunctionName: aws.String("orgs"), Environment: &lambdatypes.Environment{Variables: map[string]string{"BY": by, "ORGANISATIONS": string(text)}},
		})))
	}
	out, err := w.users.CreateUserPool(w.ctx, &idp.CreateUserPoolInput{
		PoolName: aws.String("people"), UsernameConfiguration: &idptypes.UsernameConfigurationType{CaseSensitive: aws.Bool(true)},
		LambdaConfig: &idptypes.LambdaConfigType{PreTokenGeneration: aws.String(functionARN("orgs"))},
	})
	w.must("CreateUserPool", err)
	pool := aws.ToString(out.UserPool.Id)
	w.allowInvoke("orgs", "cognito-idp.amazonaws.com", aws.ToString(out.UserPool.Arn))
	app := w.client(pool)
	org := func(name string) any { return claims(w.t, aws.ToString(w.signIn(app, name).IdToken))["org"] }
	sees := func(what string, got, want any) {
		w.t.Helper()
		if got != want {
			w.t.Errorf("%s: %v, want %v", what, got, want)
		}
	}

	sub := w.named(pool, "ann", "ann@globex.example")
	w.named(pool, "ANN", "eve@acme.example")
	knows("name", map[string]string{"ann": globex})
	sees("the one who is meant", org("ann"), globex)
	sees("another case", org("ANN"), globex)
	knows("sub", map[string]string{sub: globex})
	sees("the one who is meant, by sub", org("ann"), globex)
	sees("another case, by sub", org("ANN"), nil)

	w.must("AdminDeleteUser", second(w.users.AdminDeleteUser(w.ctx, &idp.AdminDeleteUserInput{UserPoolId: &pool, Username: aws.String("ann")})))
	w.must("SignUp", second(w.users.SignUp(w.ctx, &idp.SignUpInput{ClientId: &app, Username: aws.String("ann"), Password: aws.String(password)})))
	w.must("AdminConfirmSignUp", second(w.users.AdminConfirmSignUp(w.ctx, &idp.AdminConfirmSignUpInput{UserPoolId: &pool, Username: aws.String("ann")})))
	sees("the name given again, by sub", org("ann"), nil)
	knows("name", map[string]string{"ann": globex})
	sees("the name given again", org("ann"), globex)
}
