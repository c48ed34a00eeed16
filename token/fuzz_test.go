package token

import (
	"encoding/json"
	"strings"
	"testing"
)

// FuzzVerify: nothing but the one good token verifies, and nothing panics.
func FuzzVerify(f *testing.F) {
	k := shared()[0]
	good, err := k.Sign(Claims{"sub": "x"})
	if err != nil {
		f.Fatal(err)
	}
	keys := NewKeySet(k)
	for _, s := range []string{good, "", "..", "a.b.c", good + "A", strings.Replace(good, "e", "f", 1), b64(`{"alg":"none"}`) + "." + b64(`{}`) + "."} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if c, err := Verify(s, keys); err == nil && s != good {
			t.Errorf("%q verified: %v", s, c)
		}
		_, _ = PeekIssuer(s)
		_, _ = Open(k, s)
	})
}

// FuzzDecode: what is accepted, encoding/json reads the same.
func FuzzDecode(f *testing.F) {
	for _, s := range []string{`{}`, `{"a":[1,{"b":null}],"c":"\u0064"}`, `{"a":1,"a":2}`, `[]`, `{"a":1}x`, `{"a" 1}`, `{"a":[1 2]}`, `{"a":1,}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		c, err := decodeObject(b)
		if err != nil {
			return
		}
		if !json.Valid(b) {
			t.Fatalf("%q is no JSON, read as %v", b, c)
		}
		var plain map[string]any
		if err := json.Unmarshal(b, &plain); err != nil || len(plain) != len(c) {
			t.Errorf("%q: %v and %v, %v", b, c, plain, err)
		}
	})
}

func FuzzParseKeySet(f *testing.F) {
	doc, err := NewKeySet(shared()[0]).JWKS()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(doc)
	f.Add([]byte(`{"keys":[{"kty":"RSA","kid":"a","e":"AQAB","n":"AQAB"}]}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		set, err := ParseKeySet(b)
		for _, k := range set.keys {
			if err != nil || k.id == "" || k.public.N.BitLen() < minBits || k.public.E < 3 {
				t.Errorf("%q: key %+v, %v", b, k, err)
			}
		}
	})
}
