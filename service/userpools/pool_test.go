package userpools_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/bailiwick-project/bailiwick/service/servicetest"
)

func TestPoolDefaults(t *testing.T) {
	e := newEnv(t, nil)
	p := e.call("CreateUserPool", "PoolName", "mine", "UserPoolTags", m{"team": "a"})["UserPool"].(m)
	id := p["Id"].(string)
	if !regexp.MustCompile(`^us-east-1_[0-9A-Za-z]{9}$`).MatchString(id) {
		t.Errorf("id %q", id)
	}
	got := e.call("DescribeUserPool", "UserPoolId", id)["UserPool"].(m)
	for name, want := range map[string]string{
		"Arn":                         "arn:aws:cognito-idp:us-east-1:000000000000:userpool/" + id,
		"Policies":                    "map[PasswordPolicy:map[MinimumLength:8 RequireLowercase:true RequireNumbers:true RequireSymbols:true RequireUppercase:true TemporaryPasswordValidityDays:7] SignInPolicy:map[AllowedFirstAuthFactors:[PASSWORD]]]",
		"MfaConfiguration":            "OFF",
		"DeletionProtection":          "INACTIVE",
		"UserPoolTier":                "ESSENTIALS",
		"UserPoolTags":                "map[team:a]",
		"LambdaConfig":                "map[]",
		"EmailConfiguration":          "map[EmailSendingAccount:COGNITO_DEFAULT]",
		"AliasAttributes":             "<nil>",
		"UsernameAttributes":          "<nil>",
		"CreationDate":                "1.795176e+09",
		"VerificationMessageTemplate": "map[DefaultEmailOption:CONFIRM_WITH_CODE]",
	} {
		if fmt.Sprint(got[name]) != want {
			t.Errorf("%s is %v, want %s", name, got[name], want)
		}
	}
	var names []string
	for _, a := range got["SchemaAttributes"].([]any) {
		names = append(names, a.(m)["Name"].(string))
	}
	const want = "sub name given_name family_name middle_name nickname preferred_username profile picture website email email_verified " +
		"gender birthdate zoneinfo locale phone_number phone_number_verified address updated_at identities"
	if strings.Join(names, " ") != want {
		t.Errorf("schema is %v", names)
	}
	if got := e.call("GetUserPoolMfaConfig", "UserPoolId", id); fmt.Sprint(got) != "map[MfaConfiguration:OFF]" {
		t.Errorf("MFA is %v", got)
	}
}

func TestPoolRefusals(t *testing.T) {
	e := newEnv(t, nil)
	const bad = "InvalidParameterException"
	custom := func(more ...any) []m {
		s := m{"Name": "x", "AttributeDataType": "String"}
		for i := 0; i < len(more); i += 2 {
			s[more[i].(string)] = more[i+1]
		}
		return []m{s}
	}
	for _, tt := range []struct {
		name    string
		value   any
		message string
	}{
		{"LambdaConfig", m{"PreSignUp": "arn:aws:lambda:us-east-1:000000000000:function:f"}, "LambdaConfig is not supported: this server runs no functions."},
		{"MfaConfiguration", "ON", "SMS configuration and Auto verification for phone_number are required when MFA is required/optional"},
		{"UserPoolAddOns", m{"AdvancedSecurityMode": "ENFORCED"}, "AdvancedSecurityMode ENFORCED is not supported: this server has no threat protection."},
		{"Schema", custom("Required", true), "Required custom attributes are not supported currently."},
		{"Schema", append(custom(), custom()...), "custom:x: Existing attribute already has name custom:x."},
		{"Schema", append(custom("DeveloperOnlyAttribute", true), custom("DeveloperOnlyAttribute", true)...), "custom:x: Existing attribute already has name dev:custom:x."},
		{"Schema", custom("StringAttributeConstraints", m{"MaxLength": "2049"}), "user.custom:x: String attributes cannot have a length of more than 2048"},
		{"Schema", custom("StringAttributeConstraints", m{"MinLength": "5", "MaxLength": "4"}), "user.custom:x: Max length cannot be less than min length."},
		{"Schema", custom("AttributeDataType", "Number", "NumberAttributeConstraints", m{"MinValue": "5", "MaxValue": "4"}), "user.custom:x: Max value cannot be less than min value."},
		{"Schema", []m{{"Name": "email", "AttributeDataType": "Number"}}, "You can not change AttributeDataType or set developerOnlyAttribute for standard schema attribute email"},
		{"UserPoolTags", m{"Team": "a", "team": "b"}, "Duplicate tag keys found. Please note that Tag keys are case insensitive."},
		{"UserPoolTags", m{"aws:x": "a"}, "Tag keys that begin with aws: are reserved."},
		{
			"AccountRecoverySetting",
			m{"RecoveryMechanisms": []m{{"Name": "admin_only", "Priority": 1}, {"Name": "verified_email", "Priority": 2}}},
			"Invalid account recovery setting parameter. Account Recovery Setting cannot use admin_only setting with any other recovery mechanisms.",
		},
	} {
		e.fails(bad, tt.message, "CreateUserPool", "PoolName", "p", tt.name, tt.value)
	}
	e.fails(bad, "1 validation error detected: Value null at 'poolName' failed to satisfy constraint: Member must not be null", "CreateUserPool")
	e.fails("ResourceNotFoundException", "User pool us-east-1_nosuch000 does not exist.", "DescribeUserPool", "UserPoolId", "us-east-1_nosuch000")
}

func TestCustomAttributes(t *testing.T) {
	e := newEnv(t, nil)
	id := e.pool()
	add := func(name string) []any {
		return []any{"UserPoolId", id, "CustomAttributes", []m{{"Name": name, "AttributeDataType": "String"}}}
	}
	e.call("AddCustomAttributes", add("org")...)
	e.fails("InvalidParameterException", "custom:org: Existing attribute already has name custom:org.", "AddCustomAttributes", add("org")...)
	for i := range 49 {
		e.call("AddCustomAttributes", add(fmt.Sprint("a", i))...)
	}
	e.fails("InvalidParameterException", "The number of custom attributes cannot exceed 50.", "AddCustomAttributes", add("more")...)
}

func TestUpdateUserPoolResetsAndKeeps(t *testing.T) {
	e := newEnv(t, nil)
	id := e.pool("AutoVerifiedAttributes", []string{"email"}, "DeletionProtection", "ACTIVE", "UserPoolTags", m{"team": "a"},
		"Policies", m{"PasswordPolicy": m{"MinimumLength": 20}}, "UsernameConfiguration", m{"CaseSensitive": false})
	e.fails("InvalidParameterException", "The user pool cannot be deleted because deletion protection is activated. Deletion protection must be inactivated first.",
		"DeleteUserPool", "UserPoolId", id)
	e.call("UpdateUserPool", "UserPoolId", id)
	got := e.call("DescribeUserPool", "UserPoolId", id)["UserPool"].(m)
	if got["AutoVerifiedAttributes"] != nil || got["DeletionProtection"] != "INACTIVE" {
		t.Errorf("an update without members left %v", got)
	}
	if fmt.Sprintf("%v %v %v", got["UserPoolTags"], got["Name"], got["UsernameConfiguration"]) != "map[team:a] p map[CaseSensitive:false]" {
		t.Errorf("an update without members took %v", got)
	}
}

func TestDeletedPoolLeavesNothing(t *testing.T) {
	e := newEnv(t, nil)
	id := e.pool()
	client := e.client(id)
	e.signUp(client, "alice")
	e.call("CreateGroup", "UserPoolId", id, "GroupName", "g")
	e.call("DeleteUserPool", "UserPoolId", id)
	e.fails("ResourceNotFoundException", "User pool "+id+" does not exist.", "DescribeUserPool", "UserPoolId", id)
	e.fails("ResourceNotFoundException", "User pool client "+client+" does not exist.", "SignUp", "ClientId", client, "Username", "b", "Password", password)
	if list := e.call("ListUserPools", "MaxResults", 10)["UserPools"].([]any); len(list) != 0 {
		t.Errorf("list has %v", list)
	}
}

func TestTags(t *testing.T) {
	e := newEnv(t, nil)
	id := e.pool("UserPoolTags", m{"a": "1"})
	arn := "arn:aws:cognito-idp:us-east-1:000000000000:userpool/" + id
	e.call("TagResource", "ResourceArn", arn, "Tags", m{"b": "2"})
	e.call("UntagResource", "ResourceArn", arn, "TagKeys", []string{"a"})
	if got := e.call("ListTagsForResource", "ResourceArn", arn); fmt.Sprint(got) != "map[Tags:map[b:2]]" {
		t.Errorf("tags are %v", got)
	}
	e.fails("InvalidParameterException", "Duplicate tag keys found. Please note that Tag keys are case insensitive.", "TagResource", "ResourceArn", arn, "Tags", m{"B": "3"})
	e.fails("InvalidParameterException", "The resource ARN arn:aws:s3:us-east-1:000000000000:bucket/x is not the ARN of a user pool.",
		"ListTagsForResource", "ResourceArn", "arn:aws:s3:us-east-1:000000000000:bucket/x")
	elsewhere := strings.Replace(arn, "us-east-1:", "eu-west-1:", 1)
	e.fails("ResourceNotFoundException", "User pool "+id+" does not exist.", "ListTagsForResource", "ResourceArn", elsewhere)
}

// A pool of another account does not exist for its neighbour, not even for root.
func TestPoolsOfOtherAccounts(t *testing.T) {
	e := newEnv(t, nil)
	id := e.pool()
	client := e.client(id)
	other := servicetest.Root()
	other.Account, other.ID, other.ARN = "111111111111", "111111111111", "arn:aws:iam::111111111111:root"
	e.As(other)
	const missing = "ResourceNotFoundException"
	sentence := "User pool " + id + " does not exist."
	for op, more := range map[string][]any{
		"DescribeUserPool": nil, "DeleteUserPool": nil, "UpdateUserPool": nil, "ListUsers": nil, "ListGroups": nil, "ListUserPoolClients": nil,
		"CreateUserPoolClient":   {"ClientName", "c"},
		"DescribeUserPoolClient": {"ClientId", client},
		"UpdateUserPoolClient":   {"ClientId", client},
		"DeleteUserPoolClient":   {"ClientId", client},
		"CreateGroup":            {"GroupName", "g"},
		"AdminCreateUser":        {"Username", "u"},
		"AdminGetUser":           {"Username", "u"},

		"AdminSetUserMFAPreference": {"Username", "u"},
		"GetUserPoolMfaConfig":      nil,
		"SetUserPoolMfaConfig":      nil,
		"AdminSetUserPassword":      {"Username", "u", "Password", password},
	} {
		e.fails(missing, sentence, op, append([]any{"UserPoolId", id}, more...)...)
	}
	if list := e.call("ListUserPools", "MaxResults", 10)["UserPools"].([]any); len(list) != 0 {
		t.Errorf("list has %v", list)
	}
	mine := e.pool()
	e.fails(missing, "User pool client "+client+" does not exist.", "UpdateUserPoolClient", "UserPoolId", mine, "ClientId", client)
}

func TestListsInPages(t *testing.T) {
	e := newEnv(t, nil)
	id := e.pool()
	for i := range 7 {
		e.call("CreateGroup", "UserPoolId", id, "GroupName", fmt.Sprint("g", i))
		e.call("AdminCreateUser", "UserPoolId", id, "Username", fmt.Sprint("u", i), "MessageAction", "SUPPRESS")
		e.call("AdminAddUserToGroup", "UserPoolId", id, "Username", fmt.Sprint("u", i), "GroupName", "g0")
		e.call("AdminAddUserToGroup", "UserPoolId", id, "Username", "u0", "GroupName", fmt.Sprint("g", i))
		e.client(id)
		e.pool()
	}
	for _, tt := range []struct {
		op, list, limit, token string
		in                     []any
		want                   int
	}{
		{"ListUserPools", "UserPools", "MaxResults", "NextToken", nil, 8},
		{"ListUserPoolClients", "UserPoolClients", "MaxResults", "NextToken", []any{"UserPoolId", id}, 7},
		{"ListGroups", "Groups", "Limit", "NextToken", []any{"UserPoolId", id}, 7},
		{"ListUsers", "Users", "Limit", "PaginationToken", []any{"UserPoolId", id}, 7},
		{"ListUsersInGroup", "Users", "Limit", "NextToken", []any{"UserPoolId", id, "GroupName", "g0"}, 7},
		{"AdminListGroupsForUser", "Groups", "Limit", "NextToken", []any{"UserPoolId", id, "Username", "u0"}, 7},
	} {
		seen, pages := map[string]bool{}, 0
		in := append(tt.in, tt.limit, 3)
		for {
			out := e.call(tt.op, in...)
			pages++
			for _, el := range out[tt.list].([]any) {
				seen[fmt.Sprint(el)] = true
			}
			next, ok := out[tt.token].(string)
			if !ok {
				break
			}
			in = append(append([]any{}, tt.in...), tt.limit, 3, tt.token, next)
		}
		if len(seen) != tt.want || pages != 3 {
			t.Errorf("%s gave %d elements on %d pages", tt.op, len(seen), pages)
		}
		e.fails("InvalidParameterException", "Invalid pagination token given.", tt.op, append(append([]any{}, tt.in...), tt.limit, 3, tt.token, "bm90IGEgdG9rZW4gb2Ygb3Vycw")...)
	}
}
