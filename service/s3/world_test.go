package s3

import (
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/authz"
	blobs "github.com/bailiwick-project/bailiwick/blob/mem"
	"github.com/bailiwick-project/bailiwick/policy"
	"github.com/bailiwick-project/bailiwick/service/servicetest"
	"github.com/bailiwick-project/bailiwick/store"
	"github.com/bailiwick-project/bailiwick/store/mem"
	"github.com/bailiwick-project/bailiwick/store/storetest"
)

var noon = time.Date(2026, 11, 3, 12, 0, 0, 0, time.UTC)

// A world is the slice with callers whose policies a test chooses.
type world struct {
	t        *testing.T
	api      *API
	server   *servicetest.Server
	policies map[string]*policy.Set // by ARN
	now      time.Time
}

func newWorld(t *testing.T) *world {
	t.Helper()
	return newWorldOn(t, storetest.Twice(&mem.Engine{Now: func() time.Time { return noon }}))
}

func newWorldOn(t *testing.T, s store.Store) *world {
	t.Helper()
	w := &world{t: t, policies: map[string]*policy.Set{}, now: noon}
	var n atomic.Int64
	w.api = &API{Store: s, Blobs: blobs.New(rand.Reader), NewID: func() string { return fmt.Sprintf("id-%06d", n.Add(1)) }}
	svc := w.api.Service()
	w.api.Authz = &authz.Authorizer{Policies: w, Table: svc.Actions}
	w.server = servicetest.New(t, svc, w, func() time.Time { return w.now })
	w.api.Posts = forms{w}
	return w
}

func (w *world) Attached(_ context.Context, who bailiwick.Principal) (bailiwick.Attachments, error) {
	set := w.policies[who.ARN]
	if set == nil {
		set = policy.NewSet()
	}
	return bailiwick.Attachments{Identity: set}, nil
}

func (w *world) ManagedPolicy(_ context.Context, arn string) (*policy.Policy, error) {
	return nil, bailiwick.Errorf("NoSuchEntity", "Policy %s does not exist.", arn)
}

// forms believes the field "as": a user of the account.
type forms struct{ w *world }

func (f forms) AuthenticatePost(_ context.Context, fields map[string]string, _ string) (bailiwick.Signer, error) {
	name, ok := fields["x-ignore-as"]
	if !ok {
		return bailiwick.Signer{}, bailiwick.Errorf(bailiwick.CodeMissingToken, "no signature")
	}
	return bailiwick.Signer{Who: user(servicetest.Account, name), Auth: bailiwick.Authentication{
		Type: bailiwick.AuthPost, Version: bailiwick.SignatureV4, Region: servicetest.Region, Signed: f.w.now,
	}}, nil
}

func user(account, name string) bailiwick.Principal {
	return bailiwick.Principal{Name: name, Principal: policy.Principal{
		Type: policy.User, ARN: "arn:aws:iam::" + account + ":user/" + name, ID: "AIDA" + name, Account: account,
	}}
}

// as makes the following calls in the name of a user of the account who has the
// statements of a policy, "" for none.
func (w *world) as(name, statements string) {
	w.t.Helper()
	w.asOf(servicetest.Account, name, statements)
}

func (w *world) asOf(account, name, statements string) {
	w.t.Helper()
	who := user(account, name)
	if statements != "" {
		doc, err := policy.Parse(policy.Identity, `{"Version":"2012-10-17","Statement":[`+statements+`]}`)
		if err != nil {
			w.t.Fatal(err)
		}
		w.policies[who.ARN] = policy.NewSet(policy.Compile("p", doc))
	}
	w.server.As(who)
}

func (w *world) root()      { w.server.As(servicetest.Root()) }
func (w *world) anonymous() { w.server.As(bailiwick.Anonymous()) }

type reply struct {
	status int
	header http.Header
	body   string
	code   string // of a failure
}

// do sends a request. headers are pairs.
func (w *world) do(method, path, body string, headers ...string) reply {
	w.t.Helper()
	r := httptest.NewRequestWithContext(w.t.Context(), method, path, strings.NewReader(body))
	if body == "" {
		r.Body, r.ContentLength = http.NoBody, 0
	}
	r.Host = "localhost:4566"
	for i := 0; i < len(headers); i += 2 {
		if headers[i] == "Host" {
			r.Host = headers[i+1]
			continue
		}
		r.Header.Set(headers[i], headers[i+1])
	}
	return w.send(r)
}

func (w *world) send(r *http.Request) reply {
	w.t.Helper()
	resp := w.server.Send(r)
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	out := reply{status: resp.StatusCode, header: resp.Header, body: string(text)}
	if resp.StatusCode >= 300 {
		out.code = element(out.body, "Code")
	}
	return out
}

// ok is do for a call that must succeed.
func (w *world) ok(method, path, body string, headers ...string) reply {
	w.t.Helper()
	r := w.do(method, path, body, headers...)
	if r.status >= 300 {
		w.t.Fatalf("%s %s: %d %s", method, path, r.status, r.body)
	}
	return r
}

// want compares the status and, of a failure, the code.
func (w *world) want(r reply, status int, code string) {
	w.t.Helper()
	if r.status != status || r.code != code {
		w.t.Errorf("answered %d %s, want %d %s: %s", r.status, r.code, status, code, r.body)
	}
}

func element(text, name string) string {
	_, rest, _ := strings.Cut(text, "<"+name+">")
	inner, _, _ := strings.Cut(rest, "</"+name+">")
	return inner
}

func elements(text, name string) []string {
	var out []string
	for {
		_, rest, ok := strings.Cut(text, "<"+name+">")
		if !ok {
			return out
		}
		inner, after, _ := strings.Cut(rest, "</"+name+">")
		out, text = append(out, inner), after
	}
}

const allowAll = `{"Effect":"Allow","Action":"s3:*","Resource":"*"}`

// allow is a statement about objects of a bucket or the bucket.
func allow(action, resource string) string {
	return `{"Effect":"Allow","Action":"` + action + `","Resource":"arn:aws:s3:::` + resource + `"}`
}

// meta is an entry of metadata. Its names are told in lower case.
func meta(r reply, name string) string {
	for header, values := range r.header {
		if header == "x-amz-meta-"+name {
			return values[0]
		}
	}
	return ""
}
