package iam_test

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const mine = "arn:aws:iam::000000000000:policy/app/Mine"

func TestManagedPolicyAnswers(t *testing.T) {
	w := newWorld(t)
	body := w.do("CreatePolicy", "PolicyName", "Mine", "Path", "/app/", "Description", "d", "PolicyDocument", allowAll)
	for name, want := range map[string]string{
		"Arn": mine, "PolicyName": "Mine", "Path": "/app/", "DefaultVersionId": "v1", "AttachmentCount": "0",
		"PermissionsBoundaryUsageCount": "0", "IsAttachable": "true", "CreateDate": "2026-03-01T12:00:00Z", "UpdateDate": "2026-03-01T12:00:00Z",
	} {
		if got := field(body, name); got != want {
			t.Errorf("CreatePolicy answers %s %q, want %q", name, got, want)
		}
	}
	if !regexp.MustCompile(`^ANPA[A-Z2-7]{17}$`).MatchString(field(body, "PolicyId")) {
		t.Errorf("PolicyId %q", field(body, "PolicyId"))
	}
	body = w.do("GetPolicyVersion", "PolicyArn", mine, "VersionId", "v1")
	if decoded(t, field(body, "Document")) != allowAll || field(body, "IsDefaultVersion") != "true" {
		t.Errorf("GetPolicyVersion: %s", body)
	}
	w.do("CreateUser", "UserName", "ann", "PermissionsBoundary", mine)
	w.do("CreateGroup", "GroupName", "devs")
	w.do("CreateRole", "RoleName", "r", "Path", "/app/", "AssumeRolePolicyDocument", trustCognito)
	w.do("AttachGroupPolicy", "GroupName", "devs", "PolicyArn", mine)
	w.do("AttachRolePolicy", "RoleName", "r", "PolicyArn", mine)
	body = w.do("GetPolicy", "PolicyArn", mine)
	if field(body, "AttachmentCount") != "2" || field(body, "PermissionsBoundaryUsageCount") != "1" || field(body, "Description") != "d" {
		t.Errorf("GetPolicy: %s", body)
	}
	for _, tt := range []struct{ pairs, want string }{
		{"", "devs r ann"},
		{"EntityFilter=Role", "r"},
		{"PolicyUsageFilter=PermissionsBoundary", "ann"},
		{"PolicyUsageFilter=PermissionsPolicy", "devs r"},
		{"PathPrefix=/app/", "r"},
		{"EntityFilter=LocalManagedPolicy", ""},
	} {
		pairs := []string{"PolicyArn", mine}
		if k, v, ok := strings.Cut(tt.pairs, "="); ok {
			pairs = append(pairs, k, v)
		}
		body := w.do("ListEntitiesForPolicy", pairs...)
		got := append(append(fields(body, "GroupName"), fields(body, "RoleName")...), fields(body, "UserName")...)
		if strings.Join(got, " ") != tt.want {
			t.Errorf("ListEntitiesForPolicy %s: %v, want %s", tt.pairs, got, tt.want)
		}
	}
	for _, tt := range []struct {
		pairs []string
		want  string
	}{
		{p("Scope", "Local"), "Mine"},
		{p("Scope", "AWS", "MaxItems", "2"), "AdministratorAccess AmazonCognitoUnAuthedIdentitiesSessionPolicy"},
		{p("OnlyAttached", "true"), "Mine"},
		{p("PathPrefix", "/none/"), ""},
		{p("PolicyUsageFilter", "PermissionsBoundary"), "Mine"},
	} {
		if got := strings.Join(fields(w.do("ListPolicies", tt.pairs...), "PolicyName"), " "); got != tt.want {
			t.Errorf("ListPolicies %v: %s, want %s", tt.pairs, got, tt.want)
		}
	}
}

func TestPolicyErrors(t *testing.T) {
	old := strings.Replace(allowAll, "2012-10-17", "2008-10-17", 1)
	long := allow("s3:GetObject", "arn:aws:s3:::"+strings.Repeat("x", 6200))
	newWorld(t).steps([]step{
		{"CreatePolicy", p("PolicyName", "Mine", "Path", "/app/", "PolicyDocument", old), "MalformedPolicyDocument", "Policy document must be version 2012-10-17 or greater."},
		{"CreatePolicy", p("PolicyName", "Mine", "Path", "/app/", "PolicyDocument", long), "LimitExceeded", "Cannot exceed quota for PolicySize: 6144"},
		{"CreatePolicy", p("PolicyName", "Mine", "Path", "/app/", "PolicyDocument", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:Get","Action":"*","Resource":"*"}]}`), "MalformedPolicyDocument", "Syntax errors in policy."},
		{"CreatePolicy", p("PolicyName", "Mine", "Path", "/app/", "PolicyDocument", allowAll), "", ""},
		{"CreatePolicy", p("PolicyName", "mine", "PolicyDocument", allowAll), "EntityAlreadyExists", "A policy called mine already exists. Duplicate names are not allowed."},
		{"GetPolicy", p("PolicyArn", "arn:aws:iam::000000000000:policy/Mine"), "NoSuchEntity", "Policy arn:aws:iam::000000000000:policy/Mine was not found."},
		{"GetPolicy", p("PolicyArn", "arn:aws:iam::aws:policy/Nothing"), "NoSuchEntity", "Policy arn:aws:iam::aws:policy/Nothing was not found."},
		{"GetPolicy", p("PolicyArn", "arn:aws:s3:::bucket/policy/xx"), "InvalidInput", "ARN arn:aws:s3:::bucket/policy/xx is not valid."},
		{"GetPolicyVersion", p("PolicyArn", mine, "VersionId", "v2"), "NoSuchEntity", "Policy " + mine + " version v2 does not exist."},
		{"DeletePolicyVersion", p("PolicyArn", mine, "VersionId", "v1"), "DeleteConflict", "Cannot delete the default version of a policy."},
		{
			"DeletePolicy", p("PolicyArn", "arn:aws:iam::aws:policy/PowerUserAccess"), "AccessDenied",
			"User: arn:aws:iam::000000000000:root is not authorized to perform: iam:DeletePolicy on resource: arn:aws:iam::aws:policy/PowerUserAccess because no resource-based policy allows the iam:DeletePolicy action",
		},
		{"CreateUser", p("UserName", "ann"), "", ""},
		{"AttachUserPolicy", p("UserName", "ann", "PolicyArn", mine), "", ""},
		{"DeletePolicy", p("PolicyArn", mine), "DeleteConflict", "Cannot delete a policy attached to entities."},
		{"DetachUserPolicy", p("UserName", "ann", "PolicyArn", mine), "", ""},
		{"PutUserPermissionsBoundary", p("UserName", "ann", "PermissionsBoundary", mine), "", ""},
		{"DeletePolicy", p("PolicyArn", mine), "DeleteConflict", "Cannot delete a policy attached to entities."},
		{"DeleteUserPermissionsBoundary", p("UserName", "ann"), "", ""},
		{"CreatePolicyVersion", p("PolicyArn", mine, "PolicyDocument", denyAll), "", ""},
		{"DeletePolicy", p("PolicyArn", mine), "DeleteConflict", "This policy has more than one version. Before you delete a policy, you must delete the policy's versions. The default version is deleted with the policy."},
		{"DeletePolicyVersion", p("PolicyArn", mine, "VersionId", "v2"), "", ""},
		{"DeletePolicy", p("PolicyArn", mine), "", ""},
		{"GetPolicy", p("PolicyArn", mine), "NoSuchEntity", "Policy " + mine + " was not found."},
	})
}

func TestPolicyVersions(t *testing.T) {
	w := newWorld(t)
	w.do("CreatePolicy", "PolicyName", "Mine", "Path", "/app/", "PolicyDocument", allowAll)
	for range 4 {
		w.do("CreatePolicyVersion", "PolicyArn", mine, "PolicyDocument", denyAll)
	}
	w.fails("LimitExceeded", "A managed policy can have up to 5 versions. Before you create a new version, you must delete an existing version.",
		"CreatePolicyVersion", "PolicyArn", mine, "PolicyDocument", denyAll)
	w.do("SetDefaultPolicyVersion", "PolicyArn", mine, "VersionId", "v3")
	w.do("DeletePolicyVersion", "PolicyArn", mine, "VersionId", "v5")
	body := w.do("CreatePolicyVersion", "PolicyArn", mine, "PolicyDocument", allowAll, "SetAsDefault", "true")
	if field(body, "VersionId") != "v6" || field(body, "IsDefaultVersion") != "true" || strings.Contains(body, "Document") {
		t.Errorf("CreatePolicyVersion: %s", body)
	}
	if got := strings.Join(fields(w.do("ListPolicyVersions", "PolicyArn", mine), "VersionId"), " "); got != "v6 v4 v3 v2 v1" {
		t.Errorf("versions %s", got)
	}
	if got := field(w.do("GetPolicy", "PolicyArn", mine), "DefaultVersionId"); got != "v6" {
		t.Errorf("default %s", got)
	}
	w.fails("NoSuchEntity", "Policy "+mine+" version v5 does not exist.", "SetDefaultPolicyVersion", "PolicyArn", mine, "VersionId", "v5")
}

func TestAWSPolicies(t *testing.T) {
	w := newWorld(t)
	for _, name := range []string{"AdministratorAccess", "AmazonCognitoUnAuthedIdentitiesSessionPolicy", "AmazonS3ReadOnlyAccess", "PowerUserAccess", "service-role/AWSLambdaBasicExecutionRole"} {
		arn := "arn:aws:iam::aws:policy/" + name
		version := field(w.do("GetPolicy", "PolicyArn", arn), "DefaultVersionId")
		document := decoded(t, field(w.do("GetPolicyVersion", "PolicyArn", arn, "VersionId", version), "Document"))
		if !strings.Contains(document, `"Statement"`) {
			t.Errorf("%s: %s", name, document)
		}
		if got := strings.Join(fields(w.do("ListPolicyVersions", "PolicyArn", arn), "VersionId"), " "); got != version {
			t.Errorf("versions of %s: %s", name, got)
		}
		p, err := w.api.ManagedPolicy(t.Context(), arn)
		if err != nil || p.Err() != nil {
			t.Errorf("%s: %v, %v", name, p, err)
		}
	}
	for _, name := range []string{"Nothing", "AWSLambdaBasicExecutionRole", "service-role/PowerUserAccess"} {
		if _, err := w.api.ManagedPolicy(t.Context(), "arn:aws:iam::aws:policy/"+name); err == nil {
			t.Errorf("the policy %s, which does not exist, was found", name)
		}
	}
	if got := fields(w.do("ListPolicies", "Scope", "AWS", "PathPrefix", "/service-role/"), "PolicyName"); !slices.Equal(got, []string{"AWSLambdaBasicExecutionRole"}) {
		t.Errorf("service role policies: %v", got)
	}
}

func TestTags(t *testing.T) {
	w := newWorld(t)
	w.do("CreateUser", "UserName", "ann", "Tags.member.1.Key", "Team", "Tags.member.1.Value", "blue")
	w.do("CreatePolicy", "PolicyName", "Mine", "Path", "/app/", "PolicyDocument", allowAll)
	w.steps([]step{
		{
			"TagUser", p("UserName", "ann", "Tags.member.1.Key", "a", "Tags.member.1.Value", "1", "Tags.member.2.Key", "A", "Tags.member.2.Value", "2"),
			"InvalidInput", "Duplicate tag keys found. Please note that Tag keys are case insensitive.",
		},
		{
			"CreateUser", p("UserName", "bob", "Tags.member.1.Key", "a", "Tags.member.1.Value", "1", "Tags.member.2.Key", "A", "Tags.member.2.Value", "2"),
			"InvalidInput", "Duplicate tag keys found. Please note that Tag keys are case insensitive.",
		},
		{"TagUser", p("UserName", "ann", "Tags.member.1.Key", "team", "Tags.member.1.Value", "red"), "", ""},
		{"TagUser", p("UserName", "ann", "Tags.member.1.Key", "aws:x", "Tags.member.1.Value", "red"), "InvalidInput", "System tags cannot be added or modified: tag keys must not begin with aws:."},
		{"TagPolicy", p("PolicyArn", mine, "Tags.member.1.Key", "k", "Tags.member.1.Value", "v"), "", ""},
	})
	body := w.do("ListUserTags", "UserName", "ann")
	if strings.Join(fields(body, "Key"), " ") != "team" || field(body, "Value") != "red" {
		t.Errorf("a tag that differs in case is not replaced: %s", body)
	}
	if body = w.do("ListPolicyTags", "PolicyArn", mine); field(body, "Key") != "k" {
		t.Errorf("ListPolicyTags: %s", body)
	}
	w.do("UntagPolicy", "PolicyArn", mine, "TagKeys.member.1", "K")
	if body = w.do("GetPolicy", "PolicyArn", mine); strings.Contains(body, "<Key>") {
		t.Errorf("after UntagPolicy: %s", body)
	}
	var fifty []string
	for i := range 50 {
		n := string(rune('a'+i/26)) + string(rune('a'+i%26))
		fifty = append(fifty, "Tags.member."+strconv.Itoa(i+1)+".Key", n, "Tags.member."+strconv.Itoa(i+1)+".Value", n)
	}
	w.fails("LimitExceeded", "Cannot exceed quota for TagsPerUser: 50", "TagUser", append(fifty, "UserName", "ann")...)
	w.do("UntagUser", "UserName", "ann", "TagKeys.member.1", "TEAM")
	w.do("TagUser", append(fifty, "UserName", "ann")...)
	body = w.do("ListUserTags", "UserName", "ann", "MaxItems", "30")
	rest := w.do("ListUserTags", "UserName", "ann", "MaxItems", "30", "Marker", field(body, "Marker"))
	if got := append(fields(body, "Key"), fields(rest, "Key")...); len(got) != 50 || got[30] != "be" {
		t.Errorf("pages of tags: %v", got)
	}
}

func TestAccountSummary(t *testing.T) {
	w := newWorld(t)
	w.do("CreateUser", "UserName", "ann")
	w.do("CreatePolicy", "PolicyName", "Mine", "PolicyDocument", allowAll)
	body := w.do("GetAccountSummary")
	for _, want := range []string{"<key>Users</key><value>1</value>", "<key>Policies</key><value>1</value>", "<key>Roles</key><value>0</value>", "<key>AccessKeysPerUserQuota</key><value>2</value>"} {
		if !strings.Contains(body, want) {
			t.Errorf("no %s in %s", want, body)
		}
	}
}
