package executeapi

import (
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/gateway"
	"github.com/bailiwick-project/bailiwick/token"
)

// claims of now, as a token of the pool.
func (w *world) poolToken(provider, more string) string {
	iat := w.now.Unix()
	return fmt.Sprintf(`%s {"sub":"s","iss":"https://%s","iat":%d,"exp":%d,%s}`, provider, provider, iat, iat+3600, more)
}

// TestJWTAuthorizer is the rules of the API Gateway Developer Guide, "Control
// access to HTTP APIs with JWT authorizers".
func TestJWTAuthorizer(t *testing.T) {
	plain := lambdaRoute("GET /plain", gateway.JWT)
	plain.Authorizer = &gateway.Authorizer{
		Name: "jwt", Header: "Authorization", Issuer: "https://" + pool, Audiences: []string{"web", "mobile"}, Providers: []string{pool},
	}
	scoped := lambdaRoute("GET /scoped", gateway.JWT)
	scoped.Authorizer, scoped.Scopes = plain.Authorizer, []string{"pets/read", "pets/write"}
	query := lambdaRoute("GET /query", gateway.JWT)
	query.Authorizer = &gateway.Authorizer{Name: "q", Query: "token", Issuer: "https://" + pool, Audiences: []string{"web"}, Providers: []string{pool}}
	w := newWorld(t, gateway.Deployment{Kind: gateway.HTTP, Routes: []gateway.Route{plain, scoped, query}})
	w.server.As(bailiwick.Anonymous())
	id, access := `"token_use":"id","aud":"web"`, `"token_use":"access","client_id":"mobile","scope":"openid pets/read"`
	for _, tt := range []struct {
		name, path, token string
		status            int
		challenge         string
	}{
		{"ID token", "/plain", w.poolToken(pool, id), 200, ""},
		{"Bearer", "/plain", "Bearer " + w.poolToken(pool, id), 200, ""},
		{"bearer", "/plain", "bearer " + w.poolToken(pool, id), 200, ""},
		{"access token by client_id", "/plain", w.poolToken(pool, access), 200, ""},
		{"none", "/plain", "", 401, "invalid_token"},
		{"Bearer and nothing", "/plain", "Bearer ", 401, "invalid_token"},
		{"another pool", "/plain", w.poolToken(other, id), 401, "invalid_token"},
		{"another client", "/plain", w.poolToken(pool, `"aud":"tv"`), 401, "invalid_token"},
		{"client_id does not help a wrong aud", "/plain", w.poolToken(pool, `"aud":"tv","client_id":"web"`), 401, "invalid_token"},
		{"an empty aud is one", "/plain", w.poolToken(pool, `"aud":"","client_id":"web"`), 401, "invalid_token"},
		{"null aud is one", "/plain", w.poolToken(pool, `"aud":null,"client_id":"web"`), 401, "invalid_token"},
		{"one of several", "/plain", w.poolToken(pool, `"aud":["tv","web"]`), 200, ""},
		{"no audience", "/plain", w.poolToken(pool, `"x":1`), 401, "invalid_token"},
		{"expired", "/plain", pool + " expired", 401, "has expired"},
		{"expired by its claim", "/plain", pool + ` {"aud":"web","iat":1,"exp":2}`, 401, "has expired"},
		{"no exp", "/plain", pool + ` {"aud":"web","iat":1}`, 401, "has expired"},
		{"no iat", "/plain", pool + fmt.Sprintf(` {"aud":"web","exp":%d}`, w.now.Unix()+60), 401, "invalid_token"},
		{"issued in the future", "/plain", pool + fmt.Sprintf(` {"aud":"web","exp":%d,"iat":%d}`, w.now.Unix()+7200, w.now.Unix()+3600), 401, "invalid_token"},
		{"not yet valid", "/plain", w.poolToken(pool, fmt.Sprintf(`"aud":"web","nbf":%d`, w.now.Unix()+3600)), 401, "invalid_token"},
		{"nonsense", "/plain", "nonsense", 401, "invalid_token"},
		{"scope", "/scoped", w.poolToken(pool, access), 200, ""},
		{"scp", "/scoped", w.poolToken(pool, `"aud":"web","scp":["pets/write"]`), 200, ""},
		{"no scopes at all", "/scoped", w.poolToken(pool, id), 403, "insufficient_scope"},
		{"other scopes", "/scoped", w.poolToken(pool, `"aud":"web","scope":"pets pets/read2 Pets/read"`), 403, "insufficient_scope"},
		{"query", "/query?token=" + strings.ReplaceAll(w.poolToken(pool, id), " ", "%20"), "", 200, ""},
		{"header where the query is asked", "/query", w.poolToken(pool, id), 401, "invalid_token"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w.invoked = nil
			var header []string
			if tt.token != "" {
				header = []string{"Authorization", tt.token}
			}
			got := w.call("GET", "/prod"+tt.path, header...)
			challenge := got.header.Get("Www-Authenticate")
			if got.status != tt.status || (len(w.invoked) == 1) != (tt.status == 200) || !strings.Contains(challenge, tt.challenge) || (challenge == "") != (tt.challenge == "") {
				t.Errorf("%d %s %q, want %d %q", got.status, got.body, challenge, tt.status, tt.challenge)
			}
			want := map[int]string{200: "ok", 401: `{"message":"Unauthorized"}`, 403: `{"message":"Forbidden"}`}[tt.status]
			if got.body != want {
				t.Errorf("said %s", got.body)
			}
			if tt.status != 200 {
				w.noted("refused the request")
			}
		})
	}
}

// TestUserPoolAuthorizer: of REST APIs, an ID token where there are no scopes and an
// access token where there are. Any client of the pools may call (pitfall 79).
func TestUserPoolAuthorizer(t *testing.T) {
	plain, scoped := lambdaRoute("GET /plain", gateway.UserPools), lambdaRoute("GET /scoped", gateway.UserPools)
	plain.Authorizer = &gateway.Authorizer{Name: "pools", Header: "Authorization", Providers: []string{pool, other}}
	scoped.Authorizer, scoped.Scopes = plain.Authorizer, []string{"pets/read"}
	w := newWorld(t, gateway.Deployment{Kind: gateway.REST, Routes: []gateway.Route{plain, scoped}})
	w.server.As(bailiwick.Anonymous())
	const unauthorized, expired = `{"message":"Unauthorized"}`, `{"message":"The incoming token has expired"}`
	for _, tt := range []struct{ name, path, token, body string }{
		{"ID token", "/plain", w.poolToken(pool, `"token_use":"id","aud":"any"`), "ok"},
		{"ID token of the other pool", "/plain", w.poolToken(other, `"token_use":"id"`), "ok"},
		{"Bearer", "/plain", "Bearer " + w.poolToken(pool, `"token_use":"id"`), "ok"},
		{"access token", "/plain", w.poolToken(pool, `"token_use":"access","scope":"pets/read"`), unauthorized},
		{"no use", "/plain", w.poolToken(pool, `"x":"y"`), unauthorized},
		{"third pool", "/plain", w.poolToken("cognito-idp.us-east-1.amazonaws.com/us-east-1_Pool00003", `"token_use":"id"`), unauthorized},
		{"expired", "/plain", pool + " expired", expired},
		{"expired, of the other pool", "/plain", other + " expired", expired},
		{"none", "/plain", "", unauthorized},
		{"access token with the scope", "/scoped", w.poolToken(pool, `"token_use":"access","scope":"openid pets/read"`), "ok"},
		{"access token without it", "/scoped", w.poolToken(pool, `"token_use":"access","scope":"openid"`), unauthorized},
		{"ID token where scopes are asked", "/scoped", w.poolToken(pool, `"token_use":"id","scope":"pets/read"`), unauthorized},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w.invoked = nil
			var header []string
			if tt.token != "" {
				header = []string{"Authorization", tt.token}
			}
			got := w.call("GET", "/prod"+tt.path, header...)
			if got.body != tt.body || (got.status == 200) != (tt.body == "ok") || got.status != 200 && got.status != 401 || (len(w.invoked) == 1) != (tt.body == "ok") {
				t.Errorf("%d %s, want %s", got.status, got.body, tt.body)
			}
			if tt.body != "ok" && got.header.Get("X-Amzn-Errortype") != "UnauthorizedException" {
				t.Errorf("type %q", got.header.Get("X-Amzn-Errortype"))
			}
		})
	}
}

// TestForeignIssuer: keys come from the issuer of the authorizer and from nowhere
// that a token names.
func TestForeignIssuer(t *testing.T) {
	const issuer = "https://idp.example/tenant"
	key, err := token.NewKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	rotated, err := token.NewKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	r := lambdaRoute("GET /a", gateway.JWT)
	r.Authorizer = &gateway.Authorizer{Name: "jwt", Header: "Authorization", Issuer: issuer, Audiences: []string{"web"}}
	w := newWorld(t, gateway.Deployment{Kind: gateway.HTTP, Routes: []gateway.Route{r}})
	w.server.As(bailiwick.Anonymous())
	served, discovery := []*token.Key{key}, `{"issuer":"`+issuer+`","jwks_uri":"https://keys.example/jwks"}`
	w.backend = func(r *http.Request) (*http.Response, error) {
		switch r.URL.String() {
		case issuer + "/.well-known/openid-configuration":
			return respond(200, discovery), nil
		case "https://keys.example/jwks":
			doc, err := token.NewKeySet(served...).JWKS()
			return respond(200, string(doc)), err
		}
		return nil, errors.New("asked for " + r.URL.String())
	}
	sign := func(k *token.Key, iss string) string {
		jwt, err := k.Sign(map[string]any{"iss": iss, "aud": "web", "iat": w.now.Unix(), "exp": w.now.Unix() + 86400})
		if err != nil {
			t.Fatal(err)
		}
		return "Bearer " + jwt
	}
	call := func(jwt string) int { return w.call("GET", "/prod/a", "Authorization", jwt).status }
	for _, step := range []struct {
		name    string
		do      func()
		jwt     string
		status  int
		fetches int
	}{
		{"first", func() {}, sign(key, issuer), 200, 2},
		{"from memory", func() {}, sign(key, issuer), 200, 0},
		{"another issuer's", func() {}, sign(key, "https://evil.example"), 401, 0},
		{"a changed signature", func() {}, strings.TrimSuffix(sign(key, issuer), "A") + "A"[:0] + "x", 401, 0},
		{"unknown key, a moment ago asked", func() {}, sign(rotated, issuer), 401, 0},
		{"unknown key, asked again", func() { served = []*token.Key{rotated}; w.now = w.now.Add(time.Minute) }, sign(rotated, issuer), 200, 2},
		{"the old key is gone", func() {}, sign(key, issuer), 401, 0},
		{"keys are old and the issuer is gone", func() { discovery = "{"; w.now = w.now.Add(3 * time.Hour) }, sign(rotated, issuer), 401, 1},
		{"still gone", func() {}, sign(rotated, issuer), 401, 0},
		{"keys over http", func() {
			discovery = `{"issuer":"` + issuer + `","jwks_uri":"http://keys.example/jwks"}`
			w.now = w.now.Add(time.Minute)
		}, sign(rotated, issuer), 401, 1},
		{"a document of another", func() {
			discovery = `{"issuer":"https://evil.example","jwks_uri":"https://keys.example/jwks"}`
			w.now = w.now.Add(time.Minute)
		}, sign(rotated, issuer), 401, 1},
	} {
		step.do()
		w.sent = nil
		if got := call(step.jwt); got != step.status || len(w.sent) != step.fetches {
			t.Errorf("%s: %d after %d fetches, want %d after %d", step.name, got, len(w.sent), step.status, step.fetches)
		}
	}
}
