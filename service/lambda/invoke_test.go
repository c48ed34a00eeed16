package lambda_test

import (
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/policy"
)

func TestInvoke(t *testing.T) {
	w := newWorld(t)
	w.create("f", `
import os
def handler(e, c):
  if e.get("fail"): raise ValueError(e["fail"])
  print("seen", c.client_context and c.client_context.custom)
  return {"e": e, "key": os.environ["AWS_ACCESS_KEY_ID"], "token": os.environ["AWS_SESSION_TOKEN"], "name": c.function_name}
`, "")
	r := w.ok("POST", base+"f/invocations", `{"a":1}`, "X-Amz-Log-Type", "Tail", "X-Amz-Client-Context", base64.StdEncoding.EncodeToString([]byte(`{"custom":{"k":"v"}}`)))
	if r.status != 200 || fmt.Sprint(r.out) != "map[e:map[a:1] key:ASIAEXAMPLE name:f token:token of arn:aws:iam::"+account+":role/exec]" || r.header.Get("X-Amz-Executed-Version") != "$LATEST" || r.header.Get("X-Amz-Function-Error") != "" {
		t.Errorf("answered %d %s %v", r.status, r.text, r.header)
	}
	tail, _ := base64.StdEncoding.DecodeString(r.header.Get("X-Amz-Log-Result"))
	if !strings.Contains(string(tail), "seen {'k': 'v'}") || !strings.Contains(string(tail), "REPORT RequestId") {
		t.Errorf("log %s", tail)
	}
	if got := w.assumed[len(w.assumed)-1]; got.SourceARN != arnOf("f") || got.Service != "lambda.amazonaws.com" || got.SessionName != "f" {
		t.Errorf("assumed %+v", got)
	}
	r = w.ok("POST", base+"f/invocations", `{"fail":"oh"}`)
	if r.status != 200 || r.header.Get("X-Amz-Function-Error") != "Unhandled" || r.out["errorMessage"] != "oh" || r.out["errorType"] != "ValueError" || r.header.Get("X-Amz-Log-Result") != "" {
		t.Errorf("failed with %d %s %v", r.status, r.text, r.header)
	}
	if r := w.ok("POST", base+"f/invocations", ``); fmt.Sprint(r.out["e"]) != "map[]" {
		t.Errorf("without a payload: %s", r.text)
	}
	if r := w.ok("POST", base+"f/invocations", `{}`, "X-Amz-Invocation-Type", "DryRun"); r.status != 204 || r.text != "" {
		t.Errorf("dry: %d %s", r.status, r.text)
	}
	for name, tt := range map[string]struct {
		path, body    string
		status        int
		code, message string
	}{
		"no function": {"g/invocations", `{}`, 404, "ResourceNotFoundException", "Function not found: " + arnOf("g")},
		"no JSON":     {"f/invocations", `{`, 400, "InvalidRequestContentException", "Could not parse request body into json"},
		"two values":  {"f/invocations", `{}{}`, 400, "InvalidRequestContentException", "Could not parse request body into json"},
		"too large":   {"f/invocations", `"` + strings.Repeat("x", 6<<20) + `"`, 413, "RequestTooLargeException", "6291458 byte payload is too large for the RequestResponse invocation type (limit 6291456 bytes)"},
		"bad name":    {"a%20b/invocations", `{}`, 400, "ValidationException", "functionName"},
		"far away":    {"arn:aws:lambda:eu-west-1:" + account + ":function:f/invocations", `{}`, 404, "ResourceNotFoundException", "Functions from 'eu-west-1' are not reachable in this region ('us-east-1')"},
	} {
		w.fails(name, "POST", base+tt.path, tt.body, tt.status, tt.code, tt.message)
	}
	if r := w.send("POST", base+"f/invocations", `{}`, "X-Amz-Client-Context", "e30x"); r.status != 400 {
		t.Errorf("broken client context: %d %s", r.status, r.text)
	}
	if r := w.send("POST", base+"f/invocations", `"`+strings.Repeat("x", 1<<20)+`"`, "X-Amz-Invocation-Type", "Event"); r.status != 413 {
		t.Errorf("large event: %d %s", r.status, r.text)
	}
}

// TestWhoInvokes: the policy of exactly what is named decides, with identity
// policies.
func TestWhoInvokes(t *testing.T) {
	w := newWorld(t)
	w.create("f", "def handler(e, c): return 1", "")
	w.ok("POST", base+"f/versions", `{}`)
	w.ok("POST", base+"f/aliases", `{"Name":"live","FunctionVersion":"1"}`)
	add := func(at, sid, who, more string) {
		w.t.Helper()
		w.As(servicetestRoot())
		w.ok("POST", base+at, `{"StatementId":"`+sid+`","Action":"lambda:InvokeFunction","Principal":"`+who+`"`+more+`}`)
	}
	add("f/policy", "ann", "arn:aws:iam::"+account+":user/ann", "")
	add("f/policy", "ada", "arn:aws:iam::"+account+":user/ada", "")
	add("f/policy", "other", other, "")
	add("f/policy?Qualifier=live", "bob", "arn:aws:iam::"+account+":user/bob", "")
	add("f/policy", "role", "arn:aws:iam::"+account+":role/exec", "")
	add("f/policy", "org", "*", `,"PrincipalOrgID":"o-1234567890"`)
	add("f/policy", "url", "*", `,"FunctionUrlAuthType":"NONE"`)
	const invoke = `{"Effect":"Allow","Action":"lambda:InvokeFunction","Resource":"`
	session := func(id string) bailiwick.Principal {
		return bailiwick.Principal{Principal: policy.Principal{
			Type: policy.AssumedRole, ARN: "arn:aws:sts::" + account + ":assumed-role/exec/s", RoleARN: "arn:aws:iam::" + account + ":role/exec", ID: id + ":s", Account: account,
		}}
	}
	for _, tt := range []struct {
		name    string
		who     bailiwick.Principal
		path    string
		allowed bool
	}{
		{"by policy of the function", w.user(account, "ann", ""), "f", true},
		{"which does not reach aliases", w.user(account, "ann", ""), "f:live", false},
		{"nor versions", w.user(account, "ann", ""), "f:1", false},
		{"nor $LATEST", w.user(account, "ann", ""), "f:$LATEST", false},
		{"by policy of the alias", w.user(account, "bob", ""), "f:live", true},
		{"which does not reach the function", w.user(account, "bob", ""), "f", false},
		{"nor the version", w.user(account, "bob", ""), "f:1", false},
		{"nobody", w.user(account, "eve", ""), "f", false},
		{"identity policy", w.user(account, "ida", invoke+arnOf("f")+`"}`), "f", true},
		{"identity policy, exactly", w.user(account, "ida", invoke+arnOf("f")+`"}`), "f:live", false},
		{"identity policy, all", w.user(account, "ivy", invoke+arnOf("f")+`:*"}`), "f:live", true},
		{"identity policy, only qualified", w.user(account, "ivy", invoke+arnOf("f")+`:*"}`), "f", false},
		{"denied", w.user(account, "ada", `{"Effect":"Deny","Action":"lambda:*","Resource":"*"}`), "f", false},
		{"other account, both", w.user(other, "olga", invoke+arnOf("f")+`"}`), arnOf("f"), true},
		{"other account, no identity policy", w.user(other, "otto", ""), arnOf("f"), false},
		{"other account, no resource policy", w.user(other, "olga", invoke+arnOf("f")+`*"}`), arnOf("f:live"), false},
		{"third account", w.user("222222222222", "zoe", `{"Effect":"Allow","Action":"*","Resource":"*"}`), arnOf("f"), false},
		{"the role", session(w.roles["arn:aws:iam::"+account+":role/exec"].ID), "f", true},
		{"a role made anew under its name", session("AROANEW"), "f", false},
	} {
		w.As(tt.who)
		r := w.send("POST", base+tt.path+"/invocations", `{}`)
		switch {
		case tt.allowed && r.text != "1":
			t.Errorf("%s: %d %s", tt.name, r.status, r.text)
		case !tt.allowed && (r.status != 403 || r.code != "AccessDeniedException"):
			t.Errorf("%s: %d %s", tt.name, r.status, r.text)
		}
	}
	// Denied before anything tells whether it exists.
	w.As(w.user(account, "eve", ""))
	w.fails("no function", "POST", base+"none/invocations", `{}`, 403, "AccessDeniedException", "is not authorized to perform: lambda:InvokeFunction on resource: "+arnOf("none"))
	w.As(w.user(other, "own", `{"Effect":"Allow","Action":"*","Resource":"*"}`))
	w.fails("in one's own account", "POST", base+"f/invocations", `{}`, 404, "ResourceNotFoundException", "arn:aws:lambda:us-east-1:"+other+":function:f")
}

func TestPermissions(t *testing.T) {
	w := newWorld(t)
	w.create("f", echo, "")
	w.ok("POST", base+"f/versions", `{}`)
	for _, tt := range []struct{ in, want string }{
		{
			`"StatementId":"api","Principal":"apigateway.amazonaws.com","SourceArn":"arn:aws:execute-api:us-east-1:` + account + `:abc/*/GET/x"`,
			`{"Sid":"api","Effect":"Allow","Principal":{"Service":"apigateway.amazonaws.com"},"Action":"lambda:InvokeFunction","Resource":"` + arnOf("f") + `","Condition":{"ArnLike":{"AWS:SourceArn":"arn:aws:execute-api:us-east-1:` + account + `:abc/*/GET/x"}}}`,
		},
		{
			`"StatementId":"pool","Principal":"cognito-idp.amazonaws.com","SourceAccount":"` + account + `","SourceArn":"arn:aws:cognito-idp:us-east-1:` + account + `:userpool/us-east-1_a"`,
			`{"Sid":"pool","Effect":"Allow","Principal":{"Service":"cognito-idp.amazonaws.com"},"Action":"lambda:InvokeFunction","Resource":"` + arnOf("f") + `","Condition":{"ArnLike":{"AWS:SourceArn":"arn:aws:cognito-idp:us-east-1:` + account + `:userpool/us-east-1_a"},"StringEquals":{"AWS:SourceAccount":"` + account + `"}}}`,
		},
		{`"StatementId":"account","Principal":"` + other + `"`, `{"Sid":"account","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::` + other + `:root"},"Action":"lambda:InvokeFunction","Resource":"` + arnOf("f") + `"}`},
		{`"StatementId":"role","Principal":"arn:aws:iam::` + account + `:role/exec"`, `{"Sid":"role","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::` + account + `:role/exec"},"Action":"lambda:InvokeFunction","Resource":"` + arnOf("f") + `"}`},
		{`"StatementId":"all","Principal":"*"`, `{"Sid":"all","Effect":"Allow","Principal":"*","Action":"lambda:InvokeFunction","Resource":"` + arnOf("f") + `"}`},
	} {
		r := w.ok("POST", base+"f/policy", `{"Action":"lambda:InvokeFunction",`+tt.in+`}`)
		if r.status != 201 || r.out["Statement"] != tt.want {
			t.Errorf("%s\n got %v\nwant %s", tt.in, r.out["Statement"], tt.want)
		}
	}
	got := w.ok("GET", base+"f/policy", "")
	text, _ := got.out["Policy"].(string)
	if !strings.HasPrefix(text, `{"Version":"2012-10-17","Id":"default","Statement":[{"Sid":"api",`) || strings.Count(text, `"Sid"`) != 5 {
		t.Errorf("policy %s", text)
	}
	const add = `{"Action":"lambda:InvokeFunction",`
	for name, tt := range map[string]struct {
		method, path, body string
		status             int
		code, message      string
	}{
		"same id":      {"POST", "f/policy", add + `"StatementId":"api","Principal":"` + other + `"}`, 409, "ResourceConflictException", "The statement id (api) provided already exists."},
		"nonsense":     {"POST", "f/policy", add + `"StatementId":"x","Principal":"nonsense"}`, 400, "InvalidParameterValueException", "The provided principal was invalid."},
		"no such role": {"POST", "f/policy", add + `"StatementId":"x","Principal":"arn:aws:iam::` + account + `:role/none"}`, 400, "InvalidParameterValueException", "The provided principal was invalid."},
		"wild service": {"POST", "f/policy", add + `"StatementId":"x","Principal":"*.amazonaws.com"}`, 400, "InvalidParameterValueException", "The provided principal was invalid."},
		"wild user":    {"POST", "f/policy", add + `"StatementId":"x","Principal":"arn:aws:iam::` + account + `:user/*"}`, 400, "InvalidParameterValueException", "The provided principal was invalid."},
		"id":           {"POST", "f/policy", add + `"StatementId":"a b","Principal":"` + other + `"}`, 400, "ValidationException", "statementId"},
		"other action": {"POST", "f/policy", `{"Action":"s3:GetObject","StatementId":"x","Principal":"` + other + `"}`, 400, "ValidationException", "action"},
		"latest":       {"POST", "f/policy?Qualifier=$LATEST", add + `"StatementId":"x","Principal":"` + other + `"}`, 400, "InvalidParameterValueException", "We currently do not support adding policies for $LATEST."},
		"no version":   {"POST", "f/policy?Qualifier=9", add + `"StatementId":"x","Principal":"` + other + `"}`, 404, "ResourceNotFoundException", "Function not found: " + arnOf("f:9")},
		"old revision": {"POST", "f/policy", add + `"StatementId":"x","RevisionId":"x","Principal":"` + other + `"}`, 412, "PreconditionFailedException", "Call the GetPolicy API"},
		"no statement": {"DELETE", "f/policy/none", ``, 404, "ResourceNotFoundException", "Statement none is not found in resource policy."},
		"no policy":    {"DELETE", "f/policy/api?Qualifier=1", ``, 404, "ResourceNotFoundException", "No policy is associated with the given resource."},
		"none to read": {"GET", "f/policy?Qualifier=1", ``, 404, "ResourceNotFoundException", "The resource you requested does not exist."},
		"no function":  {"GET", "g/policy", ``, 404, "ResourceNotFoundException", "Function not found: " + arnOf("g")},
		"organization": {"POST", "f/policy", add + `"StatementId":"x","PrincipalOrgID":"o-1234567890","Principal":"` + other + `"}`, 400, "InvalidParameterValueException", "PrincipalOrgID"},
	} {
		w.fails(name, tt.method, base+tt.path, tt.body, tt.status, tt.code, tt.message)
	}
	for _, sid := range []string{"api", "pool", "account", "role", "all"} {
		if r := w.ok("DELETE", base+"f/policy/"+sid, ""); r.status != 204 {
			t.Errorf("removed with %d", r.status)
		}
	}
	w.fails("all removed", "GET", base+"f/policy", "", 404, "ResourceNotFoundException", "The resource you requested does not exist.")
	for i := range 200 {
		r := w.send("POST", base+"f/policy", add+fmt.Sprintf(`"StatementId":"s%d","Principal":"apigateway.amazonaws.com","SourceArn":"arn:aws:execute-api:us-east-1:%s:abc/*/GET/%s"}`, i, account, strings.Repeat("x", 200)))
		if r.status != 201 {
			if r.code != "PolicyLengthExceededException" || i < 30 {
				t.Errorf("statement %d: %d %s", i, r.status, r.text)
			}
			return
		}
	}
	t.Error("a policy has no end")
}

// TestServices: for services the function's policy alone decides.
func TestServices(t *testing.T) {
	w := newWorld(t)
	w.create("f", echo, "")
	w.create("open", "def handler(e, c): raise KeyError('x')", "")
	const pool = "arn:aws:cognito-idp:us-east-1:" + account + ":userpool/us-east-1_a"
	w.ok("POST", base+"f/policy", `{"Action":"lambda:InvokeFunction","StatementId":"p","Principal":"cognito-idp.amazonaws.com","SourceArn":"`+pool+`","SourceAccount":"`+account+`"}`)
	w.ok("POST", base+"open/policy", `{"Action":"lambda:*","StatementId":"p","Principal":"apigateway.amazonaws.com"}`)
	for _, tt := range []struct {
		name         string
		in           bailiwick.Invocation
		code, answer string
	}{
		{"allowed", bailiwick.Invocation{Function: arnOf("f"), Service: "cognito-idp.amazonaws.com", SourceARN: pool, SourceAccount: account}, "", `{"a": 1}`},
		{"another pool", bailiwick.Invocation{Function: arnOf("f"), Service: "cognito-idp.amazonaws.com", SourceARN: pool + "b", SourceAccount: account}, bailiwick.CodeAccessDenied, ""},
		{"another account", bailiwick.Invocation{Function: arnOf("f"), Service: "cognito-idp.amazonaws.com", SourceARN: pool, SourceAccount: other}, bailiwick.CodeAccessDenied, ""},
		{"no source", bailiwick.Invocation{Function: arnOf("f"), Service: "cognito-idp.amazonaws.com"}, bailiwick.CodeAccessDenied, ""},
		{"another service", bailiwick.Invocation{Function: arnOf("f"), Service: "apigateway.amazonaws.com", SourceARN: pool, SourceAccount: account}, bailiwick.CodeAccessDenied, ""},
		{"latest is another resource", bailiwick.Invocation{Function: arnOf("f:$LATEST"), Service: "cognito-idp.amazonaws.com", SourceARN: pool, SourceAccount: account}, bailiwick.CodeAccessDenied, ""},
		{"no function of one's own", bailiwick.Invocation{Function: arnOf("none"), Service: "cognito-idp.amazonaws.com", SourceARN: pool, SourceAccount: account}, "ResourceNotFoundException", ""},
		{"no function of others", bailiwick.Invocation{Function: arnOf("none"), Service: "cognito-idp.amazonaws.com", SourceARN: pool, SourceAccount: other}, bailiwick.CodeAccessDenied, ""},
		{"no ARN", bailiwick.Invocation{Function: "f", Service: "cognito-idp.amazonaws.com"}, "InvalidParameterValueException", ""},
		{"fails", bailiwick.Invocation{Function: arnOf("open"), Service: "apigateway.amazonaws.com", SourceAccount: account}, "", `Unhandled`},
	} {
		call := &bailiwick.Call{Account: account, Region: "us-east-1", Time: time.Now()}
		tt.in.Payload = []byte(`{"a":1}`)
		res, err := w.api.InvokeForService(t.Context(), call, tt.in)
		var e *bailiwick.Error
		if errors.As(err, &e); tt.code != "" && (e == nil || e.Code != tt.code) || tt.code == "" && err != nil {
			t.Errorf("%s: %v", tt.name, err)
		}
		if tt.answer != "" && string(res.Payload) != tt.answer && res.FunctionError != tt.answer {
			t.Errorf("%s: %s %s", tt.name, res.Payload, res.FunctionError)
		}
		if tt.code == bailiwick.CodeAccessDenied && (len(call.Trail.Judgements) != 1 || call.Trail.Judgements[0].Decision.Allowed() || !strings.HasPrefix(e.Message, "User: "+tt.in.Service+" is not authorized to perform: lambda:InvokeFunction on resource: ")) {
			t.Errorf("%s: %v, %d decisions", tt.name, e.Message, len(call.Trail.Judgements))
		}
	}
}

func TestEvents(t *testing.T) {
	var got []string
	calls := make(chan string, 10)
	failing := make(chan bool, 10)
	server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		body := make([]byte, r.ContentLength)
		_, _ = r.Body.Read(body)
		select {
		case <-failing:
			rw.Header().Set("Bailiwick-Function-Error", "1")
		default:
		}
		fmt.Fprint(rw, `{}`)
		calls <- string(body)
	}))
	defer server.Close()
	w := newWorld(t)
	var wait atomic.Int64 // workers read it beside the test
	wait.Store(int64(time.Millisecond))
	w.api.RetryAfter = func(int) time.Duration { return time.Duration(wait.Load()) }
	w.ok("POST", base, `{"FunctionName":"f","Runtime":"provided.al2023","Handler":"none","Role":"arn:aws:iam::`+account+`:role/exec","Code":{"ZipFile":"`+python(t, "")+`"},"Environment":{"Variables":{"BAILIWICK_ENDPOINT_URL":"`+server.URL+`","BAILIWICK_ENDPOINT_SECRET":"0123456789abcdef"}}}`)
	send := func(n int) {
		if r := w.ok("POST", base+"f/invocations", fmt.Sprintf(`{"n":%d}`, n), "X-Amz-Invocation-Type", "Event"); r.status != 202 || r.text != "" {
			t.Errorf("event: %d %s", r.status, r.text)
		}
	}
	send(1)
	got = append(got, <-calls)
	for range 3 {
		failing <- true
	}
	send(2)
	for range 3 { // and no fourth
		got = append(got, <-calls)
	}
	send(3)
	got = append(got, <-calls)
	if want := `[{"n":1} {"n":2} {"n":2} {"n":2} {"n":3}]`; fmt.Sprint(got) != want {
		t.Errorf("calls %v, want %s", got, want)
	}
	// A server that stops leaves events to the next.
	wait.Store(int64(time.Hour))
	failing <- true
	send(4)
	<-calls
	if err := w.api.Close(); err != nil {
		t.Fatal(err)
	}
	w.open()
	w.api.RetryAfter = func(int) time.Duration { return time.Millisecond }
	send(5)
	got = []string{<-calls}
	if fmt.Sprint(got) != `[{"n":5}]` {
		t.Errorf("after a restart: %v", got)
	}
}

// TestRestart: what was acknowledged works after the server was killed.
func TestRestart(t *testing.T) {
	w := newWorld(t)
	w.create("f", "import time\ndef handler(e, c): return 7", "")
	w.ok("POST", base+"f/invocations", `{}`)
	w.ok("POST", base+"f/policy", `{"Action":"lambda:InvokeFunction","StatementId":"p","Principal":"`+other+`"}`)
	w.open() // the old one is not closed first
	if err := w.api.Resume(t.Context()); err != nil {
		t.Fatal(err)
	}
	if r := w.ok("POST", base+"f/invocations", `{}`); r.text != "7" {
		t.Errorf("after a restart: %s", r.text)
	}
	w.ok("GET", base+"f/policy", "")
	if w.blobCount() != 1 {
		t.Errorf("%d zip files are kept", w.blobCount())
	}
}

// TestInvokeFromAbroad: the record of an invocation knows that the function is
// another account's, whose role the caller's administrators are not told.
func TestInvokeFromAbroad(t *testing.T) {
	w := newWorld(t)
	w.create("f", "def handler(e, c): return 1", "")
	for account, abroad := range map[string]bool{account: false, other: true} {
		w.As(w.user(account, "u", `{"Effect":"Allow","Action":"*","Resource":"*"}`))
		w.send("POST", "/2015-03-31/functions/"+arnOf("f")+"/invocations", "{}")
		if c := w.Records[len(w.Records)-1].Call; c.Operation != "Invoke" || c.Asker() != account || c.Abroad() != abroad {
			t.Errorf("a call from %s: %s, asked by %s, abroad %v", account, c.Operation, c.Asker(), c.Abroad())
		}
	}
}
