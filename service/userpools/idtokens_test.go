package userpools_test

import (
	"crypto"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/token"
)

func part(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return base64.RawURLEncoding.EncodeToString(b)
}

// private is the private key that signs tokens with a kid.
func private(t *testing.T, kid string) *rsa.PrivateKey {
	t.Helper()
	for _, k := range testKeys() {
		if k.ID() == kid {
			der, err := k.Marshal()
			if err != nil {
				t.Fatal(err)
			}
			p, err := x509.ParsePKCS8PrivateKey(der)
			if err != nil {
				t.Fatal(err)
			}
			return p.(*rsa.PrivateKey)
		}
	}
	t.Fatal("no such key")
	return nil
}

// jwk is a public key as a header may carry it.
func jwk(k *rsa.PrivateKey) m {
	return m{"kty": "RSA", "e": "AQAB", "n": base64.RawURLEncoding.EncodeToString(k.N.Bytes())}
}

// signed is a token of a header and a body.
func signed(t *testing.T, head, body m, key *rsa.PrivateKey) string {
	t.Helper()
	text := part(head) + "." + part(body)
	sum := sha256.Sum256([]byte(text))
	sig, err := rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, sum[:])
	if err != nil {
		t.Fatal(err)
	}
	return text + "." + base64.RawURLEncoding.EncodeToString(sig)
}

// TestVerifyIDToken: only an ID token that the pool's ID key signed counts.
func TestVerifyIDToken(t *testing.T) {
	r := newRealm(t)
	a := r.in()
	other := r.pool()
	provider := "cognito-idp.us-east-1.amazonaws.com/" + r.id
	kid := header(t, a.id)["kid"].(string)
	idKey := private(t, kid)
	public, err := x509.MarshalPKIXPublicKey(&idKey.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	good := m{}
	for k, v := range r.claims(a.id) {
		good[k] = v
	}
	with := func(pairs ...any) m {
		c := m{}
		for k, v := range good {
			c[k] = v
		}
		for i := 0; i < len(pairs); i += 2 {
			if pairs[i+1] == nil {
				delete(c, pairs[i].(string))
			} else {
				c[pairs[i].(string)] = pairs[i+1]
			}
		}
		return c
	}
	signed := func(head, body m, key *rsa.PrivateKey) string { return signed(t, head, body, key) }
	mac := func(key []byte) string {
		text := part(m{"kid": kid, "alg": "HS256"}) + "." + part(good)
		h := hmac.New(sha256.New, key)
		h.Write([]byte(text))
		return text + "." + base64.RawURLEncoding.EncodeToString(h.Sum(nil))
	}
	rs := m{"kid": kid, "alg": "RS256"}
	stranger, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	accessKid := header(t, a.access)["kid"].(string)
	now := r.now.Unix()
	for _, c := range []struct {
		name, provider, raw string
		reason              bailiwick.TokenReason
	}{
		{"good", provider, a.id, ""},
		{"good, made by hand", provider, signed(rs, good, idKey), ""},
		{"access token", provider, a.access, bailiwick.TokenUse},
		{"refresh token", provider, a.refresh, bailiwick.TokenMalformed},
		{"garbage", provider, "garbage", bailiwick.TokenMalformed},
		{"nothing", provider, "", bailiwick.TokenMalformed},
		{"other pool", "cognito-idp.us-east-1.amazonaws.com/" + other, a.id, bailiwick.TokenIssuer},
		{"other region", "cognito-idp.eu-west-1.amazonaws.com/" + r.id, a.id, bailiwick.TokenNoProvider},
		{"look-alike provider", "cognito-idp.us-east-1.amazonaws.com.evil/" + r.id, a.id, bailiwick.TokenNoProvider},
		{"provider with a path", provider + "/" + r.id, a.id, bailiwick.TokenNoProvider},
		{"no pool", "cognito-idp.us-east-1.amazonaws.com/us-east-1_nothing", a.id, bailiwick.TokenNoProvider},
		{"no provider", "", a.id, bailiwick.TokenNoProvider},
		{"alg none", provider, part(m{"alg": "none"}) + "." + part(good) + ".", bailiwick.TokenSignature},
		{"alg none with kid", provider, part(m{"alg": "none", "kid": kid}) + "." + part(good) + ".", bailiwick.TokenSignature},
		{"alg nOnE", provider, part(m{"alg": "nOnE", "kid": kid}) + "." + part(good) + ".", bailiwick.TokenSignature},
		{"HS256 with the public key", provider, mac(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: public})), bailiwick.TokenSignature},
		{"HS256 with the public key, DER", provider, mac(public), bailiwick.TokenSignature},
		{"HS256 with the modulus", provider, mac(idKey.N.Bytes()), bailiwick.TokenSignature},
		{"key of a stranger", provider, signed(rs, good, stranger), bailiwick.TokenSignature},
		{"kid of a stranger", provider, signed(m{"kid": "x", "alg": "RS256"}, good, stranger), bailiwick.TokenSignature},
		{"kid is a path", provider, signed(m{"kid": "../../../dev/null", "alg": "RS256"}, good, stranger), bailiwick.TokenSignature},
		{"no kid", provider, signed(m{"alg": "RS256"}, good, idKey), bailiwick.TokenSignature},
		{"key inside", provider, signed(m{"kid": kid, "alg": "RS256", "jku": "https://evil.example/keys", "jwk": jwk(stranger)}, good, stranger), bailiwick.TokenSignature},
		{"ID claims under the access key", provider, signed(m{"kid": accessKid, "alg": "RS256"}, good, private(t, accessKid)), bailiwick.TokenUse},
		{"access use under the ID key", provider, signed(rs, with("token_use", "access"), idKey), bailiwick.TokenUse},
		{"no use", provider, signed(rs, with("token_use", nil), idKey), bailiwick.TokenUse},
		{"other issuer", provider, signed(rs, with("iss", "https://evil.example/"+r.id), idKey), bailiwick.TokenIssuer},
		{"issuer with a slash", provider, signed(rs, with("iss", "https://"+provider+"/"), idKey), bailiwick.TokenIssuer},
		{"no audience", provider, signed(rs, with("aud", nil), idKey), bailiwick.TokenNoAudience},
		{"list of audiences", provider, signed(rs, with("aud", []string{r.app}), idKey), bailiwick.TokenNoAudience},
		{"no subject", provider, signed(rs, with("sub", nil), idKey), bailiwick.TokenWrongSubject},
		{"expired", provider, signed(rs, with("exp", now), idKey), bailiwick.TokenExpired},
		{"no expiry", provider, signed(rs, with("exp", nil), idKey), bailiwick.TokenExpired},
		{"expiry is text", provider, signed(rs, with("exp", "9999999999"), idKey), bailiwick.TokenExpired},
		{"from the future", provider, signed(rs, with("iat", now+301), idKey), bailiwick.TokenNotYet},
		{"a little ahead", provider, signed(rs, with("iat", now+299), idKey), ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			claims, err := r.api.VerifyIDToken(t.Context(), c.provider, c.raw)
			var refused *bailiwick.TokenError
			switch {
			case c.reason == "" && (err != nil || claims["aud"] != r.app):
				t.Error(claims, err)
			case c.reason != "" && (!errors.As(err, &refused) || refused.Reason != c.reason || claims != nil):
				t.Errorf("got %v, %v; want %s", claims, err, c.reason)
			}
		})
	}
	r.now = r.now.Add(time.Hour)
	_, err = r.api.VerifyIDToken(t.Context(), provider, a.id)
	var refused *bailiwick.TokenError
	if !errors.As(err, &refused) || refused.Reason != bailiwick.TokenExpired || !refused.Expires.Equal(r.now) {
		t.Error(err)
	}
	r.call("DeleteUserPool", "UserPoolId", r.id)
	if _, err = r.api.VerifyIDToken(t.Context(), provider, a.id); !errors.As(err, &refused) || refused.Reason != bailiwick.TokenNoProvider {
		t.Error(err)
	}
}

// TestForgedAccess: the same forgeries open nothing at the pool's own operations.
func TestForgedAccess(t *testing.T) {
	r := newRealm(t)
	a := r.in()
	c := m{}
	for k, v := range r.claims(a.access) {
		c[k] = v
	}
	key := testKeys()[0]
	if key.ID() != header(t, a.access)["kid"] {
		key = testKeys()[1]
	}
	sign := func(pairs ...any) string {
		body := m{}
		for k, v := range c {
			body[k] = v
		}
		for i := 0; i < len(pairs); i += 2 {
			body[pairs[i].(string)] = pairs[i+1]
		}
		s, err := key.Sign(body)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	r.call("GetUser", "AccessToken", sign())
	r.fails(notAuthorized, "Access Token does not have required scopes", "GetUser", "AccessToken", sign("scope", "openid profile"))
	r.fails(notAuthorized, "Invalid Access Token", "GetUser", "AccessToken", sign("token_use", "id"))
	r.fails(notAuthorized, "Invalid Access Token", "GetUser", "AccessToken", sign("iss", "https://evil.example/"+r.id))
	r.fails(notAuthorized, "Access Token has been revoked", "GetUser", "AccessToken", sign("client_id", "other"))
	r.fails(notAuthorized, "Access Token has been revoked", "GetUser", "AccessToken", sign("origin_jti", "other"))
	r.fails("UserNotFoundException", "User does not exist.", "GetUser", "AccessToken", sign("sub", "other"))
	_, rest, _ := strings.Cut(a.access, ".")
	body, _, _ := strings.Cut(rest, ".")
	r.fails(notAuthorized, "Invalid Access Token", "GetUser", "AccessToken", part(m{"alg": "none", "kid": key.ID()})+"."+body+".")
}

// TestActive: claims that are not of a living session are not active.
func TestActive(t *testing.T) {
	r := newRealm(t)
	provider := "cognito-idp.us-east-1.amazonaws.com/" + r.id
	good, err := r.api.VerifyIDToken(t.Context(), provider, r.in().id)
	if err != nil {
		t.Fatal(err)
	}
	ask := func(provider string, spoil func(token.Claims)) bool {
		t.Helper()
		c := bailiwick.Claims{}
		for k, v := range good {
			c[k] = v
		}
		spoil(token.Claims(c))
		ok, err := r.api.Active(t.Context(), provider, c)
		if err != nil {
			t.Error(err)
		}
		return ok
	}
	if !ask(provider, func(token.Claims) {}) {
		t.Error("a living session is not active")
	}
	for name, spoil := range map[string]func(token.Claims){
		"no subject":     func(c token.Claims) { delete(c, "sub") },
		"no audience":    func(c token.Claims) { delete(c, "aud") },
		"other audience": func(c token.Claims) { c["aud"] = "other" },
		"other session":  func(c token.Claims) { c["origin_jti"] = "other" },
		"no session":     func(c token.Claims) { delete(c, "origin_jti") },
	} {
		if ask(provider, spoil) {
			t.Error(name)
		}
	}
	if ask("cognito-idp.us-east-1.amazonaws.com/us-east-1_nothing", func(token.Claims) {}) {
		t.Error("a pool that does not exist vouches")
	}
}
