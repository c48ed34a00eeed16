package userpools_test

import (
	"crypto/rand"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/bailiwick-project/bailiwick/authz"
	"github.com/bailiwick-project/bailiwick/service"
	"github.com/bailiwick-project/bailiwick/service/userpools"
	"github.com/bailiwick-project/bailiwick/store/mem"
	"github.com/bailiwick-project/bailiwick/token"
)

// BenchmarkSignIn is USER_PASSWORD_AUTH through the whole request path, beside the
// two signatures that it cannot do without.
func BenchmarkSignIn(b *testing.B) {
	keys := testKeys()
	n := 0
	api := &userpools.API{
		Store: &mem.Engine{Now: time.Now}, SRP: testGroup(), Now: time.Now, Rand: rand.Reader, Key: testSecret,
		NewKey: func() (*token.Key, error) { return keys[0], nil },
	}
	log := slog.New(slog.DiscardHandler)
	h := &service.Handler{Service: api.Service(), Authn: rootAuthn{}, Authz: &authz.Authorizer{Policies: noPolicies{}, Table: api.Service().Actions}, Log: log}
	router := &service.Router{
		Handlers: []*service.Handler{h}, Account: "000000000000", Region: "us-east-1", Now: time.Now, Log: log,
		NewID: func() string { n++; return "request" }, Records: func(service.Record) {},
	}
	send := func(operation, in string) string {
		r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(in))
		r.Header.Set("X-Amz-Target", "AWSCognitoIdentityProviderService."+operation)
		r.Header.Set("Content-Type", "application/x-amz-json-1.1")
		w := httptest.NewRecorder()
		router.ServeHTTP(w, r)
		out, err := io.ReadAll(w.Body)
		if err != nil || w.Code != http.StatusOK {
			b.Fatalf("%s: %d %s %v", operation, w.Code, out, err)
		}
		return string(out)
	}
	pool := between(send("CreateUserPool", doc("PoolName", "p")), `"Id":"`)
	app := between(send("CreateUserPoolClient", doc("UserPoolId", pool, "ClientName", "c", "ExplicitAuthFlows", strings.Fields(allFlows))), `"ClientId":"`)
	send("AdminCreateUser", doc("UserPoolId", pool, "Username", "alice", "MessageAction", "SUPPRESS", "UserAttributes", attrs("email", "alice@acme.example")))
	send("AdminSetUserPassword", doc("UserPoolId", pool, "Username", "alice", "Password", password, "Permanent", true))
	in := doc("ClientId", app, "AuthFlow", "USER_PASSWORD_AUTH", "AuthParameters", m{"USERNAME": "alice", "PASSWORD": password})
	b.Run("SignIn", func(b *testing.B) {
		for b.Loop() {
			send("InitiateAuth", in)
		}
	})
	b.Run("TwoSignatures", func(b *testing.B) {
		claims := m{"sub": "x"}
		for b.Loop() {
			for _, k := range keys {
				if _, err := k.Sign(claims); err != nil {
					b.Fatal(err)
				}
			}
		}
	})
}

// between is what stands behind a text, up to the next quote.
func between(s, before string) string {
	_, rest, _ := strings.Cut(s, before)
	out, _, _ := strings.Cut(rest, `"`)
	return out
}
