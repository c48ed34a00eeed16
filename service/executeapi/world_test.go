package executeapi

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/authz"
	"github.com/bailiwick-project/bailiwick/gateway"
	"github.com/bailiwick-project/bailiwick/policy"
	"github.com/bailiwick-project/bailiwick/service/servicetest"
)

const (
	apiID   = "abc123"
	account = "123456789012"
	host    = apiID + ".execute-api.us-east-1.amazonaws.com"
	pool    = "cognito-idp.us-east-1.amazonaws.com/us-east-1_Pool00001"
	other   = "cognito-idp.us-east-1.amazonaws.com/us-east-1_Pool00002"
)

var start = time.Date(2026, 11, 3, 12, 0, 0, 0, time.UTC)

// world is an API in front of stand-ins for all that it needs.
type world struct {
	t      *testing.T
	api    *API
	kind   gateway.Kind
	server *servicetest.Server
	now    time.Time
	stages map[string]*gateway.Deployment

	identity map[string]string // policies by the name of the principal

	invoked []bailiwick.Invocation
	answer  func(bailiwick.Invocation) (bailiwick.InvocationResult, error)
	backend func(*http.Request) (*http.Response, error)
	sent    []*http.Request
	bodies  []string
}

func newWorld(t *testing.T, d gateway.Deployment) *world {
	t.Helper()
	w := &world{t: t, kind: d.Kind, now: start, stages: map[string]*gateway.Deployment{}, identity: map[string]string{}}
	w.answer = func(bailiwick.Invocation) (bailiwick.InvocationResult, error) {
		return bailiwick.InvocationResult{Payload: []byte(`{"statusCode":200,"body":"ok"}`)}, nil
	}
	w.backend = func(*http.Request) (*http.Response, error) { return respond(200, "ok"), nil }
	w.api = &API{Functions: w, Tokens: w, Now: func() time.Time { return w.now }, Backends: w, PublicURL: "http://localhost:8000"}
	i := 1
	if w.kind == gateway.HTTP {
		w.api.HTTP, i = w, 0
	} else {
		w.api.REST = w
	}
	w.server = servicetest.New(t, w.api.Services()[i], w, w.api.Now)
	w.api.Authz = &authz.Authorizer{Policies: w, Table: actions}
	w.deploy(d)
	return w
}

// deploy replaces a stage.
func (w *world) deploy(d gateway.Deployment) {
	w.t.Helper()
	d.APIID, d.Account, d.Region = apiID, account, "us-east-1"
	if d.Stage == "" {
		d.Stage = "prod"
	}
	if d.ID == "" {
		d.ID = "dep1"
	}
	made, err := gateway.New(d)
	if err != nil {
		w.t.Fatal(err)
	}
	w.stages[d.Stage] = made
}

func (w *world) Deployed(_ context.Context, id, stage string) (*gateway.Deployment, error) {
	if id != apiID {
		return nil, gateway.ErrNoAPI
	}
	if d := w.stages[stage]; d != nil {
		return d, nil
	}
	return nil, gateway.ErrNoStage
}

func (w *world) InvokeForService(_ context.Context, _ *bailiwick.Call, in bailiwick.Invocation) (bailiwick.InvocationResult, error) {
	w.invoked = append(w.invoked, in)
	return w.answer(in)
}

// VerifyPoolToken believes tokens of the form PROVIDER {claims}, and that
// "expired" is.
func (w *world) VerifyPoolToken(_ context.Context, provider, token string) (bailiwick.Claims, error) {
	rest, ok := strings.CutPrefix(token, provider+" ")
	if !ok {
		return nil, &bailiwick.TokenError{Reason: bailiwick.TokenIssuer}
	}
	if rest == "expired" {
		return nil, &bailiwick.TokenError{Reason: bailiwick.TokenExpired}
	}
	claims := bailiwick.Claims{}
	d := json.NewDecoder(strings.NewReader(rest))
	d.UseNumber()
	if err := d.Decode(&claims); err != nil {
		return nil, &bailiwick.TokenError{Reason: bailiwick.TokenMalformed}
	}
	return claims, nil
}

func (w *world) RoundTrip(r *http.Request) (*http.Response, error) {
	w.sent = append(w.sent, r)
	body := ""
	if r.Body != nil {
		b, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		body = string(b)
	}
	w.bodies = append(w.bodies, body)
	return w.backend(r)
}

func respond(status int, body string, header ...string) *http.Response {
	h := http.Header{"Content-Type": {"text/plain"}}
	for i := 0; i+1 < len(header); i += 2 {
		h.Add(header[i], header[i+1])
	}
	return &http.Response{StatusCode: status, Header: h, ContentLength: int64(len(body)), Body: io.NopCloser(strings.NewReader(body))}
}

func (w *world) Attached(_ context.Context, who bailiwick.Principal) (bailiwick.Attachments, error) {
	if text, ok := w.identity[who.Name]; ok {
		return bailiwick.Attachments{Identity: policy.NewSet(compile(w.t, policy.Identity, text))}, nil
	}
	return bailiwick.Attachments{Identity: policy.NewSet()}, nil
}

func (w *world) ManagedPolicy(_ context.Context, arn string) (*policy.Policy, error) {
	return nil, bailiwick.Errorf("NoSuchEntity", "Policy %s does not exist.", arn)
}

func compile(t *testing.T, kind policy.Kind, text string) *policy.Policy {
	t.Helper()
	doc, err := policy.Parse(kind, text)
	if err != nil {
		t.Fatal(err)
	}
	return policy.Compile("p", doc)
}

// user is a user of an account, who may do what w.identity says of the name.
func user(account, name string) bailiwick.Principal {
	return bailiwick.Principal{Name: name, Principal: policy.Principal{
		Type: policy.User, ARN: "arn:aws:iam::" + account + ":user/" + name, ID: "AIDA" + name, Account: account,
	}}
}

// tenant is a session of an identity pool with the tag org.
func tenant(org string) bailiwick.Principal {
	s := &bailiwick.Session{
		Account: account, RoleARN: "arn:aws:iam::" + account + ":role/Tenant", RoleID: "AROATENANT", Name: "CognitoIdentityCredentials",
		Tags: map[string]string{"org": org}, Provider: "cognito-identity.amazonaws.com",
		WebIdentity: map[string][]string{
			"cognito-identity.amazonaws.com:aud": {"us-east-1:pool"}, "cognito-identity.amazonaws.com:sub": {"us-east-1:" + org},
			"cognito-identity.amazonaws.com:amr": {"authenticated", pool, pool + ":CognitoSignIn:sub-" + org},
		},
	}
	return s.Principal()
}

// A reply is what the client sees.
type seen struct {
	status int
	header http.Header
	body   string
}

// call sends a request: METHOD, target and headers as pairs. A header "body" is
// the body.
func (w *world) call(method, target string, header ...string) seen {
	w.t.Helper()
	body := ""
	for i := 0; i+1 < len(header); i += 2 {
		if header[i] == "body" {
			body = header[i+1]
		}
	}
	r := httptest.NewRequestWithContext(w.t.Context(), method, "http://"+host+target, strings.NewReader(body))
	r.RemoteAddr = "192.0.2.1:1234"
	for i := 0; i+1 < len(header); i += 2 {
		switch header[i] {
		case "body":
		case "Host":
			r.Host = header[i+1]
		default:
			r.Header.Add(header[i], header[i+1])
		}
	}
	resp := w.server.Send(r)
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	return seen{resp.StatusCode, resp.Header, string(b)}
}

// noted fails unless the last call left a note with the text.
func (w *world) noted(text string) {
	w.t.Helper()
	last := w.server.Records[len(w.server.Records)-1].Call.Trail.Notes
	if !strings.Contains(strings.Join(last, "\n"), text) {
		w.t.Errorf("the notes are %q, want one with %q", last, text)
	}
}

func lambdaRoute(key string, a gateway.Authorization) gateway.Route {
	r := gateway.Route{Method: gateway.AnyMethod, Path: key, Authorization: a, ID: "r1"}
	if method, path, ok := strings.Cut(key, " "); ok {
		r.Method, r.Path = method, path
	}
	r.Integration = &gateway.Integration{Backend: gateway.Lambda, Function: "arn:aws:lambda:us-east-1:123456789012:function:f", PayloadVersion: "1.0"}
	return r
}

func proxyRoute(key string, a gateway.Authorization, uri string) gateway.Route {
	r := lambdaRoute(key, a)
	r.Integration = &gateway.Integration{Backend: gateway.Proxy, Method: gateway.AnyMethod, URI: uri}
	return r
}

const allowTenant = `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"execute-api:Invoke",
	"Resource":"arn:aws:execute-api:us-east-1:123456789012:abc123/*/GET/tenants/${aws:PrincipalTag/org}/*"}}`

const allowAll = `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"execute-api:*","Resource":"*"}}`
