package sts_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/service/servicetest"
)

func TestGetCallerIdentity(t *testing.T) {
	w := newWorld(t)
	s := &bailiwick.Session{Account: account, RoleARN: roleARN("team/R"), RoleID: "AROA1", Name: "me"}
	w.allow(roleARN("team/R"), `{"Effect":"Deny","Action":"*","Resource":"*"}`)
	for _, tt := range []struct {
		who     bailiwick.Principal
		arn, id string
	}{
		{servicetest.Root(), "arn:aws:iam::000000000000:root", account},
		{user("alice"), "arn:aws:iam::000000000000:user/alice", "AIDAALICEAAAAAAAA"},
		{s.Principal(), "arn:aws:sts::000000000000:assumed-role/R/me", "AROA1:me"},
	} {
		w.As(tt.who)
		r := w.Form("GetCallerIdentity", nil)
		for _, want := range []string{"<Arn>" + tt.arn + "</Arn>", "<UserId>" + tt.id + "</UserId>", "<Account>" + account + "</Account>"} {
			if r.Status != http.StatusOK || !strings.Contains(r.Body, want) {
				t.Errorf("%s: got %d %s, want %s", tt.who.ARN, r.Status, r.Body, want)
			}
		}
	}
}

func TestGetCallerIdentityOfADeletedRole(t *testing.T) {
	w := newWorld(t)
	s := &bailiwick.Session{Account: account, RoleARN: roleARN("R"), RoleID: "AROA1", Name: "me"}
	w.gone = map[string]bool{"AROA1:me": true}
	w.As(s.Principal())
	w.refused("deleted", "GetCallerIdentity", nil, "InvalidClientTokenId", "The security token included in the request is invalid.")
}

func TestGetAccessKeyInfo(t *testing.T) {
	w := newWorld(t)
	if r := w.Form("GetAccessKeyInfo", form("AccessKeyId", "AKIAIOSFODNN7EXAMPLE")); !strings.Contains(r.Body, "<Account>"+account+"</Account>") {
		t.Errorf("got %s", r.Body)
	}
	for _, id := range []string{"AKIAIOSFODNN7EXAMPL0", "ASIAIOSFODNN7EXAMPLE"} {
		w.refused(id, "GetAccessKeyInfo", form("AccessKeyId", id), "ValidationError", "Access key ID "+id+" is not valid.")
	}
	w.As(user("bob"))
	w.refused("not permitted", "GetAccessKeyInfo", form("AccessKeyId", "AKIAIOSFODNN7EXAMPLE"), "AccessDenied",
		"User: arn:aws:iam::000000000000:user/bob is not authorized to perform: sts:GetAccessKeyInfo because no identity-based policy allows the sts:GetAccessKeyInfo action")
}
