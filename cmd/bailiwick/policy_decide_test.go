package main

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/bailiwick-project/bailiwick/policy"
)

const (
	decideTable = "arn:aws:dynamodb:us-east-1:111122223333:table/T"
	decideRole  = "arn:aws:iam::111122223333:role/App"
)

func TestPolicyDecide(t *testing.T) {
	policyFolder(t)
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("bucket.json", `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::444455556666:role/path/R"},"Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*"}}`)
	write("reads.json", `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}}`)
	write("nothing.json", `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:PutObject","Resource":"*"}}`)
	get := []string{"--identity", "good.json", "--principal", decideRole, "--principal-tag", "org=acme", "--action", "dynamodb:GetItem", "--resource-arn", decideTable}
	key := func(k string) []string {
		return append(append([]string(nil), get...), "--context", "dynamodb:LeadingKeys="+k)
	}
	read := []string{"--identity", "reads.json", "--principal", "arn:aws:iam::111122223333:user/team/u", "--action", "s3:GetObject", "--resource-arn", "arn:aws:s3:::b/k"}
	foreign := []string{"--resource", "bucket.json", "--identity", "reads.json", "--principal", "arn:aws:sts::444455556666:assumed-role/R/s", "--resource-account", "111122223333", "--action", "s3:GetObject", "--resource-arn", "arn:aws:s3:::b/k"}
	assume := []string{"--trust", "trust.json", "--principal", "cognito-identity.amazonaws.com", "--action", "sts:AssumeRoleWithWebIdentity", "--resource-arn", decideRole, "--context", "cognito-identity.amazonaws.com:aud=us-east-1:1"}
	with := func(base []string, more ...string) []string { return append(append([]string(nil), base...), more...) }
	for name, tt := range map[string]struct {
		args     []string
		code     int
		out, err string
	}{
		"help":                  {[]string{"--help"}, 0, "Exit codes:", ""},
		"own":                   {key("acme#1"), 0, "ALLOWED: arn:aws:sts::111122223333:assumed-role/App/session, dynamodb:GetItem on " + decideTable, ""},
		"foreign":               {key("globex#1"), exitFailed, `not met: ForAllValues:StringLike dynamodb:LeadingKeys ["acme#*"], the request has ["globex#1"]`, ""},
		"both, in JSON":         {key(`["acme#1","globex#1"]`), exitFailed, "DENIED", ""},
		"both, added":           {with(key("acme#1"), "--context", "dynamodb:LeadingKeys+=globex#1"), exitFailed, `["acme#1" "globex#1"]`, ""},
		"denied, expected":      {with(key("globex#1"), "--expect", "deny"), 0, "denied, as expected\nDENIED", ""},
		"allowed, unexpected":   {with(key("acme#1"), "--expect", "deny"), exitFailed, "WRONG: allowed, expected deny", ""},
		"allowed, expected":     {with(key("acme#1"), "--expect", "allow"), 0, "allowed, as expected", ""},
		"no key":                {get, 0, "because the request has no value for this key", ""},
		"boundary":              {with(read, "--boundary", "nothing.json"), exitFailed, "ImplicitDeny by the permissions boundary", ""},
		"session":               {with(read, "--session", "nothing.json", "--session", "reads.json"), 0, "ALLOWED", ""},
		"user":                  {read, 0, "ALLOWED: arn:aws:iam::111122223333:user/team/u", ""},
		"other account":         {with(read, "--resource-account", "444455556666"), exitFailed, "ImplicitDeny by the resource-based policy", ""},
		"role with a path":      {with(foreign, "--role", "arn:aws:iam::444455556666:role/path/R"), 0, "ALLOWED", ""},
		"role without its path": {foreign, exitFailed, "DENIED", ""},
		"another role":          {with(foreign, "--role", "arn:aws:iam::444455556666:role/Q"), exitUsage, "", "is not the role of"},
		"trust":                 {with(assume, "--context", "cognito-identity.amazonaws.com:amr=authenticated"), 0, "Allow by the role trust policy", ""},
		"trust, guest":          {with(assume, "--context", "cognito-identity.amazonaws.com:amr=unauthenticated"), exitFailed, "DENIED: WebIdentity cognito-identity.amazonaws.com", ""},
		"no policy":             {get[2:], exitUsage, "", "there is no policy to decide by"},
		"no principal":          {[]string{"--identity", "good.json"}, exitUsage, "", "--principal is missing"},
		"no action":             {get[:6], exitUsage, "", "--action is missing"},
		"bad principal":         {[]string{"--identity", "good.json", "--principal", "alice", "--action", "a:b", "--resource-arn", "*"}, exitUsage, "", `"alice" is no principal`},
		"bad action":            {with(read, "--action", "s3:*"), exitUsage, "", "the action of the request"},
		"misspelt action":       {with(read, "--action", "s3:GetObjekt", "--expect", "deny"), exitUsage, "", "AWS documents no action s3:GetObjekt"},
		"misspelt key":          {with(read, "--context", "s3:prefixes=a", "--expect", "deny"), exitUsage, "", "AWS documents no context key s3:prefixes"},
		"bad resource":          {with(read, "--resource-arn", "bucket"), exitUsage, "", "the resource of the request"},
		"bad tag":               {with(read, "--principal-tag", "org"), exitUsage, "", "KEY=VALUE"},
		"bad context":           {with(read, "--context", "prefix=x"), exitUsage, "", "KEY=VALUE"},
		"bad list":              {with(read, "--context", "s3:prefix=[1,"), exitUsage, "", "--context"},
		"context twice":         {with(read, "--context", "s3:prefix=a", "--context", "s3:prefix=b"), exitUsage, "", "twice"},
		"context in two cases":  {with(read, "--context", "s3:prefix=a", "--context", "S3:Prefix=b"), exitUsage, "", "two spellings"},
		"bad expectation":       {with(read, "--expect", "maybe"), exitUsage, "", "neither allow nor deny"},
		"missing policy":        {with(read, "--identity", "none.json"), exitUsage, "", "none.json"},
		"bad policy":            {with(read, "--identity", "twice.json", "--expect", "deny"), exitUsage, "", "twice.json:2:3: Syntax errors in policy."},
		"bad boundary":          {with(read, "--boundary", "old.json"), exitUsage, "", "must be version 2012-10-17"},
		"resource and trust":    {with(assume, "--resource", "bucket.json"), exitUsage, "", "exclude each other"},
		"missing requests":      {with(read, "--request", "none.json"), exitUsage, "", "none.json"},
		"resource, not set":     {with(read, "--resource", ""), exitUsage, "", "--resource is given without a value"},
		"boundary, not set":     {with(read, "--boundary", ""), exitUsage, "", "--boundary is given without a value"},
		"one of two not set":    {with(read, "--identity", ""), exitUsage, "", "--identity is given without a value"},
		"expect, not set":       {with(read, "--expect", ""), exitUsage, "", "--expect is given without a value"},
		"request, not set":      {with(read, "--request="), exitUsage, "", "--request is given without a value"},
		"not UTF-8":             {with(read, "--context", "s3:prefix=\xff"), exitUsage, "", "--context is not UTF-8"},
		"resource not UTF-8":    {with(read, "--resource-arn", "arn:aws:s3:::b/\xff"), exitUsage, "", "--resource-arn is not UTF-8"},
		"a file alone":          {[]string{"good.json"}, exitUsage, "", `unexpected argument "good.json"; files are values of flags`},
		"unknown flag":          {with(read, "--polcy", "x"), exitUsage, "", "unknown flag: --polcy"},
		"folder":                {with(read, "--boundary", "dir"), exitUsage, "", "dir is a folder"},
		"binary":                {with(read, "--boundary", "binary.json"), exitUsage, "", "the boundary policy binary.json:1:5"},
		"huge":                  {with(read, "--boundary", "huge.json"), exitUsage, "", "Cannot exceed quota for PolicySize: 6144"},
	} {
		t.Run(name, func(t *testing.T) {
			code, out, err := bailiwick(t, append([]string{"policy", "decide"}, tt.args...)...)
			if code != tt.code || !strings.Contains(out, tt.out) || !strings.Contains(err, tt.err) {
				t.Errorf("exit %d\nstdout: %s\nstderr: %s\nwant %d, %q, %q", code, out, err, tt.code, tt.out, tt.err)
			}
		})
	}
}

const casesJSON = `[
  {"name": "own row", "context": {"dynamodb:LeadingKeys": ["acme#1"]}, "expect": "allow"},
  {"name": "foreign row", "context": {"dynamodb:LeadingKeys": "globex#1"}, "expect": "deny"},
  {"name": "other tenant", "principalTags": {"org": "globex"}, "context": {"dynamodb:LeadingKeys": "globex#1"}, "expect": "allow"},
  {"name": "inline", "policies": {"identity": [{"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Action": "*", "Resource": "*"}}, "../good.json"]}, "context": {"dynamodb:LeadingKeys": ["acme#1"], "t:n": 1, "t:b": true}, "expect": "deny"},
  {"name": "nothing attached", "policies": {"identity": []}, "expect": "deny"}
]`

func TestPolicyDecideRequests(t *testing.T) {
	policyFolder(t)
	if err := os.WriteFile("dir/cases.json", []byte(casesJSON), 0o644); err != nil {
		t.Fatal(err)
	}
	flags := []string{"policy", "decide", "--identity", "good.json", "--principal", decideRole, "--principal-tag", "org=acme", "--action", "dynamodb:GetItem", "--resource-arn", decideTable}
	code, out, errText := bailiwick(t, append(flags, "--request", "dir/cases.json")...)
	if code != 0 || !strings.Contains(out, "foreign row: denied, as expected\n") || !strings.Contains(out, "5 requests, 0 not as expected") {
		t.Errorf("exit %d\n%s%s", code, out, errText)
	}
	code, out, _ = bailiwick(t, append(flags, "--json", "--request", "dir/cases.json")...)
	var all []decided
	if err := json.Unmarshal([]byte(out), &all); err != nil || code != 0 || len(all) != 5 || !all[0].Allowed || !all[1].Right || all[1].Explanation.Nearest == nil || all[3].Explanation.Effect != "ExplicitDeny" {
		t.Errorf("exit %d, %v\n%s", code, err, out)
	}
	code, out, _ = bailiwickReading(t, strings.Replace(casesJSON, `"expect": "deny"`, `"expect": "allow"`, 1), append(flags[:2:2], append([]string{"--identity", "good.json"}, append(flags[4:], "--request", "-")...)...)...)
	if code != exitUsage { // ../good.json is not below the folder that standard input counts as
		t.Errorf("exit %d\n%s", code, out)
	}
	wrong := `[{"name": "a", "context": {"dynamodb:LeadingKeys": "globex#1"}, "expect": "allow"}, {"context": {"dynamodb:LeadingKeys": "acme#1"}}]`
	code, out, _ = bailiwickReading(t, wrong, append(flags, "--request", "-")...)
	if code != exitFailed || !strings.Contains(out, "a: WRONG: denied, expected allow\nDENIED") || !strings.Contains(out, "request 2: allowed\nALLOWED") || !strings.Contains(out, "2 requests, 1 not as expected") {
		t.Errorf("exit %d\n%s", code, out)
	}
	for text, want := range map[string]string{
		"":         "there is no request",
		" \r\n":    "there is no request",
		`[]`:       "there is no request",
		"\ufeff[]": "begins with a byte order mark",

		"{\"action\":\"s3:Get\xff\"}":               "the text is not UTF-8",
		`{"action":"a:b"`:                           "unexpected EOF",
		`{"action":"a:b"} x`:                        "invalid character",
		`{"acton":"a:b"}`:                           `unknown field "acton"`,
		`{"action":"a:b","action":""}`:              `"action" is given twice`,
		`[{"context":{"a:b":"1","a:b":"2"}}]`:       `"a:b" is given twice`,
		`{"context":{"a:b":{}}}`:                    "no string, number",
		`{"context":{"a:b":null}}`:                  "no string, number",
		`{"policies":{"identiy":"x"}}`:              `no layer "identiy"`,
		`{"policies":{"resource":["x","y"]}}`:       "has one policy",
		`{"policies":{"identity":1}}`:               "neither the name of a file nor a document",
		`{"policies":{"identity":{"Statement":1}}}`: "the identity policy of the request:1:14: Syntax errors",

		strings.Repeat("[", 100) + strings.Repeat("]", 100):                 "nested more than",
		`[{"action":"s3:GetObject"},` + strings.Repeat(" ", 17<<20) + `{}]`: "more than 16777216 bytes",
		`{"policies":{"identity":{"Statement":[],"Id":"","Id":""}}}`:        "given twice",
	} {
		if code, _, errText := bailiwickReading(t, text, append(flags, "--request", "-")...); code != exitUsage || !strings.Contains(errText, want) {
			t.Errorf("%.60s: exit %d, %s, want %s", text, code, errText, want)
		}
	}
}

func TestPrincipalOf(t *testing.T) {
	for text, want := range map[string]policy.Principal{
		"arn:aws:iam::1:user/a/b":            {Type: policy.User, ARN: "arn:aws:iam::1:user/a/b", Account: "1"},
		"arn:aws:iam::1:root":                {Type: policy.Account, ARN: "arn:aws:iam::1:root", Account: "1", ID: "1"},
		"111122223333":                       {Type: policy.Account, ARN: "arn:aws:iam::111122223333:root", Account: "111122223333", ID: "111122223333"},
		"arn:aws:iam::1:role/a/R":            {Type: policy.AssumedRole, ARN: "arn:aws:sts::1:assumed-role/R/session", RoleARN: "arn:aws:iam::1:role/a/R", Account: "1"},
		"arn:aws-cn:sts::1:assumed-role/R/s": {Type: policy.AssumedRole, ARN: "arn:aws-cn:sts::1:assumed-role/R/s", RoleARN: "arn:aws-cn:iam::1:role/R", Account: "1"},
		"arn:aws:sts::1:federated-user/f":    {Type: policy.FederatedUser, ARN: "arn:aws:sts::1:federated-user/f", Account: "1"},
		"arn:aws:iam::1:oidc-provider/x.y":   {Type: policy.WebIdentity, Federated: "arn:aws:iam::1:oidc-provider/x.y"},
		"accounts.google.com":                {Type: policy.WebIdentity, Federated: "accounts.google.com"},
		"lambda.amazonaws.com":               {Type: policy.Service, Service: "lambda.amazonaws.com"},
		"anonymous":                          {Type: policy.Anonymous, ARN: "anonymous", Account: "anonymous"},
	} {
		if got, err := principalOf(text, ""); err != nil || got != want {
			t.Errorf("%s: %+v, %v, want %+v", text, got, err, want)
		}
	}
	for _, text := range []string{"", "*", "alice", "arn:aws:iam::1:user/", "arn:aws:s3:::b", "arn:aws:sts::1:assumed-role/R", "arn:aws:iam::1:group/g", "AIDAAAAAAAAAAAAAAAAAA"} {
		if got, err := principalOf(text, ""); err == nil {
			t.Errorf("%q is %+v", text, got)
		}
	}
}
