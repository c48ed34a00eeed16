package main

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"
)

// organizationFolder has the policies of an organization, and of what is in it.
func organizationFolder(t *testing.T) {
	t.Helper()
	t.Chdir(t.TempDir())
	doc := func(statements string) string { return `{"Version":"2012-10-17","Statement":[` + statements + `]}` }
	for name, text := range map[string]string{
		"all.json":     doc(`{"Effect":"Allow","Action":"*","Resource":"*"}`),
		"s3.json":      doc(`{"Sid":"S3","Effect":"Allow","Action":"s3:*","Resource":"*"}`),
		"ec2.json":     doc(`{"Effect":"Allow","Action":"ec2:*","Resource":"*"}`),
		"writes.json":  doc(`{"Effect":"Allow","Action":["s3:PutObject","s3:DeleteObject"],"Resource":"*"}`),
		"nodel.json":   doc(`{"Sid":"NoDelete","Effect":"Deny","Action":"s3:DeleteObject","Resource":"*"}`),
		"region.json":  doc(`{"Sid":"Regions","Effect":"Deny","Action":"*","Resource":"*","Condition":{"StringNotEquals":{"aws:RequestedRegion":"eu-west-1"}}}`),
		"org.json":     doc(`{"Sid":"OurOrg","Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*","Condition":{"StringNotEqualsIfExists":{"aws:PrincipalOrgID":"o-1"},"BoolIfExists":{"aws:PrincipalIsAWSService":"false"}}}`),
		"named.json":   doc(`{"Effect":"Deny","Principal":{"AWS":"111122223333"},"Action":"s3:*","Resource":"*"}`),
		"bucket.json":  doc(`{"Sid":"Readers","Effect":"Allow","Principal":{"AWS":["arn:aws:iam::111122223333:user/u","444455556666"]},"Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*"},{"Effect":"Allow","Principal":{"Service":"logs.amazonaws.com"},"Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*"},{"Effect":"Deny","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/secret"}`),
		"session.json": doc(`{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/own/*"}`),
		"trust.json":   doc(`{"Effect":"Allow","Principal":{"AWS":"444455556666"},"Action":"sts:AssumeRole","Condition":{"StringEquals":{"sts:ExternalId":"x"}}}`),
	} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// TestPolicyDecideLayers: every layer that AWS knows is asked, and the one that did
// not allow is named, in the text and in the JSON, with the exit code that goes with it.
func TestPolicyDecideLayers(t *testing.T) {
	organizationFolder(t)
	const (
		user, role = "arn:aws:iam::111122223333:user/u", "arn:aws:iam::111122223333:role/R"
		stranger   = "arn:aws:iam::444455556666:user/s"
		get, del   = "s3:GetObject", "s3:DeleteObject"
		key        = "arn:aws:s3:::b/own/k"
	)
	for name, tt := range map[string]struct {
		principal, action, resource string
		flags                       string
		effect, layer, sid          string // of the decision
	}{
		"identity":                         {user, get, key, "--identity s3.json", "Allow", "identity-based policy", "S3"},
		"every level allows":               {user, get, key, "--identity s3.json --scp FullAWSAccess --scp all.json,nodel.json --scp s3.json", "Allow", "identity-based policy", "S3"},
		"a level denies":                   {user, del, key, "--identity s3.json --scp FullAWSAccess --scp all.json,nodel.json", "ExplicitDeny", "service control policy", "NoDelete"},
		"the root denies":                  {user, del, key, "--identity s3.json --scp FullAWSAccess,nodel.json --scp all.json", "ExplicitDeny", "service control policy", "NoDelete"},
		"a level allows something else":    {user, get, key, "--identity s3.json --scp FullAWSAccess --scp ec2.json", "ImplicitDeny", "service control policy", ""},
		"the first level does not":         {user, get, key, "--identity s3.json --scp ec2.json --scp FullAWSAccess", "ImplicitDeny", "service control policy", ""},
		"one of a level allows":            {user, get, key, "--identity s3.json --scp ec2.json,s3.json", "Allow", "identity-based policy", "S3"},
		"deny list alone":                  {user, get, key, "--identity s3.json --scp nodel.json", "ImplicitDeny", "service control policy", ""},
		"a condition":                      {user, get, key, "--identity s3.json --scp FullAWSAccess,region.json --context aws:RequestedRegion=us-east-1", "ExplicitDeny", "service control policy", "Regions"},
		"a condition that is not met":      {user, get, key, "--identity s3.json --scp FullAWSAccess,region.json --context aws:RequestedRegion=eu-west-1", "Allow", "identity-based policy", "S3"},
		"the root user":                    {"111122223333", del, key, "--scp FullAWSAccess,nodel.json", "ExplicitDeny", "service control policy", "NoDelete"},
		"the root user, not limited":       {"111122223333", get, key, "--scp FullAWSAccess,nodel.json", "Allow", "root user", ""},
		"no grant":                         {user, get, key, "--identity ec2.json --scp FullAWSAccess", "ImplicitDeny", "identity-based policy", ""},
		"rcp denies a stranger":            {stranger, get, key, "--identity s3.json --resource bucket.json --resource-account 111122223333 --rcp org.json --context aws:PrincipalOrgID=o-2", "ExplicitDeny", "resource control policy", "OurOrg"},
		"rcp lets ours pass":               {stranger, get, key, "--identity s3.json --resource bucket.json --resource-account 111122223333 --rcp org.json --context aws:PrincipalOrgID=o-1", "Allow", "identity-based policy", "S3"},
		"rcp of several levels":            {user, get, key, "--identity s3.json --rcp RCPFullAWSAccess --rcp org.json --context aws:PrincipalOrgID=o-2", "ExplicitDeny", "resource control policy", "OurOrg"},
		"rcp allows nothing by itself":     {user, get, key, "--identity ec2.json --rcp RCPFullAWSAccess", "ImplicitDeny", "identity-based policy", ""},
		"rcp, no organization":             {stranger, get, key, "--identity s3.json --resource bucket.json --resource-account 111122223333 --rcp org.json", "ExplicitDeny", "resource control policy", "OurOrg"},
		"rcp and a service":                {"logs.amazonaws.com", get, key, "--resource bucket.json --resource-account 111122223333 --rcp org.json --context aws:PrincipalOrgID=o-2", "Allow", "resource-based policy", ""},
		"scp and a service":                {"logs.amazonaws.com", get, key, "--resource bucket.json --resource-account 111122223333 --scp ec2.json", "Allow", "resource-based policy", ""},
		"scp before rcp":                   {user, del, key, "--identity s3.json --scp FullAWSAccess,nodel.json --rcp org.json --context aws:PrincipalOrgID=o-2", "ExplicitDeny", "service control policy", "NoDelete"},
		"same account, resource policy":    {user, get, key, "--identity ec2.json --resource bucket.json", "Allow", "resource-based policy", "Readers"},
		"same account, resource denies":    {user, get, "arn:aws:s3:::b/secret", "--identity s3.json --resource bucket.json", "ExplicitDeny", "resource-based policy", ""},
		"same account, neither":            {role, get, key, "--identity ec2.json --resource bucket.json", "ImplicitDeny", "identity-based policy", ""},
		"cross account, both":              {stranger, get, key, "--identity s3.json --resource bucket.json --resource-account 111122223333", "Allow", "identity-based policy", "S3"},
		"cross account, identity only":     {stranger, del, key, "--identity s3.json --resource bucket.json --resource-account 111122223333", "ImplicitDeny", "resource-based policy", ""},
		"cross account, resource only":     {stranger, get, key, "--identity ec2.json --resource bucket.json --resource-account 111122223333", "ImplicitDeny", "identity-based policy", ""},
		"cross account, no policy there":   {stranger, get, key, "--identity s3.json --resource-account 111122223333", "ImplicitDeny", "resource-based policy", ""},
		"boundary":                         {user, get, key, "--identity s3.json --boundary writes.json", "ImplicitDeny", "permissions boundary", ""},
		"boundary denies":                  {user, del, key, "--identity s3.json --boundary nodel.json", "ExplicitDeny", "permissions boundary", "NoDelete"},
		"boundary does not bind a grant":   {user, get, key, "--identity s3.json --boundary writes.json --resource bucket.json", "Allow", "resource-based policy", "Readers"},
		"cross account, boundary":          {stranger, get, key, "--identity s3.json --boundary writes.json --resource bucket.json --resource-account 111122223333", "ImplicitDeny", "permissions boundary", ""},
		"session":                          {role, get, key, "--identity s3.json --session session.json", "Allow", "identity-based policy", "S3"},
		"session limits":                   {role, get, "arn:aws:s3:::b/other/k", "--identity s3.json --session session.json", "ImplicitDeny", "session policy", ""},
		"session denies":                   {role, del, key, "--identity s3.json --session all.json --session nodel.json", "ExplicitDeny", "session policy", "NoDelete"},
		"all layers at once":               {role, get, key, "--identity s3.json --session session.json --boundary s3.json --scp FullAWSAccess --rcp org.json --resource bucket.json --context aws:PrincipalOrgID=o-1", "Allow", "identity-based policy", "S3"},
		"trust, cross account":             {stranger, "sts:AssumeRole", role, "--identity all.json --trust trust.json --context sts:ExternalId=x", "Allow", "identity-based policy", ""},
		"trust, cross account, wrong id":   {stranger, "sts:AssumeRole", role, "--identity all.json --trust trust.json --context sts:ExternalId=y", "ImplicitDeny", "role trust policy", ""},
		"trust, and an scp of the caller":  {stranger, "sts:AssumeRole", role, "--identity all.json --trust trust.json --context sts:ExternalId=x --scp s3.json", "ImplicitDeny", "service control policy", ""},
		"two documents of the same layer":  {user, del, key, "--identity s3.json --identity nodel.json", "ExplicitDeny", "identity-based policy", "NoDelete"},
		"denies are named in AWS's order":  {user, del, key, "--identity nodel.json --boundary nodel.json", "ExplicitDeny", "identity-based policy", "NoDelete"},
		"an empty level says everything":   {user, get, key, "--identity s3.json --scp all.json --scp all.json --scp all.json --scp all.json --scp all.json", "Allow", "identity-based policy", "S3"},
		"the last of many levels does not": {user, get, key, "--identity s3.json --scp all.json --scp all.json --scp all.json --scp all.json --scp ec2.json", "ImplicitDeny", "service control policy", ""},
	} {
		t.Run(name, func(t *testing.T) {
			args := slices.Concat([]string{"policy", "decide", "--principal", tt.principal, "--action", tt.action, "--resource-arn", tt.resource}, strings.Fields(tt.flags))
			wantCode := 0
			if tt.effect != "Allow" {
				wantCode = exitFailed
			}
			code, out, errText := bailiwick(t, append(args, "--json")...)
			var x decided
			if err := json.Unmarshal([]byte(out), &x); err != nil || code != wantCode {
				t.Fatalf("exit %d, %v\n%s%s", code, err, out, errText)
			}
			e := x.Explanation
			sid := ""
			if e.Statement != nil {
				sid = e.Statement.Sid
			}
			if e.Effect != tt.effect || e.Layer != tt.layer || sid != tt.sid || x.Allowed != (tt.effect == "Allow") || x.Right != x.Allowed {
				t.Errorf("%s by the %s %q, want %s by the %s %q", e.Effect, e.Layer, sid, tt.effect, tt.layer, tt.sid)
			}
			code, out, _ = bailiwick(t, args...)
			if want := tt.effect + " by the " + tt.layer; code != wantCode || !strings.Contains(out, want) {
				t.Errorf("exit %d, no %q in\n%s", code, want, out)
			}
			if code, _, _ = bailiwick(t, append(args, "--expect", map[bool]string{true: "allow", false: "deny"}[x.Allowed])...); code != 0 {
				t.Errorf("as expected: exit %d", code)
			}
			if code, _, _ = bailiwick(t, append(args, "--expect", map[bool]string{false: "allow", true: "deny"}[x.Allowed])...); code != exitFailed {
				t.Errorf("not as expected: exit %d", code)
			}
		})
	}
}

// TestPolicyDecideOrganization: notes for those who think of levels otherwise, the
// request's form, and what makes no sense.
func TestPolicyDecideOrganization(t *testing.T) {
	organizationFolder(t)
	base := []string{"policy", "decide", "--identity", "s3.json", "--principal", "arn:aws:iam::111122223333:user/u", "--action", "s3:GetObject", "--resource-arn", "arn:aws:s3:::b/k"}
	for name, tt := range map[string]struct {
		args           []string
		in             string
		code           int
		out, errorText string
	}{
		"help":                     {[]string{"--help"}, "", 0, "Every level must\nallow", ""},
		"deny list alone":          {[]string{"--scp", "FullAWSAccess", "--scp", "nodel.json"}, "", exitFailed, "note: level 2 of the service control policies (nodel.json) does not allow the action; every level must. It has no Allow at all: AWS attaches FullAWSAccess beside such policies, so perhaps --scp FullAWSAccess,nodel.json\n", ""},
		"the level is named":       {[]string{"--scp", "ec2.json,nodel.json", "--scp", "FullAWSAccess"}, "", exitFailed, "note: level 1 of the service control policies (ec2.json,nodel.json) does not allow the action; every level must\n", ""},
		"the reason is AWS's":      {[]string{"--scp", "ec2.json", "--json"}, "", exitFailed, `"because": " because no service control policy allows the s3:GetObject action"`, ""},
		"notes in JSON":            {[]string{"--scp", "ec2.json", "--json"}, "", exitFailed, `"notes": [`, ""},
		"nearest of the level":     {[]string{"--scp", "all.json,writes.json", "--scp", "ec2.json"}, "", exitFailed, "nearest miss, in policy \"ec2.json\":\n    statement 0 (line 1): Allow does not apply: action\nservice control policy, level 1 of 2:", ""},
		"not bound":                {[]string{"--scp", "ec2.json", "--principal", "anonymous", "--resource", "bucket.json"}, "", exitFailed, "so --scp was not asked", ""},
		"missing file":             {[]string{"--scp", "none.json"}, "", exitUsage, "", "none.json: no such file"},
		"no name":                  {[]string{"--scp", "all.json,"}, "", exitUsage, "", "names a file that has no name"},
		"nothing":                  {[]string{"--rcp", ""}, "", exitUsage, "", "--rcp is given without a value"},
		"no value":                 {[]string{"--scp"}, "", exitUsage, "", "flag needs an argument"},
		"an scp with a principal":  {[]string{"--scp", "bucket.json"}, "", exitUsage, "", "Policy document should not specify a principal."},
		"an rcp without":           {[]string{"--rcp", "nodel.json"}, "", exitUsage, "", "the resource control policy nodel.json:1:"},
		"an rcp for somebody":      {[]string{"--rcp", "named.json"}, "", exitUsage, "", `the Principal of a resource control policy is "*"`},
		"a folder":                 {[]string{"--scp", "."}, "", exitUsage, "", "is a folder"},
		"input":                    {[]string{"--scp", "FullAWSAccess,-"}, `{"Version":"2012-10-17","Statement":{"Sid":"In","Effect":"Deny","Action":"s3:*","Resource":"*"}}`, exitFailed, `policy "-", statement 0 "In"`, ""},
		"input twice, one text":    {[]string{"--boundary", "-", "--session", "-"}, `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*"}}`, 0, "ALLOWED", ""},
		"input as both":            {[]string{"--request", "-", "--scp", "-"}, `{}`, exitUsage, "", "standard input cannot be both"},
		"root without any policy":  {[]string{"--principal", "111122223333"}, "", 0, "Allow by the root user", ""},
		"only an scp":              {append([]string{"policy", "decide"}, append(base[4:], "--scp", "all.json")...), "", exitUsage, "", "there is no policy to decide by"},
		"request, levels":          {[]string{"--request", "-"}, `{"policies":{"scp":["FullAWSAccess",["all.json","nodel.json"]]},"action":"s3:DeleteObject"}`, exitFailed, "ExplicitDeny by the service control policy", ""},
		"request, one":             {[]string{"--request", "-"}, `{"policies":{"scp":"ec2.json"}}`, exitFailed, "ImplicitDeny by the service control policy", ""},
		"request, documents":       {[]string{"--request", "-"}, `{"policies":{"scp":[{"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"*","Resource":"*"}}]}}`, exitFailed, "(a document of the request)", ""},
		"request, rcp":             {[]string{"--request", "-"}, `{"policies":{"rcp":["RCPFullAWSAccess","org.json"]},"context":{"aws:PrincipalOrgID":"o-2"}}`, exitFailed, "ExplicitDeny by the resource control policy", ""},
		"request, instead of flag": {[]string{"--request", "-", "--scp", "ec2.json"}, `{"policies":{"scp":"all.json"}}`, 0, "ALLOWED", ""},
		"request, no organization": {[]string{"--request", "-", "--scp", "ec2.json", "--rcp", "org.json", "--context", "aws:PrincipalOrgID=o-2"}, `{"policies":{"scp":[],"rcp":[]}}`, 0, "ALLOWED", ""},
		"request, an empty level":  {[]string{"--request", "-"}, `{"policies":{"scp":["all.json",[]]}}`, exitUsage, "", "level 2 has no policy"},
		"request, too deep":        {[]string{"--request", "-"}, `{"policies":{"scp":[[["all.json"]]]}}`, exitUsage, "", "neither the name of a file nor a document"},
		"request, null":            {[]string{"--request", "-"}, `{"policies":{"scp":null}}`, exitUsage, "", "neither the name of a file nor a document"},
	} {
		t.Run(name, func(t *testing.T) {
			args := append(slices.Clone(base), tt.args...)
			if len(tt.args) > 0 && tt.args[0] == "policy" {
				args = tt.args
			}
			code, out, errText := bailiwickReading(t, tt.in, args...)
			if code != tt.code || !strings.Contains(out, tt.out) || !strings.Contains(errText, tt.errorText) {
				t.Errorf("exit %d\nstdout: %s\nstderr: %s\nwant %d, %q, %q", code, out, errText, tt.code, tt.out, tt.errorText)
			}
		})
	}
}
