package token

import (
	"bytes"
	"crypto/hkdf"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"

	"github.com/go-jose/go-jose/v4"
)

// MaxSize is the length of the longest token, in characters.
const MaxSize = 50_000

// Alg is a signature algorithm of RFC 7518. There are two; both are RSA.
type Alg string

// The algorithms.
const (
	RS256 Alg = "RS256" // user pools
	RS512 Alg = "RS512" // identity pools
)

const keyBits = 2048

// Key signs and seals. Safe for concurrent use. It prints as its key id.
type Key struct {
	private *rsa.PrivateKey
	id      string
	alg     Alg
	signer  jose.Signer
	macKey  []byte // of Seal
}

// NewKey makes a key of 2048 bits, which takes some 100 ms. It signs RS256.
func NewKey(rand io.Reader) (*Key, error) {
	private, err := rsa.GenerateKey(rand, keyBits)
	if err != nil {
		return nil, fmt.Errorf("generating RSA key: %w", err)
	}
	return newKey(private)
}

// ParseKey reads what Marshal wrote. The key signs RS256.
func ParseKey(pkcs8 []byte) (*Key, error) {
	parsed, err := x509.ParsePKCS8PrivateKey(pkcs8)
	if err != nil {
		return nil, fmt.Errorf("parsing PKCS #8 key: %w", err)
	}
	private, ok := parsed.(*rsa.PrivateKey)
	if !ok {
		return nil, fmt.Errorf("parsing PKCS #8 key: it is %T, not RSA", parsed)
	}
	if bits := private.N.BitLen(); bits < keyBits {
		return nil, fmt.Errorf("parsing PKCS #8 key: %d bits are fewer than %d", bits, keyBits)
	}
	return newKey(private)
}

func newKey(private *rsa.PrivateKey) (*Key, error) {
	public, err := x509.MarshalPKIXPublicKey(&private.PublicKey)
	if err != nil {
		return nil, fmt.Errorf("naming key: %w", err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		return nil, fmt.Errorf("deriving MAC key: %w", err)
	}
	// The id is as random as the key and needs no storage of its own.
	sum := sha256.Sum256(public)
	k := &Key{private: private, id: base64.StdEncoding.EncodeToString(sum[:])}
	if k.macKey, err = hkdf.Key(sha256.New, der, nil, "bailiwick sealed token", sha256.Size); err != nil {
		return nil, fmt.Errorf("deriving MAC key: %w", err)
	}
	return k.WithAlg(RS256)
}

// WithAlg returns the same key, signing with another algorithm.
func (k *Key) WithAlg(alg Alg) (*Key, error) {
	if alg != RS256 && alg != RS512 {
		return nil, fmt.Errorf("%w: %q", ErrAlgorithm, alg)
	}
	signer, err := jose.NewSigner(jose.SigningKey{
		Algorithm: jose.SignatureAlgorithm(alg),
		Key:       jose.JSONWebKey{Key: k.private, KeyID: k.id},
	}, nil)
	if err != nil {
		return nil, fmt.Errorf("making %s signer: %w", alg, err)
	}
	c := *k
	c.alg, c.signer = alg, signer
	return &c, nil
}

// ID is the key id: 44 characters, standard base64 of 32 bytes.
func (k *Key) ID() string { return k.id }

// Marshal returns the private key as PKCS #8 DER. It is the pool's secret.
func (k *Key) Marshal() ([]byte, error) { return x509.MarshalPKCS8PrivateKey(k.private) }

// Format keeps the private key out of logs, whatever the verb.
func (k *Key) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "key "+k.id+" ***") }

// Sign makes a JWT of claims, which must encode as a JSON object. The header
// has kid and alg and nothing else, as Cognito's has.
func (k *Key) Sign(claims any) (string, error) {
	var payload bytes.Buffer
	enc := json.NewEncoder(&payload)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(claims); err != nil {
		return "", fmt.Errorf("encoding claims: %w", err)
	}
	body := bytes.TrimRight(payload.Bytes(), "\n")
	if len(body) == 0 || body[0] != '{' {
		return "", fmt.Errorf("encoding claims: %T is not a JSON object", claims)
	}
	jws, err := k.signer.Sign(body)
	if err != nil {
		return "", fmt.Errorf("signing token: %w", err)
	}
	s, err := jws.CompactSerialize()
	if err != nil {
		return "", fmt.Errorf("serializing token: %w", err)
	}
	if len(s) > MaxSize {
		return "", fmt.Errorf("%w: %d characters of at most %d", ErrTooLarge, len(s), MaxSize)
	}
	return s, nil
}
