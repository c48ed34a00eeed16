package executeapi

import (
	"testing"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/gateway"
)

// TestMethodOfNoPolicy: a policy denies DELETE; servers that fold methods must not
// be asked to delete by "delete", which no policy names.
func TestMethodOfNoPolicy(t *testing.T) {
	for _, kind := range []gateway.Kind{gateway.REST, gateway.HTTP} {
		w := newWorld(t, gateway.Deployment{Kind: kind, Routes: []gateway.Route{proxyRoute("ANY /{proxy+}", gateway.IAM, "https://backend.example/")}})
		w.identity["alice"] = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"execute-api:Invoke","Resource":"*"},
			{"Effect":"Deny","Action":"execute-api:Invoke","Resource":"arn:aws:execute-api:*:*:*/*/DELETE/*"}]}`
		w.server.As(user(account, "alice"))
		for _, method := range []string{"DELETE", "delete", "Delete", "ANY", "PURGE", "*"} {
			if got := w.call(method, "/prod/a"); got.status < 400 || len(w.sent) > 0 {
				t.Errorf("%s: %s answered %d, and the backend got %d requests", kind, method, got.status, len(w.sent))
				w.sent = nil
			}
		}
		if got := w.call("GET", "/prod/a"); got.status != 200 {
			t.Errorf("%s: GET answered %d", kind, got.status)
		}
	}
}

// TestTwoTokens: of two tokens in the query the one that is verified and the one
// that a backend reads could be different users'.
func TestTwoTokens(t *testing.T) {
	r := lambdaRoute("GET /query", gateway.JWT)
	r.Authorizer = &gateway.Authorizer{Name: "q", Query: "token", Issuer: "https://" + pool, Audiences: []string{"web"}, Providers: []string{pool}}
	w := newWorld(t, gateway.Deployment{Kind: gateway.HTTP, Routes: []gateway.Route{r}})
	w.server.As(bailiwick.Anonymous())
	good := "token=" + encodeQuery([]parameter{{w.poolToken(pool, `"aud":"web"`), ""}})
	good = good[:len(good)-1]
	if got := w.call("GET", "/prod/query?"+good); got.status != 200 {
		t.Fatalf("one token: %d %s", got.status, got.body)
	}
	for _, q := range []string{good + "&token=forged", "token=forged&" + good, good + "&%74oken=forged", good + "&" + good} {
		if got := w.call("GET", "/prod/query?"+q); got.status != 401 {
			t.Errorf("%s: %d %s", q, got.status, got.body)
		}
	}
	if len(w.invoked) != 1 {
		t.Errorf("the function ran %d times", len(w.invoked))
	}
}

// TestFixedQuery: what the integration's URI fixes is not the caller's to say again.
func TestFixedQuery(t *testing.T) {
	w := newWorld(t, gateway.Deployment{Kind: gateway.HTTP, Routes: []gateway.Route{proxyRoute("GET /a", gateway.None, "https://backend.example/?tenant=acme&%61dmin")}})
	w.server.As(bailiwick.Anonymous())
	if got := w.call("GET", "/prod/a?tenant=globex&x=1&%74enant=globex&admin=1"); got.status != 200 || len(w.sent) != 1 {
		t.Fatalf("%d %s", got.status, got.body)
	}
	if got := w.sent[0].URL.RawQuery; got != "tenant=acme&%61dmin&x=1" {
		t.Errorf("the backend was asked for %s", got)
	}
}
