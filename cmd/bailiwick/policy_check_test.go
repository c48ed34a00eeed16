package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/bailiwick-project/bailiwick/policy/lint"
)

const (
	goodPolicy = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["dynamodb:GetItem","dynamodb:Query"],
  "Resource":"arn:aws:dynamodb:*:*:table/T","Condition":{"ForAllValues:StringLike":{"dynamodb:LeadingKeys":["${aws:PrincipalTag/org}#*"]}}}]}`
	openPolicy = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["dynamodb:GetItem","dynamodb:Scan"],
  "Resource":"arn:aws:dynamodb:*:*:table/T","Condition":{"ForAllValues:StringLike":{"dynamodb:LeadingKeys":["${aws:PrincipalTag/org}#*"]}}}]}`
	warnPolicy  = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","NotAction":"iam:*","Resource":"arn:aws:logs:*:*:x"}]}`
	trustPolicy = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Federated":"cognito-identity.amazonaws.com"},"Action":"sts:AssumeRoleWithWebIdentity",
  "Condition":{"StringEquals":{"cognito-identity.amazonaws.com:aud":"us-east-1:1"},"ForAnyValue:StringLike":{"cognito-identity.amazonaws.com:amr":"authenticated"}}}]}`
)

// policyFolder is a folder with these files, in which the test runs.
func policyFolder(t *testing.T) {
	t.Helper()
	t.Chdir(t.TempDir())
	for name, text := range map[string]string{
		"good.json": goodPolicy, "open.json": openPolicy, "warn.json": warnPolicy, "trust.json": trustPolicy,
		"empty.json": "", "binary.json": "\x7fELF\x00\x01\xff\xfe", "mark.json": "\ufeff" + goodPolicy, "huge.json": strings.Repeat(" ", 2<<20) + goodPolicy,
		"deep.json": strings.Repeat(`{"a":`, 5000), "escape.json": `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:\u001b[2J","Resource":"*"}}`,
		"old.json":   strings.Replace(goodPolicy, `"Version":"2012-10-17",`, "", 1),
		"twice.json": "{\"Statement\":{\"Effect\":\"Allow\",\n  \"Effect\":\"Deny\"}}", "dir/x.json": goodPolicy,
		"latin.json": "{\"Version\":\"2012-10-17\",\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"s3:Get\xe9\",\"Resource\":\"*\"}}",
		"crlf.json":  "{\"Version\":\"2012-10-17\",\r\n\"Statement\":{\"Effect\":\"Allow\",\r\n  \"Action\": \"GetX\",\"Resource\":\"*\"}}\r\n",
		"full.json":  `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}`,
		"rcp.json":   `{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*","Condition":{"StringNotEqualsIfExists":{"aws:PrincipalOrgID":"o-1"}}}]}`,
	} {
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// bailiwickReading is bailiwick with standard input.
func bailiwickReading(t *testing.T, in string, args ...string) (code int, out, err string) {
	t.Helper()
	var o, e bytes.Buffer
	code = run(t.Context(), args, streams{in: strings.NewReader(in), out: &o, err: &e})
	return code, o.String(), e.String()
}

func TestPolicyCheck(t *testing.T) {
	policyFolder(t)
	for name, tt := range map[string]struct {
		args     []string
		code     int
		out, err string
	}{
		"help":               {[]string{"--help"}, 0, "Exit codes:", ""},
		"clean":              {[]string{"good.json"}, 0, "1 document: nothing found\n", ""},
		"an error":           {[]string{"open.json"}, exitFailed, "open.json:2:85: error: ForAllValues:StringLike is met by a request without dynamodb:LeadingKeys, and dynamodb:Scan never has it: allowed without any limit [for-all-values-never]\n    instead: ", ""},
		"advice with a key":  {[]string{"open.json"}, exitFailed, `add "Null": {"dynamodb:LeadingKeys": "false"}`, ""},
		"a warning":          {[]string{"warn.json"}, 0, "1 document: 1 warning\n", ""},
		"a warning, strict":  {[]string{"--strict", "warn.json"}, exitFailed, "warning: everything but iam:* is allowed", ""},
		"nothing, strict":    {[]string{"--strict", "good.json", "trust.json"}, 0, "2 documents: nothing found", ""},
		"several":            {[]string{"good.json", "open.json", "twice.json"}, exitFailed, "3 documents: 1 invalid, 1 error\n", ""},
		"a pattern":          {[]string{"g*d.json"}, 0, "1 document: nothing found", ""},
		"a pattern, twice":   {[]string{"good.json", "g*.json", "./dir/*.json"}, 0, "2 documents: nothing found", ""},
		"empty":              {[]string{"empty.json"}, exitFailed, "empty.json:1:1: invalid: Syntax errors in policy. (expected a JSON value) [invalid-policy]", ""},
		"binary":             {[]string{"binary.json"}, exitFailed, "binary.json:1:5: invalid: Syntax errors in policy.", ""},
		"mark":               {[]string{"mark.json"}, exitFailed, "begins with a byte order mark", ""},
		"huge":               {[]string{"huge.json"}, exitFailed, "huge.json:1:1: invalid: Maximum policy size of 10240 bytes exceeded", ""},
		"deep":               {[]string{"deep.json"}, exitFailed, "deep.json:1:", ""},
		"a key twice":        {[]string{"twice.json"}, exitFailed, `twice.json:2:3: invalid: Syntax errors in policy. (the key "Effect" is given twice)`, ""},
		"old, managed":       {[]string{"--kind", "managed", "old.json"}, exitFailed, "Policy document must be version 2012-10-17 or greater.", ""},
		"old":                {[]string{"old.json"}, exitFailed, "[variables-without-version]", ""},
		"trust, guessed":     {[]string{"--json", "trust.json"}, 0, `"kind": "trust"`, ""},
		"trust as identity":  {[]string{"--kind", "identity", "trust.json"}, exitFailed, "trust.json:1:38: invalid: Policy statement must contain resources.", ""},
		"good as trust":      {[]string{"--kind", "trust", "good.json"}, exitFailed, "Has prohibited field Resource", ""},
		"input":              {[]string{"-"}, exitFailed, "-:2:85: error", ""},
		"control characters": {[]string{"escape.json"}, 0, "\uFFFD[2J", ""},
		"no file":            {nil, exitUsage, "", "FILE is missing"},
		"missing file":       {[]string{"none.json"}, exitUsage, "", "none.json: no such file"},
		"pattern of none":    {[]string{"none*.json"}, exitUsage, "", `no file matches "none*.json"`},
		"bad pattern":        {[]string{"[x"}, exitUsage, "", "syntax error in pattern"},
		"folder":             {[]string{"dir"}, exitUsage, "", "dir is a folder"},
		"no name":            {[]string{""}, exitUsage, "", "the name of a file is empty"},
		"kind, not set":      {[]string{"--kind", "", "good.json"}, exitUsage, "", "--kind is given without a value"},
		"unknown flag":       {[]string{"--knd", "x", "good.json"}, exitUsage, "", "unknown flag: --knd"},
		"not UTF-8":          {[]string{"latin.json"}, exitFailed, "latin.json:1:71: invalid: Syntax errors in policy. (not UTF-8)", ""},
		"lines of Windows":   {[]string{"crlf.json"}, exitFailed, "crlf.json:3:13: invalid: Actions/Conditions must be prefaced by a vendor", ""},
		"scp":                {[]string{"--kind", "scp", "--json", "full.json"}, 0, `"kind": "scp"`, ""},
		"scp, strict":        {[]string{"--kind", "scp", "--strict", "full.json"}, 0, "nothing found", ""},
		"scp with principal": {[]string{"--kind", "scp", "trust.json"}, exitFailed, "trust.json:1:", ""},
		"rcp":                {[]string{"--kind", "rcp", "--strict", "rcp.json"}, 0, "nothing found", ""},
		"rcp, no principal":  {[]string{"--kind", "rcp", "full.json"}, exitFailed, "The provided policy document does not meet the requirements of the specified policy type.", ""},
		"bad kind":           {[]string{"--kind", "bucket", "good.json"}, exitUsage, "", `--kind "bucket" is none of`},
		"two forms":          {[]string{"--json", "--sarif", "good.json"}, exitUsage, "", "json sarif"},
	} {
		t.Run(name, func(t *testing.T) {
			code, out, err := bailiwickReading(t, openPolicy, append([]string{"policy", "check"}, tt.args...)...)
			if code != tt.code || !strings.Contains(out, tt.out) || !strings.Contains(err, tt.err) {
				t.Errorf("exit %d\nstdout: %s\nstderr: %s\nwant %d, %q, %q", code, out, err, tt.code, tt.out, tt.err)
			}
			if strings.Contains(out, "\x1b") {
				t.Error("colours although nobody looks, or those of the policy")
			}
		})
	}
	if code, out, _ := bailiwick(t, "policy"); code != 0 || !strings.Contains(out, "check") || !strings.Contains(out, "decide") {
		t.Errorf("bailiwick policy: exit %d, %s", code, out)
	}
	if code, _, err := bailiwick(t, "policy", "fly"); code != exitUsage || !strings.Contains(err, "unknown command") {
		t.Errorf("bailiwick policy fly: exit %d, %s", code, err)
	}
}

func TestPolicyCheckColors(t *testing.T) {
	policyFolder(t)
	var o bytes.Buffer
	run(t.Context(), []string{"policy", "check", "open.json", "warn.json", "empty.json"}, streams{out: &o, err: &o, color: true})
	for _, part := range []string{"\x1b[31merror\x1b[0m", "\x1b[33mwarning\x1b[0m", "\x1b[1;31minvalid\x1b[0m"} {
		if !strings.Contains(o.String(), part) {
			t.Errorf("no %q in %q", part, o.String())
		}
	}
}

func TestPolicyCheckJSON(t *testing.T) {
	policyFolder(t)
	code, out, _ := bailiwick(t, "policy", "check", "--json", "open.json", "empty.json", "good.json")
	var r report
	if err := json.Unmarshal([]byte(out), &r); err != nil || code != exitFailed {
		t.Fatalf("exit %d, %v\n%s", code, err, out)
	}
	if r.Invalid != 1 || r.Errors != 1 || r.Warnings != 0 || len(r.Documents) != 3 || r.Documents[1].Error.Message != "Syntax errors in policy." ||
		r.Documents[0].Findings[0].Rule != "for-all-values-never" || !strings.Contains(out, `"findings": []`) {
		t.Errorf("%s", out)
	}
}

// TestSARIF holds the output against what the schema of SARIF 2.1.0 and GitHub's
// code scanning require.
func TestSARIF(t *testing.T) {
	policyFolder(t)
	abs, err := filepath.Abs("open.json")
	if err != nil {
		t.Fatal(err)
	}
	code, out, _ := bailiwickReading(t, openPolicy, "policy", "check", "--sarif", "./open.json", "dir/x.json", "empty.json", "-", abs)
	var log map[string]any
	if err := json.Unmarshal([]byte(out), &log); err != nil || code != exitFailed {
		t.Fatalf("exit %d, %v\n%s", code, err, out)
	}
	at := func(v any, path ...any) any {
		t.Helper()
		for _, step := range path {
			switch step := step.(type) {
			case string:
				v = v.(map[string]any)[step]
			case int:
				v = v.([]any)[step]
			}
			if v == nil {
				t.Fatalf("there is no %v", path)
			}
		}
		return v
	}
	if at(log, "version") != "2.1.0" || !strings.Contains(at(log, "$schema").(string), "sarif-2.1.0") || len(at(log, "runs").([]any)) != 1 {
		t.Errorf("%v %v", log["version"], log["$schema"])
	}
	driver := at(log, "runs", 0, "tool", "driver")
	at(driver, "name")
	ids := []string{}
	for i, r := range at(driver, "rules").([]any) {
		for _, path := range [][]any{{"shortDescription", "text"}, {"fullDescription", "text"}, {"help", "text"}, {"helpUri"}, {"properties", "security-severity"}} {
			if at(r, path...) == "" {
				t.Errorf("rule %d: %v is empty", i, path)
			}
		}
		if level := at(r, "defaultConfiguration", "level"); level != "error" && level != "warning" {
			t.Errorf("rule %d has level %v", i, level)
		}
		ids = append(ids, at(r, "id").(string))
	}
	if want := len(lint.Rules()) + 1; len(ids) != want || len(slices.Compact(slices.Sorted(slices.Values(ids)))) != want {
		t.Errorf("%d rules, want %d, each once", len(ids), want)
	}
	uris, prints := []string{}, map[any]bool{}
	for i, r := range at(log, "runs", 0, "results").([]any) {
		if at(r, "message", "text") == "" || ids[int(at(r, "ruleIndex").(float64))] != at(r, "ruleId") {
			t.Errorf("result %d: %v", i, r)
		}
		region := at(r, "locations", 0, "physicalLocation", "region")
		if at(region, "startLine").(float64) < 1 || at(region, "startColumn").(float64) < 1 {
			t.Errorf("result %d begins at %v", i, region)
		}
		uris = append(uris, at(r, "locations", 0, "physicalLocation", "artifactLocation", "uri").(string))
		prints[at(r, "partialFingerprints", "primaryLocationLineHash")] = true
	}
	if want := []string{"open.json", "empty.json", "stdin", "file://" + filepath.ToSlash(abs)}; fmt.Sprint(uris) != fmt.Sprint(want) || len(prints) != len(want) {
		t.Errorf("results in %v, want %v; %d fingerprints", uris, want, len(prints))
	}
	if code, out, _ := bailiwick(t, "policy", "check", "--sarif", "good.json"); code != 0 || !strings.Contains(out, `"results": []`) {
		t.Errorf("exit %d\n%s", code, out)
	}
}
