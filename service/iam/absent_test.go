package iam_test

import (
	"strings"
	"testing"

	"github.com/bailiwick-project/bailiwick/service/servicetest"
)

func TestWhatNobodyHas(t *testing.T) {
	w := newWorld(t)
	w.do("CreateUser", "UserName", "ann")
	for _, tt := range []struct {
		operation string
		pairs     []string
		list      string
	}{
		{"ListMFADevices", p("UserName", "ann"), "MFADevices"},
		{"ListMFADevices", nil, "MFADevices"}, // root's own
		{"ListSSHPublicKeys", p("UserName", "ann"), "SSHPublicKeys"},
		{"ListSigningCertificates", p("UserName", "ann"), "Certificates"},
		{"ListSigningCertificates", nil, "Certificates"},
		{"ListServiceSpecificCredentials", p("UserName", "ann"), "ServiceSpecificCredentials"},
		{"ListServiceSpecificCredentials", p("AllUsers", "true"), "ServiceSpecificCredentials"},
		{"ListVirtualMFADevices", p("AssignmentStatus", "Any"), "VirtualMFADevices"},
		{"ListOpenIDConnectProviders", nil, "OpenIDConnectProviderList"},
		{"ListSAMLProviders", nil, "SAMLProviderList"},
	} {
		if body := w.do(tt.operation, tt.pairs...); !strings.Contains(body, "<"+tt.list+"></"+tt.list+">") {
			t.Errorf("%s %v: %s", tt.operation, tt.pairs, body)
		}
	}
	const ghost = "The user with name eve cannot be found."
	w.steps([]step{
		{"GetLoginProfile", p("UserName", "ann"), "NoSuchEntity", "Login Profile for User ann cannot be found."},
		{"DeleteLoginProfile", p("UserName", "ann"), "NoSuchEntity", "Login Profile for User ann cannot be found."},
		{"GetLoginProfile", p("UserName", "eve"), "NoSuchEntity", ghost},
		{"DeleteLoginProfile", p("UserName", "eve"), "NoSuchEntity", ghost},
		{"ListMFADevices", p("UserName", "eve"), "NoSuchEntity", ghost},
		{"ListSSHPublicKeys", p("UserName", "eve"), "NoSuchEntity", ghost},
		{"ListSigningCertificates", p("UserName", "eve"), "NoSuchEntity", ghost},
		{"ListServiceSpecificCredentials", p("UserName", "eve"), "NoSuchEntity", ghost},
		{"ListServiceSpecificCredentials", p("UserName", "ann", "AllUsers", "true"), "InvalidInput", "UserName and AllUsers cannot be specified together."},
		{"ListVirtualMFADevices", p("Marker", "!!"), "ValidationError", "Invalid Marker."},
		{"GetAccountPasswordPolicy", nil, "NoSuchEntity", "The Password Policy with domain name 000000000000 cannot be found."},
	})
}

// TestOwnCredentials: who names nobody asks about himself.
func TestOwnCredentials(t *testing.T) {
	w := newWorld(t)
	ann := w.user("ann", `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":["iam:GetLoginProfile","iam:List*"],"Resource":"arn:aws:iam::`+servicetest.Account+`:user/${aws:username}"}}`)
	w.do("CreateUser", "UserName", "bob")
	w.do("CreateRole", "RoleName", "r", "AssumeRolePolicyDocument", trustCognito)
	w.do("PutRolePolicy", "RoleName", "r", "PolicyName", "p", "PolicyDocument", allowAll)
	session := w.session("r")
	w.As(ann)
	for _, op := range []string{"ListMFADevices", "ListSSHPublicKeys", "ListSigningCertificates", "ListServiceSpecificCredentials"} {
		w.do(op)
		w.do(op, "UserName", "ann")
		w.fails("AccessDenied", "User: arn:aws:iam::000000000000:user/ann is not authorized to perform: iam:"+op+
			" on resource: arn:aws:iam::000000000000:user/bob because no identity-based policy allows the iam:"+op+" action", op, "UserName", "bob")
	}
	w.fails("NoSuchEntity", "Login Profile for User ann cannot be found.", "GetLoginProfile")
	w.As(session)
	w.fails("ValidationError", "Must specify userName when calling with non-User credentials", "ListMFADevices")
}
