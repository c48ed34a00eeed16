// Package servicetest drives one slice through the whole request path, with a
// stand-in for signatures: a test says who calls. Policies, decoding, checks and
// encoding are the real ones.
package servicetest

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/authz"
	"github.com/bailiwick-project/bailiwick/policy"
	"github.com/bailiwick-project/bailiwick/service"
)

// Account and Region are where the tests take place.
const (
	Account = "000000000000"
	Region  = "us-east-1"
)

// Root is the account's root user, who may do everything.
func Root() bailiwick.Principal {
	return bailiwick.Principal{Principal: policy.Principal{
		Type: policy.Account, ARN: "arn:aws:iam::" + Account + ":root", ID: Account, Account: Account,
	}}
}

// A Server is one slice behind its request path.
type Server struct {
	t       *testing.T
	svc     service.Service
	router  *service.Router
	who     *bailiwick.Principal
	Records []service.Record // what was decided, newest last
}

// New makes a server that root calls until As says otherwise. Policies may be
// nil for slices whose tests only root calls.
func New(t *testing.T, svc service.Service, policies bailiwick.Policies, now func() time.Time) *Server {
	t.Helper()
	root := Root()
	s := &Server{t: t, svc: svc, who: &root}
	if policies == nil {
		policies = nobody{}
	}
	log := slog.New(slog.NewTextHandler(t.Output(), nil))
	h := &service.Handler{Service: svc, Authn: s, Authz: &authz.Authorizer{Policies: policies, Table: svc.Actions}, Log: log}
	n := 0
	s.router = &service.Router{
		Handlers: []*service.Handler{h}, Account: Account, Region: Region, Now: now, Log: log,
		NewID:   func() string { n++; return "request-" + string(rune('0'+n%10)) },
		Records: func(r service.Record) { s.Records = append(s.Records, r) },
	}
	return s
}

// As makes the following calls in the name of who.
func (s *Server) As(who bailiwick.Principal) { s.who = &who }

// Authenticate believes the test. It implements service.Authenticator.
func (s *Server) Authenticate(_ context.Context, r *http.Request, _ []byte, _ string) (bailiwick.Signer, error) {
	if s.who.Type == policy.Anonymous {
		return bailiwick.Signer{Who: *s.who}, bailiwick.Errorf(bailiwick.CodeMissingToken, "Request is missing Authentication Token")
	}
	auth := bailiwick.Authentication{
		Type: bailiwick.AuthHeader, Version: bailiwick.SignatureV4, Region: Region, Signed: s.router.Now(),
		PayloadHash: r.Header.Get("X-Amz-Content-Sha256"),
	}
	return bailiwick.Signer{Who: *s.who, Auth: auth}, nil
}

// Plausible believes the test. It implements service.Authenticator.
func (s *Server) Plausible(context.Context, *http.Request, string) bool { return true }

// AuthenticateStream believes the test and every byte. It implements
// service.Authenticator.
func (s *Server) AuthenticateStream(ctx context.Context, r *http.Request, name string) (bailiwick.Signer, io.Reader, error) {
	signer, err := s.Authenticate(ctx, r, nil, name)
	return signer, r.Body, err
}

// Send sends a request as it is, for services that are told by method and path.
func (s *Server) Send(r *http.Request) *http.Response {
	s.t.Helper()
	if s.who.Type != policy.Anonymous {
		r.Header.Set("Authorization", "stand-in Credential=AKID/20261103/"+Region+"/"+s.svc.Name+"/aws4_request, ")
	}
	w := httptest.NewRecorder()
	s.router.ServeHTTP(w, r)
	return w.Result()
}

// A Reply is what the slice answered. Code is "" on success.
type Reply struct {
	Status        int
	Body          string
	Code, Message string         // of a failure, JSON services
	Out           map[string]any // of a JSON service
}

// JSON calls an operation of an AWS JSON service.
func (s *Server) JSON(operation, in string) Reply {
	s.t.Helper()
	r := httptest.NewRequestWithContext(s.t.Context(), http.MethodPost, "/", strings.NewReader(in))
	r.Header.Set("Content-Type", "application/x-amz-json-1.1")
	r.Header.Set("X-Amz-Target", s.svc.Target+"."+operation)
	reply := s.send(r)
	if err := json.Unmarshal([]byte(reply.Body), &reply.Out); err != nil {
		s.t.Fatalf("%s answered %d with %q: %v", operation, reply.Status, reply.Body, err)
	}
	if reply.Status != http.StatusOK {
		typ, _ := reply.Out["__type"].(string)
		reply.Code = typ[strings.LastIndexByte(typ, '#')+1:]
		for _, name := range []string{"message", "Message"} {
			if m, ok := reply.Out[name].(string); ok {
				reply.Message = m
			}
		}
	}
	return reply
}

// OK is JSON for a call that must succeed.
func (s *Server) OK(operation, in string) map[string]any {
	s.t.Helper()
	r := s.JSON(operation, in)
	if r.Status != http.StatusOK {
		s.t.Fatalf("%s %s answered %d %s", operation, in, r.Status, r.Body)
	}
	return r.Out
}

// Form calls an operation of a Query service. The body is XML.
func (s *Server) Form(operation string, in url.Values) Reply {
	s.t.Helper()
	form := url.Values{"Action": {operation}, "Version": {s.svc.Version}}
	for k, v := range in {
		form[k] = v
	}
	r := httptest.NewRequestWithContext(s.t.Context(), http.MethodPost, "/", strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	reply := s.send(r)
	if reply.Status != http.StatusOK {
		reply.Code, reply.Message = between(reply.Body, "Code"), between(reply.Body, "Message")
	}
	return reply
}

func (s *Server) send(r *http.Request) Reply {
	s.t.Helper()
	r.Header.Set("Authorization", "stand-in") // as if signed: unsigned bodies are bounded more tightly
	w := httptest.NewRecorder()
	s.router.ServeHTTP(w, r)
	body, err := io.ReadAll(w.Result().Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return Reply{Status: w.Code, Body: string(body)}
}

func between(text, element string) string {
	_, rest, _ := strings.Cut(text, "<"+element+">")
	inner, _, _ := strings.Cut(rest, "</"+element+">")
	return inner
}

// nobody has nothing attached to anyone; root needs nothing.
type nobody struct{}

func (nobody) Attached(context.Context, bailiwick.Principal) (bailiwick.Attachments, error) {
	return bailiwick.Attachments{Identity: policy.NewSet()}, nil
}

func (nobody) ManagedPolicy(_ context.Context, arn string) (*policy.Policy, error) {
	return nil, bailiwick.Errorf("NoSuchEntity", "Policy %s does not exist.", arn)
}
