package token

import (
	"errors"
	"strings"
	"testing"

	"github.com/go-jose/go-jose/v4"
)

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
