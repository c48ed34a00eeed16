package token

import (
	"encoding/base64"
	"encoding/json"
	"strings"
	"testing"

	"github.com/go-jose/go-jose/v4"
)

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
