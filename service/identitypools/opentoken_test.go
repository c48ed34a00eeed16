package identitypools_test

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"net/http/httptest"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/service/identitypools"
	"github.com/bailiwick-project/bailiwick/token"
)

const issuer = "https://cognito-identity.amazonaws.com"

// published are the keys as strangers see them.
func (w *world) published() token.KeySet {
	w.t.Helper()
	rec := httptest.NewRecorder()
	w.api.JWKS().ServeHTTP(rec, httptest.NewRequest(http.MethodGet, identitypools.PathJWKS, nil))
	keys, err := token.ParseKeySet(rec.Body.Bytes())
	if err != nil || rec.Code != http.StatusOK {
		w.t.Fatalf("JWKS answered %d %s: %v", rec.Code, rec.Body, err)
	}
	return keys
}

func TestOpenIDToken(t *testing.T) {
	w := newWorld(t)
	pool := w.pool(object{"AllowClassicFlow": true})
	w.ok("SetPrincipalTagAttributeMap", object{"IdentityPoolId": pool, "IdentityProviderName": poolA, "PrincipalTags": object{"org": "custom:org"}})
	jwt := w.token(poolA, "alice", object{"custom:org": "acme"})
	id := w.id(pool, poolA, jwt)
	out := w.ok("GetOpenIdToken", object{"IdentityId": id, "Logins": object{poolA: jwt}})
	made, _ := out["Token"].(string)
	claims, err := token.Verify(made, w.published(), token.RS512)
	if err != nil {
		t.Fatal(err)
	}
	want := token.Claims{
		"iss": issuer, "sub": id, "aud": pool, "amr": []any{"authenticated", poolA, poolA + ":CognitoSignIn:alice"},
		"iat": json.Number("1772366400"), "exp": json.Number("1772367000"),
		"https://aws.amazon.com/tags": map[string]any{"principal_tags": map[string]any{"org": []any{"acme"}}},
	}
	if out["IdentityId"] != id || !reflect.DeepEqual(claims, want) {
		t.Errorf("claims %v, want %v", claims, want)
	}
	who, err := w.api.VerifyWebIdentity(t.Context(), made)
	if err != nil || who.Provider != "cognito-identity.amazonaws.com" || who.Subject != id || who.Audience != pool || !slices.Contains(who.AMR, "authenticated") ||
		!maps.Equal(who.Tags, map[string]string{"org": "acme"}) {
		t.Errorf("identity %+v, %v", who, err)
	}
	guest := w.guest(pool)
	made, _ = w.ok("GetOpenIdToken", object{"IdentityId": guest})["Token"].(string)
	if who, err := w.api.VerifyWebIdentity(t.Context(), made); err != nil || who.Subject != guest || !slices.Equal(who.AMR, []string{"unauthenticated"}) || len(who.Tags) != 0 {
		t.Errorf("guest %+v, %v", who, err)
	}
}

func TestClassicFlowMustBeOn(t *testing.T) {
	w := newWorld(t)
	pool := w.pool(nil)
	w.refused("off", "GetOpenIdToken", object{"IdentityId": w.guest(pool)}, "InvalidParameterException", "Basic (classic) flow is not enabled, please use enhanced flow.")
}

func TestVerifyWebIdentityRefuses(t *testing.T) {
	w := newWorld(t)
	pool := w.pool(object{"AllowClassicFlow": true})
	id := w.guest(pool)
	made, _ := w.ok("GetOpenIdToken", object{"IdentityId": id})["Token"].(string)
	forged := func(more object) string {
		key, err := token.NewKey(rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		if key, err = key.WithAlg(token.RS512); err != nil {
			t.Fatal(err)
		}
		claims := object{"iss": issuer, "sub": id, "aud": pool, "amr": []string{"authenticated"}, "iat": start.Unix(), "exp": start.Unix() + 600}
		maps.Copy(claims, more)
		jwt, err := key.Sign(claims)
		if err != nil {
			t.Fatal(err)
		}
		return jwt
	}
	head, rest, _ := strings.Cut(made, ".")
	payload, _, _ := strings.Cut(rest, ".")
	refused := func(name, jwt, code, message string) {
		t.Helper()
		_, err := w.api.VerifyWebIdentity(t.Context(), jwt)
		var e *bailiwick.Error
		if !errors.As(err, &e) || e.Code != code || !strings.HasPrefix(e.Message, message) {
			t.Errorf("%s: got %v, want %s %s", name, err, code, message)
		}
	}
	const bad, notJWT, noKey = "InvalidIdentityToken", "The ID Token provided is not a valid JWT.", "Couldn't retrieve verification key"
	refused("no token", "secret", bad, notJWT)
	refused("no signature", head+"."+payload+".", bad, noKey)
	refused("another key", forged(nil), bad, noKey)
	jwt := w.token(poolA, "alice", nil)
	closed := w.id(pool, poolA, jwt)
	closedToken, _ := w.ok("GetOpenIdToken", object{"IdentityId": closed, "Logins": object{poolA: jwt}})["Token"].(string)
	w.ok("UnlinkIdentity", object{"IdentityId": closed, "Logins": object{poolA: jwt}, "LoginsToRemove": []any{poolA}})
	refused("identity closed", closedToken, bad, "The identity of the token does not exist.")
	refused("another issuer", forged(object{"iss": "https://evil.example"}), bad, "No OpenIDConnect provider found in your account for https://evil.example")
	refused("a user pool's token", w.token(poolA, "alice", nil), bad, "No OpenIDConnect provider found in your account for https://"+poolA)
	w.now = start.Add(10 * time.Minute)
	refused("expired", made, "ExpiredTokenException", "Token expired: current date/time 1772367000 must be before the expiration date/time 1772367000")
	w.now = start.Add(599 * time.Second)
	if _, err := w.api.VerifyWebIdentity(t.Context(), made); err != nil {
		t.Errorf("one second before its end: %v", err)
	}
	w.ok("UpdateIdentityPool", object{"IdentityPoolId": pool, "IdentityPoolName": "p", "AllowUnauthenticatedIdentities": true})
	refused("classic flow switched off", made, bad, "Basic (classic) flow is not enabled")
	w.ok("UpdateIdentityPool", object{"IdentityPoolId": pool, "IdentityPoolName": "p", "AllowUnauthenticatedIdentities": true, "AllowClassicFlow": true})
	w.ok("DeleteIdentities", object{"IdentityIdsToDelete": []string{id}})
	refused("identity deleted", made, bad, "The identity of the token does not exist.")
	w.ok("DeleteIdentityPool", object{"IdentityPoolId": pool})
	refused("pool deleted", made, bad, "Incorrect token audience")
}

func TestSigningKeyIsTheStores(t *testing.T) {
	w := newWorld(t)
	pool := w.pool(object{"AllowClassicFlow": true})
	made, _ := w.ok("GetOpenIdToken", object{"IdentityId": w.guest(pool)})["Token"].(string)
	other := &identitypools.API{Store: w.api.Store, Now: w.clock, Rand: rand.Reader}
	if _, err := other.VerifyWebIdentity(t.Context(), made); err != nil {
		t.Errorf("another node refuses the token: %v", err)
	}
}

func TestDiscovery(t *testing.T) {
	w := newWorld(t)
	rec := httptest.NewRecorder()
	w.api.JWKS().ServeHTTP(rec, httptest.NewRequest(http.MethodGet, identitypools.PathDiscovery, nil))
	var doc map[string]any
	if err := json.Unmarshal(rec.Body.Bytes(), &doc); err != nil || doc["issuer"] != issuer || doc["jwks_uri"] != issuer+"/.well-known/jwks_uri" {
		t.Errorf("got %d %s: %v", rec.Code, rec.Body, err)
	}
}
