package token

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/go-jose/go-jose/v4"
)

// Making an RSA key is slow; the tests share three.
var shared = sync.OnceValue(func() (keys [3]*Key) {
	for i := range keys {
		k, err := NewKey(rand.Reader)
		if err != nil {
			panic(err)
		}
		keys[i] = k
	}
	return keys
})

func b64(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) }

// forge signs any header and payload with a key, which Sign would not.
func forge(t *testing.T, k *Key, header, payload string) string {
	t.Helper()
	input := b64(header) + "." + b64(payload)
	sum := sha256.Sum256([]byte(input))
	sig, err := rsa.SignPKCS1v15(nil, k.private, crypto.SHA256, sum[:])
	if err != nil {
		t.Fatal(err)
	}
	return input + "." + b64(string(sig))
}

func header(k *Key, rest string) string { return `{"alg":"RS256","kid":"` + k.ID() + `"` + rest + `}` }

func TestSignAndVerify(t *testing.T) {
	k := shared()[0]
	jwt, err := k.Sign(map[string]any{
		"sub": "a&b<c>", "exp": 1700000000, "big": json.Number("123456789012345678901234567890.5"),
		"cognito:groups": []string{"x", "y"}, "email_verified": true, "address": map[string]any{"formatted": "z"},
	})
	if err != nil {
		t.Fatal(err)
	}
	h, p, _ := strings.Cut(jwt, ".")
	raw, err := base64.RawURLEncoding.DecodeString(h)
	if err != nil {
		t.Fatal(err)
	}
	var members map[string]string
	if err := json.Unmarshal(raw, &members); err != nil || len(members) != 2 || members["alg"] != "RS256" || members["kid"] != k.ID() {
		t.Errorf("header %s", raw)
	}
	if body, _, _ := strings.Cut(p, "."); !strings.Contains(string(must(base64.RawURLEncoding.DecodeString(body))), `"a&b<c>"`) {
		t.Error("payload is HTML-escaped")
	}
	c, err := Verify(jwt, NewKeySet(k))
	if err != nil {
		t.Fatal(err)
	}
	if c["big"] != json.Number("123456789012345678901234567890.5") || c["email_verified"] != true {
		t.Errorf("claims %v", c)
	}
	if s, ok := c.String("sub"); !ok || s != "a&b<c>" {
		t.Errorf("sub %q", s)
	}
	if g, ok := c.Strings("cognito:groups"); !ok || len(g) != 2 || g[1] != "y" {
		t.Errorf("groups %v", g)
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func TestRS512(t *testing.T) {
	k, err := shared()[0].WithAlg(RS512)
	if err != nil {
		t.Fatal(err)
	}
	jwt, err := k.Sign(map[string]string{"iss": "https://cognito-identity.amazonaws.com"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Verify(jwt, NewKeySet(k), RS512); err != nil {
		t.Error(err)
	}
	for name, c := range map[string]struct {
		keys KeySet
		algs []Alg
	}{
		"default algs": {NewKeySet(k), nil}, "other alg": {NewKeySet(k), []Alg{RS256}},
		"key is RS256": {NewKeySet(shared()[0]), []Alg{RS512}}, "key is RS256, both": {NewKeySet(shared()[0]), []Alg{RS256, RS512}},
	} {
		if _, err := Verify(jwt, c.keys, c.algs...); !errors.Is(err, ErrAlgorithm) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := k.WithAlg("HS256"); !errors.Is(err, ErrAlgorithm) {
		t.Errorf("WithAlg(HS256): %v", err)
	}
}

func TestRefused(t *testing.T) {
	k, other := shared()[0], shared()[1]
	good := forge(t, k, header(k, ""), `{"sub":"x"}`)
	if _, err := Verify(good, NewKeySet(k)); err != nil {
		t.Fatal(err)
	}
	parts := strings.Split(good, ".")
	public := must(x509.MarshalPKIXPublicKey(&k.private.PublicKey))
	hs := func(secret []byte) string {
		in := b64(`{"alg":"HS256","kid":"`+k.ID()+`"}`) + "." + parts[1]
		m := hmac.New(sha256.New, secret)
		m.Write([]byte(in))
		return in + "." + b64(string(m.Sum(nil)))
	}
	for _, c := range []struct {
		name, jwt string
		want      error
	}{
		{"empty", "", ErrMalformed},
		{"word", "hello", ErrMalformed},
		{"two parts", parts[0] + "." + parts[1], ErrMalformed},
		{"four parts", good + ".", ErrMalformed},
		{"five parts", good + "..", ErrMalformed},
		{"JSON serialization", `{"payload":"` + parts[1] + `","protected":"` + parts[0] + `","signature":"` + parts[2] + `"}`, ErrMalformed},
		{"space", " " + good, ErrMalformed},
		{"line break", parts[0] + "." + parts[1] + ".\n" + parts[2], ErrMalformed},
		{"padding", good + "==", ErrMalformed},
		{"standard alphabet", parts[0] + "." + parts[1] + "." + strings.Repeat("+", len(parts[2])), ErrMalformed},
		{"too long", strings.Repeat("a", MaxSize+1), ErrMalformed},
		{"header no object", b64(`[]`) + "." + parts[1] + "." + parts[2], ErrMalformed},
		{"header twice alg", forge(t, k, `{"alg":"none","alg":"RS256","kid":"`+k.ID()+`"}`, `{}`), ErrMalformed},
		{"header crit", forge(t, k, header(k, `,"crit":["x"],"x":1`), `{}`), ErrMalformed},
		{"header b64", forge(t, k, header(k, `,"crit":["b64"],"b64":false`), `{}`), ErrMalformed},
		{"payload no object", forge(t, k, header(k, ""), `"x"`), ErrMalformed},
		{"payload no JSON", forge(t, k, header(k, ""), `x`), ErrMalformed},
		{"payload cut", forge(t, k, header(k, ""), `{"a":1`), ErrMalformed},
		{"payload tail", forge(t, k, header(k, ""), `{"a":1}{}`), ErrMalformed},
		{"payload twice sub", forge(t, k, header(k, ""), `{"sub":"x","sub":"y"}`), ErrMalformed},
		{"payload twice, escaped", forge(t, k, header(k, ""), `{"sub":"x","s\u0075b":"y"}`), ErrMalformed},
		{"payload twice, deep", forge(t, k, header(k, ""), `{"a":[{"b":1,"b":2}]}`), ErrMalformed},
		{"payload deep", forge(t, k, header(k, ""), strings.Repeat(`{"a":`, 40)+`1`+strings.Repeat(`}`, 40)), ErrMalformed},
		{"payload not UTF-8", forge(t, k, header(k, ""), "{\"a\":\"\xff\"}"), ErrMalformed},
		{"no alg", b64(`{"kid":"`+k.ID()+`"}`) + "." + parts[1] + "." + parts[2], ErrAlgorithm},
		{"alg none", b64(`{"alg":"none","kid":"`+k.ID()+`"}`) + "." + parts[1] + ".", ErrAlgorithm},
		{"alg None", b64(`{"alg":"None","kid":"`+k.ID()+`"}`) + "." + parts[1] + ".", ErrAlgorithm},
		{"alg empty", b64(`{"alg":"","kid":"`+k.ID()+`"}`) + "." + parts[1] + ".", ErrAlgorithm},
		{"alg number", b64(`{"alg":256,"kid":"`+k.ID()+`"}`) + "." + parts[1] + ".", ErrAlgorithm},
		{"HS256 with public key", hs(public), ErrAlgorithm},
		{"HS256 with modulus", hs(k.private.N.Bytes()), ErrAlgorithm},
		{"PS256", forge(t, k, `{"alg":"PS256","kid":"`+k.ID()+`"}`, `{}`), ErrAlgorithm},
		{"no kid", forge(t, k, `{"alg":"RS256"}`, `{}`), ErrUnknownKey},
		{"empty kid", forge(t, k, `{"alg":"RS256","kid":""}`, `{}`), ErrUnknownKey},
		{"kid path", forge(t, k, `{"alg":"RS256","kid":"../../../dev/null"}`, `{}`), ErrUnknownKey},
		{"kid array", forge(t, k, `{"alg":"RS256","kid":["`+k.ID()+`"]}`, `{}`), ErrUnknownKey},
		{"other's key", forge(t, other, header(other, ""), `{}`), ErrUnknownKey},
		{"other's signature", forge(t, other, header(k, ""), `{}`), ErrSignature},
		{"no signature", parts[0] + "." + parts[1] + ".", ErrSignature},
		{"other payload", parts[0] + "." + b64(`{"sub":"y"}`) + "." + parts[2], ErrSignature},
		{"embedded key", forge(t, other, header(k, `,"jwk":`+string(must(json.Marshal(jose.JSONWebKey{Key: &other.private.PublicKey})))), `{}`), ErrSignature},
		{"key url", forge(t, other, header(k, `,"jku":"http://127.0.0.1:1/jwks.json","x5u":"http://127.0.0.1:1/"`), `{}`), ErrSignature},
	} {
		t.Run(c.name, func(t *testing.T) {
			claims, err := Verify(c.jwt, NewKeySet(k))
			if !errors.Is(err, c.want) || claims != nil {
				t.Errorf("got %v, %v; want %v", claims, err, c.want)
			}
		})
	}
	if _, err := Verify(good, KeySet{}); !errors.Is(err, ErrUnknownKey) {
		t.Errorf("the empty key set: %v", err)
	}
	if _, err := Verify(good, NewKeySet(k), "none", "HS256"); !errors.Is(err, ErrAlgorithm) {
		t.Errorf("foolish algorithms: %v", err)
	}
}

// Every single character counts, the last of each part included, whose
// unused bits lenient base64 ignores.
func TestEveryCharacterCounts(t *testing.T) {
	k := shared()[0]
	jwt := forge(t, k, header(k, ""), `{"sub":"x","n":1}`)
	tried := 0
	for i := range len(jwt) {
		if jwt[i] == '.' {
			continue
		}
		for _, c := range []byte{'A', 'B', jwt[i] ^ 1, '_', '.'} {
			if c == jwt[i] {
				continue
			}
			bad := jwt[:i] + string(c) + jwt[i+1:]
			if claims, err := Verify(bad, NewKeySet(k)); err == nil {
				t.Errorf("character %d of %d as %q: accepted %v", i, len(jwt), c, claims)
			}
			tried++
		}
	}
	if tried < 1000 {
		t.Errorf("tried %d changes only", tried)
	}
}

func TestSignRefuses(t *testing.T) {
	k := shared()[0]
	for name, claims := range map[string]any{"string": "x", "list": []int{1}, "nil": nil, "func": func() {}, "huge": map[string]string{"a": strings.Repeat("x", MaxSize)}} {
		if jwt, err := k.Sign(claims); err == nil {
			t.Errorf("%s signed: %.40s", name, jwt)
		}
	}
}

func TestKeyMarshal(t *testing.T) {
	k := shared()[0]
	der, err := k.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	again, err := ParseKey(der)
	if err != nil || again.ID() != k.ID() || len(k.ID()) != 44 {
		t.Fatalf("id %q, %v", again.ID(), err)
	}
	if again.ID() == shared()[1].ID() {
		t.Error("two keys share an id")
	}
	if jwt := must(again.Sign(Claims{})); jwt != must(k.Sign(Claims{})) {
		t.Error("a parsed key signs differently")
	}
	ec := must(x509.MarshalPKCS8PrivateKey(must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))))
	for name, bad := range map[string][]byte{"nil": nil, "junk": []byte("junk"), "cut": der[:len(der)-1], "EC": ec} {
		if _, err := ParseKey(bad); err == nil {
			t.Errorf("%s parsed", name)
		}
	}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%d"} {
		if got := fmt.Sprintf(verb, k); got != "key "+k.ID()+" ***" {
			t.Errorf("%s prints %.80s", verb, got)
		}
	}
}

func TestPeekIssuer(t *testing.T) {
	good := b64(`{"alg":"RS256"}`) + "." + b64(`{"iss":"https://i/p","sub":"x"}`) + "." + b64("sig")
	if iss, err := PeekIssuer(good); err != nil || iss != "https://i/p" {
		t.Errorf("%q, %v", iss, err)
	}
	for name, payload := range map[string]string{"absent": `{}`, "number": `{"iss":1}`, "twice": `{"iss":"a","iss":"b"}`, "no object": `[]`} {
		if iss, err := PeekIssuer(b64(`{}`) + "." + b64(payload) + "."); !errors.Is(err, ErrMalformed) {
			t.Errorf("%s: %q, %v", name, iss, err)
		}
	}
	if _, err := PeekIssuer("a.b"); !errors.Is(err, ErrMalformed) {
		t.Errorf("two parts: %v", err)
	}
}
