package sdk_test

import (
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"math/big"
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// A jwks is the document with the public keys of a user pool.
type jwks struct {
	Keys []struct{ Alg, E, Kid, Kty, N, Use string }
}

func (s *server) document(t *testing.T, path string, out any) {
	t.Helper()
	resp, err := http.Get(s.url + path)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s", path, resp.Status)
	}
	if err := json.NewDecoder(resp.Body).Decode(out); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
}

// TestTokensVerify: what an API behind a tenant does with a token: fetch the
// pool's keys and verify it, by the book and without any library of ours.
func TestTokensVerify(t *testing.T) {
	t.Parallel()
	w := newWorld(t, serve(t, devData))
	userPool := w.pool(true)
	client := w.client(userPool)
	email := w.user(userPool, "custom:org", orgA)
	in := w.signInSRP(userPool, client, email)
	for range 2 { // the keys outlive the process
		var keys jwks
		w.s.document(t, "/"+userPool+"/.well-known/jwks.json", &keys)
		id, idKey := verified(t, keys, aws.ToString(in.IdToken))
		access, accessKey := verified(t, keys, aws.ToString(in.AccessToken))
		if len(keys.Keys) != 2 || idKey == accessKey {
			t.Errorf("%d keys; ID token signed by %s, access token by %s", len(keys.Keys), idKey, accessKey)
		}
		for name, want := range map[string]any{"iss": "https://" + providerName(userPool), "aud": client, "custom:org": orgA, "email": email, "email_verified": true, "token_use": "id"} {
			if id[name] != want {
				t.Errorf("ID token: %s is %v, want %v", name, id[name], want)
			}
		}
		for name, want := range map[string]any{"iss": id["iss"], "client_id": client, "token_use": "access", "sub": id["sub"], "origin_jti": id["origin_jti"], "scope": "aws.cognito.signin.user.admin"} {
			if access[name] != want {
				t.Errorf("access token: %s is %v, want %v", name, access[name], want)
			}
		}
		if id["jti"] == access["jti"] || id["sub"] == email || access["custom:org"] != nil {
			t.Errorf("jti %v and %v, sub %v, custom:org in the access token %v", id["jti"], access["jti"], id["sub"], access["custom:org"])
		}
		w.s.restart(t)
	}
}

// verified checks a token's RS256 signature and returns its claims and key.
func verified(t *testing.T, keys jwks, jwt string) (claimsOfToken map[string]any, kid string) {
	t.Helper()
	signed, signature, _ := cutLast(jwt, ".")
	var header map[string]any
	if err := json.Unmarshal(raw(t, strings.Split(jwt, ".")[0]), &header); err != nil {
		t.Fatal(err)
	}
	if len(header) != 2 || header["alg"] != "RS256" {
		t.Errorf("header %v, want kid and alg RS256", header)
	}
	kid, _ = header["kid"].(string)
	for _, k := range keys.Keys {
		if k.Kid != kid {
			continue
		}
		pub := &rsa.PublicKey{N: new(big.Int).SetBytes(raw(t, k.N)), E: int(new(big.Int).SetBytes(raw(t, k.E)).Int64())}
		sum := sha256.Sum256([]byte(signed))
		if err := rsa.VerifyPKCS1v15(pub, crypto.SHA256, sum[:], raw(t, signature)); err != nil {
			t.Errorf("signature: %v", err)
		}
		if pub.N.BitLen() != 2048 || k.Alg != "RS256" || k.Kty != "RSA" || k.Use != "sig" {
			t.Errorf("key %+v of %d bits", k, pub.N.BitLen())
		}
		return claims(t, jwt), kid
	}
	t.Fatalf("no key %q in %v", kid, keys)
	return nil, ""
}

func cutLast(s, sep string) (before, after string, found bool) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):], true
	}
	return s, "", false
}

func raw(t *testing.T, text string) []byte {
	t.Helper()
	b, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
