package lambda_test

import (
	"encoding/base64"
	"fmt"
	"net/url"
	"strings"
	"testing"
)

func TestFunctionLife(t *testing.T) {
	w := newWorld(t)
	made := w.create("f", echo, `,"Description":"d","Environment":{"Variables":{"KEY":"v"}},"Tags":{"org":"acme"},"Timeout":10,"MemorySize":256`)
	if made.status != 201 {
		t.Errorf("created with status %d", made.status)
	}
	for k, want := range map[string]any{
		"FunctionArn": arnOf("f"), "FunctionName": "f", "Version": "$LATEST", "State": "Active", "LastUpdateStatus": "Successful", "Handler": "index.handler",
		"Runtime": "python3.11", "Timeout": 10.0, "MemorySize": 256.0, "PackageType": "Zip", "Description": "d", "Architectures": []any{"x86_64"},
		"Environment": map[string]any{"Variables": map[string]any{"KEY": "v"}}, "EphemeralStorage": map[string]any{"Size": 512.0},
		"TracingConfig": map[string]any{"Mode": "PassThrough"}, "LoggingConfig": map[string]any{"LogFormat": "Text", "LogGroup": "/aws/lambda/f"},
	} {
		if fmt.Sprint(made.out[k]) != fmt.Sprint(want) {
			t.Errorf("%s: %v, want %v", k, made.out[k], want)
		}
	}
	if sum, _ := base64.StdEncoding.DecodeString(made.out["CodeSha256"].(string)); len(sum) != 32 || made.out["CodeSize"].(float64) < 50 {
		t.Errorf("code: %v %v", made.out["CodeSha256"], made.out["CodeSize"])
	}
	for _, name := range []string{"f", arnOf("f"), account + ":function:f", "function:f", "f:$LATEST", arnOf("f") + ":$LATEST"} {
		got := w.ok("GET", base+url.PathEscape(name), "")
		conf, _ := got.out["Configuration"].(map[string]any)
		want := arnOf("f")
		if strings.HasSuffix(name, "$LATEST") {
			want += ":$LATEST"
		}
		if conf["FunctionArn"] != want || conf["RevisionId"] != made.out["RevisionId"] || fmt.Sprint(got.out["Tags"]) != "map[org:acme]" || fmt.Sprint(got.out["Code"]) != "map[RepositoryType:S3]" {
			t.Errorf("%s: %v", name, got.out)
		}
	}
	changed := w.ok("PUT", base+"f/configuration", `{"Timeout":20,"Environment":{"Variables":{}},"RevisionId":"`+made.out["RevisionId"].(string)+`"}`)
	if changed.out["Timeout"] != 20.0 || changed.out["Environment"] != nil || changed.out["MemorySize"] != 256.0 || changed.out["RevisionId"] == made.out["RevisionId"] {
		t.Errorf("changed: %v", changed.out)
	}
	w.fails("old revision", "PUT", base+"f/configuration", `{"RevisionId":"`+made.out["RevisionId"].(string)+`"}`, 412, "PreconditionFailedException", "does not match the latest Revision Id")
	dry := w.ok("PUT", base+"f/code", `{"DryRun":true,"ZipFile":"`+python(t, "x = 1")+`"}`)
	code := w.ok("PUT", base+"f/code", `{"ZipFile":"`+python(t, "x = 1")+`"}`)
	if dry.out["CodeSha256"] != code.out["CodeSha256"] || code.out["CodeSha256"] == made.out["CodeSha256"] || dry.out["RevisionId"] != changed.out["RevisionId"] {
		t.Errorf("code: %v then %v", dry.out, code.out)
	}
	if n := w.blobCount(); n != 1 {
		t.Errorf("%d zip files are kept, want 1", n)
	}
	w.create("g", echo, "")
	list := w.ok("GET", base+"?MaxItems=1", "")
	next := w.ok("GET", base+"?MaxItems=1&Marker="+list.out["NextMarker"].(string), "")
	if fmt.Sprint(names(list, "Functions"), names(next, "Functions")) != "[f] [g]" || next.out["NextMarker"] != nil {
		t.Errorf("lists: %v %v", list.out, next.out)
	}
	w.fails("marker", "GET", base+"?Marker=*", "", 400, "InvalidParameterValueException", "Marker")
	if r := w.ok("DELETE", base+"f", ""); r.status != 204 {
		t.Errorf("deleted with status %d", r.status)
	}
	w.fails("gone", "GET", base+"f", "", 404, "ResourceNotFoundException", "Function not found: "+arnOf("f"))
	w.fails("gone", "DELETE", base+"f", "", 404, "ResourceNotFoundException", "Function not found: "+arnOf("f"))
	if n := w.blobCount(); n != 1 {
		t.Errorf("%d zip files are kept, want that of g", n)
	}
}

func (w *world) blobCount() (n int) {
	w.t.Helper()
	for _, err := range w.blobs.List(w.t.Context()) {
		if err != nil {
			w.t.Fatal(err)
		}
		n++
	}
	return n
}

func names(r reply, member string) (out []string) {
	list, _ := r.out[member].([]any)
	for _, f := range list {
		m, _ := f.(map[string]any)
		name, _ := m["FunctionName"].(string)
		if v, _ := m["Version"].(string); v != "$LATEST" {
			name += ":" + v
		}
		out = append(out, name)
	}
	return out
}

func TestRefusedFunctions(t *testing.T) {
	w := newWorld(t)
	w.create("taken", echo, "")
	w.distrust[w.role("closed")] = true
	good := python(t, echo)
	const exec = `"Role":"arn:aws:iam::` + account + `:role/exec"`
	const rest = `"Runtime":"python3.11","Handler":"index.handler"`
	code := `"Code":{"ZipFile":"` + good + `"}`
	vars := func(v string) string {
		return `{"FunctionName":"f",` + rest + `,` + exec + `,` + code + `,"Environment":{"Variables":{` + v + `}}}`
	}
	for name, tt := range map[string]struct {
		body          string
		status        int
		code, message string
	}{
		"exists":         {`{"FunctionName":"taken",` + rest + `,` + exec + `,` + code + `}`, 409, "ResourceConflictException", "Function already exist: taken"},
		"no role":        {`{"FunctionName":"f",` + rest + `,"Role":"arn:aws:iam::` + account + `:role/none",` + code + `}`, 400, "InvalidParameterValueException", "The role defined for the function cannot be assumed by Lambda."},
		"closed role":    {`{"FunctionName":"f",` + rest + `,"Role":"arn:aws:iam::` + account + `:role/closed",` + code + `}`, 400, "InvalidParameterValueException", "The role defined for the function cannot be assumed by Lambda."},
		"foreign role":   {`{"FunctionName":"f",` + rest + `,"Role":"arn:aws:iam::` + other + `:role/exec",` + code + `}`, 403, "AccessDeniedException", "Cross-account pass role is not allowed."},
		"no role's ARN":  {`{"FunctionName":"f",` + rest + `,"Role":"exec",` + code + `}`, 400, "ValidationException", "'role'"},
		"no runtime":     {`{"FunctionName":"f","Handler":"x.y",` + exec + `,` + code + `}`, 400, "InvalidParameterValueException", "Runtime and Handler are mandatory"},
		"no handler":     {`{"FunctionName":"f","Runtime":"python3.11",` + exec + `,` + code + `}`, 400, "InvalidParameterValueException", "Runtime and Handler are mandatory"},
		"java":           {`{"FunctionName":"f","Runtime":"java21","Handler":"x",` + exec + `,` + code + `}`, 400, "InvalidParameterValueException", "java21 is not supported"},
		"no such":        {`{"FunctionName":"f","Runtime":"cobol","Handler":"x",` + exec + `,` + code + `}`, 400, "ValidationException", "'runtime'"},
		"no code":        {`{"FunctionName":"f",` + rest + `,` + exec + `,"Code":{}}`, 400, "InvalidParameterValueException", "Please provide a source for function code."},
		"empty code":     {`{"FunctionName":"f",` + rest + `,` + exec + `,"Code":{"ZipFile":""}}`, 400, "InvalidParameterValueException", "non-empty zip"},
		"no zip":         {`{"FunctionName":"f",` + rest + `,` + exec + `,"Code":{"ZipFile":"aGVsbG8="}}`, 400, "InvalidParameterValueException", "Could not unzip uploaded file."},
		"zip slip":       {`{"FunctionName":"f",` + rest + `,` + exec + `,"Code":{"ZipFile":"` + base64.StdEncoding.EncodeToString(zipped(t, "../x", "y")) + `"}}`, 400, "InvalidParameterValueException", "Could not unzip uploaded file."},
		"two codes":      {`{"FunctionName":"f",` + rest + `,` + exec + `,"Code":{"ZipFile":"` + good + `","S3Bucket":"bucket","S3Key":"k"}}`, 400, "InvalidParameterValueException", "Please do not provide other FunctionCode parameters"},
		"no object":      {`{"FunctionName":"f",` + rest + `,` + exec + `,"Code":{"S3Bucket":"bucket","S3Key":"k"}}`, 400, "InvalidParameterValueException", "Error occurred while GetObject. S3 Error Code: NoSuchKey. S3 Error Message: The specified key does not exist."},
		"image":          {`{"FunctionName":"f","PackageType":"Image",` + exec + `,"Code":{"ImageUri":"x"}}`, 400, "InvalidParameterValueException", "not supported"},
		"layers":         {`{"FunctionName":"f",` + rest + `,` + exec + `,` + code + `,"Layers":["arn:aws:lambda:us-east-1:` + account + `:layer:x:1"]}`, 400, "InvalidParameterValueException", "Layers is not supported"},
		"network":        {`{"FunctionName":"f",` + rest + `,` + exec + `,` + code + `,"VpcConfig":{"SubnetIds":["subnet-1"],"SecurityGroupIds":["sg-1"]}}`, 400, "InvalidParameterValueException", "VpcConfig is not supported"},
		"long":           {`{"FunctionName":"f",` + rest + `,` + exec + `,` + code + `,"Timeout":901}`, 400, "ValidationException", "Value '901' at 'timeout'"},
		"no time":        {`{"FunctionName":"f",` + rest + `,` + exec + `,` + code + `,"Timeout":0}`, 400, "ValidationException", "'timeout'"},
		"large":          {`{"FunctionName":"f",` + rest + `,` + exec + `,` + code + `,"MemorySize":20000}`, 400, "ValidationException", "Value '20000' at 'memorySize'"},
		"small":          {`{"FunctionName":"f",` + rest + `,` + exec + `,` + code + `,"MemorySize":64}`, 400, "ValidationException", "'memorySize'"},
		"name":           {`{"FunctionName":"a b",` + rest + `,` + exec + `,` + code + `}`, 400, "ValidationException", "'functionName'"},
		"long name":      {`{"FunctionName":"` + strings.Repeat("a", 65) + `",` + rest + `,` + exec + `,` + code + `}`, 400, "ValidationException", "functionName"},
		"qualified":      {`{"FunctionName":"f:1",` + rest + `,` + exec + `,` + code + `}`, 400, "InvalidParameterValueException", "version or alias"},
		"other region":   {`{"FunctionName":"arn:aws:lambda:eu-west-1:` + account + `:function:f",` + rest + `,` + exec + `,` + code + `}`, 404, "ResourceNotFoundException", "Functions from 'eu-west-1' are not reachable in this region ('us-east-1')"},
		"reserved":       {vars(`"AWS_REGION":"x","AWS_SESSION_TOKEN":"y"`), 400, "InvalidParameterValueException", "Reserved keys used in this request: AWS_REGION, AWS_SESSION_TOKEN"},
		"bad variable":   {vars(`"1A":"x"`), 400, "ValidationException", "[a-zA-Z]([a-zA-Z0-9_])+"},
		"many":           {vars(`"AA":"` + strings.Repeat("x", 4096) + `"`), 400, "InvalidParameterValueException", "exceeded the 4KB limit"},
		"null":           {vars(`"AA":"\u0000"`), 400, "InvalidParameterValueException", "null character"},
		"endpoint":       {vars(`"BAILIWICK_ENDPOINT_URL":"https://example.org/"`), 400, "InvalidParameterValueException", "provided.al2023"},
		"plain endpoint": {strings.ReplaceAll(vars(`"BAILIWICK_ENDPOINT_URL":"http://example.org/","BAILIWICK_ENDPOINT_SECRET":"0123456789abcdef"`), "python3.11", "provided.al2023"), 400, "InvalidParameterValueException", "https"},
		"two keys":       {`{"FunctionName":"f",` + rest + `,` + exec + `,` + code + `,"Tags":{"org":"a","Org":"b"}}`, 400, "InvalidParameterValueException", "case insensitive"},
		"system tag":     {`{"FunctionName":"f",` + rest + `,` + exec + `,` + code + `,"Tags":{"aws:x":"a"}}`, 400, "InvalidParameterValueException", "System tags"},
	} {
		w.fails(name, "POST", base, tt.body, tt.status, tt.code, tt.message)
	}
	if n := w.blobCount(); n != 1 {
		t.Errorf("%d zip files are kept, want that of the function", n)
	}
}

func TestCodeFromS3(t *testing.T) {
	w := newWorld(t)
	w.objects["code/f.zip"] = zipped(t, "index.py", echo)
	body := `{"FunctionName":"f","Runtime":"python3.11","Handler":"index.handler","Role":"arn:aws:iam::` + account + `:role/exec","Code":{"S3Bucket":"code","S3Key":"f.zip"}}`
	const may = `{"Effect":"Allow","Action":["lambda:*","iam:PassRole"],"Resource":"*"}`
	w.As(w.user(account, "half", may))
	w.fails("no leave for the object", "POST", base, body, 403, "AccessDeniedException", "is not authorized to perform: s3:GetObject on resource: arn:aws:s3:::code/f.zip")
	w.As(w.user(account, "whole", may+`,{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::code/*"}`))
	w.ok("POST", base, body)
	if got := w.ok("POST", base+"f/invocations", `{"a":1}`); got.text != `{"a": 1}` {
		t.Errorf("it answered %s", got.text)
	}
}

func TestPassRole(t *testing.T) {
	w := newWorld(t)
	w.role("admin")
	pass := func(condition string) string {
		return `{"Effect":"Allow","Action":"lambda:*","Resource":"*"},{"Effect":"Allow","Action":"iam:PassRole","Resource":"arn:aws:iam::` + account + `:role/exec","Condition":{"StringEquals":{` + condition + `}}}`
	}
	body := func(role string) string {
		return `{"FunctionName":"f","Runtime":"python3.11","Handler":"index.handler","Role":"arn:aws:iam::` + account + `:role/` + role + `","Code":{"ZipFile":"` + python(t, echo) + `"}}`
	}
	const refused = "is not authorized to perform: iam:PassRole on resource: arn:aws:iam::" + account + ":role/"
	w.As(w.user(account, "none", `{"Effect":"Allow","Action":"lambda:*","Resource":"*"}`))
	w.fails("without", "POST", base, body("exec"), 403, "AccessDeniedException", refused+"exec")
	w.As(w.user(account, "ec2", pass(`"iam:PassedToService":"ec2.amazonaws.com"`)))
	w.fails("to others", "POST", base, body("exec"), 403, "AccessDeniedException", refused+"exec")
	w.As(w.user(account, "tag", pass(`"iam:PassedToService":"lambda.amazonaws.com","iam:ResourceTag/for":"exec","iam:AssociatedResourceArn":"`+arnOf("f")+`"`)))
	w.fails("another role", "POST", base, body("admin"), 403, "AccessDeniedException", refused+"admin")
	w.ok("POST", base, body("exec"))
	w.fails("escalation", "PUT", base+"f/configuration", `{"Role":"arn:aws:iam::`+account+`:role/admin"}`, 403, "AccessDeniedException", refused+"admin")
	w.ok("PUT", base+"f/configuration", `{"Timeout":5}`)
	w.distrust["arn:aws:iam::"+account+":role/exec"] = true
	w.fails("no trust any more", "PUT", base+"f/configuration", `{"Role":"arn:aws:iam::`+account+`:role/exec"}`, 400, "InvalidParameterValueException", "cannot be assumed by Lambda")
	w.fails("no trust any more", "POST", base+"f/invocations", `{}`, 403, "AccessDeniedException", "cannot be assumed by Lambda")
}

func TestVersionsAndAliases(t *testing.T) {
	w := newWorld(t)
	w.create("f", "def handler(e, c): return [1, c.function_version, c.invoked_function_arn]", "")
	v1 := w.ok("POST", base+"f/versions", `{"Description":"first"}`)
	again := w.ok("POST", base+"f/versions", `{}`)
	if v1.status != 201 || v1.out["Version"] != "1" || again.out["Version"] != "1" || v1.out["FunctionArn"] != arnOf("f:1") || v1.out["Description"] != "first" {
		t.Errorf("published %v, %v", v1.out, again.out)
	}
	w.ok("PUT", base+"f/code", `{"Publish":true,"ZipFile":"`+python(t, "def handler(e, c): return [2, c.function_version, c.invoked_function_arn]")+`"}`)
	w.fails("other code", "POST", base+"f/versions", `{"CodeSha256":"x"}`, 400, "InvalidParameterValueException", "CodeSHA256 (x) is different from current")
	if got := names(w.ok("GET", base+"f/versions", ""), "Versions"); fmt.Sprint(got) != "[f f:1 f:2]" {
		t.Errorf("versions %v", got)
	}
	page := w.ok("GET", base+"f/versions?MaxItems=2", "")
	if got := names(w.ok("GET", base+"f/versions?Marker="+page.out["NextMarker"].(string), ""), "Versions"); fmt.Sprint(got) != "[f:2]" {
		t.Errorf("second page %v", got)
	}
	live := w.ok("POST", base+"f/aliases", `{"Name":"live","FunctionVersion":"1"}`)
	if live.status != 201 || live.out["AliasArn"] != arnOf("f:live") || live.out["FunctionVersion"] != "1" {
		t.Errorf("alias %v", live.out)
	}
	for q, want := range map[string]string{
		"": `[2, "$LATEST", "` + arnOf("f") + `"]`, "?Qualifier=1": `[1, "1", "` + arnOf("f:1") + `"]`, "?Qualifier=2": `[2, "2", "` + arnOf("f:2") + `"]`,
		"?Qualifier=live": `[1, "1", "` + arnOf("f:live") + `"]`, "?Qualifier=$LATEST": `[2, "$LATEST", "` + arnOf("f:$LATEST") + `"]`,
	} {
		if r := w.ok("POST", base+"f/invocations"+q, `{}`); r.text != want {
			t.Errorf("%s answered %s, want %s", q, r.text, want)
		}
	}
	w.ok("PUT", base+"f/aliases/live", `{"FunctionVersion":"2","RoutingConfig":{"AdditionalVersionWeights":{"1":1}}}`)
	if r := w.ok("POST", base+"f:live/invocations", `{}`); r.header.Get("X-Amz-Executed-Version") != "1" {
		t.Errorf("all of the traffic went to %s", r.header.Get("X-Amz-Executed-Version"))
	}
	w.ok("PUT", base+"f/aliases/live", `{"RoutingConfig":{"AdditionalVersionWeights":{}}}`)
	if r := w.ok("POST", base+"f:live/invocations", `{}`); r.header.Get("X-Amz-Executed-Version") != "2" {
		t.Errorf("none of the traffic went to %s", r.header.Get("X-Amz-Executed-Version"))
	}
	for _, tt := range []struct {
		name, method, path, body string
		status                   int
		code, message            string
	}{
		{"same name", "POST", "f/aliases", `{"Name":"live","FunctionVersion":"1"}`, 409, "ResourceConflictException", "Alias already exists: " + arnOf("f:live")},
		{"no version", "POST", "f/aliases", `{"Name":"x","FunctionVersion":"9"}`, 404, "ResourceNotFoundException", "Function not found: " + arnOf("f:9")},
		{"number", "POST", "f/aliases", `{"Name":"7","FunctionVersion":"1"}`, 400, "ValidationException", "'name'"},
		{"latest and another", "POST", "f/aliases", `{"Name":"x","FunctionVersion":"$LATEST","RoutingConfig":{"AdditionalVersionWeights":{"1":0.5}}}`, 400, "InvalidParameterValueException", "two different"},
		{"weight", "PUT", "f/aliases/live", `{"RoutingConfig":{"AdditionalVersionWeights":{"1":1.5}}}`, 400, "", ""},
		{"no alias", "GET", "f/aliases/none", ``, 404, "ResourceNotFoundException", "Cannot find alias arn: " + arnOf("f:none")},
		{"no alias", "POST", "f/invocations?Qualifier=none", `{}`, 404, "ResourceNotFoundException", "Function not found: " + arnOf("f:none")},
		{"no version", "POST", "f/invocations?Qualifier=007", `{}`, 404, "ResourceNotFoundException", "Function not found: " + arnOf("f:007")},
		{"two qualifiers", "POST", "f:1/invocations?Qualifier=2", `{}`, 400, "InvalidParameterValueException", "derived qualifier"},
		{"in use", "DELETE", "f?Qualifier=2", ``, 409, "ResourceConflictException", "alias live"},
		{"latest", "DELETE", "f?Qualifier=$LATEST", ``, 400, "InvalidParameterValueException", "$LATEST version cannot be deleted"},
		{"alias", "DELETE", "f?Qualifier=live", ``, 400, "InvalidParameterValueException", "aliases"},
		{"old revision", "PUT", "f/aliases/live", `{"RevisionId":"x"}`, 412, "PreconditionFailedException", "does not match"},
	} {
		if tt.code == "" {
			if r := w.send(tt.method, base+tt.path, tt.body); r.status != tt.status {
				t.Errorf("%s: %d %s", tt.name, r.status, r.text)
			}
			continue
		}
		w.fails(tt.name, tt.method, base+tt.path, tt.body, tt.status, tt.code, tt.message)
	}
	w.ok("DELETE", base+"f?Qualifier=1", "")
	if got := names(w.ok("GET", base+"f/versions", ""), "Versions"); fmt.Sprint(got) != "[f f:2]" || w.blobCount() != 1 {
		t.Errorf("versions %v with %d zip files", got, w.blobCount())
	}
	w.ok("DELETE", base+"f/aliases/live", "")
	w.ok("DELETE", base+"f/aliases/live", "")
	w.ok("PUT", base+"f/configuration", `{"Timeout":9}`)
	if r := w.ok("POST", base+"f/versions", `{}`); r.out["Version"] != "3" {
		t.Errorf("published %v", r.out["Version"])
	}
}

func TestConcurrencyAndTags(t *testing.T) {
	w := newWorld(t)
	w.create("f", echo, "")
	const at = "/2017-10-31/functions/f/concurrency"
	if r := w.ok("GET", "/2019-09-30/functions/f/concurrency", ""); len(r.out) != 0 {
		t.Errorf("nothing reserved: %s", r.text)
	}
	w.ok("PUT", at, `{"ReservedConcurrentExecutions":0}`)
	if r := w.ok("GET", "/2019-09-30/functions/f/concurrency", ""); r.out["ReservedConcurrentExecutions"] != 0.0 {
		t.Errorf("0 reserved: %s", r.text)
	}
	r := w.send("POST", base+"f/invocations", `{}`)
	if r.status != 429 || r.code != "TooManyRequestsException" || r.out["Reason"] != "ReservedFunctionConcurrentInvocationLimitExceeded" {
		t.Errorf("throttled: %d %s", r.status, r.text)
	}
	w.fails("too many", "PUT", at, `{"ReservedConcurrentExecutions":1000}`, 400, "InvalidParameterValueException", "below its minimum")
	w.ok("DELETE", at, "")
	w.ok("POST", base+"f/invocations", `{}`)

	tags := "/2017-03-31/tags/" + url.PathEscape(arnOf("f"))
	w.ok("POST", tags, `{"Tags":{"org":"acme","x":"y"}}`)
	w.ok("DELETE", tags+"?tagKeys=x", "")
	if r := w.ok("GET", tags, ""); fmt.Sprint(r.out["Tags"]) != "map[org:acme]" {
		t.Errorf("tags %s", r.text)
	}
	w.fails("same key", "POST", tags, `{"Tags":{"ORG":"x"}}`, 400, "InvalidParameterValueException", "case insensitive")
	w.fails("version", "GET", "/2017-03-31/tags/"+url.PathEscape(arnOf("f:1")), "", 400, "InvalidParameterValueException", "aliases and versions are not supported")

	w.As(w.user(account, "acme", `{"Effect":"Allow","Action":"lambda:*","Resource":"*","Condition":{"StringEquals":{"aws:ResourceTag/org":"acme"}}}`))
	w.ok("GET", base+"f", "")
	w.As(w.user(account, "globex", `{"Effect":"Allow","Action":"lambda:*","Resource":"*","Condition":{"StringEquals":{"aws:ResourceTag/org":"globex"}}}`))
	w.fails("by tag", "GET", base+"f", "", 403, "AccessDeniedException", "lambda:GetFunction")
}

// TestWhatToolsRead: Terraform and its kin read these of every function.
func TestWhatToolsRead(t *testing.T) {
	w := newWorld(t)
	w.create("f", echo, "")
	for path, want := range map[string]string{
		"/2020-06-30/functions/f/code-signing-config":              `{"FunctionName":"f"}`,
		"/2021-07-20/functions/f/runtime-management-config":        `{"FunctionArn":"` + arnOf("f") + `","UpdateRuntimeOn":"Auto"}`,
		"/2024-08-31/functions/f/recursion-config":                 `{"RecursiveLoop":"Allow"}`,
		"/2019-09-25/functions/f/event-invoke-config/list":         `{"FunctionEventInvokeConfigs":[]}`,
		"/2021-10-31/functions/f/urls":                             `{"FunctionUrlConfigs":[]}`,
		"/2019-09-30/functions/f/provisioned-concurrency?List=ALL": `{"ProvisionedConcurrencyConfigs":[]}`,
		"/2015-03-31/event-source-mappings":                        `{"EventSourceMappings":[]}`,
	} {
		if r := w.ok("GET", path, ""); r.text != want {
			t.Errorf("%s: %s, want %s", path, r.text, want)
		}
	}
	w.fails("url", "GET", "/2021-10-31/functions/f/url", "", 404, "ResourceNotFoundException", "The resource you requested does not exist.")
	w.fails("events", "GET", "/2019-09-25/functions/f/event-invoke-config", "", 404, "ResourceNotFoundException", "doesn't have an EventInvokeConfig")
	w.fails("policy", "GET", base+"f/policy", "", 404, "ResourceNotFoundException", "The resource you requested does not exist.")
	w.fails("nothing", "GET", "/2020-06-30/functions/none/code-signing-config", "", 404, "ResourceNotFoundException", "Function not found")
	if r := w.ok("GET", "/2016-08-19/account-settings", ""); r.out["AccountUsage"].(map[string]any)["FunctionCount"] != 1.0 {
		t.Errorf("settings: %s", r.text)
	}
	w.fails("not here", "POST", "/2021-10-31/functions/f/url", "{}", 404, "UnknownOperationException", "CreateFunctionUrlConfig")
}
