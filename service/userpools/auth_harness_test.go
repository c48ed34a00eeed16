package userpools_test

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/policy"
	"github.com/bailiwick-project/bailiwick/service/servicetest"
	"github.com/bailiwick-project/bailiwick/service/userpools"
	"github.com/bailiwick-project/bailiwick/srp"
	"github.com/bailiwick-project/bailiwick/token"
)

// Two keys serve all pools of these tests: ID tokens and access tokens must not
// share one.
var testKeys = sync.OnceValue(func() [2]*token.Key {
	var keys [2]*token.Key
	for i := range keys {
		k, err := token.NewKey(rand.Reader)
		if err != nil {
			panic(err)
		}
		keys[i] = k
	}
	return keys
})

// A realm is an env with a pool, a client with every flow and the user alice.
type realm struct {
	*env
	api    *userpools.API
	id     string // of the pool
	app    string // id of the client
	secret string // of the client, "" for none
}

const allFlows = "ALLOW_USER_SRP_AUTH ALLOW_USER_PASSWORD_AUTH ALLOW_ADMIN_USER_PASSWORD_AUTH ALLOW_REFRESH_TOKEN_AUTH ALLOW_CUSTOM_AUTH"

// newRealm makes a realm; pairs are members of CreateUserPoolClient.
func newRealm(t *testing.T, pairs ...any) *realm {
	t.Helper()
	return newRealmOf(t, nil, pairs...)
}

// newRealmOf is newRealm with members of CreateUserPool.
func newRealmOf(t *testing.T, pool []any, pairs ...any) *realm {
	t.Helper()
	r := &realm{env: newEnv(t, nil)}
	r.reopen()
	r.id = r.pool(pool...)
	r.app, r.secret = r.door(pairs...)
	name := "alice"
	if slices.Contains(pool, any("UsernameAttributes")) {
		name = "alice@acme.example"
	}
	r.user(name, "email", "alice@acme.example", "email_verified", "true")
	return r
}

// reopen serves the same store anew, as after a restart.
func (r *realm) reopen() {
	var n atomic.Int64
	r.api = &userpools.API{
		Store: r.store, SRP: testGroup(), Now: r.clock, Rand: r.rand, Key: testSecret,
		NewKey: func() (*token.Key, error) { return testKeys()[n.Add(1)%2], nil },
	}
	r.Server = servicetest.New(r.t, r.api.Service(), nil, r.clock)
}

// door makes a client.
func (r *realm) door(pairs ...any) (id, secret string) {
	r.t.Helper()
	in := append([]any{"UserPoolId", r.id, "ClientName", "app", "ExplicitAuthFlows", strings.Fields(allFlows)}, pairs...)
	out := r.call("CreateUserPoolClient", in...)["UserPoolClient"].(m)
	secret, _ = out["ClientSecret"].(string)
	return out["ClientId"].(string), secret
}

// user makes a confirmed user with the password.
func (r *realm) user(name string, attributes ...string) {
	r.t.Helper()
	r.call("AdminCreateUser", "UserPoolId", r.id, "Username", name, "MessageAction", "SUPPRESS", "UserAttributes", attrs(attributes...))
	r.call("AdminSetUserPassword", "UserPoolId", r.id, "Username", name, "Password", password, "Permanent", true)
}

// An answer is what a sign-in step says.
type answer struct {
	servicetest.Reply
	id, access, refresh string
	challenge, session  string
	params              m
}

func (r *realm) step(operation string, pairs ...any) answer {
	r.t.Helper()
	a := answer{Reply: r.JSON(operation, doc(pairs...))}
	if res, ok := a.Out["AuthenticationResult"].(m); ok {
		a.id, _ = res["IdToken"].(string)
		a.access, _ = res["AccessToken"].(string)
		a.refresh, _ = res["RefreshToken"].(string)
	}
	a.challenge, _ = a.Out["ChallengeName"].(string)
	a.session, _ = a.Out["Session"].(string)
	a.params, _ = a.Out["ChallengeParameters"].(m)
	return a
}

// try is a sign-in with a password.
func (r *realm) try(name, pass string) answer {
	r.t.Helper()
	return r.step("InitiateAuth", "ClientId", r.app, "AuthFlow", "USER_PASSWORD_AUTH", "AuthParameters", r.hashed(m{"USERNAME": name, "PASSWORD": pass}, name))
}

// in signs alice in.
func (r *realm) in() answer {
	r.t.Helper()
	a := r.try("alice", password)
	if a.id == "" || a.access == "" || a.refresh == "" {
		r.t.Fatalf("sign-in answered %d %s", a.Status, a.Body)
	}
	return a
}

// hashed adds the SECRET_HASH of a name, where the client has a secret.
func (r *realm) hashed(params m, name string) m {
	if r.secret != "" {
		params["SECRET_HASH"] = srp.SecretHash(r.secret, name, r.app)
	}
	return params
}

// refreshWith asks for new tokens by REFRESH_TOKEN_AUTH.
func (r *realm) refreshWith(refresh string) answer {
	r.t.Helper()
	return r.step("InitiateAuth", "ClientId", r.app, "AuthFlow", "REFRESH_TOKEN_AUTH", "AuthParameters", m{"REFRESH_TOKEN": refresh})
}

// wants holds an answer against a code and a sentence; "" is success.
func (r *realm) wants(a answer, code, message string) {
	r.t.Helper()
	if a.Code != code || code != "" && a.Message != message {
		r.t.Errorf("got %s %q (%d)\nwant %s %q", a.Code, a.Message, a.Status, code, message)
	}
}

// An srpRun is the client's half of USER_SRP_AUTH.
type srpRun struct {
	client   *srp.Client
	first    answer
	password string
}

// startSRP sends the first message.
func (r *realm) startSRP(name, pass string) *srpRun {
	r.t.Helper()
	c, err := testGroup().NewClient(rand.Reader)
	if err != nil {
		r.t.Fatal(err)
	}
	return &srpRun{client: c, password: pass, first: r.step("InitiateAuth", "ClientId", r.app, "AuthFlow", "USER_SRP_AUTH",
		"AuthParameters", r.hashed(m{"USERNAME": name, "SRP_A": c.A()}, name))}
}

// responses computes the answer to PASSWORD_VERIFIER.
func (r *realm) responses(run *srpRun) m {
	r.t.Helper()
	p := run.first.params
	user := p["USER_ID_FOR_SRP"].(string)
	poolName := r.id[strings.IndexByte(r.id, '_')+1:]
	key, err := run.client.Key(poolName, user, run.password, p["SALT"].(string), p["SRP_B"].(string))
	if err != nil {
		r.t.Fatal(err)
	}
	block, err := base64.StdEncoding.DecodeString(p["SECRET_BLOCK"].(string))
	if err != nil {
		r.t.Fatal(err)
	}
	at := srp.FormatTimestamp(r.now)
	return r.hashed(m{
		"USERNAME": p["USERNAME"], "PASSWORD_CLAIM_SECRET_BLOCK": p["SECRET_BLOCK"], "TIMESTAMP": at,
		"PASSWORD_CLAIM_SIGNATURE": base64.StdEncoding.EncodeToString(srp.Claim(key, poolName, user, block, at)),
	}, p["USERNAME"].(string))
}

func (r *realm) answerSRP(responses m) answer {
	r.t.Helper()
	return r.step("RespondToAuthChallenge", "ClientId", r.app, "ChallengeName", "PASSWORD_VERIFIER", "ChallengeResponses", responses)
}

// get fetches a document of the pools.
func (r *realm) get(path string) (int, []byte) {
	w := httptest.NewRecorder()
	r.api.WellKnown(slog.New(slog.DiscardHandler)).ServeHTTP(w, httptest.NewRequest("GET", path, nil))
	return w.Code, w.Body.Bytes()
}

// claims verifies a token with the published keys and returns its body.
func (r *realm) claims(raw string) token.Claims {
	r.t.Helper()
	_, doc := r.get("/" + r.id + "/.well-known/jwks.json")
	set, err := token.ParseKeySet(doc)
	if err != nil {
		r.t.Fatal(err)
	}
	c, err := token.Verify(raw, set)
	if err != nil {
		r.t.Fatalf("%s: %v", raw, err)
	}
	return c
}

func header(t *testing.T, raw string) map[string]any {
	t.Helper()
	head, _, _ := strings.Cut(raw, ".")
	b, err := base64.RawURLEncoding.DecodeString(head)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]any{}
	if err := json.Unmarshal(b, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

// post calls an operation from any goroutine and returns the message of a failure.
func (r *realm) post(operation, in string) string {
	s := servicetest.New(r.t, r.api.Service(), nil, r.clock)
	return s.JSON(operation, in).Message
}

// rootAuthn takes every caller for the account's root.
type rootAuthn struct{}

func (rootAuthn) Authenticate(context.Context, *http.Request, []byte, string) (bailiwick.Signer, error) {
	return bailiwick.Signer{Who: servicetest.Root(), Auth: bailiwick.Authentication{Region: servicetest.Region}}, nil
}

func (rootAuthn) Plausible(context.Context, *http.Request, string) bool { return true }

func (a rootAuthn) AuthenticateStream(ctx context.Context, r *http.Request, name string) (bailiwick.Signer, io.Reader, error) {
	signer, err := a.Authenticate(ctx, r, nil, name)
	return signer, r.Body, err
}

// noPolicies attaches nothing to anyone; root needs nothing.
type noPolicies struct{ bailiwick.Policies }

func (noPolicies) Attached(context.Context, bailiwick.Principal) (bailiwick.Attachments, error) {
	return bailiwick.Attachments{Identity: policy.NewSet()}, nil
}
