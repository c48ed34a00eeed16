package iam_test

import (
	"crypto/rand"
	"log/slog"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/policy"
	"github.com/bailiwick-project/bailiwick/service/iam"
	"github.com/bailiwick-project/bailiwick/service/servicetest"
	"github.com/bailiwick-project/bailiwick/store"
	"github.com/bailiwick-project/bailiwick/store/mem"
	"github.com/bailiwick-project/bailiwick/store/storetest"
)

const account = servicetest.Account

var start = time.Date(2026, 3, 1, 12, 0, 0, 500, time.UTC)

func now() time.Time { return start }

// A world is IAM behind its request path, with itself as the source of policies.
type world struct {
	*servicetest.Server
	t   *testing.T
	api *iam.API
}

func newAPI(t *testing.T, s store.Store) *iam.API {
	return &iam.API{Store: s, Now: now, Rand: rand.Reader, Log: slog.New(slog.NewTextHandler(t.Output(), nil))}
}

func newWorld(t *testing.T) *world {
	t.Helper()
	return over(t, storetest.Twice(new(mem.Engine)))
}

func over(t *testing.T, s store.Store) *world {
	t.Helper()
	api := newAPI(t, s)
	return &world{servicetest.New(t, api.Service(), api, now), t, api}
}

// in makes a form of names and values, alternating.
func in(pairs ...string) url.Values {
	v := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		v.Set(pairs[i], pairs[i+1])
	}
	return v
}

// do is a call that must succeed.
func (w *world) do(operation string, pairs ...string) string {
	w.t.Helper()
	r := w.Form(operation, in(pairs...))
	if r.Status != 200 {
		w.t.Fatalf("%s %v answered %d %s", operation, pairs, r.Status, r.Body)
	}
	return r.Body
}

// fails is a call that must fail, with a code and exactly this sentence.
func (w *world) fails(code, message, operation string, pairs ...string) {
	w.t.Helper()
	r := w.Form(operation, in(pairs...))
	got := unescape.Replace(r.Message)
	if r.Code != code || got != message {
		w.t.Errorf("%s %v answered %d %s: %s\nwant %s: %s", operation, pairs, r.Status, r.Code, got, code, message)
	}
}

var unescape = strings.NewReplacer("&#34;", `"`, "&#39;", "'", "&lt;", "<", "&gt;", ">", "&amp;", "&")

// A step is a call and its outcome; an empty code is success.
type step struct {
	operation     string
	pairs         []string
	code, message string
}

func (w *world) steps(steps []step) {
	w.t.Helper()
	for _, s := range steps {
		if s.code == "" {
			w.do(s.operation, s.pairs...)
		} else {
			w.fails(s.code, s.message, s.operation, s.pairs...)
		}
	}
}

func p(pairs ...string) []string { return pairs }

// field is the text of the first element of a name.
func field(body, name string) string {
	_, rest, ok := strings.Cut(body, "<"+name+">")
	if !ok {
		return ""
	}
	text, _, _ := strings.Cut(rest, "</"+name+">")
	return text
}

// fields is the text of all elements of a name.
func fields(body, name string) []string {
	var out []string
	for {
		_, rest, ok := strings.Cut(body, "<"+name+">")
		if !ok {
			return out
		}
		text, after, _ := strings.Cut(rest, "</"+name+">")
		out, body = append(out, text), after
	}
}

func decoded(t *testing.T, s string) string {
	t.Helper()
	out, err := url.PathUnescape(s)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

const (
	trustCognito = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Federated":"cognito-identity.amazonaws.com"},"Action":"sts:AssumeRoleWithWebIdentity","Condition":{"StringEquals":{"cognito-identity.amazonaws.com:aud":"us-east-1:1"}}}]}`
	allowAll     = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}`
	denyAll      = `{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"*","Resource":"*"}]}`
)

func allow(action, resource string) string {
	return `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"` + action + `","Resource":"` + resource + `"}]}`
}

func trusting(principal string) string {
	return `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"` + principal + `"},"Action":"sts:AssumeRole"}]}`
}

// user creates a user, gives it an inline policy and returns who it is.
func (w *world) user(name, document string) bailiwick.Principal {
	w.t.Helper()
	w.do("CreateUser", "UserName", name)
	if document != "" {
		w.do("PutUserPolicy", "UserName", name, "PolicyName", "inline", "PolicyDocument", document)
	}
	return w.principal(name)
}

func (w *world) principal(user string) bailiwick.Principal {
	w.t.Helper()
	body := w.do("GetUser", "UserName", user)
	return bailiwick.Principal{Name: user, Principal: policy.Principal{
		Type: policy.User, ARN: field(body, "Arn"), ID: field(body, "UserId"), Account: account,
	}}
}

// session is a session of a role as it is now.
func (w *world) session(role string) bailiwick.Principal {
	w.t.Helper()
	body := w.do("GetRole", "RoleName", role)
	s := &bailiwick.Session{Account: account, RoleARN: field(body, "Arn"), RoleID: field(body, "RoleId"), Name: "s"}
	return s.Principal()
}

// mayRead decides whether who may read an object, by what is attached to who.
func mayRead(t *testing.T, policies bailiwick.Policies, who bailiwick.Principal) policy.Decision {
	t.Helper()
	a, err := policies.Attached(t.Context(), who)
	if err != nil {
		t.Fatal(err)
	}
	l := policy.Layers{Identity: a.Identity, Boundary: a.Boundary, ResourceAccount: account}
	return l.Decide(&policy.Request{Principal: who.Principal, Action: "s3:GetObject", Resource: "arn:aws:s3:::b/k"})
}
