package lambda_test

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/authz"
	blobmem "github.com/bailiwick-project/bailiwick/blob/mem"
	"github.com/bailiwick-project/bailiwick/policy"
	"github.com/bailiwick-project/bailiwick/runner"
	"github.com/bailiwick-project/bailiwick/service/lambda"
	"github.com/bailiwick-project/bailiwick/service/servicetest"
	"github.com/bailiwick-project/bailiwick/store"
	"github.com/bailiwick-project/bailiwick/store/mem"
	"github.com/bailiwick-project/bailiwick/store/storetest"
)

const (
	account = servicetest.Account
	other   = "111111111111"
	base    = "/2015-03-31/functions/"
)

// A world is a Lambda with roles, policies and objects that a test makes up.
type world struct {
	*servicetest.Server
	t        *testing.T
	api      *lambda.API
	store    store.Store
	blobs    *blobmem.Store
	roles    map[string]bailiwick.Role
	distrust map[string]bool        // roles that do not trust Lambda
	identity map[string]*policy.Set // by ARN
	objects  map[string][]byte      // by bucket/key
	assumed  []bailiwick.AssumeServiceRole
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{
		t: t, store: storetest.Twice(&mem.Engine{Now: time.Now}), blobs: blobmem.New(rand.Reader), roles: map[string]bailiwick.Role{},
		distrust: map[string]bool{}, identity: map[string]*policy.Set{}, objects: map[string][]byte{},
	}
	w.role("exec")
	w.open()
	return w
}

// open starts the API anew, as after a restart.
func (w *world) open() {
	w.t.Helper()
	w.api = &lambda.API{
		Store: w.store, Blobs: w.blobs, Runner: &runner.Runner{Now: time.Now}, Logs: &runner.Logs{}, Roles: w, Assume: w, Now: time.Now,
		Rand: rand.Reader, Log: slog.New(slog.NewTextHandler(w.t.Output(), nil)), Objects: w,
	}
	svc := w.api.Service()
	svc.Actions = append(svc.Actions[:len(svc.Actions):len(svc.Actions)], authz.Action{Name: "s3:GetObject", Resources: []string{"object"}})
	w.Server = servicetest.New(w.t, svc, w, time.Now)
	w.t.Cleanup(func() {
		if err := w.api.Close(); err != nil {
			w.t.Error(err)
		}
	})
}

func (w *world) role(name string) string {
	arn := "arn:aws:iam::" + account + ":role/" + name
	w.roles[arn] = bailiwick.Role{ARN: arn, ID: "AROA" + strings.ToUpper(name) + strings.Repeat("A", 17-len(name)), Name: name, Account: account, Tags: map[string]string{"for": name}}
	return arn
}

func (w *world) Role(_ context.Context, arn string) (bailiwick.Role, error) {
	r, ok := w.roles[arn]
	if !ok {
		return r, bailiwick.ErrNoRole
	}
	return r, nil
}

func (w *world) AssumeRoleForService(_ context.Context, _ *bailiwick.Call, want bailiwick.AssumeServiceRole) (bailiwick.Credential, error) {
	w.assumed = append(w.assumed, want)
	if _, ok := w.roles[want.RoleARN]; !ok || w.distrust[want.RoleARN] {
		return bailiwick.Credential{}, bailiwick.Errorf(bailiwick.CodeAccessDenied, "User: %s is not authorized", want.Service)
	}
	return bailiwick.Credential{AccessKeyID: "ASIAEXAMPLE", Secret: "shh", SessionToken: "token of " + want.RoleARN, Expires: time.Now().Add(want.Duration)}, nil
}

func (w *world) Attached(_ context.Context, who bailiwick.Principal) (bailiwick.Attachments, error) {
	set := w.identity[who.ARN]
	if set == nil {
		set = policy.NewSet()
	}
	return bailiwick.Attachments{Identity: set}, nil
}

func (w *world) ManagedPolicy(_ context.Context, arn string) (*policy.Policy, error) {
	return nil, bailiwick.Errorf("NoSuchEntity", "%s", arn)
}

func (w *world) Checks(_ context.Context, _ *bailiwick.Call, bucket, key, _ string) ([]authz.Check, error) {
	return []authz.Check{{Action: "s3:GetObject", Resource: "arn:aws:s3:::" + bucket + "/" + key, Type: "object"}}, nil
}

func (w *world) Open(_ context.Context, _ *bailiwick.Call, bucket, key, _ string) (io.ReadCloser, int64, error) {
	b, ok := w.objects[bucket+"/"+key]
	if !ok {
		return nil, 0, bailiwick.Errorf("NoSuchKey", "The specified key does not exist.")
	}
	return io.NopCloser(bytes.NewReader(b)), int64(len(b)), nil
}

// user makes a principal who may do what statements say.
func (w *world) user(acct, name, statements string) bailiwick.Principal {
	w.t.Helper()
	who := bailiwick.Principal{Name: name, Principal: policy.Principal{
		Type: policy.User, ARN: "arn:aws:iam::" + acct + ":user/" + name, ID: "AIDA" + strings.ToUpper(name), Account: acct,
	}}
	if statements != "" {
		doc, err := policy.Parse(policy.Identity, `{"Version":"2012-10-17","Statement":[`+statements+`]}`)
		if err != nil {
			w.t.Fatal(err)
		}
		w.identity[who.ARN] = policy.NewSet(policy.Compile(name, doc))
	}
	return who
}

// A reply is what the API answered.
type reply struct {
	status int
	code   string // of a failure
	text   string
	out    map[string]any
	header http.Header
}

func (w *world) send(method, path, body string, headers ...string) reply {
	w.t.Helper()
	r := httptest.NewRequestWithContext(w.t.Context(), method, path, strings.NewReader(body))
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	resp := w.Send(r)
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	out := reply{status: resp.StatusCode, code: resp.Header.Get("X-Amzn-Errortype"), text: string(text), header: resp.Header}
	_ = json.Unmarshal(text, &out.out) // payloads of functions need not be objects
	return out
}

// ok is send for what must succeed.
func (w *world) ok(method, path, body string, headers ...string) reply {
	w.t.Helper()
	r := w.send(method, path, body, headers...)
	if r.status >= 300 {
		w.t.Fatalf("%s %s %.300s answered %d %s", method, path, body, r.status, r.text)
	}
	return r
}

// fails is send for what must be refused with exactly this.
func (w *world) fails(name, method, path, body string, status int, code, message string) {
	w.t.Helper()
	r := w.send(method, path, body)
	got, _ := r.out["Message"].(string)
	if got == "" {
		got, _ = r.out["message"].(string)
	}
	if r.status != status || r.code != code || !strings.Contains(got, message) {
		w.t.Errorf("%s: got %d %s %q\nwant %d %s %q", name, r.status, r.code, got, status, code, message)
	}
}

// python is a zip file, in base64, of one Python file index.py.
func python(t *testing.T, code string) string {
	t.Helper()
	return base64.StdEncoding.EncodeToString(zipped(t, "index.py", code))
}

func zipped(t *testing.T, name, text string) []byte {
	t.Helper()
	var buf bytes.Buffer
	z := zip.NewWriter(&buf)
	f, err := z.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(f, text); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

const echo = "def handler(event, context):\n  return event\n"

// create makes a Python function; more members follow the usual ones.
func (w *world) create(name, code, more string) reply {
	w.t.Helper()
	return w.ok("POST", base, `{"FunctionName":"`+name+`","Runtime":"python3.11","Handler":"index.handler","Role":"arn:aws:iam::`+account+`:role/exec","Code":{"ZipFile":"`+
		python(w.t, code)+`"}`+more+`}`)
}

func arnOf(name string) string { return "arn:aws:lambda:us-east-1:" + account + ":function:" + name }

func servicetestRoot() bailiwick.Principal { return servicetest.Root() }
