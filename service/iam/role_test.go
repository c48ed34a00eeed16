package iam_test

import (
	"regexp"
	"strings"
	"testing"
)

func TestRoleAnswers(t *testing.T) {
	w := newWorld(t)
	body := w.do("CreateRole", "RoleName", "reader", "Path", "/app/", "AssumeRolePolicyDocument", trustCognito,
		"Description", "reads", "Tags.member.1.Key", "Team", "Tags.member.1.Value", "blue")
	for name, want := range map[string]string{
		"Arn": "arn:aws:iam::000000000000:role/app/reader", "RoleName": "reader", "Path": "/app/", "CreateDate": "2026-03-01T12:00:00Z",
		"MaxSessionDuration": "3600", "Description": "reads", "Key": "Team", "Value": "blue",
	} {
		if got := field(body, name); got != want {
			t.Errorf("CreateRole answers %s %q, want %q", name, got, want)
		}
	}
	if !strings.HasPrefix(body, `<CreateRoleResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/">`) {
		t.Errorf("namespace: %s", body)
	}
	if id := field(body, "RoleId"); !regexp.MustCompile(`^AROA[A-Z2-7]{17}$`).MatchString(id) {
		t.Errorf("RoleId %q", id)
	}
	body = w.do("GetRole", "RoleName", "reader")
	document := field(body, "AssumeRolePolicyDocument")
	if !strings.HasPrefix(document, "%7B%22Version%22%3A%222012-10-17%22%2C") || decoded(t, document) != trustCognito {
		t.Errorf("trust policy %s", document)
	}
	if !strings.Contains(body, "<RoleLastUsed></RoleLastUsed>") {
		t.Errorf("GetRole has no RoleLastUsed: %s", body)
	}
	w.do("UpdateRole", "RoleName", "reader", "MaxSessionDuration", "7200")
	body = w.do("GetRole", "RoleName", "reader")
	if field(body, "MaxSessionDuration") != "7200" || field(body, "Description") != "reads" {
		t.Errorf("after UpdateRole: %s", body)
	}
	w.do("UpdateRoleDescription", "RoleName", "reader", "Description", "writes")
	body = w.do("ListRoles", "PathPrefix", "/app/")
	if field(body, "Description") != "writes" || field(body, "IsTruncated") != "false" || strings.Contains(body, "<Tags>") {
		t.Errorf("ListRoles: %s", body)
	}
	if body = w.do("ListInstanceProfilesForRole", "RoleName", "reader"); !strings.Contains(body, "<InstanceProfiles></InstanceProfiles>") {
		t.Errorf("ListInstanceProfilesForRole: %s", body)
	}
	w.do("UpdateAssumeRolePolicy", "RoleName", "reader", "PolicyDocument", trusting(account))
	if got := decoded(t, field(w.do("GetRole", "RoleName", "reader"), "AssumeRolePolicyDocument")); got != trusting(account) {
		t.Errorf("after UpdateAssumeRolePolicy: %s", got)
	}
}

func TestDocumentIsEncodedAfterRFC3986(t *testing.T) {
	w := newWorld(t)
	document := `{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::b/a+b~c_d.e-f"}}`
	w.do("CreateRole", "RoleName", "r", "AssumeRolePolicyDocument", trustCognito)
	w.do("PutRolePolicy", "RoleName", "r", "PolicyName", "p", "PolicyDocument", document)
	got := field(w.do("GetRolePolicy", "RoleName", "r", "PolicyName", "p"), "PolicyDocument")
	want := "%7B%22Version%22%3A%20%222012-10-17%22%2C%20%22Statement%22%3A%20%7B%22Effect%22%3A%20%22Allow%22%2C%20%22Action%22%3A%20%22s3%3A%2A%22%2C%20%22Resource%22%3A%20%22arn%3Aaws%3As3%3A%3A%3Ab%2Fa%2Bb~c_d.e-f%22%7D%7D"
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestRoleErrors(t *testing.T) {
	big := func(n int) string { return allow("s3:GetObject", "arn:aws:s3:::"+strings.Repeat("x", n)) }
	w := newWorld(t)
	w.steps([]step{
		{"GetRole", p("RoleName", "ghost"), "NoSuchEntity", "The role with name ghost cannot be found."},
		{"DeleteRole", p("RoleName", "ghost"), "NoSuchEntity", "The role with name ghost cannot be found."},
		{"CreateRole", p("RoleName", "r", "AssumeRolePolicyDocument", trustCognito), "", ""},
		{"CreateRole", p("RoleName", "r", "AssumeRolePolicyDocument", trustCognito), "EntityAlreadyExists", "Role with name r already exists."},
		{"CreateRole", p("RoleName", "R", "Path", "/x/", "AssumeRolePolicyDocument", trustCognito), "EntityAlreadyExists", "Role with name R already exists."},
		{"GetRole", p("RoleName", "R"), "NoSuchEntity", "The role with name R cannot be found."},
		{"CreateRole", p("RoleName", "s", "AssumeRolePolicyDocument", "{"), "MalformedPolicyDocument", "This policy contains invalid Json"},
		{"CreateRole", p("RoleName", "s", "AssumeRolePolicyDocument", allowAll), "MalformedPolicyDocument", "Has prohibited field Resource"},
		{"CreateRole", p("RoleName", "s", "AssumeRolePolicyDocument", trusting(strings.Repeat("1", 2100))), "LimitExceeded", "Cannot exceed quota for ACLSizePerRole: 2048"},
		{
			"CreateRole", p("RoleName", "a b", "AssumeRolePolicyDocument", trustCognito), "ValidationError",
			`1 validation error detected: Value 'a b' at 'roleName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\w+=,.@-]+`,
		},
		{
			"UpdateRole", p("RoleName", "r", "MaxSessionDuration", "60"), "ValidationError",
			"1 validation error detected: Value '60' at 'maxSessionDuration' failed to satisfy constraint: Member must have value greater than or equal to 3600",
		},
		{"PutRolePolicy", p("RoleName", "ghost", "PolicyName", "p", "PolicyDocument", allowAll), "NoSuchEntity", "The role with name ghost cannot be found."},
		{"PutRolePolicy", p("RoleName", "r", "PolicyName", "p", "PolicyDocument", "{}"), "MalformedPolicyDocument", "Syntax errors in policy."},
		{"PutRolePolicy", p("RoleName", "r", "PolicyName", "p", "PolicyDocument", big(20000)), "LimitExceeded", "Maximum policy size of 10240 bytes exceeded for role r"},
		{"PutRolePolicy", p("RoleName", "r", "PolicyName", "p", "PolicyDocument", big(6000)), "", ""},
		{"PutRolePolicy", p("RoleName", "r", "PolicyName", "p", "PolicyDocument", big(6001)), "", ""},
		{"PutRolePolicy", p("RoleName", "r", "PolicyName", "q", "PolicyDocument", big(6000)), "LimitExceeded", "Maximum policy size of 10240 bytes exceeded for role r"},
		{"GetRolePolicy", p("RoleName", "r", "PolicyName", "q"), "NoSuchEntity", "The role policy with name q cannot be found."},
		{"DeleteRolePolicy", p("RoleName", "r", "PolicyName", "q"), "NoSuchEntity", "The role policy with name q cannot be found."},
		{"AttachRolePolicy", p("RoleName", "r", "PolicyArn", "arn:aws:iam::aws:policy/Nothing"), "NoSuchEntity", "Policy arn:aws:iam::aws:policy/Nothing does not exist or is not attachable."},
		{"AttachRolePolicy", p("RoleName", "r", "PolicyArn", "arn:aws:iam::000000000000:role/r"), "InvalidInput", "ARN arn:aws:iam::000000000000:role/r is not valid."},
		{"AttachRolePolicy", p("RoleName", "r", "PolicyArn", "AdministratorAccess/not/an/arn"), "InvalidInput", "ARN AdministratorAccess/not/an/arn is not valid."},
		{"DetachRolePolicy", p("RoleName", "r", "PolicyArn", "arn:aws:iam::aws:policy/PowerUserAccess"), "NoSuchEntity", "Policy arn:aws:iam::aws:policy/PowerUserAccess was not found."},
		{"AttachRolePolicy", p("RoleName", "r", "PolicyArn", "arn:aws:iam::aws:policy/PowerUserAccess"), "", ""},
		{"AttachRolePolicy", p("RoleName", "r", "PolicyArn", "arn:aws:iam::aws:policy/PowerUserAccess"), "", ""},
		{"DeleteRole", p("RoleName", "r"), "DeleteConflict", "Cannot delete entity, must detach all policies first."},
		{"DetachRolePolicy", p("RoleName", "r", "PolicyArn", "arn:aws:iam::aws:policy/PowerUserAccess"), "", ""},
		{"DeleteRole", p("RoleName", "r"), "DeleteConflict", "Cannot delete entity, must delete policies first."},
		{"DeleteRolePolicy", p("RoleName", "r", "PolicyName", "p"), "", ""},
		{
			"PutRolePermissionsBoundary", p("RoleName", "r", "PermissionsBoundary", "arn:aws:iam::000000000000:policy/none"), "NoSuchEntity",
			"Scope ARN: arn:aws:iam::000000000000:policy/none does not exist or is not attachable.",
		},
		{"DeleteRole", p("RoleName", "r"), "", ""},
		{"GetRole", p("RoleName", "r"), "NoSuchEntity", "The role with name r cannot be found."},
	})
	if r := w.Form("GetRole", in("RoleName", "r")); r.Status != 404 {
		t.Errorf("NoSuchEntity has status %d, want 404", r.Status)
	}
}

func TestPoliciesPerRole(t *testing.T) {
	w := newWorld(t)
	w.do("CreateRole", "RoleName", "r", "AssumeRolePolicyDocument", trustCognito)
	for _, c := range "abcdefghijk" {
		w.do("CreatePolicy", "PolicyName", string(c), "Path", "/x/", "PolicyDocument", allowAll)
	}
	for _, c := range "abcdefghij" {
		w.do("AttachRolePolicy", "RoleName", "r", "PolicyArn", "arn:aws:iam::000000000000:policy/x/"+string(c))
	}
	w.fails("LimitExceeded", "Cannot exceed quota for PoliciesPerRole: 10", "AttachRolePolicy", "RoleName", "r", "PolicyArn", "arn:aws:iam::000000000000:policy/x/k")
	var got []string
	marker := ""
	for range 20 {
		pairs := []string{"RoleName", "r", "MaxItems", "3", "PathPrefix", "/x/"}
		if marker != "" {
			pairs = append(pairs, "Marker", marker)
		}
		body := w.do("ListAttachedRolePolicies", pairs...)
		got = append(got, fields(body, "PolicyName")...)
		if marker = field(body, "Marker"); marker == "" {
			break
		}
	}
	if strings.Join(got, "") != "abcdefghij" {
		t.Errorf("pages of attached policies: %v", got)
	}
}
