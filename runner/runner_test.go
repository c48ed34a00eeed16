package runner_test

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/bailiwick-project/bailiwick/runner"
)

// A bench is a Runner and functions to run with it.
type bench struct {
	*runner.Runner
	t    *testing.T
	logs runner.Logs
	n    int
}

func newBench(t *testing.T, change func(*runner.Runner)) *bench {
	t.Helper()
	r := &runner.Runner{Now: time.Now}
	if change != nil {
		change(r)
	}
	t.Cleanup(func() {
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	})
	return &bench{Runner: r, t: t}
}

// function unpacks files and makes a function of them.
func (b *bench) function(runtime, handler string, files map[string]string) *runner.Function {
	b.t.Helper()
	dir, err := b.Unpack(zipped(b.t, files))
	if err != nil {
		b.t.Fatal(err)
	}
	b.n++
	name := "f" + strconv.Itoa(b.n)
	return &runner.Function{
		Name: name, Version: "$LATEST", ARN: "arn:aws:lambda:us-east-1:000000000000:function:" + name, Family: name,
		Region: "us-east-1", Runtime: runtime, Handler: handler, Code: dir, Memory: 256, Timeout: 20 * time.Second,
		Log: b.logs.Open(name), LogGroup: "/aws/lambda/" + name,
	}
}

func zipped(t *testing.T, files map[string]string) []byte {
	t.Helper()
	var buf bytes.Buffer
	z := zip.NewWriter(&buf)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		h := &zip.FileHeader{Name: name, Method: zip.Deflate}
		h.SetMode(0o644)
		if filepath.Base(name) == "bootstrap" {
			h.SetMode(0o755)
		}
		w, err := z.CreateHeader(h)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(files[name])); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

func (b *bench) invoke(f *runner.Function, id, payload string) runner.Result {
	b.t.Helper()
	res, err := b.Invoke(b.t.Context(), f, runner.Invocation{RequestID: id, ARN: f.ARN, Payload: []byte(payload), ClientContext: `{"custom":{"a":"b"}}`, TraceID: "Root=1-5e1b4151-5ac6c58d"})
	if err != nil {
		b.t.Fatal(err)
	}
	return res
}

// want invokes f and compares the answer, where of an object only the members that
// are wanted.
func (b *bench) want(f *runner.Function, payload, want string, failed bool) runner.Result {
	b.t.Helper()
	b.n++
	res := b.invoke(f, fmt.Sprintf("id-%d", b.n), payload)
	if !matches(b.t, res.Payload, strings.ReplaceAll(want, "ID", fmt.Sprintf("id-%d", b.n))) || res.Failed != failed {
		b.t.Errorf("%s %s answered %v %s\nwant %v %s\nlog: %s", f.Runtime, payload, res.Failed, res.Payload, failed, want, res.Tail)
	}
	return res
}

func matches(t *testing.T, got []byte, want string) bool {
	t.Helper()
	var g, w any
	if err := json.Unmarshal([]byte(want), &w); err != nil {
		t.Fatalf("%s: %v", want, err)
	}
	if json.Unmarshal(got, &g) != nil {
		return false
	}
	gm, ok1 := g.(map[string]any)
	wm, ok2 := w.(map[string]any)
	if !ok1 || !ok2 {
		return fmt.Sprint(g) == fmt.Sprint(w)
	}
	for k, v := range wm {
		if fmt.Sprint(gm[k]) != fmt.Sprint(v) {
			return false
		}
	}
	return true
}

const node, python = "nodejs20.x", "python3.11"

func TestNode(t *testing.T) {
	b := newBench(t, nil)
	for name, tt := range map[string]struct {
		handler, want string
		failed        bool
		files         map[string]string
	}{
		"async": {"index.handler", `{"hello":"acme"}`, false, map[string]string{
			"index.js": `exports.handler = async (event) => ({hello: event.org})`,
		}},
		"callback": {"index.handler", `{"hello":"acme"}`, false, map[string]string{
			"index.js": `exports.handler = (event, context, callback) => setTimeout(() => callback(null, {hello: event.org}), 5)`,
		}},
		"callback, empty loop": {"index.handler", `{"n":2}`, false, map[string]string{
			"index.js": `exports.handler = (e, c, callback) => { const a = {n: 1}; callback(null, a); setTimeout(() => { a.n = 2 }, 30) }`,
		}},
		"callback, no wait": {"index.handler", `{"n":1}`, false, map[string]string{
			"index.js": `exports.handler = (e, c, callback) => { c.callbackWaitsForEmptyEventLoop = false; const a = {n: 1}; setTimeout(() => { a.n = 2 }, 300); callback(null, a) }`,
		}},
		"callback with an error": {"index.handler", `{"errorType":"TypeError","errorMessage":"no"}`, true, map[string]string{
			"index.js": `exports.handler = (e, c, callback) => callback(new TypeError("no"))`,
		}},
		"succeed": {"index.handler", `"yes"`, false, map[string]string{
			"index.js": `exports.handler = (e, c) => c.succeed("yes")`,
		}},
		"no answer": {"index.handler", `null`, false, map[string]string{
			"index.js": `exports.handler = () => {}`,
		}},
		"module by name": {"src/app.main.run", `"esm"`, false, map[string]string{
			"src/app.mjs": `export const main = {run: async () => "esm"}`,
		}},
		"module by package": {"index.handler", `"acme"`, false, map[string]string{
			"package.json": `{"type":"module"}`, "index.js": `import {org} from "./org.js"; export const handler = async () => org`, "org.js": `export const org = "acme"`,
		}},
		"module with await": {"index.handler", `7`, false, map[string]string{
			"index.mjs": `const n = await Promise.resolve(7); export const handler = async () => n`,
		}},
		"requires": {"index.handler", `"dep"`, false, map[string]string{
			"index.js": `const d = require("dep"); exports.handler = async () => d`, "node_modules/dep/index.js": `module.exports = "dep"`,
		}},
		"cjs": {"index.handler", `1`, false, map[string]string{"index.cjs": `exports.handler = async () => 1`}},
		"throws": {"index.handler", `{"errorType":"NotAllowed","errorMessage":"go away"}`, true, map[string]string{
			"index.js": `class NotAllowed extends Error { constructor(m) { super(m); this.name = "NotAllowed" } }; exports.handler = async () => { throw new NotAllowed("go away") }`,
		}},
		"throws a string": {"index.handler", `{"errorType":"string","errorMessage":"oh"}`, true, map[string]string{
			"index.js": `exports.handler = async () => { throw "oh" }`,
		}},
		"throws at once": {"index.handler", `{"errorType":"Error","errorMessage":"sync"}`, true, map[string]string{
			"index.js": `exports.handler = () => { throw new Error("sync") }`,
		}},
		"throws later": {"index.handler", `{"errorType":"Error","errorMessage":"later"}`, true, map[string]string{
			"index.js": `exports.handler = () => { setTimeout(() => { throw new Error("later") }, 1) }`,
		}},
		"rejects later": {"index.handler", `{"errorType":"Runtime.UnhandledPromiseRejection"}`, true, map[string]string{
			"index.js": `exports.handler = () => { Promise.reject(new Error("later")); return new Promise(() => setTimeout(() => {}, 1000)) }`,
		}},
		"circular": {"index.handler", `{"errorType":"Runtime.MarshalError"}`, true, map[string]string{
			"index.js": `exports.handler = async () => { const a = {}; a.a = a; return a }`,
		}},
		"missing module": {"nope.handler", `{"errorType":"Runtime.ImportModuleError"}`, true, map[string]string{"index.js": ``}},
		"missing dependency": {"index.handler", `{"errorType":"Runtime.ImportModuleError"}`, true, map[string]string{
			"index.js": `require("nothing-of-that-name")`,
		}},
		"missing handler": {"index.handler", `{"errorType":"Runtime.HandlerNotFound","errorMessage":"index.handler is undefined or not exported"}`, true, map[string]string{"index.js": ``}},
		"no function":     {"index.handler", `{"errorType":"Runtime.HandlerNotFound","errorMessage":"index.handler is not a function"}`, true, map[string]string{"index.js": `exports.handler = 1`}},
		"bad handler":     {"index", `{"errorType":"Runtime.MalformedHandlerName","errorMessage":"Bad handler"}`, true, map[string]string{"index.js": ``}},
		"syntax":          {"index.handler", `{"errorType":"Runtime.UserCodeSyntaxError"}`, true, map[string]string{"index.js": `exports.handler = {`}},
		"fails to load":   {"index.handler", `{"errorType":"RangeError","errorMessage":"early"}`, true, map[string]string{"index.js": `throw new RangeError("early")`}},
		"exits":           {"index.handler", `{"errorType":"Runtime.ExitError","errorMessage":"RequestId: ID Error: Runtime exited with error: exit status 3"}`, true, map[string]string{"index.js": `exports.handler = async () => process.exit(3)`}},
		"exits well":      {"index.handler", `{"errorType":"Runtime.ExitError","errorMessage":"RequestId: ID Error: Runtime exited without providing a reason"}`, true, map[string]string{"index.js": `exports.handler = async () => process.exit(0)`}},
		"exits loading":   {"index.handler", `{"errorType":"Runtime.ExitError","errorMessage":"RequestId: ID Error: Runtime exited with error: exit status 5"}`, true, map[string]string{"index.js": `process.exit(5)`}},
	} {
		t.Run(name, func(t *testing.T) {
			b := &bench{Runner: b.Runner, t: t}
			f := b.function(node, tt.handler, tt.files)
			f.ARN, f.Family = f.ARN+name, name
			b.want(f, `{"org":"acme"}`, tt.want, tt.failed)
			b.want(f, `{"org":"acme"}`, tt.want, tt.failed) // the environment goes on, or another takes over
		})
	}
}

func TestPython(t *testing.T) {
	b := newBench(t, nil)
	for name, tt := range map[string]struct {
		handler, want string
		failed        bool
		files         map[string]string
	}{
		"plain":      {"app.handler", `{"hello":"acmé"}`, false, map[string]string{"app.py": "def handler(event, context):\n  return {'hello': event['org']}"}},
		"package":    {"src/app.handler", `1.5`, false, map[string]string{"src/app.py": "import decimal\ndef handler(e, c): return decimal.Decimal('1.5')"}},
		"none":       {"app.handler", `null`, false, map[string]string{"app.py": "def handler(e, c): pass"}},
		"raises":     {"app.handler", `{"errorType":"ValueError","errorMessage":"no","requestId":"ID"}`, true, map[string]string{"app.py": "def handler(e, c): raise ValueError('no')"}},
		"no json":    {"app.handler", `{"errorType":"Runtime.MarshalError","errorMessage":"Unable to marshal response: Object of type set is not JSON serializable"}`, true, map[string]string{"app.py": "def handler(e, c): return {1}"}},
		"no module":  {"nope.handler", `{"errorType":"Runtime.ImportModuleError","errorMessage":"Unable to import module 'nope': No module named 'nope'"}`, true, map[string]string{"app.py": ""}},
		"no handler": {"app.handler", `{"errorType":"Runtime.HandlerNotFound","errorMessage":"Handler 'handler' missing on module 'app'"}`, true, map[string]string{"app.py": ""}},
		"bad name":   {"app", `{"errorType":"Runtime.MalformedHandlerName","errorMessage":"Bad handler 'app': not enough values to unpack (expected 2, got 1)"}`, true, map[string]string{"app.py": ""}},
		"syntax":     {"app.handler", `{"errorType":"Runtime.UserCodeSyntaxError"}`, true, map[string]string{"app.py": "def handler("}},
		"exits":      {"app.handler", `{"errorType":"Runtime.ExitError","errorMessage":"RequestId: ID Error: Runtime exited with error: exit status 3"}`, true, map[string]string{"app.py": "import sys\ndef handler(e, c): sys.exit(3)"}},
		"killed":     {"app.handler", `{"errorType":"Runtime.ExitError","errorMessage":"RequestId: ID Error: Runtime exited with error: signal: killed"}`, true, map[string]string{"app.py": "import os\ndef handler(e, c): os.kill(os.getpid(), 9)"}},
		"context": {"app.handler", `["ID","f1","$LATEST","256","/aws/lambda/f1",true,"b","Root=1-5e1b4151-5ac6c58d"]`, false, map[string]string{"app.py": `
import os
def handler(e, c):
  left = c.get_remaining_time_in_millis()
  assert c.invoked_function_arn.startswith("arn:aws:lambda:us-east-1:000000000000:function:")
  return [c.aws_request_id, c.function_name, c.function_version, c.memory_limit_in_mb, c.log_group_name, 0 < left <= 20000, c.client_context.custom["a"], os.environ["_X_AMZN_TRACE_ID"]]`}},
	} {
		t.Run(name, func(t *testing.T) {
			b := &bench{Runner: b.Runner, t: t}
			f := b.function(python, tt.handler, tt.files)
			f.ARN, f.Family = f.ARN+name, name
			b.want(f, `{"org":"acmé"}`, tt.want, tt.failed)
			b.want(f, `{"org":"acmé"}`, tt.want, tt.failed)
		})
	}
}

func TestNodeContext(t *testing.T) {
	b := newBench(t, nil)
	f := b.function(node, "index.handler", map[string]string{"index.js": `exports.handler = async (event, c) => {
		const left = c.getRemainingTimeInMillis();
		return [c.awsRequestId, c.functionName, c.functionVersion, c.invokedFunctionArn, c.memoryLimitInMB, c.logGroupName,
			c.callbackWaitsForEmptyEventLoop, left > 0 && left <= 20000, c.clientContext.custom.a, process.env._X_AMZN_TRACE_ID]
	}`})
	b.want(f, `{}`, `["ID","f1","$LATEST","`+f.ARN+`","256","/aws/lambda/f1",true,true,"b","Root=1-5e1b4151-5ac6c58d"]`, false)
}

// TestProvided: a binary that speaks the Runtime API by hand, as any bootstrap may.
func TestProvided(t *testing.T) {
	dir := t.TempDir()
	binary := filepath.Join(dir, "bootstrap")
	build := exec.Command("go", "build", "-o", binary, "./testdata/provided")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	text, err := os.ReadFile(binary)
	if err != nil {
		t.Fatal(err)
	}
	b := newBench(t, nil)
	f := b.function("provided.al2023", "unused", map[string]string{"bootstrap": string(text)})
	for _, tt := range []struct {
		payload, want string
		failed        bool
	}{
		{`{"do":"echo"}`, `{"echo":{"do":"echo"},"method":405,"path":404,"second":403,"stranger":400}`, false},
		{`{"do":"stream"}`, `{"streamed":true}`, false},
		{`{"do":"streamFails"}`, `{"errorType":"Broken.Stream"}`, true},
		{`{"do":"error"}`, `{"errorType":"Mine","errorMessage":"as I said"}`, true},
		{`{"do":"noJSON"}`, `{"errorType":"Custom","errorMessage":"just text"}`, true},
		{`{"do":"large"}`, `{"errorType":"Function.ResponseSizeTooLarge","errorMessage":"Response payload size exceeded maximum allowed payload size (6291556 bytes)."}`, true},
		{`{"do":"echo"}`, `{"second":403}`, false},
		{`{"do":"crash"}`, `{"errorType":"Runtime.ExitError","errorMessage":"RequestId: ID Error: Runtime exited with error: exit status 2"}`, true},
	} {
		b.want(f, tt.payload, tt.want, tt.failed)
	}
	b.want(f, `{"do":"stream"}`, `{"streamed":true}`, false)
	// Whoever can name the folder of the code can read it, and all see the arguments
	// of a process.
	commands, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range commands {
		if line, err := os.ReadFile(name); err == nil && bytes.Contains(line, []byte(f.Code)) {
			t.Errorf("%s tells where the code is: %q", name, line)
		}
	}
	for name, files := range map[string]map[string]string{"none": {"x": ""}, "no program": {"bootstrap": "text"}} {
		f := b.function("provided.al2023", "unused", files)
		var start *runner.StartError
		if _, err := b.Invoke(t.Context(), f, runner.Invocation{RequestID: "x"}); !errors.As(err, &start) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestLimits(t *testing.T) {
	b := newBench(t, nil)
	slow := b.function(node, "index.handler", map[string]string{"index.js": `exports.handler = () => new Promise(() => setInterval(() => {}, 1000))`})
	slow.Timeout = time.Second
	res := b.want(slow, `{}`, `{"errorType":"Sandbox.Timedout","errorMessage":"RequestId: ID Error: Task timed out after 1.00 seconds"}`, true)
	if !strings.Contains(string(res.Tail), "Status: timeout") || !strings.Contains(string(res.Tail), "Task timed out after 1.00 seconds") {
		t.Errorf("log: %s", res.Tail)
	}
	busy := b.function(python, "app.handler", map[string]string{"app.py": "def handler(e, c):\n  while True: pass"})
	busy.Timeout = time.Second
	b.want(busy, `{}`, `{"errorType":"Sandbox.Timedout"}`, true)

	greedy := b.function(python, "app.handler", map[string]string{"app.py": `
import time
def handler(e, c):
  a = []
  while len(a) < 600:
    a.append(bytearray(1 << 20))
    time.sleep(0.002)
  time.sleep(20)`})
	b.want(greedy, `{}`, `{"errorType":"Runtime.OutOfMemory","errorMessage":"RequestId: ID Error: Runtime exited with error: signal: killed"}`, true)

	// Memory counts whoever the function starts.
	family := b.function(python, "app.handler", map[string]string{"app.py": `
import subprocess, sys, time
def handler(e, c):
  kids = [subprocess.Popen([sys.executable, "-c", "import time; a = bytearray(150 << 20); time.sleep(60)"], start_new_session=True) for _ in range(3)]
  time.sleep(20)`})
	b.want(family, `{}`, `{"errorType":"Runtime.OutOfMemory"}`, true)

	deaf := b.function(node, "index.handler", map[string]string{"index.js": `await new Promise(() => setInterval(() => {}, 1000))`, "package.json": `{"type":"module"}`})
	deaf.Timeout = time.Second
	if testing.Short() {
		return // a slow start is waited for as long as AWS does
	}
	b.want(deaf, `{}`, `{"errorType":"Sandbox.Timedout"}`, true)
}

// TestEnvironmentIsClean: nothing of the server's environment is inside, and no
// file of it is open.
func TestEnvironmentIsClean(t *testing.T) {
	t.Setenv("BAILIWICK_SECRET", "of the server")
	t.Setenv("LD_PRELOAD", "")
	t.Setenv("NODE_OPTIONS", "--no-warnings")
	open, err := os.Open(os.Args[0])
	if err != nil {
		t.Fatal(err)
	}
	defer open.Close()
	b := newBench(t, func(r *runner.Runner) { r.Endpoint = func() string { return "http://127.0.0.1:4566" } })
	f := b.function(node, "index.handler", map[string]string{"index.js": `
		const fs = require("fs");
		exports.handler = async () => ({env: {...process.env}, cwd: process.cwd(), uid: process.getuid(), groups: process.getgroups(),
			files: fs.readdirSync("/proc/self/fd").map((n) => { try { return fs.readlinkSync("/proc/self/fd/" + n) } catch { return "" } })})`})
	f.Variables = map[string]string{"MINE": "1", "AWS_REGION": "mars", "LAMBDA_TASK_ROOT": "/"}
	f.Credentials = func(context.Context) (runner.Credentials, error) {
		return runner.Credentials{AccessKeyID: "ASIAX", SecretAccessKey: "s", SessionToken: "t", Expires: time.Now().Add(time.Hour)}, nil
	}
	var got struct {
		Env    map[string]string
		Cwd    string
		UID    int
		Groups []int
		Files  []string
	}
	if err := json.Unmarshal(b.invoke(f, "x", `{}`).Payload, &got); err != nil {
		t.Fatal(err)
	}
	home := got.Env["HOME"]
	want := map[string]string{
		"AWS_ACCESS_KEY_ID": "ASIAX", "AWS_SECRET_ACCESS_KEY": "s", "AWS_SESSION_TOKEN": "t",
		"AWS_REGION": "us-east-1", "AWS_DEFAULT_REGION": "us-east-1", "AWS_ENDPOINT_URL": "http://127.0.0.1:4566",
		"AWS_EXECUTION_ENV": "AWS_Lambda_nodejs20.x", "AWS_LAMBDA_FUNCTION_NAME": "f1", "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
		"AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "256", "AWS_LAMBDA_LOG_GROUP_NAME": "/aws/lambda/f1", "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
		"AWS_LAMBDA_LOG_STREAM_NAME": got.Env["AWS_LAMBDA_LOG_STREAM_NAME"], "AWS_LAMBDA_RUNTIME_API": got.Env["AWS_LAMBDA_RUNTIME_API"],
		"LAMBDA_TASK_ROOT": f.Code, "LAMBDA_RUNTIME_DIR": filepath.Join(filepath.Dir(filepath.Dir(f.Code)), "runtime"), "_HANDLER": "index.handler",
		"PATH": "/usr/local/bin:/usr/bin:/bin:/opt/bin", "LANG": "en_US.UTF-8", "TZ": ":UTC", "HOME": home, "TMPDIR": home,
		"_X_AMZN_TRACE_ID": "Root=1-5e1b4151-5ac6c58d", "MINE": "1",
	}
	if !maps.Equal(got.Env, want) {
		t.Errorf("environment\n got %v\nwant %v", got.Env, want)
	}
	if got.Cwd != f.Code {
		t.Errorf("working directory %s", got.Cwd)
	}
	for _, file := range got.Files {
		if file == os.Args[0] {
			t.Errorf("open: %s", file)
		}
	}
	if os.Geteuid() == 0 && (got.UID == 0 || len(got.Groups) > 1 || slices.Contains(got.Groups, 0)) {
		t.Errorf("runs as %d of %v", got.UID, got.Groups)
	}
}

// TestFilesOfOthers: a function reads neither hidden folders nor other environments.
func TestFilesOfOthers(t *testing.T) {
	data := t.TempDir()
	if err := os.WriteFile(filepath.Join(data, "secret"), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	relative, err := filepath.Rel(here, data) // as an operator may write it
	if err != nil {
		t.Fatal(err)
	}
	b := newBench(t, func(r *runner.Runner) { r.Hidden = []string{relative, filepath.Join(data, "none")} })
	f := b.function(python, "app.handler", map[string]string{"app.py": `
import os
def handler(e, c):
  if "write" in e:
    open(os.path.join(os.environ["TMPDIR"], "x"), "w").write("mine")
    return [os.getpid(), os.environ["HOME"]]
  out = {}
  for p in e["paths"]:
    try:
      out[p] = os.listdir(p) if os.path.isdir(p) else open(p, "rb").read(1) and "read"
    except OSError as err:
      out[p] = type(err).__name__
  for p in [os.environ["LAMBDA_TASK_ROOT"], os.environ["LAMBDA_RUNTIME_DIR"]]:
    try:
      open(os.path.join(p, "app.py"), "a").write("x")
      out[p] = "written"
    except OSError as err:
      pass
  for pid in e["pids"]:
    try:
      os.kill(pid, 0)
      out["kill %d" % pid] = True
    except OSError:
      pass
  return out`})
	other := *f
	other.ARN += "x"
	var who []any
	if err := json.Unmarshal(b.invoke(f, "a", `{"write":1}`).Payload, &who); err != nil {
		t.Fatal(err)
	}
	pid, _ := who[0].(float64)
	proc := fmt.Sprintf("/proc/%d/", int(pid))
	paths := []string{
		filepath.Join(data, "secret"), data, proc + "environ", proc + "mem", filepath.Join(who[1].(string), "x"),
		fmt.Sprintf("/proc/%d/environ", os.Getpid()), filepath.Dir(filepath.Dir(f.Code)),
	}
	in, _ := json.Marshal(map[string]any{"paths": paths, "pids": []int{int(pid), os.Getpid()}})
	var got map[string]any
	if err := json.Unmarshal(b.invoke(&other, "b", string(in)).Payload, &got); err != nil {
		t.Fatal(err)
	}
	for _, p := range paths {
		if got[p] != "PermissionError" && got[p] != "FileNotFoundError" { // its own /tmp hides the machine's
			t.Errorf("%s: %v", p, got[p])
		}
	}
	if len(got) != len(paths) {
		t.Errorf("it could do more: %v", got)
	}
}

// TestTmp: what one environment writes to /tmp is its own, and gone with it.
func TestTmp(t *testing.T) {
	b := newBench(t, nil)
	f := b.function(python, "app.handler", map[string]string{"app.py": `
import os
def handler(e, c):
  name = "/tmp/bailiwick-test-of-tmp"
  found = os.path.exists(name)
  open(name, "a").write("x")
  return [found, len(open(name).read())]`})
	if b.want(f, `{}`, `[false, 1]`, false); t.Failed() {
		return
	}
	b.want(f, `{}`, `[true, 2]`, false)
	other := *f
	other.ARN += "x"
	if os.Geteuid() == 0 {
		b.want(&other, `{}`, `[false, 1]`, false)
	}
	b.Forget(f.Family)
	if os.Geteuid() == 0 {
		if _, err := os.Stat("/tmp/bailiwick-test-of-tmp"); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("it is left: %v", err)
		}
	}
	_ = os.Remove("/tmp/bailiwick-test-of-tmp")
}

// TestGrandchildren: whoever a function started ends with its environment, also
// who left its group and lost its parent.
func TestGrandchildren(t *testing.T) {
	b := newBench(t, nil)
	f := b.function(python, "app.handler", map[string]string{"app.py": `
import os, subprocess, time
def handler(e, c):
  near = subprocess.Popen(["sleep", "3333"])
  r, w = os.pipe()
  if os.fork() == 0:
    os.setsid()
    pid = os.fork()
    if pid:
      os.write(w, str(pid).encode())
      os._exit(0)
    os.execvp("sleep", ["sleep", "3334"])
  far = int(os.read(r, 20))
  os.wait()
  if e.get("hang"): time.sleep(60)
  return [near.pid, far]`})
	var pids []int
	if err := json.Unmarshal(b.invoke(f, "a", `{}`).Payload, &pids); err != nil {
		t.Fatal(err)
	}
	for _, pid := range pids {
		if !running(pid) {
			t.Errorf("%d does not run while its environment is warm", pid)
		}
	}
	b.Forget(f.Family)
	for _, pid := range pids {
		if running(pid) {
			t.Errorf("%d runs on", pid)
		}
	}
}

// await waits until something is so.
func await(t *testing.T, what string, so func() bool) {
	t.Helper()
	for range 20_000 {
		if so() {
			return
		}
		time.Sleep(time.Millisecond)
	}
	t.Fatalf("%s does not come", what)
}

func running(pid int) bool {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	return err == nil && !strings.Contains(string(stat), ") Z ")
}

func TestWarmAndStale(t *testing.T) {
	b := newBench(t, nil)
	code := map[string]string{"index.js": `let n = 0; exports.handler = async () => ++n`}
	f := b.function(node, "index.handler", code)
	b.want(f, `{}`, `1`, false)
	b.want(f, `{}`, `2`, false)
	changed := *f
	changed.Revision = "2"
	b.want(&changed, `{}`, `1`, false)
	expires := time.Now().Add(5*time.Minute + f.Timeout - time.Second)
	short := changed
	short.ARN += ":1"
	short.Credentials = func(context.Context) (runner.Credentials, error) { return runner.Credentials{Expires: expires}, nil }
	b.want(&short, `{}`, `1`, false)
	b.want(&short, `{}`, `1`, false) // its credentials would have ended in the middle
	refused := changed
	refused.ARN += ":2"
	no := errors.New("no")
	refused.Credentials = func(context.Context) (runner.Credentials, error) { return runner.Credentials{}, no }
	if _, err := b.Invoke(t.Context(), &refused, runner.Invocation{}); !errors.Is(err, no) {
		t.Errorf("without credentials: %v", err)
	}
	b.Forget(f.Family)
	b.want(&changed, `{}`, `1`, false)
}

// TestConcurrency: calls at the same time have environments of their own, up to
// the limit; then they wait or are refused.
func TestConcurrency(t *testing.T) {
	b := newBench(t, func(r *runner.Runner) { r.Each, r.Max, r.Wait = 2, 3, 20*time.Second })
	f := b.function(python, "app.handler", map[string]string{"app.py": "import time, os\ndef handler(e, c):\n  time.sleep(e.get('s', 0))\n  return os.getpid()"})
	var wg sync.WaitGroup
	var mu sync.Mutex
	pids := map[string]int{}
	for i := range 8 {
		wg.Go(func() {
			res := b.invoke(f, fmt.Sprintf("c%d", i), `{"s":0.2}`)
			mu.Lock()
			defer mu.Unlock()
			pids[string(res.Payload)]++
		})
	}
	wg.Wait()
	if len(pids) != 2 {
		t.Errorf("8 calls ran in %d environments, want 2: %v", len(pids), pids)
	}
	one, zero := 1, 0
	reserved := b.function(python, "app.handler", map[string]string{"app.py": "import time\ndef handler(e, c): time.sleep(e.get('s', 0))"})
	reserved.Reserved = &zero
	if _, err := b.Invoke(t.Context(), reserved, runner.Invocation{}); !errors.Is(err, runner.ErrThrottled) {
		t.Errorf("nothing reserved: %v", err)
	}
	reserved.Reserved = &one
	wg.Go(func() { b.invoke(reserved, "r1", `{"s":3}`) })
	await(t, "the start of the first call", func() bool { return len(reserved.Log.Lines(0, 1)) > 0 })
	if _, err := b.Invoke(t.Context(), reserved, runner.Invocation{RequestID: "r2", Payload: []byte("{}")}); !errors.Is(err, runner.ErrThrottled) {
		t.Errorf("a second call beside the one that is reserved: %v", err)
	}
	wg.Wait()
	// Idle environments of others make room.
	third := b.function(python, "app.handler", map[string]string{"app.py": "def handler(e, c): return 3"})
	b.want(third, `{}`, `3`, false)
}

func TestLogs(t *testing.T) {
	dir := t.TempDir() // removed after the Runner is closed
	b := newBench(t, nil)
	b.logs.Dir = dir
	f := b.function(node, "index.handler", map[string]string{"index.js": `exports.handler = async (e) => { console.log("hello %s", e.org); process.stderr.write("raw\n"); if (e.n) process.stdout.write("y".repeat(e.n)); return 1 }`})
	tail := string(b.invoke(f, "id-1", `{"org":"acme"}`).Tail)
	lines := strings.Split(strings.TrimSpace(tail), "\n")
	if len(lines) != 5 || lines[0] != "START RequestId: id-1 Version: $LATEST" || !strings.HasSuffix(lines[1], "\tid-1\tINFO\thello acme") || lines[2] != "raw" ||
		lines[3] != "END RequestId: id-1" || !strings.HasPrefix(lines[4], "REPORT RequestId: id-1\tDuration: ") || !strings.Contains(lines[4], "\tMemory Size: 256 MB\tMax Memory Used: ") || !strings.Contains(lines[4], "Init Duration: ") {
		t.Errorf("tail:\n%s", tail)
	}
	second := b.invoke(f, "id-2", `{"n":300000}`)
	if len(second.Tail) > runner.TailSize || !strings.Contains(string(second.Tail), "END RequestId: id-2") || strings.Contains(string(second.Tail), "Init Duration") {
		t.Errorf("%d bytes of tail: ...%s", len(second.Tail), second.Tail[len(second.Tail)-400:])
	}
	all := f.Log.Lines(0, 1000)
	for i, l := range all {
		if l.Number != int64(i+1) || l.Stream == "" || len(l.Text) > 64<<10 {
			t.Errorf("line %d: number %d, %d bytes", i, l.Number, len(l.Text))
		}
	}
	if got := f.Log.Lines(all[len(all)-1].Number-2, 1000); len(got) != 2 || len(f.Log.Lines(0, 3)) != 3 {
		t.Errorf("the last lines: %v", got)
	}
	text, err := os.ReadFile(filepath.Join(b.logs.Dir, "f1.log"))
	if err != nil || !strings.Contains(string(text), "hello acme") || strings.Count(string(text), "\n") != len(all) {
		t.Errorf("the file: %v, %d lines, want %d", err, strings.Count(string(text), "\n"), len(all))
	}
}

func TestClose(t *testing.T) {
	b := newBench(t, nil)
	f := b.function(python, "app.handler", map[string]string{"app.py": "import time\ndef handler(e, c): print('here', flush=True); time.sleep(60)"})
	done := make(chan string)
	go func() {
		res, err := b.Invoke(context.Background(), f, runner.Invocation{RequestID: "x", Payload: []byte("{}")})
		done <- fmt.Sprint(string(res.Payload), err)
	}()
	await(t, "its first line", func() bool { return len(f.Log.Lines(0, 10)) >= 2 })
	if err := b.Close(); err != nil {
		t.Error(err)
	}
	if got := <-done; !strings.Contains(got, "the server stops") {
		t.Error(got)
	}
	if _, err := b.Invoke(t.Context(), f, runner.Invocation{}); !errors.Is(err, runner.ErrClosed) {
		t.Errorf("after the end: %v", err)
	}
	if _, err := os.Stat(f.Code); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the folder: %v", err)
	}
}
