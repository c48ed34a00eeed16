package iam_test

import (
	"regexp"
	"strings"
	"testing"
)

func TestInstanceProfile(t *testing.T) {
	w := newWorld(t)
	w.do("CreateRole", "RoleName", "web", "Path", "/app/", "AssumeRolePolicyDocument", trustCognito)
	w.do("CreateRole", "RoleName", "db", "AssumeRolePolicyDocument", trustCognito)
	body := w.do("CreateInstanceProfile", "InstanceProfileName", "web", "Path", "/app/", "Tags.member.1.Key", "k", "Tags.member.1.Value", "v")
	if !regexp.MustCompile(`^AIPA[A-Z2-7]{17}$`).MatchString(field(body, "InstanceProfileId")) || !strings.Contains(body, "<Roles></Roles>") ||
		field(body, "Arn") != "arn:aws:iam::000000000000:instance-profile/app/web" || field(body, "CreateDate") != "2026-03-01T12:00:00Z" {
		t.Errorf("CreateInstanceProfile: %s", body)
	}
	const inUse = "Cannot delete entity, must remove roles from instance profile first."
	w.steps([]step{
		{"CreateInstanceProfile", p("InstanceProfileName", "WEB"), "EntityAlreadyExists", "Instance Profile WEB already exists."},
		{"GetInstanceProfile", p("InstanceProfileName", "ghost"), "NoSuchEntity", "Instance Profile ghost cannot be found."},
		{"AddRoleToInstanceProfile", p("InstanceProfileName", "ghost", "RoleName", "web"), "NoSuchEntity", "Instance Profile ghost cannot be found."},
		{"AddRoleToInstanceProfile", p("InstanceProfileName", "web", "RoleName", "ghost"), "NoSuchEntity", "The role with name ghost cannot be found."},
		{"AddRoleToInstanceProfile", p("InstanceProfileName", "web", "RoleName", "web"), "", ""},
		{"AddRoleToInstanceProfile", p("InstanceProfileName", "web", "RoleName", "db"), "LimitExceeded", "Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1"},
		{"DeleteInstanceProfile", p("InstanceProfileName", "web"), "DeleteConflict", inUse},
		{"DeleteRole", p("RoleName", "web"), "DeleteConflict", inUse},
		{
			"RemoveRoleFromInstanceProfile", p("InstanceProfileName", "web", "RoleName", "db"), "NoSuchEntity",
			"The role with name db is not in the instance profile with name web.",
		},
		{"TagInstanceProfile", p("InstanceProfileName", "web", "Tags.member.1.Key", "K", "Tags.member.1.Value", "w"), "", ""},
		{"CreateInstanceProfile", p("InstanceProfileName", "empty"), "", ""},
	})
	body = w.do("GetInstanceProfile", "InstanceProfileName", "web")
	if field(body, "RoleName") != "web" || field(body, "Value") != "w" || decoded(t, field(body, "AssumeRolePolicyDocument")) != trustCognito {
		t.Errorf("GetInstanceProfile: %s", body)
	}
	if got := field(w.do("ListInstanceProfilesForRole", "RoleName", "web"), "InstanceProfileName"); got != "web" {
		t.Errorf("instance profiles of the role: %q", got)
	}
	if got := field(w.do("ListInstanceProfileTags", "InstanceProfileName", "web"), "Value"); got != "w" {
		t.Errorf("tags: %q", got)
	}
	body = w.do("ListInstanceProfiles", "MaxItems", "1")
	if field(body, "InstanceProfileName") != "empty" || field(body, "IsTruncated") != "true" {
		t.Errorf("first page: %s", body)
	}
	if got := fields(w.do("ListInstanceProfiles", "PathPrefix", "/app/"), "InstanceProfileName"); strings.Join(got, ",") != "web" {
		t.Errorf("under /app/: %v", got)
	}
	if body := w.do("GetAccountSummary"); !strings.Contains(body, "<key>InstanceProfiles</key><value>2</value>") {
		t.Errorf("GetAccountSummary: %s", body)
	}
	w.steps([]step{
		{"RemoveRoleFromInstanceProfile", p("InstanceProfileName", "web", "RoleName", "web"), "", ""},
		{"DeleteRole", p("RoleName", "web"), "", ""},
		{"UntagInstanceProfile", p("InstanceProfileName", "web", "TagKeys.member.1", "k"), "", ""},
		{"DeleteInstanceProfile", p("InstanceProfileName", "web"), "", ""},
		{"GetInstanceProfile", p("InstanceProfileName", "web"), "NoSuchEntity", "Instance Profile web cannot be found."},
	})
}

// TestPassRoleToInstances: to put a role into a profile is to hand it over.
func TestPassRoleToInstances(t *testing.T) {
	w := newWorld(t)
	for _, name := range []string{"plain", "admin"} {
		w.do("CreateRole", "RoleName", name, "AssumeRolePolicyDocument", trustCognito, "Tags.member.1.Key", "level", "Tags.member.1.Value", name)
	}
	w.do("CreateInstanceProfile", "InstanceProfileName", "i")
	const add = `{"Effect":"Allow","Action":"iam:AddRoleToInstanceProfile","Resource":"arn:aws:iam::000000000000:instance-profile/i"}`
	pass := func(condition string) string {
		return `{"Version":"2012-10-17","Statement":[` + add + `,{"Effect":"Allow","Action":"iam:PassRole","Resource":"*","Condition":{"StringEquals":{` + condition + `}}}]}`
	}
	none := w.user("none", `{"Version":"2012-10-17","Statement":`+add+`}`)
	functions := w.user("functions", pass(`"iam:PassedToService":"lambda.amazonaws.com"`))
	plain := w.user("plain", pass(`"iam:PassedToService":"ec2.amazonaws.com","aws:ResourceTag/level":"plain"`))
	for _, s := range []struct {
		name, role, sentence string
	}{
		{"none", "plain", "role/plain"},
		{"functions", "plain", "role/plain"},
		{"plain", "admin", "role/admin"},
		{"plain", "ghost", "role/ghost"},
	} {
		switch s.name {
		case "none":
			w.As(none)
		case "functions":
			w.As(functions)
		default:
			w.As(plain)
		}
		w.fails("AccessDenied", "User: arn:aws:iam::000000000000:user/"+s.name+" is not authorized to perform: iam:PassRole on resource: arn:aws:iam::000000000000:"+
			s.sentence+" because no identity-based policy allows the iam:PassRole action", "AddRoleToInstanceProfile", "InstanceProfileName", "i", "RoleName", s.role)
	}
	w.do("AddRoleToInstanceProfile", "InstanceProfileName", "i", "RoleName", "plain")
}
