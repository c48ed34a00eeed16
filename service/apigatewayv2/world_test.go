package apigatewayv2

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/policy"
	"github.com/bailiwick-project/bailiwick/service/servicetest"
	"github.com/bailiwick-project/bailiwick/store"
	"github.com/bailiwick-project/bailiwick/store/mem"
	"github.com/bailiwick-project/bailiwick/store/storetest"
)

const function = "arn:aws:lambda:us-east-1:000000000000:function:f"

// world is the control plane over a store whose closures run twice.
type world struct {
	*servicetest.Server
	t        *testing.T
	api      *API
	store    store.Store
	identity map[string]string // policies by the name of the principal
}

// random is bytes that differ, without a seed.
type random struct{ n byte }

func (r *random) Read(b []byte) (int, error) {
	for i := range b {
		r.n = r.n*5 + 7
		b[i] = r.n
	}
	return len(b), nil
}

var start = time.Date(2026, 11, 3, 12, 0, 0, 0, time.UTC)

func newWorld(t *testing.T) *world {
	t.Helper()
	now := func() time.Time { return start }
	w := &world{t: t, identity: map[string]string{}, store: storetest.Twice(&mem.Engine{Now: now})}
	w.api = &API{Store: w.store, Now: now, Rand: &random{}, PublicURL: "http://localhost:8000"}
	w.Server = servicetest.New(t, w.api.Service(), w, now)
	return w
}

func (w *world) Attached(_ context.Context, who bailiwick.Principal) (bailiwick.Attachments, error) {
	text, ok := w.identity[who.Name]
	if !ok {
		return bailiwick.Attachments{Identity: policy.NewSet()}, nil
	}
	doc, err := policy.Parse(policy.Identity, text)
	if err != nil {
		return bailiwick.Attachments{}, err
	}
	return bailiwick.Attachments{Identity: policy.NewSet(policy.Compile(who.Name, doc))}, nil
}

func (w *world) ManagedPolicy(_ context.Context, arn string) (*policy.Policy, error) {
	return nil, bailiwick.Errorf("NoSuchEntity", "Policy %s does not exist.", arn)
}

// do sends METHOD PATH with a body, and answers the status and what came back.
func (w *world) do(method, path, body string) (int, map[string]any) {
	w.t.Helper()
	r := httptest.NewRequestWithContext(w.t.Context(), method, path, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	resp := w.Send(r)
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	out := map[string]any{}
	if len(bytes.TrimSpace(raw)) > 0 {
		if err := json.Unmarshal(raw, &out); err != nil {
			w.t.Fatalf("%s %s answered %d %q: %v", method, path, resp.StatusCode, raw, err)
		}
	}
	if e := resp.Header.Get("X-Amzn-Errortype"); e != "" {
		out["error"] = e
	}
	return resp.StatusCode, out
}

// ok is do for what must succeed.
func (w *world) ok(method, path, body string) map[string]any {
	w.t.Helper()
	status, out := w.do(method, path, body)
	if status >= http.StatusMultipleChoices {
		w.t.Fatalf("%s %s %s answered %d %v", method, path, body, status, out)
	}
	return out
}

// refused is do for what must fail with a code and a sentence that contains text.
func (w *world) refused(method, path, body, code, text string) {
	w.t.Helper()
	status, out := w.do(method, path, body)
	message, _ := out["message"].(string)
	if m, ok := out["Message"].(string); ok {
		message = m
	}
	if status < 400 || out["error"] != code || !strings.Contains(message, text) {
		w.t.Errorf("%s %s %s answered %d %v, want %s with %q", method, path, body, status, out, code, text)
	}
}

// create makes an API and answers the path of it.
func (w *world) create(body string) string {
	w.t.Helper()
	return "/v2/apis/" + text1(w.ok("POST", "/v2/apis", body), "apiId")
}

func text1(out map[string]any, name string) string {
	s, _ := out[name].(string)
	return s
}

func user(account, name string) bailiwick.Principal {
	return bailiwick.Principal{Name: name, Principal: policy.Principal{
		Type: policy.User, ARN: "arn:aws:iam::" + account + ":user/" + name, ID: "AIDA" + name, Account: account,
	}}
}
