package iam_test

import (
	"strings"
	"testing"

	"github.com/bailiwick-project/bailiwick/service/servicetest"
)

func TestAccountAlias(t *testing.T) {
	w := newWorld(t)
	other := servicetest.Root()
	other.ARN, other.ID, other.Account = "arn:aws:iam::111111111111:root", "111111111111", "111111111111"
	if body := w.do("ListAccountAliases"); strings.Contains(body, "<member>") {
		t.Errorf("an alias before there is one: %s", body)
	}
	w.steps([]step{
		{"CreateAccountAlias", p("AccountAlias", "acme"), "", ""},
		{"CreateAccountAlias", p("AccountAlias", "acme"), "EntityAlreadyExists", "The account alias acme already exists."},
		{"CreateAccountAlias", p("AccountAlias", "acme-prod"), "", ""}, // replaces the other
		{"DeleteAccountAlias", p("AccountAlias", "acme"), "NoSuchEntity", "The account alias acme cannot be found."},
		{
			"CreateAccountAlias", p("AccountAlias", "a--b"), "ValidationError",
			"1 validation error detected: Value 'a--b' at 'accountAlias' failed to satisfy constraint: Member must satisfy regular expression pattern: ^[a-z0-9]([a-z0-9]|-(?!-)){1,61}[a-z0-9]$",
		},
	})
	if got := strings.Join(fields(w.do("ListAccountAliases"), "member"), ","); got != "acme-prod" {
		t.Errorf("aliases %q", got)
	}
	w.As(other)
	w.steps([]step{
		{"CreateAccountAlias", p("AccountAlias", "acme-prod"), "EntityAlreadyExists", "The account alias acme-prod already exists."},
		{"DeleteAccountAlias", p("AccountAlias", "acme-prod"), "NoSuchEntity", "The account alias acme-prod cannot be found."},
		{"CreateAccountAlias", p("AccountAlias", "acme"), "", ""}, // free again
	})
	if got := strings.Join(fields(w.do("ListAccountAliases"), "member"), ","); got != "acme" {
		t.Errorf("aliases of the other account %q", got)
	}
	w.As(servicetest.Root())
	w.do("DeleteAccountAlias", "AccountAlias", "acme-prod")
	if body := w.do("ListAccountAliases"); strings.Contains(body, "<member>") || field(body, "IsTruncated") != "false" {
		t.Errorf("aliases after the last was deleted: %s", body)
	}
}
