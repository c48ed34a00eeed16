package iam_test

import (
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/bailiwick-project/bailiwick/service/servicetest"
)

func TestUserAnswers(t *testing.T) {
	w := newWorld(t)
	body := w.do("CreateUser", "UserName", "ann", "Path", "/staff/", "PermissionsBoundary", "arn:aws:iam::aws:policy/PowerUserAccess")
	if !regexp.MustCompile(`^AIDA[A-Z2-7]{17}$`).MatchString(field(body, "UserId")) || field(body, "Arn") != "arn:aws:iam::000000000000:user/staff/ann" {
		t.Errorf("CreateUser: %s", body)
	}
	body = w.do("GetUser", "UserName", "ann")
	if field(body, "PermissionsBoundaryArn") != "arn:aws:iam::aws:policy/PowerUserAccess" || field(body, "PermissionsBoundaryType") != "PermissionsBoundaryPolicy" {
		t.Errorf("GetUser: %s", body)
	}
	if body = w.do("ListUsers"); strings.Contains(body, "Boundary") || field(body, "UserName") != "ann" {
		t.Errorf("ListUsers: %s", body)
	}
	body = w.do("GetUser")
	if field(body, "Arn") != "arn:aws:iam::000000000000:root" || field(body, "UserId") != account || strings.Contains(body, "UserName") {
		t.Errorf("GetUser by root: %s", body)
	}
}

func TestGetUserWithoutNameIsTheCaller(t *testing.T) {
	w := newWorld(t)
	ann := w.user("ann", allow("iam:GetUser", "arn:aws:iam::000000000000:user/ann"))
	w.do("CreateUser", "UserName", "bob")
	w.do("CreateRole", "RoleName", "r", "AssumeRolePolicyDocument", trustCognito)
	w.do("PutRolePolicy", "RoleName", "r", "PolicyName", "p", "PolicyDocument", allowAll)
	session := w.session("r")
	w.As(ann)
	if body := w.do("GetUser"); field(body, "UserName") != "ann" {
		t.Errorf("GetUser: %s", body)
	}
	const because = " because no identity-based policy allows the iam:GetUser action"
	w.fails("AccessDenied", "User: arn:aws:iam::000000000000:user/ann is not authorized to perform: iam:GetUser on resource: arn:aws:iam::000000000000:user/bob"+because, "GetUser", "UserName", "bob")
	// Who may not ask does not learn who exists.
	w.fails("AccessDenied", "User: arn:aws:iam::000000000000:user/ann is not authorized to perform: iam:GetUser on resource: arn:aws:iam::000000000000:user/ghost"+because, "GetUser", "UserName", "ghost")
	w.As(session)
	w.fails("ValidationError", "Must specify userName when calling with non-User credentials", "GetUser")
}

func TestUserErrors(t *testing.T) {
	w := newWorld(t)
	long := allow("s3:GetObject", "arn:aws:s3:::"+strings.Repeat("x", 2000))
	w.steps([]step{
		{"CreateUser", p("UserName", "ann"), "", ""},
		{"CreateUser", p("UserName", "Ann"), "EntityAlreadyExists", "User with name Ann already exists."},
		{"GetUser", p("UserName", "bob"), "NoSuchEntity", "The user with name bob cannot be found."},
		{"PutUserPolicy", p("UserName", "ann", "PolicyName", "p", "PolicyDocument", long), "LimitExceeded", "Maximum policy size of 2048 bytes exceeded for user ann"},
		{"GetUserPolicy", p("UserName", "ann", "PolicyName", "p"), "NoSuchEntity", "The user policy with name p cannot be found."},
		{"PutUserPolicy", p("UserName", "ann", "PolicyName", "p", "PolicyDocument", allowAll), "", ""},
		{"DeleteUser", p("UserName", "ann"), "DeleteConflict", "Cannot delete entity, must delete policies first."},
		{"DeleteUserPolicy", p("UserName", "ann", "PolicyName", "p"), "", ""},
		{"AttachUserPolicy", p("UserName", "ann", "PolicyArn", "arn:aws:iam::aws:policy/PowerUserAccess"), "", ""},
		{"DeleteUser", p("UserName", "ann"), "DeleteConflict", "Cannot delete entity, must detach all policies first."},
		{"DetachUserPolicy", p("UserName", "ann", "PolicyArn", "arn:aws:iam::aws:policy/PowerUserAccess"), "", ""},
		{"CreateGroup", p("GroupName", "g"), "", ""},
		{"AddUserToGroup", p("GroupName", "g", "UserName", "ann"), "", ""},
		{"DeleteUser", p("UserName", "ann"), "DeleteConflict", "Cannot delete entity, must remove users from group first."},
		{"DeleteGroup", p("GroupName", "g"), "DeleteConflict", "Cannot delete entity, must remove users from group first."},
		{"RemoveUserFromGroup", p("GroupName", "g", "UserName", "ann"), "", ""},
		{"CreateAccessKey", p("UserName", "ann"), "", ""},
		{"DeleteUser", p("UserName", "ann"), "DeleteConflict", "Cannot delete entity, must delete access keys first."},
	})
	id := field(w.do("ListAccessKeys", "UserName", "ann"), "AccessKeyId")
	w.steps([]step{
		{"DeleteAccessKey", p("UserName", "ann", "AccessKeyId", id), "", ""},
		{"DeleteUser", p("UserName", "ann"), "", ""},
		{"DeleteGroup", p("GroupName", "g"), "", ""},
	})
}

func TestRenameUser(t *testing.T) {
	w := newWorld(t)
	ann := w.user("ann", allow("s3:GetObject", "*"))
	w.do("CreateUser", "UserName", "bob")
	w.fails("EntityAlreadyExists", "User with name BOB already exists.", "UpdateUser", "UserName", "ann", "NewUserName", "BOB")
	w.do("UpdateUser", "UserName", "ann", "NewUserName", "Ann", "NewPath", "/x/")
	w.fails("NoSuchEntity", "The user with name ann cannot be found.", "GetUser", "UserName", "ann")
	if got := decoded(t, field(w.do("GetUserPolicy", "UserName", "Ann", "PolicyName", "inline"), "PolicyDocument")); got != allow("s3:GetObject", "*") {
		t.Errorf("the policy did not come along: %s", got)
	}
	w.invalid(ann, "the old ARN")
	if !mayRead(t, w.api, w.principal("Ann")).Allowed() {
		t.Error("the new name is not allowed")
	}
}

func TestRenameNeedsLeaveForBothNames(t *testing.T) {
	w := newWorld(t)
	ann := w.user("ann", allow("iam:UpdateUser", "arn:aws:iam::000000000000:user/b*"))
	w.do("CreateUser", "UserName", "bob")
	w.As(ann)
	w.fails("AccessDenied", "User: arn:aws:iam::000000000000:user/ann is not authorized to perform: iam:UpdateUser on resource: arn:aws:iam::000000000000:user/admin/bob because no identity-based policy allows the iam:UpdateUser action",
		"UpdateUser", "UserName", "bob", "NewPath", "/admin/")
	w.do("UpdateUser", "UserName", "bob", "NewUserName", "bill")
}

func TestGroups(t *testing.T) {
	w := newWorld(t)
	w.do("CreateUser", "UserName", "ann")
	w.do("CreateUser", "UserName", "Bob")
	body := w.do("CreateGroup", "GroupName", "devs", "Path", "/d/")
	if !regexp.MustCompile(`^AGPA[A-Z2-7]{17}$`).MatchString(field(body, "GroupId")) || field(body, "Arn") != "arn:aws:iam::000000000000:group/d/devs" {
		t.Errorf("CreateGroup: %s", body)
	}
	w.steps([]step{
		{"CreateGroup", p("GroupName", "DEVS"), "EntityAlreadyExists", "Group with name DEVS already exists."},
		{"AddUserToGroup", p("GroupName", "ghosts", "UserName", "ann"), "NoSuchEntity", "The group with name ghosts cannot be found."},
		{"AddUserToGroup", p("GroupName", "devs", "UserName", "eve"), "NoSuchEntity", "The user with name eve cannot be found."},
		{"AddUserToGroup", p("GroupName", "devs", "UserName", "Bob"), "", ""},
		{"AddUserToGroup", p("GroupName", "devs", "UserName", "ann"), "", ""},
		{"AddUserToGroup", p("GroupName", "devs", "UserName", "ann"), "", ""},
		{"GetGroupPolicy", p("GroupName", "devs", "PolicyName", "p"), "NoSuchEntity", "The group policy with name p cannot be found."},
		{"PutGroupPolicy", p("GroupName", "devs", "PolicyName", "p", "PolicyDocument", allowAll), "", ""},
		{"UpdateGroup", p("GroupName", "devs", "NewGroupName", "Makers"), "", ""},
	})
	body = w.do("GetGroup", "GroupName", "Makers", "MaxItems", "1")
	if got := strings.Join(fields(body, "UserName"), ","); got != "ann" || field(body, "IsTruncated") != "true" {
		t.Errorf("first page of members: %s", body)
	}
	body = w.do("GetGroup", "GroupName", "Makers", "MaxItems", "1", "Marker", field(body, "Marker"))
	if got := strings.Join(fields(body, "UserName"), ","); got != "Bob" || field(body, "IsTruncated") != "false" {
		t.Errorf("second page of members: %s", body)
	}
	if got := field(w.do("ListGroupsForUser", "UserName", "ann"), "GroupName"); got != "Makers" {
		t.Errorf("groups of ann: %q", got)
	}
	if got := field(w.do("ListGroupPolicies", "GroupName", "Makers"), "member"); got != "p" {
		t.Errorf("policies of the renamed group: %q", got)
	}
	w.do("RemoveUserFromGroup", "GroupName", "Makers", "UserName", "Bob")
	w.fails("NoSuchEntity", "The user with name Bob is not in the group with name Makers.", "RemoveUserFromGroup", "GroupName", "Makers", "UserName", "Bob")
	for i := range 9 {
		g := "g" + strconv.Itoa(i)
		w.do("CreateGroup", "GroupName", g)
		w.do("AddUserToGroup", "GroupName", g, "UserName", "ann")
	}
	w.do("CreateGroup", "GroupName", "more")
	w.fails("LimitExceeded", "Cannot exceed quota for GroupsPerUser: 10", "AddUserToGroup", "GroupName", "more", "UserName", "ann")
}

func TestPagesOfUsers(t *testing.T) {
	w := newWorld(t)
	for _, n := range []string{"d", "B", "a", "C", "e"} {
		path := "/x/"
		if n == "C" {
			path = "/y/"
		}
		w.do("CreateUser", "UserName", n, "Path", path)
	}
	body := w.do("ListUsers", "PathPrefix", "/x/", "MaxItems", "2")
	if got := strings.Join(fields(body, "UserName"), ""); got != "aB" || field(body, "IsTruncated") != "true" {
		t.Errorf("first page %q: %s", got, body)
	}
	body = w.do("ListUsers", "PathPrefix", "/x/", "MaxItems", "2", "Marker", field(body, "Marker"))
	if got := strings.Join(fields(body, "UserName"), ""); got != "de" || field(body, "IsTruncated") != "false" || strings.Contains(body, "<Marker>") {
		t.Errorf("last page %q: %s", got, body)
	}
	w.fails("ValidationError", "Invalid Marker.", "ListUsers", "Marker", "!!")
	w.fails("ValidationError", "Invalid Marker.", "ListUserTags", "UserName", "a", "Marker", "YWJj")
}

func TestAccountsDoNotSeeEachOther(t *testing.T) {
	w := newWorld(t)
	w.do("CreateUser", "UserName", "ann")
	w.do("CreatePolicy", "PolicyName", "mine", "PolicyDocument", allowAll)
	other := servicetest.Root()
	other.ARN, other.ID, other.Account = "arn:aws:iam::111111111111:root", "111111111111", "111111111111"
	w.As(other)
	w.fails("NoSuchEntity", "The user with name ann cannot be found.", "GetUser", "UserName", "ann")
	if body := w.do("ListUsers"); strings.Contains(body, "ann") {
		t.Errorf("ListUsers shows another account's: %s", body)
	}
	if r := w.Form("GetPolicy", in("PolicyArn", "arn:aws:iam::000000000000:policy/mine")); r.Code != "AccessDenied" {
		t.Errorf("GetPolicy of another account: %d %s", r.Status, r.Body)
	}
	w.do("CreateUser", "UserName", "bob")
	w.fails("NoSuchEntity", "Policy arn:aws:iam::000000000000:policy/mine does not exist or is not attachable.",
		"AttachUserPolicy", "UserName", "bob", "PolicyArn", "arn:aws:iam::000000000000:policy/mine")
}
