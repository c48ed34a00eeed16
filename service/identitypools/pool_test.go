package identitypools_test

import (
	"context"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/policy"
	"github.com/bailiwick-project/bailiwick/service/servicetest"
)

func TestPoolLife(t *testing.T) {
	w := newWorld(t)
	in := object{
		"IdentityPoolName": "my pool", "AllowUnauthenticatedIdentities": false, "AllowClassicFlow": true,
		"CognitoIdentityProviders":  []any{object{"ProviderName": poolA, "ClientId": "web", "ServerSideTokenCheck": true}},
		"SupportedLoginProviders":   object{"graph.facebook.com": "7346241598935555"},
		"DeveloperProviderName":     "login.mycompany.myapp",
		"OpenIdConnectProviderARNs": []any{"arn:aws:iam::000000000000:oidc-provider/idp.example"},
		"SamlProviderARNs":          []any{"arn:aws:iam::000000000000:saml-provider/adfs"},
		"IdentityPoolTags":          object{"team": "blue"},
	}
	made := w.ok("CreateIdentityPool", in)
	id := made["IdentityPoolId"]
	want := object{"IdentityPoolId": id}
	for k, v := range in {
		want[k] = v
	}
	if got := w.ok("DescribeIdentityPool", object{"IdentityPoolId": id}); !reflect.DeepEqual(got, made) || !reflect.DeepEqual(got, want) {
		t.Errorf("described %v\nwant %v", got, want)
	}
	update := object{"IdentityPoolId": id, "IdentityPoolName": "renamed", "AllowUnauthenticatedIdentities": true, "DeveloperProviderName": "login.mycompany.myapp"}
	want = object{"IdentityPoolTags": object{"team": "blue"}, "AllowClassicFlow": false}
	for k, v := range update {
		want[k] = v
	}
	if got := w.ok("UpdateIdentityPool", update); !reflect.DeepEqual(got, want) {
		t.Errorf("updated %v\nwant %v", got, want)
	}
	delete(update, "DeveloperProviderName") // Terraform leaves it out of updates
	if got := w.ok("UpdateIdentityPool", update); !reflect.DeepEqual(got, want) {
		t.Errorf("updated without the developer's name: %v\nwant %v", got, want)
	}
	update["DeveloperProviderName"] = "another"
	w.refused("developer name", "UpdateIdentityPool", update, "InvalidParameterException", "The developer provider name cannot be changed once it is set.")
	guest := w.guest(id.(string))
	w.ok("DeleteIdentityPool", object{"IdentityPoolId": id})
	gone := fmt.Sprintf("IdentityPool '%s' not found.", id)
	w.refused("deleted", "DescribeIdentityPool", object{"IdentityPoolId": id}, "ResourceNotFoundException", gone)
	w.refused("deleted", "DeleteIdentityPool", object{"IdentityPoolId": id}, "ResourceNotFoundException", gone)
	w.refused("its identities", "GetCredentialsForIdentity", object{"IdentityId": guest}, "ResourceNotFoundException", "Identity '"+guest+"' not found.")
	if list := w.ok("ListIdentityPools", object{"MaxResults": 10})["IdentityPools"].([]any); len(list) != 0 {
		t.Errorf("listed %v", list)
	}
}

func TestPoolInput(t *testing.T) {
	w := newWorld(t)
	base := func(k string, v any) object {
		return object{"IdentityPoolName": "p", "AllowUnauthenticatedIdentities": true, k: v}
	}
	w.refused("no guests said", "CreateIdentityPool", object{"IdentityPoolName": "p"}, "ValidationException",
		"1 validation error detected: Value null at 'allowUnauthenticatedIdentities' failed to satisfy constraint: Member must not be null")
	for name, p := range map[string]object{
		"no client":         {"ProviderName": poolA},
		"no provider":       {"ClientId": "web"},
		"not a user pool":   {"ProviderName": "accounts.google.com", "ClientId": "web"},
		"with the scheme":   {"ProviderName": "https://" + poolA, "ClientId": "web"},
		"another host":      {"ProviderName": "cognito-idp.evil.example/x", "ClientId": "web"},
		"with a client":     {"ProviderName": poolA + ":web", "ClientId": "web"},
		"slash in the pool": {"ProviderName": poolA + "/x", "ClientId": "web"},
	} {
		w.refused(name, "CreateIdentityPool", base("CognitoIdentityProviders", []any{p}), "InvalidParameterException", "Invalid Cognito Identity Provider")
	}
	w.refused("reserved tag", "CreateIdentityPool", base("IdentityPoolTags", object{"aws:x": "y"}), "InvalidParameterException", "The tag key aws:x begins with aws:, which is reserved.")
	w.refused("tags by case", "CreateIdentityPool", base("IdentityPoolTags", object{"a": "y", "A": "n"}), "InvalidParameterException", "The tag keys A and a differ only in case.")
}

func TestListings(t *testing.T) {
	w := newWorld(t)
	for range 5 {
		w.pool(nil)
	}
	pages(t, w, "ListIdentityPools", object{}, "IdentityPools", "IdentityPoolId", 5)
	pool := w.pool(nil)
	for i := range 5 {
		w.id(pool, poolA, w.token(poolA, fmt.Sprint("u", i), nil))
	}
	ids := pages(t, w, "ListIdentities", object{"IdentityPoolId": pool}, "Identities", "IdentityId", 5)
	w.refused("made-up token", "ListIdentityPools", object{"MaxResults": 1, "NextToken": "%%"}, "InvalidParameterException", "The NextToken is not valid.")
	got := w.ok("DescribeIdentity", object{"IdentityId": ids[0]})
	if want := (object{"IdentityId": ids[0], "Logins": []any{poolA}, "CreationDate": float64(start.Unix()), "LastModifiedDate": float64(start.Unix())}); !reflect.DeepEqual(got, want) {
		t.Errorf("described %v, want %v", got, want)
	}
	jwt := w.token(poolA, "u0", nil)
	was := w.id(pool, poolA, jwt)
	w.ok("DeleteIdentities", object{"IdentityIdsToDelete": []string{was}})
	w.refused("deleted", "DescribeIdentity", object{"IdentityId": was}, "ResourceNotFoundException", "Identity '"+was+"' not found.")
	if w.id(pool, poolA, jwt) == was {
		t.Error("a deleted identity's id was used again")
	}
}

// pages reads a listing two by two.
func pages(t *testing.T, w *world, operation string, in object, member, id string, want int) []string {
	t.Helper()
	seen := map[string]bool{}
	var all []string
	in["MaxResults"] = 2
	for range want {
		out := w.ok(operation, in)
		for _, e := range out[member].([]any) {
			s := e.(map[string]any)[id].(string)
			if seen[s] {
				t.Errorf("%s shows %s twice", operation, s)
			}
			seen[s] = true
			all = append(all, s)
		}
		if out["NextToken"] == nil {
			break
		}
		in["NextToken"] = out["NextToken"]
	}
	if len(all) != want {
		t.Errorf("%s shows %d, want %d", operation, len(all), want)
	}
	return all
}

func TestRolesAndTagMaps(t *testing.T) {
	w := newWorld(t)
	pool := w.pool(object{"SupportedLoginProviders": object{"graph.facebook.com": "1"}})
	in := object{
		"IdentityPoolId": pool, "Roles": object{"authenticated": role("Auth")},
		"RoleMappings": object{
			poolA + ":web":       object{"Type": "Token", "AmbiguousRoleResolution": "Deny"},
			"graph.facebook.com": object{"Type": "Rules", "AmbiguousRoleResolution": "AuthenticatedRole", "RulesConfiguration": object{"Rules": []any{object{"Claim": "a", "MatchType": "Equals", "Value": "b", "RoleARN": role("R")}}}},
		},
	}
	w.ok("SetIdentityPoolRoles", in)
	if got := w.ok("GetIdentityPoolRoles", object{"IdentityPoolId": pool}); !reflect.DeepEqual(got, in) {
		t.Errorf("got %v\nwant %v", got, in)
	}
	token := object{"Type": "Token", "AmbiguousRoleResolution": "Deny"}
	mapped := func(key string, m object) object {
		return object{"IdentityPoolId": pool, "Roles": object{}, "RoleMappings": object{key: m}}
	}
	const invalid = "InvalidParameterException"
	w.refused("no client", "SetIdentityPoolRoles", mapped(poolA, token), invalid, poolA+" is not a valid RoleMapping ProviderName or is not a configured provider.")
	w.refused("another client", "SetIdentityPoolRoles", mapped(poolA+":x", token), invalid, poolA+":x is not a valid RoleMapping ProviderName or is not a configured provider.")
	w.refused("no resolution", "SetIdentityPoolRoles", mapped(poolA+":web", object{"Type": "Token"}), invalid, "AmbiguousRoleResolution is required for the role mapping of "+poolA+":web.")
	w.refused("no rules", "SetIdentityPoolRoles", mapped(poolA+":web", object{"Type": "Rules", "AmbiguousRoleResolution": "Deny"}), invalid, "RulesConfiguration is required for the role mapping of "+poolA+":web, whose type is Rules.")
	for _, arn := range []string{"my-stack-SomeRole-KBKHTR8P6UC2", "arn:aws:iam::111111111111:role/R", "arn:aws:iam::000000000000:user/R"} {
		w.refused(arn, "SetIdentityPoolRoles", object{"IdentityPoolId": pool, "Roles": object{"authenticated": arn}}, "NotAuthorizedException", "Access to Role '"+arn+"' is forbidden.")
	}

	where := object{"IdentityPoolId": pool, "IdentityProviderName": poolA}
	if got := w.ok("GetPrincipalTagAttributeMap", where); !reflect.DeepEqual(got["PrincipalTags"], object{}) || got["UseDefaults"] != false {
		t.Errorf("no map: %v", got)
	}
	for _, set := range []object{{"UseDefaults": true}, {"UseDefaults": false, "PrincipalTags": object{"org": "custom:org"}}} {
		for k, v := range where {
			set[k] = v
		}
		answer := w.ok("SetPrincipalTagAttributeMap", set)
		if set["UseDefaults"] == true {
			set["PrincipalTags"] = object{"username": "sub", "client": "aud"}
		}
		if got := w.ok("GetPrincipalTagAttributeMap", where); !reflect.DeepEqual(got, set) || !reflect.DeepEqual(answer, set) {
			t.Errorf("got %v and %v, want %v", answer, got, set)
		}
	}
	w.refused("both", "SetPrincipalTagAttributeMap", object{"IdentityPoolId": pool, "IdentityProviderName": poolA, "UseDefaults": true, "PrincipalTags": object{"a": "b"}},
		invalid, "PrincipalTags cannot be set together with UseDefaults.")
}

func TestTags(t *testing.T) {
	w := newWorld(t)
	pool := w.pool(object{"IdentityPoolTags": object{"a": "1"}})
	arn := "arn:aws:cognito-identity:us-east-1:" + account + ":identitypool/" + pool
	w.ok("TagResource", object{"ResourceArn": arn, "Tags": object{"b": "2", "a": "3"}})
	w.ok("UntagResource", object{"ResourceArn": arn, "TagKeys": []any{"b", "none"}})
	if got := w.ok("ListTagsForResource", object{"ResourceArn": arn}); !reflect.DeepEqual(got["Tags"], object{"a": "3"}) {
		t.Errorf("tags %v", got)
	}
	foreign := strings.Replace(arn, account, "111111111111", 1)
	w.refused("another account", "ListTagsForResource", object{"ResourceArn": foreign}, "ResourceNotFoundException", "IdentityPool '"+pool+"' not found.")
	w.refused("no pool", "ListTagsForResource", object{"ResourceArn": "arn:aws:s3:::bucket-of-somebody"}, "InvalidParameterException", "arn:aws:s3:::bucket-of-somebody is not the ARN of an identity pool.")
}

func TestAnotherAccountSeesNothing(t *testing.T) {
	w := newWorld(t)
	pool := w.pool(object{"DeveloperProviderName": developer})
	id, _ := w.vouched(pool, "alice", nil)
	const other = "111111111111"
	w.As(bailiwick.Principal{Principal: policy.Principal{Type: policy.Account, ARN: "arn:aws:iam::" + other + ":root", ID: other, Account: other}})
	in := func(more object) object {
		more["IdentityPoolId"] = pool
		return more
	}
	for operation, in := range map[string]object{
		"DescribeIdentityPool":               in(object{}),
		"UpdateIdentityPool":                 in(object{"IdentityPoolName": "p", "AllowUnauthenticatedIdentities": true}),
		"DeleteIdentityPool":                 in(object{}),
		"GetIdentityPoolRoles":               in(object{}),
		"SetIdentityPoolRoles":               in(object{"Roles": object{"authenticated": "arn:aws:iam::" + other + ":role/R"}}),
		"GetPrincipalTagAttributeMap":        in(object{"IdentityProviderName": poolA}),
		"SetPrincipalTagAttributeMap":        in(object{"IdentityProviderName": poolA, "UseDefaults": true}),
		"ListIdentities":                     in(object{"MaxResults": 1}),
		"GetOpenIdTokenForDeveloperIdentity": in(object{"Logins": object{developer: "alice"}}),
		"LookupDeveloperIdentity":            in(object{"IdentityId": id}),
		"MergeDeveloperIdentities":           in(object{"DeveloperProviderName": developer, "SourceUserIdentifier": "alice", "DestinationUserIdentifier": "bob"}),
		"UnlinkDeveloperIdentity":            in(object{"DeveloperProviderName": developer, "DeveloperUserIdentifier": "alice", "IdentityId": id}),
	} {
		w.refused(operation, operation, in, "ResourceNotFoundException", "IdentityPool '"+pool+"' not found.")
	}
	w.refused("DescribeIdentity", "DescribeIdentity", object{"IdentityId": id}, "ResourceNotFoundException", "Identity '"+id+"' not found.")
	want := object{"UnprocessedIdentityIds": []any{object{"IdentityId": id, "ErrorCode": "AccessDenied"}}}
	if got := w.ok("DeleteIdentities", object{"IdentityIdsToDelete": []any{id}}); !reflect.DeepEqual(got, want) {
		t.Errorf("deleted %v, want %v", got, want)
	}
	if list := w.ok("ListIdentityPools", object{"MaxResults": 10})["IdentityPools"].([]any); len(list) != 0 {
		t.Errorf("listed %v", list)
	}
	w.As(servicetest.Root())
	w.ok("DescribeIdentity", object{"IdentityId": id})
}

// policies gives every user the same policy.
type policies struct{ set *policy.Set }

func (p *policies) Attached(context.Context, bailiwick.Principal) (bailiwick.Attachments, error) {
	return bailiwick.Attachments{Identity: p.set}, nil
}

func (p *policies) ManagedPolicy(context.Context, string) (*policy.Policy, error) {
	return nil, bailiwick.Errorf("NoSuchEntity", "none")
}

func TestAuthorization(t *testing.T) {
	w := newWorld(t)
	w.roles[role("Auth")] = bailiwick.Role{ARN: role("Auth"), Tags: map[string]string{"for": "pools"}}
	blue, red := w.pool(object{"IdentityPoolTags": object{"team": "blue"}}), w.pool(object{"IdentityPoolTags": object{"team": "red"}})
	blueID, redID := w.guest(blue), w.guest(red)
	arn := func(id string) string { return "arn:aws:cognito-identity:us-east-1:" + account + ":identitypool/" + id }
	doc, err := policy.Parse(policy.Identity, `{"Version":"2012-10-17","Statement":[
		{"Effect":"Allow","Action":["cognito-identity:DescribeIdentityPool","cognito-identity:UpdateIdentityPool","cognito-identity:DeleteIdentityPool","cognito-identity:TagResource"],
		 "Resource":"*","Condition":{"StringEquals":{"aws:ResourceTag/team":"blue"}}},
		{"Effect":"Deny","Action":"cognito-identity:TagResource","Resource":"*","Condition":{"ForAnyValue:StringEquals":{"aws:TagKeys":"team"}}},
		{"Effect":"Allow","Action":["cognito-identity:SetIdentityPoolRoles","cognito-identity:CreateIdentityPool"],"Resource":"*"},
		{"Effect":"Deny","Action":"cognito-identity:CreateIdentityPool","Resource":"*","Condition":{"StringNotEquals":{"aws:RequestTag/team":"blue"}}},
		{"Effect":"Allow","Action":"iam:PassRole","Resource":"*","Condition":{"StringEquals":{"iam:PassedToService":"cognito-identity.amazonaws.com","iam:ResourceTag/for":"pools"},
		 "ArnEquals":{"iam:AssociatedResourceArn":"`+arn(blue)+`"}}},
		{"Effect":"Allow","Action":["cognito-identity:DeleteIdentities","cognito-identity:DescribeIdentity"],"Resource":"*","Condition":{"ArnEquals":{"cognito-identity:IdentityPoolArn":"`+arn(blue)+`"}}}
	]}`)
	if err != nil {
		t.Fatal(err)
	}
	records := w.Server
	w.Server = servicetest.New(t, w.api.Service(), &policies{policy.NewSet(policy.Compile("p", doc))}, w.clock)
	defer func() { w.Server = records }()
	w.As(bailiwick.Principal{Name: "dev", Principal: policy.Principal{Type: policy.User, ARN: "arn:aws:iam::" + account + ":user/dev", Account: account, ID: "AIDA"}})

	const missing = "us-east-1:00000000-0000-4000-8000-000000000000"
	roles := func(pool, name string) object {
		return object{"IdentityPoolId": pool, "Roles": object{"authenticated": role(name)}}
	}
	update := func(tags object) object {
		return object{"IdentityPoolId": blue, "IdentityPoolName": "p", "AllowUnauthenticatedIdentities": true, "IdentityPoolTags": tags}
	}
	named := object{"IdentityPoolName": "p", "AllowUnauthenticatedIdentities": true, "IdentityPoolTags": object{"team": "blue"}}
	unnamed := object{"IdentityPoolName": "p", "AllowUnauthenticatedIdentities": true}
	for _, tt := range []struct {
		name, operation string
		in              object
		denied          string // action and resource, or "" when allowed
	}{
		{"own team", "DescribeIdentityPool", object{"IdentityPoolId": blue}, ""},
		{"another team", "DescribeIdentityPool", object{"IdentityPoolId": red}, "DescribeIdentityPool on resource: " + arn(red)},
		{"no such pool reads the same", "DescribeIdentityPool", object{"IdentityPoolId": missing}, "DescribeIdentityPool on resource: " + arn(missing)},
		{"tag that is not theirs", "TagResource", object{"ResourceArn": arn(blue), "Tags": object{"team": "red"}}, "TagResource"},
		{"other tag", "TagResource", object{"ResourceArn": arn(blue), "Tags": object{"x": "y"}}, ""},
		{"update with the same tags", "UpdateIdentityPool", update(object{"team": "blue", "x": "y"}), ""},
		{"update that changes the team", "UpdateIdentityPool", update(object{"team": "red", "x": "y"}), "TagResource"},
		{"update that drops a tag", "UpdateIdentityPool", update(object{"team": "blue"}), "UntagResource"},
		{"create tagged", "CreateIdentityPool", named, ""},
		{"create untagged", "CreateIdentityPool", unnamed, "CreateIdentityPool"},
		{"pass a role", "SetIdentityPoolRoles", roles(blue, "Auth"), ""},
		{"pass another role", "SetIdentityPoolRoles", roles(blue, "Admin"), "iam:PassRole on resource: " + role("Admin")},
		{"pass to another pool", "SetIdentityPoolRoles", roles(red, "Auth"), "iam:PassRole on resource: " + role("Auth")},
		{"pass in a rule", "SetIdentityPoolRoles", object{"IdentityPoolId": blue, "Roles": object{}, "RoleMappings": object{poolA + ":web": object{
			"Type": "Rules", "AmbiguousRoleResolution": "Deny",
			"RulesConfiguration": object{"Rules": []any{object{"Claim": "a", "MatchType": "Equals", "Value": "b", "RoleARN": role("Admin")}}},
		}}}, "iam:PassRole on resource: " + role("Admin")},
		{"identity of another pool", "DescribeIdentity", object{"IdentityId": redID}, "DescribeIdentity"},
		{"no such identity", "DescribeIdentity", object{"IdentityId": missing}, "DescribeIdentity"},
		{"identities of two pools", "DeleteIdentities", object{"IdentityIdsToDelete": []any{blueID, redID}}, "DeleteIdentities"},
		{"identity of the own pool", "DeleteIdentities", object{"IdentityIdsToDelete": []any{blueID}}, ""},
		{"listing", "ListIdentityPools", object{"MaxResults": 1}, "ListIdentityPools"},
	} {
		r := w.JSON(tt.operation, text(t, tt.in))
		switch {
		case tt.denied == "" && r.Status != 200:
			t.Errorf("%s: %s %s", tt.name, r.Code, r.Message)
		case tt.denied != "" && (r.Code != "AccessDeniedException" || !strings.Contains(r.Message, tt.denied)):
			t.Errorf("%s: got %d %s %q, want a refusal of %s", tt.name, r.Status, r.Code, r.Message, tt.denied)
		}
	}
}
