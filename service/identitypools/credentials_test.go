package identitypools_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/bailiwick-project/bailiwick"
)

const badConfiguration = "Invalid identity pool configuration. Check assigned IAM roles for this pool."

func TestCredentialsOfAUser(t *testing.T) {
	w := newWorld(t)
	pool := w.pool(nil)
	w.rolled(pool, nil)
	jwt := w.token(poolA, "alice", nil)
	id := w.id(pool, poolA, jwt)
	out := w.ok("GetCredentialsForIdentity", object{"IdentityId": id, "Logins": object{poolA: jwt}})
	c := out["Credentials"].(map[string]any)
	if out["IdentityId"] != id || c["AccessKeyId"] != "ASIAEXAMPLE" || c["SecretKey"] != "shh" || c["SessionToken"] != "tok" || c["Expiration"] != float64(w.now.Unix()+3600) {
		t.Errorf("answer %v", out)
	}
	want := w.wants[0]
	if want.RoleARN != role("Auth") || want.SessionName != "CognitoIdentityCredentials" || want.Policy != "" || want.PolicyARNs != nil {
		t.Errorf("asked for %+v", want)
	}
	who := want.Identity
	if who.Provider != "cognito-identity.amazonaws.com" || who.Subject != id || who.Audience != pool ||
		!slices.Equal(who.AMR, []string{"authenticated", poolA, poolA + ":CognitoSignIn:alice"}) || len(who.Tags) != 0 {
		t.Errorf("identity %+v", who)
	}
}

func TestCredentialsOfAGuest(t *testing.T) {
	w := newWorld(t)
	pool := w.pool(nil)
	id := w.guest(pool)
	w.refused("no role", "GetCredentialsForIdentity", object{"IdentityId": id}, "InvalidIdentityPoolConfigurationException", badConfiguration)
	w.noted("no role", "has no unauthenticated role")
	w.rolled(pool, nil)
	w.ok("SetPrincipalTagAttributeMap", object{"IdentityPoolId": pool, "IdentityProviderName": poolA, "UseDefaults": true})
	w.ok("GetCredentialsForIdentity", object{"IdentityId": id})
	want := w.wants[0]
	if want.RoleARN != role("Guest") || !slices.Equal(want.Identity.AMR, []string{"unauthenticated"}) || len(want.Identity.Tags) != 0 {
		t.Errorf("asked for %+v", want)
	}
	if !strings.Contains(want.Policy, `"dynamodb:*"`) || strings.Contains(want.Policy, "iam:") || strings.Contains(want.Policy, "sts:") ||
		!slices.Equal(want.PolicyARNs, []string{"arn:aws:iam::aws:policy/AmazonCognitoUnAuthedIdentitiesSessionPolicy"}) {
		t.Errorf("scope-down %s %v", want.Policy, want.PolicyARNs)
	}
	w.refused("guests choose no role", "GetCredentialsForIdentity", object{"IdentityId": id, "CustomRoleArn": role("Auth")}, "NotAuthorizedException", "Access to Role '"+role("Auth")+"' is forbidden.")
	w.ok("UpdateIdentityPool", object{"IdentityPoolId": pool, "IdentityPoolName": "p", "AllowUnauthenticatedIdentities": false})
	w.refused("guests no more", "GetCredentialsForIdentity", object{"IdentityId": id}, "NotAuthorizedException", "Unauthenticated access is not supported for this identity pool.")
}

func TestRefusalsOfTheRole(t *testing.T) {
	w := newWorld(t)
	pool := w.pool(nil)
	w.rolled(pool, nil)
	in := object{"IdentityId": w.guest(pool)}
	w.refuse = bailiwick.Errorf(bailiwick.CodeAccessDenied, "Not authorized to perform sts:AssumeRoleWithWebIdentity")
	w.refused("trust policy", "GetCredentialsForIdentity", in, "InvalidIdentityPoolConfigurationException", badConfiguration)
	w.noted("trust policy", "could not be assumed: Not authorized to perform sts:AssumeRoleWithWebIdentity")
}

func TestRoleSelection(t *testing.T) {
	w := newWorld(t)
	key := poolA + ":web"
	rules := func(ambiguous string, list ...any) object {
		return object{key: object{"Type": "Rules", "AmbiguousRoleResolution": ambiguous, "RulesConfiguration": object{"Rules": list}}}
	}
	rule := func(claim, match, value, to string) object {
		return object{"Claim": claim, "MatchType": match, "Value": value, "RoleARN": role(to)}
	}
	byToken := func(ambiguous string) object {
		return object{key: object{"Type": "Token", "AmbiguousRoleResolution": ambiguous}}
	}
	roles := []string{role("R1"), role("R2")}
	const denied = "The ambiguous role mapping rules denied this request"
	acme := rules("Deny", rule("cognito:groups", "Contains", "acme", "Acme"))
	plan := rules("Deny", rule("custom:plan", "Equals", "pro", "Pro"), rule("custom:plan", "StartsWith", "pr", "Pr"), rule("custom:plan", "NotEqual", "free", "Paid"))
	verified := rules("AuthenticatedRole", rule("email_verified", "Equals", "true", "Verified"), rule("n", "Equals", "12", "Twelve"))
	forbidden := func(name string) string { return "Access to Role '" + role(name) + "' is forbidden." }
	for _, tt := range []struct {
		name     string
		mappings any
		claims   object
		custom   string
		want     string // role, or
		refusal  string
	}{
		{"no mapping", nil, nil, "", "Auth", ""},
		{"no mapping, preferred role counts for nothing", nil, object{"cognito:preferred_role": role("R1")}, "", "Auth", ""},
		{"no mapping, chosen role", nil, object{"cognito:roles": roles}, "R1", "", forbidden("R1")},
		{"token: preferred", byToken("Deny"), object{"cognito:preferred_role": role("R1"), "cognito:roles": roles}, "", "R1", ""},
		{"token: chosen", byToken("Deny"), object{"cognito:preferred_role": role("R1"), "cognito:roles": roles}, "R2", "R2", ""},
		{"token: chosen, not in the token", byToken("AuthenticatedRole"), object{"cognito:roles": roles}, "R3", "", forbidden("R3")},
		{"token: chosen, only part of a name", byToken("AuthenticatedRole"), object{"cognito:roles": roles}, "R", "", forbidden("R")},
		{"token: several, none preferred", byToken("Deny"), object{"cognito:roles": roles}, "", "", denied},
		{"token: no roles, default", byToken("AuthenticatedRole"), nil, "", "Auth", ""},
		{"token: no roles, deny", byToken("Deny"), nil, "", "", denied},
		{"rules: first match", plan, object{"custom:plan": "pro"}, "", "Pro", ""},
		{"rules: second match", plan, object{"custom:plan": "premium"}, "", "Pr", ""},
		{"rules: case counts", plan, object{"custom:plan": "Pro"}, "", "Paid", ""},
		{"rules: chosen among matching", plan, object{"custom:plan": "pro"}, "Paid", "Paid", ""},
		{"rules: chosen, not matching", plan, object{"custom:plan": "free"}, "Pro", "", forbidden("Pro")},
		{"rules: NotEqual needs the claim", plan, nil, "", "", denied},
		{"rules: NotEqual", plan, object{"custom:plan": "free"}, "", "", denied},
		{"rules: groups", acme, object{"cognito:groups": []string{"x", "acme"}}, "", "Acme", ""},
		{"rules: a group whose name contains it", acme, object{"cognito:groups": []string{"acme-guests"}}, "", "Acme", ""},
		{"rules: groups, none", acme, object{"cognito:groups": []string{"ac", "me"}}, "", "", denied},
		{"rules: NotEqual of groups", rules("Deny", rule("cognito:groups", "NotEqual", "x", "X")), object{"cognito:groups": []string{"y"}}, "", "", denied},
		{"rules: Equals of one group", rules("Deny", rule("cognito:groups", "Equals", "x", "X")), object{"cognito:groups": []string{"x"}}, "", "", denied},
		{"rules: boolean", verified, object{"email_verified": true}, "", "Verified", ""},
		{"rules: number", verified, object{"email_verified": false, "n": 12}, "", "Twelve", ""},
		{"rules: none, default", verified, nil, "", "Auth", ""},
	} {
		pool := w.pool(nil)
		w.rolled(pool, tt.mappings)
		jwt := w.token(poolA, "alice", tt.claims)
		in := object{"IdentityId": w.id(pool, poolA, jwt), "Logins": object{poolA: jwt}}
		if tt.custom != "" {
			in["CustomRoleArn"] = role(tt.custom)
		}
		if tt.refusal != "" {
			w.refused(tt.name, "GetCredentialsForIdentity", in, "NotAuthorizedException", tt.refusal)
			continue
		}
		w.ok("GetCredentialsForIdentity", in)
		if got := w.wants[len(w.wants)-1].RoleARN; got != role(tt.want) {
			t.Errorf("%s: role %s, want %s", tt.name, got, tt.want)
		}
		w.noted(tt.name, "Role selection: ")
	}
}

func TestRolesOfOtherAccountsAreNotAssumed(t *testing.T) {
	w := newWorld(t)
	pool := w.pool(nil)
	w.rolled(pool, object{poolA + ":web": object{"Type": "Token", "AmbiguousRoleResolution": "Deny"}})
	jwt := w.token(poolA, "alice", object{"cognito:preferred_role": "arn:aws:iam::111111111111:role/R"})
	w.refused("foreign", "GetCredentialsForIdentity", object{"IdentityId": w.id(pool, poolA, jwt), "Logins": object{poolA: jwt}}, "InvalidIdentityPoolConfigurationException", badConfiguration)
	if len(w.wants) != 0 {
		t.Errorf("asked for %+v", w.wants)
	}
}

func TestTwoMappingsAreAmbiguous(t *testing.T) {
	w := newWorld(t)
	pool := w.pool(object{"CognitoIdentityProviders": []any{object{"ProviderName": poolA, "ClientId": "web"}, object{"ProviderName": poolB, "ClientId": "web"}}})
	m := object{"Type": "Token", "AmbiguousRoleResolution": "AuthenticatedRole"}
	w.rolled(pool, object{poolA + ":web": m, poolB + ":web": m})
	logins := object{poolA: w.token(poolA, "a", nil), poolB: w.token(poolB, "b", nil)}
	id := w.ok("GetId", object{"IdentityPoolId": pool, "Logins": logins})["IdentityId"]
	w.refused("two", "GetCredentialsForIdentity", object{"IdentityId": id, "Logins": logins}, "NotAuthorizedException", "The ambiguous role mapping rules denied this request")
}

func TestPrincipalTags(t *testing.T) {
	w := newWorld(t)
	pool := w.pool(nil)
	w.rolled(pool, nil)
	set := func(defaults bool, tags object) {
		w.ok("SetPrincipalTagAttributeMap", object{"IdentityPoolId": pool, "IdentityProviderName": poolA, "UseDefaults": defaults, "PrincipalTags": tags})
	}
	long := strings.Repeat("x", 257)
	for _, tt := range []struct {
		name     string
		defaults bool
		tags     object
		claims   object
		want     map[string]string // or
		note     string
	}{
		{"defaults", true, nil, nil, map[string]string{"username": "alice", "client": "web"}, ""},
		{"mapped", false, object{"org": "custom:org", "mail": "email_verified", "n": "n"}, object{"custom:org": "acme/x:1", "email_verified": true, "n": 12}, map[string]string{"org": "acme/x:1", "mail": "true", "n": "12"}, ""},
		{"absent", false, object{"org": "custom:org"}, nil, map[string]string{}, ""},
		{"empty", false, object{"org": "custom:org"}, object{"custom:org": ""}, map[string]string{}, ""},
		{"letters of all scripts", false, object{"org": "custom:org"}, object{"custom:org": "Ünïcode 東京"}, map[string]string{"org": "Ünïcode 東京"}, ""},
		{"wildcard", false, object{"org": "custom:org"}, object{"custom:org": "*"}, nil, `The principal tag "org" of the claim "custom:org" has characters that tags cannot have.`},
		{"question mark", false, object{"org": "custom:org"}, object{"custom:org": "a?me"}, nil, "has characters"},
		{"hash", false, object{"org": "custom:org"}, object{"custom:org": "acme#1"}, nil, "has characters"},
		{"variable", false, object{"org": "custom:org"}, object{"custom:org": "${aws:username}"}, nil, "has characters"},
		{"control character", false, object{"org": "custom:org"}, object{"custom:org": "acme\n"}, nil, "has characters"},
		{"long", false, object{"org": "custom:org"}, object{"custom:org": long}, nil, "is longer than 256 characters"},
		{"long together", false, object{"a": "custom:a", "b": "custom:b"}, object{"custom:a": long[:230], "custom:b": long[:229]}, nil, "461 bytes together"},
		{"just fits", false, object{"a": "custom:a", "b": "custom:b"}, object{"custom:a": long[:229], "custom:b": long[:229]}, map[string]string{"a": long[:229], "b": long[:229]}, ""},
		{"array", false, object{"groups": "cognito:groups"}, object{"cognito:groups": []string{"a"}}, nil, "is neither text, number nor boolean"},
		{"two spellings of a key", false, object{"org": "custom:org", "Org": "sub"}, object{"custom:org": "acme"}, nil, "differs only in case"},
		{"reserved key", false, object{"aws:org": "custom:org"}, object{"custom:org": "acme"}, nil, "is reserved"},
		{"bad key", false, object{"org*": "custom:org"}, object{"custom:org": "acme"}, nil, "has a key with characters"},
		{"no map", false, nil, object{"custom:org": "acme"}, map[string]string{}, ""},
	} {
		set(tt.defaults, tt.tags)
		jwt := w.token(poolA, "alice", tt.claims)
		in := object{"IdentityId": w.id(pool, poolA, jwt), "Logins": object{poolA: jwt}}
		if tt.note != "" {
			w.refused(tt.name, "GetCredentialsForIdentity", in, "InvalidIdentityPoolConfigurationException", badConfiguration)
			w.noted(tt.name, tt.note)
			continue
		}
		w.ok("GetCredentialsForIdentity", in)
		if got := w.wants[len(w.wants)-1].Identity.Tags; !maps.Equal(got, tt.want) {
			t.Errorf("%s: tags %v, want %v", tt.name, got, tt.want)
		}
	}
}
