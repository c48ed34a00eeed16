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
	"time"

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

func TestJWKS(t *testing.T) {
	a := shared()[0]
	b, err := shared()[1].WithAlg(RS512)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := NewKeySet(a, b).JWKS()
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(string(doc), `{"keys":[{"alg":"RS256","e":"AQAB","kid":"`+a.ID()+`","kty":"RSA","n":"`) ||
		!strings.Contains(string(doc), `","use":"sig"},{"alg":"RS512",`) {
		t.Errorf("document %s", doc)
	}
	// Another implementation reads it.
	var lib jose.JSONWebKeySet
	if err := json.Unmarshal(doc, &lib); err != nil || len(lib.Key(a.ID())) != 1 || !lib.Key(a.ID())[0].Valid() {
		t.Errorf("go-jose reads it as %v, %v", lib, err)
	}
	set, err := ParseKeySet(doc)
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range []*Key{a, b} {
		if _, err := Verify(must(k.Sign(Claims{"a": "b"})), set, RS256, RS512); err != nil {
			t.Error(err)
		}
	}
	if doc, err := (KeySet{}).JWKS(); err != nil || string(doc) != `{"keys":[]}` {
		t.Errorf("empty set: %s, %v", doc, err)
	}
}

func TestParseKeySetRefuses(t *testing.T) {
	n := base64.RawURLEncoding.EncodeToString(shared()[0].private.N.Bytes())
	key := func(rest string) string { return `{"keys":[{"kty":"RSA",` + rest + `}]}` }
	for name, doc := range map[string]string{
		"no JSON": "x", "small modulus": key(`"kid":"a","e":"AQAB","n":"AQAB"`), "bad modulus": key(`"kid":"a","e":"AQAB","n":"!"`),
		"huge modulus": key(`"kid":"a","e":"AQAB","n":"` + strings.Repeat("_", 2000) + `"`), "no exponent": key(`"kid":"a","n":"` + n + `"`),
		"exponent 1": key(`"kid":"a","e":"AQ","n":"` + n + `"`), "even exponent": key(`"kid":"a","e":"BA","n":"` + n + `"`),
		"huge exponent": key(`"kid":"a","e":"_____w","n":"` + n + `"`), "no kid": key(`"e":"AQAB","n":"` + n + `"`),
		"kid twice": `{"keys":[` + strings.Repeat(`{"kty":"RSA","kid":"a","e":"AQAB","n":"`+n+`"},`, 2) + `{"kty":"oct"}]}`,
		"long":      `{"keys":[]` + strings.Repeat(" ", 64<<10) + `}`,
		"many":      `{"keys":[` + strings.Repeat(`{},`, 200) + `{}]}`,
	} {
		if set, err := ParseKeySet([]byte(doc)); err == nil || len(set.keys) != 0 {
			t.Errorf("%s: %d keys, %v", name, len(set.keys), err)
		}
	}
	for name, doc := range map[string]string{
		"secret": `{"keys":[{"kty":"oct","kid":"a","k":"AAAA","alg":"HS256"}]}`, "encryption": key(`"kid":"a","use":"enc","e":"AQAB","n":"` + n + `"`),
		"other alg": key(`"kid":"a","alg":"RSA-OAEP","e":"AQAB","n":"` + n + `"`), "EC": `{"keys":[{"kty":"EC","kid":"a"}]}`,
	} {
		if set, err := ParseKeySet([]byte(doc)); err != nil || len(set.keys) != 0 {
			t.Errorf("%s: %d keys, %v", name, len(set.keys), err)
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

func TestTimes(t *testing.T) {
	now := time.Unix(1000, 0)
	num := func(s string) any { return json.Number(s) }
	for _, c := range []struct {
		name         string
		claims       Claims
		expired, not bool
	}{
		{"valid", Claims{"exp": num("1001"), "nbf": num("1000")}, false, false},
		{"at exp", Claims{"exp": num("1000")}, true, false},
		{"past", Claims{"exp": num("999")}, true, false},
		{"no exp", Claims{}, true, false},
		{"exp is a string", Claims{"exp": "2000"}, true, false},
		{"exp null", Claims{"exp": nil}, true, false},
		{"exp negative", Claims{"exp": num("-5")}, true, false},
		{"exp overflows", Claims{"exp": num("9223372036854775807")}, true, false},
		{"exp overflows more", Claims{"exp": num("1e400")}, true, false},
		{"exp fraction, past", Claims{"exp": num("1000.9")}, true, false},
		{"exp fraction", Claims{"exp": num("1001.1")}, false, false},
		{"exp exponent", Claims{"exp": num("2e3")}, false, false},
		{"early", Claims{"exp": num("2000"), "nbf": num("1001")}, false, true},
		{"nbf is a string", Claims{"exp": num("2000"), "nbf": "1"}, false, true},
	} {
		if got := Expired(c.claims, now); (got != nil) != c.expired {
			t.Errorf("%s: Expired = %v", c.name, got)
		}
		if got := NotYet(c.claims, now); (got != nil) != c.not {
			t.Errorf("%s: NotYet = %v", c.name, got)
		}
	}
	const want = "Token expired: current date/time 1000 must be before the expiration date/time 999"
	if err := Expired(Claims{"exp": num("999")}, now); err.Error() != want {
		t.Errorf("message %q", err)
	}
}

func TestStrings(t *testing.T) {
	for name, c := range map[string]struct {
		in any
		n  int
		ok bool
	}{"one": {"a", 1, true}, "list": {[]any{"a", "b"}, 2, true}, "empty": {[]any{}, 0, true}, "mixed": {[]any{"a", true}, 0, false}, "none": {nil, 0, false}, "object": {map[string]any{}, 0, false}} {
		if got, ok := (Claims{"aud": c.in}).Strings("aud"); len(got) != c.n || ok != c.ok {
			t.Errorf("%s: %v %v", name, got, ok)
		}
	}
}

func TestSeal(t *testing.T) {
	k, other := shared()[0], shared()[1]
	for _, payload := range []string{"", "x", strings.Repeat("long ", 5000)} {
		s, err := Seal(k, []byte(payload))
		if err != nil {
			t.Fatal(err)
		}
		if strings.Count(s, ".") != 4 || len(s) > MaxSize || strings.Trim(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_=.") != "" {
			t.Errorf("sealed %.60s", s)
		}
		if got, err := Open(k, s); err != nil || string(got) != payload {
			t.Errorf("opened %.20q, %v", got, err)
		}
		if _, err := Open(other, s); !errors.Is(err, ErrSignature) {
			t.Errorf("other key: %v", err)
		}
		for i := range len(s) {
			if i%37 != 0 && i < len(s)-3 || s[i] == '.' {
				continue
			}
			c := byte('A')
			if s[i] == c {
				c = 'B'
			}
			if _, err := Open(k, s[:i]+string(c)+s[i+1:]); err == nil {
				t.Errorf("character %d changed: opened", i)
			}
		}
	}
	if _, err := Seal(k, make([]byte, MaxSealed+1)); !errors.Is(err, ErrTooLarge) {
		t.Errorf("too large: %v", err)
	}
	largest := must(Seal(k, make([]byte, MaxSealed)))
	if _, err := Open(k, largest); err != nil {
		t.Errorf("the largest payload does not open: %v", err)
	}
}

// Whoever has the public key can make a JWE; it must not open.
func TestSealNeedsPrivateKey(t *testing.T) {
	k := shared()[0]
	seal := func(enc jose.ContentEncryption, alg jose.KeyAlgorithm, opts *jose.EncrypterOptions, plain []byte) string {
		e := must(jose.NewEncrypter(enc, jose.Recipient{Algorithm: alg, Key: &k.private.PublicKey}, opts))
		return must(must(e.Encrypt(plain)).CompactSerialize())
	}
	jwt := func() *jose.EncrypterOptions { return (&jose.EncrypterOptions{}).WithContentType("JWT") }
	forged := append(make([]byte, 32), "admin"...)
	right := append(k.mac([]byte("admin")), "admin"...)
	for _, c := range []struct {
		name, token string
		want        error
	}{
		{"no MAC", seal(jose.A256GCM, jose.RSA_OAEP, jwt(), []byte("admin")), ErrSignature},
		{"wrong MAC", seal(jose.A256GCM, jose.RSA_OAEP, jwt(), forged), ErrSignature},
		{"other enc", seal(jose.A128GCM, jose.RSA_OAEP, jwt(), right), ErrAlgorithm},
		{"other alg", seal(jose.A256GCM, jose.RSA_OAEP_256, jwt(), right), ErrAlgorithm},
		{"no cty", seal(jose.A256GCM, jose.RSA_OAEP, nil, right), ErrAlgorithm},
		{"compressed", seal(jose.A256GCM, jose.RSA_OAEP, &jose.EncrypterOptions{Compression: jose.DEFLATE, ExtraHeaders: map[jose.HeaderKey]any{"cty": "JWT"}}, right), ErrAlgorithm},
		{"a JWT", must(k.Sign(Claims{})), ErrMalformed},
		{"dots", "....", ErrMalformed},
		{"empty", "", ErrMalformed},
	} {
		if got, err := Open(k, c.token); !errors.Is(err, c.want) || got != nil {
			t.Errorf("%s: %q, %v", c.name, got, err)
		}
	}
	if got, err := Open(k, seal(jose.A256GCM, jose.RSA_OAEP, jwt(), right)); err != nil || string(got) != "admin" {
		t.Errorf("the right one: %q, %v", got, err)
	}
}
