package sts_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/policy"
)

func TestAssumeRoleForService(t *testing.T) {
	w := newWorld(t)
	const fn = "arn:aws:lambda:us-east-1:" + account + ":function:f"
	lambda := func(condition string) string {
		return `{"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"` + condition + `}`
	}
	w.role("plain", lambda(""))
	w.role("this", lambda(`,"Condition":{"ArnLike":{"aws:SourceArn":"`+fn+`"},"StringEquals":{"aws:SourceAccount":"`+account+`"}}`))
	w.role("other", lambda(`,"Condition":{"ArnLike":{"aws:SourceArn":"`+fn+`x"}}`))
	w.role("everyone", `{"Effect":"Allow","Principal":"*","Action":"sts:AssumeRole"}`)
	w.role("services", `{"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole","Condition":{"Bool":{"aws:PrincipalIsAWSService":"true"},"StringEquals":{"sts:RoleSessionName":"fn"}}}`)
	w.role("noservices", lambda("")+`,{"Effect":"Deny","Principal":"*","Action":"sts:AssumeRole","Condition":{"Bool":{"aws:PrincipalIsAWSService":"true"}}}`)
	w.role("people", trusts("arn:aws:iam::"+account+":root", `"sts:AssumeRole"`))
	w.role("apigateway", strings.ReplaceAll(lambda(""), "lambda.", "apigateway."))
	w.role("address", lambda(`,"Condition":{"IpAddress":{"aws:SourceIp":"0.0.0.0/0"}}`))
	for _, tt := range []struct {
		role    string
		allowed bool
	}{
		{"plain", true},
		{"this", true},
		{"services", true},
		{"everyone", false},
		{"other", false},
		{"noservices", false},
		{"people", false},
		{"apigateway", false},
		{"address", false},
		{"missing", false},
		{"Plain", false},
	} {
		call := &bailiwick.Call{Account: account, Region: "us-east-1", Time: now}
		cred, err := w.api.AssumeRoleForService(t.Context(), call, bailiwick.AssumeServiceRole{
			RoleARN: roleARN(tt.role), SessionName: "fn", Service: "lambda.amazonaws.com", SourceARN: fn, Duration: 24 * time.Hour,
		})
		if tt.allowed {
			opened, openErr := w.ring.Open(cred.AccessKeyID, cred.SessionToken)
			if err != nil || openErr != nil {
				t.Errorf("%s: %v %v", tt.role, err, openErr)
				continue
			}
			s := opened.Principal.Session
			if s.ARN() != "arn:aws:sts::"+account+":assumed-role/"+tt.role+"/fn" || s.Expires.Sub(s.Issued) != 12*time.Hour || len(s.Tags) != 0 {
				t.Errorf("%s: %+v", tt.role, s)
			}
			continue
		}
		var e *bailiwick.Error
		if !errors.As(err, &e) || e.Code != bailiwick.CodeAccessDenied || !strings.HasPrefix(e.Message, "User: lambda.amazonaws.com is not authorized to perform: sts:AssumeRole on resource: "+roleARN(tt.role)) {
			t.Errorf("%s: %v", tt.role, err)
		}
		if tt.role != "missing" && tt.role != "Plain" && (len(call.Trail.Judgements) != 1 || call.Trail.Judgements[0].Decision.Effect == policy.Allow) {
			t.Errorf("%s: the decision is not remembered", tt.role)
		}
	}
	if _, err := w.api.AssumeRoleForService(t.Context(), &bailiwick.Call{}, bailiwick.AssumeServiceRole{RoleARN: "nonsense", Service: "lambda.amazonaws.com"}); err == nil {
		t.Error("a role that can be none")
	}
	for _, name := range []string{"x", "", "a b/c", strings.Repeat("x", 80), "ü"} {
		cred, err := w.api.AssumeRoleForService(t.Context(), &bailiwick.Call{Time: now}, bailiwick.AssumeServiceRole{RoleARN: roleARN("plain"), SessionName: name, Service: "lambda.amazonaws.com"})
		if err != nil || len(cred.Principal.Session.Name) < 2 || len(cred.Principal.Session.Name) > 64 || strings.ContainsAny(cred.Principal.Session.Name, " /") {
			t.Errorf("session name of %q: %q %v", name, cred.Principal.Name, err)
		}
	}
}
