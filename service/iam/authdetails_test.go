package iam_test

import (
	"slices"
	"strings"
	"testing"
)

// everything builds one of everything.
func everything(t *testing.T) *world {
	t.Helper()
	w := newWorld(t)
	w.do("CreatePolicy", "PolicyName", "Mine", "Path", "/app/", "PolicyDocument", allowAll, "Description", "d")
	w.do("CreatePolicyVersion", "PolicyArn", mine, "PolicyDocument", denyAll)
	w.do("CreateGroup", "GroupName", "devs")
	w.do("PutGroupPolicy", "GroupName", "devs", "PolicyName", "gp", "PolicyDocument", denyAll)
	w.do("CreateUser", "UserName", "ann", "PermissionsBoundary", mine, "Tags.member.1.Key", "k", "Tags.member.1.Value", "v")
	w.do("PutUserPolicy", "UserName", "ann", "PolicyName", "up", "PolicyDocument", allowAll)
	w.do("AddUserToGroup", "GroupName", "devs", "UserName", "ann")
	w.do("CreateUser", "UserName", "bob")
	w.do("CreateRole", "RoleName", "r", "AssumeRolePolicyDocument", trustCognito)
	w.do("AttachRolePolicy", "RoleName", "r", "PolicyArn", "arn:aws:iam::aws:policy/PowerUserAccess")
	w.do("CreateInstanceProfile", "InstanceProfileName", "i")
	w.do("AddRoleToInstanceProfile", "InstanceProfileName", "i", "RoleName", "r")
	return w
}

func TestAccountAuthorizationDetails(t *testing.T) {
	w := everything(t)
	body := w.do("GetAccountAuthorizationDetails")
	users, groups, roles, policies := field(body, "UserDetailList"), field(body, "GroupDetailList"), field(body, "RoleDetailList"), field(body, "Policies")
	for _, tt := range []struct {
		what, in, element string
		want              []string
	}{
		{"users", users, "UserName", []string{"ann", "bob"}},
		{"groups of users", field(users, "GroupList"), "member", []string{"devs"}},
		{"boundaries", users, "PermissionsBoundaryArn", []string{mine}},
		{"tags", users, "Value", []string{"v"}},
		{"inline policies of users", users, "PolicyName", []string{"up"}},
		{"groups", groups, "GroupName", []string{"devs"}},
		{"inline policies of groups", groups, "PolicyName", []string{"gp"}},
		{"attached to roles", roles, "PolicyArn", []string{"arn:aws:iam::aws:policy/PowerUserAccess"}},
		{"profiles of roles", roles, "InstanceProfileName", []string{"i"}},
		{"policies", policies, "PolicyName", []string{"Mine", "PowerUserAccess"}},
		{"versions", policies, "VersionId", []string{"v2", "v1", "v6"}},
		{"defaults", policies, "IsDefaultVersion", []string{"false", "true", "true"}},
	} {
		got := fields(tt.in, tt.element)
		if tt.what == "versions" && len(got) == 3 {
			tt.want[2] = got[2] // AWS's own number
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("%s: %v, want %v", tt.what, got, tt.want)
		}
	}
	if got := decoded(t, field(field(users, "UserPolicyList"), "PolicyDocument")); got != allowAll {
		t.Errorf("document of a user: %s", got)
	}
	if got := decoded(t, fields(policies, "Document")[0]); got != denyAll {
		t.Errorf("document of version 2: %s", got)
	}
	if got := decoded(t, field(roles, "AssumeRolePolicyDocument")); got != trustCognito {
		t.Errorf("trust policy: %s", got)
	}
	if strings.Count(body, "<PolicyName>AdministratorAccess<") != 0 {
		t.Error("a policy of AWS that nobody uses is shown")
	}
}

func TestAccountAuthorizationDetailsInPages(t *testing.T) {
	w := everything(t)
	w.do("CreateRole", "RoleName", "big", "AssumeRolePolicyDocument", trustCognito)
	var got []string
	marker, pages := "", 0
	for pages < 20 {
		pairs := p("MaxItems", "1")
		if marker != "" {
			pairs = append(pairs, "Marker", marker)
		}
		body := w.do("GetAccountAuthorizationDetails", pairs...)
		for list, name := range map[string]string{"UserDetailList": "UserName", "GroupDetailList": "GroupName", "Policies": "PolicyName"} {
			got = append(got, fields(field(body, list), name)...)
		}
		if id := field(field(body, "RoleDetailList"), "RoleId"); id != "" {
			got = append(got, "role")
		}
		pages++
		if marker = field(body, "Marker"); marker == "" {
			break
		}
	}
	slices.Sort(got)
	if want := []string{"Mine", "PowerUserAccess", "ann", "bob", "devs", "role", "role"}; !slices.Equal(got, want) || pages != len(want) {
		t.Errorf("%d pages with %v, want %v", pages, got, want)
	}
	for filter, want := range map[string]string{
		"User": "UserDetailList", "Group": "GroupDetailList", "Role": "RoleDetailList", "LocalManagedPolicy": "Policies", "AWSManagedPolicy": "Policies",
	} {
		body := w.do("GetAccountAuthorizationDetails", "Filter.member.1", filter)
		for _, list := range []string{"UserDetailList", "GroupDetailList", "RoleDetailList", "Policies"} {
			if full := field(body, list) != ""; full != (list == want) {
				t.Errorf("filter %s: %s is there: %v", filter, list, full)
			}
		}
		if filter == "AWSManagedPolicy" && strings.Contains(body, ">Mine<") || filter == "LocalManagedPolicy" && strings.Contains(body, ">PowerUserAccess<") {
			t.Errorf("filter %s: %s", filter, body)
		}
	}
	r := w.Form("GetAccountAuthorizationDetails", in("Filter.member.1", "Robot"))
	if r.Code != "ValidationError" {
		t.Errorf("unknown filter: %d %s", r.Status, r.Body)
	}
}
