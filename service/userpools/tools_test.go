package userpools_test

import (
	"fmt"
	"testing"
)

// Tools that keep a pool in step with a description (Terraform, CDK) ask for all
// of this, and take a difference between what they sent and what they read for a
// change that somebody made.

func TestToolsFindNothing(t *testing.T) {
	e := newEnv(t, nil)
	pool := e.pool()
	client := e.client(pool)
	for _, c := range []struct {
		operation, want string
		in              []any
	}{
		{"DescribeUserPoolDomain", "map[DomainDescription:map[]]", []any{"Domain", "nobody"}},
		{"ListResourceServers", "map[ResourceServers:[]]", []any{"UserPoolId", pool, "MaxResults", 50}},
		{"ListIdentityProviders", "map[Providers:[]]", []any{"UserPoolId", pool, "MaxResults", 60}},
		{"GetUICustomization", "map[UICustomization:map[]]", []any{"UserPoolId", pool}},
		{"GetUICustomization", "map[UICustomization:map[]]", []any{"UserPoolId", pool, "ClientId", "ALL"}},
		{"GetUICustomization", "map[UICustomization:map[]]", []any{"UserPoolId", pool, "ClientId", client}},
		{"GetLogDeliveryConfiguration", "map[LogDeliveryConfiguration:map[LogConfigurations:[] UserPoolId:" + pool + "]]", []any{"UserPoolId", pool}},
	} {
		if got := fmt.Sprint(e.call(c.operation, c.in...)); got != c.want {
			t.Errorf("%s %v: %s, want %s", c.operation, c.in, got, c.want)
		}
	}
	const other = "us-east-1_other1234"
	for _, operation := range []string{"ListResourceServers", "ListIdentityProviders", "GetUICustomization", "GetLogDeliveryConfiguration", "SetUserPoolMfaConfig"} {
		e.fails("ResourceNotFoundException", "User pool "+other+" does not exist.", operation, "UserPoolId", other)
	}
	e.fails("ResourceNotFoundException", "User pool client nobody does not exist.", "GetUICustomization", "UserPoolId", pool, "ClientId", "nobody")
	e.fails("InvalidParameterException", "Invalid pagination token given.", "ListResourceServers", "UserPoolId", pool, "NextToken", "x")
}

func TestSetUserPoolMfaConfig(t *testing.T) {
	e := newEnv(t, nil)
	pool := e.pool()
	if got := fmt.Sprint(e.call("SetUserPoolMfaConfig", "UserPoolId", pool, "MfaConfiguration", "OFF")); got != "map[MfaConfiguration:OFF]" {
		t.Errorf("OFF: %s", got)
	}
	off := "map[MfaConfiguration:OFF SoftwareTokenMfaConfiguration:map[Enabled:false]]"
	if got := fmt.Sprint(e.call("SetUserPoolMfaConfig", "UserPoolId", pool, "SoftwareTokenMfaConfiguration", m{"Enabled": false})); got != off {
		t.Errorf("no software tokens: %s", got)
	}
	for mode, in := range map[string][]any{
		"At least one of [SmsMfaConfiguration] or [SoftwareTokenMfaConfiguration] must be provided.":                           {"MfaConfiguration", "ON"},
		"Invalid MFA configuration given, can't disable all MFAs with a required or optional configuration.":                   {"MfaConfiguration", "OPTIONAL", "SoftwareTokenMfaConfiguration", m{"Enabled": false}},
		"Invalid MFA configuration given, can't turn off MFA and configure an MFA together.":                                   {"SoftwareTokenMfaConfiguration", m{"Enabled": true}},
		"[SmsConfiguration] is a required member of [SoftwareTokenMfaConfiguration].":                                          {"MfaConfiguration", "ON", "SmsMfaConfiguration", m{}},
		"SmsMfaConfiguration with MfaConfiguration ON is not supported: the second factor of this server are software tokens.": {"MfaConfiguration", "ON", "SmsMfaConfiguration", m{"SmsConfiguration": m{"SnsCallerArn": "arn:aws:iam::000000000000:role/sms"}}, "SoftwareTokenMfaConfiguration", m{"Enabled": true}},
		"EmailMfaConfiguration is not supported: the second factor of this server are software tokens.":                        {"EmailMfaConfiguration", m{"Subject": "s"}},
		"WebAuthnConfiguration is not supported: this server has no passkeys.":                                                 {"WebAuthnConfiguration", m{"RelyingPartyId": "example.com"}},
	} {
		e.fails("InvalidParameterException", mode, "SetUserPoolMfaConfig", append(in, "UserPoolId", pool)...)
	}
	if got := fmt.Sprint(e.call("GetUserPoolMfaConfig", "UserPoolId", pool)); got != off {
		t.Errorf("afterwards %s", got)
	}
	sms := m{"SnsCallerArn": "arn:aws:iam::000000000000:role/sms", "ExternalId": "x"}
	e.call("SetUserPoolMfaConfig", "UserPoolId", pool, "MfaConfiguration", "OFF", "SmsMfaConfiguration", m{"SmsAuthenticationMessage": "code {####}", "SmsConfiguration": sms})
	got := e.call("DescribeUserPool", "UserPoolId", pool)["UserPool"].(m)
	if fmt.Sprint(got["SmsConfiguration"]) != fmt.Sprint(sms) || got["SmsAuthenticationMessage"] != "code {####}" {
		t.Errorf("SMS settings %v, %v", got["SmsConfiguration"], got["SmsAuthenticationMessage"])
	}
	if got := e.call("GetUserPoolMfaConfig", "UserPoolId", pool)["SmsMfaConfiguration"].(m); fmt.Sprint(got["SmsConfiguration"]) != fmt.Sprint(sms) {
		t.Errorf("SMS factor %v", got)
	}
}

// Constraints that nobody gave are not shown, and hold nevertheless.
func TestCustomConstraintsAsGiven(t *testing.T) {
	e := newEnv(t, nil)
	pool := e.pool("Schema", []m{
		{"Name": "free", "AttributeDataType": "String", "StringAttributeConstraints": m{}},
		{"Name": "short", "AttributeDataType": "String", "StringAttributeConstraints": m{"MaxLength": "3"}},
		{"Name": "n", "AttributeDataType": "Number", "NumberAttributeConstraints": m{}},
	})
	want := map[string]string{"custom:free": "map[] <nil>", "custom:short": "map[MaxLength:3] <nil>", "custom:n": "<nil> map[]"}
	for _, item := range e.call("DescribeUserPool", "UserPoolId", pool)["UserPool"].(m)["SchemaAttributes"].([]any) {
		a := item.(m)
		name := a["Name"].(string)
		if got := fmt.Sprint(a["StringAttributeConstraints"], " ", a["NumberAttributeConstraints"]); want[name] != "" && got != want[name] {
			t.Errorf("%s: %s, want %s", name, got, want[name])
		}
		delete(want, name)
	}
	if len(want) > 0 {
		t.Errorf("missing %v", want)
	}
	e.fails("InvalidParameterException", "Attributes did not conform to the schema: custom:short: String must be at most 3 characters.\n",
		"AdminCreateUser", "UserPoolId", pool, "Username", "u", "UserAttributes", attrs("custom:short", "four"))
}

// The texts of codes have two names each; both are shown whichever was given.
func TestMessagesHaveTwoNames(t *testing.T) {
	e := newEnv(t, nil)
	template := m{"DefaultEmailOption": "CONFIRM_WITH_CODE", "EmailMessage": "c {####}", "EmailSubject": "s", "SmsMessage": "t {####}"}
	old := []any{"EmailVerificationMessage", "c {####}", "EmailVerificationSubject", "s", "SmsVerificationMessage", "t {####}"}
	for _, in := range [][]any{old, {"VerificationMessageTemplate", template}} {
		got := e.call("DescribeUserPool", "UserPoolId", e.pool(in...))["UserPool"].(m)
		if fmt.Sprint(got["VerificationMessageTemplate"]) != fmt.Sprint(template) {
			t.Errorf("%v: template %v", in, got["VerificationMessageTemplate"])
		}
		for i := 0; i < len(old); i += 2 {
			if got[old[i].(string)] != old[i+1] {
				t.Errorf("%v: %s is %v", in, old[i], got[old[i].(string)])
			}
		}
	}
}
