package token

import (
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math/big"
)

// KeySet is the public keys of one issuer. The zero KeySet verifies nothing.
type KeySet struct {
	keys []publicKey
}

type publicKey struct {
	id     string
	alg    Alg
	public *rsa.PublicKey
}

// NewKeySet holds the public halves of keys, each bound to its algorithm.
func NewKeySet(keys ...*Key) KeySet {
	var s KeySet
	for _, k := range keys {
		s.keys = append(s.keys, publicKey{id: k.id, alg: k.alg, public: &k.private.PublicKey})
	}
	return s
}

// find returns the key of an id. Issuers have two keys, seldom more.
func (s KeySet) find(id string) (publicKey, bool) {
	for _, k := range s.keys {
		if k.id == id && id != "" {
			return k, true
		}
	}
	return publicKey{}, false
}

// jwk has Cognito's members in Cognito's order.
type jwk struct {
	Alg string `json:"alg"`
	E   string `json:"e"`
	Kid string `json:"kid"`
	Kty string `json:"kty"`
	N   string `json:"n"`
	Use string `json:"use"`
}

type jwks struct {
	Keys []jwk `json:"keys"`
}

// JWKS is the document served at /.well-known/jwks.json.
func (s KeySet) JWKS() ([]byte, error) {
	doc := jwks{Keys: []jwk{}}
	for _, k := range s.keys {
		doc.Keys = append(doc.Keys, jwk{
			Alg: string(k.alg), Kid: k.id, Kty: "RSA", Use: "sig",
			E: base64.RawURLEncoding.EncodeToString(big.NewInt(int64(k.public.E)).Bytes()),
			N: base64.RawURLEncoding.EncodeToString(k.public.N.Bytes()),
		})
	}
	return json.Marshal(doc)
}

// Bounds on keys of other issuers: smaller ones are broken, larger ones let
// an issuer burn the verifier's time.
const (
	minBits = 2048
	maxBits = 8192
	maxKeys = 100
)

// ParseKeySet reads a JWKS document, ours or another issuer's (at most 64
// KB). Keys that are not RSA signature keys for RS256 or RS512 are left out;
// a key without alg is for RS256. Two keys of one id are refused.
func ParseKeySet(doc []byte) (KeySet, error) {
	var s KeySet
	var in jwks
	if len(doc) > 64<<10 {
		return s, fmt.Errorf("parsing JWKS: %w: %d bytes", ErrTooLarge, len(doc))
	}
	if err := json.Unmarshal(doc, &in); err != nil {
		return s, fmt.Errorf("parsing JWKS: %w", err)
	}
	if len(in.Keys) > maxKeys {
		return s, fmt.Errorf("parsing JWKS: %w: %d keys", ErrTooLarge, len(in.Keys))
	}
	for _, k := range in.Keys {
		alg := Alg(k.Alg)
		if alg == "" {
			alg = RS256
		}
		if k.Kty != "RSA" || k.Use != "" && k.Use != "sig" || alg != RS256 && alg != RS512 {
			continue
		}
		public, err := k.public()
		if err != nil {
			return KeySet{}, fmt.Errorf("parsing JWKS: key %q: %w", k.Kid, err)
		}
		if _, twice := s.find(k.Kid); twice || k.Kid == "" {
			return KeySet{}, fmt.Errorf("parsing JWKS: key id %q is empty or there twice", k.Kid)
		}
		s.keys = append(s.keys, publicKey{id: k.Kid, alg: alg, public: public})
	}
	return s, nil
}

func (k jwk) public() (*rsa.PublicKey, error) {
	n, err := base64.RawURLEncoding.DecodeString(k.N)
	if err != nil {
		return nil, fmt.Errorf("modulus: %w", err)
	}
	e, err := base64.RawURLEncoding.DecodeString(k.E)
	if err != nil || len(e) == 0 || len(e) > 4 {
		return nil, fmt.Errorf("exponent %q is not 1 to 4 bytes in base64url", k.E)
	}
	public := &rsa.PublicKey{N: new(big.Int).SetBytes(n), E: int(new(big.Int).SetBytes(e).Int64())}
	if bits := public.N.BitLen(); bits < minBits || bits > maxBits {
		return nil, fmt.Errorf("modulus has %d bits, not %d to %d", bits, minBits, maxBits)
	}
	if public.E < 3 || public.E%2 == 0 || public.E > 1<<31-1 {
		return nil, fmt.Errorf("exponent %d is not odd from 3 to 2^31-1", public.E)
	}
	return public, nil
}
